//! Locations to frames and mappings to modules.

use super::SOURCE;
use super::tables::{Line, Location, Mapping, Tables};
use crate::builder::RecordingBuilder;
use fathom_model::{BuildId, Frame, FrameId, FrameKind, Issue, Module, ModuleId, ModuleKind};
use std::collections::{BTreeMap, HashMap};

/// No program that is moved when it is loaded comes to lie below this; those that are not lie at 4 MiB.
const LOWEST_MOVED: u64 = 0x1000_0000;
/// Bytes of texts for each byte of the profile: many frames share a name in the bytes, and each has its own copy here.
const MOST_TEXT_PER_BYTE: u64 = 16;

/// The texts of a profile, as many as its size allows.
pub(super) struct Texts<'a> {
    tables: &'a Tables,
    left: u64,
    n_left_out: u64,
}

impl<'a> Texts<'a> {
    pub(super) fn new(tables: &'a Tables, n_bytes: u64) -> Self {
        let left = n_bytes.saturating_mul(MOST_TEXT_PER_BYTE).saturating_add(1 << 20);
        Self { tables, left, n_left_out: 0 }
    }

    /// A copy of the text with this number.
    pub(super) fn get(&mut self, number: u64) -> String {
        let text = self.tables.text(number);
        let length = text.len() as u64;
        if length > self.left {
            self.n_left_out += 1;
            return String::new();
        }
        self.left -= length;
        text.into_owned()
    }

    /// Says what was left out.
    pub(super) fn issue(&self) -> Option<Issue> {
        let n = self.n_left_out;
        (n > 0).then(|| {
            Issue::of(SOURCE, format!("{n} names are left out: they take far more bytes than the file"))
        })
    }
}

/// A mapping's module and where it lies.
#[derive(Clone, Copy)]
struct Placed {
    module: ModuleId,
    bias: u64,
    is_kernel: bool,
}

/// Finds the frames of locations.
pub(super) struct Places<'a> {
    tables: &'a Tables,
    mappings: HashMap<u64, Placed>,
    n_missing: u64,
    n_without_function: u64,
}

impl<'a> Places<'a> {
    /// `is_own`: Fathom wrote it, and mappings begin at the module's load bias.
    pub(super) fn new(
        tables: &'a Tables,
        is_own: bool,
        texts: &mut Texts<'_>,
        builder: &mut RecordingBuilder,
    ) -> Self {
        // A file is mapped in several parts; where each was loaded is told when its module is made.
        let mut biases: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for mapping in &tables.mappings {
            let bias = bias_of(mapping, tables, is_own);
            let known = biases.entry(mapping.path).or_default();
            if bias != 0 && !known.contains(&bias) && known.len() < 16 {
                known.push(bias);
            }
        }
        let mut mappings = HashMap::new();
        for mapping in &tables.mappings {
            let build_id = texts.get(mapping.build_id);
            let path = match texts.get(mapping.path) {
                path if !path.is_empty() || is_own => path,
                // The tables' only clue to what was there.
                _ if !build_id.is_empty() => format!("[{build_id}]"),
                _ => continue,
            };
            let kind = kind_of(&path);
            let module = builder.module(Module {
                build_id: BuildId::parse(&build_id).filter(|id| !id.0.is_empty()),
                kind,
                load_addresses: biases.get(&mapping.path).cloned().unwrap_or_default(),
                path,
            });
            let bias = bias_of(mapping, tables, is_own);
            let placed = Placed { module, bias, is_kernel: kind == ModuleKind::Kernel };
            mappings.entry(mapping.id).or_insert(placed);
        }
        Self { tables, mappings, n_missing: 0, n_without_function: 0 }
    }

    /// The frames of a location, outermost first; one without a name if there is nothing.
    pub(super) fn frames(
        &mut self,
        id: u64,
        texts: &mut Texts<'_>,
        builder: &mut RecordingBuilder,
    ) -> Vec<FrameId> {
        let tables = self.tables;
        let Some(location) = tables.location(id) else {
            self.n_missing += 1;
            return vec![builder.frame(Frame { function: None, ..Frame::named("", FrameKind::Unknown) })];
        };
        let placed = self.mappings.get(&location.mapping).copied();
        let lines = tables.lines(location);
        if lines.is_empty() {
            return vec![builder.frame(frame(location, placed))];
        }
        let mut frames = Vec::with_capacity(lines.len());
        // The last line is the function that holds the code, the others were put into it.
        for (at, line) in lines.iter().rev().enumerate() {
            let mut frame = frame(location, placed);
            frame.inlined = at > 0;
            self.name(&mut frame, line, texts);
            frames.push(builder.frame(frame));
        }
        frames
    }

    fn name(&mut self, frame: &mut Frame, line: &Line, texts: &mut Texts<'_>) {
        frame.line = number(line.line);
        frame.column = number(line.column);
        let Some(function) = self.tables.function(line.function) else {
            self.n_without_function += 1;
            return;
        };
        frame.function_start_line = number(function.start_line);
        let mut name = texts.get(function.name);
        if name.is_empty() {
            name = texts.get(function.system_name);
        }
        frame.function = Some(name).filter(|name| !name.is_empty());
        frame.file = Some(texts.get(function.file)).filter(|file| !file.is_empty());
    }

    /// What referred to nothing.
    pub(super) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.n_missing > 0 {
            let n = self.n_missing;
            issues.push(Issue::of(SOURCE, format!("{n} locations that samples name are not there")));
        }
        if self.n_without_function > 0 {
            let n = self.n_without_function;
            issues
                .push(Issue::of(SOURCE, format!("{n} lines of locations name a function that is not there")));
        }
        issues
    }
}

fn frame(location: &Location, placed: Option<Placed>) -> Frame {
    let bias = placed.map_or(0, |placed| placed.bias);
    let is_kernel = placed.is_some_and(|placed| placed.is_kernel);
    Frame {
        function: None,
        module: placed.map(|placed| placed.module),
        relative_address: (location.address != 0).then(|| location.address.wrapping_sub(bias)),
        ..Frame::named("", if is_kernel { FrameKind::Kernel } else { FrameKind::Unknown })
    }
}

/// What was added to the addresses of a file when it was loaded. The format does not tell where in the file's address
/// space the mapped part belongs; in all but odd files it is as far from the start as in the file.
fn bias_of(mapping: &Mapping, tables: &Tables, is_own: bool) -> u64 {
    let bias = mapping.start.wrapping_sub(mapping.offset);
    if is_own {
        mapping.start
    } else if bias < LOWEST_MOVED || kind_of(&tables.text(mapping.path)) == ModuleKind::Kernel {
        0
    } else {
        bias
    }
}

fn kind_of(path: &str) -> ModuleKind {
    match path {
        "[vdso]" => ModuleKind::Vdso,
        path if path.starts_with("[kernel") || path.ends_with(".ko") => ModuleKind::Kernel,
        path if path.starts_with("//anon") || path.starts_with("[anon") => ModuleKind::Jit,
        path if path.starts_with('[') || path.is_empty() => ModuleKind::Unknown,
        _ => ModuleKind::Elf,
    }
}

/// A number of a line or a column, which count from 1.
fn number(number: i64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}
