//! Go 1.18 to 1.27 on x86-64, read from the process's memory while it runs.
//!
//! All goroutines are in the runtime's list `runtime.allgs`; each says where its stack goes on, and the program's
//! function table says how deep each frame is. Nothing stops the process, so a goroutine may go on while it is read:
//! it is read a second time after the first, and counts only if both say the same.

mod build_info;
mod find;
mod goroutine;
mod kind;
mod labels;
mod layout;
mod names;
mod recorded;
mod stack;
mod waits;

use crate::Snapshot;
use crate::budget::{Budget, text_bytes};
use crate::loaded::threads_by_innermost;
use crate::read_error::ReadError;
use crate::runtime::{Detection, OwnProfiles, Reader, Runtime, RuntimeDump, Sources, TaskDump};
use fathom_model::FrameKind;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::proc::CurrentSyscall;
use fathom_sys::process_view::ProcessView;
use find::{ALL_GOROUTINES, Found};
use goroutine::{RawGoroutine, Registers, Status};
use layout::Layout;
use names::Names;
use recorded::Waits;
use stack::{Chain, Walker};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::time::Instant;
use waits::Semaphores;

/// Longest list that is followed.
const MAX_GOROUTINES: u64 = 1_000_000;
/// Frames of all stacks and all tries: twice what a dump shows.
const MAX_STEPS: usize = 4_000_000;
/// How often a goroutine is read that changes under the reader.
const TRIES: usize = 5;
/// Goroutines by which a list is recognised.
const PROBED: u64 = 16;

/// Serves the list of profiles.
const PROFILES_FUNCTION: &str = "net/http/pprof.Index";
/// Where it stands unless the program has put it elsewhere.
const PROFILES_PATH: &str = "/debug/pprof/";

/// Go.
pub(super) struct Go;

impl Runtime for Go {
    fn id(&self) -> &'static str {
        "go"
    }

    fn tested_versions(&self) -> &'static str {
        "Go 1.18 to 1.27"
    }

    fn may_be_in(&self, _: &str, is_program: bool, file: &File) -> bool {
        find::is_go(file, is_program)
    }

    fn names_samples(&self) -> bool {
        // Its functions are native code.
        false
    }

    fn own_profiles(&self, process: &ProcessView) -> Option<OwnProfiles> {
        let found = find::find(process)?.ok()?;
        let table = &found.program.table;
        let origins = names::origins(table, found.build.main_module.clone());
        Some(OwnProfiles {
            runtime: self.id(),
            version: spoken(&found.build.version),
            // Whoever imports the package has the function: its initialisation registers it.
            path: table.function_range(PROFILES_FUNCTION).map(|_| PROFILES_PATH),
            kind_of: Box::new(move |function, file| origins.kind_of(function, file)),
        })
    }

    fn detect(&self, process: &ProcessView) -> Detection {
        let found = match find::find(process) {
            None => return Detection::Absent,
            Some(Err((version, why))) => {
                return Detection::Unreadable { version: version.as_deref().map(spoken), why };
            }
            Some(Ok(found)) => found,
        };
        let unreadable = |why: String| Detection::Unreadable {
            version: Some(spoken(&found.build.version)),
            why: format!("{}: {why}", found.path),
        };
        let Some((minor, layout)) =
            found.build.minor().and_then(|minor| Some((minor, layout::table_of(minor)?)))
        else {
            return unreadable(format!(
                "the offsets of its runtime are not known, needed is one of Go 1.{} to 1.{}",
                layout::FIRST_MINOR,
                layout::LAST_MINOR
            ));
        };
        let snapshot = Snapshot::new(process);
        let (places, by_symbol) = found.program.places_of(&snapshot, ALL_GOROUTINES, "runtime.allgadd");
        let list = places.iter().copied().find(|place| is_list(&snapshot, &found, &layout, *place));
        match list {
            Some(list) => Detection::Ready(Box::new(GoReader {
                names: Names::new(&found.program.table, found.build.main_module.clone(), minor),
                found,
                minor,
                layout,
                list,
                by_symbol,
            })),
            None => unreadable(format!(
                "no list of goroutines is at {} places that could have it; either its runtime has not begun, or its \
                 structures are not those of Go 1.{minor}",
                places.len()
            )),
        }
    }
}

/// `Go 1.26.8` of `go1.26.8`.
fn spoken(version: &str) -> String {
    match version.strip_prefix("go") {
        Some(number) => format!("Go {number}"),
        None => format!("Go {version}"),
    }
}

/// Address and length of the list at `place`.
fn list_at(snapshot: &Snapshot<'_>, place: u64) -> Result<(u64, u64), ReadError> {
    let what = "the list of goroutines";
    Ok((snapshot.u64(what, place)?, snapshot.u64(what, place.wrapping_add(8))?))
}

/// Whether the list of goroutines is at `place`, and they are of this layout: the first ones and the last one are sound,
/// and one was begun by a function of the runtime, as that of `main` is.
fn is_list(snapshot: &Snapshot<'_>, found: &Found, layout: &Layout, place: u64) -> bool {
    let table = &found.program.table;
    let begun_by_runtime = |goroutine: &RawGoroutine| {
        let start = goroutine.start.wrapping_sub(found.program.bias);
        goroutine.id > 0
            && table.function_entry(start) == Some(start)
            && table.function_name(start).is_some_and(|name| name.starts_with("runtime."))
    };
    let Ok((first, n)) = list_at(snapshot, place) else { return false };
    // Beside the list stands the address of its array alone, with some other word behind it.
    let room = snapshot.u64("the list of goroutines", place.wrapping_add(16)).unwrap_or(0);
    if n == 0 || n > room || room > MAX_GOROUTINES * 64 {
        return false;
    }
    let goroutines: Result<Vec<RawGoroutine>, ReadError> = (0..n.min(PROBED))
        .chain([n - 1])
        .map(|index| {
            let address = snapshot.u64("the list of goroutines", first.wrapping_add(8 * index))?;
            goroutine::read(snapshot, layout, address)
        })
        .collect();
    goroutines.is_ok_and(|goroutines| goroutines.iter().any(begun_by_runtime))
}

#[derive(Debug)]
struct GoReader {
    found: Found,
    minor: u32,
    layout: Layout,
    /// Address of `runtime.allgs`.
    list: u64,
    /// Whether a symbol said so.
    by_symbol: bool,
    names: Names,
}

impl Reader for GoReader {
    fn version(&self) -> String {
        spoken(&self.found.build.version)
    }

    fn method(&self) -> String {
        let list = if self.by_symbol {
            "goroutines by the symbol runtime.allgs"
        } else {
            "no symbols: goroutines by what the code of runtime.allgadd refers to"
        };
        format!(
            "process_vm_readv of {}, {list}, offsets from a table; the process is not stopped",
            self.found.path
        )
    }

    fn dump(&mut self, process: &ProcessView) -> Result<RuntimeDump, ReadError> {
        let mut dump = RuntimeDump::default();
        let mut budget = Budget::new();
        let addresses = self.addresses(process, &mut dump)?;
        let around = Around {
            process,
            threads: threads_by_innermost(process),
            semaphores: Semaphores::read(
                &Snapshot::until(process, budget.end),
                &self.found.program,
                &self.layout,
                |address| addresses.contains(&address),
            ),
            now: monotonic_nanos(),
            end: budget.end,
        };
        let mut walker = Walker::new(MAX_STEPS);
        let (mut n_unread, mut first_error) = (0usize, None);
        for (n_read, address) in addresses.iter().enumerate() {
            if let Some(why) = budget.exhausted() {
                dump.issue(format!("only {n_read} of {} goroutines were read: {why}", addresses.len()));
                break;
            }
            match self.goroutine(&around, *address, &mut walker) {
                Ok(Some(task)) => {
                    budget.spend_frames(&task.frames);
                    let labels = task.labels.iter().map(|(name, value)| name.len() + value.len());
                    budget.spend_text(labels.sum::<usize>() + task.created_by.as_ref().map_or(0, text_bytes));
                    dump.tasks.push(task);
                }
                Ok(None) => {}
                Err(error) => {
                    n_unread += 1;
                    first_error.get_or_insert(error);
                }
            }
        }
        if let Some(error) = first_error {
            dump.issue(format!("{n_unread} goroutines were not read, the first because: {error}"));
        }
        if walker.steps_left == 0 {
            dump.issue(format!("frames were followed more than {MAX_STEPS} times; the rest was not read"));
        }
        dump.tasks.sort_by_key(|task| task.id);
        Ok(dump)
    }

    fn into_sources(self: Box<Self>) -> Sources {
        Sources { frames: None, tasks: Some(Box::new(Waits::new(*self))) }
    }
}

/// What is the same for all goroutines of a dump.
struct Around<'a> {
    process: &'a ProcessView,
    threads: BTreeMap<i32, i32>,
    semaphores: Semaphores,
    now: i64,
    end: Instant,
}

/// A goroutine of which two readings agree, or the last reading.
struct Seen<'a> {
    raw: RawGoroutine,
    chain: Chain,
    snapshot: Snapshot<'a>,
    torn: bool,
}

impl GoReader {
    /// Addresses of all goroutines, each once.
    fn addresses(&self, process: &ProcessView, dump: &mut RuntimeDump) -> Result<BTreeSet<u64>, ReadError> {
        let (first, n) = list_at(&Snapshot::new(process), self.list)?;
        // The list only grows; the old one stays as it was.
        let n_read = n.min(MAX_GOROUTINES);
        if n > n_read {
            dump.issue(format!("{n} goroutines, of which {n_read} were read"));
        }
        let bytes = Snapshot::new(process).bytes("the list of goroutines", first, n_read as usize * 8)?;
        Ok(bytes.chunks_exact(8).filter_map(|word| Some(u64::from_le_bytes(word.try_into().ok()?))).collect())
    }

    /// `None` for one that has ended.
    fn goroutine(
        &mut self,
        around: &Around<'_>,
        address: u64,
        walker: &mut Walker,
    ) -> Result<Option<TaskDump>, ReadError> {
        let mut last = None;
        for _ in 0..TRIES {
            let seen = self.look(around, address, walker);
            let is_settled = seen.as_ref().is_ok_and(|seen| seen.as_ref().is_none_or(|seen| !seen.torn));
            last = Some(seen);
            if is_settled {
                break;
            }
        }
        match last {
            Some(Ok(Some(seen))) => Ok(Some(self.task(around, seen))),
            Some(Err(error)) => Err(error),
            Some(Ok(None)) | None => Ok(None),
        }
    }

    /// Reads a goroutine and its stack, and both once more.
    fn look<'a>(
        &self,
        around: &Around<'a>,
        address: u64,
        walker: &mut Walker,
    ) -> Result<Option<Seen<'a>>, ReadError> {
        let snapshot = Snapshot::until(around.process, around.end);
        let raw = goroutine::read(&snapshot, &self.layout, address)?;
        if raw.status.is_nobody() {
            return Ok(None);
        }
        let chain = self.chain(around, &snapshot, &raw, walker);
        let later = Snapshot::until(around.process, around.end);
        let raw_again = goroutine::read(&later, &self.layout, address)?;
        let chain_again = self.chain(around, &later, &raw_again, walker);
        if raw == raw_again && chain == chain_again {
            return Ok(Some(Seen { raw, chain, snapshot, torn: false }));
        }
        let chain = match raw.id == raw_again.id {
            true => chain.outer_part(&chain_again),
            false => Chain::default(),
        };
        Ok(Some(Seen { raw, chain, snapshot, torn: true }))
    }

    fn chain(
        &self,
        around: &Around<'_>,
        snapshot: &Snapshot<'_>,
        raw: &RawGoroutine,
        walker: &mut Walker,
    ) -> Chain {
        let start = match self.start(around, snapshot, raw) {
            Ok(start) => start,
            Err(why) => return Chain::unknown(why),
        };
        walker.chain(snapshot, &self.found.program, raw, start)
    }

    /// Where its stack begins; the error says why that is not known.
    fn start(
        &self,
        around: &Around<'_>,
        snapshot: &Snapshot<'_>,
        raw: &RawGoroutine,
    ) -> Result<Registers, String> {
        if raw.status != Status::RUNNING {
            let in_syscall = raw.status == Status::SYSCALL && raw.syscall.stack_pointer != 0;
            return Ok(if in_syscall { raw.syscall } else { raw.sched });
        }
        // The kernel knows the registers of a thread that is blocked in it.
        let blocked = self
            .thread(around, snapshot, raw.m)
            .and_then(|tid| around.process.thread_syscall(tid).ok().flatten());
        match blocked {
            Some(CurrentSyscall::Blocked { stack_pointer, instruction_pointer, .. })
                if (raw.stack.0..raw.stack.1).contains(&stack_pointer) =>
            {
                Ok(Registers { stack_pointer, instruction: instruction_pointer })
            }
            _ => Err("it runs: its stack cannot be read without stopping it".to_owned()),
        }
    }

    /// The thread of the structure `m` at an address, as we number threads.
    fn thread(&self, around: &Around<'_>, snapshot: &Snapshot<'_>, m: u64) -> Option<i32> {
        if m == 0 {
            return None;
        }
        let number = snapshot.u64("a thread's number", m.wrapping_add(self.layout.m_thread)).ok()?;
        around.threads.get(&i32::try_from(number).ok()?).copied()
    }

    fn task(&mut self, around: &Around<'_>, seen: Seen<'_>) -> TaskDump {
        let Seen { raw, chain, snapshot, torn } = seen;
        let table = &self.found.program.table;
        let file_address = |address: u64| address.wrapping_sub(self.found.program.bias);
        let mut frames = Vec::new();
        for place in &chain.places {
            frames.extend_from_slice(self.names.at(table, *place));
        }
        if frames.is_empty() && !chain.places.is_empty() {
            // It has not begun, and will with a function that the compiler made.
            frames = self.names.all_at(table, chain.places[0]);
        }
        let begins_in = table.function_name(file_address(raw.start)).unwrap_or_default();
        let wait_reason =
            layout::wait_reason(self.minor, raw.wait_reason).filter(|_| raw.status.has_reason());
        let channels = || waits::channels(&snapshot, &self.layout, raw.waiting).ok().flatten();
        let is_tied_to_thread = raw.locked_m != 0;
        let since = (raw.status.has_since() && raw.wait_since > 0).then_some(raw.wait_since);
        let is_runtimes_own = is_runtimes_own(&begins_in)
            && !frames.iter().any(|frame| matches!(frame.kind, FrameKind::User | FrameKind::Library));
        let created_at = Some(raw.created_at).filter(|address| *address != 0 && raw.id != 1);
        TaskDump {
            kind: "goroutine",
            id: raw.id,
            name: None,
            state: raw.status.text(),
            wait_reason: wait_reason.map(str::to_owned),
            waited_nanos: since.and_then(|since| u64::try_from(around.now.checked_sub(since)?).ok()),
            thread: self.thread(around, &snapshot, if raw.m == 0 { raw.locked_m } else { raw.m }),
            is_tied_to_thread,
            is_runtimes_own,
            labels: labels::read(&snapshot, self.layout.label_style, raw.labels).unwrap_or_default(),
            awaits: Vec::new(),
            awaited_by: Vec::new(),
            parent: Some(raw.parent).filter(|parent| *parent != 0),
            created_by: created_at.and_then(|address| {
                self.names.at(table, file_address(address).wrapping_sub(1)).first().cloned()
            }),
            waits_for: wait_reason
                .and_then(|reason| around.semaphores.of(raw.address, reason).or_else(channels)),
            frames,
            incomplete: chain.incomplete,
            torn,
        }
    }
}

/// Whether a goroutine that begins in this function is one of the runtime's (`isSystemGoroutine` in
/// `runtime/traceback.go`); those that run finalizers are, unless they are in one.
fn is_runtimes_own(begins_in: &str) -> bool {
    begins_in.starts_with("runtime.")
        && !["runtime.main", "runtime.corostart", "runtime.handleAsyncEvent"].contains(&begins_in)
}

#[cfg(test)]
mod tests;
