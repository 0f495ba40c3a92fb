//! For tests: the hits of one pattern as short text.

use crate::language::Language;
use crate::model::Source;
use crate::pattern::Pattern;

/// Each hit as `line subject`, with a question mark behind what is not certain.
pub(crate) fn hits(pattern: Pattern, language: Language, text: &str) -> Vec<String> {
    let source = Source::parse(language, text).expect("a short text");
    let hits = source.hits().into_iter().filter(|hit| hit.pattern == pattern);
    hits.map(|hit| format!("{} {}{}", hit.lines.first, hit.subject, if hit.is_certain { "" } else { "?" }))
        .collect()
}

/// Asserts that exactly these hits are found.
#[track_caller]
pub(crate) fn fires(pattern: Pattern, language: Language, text: &str, expected: &[&str]) {
    assert_eq!(hits(pattern, language, text), expected, "{pattern:?} in {language:?}:\n{text}");
}

/// Asserts that nothing is found.
#[track_caller]
pub(crate) fn quiet(pattern: Pattern, language: Language, text: &str) {
    fires(pattern, language, text, &[]);
}
