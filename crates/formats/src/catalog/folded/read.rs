//! Reads folded stacks: in parts side by side where the file is large, names and stacks kept once.
//!
//! A line without a weight is an issue, unless it is empty or a comment (`# ...`, `// ...`). Weights may have decimals, which
//! are rounded. UTF-16 is recognised by its mark.

use super::FORMAT;
use crate::builder::RecordingBuilder;
use crate::input::{Compression, Input};
use crate::lines::{LONGEST_LINE_BYTES, Part, for_each_line, parts};
use crate::names::NO_STACK;
use fathom_model::{Frame, FrameKind, Issue, Recording, Signal, StackId};
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

/// Files below this are read by one thread: a second one has to find out what is equal in both halves.
const PARALLEL_BYTES: u64 = 16 << 20;
/// Lines without a weight that are named one by one.
const MOST_LINES_NAMED: usize = 20;
/// Stands for a name that is empty.
const EMPTY: &str = "(empty)";

/// Reads a file.
pub(super) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut issues = Vec::new();
    let encoding = Utf16::of(&input.head(2));
    let is_large = input.length() >= PARALLEL_BYTES && input.limits().threads > 1;
    let sums = if input.compression() == Compression::None && encoding.is_none() && is_large {
        read_parts(input)
    } else {
        let mut stream = input.stream();
        let mut sums = Sums::new(input);
        match encoding {
            Some(encoding) => sums.read(&mut Transcoded::new(&mut stream, encoding), 0),
            None => sums.read(&mut stream, 0),
        }
        issues.extend(stream.issues());
        sums
    };
    let (recording, more) = sums.finish();
    issues.extend(more);
    (recording, issues)
}

/// Every thread reads a part of its own; what they found is put together behind.
fn read_parts(input: &Input<'_>) -> Sums {
    let ranges = parts(input, input.limits().threads, b"\n");
    let done = AtomicU64::new(0);
    let tell = |n: u64| input.tell(done.fetch_add(n, Ordering::Relaxed) + n);
    let (bytes, limits) = (input.bytes(), input.limits());
    let results: Vec<Sums> = std::thread::scope(|scope| {
        let tell = &tell;
        let read = |range: std::ops::Range<u64>| {
            scope.spawn(move || {
                let mut sums = Sums::with_limits(limits);
                sums.read(&mut Part::new(bytes, range.clone(), tell), range.start);
                sums
            })
        };
        let threads: Vec<_> = ranges.into_iter().map(read).collect();
        // A panic of a reader is one here.
        threads.into_iter().map(|thread| thread.join().expect("a reader of lines does not panic")).collect()
    });
    let mut results = results.into_iter();
    let mut all = results.next().unwrap_or_else(|| Sums::new(input));
    results.for_each(|part| all.absorb(part));
    all
}

/// Values by stack.
struct Sums {
    builder: RecordingBuilder,
    /// Value of every stack, by its id.
    values: Vec<i64>,
    without_stack: i64,
    /// The line before: its stack's text, and where in it each frame ends, with the stack up to there. Most lines
    /// begin as the one before does.
    line: Vec<u8>,
    frames: Vec<(usize, StackId)>,
    issues: Vec<Issue>,
    n_bad_lines: u64,
    n_lines: u64,
    is_full: bool,
}

impl Sums {
    fn new(input: &Input<'_>) -> Self {
        Self::with_limits(input.limits())
    }

    fn with_limits(limits: crate::input::Limits) -> Self {
        Self {
            builder: RecordingBuilder::new(FORMAT.name, limits),
            values: Vec::new(),
            without_stack: 0,
            line: Vec::new(),
            frames: Vec::new(),
            issues: Vec::new(),
            n_bad_lines: 0,
            n_lines: 0,
            is_full: false,
        }
    }

    fn read(&mut self, reader: &mut dyn Read, start: u64) {
        let cut = for_each_line(reader, start, &mut |offset, line| self.take(offset, line));
        for offset in cut {
            let what = format!("the line is longer than {LONGEST_LINE_BYTES} bytes and is cut");
            self.issues.push(Issue::at(FORMAT.name, offset, what));
        }
    }

    fn take(&mut self, offset: u64, line: &[u8]) {
        if is_comment(line) {
            return;
        }
        let Some((stack, weight)) = split(line) else {
            if !line.trim_ascii().is_empty() {
                self.bad_line(offset, line);
            }
            return;
        };
        self.n_lines += 1;
        if stack == NO_STACK.as_bytes() {
            self.without_stack = self.without_stack.saturating_add(weight);
            return;
        }
        // Each stack may become a sample at the end.
        if self.builder.is_full_with(self.values.len()) {
            self.is_full = true;
            return;
        }
        let id = self.stack(stack);
        if self.values.len() <= id.index() {
            self.values.resize(id.index() + 1, 0);
        }
        let value = &mut self.values[id.index()];
        *value = value.saturating_add(weight);
    }

    fn bad_line(&mut self, offset: u64, line: &[u8]) {
        self.n_bad_lines += 1;
        if self.issues.len() < MOST_LINES_NAMED {
            let shown = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
            let what = format!("the line ends with no weight: `{shown}`; needed is `a;b;c 12`");
            self.issues.push(Issue::at(FORMAT.name, offset, what));
        }
    }

    /// The stack of a text. What is equal with the line before up to an end of a frame is not looked up again.
    fn stack(&mut self, text: &[u8]) -> StackId {
        let same = equal_bytes(&self.line, text);
        let ends_here = |end: usize| end < same && text[end] == b';' || end == text.len() && end <= same;
        let kept = self.frames.iter().take_while(|(end, _)| *end <= same && ends_here(*end)).count();
        self.frames.truncate(kept);
        let (mut begin, mut caller) = match self.frames.last() {
            Some((end, stack)) => (end + 1, Some(*stack)),
            None => (0, None),
        };
        while begin <= text.len() {
            let end = memchr::memchr(b';', &text[begin..]).map_or(text.len(), |length| begin + length);
            let frame = self.frame(&text[begin..end]);
            let stack = self.builder.stack(caller, frame);
            self.frames.push((end, stack));
            caller = Some(stack);
            begin = end + 1;
        }
        self.line.clear();
        self.line.extend_from_slice(text);
        self.frames.last().map(|(_, stack)| *stack).expect("a text has a first frame, if an empty one")
    }

    fn frame(&mut self, name: &[u8]) -> fathom_model::FrameId {
        let name = String::from_utf8_lossy(name);
        let name = if name.is_empty() { EMPTY } else { &*name };
        match kind_of(name) {
            FrameKind::Unknown => self.builder.named_frame(name),
            kind => self.builder.frame(Frame::named(name, kind)),
        }
    }

    fn absorb(&mut self, other: Self) {
        self.without_stack = self.without_stack.saturating_add(other.without_stack);
        self.n_bad_lines += other.n_bad_lines;
        self.n_lines += other.n_lines;
        self.is_full |= other.is_full;
        self.issues.extend(other.issues);
        let ids = self.builder.adopt_stacks(other.builder.recording());
        for (at, value) in other.values.iter().enumerate().filter(|(_, value)| **value != 0) {
            let Some(id) = ids[at] else {
                self.is_full = true;
                continue;
            };
            if self.values.len() <= id.index() {
                self.values.resize(id.index() + 1, 0);
            }
            let sum = &mut self.values[id.index()];
            *sum = sum.saturating_add(*value);
        }
    }

    fn finish(mut self) -> (Recording, Vec<Issue>) {
        let mut issues = std::mem::take(&mut self.issues);
        if self.n_bad_lines as usize > issues.len() {
            issues.push(Issue::of(FORMAT.name, format!("{} lines in all have no weight", self.n_bad_lines)));
        }
        if self.is_full {
            let what = "its stacks do not fit into the memory that reading may take; some are left out";
            issues.push(Issue::of(FORMAT.name, what));
        }
        if self.n_lines == 0 {
            let (recording, _) = self.builder.finish(false);
            issues.insert(
                0,
                Issue::of(FORMAT.name, "no line ends with a weight; needed are lines like `a;b;c 12`"),
            );
            return (recording, issues);
        }
        let thread = self.builder.only_thread("program");
        let n_of = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
        if self.without_stack != 0 {
            self.builder.sum(Signal::Samples, thread, None, self.without_stack, n_of(self.without_stack));
        }
        for (at, value) in self.values.iter().enumerate().filter(|(_, value)| **value != 0) {
            self.builder.sum(Signal::Samples, thread, Some(StackId::from_index(at)), *value, n_of(*value));
        }
        let (recording, more) = self.builder.finish(false);
        issues.extend(more);
        (recording, issues)
    }
}

/// Marks behind names that stack scripts and async-profiler write.
fn kind_of(name: &str) -> FrameKind {
    match name.strip_suffix(']').and_then(|rest| rest.get(rest.len().saturating_sub(3)..)) {
        Some("_[k") => FrameKind::Kernel,
        Some("_[j" | "_[1" | "_[0") => FrameKind::Jit,
        _ => FrameKind::Unknown,
    }
}

/// `# ...` and `// ...`.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"# ") || line.starts_with(b"// ") || line == b"#" || line == b"//"
}

/// The stack and its weight, which stands behind the last blank.
pub(super) fn split(line: &[u8]) -> Option<(&[u8], i64)> {
    let line = line.trim_ascii_end();
    let blank = memchr::memrchr2(b' ', b'\t', line)?;
    let weight = &line[blank + 1..];
    let stack = line[..blank].trim_ascii_end();
    if stack.is_empty() {
        return None;
    }
    Some((stack, number(weight)?))
}

fn number(text: &[u8]) -> Option<i64> {
    if !text.is_empty() && text.len() <= 18 && text.iter().all(u8::is_ascii_digit) {
        return Some(text.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')));
    }
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    // `inf` and `NaN` are numbers to Rust, and names of functions to everybody else.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b".-+eE".contains(&byte)) {
        return None;
    }
    let number = text.parse::<f64>().ok()?;
    (number.abs() < 9e18).then(|| number.round() as i64)
}

/// How many first bytes are the same.
fn equal_bytes(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 16;
    let n = a.len().min(b.len());
    let mut at = 0;
    while at + STEP <= n && a[at..at + STEP] == b[at..at + STEP] {
        at += STEP;
    }
    at + a[at..n].iter().zip(&b[at..n]).take_while(|(a, b)| a == b).count()
}

/// Which half of two bytes comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Utf16 {
    Little,
    Big,
}

impl Utf16 {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            _ => None,
        }
    }
}

/// UTF-16 as UTF-8. Offsets of issues are those in UTF-8.
struct Transcoded<'r> {
    reader: &'r mut dyn Read,
    encoding: Utf16,
    /// A unit's first byte, and a first surrogate.
    odd: Option<u8>,
    surrogate: Option<u16>,
    ready: Vec<u8>,
    at: usize,
}

impl<'r> Transcoded<'r> {
    fn new(reader: &'r mut dyn Read, encoding: Utf16) -> Self {
        Self { reader, encoding, odd: None, surrogate: None, ready: Vec::new(), at: 0 }
    }

    fn refill(&mut self) -> std::io::Result<bool> {
        let mut block = [0; 8192];
        let n = self.reader.read(&mut block)?;
        let bytes = self.odd.take().into_iter().chain(block[..n].iter().copied()).collect::<Vec<u8>>();
        let (units, rest) = bytes.as_chunks::<2>();
        self.odd = rest.first().copied();
        let unit = |pair: &[u8; 2]| match self.encoding {
            Utf16::Little => u16::from_le_bytes(*pair),
            Utf16::Big => u16::from_be_bytes(*pair),
        };
        let mut units: Vec<u16> = self.surrogate.take().into_iter().chain(units.iter().map(unit)).collect();
        if n > 0 && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            self.surrogate = units.pop();
        }
        let text: String = char::decode_utf16(units)
            .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
            .filter(|decoded| *decoded != '\u{feff}')
            .collect();
        self.ready = text.into_bytes();
        self.at = 0;
        Ok(n > 0)
    }
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.ready.len() {
            if !self.refill()? && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let n = buffer.len().min(self.ready.len() - self.at);
        buffer[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
