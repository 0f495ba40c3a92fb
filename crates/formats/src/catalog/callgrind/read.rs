//! Reads the lines of a file into a graph of calls for each thread.
//!
//! Names may be written once and then told by number, positions as differences from the line before, and costs too
//! (which Callgrind does not, but other writers do). A called function's file and object are those of the caller unless
//! said, for that one function. Jumps are gone past. Parts of one thread are added up.

use super::graph::{Costs, Function, FunctionId, Graph, MOST_EVENTS, Place, TextId, Texts};
use super::stacks::{Scale, Stacks};
use super::{CREATOR, ROOT};
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::notes::Notes;
use fathom_model::{Issue, Recording, Signal, Unit};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Bytes of a line that are kept; names of C++ functions have some thousand.
const MAX_LINE_BYTES: usize = 64 << 10;
/// Subpositions of a line: instruction, basic block, line.
const MOST_POSITIONS: usize = 4;

/// Reads a file.
pub(super) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut reader = Reader {
        builder: RecordingBuilder::new("callgrind", input.limits()),
        notes: Notes::new("callgrind file"),
        texts: Texts::default(),
        numbered: HashMap::new(),
        head: Head::default(),
        graphs: BTreeMap::new(),
        at: At::default(),
        events: vec![None],
        scales: Vec::new(),
        left: None,
    };
    // The empty text is number 0: what is not said.
    reader.texts.id("");
    let mut stream = input.stream();
    let mut offset = 0_u64;
    let mut line = Vec::new();
    loop {
        line.clear();
        let n = read_line(&mut stream, &mut line);
        if n == 0 {
            break;
        }
        if n > MAX_LINE_BYTES as u64 + 2 {
            reader.notes.at(offset, "line is too long and cut", || format!("{n} bytes"));
        }
        let text = String::from_utf8_lossy(&line);
        reader.line(text.trim_end(), offset);
        offset += n;
    }
    let mut issues = stream.issues();
    let (recording, more) = reader.finish();
    issues.extend(more);
    (recording, issues)
}

/// A line without its end; how many bytes it had with it, kept or not.
fn read_line(stream: &mut impl BufRead, line: &mut Vec<u8>) -> u64 {
    let mut n = 0;
    // A stream has no errors.
    while let Ok(bytes) = stream.fill_buf() {
        if bytes.is_empty() {
            break;
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        let room = MAX_LINE_BYTES.saturating_sub(line.len());
        line.extend_from_slice(&bytes[..end.unwrap_or(bytes.len()).min(room)]);
        stream.consume(taken);
        n += taken as u64;
        if end.is_some() {
            break;
        }
    }
    n
}

/// Which numbers of names belong together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Named {
    Object,
    File,
    Function,
}

#[derive(Default)]
struct Head {
    creator: String,
    command: String,
    pid: i32,
    /// Whether positions are lines; files without lines have addresses.
    is_without_lines: bool,
    /// How many subpositions lines have, and which of them counts; none said is one, a line.
    n_positions: Option<usize>,
    counting: usize,
    /// What the file says that all costs add up to.
    total: Option<Costs>,
}

/// Where the reader is.
#[derive(Default)]
struct At {
    thread: i32,
    object: TextId,
    file: TextId,
    function: Option<FunctionId>,
    called_object: Option<TextId>,
    called_file: Option<TextId>,
    called: Option<FunctionId>,
    is_call: bool,
    positions: [u64; MOST_POSITIONS],
    costs: Vec<u64>,
}

struct Reader {
    builder: RecordingBuilder,
    notes: Notes,
    texts: Texts,
    numbered: HashMap<(Named, u64), TextId>,
    head: Head,
    /// By the number of the thread.
    graphs: BTreeMap<i32, Graph>,
    at: At,
    /// For each column of costs in the file, which of the kept ones it is.
    events: Vec<Option<usize>>,
    scales: Vec<Scale>,
    /// The first event that has no column.
    left: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str, offset: u64) {
        let Some(first) = line.trim_start().bytes().next() else { return };
        let line = line.trim_start();
        match first {
            b'#' => {}
            b'0'..=b'9' | b'+' | b'-' | b'*' => self.costs(line, offset),
            _ => {
                // A name may hold a colon: what comes first decides.
                let Some(at) = line.find(['=', ':']) else {
                    self.notes.at(offset, "line is neither costs nor a name nor of the head", String::new);
                    return;
                };
                let (key, text) = (&line[..at], line[at + 1..].trim());
                if line.as_bytes()[at] == b'=' {
                    self.name(key, text, offset);
                } else {
                    self.head(key, text, offset);
                }
            }
        }
    }

    fn head(&mut self, key: &str, text: &str, offset: u64) {
        match key {
            "creator" => self.head.creator = text.to_owned(),
            "cmd" => self.head.command = text.to_owned(),
            "pid" => self.head.pid = text.parse().unwrap_or(0),
            "part" => self.at = At { thread: self.at.thread, ..At::default() },
            "thread" => self.at = At { thread: text.parse().unwrap_or(0), ..At::default() },
            "positions" => {
                let names: Vec<&str> = text.split_whitespace().take(MOST_POSITIONS).collect();
                let line = names.iter().position(|name| *name == "line");
                self.head.is_without_lines = line.is_none();
                self.head.counting = line.unwrap_or(0);
                self.head.n_positions = Some(names.len());
            }
            "events" => self.events(text),
            "summary" | "totals" => {
                let mut found = Costs::default();
                for (number, event) in text.split_whitespace().zip(&self.events) {
                    if let (Some(event), Ok(cost)) = (event, number.parse()) {
                        found[*event] = cost;
                    }
                }
                // A part has a total and a summary, which are the same; several parts are not added up.
                let is_known = self.head.total.is_some_and(|total| total != found);
                self.head.total = if is_known { Some(Costs::default()) } else { Some(found) };
            }
            "version" if !text.starts_with('1') => {
                self.notes.at(offset, "version is not 1", || format!("`{text}`"));
            }
            // `desc`, `event` (long names and sums of others), and what later versions add.
            _ => {}
        }
    }

    fn events(&mut self, text: &str) {
        self.events.clear();
        for name in text.split_whitespace() {
            let (name, unit, factor) = event_of(name);
            let own = Signal::parse(name).filter(|_| self.head.creator.starts_with(CREATOR));
            let Some(signal) = own.or_else(|| self.builder.column(name, unit)) else {
                self.left.get_or_insert_with(|| name.to_owned());
                self.events.push(None);
                continue;
            };
            let is_count = own.map_or(unit, Signal::unit) == Unit::Count;
            let known = self.scales.iter().position(|scale| scale.signal == signal);
            let event = match known {
                Some(known) => Some(known),
                None if self.scales.len() < MOST_EVENTS => {
                    self.scales.push(Scale { signal, factor, is_count });
                    Some(self.scales.len() - 1)
                }
                None => None,
            };
            self.events.push(event);
        }
    }

    fn name(&mut self, key: &str, text: &str, offset: u64) {
        match key {
            "ob" => self.at.object = self.text(Named::Object, text, offset),
            "fl" | "fi" | "fe" => self.at.file = self.text(Named::File, text, offset),
            "fn" => {
                let name = self.text(Named::Function, text, offset);
                let function = Function { object: self.at.object, file: self.at.file, name };
                self.at.function = Some(self.graph().function(function));
            }
            "cob" => {
                self.at.called_object = Some(self.text(Named::Object, text, offset)).filter(|id| *id != 0)
            }
            "cfi" | "cfl" => {
                self.at.called_file = Some(self.text(Named::File, text, offset)).filter(|id| *id != 0);
            }
            "cfn" => {
                let name = self.text(Named::Function, text, offset);
                let object = self.at.called_object.take().unwrap_or(self.at.object);
                let file = self.at.called_file.take().unwrap_or(self.at.file);
                self.at.called = Some(self.graph().function(Function { object, file, name }));
            }
            "calls" => {
                self.at.is_call = self.at.called.is_some();
                if !self.at.is_call {
                    self.notes.at(offset, "calls of a function that is not named", String::new);
                }
            }
            // They may give numbers to names.
            "jfi" => drop(self.text(Named::File, text, offset)),
            "jfn" => drop(self.text(Named::Function, text, offset)),
            "jump" | "jcnd" | "rcalls" | "frfn" => {}
            _ => self.notes.at(offset, "line has a key that is not known", || format!("`{key}`")),
        }
    }

    fn graph(&mut self) -> &mut Graph {
        self.graphs.entry(self.at.thread).or_default()
    }

    /// `(12) name` names number 12, `(12)` is its name.
    fn text(&mut self, of: Named, text: &str, offset: u64) -> TextId {
        let number = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((number, name)) = number.and_then(|(number, name)| Some((number.parse().ok()?, name)))
        else {
            return self.texts.id(text);
        };
        let name = name.trim_start();
        if !name.is_empty() {
            let id = self.texts.id(name);
            self.numbered.insert((of, number), id);
            return id;
        }
        match self.numbered.get(&(of, number)) {
            Some(id) => *id,
            None => {
                self.notes.at(offset, "number without a name", || format!("({number})"));
                self.texts.id(text)
            }
        }
    }

    fn costs(&mut self, line: &str, offset: u64) {
        let mut words = line.split_ascii_whitespace();
        for at in 0..self.head.n_positions.unwrap_or(1) {
            let Some(found) = words.next().and_then(|word| number(word, self.at.positions[at])) else {
                self.notes.at(offset, "line has no position", || format!("`{}`", shown(line)));
                return;
            };
            self.at.positions[at] = found;
        }
        let mut costs = Costs::default();
        let mut raw = std::mem::take(&mut self.at.costs);
        raw.resize(self.events.len(), 0);
        let mut n = 0;
        for (before, event) in raw.iter_mut().zip(&self.events) {
            let Some(word) = words.next() else { break };
            n += 1;
            match number(word, *before) {
                Some(cost) => *before = cost,
                None => {
                    self.notes.at(offset, "cost is no number from 0 on", || format!("`{}`", shown(word)));
                    *before = 0;
                }
            }
            if let Some(event) = event {
                costs[*event] = *before;
            }
        }
        // Costs at the end that are not said are 0. A line without any belongs to a jump.
        if n > 0 {
            raw[n..].fill(0);
        }
        self.at.costs = raw;
        if words.next().is_some() {
            self.notes
                .at(offset, "line has more costs than there are events", || format!("`{}`", shown(line)));
        }
        let function = match self.at.function {
            Some(function) => function,
            None => {
                self.notes.at(offset, "costs of no function", String::new);
                let name = self.texts.id("???");
                let function = Function { object: self.at.object, file: self.at.file, name };
                self.graph().function(function)
            }
        };
        let place = Place { function, file: self.at.file, position: self.at.positions[self.head.counting] };
        match self.at.called.filter(|_| self.at.is_call) {
            Some(to) => {
                self.at.is_call = false;
                self.graph().add_call(place, to, &costs);
            }
            None if costs != Costs::default() => self.graph().add_line(place, &costs),
            None => {}
        }
    }

    fn finish(mut self) -> (Recording, Vec<Issue>) {
        let head = &self.head;
        let is_own = head.creator.starts_with(CREATOR);
        if !head.creator.is_empty() {
            self.builder.tool(head.creator.clone());
        }
        let program = head.command.split_whitespace().next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        let process = self.builder.process(head.pid, program);
        if let Some(left) = &self.left {
            self.notes.of(format!("`{left}` and the events behind it are left out, {MOST_EVENTS} are kept"));
        }
        let mut total = Costs::default();
        self.graphs.values().for_each(|graph| super::graph::add(&mut total, &graph.total()));
        if let Some(said) = head.total.filter(|said| *said != Costs::default() && *said != total) {
            let kept = self.scales.len();
            let (said, total) = (&said[..kept], &total[..kept]);
            self.notes.of(format!("it says that costs are {said:?} in all, but its lines have {total:?}"));
        }
        for (number, graph) in &self.graphs {
            let name = if *number == 0 { program.to_owned() } else { format!("{program} {number}") };
            let thread = self.builder.thread(process, *number, &name);
            let root = graph
                .functions
                .iter()
                .position(|function| is_own && self.texts.get(function.name) == ROOT)
                .map(|at| at as FunctionId);
            let mut stacks = Stacks {
                graph,
                texts: &self.texts,
                thread,
                has_lines: !head.is_without_lines,
                root,
                builder: &mut self.builder,
                notes: &mut self.notes,
                frames: HashMap::new(),
            };
            for (event, scale) in self.scales.iter().enumerate() {
                stacks.add(event, *scale);
            }
        }
        let (recording, more) = self.builder.finish(false);
        let mut issues = self.notes.finish();
        issues.extend(more);
        (recording, issues)
    }
}

/// `12`, `0x1f`, or a difference from the number before: `+3`, `-2`, `*`. `None` for what is none or below zero.
fn number(word: &str, before: u64) -> Option<u64> {
    let plain = |word: &str| match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    match word.as_bytes().first()? {
        b'*' => Some(before),
        b'+' => before.checked_add(plain(&word[1..])?),
        b'-' => before.checked_sub(plain(&word[1..])?),
        b'0'..=b'9' => plain(word),
        _ => None,
    }
}

/// Xdebug says units behind names: `Time_(10ns)` is `Time`, in tens of nanoseconds.
fn event_of(name: &str) -> (&str, Unit, u64) {
    let parts = name.split_once("_(").and_then(|(name, unit)| Some((name, unit.strip_suffix(')')?)));
    let Some((bare, unit)) = parts else { return (name, Unit::Count, 1) };
    match unit {
        "bytes" => (bare, Unit::Bytes, 1),
        "10ns" => (bare, Unit::Nanoseconds, 10),
        "ns" => (bare, Unit::Nanoseconds, 1),
        "us" | "µs" => (bare, Unit::Nanoseconds, 1_000),
        "ms" => (bare, Unit::Nanoseconds, 1_000_000),
        _ => (name, Unit::Count, 1),
    }
}

/// The start of a text, for a message.
fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(40)]
}
