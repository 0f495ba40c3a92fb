//! Threads by looking at `/proc` from time to time: exact totals, states at the moment of the look, and
//! stacks of blocked threads where their memory may be read.

use crate::perf::Interpreter;
use crate::thread_clock::FirstState;
use crate::unprivileged::tasks_of;
use fathom_model::{Pid, RawSample, Record, Signal, Sink, SinkError, StackId, ThreadState, Tid, WaitClass};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::perf_records::UserRegisters;
use fathom_sys::proc::{self, SchedStat, TaskState};
use std::collections::HashMap;

/// How often the tree is searched for new processes and threads.
const SEARCH_NANOS: i64 = 500_000_000;
/// Stack bytes read of a blocked thread.
const STACK_BYTES: usize = 64 << 10;

#[derive(Debug)]
struct Watched {
    pid: Pid,
    start_nanos: i64,
    at_start: SchedStat,
    last_nanos: i64,
    last_stack: Option<(UserRegisters, u64, Option<StackId>)>,
}

/// The engine.
#[derive(Debug, Default)]
pub(crate) struct ProcEngine {
    roots: Vec<Pid>,
    threads: HashMap<Tid, Watched>,
    last_search: i64,
}

impl ProcEngine {
    /// Looks at every thread once.
    pub(crate) fn look(
        &mut self,
        interpreter: &mut Interpreter,
        children: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let now = monotonic_nanos();
        if self.roots.is_empty() {
            self.roots = interpreter.registry.processes.keys().copied().collect();
        }
        if now - self.last_search >= SEARCH_NANOS {
            self.last_search = now;
            self.search(interpreter, children, now, sink)?;
        }
        let mut tids: Vec<Tid> = self.threads.keys().copied().collect();
        tids.sort_unstable();
        tids.into_iter().try_for_each(|tid| self.look_at(tid, interpreter, now, sink))
    }

    fn search(
        &mut self,
        interpreter: &mut Interpreter,
        children: bool,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let mut tasks: Vec<(Pid, Tid)> = self.roots.iter().flat_map(|root| tasks_of(*root, children)).collect();
        // A thread that ended before the first search would otherwise never be seen to be gone.
        tasks.extend(interpreter.registry.threads.iter().map(|(tid, thread)| (thread.pid, *tid)));
        for (pid, tid) in tasks {
            interpreter.registry.add_existing(pid, now, sink)?;
            interpreter.registry.add_thread(pid, tid, now, FirstState::Asleep, sink)?;
            let Some(thread) = interpreter.registry.threads.get(&tid) else { continue };
            let start_nanos = thread.start_nanos;
            let at_start = schedstat(pid, tid).unwrap_or_default();
            self.threads.entry(tid).or_insert(Watched {
                pid,
                start_nanos,
                at_start,
                last_nanos: now,
                last_stack: None,
            });
        }
        Ok(())
    }

    fn look_at(
        &mut self,
        tid: Tid,
        interpreter: &mut Interpreter,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let Some(watched) = self.threads.get_mut(&tid) else { return Ok(()) };
        let pid = watched.pid;
        let stat = std::fs::read(format!("/proc/{pid}/task/{tid}/stat")).ok();
        let state = stat.and_then(|bytes| proc::parse_stat(&bytes).ok()).map(|stat| stat.state);
        let (Some(state), Some(total)) = (state.filter(|state| !state.has_ended()), schedstat(pid, tid)) else {
            self.threads.remove(&tid);
            return interpreter.registry.thread_ended(tid, now, sink);
        };
        let elapsed = now - watched.last_nanos;
        watched.last_nanos = now;
        let running = (total.running_nanos - watched.at_start.running_nanos.min(total.running_nanos)) as i64;
        let waiting = (total.runnable_nanos - watched.at_start.runnable_nanos.min(total.runnable_nanos)) as i64;
        if let Some(thread) = interpreter.registry.threads.get_mut(&tid) {
            thread.clock.set_measured(watched.start_nanos, now, running, waiting);
        }
        if state == TaskState::Running || elapsed <= 0 {
            return Ok(());
        }
        let stack = blocked_stack(watched, pid, tid, total.timeslices, interpreter, sink)?;
        let registry = &interpreter.registry;
        let (Some(process), Some(thread)) = (registry.processes.get(&pid), registry.threads.get(&tid)) else {
            return Ok(());
        };
        interpreter.counters.off_cpu_samples += 1;
        sink.record(&Record::Sample(RawSample {
            signal: Signal::OffCpu,
            time_nanos: now - elapsed,
            process: process.id,
            thread: thread.id,
            cpu: None,
            stack,
            value: elapsed,
            n: 1,
            state: ThreadState::Blocked(WaitClass::Other),
        }))
    }
}

/// The stack of a blocked thread; walked again only if the thread has run since the last look.
fn blocked_stack(
    watched: &mut Watched,
    pid: Pid,
    tid: Tid,
    timeslices: u64,
    interpreter: &mut Interpreter,
    sink: &mut dyn Sink,
) -> Result<Option<StackId>, SinkError> {
    let Some(registers) = crate::perf::sleeping_registers(pid, tid) else { return Ok(None) };
    if let Some((same, slices, stack)) = watched.last_stack
        && same == registers
        && slices == timeslices
    {
        return Ok(stack);
    }
    let mut bytes = vec![0; STACK_BYTES];
    let got = fathom_sys::memory::read_process_memory(pid, registers.sp, &mut bytes).unwrap_or(0);
    if got == 0 {
        return Ok(None);
    }
    let stack = interpreter.foreign_stack(pid, tid, registers, &bytes[..got], sink)?;
    watched.last_stack = Some((registers, timeslices, stack));
    Ok(stack)
}

fn schedstat(pid: Pid, tid: Tid) -> Option<SchedStat> {
    let bytes = std::fs::read(format!("/proc/{pid}/task/{tid}/schedstat")).ok()?;
    proc::parse_schedstat(&bytes).ok()
}
