//! Opening events on a tree of processes, changing their settings, and draining their rings.

use crate::perf::capability::{Access, Capability};
use crate::perf::interpreter::Interpreter;
use crate::perf::rings::{Rings, Role};
use crate::perf::sample_cost::{self, SampleCost};
use crate::registry::LiveProcess;
use fathom_model::{Pid, Sink, SinkError, Tid};
use fathom_sys::bpf_frame_walker::FrameWalker;
use fathom_sys::bpf_switch_filter::SwitchFilter;
use fathom_sys::bpf_tree_filter::TreeFilter;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits;
use fathom_sys::perf_attr::{EventSpec, Pace, Source};
use fathom_sys::perf_event::PerfEvent;
use fathom_sys::proc;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::os::fd::{OwnedFd, RawFd};

/// A record younger than this may still be on its way into a ring.
const SETTLE_NANOS: i64 = 1_000_000;
/// The same where waiting longer would mean to read managed frames of another moment.
const SHORT_SETTLE_NANOS: i64 = 10_000;
/// Without BPF, switches are thinned out by a period that is prime, so that it does not fall into step with
/// the program, and that changes with every epoch.
const PRIMES: [u64; 12] = [1, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191];

/// What the events are to do.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineSettings {
    /// Sample on-CPU code this often per second and thread; `None` for not at all.
    pub cpu_hz: Option<f64>,
    /// Record intervals off the CPU.
    pub off_cpu: bool,
    /// Stacks of switches aimed at per second and thread.
    pub off_cpu_stacks_hz: f64,
    /// Record wake-ups where permitted.
    pub wakeups: bool,
    /// Bytes of user stack per sample.
    pub stack_bytes: u32,
    /// Follow child processes.
    pub children: bool,
    /// Wake the reader at every sample of a CPU, because managed frames are to be read then.
    pub wake_at_samples: bool,
}

/// Why events could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The kernel refused an event.
    #[error("cannot open a perf event on thread {tid}: {source}")]
    Open {
        /// The thread.
        tid: Tid,
        /// The kernel's answer.
        source: io::Error,
    },
    /// Descriptors ran out.
    #[error("cannot watch thread {tid}: {open} files are open and the limit is {limit}, {needed} are needed")]
    OpenFiles {
        /// The thread.
        tid: Tid,
        /// Events open already.
        open: usize,
        /// The limit in force.
        limit: u64,
        /// What all threads together need.
        needed: u64,
    },
    /// The rings could not be mapped.
    #[error("cannot map the rings for perf events: {0}")]
    Rings(io::Error),
    /// The preload library or its ring could not be made.
    #[error("cannot give the program CPU timers: {0}")]
    Timers(io::Error),
    /// No such process.
    #[error("no process {0}")]
    NoProcess(Pid),
    /// The recording could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// Files that Fathom opens besides events: modules, spool, `/proc`.
const SPARE_FILES: u64 = 64;

/// The events of one thread.
type TaskEvents = Vec<PerfEvent>;

/// The engine.
#[derive(Debug)]
pub struct PerfEngine {
    settings: EngineSettings,
    access: Access,
    cycles: bool,
    wakeup_tracepoint: Option<u64>,
    rings: Rings,
    walker: Option<FrameWalker>,
    walk_task: Option<OwnedFd>,
    walker_outputs: Vec<PerfEvent>,
    filter: Option<SwitchFilter>,
    outputs: Vec<PerfEvent>,
    tree: Option<TreeFilter>,
    cpu_events: Vec<PerfEvent>,
    tracked: BTreeSet<Pid>,
    events: BTreeMap<Tid, TaskEvents>,
    prime: usize,
    /// What samples cost the target, measured here.
    pub sample_cost: SampleCost,
}

impl PerfEngine {
    /// Maps the rings and, where permitted, loads the switch filter.
    ///
    /// # Errors
    /// [`EngineError::Rings`] when not even the smallest rings fit into the locked-memory budget.
    pub fn new(capability: &Capability, settings: EngineSettings) -> Result<Self, EngineError> {
        let rings = Rings::new(limits::online_cpus()).map_err(EngineError::Rings)?;
        let mut engine = Self {
            settings,
            access: capability.access,
            cycles: capability.cycles,
            wakeup_tracepoint: capability.wakeup_tracepoint,
            rings,
            walker: None,
            walk_task: None,
            walker_outputs: Vec::new(),
            filter: None,
            outputs: Vec::new(),
            tree: None,
            cpu_events: Vec::new(),
            tracked: BTreeSet::new(),
            events: BTreeMap::new(),
            prime: 0,
            sample_cost: SampleCost { interrupt_nanos: 0.0, switch_nanos: 0.0 },
        };
        if engine.access == Access::Full {
            // Without it, managed frames are read a moment after the sample.
            if engine.load_walker().is_err() {
                (engine.walker, engine.walk_task, engine.walker_outputs) = (None, None, Vec::new());
            }
        }
        if engine.settings.off_cpu && engine.access == Access::Full {
            // Without it, switches are thinned out by a period.
            if engine.load_filter().is_err() {
                (engine.filter, engine.outputs) = (None, Vec::new());
            }
        }
        engine.sample_cost = sample_cost::measure_cost(&engine.cpu_spec());
        Ok(engine)
    }

    /// How the CPU is sampled, in words.
    pub fn cpu_method(&self) -> String {
        let source = if self.cycles { "hardware cycles" } else { "cpu-clock" };
        let reach = if self.access == Access::Full { "user and kernel" } else { "user code only" };
        let place = if self.tree.is_some() {
            "CPUs sampled, other processes dropped in the kernel"
        } else {
            "tasks sampled"
        };
        format!("perf events, {source}, {reach}, {place}")
    }

    /// How intervals off the CPU are recorded, in words.
    pub fn off_cpu_method(&self) -> String {
        if self.access != Access::Full {
            return "perf switch records: durations without stacks".to_owned();
        }
        let choice = if self.filter.is_some() {
            "stacks 1 in 2^k at random by thread"
        } else {
            "stacks by a prime period (BPF is not permitted)"
        };
        let wakeups = if self.records_wakeups() {
            "wake-ups from sched_wakeup"
        } else {
            "wake-ups not recorded: runnable time only where preempted"
        };
        format!("perf switch records, {choice}, {wakeups}")
    }

    /// Whether wake-ups are being recorded.
    pub fn records_wakeups(&self) -> bool {
        self.settings.off_cpu && self.settings.wakeups && self.wakeup_tracepoint.is_some()
    }

    /// Whether time in the kernel is sampled too.
    pub fn samples_kernel(&self) -> bool {
        self.access == Access::Full
    }

    /// Whether an interpreter's frames are read in the kernel, at the samples.
    pub fn walks_frames(&self) -> bool {
        self.walker.is_some()
    }

    /// Tells the interpreter what runs managed code.
    pub(crate) fn look_for_managed(
        &self,
        into: &mut Interpreter,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        into.look_for_managed(self.walker.as_ref(), sink)
    }

    /// The settings in force.
    pub fn settings(&self) -> &EngineSettings {
        &self.settings
    }

    /// Descriptors that become readable when a ring is half full.
    pub fn fds(&self) -> Vec<RawFd> {
        self.rings.fds()
    }

    /// Watches a child that is held before `exec`; sampling begins with the exec.
    ///
    /// Where BPF is permitted the CPUs are sampled and not the tasks: children shorter than a period are met
    /// as often as they deserve, and a switch does not set a timer anew. Attaching does not do so, because on a
    /// production host the interrupts of CPUs that run other programs would be theirs.
    pub fn watch_launch(&mut self, pid: Pid) -> Result<(), EngineError> {
        if self.settings.cpu_hz.is_some()
            && self.access == Access::Full
            && let Ok(tree) = TreeFilter::load(self.walker.as_ref()).or_else(|_| TreeFilter::load(None))
            && tree.track(pid).is_ok()
        {
            self.tracked.insert(pid);
            self.tree = Some(tree);
            // Not on the CPUs after all: on the tasks then.
            if self.open_on_cpus().is_err() {
                (self.tree, self.cpu_events) = (None, Vec::new());
            }
        }
        self.open_on(pid, true)
    }

    /// Tells the filter which processes are alive.
    fn follow(&mut self, alive: &HashMap<Pid, LiveProcess>) {
        let Some(tree) = &self.tree else { return };
        if self.tracked.len() == alive.len() && self.tracked.iter().all(|pid| alive.contains_key(pid)) {
            return;
        }
        self.tracked.retain(|pid| {
            let stays = alive.contains_key(pid);
            if !stays {
                tree.forget(*pid);
            }
            stays
        });
        for pid in alive.keys() {
            if !self.tracked.contains(pid) && tree.track(*pid).is_ok() {
                self.tracked.insert(*pid);
            }
        }
    }

    /// Watches a process that runs, all its threads and (with children) its descendants; returns the threads.
    pub fn watch_tree(&mut self, pid: Pid) -> Result<Vec<(Pid, Tid)>, EngineError> {
        let mut watched = Vec::new();
        // Threads start while the list is read; those of watched threads are inherited, the others are found
        // in another round.
        for _ in 0..8 {
            let processes = if self.settings.children {
                proc::process_tree(pid).map_err(|_| EngineError::NoProcess(pid))?
            } else {
                vec![pid]
            };
            let tasks: Vec<(Pid, Tid)> = processes
                .iter()
                .flat_map(|p| {
                    proc::list_threads(*p).unwrap_or_default().into_iter().map(move |tid| (*p, tid))
                })
                .filter(|(_, tid)| !self.events.contains_key(tid))
                .collect();
            if tasks.is_empty() {
                break;
            }
            for (process, tid) in tasks {
                match self.open_on(tid, false) {
                    Ok(()) => watched.push((process, tid)),
                    // It ended meanwhile.
                    Err(EngineError::Open { source, .. }) if source.raw_os_error() == Some(libc_esrch()) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if watched.is_empty() { Err(EngineError::NoProcess(pid)) } else { Ok(watched) }
    }

    /// Changes settings. What needs new events opens them on every thread, starts them, and only then closes
    /// the old ones, so that no time passes unwatched; returns the nanoseconds both were open.
    pub fn change(&mut self, settings: EngineSettings, threads: &[Tid]) -> Result<i64, EngineError> {
        let before = std::mem::replace(&mut self.settings, settings);
        let changed = |what: fn(&EngineSettings) -> (u64, u64)| what(&before) != what(&self.settings);
        let sampling = changed(|s| (s.cpu_hz.unwrap_or(0.0).to_bits(), u64::from(s.stack_bytes)));
        let stacks = changed(|s| (u64::from(s.stack_bytes), 0));
        let switching = changed(|s| (s.off_cpu_stacks_hz.to_bits(), 0));
        let wakeups = changed(|s| (u64::from(s.wakeups), 0));
        let waking = changed(|s| (u64::from(s.wake_at_samples), 0));
        self.prime = (self.prime + 1) % 2;
        self.set_filter_target();
        let begin = monotonic_nanos();
        if stacks && self.walker.is_some() {
            self.walker_outputs.clear();
            self.open_walker_outputs().map_err(|source| EngineError::Open { tid: 0, source })?;
        }
        if stacks && self.filter.is_some() {
            self.outputs.clear();
            self.open_outputs().map_err(|source| EngineError::Open { tid: 0, source })?;
        }
        if sampling && self.tree.is_some() {
            self.cpu_events.clear();
            self.open_on_cpus()?;
        }
        let on_tasks = waking
            || wakeups
            || (sampling && self.tree.is_none())
            || ((switching || stacks) && self.filter.is_none());
        if !on_tasks {
            return Ok(0);
        }
        let old = std::mem::take(&mut self.events);
        for tid in threads {
            match self.open_on(*tid, false) {
                Ok(()) => {}
                Err(EngineError::Open { source, .. }) if source.raw_os_error() == Some(libc_esrch()) => {}
                Err(error) => {
                    self.events.extend(old);
                    return Err(error);
                }
            }
        }
        drop(old);
        Ok(monotonic_nanos() - begin)
    }

    /// Hands over what the rings hold; with `all` also the last moment.
    pub fn drain(
        &mut self,
        into: &mut Interpreter,
        sink: &mut dyn Sink,
        all: bool,
    ) -> Result<u64, SinkError> {
        let horizon = match all {
            true => i64::MAX,
            false if self.settings.wake_at_samples => {
                // The sample that woke us must be read now; what other CPUs write at this moment gets a little time.
                let now = monotonic_nanos();
                while monotonic_nanos() - now < SHORT_SETTLE_NANOS {
                    std::hint::spin_loop();
                }
                now
            }
            false => monotonic_nanos() - SETTLE_NANOS,
        };
        into.read_on_code();
        let n_records = self.rings.drain(horizon, |role, record| into.take(role, record, sink))?;
        into.look_for_managed(self.walker.as_ref(), sink)?;
        if into.registry.held.is_none() {
            self.follow(&into.registry.processes);
        }
        Ok(n_records)
    }

    /// Stops everything.
    pub fn close(&mut self) {
        self.cpu_events.clear();
        self.events.clear();
    }

    fn load_walker(&mut self) -> io::Result<()> {
        let walker = FrameWalker::new()?;
        self.walk_task = Some(walker.load_task_program()?);
        self.walker = Some(walker);
        self.open_walker_outputs()
    }

    /// The events that walked samples and those with call chains come through, one of each for each CPU.
    fn open_walker_outputs(&mut self) -> io::Result<()> {
        let spec = output_spec(self.cpu_spec());
        let chained = EventSpec { user_callchain: true, ..spec };
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            for (spec, role) in [(&spec, Role::OnCpuWalked), (&chained, Role::OnCpuChained)] {
                let event = PerfEvent::open(spec, -1, cpu)?;
                self.rings.connect(&event, index, role, spec)?;
                match (&self.walker, role) {
                    (Some(walker), Role::OnCpuChained) => walker.set_chained_output(cpu as u32, &event)?,
                    (Some(walker), _) => walker.set_output(cpu as u32, &event)?,
                    (None, _) => {}
                }
                self.walker_outputs.push(event);
            }
        }
        Ok(())
    }

    fn load_filter(&mut self) -> io::Result<()> {
        let filter = SwitchFilter::load(self.walker.as_ref()).or_else(|_| SwitchFilter::load(None))?;
        filter.set_target_per_window(filter_target(&self.settings))?;
        self.filter = Some(filter);
        self.open_outputs()
    }

    /// The events that the switch filter sends stacks through, one for each CPU.
    fn open_outputs(&mut self) -> io::Result<()> {
        let spec = output_spec(self.switch_spec());
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            let event = PerfEvent::open(&spec, -1, cpu)?;
            self.rings.connect(&event, index, Role::SwitchByFilter, &spec)?;
            if let Some(filter) = &self.filter {
                filter.set_output(cpu as u32, &event)?;
            }
            self.outputs.push(event);
        }
        Ok(())
    }

    /// One sampling event for each CPU, kept to the tree by the filter.
    fn open_on_cpus(&mut self) -> Result<(), EngineError> {
        let mut spec = self.cpu_spec();
        spec.inherit = false;
        spec.threads_only = false;
        let refused = |source| EngineError::Open { tid: -1, source };
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            let event = PerfEvent::open(&spec, -1, cpu).map_err(refused)?;
            if let Some(tree) = &self.tree {
                tree.attach(&event).map_err(refused)?;
            }
            self.rings.connect(&event, index, Role::OnCpu, &spec).map_err(refused)?;
            event.enable().map_err(refused)?;
            self.cpu_events.push(event);
        }
        Ok(())
    }

    fn set_filter_target(&mut self) {
        if let Some(filter) = &self.filter {
            // The map exists and the value has its size: this cannot fail in a way that could be mended.
            let _ = filter.set_target_per_window(filter_target(&self.settings));
        }
    }

    fn open_on(&mut self, tid: Tid, until_exec: bool) -> Result<(), EngineError> {
        // Only now: a launched program was forked before and keeps the limit Fathom was started with.
        limits::raise_open_files();
        let mut specs = vec![(self.sampling_spec(until_exec), self.sampling_role())];
        if self.settings.off_cpu && self.access == Access::Full {
            let mut spec = self.switch_spec();
            spec.enable_on_exec = until_exec;
            spec.disabled = until_exec;
            if self.filter.is_some() {
                spec.stack_bytes = 0;
                spec.kernel_callchain = false;
                spec.user_registers = false;
            }
            specs.push((spec, Role::SwitchByPeriod(self.switch_period())));
        }
        if self.records_wakeups()
            && let Some(id) = self.wakeup_tracepoint
        {
            let mut spec = self.base_spec(Source::Tracepoint(id), Pace::Period(1), until_exec);
            spec.raw = true;
            specs.push((spec, Role::Wakeup));
        }
        let mut opened = Vec::with_capacity(specs.len() * self.rings.cpus().len());
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            for (spec, role) in &specs {
                let event = self.open_one(spec, tid, cpu)?;
                self.rings
                    .connect(&event, index, *role, spec)
                    .map_err(|source| EngineError::Open { tid, source })?;
                if *role == Role::OnCpu
                    && let Some(program) = &self.walk_task
                {
                    event.attach_bpf(program).map_err(|source| EngineError::Open { tid, source })?;
                }
                if matches!(role, Role::SwitchByPeriod(_))
                    && let Some(filter) = &self.filter
                {
                    filter.attach(&event).map_err(|source| EngineError::Open { tid, source })?;
                }
                opened.push(event);
            }
        }
        self.events.insert(tid, opened);
        Ok(())
    }

    fn open_one(&self, spec: &EventSpec, tid: Tid, cpu: i32) -> Result<PerfEvent, EngineError> {
        PerfEvent::open(spec, tid, cpu).map_err(|source| {
            let open = self.events.values().map(Vec::len).sum::<usize>();
            match source.raw_os_error() {
                Some(code) if code == libc_emfile() => EngineError::OpenFiles {
                    tid,
                    open,
                    limit: limits::open_files(),
                    needed: SPARE_FILES + 2 * (open as u64 + 8 * self.rings.cpus().len() as u64),
                },
                _ => EngineError::Open { tid, source },
            }
        })
    }

    fn sampling_role(&self) -> Role {
        if self.settings.cpu_hz.is_some() && self.tree.is_none() { Role::OnCpu } else { Role::Side }
    }

    /// The event on a task: samples, unless the CPUs are sampled, and side records.
    fn sampling_spec(&self, until_exec: bool) -> EventSpec {
        let mut spec = if self.sampling_role() == Role::OnCpu {
            self.cpu_spec()
        } else {
            self.base_spec(Source::Dummy, Pace::Period(1), until_exec)
        };
        spec.enable_on_exec = until_exec;
        spec.disabled = until_exec;
        spec.side_band = true;
        spec.switches = true;
        spec
    }

    fn cpu_spec(&self) -> EventSpec {
        let hertz = self.settings.cpu_hz.unwrap_or(1.0);
        let (source, pace) = if self.cycles {
            (Source::CpuCycles, Pace::Frequency(hertz.max(1.0) as u64))
        } else {
            (Source::CpuClock, Pace::Period((1e9 / hertz.max(0.01)) as u64))
        };
        let mut spec = self.base_spec(source, pace, true);
        spec.stack_bytes = self.settings.stack_bytes;
        spec.kernel_callchain = self.access == Access::Full;
        spec.enable_on_exec = false;
        spec.wake_at_samples = self.settings.wake_at_samples;
        spec
    }

    fn switch_spec(&self) -> EventSpec {
        let mut spec = self.base_spec(Source::ContextSwitches, Pace::Period(self.switch_period()), false);
        spec.stack_bytes = self.settings.stack_bytes;
        spec.kernel_callchain = true;
        spec
    }

    /// Whether switches are thinned out for each thread by itself, and not by one period for all.
    pub(crate) fn thins_by_thread(&self) -> bool {
        self.filter.is_some()
    }

    /// 1 with the filter, which thins switches out itself; without, the prime that brings the default of 100
    /// stacks a second down to what is wanted.
    fn switch_period(&self) -> u64 {
        if self.filter.is_some() {
            return 1;
        }
        let wanted = (100.0 / self.settings.off_cpu_stacks_hz.max(0.01)).max(1.0) as u64;
        let at = PRIMES.partition_point(|prime| *prime < wanted);
        PRIMES[(at + if wanted > 1 { self.prime } else { 0 }).min(PRIMES.len() - 1)]
    }

    fn base_spec(&self, source: Source, pace: Pace, until_exec: bool) -> EventSpec {
        let mut spec = EventSpec::new(source, pace);
        spec.exclude_kernel = self.access < Access::Full;
        spec.inherit = true;
        spec.threads_only = !self.settings.children;
        spec.enable_on_exec = until_exec;
        spec.disabled = until_exec;
        spec.wakeup_bytes = self.rings.wakeup_bytes();
        spec
    }
}

/// An event that a BPF program sends records like those of `spec` through.
fn output_spec(spec: EventSpec) -> EventSpec {
    EventSpec {
        source: Source::BpfOutput,
        pace: Pace::Period(1),
        inherit: false,
        threads_only: false,
        raw: true,
        disabled: false,
        ..spec
    }
}

/// Stacks per window of the filter.
fn filter_target(settings: &EngineSettings) -> u64 {
    let windows = 1e9 / f64::from(SwitchFilter::WINDOW_NANOS);
    (settings.off_cpu_stacks_hz / windows).round().max(1.0) as u64
}

fn libc_esrch() -> i32 {
    3
}

fn libc_emfile() -> i32 {
    24
}
