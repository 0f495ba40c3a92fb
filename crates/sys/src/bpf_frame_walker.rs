//! The walker of an interpreter's frames: what a managed program does, at the very moment of a sample.
//!
//! An interpreter keeps its frames as a linked list in its own memory. Read from another process a moment after
//! a sample, that list is another one. Read by a program that runs inside the sample's interrupt it is the same
//! as the registers and the native stack copied there, and nothing has to be stopped. The program knows nothing of
//! a language: a [`WalkPlan`] says where the list begins and where its members' words are.
//!
//! For every sample of a thread with a plan the program sends one record with the frames, the registers and the
//! native stack together through a per-CPU output event, and drops the plain sample. Threads are found by their
//! thread pointer (`pthread_self()`, the `fs` base), which the interpreter stores too; that also proves that a
//! structure is what it is taken for. A forked child goes by its parent's plan until it has its own.
//!
//! A process whose code keeps frame pointers from one stack to another has no list to walk, and is
//! [`FrameWalker::chain`]ed: its samples are sent through another output event, which has the kernel follow the frame
//! pointers.
//!
//! The loop is unrolled: a program with a bounded loop needs Linux 5.3, `bpf_loop` 5.17, this one neither.

use crate::bpf::{Assembler, BpfMap, If, Jump, MapType, Op, Reg, load_perf_event_program};
use crate::btf::member_offset;
use crate::perf_event::PerfEvent;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

const HELPER_MAP_LOOKUP: i32 = 1;
const HELPER_MAP_UPDATE: i32 = 2;
const HELPER_CURRENT_PID_TGID: i32 = 14;
const HELPER_PERF_EVENT_OUTPUT: i32 = 25;
const HELPER_GET_CURRENT_TASK: i32 = 35;
const HELPER_PROBE_READ_USER: i32 = 112;
const HELPER_PROBE_READ_KERNEL: i32 = 113;
const BPF_F_CURRENT_CPU: u32 = 0xffff_ffff;

/// Processes with a plan at once.
const PROCESSES: u32 = 16_384;
/// Threads remembered at once; the least recently used is looked up again.
const THREADS: u32 = 16_384;
/// Frames of one sample; deeper stacks are told as such.
pub const MAX_WALKED_FRAMES: usize = 256;
/// Members of the list of threads looked at for a thread not met before. New ones stand at its head.
const MAX_SEARCHED: usize = 24;
/// The inode of the first pid namespace (`PROC_PID_INIT_INO`); in another one numbers differ from the kernel's.
const FIRST_PID_NAMESPACE: &str = "pid:[4026531836]";

/// Where an interpreter's structures are; offsets and sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkPlan {
    /// Addresses of pointers to the interpreters whose threads are searched, in this order.
    pub interpreter_pointers: [u64; 2],
    /// In the interpreter: pointer to the first thread.
    pub threads_head: u64,
    /// Bytes of a thread that are read, below 256.
    pub thread_bytes: u64,
    /// In the thread: its thread pointer.
    pub thread_pthread: u64,
    /// In the thread: the next thread.
    pub thread_next: u64,
    /// In the thread: the innermost frame, or what leads to it.
    pub thread_frame: u64,
    /// In the thread: a word that is handed on with the frames.
    pub thread_mark: u64,
    /// Where in what the thread's word points to the innermost frame is; `None` if that word is the frame.
    pub frame_behind: Option<u64>,
    /// Bytes of a frame that are read, below 128.
    pub frame_bytes: u64,
    /// In the frame: the calling frame.
    pub frame_previous: u64,
    /// In the frame: its code object.
    pub frame_code: u64,
    /// In the frame: its instruction.
    pub frame_instruction: u64,
    /// In the frame: two bytes that tell what kind of frame it is.
    pub frame_flags: u64,
}

impl WalkPlan {
    const WORDS: usize = 14;

    fn encode(&self) -> [u8; Self::WORDS * 8] {
        let words: [u64; Self::WORDS] = [
            self.interpreter_pointers[0],
            self.interpreter_pointers[1],
            self.threads_head,
            self.thread_bytes,
            self.thread_pthread,
            self.thread_next,
            self.thread_frame,
            self.thread_mark,
            self.frame_behind.map_or(0, |offset| offset + 1),
            self.frame_bytes,
            self.frame_previous,
            self.frame_code,
            self.frame_instruction,
            self.frame_flags,
        ];
        let mut bytes = [0; Self::WORDS * 8];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }

    /// Whether the program can follow it: every word lies in what is read.
    pub fn is_walkable(&self) -> bool {
        let within = |offset: u64, bytes: u64| offset.is_multiple_of(8) && offset.saturating_add(8) <= bytes;
        self.thread_bytes < 256
            && self.frame_bytes < 128
            && [self.thread_pthread, self.thread_next, self.thread_frame, self.thread_mark]
                .into_iter()
                .all(|offset| within(offset, self.thread_bytes))
            && [self.frame_previous, self.frame_code, self.frame_instruction]
                .into_iter()
                .all(|offset| within(offset, self.frame_bytes))
            && self.frame_flags.saturating_add(2) <= self.frame_bytes
    }
}

/// Words of the plan in the map's value, in the order of [`WalkPlan::encode`].
#[derive(Clone, Copy)]
enum Slot {
    FirstInterpreter,
    SecondInterpreter,
    ThreadsHead,
    ThreadBytes,
    ThreadPthread,
    ThreadNext,
    ThreadFrame,
    ThreadMark,
    FrameBehind,
    FrameBytes,
    FramePrevious,
    FrameCode,
    FrameInstruction,
    FrameFlags,
}

impl Slot {
    fn at(self) -> i16 {
        self as i16 * 8
    }
}

/// One frame as it was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalkedFrame {
    /// Its address.
    pub address: u64,
    /// The word at [`WalkPlan::frame_code`].
    pub code: u64,
    /// The word at [`WalkPlan::frame_instruction`].
    pub instruction: u64,
    /// The two bytes at [`WalkPlan::frame_flags`].
    pub flags: [u8; 2],
}

/// What the program sends with a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkRecord {
    /// What the program that walked puts first: a period, a weight.
    pub head: u64,
    /// The frame after the last one, which was not read; 0 if the last one is the outermost.
    pub next: u64,
    /// The word at [`WalkPlan::thread_mark`].
    pub mark: u64,
    /// Innermost first.
    pub frames: Vec<WalkedFrame>,
}

impl WalkRecord {
    /// Reads a record's raw data; `None` for other data.
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            raw.get(at..at + 8).map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        };
        let n = usize::try_from(word(N as usize)?).ok().filter(|n| *n <= MAX_WALKED_FRAMES)?;
        let frames = (0..n)
            .map(|at| {
                let at = FRAMES as usize + at * FRAME_BYTES;
                let (packed, code, instruction) = (word(at)?, word(at + 8)?, word(at + 16)?);
                let flags = ((packed >> 48) as u16).to_le_bytes();
                Some(WalkedFrame { address: packed & 0xffff_ffff_ffff, code, instruction, flags })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            head: word(HEAD as usize)?,
            next: word(NEXT as usize)?,
            mark: word(MARK as usize)?,
            frames,
        })
    }
}

/// Layout of the scratch value, and of the raw data up to its last frame.
const HEAD: i16 = 0;
const N: i16 = 8;
const NEXT: i16 = 16;
const MARK: i16 = 24;
const FRAMES: i16 = 32;
const FRAME_BYTES: usize = 24;
/// Where structures are read to.
const BUFFER: i16 = FRAMES + (MAX_WALKED_FRAMES * FRAME_BYTES) as i16;
const SCRATCH_BYTES: u32 = BUFFER as u32 + 256;

/// Places on the program's stack; what calls the walk keeps to those above -40.
const TID: i16 = -48;
const TGID: i16 = -44;
const WORD: i16 = -56;
const THREAD_POINTER: i16 = -64;
const SEARCHED: i16 = -72;

/// The maps, and the program for samples of tasks.
#[derive(Debug)]
pub struct FrameWalker {
    plans: BpfMap,
    threads: BpfMap,
    scratch: BpfMap,
    outputs: BpfMap,
    chained_outputs: BpfMap,
    offsets: KernelOffsets,
}

/// Offsets in `task_struct`.
#[derive(Clone, Copy, Debug)]
struct KernelOffsets {
    tgid: i32,
    real_parent: i32,
    thread_pointer: i32,
}

impl FrameWalker {
    /// Creates the maps.
    ///
    /// # Errors
    /// EPERM where BPF is not permitted; `Unsupported` without BTF or outside the first pid namespace.
    pub fn new() -> io::Result<Self> {
        let unsupported = |what: &str| io::Error::new(io::ErrorKind::Unsupported, what.to_owned());
        if std::fs::read_link("/proc/self/ns/pid")?.as_os_str() != FIRST_PID_NAMESPACE {
            return Err(unsupported("not in the first pid namespace"));
        }
        let btf = std::fs::read("/sys/kernel/btf/vmlinux")?;
        let offset = |structure, member| {
            member_offset(&btf, structure, member)
                .and_then(|offset| i32::try_from(offset).ok())
                .ok_or_else(|| unsupported("the kernel's BTF does not describe task_struct"))
        };
        let offsets = KernelOffsets {
            tgid: offset("task_struct", "tgid")?,
            real_parent: offset("task_struct", "real_parent")?,
            thread_pointer: offset("task_struct", "thread")? + offset("thread_struct", "fsbase")?,
        };
        Ok(Self {
            plans: BpfMap::create(MapType::Hash, 4, (WalkPlan::WORDS * 8) as u32, PROCESSES)?,
            threads: BpfMap::create(MapType::LruHash, 4, 8, THREADS)?,
            scratch: BpfMap::create(MapType::PerCpuArray, 4, SCRATCH_BYTES, 1)?,
            outputs: BpfMap::create(MapType::PerfEventArray, 4, 4, 8192)?,
            chained_outputs: BpfMap::create(MapType::PerfEventArray, 4, 4, 8192)?,
            offsets,
        })
    }

    /// Walks the threads of this process from now on.
    ///
    /// # Errors
    /// `InvalidInput` for a plan that is not [`WalkPlan::is_walkable`]; those of the map.
    pub fn set_plan(&self, pid: i32, plan: &WalkPlan) -> io::Result<()> {
        if !plan.is_walkable() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "offsets beyond what is read"));
        }
        self.plans.set(&pid.to_ne_bytes(), &plan.encode())
    }

    /// Sends the samples of this process with what its frame pointers lead to from now on.
    ///
    /// # Errors
    /// Those of the map.
    pub fn chain(&self, pid: i32) -> io::Result<()> {
        self.plans.set(&pid.to_ne_bytes(), &[0; WalkPlan::WORDS * 8])
    }

    /// Forgets a process.
    pub fn forget(&self, pid: i32) {
        // It may never have had a plan; there is nothing to be done then.
        let _ = self.plans.remove(&pid.to_ne_bytes());
    }

    /// Tells where the structure of a thread is, so that it need not be searched for.
    pub fn set_thread(&self, tid: i32, address: u64) -> io::Result<()> {
        self.threads.set(&tid.to_ne_bytes(), &address.to_ne_bytes())
    }

    /// Sends this CPU's records of samples on a CPU to `event` (a `BpfOutput` event of that CPU).
    pub fn set_output(&self, cpu: u32, event: &PerfEvent) -> io::Result<()> {
        self.outputs.set(&cpu.to_ne_bytes(), &event.as_raw_fd().to_ne_bytes())
    }

    /// The same for samples of processes that are [`Self::chain`]ed: an event with the program's call chain.
    pub fn set_chained_output(&self, cpu: u32, event: &PerfEvent) -> io::Result<()> {
        self.chained_outputs.set(&cpu.to_ne_bytes(), &event.as_raw_fd().to_ne_bytes())
    }

    /// The program for sampling events on tasks: walked samples go to the output, others are left alone.
    ///
    /// # Errors
    /// What the verifier says.
    pub fn load_task_program(&self) -> io::Result<OwnedFd> {
        let mut a = Assembler::default();
        a.op_reg(Op::Move, Reg::R6, Reg::R1);
        self.emit_cpu_sample(&mut a);
        load_perf_event_program(&a.finish())
    }

    /// The end of a program whose sample is wanted (its context in `r6`): a walked sample is sent and dropped, any
    /// other is kept.
    pub(crate) fn emit_cpu_sample(&self, a: &mut Assembler) {
        /// `sample_period` in `struct bpf_perf_event_data`, behind the 21 registers of x86-64.
        const SAMPLE_PERIOD: i16 = 21 * 8;
        let chained = Some(&self.chained_outputs);
        let plain = self.emit_walk(a, &self.outputs, chained, |a| a.load64(Reg::R1, Reg::R6, SAMPLE_PERIOD));
        a.op_imm(Op::Move, Reg::R0, 0);
        a.exit();
        for jump in plain {
            a.land(jump);
        }
        a.op_imm(Op::Move, Reg::R0, 1);
        a.exit();
    }

    /// Walks the current thread and sends the record (`r6`: context; `head` puts the first word into `r1`). Goes on
    /// after the record is sent; the jumps returned are taken for a thread that cannot be walked. Without
    /// `chained_outputs` one of a chained process cannot. Takes `r7` to `r9`.
    pub(crate) fn emit_walk(
        &self,
        a: &mut Assembler,
        outputs: &BpfMap,
        chained_outputs: Option<&BpfMap>,
        head: impl Fn(&mut Assembler),
    ) -> Vec<Jump> {
        let send = |a: &mut Assembler, outputs: &BpfMap| {
            a.op_reg(Op::Move, Reg::R1, Reg::R6);
            a.load_map(Reg::R2, outputs);
            a.move32_imm(Reg::R3, BPF_F_CURRENT_CPU);
            a.op_reg(Op::Move, Reg::R4, Reg::R8);
            a.call(HELPER_PERF_EVENT_OUTPUT);
        };
        let mut unwalked = self.emit_find_plan(a);
        a.load64(Reg::R1, Reg::R7, Slot::FirstInterpreter.at());
        let is_chained = a.jump_imm(If::Equal, Reg::R1, 0);
        unwalked.extend(self.emit_find_thread(a));
        word(a, Slot::ThreadMark);
        a.store64(Reg::R8, MARK, Reg::R1);
        word(a, Slot::ThreadFrame);
        a.op_reg(Op::Move, Reg::R9, Reg::R1);
        a.load64(Reg::R3, Reg::R7, Slot::FrameBehind.at());
        let direct = a.jump_imm(If::Equal, Reg::R3, 0);
        a.op_imm(Op::Sub, Reg::R3, 1);
        a.op_reg(Op::Add, Reg::R3, Reg::R9);
        unwalked.push(read_user_word(a));
        a.load64(Reg::R9, Reg::R10, WORD);
        a.land(direct);
        let mut done = Vec::new();
        for at in 0..MAX_WALKED_FRAMES {
            let place = FRAMES + (at * FRAME_BYTES) as i16;
            let outermost = a.jump_imm(If::Equal, Reg::R9, 0);
            read_structure(a, Slot::FrameBytes);
            let readable = a.jump_imm(If::Equal, Reg::R0, 0);
            a.land(outermost);
            a.move32_imm(Reg::R1, at as u32);
            done.push(a.jump());
            a.land(readable);
            word(a, Slot::FrameCode);
            a.store64(Reg::R8, place + 8, Reg::R1);
            word(a, Slot::FrameInstruction);
            a.store64(Reg::R8, place + 16, Reg::R1);
            a.load64(Reg::R1, Reg::R7, Slot::FrameFlags.at());
            a.op_imm(Op::And, Reg::R1, 0x7f);
            a.op_reg(Op::Add, Reg::R1, Reg::R8);
            a.load16(Reg::R1, Reg::R1, BUFFER);
            a.op_imm(Op::ShiftLeft, Reg::R1, 48);
            a.op_reg(Op::Or, Reg::R1, Reg::R9);
            a.store64(Reg::R8, place, Reg::R1);
            word(a, Slot::FramePrevious);
            a.op_reg(Op::Move, Reg::R9, Reg::R1);
        }
        a.move32_imm(Reg::R1, MAX_WALKED_FRAMES as u32);
        for jump in done {
            a.land(jump);
        }
        a.store64(Reg::R8, N, Reg::R1);
        a.store64(Reg::R8, NEXT, Reg::R9);
        // The bytes of so many frames: 16 n + 8 n.
        a.op_reg(Op::Move, Reg::R5, Reg::R1);
        a.op_imm(Op::ShiftLeft, Reg::R5, 4);
        a.op_imm(Op::ShiftLeft, Reg::R1, 3);
        a.op_reg(Op::Add, Reg::R5, Reg::R1);
        a.op_imm(Op::Add, Reg::R5, i32::from(FRAMES));
        head(a);
        a.store64(Reg::R8, HEAD, Reg::R1);
        send(a, outputs);
        let Some(chained_outputs) = chained_outputs else {
            unwalked.push(is_chained);
            return unwalked;
        };
        let sent = a.jump();
        a.land(is_chained);
        head(a);
        a.store64(Reg::R8, HEAD, Reg::R1);
        a.store64_imm(Reg::R8, N, 0);
        a.store64_imm(Reg::R8, NEXT, 0);
        a.store64_imm(Reg::R8, MARK, 0);
        a.op_imm(Op::Move, Reg::R5, i32::from(FRAMES));
        send(a, chained_outputs);
        a.land(sent);
        unwalked
    }

    /// `r7` = the plan of this process or of its parent, `r8` = scratch.
    fn emit_find_plan(&self, a: &mut Assembler) -> Vec<Jump> {
        let mut none = Vec::new();
        let lookup = |a: &mut Assembler, map: &BpfMap, key: i16| {
            a.load_map(Reg::R1, map);
            a.op_reg(Op::Move, Reg::R2, Reg::R10);
            a.op_imm(Op::Add, Reg::R2, i32::from(key));
            a.call(HELPER_MAP_LOOKUP);
        };
        a.store64_imm(Reg::R10, TID, 0);
        a.store64_imm(Reg::R10, WORD, 0);
        a.store64_imm(Reg::R10, THREAD_POINTER, 0);
        a.call(HELPER_CURRENT_PID_TGID);
        a.store32(Reg::R10, TID, Reg::R0);
        a.op_imm(Op::ShiftRight, Reg::R0, 32);
        a.store32(Reg::R10, TGID, Reg::R0);
        lookup(a, &self.plans, TGID);
        let own = a.jump_imm(If::NotEqual, Reg::R0, 0);
        a.call(HELPER_GET_CURRENT_TASK);
        a.op_reg(Op::Move, Reg::R7, Reg::R0);
        none.push(read_kernel(a, WORD, 8, self.offsets.real_parent));
        a.load64(Reg::R7, Reg::R10, WORD);
        none.push(read_kernel(a, TGID, 4, self.offsets.tgid));
        lookup(a, &self.plans, TGID);
        none.push(a.jump_imm(If::Equal, Reg::R0, 0));
        a.land(own);
        a.op_reg(Op::Move, Reg::R8, Reg::R0);
        a.call(HELPER_GET_CURRENT_TASK);
        a.op_reg(Op::Move, Reg::R7, Reg::R0);
        none.push(read_kernel(a, THREAD_POINTER, 8, self.offsets.thread_pointer));
        a.op_reg(Op::Move, Reg::R7, Reg::R8);
        a.store64_imm(Reg::R10, WORD, 0);
        lookup(a, &self.scratch, WORD);
        none.push(a.jump_imm(If::Equal, Reg::R0, 0));
        a.op_reg(Op::Move, Reg::R8, Reg::R0);
        none
    }

    /// The current thread's structure in the buffer.
    fn emit_find_thread(&self, a: &mut Assembler) -> Vec<Jump> {
        let mut none = Vec::new();
        a.load_map(Reg::R1, &self.threads);
        a.op_reg(Op::Move, Reg::R2, Reg::R10);
        a.op_imm(Op::Add, Reg::R2, i32::from(TID));
        a.call(HELPER_MAP_LOOKUP);
        let unknown = a.jump_imm(If::Equal, Reg::R0, 0);
        a.load64(Reg::R9, Reg::R0, 0);
        read_structure(a, Slot::ThreadBytes);
        let gone = a.jump_imm(If::NotEqual, Reg::R0, 0);
        let known = is_this_thread(a);
        a.land(unknown);
        a.land(gone);
        a.store64_imm(Reg::R10, SEARCHED, 0);
        let mut found = Vec::new();
        for interpreter in [Slot::FirstInterpreter, Slot::SecondInterpreter] {
            let mut not_in_it = Vec::new();
            a.load64(Reg::R3, Reg::R7, interpreter.at());
            not_in_it.push(read_user_word(a));
            a.load64(Reg::R3, Reg::R10, WORD);
            // Mostly there is one interpreter.
            a.load64(Reg::R1, Reg::R10, SEARCHED);
            not_in_it.push(a.jump_reg(If::Equal, Reg::R1, Reg::R3));
            a.store64(Reg::R10, SEARCHED, Reg::R3);
            a.load64(Reg::R1, Reg::R7, Slot::ThreadsHead.at());
            a.op_reg(Op::Add, Reg::R3, Reg::R1);
            not_in_it.push(read_user_word(a));
            a.load64(Reg::R9, Reg::R10, WORD);
            for _ in 0..MAX_SEARCHED {
                not_in_it.push(a.jump_imm(If::Equal, Reg::R9, 0));
                read_structure(a, Slot::ThreadBytes);
                not_in_it.push(a.jump_imm(If::NotEqual, Reg::R0, 0));
                found.push(is_this_thread(a));
                word(a, Slot::ThreadNext);
                a.op_reg(Op::Move, Reg::R9, Reg::R1);
            }
            for jump in not_in_it {
                a.land(jump);
            }
        }
        none.push(a.jump());
        for jump in found {
            a.land(jump);
        }
        a.store64(Reg::R10, WORD, Reg::R9);
        a.load_map(Reg::R1, &self.threads);
        a.op_reg(Op::Move, Reg::R2, Reg::R10);
        a.op_imm(Op::Add, Reg::R2, i32::from(TID));
        a.op_reg(Op::Move, Reg::R3, Reg::R10);
        a.op_imm(Op::Add, Reg::R3, i32::from(WORD));
        a.op_imm(Op::Move, Reg::R4, 0);
        a.call(HELPER_MAP_UPDATE);
        a.land(known);
        none
    }
}

/// `r1` = the word of the structure in the buffer at the offset in a slot.
fn word(a: &mut Assembler, slot: Slot) {
    a.load64(Reg::R1, Reg::R7, slot.at());
    a.op_imm(Op::And, Reg::R1, 0xf8);
    a.op_reg(Op::Add, Reg::R1, Reg::R8);
    a.load64(Reg::R1, Reg::R1, BUFFER);
}

/// The structure at `r9` into the buffer, as many bytes as a slot says; `r0` = 0 if that went well.
fn read_structure(a: &mut Assembler, bytes: Slot) {
    a.op_reg(Op::Move, Reg::R1, Reg::R8);
    a.op_imm(Op::Add, Reg::R1, i32::from(BUFFER));
    a.load64(Reg::R2, Reg::R7, bytes.at());
    a.op_imm(Op::And, Reg::R2, 0xff);
    a.op_reg(Op::Move, Reg::R3, Reg::R9);
    a.call(HELPER_PROBE_READ_USER);
}

/// The user's word at `r3` to `WORD`; jumps if there is none.
fn read_user_word(a: &mut Assembler) -> Jump {
    a.op_reg(Op::Move, Reg::R1, Reg::R10);
    a.op_imm(Op::Add, Reg::R1, i32::from(WORD));
    a.op_imm(Op::Move, Reg::R2, 8);
    a.call(HELPER_PROBE_READ_USER);
    a.jump_imm(If::NotEqual, Reg::R0, 0)
}

/// The kernel's bytes at `r7 + offset`; jumps if there are none.
fn read_kernel(a: &mut Assembler, to: i16, bytes: i32, offset: i32) -> Jump {
    a.op_reg(Op::Move, Reg::R1, Reg::R10);
    a.op_imm(Op::Add, Reg::R1, i32::from(to));
    a.op_imm(Op::Move, Reg::R2, bytes);
    a.op_reg(Op::Move, Reg::R3, Reg::R7);
    a.op_imm(Op::Add, Reg::R3, offset);
    a.call(HELPER_PROBE_READ_KERNEL);
    a.jump_imm(If::NotEqual, Reg::R0, 0)
}

/// Jumps if the thread in the buffer has the current thread pointer.
fn is_this_thread(a: &mut Assembler) -> Jump {
    word(a, Slot::ThreadPthread);
    a.load64(Reg::R2, Reg::R10, THREAD_POINTER);
    a.jump_reg(If::Equal, Reg::R1, Reg::R2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> WalkPlan {
        WalkPlan {
            interpreter_pointers: [1, 2],
            threads_head: 8,
            thread_bytes: 168,
            thread_pthread: 152,
            thread_next: 8,
            thread_frame: 56,
            thread_mark: 56,
            frame_behind: Some(8),
            frame_bytes: 80,
            frame_previous: 48,
            frame_code: 32,
            frame_instruction: 56,
            frame_flags: 68,
        }
    }

    #[test]
    fn the_verifier_accepts_the_program_where_bpf_is_permitted() {
        let walker = match FrameWalker::new() {
            Ok(walker) => walker,
            Err(error) => {
                println!("skipped: not possible here: {error}");
                return;
            }
        };
        walker.load_task_program().expect("the program loads");
        walker.set_plan(1, &plan()).expect("the map takes a plan");
        walker.set_thread(1, 5).expect("the map takes a thread");
        walker.chain(1).expect("the map takes a process without a list");
        walker.forget(1);
    }

    #[test]
    fn plans_beyond_the_buffer_are_refused() {
        assert!(plan().is_walkable());
        assert!(!WalkPlan { thread_pthread: 164, ..plan() }.is_walkable());
        assert!(!WalkPlan { frame_bytes: 128, ..plan() }.is_walkable());
        assert!(!WalkPlan { frame_previous: 76, ..plan() }.is_walkable());
        assert!(!WalkPlan { frame_code: u64::MAX, ..plan() }.is_walkable());
        assert!(!WalkPlan { frame_flags: 79, ..plan() }.is_walkable());
    }

    #[test]
    fn records_of_any_length_are_survived() {
        let mut raw: Vec<u8> = [7_u64, 1, 0, 9, 0x0302_0000_0000_1000, 5, 6]
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        let record = WalkRecord::parse(&raw).expect("a whole record");
        let frame = WalkedFrame { address: 0x1000, code: 5, instruction: 6, flags: [2, 3] };
        assert_eq!(record, WalkRecord { head: 7, next: 0, mark: 9, frames: vec![frame] });
        for cut in 0..raw.len() {
            assert_eq!(WalkRecord::parse(&raw[..cut]), None);
        }
        raw[8..16].copy_from_slice(&u64::MAX.to_ne_bytes());
        assert_eq!(WalkRecord::parse(&raw), None);
    }
}
