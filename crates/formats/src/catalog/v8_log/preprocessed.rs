//! The log as `node --prof-process --preprocess` writes it: code in one list, ticks with positions in it in another.

use super::FORMAT;
use super::frames::{
    code_frame, collector_frame, is_bytecode_handler, is_collecting, labels, library_frame, thread_state,
    tier_of_kind, unknown_frame,
};
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::json::{JsonTokens, Token, integer};
use fathom_model::{Frame, FrameId, FrameKind, Issue, ProcessId, Recording, Sample, Signal, StackId};
use std::io::Read;

/// Code of the list.
#[derive(Clone, Copy)]
struct Code {
    /// `None` for handlers of bytecodes.
    frame: Option<FrameId>,
    /// How a function was compiled.
    tier: Option<&'static str>,
    is_function: bool,
}

/// A tick and where its stack begins in the list of all stacks.
struct Tick {
    micros: i64,
    state: u64,
    stack_begin: usize,
    stack_end: usize,
}

pub(super) fn read(input: &Input<'_>, issues: &mut Vec<Issue>) -> Recording {
    let mut builder = RecordingBuilder::new(FORMAT.name, input.limits());
    let thread = builder.only_thread("JavaScript");
    if let Some(process) = builder.tasks_mut().0.first_mut() {
        process.runtime = Some("node".to_owned());
    }
    let mut stream = input.stream();
    let mut tokens = JsonTokens::new(&mut stream);
    let (mut code, mut ticks, mut stacks) = (Vec::new(), Vec::new(), Vec::new());
    if tokens.token() == Token::Object {
        while let Some(name) = tokens.next_key() {
            match name {
                "code" => read_code(&mut tokens, &mut builder, &mut code),
                "ticks" => read_ticks(&mut tokens, &mut ticks, &mut stacks),
                _ => tokens.skip_value(),
            }
        }
    }
    issues.extend(tokens.issues(FORMAT.name));
    drop(tokens);
    issues.extend(stream.issues());
    ticks.sort_by_key(|tick| tick.micros);
    let mut last = 0;
    let mut n_beyond = 0_u64;
    for tick in ticks {
        let mut frames = Vec::new();
        let mut tier = None;
        for (position, number) in stacks[tick.stack_begin..tick.stack_end].iter().enumerate() {
            let known = usize::try_from(*number).ok().map(|number| code.get(number).copied());
            n_beyond += u64::from(matches!(known, Some(None)));
            match known.flatten() {
                Some(Code { frame, tier: own, is_function }) => {
                    tier = tier.or(is_function.then_some(own));
                    frames.extend(frame);
                }
                None if position == 0 => frames.push(unknown_frame(&mut builder)),
                None => {}
            }
        }
        if is_collecting(tick.state) {
            let position = frames.len().min(1);
            frames.insert(position, collector_frame(&mut builder));
        }
        let mut stack: Option<StackId> = None;
        for frame in frames.into_iter().rev() {
            stack = Some(builder.stack(stack, frame));
        }
        let labels = labels(tick.state, tier.flatten(), &mut builder);
        let micros = tick.micros.max(last);
        builder.sample(Sample {
            signal: Signal::ProgramWall,
            time_nanos: last * 1_000,
            process: ProcessId(0),
            thread,
            cpu: None,
            stack,
            value: (micros - last) * 1_000,
            n: 1,
            state: thread_state(tick.state),
            labels,
        });
        last = micros;
    }
    if n_beyond > 0 {
        issues.push(Issue::of(
            FORMAT.name,
            format!("{n_beyond} frames are beyond the {} of `code`", code.len()),
        ));
    }
    let (recording, more) = builder.finish(true);
    issues.extend(more);
    recording
}

fn read_code<R: Read>(tokens: &mut JsonTokens<R>, builder: &mut RecordingBuilder, code: &mut Vec<Code>) {
    if !tokens.enter(Token::Array) {
        return;
    }
    while tokens.next_item() {
        let first = tokens.token();
        let (mut name, mut code_type, mut kind) = (String::new(), String::new(), String::new());
        if first == Token::Object {
            while let Some(member) = tokens.next_key() {
                let place = match member {
                    "name" => &mut name,
                    "type" => &mut code_type,
                    "kind" => &mut kind,
                    _ => {
                        tokens.skip_value();
                        continue;
                    }
                };
                *place = tokens.word().unwrap_or_default().to_owned();
            }
        } else {
            tokens.skip(first);
        }
        // A place in the list counts, also that of what is nothing.
        let is_function = code_type == "JS";
        let frame = match code_type.as_str() {
            "SHARED_LIB" => Some(library_frame(&name, builder)),
            "CPP" => Some(builder.frame(Frame::named(name.as_str(), FrameKind::Native))),
            _ if is_bytecode_handler(&kind) => None,
            _ => Some(builder.frame(code_frame(&kind, &name, is_function))),
        };
        code.push(Code { frame, tier: tier_of_kind(&kind), is_function });
    }
}

/// Stacks are pairs: a position in the list of code and an offset, or -1 and an address that nothing is known of.
fn read_ticks<R: Read>(tokens: &mut JsonTokens<R>, ticks: &mut Vec<Tick>, stacks: &mut Vec<i32>) {
    if !tokens.enter(Token::Array) {
        return;
    }
    while tokens.next_item() {
        let first = tokens.token();
        if first != Token::Object {
            tokens.skip(first);
            continue;
        }
        let mut tick = Tick { micros: 0, state: 0, stack_begin: stacks.len(), stack_end: stacks.len() };
        while let Some(name) = tokens.next_key() {
            match name {
                "tm" => {
                    tick.micros =
                        tokens.word().and_then(integer).unwrap_or_default().clamp(0, i64::MAX / 1_000)
                }
                "vm" => tick.state = tokens.word().and_then(integer).unwrap_or(-1) as u64,
                "s" => {
                    if tokens.enter(Token::Array) {
                        tick.stack_begin = stacks.len();
                        read_stack(tokens, stacks);
                        tick.stack_end = stacks.len();
                    }
                }
                _ => tokens.skip_value(),
            }
        }
        if !tokens.is_broken() {
            ticks.push(tick);
        }
    }
}

fn read_stack<R: Read>(tokens: &mut JsonTokens<R>, stacks: &mut Vec<i32>) {
    let mut is_position = true;
    while tokens.next_item() {
        let number = tokens.word().and_then(integer);
        if is_position {
            stacks.push(number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1));
        }
        is_position = !is_position;
    }
}
