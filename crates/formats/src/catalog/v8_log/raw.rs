//! The log as V8 writes it, a line at a time.

use super::FORMAT;
use super::code_map::{CodeMap, CodeName, Place};
use super::frames::{
    code_frame, collector_frame, is_bytecode_handler, is_collecting, labels, library_frame, thread_state,
    tier_of_mark, unknown_frame,
};
use super::line::{fields, number};
use crate::builder::RecordingBuilder;
use crate::input::Input;
use fathom_model::{FrameId, Issue, ProcessId, Recording, Sample, Signal, StackId, ThreadId};
use hashbrown::HashMap;
use std::io::BufRead;

/// Longest line that is looked at: sources of scripts are longer, ticks and names are not.
const MAX_LINE_BYTES: usize = 1 << 20;
/// V8 writes 64 frames of a tick at most.
const MAX_FRAMES: usize = 4_096;

/// What is read so far.
struct Log {
    builder: RecordingBuilder,
    thread: ThreadId,
    code: CodeMap,
    names: Vec<String>,
    name_numbers: HashMap<String, u32>,
    /// Frames of libraries.
    libraries: Vec<FrameId>,
    /// Frames of code; `None` for handlers of bytecodes.
    frames: HashMap<CodeName, Option<FrameId>>,
    last_micros: i64,
    n_ticks: u64,
    n_unknown_code: u64,
}

pub(super) fn read(input: &Input<'_>, issues: &mut Vec<Issue>) -> Recording {
    let mut builder = RecordingBuilder::new(FORMAT.name, input.limits());
    let thread = builder.only_thread("JavaScript");
    if let Some(process) = builder.tasks_mut().0.first_mut() {
        process.runtime = Some("node".to_owned());
    }
    let mut log = Log {
        builder,
        thread,
        code: CodeMap::default(),
        names: Vec::new(),
        name_numbers: HashMap::new(),
        libraries: Vec::new(),
        frames: HashMap::new(),
        last_micros: 0,
        n_ticks: 0,
        n_unknown_code: 0,
    };
    let mut stream = input.stream();
    let (mut offset, mut line) = (0_u64, Vec::new());
    let mut first_bad: Option<u64> = None;
    let mut n_bad = 0_u64;
    while let Some((length, is_whole)) = next_line(&mut stream, &mut line) {
        let text = String::from_utf8_lossy(&line);
        if !is_whole {
            // A cut number is another number.
            issues.push(Issue::at(FORMAT.name, offset, "the last line is cut and not read"));
        } else if log.take(&text).is_none() {
            first_bad = first_bad.or(Some(offset));
            n_bad += 1;
        }
        offset += length;
    }
    if let Some(at) = first_bad {
        let message = format!("{n_bad} lines are damaged, this is the first");
        issues.push(Issue::at(FORMAT.name, at, message));
    }
    if log.n_unknown_code > 0 {
        let n = log.n_unknown_code;
        issues.push(Issue::of(FORMAT.name, format!("{n} times code moved or went away that was not there")));
    }
    if log.n_ticks == 0 {
        issues.push(Issue::of(
            FORMAT.name,
            "it has no ticks: the program did not run with --prof, or not for long",
        ));
    }
    issues.extend(stream.issues());
    let (recording, more) = log.builder.finish(true);
    issues.extend(more);
    recording
}

/// Reads a line without its end: how long it is with it, and whether it has one. `None` at the end of the file.
fn next_line(stream: &mut impl BufRead, line: &mut Vec<u8>) -> Option<(u64, bool)> {
    line.clear();
    let mut length = 0_u64;
    loop {
        // Streams of inputs have no errors.
        let block = stream.fill_buf().ok()?;
        if block.is_empty() {
            return (length > 0).then_some((length, false));
        }
        let end = block.iter().position(|byte| *byte == b'\n');
        let part = &block[..end.unwrap_or(block.len())];
        let room = MAX_LINE_BYTES.saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let taken = part.len() + usize::from(end.is_some());
        length += taken as u64;
        stream.consume(taken);
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Some((length, true));
        }
    }
}

impl Log {
    /// Takes a line; `None` for one that is damaged. Those that say nothing of code or ticks are passed over.
    fn take(&mut self, line: &str) -> Option<()> {
        let command = line.split(',').next().unwrap_or_default();
        match command {
            "tick" | "shared-library" | "code-creation" | "code-move" | "code-delete" | "sfi-move"
            | "v8-version" => {}
            _ => return Some(()),
        }
        let fields = fields(line);
        let at = |position: usize| fields.get(position).and_then(|field| number(field));
        match command {
            "tick" => self.tick(&fields),
            "shared-library" => {
                let frame = library_frame(fields.get(1)?, &mut self.builder);
                self.code.libraries.add(at(2)?, at(3)?, self.libraries.len() as u32);
                self.libraries.push(frame);
                Some(())
            }
            "code-creation" => self.creation(&fields),
            "code-move" | "sfi-move" => {
                let was_there = self.code.move_entry(at(1)?, at(2)?);
                self.n_unknown_code += u64::from(!was_there && command == "code-move");
                Some(())
            }
            "code-delete" => {
                self.n_unknown_code += u64::from(!self.code.delete(at(1)?));
                Some(())
            }
            _ => {
                let version = fields.get(1..4)?.join(".");
                self.builder.tool(format!("V8 {version}"));
                Some(())
            }
        }
    }

    /// `code-creation,type,kind,time,start,size,name[,function,tier]`; before V8 5 without a time.
    fn creation(&mut self, fields: &[String]) -> Option<()> {
        let has_time = fields.get(3).is_some_and(|field| !field.starts_with("0x"));
        let fields_behind = fields.get(if has_time { 4 } else { 3 }..)?;
        let [start, size, name, function @ ..] = fields_behind else { return None };
        let (start, size) = (number(start)?, number(size)?);
        let code_type = self.name_number(fields.get(1)?);
        let name = self.name_number(name);
        match function {
            [address, tier, ..] if fields[1] != "RegExp" => {
                let tier = tier.bytes().next().unwrap_or_default();
                self.code.add_function_code(start, size, code_type, name, (number(address)?, tier));
            }
            _ => self.code.add_code(start, size, code_type, name),
        }
        Some(())
    }

    /// `tick,address,microseconds,is native callback,top of stack or callback,state[,caller ...]`
    fn tick(&mut self, fields: &[String]) -> Option<()> {
        let at = |position: usize| fields.get(position).and_then(|field| number(field));
        let (mut address, micros, is_callback) = (at(1)?, at(2)?, at(3)?);
        let (mut top, state) = (at(4)?, at(5)?);
        if is_callback != 0 {
            // The address may lie within the callback's own code, which would then seem to call itself.
            (address, top) = (top, 0);
        } else if top != 0 {
            // A function without a frame of its own yet is on top of the stack.
            let is_function = matches!(self.code.find(top), Some(Place::Code(code)) if code.tier.is_some());
            top = if is_function { top } else { 0 };
        }
        let mut addresses = vec![address];
        addresses.extend(Some(top).filter(|top| *top != 0));
        let mut before = address;
        for field in fields.get(6..).unwrap_or_default().iter().take(MAX_FRAMES) {
            let next = match field.as_bytes().first()? {
                b'+' => before.wrapping_add(hexadecimal(&field[1..])?),
                b'-' => before.wrapping_sub(hexadecimal(&field[1..])?),
                // `overflow`: there are more, which are not written.
                b'o' => continue,
                _ => {
                    addresses.push(number(field)?);
                    continue;
                }
            };
            before = next;
            addresses.push(next);
        }
        self.sample(&addresses, i64::try_from(micros).ok()?.min(i64::MAX / 1_000), state);
        Some(())
    }

    fn sample(&mut self, addresses: &[u64], micros: i64, state: u64) {
        let mut tier = None;
        let mut frames = Vec::with_capacity(addresses.len());
        for (position, address) in addresses.iter().enumerate() {
            let place = self.code.find(*address);
            if let (Some(Place::Code(code)), None) = (place, tier) {
                tier = code.tier.map(tier_of_mark);
            }
            match place {
                Some(place) => frames.extend(self.frame(place)),
                // Callers that are not known are left out, as V8's tools do it.
                None if position == 0 => frames.push(unknown_frame(&mut self.builder)),
                None => {}
            }
        }
        if is_collecting(state) {
            // What runs is the collector's; below it is what made the garbage.
            let position = frames.len().min(1);
            frames.insert(position, collector_frame(&mut self.builder));
        }
        let mut stack: Option<StackId> = None;
        for frame in frames.into_iter().rev() {
            stack = Some(self.builder.stack(stack, frame));
        }
        let labels = labels(state, tier.flatten(), &mut self.builder);
        // A tick stands for the time since the one before it.
        let last = self.last_micros.min(micros);
        self.n_ticks += 1;
        self.builder.sample(Sample {
            signal: Signal::ProgramWall,
            time_nanos: last * 1_000,
            process: ProcessId(0),
            thread: self.thread,
            cpu: None,
            stack,
            value: (micros - last) * 1_000,
            n: 1,
            state: thread_state(state),
            labels,
        });
        self.last_micros = micros.max(last);
    }

    fn frame(&mut self, place: Place) -> Option<FrameId> {
        let code = match place {
            Place::Library(library) => return self.libraries.get(library as usize).copied(),
            Place::Code(code) => code,
        };
        if let Some(known) = self.frames.get(&CodeName { tier: code.tier.map(|_| 0), ..code }) {
            return *known;
        }
        let text = |number: u32| self.names.get(number as usize).map_or("", String::as_str);
        let code_type = text(code.code_type);
        let frame = (!is_bytecode_handler(code_type))
            .then(|| code_frame(code_type, text(code.name), code.tier.is_some()))
            .map(|frame| self.builder.frame(frame));
        self.frames.insert(CodeName { tier: code.tier.map(|_| 0), ..code }, frame);
        frame
    }

    fn name_number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.name_numbers.insert(name.to_owned(), number);
        number
    }
}

/// Digits behind a sign, with or without `0x`.
fn hexadecimal(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits.strip_prefix("0x").unwrap_or(digits), 16).ok()
}
