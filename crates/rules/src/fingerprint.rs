//! What makes a finding the same one in another recording: the same fingerprint means the same fix.
//!
//! Made of the rule, the function without what compilers add to its name, the file within its project, and what the
//! rule names as its subject. Free of line numbers, shares and sample ids, which change with every run.

use fathom_model::ContentHasher;

use crate::place::Place;

/// 16 hexadecimal digits.
pub(crate) fn fingerprint(rule: &str, place: Option<&Place>, subject: &str) -> String {
    let mut hasher = ContentHasher::default();
    hasher.field(rule.as_bytes());
    if let Some(place) = place {
        hasher.field(stable_function(&place.location.function).as_bytes());
        let file = place.location.file.as_deref().or(place.location.module.as_deref()).unwrap_or_default();
        hasher.field(file.rsplit('/').next().unwrap_or_default().as_bytes());
    }
    hasher.field(subject.as_bytes());
    let hash = hasher.finish();
    format!("{:032x}", hash.0)[..16].to_owned()
}

/// `f::{closure#3}` and `main.f.func2.1` are parts of `f` whose numbers move with the code around them.
fn stable_function(name: &str) -> String {
    name.replace(|c: char| c.is_ascii_digit(), "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::Location;

    fn of(function: &str, line: u32, subject: &str) -> String {
        let location = Location {
            function: function.into(),
            file: Some("/a/b.py".into()),
            line: Some(line),
            module: None,
        };
        fingerprint("cpu/x", Some(&Place { location, ..Place::none() }), subject)
    }

    #[test]
    fn lines_do_not_matter_and_causes_do() {
        assert_eq!(of("f", 3, "x"), of("f", 9, "x"));
        assert_eq!(of("main.f.func1", 3, "x"), of("main.f.func2", 3, "x"));
        assert_ne!(of("f", 3, "x"), of("f", 3, "y"));
        assert_ne!(of("f", 3, "x"), of("g", 3, "x"));
    }
}
