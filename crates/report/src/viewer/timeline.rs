//! Rows of the timeline: what each of the busiest threads did when.

use fathom_analysis::{FunctionIndex, Region, TimelineState, busy_nanos, region, state_timeline};
use fathom_model::{Recording, Sample};

use crate::viewer::header::{TimelineHeader, TimelineRowHeader};
use crate::viewer::limits::ViewerLimits;
use crate::viewer::rows::duration_of;
use crate::viewer::sections::Sections;
use crate::viewer::threads::Threads;

/// Rows and their cells.
pub(crate) struct Rows {
    pub(crate) header: TimelineHeader,
    /// Row, bin, state, share of 255.
    cells: Vec<(u32, u32, u8, u8)>,
}

impl Rows {
    pub(crate) fn build(
        recording: &Recording,
        index: &FunctionIndex,
        threads: &Threads,
        limits: &ViewerLimits,
    ) -> Option<Self> {
        if duration_of(recording) <= 0 {
            return None;
        }
        let members = members(recording, threads);
        let (rows, rest) = chosen(&members, threads, limits.timeline_rows);
        let mut row_of = vec![None; threads.threads.len()];
        rows.iter().enumerate().for_each(|(row, thread)| row_of[*thread] = Some(row));
        let n_rows = rows.len() + usize::from(!rest.is_empty());
        rest.iter().for_each(|thread| row_of[*thread] = Some(rows.len()));
        let in_gc = stacks_in_gc(recording, index);
        let is_gc = |sample: &Sample| {
            sample.stack.and_then(|stack| in_gc.get(stack.index())).copied().unwrap_or(false)
        };
        let row_of = |sample: &Sample| row_of[threads.of_sample(sample) as usize];
        let timeline = state_timeline(recording, limits.timeline_bins, n_rows, row_of, is_gc);

        let mut header = TimelineHeader {
            bins: limits.timeline_bins,
            rows: rows.iter().map(|thread| row(threads, *thread)).collect(),
            states: TimelineState::all().into_iter().map(TimelineState::as_str).collect(),
            text: String::new(),
        };
        let merged: u64 = rest.iter().map(|thread| members[*thread].count).sum();
        if !rest.is_empty() {
            let label = format!("{merged} other threads");
            header.text = format!(
                "the {} busiest threads have rows; the last row is the mean of the other {merged}",
                rows.len()
            );
            // The process of the first of them: a row has one, and this one has many.
            header.rows.push(TimelineRowHeader {
                thread: None,
                label,
                process: threads.threads[rest[0]].process,
            });
        }
        let mut cells = Vec::new();
        for (at, row) in timeline.rows.iter().enumerate() {
            let several = match rows.get(at) {
                Some(thread) => members[*thread].count,
                None => merged,
            };
            let whole = timeline.bin_nanos * several.max(1) as f64;
            for bin in 0..limits.timeline_bins {
                for (state, nanos) in row.nanos.iter().enumerate() {
                    let share = nanos.get(bin).copied().unwrap_or(0.0) / whole;
                    if share > 0.0 {
                        // What is there is seen, however short.
                        let share = (share.min(1.0) * 255.0).round().max(1.0) as u8;
                        cells.push((at as u32, bin as u32, state as u8, share));
                    }
                }
            }
        }
        (!cells.is_empty()).then_some(Self { header, cells })
    }

    pub(crate) fn write(&self, sections: &mut Sections) {
        sections.delta("tl.row", self.cells.iter().map(|cell| cell.0));
        sections.delta("tl.bin", self.cells.iter().map(|cell| cell.1));
        sections.u8("tl.state", self.cells.iter().map(|cell| cell.2));
        sections.u8("tl.share", self.cells.iter().map(|cell| cell.3));
    }
}

fn row(threads: &Threads, thread: usize) -> TimelineRowHeader {
    let header = &threads.threads[thread];
    TimelineRowHeader { thread: Some(thread as u32), label: header.name.clone(), process: header.process }
}

/// What stands behind one written thread.
#[derive(Clone, Copy, Default)]
struct Member {
    busy: i64,
    samples: u64,
    /// Threads of the recording.
    count: u64,
}

fn members(recording: &Recording, threads: &Threads) -> Vec<Member> {
    let mut members = vec![Member::default(); threads.threads.len()];
    let busy = busy_nanos(recording);
    let mut seen = vec![false; recording.threads.len()];
    for sample in &recording.samples {
        let member = &mut members[threads.of_sample(sample) as usize];
        member.samples += 1;
        let Some(seen) = seen.get_mut(sample.thread.index()).filter(|seen| !**seen) else { continue };
        *seen = true;
        member.count += 1;
        member.busy = member.busy.saturating_add(busy[sample.thread.index()]);
    }
    members
}

/// The busiest threads, by process and busiest first within it, and the rest.
fn chosen(members: &[Member], threads: &Threads, most: usize) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..members.len()).filter(|at| members[*at].samples > 0).collect();
    order.sort_by_key(|at| {
        (std::cmp::Reverse(members[*at].busy), std::cmp::Reverse(members[*at].samples), *at)
    });
    let rest = if order.len() > most { order.split_off(most.saturating_sub(1)) } else { Vec::new() };
    let mut of_process = vec![0_i64; threads.processes.len()];
    for at in &order {
        let sum = &mut of_process[threads.threads[*at].process as usize];
        *sum = sum.saturating_add(members[*at].busy);
    }
    // Stable: within a process the order by busyness stays.
    order.sort_by_key(|at| {
        let process = threads.threads[*at].process;
        (std::cmp::Reverse(of_process[process as usize]), process)
    });
    (order, rest)
}

/// Stacks that pass through a garbage collector.
fn stacks_in_gc(recording: &Recording, index: &FunctionIndex) -> Vec<bool> {
    let is_gc: Vec<bool> =
        index.functions().iter().map(|function| region(function) == Region::GarbageCollection).collect();
    let nodes = recording.stacks.nodes();
    let mut in_gc: Vec<bool> = Vec::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        let parent = node.parent.map(|parent| parent.index()).filter(|parent| *parent < at);
        let below = parent.is_some_and(|parent| in_gc[parent]);
        in_gc.push(below || is_gc[index.of_frame(node.frame).index()]);
    }
    in_gc
}
