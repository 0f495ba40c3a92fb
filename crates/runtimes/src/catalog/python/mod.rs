//! CPython 3.10 to 3.15, read from the process's memory while it runs.
//!
//! The interpreter is found by its symbol `_PyRuntime`; from there lead lists of interpreters, threads and frames.
//! Nothing stops the process, so a stack may change while it is read: the chain of frames is read a second time
//! after the first, and counts only if both say the same of all but the innermost instruction.

mod asyncio;
mod code;
mod coroutines;
mod debug_offsets;
mod find;
mod frames;
mod gc;
mod layout;
mod line_table;
mod lists;
mod locals;
mod object_layout;
mod objects;
mod recorded;
mod task_module;
mod text;
mod values;
mod walk;

use crate::Snapshot;
use crate::budget::{Budget, text_bytes};
use crate::loaded::threads_by_innermost;
use crate::read_error::ReadError;
use crate::runtime::{
    Detection, GilState, Locals, ManagedFrame, Reader, Runtime, RuntimeDump, Sources, ThreadDump, Variable,
};
use asyncio::KnownThread;
use code::Codes;
use fathom_model::FrameKind;
use fathom_sys::process_view::ProcessView;
use find::Found;
use frames::RawFrame;
use gc::Collection;
use layout::{FrameStyle, Layout, Version};
use lists::GilNow;
use objects::Objects;
use std::collections::BTreeMap;
use std::fs::File;
use task_module::TaskModules;

/// Longest lists that are followed.
const MAX_THREADS: usize = 100_000;
/// How often a stack is read that changes under the reader.
const TRIES: usize = 5;
/// Where `struct pthread` keeps the thread's number: glibc and musl, x86-64 and 64-bit ARM.
const PTHREAD_TID: [u64; 4] = [720, 208, 48, 216];

/// CPython.
pub(super) struct Python;

impl Runtime for Python {
    fn id(&self) -> &'static str {
        "python"
    }

    fn tested_versions(&self) -> &'static str {
        "CPython 3.10 to 3.15"
    }

    fn may_be_in(&self, path: &str, is_program: bool, file: &File) -> bool {
        (is_program || find::is_named_as_interpreter(path)) && find::is_in_file(file)
    }

    fn names_samples(&self) -> bool {
        true
    }

    fn detect(&self, process: &ProcessView) -> Detection {
        let found = match find::find(process) {
            Ok(Some(found)) => found,
            Ok(None) => return Detection::Absent,
            Err((path, why)) => {
                let version = version_of_path(&path).map(Version::text);
                return Detection::Unreadable { version, why: format!("cannot open {path}: {why}") };
            }
        };
        let snapshot = Snapshot::new(process);
        match version_and_layout(&snapshot, &found) {
            Ok((version, layout)) => Detection::Ready(Box::new(PythonReader::new(found, version, layout))),
            Err((version, why)) => Detection::Unreadable {
                version: version.map(Version::text),
                why: format!("{}: {why}", found.path),
            },
        }
    }
}

fn version_and_layout(
    snapshot: &Snapshot<'_>,
    found: &Found,
) -> Result<(Version, Layout), (Option<Version>, String)> {
    let version = match found.version {
        Some(address) => {
            let word = snapshot.u32("Py_Version", address).map_err(|error| (None, error.to_string()))?;
            Some(Version(word))
        }
        None => version_of_path(&found.path),
    };
    if let Some(version) = version
        && let Some(layout) = layout::table_of(version)
    {
        return Ok((version, layout));
    }
    debug_offsets::from_debug_offsets(snapshot, found.runtime).map_err(|error| {
        let why = match version {
            Some(_) => error.to_string(),
            None => format!(
                "no symbol Py_Version, no version in the file's name, and {error}: needed is one of 3.10 to 3.15"
            ),
        };
        (version, why)
    })
}

/// `…/libpython3.10.so.1.0` and `…/python3.10`: the minor version, the rest unknown.
fn version_of_path(path: &str) -> Option<Version> {
    let name = path.rsplit('/').next()?;
    let digits = name.split("python3.").nth(1)?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let minor: u32 = digits[..end].parse().ok().filter(|minor| *minor < 256)?;
    Some(Version(3 << 24 | minor << 16))
}

#[derive(Clone, Debug)]
struct PythonReader {
    found: Found,
    version: Version,
    layout: Layout,
    codes: Codes,
    locals: Locals,
    /// Of the dump that is being made.
    budget: Budget,
    task_modules: TaskModules,
}

impl Reader for PythonReader {
    fn version(&self) -> String {
        let threads = if self.layout.free_threaded { ", free-threaded" } else { "" };
        format!("CPython {}{threads}", self.version.text())
    }

    fn method(&self) -> String {
        let layout =
            if layout::table_of(self.version).is_some() { "a table" } else { "the interpreter's own" };
        format!("process_vm_readv of {}, offsets from {layout}; the process is not stopped", self.found.path)
    }

    fn read_locals(&mut self, locals: Locals) {
        self.locals = locals;
    }

    fn dump(&mut self, process: &ProcessView) -> Result<RuntimeDump, ReadError> {
        self.budget = Budget::new();
        let tids = threads_by_innermost(process);
        let snapshot = Snapshot::until(process, self.budget.end);
        let mut dump = RuntimeDump::default();
        let (mut n_threads, mut known) = (0, Vec::new());
        'all: for interpreter in self.interpreters(&snapshot, &mut dump)? {
            let id =
                snapshot.u64("an interpreter's number", interpreter.wrapping_add(self.layout.interpreter_id));
            let gil = self.gil(&snapshot, interpreter);
            let collection = gc::collection(&snapshot, &self.layout, interpreter);
            for thread in self.threads(&snapshot, interpreter, &mut dump) {
                n_threads += 1;
                let why = (n_threads > MAX_THREADS).then(|| format!("there are more than {MAX_THREADS}"));
                if let Some(why) = why.or_else(|| self.budget.exhausted()) {
                    dump.issue(format!("not all threads were read: {why}"));
                    break 'all;
                }
                match self.thread(process, thread, (id.clone().unwrap_or(0), &gil, &collection), &tids) {
                    Ok(read) => {
                        self.budget.spend_frames(&read.frames);
                        let (pthread, tid) = (read.pthread, read.tid);
                        known.push(KnownThread { state: thread, interpreter, pthread, tid });
                        dump.threads.push(read);
                    }
                    Err(error) => dump.issue(error.to_string()),
                }
            }
        }
        self.tasks(process, &known, &mut dump);
        Ok(dump)
    }

    fn into_sources(self: Box<Self>) -> Sources {
        let tasks = recorded::Waits(PythonReader::clone(&self));
        Sources { frames: Some(self), tasks: Some(Box::new(tasks)) }
    }
}

/// A stack as it was read.
struct Stack {
    raw: Vec<RawFrame>,
    /// As many as `raw`.
    frames: Vec<ManagedFrame>,
    torn: bool,
}

impl PythonReader {
    fn new(found: Found, version: Version, layout: Layout) -> Self {
        Self {
            found,
            version,
            layout,
            codes: Codes::default(),
            locals: Locals::default(),
            budget: Budget::new(),
            task_modules: TaskModules::default(),
        }
    }

    fn tid_of(&self, snapshot: &Snapshot<'_>, thread: u64, tids: &BTreeMap<i32, i32>) -> Option<i32> {
        if let Some(offset) = self.layout.thread_native_id {
            let native = snapshot.u64("a thread's number", thread.wrapping_add(offset)).ok()?;
            return tids.get(&i32::try_from(native).ok()?).copied();
        }
        let pthread =
            snapshot.u64("a thread's handle", thread.wrapping_add(self.layout.thread_pthread)).ok()?;
        PTHREAD_TID.iter().find_map(|offset| {
            let native = snapshot.u32("a thread's number", pthread.wrapping_add(*offset)).ok()?;
            tids.get(&i32::try_from(native).ok()?).copied()
        })
    }

    fn thread(
        &mut self,
        process: &ProcessView,
        thread: u64,
        (interpreter, gil, collection): (u64, &GilNow, &Collection),
        tids: &BTreeMap<i32, i32>,
    ) -> Result<ThreadDump, ReadError> {
        let snapshot = Snapshot::until(process, self.budget.end);
        let pthread = snapshot.u64("a thread's handle", thread.wrapping_add(self.layout.thread_pthread))?;
        let tid = self.tid_of(&snapshot, thread, tids);
        let Stack { raw, mut frames, torn } = self.stack(process, thread)?;
        let mut locals = self.variables(process, &raw);
        let gil = match gil {
            GilNow::Unknown => GilState::Unknown,
            GilNow::Off => GilState::NoLock,
            GilNow::HeldBy(holder) if *holder == thread => GilState::Holds,
            GilNow::Free | GilNow::HeldBy(_) => GilState::Without,
        };
        if let Some(at) = collection.position(&raw, gil) {
            frames.insert(at.min(frames.len()), gc::frame());
            if !locals.is_empty() {
                locals.insert(at.min(locals.len()), Vec::new());
            }
        }
        let (name, said) = (None, Vec::new());
        Ok(ThreadDump { tid, pthread, interpreter, gil, frames, locals, torn, name, said })
    }

    /// Reads a stack until two readings agree; else the most that two in a row agreed on, from the outside in, and
    /// `true`.
    fn stack(&mut self, process: &ProcessView, thread: u64) -> Result<Stack, ReadError> {
        let (mut pairs, mut failure) = (Vec::new(), None);
        for _ in 0..TRIES {
            let snapshot = Snapshot::until(process, self.budget.end);
            let chain = match frames::chain(&snapshot, &self.layout, thread) {
                Ok(chain) => chain,
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            };
            let named = self.name(&snapshot, &chain);
            let later = Snapshot::until(process, self.budget.end);
            let Ok(again) = frames::chain(&later, &self.layout, thread) else { continue };
            if let Some(named) = named
                && agree(&chain, &again)
            {
                return Ok(Stack { raw: chain, frames: named, torn: false });
            }
            pairs.push((chain, again));
        }
        if let (true, Some(error)) = (pairs.is_empty(), failure) {
            return Err(error);
        }
        // A frame object of 3.10 that is freed while the chain is followed ends it, as the outermost one does.
        let outer = match self.layout.style {
            FrameStyle::Object => &[],
            _ => outer_part(&pairs),
        };
        let frames = self.name(&Snapshot::until(process, self.budget.end), outer).unwrap_or_default();
        let raw = if frames.is_empty() { Vec::new() } else { outer.to_vec() };
        Ok(Stack { raw, frames, torn: true })
    }

    /// Variables of each frame, if they were asked for.
    fn variables(&mut self, process: &ProcessView, stack: &[RawFrame]) -> Vec<Vec<Variable>> {
        if self.locals == Locals::Hidden {
            return Vec::new();
        }
        let (snapshot, layout) = (Snapshot::until(process, self.budget.end), self.layout);
        let objects = Objects::new(&snapshot, &layout);
        let of_frame = |frame: &RawFrame| {
            if !self.budget.has_variables() {
                return Vec::new();
            }
            let found = locals::variables(&objects, frame, self.locals).unwrap_or_default();
            self.budget.spend_variables(&found);
            found
        };
        stack.iter().map(of_frame).collect()
    }

    /// The frames in words; `None` if a frame's code is none, or they are too much.
    fn name(&mut self, snapshot: &Snapshot<'_>, chain: &[RawFrame]) -> Option<Vec<ManagedFrame>> {
        for frame in chain {
            self.codes.load(snapshot, &self.layout, frame.code);
        }
        let mut n_bytes = 0;
        chain
            .iter()
            .map(|frame| {
                let code = self.codes.get(frame.code)?;
                // A long table of lines takes time.
                let place = if snapshot.is_late() { return None } else { code.place(frame.instruction) };
                let named = ManagedFrame {
                    function: code.function.clone(),
                    file: code.file.clone(),
                    line: place.line,
                    column: place.column,
                    first_line: code.first_line,
                    kind: kind_of(&code.file),
                    is_entry: frame.is_entry,
                };
                n_bytes += text_bytes(&named);
                self.budget.has_text(n_bytes).then_some(named)
            })
            .collect()
    }
}

/// The most that two readings share from the outermost in. A reading that went into a frame just freed ends early,
/// so only those count that end where most end.
fn outer_part(pairs: &[(Vec<RawFrame>, Vec<RawFrame>)]) -> &[RawFrame] {
    let mut ends: BTreeMap<u64, usize> = BTreeMap::new();
    for chain in pairs.iter().flat_map(|(first, second)| [first, second]) {
        *ends.entry(chain.last().map_or(0, |frame| frame.address)).or_default() += 1;
    }
    let end = ends.into_iter().max_by_key(|(_, times)| *times).map_or(0, |(end, _)| end);
    pairs
        .iter()
        .filter(|(first, _)| first.last().is_some_and(|frame| frame.address == end))
        .map(|(first, second)| {
            let n = first.iter().rev().zip(second.iter().rev()).take_while(|(a, b)| a == b).count();
            &first[first.len() - n..]
        })
        .max_by_key(|outer| outer.len())
        .unwrap_or_default()
}

/// Whether two readings are of the same stack; the innermost frame may have gone on.
fn agree(first: &[RawFrame], second: &[RawFrame]) -> bool {
    first.len() == second.len()
        && first.iter().zip(second).enumerate().all(|(depth, (a, b))| {
            (a.address, a.code, a.owner) == (b.address, b.code, b.owner)
                && (depth == 0 || a.instruction == b.instruction)
        })
}

/// What a file of the interpreter is to whoever wrote the program.
fn kind_of(file: &str) -> FrameKind {
    let is_installed = file.contains("/site-packages/") || file.contains("/dist-packages/");
    // `/usr/lib/python3.11/json/decoder.py`, `C` and frozen modules have no path.
    let is_standard = file.split("/lib/python3.").nth(1).is_some_and(|rest| rest.contains('/'));
    if file.starts_with("<frozen") {
        FrameKind::Runtime
    } else if is_installed || is_standard {
        FrameKind::Library
    } else {
        FrameKind::User
    }
}

#[cfg(test)]
mod tests {
    use super::object_layout::ObjectLayout;
    use super::*;
    use fathom_sys::process_view::RecordedProcess;
    use proptest::prelude::*;

    const BASE: u64 = 0x7f00_0000_0000;
    const BYTES: usize = 64 << 10;

    /// Memory that holds nothing but addresses in itself and small numbers: lists without ends, rings, frames that
    /// are code objects, texts of any length.
    fn dump_of(words: &[u64], version: Version) -> RuntimeDump {
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        let bytes = words.iter().cycle().take(BYTES / 8).flat_map(|word| word.to_le_bytes()).collect();
        recorded.add_memory(BASE, bytes);
        let process = ProcessView::Recorded(recorded);
        let layout = layout::table_of(version).unwrap_or_else(|| {
            let before = layout::table_of(Version(3 << 24 | 12 << 16)).expect("it has a table");
            Layout {
                style: FrameStyle::InstructionPointer,
                cframe_frame: None,
                objects: ObjectLayout::of(version.minor(), 16),
                ..before
            }
        });
        let found = Found { runtime: BASE, version: None, asyncio: None, path: "python".to_owned() };
        let mut reader = PythonReader::new(found, version, layout);
        reader.read_locals(Locals::Redacted);
        reader.dump(&process).unwrap_or_default()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn garbage_ends_in_issues_not_in_a_hang(
            words in prop::collection::vec(
                prop_oneof![
                    4 => (0..BYTES as u64).prop_map(|offset| BASE + offset),
                    1 => 0..4096u64,
                    1 => any::<u64>(),
                ],
                1..2000,
            ),
            minor in 10..16u32,
        ) {
            let dump = dump_of(&words, Version(3 << 24 | minor << 16));
            prop_assert!(dump.threads.len() <= BYTES);
        }
    }

    #[test]
    fn a_ring_of_interpreters_is_told() {
        let dump = dump_of(&[BASE], Version(3 << 24 | 12 << 16));
        assert!(dump.issues.iter().any(|issue| issue.contains("has no end")), "{:?}", dump.issues);
        assert!(dump.threads.iter().all(|thread| thread.frames.is_empty()), "{dump:?}");
    }

    #[test]
    fn files_and_versions_by_path() {
        assert_eq!(kind_of("/srv/app/lib/python3/tool.py"), FrameKind::User);
        assert_eq!(kind_of("/usr/lib/python3.11/json/decoder.py"), FrameKind::Library);
        assert_eq!(kind_of("/v/lib/python3.12/site-packages/flask/app.py"), FrameKind::Library);
        assert_eq!(kind_of("<frozen importlib._bootstrap>"), FrameKind::Runtime);
        assert_eq!(kind_of("<string>"), FrameKind::User);
        let text = |path| version_of_path(path).map(Version::text);
        assert_eq!(text("/usr/lib/libpython3.10.so.1.0").as_deref(), Some("3.10"));
        assert_eq!(text("/usr/bin/python3"), None);
        assert_eq!(Version(0x030f_00a2).text(), "3.15.0a2");
    }
}
