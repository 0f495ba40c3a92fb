//! From registers and copied stack bytes to frames, with what is done when the copy was too short.
//!
//! The kernel copies at most 65,528 bytes. A stack cut there is completed in two ways, both counted as
//! spliced: from one of the last complete stacks of the same thread, if the outermost frames that were reached have
//! the same address and the same stack pointer there; else by reading the thread's memory above the cut, if the
//! return addresses below the cut are still the same in it. Both can be wrong when the thread returned past
//! the cut and came back by another way in the meantime; that is why they are counted. A signal handler on a
//! stack of its own leads back to a stack that was not copied at all: that one is read as it is by then.

use fathom_sys::memory::read_process_memory;
use fathom_sys::perf_records::UserRegisters;
use fathom_unwind::{AddressSpace, End, Frame, ModuleUnwinder, Registers, RuleCache, walk, walk_from_caller};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// Memory is read in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;
/// Most that is read for one stack: 8 MiB is the default stack limit.
const MAX_READ_BYTES: usize = 8 << 20;
/// Frames at the cut that must agree with an earlier stack.
const AGREEING_FRAMES: usize = 3;
/// Distance of two instructions that are taken to be in one function.
const CLOSE_BY_BYTES: u64 = 1024;
/// Return addresses below the cut that must agree with the thread's memory.
const AGREEING_RETURNS: usize = 6;
/// Complete stacks remembered for each thread, of different depths, because a thread's stack grows and shrinks.
const REMEMBERED_STACKS: usize = 6;
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
    /// What the frame pointers led to at the moment of the sample, innermost first: the instruction pointer, then
    /// return addresses. Empty where that was not asked for.
    pub chain: &'a [u64],
}

impl StackWalker {
    /// Walks one stack; the frames are in `self.frames`.
    pub(crate) fn walk(&mut self, source: StackSource<'_>, space: &impl AddressSpace) -> Outcome {
        let StackSource { pid, tid, registers, stack, chain } = source;
        let start = Registers { ip: registers.ip, sp: registers.sp, bp: registers.bp };
        let in_vfork = Registers { ip: registers.di, ..start };
        let cut = registers.sp.wrapping_add(stack.len() as u64 & !7);
        self.frames.clear();
        let mut read = |address: u64| read_word(stack, address.wrapping_sub(registers.sp));
        let mut end = walk(start, space, &mut self.cache, &mut read, &mut self.frames);
        let is_over = matches!(end, End::Root | End::OtherStack);
        if !is_over && self.frames.len() <= 1 && space.find(registers.di.wrapping_sub(1)).is_some() {
            // glibc's vfork takes its return address off the stack, because the child would overwrite it.
            end = walk_from_caller(in_vfork, space, &mut self.cache, &mut read, &mut self.frames);
        }
        match end {
            End::Root => {
                if stack.len() >= LEAST_DEPTH_BYTES
                    || self.remembered.get(&tid).is_none_or(|kept| kept.len() < 2)
                {
                    self.remember(tid);
                }
                Outcome::Complete
            }
            // Only the frame pointers know the way back; some functions that go over leave none on purpose.
            End::OtherStack => match self.go_back(chain, space) {
                Some(end) if end != End::Root => Outcome::Cut(end),
                _ => Outcome::Complete,
            },
            End::NoStack(address) if !(start.sp..cut).contains(&address) => {
                if self.splice_from_earlier(tid, start.sp..cut) || self.read_on(pid, start, stack, cut, space)
                {
                    self.remember(tid);
                    Outcome::Spliced
                } else {
                    Outcome::Cut(end)
                }
            }
            end => Outcome::Cut(end),
        }
    }

    /// Goes on from a function that went over from another stack, by the frame pointers' chain; `None` if that does not
    /// lead further either.
    fn go_back(&mut self, chain: &[u64], space: &impl AddressSpace) -> Option<End> {
        let last = *self.frames.last()?;
        // Of callers the address is the return address minus one.
        let at = if self.frames.len() == 1 {
            0
        } else {
            chain.iter().position(|address| address.wrapping_sub(1) == last.address)?
        };
        let callers = chain.get(at + 1..)?;
        let outermost = callers.last()?.wrapping_sub(1);
        // Their stack pointers are not known.
        let frames = callers.iter().map(|caller| Frame { address: caller.wrapping_sub(1), sp: last.sp });
        self.frames.extend(frames);
        let is_root = |(module, bias): (&ModuleUnwinder, u64)| module.is_root(outermost.wrapping_sub(bias));
        // The kernel follows so many frames and no more.
        Some(if space.find(outermost).is_some_and(is_root) { End::Root } else { End::TooDeep })
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
        let mut oldest =
            if kept.len() >= REMEMBERED_STACKS { kept.pop_front() } else { None }.unwrap_or_default();
        oldest.clear();
        oldest.extend_from_slice(&self.frames);
        kept.push_back(oldest);
    }

    /// Completes from a remembered stack of the thread, the latest first.
    ///
    /// Where a signal handler's own stack was copied and the interrupted function lies on another, one frame
    /// has to be enough: the same stack pointer, in code close by.
    fn splice_from_earlier(&mut self, tid: i32, copied: Range<u64>) -> bool {
        let Some(stacks) = self.remembered.get(&tid) else { return false };
        let reached = self.frames.len();
        let Some(last) = self.frames.last().copied().filter(|_| reached >= AGREEING_FRAMES) else {
            return false;
        };
        for earlier in stacks.iter().rev() {
            // Stack pointers grow outwards, so the place is found by bisection.
            let at = earlier.partition_point(|frame| frame.sp < last.sp);
            let interrupted = !copied.contains(&last.sp)
                && earlier
                    .get(at)
                    .is_some_and(|f| f.sp == last.sp && f.address.abs_diff(last.address) < CLOSE_BY_BYTES);
            let same = interrupted
                || at + 1 >= AGREEING_FRAMES
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
    fn read_on(
        &mut self,
        pid: i32,
        start: Registers,
        stack: &[u8],
        cut: u64,
        space: &impl AddressSpace,
    ) -> bool {
        let reached = self.frames.len();
        // The slot of a frame's return address lies just below its caller's stack pointer.
        let slots: Vec<u64> = self.frames[reached.saturating_sub(AGREEING_RETURNS)..]
            .iter()
            .map(|frame| frame.sp.wrapping_sub(8))
            .filter(|slot| (start.sp..cut).contains(slot))
            .collect();
        let base = slots.iter().copied().min().unwrap_or(cut);
        let mut above = LiveMemory::new(pid, base);
        let unchanged = slots.iter().all(|slot| {
            let copied = read_word(stack, slot.wrapping_sub(start.sp));
            copied.is_ok() && above.word(*slot) == copied
        });
        if !unchanged {
            return false;
        }
        let mut elsewhere: Option<LiveMemory> = None;
        let mut read = |address: u64| {
            if (start.sp..cut).contains(&address) {
                return read_word(stack, address.wrapping_sub(start.sp));
            }
            if let Ok(word) = above.word(address) {
                return Ok(word);
            }
            if elsewhere.as_ref().is_none_or(|memory| !memory.reaches(address)) {
                elsewhere = Some(LiveMemory::new(pid, address & !7));
            }
            elsewhere.as_mut().map_or(Err(()), |memory| memory.word(address))
        };
        self.frames.clear();
        let end = walk(start, space, &mut self.cache, &mut read, &mut self.frames);
        if matches!(end, End::Root | End::OtherStack) {
            return true;
        }
        self.frames.truncate(reached);
        false
    }
}

/// Memory of a thread from an address upwards, read in pieces as far as it is asked for.
struct LiveMemory {
    pid: i32,
    base: u64,
    bytes: Vec<u8>,
    exhausted: bool,
}

impl LiveMemory {
    fn new(pid: i32, base: u64) -> Self {
        Self { pid, base, bytes: Vec::new(), exhausted: false }
    }

    fn reaches(&self, address: u64) -> bool {
        (self.base..self.base.saturating_add(MAX_READ_BYTES as u64)).contains(&address)
    }

    fn word(&mut self, address: u64) -> Result<u64, ()> {
        if !self.reaches(address) {
            return Err(());
        }
        let needed = (address - self.base) as usize;
        while !self.exhausted && needed + 8 > self.bytes.len() {
            let had = self.bytes.len();
            self.bytes.resize(had + PIECE_BYTES, 0);
            let got =
                read_process_memory(self.pid, self.base + had as u64, &mut self.bytes[had..]).unwrap_or(0);
            self.bytes.truncate(had + got);
            self.exhausted = got < PIECE_BYTES;
        }
        read_word(&self.bytes, needed as u64)
    }
}

fn read_word(bytes: &[u8], offset: u64) -> Result<u64, ()> {
    let at = usize::try_from(offset).map_err(|_| ())?;
    let word = bytes.get(at..at.checked_add(8).ok_or(())?).ok_or(())?;
    Ok(u64::from_le_bytes(word.try_into().map_err(|_| ())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_unwind::{FrameStepper, Step, UnwindSections};

    /// Goes over at 0x100, begins at 0, and keeps nothing on the stack but return addresses.
    struct Runtime;

    impl FrameStepper for Runtime {
        fn step(&self, relative_address: u64) -> Option<Step> {
            Some(match relative_address {
                0..0x10 => Step::Root,
                0x100..0x110 => Step::OtherStack,
                _ => Step::ReturnAddressAt(0),
            })
        }
    }

    struct One(ModuleUnwinder);

    impl AddressSpace for One {
        fn find(&self, address: u64) -> Option<(&ModuleUnwinder, u64)> {
            (0x1000..0x2000).contains(&address).then_some((&self.0, 0x1000))
        }
    }

    fn walked(ip: u64, words: &[u64], chain: &[u64]) -> (Outcome, Vec<u64>) {
        let space = One(ModuleUnwinder::new(UnwindSections::default(), Some(Box::new(Runtime))));
        let stack: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let registers = UserRegisters { ip, sp: 0x8000, bp: 0, di: 0 };
        let mut walker = StackWalker::default();
        let outcome = walker.walk(StackSource { pid: 0, tid: 0, registers, stack: &stack, chain }, &space);
        (outcome, walker.frames.iter().map(|frame| frame.address).collect())
    }

    #[test]
    fn frame_pointers_lead_back_to_the_first_stack() {
        let chain = [0x1500, 0x1601, 0x1105, 0x1701, 0x1801, 0x1003];
        let whole = vec![0x1500, 0x1600, 0x1104, 0x1700, 0x1800, 0x1002];
        assert_eq!(walked(0x1500, &[0x1601, 0x1105], &chain), (Outcome::Complete, whole));
        // Before its own frame is up, what goes over is the innermost function.
        let (outcome, frames) = walked(0x1108, &[], &[0x1108, 0x1701, 0x1003]);
        assert_eq!((outcome, frames), (Outcome::Complete, vec![0x1108, 0x1700, 0x1002]));
    }

    #[test]
    fn a_chain_that_leaves_no_way_back_ends_the_stack_there() {
        let alone = (Outcome::Complete, vec![0x1500, 0x1104]);
        for chain in [&[][..], &[0x1500], &[0x1500, 0x1105], &[0x1500, 0x1701, 0x1003]] {
            assert_eq!(walked(0x1500, &[0x1105], chain), alone, "{chain:x?}");
        }
    }

    #[test]
    fn a_chain_longer_than_the_kernel_follows_is_cut() {
        let (outcome, frames) = walked(0x1500, &[0x1105], &[0x1500, 0x1105, 0x1701]);
        assert_eq!((outcome, frames.len()), (Outcome::Cut(End::TooDeep), 3));
        assert_eq!(walked(0x1500, &[0x1105], &[0x1500, 0x1105, 0x9000]).0, Outcome::Cut(End::TooDeep));
    }
}
