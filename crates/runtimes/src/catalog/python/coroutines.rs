//! What a coroutine that does not run awaits: the chain from the outermost coroutine to what it all waits for.
//!
//! A generator, a coroutine and an asynchronous generator are built alike. One that stands in an `await` or `yield
//! from` has what it awaits on top of its stack of values (`_PyGen_yf` in `Objects/genobject.c`).

use super::frames::RawFrame;
use super::layout::FrameStyle;
use super::object_layout::Stack;
use super::objects::Objects;
use crate::read_error::ReadError;

/// Longest chain that is followed.
const MAX_CHAIN: usize = 1_000;
/// 3.11 and 3.12: the instructions at which a coroutine goes on; their argument says what it had done before. 3.11
/// puts the second one where code has run often, 3.12 the third where code is watched.
const RESUME: u8 = 151;
const RESUME_QUICK: u8 = 150;
const INSTRUMENTED_RESUME: u8 = 240;
const AFTER_YIELD_FROM: u8 = 2;
const AFTER_AWAIT: u8 = 3;
/// 3.10: the instruction that waits.
const YIELD_FROM: u8 = 72;
/// Owner of the frame of a generator.
const OWNED_BY_GENERATOR: u8 = 1;

/// A coroutine and all it awaits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Awaits {
    /// Outermost first.
    pub(super) frames: Vec<RawFrame>,
    pub(super) end: End,
}

/// Where a chain ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum End {
    /// It has not begun, is over, or stands in a bare `yield`.
    #[default]
    Nothing,
    /// The innermost of its frames runs; the rest is on a thread's stack.
    Runs,
    /// It waits for this future or task.
    Future(u64),
    /// It waits for an object of this type.
    Other(String),
}

/// The chain that begins at a coroutine, generator, or what wraps one.
pub(super) fn awaits(objects: &Objects<'_>, coroutine: u64) -> Result<Awaits, ReadError> {
    let mut chain = Awaits::default();
    let mut object = coroutine;
    // Wrappers count too: they may form a ring.
    for _ in 0..2 * MAX_CHAIN {
        let class = objects.type_of(object)?;
        match class.name.as_str() {
            "coroutine" | "generator" | "async_generator" => {
                if chain.frames.len() >= MAX_CHAIN {
                    break;
                }
                let state = state(objects, object)?;
                let Some(frame) = frame(objects, object)? else { return Ok(chain) };
                if state == State::Over {
                    return Ok(chain);
                }
                chain.frames.push(frame);
                if state == State::Runs {
                    chain.end = End::Runs;
                    return Ok(chain);
                }
                match awaited(objects, &frame, state)? {
                    Some(next) => object = next,
                    None => return Ok(chain),
                }
            }
            // What `__await__`, `asend`, `athrow` and `anext` give: the first field is what they stand for.
            "coroutine_wrapper" | "async_generator_asend" | "async_generator_athrow" | "anext_awaitable" => {
                object = objects.word("what is awaited", object, objects.layout.objects.head)?;
            }
            "_asyncio.FutureIter" => {
                let future = objects.word("what is awaited", object, objects.layout.objects.head)?;
                chain.end = if future == 0 { End::Nothing } else { End::Future(future) };
                return Ok(chain);
            }
            name => {
                chain.end = End::Other(name.to_owned());
                return Ok(chain);
            }
        }
    }
    chain.end = End::Other("a chain without end".to_owned());
    Ok(chain)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waits,
    /// 3.13 on: it awaits something for certain.
    Awaits,
    Runs,
    Over,
}

/// `PyFrameState`; the numbers changed often.
fn state(objects: &Objects<'_>, generator: u64) -> Result<State, ReadError> {
    let fields = &objects.layout.objects;
    let Some(offset) = fields.generator_state else {
        // 3.10 has it in the frame.
        let frame = objects.word("a generator's frame", generator, fields.generator_frame)?;
        if frame == 0 {
            return Ok(State::Over);
        }
        return Ok(match objects.byte("a frame's state", frame, 108)? as i8 {
            0 => State::Runs,
            1.. => State::Over,
            _ => State::Waits,
        });
    };
    let state = objects.byte("a generator's state", generator, offset)? as i8;
    Ok(match (fields.minor, state) {
        (15.., 2 | 3) | (13 | 14, -1) => State::Awaits,
        (15.., 4) | (..=14, 0) => State::Runs,
        (15.., 5..) | (..=14, 1..) => State::Over,
        _ => State::Waits,
    })
}

fn frame(objects: &Objects<'_>, generator: u64) -> Result<Option<RawFrame>, ReadError> {
    let layout = objects.layout;
    let address = match layout.style {
        FrameStyle::Object => {
            objects.word("a generator's frame", generator, layout.objects.generator_frame)?
        }
        _ => generator.wrapping_add(layout.objects.generator_frame),
    };
    if address == 0 {
        return Ok(None);
    }
    RawFrame::read(objects.snapshot, layout, address)
        .map(|(frame, _)| Some(RawFrame { owner: OWNED_BY_GENERATOR, is_entry: false, ..frame }))
}

/// What stands on top of the values of a generator that awaits.
fn awaited(objects: &Objects<'_>, frame: &RawFrame, state: State) -> Result<Option<u64>, ReadError> {
    let fields = &objects.layout.objects;
    let is_certain = match fields.minor {
        10 => {
            // The instruction after the last one, in code units of two bytes.
            let code = objects.word("byte code", frame.code, 48)?;
            let at = u64::from(frame.instruction as u32).wrapping_add(1).wrapping_mul(2);
            let data = code.wrapping_add(objects.layout.bytes_data);
            (frame.instruction as u32 as i32) >= 0 && objects.byte("byte code", data, at)? == YIELD_FROM
        }
        11 | 12 => {
            let next = |at: u64| objects.byte("byte code", frame.instruction, 2 + at);
            let resume = if fields.minor == 11 { RESUME_QUICK } else { INSTRUMENTED_RESUME };
            [RESUME, resume].contains(&next(0)?) && matches!(next(1)?, AFTER_YIELD_FROM | AFTER_AWAIT)
        }
        _ => state == State::Awaits,
    };
    if !is_certain {
        return Ok(None);
    }
    let below = |top: u64, n: u64| objects.word("what is awaited", top, (n * 8).wrapping_neg());
    let top = match fields.stack {
        Stack::StartAndDepth { start, depth } => {
            let start = objects.word("a stack of values", frame.address, start)?;
            let depth = objects.snapshot.u32("a stack of values", frame.address.wrapping_add(depth))?;
            start.wrapping_add(u64::from(depth) * 8)
        }
        Stack::Count(count) => {
            let count = objects.snapshot.u32("a stack of values", frame.address.wrapping_add(count))?;
            frame.address.wrapping_add(fields.frame_variables).wrapping_add(u64::from(count) * 8)
        }
        Stack::Pointer(pointer) => objects.word("a stack of values", frame.address, pointer)?,
    };
    let word = below(top, 1)?;
    let is_object = |word: u64| word & 3 != 3 && word & !super::frames::TAGS != 0;
    // 3.15 has the position in a list or range above what is walked through, or nothing.
    let word = if fields.minor >= 15 && !is_object(word) { below(top, 2)? } else { word };
    Ok(is_object(word).then_some(word & !super::frames::TAGS))
}
