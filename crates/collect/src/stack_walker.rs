//! From registers and copied stack bytes to frames, with what is done when the copy was too short.
//!
//! The kernel copies at most 65,528 bytes. A stack cut there is completed in two ways, both counted as
//! spliced: from one of the last complete stacks of the same thread, if the outermost frames that were reached have
//! the same address and the same stack pointer there; else by reading the thread's memory above the cut,
//! if the last bytes of the copy are still the same in it. Both can be wrong when the thread returned past
//! the cut and came back by another way in the meantime; that is why they are counted.

use fathom_sys::memory::read_process_memory;
use fathom_sys::perf_records::UserRegisters;
use fathom_unwind::{AddressSpace, End, Frame, Registers, RuleCache, walk};
use std::collections::{HashMap, VecDeque};

/// Bytes at the end of the copy that must be unchanged in the thread's memory.
const OVERLAP_BYTES: u64 = 256;
/// Memory is read in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;
/// Most that is read for one stack: 8 MiB is the default stack limit.
const MAX_READ_BYTES: usize = 8 << 20;
/// Frames at the cut that must agree with an earlier stack.
const AGREEING_FRAMES: usize = 3;
/// Complete stacks remembered for each thread, of different depths, because a thread's stack grows and shrinks.
const REMEMBERED_STACKS: usize = 4;
/// Threads whose stacks are remembered.
const MAX_REMEMBERED: usize = 256;
/// Only stacks at least this deep are worth remembering.
const LEAST_DEPTH_BYTES: usize = 4096;

/// How good a stack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It reaches a known root.
    Complete,
    /// It does, after being completed.
    Spliced,
    /// It does not.
    Cut(End),
}

/// Walks stacks, reusing rules and buffers.
#[derive(Debug, Default)]
pub(crate) struct StackWalker {
    cache: RuleCache,
    /// The frames of the last walk, innermost first.
    pub frames: Vec<Frame>,
    remembered: HashMap<i32, VecDeque<Vec<Frame>>>,
    memory: Vec<u8>,
}

/// Where a stack comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StackSource<'a> {
    /// Process number, to read its memory.
    pub pid: i32,
    /// Thread number, to remember its stack.
    pub tid: i32,
    /// Registers.
    pub registers: UserRegisters,
    /// Bytes from the stack pointer upwards.
    pub stack: &'a [u8],
}

impl StackWalker {
    /// Walks one stack; the frames are in `self.frames`.
    pub(crate) fn walk(&mut self, source: StackSource<'_>, space: &impl AddressSpace) -> Outcome {
        let StackSource { pid, tid, registers, stack } = source;
        let start = Registers { ip: registers.ip, sp: registers.sp, bp: registers.bp };
        let cut = registers.sp.wrapping_add(stack.len() as u64 & !7);
        self.frames.clear();
        let mut read = |address: u64| read_word(stack, address.wrapping_sub(registers.sp));
        let end = walk(start, space, &mut self.cache, &mut read, &mut self.frames);
        match end {
            End::Root => {
                if stack.len() >= LEAST_DEPTH_BYTES {
                    self.remember(tid);
                }
                Outcome::Complete
            }
            End::NoStack(address) if address >= cut && !stack.is_empty() => {
                if self.splice_from_earlier(tid) || self.read_on(pid, start, stack, cut, space) {
                    self.remember(tid);
                    Outcome::Spliced
                } else {
                    Outcome::Cut(end)
                }
            }
            end => Outcome::Cut(end),
        }
    }

    /// A thread is gone.
    pub(crate) fn forget(&mut self, tid: i32) {
        self.remembered.remove(&tid);
    }

    fn remember(&mut self, tid: i32) {
        if self.remembered.len() >= MAX_REMEMBERED && !self.remembered.contains_key(&tid) {
            self.remembered.clear();
        }
        let kept = self.remembered.entry(tid).or_default();
        let mut oldest = if kept.len() >= REMEMBERED_STACKS { kept.pop_front() } else { None }.unwrap_or_default();
        oldest.clear();
        oldest.extend_from_slice(&self.frames);
        kept.push_back(oldest);
    }

    /// Completes from a remembered stack of the thread, the latest first.
    fn splice_from_earlier(&mut self, tid: i32) -> bool {
        let Some(stacks) = self.remembered.get(&tid) else { return false };
        let reached = self.frames.len();
        let Some(last) = self.frames.last().copied().filter(|_| reached >= AGREEING_FRAMES) else { return false };
        for earlier in stacks.iter().rev() {
            // Stack pointers grow outwards, so the place is found by bisection.
            let at = earlier.partition_point(|frame| frame.sp < last.sp);
            let same = at + 1 >= AGREEING_FRAMES
                && at < earlier.len()
                && (0..AGREEING_FRAMES).all(|back| earlier[at - back] == self.frames[reached - 1 - back]);
            if same {
                self.frames.extend_from_slice(&earlier[at + 1..]);
                return true;
            }
        }
        false
    }

    /// Completes by walking again with the thread's memory above the cut.
    fn read_on(&mut self, pid: i32, start: Registers, stack: &[u8], cut: u64, space: &impl AddressSpace) -> bool {
        let overlap = OVERLAP_BYTES.min(cut - start.sp);
        let base = cut - overlap;
        self.memory.clear();
        let known = &stack[(base - start.sp) as usize..(cut - start.sp) as usize];
        let memory = &mut self.memory;
        let mut exhausted = false;
        let mut changed = false;
        let mut read = |address: u64| {
            if address < base {
                return read_word(stack, address.wrapping_sub(start.sp));
            }
            let needed = address.wrapping_sub(base) as usize;
            while !exhausted && needed.checked_add(8).is_some_and(|end| end > memory.len()) {
                let had = memory.len();
                if had >= MAX_READ_BYTES || needed > MAX_READ_BYTES {
                    return Err(());
                }
                memory.resize(had + PIECE_BYTES, 0);
                let got = read_process_memory(pid, base + had as u64, &mut memory[had..]).unwrap_or(0);
                memory.truncate(had + got);
                exhausted = got < PIECE_BYTES;
                if had == 0 && memory.get(..known.len()) != Some(known) {
                    changed = true;
                }
            }
            if changed { Err(()) } else { read_word(memory, needed as u64) }
        };
        let reached = self.frames.len();
        self.frames.clear();
        let end = walk(start, space, &mut self.cache, &mut read, &mut self.frames);
        if end == End::Root {
            return true;
        }
        self.frames.truncate(reached);
        false
    }
}

fn read_word(bytes: &[u8], offset: u64) -> Result<u64, ()> {
    let at = usize::try_from(offset).map_err(|_| ())?;
    let word = bytes.get(at..at.checked_add(8).ok_or(())?).ok_or(())?;
    Ok(u64::from_le_bytes(word.try_into().map_err(|_| ())?))
}
