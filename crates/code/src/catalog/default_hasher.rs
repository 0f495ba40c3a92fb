//! A map or set of Rust's standard library with its standard hasher, used in a loop: the hasher withstands chosen
//! keys, which costs more than the rest of a look-up where keys are short.

use crate::language::Language;
use crate::model::Source;
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::DefaultHasher, find };

const USES: [&str; 9] = [
    "get",
    "insert",
    "contains_key",
    "contains",
    "entry",
    "get_mut",
    "remove",
    "get_or_insert_with",
    "entry_ref",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    // Another crate's types of the same name have hashers of their own.
    let is_foreign = source.imports.iter().any(|import| {
        matches!(import.alias.as_str(), "HashMap" | "HashSet") && !import.path.starts_with("std::")
    });
    if source.language != Language::Rust || is_foreign {
        return;
    }
    for call in
        source.calls.iter().filter(|call| source.is_hot(&call.place) && USES.contains(&call.name.as_str()))
    {
        let table = call.object();
        if is_standard(source, table) {
            search.hit(Pattern::DefaultHasher, &call.place, table, true);
        }
    }
}

/// Whether a name is declared as, or made by, the standard types with no hasher given.
fn is_standard(source: &Source, name: &str) -> bool {
    let bare = name.strip_prefix("self.").unwrap_or(name);
    let is_plain = |text: &str, arguments: usize| {
        let after = text.split_once("Hash").map(|(_, rest)| rest).unwrap_or("");
        (after.starts_with("Map<") || after.starts_with("Set<"))
            && text.matches(',').count() <= arguments
            && !text.contains("Hasher")
            && !text.contains("BuildHasher")
    };
    let is_made = |value: &str| {
        [
            "HashMap::new()",
            "HashSet::new()",
            "HashMap::with_capacity(",
            "HashSet::with_capacity(",
            "HashMap::default()",
        ]
        .iter()
        .any(|maker| value.starts_with(maker) || value.starts_with(&format!("std::collections::{maker}")))
    };
    source.assigns.iter().any(|assign| {
        assign.target == bare
            && (is_made(&assign.value) || is_plain(&assign.type_text, 8) && !assign.type_text.contains("Fx"))
    }) || source.functions.iter().flat_map(|function| &function.parameters).any(|parameter| {
        parameter.name == bare && is_plain(&parameter.text, 8) && !parameter.text.contains("Fx")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::DefaultHasher;

    #[test]
    fn rust() {
        let text = "use std::collections::HashMap;\nfn f(xs: &[u32]) { let mut m = HashMap::new();\n for x in xs { *m.entry(x).or_insert(0) += 1; } }";
        fires(P, Language::Rust, text, &["3 m"]);
        let text = "fn f(s: &HashSet<u32>) { for x in xs { s.contains(x); } }";
        fires(P, Language::Rust, text, &["1 s"]);
        for text in [
            "use hashbrown::HashMap;\nfn f() { let m = HashMap::new(); for x in xs { m.get(x); } }",
            "fn f(m: &FxHashMap<u32, u32>) { for x in xs { m.get(x); } }",
            "fn f(m: &BTreeMap<u32, u32>) { for x in xs { m.get(x); } }",
            "fn f() { let m = HashMap::new(); m.get(x); }",
        ] {
            quiet(P, Language::Rust, text);
        }
    }
}
