//! The dictionary being written: every row of each table once, in the order of first use, element 0 standing for
//! nothing.

use super::attributes::AttributeValue;
use super::dictionary::type_of;
use crate::protobuf::Message;
use fathom_model::{FrameId, Module, ModuleId, Recording, StackId};
use std::collections::HashMap;

/// Rows of a table as their bytes; equal bytes are one row.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<u8>>,
    ids: HashMap<Vec<u8>, u64>,
}

impl Table {
    fn id(&mut self, row: Vec<u8>) -> u64 {
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
            self.ids.insert(Vec::new(), 0);
        }
        if let Some(id) = self.ids.get(&row) {
            return *id;
        }
        let id = self.rows.len() as u64;
        self.ids.insert(row.clone(), id);
        self.rows.push(row);
        id
    }
}

/// Every table.
pub(super) struct Tables<'a> {
    recording: &'a Recording,
    mappings: Table,
    locations: Table,
    functions: Table,
    links: Table,
    strings: Table,
    attributes: Table,
    stacks: Table,
    /// The highest address of each module that a frame has.
    highest: Vec<u64>,
    known: HashMap<(Option<StackId>, Vec<u64>), u64>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(recording: &'a Recording) -> Self {
        let mut highest = vec![0_u64; recording.modules.len()];
        for frame in &recording.frames {
            let module = frame.module.and_then(|id| highest.get_mut(id.index()));
            if let (Some(high), Some(address)) = (module, frame.relative_address) {
                *high = address.max(*high);
            }
        }
        Self {
            recording,
            mappings: Table::default(),
            locations: Table::default(),
            functions: Table::default(),
            links: Table::default(),
            strings: Table::default(),
            attributes: Table::default(),
            stacks: Table::default(),
            highest,
            known: HashMap::new(),
        }
    }

    pub(super) fn text(&mut self, text: &str) -> u64 {
        self.strings.id(text.as_bytes().to_vec())
    }

    pub(super) fn attribute(&mut self, key: &str, value: &AttributeValue) -> u64 {
        let key = self.text(key);
        let mut row = Message::default();
        row.uint(1, key).message(2, |out| value.write(out));
        self.attributes.id(row.into_bytes())
    }

    /// A link to a span; `None` if these are no ids.
    pub(super) fn link(&mut self, trace: &str, span: &str) -> Option<u64> {
        let bytes = |text: &str, n: usize| {
            fathom_model::BuildId::parse(text).map(|id| id.0).filter(|id| id.len() == n)
        };
        let (trace, span) = (bytes(trace, 16)?, bytes(span, 8)?);
        let mut row = Message::default();
        row.bytes(1, &trace).bytes(2, &span);
        Some(self.links.id(row.into_bytes()))
    }

    /// A location that stands for no code.
    pub(super) fn root(&mut self, name: &str) -> u64 {
        let function = self.function(name, "", 0);
        let mut row = Message::default();
        row.message(3, |out| {
            out.uint(1, function);
        });
        self.locations.id(row.into_bytes())
    }

    /// A stack with the locations `roots` behind its outermost frame.
    pub(super) fn stack(&mut self, stack: Option<StackId>, roots: &[u64]) -> u64 {
        let key = (stack, roots.to_vec());
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let recording = self.recording;
        let mut locations: Vec<u64> = Vec::new();
        let mut group: Vec<FrameId> = Vec::new();
        for id in stack.into_iter().flat_map(|stack| recording.stacks.frames(stack)) {
            group.push(id);
            // The frame that is not inlined holds the machine code of those before it.
            if recording.frames.get(id.index()).is_none_or(|frame| !frame.inlined) {
                locations.push(self.location(&group));
                group.clear();
            }
        }
        if !group.is_empty() {
            locations.push(self.location(&group));
        }
        locations.extend(roots);
        let mut row = Message::default();
        if !locations.is_empty() {
            row.packed(1, locations.into_iter());
        }
        let id = self.stacks.id(row.into_bytes());
        self.known.insert(key, id);
        id
    }

    fn location(&mut self, group: &[FrameId]) -> u64 {
        let recording = self.recording;
        let frames = group.iter().filter_map(|id| recording.frames.get(id.index()));
        let mut lines = Vec::new();
        let (mut mapping, mut address, mut kind) = (0, 0, None);
        for frame in frames {
            let start_line = frame.function_start_line.unwrap_or(0);
            let name = frame.function.as_deref().unwrap_or("");
            let function = self.function(name, frame.file.as_deref().unwrap_or(""), start_line);
            lines.push((function, frame.line.unwrap_or(0), frame.column.unwrap_or(0)));
            kind = type_of(frame).or(kind);
            address = frame.relative_address.unwrap_or(address);
            if let Some((id, start)) = frame.module.and_then(|id| self.mapping(id)) {
                mapping = id;
                address = start.wrapping_add(frame.relative_address.unwrap_or(0));
            }
        }
        // What has no name has no line either.
        if lines.len() == 1 && lines[0] == (0, 0, 0) {
            lines.clear();
        }
        let kind =
            kind.map(|kind| self.attribute("profile.frame.type", &AttributeValue::Text(kind.to_owned())));
        let mut row = Message::default();
        row.uint(1, mapping).uint(2, address);
        for (function, line, column) in lines {
            row.message(3, |out| {
                out.uint(1, function).uint(2, line.into()).uint(3, column.into());
            });
        }
        if let Some(kind) = kind {
            row.packed(4, std::iter::once(kind));
        }
        self.locations.id(row.into_bytes())
    }

    fn function(&mut self, name: &str, file: &str, start_line: u32) -> u64 {
        let (name, file) = (self.text(name), self.text(file));
        let mut row = Message::default();
        row.uint(1, name).uint(3, file).uint(4, start_line.into());
        self.functions.id(row.into_bytes())
    }

    /// The mapping of a module and its start.
    fn mapping(&mut self, module: ModuleId) -> Option<(u64, u64)> {
        let row: &Module = self.recording.modules.get(module.index())?;
        let start = row.load_addresses.first().copied().unwrap_or(0);
        let highest = self.highest[module.index()];
        let limit = start.saturating_add(highest).saturating_add(1);
        let path = self.text(&row.path);
        let build_id = row.build_id.as_ref().map(|id| {
            self.attribute("process.executable.build_id.gnu", &AttributeValue::Text(id.to_string()))
        });
        let mut out = Message::default();
        // From 0 on there is no mapping in memory: both are left out, which stands for not known.
        if start > 0 && limit > start {
            out.uint(1, start).uint(2, limit);
        }
        out.uint(4, path);
        if let Some(build_id) = build_id {
            out.packed(5, std::iter::once(build_id));
        }
        Some((self.mappings.id(out.into_bytes()), start))
    }

    /// The message `ProfilesDictionary`.
    pub(super) fn into_message(mut self) -> Message {
        let mut out = Message::default();
        let tables = [
            &mut self.mappings,
            &mut self.locations,
            &mut self.functions,
            &mut self.links,
            &mut self.strings,
            &mut self.attributes,
            &mut self.stacks,
        ];
        for (number, table) in (1_u64..).zip(tables) {
            // Every table has its element 0.
            table.id(Vec::new());
            for row in &table.rows {
                out.bytes(number, row);
            }
        }
        out
    }
}
