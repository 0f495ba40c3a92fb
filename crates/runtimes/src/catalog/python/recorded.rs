//! What tasks of asyncio wait for, read again and again while their program is recorded.
//!
//! A task that waits for other tasks does not count: it stands as the caller of those it waits for.

use super::PythonReader;
use super::asyncio::KnownThread;
use crate::Snapshot;
use crate::budget::Budget;
use crate::read_error::ReadError;
use crate::runtime::{ManagedFrame, RuntimeDump, TaskDump, TaskFrame, TaskSource, TaskWait};
use fathom_model::{FrameKind, ThreadState, WaitClass};
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks that wait for one another are joined as far as this.
const MAX_JOINED: usize = 100;
/// Frames of one look, those of joined tasks each time they are joined.
const MAX_FRAMES: usize = 1_000_000;

/// Reads the waits of one interpreter.
#[derive(Debug)]
pub(super) struct Waits(pub(super) PythonReader);

impl TaskSource for Waits {
    fn kind(&self) -> &'static str {
        "asyncio tasks"
    }

    fn waits(&mut self, process: &ProcessView) -> Result<Vec<TaskWait>, ReadError> {
        self.0.budget = Budget::of_a_look();
        let snapshot = Snapshot::until(process, self.0.budget.end);
        let mut dump = RuntimeDump::default();
        let mut known = Vec::new();
        for interpreter in self.0.interpreters(&snapshot, &mut dump)? {
            for state in self.0.threads(&snapshot, interpreter, &mut dump) {
                let place = state.wrapping_add(self.0.layout.thread_pthread);
                let pthread = snapshot.u64("a thread's handle", place).unwrap_or(0);
                known.push(KnownThread { state, interpreter, pthread, tid: None });
            }
        }
        self.0.tasks(process, &known, &mut dump);
        Ok(waits(dump.tasks))
    }

    fn for_child(&self) -> Option<Box<dyn TaskSource>> {
        Some(Box::new(Self(self.0.clone())))
    }
}

/// The waits of those that wait for no other task.
fn waits(tasks: Vec<TaskDump>) -> Vec<TaskWait> {
    let tasks: BTreeMap<u64, TaskDump> = tasks.into_iter().map(|task| (task.id, task)).collect();
    let mut waits: BTreeMap<(ThreadState, String, Vec<TaskFrame>), u32> = BTreeMap::new();
    let mut n_frames = 0;
    for task in tasks.values() {
        let is_leaf = task.awaits.is_empty();
        if task.torn || task.frames.is_empty() || !is_leaf || n_frames > MAX_FRAMES {
            continue;
        }
        let wait = match task.state.as_str() {
            "waiting" => {
                let reason = reason(task);
                (ThreadState::Blocked(class(&reason)), reason)
            }
            "runnable" => (ThreadState::Runnable, "runnable".to_owned()),
            _ => continue,
        };
        let frames = joined(&tasks, task);
        n_frames += frames.len();
        *waits.entry((wait.0, wait.1, frames)).or_default() += 1;
    }
    let wait = |((state, reason, frames), tasks)| TaskWait { tasks, state, reason, frames };
    waits.into_iter().map(wait).collect()
}

/// The frames of a task, and behind them those of a task that waits for it, and so on.
fn joined(tasks: &BTreeMap<u64, TaskDump>, task: &TaskDump) -> Vec<TaskFrame> {
    let (mut frames, mut met, mut next) = (Vec::new(), BTreeSet::new(), Some(task));
    while let Some(task) = next.filter(|task| met.len() < MAX_JOINED && met.insert(task.id)) {
        frames.extend(task.frames.iter().cloned().map(TaskFrame::Managed));
        next = task.awaited_by.first().and_then(|waiter| tasks.get(waiter));
    }
    frames
}

/// What its innermost coroutine does, if that is the library's; else what it waits for.
fn reason(task: &TaskDump) -> String {
    let is_library = |frame: &&ManagedFrame| frame.kind != FrameKind::User;
    match task.frames.first().filter(is_library) {
        Some(frame) => format!("await {}", frame.function),
        None => format!("await {}", task.wait_reason.as_deref().unwrap_or("future")),
    }
}

/// The class of a wait by the library's function that waits.
fn class(reason: &str) -> WaitClass {
    const BEGINS: &[(&str, WaitClass)] = &[
        ("sleep", WaitClass::Timer),
        ("Lock.", WaitClass::Lock),
        ("Semaphore.", WaitClass::Lock),
        ("Condition.", WaitClass::Lock),
        ("Stream", WaitClass::Network),
        ("FlowControlMixin.", WaitClass::Network),
        ("Server.", WaitClass::Network),
        ("BaseSelectorEventLoop.", WaitClass::Network),
        ("BaseEventLoop.getaddrinfo", WaitClass::Network),
        ("BaseEventLoop.create_connection", WaitClass::Network),
        ("Process.", WaitClass::Child),
        ("BaseSubprocessTransport.", WaitClass::Child),
    ];
    let what = reason.strip_prefix("await ").unwrap_or(reason);
    BEGINS.iter().find(|(begin, _)| what.starts_with(begin)).map_or(WaitClass::Task, |(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: u64, functions: &[(&str, FrameKind)], awaited_by: &[u64]) -> TaskDump {
        let frame = |(function, kind): &(&str, FrameKind)| ManagedFrame {
            function: (*function).to_owned(),
            file: String::new(),
            line: None,
            column: None,
            first_line: 0,
            kind: *kind,
            is_entry: false,
        };
        TaskDump {
            id,
            state: "waiting".to_owned(),
            frames: functions.iter().map(frame).collect(),
            awaited_by: awaited_by.to_vec(),
            ..TaskDump::default()
        }
    }

    #[test]
    fn a_task_stands_below_those_that_it_waits_for() {
        let own = FrameKind::User;
        let mut main = task(1, &[("main", own)], &[]);
        main.awaits = vec![2, 3];
        let sleeper = [("sleep", FrameKind::Runtime), ("fetch", own)];
        let waits = waits(vec![
            main,
            task(2, &sleeper, &[1]),
            task(3, &sleeper, &[1]),
            task(4, &[("get", own)], &[4]),
        ]);
        let of = |wait: &TaskWait| {
            let name = |frame: &TaskFrame| match frame {
                TaskFrame::Managed(frame) => frame.function.clone(),
                TaskFrame::Address(_) => String::new(),
            };
            let names: Vec<String> = wait.frames.iter().map(name).collect();
            (wait.tasks, wait.state, wait.reason.clone(), names.join(" "))
        };
        assert_eq!(
            waits.iter().map(of).collect::<Vec<_>>(),
            [
                (2, ThreadState::Blocked(WaitClass::Timer), "await sleep".into(), "sleep fetch main".into()),
                (1, ThreadState::Blocked(WaitClass::Task), "await future".into(), "get".into()),
            ]
        );
    }
}
