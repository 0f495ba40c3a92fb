//! What tasks wait for, as samples.

use crate::managed::{Look, named_frame};
use crate::perf::interpreter::{Interpreter, mapped_frame};
use fathom_model::{FrameKind, NamedFrame, RawSample, Record, Signal, Sink, SinkError};
use fathom_runtimes::TaskFrame;

impl Interpreter {
    /// Looks at the waits of tasks that are due.
    pub(crate) fn look_at_tasks(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        for look in self.managed.tasks.look() {
            let seen = self.samples_of(&look, sink)?;
            self.managed.tasks.keep_seen(look.pid, seen);
        }
        self.write_task_waits(false, sink)
    }

    /// Writes those of which the time is known; at the end of the recording all.
    pub(crate) fn write_task_waits(&mut self, is_end: bool, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let samples = self.managed.tasks.take(is_end);
        samples.into_iter().try_for_each(|sample| sink.record(&Record::Sample(sample)))
    }

    /// The samples of a look, without values.
    fn samples_of(&mut self, look: &Look, sink: &mut dyn Sink) -> Result<Vec<RawSample>, SinkError> {
        let Some(process) = self.registry.processes.get(&look.pid) else { return Ok(Vec::new()) };
        let (process_id, mappings) = (process.id, process.mappings.clone());
        let of_process = self.registry.threads.values().filter(|thread| thread.pid == look.pid);
        let Some(thread) = of_process.map(|thread| thread.id).min() else { return Ok(Vec::new()) };
        let mut samples = Vec::with_capacity(look.waits.len());
        for wait in &look.waits {
            let mut stack = None;
            for frame in wait.frames.iter().rev() {
                let frame = match frame {
                    TaskFrame::Address(address) => mapped_frame(&mappings, *address),
                    TaskFrame::Managed(frame) => {
                        let named = named_frame(frame.clone(), look.runtime);
                        self.managed.names.frame(named, &mut self.registry, sink)?
                    }
                };
                stack = Some(self.stacks.intern(stack, frame, sink)?);
            }
            let reason = NamedFrame {
                function: wait.reason.clone(),
                file: None,
                line: None,
                column: None,
                function_start_line: None,
                kind: FrameKind::Runtime,
                runtime: look.runtime.to_owned(),
                inlined: false,
            };
            let reason = self.managed.names.frame(reason, &mut self.registry, sink)?;
            let stack = self.stacks.intern(stack, reason, sink)?;
            samples.push(RawSample {
                signal: Signal::TaskWait,
                time_nanos: look.time_nanos,
                process: process_id,
                thread,
                cpu: None,
                stack: Some(stack),
                value: 0,
                n: wait.tasks,
                state: wait.state,
            });
        }
        Ok(samples)
    }
}
