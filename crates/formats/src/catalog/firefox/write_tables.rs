//! The tables of stacks and code of one thread, in the order of first use, each row once.

use crate::format::WriteOptions;
use crate::names::frame_name;
use fathom_model::{Frame, FrameKind, Module, ModuleId, Recording, Sample, StackId};
use std::collections::HashMap;

/// The front-end's columns of addresses have 32 bits.
const MOST_ADDRESS: u64 = u32::MAX as u64;

/// What all threads share.
pub(super) struct Shared<'a> {
    pub(super) recording: &'a Recording,
    pub(super) options: &'a WriteOptions,
    pub(super) strings: Rows,
    pub(super) libs: Rows,
}

/// Names and colours; a frame's category is its kind. The front-end wants one in grey, and takes the first for it.
pub(super) fn categories() -> impl Iterator<Item = (&'static str, &'static str)> {
    let color = |kind: FrameKind| match kind {
        FrameKind::User => "yellow",
        FrameKind::Library => "blue",
        FrameKind::Runtime => "purple",
        FrameKind::Gc => "orange",
        FrameKind::Jit => "magenta",
        FrameKind::Interpreter => "lightblue",
        FrameKind::Native => "green",
        FrameKind::Kernel => "red",
        FrameKind::Unknown => "grey",
    };
    let others = FrameKind::ALL.iter().filter(|kind| **kind != FrameKind::Unknown);
    std::iter::once(&FrameKind::Unknown).chain(others).map(move |kind| (kind.as_str(), color(*kind)))
}

/// Position of a kind's category.
pub(super) fn category(kind: FrameKind) -> usize {
    categories().position(|(name, _)| name == kind.as_str()).unwrap_or(0)
}

/// Distinct rows as JSON, with commas between them.
#[derive(Default)]
pub(super) struct Rows {
    numbers: HashMap<Vec<u8>, usize>,
    pub(super) bytes: Vec<u8>,
}

impl Rows {
    fn number(&mut self, row: Vec<u8>) -> usize {
        if let Some(number) = self.numbers.get(&row) {
            return *number;
        }
        let number = self.numbers.len();
        if number > 0 {
            self.bytes.push(b',');
        }
        self.bytes.extend_from_slice(&row);
        self.numbers.insert(row, number);
        number
    }

    pub(super) fn text(&mut self, value: &str) -> usize {
        let mut row = Vec::new();
        text(&mut row, value);
        self.number(row)
    }
}

/// A table's distinct rows: names of columns are known to whoever writes them.
#[derive(Default)]
struct Columns<const N: usize> {
    numbers: HashMap<[Option<i64>; N], usize>,
    rows: Vec<[Option<i64>; N]>,
}

impl<const N: usize> Columns<N> {
    fn number(&mut self, row: [Option<i64>; N]) -> usize {
        *self.numbers.entry(row).or_insert_with(|| {
            self.rows.push(row);
            self.rows.len() - 1
        })
    }

    fn write(&self, out: &mut Vec<u8>, table: &str, columns: [&str; N], fixed: &[(&str, &str)]) {
        put(out, &format!(",\"{table}\":{{\"length\":{}", self.rows.len()));
        for (at, name) in columns.iter().enumerate() {
            put(out, &format!(",\"{name}\":["));
            for (number, row) in self.rows.iter().enumerate() {
                put(out, if number > 0 { "," } else { "" });
                match row[at] {
                    Some(value) => put(out, &value.to_string()),
                    None => put(out, "null"),
                }
            }
            put(out, "]");
        }
        for (name, value) in fixed {
            put(out, &format!(",\"{name}\":["));
            let all = vec![*value; self.rows.len()].join(",");
            put(out, &all);
            put(out, "]");
        }
        put(out, "}");
    }
}

#[derive(Default)]
pub(super) struct ThreadTables {
    /// Prefix, frame.
    stacks: Columns<2>,
    /// Function, category, line, column, address, inline depth.
    frames: Columns<6>,
    /// Name, resource, file, line.
    functions: Columns<4>,
    /// Library, name.
    resources: Columns<2>,
    known: HashMap<(Option<usize>, StackId), usize>,
    known_frames: HashMap<u32, usize>,
    known_modules: HashMap<ModuleId, usize>,
}

impl ThreadTables {
    pub(super) fn stack_of_sample(&mut self, shared: &mut Shared<'_>, sample: &Sample) -> Option<usize> {
        let recording = shared.recording;
        let mut root = None;
        if let Some(process) =
            recording.processes.get(sample.process.index()).filter(|_| shared.options.process_root)
        {
            root = Some(self.root(shared, root, &format!("{} (process {})", process.name, process.pid)));
        }
        if let Some(thread) =
            recording.threads.get(sample.thread.index()).filter(|_| shared.options.thread_root)
        {
            root = Some(self.root(shared, root, &format!("{} (thread {})", thread.name, thread.tid)));
        }
        match sample.stack {
            Some(stack) => self.stack(shared, root, stack),
            None => root,
        }
    }

    /// The row of a stack of the recording, on top of `root`.
    pub(super) fn stack(
        &mut self,
        shared: &mut Shared<'_>,
        root: Option<usize>,
        stack: StackId,
    ) -> Option<usize> {
        let recording = shared.recording;
        let mut path = Vec::new();
        let mut next = Some(stack);
        let mut row = root;
        while let Some(id) = next {
            if let Some(known) = self.known.get(&(root, id)) {
                row = Some(*known);
                break;
            }
            let Some(node) = recording.stacks.get(id) else { break };
            path.push((id, node.frame));
            next = node.parent.filter(|parent| *parent < id);
        }
        for (id, frame) in path.into_iter().rev() {
            let frame = match self.known_frames.get(&frame.0) {
                Some(known) => *known,
                None => {
                    let unknown = Frame { function: None, ..Frame::named("", FrameKind::Unknown) };
                    let number = self.frame(shared, recording.frames.get(frame.index()).unwrap_or(&unknown));
                    self.known_frames.insert(frame.0, number);
                    number
                }
            };
            let number = self.stacks.number([row.map(|row| row as i64), Some(frame as i64)]);
            self.known.insert((root, id), number);
            row = Some(number);
        }
        row
    }

    fn root(&mut self, shared: &mut Shared<'_>, below: Option<usize>, name: &str) -> usize {
        let frame = self.frame(shared, &Frame::named(name, FrameKind::Unknown));
        self.stacks.number([below.map(|row| row as i64), Some(frame as i64)])
    }

    fn frame(&mut self, shared: &mut Shared<'_>, frame: &Frame) -> usize {
        let recording = shared.recording;
        let module = frame.module.and_then(|id| recording.modules.get(id.index()));
        let address = frame.relative_address.filter(|address| module.is_some() && *address <= MOST_ADDRESS);
        let name = match (&frame.function, address) {
            // What the front-end calls code without a symbol.
            (None, Some(address)) => format!("{address:#x}"),
            _ => frame_name(frame, &recording.modules).into_owned(),
        };
        let resource = frame.module.zip(module).map(|(id, module)| match self.known_modules.get(&id) {
            Some(known) => *known,
            None => {
                let resource = self.resource(shared, module);
                self.known_modules.insert(id, resource);
                resource
            }
        });
        let function = self.functions.number([
            Some(shared.strings.text(&name) as i64),
            Some(resource.map_or(-1, |at| at as i64)),
            frame.file.as_ref().filter(|file| !file.is_empty()).map(|file| shared.strings.text(file) as i64),
            frame.function_start_line.map(i64::from),
        ]);
        self.frames.number([
            Some(function as i64),
            Some(category(frame.kind) as i64),
            frame.line.map(i64::from),
            frame.column.map(i64::from),
            Some(address.map_or(-1, |address| address as i64)),
            Some(i64::from(frame.inlined)),
        ])
    }

    fn resource(&mut self, shared: &mut Shared<'_>, module: &Module) -> usize {
        // Libraries are told by their path: the first one with a path counts for all.
        let path = &module.path;
        let first = first_with_path(shared.recording, path).unwrap_or(module);
        let mut row = b"{\"name\":".to_vec();
        text(&mut row, first.name());
        for name in ["path", "debugPath"] {
            put(&mut row, &format!(",\"{name}\":"));
            text(&mut row, path);
        }
        put(&mut row, ",\"debugName\":");
        text(&mut row, first.name());
        let build_id = first.build_id.as_ref().filter(|id| !id.0.is_empty());
        let id = build_id.map(|id| id.0.as_slice()).unwrap_or_default();
        put(&mut row, &format!(",\"breakpadId\":\"{}\",\"codeId\":", breakpad_id(id)));
        match build_id {
            Some(id) => text(&mut row, &id.to_string()),
            None => put(&mut row, "null"),
        }
        put(&mut row, ",\"arch\":null}");
        let lib = shared.libs.number(row);
        let name = shared.strings.text(first.name());
        self.resources.number([Some(lib as i64), Some(name as i64)])
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.stacks.write(out, "stackTable", ["prefix", "frame"], &[]);
        let columns = ["func", "category", "line", "column", "address", "inlineDepth"];
        let fixed = [("subcategory", "0"), ("nativeSymbol", "null"), ("innerWindowID", "0")];
        self.frames.write(out, "frameTable", columns, &fixed);
        let fixed = [("isJS", "false"), ("relevantForJS", "false"), ("columnNumber", "null")];
        self.functions.write(out, "funcTable", ["name", "resource", "fileName", "lineNumber"], &fixed);
        self.resources.write(out, "resourceTable", ["lib", "name"], &[("host", "null"), ("type", "1")]);
        put(
            out,
            ",\"nativeSymbols\":{\"length\":0,\"address\":[],\"functionSize\":[],\"libIndex\":[],\"name\":[]}",
        );
    }
}

fn first_with_path<'a>(recording: &'a Recording, path: &str) -> Option<&'a Module> {
    recording.modules.iter().find(|module| module.path == path)
}

/// The id under which symbol servers know a build: its first 16 bytes as a GUID of a little-endian machine, and an age
/// that ELF files do not have.
fn breakpad_id(build_id: &[u8]) -> String {
    let mut bytes = [0; 16];
    let n = build_id.len().min(16);
    bytes[..n].copy_from_slice(&build_id[..n]);
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{digits}0")
}

/// Nanoseconds as milliseconds, exactly; but for the least number, which the reader takes for none.
pub(super) fn decimal(out: &mut Vec<u8>, nanos: i64) {
    let nanos = nanos.max(-i64::MAX);
    let (whole, rest) = (nanos.unsigned_abs() / 1_000_000, nanos.unsigned_abs() % 1_000_000);
    let sign = if nanos < 0 { "-" } else { "" };
    let fraction = format!("{rest:06}");
    match fraction.trim_end_matches('0') {
        "" => put(out, &format!("{sign}{whole}")),
        fraction => put(out, &format!("{sign}{whole}.{fraction}")),
    }
}

pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(&mut *out, text).expect("a vector takes any text");
}
