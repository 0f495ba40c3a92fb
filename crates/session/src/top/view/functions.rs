//! Functions by own and by total time.

use super::{Ask, Place};
use crate::top::Snapshot;
use fathom_analysis::FunctionTable;
use serde::Serialize;

/// Order of the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionSort {
    /// Time in the function itself.
    #[default]
    Own,
    /// Time in it and in what it calls.
    Total,
    /// By name.
    Name,
}

/// One function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionLine {
    /// Which, with its hottest line.
    #[serde(flatten)]
    pub place: Place,
    /// What kind of code it is.
    pub kind: &'static str,
    /// Its own part of all time asked for, 0 to 1.
    pub self_share: f64,
    /// The same with what it calls.
    pub total_share: f64,
    /// Own time in the window, in nanoseconds.
    pub self_nanos: i64,
    /// Time with what it calls.
    pub total_nanos: i64,
    /// Samples that it rests on.
    pub total_n: u64,
}

/// The functions that are asked for.
pub fn functions(snapshot: &Snapshot, ask: &Ask) -> Vec<FunctionLine> {
    let Some(filter) = ask.filter(snapshot) else { return Vec::new() };
    let table = FunctionTable::build(&snapshot.recording, &snapshot.index, &filter);
    let line = |row: fathom_analysis::FunctionRow| FunctionLine {
        place: Place::of_function(snapshot, row.function, row.hottest_line),
        kind: snapshot.index.get(row.function).kind.as_str(),
        self_share: row.self_share.ratio,
        total_share: row.total_share.ratio,
        self_nanos: row.self_value,
        total_nanos: row.total_value,
        total_n: row.total_n,
    };
    let mut lines: Vec<FunctionLine> = table.rows.into_iter().map(line).collect();
    lines.retain(|line| {
        ask.matches(&line.place.function) || line.place.location.as_ref().is_some_and(|at| ask.matches(at))
    });
    match ask.function_sort {
        // As the table has it.
        FunctionSort::Own => {}
        FunctionSort::Total => lines.sort_by_key(|line| std::cmp::Reverse(line.total_nanos)),
        FunctionSort::Name => lines.sort_by(|a, b| a.place.function.cmp(&b.place.function)),
    }
    lines
}
