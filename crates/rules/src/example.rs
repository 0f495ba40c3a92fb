//! The example in a rule's documentation: a profile in the text of `fathom-testkit`, and the source files it names.

use std::collections::BTreeMap;

use crate::rule::RuleInfo;

/// A profile and its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Text of the profile.
    pub profile: String,
    /// Source files by path.
    pub sources: BTreeMap<String, String>,
}

/// Takes the example out of the documentation: a block marked `profile`, and blocks marked `LANGUAGE PATH`.
pub fn example(info: &RuleInfo) -> Example {
    let mut example = Example::default();
    let mut open: Option<String> = None;
    for line in info.documentation().lines() {
        match (&open, line.strip_prefix("```")) {
            (None, Some(mark)) => open = Some(mark.trim().to_owned()),
            (Some(_), Some("")) => open = None,
            (Some(mark), _) => {
                let text = match mark.split_once(' ') {
                    Some((_, path)) => example.sources.entry(path.to_owned()).or_default(),
                    None if mark == "profile" => &mut example.profile,
                    None => continue,
                };
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    example
}
