//! Puts the facts of a comparison together. The limits of the lists are here.

use fathom_analysis::{Diff, DiffFunction, Verdict, provable_growth, samples_needed};
use fathom_model::{Pid, Recording};
use serde_json::Value;

use crate::diff::types::{
    DIFF_VERSION, DiffFunctionFact, DiffJson, DiffNodeFact, DiffSideFact, ProvableFact,
};
use crate::text::target_text;

/// As many as a report lists.
const MOST_FUNCTIONS: usize = 1000;
const MOST_NODES: usize = 2000;
/// Enough to see that names are ambiguous, and which.
const MOST_AMBIGUOUS: usize = 20;
/// A large, a usual and a small function.
const SHARES: [f64; 3] = [0.3, 0.1, 0.01];

/// What one recording a side cannot tell.
const CAUTION: &str = "within-run only: cannot exclude run-to-run variation";

/// Everything that documents say about a comparison; `names` are how the recordings are called.
pub fn diff_facts(diff: &Diff, recordings: [&Recording; 2], names: [&str; 2]) -> DiffJson {
    let side = |at: usize| DiffSideFact {
        recording: names[at].to_owned(),
        target: target(recordings[at]),
        duration_nanos: recordings[at].meta.duration_nanos,
        total: diff.whole.value[at],
        samples: diff.whole.n[at],
        effective_samples: diff.effective_n[at],
    };
    let count = |wanted: fn(Verdict) -> bool| {
        diff.functions.iter().filter(|row| wanted(row.own.verdict)).count() as u64
    };
    let fewest = diff.effective_n[0].min(diff.effective_n[1]);
    let provable = |share| ProvableFact { share, growth: provable_growth(share, fewest, diff.tested) };
    let is_ambiguous =
        |row: &&DiffFunction| row.function.resolved && row.function.merged.iter().any(|n| *n > 1);
    let mut ambiguous: Vec<String> =
        diff.functions.iter().filter(is_ambiguous).map(|row| row.function.name.clone()).collect();
    ambiguous.sort();
    ambiguous.dedup();
    ambiguous.truncate(MOST_AMBIGUOUS);
    let (tree, tree_left_out) = tree(diff);
    DiffJson {
        diff_version: DIFF_VERSION.into(),
        a: side(0),
        b: side(1),
        signal: diff.signal,
        signal_name: recordings[1].meta.name_of(diff.signal).to_owned(),
        unit: diff.unit,
        normalised: diff.normalised,
        scale: diff.scale,
        whole: diff.whole.into(),
        variance: variance(diff),
        chunks: diff.chunks.map(|chunks| chunks.count as u64),
        correction: format!(
            "Holm over {} differences of functions: 5 % for one false verdict or more; intervals are 95 % each",
            diff.tested
        ),
        caution: CAUTION.into(),
        tested: diff.tested as u64,
        proved: count(Verdict::is_change),
        same: count(|verdict| verdict == Verdict::Same),
        unproved: count(|verdict| verdict == Verdict::Unproved),
        provable: SHARES.into_iter().map(provable).collect(),
        functions: diff.functions.iter().take(MOST_FUNCTIONS).map(|row| function(diff, row)).collect(),
        functions_left_out: diff.functions.len().saturating_sub(MOST_FUNCTIONS) as u64,
        ambiguous,
        tree,
        tree_left_out,
    }
}

/// The JSON schema of [`DiffJson`], as committed in `docs/schema/diff.schema.json`.
pub fn diff_schema() -> Value {
    let mut schema = schemars::schema_for!(DiffJson).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Fathom diff".into());
    }
    schema
}

fn target(recording: &Recording) -> String {
    let name_of = |pid: Pid| {
        let process = recording.processes.iter().find(|process| process.pid == pid);
        process.map(|process| process.name.as_str())
    };
    target_text(&recording.meta.target, name_of)
}

fn variance(diff: &Diff) -> String {
    match diff.chunks {
        Some(chunks) => format!(
            "over-dispersion from {} chunks of {:.1} s in A and {:.1} s in B",
            chunks.count,
            chunks.nanos[0] as f64 / 1e9,
            chunks.nanos[1] as f64 / 1e9
        ),
        None => "no times in the profile: samples are taken as independent, which they seldom are".into(),
    }
}

fn function(diff: &Diff, row: &DiffFunction) -> DiffFunctionFact {
    let matched = &row.function;
    DiffFunctionFact {
        name: matched.name.clone(),
        resolved: matched.resolved,
        module: matched.module_name.clone(),
        file: matched.file.clone(),
        line: matched.start_line,
        kind: matched.kind,
        own: row.own.into(),
        total: row.total.into(),
        samples_needed: needed(diff, row),
    }
}

fn needed(diff: &Diff, row: &DiffFunction) -> Option<u64> {
    if row.own.verdict.is_change() {
        return None;
    }
    let change = &row.own.change;
    let whole = diff.whole.value[0].max(1) as f64;
    let from = change.value[0] as f64;
    // Amounts are taken as shares of A's whole.
    samples_needed(from / whole, (from + change.difference) / whole, change.phi, diff.tested)
}

fn tree(diff: &Diff) -> (Vec<DiffNodeFact>, u64) {
    let weight = |at: usize| {
        let [a, b] = diff.nodes[at].total.change.value;
        (a as f64).max(b as f64 * diff.scale)
    };
    let mut heaviest: Vec<usize> = (0..diff.nodes.len()).collect();
    // A caller weighs at least as much as its callees and stands before them, so a prefix is closed upwards.
    heaviest.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    heaviest.truncate(MOST_NODES);
    heaviest.sort_unstable();
    let nodes = heaviest.iter().map(|at| {
        let node = &diff.nodes[*at];
        let position = |parent: usize| heaviest.binary_search(&parent).ok().map(|position| position as u64);
        DiffNodeFact {
            parent: node.parent.and_then(position),
            function: node.function.map_or("all".into(), |at| diff.functions[at].function.name.clone()),
            self_a: node.own[0],
            self_b: node.own[1],
            total: node.total.into(),
        }
    });
    let nodes: Vec<DiffNodeFact> = nodes.collect();
    let left_out = (diff.nodes.len() - nodes.len()) as u64;
    (nodes, left_out)
}
