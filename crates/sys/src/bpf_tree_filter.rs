//! The filter that keeps per-CPU samples to one tree of processes.
//!
//! A sampling event on a task begins a full period with every new task, so that a process shorter than a
//! period is never sampled, and its timer is set anew at every switch. Events on CPUs have neither fault, but
//! see every task. This program runs at each of their overflows and drops the sample, before anything is
//! copied, unless the task or one of its ancestors is tracked. A child just forked is found by its parent;
//! one whose parent has ended is tracked by itself by then.

use crate::bpf::{Assembler, BpfMap, If, MapType, Op, Reg, load_perf_event_program};
use crate::bpf_frame_walker::FrameWalker;
use crate::btf::member_offset;
use crate::perf_event::PerfEvent;
use std::io;
use std::os::fd::OwnedFd;

const HELPER_MAP_LOOKUP: i32 = 1;
const HELPER_GET_CURRENT_TASK: i32 = 35;
const HELPER_PROBE_READ_KERNEL: i32 = 113;
/// Processes tracked at once.
const PROCESSES: u32 = 65_536;
/// Ancestors looked at; deeper trees have tracked processes on the way.
const GENERATIONS: usize = 8;
/// The inode of the first pid namespace (`PROC_PID_INIT_INO`); in another one numbers differ from the kernel's.
const FIRST_PID_NAMESPACE: &str = "pid:[4026531836]";

/// The loaded program and its set of processes.
#[derive(Debug)]
pub struct TreeFilter {
    program: OwnedFd,
    tracked: BpfMap,
}

impl TreeFilter {
    /// Loads the program with an empty set. With a walker, samples of managed threads go to its output.
    ///
    /// # Errors
    /// EPERM where BPF is not permitted; `Unsupported` without BTF or outside the first pid namespace.
    pub fn load(walker: Option<&FrameWalker>) -> io::Result<Self> {
        let unsupported = |what: &str| io::Error::new(io::ErrorKind::Unsupported, what.to_owned());
        if std::fs::read_link("/proc/self/ns/pid")?.as_os_str() != FIRST_PID_NAMESPACE {
            return Err(unsupported("not in the first pid namespace"));
        }
        let btf = std::fs::read("/sys/kernel/btf/vmlinux")?;
        let offset = |member| {
            member_offset(&btf, "task_struct", member)
                .and_then(|offset| i32::try_from(offset).ok())
                .ok_or_else(|| unsupported("the kernel's BTF does not describe task_struct"))
        };
        let (tgid, parent) = (offset("tgid")?, offset("real_parent")?);
        let tracked = BpfMap::create(MapType::Hash, 4, 1, PROCESSES)?;
        let program = load_perf_event_program(&assemble(&tracked, tgid, parent, walker))?;
        Ok(Self { program, tracked })
    }

    /// Keeps samples of this process and its descendants.
    pub fn track(&self, pid: i32) -> io::Result<()> {
        self.tracked.set(&pid.to_ne_bytes(), &[1])
    }

    /// Forgets a process that has ended.
    pub fn forget(&self, pid: i32) {
        // It may never have been tracked; there is nothing to be done then.
        let _ = self.tracked.remove(&pid.to_ne_bytes());
    }

    /// Filters the samples of an event.
    pub fn attach(&self, event: &PerfEvent) -> io::Result<()> {
        event.attach_bpf(&self.program)
    }
}

fn assemble(
    tracked: &BpfMap,
    tgid: i32,
    parent: i32,
    walker: Option<&FrameWalker>,
) -> Vec<crate::bpf::Instruction> {
    let mut a = Assembler::default();
    a.op_reg(Op::Move, Reg::R6, Reg::R1);
    let (number, pointer): (i16, i16) = (-4, -16);
    let read = |a: &mut Assembler, to: i16, bytes: i32, offset: i32| {
        a.op_reg(Op::Move, Reg::R1, Reg::R10);
        a.op_imm(Op::Add, Reg::R1, i32::from(to));
        a.op_imm(Op::Move, Reg::R2, bytes);
        a.op_reg(Op::Move, Reg::R3, Reg::R7);
        a.op_imm(Op::Add, Reg::R3, offset);
        a.call(HELPER_PROBE_READ_KERNEL);
    };
    a.store64_imm(Reg::R10, -8, 0);
    a.store64_imm(Reg::R10, pointer, 0);
    a.call(HELPER_GET_CURRENT_TASK);
    a.op_reg(Op::Move, Reg::R7, Reg::R0);
    let mut keep = Vec::new();
    let mut drop_sample = Vec::new();
    for _ in 0..GENERATIONS {
        read(&mut a, number, 4, tgid);
        drop_sample.push(a.jump_imm(If::NotEqual, Reg::R0, 0));
        a.load_map(Reg::R1, tracked);
        a.op_reg(Op::Move, Reg::R2, Reg::R10);
        a.op_imm(Op::Add, Reg::R2, i32::from(number));
        a.call(HELPER_MAP_LOOKUP);
        keep.push(a.jump_imm(If::NotEqual, Reg::R0, 0));
        read(&mut a, pointer, 8, parent);
        drop_sample.push(a.jump_imm(If::NotEqual, Reg::R0, 0));
        a.load64(Reg::R7, Reg::R10, pointer);
        drop_sample.push(a.jump_imm(If::Equal, Reg::R7, 0));
    }
    for jump in drop_sample {
        a.land(jump);
    }
    a.op_imm(Op::Move, Reg::R0, 0);
    a.exit();
    for jump in keep {
        a.land(jump);
    }
    match walker {
        Some(walker) => walker.emit_cpu_sample(&mut a),
        None => {
            a.op_imm(Op::Move, Reg::R0, 1);
            a.exit();
        }
    }
    a.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_accepts_the_program_where_bpf_is_permitted() {
        match TreeFilter::load(FrameWalker::new().ok().as_ref()) {
            Ok(filter) => {
                filter.track(1).expect("the map takes a process number");
                filter.forget(1);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported | io::ErrorKind::NotFound
                ) =>
            {
                println!("skipped: not possible here: {error}");
            }
            Err(error) => panic!("the program does not load: {error}"),
        }
    }
}
