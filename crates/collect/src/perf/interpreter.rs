//! Records of the kernel, in the order of time, to records of a recording.

use crate::managed::{ManagedProcesses, Merged, merge};
use crate::modules::FileIdentity;
use crate::perf::rings::Role;
use crate::raw_stacks::RawStacks;
use crate::registry::{Mappings, Registry, first_state};
use crate::stack_walker::{Outcome, StackSource, StackWalker};
use crate::thread_clock::{OffInterval, PendingStack, ThreadClock};
use fathom_model::{
    ModuleId, ModuleKind, NamedFrame, Pid, RawFrame, RawSample, Record, Signal, Sink, SinkError, StackId,
    ThreadState, Tid, WaitClass,
};
use fathom_sys::bpf_frame_walker::{FrameWalker, WalkRecord};
use fathom_sys::bpf_switch_filter::SwitchFilter;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::perf_records::{PerfRecord, SampleRecord, TimedRecord, UserRegisters};
use fathom_sys::proc::{CurrentSyscall, parse_syscall};

/// Counts for the quality box and the governor.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)] // The names are those of the quality box.
pub struct Counters {
    pub cpu_samples: u64,
    pub off_cpu_samples: u64,
    pub off_cpu_intervals: u64,
    pub lost: u64,
    pub throttled: u64,
    pub truncated: u64,
    pub spliced: u64,
    pub without_stack: u64,
    /// Stacks copied by the kernel: CPU samples and chosen switches.
    pub stacks_copied: u64,
    /// Switches away from a CPU.
    pub switches: u64,
    /// Wake-up records.
    pub wakeups: u64,
    /// Stacks with managed frames that did not fit their native stack.
    pub unmerged: u64,
    /// CPU time of threads that have ended.
    pub ended_running_nanos: i64,
}

/// A sample read later than this is of another moment: perf events wake their reader at once.
const LATE_NANOS: i64 = 2_000_000;
/// The same for the preload library's ring, which is looked at every few milliseconds.
const LATE_BY_TIMER_NANOS: i64 = 12_000_000;

/// Managed frames of a stack.
enum Walked {
    /// Of the moment of the sample.
    AtSample(WalkRecord),
    /// Read a moment later, while the thread ran on.
    Late(WalkRecord),
}

/// Turns what the kernel says into records, keeping track of everything alive.
#[derive(Debug, Default)]
pub struct Interpreter {
    /// Processes, threads, modules.
    pub registry: Registry,
    /// Counts.
    pub counters: Counters,
    pub(crate) managed: ManagedProcesses,
    pub(crate) stacks: RawStacks,
    walker: StackWalker,
    kernel: Option<ModuleId>,
    not_complete: Option<ModuleId>,
}

impl Interpreter {
    /// Takes one record.
    pub fn take(
        &mut self,
        role: Option<Role>,
        timed: TimedRecord<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let now = timed.time_nanos;
        match timed.record {
            PerfRecord::Sample(sample) => self.sample(role.unwrap_or(Role::Side), &sample, sink),
            PerfRecord::SwitchOut { tid, preempted } => {
                self.counters.switches += 1;
                if let Some(thread) = self.registry.threads.get_mut(&tid) {
                    thread.clock.switch_out(now, preempted);
                }
                Ok(())
            }
            PerfRecord::SwitchIn { tid } => {
                let Some(thread) = self.registry.threads.get_mut(&tid) else { return Ok(()) };
                let interval = thread.clock.switch_in(now);
                if let Some(interval) = interval {
                    self.off_cpu(tid, interval, timed.cpu);
                }
                Ok(())
            }
            PerfRecord::Mmap { pid, start, length, file_offset, identity, path, .. } => {
                let [device, inode, _] = identity.unwrap_or_default();
                let path = String::from_utf8_lossy(path);
                let file = FileIdentity { device, inode };
                self.registry.mapped(pid, start, length, file_offset, file, &path, now, sink)
            }
            PerfRecord::Comm { pid, tid, exec, name } => {
                if exec {
                    self.managed.executed(pid);
                }
                self.registry.renamed(pid, tid, exec, name, now, sink)
            }
            PerfRecord::Fork { pid, parent_pid, tid } => {
                if pid != parent_pid {
                    self.managed.forked(pid, parent_pid);
                }
                self.registry.forked(pid, parent_pid, tid, now, sink)
            }
            PerfRecord::Exit { tid, .. } => {
                let interval =
                    self.registry.threads.get_mut(&tid).and_then(|thread| thread.clock.finish(now));
                if let Some(interval) = interval {
                    self.off_cpu(tid, interval, timed.cpu);
                }
                if let Some(thread) = self.registry.threads.get(&tid) {
                    self.counters.ended_running_nanos += thread.clock.times_at(now).running_nanos;
                }
                self.walker.forget(tid);
                self.registry.thread_ended(tid, now, sink)
            }
            PerfRecord::Lost(count) => {
                self.counters.lost += count;
                Ok(())
            }
            PerfRecord::Throttled => {
                self.counters.throttled += 1;
                Ok(())
            }
            PerfRecord::Other => Ok(()),
        }
    }

    /// Reads where a thread found asleep waits, so that it has a stack although it may never move.
    ///
    /// `/proc/PID/task/TID/syscall` gives its stack and instruction pointers without stopping it; the frame
    /// pointer is not known, so a stack whose innermost functions need it ends early.
    pub fn add_sleeper(
        &mut self,
        pid: Pid,
        tid: Tid,
        now: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        self.registry.add_thread(pid, tid, now, first_state(pid, tid), sink)?;
        let Some(stack) = self.stack_of_sleeper(pid, tid, sink)? else { return Ok(()) };
        if let Some(thread) = self.registry.threads.get_mut(&tid) {
            let pending = PendingStack { stack: Some(stack), weight: 1, time_nanos: now };
            thread.clock = ThreadClock::asleep_at(now, pending);
        }
        Ok(())
    }

    /// Looks where threads wait whose switches came without a stack, which is all there is without privilege.
    pub(crate) fn look_at_waiting(&mut self, now: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        const LEAST_NANOS: i64 = 5_000_000;
        const MOST_THREADS: usize = 32;
        let mut waiting: Vec<(Pid, Tid)> = self
            .registry
            .threads
            .iter()
            .filter(|(_, thread)| thread.clock.waits_without_stack(now, LEAST_NANOS))
            .map(|(tid, thread)| (thread.pid, *tid))
            .collect();
        waiting.sort_unstable();
        for (pid, tid) in waiting.into_iter().take(MOST_THREADS) {
            // Also a stack that is not there is an answer: the thread is not asked again.
            let stack = self.stack_of_sleeper(pid, tid, sink)?;
            if let Some(thread) = self.registry.threads.get_mut(&tid) {
                thread.clock.found_waiting(PendingStack { stack, weight: 1, time_nanos: now });
            }
        }
        Ok(())
    }

    /// The stack of a thread that is blocked in the kernel, read without stopping it.
    fn stack_of_sleeper(
        &mut self,
        pid: Pid,
        tid: Tid,
        sink: &mut dyn Sink,
    ) -> Result<Option<StackId>, SinkError> {
        let Some(registers) = sleeping_registers(pid, tid) else { return Ok(None) };
        let mut stack = vec![0; 64 << 10];
        let got = fathom_sys::memory::read_process_memory(pid, registers.sp, &mut stack).unwrap_or(0);
        stack.truncate(got);
        let walked = self.managed.read_thread(pid, tid);
        // Still there: what was read belongs to the registers read.
        if got == 0 || sleeping_registers(pid, tid) != Some(registers) {
            return Ok(None);
        }
        let source = StackSource { pid, tid, registers, stack: &stack, chain: &[] };
        self.user_stack(source, &[], walked.map(Walked::AtSample), sink)
    }

    /// Stacks and names that are remembered.
    pub(crate) fn n_remembered(&self) -> usize {
        self.stacks.len() + self.managed.n_names()
    }

    /// Forgets stacks, names, and files that nobody maps: what is met again is introduced to the sink again. The
    /// first of the stack ids to come.
    pub(crate) fn forget(&mut self) -> StackId {
        self.managed.forget_names();
        self.registry.modules.forget_unmapped();
        self.stacks.forget()
    }

    /// Closes every thread at the end of the recording.
    pub fn finish(&mut self, now: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let mut tids: Vec<Tid> = self.registry.threads.keys().copied().collect();
        tids.sort_unstable();
        for tid in tids {
            let interval = self.registry.threads.get_mut(&tid).and_then(|thread| thread.clock.finish(now));
            if let Some(interval) = interval {
                self.off_cpu(tid, interval, 0);
            }
        }
        self.write_intervals(true, sink)?;
        self.registry.checkpoint(now, sink)
    }

    /// CPU time of all threads so far.
    pub fn running_nanos(&self, now: i64) -> i64 {
        let alive: i64 = self.registry.threads.values().map(|t| t.clock.times_at(now).running_nanos).sum();
        self.counters.ended_running_nanos + alive
    }

    /// One user stack that did not come from a perf sample: the preload library's of `taken_nanos`, or with `None`
    /// one of a thread that is asleep.
    pub fn foreign_stack(
        &mut self,
        pid: Pid,
        tid: Tid,
        registers: UserRegisters,
        stack: &[u8],
        taken_nanos: Option<i64>,
        sink: &mut dyn Sink,
    ) -> Result<Option<StackId>, SinkError> {
        let source = StackSource { pid, tid, registers, stack, chain: &[] };
        let walked = match taken_nanos {
            Some(taken_nanos) => self.read_late(pid, tid, taken_nanos, LATE_BY_TIMER_NANOS),
            None => self.managed.read_thread(pid, tid).map(Walked::AtSample),
        };
        self.user_stack(source, &[], walked, sink)
    }

    /// The managed frames of a running thread a moment after its sample.
    fn read_late(&mut self, pid: Pid, tid: Tid, taken_nanos: i64, most_nanos: i64) -> Option<Walked> {
        if !self.managed.is_read_late(pid) {
            return None;
        }
        let age = monotonic_nanos() - taken_nanos;
        let record = if age < most_nanos { self.managed.read_thread(pid, tid) } else { None };
        if record.is_none() {
            self.counters.unmerged += 1;
            self.managed.count(pid, false);
        }
        record.map(Walked::Late)
    }

    fn sample(
        &mut self,
        role: Role,
        sample: &SampleRecord<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        if role == Role::Wakeup {
            self.counters.wakeups += 1;
            if let Some(thread) = woken_tid(sample.raw).and_then(|tid| self.registry.threads.get_mut(&tid)) {
                thread.clock.woken(sample.time_nanos);
            }
            return Ok(());
        }
        if role == Role::Side || sample.pid <= 0 || self.registry.held == Some(sample.pid) {
            return Ok(());
        }
        if !self.registry.threads.contains_key(&sample.tid) {
            if !self.registry.may_take_up(sample.pid, sample.tid) {
                return Ok(());
            }
            let state = crate::thread_clock::FirstState::Awake;
            self.registry.add_existing(sample.pid, sample.time_nanos, sink)?;
            self.registry.add_thread(sample.pid, sample.tid, sample.time_nanos, state, sink)?;
        }
        self.counters.stacks_copied += 1;
        let kernel: Vec<u64> = sample.kernel_addresses().collect();
        let walked = match role {
            Role::OnCpuWalked | Role::OnCpuChained | Role::SwitchByFilter => WalkRecord::parse(sample.raw),
            _ => None,
        };
        let period = match &walked {
            Some(walked) if role != Role::SwitchByFilter => walked.head,
            _ => sample.period,
        };
        let chain: Vec<u64> = sample.user_chain().collect();
        let stack = match sample.registers {
            Some(registers) => {
                let (pid, tid, stack) = (sample.pid, sample.tid, sample.stack);
                let source = StackSource { pid, tid, registers, stack, chain: &chain };
                let walked = match (walked, role) {
                    (_, Role::OnCpuChained) => None,
                    (Some(walked), _) => Some(Walked::AtSample(walked)),
                    (None, Role::OnCpu) => {
                        self.read_late(sample.pid, sample.tid, sample.time_nanos, LATE_NANOS)
                    }
                    (None, _) => None,
                };
                self.user_stack(source, &kernel, walked, sink)?
            }
            None => {
                self.counters.without_stack += 1;
                self.push_frames(&kernel, None, sink)?
            }
        };
        let Some(thread) = self.registry.threads.get_mut(&sample.tid) else { return Ok(()) };
        let weight = match role {
            Role::SwitchByFilter => SwitchFilter::weight(sample.raw).unwrap_or(1),
            Role::SwitchByPeriod(period) => u32::try_from(period).unwrap_or(u32::MAX).max(1),
            _ => {
                self.counters.cpu_samples += 1;
                thread.clock.seen_on_cpu();
                let thread_id = thread.id;
                let Some(process) = self.registry.processes.get(&sample.pid) else { return Ok(()) };
                return sink.record(&Record::Sample(RawSample {
                    signal: Signal::Cpu,
                    time_nanos: sample.time_nanos,
                    process: process.id,
                    thread: thread_id,
                    cpu: Some(sample.cpu),
                    stack,
                    value: i64::try_from(period).unwrap_or(i64::MAX),
                    n: 1,
                    state: ThreadState::Running,
                }));
            }
        };
        thread.clock.stack_at_switch(PendingStack { stack, weight, time_nanos: sample.time_nanos });
        Ok(())
    }

    /// Counts an interval off the CPU; one with a stack is written by the next [`Self::write_intervals`].
    fn off_cpu(&mut self, tid: Tid, interval: OffInterval, cpu: u32) {
        self.counters.off_cpu_intervals += 1;
        let Some(thread) = self.registry.threads.get_mut(&tid) else { return };
        let Some(process) = self.registry.processes.get(&thread.pid) else { return };
        self.counters.off_cpu_samples += u64::from(interval.stack.is_some());
        let parts = [
            (interval.blocked_nanos, ThreadState::Blocked(WaitClass::Other), interval.start_nanos),
            (
                interval.runnable_nanos,
                ThreadState::Runnable,
                interval.start_nanos.saturating_add(interval.blocked_nanos),
            ),
        ];
        let thread_id = thread.id;
        let chosen = interval.stack.iter().flat_map(|pending| {
            parts.iter().filter(|(nanos, _, _)| *nanos > 0).map(|(nanos, state, time_nanos)| RawSample {
                signal: Signal::OffCpu,
                time_nanos: *time_nanos,
                process: process.id,
                thread: thread_id,
                cpu: Some(cpu),
                stack: pending.stack,
                value: nanos.saturating_mul(i64::from(pending.weight)),
                n: 1,
                state: *state,
            })
        });
        thread.intervals.add(&interval, chosen);
    }

    /// Writes the chosen intervals of every thread alive, weighted; before the end those that are enough to weigh.
    pub fn write_intervals(&mut self, is_end: bool, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.registry.threads.values_mut().try_for_each(|thread| thread.write_intervals(is_end, sink))
    }

    /// Reads on what runtimes wrote about the code that they compiled.
    pub(crate) fn read_on_code(&mut self) {
        self.managed.code.read_on();
    }

    /// Finds processes that run managed code, and tells the walker.
    pub(crate) fn look_for_managed(
        &mut self,
        walker: Option<&FrameWalker>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        self.managed.look(&mut self.registry, walker, sink)
    }

    fn user_stack(
        &mut self,
        source: StackSource<'_>,
        kernel: &[u64],
        walked: Option<Walked>,
        sink: &mut dyn Sink,
    ) -> Result<Option<StackId>, SinkError> {
        let StackSource { pid, registers, stack, .. } = source;
        let Some(process) = self.registry.processes.get(&pid) else {
            self.counters.without_stack += 1;
            return Ok(None);
        };
        let mappings = process.mappings.clone();
        let outcome = self.walker.walk(source, &*mappings);
        let mut parent = None;
        // In the middle of an exec the registers are the old program's and its memory is gone: what there is
        // of the thread is in the kernel.
        let between_programs = stack.is_empty() && self.walker.frames.is_empty() && !kernel.is_empty();
        match outcome {
            _ if between_programs => {}
            Outcome::Complete => {}
            Outcome::Spliced => self.counters.spliced += 1,
            Outcome::Cut(_) => {
                self.counters.truncated += 1;
                let module = self.marker_for_cut(sink)?;
                let frame = RawFrame { module: Some(module), address: 0 };
                parent = Some(self.stacks.intern(None, frame, sink)?);
            }
        }
        let mut native = Vec::with_capacity(self.walker.frames.len());
        let mut innermost_tier = None;
        for frame in &self.walker.frames {
            let mapped = mapped_frame(&mappings, frame.address);
            let is_compiled =
                mappings.at(frame.address).is_none_or(|mapped| mapped.module.kind == ModuleKind::Jit);
            let named = match is_compiled {
                true => {
                    let (managed, registry) = (&mut self.managed, &mut self.registry);
                    managed.compiled(pid, frame.address, registry, sink)?
                }
                false => None,
            };
            innermost_tier = innermost_tier.or(named.and_then(|named| named.tier));
            native.push(named.map_or(mapped, |named| named.frame));
        }
        if let Some(tier) = innermost_tier {
            self.managed.code.count(tier);
        }
        let mut stack_word = |address: u64| word_of_stack(pid, registers.sp, stack, address);
        let (record, is_late) = match walked {
            Some(Walked::AtSample(record)) => (Some(record), false),
            Some(Walked::Late(record)) => (Some(record), true),
            None => (None, false),
        };
        let innermost = record.as_ref().and_then(|record| record.frames.first().copied());
        let managed = match record {
            Some(record) => self.managed.stack_of(pid, record, &mut self.registry, &mut stack_word, sink)?,
            None => None,
        };
        let Some(managed) = managed else {
            for frame in native.iter().rev() {
                parent = Some(self.stacks.intern(parent, *frame, sink)?);
            }
            return self.push_frames(kernel, parent, sink);
        };
        let is_whole = !matches!(outcome, Outcome::Cut(_));
        self.counters.truncated += u64::from(is_whole && !managed.is_complete);
        let mut merged = merge(&self.walker.frames, &managed.activations, is_whole);
        if is_late && let Some(whole) = &merged {
            // Native frames inside the innermost managed one are its own only if it left its traces there.
            let n_inner = whole.iter().take_while(|frame| matches!(frame, Merged::Native(_))).count();
            let end = self.walker.frames.get(n_inner + 1).map_or(u64::MAX, |frame| frame.sp);
            let inner_bytes = usize::try_from(end.wrapping_sub(registers.sp)).unwrap_or(usize::MAX);
            let words = stack[..inner_bytes.min(stack.len()) & !7].chunks_exact(8);
            let words = words.map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
            let is_proved =
                n_inner == 0 || innermost.is_some_and(|frame| self.managed.is_proved(pid, &frame, words));
            merged = merged.filter(|_| is_proved);
        }
        self.counters.unmerged += u64::from(merged.is_none());
        self.managed.count(pid, merged.is_some());
        let merged = merged.unwrap_or_else(|| managed.alone());
        for frame in merged.iter().rev() {
            let raw = match frame {
                Merged::Native(at) => native[*at],
                Merged::Managed(number) => RawFrame { module: Some(managed.module), address: *number },
            };
            parent = Some(self.stacks.intern(parent, raw, sink)?);
        }
        self.push_frames(kernel, parent, sink)
    }

    /// A frame that a program named itself.
    pub(crate) fn told_frame(
        &mut self,
        frame: &NamedFrame,
        sink: &mut dyn Sink,
    ) -> Result<RawFrame, SinkError> {
        self.managed.names.frame(frame.clone(), &mut self.registry, sink)
    }

    /// The stack of such a frame and its callers.
    pub(crate) fn told_stack(
        &mut self,
        parent: Option<StackId>,
        frame: RawFrame,
        sink: &mut dyn Sink,
    ) -> Result<StackId, SinkError> {
        self.stacks.intern(parent, frame, sink)
    }

    /// Kernel frames, given innermost first, on top of `parent`.
    fn push_frames(
        &mut self,
        kernel: &[u64],
        mut parent: Option<StackId>,
        sink: &mut dyn Sink,
    ) -> Result<Option<StackId>, SinkError> {
        if kernel.is_empty() {
            return Ok(parent);
        }
        let module = match self.kernel {
            Some(module) => module,
            None => {
                let module = self.registry.modules.kernel().id;
                self.write_new_modules(sink)?;
                *self.kernel.insert(module)
            }
        };
        for (depth, address) in kernel.iter().enumerate().rev() {
            // All but the innermost are return addresses.
            let address = if depth == 0 { *address } else { address.wrapping_sub(1) };
            let frame = RawFrame { module: Some(module), address };
            parent = Some(self.stacks.intern(parent, frame, sink)?);
        }
        Ok(parent)
    }

    fn marker_for_cut(&mut self, sink: &mut dyn Sink) -> Result<ModuleId, SinkError> {
        if let Some(module) = self.not_complete {
            return Ok(module);
        }
        let module = self.registry.modules.named("[stack not complete]", ModuleKind::Unknown).id;
        self.write_new_modules(sink)?;
        Ok(*self.not_complete.insert(module))
    }

    fn write_new_modules(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.registry.modules.take_records().iter().try_for_each(|record| sink.record(record))
    }
}

/// The frame at an address of a process.
pub(super) fn mapped_frame(mappings: &Mappings, address: u64) -> RawFrame {
    match mappings.at(address) {
        Some(mapped) => {
            RawFrame { module: Some(mapped.module.id), address: address.wrapping_sub(mapped.load_bias) }
        }
        None => RawFrame { module: None, address },
    }
}

/// A word of the native stack: as it was copied, else as it is now.
fn word_of_stack(pid: Pid, sp: u64, stack: &[u8], address: u64) -> Option<u64> {
    let copied =
        usize::try_from(address.wrapping_sub(sp)).ok().and_then(|at| stack.get(at..at.checked_add(8)?));
    let mut word = [0; 8];
    match copied {
        Some(copied) => word.copy_from_slice(copied),
        None => {
            let read = fathom_sys::memory::read_process_memory(pid, address, &mut word).ok()?;
            (read == 8).then_some(())?;
        }
    }
    Some(u64::from_le_bytes(word))
}

/// Stack and instruction pointer of a thread that is blocked.
pub(crate) fn sleeping_registers(pid: Pid, tid: Tid) -> Option<UserRegisters> {
    let bytes = std::fs::read(format!("/proc/{pid}/task/{tid}/syscall")).ok()?;
    match parse_syscall(&bytes)? {
        CurrentSyscall::Blocked { stack_pointer, instruction_pointer, .. }
        | CurrentSyscall::NotInSyscall { stack_pointer, instruction_pointer } => {
            Some(UserRegisters { ip: instruction_pointer, sp: stack_pointer, bp: 0, di: 0 })
        }
        CurrentSyscall::Running => None,
    }
}

/// The thread in a `sched_wakeup` record: `common` fields (8 bytes), `char comm[16]`, `pid_t pid`
/// (`include/trace/events/sched.h`).
fn woken_tid(raw: &[u8]) -> Option<Tid> {
    Some(Tid::from_ne_bytes(raw.get(24..28)?.try_into().ok()?))
}
