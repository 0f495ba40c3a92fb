//! Records of a spool to tables, before names.

use fathom_model::{
    BuildId, Event, Mapping, Meta, Module, ModuleId, ModuleKind, NamedFrame, Process, RawFrame, RawSample,
    Record, SeriesPoint, StackId, Thread,
};
use std::collections::{BTreeMap, HashMap};

/// A module with what is needed to find its file again.
#[derive(Clone, Debug)]
pub(crate) struct RawModule {
    pub(crate) path: String,
    pub(crate) local_path: Option<String>,
    pub(crate) build_id: Option<BuildId>,
    pub(crate) kind: ModuleKind,
    /// Device, inode, size, modification time.
    pub(crate) identity: Option<[u64; 4]>,
}

/// Everything a spool says, by table.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) meta: Meta,
    pub(crate) modules: Vec<RawModule>,
    /// Frames named while recording.
    pub(crate) named: HashMap<(ModuleId, u64), NamedFrame>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) processes: Vec<Process>,
    pub(crate) threads: Vec<Thread>,
    pub(crate) stacks: Vec<(Option<StackId>, RawFrame)>,
    pub(crate) samples: Vec<RawSample>,
    pub(crate) series: Vec<SeriesPoint>,
    pub(crate) events: Vec<Event>,
    /// The latest time seen in any record.
    pub(crate) last_nanos: i64,
}

impl Gathered {
    /// Takes one record. The reader of the spool has made sure that ids are dense and known.
    pub(crate) fn take(&mut self, record: Record) {
        match record {
            Record::Meta(meta) => self.meta = *meta,
            Record::Clock(pair) => {
                self.saw(pair.monotonic_nanos);
                if self.meta.clock_pairs.last() != Some(&pair) {
                    self.meta.clock_pairs.push(pair);
                }
            }
            Record::Module { path, local_path, build_id, kind, identity, .. } => {
                self.modules.push(RawModule { path, local_path, build_id, kind, identity });
            }
            Record::Named { module, address, frame } => {
                self.named.insert((module, address), frame);
            }
            Record::Mapping(mapping) => self.mappings.push(mapping),
            Record::Process(process) => put(&mut self.processes, process.id.index(), process),
            Record::ProcessEnd { id, time_nanos, exit_status } => {
                self.saw(time_nanos);
                if let Some(process) = self.processes.get_mut(id.index()) {
                    process.end_nanos = Some(time_nanos);
                    process.exit_status = exit_status;
                }
            }
            Record::Thread(thread) => {
                let known = self.threads.get(thread.id.index()).map(|t| (t.times, t.switches, t.end_nanos));
                let at = thread.id.index();
                put(&mut self.threads, at, thread);
                if let (Some((times, switches, end)), Some(thread)) = (known, self.threads.get_mut(at)) {
                    (thread.times, thread.switches, thread.end_nanos) = (times, switches, end);
                }
            }
            Record::ThreadTimes { id, times, switches, time_nanos, ended } => {
                self.saw(time_nanos);
                if let Some(thread) = self.threads.get_mut(id.index()) {
                    thread.times = times;
                    thread.switches = switches;
                    if ended {
                        thread.end_nanos = Some(time_nanos);
                    }
                }
            }
            Record::Stack { parent, frame, .. } => self.stacks.push((parent, frame)),
            Record::Sample(sample) => {
                self.saw(sample.time_nanos);
                self.samples.push(sample);
            }
            Record::Series(point) => self.series.push(point),
            Record::Event(event) => self.events.push(event),
        }
    }

    /// The `modules` table: each module once, with every load bias it had.
    pub(crate) fn module_table(&self) -> Vec<Module> {
        let mut biases: BTreeMap<ModuleId, Vec<u64>> = BTreeMap::new();
        for mapping in &self.mappings {
            let of_module = biases.entry(mapping.module).or_default();
            if !of_module.contains(&mapping.load_bias) && of_module.len() < MAX_BIASES {
                of_module.push(mapping.load_bias);
            }
        }
        self.modules
            .iter()
            .enumerate()
            .map(|(at, module)| Module {
                path: module.path.clone(),
                build_id: module.build_id.clone(),
                kind: module.kind,
                load_addresses: biases.remove(&ModuleId::from_index(at)).unwrap_or_default(),
            })
            .collect()
    }

    fn saw(&mut self, time_nanos: i64) {
        self.last_nanos = self.last_nanos.max(time_nanos);
    }
}

/// With address randomisation every process has its own; a build of thousands of processes needs no more.
const MAX_BIASES: usize = 64;

fn put<T>(table: &mut Vec<T>, at: usize, row: T) {
    match table.get_mut(at) {
        Some(place) => *place = row,
        None => table.push(row),
    }
}
