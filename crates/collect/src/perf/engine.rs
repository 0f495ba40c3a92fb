//! Opening events on a tree of processes, changing their settings, and draining their rings.

use crate::perf::capability::{Access, Capability};
use crate::perf::interpreter::Interpreter;
use crate::perf::rings::{Rings, Role};
use crate::perf::sample_cost::{self, SampleCost};
use fathom_model::{Pid, Sink, SinkError, Tid};
use fathom_sys::bpf_switch_filter::SwitchFilter;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits;
use fathom_sys::perf_attr::{EventSpec, Pace, Source};
use fathom_sys::perf_event::PerfEvent;
use fathom_sys::proc;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::RawFd;

/// A record younger than this may still be on its way into a ring.
const SETTLE_NANOS: i64 = 1_000_000;
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
    /// No such process.
    #[error("no process {0}")]
    NoProcess(Pid),
    /// The recording could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

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
    filter: Option<SwitchFilter>,
    outputs: Vec<PerfEvent>,
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
            filter: None,
            outputs: Vec::new(),
            events: BTreeMap::new(),
            prime: 0,
            sample_cost: SampleCost { interrupt_nanos: 0.0, switch_nanos: 0.0 },
        };
        if engine.settings.off_cpu && engine.access == Access::Full {
            engine.filter = engine.load_filter().ok();
        }
        engine.sample_cost = sample_cost::measure_cost(&engine.sampling_spec(false));
        Ok(engine)
    }

    /// How the CPU is sampled, in words.
    pub fn cpu_method(&self) -> String {
        let source = if self.cycles { "hardware cycles" } else { "cpu-clock" };
        let reach = if self.access == Access::Full { "user and kernel" } else { "user code only" };
        format!("perf events, {source}, {reach}")
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

    /// The settings in force.
    pub fn settings(&self) -> &EngineSettings {
        &self.settings
    }

    /// Descriptors that become readable when a ring is half full.
    pub fn fds(&self) -> Vec<RawFd> {
        self.rings.fds()
    }

    /// Watches a child that is held before `exec`; sampling begins with the exec.
    pub fn watch_launch(&mut self, pid: Pid) -> Result<(), EngineError> {
        self.open_on(pid, true)
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
                .flat_map(|p| proc::list_threads(*p).unwrap_or_default().into_iter().map(move |tid| (*p, tid)))
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
        let needs_new_events = EngineSettings { off_cpu_stacks_hz: 0.0, ..settings.clone() }
            != EngineSettings { off_cpu_stacks_hz: 0.0, ..self.settings.clone() }
            || (self.filter.is_none() && settings.off_cpu_stacks_hz != self.settings.off_cpu_stacks_hz);
        self.settings = settings;
        self.prime = (self.prime + 1) % 2;
        self.set_filter_target();
        if !needs_new_events {
            return Ok(0);
        }
        let begin = monotonic_nanos();
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
    pub fn drain(&mut self, into: &mut Interpreter, sink: &mut dyn Sink, all: bool) -> Result<u64, SinkError> {
        let horizon = if all { i64::MAX } else { monotonic_nanos() - SETTLE_NANOS };
        self.rings.drain(horizon, |role, record| into.take(role, record, sink))
    }

    /// Stops everything.
    pub fn close(&mut self) {
        self.events.clear();
    }

    fn load_filter(&mut self) -> io::Result<SwitchFilter> {
        let filter = SwitchFilter::load()?;
        let mut spec = self.switch_spec();
        spec.source = Source::BpfOutput;
        spec.pace = Pace::Period(1);
        spec.inherit = false;
        spec.raw = true;
        spec.disabled = false;
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            let event = PerfEvent::open(&spec, -1, cpu)?;
            self.rings.connect(&event, index, Role::SwitchByFilter, &spec)?;
            filter.set_output(cpu as u32, &event)?;
            self.outputs.push(event);
        }
        filter.set_target_per_window(filter_target(&self.settings))?;
        Ok(filter)
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
            specs.push((spec, Role::SwitchByPeriod));
        }
        if self.records_wakeups() && let Some(id) = self.wakeup_tracepoint {
            let mut spec = self.base_spec(Source::Tracepoint(id), Pace::Period(1), until_exec);
            spec.raw = true;
            specs.push((spec, Role::Wakeup));
        }
        let mut opened = Vec::with_capacity(specs.len() * self.rings.cpus().len());
        for (index, cpu) in self.rings.cpus().to_vec().into_iter().enumerate() {
            for (spec, role) in &specs {
                let event = self.open_one(spec, tid, cpu)?;
                self.rings.connect(&event, index, *role, spec).map_err(|source| EngineError::Open { tid, source })?;
                if *role == Role::SwitchByPeriod && let Some(filter) = &self.filter {
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
                    needed: (open as u64 + 1) * 2,
                },
                _ => EngineError::Open { tid, source },
            }
        })
    }

    fn sampling_role(&self) -> Role {
        if self.settings.cpu_hz.is_some() { Role::OnCpu } else { Role::Side }
    }

    fn sampling_spec(&self, until_exec: bool) -> EventSpec {
        let (source, pace) = match self.settings.cpu_hz {
            None => (Source::Dummy, Pace::Period(1)),
            Some(hertz) if self.cycles => (Source::CpuCycles, Pace::Frequency(hertz.max(1.0) as u64)),
            Some(hertz) => (Source::CpuClock, Pace::Period((1e9 / hertz.max(0.01)) as u64)),
        };
        let mut spec = self.base_spec(source, pace, until_exec);
        if self.settings.cpu_hz.is_some() {
            spec.stack_bytes = self.settings.stack_bytes;
            spec.kernel_callchain = self.access == Access::Full;
        }
        spec.side_band = true;
        spec.switches = true;
        spec
    }

    fn switch_spec(&self) -> EventSpec {
        let pace = if self.filter.is_some() || self.outputs.is_empty() && self.prime_period() == 1 {
            Pace::Period(1)
        } else {
            Pace::Period(self.prime_period())
        };
        let mut spec = self.base_spec(Source::ContextSwitches, pace, false);
        spec.stack_bytes = self.settings.stack_bytes;
        spec.kernel_callchain = true;
        spec
    }

    /// Without the filter: the prime that brings the default of 100 stacks a second down to what is wanted.
    fn prime_period(&self) -> u64 {
        let wanted = (100.0 / self.settings.off_cpu_stacks_hz.max(0.1)).max(1.0) as u64;
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
