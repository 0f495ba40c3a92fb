//! One slot of the ring, checked.

use super::layout::*;

/// A moment of a thread on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreloadSample<'a> {
    /// Process, in the target's pid namespace.
    pub pid: i32,
    /// Thread, in the target's pid namespace.
    pub tid: i32,
    /// `CLOCK_MONOTONIC`.
    pub time_nanos: i64,
    /// CPU time of the thread so far.
    pub cpu_nanos: u64,
    /// Expirations of the timer that this sample stands for, at least 1. Between ticks of the kernel (4 ms
    /// at 250 Hz) no sample can be taken: expirations in between are counted here.
    pub weight: u32,
    /// Instruction pointer.
    pub instruction_pointer: u64,
    /// Stack pointer.
    pub stack_pointer: u64,
    /// Frame pointer (rbp).
    pub frame_pointer: u64,
    /// rbx, r12, r13, r14, r15: what a called function must keep.
    pub saved_registers: [u64; 5],
    /// Address of the first byte of `stack`, below `stack_pointer` by the red zone.
    pub stack_address: u64,
    /// The stack from there upwards, as far as was copied; empty where it could not be read.
    pub stack: &'a [u8],
}

/// What a target says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreloadRecord<'a> {
    /// A sample.
    Sample(PreloadSample<'a>),
    /// A program was started in this process by `exec`.
    Exec {
        /// Process.
        pid: i32,
        /// Its parent, 0 if that is in another pid namespace.
        parent_pid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
        /// `/proc/self/cmdline` as the kernel prints it, possibly cut at a slot's size.
        command_line: &'a [u8],
    },
    /// A process was forked and goes on in its parent's program, with its parent's maps.
    Fork {
        /// Process.
        pid: i32,
        /// Its parent.
        parent_pid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
    },
    /// A thread begins; also the first thread of a process, after `Exec` or `Fork`.
    ThreadStart {
        /// Process.
        pid: i32,
        /// Thread.
        tid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
        /// CPU time it had used before, for example in the dynamic linker.
        cpu_nanos: u64,
    },
    /// A thread ends, alone or with its process. Threads that are killed do not say so.
    ThreadExit {
        /// Process.
        pid: i32,
        /// Thread.
        tid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
        /// All of its CPU time, but what it takes to end.
        cpu_nanos: u64,
    },
    /// Executable lines of `/proc/self/maps`, for processes too short to be read from outside. Told at the
    /// start of a program and, if they changed, at its end; several in a row add up.
    Maps {
        /// Process.
        pid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
        /// For [`crate::proc::parse_maps`].
        text: &'a [u8],
    },
    /// No more samples from this process: it installs a seccomp filter.
    Stopped {
        /// Process.
        pid: i32,
        /// `CLOCK_MONOTONIC`.
        time_nanos: i64,
    },
}

fn number<const N: usize>(slot: &[u8], offset: usize) -> Option<[u8; N]> {
    slot.get(offset..offset + N)?.try_into().ok()
}

fn u32_at(slot: &[u8], offset: usize) -> Option<u32> {
    number(slot, offset).map(u32::from_le_bytes)
}

fn u64_at(slot: &[u8], offset: usize) -> Option<u64> {
    number(slot, offset).map(u64::from_le_bytes)
}

/// Bytes of payload that a slot's header claims.
pub(super) fn payload_bytes(slot: &[u8]) -> usize {
    u32_at(slot, SLOT_PAYLOAD_BYTES).unwrap_or(0) as usize
}

/// Reads a slot; `None` if it is torn or holds what no target of ours writes.
pub(super) fn parse(slot: &[u8]) -> Option<PreloadRecord<'_>> {
    if u64_at(slot, SLOT_TOKEN_FIRST)? != u64_at(slot, SLOT_TOKEN_LAST)? {
        return None;
    }
    let payload = slot.get(SLOT_PAYLOAD..)?;
    let payload = payload.get(..payload_bytes(slot))?;
    let pid = u32_at(slot, SLOT_PID)? as i32;
    let tid = u32_at(slot, SLOT_TID)? as i32;
    let time_nanos = i64::try_from(u64_at(slot, SLOT_TIME_NANOS)?).ok()?;
    let cpu_nanos = u64_at(slot, SLOT_CPU_NANOS)?;
    let detail = u32_at(slot, SLOT_DETAIL)?;
    // The kernel's pids are below 2^22; 0 is nobody.
    let is_id = |id: i32| (1..=1 << 22).contains(&id);
    if !is_id(pid) || !is_id(tid) {
        return None;
    }
    let parent_pid = i32::try_from(detail).unwrap_or(0);
    match u32_at(slot, SLOT_KIND)? {
        KIND_SAMPLE => sample(slot, payload, (pid, tid, time_nanos, cpu_nanos), detail),
        KIND_EXEC => Some(PreloadRecord::Exec { pid, parent_pid, time_nanos, command_line: payload }),
        KIND_FORK => Some(PreloadRecord::Fork { pid, parent_pid, time_nanos }),
        KIND_THREAD_START => Some(PreloadRecord::ThreadStart { pid, tid, time_nanos, cpu_nanos }),
        KIND_THREAD_EXIT => Some(PreloadRecord::ThreadExit { pid, tid, time_nanos, cpu_nanos }),
        KIND_MAPS => Some(PreloadRecord::Maps { pid, time_nanos, text: payload }),
        KIND_STOPPED if detail == STOPPED_SECCOMP => Some(PreloadRecord::Stopped { pid, time_nanos }),
        _ => None,
    }
}

fn sample<'a>(
    slot: &[u8],
    stack: &'a [u8],
    (pid, tid, time_nanos, cpu_nanos): (i32, i32, i64, u64),
    weight: u32,
) -> Option<PreloadRecord<'a>> {
    let mut registers = [0; N_REGISTERS];
    for (index, register) in registers.iter_mut().enumerate() {
        *register = u64_at(slot, SLOT_REGISTERS + 8 * index)?;
    }
    let [instruction_pointer, stack_pointer, frame_pointer, saved_registers @ ..] = registers;
    let stack_address = u64_at(slot, SLOT_ADDRESS)?;
    let is_below = stack_pointer.checked_sub(stack_address).is_some_and(|gap| gap <= RED_ZONE_BYTES as u64);
    if weight == 0 || !is_below || stack_address.checked_add(stack.len() as u64).is_none() {
        return None;
    }
    Some(PreloadRecord::Sample(PreloadSample {
        pid,
        tid,
        time_nanos,
        cpu_nanos,
        weight,
        instruction_pointer,
        stack_pointer,
        frame_pointer,
        saved_registers,
        stack_address,
        stack,
    }))
}
