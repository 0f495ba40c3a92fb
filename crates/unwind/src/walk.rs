//! The walk from frame to frame across modules.

use crate::module::{ModuleUnwinder, Step};
use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64};
use framehop::{Error, FrameAddress, MayAllocateDuringUnwind, Unwinder};

/// A walk stops after this many frames; deeper recursion is reported as not complete.
pub const MAX_FRAMES: usize = 20_000;

/// Where a walk starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// Instruction pointer.
    pub ip: u64,
    /// Stack pointer.
    pub sp: u64,
    /// Frame pointer.
    pub bp: u64,
}

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Address inside the instruction that is executing or calling: of callers the return address minus one.
    pub address: u64,
    /// The stack pointer in this frame.
    pub sp: u64,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At a function that nothing called: `_start`, the entry of a thread, a goroutine's exit.
    Root,
    /// At a function that went over from another stack, which is not known.
    OtherStack,
    /// The stack at this address could not be read.
    NoStack(u64),
    /// The return address does not lie in code.
    NoCode(u64),
    /// The rules contradict each other (the stack pointer would move backwards or stand still).
    Broken,
    /// More than [`MAX_FRAMES`].
    TooDeep,
}

/// Which module covers an address of a process.
pub trait AddressSpace {
    /// The module and its load bias (run-time address minus the module's own).
    fn find(&self, address: u64) -> Option<(&ModuleUnwinder, u64)>;
}

/// Remembered rules, shared by all modules.
#[derive(Default)]
pub struct RuleCache(CacheX86_64<MayAllocateDuringUnwind>);

impl std::fmt::Debug for RuleCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RuleCache")
    }
}

/// Offsets in `struct ucontext`, which a signal handler's return finds at the stack pointer
/// (arch/x86/include/uapi/asm/sigcontext.h): rbp, rsp, rip of what was interrupted.
const SIGNAL_BP: u64 = 120;
const SIGNAL_SP: u64 = 160;
const SIGNAL_IP: u64 = 168;
/// The resolver saves up to this much before it calls on (the largest `xsave` area with AVX-512 and AMX).
const MAX_RESOLVER_AREA: u64 = 12 << 10;

/// Most that one run of compiled frames takes.
const MAX_COMPILED_STACK_BYTES: u64 = 1 << 20;
/// Words looked at in search of the end of compiled frames.
const MAX_SCANNED_WORDS: usize = 8192;

/// Walks from `start` outwards, appending to `frames` (innermost first).
///
/// `read_stack` gives the 8 bytes at a run-time address, or `Err` where it has none.
pub fn walk<S: AddressSpace>(
    start: Registers,
    space: &S,
    cache: &mut RuleCache,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
    frames: &mut Vec<Frame>,
) -> End {
    walk_on(start, true, space, cache, read_stack, frames)
}

/// The same from a caller: `start.ip` is a return address and the frame inside it is in `frames` already.
pub fn walk_from_caller<S: AddressSpace>(
    start: Registers,
    space: &S,
    cache: &mut RuleCache,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
    frames: &mut Vec<Frame>,
) -> End {
    walk_on(start, false, space, cache, read_stack, frames)
}

/// `exact`: the instruction pointer is an instruction that was interrupted, not a return address.
fn walk_on<S: AddressSpace>(
    start: Registers,
    mut exact: bool,
    space: &S,
    cache: &mut RuleCache,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
    frames: &mut Vec<Frame>,
) -> End {
    let Registers { mut ip, mut sp, mut bp } = start;
    for _ in 0..MAX_FRAMES {
        let lookup = if exact { ip } else { ip.wrapping_sub(1) };
        let Some((module, bias)) = space.find(lookup) else {
            // A jump to nowhere: the caller is still on top of the stack.
            if frames.is_empty()
                && let Ok(caller) = read_stack(sp)
                && space.find(caller.wrapping_sub(1)).is_some()
            {
                frames.push(Frame { address: lookup, sp });
                (ip, sp, exact) = (caller, sp.wrapping_add(8), false);
                continue;
            }
            return if ip == 0 { End::Root } else { End::NoCode(ip) };
        };
        frames.push(Frame { address: lookup, sp });
        let relative = lookup.wrapping_sub(bias);
        let in_trampoline = module.signal_trampoline.is_some_and(|at| ip.wrapping_sub(bias) == at);
        if let Some(step) = module.stepper.as_ref().and_then(|stepper| stepper.step(relative)) {
            match step {
                Step::Root => return End::Root,
                Step::OtherStack => return End::OtherStack,
                Step::ReturnAddressAt(offset) => {
                    let slot = sp.wrapping_add(offset);
                    let Ok(caller) = read_stack(slot) else { return End::NoStack(slot) };
                    // Go keeps the caller's frame pointer just below the return address of every function
                    // that has a frame; C code called back from Go needs it.
                    if offset >= 8
                        && let Ok(saved) = read_stack(slot.wrapping_sub(8))
                    {
                        bp = saved;
                    }
                    let next_sp = slot.wrapping_add(8);
                    if next_sp <= sp {
                        return End::Broken;
                    }
                    (ip, sp, exact) = (caller, next_sp, false);
                }
            }
            continue;
        }
        if in_trampoline {
            let mut saved = |offset| {
                read_stack(sp.wrapping_add(offset)).map_err(|()| End::NoStack(sp.wrapping_add(offset)))
            };
            let context = (saved(SIGNAL_IP), saved(SIGNAL_SP), saved(SIGNAL_BP));
            match context {
                // The handler may run on a stack of its own, so the pointer may move either way.
                (Ok(next_ip), Ok(next_sp), Ok(next_bp)) => {
                    (ip, sp, bp, exact) = (next_ip, next_sp, next_bp, true)
                }
                (Err(end), ..) | (_, Err(end), _) | (_, _, Err(end)) => return end,
            }
            continue;
        }
        if module.in_resolver(relative)
            && let Some((caller, caller_sp)) = leave_resolver(sp, space, read_stack)
        {
            (ip, sp, exact) = (caller, caller_sp, false);
            continue;
        }
        // The program's entry has no caller; loaders' entries often lack the table that would say so.
        if module.entry.as_ref().is_some_and(|entry| entry.contains(&relative)) {
            return End::Root;
        }
        if module.compiled_while_running {
            match leave_compiled_code(sp, bp, space, read_stack) {
                Some((caller, caller_sp, caller_bp)) => {
                    (ip, sp, bp, exact) = (caller, caller_sp, caller_bp, false);
                    continue;
                }
                None => return End::Broken,
            }
        }
        let address = match (exact, FrameAddress::from_return_address(ip.wrapping_sub(bias))) {
            (false, Some(address)) => address,
            _ => FrameAddress::from_instruction_pointer(relative),
        };
        let mut registers = UnwindRegsX86_64::new(relative, sp, bp);
        let outcome = match module.rules.unwind_frame(address, &mut registers, &mut cache.0, read_stack) {
            Ok(Some(0)) | Ok(None) | Err(Error::ReturnAddressIsNull) => return End::Root,
            Ok(Some(caller)) if registers.sp() < sp || (registers.sp() == sp && caller == ip) => {
                Err(End::Broken)
            }
            Ok(Some(caller)) if space.find(caller.wrapping_sub(1)).is_none() => Err(End::NoCode(caller)),
            Ok(Some(caller)) => Ok((caller, registers.sp(), registers.bp())),
            Err(Error::CouldNotReadStack(at)) => Err(End::NoStack(at)),
            Err(_) => Err(End::Broken),
        };
        let plainly = |end| {
            let found = module.call_frames.as_ref().and_then(|cfi| cfi.step(relative, sp, bp, read_stack));
            found.filter(|(caller, ..)| space.find(caller.wrapping_sub(1)).is_some()).ok_or(end)
        };
        let found = outcome.or_else(plainly);
        match found.or_else(|end| leave_without_tables(exact, sp, bp, space, read_stack).ok_or(end)) {
            Ok((caller, caller_sp, caller_bp)) => (ip, sp, bp, exact) = (caller, caller_sp, caller_bp, false),
            Err(end) => return end,
        }
    }
    End::TooDeep
}

/// From code that was compiled while running to its caller, as (return address, stack pointer, frame pointer).
///
/// Code that keeps frame pointers (V8's) is left by them. HotSpot's compilers use `rbp` as they like; there the
/// next word is looked for that returns into a file's code and lies above a saved frame pointer, as HotSpot's
/// own calls into and out of compiled code leave it. The frames between are not seen.
fn leave_compiled_code<S: AddressSpace>(
    sp: u64,
    bp: u64,
    space: &S,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
) -> Option<(u64, u64, u64)> {
    let is_frame = |slot: u64, frame: u64| {
        frame > slot && frame - slot < MAX_COMPILED_STACK_BYTES && frame.is_multiple_of(8)
    };
    if bp >= sp
        && bp - sp < MAX_COMPILED_STACK_BYTES
        && let (Ok(caller_bp), Ok(caller)) = (read_stack(bp), read_stack(bp.wrapping_add(8)))
        && space.find(caller.wrapping_sub(1)).is_some()
    {
        return Some((caller, bp + 16, caller_bp));
    }
    let mut below = 0;
    for slot in (sp.checked_next_multiple_of(8)?..).step_by(8).take(MAX_SCANNED_WORDS) {
        let word = read_stack(slot).ok()?;
        if is_frame(slot, below)
            && let Some((module, _)) = space.find(word.wrapping_sub(1))
            && !module.compiled_while_running
        {
            return Some((word, slot + 8, below));
        }
        below = word;
    }
    None
}

/// From interrupted code of a file whose tables do not cover it to its caller, as (return address, stack pointer, frame
/// pointer): V8's built-in functions, which compiled code calls.
///
/// One that has no frame of its own yet, or any more, has its caller's frame pointer, and between the two on the stack
/// the address to which it returns in compiled code. One that has a frame is left by it.
fn leave_without_tables<S: AddressSpace>(
    exact: bool,
    sp: u64,
    bp: u64,
    space: &S,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
) -> Option<(u64, u64, u64)> {
    /// Such a function keeps a few registers there.
    const MOST_WORDS: usize = 32;
    let is_near = exact && bp.is_multiple_of(8) && sp.is_multiple_of(8);
    (is_near && bp >= sp && bp - sp < MAX_COMPILED_STACK_BYTES).then_some(())?;
    for slot in (sp..bp).step_by(8).take(MOST_WORDS) {
        let word = read_stack(slot).ok()?;
        if space.find(word.wrapping_sub(1)).is_some_and(|(module, _)| module.compiled_while_running) {
            return Some((word, slot + 8, bp));
        }
    }
    let (caller_bp, caller) = (read_stack(bp).ok()?, read_stack(bp.checked_add(8)?).ok()?);
    space.find(caller.wrapping_sub(1)).map(|_| (caller, bp + 16, caller_bp))
}

/// The caller of a function that is being bound: return address and stack pointer after the return.
///
/// The resolver's frame hangs on `rbx`, which is not followed. It is found by its shape instead: saved `rbx`,
/// the link map, the index of the relocation, the return address (sysdeps/x86_64/dl-trampoline.h).
fn leave_resolver<S: AddressSpace>(
    sp: u64,
    space: &S,
    read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
) -> Option<(u64, u64)> {
    const MAX_RELOCATIONS: u64 = 1 << 22;
    const LEAST_POINTER: u64 = 1 << 16;
    let mut at = sp.checked_next_multiple_of(8)?;
    let end = at.checked_add(MAX_RESOLVER_AREA)?;
    while at < end {
        let link_map = read_stack(at.checked_add(8)?).ok()?;
        let index = read_stack(at + 16).ok()?;
        let caller = read_stack(at + 24).ok()?;
        if link_map > LEAST_POINTER
            && link_map.is_multiple_of(8)
            && index < MAX_RELOCATIONS
            && space.find(link_map).is_none()
            && space.find(caller.wrapping_sub(1)).is_some()
        {
            return Some((caller, at + 32));
        }
        at += 8;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{FrameStepper, UnwindSections};

    struct Fixed(u64);

    impl FrameStepper for Fixed {
        fn step(&self, relative_address: u64) -> Option<Step> {
            Some(if relative_address < 0x10 { Step::Root } else { Step::ReturnAddressAt(self.0) })
        }
    }

    struct One(ModuleUnwinder);

    impl AddressSpace for One {
        fn find(&self, address: u64) -> Option<(&ModuleUnwinder, u64)> {
            (0x1000..0x2000).contains(&address).then_some((&self.0, 0x1000))
        }
    }

    fn run(words: &[u64], step: u64) -> (Vec<u64>, End) {
        let space = One(ModuleUnwinder::new(UnwindSections::default(), Some(Box::new(Fixed(step)))));
        let mut read = |address: u64| words.get(((address - 0x8000) / 8) as usize).copied().ok_or(());
        let mut frames = Vec::new();
        let start = Registers { ip: 0x1100, sp: 0x8000, bp: 0 };
        let end = walk(start, &space, &mut RuleCache::default(), &mut read, &mut frames);
        (frames.iter().map(|frame| frame.address).collect(), end)
    }

    #[test]
    fn callers_are_looked_up_inside_the_call() {
        let (addresses, end) = run(&[7, 0x1200, 7, 0x1005], 8);
        assert_eq!(addresses, [0x1100, 0x11ff, 0x1004]);
        assert_eq!(end, End::Root);
    }

    #[test]
    fn a_cut_stack_says_where_it_was_cut() {
        assert_eq!(run(&[7, 0x1200], 8).1, End::NoStack(0x8018));
    }

    #[test]
    fn a_return_address_outside_code_ends_the_walk() {
        assert_eq!(run(&[7, 0x9999], 8).1, End::NoCode(0x9999));
    }

    /// A program without tables at 0x1000 and code compiled while running at 0x4000.
    struct Two(ModuleUnwinder, ModuleUnwinder);

    impl AddressSpace for Two {
        fn find(&self, address: u64) -> Option<(&ModuleUnwinder, u64)> {
            match address {
                0x1000..0x2000 => Some((&self.0, 0x1000)),
                0x4000..0x5000 => Some((&self.1, 0)),
                _ => None,
            }
        }
    }

    #[test]
    fn built_in_code_without_tables_is_left_with_and_without_a_frame() {
        let sections = UnwindSections { addresses: 0..0x1000, ..UnwindSections::default() };
        let space = Two(ModuleUnwinder::new(sections, None), ModuleUnwinder::frame_pointers_only());
        let leave = |words: &[u64], bp: u64| {
            let mut read = |address: u64| words.get(((address - 0x8000) / 8) as usize).copied().ok_or(());
            leave_without_tables(true, 0x8000, bp, &space, &mut read)
        };
        // It has kept two registers; the frame pointer is its caller's.
        assert_eq!(leave(&[7, 9, 0x4100, 1, 0x8030, 0x4200], 0x8020), Some((0x4100, 0x8018, 0x8020)));
        // It has a frame of its own.
        assert_eq!(leave(&[7, 9, 0x8020, 0x4300], 0x8010), Some((0x4300, 0x8020, 0x8020)));
        // Neither: what stands there is no address of code.
        assert_eq!(leave(&[7, 9, 7, 7], 0x8010), None);
        assert_eq!(leave(&[7, 9, 7, 7], u64::MAX), None);
        assert_eq!(leave(&[7, 9], 0x8010), None);
    }

    #[test]
    fn endless_stacks_end() {
        let words = vec![0x1200; 3 * MAX_FRAMES];
        assert_eq!(run(&words, 0).1, End::TooDeep);
    }
}
