//! A stretch of `perf script` text to rows: what one thread of the reader does.
//!
//! Text comes in pieces that end between samples. Stacks repeat, but rarely as a whole, as their innermost address
//! differs: callers are known by their text, and only the innermost frame is read each time.

use super::line::{self, FrameLine, Head};
use super::names;
use super::text_map::TextMap;
use crate::builder::RecordingBuilder;
use crate::input::Limits;
use fathom_model::{Frame, FrameId, Issue, ModuleId, Sample, StackId, ThreadId};
use memchr::memmem::Finder;

/// As many issues are listed; those beyond are counted.
const MOST_ISSUES: usize = 100;
/// What a row costs here and, later, as a sample.
const ROW_BYTES: u64 = (size_of::<Row>() + size_of::<Sample>()) as u64;

/// A sample, its event as a position in [`Part::events`].
pub(super) struct Row {
    pub(super) time_nanos: i64,
    pub(super) value: i64,
    pub(super) stack: Option<StackId>,
    pub(super) thread: ThreadId,
    pub(super) cpu: Option<u32>,
    pub(super) event: u32,
}

/// An event, and whether its samples tell their period.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct EventName {
    pub(super) name: String,
    pub(super) has_period: bool,
}

/// What was read of a stretch.
pub(super) struct Part {
    pub(super) builder: RecordingBuilder,
    pub(super) rows: Vec<Row>,
    pub(super) events: Vec<EventName>,
    pub(super) issues: Vec<Issue>,
    pub(super) n_more_issues: u64,
    pub(super) n_left_out: u64,
    pub(super) n_lost: u64,
    pub(super) has_times: bool,
    /// Whether samples tell the thread's number only.
    pub(super) lacks_pids: bool,
    most_bytes: u64,
    callers: TextMap<Option<StackId>>,
    functions: TextMap<FrameId>,
    modules: TextMap<Option<ModuleId>>,
    tasks: TextMap<ThreadId>,
    blank_line: Finder<'static>,
    frames: Vec<FrameId>,
    /// A sample whose stack is being read line by line, innermost frame first.
    open: Option<(Row, Vec<FrameId>)>,
}

impl Part {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            builder: RecordingBuilder::new("perf-script", limits),
            rows: Vec::new(),
            events: Vec::new(),
            issues: Vec::new(),
            n_more_issues: 0,
            n_left_out: 0,
            n_lost: 0,
            has_times: false,
            lacks_pids: false,
            most_bytes: limits.model_bytes,
            callers: TextMap::new(),
            functions: TextMap::new(),
            modules: TextMap::new(),
            tasks: TextMap::new(),
            blank_line: Finder::new(b"\n\n"),
            frames: Vec::new(),
            open: None,
        }
    }

    /// Reads text that ends behind a blank line or at the end of the file. `offset` is its place in the file.
    pub(super) fn samples(&mut self, text: &[u8], offset: u64) {
        let mut at = 0;
        while at < text.len() {
            let end = self.blank_line.find(&text[at..]).map_or(text.len(), |length| at + length + 1);
            let block = &text[at..end];
            if self.open.is_some() || !self.block(block) {
                self.lines(block, offset + at as u64);
                self.close();
            }
            at = (end + 1).min(text.len());
        }
    }

    /// A sample as it usually stands there: its head, and frames up to the blank line. Anything else is left alone.
    fn block(&mut self, block: &[u8]) -> bool {
        let Some(end) = memchr::memchr(b'\n', block) else { return false };
        let (first, stack) = (&block[..end], &block[end + 1..]);
        if !stack.starts_with(b"\t") || matches!(first.first(), None | Some(b'#' | b'\t')) {
            return false;
        }
        let Some(head) = line::head(first).filter(|head| head.rest.is_empty()) else { return false };
        if self.is_full() {
            self.n_left_out += 1;
            return true;
        }
        let Some(stack) = self.stack(stack) else { return false };
        let row = self.row(&head);
        self.rows.push(Row { stack, ..row });
        true
    }

    /// The stack of these lines; `None` if one of them is no frame.
    fn stack(&mut self, text: &[u8]) -> Option<Option<StackId>> {
        let mut end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
        if text[end..].starts_with(b"  ") {
            end += memchr::memchr(b'\n', &text[end..]).map_or(text.len() - end, |at| at + 1);
        }
        let (innermost, callers) = text.split_at(end);
        let mut frames = std::mem::take(&mut self.frames);
        frames.clear();
        let stack = self.innermost_on_callers(innermost, callers, &mut frames);
        self.frames = frames;
        stack
    }

    fn innermost_on_callers(
        &mut self,
        innermost: &[u8],
        callers: &[u8],
        frames: &mut Vec<FrameId>,
    ) -> Option<Option<StackId>> {
        let key = self.callers.key(callers);
        let caller = match self.callers.get(key) {
            Some(stack) => stack,
            None => {
                if !self.frames_of(callers, frames) {
                    return None;
                }
                let stack = self.intern(frames);
                self.callers.insert(key, stack);
                stack
            }
        };
        frames.clear();
        if !self.frames_of(innermost, frames) {
            return None;
        }
        Some(frames.iter().rev().fold(caller, |caller, frame| Some(self.builder.stack(caller, *frame))))
    }

    fn intern(&mut self, innermost_first: &[FrameId]) -> Option<StackId> {
        innermost_first.iter().rev().fold(None, |caller, frame| Some(self.builder.stack(caller, *frame)))
    }

    /// Reads lines of frames and of their places in the source; false if one is neither.
    fn frames_of(&mut self, text: &[u8], frames: &mut Vec<FrameId>) -> bool {
        let mut lines = Lines { text }.peekable();
        while let Some(line) = lines.next() {
            if !line.starts_with(b"\t") {
                return false;
            }
            let Some(frame) = line::frame(line) else { return false };
            let source = lines.peek().and_then(|next| line::source_line(next));
            if source.is_some() {
                lines.next();
            }
            frames.push(self.frame(&frame, source));
        }
        true
    }

    /// Reads line by line whatever stands there.
    pub(super) fn lines(&mut self, text: &[u8], offset: u64) {
        let mut lines = Lines { text }.peekable();
        let start = text.as_ptr() as usize;
        while let Some(line) = lines.next() {
            let at = offset + (line.as_ptr() as usize - start) as u64;
            if line.trim_ascii().is_empty() {
                self.close();
            } else if let Some(comment) = line.strip_prefix(b"#") {
                self.close();
                super::comment::comment(&mut self.builder, &String::from_utf8_lossy(comment));
            } else if line.starts_with(b"\t") {
                let source = lines.peek().and_then(|next| line::source_line(next));
                if source.is_some() {
                    lines.next();
                }
                self.frame_line(line, source, at);
            } else {
                self.head_line(line, at);
            }
        }
    }

    fn head_line(&mut self, line: &[u8], at: u64) {
        let Some(head) = line::head(line) else {
            // Editors make blanks of tabs.
            if self.open.is_some() && line.starts_with(b" ") && line::frame(line).is_some() {
                return self.frame_line(line, None, at);
            }
            self.close();
            return self.wrong(at, "line is neither a sample nor a frame", line);
        };
        self.close();
        if let Some(record) = head.rest.strip_prefix(b"PERF_RECORD_LOST") {
            let digits = record.rsplit(|byte| !byte.is_ascii_digit()).find(|word| !word.is_empty());
            let lost = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
            self.n_lost = self.n_lost.saturating_add(lost.unwrap_or(1));
        }
        if head.rest.starts_with(b"PERF_RECORD_") {
            return;
        }
        if self.is_full() {
            self.n_left_out += 1;
            return;
        }
        let row = self.row(&head);
        let frame = line::frame(head.rest).filter(|frame| frame.module.is_some() || !frame.symbol.is_empty());
        let frames = frame.map(|frame| self.frame(&frame, None)).into_iter().collect();
        self.open = Some((row, frames));
    }

    fn frame_line(&mut self, line: &[u8], source: Option<(&[u8], u32, bool)>, at: u64) {
        let Some(frame) = line::frame(line) else {
            return self.wrong(at, "line of a stack has no address", line);
        };
        if self.is_full() {
            return;
        }
        let id = self.frame(&frame, source);
        if self.open.is_none() {
            // `-F ip,sym`: nothing but stacks.
            let row = self.row(&Head::default());
            self.open = Some((row, Vec::new()));
        }
        if let Some((_, frames)) = &mut self.open {
            frames.push(id);
        }
    }

    /// Ends the sample that is read line by line.
    pub(super) fn close(&mut self) {
        if let Some((row, frames)) = self.open.take() {
            let stack = self.intern(&frames);
            self.rows.push(Row { stack, ..row });
        }
    }

    fn row(&mut self, head: &Head<'_>) -> Row {
        self.has_times |= head.time_nanos.is_some();
        Row {
            // A line that is cut or damaged stays where it stands.
            time_nanos: head.time_nanos.or(self.rows.last().map(|row| row.time_nanos)).unwrap_or(0),
            value: head.period.unwrap_or(1),
            stack: None,
            thread: self.thread(head),
            cpu: head.cpu,
            event: self.event(head),
        }
    }

    fn event(&mut self, head: &Head<'_>) -> u32 {
        let has_period = head.period.is_some();
        let is_known =
            |event: &EventName| event.name.as_bytes() == head.event && event.has_period == has_period;
        let at = self.events.iter().position(is_known).unwrap_or_else(|| {
            let name = String::from_utf8_lossy(head.event).into_owned();
            let event = EventName { name, has_period };
            // Names that are not UTF-8 are known by what is made of them.
            let at = self.events.iter().position(|known| *known == event);
            at.unwrap_or_else(|| {
                self.events.push(event);
                self.events.len() - 1
            })
        });
        at as u32
    }

    fn thread(&mut self, head: &Head<'_>) -> ThreadId {
        let key = self.tasks.key(head.task);
        if let Some(thread) = self.tasks.get(key) {
            return thread;
        }
        self.lacks_pids |= head.pid.is_none();
        let name = String::from_utf8_lossy(head.name);
        let tid = head.tid.unwrap_or(0);
        let process = self.builder.process(head.pid.unwrap_or(tid), &name);
        let thread = self.builder.thread(process, tid, &name);
        self.tasks.insert(key, thread);
        thread
    }

    fn frame(&mut self, frame: &FrameLine<'_>, source: Option<(&[u8], u32, bool)>) -> FrameId {
        let is_inlined = frame.is_inlined || source.is_some_and(|(_, _, is_inlined)| is_inlined);
        let is_nameless = frame.symbol.is_empty() && frame.module.is_none();
        let kernel = names::frame_kind(None, frame.address);
        let (file, line, _) = source.unwrap_or_default();
        // Addresses tell frames apart only where nothing else does.
        let mark =
            if is_nameless { frame.address } else { u64::from(kernel == fathom_model::FrameKind::Kernel) };
        let numbers = [u8::from(is_inlined), u8::from(frame.module.is_some()), u8::from(is_nameless)];
        let module_name = frame.module.unwrap_or_default();
        let parts = [frame.symbol, module_name, file, &line.to_le_bytes(), &numbers];
        let key = self.functions.key_of(&parts, mark);
        if let Some(id) = self.functions.get(key) {
            return id;
        }
        let module = self.module(module_name);
        let row = module.and_then(|id| self.builder.recording().modules.get(id.index()));
        let symbol = Some(frame.symbol).filter(|symbol| !symbol.is_empty() && *symbol != b"[unknown]");
        let id = self.builder.frame(Frame {
            function: symbol.map(|symbol| String::from_utf8_lossy(symbol).into_owned()),
            function_start_line: None,
            file: (!file.is_empty()).then(|| String::from_utf8_lossy(file).into_owned()),
            line: (line > 0).then_some(line),
            column: None,
            module,
            relative_address: is_nameless.then_some(frame.address),
            runtime: None,
            kind: names::frame_kind(row, frame.address),
            inlined: is_inlined,
        });
        self.functions.insert(key, id);
        id
    }

    fn module(&mut self, name: &[u8]) -> Option<ModuleId> {
        let key = self.modules.key(name);
        if let Some(id) = self.modules.get(key) {
            return id;
        }
        let id = names::module(&String::from_utf8_lossy(name)).map(|module| self.builder.module(module));
        self.modules.insert(key, id);
        id
    }

    /// Whether the tables, and the rows that will become one of them, have taken the memory they may.
    fn is_full(&self) -> bool {
        self.builder.bytes() + self.rows.len() as u64 * ROW_BYTES > self.most_bytes
    }

    pub(super) fn wrong(&mut self, at: u64, what: &str, line: &[u8]) {
        if self.issues.len() == MOST_ISSUES {
            self.n_more_issues += 1;
            return;
        }
        let begin = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
        self.issues.push(Issue::at("file", at, format!("{what}: `{}`", begin.trim_end())));
    }
}

/// Lines without their ends.
struct Lines<'a> {
    text: &'a [u8],
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.text.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.text).unwrap_or(self.text.len());
        let line = &self.text[..end];
        self.text = self.text.get(end + 1..).unwrap_or_default();
        Some(line)
    }
}
