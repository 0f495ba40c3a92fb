//! Files of other tools beside the repository, and sums to compare readings of them with other readers'.

use fathom_model::{Recording, Signal};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The profiles that the tests of speedscope use; says why where they are not there.
pub(crate) fn speedscope() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/speedscope");
    if root.is_dir() {
        return Some(root);
    }
    // Nothing else is printed by the crate, and tests that compare nothing should not look like some that do.
    #[allow(clippy::print_stderr)]
    {
        eprintln!("skipped: {} is not there", root.display());
    }
    None
}

/// How many functions there are, the sums of their own and of their whole values; and the four with most.
pub(crate) type Digest<'a> = ([i64; 3], &'a [(&'a str, i64, i64)]);

/// Fails unless own and whole values by function name are those that another reader found, given in its unit. All
/// threads count together, recursion once, functions without a value not at all.
pub(crate) fn assert_digest(
    path: &str,
    recording: &Recording,
    signal: Signal,
    unit: i64,
    (sums, top): Digest<'_>,
) {
    let mut functions: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal && sample.value != 0) {
        let frames = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack));
        let names: Vec<&str> =
            frames.map(|id| recording.frames[id.index()].function.as_deref().unwrap_or("?")).collect();
        if let Some(innermost) = names.first() {
            functions.entry((*innermost).to_owned()).or_default().0 += sample.value;
        }
        for name in names.into_iter().collect::<BTreeSet<_>>() {
            functions.entry(name.to_owned()).or_default().1 += sample.value;
        }
    }
    let sum = |of: fn(&(i64, i64)) -> i64| functions.values().map(of).sum::<i64>() / unit;
    let found = [functions.len() as i64, sum(|function| function.0), sum(|function| function.1)];
    let mut all: Vec<(&str, i64, i64)> =
        functions.iter().map(|(name, (own, whole))| (name.as_str(), own / unit, whole / unit)).collect();
    all.sort_by_key(|(name, _, whole)| (-whole, *name));
    all.truncate(4);
    assert_eq!((found, all.as_slice()), (sums, top), "{path}");
}
