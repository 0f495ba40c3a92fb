//! Source text: the first byte says in which language it is read.

#![no_main]

use fathom_code::{Language, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let language = Language::ALL[first as usize % Language::ALL.len()];
    let text = String::from_utf8_lossy(rest);
    let Ok(source) = Source::parse(language, &text) else { return };
    let n_lines = u32::try_from(text.lines().count()).expect("a short text") + 1;
    for found in source.loops() {
        assert!(found.parent.is_none_or(|parent| parent < source.loops().len()));
        assert!(found.lines.first >= 1 && found.lines.last <= n_lines);
    }
    for call in source.calls() {
        assert!(call.function.is_none_or(|function| function < source.functions().len()));
    }
    for line in 0..n_lines.min(200) {
        let _ = source.function_at(line);
        let _ = source.loop_nest_at(line);
    }
    let hits = source.hits();
    assert!(hits.is_sorted_by_key(|hit| hit.lines));
});
