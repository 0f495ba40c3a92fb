//! Names for the addresses of a profile that has none, from this machine's files: only from those with the build id
//! that the profile gives, and from this kernel only if the profile was taken since it booted.

use crate::gather::{Gathered, RawModule};
use crate::kernel_names::KernelNames;
use crate::names::module_bytes;
use crate::symbolise::{Names, symbolise};
use fathom_model::{Frame, FrameId, Issue, ModuleId, ModuleKind, RawFrame, Recording, StackId, StackTable};
use fathom_symbols::{FileSegment, SymbolFrame, elf_segments};
use fathom_sys::clock::boot_nanos;
use fathom_sys::host::HostFacts;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// Files that are not here; more are counted.
const MOST_FILES_NAMED: usize = 5;

/// Names what can be named; `written` is when the profile's file was written. Addresses of files become those that
/// `nm` prints.
pub(crate) fn name_addresses(recording: &mut Recording, written: Option<SystemTime>) -> Vec<Issue> {
    let is_unnamed = |frame: &Frame| frame.function.is_none() && frame.relative_address.is_some();
    if !recording.frames.iter().any(|frame| is_unnamed(frame) && frame.module.is_some()) {
        return Vec::new();
    }
    let may_ask_kernel = is_this_boot(recording, written);
    let modules: Vec<RawModule> = recording
        .modules
        .iter()
        .map(|module| RawModule {
            path: module.path.clone(),
            local_path: None,
            build_id: module.build_id.clone(),
            kind: match module.kind {
                ModuleKind::Kernel if !may_ask_kernel => ModuleKind::Unknown,
                // This program's own vdso is this kernel's.
                ModuleKind::Vdso if !may_ask_kernel => ModuleKind::Unknown,
                kind => kind,
            },
            identity: None,
        })
        .collect();
    let segments: Vec<Vec<FileSegment>> = modules
        .iter()
        .map(|module| match module.kind {
            ModuleKind::Elf => module_bytes(module).map(|bytes| elf_segments(&bytes)).unwrap_or_default(),
            _ => Vec::new(),
        })
        .collect();
    let mut stacks = Vec::new();
    for frame in recording.frames.iter_mut().filter(|frame| is_unnamed(frame)) {
        let (Some(module), Some(offset)) = (frame.module, frame.relative_address) else { continue };
        let of_module = segments.get(module.index()).map(Vec::as_slice).unwrap_or_default();
        if let Some(segment) = of_module.iter().find(|segment| segment.holds(offset)) {
            frame.relative_address = Some(segment.address_of(offset));
        }
        stacks.push((
            None,
            RawFrame { module: Some(module), address: frame.relative_address.unwrap_or(offset) },
        ));
    }
    let gathered = Gathered { modules, stacks, ..Gathered::default() };
    let (names, issues) = symbolise(&gathered, KernelNames::new(), &mut |_, _| {});
    put_names(recording, &names);
    in_few_words(issues)
}

/// A kernel's addresses are drawn anew at each boot.
fn is_this_boot(recording: &Recording, written: Option<SystemTime>) -> bool {
    let (found, own) = (&recording.meta.host, HostFacts::read());
    let booted = SystemTime::now().checked_sub(Duration::from_nanos(boot_nanos().unsigned_abs()));
    let is_since_boot = written.zip(booted).is_some_and(|(written, booted)| written > booted);
    is_since_boot && found.name == own.name && found.kernel == own.kernel
}

/// Puts the functions at each address in its place: several where calls were inlined.
fn put_names(recording: &mut Recording, names: &Names) {
    let mut frames: Vec<Frame> = Vec::with_capacity(recording.frames.len());
    let mut known: HashMap<Frame, FrameId> = HashMap::new();
    let mut add = |frame: Frame| {
        *known.entry(frame).or_insert_with_key(|frame| {
            frames.push(frame.clone());
            FrameId::from_index(frames.len() - 1)
        })
    };
    let paths: Vec<Vec<FrameId>> = recording
        .frames
        .iter()
        .map(|frame| match found(names, frame) {
            Some(found) => found.iter().map(|symbol| add(named(frame, symbol))).collect(),
            None => vec![add(frame.clone())],
        })
        .collect();
    let mut stacks = StackTable::new();
    let mut ids: Vec<StackId> = Vec::with_capacity(recording.stacks.nodes().len());
    for node in recording.stacks.nodes() {
        let mut current = node.parent.and_then(|parent| ids.get(parent.index()).copied());
        for frame in paths.get(node.frame.index()).into_iter().flatten() {
            current = Some(stacks.intern(current, *frame));
        }
        // A frame outside the table, which readers do not make, would leave nothing.
        ids.push(current.unwrap_or(StackId(0)));
    }
    let moved = |stack: &mut Option<StackId>| *stack = stack.and_then(|id| ids.get(id.index()).copied());
    recording.samples.iter_mut().for_each(|sample| moved(&mut sample.stack));
    recording.events.iter_mut().for_each(|event| moved(&mut event.stack));
    recording.stacks = stacks;
    recording.frames = frames;
}

fn found<'n>(names: &'n Names, frame: &Frame) -> Option<&'n Vec<SymbolFrame>> {
    let key: (ModuleId, u64) = (frame.module?, frame.relative_address?);
    if frame.function.is_some() {
        return None;
    }
    names.get(&key)
}

fn named(frame: &Frame, symbol: &SymbolFrame) -> Frame {
    Frame {
        function: symbol.function.clone(),
        function_start_line: symbol.function_start_line,
        file: symbol.file.clone(),
        line: symbol.line,
        column: symbol.column,
        inlined: symbol.inlined,
        ..frame.clone()
    }
}

/// A profile from elsewhere names hundreds of files that are not here.
fn in_few_words(mut issues: Vec<Issue>) -> Vec<Issue> {
    let n = issues.len();
    if n > MOST_FILES_NAMED {
        issues.truncate(MOST_FILES_NAMED);
        issues.push(Issue::of(
            "names",
            format!("{} more files have no names for the same reasons", n - MOST_FILES_NAMED),
        ));
    }
    issues
}
