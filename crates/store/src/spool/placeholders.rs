//! Rows that stand for what a damaged spool lost, so that ids stay dense and introduced before use.

use fathom_model::{
    ModuleId, ModuleKind, Process, ProcessId, RawFrame, Record, StackId, Thread, ThreadId, ThreadTimes,
};

/// The name of everything that was lost.
const LOST: &str = "[lost]";

/// How many rows of each table a reader has given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) modules: u64,
    pub(super) processes: u64,
    pub(super) threads: u64,
    pub(super) stacks: u64,
}

impl Rows {
    /// What must have been given out before this record.
    pub(super) fn needed_by(record: &Record) -> Self {
        let mut rows = Self::default();
        let after = |id: u32| u64::from(id) + 1;
        match record {
            Record::Meta(_) | Record::Clock(_) => {}
            Record::Module { id, .. } => rows.modules = id.0.into(),
            Record::Named { module, .. } => rows.modules = after(module.0),
            Record::Mapping(mapping) => {
                rows.processes = after(mapping.process.0);
                rows.modules = after(mapping.module.0);
            }
            Record::Process(process) => rows.processes = process.id.0.into(),
            Record::ProcessEnd { id, .. } => rows.processes = after(id.0),
            Record::Thread(thread) => {
                rows.processes = after(thread.process.0);
                rows.threads = thread.id.0.into();
            }
            Record::ThreadTimes { id, .. } => rows.threads = after(id.0),
            Record::Stack { id, frame, .. } => {
                rows.stacks = id.0.into();
                rows.modules = frame.module.map_or(0, |module| after(module.0));
            }
            Record::Sample(sample) => {
                rows.processes = after(sample.process.0);
                rows.threads = after(sample.thread.0);
                rows.stacks = sample.stack.map_or(0, |stack| after(stack.0));
            }
            Record::Series(point) => rows.processes = point.process.map_or(0, |process| after(process.0)),
            Record::Event(event) => {
                rows.threads = event.thread.map_or(0, |thread| after(thread.0));
                rows.stacks = event.stack.map_or(0, |stack| after(stack.0));
            }
        }
        // A placeholder for a thread needs a process.
        if rows.threads > 0 {
            rows.processes = rows.processes.max(1);
        }
        rows
    }

    /// Counts a record that is given out.
    pub(super) fn count(&mut self, record: &Record) {
        let after = |id: u32| u64::from(id) + 1;
        match record {
            Record::Module { id, .. } => self.modules = self.modules.max(after(id.0)),
            Record::Process(process) => self.processes = self.processes.max(after(process.id.0)),
            Record::Thread(thread) => self.threads = self.threads.max(after(thread.id.0)),
            Record::Stack { id, .. } => self.stacks = self.stacks.max(after(id.0)),
            _ => {}
        }
    }

    /// Rows that `needed` has beyond these.
    pub(super) fn missing(&self, needed: &Self) -> u64 {
        needed.modules.saturating_sub(self.modules)
            + needed.processes.saturating_sub(self.processes)
            + needed.threads.saturating_sub(self.threads)
            + needed.stacks.saturating_sub(self.stacks)
    }

    /// The next row that is missing before `record` can be given out.
    pub(super) fn placeholder(&self, needed: &Self, record: &Record) -> Option<Record> {
        if self.modules < needed.modules {
            return Some(Record::Module {
                id: ModuleId(self.modules as u32),
                path: LOST.into(),
                local_path: None,
                build_id: None,
                kind: ModuleKind::Unknown,
                identity: None,
            });
        }
        if self.processes < needed.processes {
            return Some(Record::Process(lost_process(ProcessId(self.processes as u32))));
        }
        if self.threads < needed.threads {
            let process = match record {
                Record::Sample(sample) => sample.process,
                _ => ProcessId(0),
            };
            return Some(Record::Thread(lost_thread(ThreadId(self.threads as u32), process)));
        }
        (self.stacks < needed.stacks).then_some(Record::Stack {
            id: StackId(self.stacks as u32),
            parent: None,
            frame: RawFrame { module: None, address: 0 },
        })
    }
}

fn lost_process(id: ProcessId) -> Process {
    Process {
        id,
        pid: 0,
        parent: None,
        exec_generation: 0,
        name: LOST.into(),
        command: Vec::new(),
        runtime: None,
        runtime_version: None,
        start_nanos: 0,
        end_nanos: None,
        exit_status: None,
    }
}

fn lost_thread(id: ThreadId, process: ProcessId) -> Thread {
    Thread {
        id,
        process,
        tid: 0,
        name: LOST.into(),
        start_nanos: 0,
        end_nanos: None,
        times: ThreadTimes::default(),
        switches: None,
    }
}
