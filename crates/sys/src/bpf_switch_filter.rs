//! The filter that thins out stacks of context switches: 1 in 2^k at random, k per thread.
//!
//! A program attached to a `context-switches` event with period 1 runs at every switch-out of the task. It
//! counts the thread's switches in windows of [`SwitchFilter::WINDOW_NANOS`], derives from the last window
//! the smallest k with `count / 2^k <= target`, draws a random number, and only for one draw in 2^k sends a
//! record with k, registers and stack through a per-CPU output event; the switch event itself never writes.
//! Each record is weighted with 2^k. The chance of a switch depends on the past only, so the weighted sum
//! is unbiased (Horvitz-Thompson with predictable inclusion probabilities), and a thread that rarely
//! switches is recorded whole beside one that does so 200,000 times a second. Only BPF can draw at random
//! in the kernel; a fixed period can fall into step with the program.

use crate::bpf::{Assembler, BpfMap, If, MapType, Op, Reg, load_perf_event_program};
use crate::bpf_frame_walker::FrameWalker;
use crate::perf_event::PerfEvent;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

const HELPER_MAP_LOOKUP: i32 = 1;
const HELPER_MAP_UPDATE: i32 = 2;
const HELPER_KTIME_GET_NS: i32 = 5;
const HELPER_PRANDOM: i32 = 7;
const HELPER_CURRENT_PID_TGID: i32 = 14;
const HELPER_PERF_EVENT_OUTPUT: i32 = 25;
const BPF_F_CURRENT_CPU: u32 = 0xffff_ffff;

/// Largest k: one switch in 4,096.
const MAX_SHIFT: i32 = 12;
/// Threads remembered at once; the least recently used is forgotten (and then recorded from scratch).
const THREADS: u32 = 16_384;

/// The loaded program and its maps.
#[derive(Debug)]
pub struct SwitchFilter {
    program: OwnedFd,
    outputs: BpfMap,
    settings: BpfMap,
    _threads: BpfMap,
}

impl SwitchFilter {
    /// Length of the window in which a thread's switches are counted.
    pub const WINDOW_NANOS: i32 = 100_000_000;

    /// Creates the maps and loads the program. With a walker, records of managed threads carry their frames.
    ///
    /// # Errors
    /// EPERM where BPF is not permitted.
    pub fn load(walker: Option<&FrameWalker>) -> io::Result<Self> {
        let outputs = BpfMap::create(MapType::PerfEventArray, 4, 4, 8192)?;
        let settings = BpfMap::create(MapType::Array, 4, 8, 1)?;
        let threads = BpfMap::create(MapType::LruHash, 4, 24, THREADS)?;
        let program = load_perf_event_program(&assemble(&outputs, &settings, &threads, walker))?;
        Ok(Self { program, outputs, settings, _threads: threads })
    }

    /// Stacks aimed at per thread and window; takes effect at once, without reopening anything.
    pub fn set_target_per_window(&self, target: u64) -> io::Result<()> {
        self.settings.set(&0u32.to_ne_bytes(), &target.max(1).to_ne_bytes())
    }

    /// Sends this CPU's records to `event` (a `BpfOutput` event of that CPU).
    pub fn set_output(&self, cpu: u32, event: &PerfEvent) -> io::Result<()> {
        self.outputs.set(&cpu.to_ne_bytes(), &event.as_raw_fd().to_ne_bytes())
    }

    /// Runs the program at every switch that `event` counts.
    pub fn attach(&self, event: &PerfEvent) -> io::Result<()> {
        event.attach_bpf(&self.program)
    }

    /// The weight in a record's raw data.
    pub fn weight(raw: &[u8]) -> Option<u32> {
        let shift = u64::from_le_bytes(raw.get(..8)?.try_into().ok()?);
        (shift <= MAX_SHIFT as u64).then(|| 1 << shift)
    }
}

/// Value of the `threads` map: window start, count, shift; each u64.
const START: i16 = 0;
const COUNT: i16 = 8;
const SHIFT: i16 = 16;

fn assemble(
    outputs: &BpfMap,
    settings: &BpfMap,
    threads: &BpfMap,
    walker: Option<&FrameWalker>,
) -> Vec<crate::bpf::Instruction> {
    let mut a = Assembler::default();
    let stack_key: i16 = -8;
    let stack_value: i16 = -32;
    let drop_sample = |a: &mut Assembler| {
        a.op_imm(Op::Move, Reg::R0, 0);
        a.exit();
    };
    a.op_reg(Op::Move, Reg::R6, Reg::R1);
    a.call(HELPER_KTIME_GET_NS);
    a.op_reg(Op::Move, Reg::R7, Reg::R0);
    a.call(HELPER_CURRENT_PID_TGID);
    a.store32(Reg::R10, stack_key, Reg::R0);
    // r8 = the thread's entry
    a.load_map(Reg::R1, threads);
    a.op_reg(Op::Move, Reg::R2, Reg::R10);
    a.op_imm(Op::Add, Reg::R2, i32::from(stack_key));
    a.call(HELPER_MAP_LOOKUP);
    let known = a.jump_imm(If::NotEqual, Reg::R0, 0);
    a.store64(Reg::R10, stack_value + START, Reg::R7);
    a.store64_imm(Reg::R10, stack_value + COUNT, 0);
    a.store64_imm(Reg::R10, stack_value + SHIFT, 0);
    a.load_map(Reg::R1, threads);
    a.op_reg(Op::Move, Reg::R2, Reg::R10);
    a.op_imm(Op::Add, Reg::R2, i32::from(stack_key));
    a.op_reg(Op::Move, Reg::R3, Reg::R10);
    a.op_imm(Op::Add, Reg::R3, i32::from(stack_value));
    a.op_imm(Op::Move, Reg::R4, 0);
    a.call(HELPER_MAP_UPDATE);
    a.load_map(Reg::R1, threads);
    a.op_reg(Op::Move, Reg::R2, Reg::R10);
    a.op_imm(Op::Add, Reg::R2, i32::from(stack_key));
    a.call(HELPER_MAP_LOOKUP);
    let inserted = a.jump_imm(If::NotEqual, Reg::R0, 0);
    drop_sample(&mut a);
    a.land(known);
    a.land(inserted);
    a.op_reg(Op::Move, Reg::R8, Reg::R0);
    a.load64(Reg::R1, Reg::R8, COUNT);
    a.op_imm(Op::Add, Reg::R1, 1);
    a.store64(Reg::R8, COUNT, Reg::R1);
    // Close the window: r2 = its length so far.
    a.op_reg(Op::Move, Reg::R2, Reg::R7);
    a.load64(Reg::R3, Reg::R8, START);
    a.op_reg(Op::Sub, Reg::R2, Reg::R3);
    let window_open = a.jump_imm(If::Less, Reg::R2, SwitchFilter::WINDOW_NANOS);
    a.store64(Reg::R8, START, Reg::R7);
    a.store64_imm(Reg::R8, COUNT, 0);
    a.store64_imm(Reg::R8, SHIFT, 0);
    // A window that lasted much longer than it should had pauses in it: record everything again.
    let stale = a.jump_imm(If::Greater, Reg::R2, 2 * SwitchFilter::WINDOW_NANOS);
    a.op_reg(Op::Move, Reg::R9, Reg::R1);
    a.store64_imm(Reg::R10, stack_key, 0);
    a.load_map(Reg::R1, settings);
    a.op_reg(Op::Move, Reg::R2, Reg::R10);
    a.op_imm(Op::Add, Reg::R2, i32::from(stack_key));
    a.call(HELPER_MAP_LOOKUP);
    let have_settings = a.jump_imm(If::NotEqual, Reg::R0, 0);
    drop_sample(&mut a);
    a.land(have_settings);
    a.load64(Reg::R3, Reg::R0, 0);
    a.op_imm(Op::Move, Reg::R2, 0);
    let mut found = Vec::new();
    for _ in 0..MAX_SHIFT {
        // Done as soon as count (r9, halved each time) < target + 1.
        found.push(a.jump_reg(If::Less, Reg::R9, Reg::R3));
        a.op_imm(Op::ShiftRight, Reg::R9, 1);
        a.op_imm(Op::Add, Reg::R2, 1);
    }
    for jump in found {
        a.land(jump);
    }
    a.store64(Reg::R8, SHIFT, Reg::R2);
    a.land(stale);
    a.land(window_open);
    // Draw: keep if the lowest `shift` bits of a random number are all zero.
    a.load64(Reg::R9, Reg::R8, SHIFT);
    let keep_all = a.jump_imm(If::Equal, Reg::R9, 0);
    a.call(HELPER_PRANDOM);
    a.op_imm(Op::Move, Reg::R1, 1);
    let in_range = a.jump_imm(If::Less, Reg::R9, MAX_SHIFT + 1);
    drop_sample(&mut a);
    a.land(in_range);
    a.op_reg(Op::ShiftLeft, Reg::R1, Reg::R9);
    a.op_imm(Op::Sub, Reg::R1, 1);
    a.op_reg(Op::And, Reg::R0, Reg::R1);
    let drawn = a.jump_imm(If::Equal, Reg::R0, 0);
    drop_sample(&mut a);
    a.land(keep_all);
    a.land(drawn);
    a.store64(Reg::R10, stack_value, Reg::R9);
    if let Some(walker) = walker {
        let plain = walker.emit_walk(&mut a, outputs, None, |a| a.load64(Reg::R1, Reg::R10, stack_value));
        drop_sample(&mut a);
        for jump in plain {
            a.land(jump);
        }
    }
    a.op_reg(Op::Move, Reg::R1, Reg::R6);
    a.load_map(Reg::R2, outputs);
    a.move32_imm(Reg::R3, BPF_F_CURRENT_CPU);
    a.op_reg(Op::Move, Reg::R4, Reg::R10);
    a.op_imm(Op::Add, Reg::R4, i32::from(stack_value));
    a.op_imm(Op::Move, Reg::R5, 8);
    a.call(HELPER_PERF_EVENT_OUTPUT);
    drop_sample(&mut a);
    a.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_accepts_the_program_where_bpf_is_permitted() {
        match SwitchFilter::load(FrameWalker::new().ok().as_ref()) {
            Ok(filter) => filter.set_target_per_window(5).expect("the settings map takes a u64"),
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => {
                println!("skipped: BPF is not permitted here: {error}");
            }
            Err(error) => panic!("the program does not load: {error}"),
        }
    }
}
