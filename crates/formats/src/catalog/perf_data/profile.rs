//! Records to a recording: what each kind of record means.
//!
//! Knows processes, threads, mappings and samples; not where records come from nor in which order they were written.

use super::attribute::{Attribute, STACK_USER};
use super::events::Events;
use super::fields::Fields;
use super::frames::Frames;
use super::header::{self, Feature};
use super::issues::Issues;
use super::order::{Order, Ready};
use super::records::{self, Record, TakeRecord};
use super::sample;
use super::tasks::Tasks;
use crate::builder::RecordingBuilder;
use crate::input::Limits;
use fathom_model::{BuildId, Issue, Recording, Sample, Signal, StackId, ThreadState};
use std::collections::BTreeMap;

const MMAP: u32 = 1;
const LOST: u32 = 2;
const COMM: u32 = 3;
const EXIT: u32 = 4;
const FORK: u32 = 7;
const SAMPLE: u32 = 9;
const MMAP2: u32 = 10;
const LOST_SAMPLES: u32 = 13;

/// Bits of a record's head.
const PROCESSOR_MODE: u16 = 0b111;
const MODE_KERNEL: u16 = 1;
const MMAP_DATA: u16 = 1 << 13;
const HAS_BUILD_ID: u16 = 1 << 14;

pub(super) struct Profile {
    is_big: bool,
    builder: RecordingBuilder,
    issues: Issues,
    order: Order,
    events: Events,
    tasks: Tasks,
    frames: Frames,
    build_ids: BTreeMap<String, BuildId>,
    n_lost: u64,
    n_with_stack: u64,
    has_times: bool,
}

impl Profile {
    pub(super) fn new(is_big: bool, limits: Limits) -> Self {
        Self {
            is_big,
            builder: RecordingBuilder::new("perf-data", limits),
            issues: Issues::default(),
            order: Order::default(),
            events: Events::default(),
            tasks: Tasks::default(),
            frames: Frames::default(),
            build_ids: BTreeMap::new(),
            n_lost: 0,
            n_with_stack: 0,
            has_times: false,
        }
    }

    pub(super) fn attribute(&mut self, attribute: Attribute, ids: &[u64]) {
        self.events.add(attribute, ids);
    }

    pub(super) fn feature(&mut self, number: u64, bytes: &[u8]) {
        let Some(feature) = header::feature(number, bytes, self.is_big) else { return };
        let meta = self.builder.meta();
        match feature {
            Feature::Host(set, text) => set(&mut meta.host, text),
            Feature::Tool(version) => self.builder.tool(format!("perf {version}")),
            Feature::Cpus(n) => meta.host.cpus = n,
            Feature::Memory(bytes) => meta.host.memory_bytes = bytes,
            Feature::Clock(pair) => meta.clock_pairs = vec![pair],
            Feature::BuildIds(ids) => self.build_ids.extend(ids),
            Feature::Names(names) => self.events.name_all(names),
        }
    }

    /// What all records together say.
    pub(super) fn finish(mut self) -> (Recording, Vec<Issue>) {
        let rest = self.order.rest();
        self.ready(&rest);
        let mut issues = self.issues.into_list();
        if self.n_with_stack > 0 {
            let what = format!(
                "{} samples carry copies of the stack, which are not unwound yet: callers in user code are missing",
                self.n_with_stack
            );
            issues.push(Issue::of("file", what));
        }
        let meta = self.builder.meta();
        meta.quality.lost = self.n_lost;
        meta.kernel_sampled = self.frames.has_kernel();
        self.tasks.fill_in(&mut self.builder);
        let (mut recording, more) = self.builder.finish(self.has_times);
        issues.extend(more);
        self.frames.fill_in(&mut recording.modules, &self.build_ids);
        (recording, issues)
    }

    fn ready(&mut self, ready: &Ready) {
        ready.records().for_each(|record| self.in_order(record));
    }

    fn in_order(&mut self, record: Record<'_>) {
        let fields = Fields::new(record.body, self.is_big);
        let done = match record.kind {
            SAMPLE => self.sample(record),
            MMAP | MMAP2 => self.mapping(record),
            COMM => self.comm(fields),
            FORK => task(fields).map(|[pid, parent, tid, parent_tid]| {
                if pid != parent {
                    self.frames.spaces.fork(parent, pid);
                }
                self.tasks.fork((pid, tid), (parent, parent_tid), self.time_of(record));
            }),
            EXIT => task(fields).map(|[pid, _, tid, _]| {
                self.tasks.exit((pid, tid), self.time_of(record));
            }),
            LOST => fields.rest.get(8..).and_then(|rest| Fields::new(rest, self.is_big).u64()).map(|n| {
                self.n_lost = self.n_lost.saturating_add(n);
            }),
            LOST_SAMPLES => Fields::new(record.body, self.is_big).u64().map(|n| {
                self.n_lost = self.n_lost.saturating_add(n);
            }),
            _ => Some(()),
        };
        if done.is_none() {
            let what = format!("record of type {} is cut: {} bytes", record.kind, record.body.len());
            self.issues.at(record.offset, what);
        }
    }

    fn comm(&mut self, mut fields: Fields<'_>) -> Option<()> {
        let (pid, tid) = (fields.i32()?, fields.i32()?);
        self.tasks.rename((pid, tid), fields.text());
        Some(())
    }

    fn mapping(&mut self, record: Record<'_>) -> Option<()> {
        let mut fields = Fields::new(record.body, self.is_big);
        let (pid, _tid) = (fields.i32()?, fields.i32()?);
        let (start, length, offset) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let mut build_id = None;
        let mut is_data = record.bits & MMAP_DATA != 0;
        if record.kind == MMAP2 {
            let identity = fields.bytes(24)?;
            if record.bits & HAS_BUILD_ID != 0 {
                let n = usize::from(identity[0]).min(20);
                build_id = Some(BuildId(identity[4..4 + n].to_vec())).filter(|_| n > 0);
            }
            /// `PROT_EXEC`.
            const EXECUTABLE: u32 = 4;
            let protection = fields.u32()?;
            is_data |= protection & EXECUTABLE == 0;
            fields.u32()?;
        }
        let is_kernel = record.bits & PROCESSOR_MODE == MODE_KERNEL || pid == -1;
        if is_data || is_kernel {
            return Some(());
        }
        let path = fields.text();
        if let Some(id) = build_id {
            self.build_ids.entry(super::frames::without_mark(&path).to_owned()).or_insert(id);
        }
        let process = self.builder.process(pid, "");
        self.frames.map(
            &mut self.builder,
            (pid, process),
            &path,
            (start, start.saturating_add(length)),
            offset,
        );
        Some(())
    }

    fn sample(&mut self, record: Record<'_>) -> Option<()> {
        let event = self.events.of_sample(record.body, self.is_big)?;
        let attribute = self.events.attribute(event)?;
        let has_stack = attribute.has(STACK_USER);
        let found = sample::sample(attribute, record.body, self.is_big)?;
        if self.builder.is_full() {
            // The builder counts what it does not take.
            self.builder.sum(Signal::Samples, fathom_model::ThreadId(0), None, 0, 0);
            return Some(());
        }
        self.n_with_stack += u64::from(has_stack);
        let fixed = attribute.fixed_period();
        let period = found.period.or(fixed).map(|period| i64::try_from(period).unwrap_or(i64::MAX));
        let Some(signal) = self.events.signal(event, period.is_some(), &mut self.builder) else {
            return Some(());
        };
        self.has_times |= found.time_nanos.is_some();
        let (process, thread) = self.tasks.thread((found.pid, found.tid), &mut self.builder);
        let stack = self.stack(&found);
        self.builder.sample(Sample {
            signal,
            time_nanos: i64::try_from(found.time_nanos.unwrap_or(0)).unwrap_or(i64::MAX),
            process,
            thread,
            cpu: found.cpu,
            stack,
            value: period.unwrap_or(1),
            n: 1,
            state: if signal == Signal::Cpu { ThreadState::Running } else { ThreadState::Unknown },
            labels: None,
        });
        Some(())
    }

    fn stack(&mut self, found: &sample::RawSample<'_>) -> Option<StackId> {
        let mut caller = None;
        let chain = found.chain.chunks_exact(8).filter_map(|bytes| Fields::new(bytes, self.is_big).u64());
        let path = self.frames.path(&mut self.builder, found.pid, found.address, chain);
        for frame in path.iter().rev() {
            caller = Some(self.builder.stack(caller, *frame));
        }
        self.frames.reuse(path);
        caller
    }

    fn time_of(&self, record: Record<'_>) -> Option<u64> {
        match record.kind {
            SAMPLE => {
                let event = self.events.of_sample(record.body, self.is_big)?;
                self.events.attribute(event)?.sample_time(record.body, self.is_big)
            }
            _ => {
                let event = self.events.of_other(record.body, self.is_big)?;
                self.events.attribute(event)?.other_time(record.body, self.is_big)
            }
        }
    }
}

/// A process, its parent, the thread and the one that made it.
fn task(mut fields: Fields<'_>) -> Option<[i32; 4]> {
    Some([fields.i32()?, fields.i32()?, fields.i32()?, fields.i32()?])
}

impl TakeRecord for Profile {
    fn record(&mut self, record: Record<'_>) {
        let mut fields = Fields::new(record.body, self.is_big);
        match record.kind {
            records::FINISHED_ROUND => {
                let ready = self.order.round();
                self.ready(&ready);
            }
            records::HEADER_ATTR => {
                // The attribute says its own length; older ones say nothing.
                let length = Fields::new(record.body.get(4..).unwrap_or_default(), self.is_big).u32();
                let length = length.filter(|length| *length > 0).unwrap_or(64) as usize;
                match fields.bytes(length).and_then(|bytes| Attribute::read(bytes, self.is_big)) {
                    Some(attribute) => self.attribute(attribute, &header::numbers(fields.rest, self.is_big)),
                    None => self.issues.at(record.offset, "description of an event is cut".into()),
                }
            }
            records::HEADER_FEATURE => {
                if let Some(number) = fields.u64() {
                    self.feature(number, fields.rest);
                }
            }
            records::HEADER_BUILD_ID => {
                self.build_ids.extend(header::build_id(record.bits, record.body, self.is_big));
            }
            records::EVENT_UPDATE => {
                /// `PERF_EVENT_UPDATE__NAME`.
                const NAME: u64 = 2;
                if let (Some(NAME), Some(id)) = (fields.u64(), fields.u64()) {
                    self.events.name(id, &fields.text());
                }
            }
            kind if kind >= records::HEADER_ATTR => {}
            _ => match self.time_of(record) {
                Some(time_nanos) if time_nanos > 0 => {
                    self.order.push(time_nanos, record);
                    if let Some(ready) = self.order.overflow() {
                        self.ready(&ready);
                    }
                }
                _ => self.in_order(record),
            },
        }
    }

    fn issues(&mut self) -> &mut Issues {
        &mut self.issues
    }
}
