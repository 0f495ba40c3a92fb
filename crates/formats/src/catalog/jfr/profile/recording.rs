//! A whole JFR file as a recording of Fathom's own.
//!
//! Time 0 is the start of the first chunk; the clock pair in `meta` leads back to wall-clock time. One process; what
//! is not in a JFR file (modules, exact times of threads, the host) stays empty.

use super::names::{RUNTIME, frame_kind};
use super::{Names, Profile, ProfileSample, Sampler, read_within};
use crate::input::{Compression, Input};
use crate::jfr::event::JavaCode;
use crate::jfr::source::ReadAt;
use fathom_model::{
    ClockPair, CollectorUse, Event, FORMAT_VERSION, Frame, FrameId, Imported, Issue, Label, LabelsId, Meta,
    Process, ProcessId, Quality, Recording, Sample, SeriesPoint, Signal, StackId, StackNode, StackTable,
    TargetInfo, Thread, ThreadId, ThreadState, ThreadTimes, WaitClass,
};
use std::collections::BTreeSet;
use std::io;

const PROCESS: ProcessId = ProcessId(0);

/// Reads a file.
pub(in crate::catalog::jfr) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let most_bytes = input.limits().model_bytes;
    let mut issues = Vec::new();
    let (profile, summary, n_left_out) = match input.compression() {
        Compression::None => read_within(&mut InputSource { input, done: 0 }, most_bytes),
        // Chunks are not read in the order of their bytes.
        Compression::Gzip | Compression::Zstd => {
            let (bytes, more) = input.whole();
            issues.extend(more);
            read_within(&mut bytes.as_slice(), most_bytes)
        }
    };
    if n_left_out > 0 {
        let message = format!(
            "{n_left_out} samples and events are left out: the tables may take {most_bytes} bytes and are full"
        );
        issues.push(Issue::of("jfr recording", message));
    }
    let start = summary.start_nanos.unwrap_or(0);
    let times = profile
        .samples
        .iter()
        .map(|sample| sample.time_nanos)
        .chain(profile.events.iter().map(|event| event.start_nanos.saturating_add(event.duration_nanos)));
    let end = times.chain(summary.end_nanos).max().unwrap_or(start).max(start);
    let recording = Converter { profile, start, end }.recording();
    issues.extend(summary.issues);
    (recording, issues)
}

/// A file as it lies there, with its progress told.
struct InputSource<'i, 'a> {
    input: &'i Input<'a>,
    done: u64,
}

impl ReadAt for InputSource<'_, '_> {
    fn length(&mut self) -> io::Result<u64> {
        self.input.bytes().length()
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.bytes().read_at(offset, buffer)?;
        // Constants of a chunk are read before its events: what counts is the furthest place in order.
        let end = offset.saturating_add(n as u64);
        if offset <= self.done && end > self.done {
            self.done = end;
            self.input.tell(end);
        }
        Ok(n)
    }
}

struct Converter {
    profile: Profile,
    /// Wall-clock time of the start and the end.
    start: i64,
    end: i64,
}

impl Converter {
    fn recording(self) -> Recording {
        let mut samples = self.samples();
        samples.extend(self.lock_waits());
        samples.sort_by_key(|sample| sample.time_nanos);
        let mut events = self.events();
        events.sort_by_key(|event| event.start_nanos);
        for (at, event) in events.iter_mut().enumerate() {
            event.id = at as u32;
        }
        let mut series = self.series();
        series.sort_by(|a, b| a.time_nanos.cmp(&b.time_nanos).then_with(|| a.name.cmp(&b.name)));
        let signals: BTreeSet<Signal> = samples.iter().map(|sample| sample.signal).collect();
        let names = &self.profile.names;
        Recording {
            meta: self.meta(signals.into_iter().collect()),
            samples,
            stacks: stacks(names),
            frames: names.frames.iter().enumerate().map(|(at, _)| frame(names, at as u32)).collect(),
            modules: Vec::new(),
            processes: vec![self.process()],
            threads: self.threads(),
            labels: self.labels(),
            series,
            events,
        }
    }

    fn since_start(&self, wall_nanos: i64) -> i64 {
        wall_nanos.saturating_sub(self.start)
    }

    /// What JFR calls no thread is the first one.
    fn thread_id(thread: Option<u32>) -> ThreadId {
        ThreadId(thread.unwrap_or(0))
    }

    /// One sampler for each signal: where two looked at the same, the better one.
    fn is_taken(&self, sample: &ProfileSample) -> bool {
        let has = |sampler: Sampler| self.profile.samples.iter().any(|sample| sample.sampler == sampler);
        match sample.sampler {
            Sampler::Execution => !has(Sampler::CpuTime),
            Sampler::Native => !has(Sampler::WallClock),
            Sampler::AllocationBuffer => !has(Sampler::Allocation),
            // What the heap took from the system would count what objects take again.
            Sampler::NativeAllocation => !has(Sampler::Allocation) && !has(Sampler::AllocationBuffer),
            Sampler::CpuTime | Sampler::WallClock | Sampler::Allocation | Sampler::LiveObject => true,
        }
    }

    fn samples(&self) -> Vec<Sample> {
        let mut taken = [None; 8];
        let mut out = Vec::new();
        for sample in &self.profile.samples {
            let is_taken = *taken[sample.sampler as usize].get_or_insert_with(|| self.is_taken(sample));
            if !is_taken {
                continue;
            }
            out.push(Sample {
                signal: sample.sampler.signal(),
                time_nanos: self.since_start(sample.time_nanos),
                process: PROCESS,
                thread: Self::thread_id(sample.thread),
                cpu: None,
                stack: sample.stack.map(StackId),
                value: sample.value,
                n: sample.n,
                state: match sample.sampler {
                    Sampler::Native | Sampler::WallClock => ThreadState::Unknown,
                    _ => ThreadState::Running,
                },
                labels: sample.class.map(LabelsId),
            });
        }
        out
    }

    /// Waiting for a monitor is told as events; their lengths are also what the signal counts.
    fn lock_waits(&self) -> impl Iterator<Item = Sample> + '_ {
        self.profile.events.iter().filter(|event| event.kind == "lock.wait").map(|event| Sample {
            signal: Signal::Lock,
            time_nanos: self.since_start(event.start_nanos),
            process: PROCESS,
            thread: Self::thread_id(event.thread),
            cpu: None,
            stack: event.stack.map(StackId),
            value: event.duration_nanos,
            n: 1,
            state: ThreadState::Blocked(WaitClass::Lock),
            labels: None,
        })
    }

    fn events(&self) -> Vec<Event> {
        let event = |event: &super::ProfileEvent| Event {
            id: 0,
            parent: None,
            kind: event.kind.clone(),
            start_nanos: self.since_start(event.start_nanos),
            duration_nanos: event.duration_nanos,
            thread: event.thread.map(ThreadId),
            stack: event.stack.map(StackId),
            trace_id: None,
            span_id: None,
            attributes: event.attributes.clone(),
        };
        self.profile.events.iter().map(event).collect()
    }

    fn series(&self) -> Vec<SeriesPoint> {
        let point = |point: &super::ProfilePoint| SeriesPoint {
            name: point.name.clone(),
            unit: point.unit,
            time_nanos: self.since_start(point.time_nanos),
            value: point.value,
            process: Some(PROCESS),
        };
        self.profile.series.iter().map(point).collect()
    }

    fn process(&self) -> Process {
        let names = &self.profile.names;
        Process {
            id: PROCESS,
            pid: names.pid.and_then(|pid| i32::try_from(pid).ok()).unwrap_or(0),
            parent: None,
            exec_generation: 0,
            name: "java".into(),
            command: Vec::new(),
            runtime: Some(RUNTIME.into()),
            runtime_version: names.version.clone(),
            start_nanos: 0,
            end_nanos: Some(self.since_start(self.end)),
            exit_status: None,
        }
    }

    fn threads(&self) -> Vec<Thread> {
        let lifetime = self.since_start(self.end);
        let thread = |id: usize, tid: i32, name: &str| Thread {
            id: ThreadId(id as u32),
            process: PROCESS,
            tid,
            name: name.to_owned(),
            start_nanos: 0,
            end_nanos: Some(lifetime),
            times: ThreadTimes { missing_nanos: lifetime, ..ThreadTimes::default() },
            switches: None,
        };
        let known = &self.profile.names.threads;
        if known.is_empty() {
            return vec![thread(0, 0, "java")];
        }
        let rows = known.iter().enumerate().map(|(id, known)| {
            let tid = known.os_thread_id.and_then(|tid| i32::try_from(tid).ok()).unwrap_or(0);
            thread(id, tid, &known.name)
        });
        rows.collect()
    }

    /// The class of an allocated object: sets of one label, numbered as the classes are.
    fn labels(&self) -> Vec<Label> {
        let label = |(id, class): (usize, &String)| Label {
            id: LabelsId(id as u32),
            key: "class".into(),
            value: class.clone(),
        };
        self.profile.names.classes.iter().enumerate().map(label).collect()
    }

    fn meta(&self, signals: Vec<Signal>) -> Meta {
        let names = &self.profile.names;
        let version = names.version.as_deref().unwrap_or("a virtual machine that does not say its version");
        Meta {
            format_version: FORMAT_VERSION.into(),
            fathom_version: env!("CARGO_PKG_VERSION").into(),
            target: TargetInfo {
                pids: names.pid.and_then(|pid| i32::try_from(pid).ok()).into_iter().collect(),
                ..TargetInfo::default()
            },
            start_nanos: 0,
            duration_nanos: self.since_start(self.end),
            clock_pairs: vec![ClockPair { monotonic_nanos: 0, realtime_nanos: self.start }],
            signals,
            imported: Some(Imported { format: "jfr".into(), tool: names.version.clone(), has_times: true }),
            collectors: vec![CollectorUse {
                id: "jfr".into(),
                used: true,
                how: format!("a JFR recording of {version}"),
                fix: None,
            }],
            quality: self.quality(),
            ..Meta::default()
        }
    }

    fn quality(&self) -> Quality {
        let names = &self.profile.names;
        let mut quality = Quality { lost: names.n_lost_samples, ..Quality::default() };
        let mut is_execution_only = false;
        for sample in &self.profile.samples {
            if sample.sampler.signal() != Signal::ProgramCpu {
                continue;
            }
            is_execution_only |= sample.sampler == Sampler::Execution;
            quality.cpu_samples += 1;
            quality.without_stack += u64::from(sample.stack.is_none());
            quality.truncated +=
                u64::from(sample.stack.is_some_and(|stack| names.truncated.contains(&stack)));
        }
        is_execution_only &= self.profile.samples.iter().all(|sample| sample.sampler != Sampler::CpuTime);
        if is_execution_only {
            quality.notes.push(
                "JFR's timer looks at a few threads each time and only at those that run Java code: shares within \
                 a thread can be compared, times are a lower bound."
                    .into(),
            );
        }
        if names.n_lost_bytes > 0 {
            let lost = names.n_lost_bytes;
            quality.notes.push(format!("The virtual machine lost {lost} bytes of events."));
        }
        quality
    }
}

fn stacks(names: &Names) -> StackTable {
    names
        .stacks
        .iter()
        .map(|(parent, frame)| StackNode { parent: parent.map(StackId), frame: FrameId(*frame) })
        .collect()
}

fn frame(names: &Names, at: u32) -> Frame {
    let found = &names.frames[at as usize];
    let method = &names.methods[found.method as usize];
    Frame {
        line: found.line,
        runtime: Some(RUNTIME.into()),
        inlined: found.code == JavaCode::Inlined,
        ..Frame::named(super::names::function_name(method), frame_kind(method))
    }
}
