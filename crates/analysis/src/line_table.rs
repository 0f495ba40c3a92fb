//! Self and total value per source line of the functions that matter. Knows no intervals.
//!
//! A line's total counts a sample once, however often the line recurs in its stack. Self values of an interpreter
//! belong to the line it works for, as in the table of functions.

use std::collections::HashMap;

use fathom_model::{FrameId, Recording};

use crate::filter::Filter;
use crate::functions::{FunctionId, FunctionIndex};
use crate::stack_sums::StackSums;

/// One line of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// The function.
    pub function: FunctionId,
    /// The line, in the function's file.
    pub line: u32,
    /// Value of samples that end in it, in the signal's unit.
    pub self_value: i64,
    /// Value of samples that pass through it.
    pub total_value: i64,
    /// The same of the whole function, so that rows can be compared without a second table.
    pub function_total: i64,
}

/// The lines of all functions whose total is at least a share of the whole, by function and line.
pub fn line_table(
    recording: &Recording,
    index: &FunctionIndex,
    filter: &Filter,
    least_share: f64,
) -> Vec<LineRow> {
    let mut known = HashMap::new();
    let mut lines: Vec<(FunctionId, u32)> = Vec::new();
    let line_of_frame: Vec<Option<usize>> = (0..recording.frames.len())
        .map(|at| {
            let line = recording.frames[at].line.filter(|line| *line > 0)?;
            let function = index.of_frame(FrameId::from_index(at));
            Some(*known.entry((function, line)).or_insert_with(|| {
                lines.push((function, line));
                lines.len() - 1
            }))
        })
        .collect();
    let stacks = StackSums::of(recording, filter);
    let n_functions = index.functions().len();
    // Lines first, then functions, so that one pass counts both.
    let mut own = vec![0_i64; lines.len()];
    let mut total = vec![0_i64; lines.len() + n_functions];
    let mut on_path = vec![0_u32; lines.len() + n_functions];
    let mut whole = stacks.without_stack;
    stacks.walk(|frame, entered| {
        let line = line_of_frame.get(frame.index()).copied().flatten();
        let function = lines.len() + index.of_frame(frame).index();
        for place in [line, Some(function)].into_iter().flatten() {
            let Some((value, _)) = entered else {
                on_path[place] -= 1;
                continue;
            };
            if on_path[place] == 0 {
                total[place] = total[place].saturating_add(value);
            }
            on_path[place] += 1;
        }
    });
    for (frame, (value, _)) in stacks.own.iter().enumerate() {
        whole = whole.saturating_add(*value);
        if let Some(line) = line_of_frame.get(frame).copied().flatten() {
            own[line] = own[line].saturating_add(*value);
        }
    }
    let least = whole as f64 * least_share;
    let row = |(at, (function, line)): (usize, &(FunctionId, u32))| LineRow {
        function: *function,
        line: *line,
        self_value: own[at],
        total_value: total[at],
        function_total: total[lines.len() + function.index()],
    };
    let is_costly = |row: &LineRow| row.total_value > 0 && row.function_total as f64 >= least;
    let mut rows: Vec<LineRow> = lines.iter().enumerate().map(row).filter(is_costly).collect();
    rows.sort_by_key(|row| (row.function, row.line));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::Signal;

    #[test]
    fn recursion_counts_once_and_small_functions_are_left_out() {
        let recording = fathom_testkit::recording(
            "
            wall 1s
            thread main
            cpu main@a.c:1;f@a.c:5;f@a.c:5;f@a.c:7 600ms
            cpu main@a.c:2;g@a.c:9 399ms
            cpu main@a.c:2;h@a.c:11 1ms
            ",
        );
        let index = FunctionIndex::new(&recording);
        let rows = line_table(&recording, &index, &Filter::of(Signal::Cpu), 0.01);
        let text: Vec<String> = rows
            .iter()
            .map(|row| {
                let name = &index.get(row.function).name;
                format!("{name}:{} {} {}", row.line, row.self_value / 1_000_000, row.total_value / 1_000_000)
            })
            .collect();
        assert_eq!(text, ["main:1 0 600", "main:2 0 400", "f:5 0 600", "f:7 600 600", "g:9 399 399"]);
    }
}
