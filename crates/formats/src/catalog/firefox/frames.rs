//! Resolves the stacks of a thread into the recording's: Gecko's locations, and a processed profile's functions.

use super::document::{Document, Group, Lib, Tables, Thread};
use crate::builder::RecordingBuilder;
use crate::notes::Notes;
use fathom_model::{BuildId, Frame, FrameId, FrameKind, Module, ModuleId, ModuleKind, StackId};
use std::collections::HashMap;

// Bits of the frame table's `flags` from version 71 on.
const IS_INLINED: i64 = 1;
const HAS_ADDRESS: i64 = 2;
const HAS_CATEGORY: i64 = 4;
const HAS_NATIVE_SYMBOL: i64 = 8;
const HAS_LINE: i64 = 16;
const HAS_COLUMN: i64 = 32;
// Bits of the function table's `flags` from version 75 on.
const HAS_RESOURCE: i64 = 4;
const HAS_SOURCE: i64 = 8;
const HAS_FUNCTION_LINE: i64 = 16;

/// The tables that a thread's numbers lead into: its own where it has some, else the shared ones.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    document: &'a Document,
    thread: &'a Thread,
}

impl<'a> View<'a> {
    pub(super) fn new(document: &'a Document, thread: &'a Thread) -> Self {
        Self { document, thread }
    }

    /// Whether all stacks are shared: every such thread has the same ones.
    pub(super) fn is_shared(self) -> bool {
        self.thread.tables.stacks.frame.is_empty()
    }

    pub(super) fn string(self, at: Option<i64>) -> Option<&'a str> {
        let own = &self.thread.tables.strings;
        let strings = if own.is_empty() { &self.document.shared.strings } else { own };
        strings.get(usize::try_from(at?).ok()?).map(String::as_str)
    }

    fn tables(self, has: impl Fn(&Tables) -> bool) -> &'a Tables {
        if has(&self.thread.tables) { &self.thread.tables } else { &self.document.shared }
    }

    fn group(self) -> &'a Group {
        &self.document.groups[self.thread.group]
    }

    fn libs(self) -> &'a [Lib] {
        if self.thread.libs.is_empty() { &self.group().libs } else { &self.thread.libs }
    }

    /// The recording's stack for each row of the stack table.
    pub(super) fn stacks(self, builder: &mut RecordingBuilder, notes: &mut Notes) -> Vec<Option<StackId>> {
        let stacks = &self.tables(|tables| !tables.stacks.frame.is_empty()).stacks;
        let n_frames = self.tables(|tables| tables.frames.len() > 0).frames.len();
        // Not a list: many threads with few stacks may share a table of many frames.
        let mut frames: HashMap<usize, FrameId> = HashMap::new();
        let mut rows: Vec<Option<StackId>> = Vec::with_capacity(stacks.frame.len());
        for row in 0..stacks.frame.len() {
            let offset = stacks.prefix_offset.index(row).filter(|offset| *offset > 0);
            let prefix = match offset {
                Some(offset) => Some(row.wrapping_sub(offset)),
                None => stacks.prefix.index(row),
            };
            let caller = match prefix {
                None => None,
                Some(prefix) if prefix < row => rows[prefix],
                Some(_) => {
                    notes.say("callers behind their callees", || {
                        format!("stack {row} is called by one that does not stand before it; it is read without callers")
                    });
                    None
                }
            };
            let Some(frame) = stacks.frame.index(row).filter(|frame| *frame < n_frames) else {
                notes.say("stacks without a frame", || {
                    format!("stack {row} has no frame among the {n_frames}")
                });
                rows.push(caller);
                continue;
            };
            let id = *frames.entry(frame).or_insert_with(|| self.frame(frame, builder, notes));
            rows.push(Some(builder.stack(caller, id)));
        }
        rows
    }

    fn frame(self, row: usize, builder: &mut RecordingBuilder, notes: &mut Notes) -> FrameId {
        let frames = &self.tables(|tables| tables.frames.len() > 0).frames;
        let flags = if frames.flags.is_empty() { None } else { Some(frames.flags.get(row).unwrap_or(0)) };
        let has = |flag: i64| flags.is_none_or(|flags| flags & flag != 0);
        let number = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
        let category = frames.category.index(row).filter(|_| has(HAS_CATEGORY));
        let mut frame = Frame {
            function: None,
            line: number(frames.line.get(row).filter(|_| has(HAS_LINE))),
            column: number(frames.column.get(row).filter(|_| has(HAS_COLUMN))),
            inlined: match flags {
                Some(flags) => flags & IS_INLINED != 0,
                None => frames.inline_depth.get(row).is_some_and(|depth| depth > 0),
            },
            ..Frame::named("", self.kind(category))
        };
        if frames.location.get(row).is_some() {
            match self.string(frames.location.get(row)) {
                Some(location) => located(location, &mut frame, self.group(), builder),
                None => notes.say("strings that are not there", || format!("frame {row} has no location")),
            }
            return builder.frame(frame);
        }
        let tables = self.tables(|tables| !tables.functions.name.is_empty());
        let functions = &tables.functions;
        let Some(function) = frames.function.index(row).filter(|at| *at < functions.name.len()) else {
            notes.say("functions that are not there", || format!("frame {row} has no function"));
            return builder.frame(frame);
        };
        let flags = functions.flags.get(function);
        let has_of_function = |flag: i64| flags.is_none_or(|flags| flags & flag != 0);
        frame.function = self.string(functions.name.get(function)).map(str::to_owned);
        frame.function_start_line =
            number(functions.line.get(function).filter(|_| has_of_function(HAS_FUNCTION_LINE)));
        let source = functions.source.index(function).filter(|_| has_of_function(HAS_SOURCE));
        let file = match source {
            Some(source) => self.document.shared.source_name.get(source),
            None => functions.file.get(function),
        };
        frame.file = self.string(file).filter(|file| !file.is_empty()).map(str::to_owned);
        let of_resource = || {
            let resource = functions.resource.index(function).filter(|_| has_of_function(HAS_RESOURCE))?;
            self.tables(|tables| !tables.resource_lib.is_empty()).resource_lib.index(resource)
        };
        let of_symbol = || {
            let symbol = frames.native_symbol.index(row).filter(|_| has(HAS_NATIVE_SYMBOL))?;
            self.tables(|tables| !tables.native_lib.is_empty()).native_lib.index(symbol)
        };
        let has_address = has(HAS_ADDRESS);
        let of_frame = || frames.lib.index(row).filter(|_| has_address);
        let lib = of_frame().or_else(of_symbol).or_else(of_resource).and_then(|lib| self.libs().get(lib));
        frame.module = lib.map(|lib| module(lib, builder));
        frame.relative_address = frames
            .address
            .get(row)
            .filter(|_| has_address && frame.module.is_some())
            .and_then(|address| u64::try_from(address).ok());
        // What was never symbolised is called by its address.
        if frame.module.is_some() && frame.function.as_deref().is_some_and(|name| hexadecimal(name).is_some())
        {
            frame.function = None;
        }
        builder.frame(frame)
    }

    fn kind(self, category: Option<usize>) -> FrameKind {
        let Some(name) = category.and_then(|at| self.group().categories.get(at)) else {
            return FrameKind::Unknown;
        };
        if self.group().imported_from.starts_with("Fathom") {
            return FrameKind::parse(name).unwrap_or(FrameKind::Unknown);
        }
        match name.as_str() {
            "Kernel" => FrameKind::Kernel,
            "GC" | "GC / CC" => FrameKind::Gc,
            _ => FrameKind::Unknown,
        }
    }
}

/// Takes one of Gecko's locations apart: `0x1234`, `name (file:line:column)`, `name (in library)`, a label.
fn located(location: &str, frame: &mut Frame, group: &Group, builder: &mut RecordingBuilder) {
    if let Some(address) = hexadecimal(location) {
        match group.lib_at(address) {
            Some((lib, start)) => {
                frame.module = Some(module(lib, builder));
                frame.relative_address = Some(address - start);
            }
            None => frame.relative_address = Some(address),
        }
        return;
    }
    frame.function = Some(location.to_owned());
    let named = location.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    if let Some((name, library)) = named.and_then(|(name, inner)| Some((name, inner.strip_prefix("in ")?))) {
        frame.function = Some(name.to_owned());
        frame.module = Some(module(&Lib { path: library.to_owned(), ..Lib::default() }, builder));
        return;
    }
    let (name, place) = named.map_or((None, location), |(name, inner)| (Some(name), inner));
    // One or two numbers behind the file: line, column.
    let split = |text: &str| {
        let (rest, number) = text.rsplit_once(':')?;
        Some((rest.to_owned(), number.parse::<u32>().ok()?))
    };
    let Some((rest, last)) = split(place) else { return };
    let (file, line) = split(&rest).unwrap_or((rest, last));
    // A script that was loaded by another is named behind it.
    let file = file.rsplit_once(" -> ").map_or(file.as_str(), |(_, file)| file);
    frame.function = match name {
        Some(name) => Some(name.to_owned()),
        // The front-end's words for a script's outermost code.
        None if file.contains('/') => Some(format!("(root scope) {file}")),
        None => return,
    };
    frame.file = Some(file.to_owned());
    frame.function_start_line = Some(line);
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn module(lib: &Lib, builder: &mut RecordingBuilder) -> ModuleId {
    let path = if lib.path.is_empty() { &lib.name } else { &lib.path };
    let build_id = BuildId::parse(&lib.code_id).filter(|id| !id.0.is_empty());
    let kind = match path.as_str() {
        "[vdso]" => ModuleKind::Vdso,
        path if path.starts_with("[kernel") => ModuleKind::Kernel,
        _ if build_id.is_some() => ModuleKind::Elf,
        _ => ModuleKind::Unknown,
    };
    builder.module(Module { path: path.clone(), build_id, kind, load_addresses: Vec::new() })
}
