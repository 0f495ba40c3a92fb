//! An import inside a function, which looks the module up with each call.
//!
//! It is often on purpose, to load something heavy only where it is needed; so it counts only where the function is
//! called in a loop of the same file, or the import itself stands in one.

use crate::language::Language;
use crate::pattern::{Entry, Often, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::ImportInFunction, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python {
        return;
    }
    for import in source.imports.iter().filter(|import| import.place.function.is_some()) {
        let often = search.often(&import.place);
        if often != Often::No {
            search.hit(Pattern::ImportInFunction, &import.place, &import.path, often == Often::Loop);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::ImportInFunction;

    #[test]
    fn where_it_runs_often() {
        let text = "def g(x):\n  import json\ndef f(xs):\n  for x in xs:\n    g(x)\n    import re\n";
        fires(P, Language::Python, text, &["2 json?", "6 re"]);
        quiet(P, Language::Python, "import json\ndef f():\n  import re\n");
    }
}
