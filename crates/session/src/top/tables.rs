//! Some of what is kept, as the raw tables of a recording: ids made dense, nothing in them that is not needed.

use crate::finish::FrameNames;
use crate::gather::{Gathered, RawModule};
use crate::top::history::History;
use crate::top::live_names::NamesGuard;
use fathom_analysis::LiveAggregate;
use fathom_model::{
    Event, Mapping, Meta, ModuleId, ModuleKind, NamedFrame, Process, ProcessId, RawFrame, RawSample,
    SeriesPoint, StackId, Thread, ThreadId,
};
use fathom_symbols::SymbolFrame;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be in the tables.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) samples: Vec<RawSample>,
    /// With their times within the choice.
    pub(crate) threads: BTreeMap<ThreadId, Thread>,
    pub(crate) events: Vec<Event>,
    /// Stacks beside those of samples and events.
    pub(crate) stacks: Vec<StackId>,
    /// Processes whose mappings are wanted; `None` for all.
    pub(crate) mapped: Option<BTreeSet<ProcessId>>,
    /// Whether series are wanted.
    pub(crate) with_series: bool,
}

/// From the recorder's ids to positions in the tables.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    pub(crate) processes: BTreeMap<ProcessId, ProcessId>,
    pub(crate) threads: BTreeMap<ThreadId, ThreadId>,
    pub(crate) stacks: BTreeMap<StackId, StackId>,
    /// The recorder's ids, by position.
    pub(crate) modules: Vec<ModuleId>,
}

/// Makes the tables.
pub(crate) fn tables(history: &History, live: &LiveAggregate, meta: Meta, choice: Choice) -> (Gathered, Ids) {
    let mut ids = Ids::default();
    let mut gathered = Gathered { meta, last_nanos: history.now_nanos, ..Gathered::default() };
    take_processes(history, &choice, &mut ids, &mut gathered);
    for (id, thread) in &choice.threads {
        let Some(process) = ids.processes.get(&thread.process) else { continue };
        let new = ThreadId::from_index(gathered.threads.len());
        ids.threads.insert(*id, new);
        gathered.threads.push(Thread { id: new, process: *process, ..thread.clone() });
    }
    take_stacks(live, &choice, &mut ids, &mut gathered);
    take_modules(history, &choice, &mut ids, &mut gathered);
    let renamed = choice.samples.iter().filter_map(|sample| {
        Some(RawSample {
            process: *ids.processes.get(&sample.process)?,
            thread: *ids.threads.get(&sample.thread)?,
            stack: sample.stack.and_then(|stack| ids.stacks.get(&stack)).copied(),
            ..*sample
        })
    });
    gathered.samples = renamed.collect();
    let events = choice.events.iter().enumerate().map(|(at, event)| Event {
        id: u32::try_from(at).unwrap_or(u32::MAX),
        parent: None,
        thread: event.thread.and_then(|thread| ids.threads.get(&thread)).copied(),
        stack: event.stack.and_then(|stack| ids.stacks.get(&stack)).copied(),
        ..event.clone()
    });
    gathered.events = events.collect();
    if choice.with_series {
        gathered.series = series(history, &ids);
    }
    (gathered, ids)
}

fn take_processes(history: &History, choice: &Choice, ids: &mut Ids, gathered: &mut Gathered) {
    let used: BTreeSet<ProcessId> = choice.threads.values().map(|thread| thread.process).collect();
    let chosen: Vec<&Process> = history
        .processes
        .values()
        .filter(|process| process.end_nanos.is_none() || used.contains(&process.id))
        .collect();
    for (at, process) in chosen.iter().enumerate() {
        ids.processes.insert(process.id, ProcessId::from_index(at));
    }
    gathered.processes = chosen
        .into_iter()
        .enumerate()
        .map(|(at, process)| Process {
            id: ProcessId::from_index(at),
            parent: process.parent.and_then(|parent| ids.processes.get(&parent)).copied(),
            ..process.clone()
        })
        .collect();
}

/// Every node that something needs. Callers were met before their callees, so that the order of ids will do.
fn take_stacks(live: &LiveAggregate, choice: &Choice, ids: &mut Ids, gathered: &mut Gathered) {
    let mut needed: BTreeMap<StackId, (Option<StackId>, RawFrame)> = BTreeMap::new();
    let of_samples = choice.samples.iter().filter_map(|sample| sample.stack);
    let of_events = choice.events.iter().filter_map(|event| event.stack);
    for stack in of_samples.chain(of_events).chain(choice.stacks.iter().copied()) {
        let mut next = Some(stack);
        while let Some(id) = next.filter(|id| !needed.contains_key(id)) {
            let Some((parent, frame)) = live.node(id) else { break };
            let parent = parent.filter(|parent| *parent < id);
            needed.insert(id, (parent, frame));
            next = parent;
        }
    }
    for (id, (parent, frame)) in needed {
        let parent = parent.and_then(|parent| ids.stacks.get(&parent)).copied();
        ids.stacks.insert(id, StackId::from_index(gathered.stacks.len()));
        gathered.stacks.push((parent, frame));
    }
}

fn take_modules(history: &History, choice: &Choice, ids: &mut Ids, gathered: &mut Gathered) {
    let is_mapped = |mapping: &&Mapping| {
        ids.processes.contains_key(&mapping.process)
            && choice.mapped.as_ref().is_none_or(|wanted| wanted.contains(&mapping.process))
    };
    let mappings: Vec<Mapping> = history.mappings.iter().filter(is_mapped).copied().collect();
    let of_frames = gathered.stacks.iter().filter_map(|(_, frame)| frame.module);
    let used: BTreeSet<ModuleId> = of_frames.chain(mappings.iter().map(|mapping| mapping.module)).collect();
    let new: BTreeMap<ModuleId, ModuleId> =
        used.iter().enumerate().map(|(at, id)| (*id, ModuleId::from_index(at))).collect();
    for (_, frame) in &mut gathered.stacks {
        frame.module = frame.module.and_then(|module| new.get(&module)).copied();
    }
    gathered.mappings = mappings
        .into_iter()
        .filter_map(|mapping| {
            let (process, module) = (*ids.processes.get(&mapping.process)?, *new.get(&mapping.module)?);
            Some(Mapping { process, module, ..mapping })
        })
        .collect();
    // A module is forgotten only when nothing needs it; a hole in the table would shift all others.
    let forgotten = || RawModule {
        path: "[forgotten]".to_owned(),
        local_path: None,
        build_id: None,
        kind: ModuleKind::Unknown,
        identity: None,
    };
    gathered.modules =
        used.iter().map(|id| history.modules.get(id).cloned().unwrap_or_else(forgotten)).collect();
    ids.modules = used.into_iter().collect();
}

fn series(history: &History, ids: &Ids) -> Vec<SeriesPoint> {
    let mut points = Vec::new();
    for ((name, process), line) in &history.series {
        let renamed = process.map(|process| ids.processes.get(&process).copied());
        // A process that is not in the tables has no place for its series.
        let process = match renamed {
            Some(None) => continue,
            Some(known) => known,
            None => None,
        };
        points.extend(line.points.iter().map(|(time_nanos, value)| SeriesPoint {
            name: name.clone(),
            unit: line.unit,
            time_nanos: *time_nanos,
            value: *value,
            process,
        }));
    }
    points
}

/// Names as they are known now, for tables whose modules have been renumbered.
pub(crate) struct NamesNow<'a> {
    pub(crate) history: &'a History,
    pub(crate) found: NamesGuard<'a>,
    pub(crate) modules: &'a [ModuleId],
}

impl FrameNames for NamesNow<'_> {
    fn symbols(&self, module: ModuleId, address: u64) -> Option<&[SymbolFrame]> {
        self.found.get(*self.modules.get(module.index())?, address)
    }

    fn managed(&self, module: ModuleId, address: u64) -> Option<&NamedFrame> {
        self.history.named.get(&(*self.modules.get(module.index())?, address))
    }
}
