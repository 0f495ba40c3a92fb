//! Threads by looking at `/proc` from time to time: exact totals, states at the moment of the look, and
//! stacks of blocked threads where their memory may be read.

use crate::perf::Interpreter;
use crate::thread_clock::FirstState;
use crate::unprivileged::processes_of;
use crate::unprivileged::programs::{Programs, has_ended};
use fathom_model::{Pid, RawSample, Record, Signal, Sink, SinkError, StackId, ThreadState, Tid, WaitClass};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::perf_records::UserRegisters;
use fathom_sys::proc::{self, SchedStat, TaskState};
use std::collections::HashMap;

/// How often the tree is searched for new processes and threads.
const SEARCH_NANOS: i64 = 500_000_000;
/// The kernel's unit for start times (`USER_HZ`), the same on all machines that Fathom runs on.
const TICKS_PER_SECOND: f64 = 100.0;
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
    /// The launch or the first look. All that threads use that begin later belongs to the recording.
    began: Option<i64>,
    programs: Programs,
    /// What a thread had used when it began to count, where that is known.
    used_before: HashMap<Tid, SchedStat>,
}

impl ProcEngine {
    /// Watches a child that is held before `exec`.
    pub(crate) fn watch_launch(&mut self, pid: Pid, now: i64) {
        (self.roots, self.began) = (vec![pid], Some(now));
        self.programs.begins_as_fathom(pid);
    }

    /// A program has told of its own `exec`; whether a look had noticed it before.
    pub(crate) fn exec_announced(&mut self, pid: Pid) -> bool {
        self.threads.retain(|_, watched| watched.pid != pid);
        self.programs.announced(pid)
    }

    /// A thread has told what it had used when it, or its program, began.
    pub(crate) fn begins_with(&mut self, pid: Pid, tid: Tid, cpu_nanos: u64) {
        let waited = schedstat(pid, tid).unwrap_or_default();
        self.used_before.insert(tid, SchedStat { running_nanos: cpu_nanos, ..waited });
    }

    /// What a thread has used since it began to count, of what it has used in all.
    pub(crate) fn used_since(&self, tid: Tid, cpu_nanos: u64) -> u64 {
        cpu_nanos - self.used_before.get(&tid).map_or(0, |before| before.running_nanos.min(cpu_nanos))
    }

    /// Whether a watched program is over: the last moment to see its totals is now, before it is waited for.
    pub(crate) fn is_over(&self) -> bool {
        self.roots.iter().any(|root| has_ended(*root))
    }

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
            self.roots.sort_unstable();
        }
        for pid in self.programs.changed(&interpreter.registry) {
            self.program_changed(pid, interpreter, now, sink)?;
        }
        if now - self.last_search >= SEARCH_NANOS {
            self.search(interpreter, children, now, sink)?;
            self.last_search = now;
        }
        self.add_threads(interpreter, now, sink)?;
        self.began.get_or_insert(now);
        let mut tids: Vec<Tid> = self.threads.keys().copied().collect();
        tids.sort_unstable();
        tids.into_iter().try_for_each(|tid| self.look_at(tid, interpreter, now, sink))
    }

    /// An `exec` that nobody told of: a static program, or one that was attached to.
    fn program_changed(
        &mut self,
        pid: Pid,
        interpreter: &mut Interpreter,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let registry = &mut interpreter.registry;
        let since = match self.began {
            Some(launched) if registry.held == Some(pid) => launched,
            _ => {
                self.used_before.insert(pid, schedstat(pid, pid).unwrap_or_default());
                now
            }
        };
        self.threads.retain(|_, watched| watched.pid != pid);
        let name = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
        registry.renamed(pid, pid, true, name.trim_ascii_end(), since, sink)?;
        registry.read_mappings(pid, now, sink)
    }

    /// Looks for processes that nobody told of.
    fn search(
        &mut self,
        interpreter: &mut Interpreter,
        children: bool,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        for pid in self.roots.iter().flat_map(|root| processes_of(*root, children)) {
            let registry = &mut interpreter.registry;
            if registry.held != Some(pid) && !registry.processes.contains_key(&pid) {
                registry.add_existing(pid, self.start_of(pid, pid, now), sink)?;
            }
        }
        Ok(())
    }

    /// The threads of every process there is.
    fn add_threads(
        &mut self,
        interpreter: &mut Interpreter,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let registry = &mut interpreter.registry;
        let mut pids: Vec<Pid> = registry.processes.keys().copied().collect();
        pids.sort_unstable();
        let listed =
            |pid: Pid| proc::list_threads(pid).unwrap_or_default().into_iter().map(move |tid| (pid, tid));
        let mut tasks: Vec<(Pid, Tid)> = pids.into_iter().flat_map(listed).collect();
        // A thread that ended before it was first listed would otherwise never be seen to be gone.
        tasks.extend(registry.threads.iter().map(|(tid, thread)| (thread.pid, *tid)));
        for (pid, tid) in tasks {
            if self.threads.contains_key(&tid) {
                continue;
            }
            registry.add_thread(pid, tid, self.start_of(pid, tid, now), FirstState::Asleep, sink)?;
            let Some(thread) = registry.threads.get(&tid) else { continue };
            let start_nanos = thread.start_nanos;
            let at_start = match self.used_before.get(&tid) {
                Some(before) => *before,
                // It began after the recording did.
                None if self.began.is_some() => SchedStat::default(),
                None => schedstat(pid, tid).unwrap_or_default(),
            };
            let watched = Watched { pid, start_nanos, at_start, last_nanos: now, last_stack: None };
            self.threads.insert(tid, watched);
        }
        Ok(())
    }

    /// When a thread that is seen for the first time began, to 10 ms; at the first look that is now.
    fn start_of(&self, pid: Pid, tid: Tid, now: i64) -> i64 {
        let Some(earliest) = self.began else { return now };
        let stat = std::fs::read(format!("/proc/{pid}/task/{tid}/stat")).ok();
        let ticks = stat.and_then(|bytes| proc::parse_stat(&bytes).ok()).map(|stat| stat.start_ticks);
        let since_boot = std::fs::read_to_string("/proc/uptime").ok();
        let since_boot = since_boot.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
        let (Some(ticks), Some(since_boot)) = (ticks, since_boot) else { return now };
        let age_nanos = (since_boot - ticks as f64 / TICKS_PER_SECOND) * 1e9;
        (now - age_nanos as i64).clamp(earliest.min(now), now)
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
        let total = schedstat(pid, tid).filter(|_| state.is_some());
        let (Some(state), Some(total)) = (state, total) else {
            // What it did since the last look nobody knows.
            if let Some(thread) = interpreter.registry.threads.get_mut(&tid) {
                thread.clock.lose_track(now);
            }
            return self.ended(tid, interpreter, now, sink);
        };
        let elapsed = now - watched.last_nanos;
        watched.last_nanos = now;
        let running = (total.running_nanos - watched.at_start.running_nanos.min(total.running_nanos)) as i64;
        let waiting =
            (total.runnable_nanos - watched.at_start.runnable_nanos.min(total.runnable_nanos)) as i64;
        if let Some(thread) = interpreter.registry.threads.get_mut(&tid) {
            thread.clock.set_measured(watched.start_nanos, now, running, waiting);
        }
        if state.has_ended() {
            // A main thread that nobody has waited for yet still has its totals.
            return self.ended(tid, interpreter, now, sink);
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

    fn ended(
        &mut self,
        tid: Tid,
        interpreter: &mut Interpreter,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        self.threads.remove(&tid);
        self.used_before.remove(&tid);
        interpreter.registry.thread_ended(tid, now, sink)
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
    let stack = interpreter.foreign_stack(pid, tid, registers, &bytes[..got], None, sink)?;
    watched.last_stack = Some((registers, timeslices, stack));
    Ok(stack)
}

fn schedstat(pid: Pid, tid: Tid) -> Option<SchedStat> {
    let bytes = std::fs::read(format!("/proc/{pid}/task/{tid}/schedstat")).ok()?;
    proc::parse_schedstat(&bytes).ok()
}
