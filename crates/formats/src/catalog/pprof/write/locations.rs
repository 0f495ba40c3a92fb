//! Locations, functions and mappings: each once, by what they are, with ids in the order of first use.

use super::Strings;
use crate::catalog::pprof::field;
use crate::format::WriteOptions;
use crate::names::{NO_STACK, frame_name};
use crate::protobuf::Message;
use fathom_model::{Frame, FrameId, Module, ModuleKind, Recording, StackId, ThreadId};
use hashbrown::HashMap;

/// Function, line and column.
type Line = (u64, u32, u32);

/// A place in the program.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Location {
    mapping: u64,
    address: u64,
    /// Innermost function first.
    lines: Vec<Line>,
}

/// A module by its path; of several with one path the first.
struct Mapping<'a> {
    module: &'a Module,
    start: u64,
    /// The highest address within it that is written.
    highest: u64,
}

/// What rows refer to.
pub(super) struct Locations<'a> {
    recording: &'a Recording,
    mappings: Vec<Mapping<'a>>,
    /// By module: position among the mappings.
    mapping_of: Vec<usize>,
    locations: Vec<Location>,
    by_location: HashMap<Location, u64>,
    /// By the frames of the location, innermost first.
    by_frames: HashMap<Vec<FrameId>, u64>,
    /// Name, file, first line.
    functions: Vec<(i64, i64, u32)>,
    by_function: HashMap<(i64, i64, u32), u64>,
}

/// The file of the program that was recorded: readers take the first mapping for it. Of several that one process ran,
/// one after the other, the last; where no name tells, the first file that is a program or library.
fn main_program(recording: &Recording) -> Option<&Module> {
    // What was read has its own order.
    let first = recording.processes.first().filter(|_| recording.meta.imported.is_none())?;
    let runs = recording.processes.iter().filter(|process| process.pid == first.pid);
    let last = runs.max_by_key(|process| process.exec_generation)?;
    // The kernel keeps 15 letters of a name.
    let is_it = |module: &&Module| !last.name.is_empty() && module.name().starts_with(last.name.as_str());
    let files = || recording.modules.iter().filter(|module| module.kind == ModuleKind::Elf);
    files().find(is_it).or_else(|| files().next())
}

impl<'a> Locations<'a> {
    pub(super) fn new(recording: &'a Recording) -> Self {
        let mut mappings: Vec<Mapping<'a>> = Vec::new();
        let mut by_path: HashMap<&str, usize> = HashMap::new();
        let mut mapping_of = Vec::new();
        let main = main_program(recording);
        for module in main.into_iter().chain(&recording.modules) {
            let at = *by_path.entry(&module.path).or_insert_with(|| {
                let start = module.load_addresses.first().copied().unwrap_or(0);
                mappings.push(Mapping { module, start, highest: 0 });
                mappings.len() - 1
            });
            mapping_of.push(at);
        }
        // The program stands first twice, and once among the others.
        mapping_of.drain(..usize::from(main.is_some()));
        Self {
            recording,
            mappings,
            mapping_of,
            locations: Vec::new(),
            by_location: HashMap::new(),
            by_frames: HashMap::new(),
            functions: Vec::new(),
            by_function: HashMap::new(),
        }
    }

    /// The locations of a stack, innermost first.
    pub(super) fn of_stack(&mut self, stack: Option<StackId>, strings: &mut Strings) -> Vec<u64> {
        let mut list = Vec::new();
        let mut group: Vec<FrameId> = Vec::new();
        let recording = self.recording;
        for id in stack.into_iter().flat_map(|stack| recording.stacks.frames(stack)) {
            let Some(frame) = recording.frames.get(id.index()) else { continue };
            group.push(id);
            // The frame that is not inlined holds the machine code of those before it.
            if !frame.inlined {
                list.push(self.of_group(std::mem::take(&mut group), strings));
            }
        }
        if !group.is_empty() {
            list.push(self.of_group(group, strings));
        }
        if list.is_empty() {
            list.push(self.root(NO_STACK, strings));
        }
        list
    }

    /// Puts the frames of thread and process outermost.
    pub(super) fn push_roots(
        &mut self,
        thread: ThreadId,
        options: &WriteOptions,
        list: &mut Vec<u64>,
        strings: &mut Strings,
    ) {
        let row = self.recording.threads.get(thread.index());
        let process = row.and_then(|thread| self.recording.processes.get(thread.process.index()));
        if let Some(thread) = row.filter(|_| options.thread_root) {
            list.push(self.root(&format!("{} (thread {})", thread.name, thread.tid), strings));
        }
        if let Some(process) = process.filter(|_| options.process_root) {
            list.push(self.root(&format!("{} (process {})", process.name, process.pid), strings));
        }
    }

    fn of_group(&mut self, group: Vec<FrameId>, strings: &mut Strings) -> u64 {
        if let Some(id) = self.by_frames.get(&group) {
            return *id;
        }
        let recording = self.recording;
        let mut location = Location { mapping: 0, address: 0, lines: Vec::new() };
        for frame in group.iter().filter_map(|id| recording.frames.get(id.index())) {
            location.lines.push(self.line(frame, strings));
        }
        // The outermost one is the function that the code is in.
        if let Some(frame) = group.last().and_then(|id| recording.frames.get(id.index())) {
            let mapping = frame.module.and_then(|id| self.mapping_of.get(id.index())).copied();
            location.mapping = mapping.map_or(0, |at| at as u64 + 1);
            location.address = frame.relative_address.unwrap_or(0);
            if let (Some(address), Some(mapping)) = (frame.relative_address, mapping) {
                let mapping = &mut self.mappings[mapping];
                mapping.highest = mapping.highest.max(address);
                location.address = mapping.start.wrapping_add(address);
            }
        }
        let id = self.id(location);
        self.by_frames.insert(group, id);
        id
    }

    fn line(&mut self, frame: &Frame, strings: &mut Strings) -> Line {
        let modules = &self.recording.modules;
        // To the format an empty name is none.
        let name = match frame.function.as_deref() {
            Some("") => frame_name(&Frame { function: None, ..frame.clone() }, modules).into_owned(),
            _ => frame_name(frame, modules).into_owned(),
        };
        let file = frame.file.as_deref().unwrap_or("");
        let function = self.function(&name, file, frame.function_start_line.unwrap_or(0), strings);
        (function, frame.line.unwrap_or(0), frame.column.unwrap_or(0))
    }

    /// A location that stands for no code.
    fn root(&mut self, name: &str, strings: &mut Strings) -> u64 {
        let function = self.function(name, "", 0, strings);
        self.id(Location { mapping: 0, address: 0, lines: vec![(function, 0, 0)] })
    }

    fn id(&mut self, location: Location) -> u64 {
        let locations = &mut self.locations;
        *self.by_location.entry(location).or_insert_with_key(|location| {
            locations.push(location.clone());
            locations.len() as u64
        })
    }

    fn function(&mut self, name: &str, file: &str, start_line: u32, strings: &mut Strings) -> u64 {
        let key = (strings.id(name), strings.id(file), start_line);
        let functions = &mut self.functions;
        *self.by_function.entry(key).or_insert_with(|| {
            functions.push(key);
            functions.len() as u64
        })
    }

    /// Writes mappings, locations and functions.
    pub(super) fn write(&self, out: &mut Message, strings: &mut Strings) {
        for (at, mapping) in self.mappings.iter().enumerate() {
            let path = strings.id(&mapping.module.path);
            let build_id = mapping.module.build_id.as_ref().map_or(0, |id| strings.id(&id.to_string()));
            // From the load address to the end of the page of the highest address that was seen.
            let limit = mapping.start.saturating_add(mapping.highest).saturating_add(0xfff) & !0xfff;
            out.message(field::PROFILE_MAPPING, |out| {
                out.uint(field::MAPPING_ID, at as u64 + 1)
                    .uint(field::MAPPING_START, mapping.start)
                    .uint(field::MAPPING_LIMIT, limit.max(mapping.start))
                    .int(field::MAPPING_FILE, path)
                    .int(field::MAPPING_BUILD_ID, build_id);
                // Symbols are here: the tool must not look for others.
                out.flag(7, true).flag(8, true).flag(9, true).flag(10, true);
            });
        }
        for (at, location) in self.locations.iter().enumerate() {
            out.message(field::PROFILE_LOCATION, |out| {
                out.uint(field::LOCATION_ID, at as u64 + 1)
                    .uint(field::LOCATION_MAPPING, location.mapping)
                    .uint(field::LOCATION_ADDRESS, location.address);
                for (function, line, column) in &location.lines {
                    out.message(field::LOCATION_LINE, |out| {
                        out.uint(field::LINE_FUNCTION, *function);
                        out.uint(field::LINE_LINE, u64::from(*line))
                            .uint(field::LINE_COLUMN, u64::from(*column));
                    });
                }
            });
        }
        for (at, (name, file, start_line)) in self.functions.iter().enumerate() {
            out.message(field::PROFILE_FUNCTION, |out| {
                out.uint(field::FUNCTION_ID, at as u64 + 1)
                    .int(field::FUNCTION_NAME, *name)
                    .int(field::FUNCTION_SYSTEM_NAME, *name)
                    .int(field::FUNCTION_FILE, *file)
                    .uint(field::FUNCTION_START_LINE, u64::from(*start_line));
            });
        }
    }
}
