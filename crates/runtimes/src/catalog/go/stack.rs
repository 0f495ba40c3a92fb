//! The stack of a goroutine, by the stack depths of the function table.
//!
//! A function's frame is as deep as the table says for each instruction; above it stands the return address. That
//! holds for every goroutine that does not run: `g.sched` or `g.syscallpc` say where it will go on.

use super::find::Program;
use super::goroutine::{RawGoroutine, Registers};
use crate::Snapshot;
use crate::read_error::ReadError;

/// Deepest stack that is followed. Go's own tracebacks show 100 frames, its largest stack of 1 GiB holds millions.
pub(super) const MAX_FRAMES: usize = 20_000;

/// Functions below which the caller was interrupted, so that the address of return is no call's.
const TRAPS: [&str; 2] = ["runtime.asyncPreempt", "runtime.sigpanic"];

/// Addresses of a stack, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    /// In the file's addresses; each within the instruction that is being executed.
    pub(super) places: Vec<u64>,
    /// Why it ends before the outermost frame.
    pub(super) incomplete: Option<String>,
}

/// Follows the frames from `start` to the goroutine's first function.
pub(super) fn chain(
    snapshot: &Snapshot<'_>,
    program: &Program,
    goroutine: &RawGoroutine,
    start: Registers,
    steps_left: &mut usize,
) -> Result<Chain, ReadError> {
    let table = &program.table;
    let (low, high) = goroutine.stack;
    let Registers { mut stack_pointer, instruction } = start;
    let mut pc = instruction.wrapping_sub(program.bias);
    let mut chain = Chain::default();
    let mut is_call = true;
    loop {
        if !(low..high).contains(&stack_pointer) {
            return Ok(chain.ends(format!("the stack pointer {stack_pointer:#x} is outside the stack")));
        }
        let (Some(entry), Some(flags)) = (table.function_entry(pc), table.function_flags(pc)) else {
            let address = pc.wrapping_add(program.bias);
            return Ok(chain.ends(format!("no Go function is at {address:#x}")));
        };
        if flags.is_top_frame {
            return Ok(chain);
        }
        if chain.places.len() >= MAX_FRAMES || *steps_left == 0 {
            let n = chain.places.len();
            return Ok(chain.ends(format!("only the {n} innermost frames were read")));
        }
        *steps_left -= 1;
        // What is behind a call may belong to the next statement.
        chain.places.push(if is_call && pc > entry { pc - 1 } else { pc });
        if flags.writes_stack_pointer && chain.places.len() > 1 {
            return Ok(chain.ends("a function moved the stack pointer by itself".to_owned()));
        }
        let Some(depth) = table.stack_delta(pc) else {
            return Ok(chain.ends(format!("no stack depth is known at {:#x}", pc.wrapping_add(program.bias))));
        };
        is_call = !table.function_name(pc).is_some_and(|name| TRAPS.contains(&name.as_str()));
        let slot = stack_pointer.wrapping_add(u64::from(depth));
        if slot < stack_pointer || slot.saturating_add(8) > high {
            return Ok(chain.ends(format!("a frame at {stack_pointer:#x} reaches out of the stack")));
        }
        let caller = snapshot.u64("a return address", slot)?;
        pc = caller.wrapping_sub(program.bias);
        stack_pointer = slot + 8;
    }
}

impl Chain {
    fn ends(mut self, why: String) -> Self {
        self.incomplete = Some(why);
        self
    }
}
