//! What a trace says, gathered while it is read: spans by thread, names, profiles. Counters go straight to the recording.

use super::event::{TraceEvent, Word};
use super::spans::SpanEvent;
use super::{FORMAT, UNNAMED};
use crate::builder::RecordingBuilder;
use crate::catalog::cpuprofile::Told;
use crate::input::Limits;
use crate::json::{JsonTokens, Token};
use fathom_model::{FrameKind, Issue, ProcessId};
use hashbrown::{DefaultHashBuilder, HashMap};
use std::collections::BTreeMap;
use std::io::Read;

/// Numbers of processes that are told by a text are made up from here on down.
const MADE_UP_PID: i32 = -1_000;

/// What of an event tells a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct SpanFrame {
    pub(super) name: u32,
    pub(super) url: Option<u32>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) function_line: Option<u32>,
    pub(super) kind: Option<FrameKind>,
}

/// What happened in one thread.
#[derive(Default)]
pub(super) struct Track {
    pub(super) spans: Vec<SpanEvent>,
    /// Moments and their names.
    pub(super) moments: Vec<(i64, u32)>,
    /// Samples with the position of their frame.
    pub(super) samples: Vec<(i64, u32)>,
    /// Parts of CPU profiles that are of this thread, by the time they were written.
    pub(super) profiles: Vec<Vec<(i64, Told)>>,
}

/// A frame of the table of stacks: its caller's number as it is written.
#[derive(Default)]
pub(super) struct StackFrame {
    pub(super) name: String,
    pub(super) category: String,
    pub(super) parent: Option<u32>,
}

/// A trace while it is read.
pub(super) struct TraceFile {
    pub(super) has_events: bool,
    pub(super) builder: RecordingBuilder,
    pub(super) names: Vec<String>,
    pub(super) name_numbers: HashMap<String, u32>,
    pub(super) frames: Vec<SpanFrame>,
    pub(super) frame_numbers: HashMap<SpanFrame, u32>,
    pub(super) tracks: Vec<((Word, Word), Track)>,
    pub(super) track_numbers: HashMap<(Word, Word), usize>,
    pub(super) thread_names: HashMap<(Word, Word), String>,
    pub(super) made_up: HashMap<String, i32>,
    /// The thread and the position of a profile by its process and number.
    pub(super) profiles: HashMap<(Word, String), (usize, usize)>,
    pub(super) stack_frames: Vec<StackFrame>,
    pub(super) stack_numbers: HashMap<String, u32>,
    /// The signal and its unit that Fathom wrote.
    pub(super) written: [Option<String>; 2],
    pub(super) hasher: DefaultHashBuilder,
    pub(super) bytes: u64,
    pub(super) most_bytes: u64,
    pub(super) n_left_out: u64,
    pub(super) n_wrong: u64,
    pub(super) n_without_time: u64,
    pub(super) n_negative: u64,
    pub(super) others: BTreeMap<char, u64>,
}

impl TraceFile {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            has_events: false,
            builder: RecordingBuilder::new(FORMAT.name, limits),
            names: Vec::new(),
            name_numbers: HashMap::new(),
            frames: Vec::new(),
            frame_numbers: HashMap::new(),
            tracks: Vec::new(),
            track_numbers: HashMap::new(),
            thread_names: HashMap::new(),
            made_up: HashMap::new(),
            profiles: HashMap::new(),
            stack_frames: Vec::new(),
            stack_numbers: HashMap::new(),
            written: [None, None],
            hasher: DefaultHashBuilder::default(),
            bytes: 0,
            most_bytes: limits.model_bytes,
            n_left_out: 0,
            n_wrong: 0,
            n_without_time: 0,
            n_negative: 0,
            others: BTreeMap::new(),
        }
    }

    /// Reads the object that holds the list of events.
    pub(super) fn read_members<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        while let Some(name) = tokens.next_key() {
            match name {
                "traceEvents" => {
                    if tokens.enter(Token::Array) {
                        self.read_events(tokens);
                    }
                }
                "samples" => {
                    if tokens.enter(Token::Array) {
                        self.read_samples(tokens);
                    }
                }
                "stackFrames" => self.read_stack_frames(tokens),
                "metadata" | "otherData" => self.read_metadata(tokens),
                _ => tokens.skip_value(),
            }
        }
    }

    /// Reads a list of events, which is open.
    pub(super) fn read_events<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        self.has_events = true;
        let mut event = TraceEvent::default();
        while tokens.next_item() {
            let token = tokens.token();
            if token == Token::Object {
                event.read(tokens, &self.hasher);
                // A cut event may have lost what matters most.
                if !tokens.is_broken() {
                    self.event(&mut event);
                }
            } else {
                tokens.skip(token);
                self.n_wrong += 1;
            }
        }
    }

    /// Samples beside the events, as Hermes writes them.
    fn read_samples<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        let mut event = TraceEvent::default();
        while tokens.next_item() {
            let token = tokens.token();
            if token != Token::Object {
                tokens.skip(token);
                self.n_wrong += 1;
                continue;
            }
            event.read(tokens, &self.hasher);
            if tokens.is_broken() {
                return;
            }
            let (Some(time), Some(stack)) = (event.time_nanos, event.stack.take()) else {
                self.n_without_time += 1;
                continue;
            };
            if self.takes(16) {
                let frame = self.stack_number(&stack);
                self.track(&event).samples.push((time, frame));
            }
        }
    }

    fn read_stack_frames<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        if !tokens.enter(Token::Object) {
            return;
        }
        while let Some(number) = tokens.next_key() {
            let at = self.stack_number(number);
            if !tokens.enter(Token::Object) {
                continue;
            }
            let mut frame = StackFrame::default();
            while let Some(name) = tokens.next_key() {
                match name {
                    "name" => frame.name = tokens.word().unwrap_or_default().to_owned(),
                    "category" => frame.category = tokens.word().unwrap_or_default().to_owned(),
                    "parent" => {
                        let parent = tokens.word().map(str::to_owned);
                        frame.parent = parent.map(|parent| self.stack_number(&parent));
                    }
                    _ => tokens.skip_value(),
                }
            }
            self.stack_frames[at as usize] = frame;
        }
    }

    fn read_metadata<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        if !tokens.enter(Token::Object) {
            return;
        }
        while let Some(name) = tokens.next_key() {
            match name {
                "product-version" | "source" | "tool" => {
                    if let Some(tool) = tokens.word().map(str::to_owned) {
                        self.builder.tool(tool);
                    }
                }
                "fathom-signal" => self.written[0] = tokens.word().map(str::to_owned),
                "fathom-unit" => self.written[1] = tokens.word().map(str::to_owned),
                _ => tokens.skip_value(),
            }
        }
    }

    /// Whether there is room for so many bytes more beside the recording.
    pub(super) fn takes(&mut self, bytes: u64) -> bool {
        let has_room = self.bytes + bytes <= self.most_bytes;
        self.bytes += if has_room { bytes } else { 0 };
        self.n_left_out += u64::from(!has_room);
        has_room
    }

    pub(super) fn name_number(&mut self, name: Option<&str>) -> u32 {
        let name = name.unwrap_or(UNNAMED);
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.bytes += 2 * name.len() as u64 + 96;
        self.names.push(name.to_owned());
        self.name_numbers.insert(name.to_owned(), number);
        number
    }

    pub(super) fn frame_number(&mut self, frame: SpanFrame) -> u32 {
        if let Some(number) = self.frame_numbers.get(&frame) {
            return *number;
        }
        let number = self.frames.len() as u32;
        self.bytes += 128;
        self.frames.push(frame.clone());
        self.frame_numbers.insert(frame, number);
        number
    }

    fn stack_number(&mut self, number: &str) -> u32 {
        if let Some(at) = self.stack_numbers.get(number) {
            return *at;
        }
        let at = self.stack_frames.len() as u32;
        self.stack_frames.push(StackFrame::default());
        self.stack_numbers.insert(number.to_owned(), at);
        at
    }

    pub(super) fn track(&mut self, event: &TraceEvent) -> &mut Track {
        let number = self.track_number(event);
        &mut self.tracks[number].1
    }

    pub(super) fn track_number(&mut self, event: &TraceEvent) -> usize {
        let key = (event.process.clone(), event.thread.clone());
        if let Some(number) = self.track_numbers.get(&key) {
            return *number;
        }
        let number = self.tracks.len();
        self.bytes += 256;
        self.tracks.push((key.clone(), Track::default()));
        self.track_numbers.insert(key, number);
        number
    }

    /// The row of a process; one that is told by a text gets a number of its own.
    pub(super) fn process(&mut self, word: &Word) -> ProcessId {
        let (pid, name) = match word {
            Word::Number(number) => match i32::try_from(*number) {
                Ok(pid) => (pid, String::new()),
                Err(_) => (0, number.to_string()),
            },
            Word::Text(text) => (0, text.clone()),
        };
        if name.is_empty() {
            return self.builder.process(pid, "");
        }
        let next = MADE_UP_PID.saturating_sub(i32::try_from(self.made_up.len()).unwrap_or(i32::MAX));
        let pid = *self.made_up.entry(name.clone()).or_insert(next);
        self.builder.process(pid, &name)
    }

    /// The recording of what was gathered.
    pub(super) fn finish(&mut self, issues: &mut Vec<Issue>) {
        let others: Vec<String> = self
            .others
            .iter()
            .map(|(phase, n)| format!("{n} of phase `{}`", phase.escape_default()))
            .collect();
        for (n, what) in [
            (self.n_left_out, format!("events are left out: they may take {} bytes", self.most_bytes)),
            (self.n_wrong, "items of the lists are not objects".to_owned()),
            (self.n_without_time, "events have no time, or samples no stack".to_owned()),
            (self.n_negative, "spans have a length below 0, which is taken as 0".to_owned()),
            (
                self.others.values().sum(),
                format!("events belong to no stack and are not read: {}", others.join(", ")),
            ),
        ] {
            if n > 0 {
                issues.push(Issue::of(FORMAT.name, format!("{n} {what}")));
            }
        }
    }
}
