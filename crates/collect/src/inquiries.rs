//! Collectors that ask running programs about themselves, and how their answers become records.

use crate::catalog;
use crate::catalog::PprofAsk;
use crate::collector::{Answers, Inquiry, Statement};
use crate::perf::Interpreter;
use crate::registry::Registry;
use fathom_model::{
    CollectorUse, Pid, ProcessId, RawFrame, RawSample, Record, Sink, SinkError, ThreadId, ThreadState, Tid,
};
use std::collections::BTreeMap;

/// All inquiries of a recording.
pub(crate) struct Inquiries {
    open: Vec<Box<dyn Inquiry>>,
    /// The thread under which the answers of a process stand: they are of all of them.
    first_threads: BTreeMap<ProcessId, ThreadId>,
}

impl Inquiries {
    pub(crate) fn new(pprof: Option<&PprofAsk>, lacks_cpu: bool) -> Self {
        Self { open: catalog::inquiries(pprof, lacks_cpu), first_threads: BTreeMap::new() }
    }

    /// Asks the processes that there are for the first time; does not wait.
    pub(crate) fn begin(&mut self, registry: &Registry) {
        let mut processes: Vec<(ProcessId, Pid)> =
            registry.processes.iter().map(|(pid, process)| (process.id, *pid)).collect();
        processes.sort_unstable();
        // The main thread, whose number is the process's, else the oldest.
        let mut oldest: BTreeMap<Pid, (bool, Tid, ThreadId)> = BTreeMap::new();
        for (tid, thread) in &registry.threads {
            let found = (*tid != thread.pid, *tid, thread.id);
            let known = oldest.entry(thread.pid).or_insert(found);
            *known = found.min(*known);
        }
        for (process, pid) in &processes {
            if let Some((_, _, thread)) = oldest.get(pid) {
                self.first_threads.insert(*process, *thread);
            }
        }
        self.open.iter_mut().for_each(|inquiry| inquiry.begin(&processes));
    }

    /// Asks for the last time and writes what was said. Gives how it went, and notes.
    pub(crate) fn end(
        &mut self,
        interpreter: &mut Interpreter,
        end_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(Vec<CollectorUse>, Vec<String>), SinkError> {
        let (mut used, mut notes) = (Vec::new(), Vec::new());
        for inquiry in std::mem::take(&mut self.open) {
            let answers = inquiry.end();
            self.write(&answers, interpreter, end_nanos, sink)?;
            used.extend(answers.used);
            notes.extend(answers.notes);
        }
        Ok((used, notes))
    }

    fn write(
        &self,
        answers: &Answers,
        interpreter: &mut Interpreter,
        end_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let frames: Vec<RawFrame> = answers
            .frames
            .iter()
            .map(|frame| interpreter.told_frame(frame, sink))
            .collect::<Result<_, SinkError>>()?;
        for statement in &answers.statements {
            let Statement { process, signal, value, n, .. } = *statement;
            let Some(thread) = self.first_threads.get(&process) else { continue };
            let outermost_first = statement.frames.iter().rev().filter_map(|at| frames.get(*at as usize));
            let stack = interpreter.told_stack(outermost_first, sink)?;
            sink.record(&Record::Sample(RawSample {
                signal,
                // What is said after the end is of the end.
                time_nanos: statement.time_nanos.min(end_nanos),
                process,
                thread: *thread,
                cpu: None,
                stack,
                value,
                n,
                state: ThreadState::Unknown,
            }))?;
        }
        for point in &answers.series {
            let time_nanos = point.time_nanos.min(end_nanos);
            sink.record(&Record::Series(fathom_model::SeriesPoint { time_nanos, ..point.clone() }))?;
        }
        Ok(())
    }
}
