//! Lists of library names by language, and the patterns that are nothing but such a list in a loop.

use crate::language::Language;
use crate::model::{Call, Source};
use crate::pattern::{Pattern, Search};

/// For each language, paths of functions, or `.name` for methods. JavaScript's list is TypeScript's as well.
pub(crate) type Table = &'static [(Language, &'static [&'static str])];

/// The list of a file's language.
pub(crate) fn names_for(table: Table, language: Language) -> &'static [&'static str] {
    let language = if language == Language::TypeScript { Language::JavaScript } else { language };
    table.iter().find(|(of, _)| *of == language).map_or(&[], |(_, names)| names)
}

/// Each call of the list in a loop fires, unless `is_innocent` knows better.
pub(crate) fn listed_calls_in_loops(
    search: &mut Search<'_>,
    pattern: Pattern,
    table: Table,
    is_innocent: fn(&Source, &Call) -> bool,
) {
    let source = search.source;
    let names = names_for(table, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(names)) {
        if !is_innocent(source, call) {
            search.hit(pattern, &call.place, &call.callee, true);
        }
    }
}
