//! The tables that the profiles of a message share, and the frames and stacks made of them, each once.
//!
//! Element 0 of each table stands for nothing. What refers to something that is not there is left out and noted.

use super::attributes::{AttributeValue, Texts, key_value_and_unit};
use crate::builder::RecordingBuilder;
use crate::notes::Notes;
use crate::protobuf::{Fields, Value};
use fathom_model::{BuildId, Frame, FrameId, FrameKind, Module, ModuleId, ModuleKind, StackId};

/// Bytes of a text that are kept.
const MAX_TEXT_BYTES: usize = 16 << 10;
/// Frames of a stack.
const MAX_FRAMES: usize = 2048;

/// The tables as they stand in the bytes.
#[derive(Default)]
pub(super) struct Dictionary<'a> {
    mappings: Vec<&'a [u8]>,
    locations: Vec<&'a [u8]>,
    functions: Vec<&'a [u8]>,
    links: Vec<&'a [u8]>,
    strings: Vec<&'a [u8]>,
    pub(super) attributes: Vec<&'a [u8]>,
    stacks: Vec<&'a [u8]>,
    frames_of: Vec<Option<Vec<FrameId>>>,
    modules_of: Vec<Option<Option<(ModuleId, u64)>>>,
    stacks_of: Vec<Option<Option<StackId>>>,
}

impl<'a> Dictionary<'a> {
    /// Appends what a message `ProfilesDictionary` has, the last row also if it is cut; where it ends to be one.
    pub(super) fn add(&mut self, bytes: &'a [u8]) -> Option<usize> {
        let mut fields = Fields::lenient(bytes);
        for (number, value) in fields.by_ref() {
            let Value::Bytes(row) = value else { continue };
            match number {
                1 => self.mappings.push(row),
                2 => self.locations.push(row),
                3 => self.functions.push(row),
                4 => self.links.push(row),
                5 => self.strings.push(row),
                6 => self.attributes.push(row),
                7 => self.stacks.push(row),
                _ => {}
            }
        }
        self.frames_of.resize(self.locations.len(), None);
        self.modules_of.resize(self.mappings.len(), None);
        self.stacks_of.resize(self.stacks.len(), None);
        fields.broken_at()
    }

    /// The text with this number; `None` if there is none.
    pub(super) fn text(&self, index: u64) -> Option<String> {
        let bytes = usize::try_from(index).ok().and_then(|at| self.strings.get(at))?;
        Some(self.cut(bytes))
    }

    /// Bytes as text, cut where they are too many.
    #[expect(clippy::unused_self, reason = "texts of a message are all made here")]
    pub(super) fn cut(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT_BYTES)]).into_owned()
    }

    /// Trace and span of a link, as hexadecimal digits; `None` for the link that is none.
    pub(super) fn link(&self, index: u64) -> Option<[String; 2]> {
        let bytes = usize::try_from(index).ok().filter(|at| *at > 0).and_then(|at| self.links.get(at))?;
        let id = |wanted: u64| {
            let found = Fields::new(bytes).find_map(|(number, value)| match value {
                Value::Bytes(id) if number == wanted => Some(id),
                _ => None,
            });
            BuildId(found.unwrap_or_default().iter().copied().take(16).collect()).to_string()
        };
        Some([id(1), id(2)])
    }

    /// The stack with this number; `None` for the one that is none.
    pub(super) fn stack(
        &mut self,
        index: u64,
        builder: &mut RecordingBuilder,
        notes: &mut Notes,
        offset: u64,
    ) -> Option<StackId> {
        let at = usize::try_from(index).ok().filter(|at| *at < self.stacks.len());
        let Some(at) = at else {
            if index > 0 {
                notes.at(offset, "sample has a stack that is not in the table", || index.to_string());
            }
            return None;
        };
        if let Some(known) = self.stacks_of[at] {
            return known;
        }
        let mut frames: Vec<FrameId> = Vec::new();
        // The last stack of a cut message has its inner frames, which stand first.
        for (_, value) in Fields::lenient(self.stacks[at]).filter(|(number, _)| *number == 1) {
            value.numbers(|location| {
                // What is behind the longest stack, or the memory there is, is left out.
                if frames.len() < MAX_FRAMES && !builder.is_full() {
                    self.location(location, &mut frames, builder, notes, offset);
                }
            });
        }
        if frames.len() >= MAX_FRAMES {
            notes.at(offset, "stack is cut", || format!("more than {MAX_FRAMES} frames"));
        }
        let stack = frames.into_iter().rev().fold(None, |caller, frame| Some(builder.stack(caller, frame)));
        self.stacks_of[at] = Some(stack);
        stack
    }

    /// Appends the frames of a location, innermost first.
    fn location(
        &mut self,
        index: u64,
        out: &mut Vec<FrameId>,
        builder: &mut RecordingBuilder,
        notes: &mut Notes,
        offset: u64,
    ) {
        let Some(at) = usize::try_from(index).ok().filter(|at| *at < self.locations.len()) else {
            notes.at(offset, "stack has a location that is not in the table", || index.to_string());
            return;
        };
        if self.frames_of[at].is_none() {
            let frames = self.frames(self.locations[at], builder, notes, offset);
            self.frames_of[at] = Some(frames);
        }
        out.extend(self.frames_of[at].iter().flatten());
    }

    fn frames(
        &mut self,
        bytes: &[u8],
        builder: &mut RecordingBuilder,
        notes: &mut Notes,
        offset: u64,
    ) -> Vec<FrameId> {
        let (mut mapping, mut address) = (0, 0);
        let mut lines: Vec<(u64, u64, u64)> = Vec::new();
        let mut kind = None;
        for (number, value) in Fields::new(bytes) {
            match (number, value) {
                (1, Value::Number(index)) => mapping = index,
                (2, Value::Number(found)) => address = found,
                (3, Value::Bytes(line)) if lines.len() < MAX_FRAMES => {
                    let of = |number| Fields::new(line).number(number).unwrap_or(0);
                    lines.push((of(1), of(2), of(3)));
                }
                (4, indices) => indices.numbers(|index| {
                    if let Some((key, value)) = self.attribute(index)
                        && key == "profile.frame.type"
                    {
                        kind = Some(value.shown());
                    }
                }),
                _ => {}
            }
        }
        let module = self.module(mapping, builder, notes, offset);
        let address = match module {
            Some((_, start)) if address >= start => address - start,
            _ => address,
        };
        let (frame_kind, runtime) = kind_of(kind.as_deref());
        let base = Frame {
            function: None,
            function_start_line: None,
            file: None,
            line: None,
            column: None,
            module: module.map(|(id, _)| id),
            relative_address: Some(address).filter(|address| *address > 0),
            runtime: runtime.map(str::to_owned),
            kind: frame_kind,
            inlined: false,
        };
        if lines.is_empty() {
            // The location that stands for nothing.
            let is_nothing = base.module.is_none() && base.relative_address.is_none() && kind.is_none();
            return if is_nothing { Vec::new() } else { vec![builder.frame(base)] };
        }
        let n = lines.len();
        let number = |number: u64| u32::try_from(number).ok().filter(|number| *number > 0);
        let mut frames = Vec::new();
        for (at, (function, line, column)) in lines.into_iter().enumerate() {
            let mut frame = Frame {
                line: number(line),
                column: number(column),
                // All but the last are inlined into the next.
                inlined: at + 1 < n,
                ..base.clone()
            };
            self.name(function, &mut frame, notes, offset);
            frames.push(builder.frame(frame));
        }
        frames
    }

    fn name(&self, index: u64, frame: &mut Frame, notes: &mut Notes, offset: u64) {
        let Some(bytes) = usize::try_from(index).ok().and_then(|at| self.functions.get(at)) else {
            notes.at(offset, "line has a function that is not in the table", || index.to_string());
            return;
        };
        let of = |number| Fields::new(bytes).number(number).unwrap_or(0);
        let text = |number| self.text(of(number)).filter(|text| !text.is_empty());
        frame.function = text(1).or_else(|| text(2));
        frame.file = text(3);
        frame.function_start_line = u32::try_from(of(4)).ok().filter(|line| *line > 0);
    }

    fn module(
        &mut self,
        index: u64,
        builder: &mut RecordingBuilder,
        notes: &mut Notes,
        offset: u64,
    ) -> Option<(ModuleId, u64)> {
        let at = usize::try_from(index).ok().filter(|at| *at < self.mappings.len());
        let Some(at) = at else {
            if index > 0 {
                notes.at(offset, "location has a mapping that is not in the table", || index.to_string());
            }
            return None;
        };
        if let Some(known) = self.modules_of[at] {
            return known;
        }
        let found = self.mapping(self.mappings[at], builder);
        self.modules_of[at] = Some(found);
        found
    }

    fn mapping(&self, bytes: &[u8], builder: &mut RecordingBuilder) -> Option<(ModuleId, u64)> {
        let of = |number| Fields::new(bytes).number(number).unwrap_or(0);
        let path = self.text(of(4)).filter(|path| !path.is_empty())?;
        let mut build_id = None;
        for (_, value) in Fields::new(bytes).filter(|(number, _)| *number == 5) {
            value.numbers(|index| {
                if let Some((key, value)) = self.attribute(index)
                    && key == "process.executable.build_id.gnu"
                {
                    build_id = BuildId::parse(&value.shown());
                }
            });
        }
        let start = of(1);
        let kind = match path.as_str() {
            "[vdso]" => ModuleKind::Vdso,
            kernel if kernel.starts_with("[kernel") => ModuleKind::Kernel,
            other if other.starts_with('[') => ModuleKind::Unknown,
            _ => ModuleKind::Elf,
        };
        let load_addresses = if start > 0 { vec![start] } else { Vec::new() };
        Some((builder.module(Module { path, build_id, kind, load_addresses }), start))
    }

    /// The attribute with this number.
    pub(super) fn attribute(&self, index: u64) -> Option<(String, AttributeValue)> {
        let bytes = usize::try_from(index).ok().and_then(|at| self.attributes.get(at))?;
        key_value_and_unit(bytes, self)
    }
}

impl Texts for Dictionary<'_> {
    fn text(&self, index: u64) -> Option<String> {
        self.text(index)
    }

    fn cut(&self, bytes: &[u8]) -> String {
        self.cut(bytes)
    }
}

/// Kind and runtime of a frame, by OpenTelemetry's name for both.
fn kind_of(kind: Option<&str>) -> (FrameKind, Option<&str>) {
    match kind {
        None => (FrameKind::Unknown, None),
        Some("kernel") => (FrameKind::Kernel, None),
        Some("cpython") => (FrameKind::Unknown, Some("python")),
        Some("v8js") => (FrameKind::Unknown, Some("node")),
        Some(runtime) => (FrameKind::Unknown, Some(runtime)),
    }
}

/// The name of a frame's kind and runtime; the other way round.
pub(super) fn type_of(frame: &Frame) -> Option<&str> {
    match (frame.kind, frame.runtime.as_deref()) {
        (FrameKind::Kernel, _) => Some("kernel"),
        (_, Some("python")) => Some("cpython"),
        (_, Some("node")) => Some("v8js"),
        (_, runtime) => runtime.filter(|runtime| !runtime.is_empty()),
    }
}
