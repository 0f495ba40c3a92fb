//! The stack of a goroutine, by the stack depths of the function table.
//!
//! A function's frame is as deep as the table says for each instruction; above it stands the return address. That
//! holds for every goroutine that does not run: `g.sched` or `g.syscallpc` say where it will go on.

use super::find::Program;
use super::goroutine::{RawGoroutine, Registers};
use crate::Snapshot;
use fathom_symbols::Pclntab;
use std::collections::HashMap;

/// Deepest stack that is followed. Go's own tracebacks show 100 frames, its largest stack of 1 GiB holds millions.
pub(super) const MAX_FRAMES: usize = 20_000;

/// Functions below which the caller was interrupted, so that the address of return is no call's.
const TRAPS: [&str; 2] = ["runtime.asyncPreempt", "runtime.sigpanic"];
/// It moves the stack pointer, yet leaves on both stacks a frame that leads on (`traceback.go`, `resolveInternal`).
const CALLED_FROM_C: &str = "runtime.cgocallback";
/// Most places whose frames are kept; a program waits at a few hundred.
const MAX_KEPT: usize = 100_000;

/// Addresses of a stack, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chain {
    /// In the file's addresses; each within the instruction that is being executed.
    pub(super) places: Vec<u64>,
    /// Why it ends before the outermost frame.
    pub(super) incomplete: Option<String>,
}

impl Chain {
    /// One of which nothing is known.
    pub(super) fn unknown(why: String) -> Self {
        Self { places: Vec::new(), incomplete: Some(why) }
    }

    fn ends(mut self, why: String) -> Self {
        self.incomplete = Some(why);
        self
    }

    /// The frames from the outermost in that both have; none if either did not get to the outermost.
    pub(super) fn outer_part(mut self, other: &Self) -> Self {
        let are_whole = self.incomplete.is_none() && other.incomplete.is_none();
        let equal = self.places.iter().rev().zip(other.places.iter().rev()).take_while(|(a, b)| a == b);
        let n = if are_whole { equal.count() } else { 0 };
        self.places.drain(..self.places.len() - n);
        self
    }
}

/// How a function's frame is at one instruction.
#[derive(Clone, Copy, Debug)]
struct Frame {
    entry: u64,
    /// Whether it is the outermost one.
    is_top: bool,
    /// Bytes up to the return address.
    depth: Option<u32>,
    is_trap: bool,
    /// Whether the stack pointer is moved, so that nothing tells where the caller's frame is.
    ends_stack: bool,
}

/// Follows stacks, each instruction looked up once.
#[derive(Debug, Default)]
pub(super) struct Walker {
    frames: HashMap<u64, Frame>,
    /// Frames that may still be followed.
    pub(super) steps_left: usize,
}

impl Walker {
    /// May follow `steps_left` frames in all.
    pub(super) fn new(steps_left: usize) -> Self {
        Self { frames: HashMap::new(), steps_left }
    }

    fn frame(&mut self, table: &Pclntab, pc: u64) -> Option<Frame> {
        if let Some(frame) = self.frames.get(&pc) {
            return Some(*frame);
        }
        let flags = table.function_flags(pc)?;
        let name = table.function_name(pc).unwrap_or_default();
        let frame = Frame {
            entry: table.function_entry(pc)?,
            is_top: flags.is_top_frame,
            depth: table.stack_delta(pc),
            is_trap: TRAPS.contains(&name.as_str()),
            ends_stack: flags.writes_stack_pointer && name != CALLED_FROM_C,
        };
        if self.frames.len() < MAX_KEPT {
            self.frames.insert(pc, frame);
        }
        Some(frame)
    }

    /// Follows the frames from `start` to the goroutine's first function.
    pub(super) fn chain(
        &mut self,
        snapshot: &Snapshot<'_>,
        program: &Program,
        goroutine: &RawGoroutine,
        start: Registers,
    ) -> Chain {
        let (low, high) = goroutine.stack;
        let Registers { mut stack_pointer, instruction } = start;
        let mut pc = instruction.wrapping_sub(program.bias);
        let mut chain = Chain::default();
        let mut is_call = true;
        loop {
            if !(low..high).contains(&stack_pointer) {
                return chain.ends(format!("the stack pointer {stack_pointer:#x} is outside the stack"));
            }
            let address = pc.wrapping_add(program.bias);
            let Some(frame) = self.frame(&program.table, pc) else {
                return chain.ends(format!("no Go function is at {address:#x}"));
            };
            if frame.is_top {
                return chain;
            }
            if chain.places.len() >= MAX_FRAMES || self.steps_left == 0 {
                let n = chain.places.len();
                return chain.ends(format!("only the {n} innermost frames were read"));
            }
            self.steps_left -= 1;
            // What is behind a call may belong to the next statement.
            chain.places.push(if is_call && pc > frame.entry { pc - 1 } else { pc });
            if frame.ends_stack && chain.places.len() > 1 {
                return chain.ends("a function moved the stack pointer by itself".to_owned());
            }
            let Some(depth) = frame.depth else {
                return chain.ends(format!("no stack depth is known at {address:#x}"));
            };
            is_call = !frame.is_trap;
            let slot = stack_pointer.wrapping_add(u64::from(depth));
            if slot < stack_pointer || slot.saturating_add(8) > high {
                return chain.ends(format!("a frame at {stack_pointer:#x} reaches out of the stack"));
            }
            match snapshot.u64("a return address", slot) {
                Ok(caller) => pc = caller.wrapping_sub(program.bias),
                Err(error) => return chain.ends(error.to_string()),
            }
            stack_pointer = slot + 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_share_their_outer_part() {
        let whole = |places: &[u64]| Chain { places: places.to_vec(), incomplete: None };
        let (one, other) = (whole(&[1, 2, 3, 4]), whole(&[9, 3, 4]));
        assert_eq!(one.clone().outer_part(&other), whole(&[3, 4]));
        assert_eq!(one.clone().outer_part(&one), one);
        assert_eq!(one.outer_part(&whole(&[3, 4]).ends("cut".to_owned())).places, [0; 0]);
    }
}
