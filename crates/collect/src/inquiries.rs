//! Collectors that ask running programs about themselves, and how their answers become records.

use crate::catalog;
use crate::collector::{Answers, Ask, Inquiry, READY_LIMIT, ToldCode};
use crate::perf::Interpreter;
use crate::registry::Registry;
use fathom_model::{
    CollectorUse, Event, NamedFrame, Pid, ProcessId, RawFrame, RawSample, Record, Sink, SinkError, StackId,
    Thread, ThreadId, ThreadTimes, Tid,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How often inquiries look at the processes again.
const LOOK_NANOS: i64 = 100_000_000;
/// Between two looks whether all have begun.
const READY_PAUSE: Duration = Duration::from_millis(2);

/// All inquiries of a recording.
pub(crate) struct Inquiries {
    open: Vec<Box<dyn Inquiry>>,
    /// The thread under which stand answers of a process that are of all of them.
    first_threads: BTreeMap<ProcessId, ThreadId>,
    /// Every thread there was of the processes that tell of single ones. A number that is used again is the later
    /// thread's.
    threads: BTreeMap<(ProcessId, Tid), Known>,
    last_look_nanos: i64,
}

/// A thread that may be told of.
#[derive(Clone, Copy)]
struct Known {
    id: ThreadId,
    start_nanos: i64,
}

impl Inquiries {
    pub(crate) fn new(ask: &Ask) -> Self {
        Self {
            open: catalog::inquiries(ask),
            first_threads: BTreeMap::new(),
            threads: BTreeMap::new(),
            last_look_nanos: 0,
        }
    }

    /// Asks the processes that there are for the first time; does not wait.
    pub(crate) fn begin(&mut self, registry: &Registry) {
        let processes = self.processes(registry);
        self.open.iter_mut().for_each(|inquiry| inquiry.begin(&processes));
    }

    /// Waits until all have begun, but no longer than [`READY_LIMIT`].
    pub(crate) fn wait_until_ready(&self) {
        let begun = Instant::now();
        while !self.open.iter().all(|inquiry| inquiry.is_ready()) && begun.elapsed() < READY_LIMIT {
            std::thread::sleep(READY_PAUSE);
        }
    }

    /// Looks whether processes have come or gone, if it is time to; does not wait.
    pub(crate) fn look(&mut self, now_nanos: i64, registry: &Registry) {
        if now_nanos - self.last_look_nanos < LOOK_NANOS {
            return;
        }
        self.last_look_nanos = now_nanos;
        let processes = self.processes(registry);
        self.open.iter_mut().for_each(|inquiry| inquiry.look(&processes));
        self.note_threads(registry);
    }

    fn processes(&mut self, registry: &Registry) -> Vec<(ProcessId, Pid)> {
        let mut processes: Vec<(ProcessId, Pid)> =
            registry.processes.iter().map(|(pid, process)| (process.id, *pid)).collect();
        processes.sort_unstable();
        let is_new = |(process, _): &&(ProcessId, Pid)| !self.first_threads.contains_key(process);
        let new: BTreeMap<Pid, ProcessId> =
            processes.iter().filter(is_new).map(|(process, pid)| (*pid, *process)).collect();
        if !new.is_empty() {
            // The main thread, whose number is the process's, else the oldest.
            let mut oldest: BTreeMap<ProcessId, (bool, Tid, ThreadId)> = BTreeMap::new();
            for (tid, thread) in &registry.threads {
                let Some(process) = new.get(&thread.pid) else { continue };
                let found = (*tid != thread.pid, *tid, thread.id);
                let known = oldest.entry(*process).or_insert(found);
                *known = found.min(*known);
            }
            self.first_threads.extend(oldest.into_iter().map(|(process, (_, _, thread))| (process, thread)));
        }
        processes
    }

    /// A thread may have ended before its process tells of it.
    fn note_threads(&mut self, registry: &Registry) {
        let telling: Vec<ProcessId> =
            self.open.iter().flat_map(|inquiry| inquiry.tells_threads_of()).collect();
        if telling.is_empty() {
            return;
        }
        for (tid, thread) in &registry.threads {
            let process = registry.processes.get(&thread.pid).map(|process| process.id);
            if let Some(process) = process.filter(|process| telling.contains(process)) {
                let known = Known { id: thread.id, start_nanos: thread.start_nanos };
                self.threads.insert((process, *tid), known);
            }
        }
    }

    /// Asks for the last time and writes what was said. Gives how it went, and notes.
    pub(crate) fn end(
        &mut self,
        interpreter: &mut Interpreter,
        end_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(Vec<CollectorUse>, Vec<String>), SinkError> {
        self.note_threads(&interpreter.registry);
        let (mut used, mut notes) = (Vec::new(), Vec::new());
        let mut n_events = 0;
        for inquiry in std::mem::take(&mut self.open) {
            let answers = inquiry.end();
            self.write(&answers, interpreter, end_nanos, &mut n_events, sink)?;
            used.extend(answers.used);
            notes.extend(answers.notes);
            notes.extend(answers.residues.iter().map(|residue| format!("Left in the target: {residue}")));
        }
        Ok((used, notes))
    }

    fn thread(&self, process: ProcessId, tid: Option<Tid>) -> Option<ThreadId> {
        match tid {
            Some(tid) => self.threads.get(&(process, tid)).map(|known| known.id),
            None => self.first_threads.get(&process).copied(),
        }
    }

    fn write(
        &self,
        answers: &Answers,
        interpreter: &mut Interpreter,
        end_nanos: i64,
        n_events: &mut u32,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let frames: Vec<RawFrame> = answers
            .frames
            .iter()
            .map(|frame| interpreter.told_frame(frame, sink))
            .collect::<Result<_, SinkError>>()?;
        let mut stacks: Vec<Option<StackId>> = Vec::with_capacity(answers.stacks.nodes().len());
        for (parent, frame) in answers.stacks.nodes() {
            let parent = parent.and_then(|parent| stacks.get(parent as usize).copied().flatten());
            let stack = match frames.get(*frame as usize) {
                Some(frame) => Some(interpreter.told_stack(parent, *frame, sink)?),
                None => parent,
            };
            stacks.push(stack);
        }
        let stack_of = |node: Option<u32>| node.and_then(|node| stacks.get(node as usize).copied().flatten());
        for (process, tid, name) in &answers.thread_names {
            let Some(known) = self.threads.get(&(*process, *tid)) else { continue };
            sink.record(&Record::Thread(Thread {
                id: known.id,
                process: *process,
                tid: *tid,
                name: name.clone(),
                start_nanos: known.start_nanos,
                end_nanos: None,
                times: ThreadTimes::default(),
                switches: None,
            }))?;
        }
        name_code(&answers.code, interpreter, sink)?;
        for statement in &answers.statements {
            let Some(thread) = self.thread(statement.process, statement.thread) else { continue };
            sink.record(&Record::Sample(RawSample {
                signal: statement.signal,
                // What is said after the end is of the end.
                time_nanos: statement.time_nanos.min(end_nanos),
                process: statement.process,
                thread,
                cpu: None,
                stack: stack_of(statement.stack),
                value: statement.value,
                n: statement.n,
                state: statement.state,
            }))?;
        }
        for told in &answers.events {
            let thread = told.thread.and_then(|tid| self.thread(told.process, Some(tid)));
            sink.record(&Record::Event(Event {
                id: *n_events,
                parent: None,
                kind: told.kind.clone(),
                start_nanos: told.start_nanos,
                duration_nanos: told.duration_nanos,
                thread,
                stack: stack_of(told.stack),
                trace_id: None,
                span_id: None,
                attributes: told.attributes.clone(),
            }))?;
            *n_events += 1;
        }
        for point in &answers.series {
            let time_nanos = point.time_nanos.min(end_nanos);
            sink.record(&Record::Series(fathom_model::SeriesPoint { time_nanos, ..point.clone() }))?;
        }
        Ok(())
    }
}

/// Names the addresses of compiled code that stacks have.
fn name_code(code: &[ToldCode], interpreter: &mut Interpreter, sink: &mut dyn Sink) -> Result<(), SinkError> {
    let processes: BTreeSet<ProcessId> = code.iter().map(|piece| piece.process).collect();
    for process in processes {
        let module = interpreter.registry.jit_module(process);
        let addresses = interpreter.stacks.addresses_in(module);
        let mut named: BTreeMap<u64, &NamedFrame> = BTreeMap::new();
        for piece in code.iter().filter(|piece| piece.process == process) {
            let inside = addresses.range(piece.addresses.clone());
            named.extend(inside.map(|address| (*address, &piece.frame)));
        }
        for (address, frame) in named {
            sink.record(&Record::Named { module, address, frame: frame.clone() })?;
        }
    }
    Ok(())
}
