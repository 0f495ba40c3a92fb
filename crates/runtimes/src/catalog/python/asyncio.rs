//! Tasks of asyncio: who they are, where they stand, whom they wait for.
//!
//! From 3.14 on each thread links its tasks in a list, and `_AsyncioDebug` in the module `_asyncio` says where
//! (`Modules/_asynciomodule.c`). Before, and where that is missing, `asyncio.tasks` has a `WeakSet` of all tasks, which
//! is read as the Python object it is. Tasks of other implementations than `_asyncio.Task` are read by their
//! attributes.

use super::coroutines::{Awaits, End, awaits};
use super::frames::{self, RawFrame};
use super::objects::{Objects, Type};
use super::{PythonReader, TRIES};
use crate::Snapshot;
use crate::read_error::ReadError;
use crate::runtime::{RuntimeDump, TaskDump};
use fathom_model::Tid;
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, BTreeSet};

/// Most tasks that are read.
pub(super) const MAX_TASKS: usize = 100_000;
/// Most tasks that wait for one, and of one group, that are read.
pub(super) const MAX_AWAITERS: usize = 10_000;
/// Classes above a task's own that are looked through for `_asyncio.Task`.
const MAX_BASES: usize = 8;
/// `Py_TPFLAGS_LONG_SUBCLASS`.
const IS_INT: u64 = 1 << 24;

/// A thread of an interpreter.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownThread {
    /// Address of its state.
    pub(super) state: u64,
    /// Address of its interpreter's state.
    pub(super) interpreter: u64,
    pub(super) pthread: u64,
    pub(super) tid: Option<Tid>,
}

/// `Py_AsyncioModuleDebugOffsets`, the same in 3.14 and 3.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AsyncioOffsets {
    task_name: u64,
    task_awaited_by: u64,
    task_awaited_by_is_set: u64,
    task_coroutine: u64,
    task_node: u64,
    interpreter_tasks: u64,
    thread_task: u64,
    thread_tasks: u64,
}

impl AsyncioOffsets {
    fn read(snapshot: &Snapshot<'_>, address: u64) -> Option<Self> {
        const N_WORDS: usize = 13;
        let bytes = snapshot.bytes("_AsyncioDebug", address, N_WORDS * 8).ok()?;
        let words: Vec<u64> = bytes
            .chunks_exact(8)
            .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()))
            .collect();
        // Sizes of the three structures come before their fields.
        let is_within =
            |fields: &[u64], size: u64| size < 1 << 24 && fields.iter().all(|field| *field < size);
        let is_sound = is_within(&words[1..7], words[0])
            && is_within(&words[8..9], words[7])
            && is_within(&words[10..13], words[9]);
        is_sound.then(|| Self {
            task_name: words[1],
            task_awaited_by: words[2],
            task_awaited_by_is_set: words[4],
            task_coroutine: words[5],
            task_node: words[6],
            interpreter_tasks: words[8],
            thread_task: words[11],
            thread_tasks: words[12],
        })
    }
}

/// Where a task has its parts.
struct Task {
    coroutine: u64,
    name: u64,
    /// The future it waits for, 0 or `None` for none.
    waiter: u64,
    event_loop: u64,
    is_done: bool,
    /// It is of the class `_asyncio.Task` or one below.
    is_native: bool,
}

impl PythonReader {
    /// Adds the tasks of all interpreters to a dump, as many as the budget has room for.
    pub(super) fn tasks(&mut self, process: &ProcessView, threads: &[KnownThread], dump: &mut RuntimeDump) {
        let snapshot = Snapshot::until(process, self.budget.end);
        let layout = self.layout;
        let objects = Objects::new(&snapshot, &layout);
        let offsets = self.asyncio_offsets(process, &snapshot);
        let interpreters: BTreeSet<u64> = threads.iter().map(|thread| thread.interpreter).collect();
        let mut found: BTreeSet<u64> = BTreeSet::new();
        let mut running: BTreeMap<u64, Option<Tid>> = BTreeMap::new();
        for interpreter in interpreters {
            let own: Vec<&KnownThread> =
                threads.iter().filter(|thread| thread.interpreter == interpreter).collect();
            if let Some(offsets) = &offsets {
                let heads = own.iter().map(|thread| thread.state.wrapping_add(offsets.thread_tasks));
                for head in heads.chain([interpreter.wrapping_add(offsets.interpreter_tasks)]) {
                    list(&objects, head, offsets.task_node, &mut found, dump);
                }
                for thread in &own {
                    let task = objects.word("a running task", thread.state, offsets.thread_task);
                    running.extend(task.ok().filter(|task| *task != 0).map(|task| (task, thread.tid)));
                }
            }
            match self.task_modules.tasks(&objects, interpreter, &mut found) {
                Ok(current) => {
                    for task in current {
                        running.entry(task).or_insert(None);
                    }
                }
                Err(error) => dump.issue(format!("asyncio: {error}")),
            }
        }
        let mut tasks: BTreeMap<u64, TaskDump> = BTreeMap::new();
        let n_found = found.len();
        for (n_read, address) in found.into_iter().enumerate() {
            if let Some(why) = self.budget.exhausted() {
                dump.issue(format!("only {n_read} of {n_found} asyncio tasks were read: {why}"));
                break;
            }
            match self.task(process, &objects, offsets.as_ref(), address, &running, threads) {
                Ok(Some(task)) => {
                    self.budget.spend_frames(&task.frames);
                    self.budget.spend_text(task.name.as_ref().map_or(0, String::len));
                    self.budget.spend_links(task.awaits.len() + task.awaited_by.len());
                    tasks.insert(address, task);
                }
                Ok(None) => {}
                Err(error) => dump.issue(format!("asyncio task at {address:#x}: {error}")),
            }
        }
        join(&mut tasks);
        dump.tasks.extend(tasks.into_values());
    }

    fn asyncio_offsets(&mut self, process: &ProcessView, snapshot: &Snapshot<'_>) -> Option<AsyncioOffsets> {
        if self.version.minor() < 14 {
            return None;
        }
        // The module may be loaded at any time.
        let address = self.found.asyncio.or_else(|| super::find::find_asyncio(process))?;
        self.found.asyncio = Some(address);
        AsyncioOffsets::read(snapshot, address)
    }

    /// Reads a task until two readings agree; `None` for one that is done.
    fn task(
        &mut self,
        process: &ProcessView,
        objects: &Objects<'_>,
        offsets: Option<&AsyncioOffsets>,
        address: u64,
        running: &BTreeMap<u64, Option<Tid>>,
        threads: &[KnownThread],
    ) -> Result<Option<TaskDump>, ReadError> {
        let task = Task::read(objects, offsets, address)?;
        if task.is_done || task.coroutine == 0 {
            return Ok(None);
        }
        let layout = self.layout;
        let (mut chain, mut is_torn) = (awaits(objects, task.coroutine)?, true);
        for _ in 0..TRIES {
            let again =
                awaits(&Objects::new(&Snapshot::until(process, self.budget.end), &layout), task.coroutine)?;
            is_torn = again != chain;
            chain = again;
            if !is_torn {
                break;
            }
        }
        let mut dump = TaskDump {
            kind: "asyncio task",
            id: address,
            name: name(objects, task.name),
            state: "runnable".to_owned(),
            torn: is_torn,
            ..TaskDump::default()
        };
        dump.thread = match running.get(&address) {
            Some(Some(tid)) => Some(*tid),
            _ => loop_thread(objects, task.event_loop, threads),
        };
        if running.contains_key(&address) || chain.end == End::Runs {
            dump.state = "running".to_owned();
        } else if objects.is_something(task.waiter) {
            dump.state = "waiting".to_owned();
            self.waits(objects, &task, &mut dump);
        }
        if let End::Other(name) = &chain.end {
            dump.wait_reason.get_or_insert(name.clone());
        }
        if let Some(offsets) = offsets.filter(|_| task.is_native) {
            dump.awaited_by = awaited_by(objects, offsets, address).unwrap_or_default();
        }
        let raw = self.whole_stack(process, &chain, dump.thread, threads);
        match self.name(objects.snapshot, &raw) {
            Some(frames) => dump.frames = frames,
            None => dump.incomplete = Some("code that cannot be read".to_owned()),
        }
        Ok(Some(dump))
    }

    /// What a waiting task waits for: a task, the members of a `gather`, or another future.
    fn waits(&self, objects: &Objects<'_>, task: &Task, dump: &mut TaskDump) {
        let Ok(class) = objects.type_of(task.waiter) else { return };
        dump.wait_reason = Some(class.name.clone());
        if Task::is_task(objects, &class) {
            dump.awaits.push(task.waiter);
            dump.wait_reason = Some("task".to_owned());
            return;
        }
        let members = objects.attribute(task.waiter, "_children").ok().flatten();
        if let Some(members) = members.filter(|_| class.name == "_GatheringFuture")
            && let Ok((members, _)) = objects.list(members, MAX_AWAITERS)
        {
            dump.awaits = members;
            dump.wait_reason = Some("gather".to_owned());
        }
    }

    /// The frames of a task, innermost first: of one that runs, the part of its thread's stack that is above it.
    fn whole_stack(
        &self,
        process: &ProcessView,
        chain: &Awaits,
        tid: Option<Tid>,
        threads: &[KnownThread],
    ) -> Vec<RawFrame> {
        let own: Vec<RawFrame> = chain.frames.iter().rev().copied().collect();
        let Some(outermost) = own.last().filter(|_| chain.end == End::Runs) else { return own };
        let snapshot = Snapshot::until(process, self.budget.end);
        threads
            .iter()
            .filter(|thread| tid.is_none() || thread.tid == tid)
            .find_map(|thread| {
                let stack = frames::chain(&snapshot, &self.layout, thread.state).ok()?;
                let at = stack.iter().position(|frame| frame.address == outermost.address)?;
                Some(stack[..=at].to_vec())
            })
            .unwrap_or(own)
    }
}

impl Task {
    fn read(
        objects: &Objects<'_>,
        offsets: Option<&AsyncioOffsets>,
        address: u64,
    ) -> Result<Self, ReadError> {
        let class = objects.type_of(address)?;
        if !Self::is_native(objects, &class) {
            return Self::by_attributes(objects, address);
        }
        // From 3.10 to 3.15 the future, the coroutine and the name stand in this order, the loop behind the head.
        let (coroutine, state) = match (offsets, objects.layout.objects.minor) {
            (Some(offsets), _) => (offsets.task_coroutine, None),
            (None, 10) => (160, Some(88)),
            (None, 11 | 12) => (136, Some(88)),
            (None, 13) => (objects.layout.objects.head + 104, Some(objects.layout.objects.head + 80)),
            (None, _) => (objects.layout.objects.head + 112, Some(objects.layout.objects.head + 88)),
        };
        let word = |offset| objects.word("a task", address, offset);
        let state = match state {
            Some(offset) => objects.snapshot.u32("a task's state", address.wrapping_add(offset))?,
            // Those that are done are not in the list.
            None => 0,
        };
        Ok(Self {
            coroutine: word(coroutine)?,
            name: word(offsets.map_or(coroutine + 8, |offsets| offsets.task_name))?,
            waiter: word(coroutine.wrapping_sub(8))?,
            event_loop: word(objects.layout.objects.head)?,
            is_done: state != 0,
            is_native: true,
        })
    }

    fn by_attributes(objects: &Objects<'_>, address: u64) -> Result<Self, ReadError> {
        let attribute = |name| Ok(objects.attribute(address, name)?.unwrap_or(0));
        let state = attribute("_state")?;
        Ok(Self {
            coroutine: attribute("_coro")?,
            name: attribute("_name")?,
            waiter: attribute("_fut_waiter")?,
            event_loop: attribute("_loop")?,
            is_done: state == 0 || objects.text(state).is_ok_and(|state| state != "PENDING"),
            is_native: false,
        })
    }

    fn is_native(objects: &Objects<'_>, class: &Type) -> bool {
        objects.is_below(class, "_asyncio.Task", MAX_BASES)
    }

    fn is_task(objects: &Objects<'_>, class: &Type) -> bool {
        class.name == "Task" || Self::is_native(objects, class)
    }
}

/// The members of a list of tasks that begins and ends at `head`.
fn list(objects: &Objects<'_>, head: u64, node: u64, found: &mut BTreeSet<u64>, dump: &mut RuntimeDump) {
    let mut at = head;
    for _ in 0..MAX_TASKS {
        match objects.word("a list of tasks", at, 0) {
            // A list that nobody has used yet is empty, or not set up.
            Ok(next) if next == head || next == 0 => return,
            Ok(next) => at = next,
            Err(error) => return dump.issue(error.to_string()),
        }
        if !found.insert(at.wrapping_sub(node)) {
            // It changed while it was read, and leads back.
            return;
        }
    }
    dump.issue(format!("more than {MAX_TASKS} asyncio tasks; the rest was not read"));
}

/// A text, or from 3.12 on the number that a name is made of when it is asked for.
fn name(objects: &Objects<'_>, name: u64) -> Option<String> {
    let class = objects.type_of(name).ok()?;
    if class.flags & IS_INT != 0 {
        return Some(format!("Task-{}", objects.small_int(name)?));
    }
    objects.text(name).ok()
}

/// The thread that runs an event loop, by the loop's own note.
fn loop_thread(objects: &Objects<'_>, event_loop: u64, threads: &[KnownThread]) -> Option<Tid> {
    let thread = objects.attribute(event_loop, "_thread_id").ok()??;
    let pthread = objects.small_int(thread)?;
    threads.iter().find(|thread| i128::from(thread.pthread) == pthread)?.tid
}

/// The tasks that wait for one: none, one, or a set.
fn awaited_by(objects: &Objects<'_>, offsets: &AsyncioOffsets, task: u64) -> Result<Vec<u64>, ReadError> {
    let waits = objects.word("who waits for a task", task, offsets.task_awaited_by)?;
    if waits == 0 {
        return Ok(Vec::new());
    }
    if objects.byte("who waits for a task", task, offsets.task_awaited_by_is_set)? != 1 {
        return Ok(vec![waits]);
    }
    let mut tasks = objects.set(waits, MAX_AWAITERS)?.0;
    tasks.sort_unstable();
    Ok(tasks)
}

/// Lets both ends of each wait know it; leaves out what is no task that was read.
fn join(tasks: &mut BTreeMap<u64, TaskDump>) {
    let pairs: BTreeSet<(u64, u64)> = tasks
        .values()
        .flat_map(|task| {
            let waits = task.awaits.iter().map(|awaited| (task.id, *awaited));
            waits.chain(task.awaited_by.iter().map(|waiter| (*waiter, task.id)))
        })
        .filter(|(waiter, awaited)| tasks.contains_key(waiter) && tasks.contains_key(awaited))
        .collect();
    for task in tasks.values_mut() {
        task.awaits.clear();
        task.awaited_by.clear();
    }
    for (waiter, awaited) in pairs {
        if let Some(task) = tasks.get_mut(&waiter) {
            task.awaits.push(awaited);
        }
        if let Some(task) = tasks.get_mut(&awaited) {
            task.awaited_by.push(waiter);
        }
    }
}
