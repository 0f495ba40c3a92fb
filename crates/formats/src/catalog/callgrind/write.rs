//! Writes the graph of calls that a recording's stacks make.
//!
//! Each stack counts every function once: a function that is in it again is taken as the first, with what it called
//! last. So the inclusive costs that `callgrind_annotate` prints are those of stacks. Outermost functions are called by
//! [`ROOT`], because its readers take a function that is called at all as one that is only called.

use super::{CREATOR, ROOT};
use crate::format::{OutputFile, WriteError, WriteOptions};
use crate::names::{NO_STACK, frame_name};
use fathom_model::{Meta, ProcessId, Recording, Signal, StackId, ThreadId, Unit};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// Object, file and name: numbers of texts from 1, 0 for none.
type Function = (u32, u32, u32);

/// Costs by signal of a function's line, and of the calls from it by the function called.
#[derive(Default)]
struct Costs {
    own: BTreeMap<u32, Vec<u64>>,
    calls: BTreeMap<(u32, usize), Vec<u64>>,
}

pub(super) fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signals = options.present_signals(recording)?;
    let mut writer = Writer::new(recording);
    let root = writer.function((0, 0, 0), ROOT);
    type Key = (Option<ProcessId>, Option<ThreadId>, Option<StackId>);
    let mut keys: HashMap<Key, usize> = HashMap::new();
    let mut sums: Vec<(Key, Vec<u64>)> = Vec::new();
    for sample in &recording.samples {
        let Some(at) = signals.iter().position(|signal| *signal == sample.signal) else { continue };
        let process = options.process_root.then_some(sample.process);
        let thread = options.thread_root.then_some(sample.thread);
        let key = (process, thread, sample.stack);
        let row = *keys.entry(key).or_insert_with(|| {
            sums.push((key, vec![0; signals.len()]));
            sums.len() - 1
        });
        // The format has no costs below zero.
        let value = u64::try_from(sample.value).unwrap_or(0);
        sums[row].1[at] = sums[row].1[at].saturating_add(value);
    }
    // What cost nothing would be a function without a line, which no reader keeps.
    for ((process, thread, stack), values) in sums.into_iter().filter(|(_, values)| is_some(values)) {
        let mut path: Vec<(usize, u32)> = vec![(root, 0)];
        if let Some(row) = process.and_then(|id| recording.processes.get(id.index())) {
            let name = format!("{} (process {})", row.name, row.pid);
            path.push((writer.function((0, 0, 0), &name), 0));
        }
        if let Some(row) = thread.and_then(|id| recording.threads.get(id.index())) {
            let name = format!("{} (thread {})", row.name, row.tid);
            path.push((writer.function((0, 0, 0), &name), 0));
        }
        writer.path(stack, &mut path);
        writer.add(&path, &values);
    }
    let mut text =
        format!("# callgrind format\nversion: 1\ncreator: {CREATOR} {}\n", recording.meta.fathom_version);
    if let Some(process) = recording.processes.first() {
        let _ = writeln!(text, "pid: {}\ncmd: {}", process.pid, cleaned(&process.name));
    }
    let names: Vec<String> = signals.iter().map(|signal| event_name(&recording.meta, *signal)).collect();
    let _ = writeln!(text, "positions: line\nevents: {}", names.join(" "));
    writer.body(&mut text, signals.len());
    Ok(vec![OutputFile { name: "callgrind.out".into(), bytes: text.into_bytes() }])
}

struct Writer<'a> {
    recording: &'a Recording,
    texts: Vec<String>,
    text_ids: HashMap<String, u32>,
    functions: Vec<Function>,
    function_ids: HashMap<Function, usize>,
    costs: Vec<Costs>,
    /// The function of each frame, once it is known.
    of_frames: Vec<Option<usize>>,
}

impl<'a> Writer<'a> {
    fn new(recording: &'a Recording) -> Self {
        Self {
            recording,
            texts: Vec::new(),
            text_ids: HashMap::new(),
            functions: Vec::new(),
            function_ids: HashMap::new(),
            costs: Vec::new(),
            of_frames: vec![None; recording.frames.len()],
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        let text = cleaned(text);
        if let Some(id) = self.text_ids.get(&text) {
            return *id;
        }
        self.texts.push(text.clone());
        let id = self.texts.len() as u32;
        self.text_ids.insert(text, id);
        id
    }

    fn function(&mut self, (object, file, _): Function, name: &str) -> usize {
        let function = (object, file, self.text(name));
        if let Some(id) = self.function_ids.get(&function) {
            return *id;
        }
        let id = self.functions.len();
        self.functions.push(function);
        self.costs.push(Costs::default());
        self.function_ids.insert(function, id);
        id
    }

    /// Appends the functions of a stack, outermost first, each once, with the line that it was left at.
    fn path(&mut self, stack: Option<StackId>, path: &mut Vec<(usize, u32)>) {
        let recording = self.recording;
        let Some(stack) = stack else {
            path.push((self.function((0, 0, 0), NO_STACK), 0));
            return;
        };
        let mut frames: Vec<_> = recording.stacks.frames(stack).collect();
        frames.reverse();
        for id in frames {
            let Some(frame) = recording.frames.get(id.index()) else { continue };
            let function = match self.of_frames[id.index()] {
                Some(function) => function,
                None => {
                    let module = frame.module.and_then(|id| recording.modules.get(id.index()));
                    let object = module.map_or(0, |module| self.text(&module.path));
                    let file = frame.file.as_deref().map_or(0, |file| self.text(file));
                    let made = self.function((object, file, 0), &frame_name(frame, &recording.modules));
                    self.of_frames[id.index()] = Some(made);
                    made
                }
            };
            if let Some(first) = path.iter().position(|(known, _)| *known == function) {
                path.truncate(first);
            }
            path.push((function, frame.line.unwrap_or(0)));
        }
    }

    fn add(&mut self, path: &[(usize, u32)], values: &[u64]) {
        let add = |sums: &mut Vec<u64>| {
            sums.resize(values.len(), 0);
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
        };
        for pair in path.windows(2) {
            let ((from, line), (to, _)) = (pair[0], pair[1]);
            add(self.costs[from].calls.entry((line, to)).or_default());
        }
        if let Some((function, line)) = path.last() {
            add(self.costs[*function].own.entry(*line).or_default());
        }
    }

    /// The functions by their names, the root first: equal graphs are written the same.
    fn body(&self, out: &mut String, n_signals: usize) {
        let text = |id: u32| id.checked_sub(1).map_or("", |at| self.texts[at as usize].as_str());
        let mut order: Vec<usize> = (1..self.functions.len()).collect();
        order.sort_by_cached_key(|function| {
            let (object, file, name) = self.functions[*function];
            (text(object), text(file), text(name))
        });
        order.insert(0, 0);
        let mut ranks = vec![0; order.len()];
        order.iter().enumerate().for_each(|(rank, function)| ranks[*function] = rank);
        let mut said = Said::default();
        let mut totals = vec![0_u64; n_signals];
        for function in order {
            let costs = &self.costs[function];
            out.push('\n');
            self.named(out, &mut said, ["ob", "fl", "fn"], self.functions[function]);
            for (line, values) in costs.own.iter().filter(|(_, values)| is_some(values)) {
                totals.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
                numbers(out, Some(*line), values);
            }
            let mut calls: Vec<_> = costs.calls.iter().filter(|(_, values)| is_some(values)).collect();
            calls.sort_by_key(|((line, called), _)| (*line, ranks[*called]));
            for ((line, called), values) in calls {
                self.named(out, &mut said, ["cob", "cfi", "cfn"], self.functions[*called]);
                // How often it was called is not known.
                out.push_str("calls=1 0\n");
                numbers(out, Some(*line), values);
            }
        }
        out.push_str("\ntotals:");
        numbers(out, None, &totals);
    }

    /// Names with numbers: each kind of name has its own.
    fn named(&self, out: &mut String, said: &mut Said, keys: [&str; 3], function: Function) {
        let ids = [function.0, function.1, function.2];
        for ((key, id), numbers) in keys.into_iter().zip(ids).zip(&mut said.numbers) {
            let known = numbers.len() + 1;
            let _ = match (id, numbers.get(&id)) {
                // Nothing for an object or a file would mean the one before.
                (0, _) => writeln!(out, "{key}=???"),
                (_, Some(number)) => writeln!(out, "{key}=({number})"),
                (_, None) => {
                    numbers.insert(id, known);
                    writeln!(out, "{key}=({known}) {}", self.texts[id as usize - 1])
                }
            };
        }
    }
}

/// The numbers of the names that are written: objects, files, functions.
#[derive(Default)]
struct Said {
    numbers: [HashMap<u32, usize>; 3],
}

fn is_some(values: &[u64]) -> bool {
    values.iter().any(|value| *value > 0)
}

/// What a signal's event is called, with its unit where a reader could not know it.
fn event_name(meta: &Meta, signal: Signal) -> String {
    let name = cleaned(meta.name_of(signal)).replace(' ', "_");
    match meta.unit_of(signal) {
        Unit::Nanoseconds if Signal::COLUMNS.contains(&signal) => format!("{name}_(ns)"),
        Unit::Bytes if Signal::COLUMNS.contains(&signal) => format!("{name}_(bytes)"),
        _ => name,
    }
}

fn numbers(out: &mut String, line: Option<u32>, values: &[u64]) {
    if let Some(line) = line {
        let _ = write!(out, "{line}");
    }
    for value in values {
        let _ = write!(out, " {value}");
    }
    out.push('\n');
}

/// Without what would end a line; a name that is nothing would be none.
fn cleaned(name: &str) -> String {
    let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let name = name.trim();
    if name.is_empty() { "???".into() } else { name.into() }
}
