//! One recording while it runs: an engine for samples, pollers for series, and the sink they write to.

use crate::catalog;
use crate::catalog::PprofAsk;
use crate::collector::{Ask, Methods, Poller, Tick};
use crate::governor::{Dials, Governor, LOWEST_BY_PERIOD_HZ, LOWEST_FILTERED_HZ, Totals};
use crate::guardian::Guardian;
use crate::inquiries::Inquiries;
use crate::perf::{Capability, EngineError, EngineSettings, Interpreter, PerfEngine, SampleCost};
use crate::unprivileged::{ProcEngine, TimerEngine};
use fathom_model::{
    ClockPair, CollectorUse, Cost, Epoch, Pid, ProcessId, Quality, Record, Sink, SinkError, StackId,
    ThreadId, Tid,
};
use fathom_sys::clock::{monotonic_nanos, process_cpu_nanos, realtime_nanos, thread_cpu_nanos};
use fathom_sys::limits;
use std::fs::File;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::Duration;

const CHECKPOINT_NANOS: i64 = 500_000_000;
const CLOCK_PAIR_NANOS: i64 = 60_000_000_000;
/// Pause between two looks at the rings: few enough wake-ups not to be felt by the target, short enough
/// that processes which ended can still be looked up.
const TICK: Duration = Duration::from_millis(100);

/// The same at the start, when programs are found out.
const START_TICK: Duration = Duration::from_millis(5);
/// How often threads are asked where they wait, without privilege.
const LOOK_AT_WAITING_NANOS: i64 = 20_000_000;
/// How long that lasts.
const START_NANOS: i64 = 300_000_000;
/// The same while stacks are deeper than the copy.
const DEEP_TICK: Duration = Duration::from_millis(4);
/// How long after the last deep stack that lasts.
const DEEP_NANOS: i64 = 500_000_000;

/// What to record and how.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// CPU samples per second and thread; `None` without the `cpu` signal.
    pub rate_hz: Option<f64>,
    /// Record intervals off the CPU.
    pub off_cpu: bool,
    /// Follow child processes.
    pub children: bool,
    /// Look at what tasks wait for that have no thread of their own.
    pub task_waits: bool,
    /// Largest share of cost.
    pub max_overhead: f64,
    /// Ask running programs for profiles of themselves.
    pub pprof: Option<PprofAsk>,
    /// Take no step that runs code in a target.
    pub is_passive: bool,
    /// Who takes steps back when Fathom is gone; without it none is taken.
    pub guardian: Option<Guardian>,
}

/// A thread that is off the CPU at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadOffCpu {
    /// Which.
    pub thread: ThreadId,
    /// Since when, `CLOCK_MONOTONIC` nanoseconds.
    pub since_nanos: i64,
    /// Whether it could run: preempted, or woken and not yet running.
    pub is_runnable: bool,
    /// Where it left the CPU, if this switch was one of those chosen for a stack.
    pub stack: Option<StackId>,
}

/// Which engine takes the samples.
enum Engine {
    Perf(Box<PerfEngine>),
    Timers(Box<TimerEngine>),
    Proc(Box<ProcEngine>),
}

/// How the samples are to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Perf events.
    Perf,
    /// Timers in a preloaded library (launch only).
    Timers,
    /// `/proc` only.
    Proc,
}

/// What a recording came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The quality box, without what only symbols tell.
    pub quality: Quality,
    /// Settings over time.
    pub epochs: Vec<Epoch>,
    /// Clock readings.
    pub clock_pairs: Vec<ClockPair>,
    /// When the last look was taken.
    pub end_nanos: i64,
    /// Collectors that asked programs, or could have.
    pub inquiries: Vec<CollectorUse>,
    /// The modules' files: `local_path` of the modules is good as long as these are open.
    pub files: Arc<Vec<File>>,
}

/// The recorder.
pub struct Recorder {
    engine: Engine,
    interpreter: Interpreter,
    settings: RecorderSettings,
    pollers: Vec<(Box<dyn Poller>, i64)>,
    /// Made when it is known whether the recording begins with the program.
    inquiries: Option<Inquiries>,
    lacks_cpu: bool,
    governor: Option<Governor>,
    outcome: Outcome,
    start_nanos: i64,
    start_cpu_nanos: i64,
    last_checkpoint: i64,
    last_clock_pair: i64,
    /// When a stack was last deeper than the copy.
    last_deep: i64,
    n_deep: u64,
    last_look_at_waiting: i64,
    /// CPU time of the recording thread when recording began.
    start_thread_nanos: i64,
}

impl Recorder {
    /// Sets the engine up; nothing is watched yet.
    ///
    /// # Errors
    /// What the engine needs and does not get.
    pub fn new(
        method: Method,
        capability: &Capability,
        settings: RecorderSettings,
    ) -> Result<Self, EngineError> {
        let mut interpreter = Interpreter::default();
        interpreter.registry.only_roots = !settings.children;
        let mut outcome = Outcome::default();
        let engine = match method {
            Method::Perf => Engine::Perf(Box::new(PerfEngine::new(capability, engine_settings(&settings))?)),
            Method::Timers => match TimerEngine::new(settings.rate_hz.unwrap_or(499.0)) {
                Ok(engine) => Engine::Timers(Box::new(engine)),
                // Poorer, but the program runs and something is known of it.
                Err(error) => {
                    let why = error.to_string().replace("\n\nhint: ", "; ");
                    outcome.quality.notes.push(format!("No stacks of CPU time were taken: {why}."));
                    Engine::Proc(Box::default())
                }
            },
            Method::Proc => Engine::Proc(Box::default()),
        };
        let now = monotonic_nanos();
        let lacks_cpu = settings.rate_hz.is_some() && !matches!(engine, Engine::Perf(_));
        Ok(Self {
            engine,
            interpreter,
            inquiries: None,
            lacks_cpu,
            settings,
            pollers: catalog::pollers().into_iter().map(|poller| (poller, 0)).collect(),
            governor: None,
            outcome,
            start_nanos: now,
            start_cpu_nanos: process_cpu_nanos(),
            last_checkpoint: now,
            last_clock_pair: 0,
            last_deep: i64::MIN / 2,
            n_deep: 0,
            last_look_at_waiting: 0,
            start_thread_nanos: thread_cpu_nanos(),
        })
    }

    /// How the samples are taken.
    pub fn methods(&self) -> Methods {
        let off_cpu = "/proc state of each thread 20 times a second, user stacks where readable";
        match &self.engine {
            Engine::Perf(engine) => Methods { cpu: engine.cpu_method(), off_cpu: engine.off_cpu_method() },
            Engine::Timers(_) => Methods {
                cpu: "per-thread CPU timers in a preloaded library, user stacks".to_owned(),
                off_cpu: off_cpu.to_owned(),
            },
            Engine::Proc(_) => Methods {
                cpu: "schedstat totals by thread, no stacks".to_owned(),
                off_cpu: off_cpu.to_owned(),
            },
        }
    }

    /// Whether samples cover time in the kernel.
    pub fn samples_kernel(&self) -> bool {
        matches!(&self.engine, Engine::Perf(engine) if engine.samples_kernel())
    }

    /// Variables to add to the environment of a launched program.
    pub fn launch_environment(&self) -> Vec<(String, String)> {
        match &self.engine {
            Engine::Timers(engine) => engine.environment(),
            _ => Vec::new(),
        }
    }

    /// Watches a child that is held before `exec`.
    pub fn watch_launch(&mut self, pid: Pid, sink: &mut dyn Sink) -> Result<(), EngineError> {
        let now = self.begin(sink)?;
        self.interpreter.registry.held = Some(pid);
        self.begin_inquiries(true);
        match &mut self.engine {
            Engine::Perf(engine) => return engine.watch_launch(pid),
            Engine::Timers(engine) => engine.watch_launch(pid, now),
            Engine::Proc(engine) => engine.watch_launch(pid, now),
        }
        Ok(())
    }

    /// Watches running processes.
    pub fn watch_running(&mut self, pids: &[Pid], sink: &mut dyn Sink) -> Result<(), EngineError> {
        self.ask_first(pids, sink)?;
        let now = self.begin(sink)?;
        self.interpreter.registry.begin_now(now, sink)?;
        for pid in pids {
            let tasks = match &mut self.engine {
                Engine::Perf(engine) => engine.watch_tree(*pid)?,
                Engine::Timers(_) | Engine::Proc(_) => {
                    crate::unprivileged::tasks_of(*pid, self.settings.children)
                }
            };
            if tasks.is_empty() {
                return Err(EngineError::NoProcess(*pid));
            }
            for (process, _) in &tasks {
                self.interpreter.registry.add_existing(*process, now, sink)?;
            }
            // Threads asleep are read at once, in their runtime's words too.
            self.look_for_managed(sink)?;
            for (process, tid) in tasks {
                self.interpreter.add_sleeper(process, tid, now, sink)?;
            }
        }
        Ok(())
    }

    /// Begins the inquiries of running processes before anything is recorded.
    fn ask_first(&mut self, pids: &[Pid], sink: &mut dyn Sink) -> Result<(), SinkError> {
        let now = monotonic_nanos();
        for pid in pids {
            let tree = || fathom_sys::proc::process_tree(*pid).unwrap_or_default();
            for process in if self.settings.children { tree() } else { vec![*pid] } {
                self.interpreter.registry.add_existing(process, now, sink)?;
            }
        }
        self.begin_inquiries(false);
        if let Some(inquiries) = &self.inquiries {
            inquiries.wait_until_ready();
        }
        Ok(())
    }

    fn begin_inquiries(&mut self, is_launch: bool) {
        let mut inquiries = Inquiries::new(&Ask {
            pprof: self.settings.pprof.clone(),
            lacks_cpu: self.lacks_cpu,
            rate_hz: self.settings.rate_hz,
            off_cpu: self.settings.off_cpu,
            is_launch,
            max_overhead: self.settings.max_overhead,
            is_passive: self.settings.is_passive,
            guardian: self.settings.guardian.clone(),
        });
        inquiries.begin(&self.interpreter.registry);
        self.inquiries = Some(inquiries);
    }

    /// Descriptors that become readable when there is much to do.
    pub fn fds(&self) -> Vec<RawFd> {
        match &self.engine {
            Engine::Perf(engine) => engine.fds(),
            _ => Vec::new(),
        }
    }

    /// How long to sleep between two calls of [`Recorder::step`].
    pub fn tick(&self) -> Duration {
        let managed = self.interpreter.managed.tick();
        match &self.engine {
            // A deep stack is completed from the thread's memory, which soon is another.
            Engine::Perf(_) if monotonic_nanos() - self.last_deep < DEEP_NANOS => DEEP_TICK,
            Engine::Perf(_) if monotonic_nanos() - self.start_nanos < START_NANOS => START_TICK,
            Engine::Perf(_) => managed.unwrap_or(TICK),
            // Managed frames have to be read soon after a sample.
            Engine::Timers(_) if self.interpreter.managed.reads_late() => Duration::from_millis(4),
            Engine::Timers(_) => Duration::from_millis(20).min(managed.unwrap_or(TICK)),
            Engine::Proc(_) => Duration::from_millis(50).min(managed.unwrap_or(TICK)),
        }
    }

    /// Takes in what has come since the last call.
    pub fn step(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.take_in(sink, false)?;
        let now = monotonic_nanos();
        let n_deep = self.interpreter.counters.truncated + self.interpreter.counters.spliced;
        if n_deep > std::mem::replace(&mut self.n_deep, n_deep) {
            self.last_deep = now;
        }
        self.poll_series(now, sink)?;
        self.follow_managed(now, sink)?;
        if let Some(inquiries) = &mut self.inquiries {
            inquiries.look(now, &self.interpreter.registry);
        }
        self.govern(now, sink)?;
        if now - self.last_clock_pair >= CLOCK_PAIR_NANOS {
            self.read_clocks(sink)?;
        }
        if now - self.last_checkpoint >= CHECKPOINT_NANOS {
            self.last_checkpoint = now;
            if matches!(self.engine, Engine::Perf(_)) {
                self.interpreter.registry.compare_with_kernel();
            }
            self.interpreter.write_intervals(false, sink)?;
            self.interpreter.registry.checkpoint(now, sink)?;
            sink.checkpoint()?;
        }
        Ok(())
    }

    /// The quality box as it stands now, without what only symbols tell.
    pub fn quality_so_far(&self) -> Quality {
        self.quality_at(monotonic_nanos())
    }

    /// The settings in force and those before them, oldest first.
    pub fn epochs(&self) -> &[Epoch] {
        &self.outcome.epochs
    }

    /// Threads that are off the CPU now, at most `most`, those that left it longest ago first. Their intervals
    /// become samples when they end, which may be never.
    pub fn threads_off_cpu(&self, most: usize) -> Vec<ThreadOffCpu> {
        let threads = self.interpreter.registry.threads.values();
        let mut waiting: Vec<ThreadOffCpu> = threads
            .filter_map(|thread| {
                let (since_nanos, is_runnable, stack) = thread.clock.off_cpu_now()?;
                Some(ThreadOffCpu { thread: thread.id, since_nanos, is_runnable, stack })
            })
            .collect();
        waiting.sort_unstable_by_key(|thread| (thread.since_nanos, thread.thread));
        waiting.truncate(most);
        waiting
    }

    /// Forgets the stacks, names and files met so far if there are more than `most`, for recordings without an end
    /// into a sink that keeps the last minutes. What is met again comes to the sink again, under new ids; ids given
    /// before occur only in intervals that have begun already. Gives the first of the stack ids to come.
    pub fn forget_above(&mut self, most: usize) -> Option<StackId> {
        (self.interpreter.n_remembered() > most).then(|| self.interpreter.forget())
    }

    /// Whether a watched process is left.
    pub fn anything_alive(&self) -> bool {
        !self.interpreter.registry.threads.is_empty()
    }

    /// Ends the recording.
    pub fn finish(mut self, sink: &mut dyn Sink) -> Result<Outcome, SinkError> {
        let end = monotonic_nanos();
        if let Engine::Perf(engine) = &mut self.engine {
            engine.close();
        }
        self.poll_series(i64::MAX, sink)?;
        self.take_in(sink, true)?;
        self.interpreter.write_task_waits(true, sink)?;
        self.interpreter.finish(end, sink)?;
        if let Some(mut inquiries) = self.inquiries.take() {
            let (used, notes) = inquiries.end(&mut self.interpreter, end, sink)?;
            self.outcome.inquiries = used;
            self.outcome.quality.notes.extend(notes);
        }
        self.read_clocks(sink)?;
        sink.checkpoint()?;
        self.outcome.end_nanos = end;
        self.outcome.quality = self.quality_at(end);
        let Self { mut outcome, mut interpreter, .. } = self;
        let modules = std::mem::take(&mut interpreter.registry.modules);
        drop(interpreter);
        outcome.files = Arc::new(modules.into_files());
        Ok(outcome)
    }

    fn begin(&mut self, sink: &mut dyn Sink) -> Result<i64, SinkError> {
        let now = monotonic_nanos();
        if self.governor.is_some() {
            return Ok(now);
        }
        self.interpreter.managed.tasks.is_wanted = self.settings.task_waits;
        // After the fork of a launched program, which keeps the priority Fathom was started with.
        limits::raise_priority(-10);
        self.start_nanos = now;
        self.start_cpu_nanos = process_cpu_nanos();
        self.start_thread_nanos = thread_cpu_nanos();
        let cost = match &self.engine {
            Engine::Perf(engine) => engine.sample_cost,
            Engine::Timers(engine) => engine.sample_cost(),
            Engine::Proc(_) => SampleCost { interrupt_nanos: 0.0, switch_nanos: 0.0 },
        };
        let by_period = matches!(&self.engine, Engine::Perf(engine) if !engine.thins_by_thread());
        let lowest_hz = if by_period { LOWEST_BY_PERIOD_HZ } else { LOWEST_FILTERED_HZ };
        self.governor = Some(Governor::new(self.settings.max_overhead, cost, lowest_hz, self.totals(now)));
        self.note_epoch(now, 0, "start");
        self.read_clocks(sink)?;
        Ok(now)
    }

    fn look_for_managed(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        match &self.engine {
            Engine::Perf(engine) => engine.look_for_managed(&mut self.interpreter, sink),
            Engine::Timers(_) | Engine::Proc(_) => self.interpreter.look_for_managed(None, sink),
        }
    }

    /// What is not read in the kernel has to be read soon.
    fn follow_managed(&mut self, now: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.interpreter.look_at_tasks(sink)?;
        let Engine::Perf(engine) = &mut self.engine else { return self.look_for_managed(sink) };
        let current = engine.settings().clone();
        if self.interpreter.managed.reads_late() && !current.wake_at_samples {
            let settings = EngineSettings { wake_at_samples: true, ..current };
            let mut threads: Vec<Tid> = self.interpreter.registry.threads.keys().copied().collect();
            threads.sort_unstable();
            if let Err(error) = engine.change(settings, &threads) {
                self.outcome.quality.notes.push(format!("Managed frames are not read: {error}."));
            }
        }
        if !engine.samples_kernel() && now - self.last_look_at_waiting >= LOOK_AT_WAITING_NANOS {
            self.last_look_at_waiting = now;
            self.interpreter.look_at_waiting(now, sink)?;
        }
        Ok(())
    }

    fn take_in(&mut self, sink: &mut dyn Sink, all: bool) -> Result<(), SinkError> {
        match &mut self.engine {
            Engine::Perf(engine) => engine.drain(&mut self.interpreter, sink, all).map(|_| ()),
            Engine::Timers(engine) => engine.drain(&mut self.interpreter, self.settings.children, sink),
            Engine::Proc(engine) => engine.look(&mut self.interpreter, self.settings.children, sink),
        }
    }

    fn poll_series(&mut self, now: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let due = |last: i64, poller: &dyn Poller| {
            now == i64::MAX || now - last >= i64::try_from(poller.interval().as_nanos()).unwrap_or(i64::MAX)
        };
        if !self.pollers.iter().any(|(poller, last)| due(*last, &**poller)) {
            return Ok(());
        }
        let mut processes: Vec<(ProcessId, Pid)> =
            self.interpreter.registry.processes.iter().map(|(pid, process)| (process.id, *pid)).collect();
        processes.sort_unstable();
        for (poller, last) in &mut self.pollers {
            if due(*last, &**poller) {
                let time = if now == i64::MAX { monotonic_nanos() } else { now };
                *last = time;
                poller.poll(&mut Tick { now_nanos: time, processes: &processes, sink })?;
            }
        }
        Ok(())
    }

    fn govern(&mut self, now: i64, _sink: &mut dyn Sink) -> Result<(), SinkError> {
        let totals = self.totals(now);
        let (Engine::Perf(engine), Some(governor)) = (&mut self.engine, &mut self.governor) else {
            return Ok(());
        };
        let current = engine.settings().clone();
        let dials = Dials {
            cpu_hz: current.cpu_hz.unwrap_or(0.0),
            off_cpu_hz: current.off_cpu_stacks_hz,
            wakeups: engine.records_wakeups(),
            stack_bytes: current.stack_bytes,
        };
        let Some(decision) = governor.look(totals, dials) else { return Ok(()) };
        let settings = EngineSettings {
            cpu_hz: current.cpu_hz.map(|_| decision.dials.cpu_hz),
            off_cpu_stacks_hz: decision.dials.off_cpu_hz,
            wakeups: decision.dials.wakeups,
            stack_bytes: decision.dials.stack_bytes,
            ..current
        };
        let mut threads: Vec<Tid> = self.interpreter.registry.threads.keys().copied().collect();
        threads.sort_unstable();
        match engine.change(settings, &threads) {
            Ok(_) => self.note_epoch(now, 0, &decision.reason),
            Err(error) => {
                let note = format!("Settings could not be changed although {}: {error}.", decision.reason);
                self.outcome.quality.notes.push(note);
            }
        }
        Ok(())
    }

    fn quality_at(&self, end: i64) -> Quality {
        let totals = self.totals(end);
        let counters = self.interpreter.counters;
        let (sampling, switching) =
            self.governor.as_ref().map_or((0, 0), |governor| governor.target_cost(&totals));
        let mut quality = Quality {
            cpu_samples: counters.cpu_samples,
            off_cpu_samples: counters.off_cpu_samples,
            off_cpu_intervals: counters.off_cpu_intervals,
            lost: counters.lost,
            truncated: counters.truncated,
            spliced: counters.spliced,
            without_stack: counters.without_stack,
            unmerged: counters.unmerged,
            cost: Cost {
                fathom_cpu_nanos: process_cpu_nanos() - self.start_cpu_nanos,
                fathom_peak_rss_bytes: limits::peak_rss_bytes(),
                target_sampling_nanos: sampling,
                target_switch_nanos: switching,
                wall_nanos: end - self.start_nanos,
                target_cpu_nanos: totals.target_cpu_nanos,
            },
            notes: self.outcome.quality.notes.clone(),
            ..Quality::default()
        };
        quality.notes.extend(self.interpreter.managed.notes());
        if counters.throttled > 0 {
            let note = format!(
                "The kernel slowed sampling down {} times; shares may be off then.",
                counters.throttled
            );
            quality.notes.push(note);
        }
        quality
    }

    fn note_epoch(&mut self, start_nanos: i64, gap_nanos: i64, reason: &str) {
        let (rate_hz, stack_bytes, off_cpu_stacks_hz) = match &self.engine {
            Engine::Perf(engine) => {
                let settings = engine.settings();
                (settings.cpu_hz.unwrap_or(0.0), settings.stack_bytes, settings.off_cpu_stacks_hz)
            }
            _ => (self.settings.rate_hz.unwrap_or(0.0), 0, 0.0),
        };
        let reason = reason.to_owned();
        self.outcome.epochs.push(Epoch {
            start_nanos,
            rate_hz,
            stack_bytes,
            off_cpu_stacks_hz,
            gap_nanos,
            reason,
        });
    }

    fn read_clocks(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let pair = ClockPair { monotonic_nanos: monotonic_nanos(), realtime_nanos: realtime_nanos() };
        self.last_clock_pair = pair.monotonic_nanos;
        self.outcome.clock_pairs.push(pair);
        sink.record(&Record::Clock(pair))
    }

    fn totals(&self, now: i64) -> Totals {
        let counters = &self.interpreter.counters;
        Totals {
            time_nanos: now,
            stacks: counters.stacks_copied,
            cut: counters.truncated,
            cpu_samples: counters.cpu_samples,
            switches: counters.switches,
            wakeups: counters.wakeups,
            target_cpu_nanos: self.interpreter.running_nanos(now),
            // Fewer samples do not save what has a limit of its own, nor what other threads do: reading the kernel's
            // symbols once, asking runtimes, naming and drawing.
            own_cpu_nanos: thread_cpu_nanos()
                - self.start_thread_nanos
                - self.interpreter.managed.limited_nanos(),
        }
    }
}

fn engine_settings(settings: &RecorderSettings) -> EngineSettings {
    EngineSettings {
        cpu_hz: settings.rate_hz,
        off_cpu: settings.off_cpu,
        off_cpu_stacks_hz: 100.0,
        wakeups: true,
        // The rest of deeper stacks is read from the thread's memory (see stack_walker).
        stack_bytes: crate::governor::STACK_BYTES[0],
        children: settings.children,
        wake_at_samples: false,
    }
}
