//! CPU samples from timers inside the program (the preload library), the rest from `/proc`.

use crate::perf::{EngineError, Interpreter, SampleCost};
use crate::preload;
use crate::thread_clock::FirstState;
use crate::unprivileged::ProcEngine;
use crate::unprivileged::pids::Pids;
use fathom_model::{Pid, RawSample, Record, Signal, Sink, SinkError, ThreadState, Tid};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::online_cpus;
use fathom_sys::perf_records::UserRegisters;
use fathom_sys::preload_ring::{PreloadOptions, PreloadRecord, PreloadRing, PreloadSample};
use std::collections::HashMap;

/// Most bytes of stack that the library copies.
const STACK_BYTES: u32 = 32 << 10;
/// How often `/proc` is looked at.
const LOOK_NANOS: i64 = 50_000_000;
/// How often a process's mappings are read again: libraries loaded meanwhile come without a notice.
const MAPPINGS_NANOS: i64 = 500_000_000;
/// What one sample costs the target: a signal, a copy, a return (measured by the library's own test).
const NANOS_PER_SAMPLE: f64 = 6_000.0;

/// The engine.
#[derive(Debug)]
pub(crate) struct TimerEngine {
    ring: PreloadRing,
    pids: Pids,
    period_nanos: u64,
    proc: ProcEngine,
    last_look: i64,
    mappings_read: HashMap<Pid, i64>,
}

impl TimerEngine {
    /// Makes the ring and the library's file.
    pub(crate) fn new(rate_hz: f64) -> Result<Self, EngineError> {
        let options = PreloadOptions::new(rate_hz, STACK_BYTES, online_cpus().len() as u32);
        let ring = PreloadRing::create(preload::library(), &options).map_err(EngineError::Timers)?;
        let period_nanos = options.period_nanos;
        let pids = Pids::new(ring.library_path());
        Ok(Self {
            ring,
            pids,
            period_nanos,
            proc: ProcEngine::default(),
            last_look: 0,
            mappings_read: HashMap::new(),
        })
    }

    /// Variables for the program's environment.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let existing = std::env::var_os("LD_PRELOAD");
        self.ring
            .environment(existing.as_deref())
            .into_iter()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect()
    }

    /// Watches a child that is held before `exec`.
    pub(crate) fn watch_launch(&mut self, pid: Pid, now: i64) {
        self.proc.watch_launch(pid, now);
    }

    /// What samples cost the target.
    pub(crate) fn sample_cost(&self) -> SampleCost {
        SampleCost { interrupt_nanos: NANOS_PER_SAMPLE, switch_nanos: 0.0 }
    }

    /// Takes in what has come.
    pub(crate) fn drain(
        &mut self,
        interpreter: &mut Interpreter,
        children: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let mut outcome = Ok(());
        let (period, read, looks) = (self.period_nanos, &mut self.mappings_read, &mut self.proc);
        let pids = &mut self.pids;
        let drained = self.ring.drain(|mut record| {
            if outcome.is_ok() && pids.translate(&mut record, &interpreter.registry) {
                outcome = take(record, period, read, looks, interpreter, sink);
            }
        });
        outcome?;
        if let Err(source) = drained {
            return Err(SinkError { what: "the preload ring".to_owned(), source });
        }
        let lost = self.ring.lost();
        interpreter.counters.lost = lost.expirations + self.pids.lost_samples;
        let now = monotonic_nanos();
        if now - self.last_look >= LOOK_NANOS || self.proc.is_over() {
            self.last_look = now;
            self.proc.look(interpreter, children, sink)?;
        }
        Ok(())
    }
}

fn take(
    record: PreloadRecord<'_>,
    period: u64,
    mappings_read: &mut HashMap<Pid, i64>,
    looks: &mut ProcEngine,
    interpreter: &mut Interpreter,
    sink: &mut dyn Sink,
) -> Result<(), SinkError> {
    match record {
        PreloadRecord::Exec { pid, parent_pid, time_nanos, command_line } => {
            mappings_read.remove(&pid);
            interpreter.managed.executed(pid);
            let program = command_line.split(|byte| *byte == 0).next().unwrap_or_default();
            let name = program.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            let known =
                interpreter.registry.processes.contains_key(&pid) || interpreter.registry.held == Some(pid);
            if !known {
                interpreter.registry.forked(pid, parent_pid, pid, time_nanos, sink)?;
            }
            let is_new = !looks.exec_announced(pid);
            interpreter.registry.renamed(pid, pid, is_new, &name[..name.len().min(15)], time_nanos, sink)
        }
        PreloadRecord::Fork { pid, parent_pid, time_nanos } => {
            interpreter.managed.forked(pid, parent_pid);
            interpreter.registry.forked(pid, parent_pid, pid, time_nanos, sink)
        }
        PreloadRecord::ThreadStart { pid, tid, time_nanos, cpu_nanos } => {
            looks.begins_with(pid, tid, cpu_nanos);
            interpreter.registry.add_existing(pid, time_nanos, sink)?;
            interpreter.registry.add_thread(pid, tid, time_nanos, FirstState::Asleep, sink)
        }
        PreloadRecord::ThreadExit { tid, time_nanos, cpu_nanos, .. } => {
            if let Some(thread) = interpreter.registry.threads.get_mut(&tid) {
                let running = i64::try_from(looks.used_since(tid, cpu_nanos)).unwrap_or(i64::MAX);
                thread.clock.end_measured(thread.start_nanos, time_nanos, running);
                interpreter.counters.ended_running_nanos += running;
            }
            interpreter.registry.thread_ended(tid, time_nanos, sink)
        }
        PreloadRecord::Maps { pid, time_nanos, text } => {
            interpreter.registry.add_mappings(pid, text, time_nanos, sink)
        }
        // What is left of the process is seen through /proc.
        PreloadRecord::Stopped { .. } => Ok(()),
        PreloadRecord::Sample(sample) => take_sample(&sample, period, mappings_read, interpreter, sink),
    }
}

fn take_sample(
    sample: &PreloadSample<'_>,
    period: u64,
    mappings_read: &mut HashMap<Pid, i64>,
    interpreter: &mut Interpreter,
    sink: &mut dyn Sink,
) -> Result<(), SinkError> {
    let (pid, tid): (Pid, Tid) = (sample.pid, sample.tid);
    interpreter.registry.add_existing(pid, sample.time_nanos, sink)?;
    interpreter.registry.add_thread(pid, tid, sample.time_nanos, FirstState::Awake, sink)?;
    let last_read = mappings_read.entry(pid).or_insert(i64::MIN);
    let known = interpreter
        .registry
        .processes
        .get(&pid)
        .is_some_and(|p| p.mappings.at(sample.instruction_pointer).is_some());
    if !known || sample.time_nanos.saturating_sub(*last_read) >= MAPPINGS_NANOS {
        *last_read = sample.time_nanos;
        interpreter.registry.read_mappings(pid, sample.time_nanos, sink)?;
    }
    let registers = UserRegisters {
        ip: sample.instruction_pointer,
        sp: sample.stack_pointer,
        bp: sample.frame_pointer,
        di: 0,
    };
    let red_zone =
        usize::try_from(sample.stack_pointer.wrapping_sub(sample.stack_address)).unwrap_or(usize::MAX);
    let bytes = sample.stack.get(red_zone..).unwrap_or_default();
    let stack = interpreter.foreign_stack(pid, tid, registers, bytes, Some(sample.time_nanos), sink)?;
    let registry = &interpreter.registry;
    let (Some(process), Some(thread)) = (registry.processes.get(&pid), registry.threads.get(&tid)) else {
        return Ok(());
    };
    interpreter.counters.cpu_samples += 1;
    interpreter.counters.stacks_copied += 1;
    sink.record(&Record::Sample(RawSample {
        signal: Signal::Cpu,
        time_nanos: sample.time_nanos,
        process: process.id,
        thread: thread.id,
        cpu: None,
        stack,
        value: i64::try_from(period.saturating_mul(u64::from(sample.weight))).unwrap_or(i64::MAX),
        n: 1,
        state: ThreadState::Running,
    }))
}
