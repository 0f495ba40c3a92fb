//! What a reader of tables checks, so that nobody behind it has to: ids are dense, references lead somewhere.

use crate::columnar::Column;
use fathom_model::{Frame, FrameId, FrameKind, Issue, Recording, StackNode, StackTable};
use std::collections::BTreeMap;

/// The rows of a table in the order of their ids, which must be 0, 1, 2 ... in any order: other engines may
/// have sorted the rows.
pub(super) fn in_order(ids: &Column<i64>, rows: usize) -> Result<Vec<usize>, String> {
    let mut order = vec![usize::MAX; rows];
    for row in 0..rows {
        let id = ids.id(row).map_or(usize::MAX, |id| id as usize);
        match order.get_mut(id) {
            Some(place) if *place == usize::MAX => *place = row,
            Some(_) => return Err(format!("has the id {id} twice")),
            None => return Err(format!("has the id {} in row {row}, ids of {rows} rows are due", id as u32)),
        }
    }
    Ok(order)
}

/// Names of a closed list that this version does not know, with the rows that have them.
#[derive(Default)]
pub(super) struct NewNames(BTreeMap<String, usize>);

impl NewNames {
    /// Notes a name; gives `None` to stand for what could not be read.
    pub(super) fn seen<T>(&mut self, name: &str) -> Option<T> {
        if let Some(count) = self.0.get_mut(name) {
            *count += 1;
        } else if self.0.len() < 16 {
            self.0.insert(name.to_owned(), 1);
        }
        None
    }

    pub(super) fn report(self, table: &str, what: &str, done: &str, issues: &mut Vec<Issue>) {
        for (name, count) in self.0 {
            let name: String = name.chars().take(80).collect();
            issues
                .push(Issue::of(table, format!("{count} rows with the unknown {what} `{name}` were {done}")));
        }
    }
}

/// Takes every reference out that leads to no row. Samples and threads without their owner go as a whole.
pub(super) fn check_references(recording: &mut Recording, issues: &mut Vec<Issue>) {
    let mut lost = Lost { issues };
    let (processes, threads) = (recording.processes.len(), recording.threads.len());
    let (modules, stacks, events) =
        (recording.modules.len(), recording.stacks.nodes().len(), recording.events.len());

    let mut count = 0;
    for process in &mut recording.processes {
        count += clear_unless(&mut process.parent, |id| id.index() < processes);
    }
    lost.references("processes", "parent", count);

    // A thread's id is its position: a bad one cannot be taken out of the middle.
    let bad = recording.threads.iter().filter(|thread| thread.process.index() >= processes).count();
    if bad > 0 {
        recording.threads.clear();
        lost.rows("threads", recording_rows(threads), &format!("{bad} of them belong to no process"));
    }
    let threads = recording.threads.len();

    let mut count = 0;
    for frame in &mut recording.frames {
        count += clear_unless(&mut frame.module, |id| id.index() < modules);
    }
    lost.references("frames", "module", count);
    check_stacks(recording, &mut lost);

    let before = recording.samples.len();
    recording.samples.retain(|sample| sample.process.index() < processes && sample.thread.index() < threads);
    let gone = before - recording.samples.len();
    if gone > 0 {
        lost.rows("samples", recording_rows(gone), "their process or thread is missing");
    }
    let mut count = 0;
    for sample in &mut recording.samples {
        count += clear_unless(&mut sample.stack, |id| id.index() < stacks);
    }
    lost.references("samples", "stack", count);

    let mut count = 0;
    for point in &mut recording.series {
        count += clear_unless(&mut point.process, |id| id.index() < processes);
    }
    lost.references("series", "process_id", count);

    let mut count = 0;
    for event in &mut recording.events {
        count += clear_unless(&mut event.parent, |id| (*id as usize) < events);
        count += clear_unless(&mut event.thread, |id| id.index() < threads);
        count += clear_unless(&mut event.stack, |id| id.index() < stacks);
    }
    lost.references("events", "parent, thread_id or stack", count);
}

/// Parents must stand before their children, frames must exist.
fn check_stacks(recording: &mut Recording, lost: &mut Lost<'_>) {
    let frames = recording.frames.len();
    let good = |at: usize, node: &StackNode| {
        node.parent.is_none_or(|parent| parent.index() < at) && node.frame.index() < frames
    };
    let bad = recording.stacks.nodes().iter().enumerate().filter(|(at, node)| !good(*at, node)).count();
    if bad == 0 {
        return;
    }
    recording.frames.push(Frame { function: None, ..Frame::named("", FrameKind::Unknown) });
    let unknown = FrameId(frames as u32);
    let repaired: StackTable = recording
        .stacks
        .nodes()
        .iter()
        .enumerate()
        .map(|(at, node)| StackNode {
            parent: node.parent.filter(|parent| parent.index() < at),
            frame: if node.frame.index() < frames { node.frame } else { unknown },
        })
        .collect();
    recording.stacks = repaired;
    lost.references("stacks", "parent or frame", bad);
}

struct Lost<'a> {
    issues: &'a mut Vec<Issue>,
}

impl Lost<'_> {
    fn references(&mut self, table: &str, column: &str, count: usize) {
        if count > 0 {
            let message =
                format!("{count} rows name a {column} that does not exist; the reference was taken out");
            self.issues.push(Issue::of(format!("{table}.parquet"), message));
        }
    }

    fn rows(&mut self, table: &str, rows: String, why: &str) {
        self.issues.push(Issue::of(format!("{table}.parquet"), format!("{rows} were left out: {why}")));
    }
}

fn recording_rows(count: usize) -> String {
    if count == 1 { "1 row".into() } else { format!("{count} rows") }
}

fn clear_unless<T>(reference: &mut Option<T>, good: impl Fn(&T) -> bool) -> usize {
    let bad = reference.as_ref().is_some_and(|id| !good(id));
    if bad {
        *reference = None;
    }
    usize::from(bad)
}
