//! From what a recording says to what is told of a program: the clock of ours, threads as we number them, whose code
//! a frame is.

use super::session::Recorded;
use super::settings::{EXECUTION_PERIOD_MILLIS, NATIVE_PERIOD_MILLIS, Wanted};
use crate::collector::{Answers, Statement, ToldEvent};
use fathom_formats::jfr::SeekSource;
use fathom_formats::jfr::profile::{
    Item, Names, ProfileEvent, ProfilePoint, ProfileSample, Sampler, read_profile,
};
use fathom_model::{FrameKind, NamedFrame, SeriesPoint, Signal, ThreadState, Tid, WaitClass};
use fathom_runtimes::catalog::{file_of_class, kind_of_class};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;

/// Most samples, events and points that are kept of all JVMs together: an hour of four busy threads; 300 MB.
const MAX_TOLD: usize = 4_000_000;
const NANOS_PER_MILLI: i64 = 1_000_000;
/// What stands at the outer end of a stack that JFR has cut, as at that of any stack that is not whole.
const OUTER_CUT: &str = "[stack not complete]";
/// A wait for a lock, which is a sample of its signal too.
const LOCK_WAIT: &str = "lock.wait";

/// Collects what all recordings tell.
#[derive(Default)]
pub(super) struct Teller {
    answers: Answers,
    frames: HashMap<NamedFrame, u32>,
    n_told: usize,
    n_dropped: u64,
}

/// What was counted in one recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Samples of CPU time, or of threads that run Java code.
    pub(super) execution: u64,
    /// Samples of threads in native code.
    pub(super) native: u64,
    /// Samples that could not be walked, or for which JFR had no room.
    pub(super) lost: u64,
    /// Samples of virtual threads, which have no thread of the kernel for themselves.
    pub(super) virtual_threads: u64,
    /// Stacks that were cut at their outer end.
    pub(super) truncated: u64,
    /// Samples and events with a stack.
    pub(super) stacks: u64,
    /// What is wrong with the file.
    pub(super) issue: Option<String>,
}

/// What a recording says, before its names are known.
#[derive(Default)]
struct Items {
    samples: Vec<ProfileSample>,
    events: Vec<ProfileEvent>,
    series: Vec<ProfilePoint>,
}

impl Teller {
    /// Reads the file of a recording, if it has one.
    pub(super) fn tell(&mut self, recorded: &mut Recorded) -> Counts {
        let Some(file) = recorded.file.take() else { return Counts::default() };
        let mut items = Items::default();
        let (names, mut counts) = self.read(file, &mut items);
        let stacks = self.stacks(&names);
        let threads = threads(recorded, &names);
        let process = recorded.process;
        for (at, tid) in threads.iter().enumerate() {
            if let (Some(tid), Some(thread)) = (tid, names.threads.get(at)) {
                self.answers.thread_names.push((process, *tid, thread.name.clone()));
            }
        }
        let monotonic = |wall_nanos: i64| recorded.clocks.monotonic(wall_nanos);
        let thread_of = |at: Option<u32>| at.and_then(|at| threads.get(at as usize).copied().flatten());
        let is_cut = |stack: Option<u32>| stack.is_some_and(|stack| names.truncated.contains(&stack));
        let count_stack = |stack: Option<u32>, counts: &mut Counts| {
            counts.stacks += u64::from(stack.is_some());
            counts.truncated += u64::from(is_cut(stack));
        };
        for sample in items.samples {
            if sample.sampler == Sampler::Execution && recorded.wanted.samples_cpu_time() {
                // Another recording's; the same time is in ours.
                continue;
            }
            if sample.is_failed && sample.sampler == Sampler::CpuTime {
                counts.lost += 1;
                continue;
            }
            count_stack(sample.stack, &mut counts);
            let state = match sample.sampler {
                Sampler::Execution | Sampler::CpuTime => {
                    counts.execution += 1;
                    ThreadState::Running
                }
                Sampler::Native | Sampler::WallClock => {
                    counts.native += 1;
                    ThreadState::Unknown
                }
                Sampler::Allocation
                | Sampler::AllocationBuffer
                | Sampler::NativeAllocation
                | Sampler::LiveObject => ThreadState::Running,
            };
            let signal = sample.sampler.signal();
            let thread = thread_of(sample.thread);
            let is_virtual = sample
                .thread
                .and_then(|at| names.threads.get(at as usize))
                .is_some_and(|thread| thread.is_virtual);
            counts.virtual_threads += u64::from(is_virtual && signal != Signal::AllocBytes);
            self.answers.statements.push(Statement {
                process,
                thread,
                signal,
                time_nanos: monotonic(sample.time_nanos),
                value: value(&sample, &names, recorded.wanted),
                n: sample.n,
                state,
                stack: stacks.of(sample.stack),
            });
        }
        for event in items.events {
            count_stack(event.stack, &mut counts);
            let (thread, stack) = (thread_of(event.thread), stacks.of(event.stack));
            let start_nanos = monotonic(event.start_nanos);
            if event.kind == LOCK_WAIT {
                self.answers.statements.push(Statement {
                    process,
                    thread,
                    signal: Signal::Lock,
                    time_nanos: start_nanos,
                    value: event.duration_nanos,
                    n: 1,
                    state: ThreadState::Blocked(WaitClass::Lock),
                    stack,
                });
            }
            let ProfileEvent { kind, duration_nanos, attributes, .. } = event;
            self.answers.events.push(ToldEvent {
                process,
                thread,
                kind,
                start_nanos,
                duration_nanos,
                stack,
                attributes,
            });
        }
        self.answers.series.extend(items.series.into_iter().map(|point| SeriesPoint {
            name: point.name,
            unit: point.unit,
            time_nanos: monotonic(point.time_nanos),
            value: point.value,
            process: Some(process),
        }));
        counts
    }

    /// Everything, and how much there was no room for.
    pub(super) fn into_answers(self) -> (Answers, u64) {
        (self.answers, self.n_dropped)
    }

    fn read(&mut self, file: File, items: &mut Items) -> (Names, Counts) {
        let (names, summary) = read_profile(&mut SeekSource(file), &mut |item| {
            self.n_told += 1;
            if self.n_told > MAX_TOLD {
                self.n_dropped += 1;
                return;
            }
            match item {
                Item::Sample(sample) => items.samples.push(sample),
                Item::Event(event) => items.events.push(event),
                Item::Point(point) => items.series.push(point),
            }
        });
        let issue = match summary.n_chunks {
            0 => Some("it holds no recording".to_owned()),
            _ => summary.issues.first().map(|issue| issue.message.clone()),
        };
        let counts = Counts { lost: names.n_lost_samples, issue, ..Counts::default() };
        (names, counts)
    }

    /// The nodes of the answers for those of the recording: as they are, and with a mark at their outer end.
    fn stacks(&mut self, names: &Names) -> Stacks {
        let frames: Vec<u32> = (0..names.frames.len() as u32).map(|at| self.named(names, at)).collect();
        let mut whole: Vec<Option<u32>> = Vec::with_capacity(names.stacks.len());
        for (parent, frame) in &names.stacks {
            let parent = parent.and_then(|parent| whole.get(parent as usize).copied().flatten());
            let frame = frames.get(*frame as usize).copied();
            whole.push(frame.map(|frame| self.answers.stacks.intern(parent, frame)));
        }
        let mut cut = HashMap::new();
        if !names.truncated.is_empty() {
            let mark = self.frame(NamedFrame {
                function: OUTER_CUT.to_owned(),
                file: None,
                line: None,
                column: None,
                function_start_line: None,
                kind: FrameKind::Unknown,
                runtime: names.named(0).map_or_else(String::new, |frame| frame.runtime),
                inlined: false,
            });
            for stack in &names.truncated {
                let mut innermost_first: Vec<u32> =
                    names.stack_frames(*stack).filter_map(|at| frames.get(at as usize).copied()).collect();
                innermost_first.push(mark);
                if let Some(node) = self.answers.stacks.stack(&innermost_first) {
                    cut.insert(*stack, node);
                }
            }
        }
        Stacks { whole, cut }
    }

    fn named(&mut self, names: &Names, at: u32) -> u32 {
        let class = names
            .frames
            .get(at as usize)
            .and_then(|frame| names.methods.get(frame.method as usize))
            .map(|m| &*m.class);
        let named = names.named(at).unwrap_or(NamedFrame {
            function: "[unknown]".to_owned(),
            file: None,
            line: None,
            column: None,
            function_start_line: None,
            kind: FrameKind::Unknown,
            runtime: String::new(),
            inlined: false,
        });
        let kind = match (named.kind, class) {
            (FrameKind::User, Some(class)) => kind_of_class(class),
            (kind, _) => kind,
        };
        let file = class.and_then(file_of_class);
        self.frame(NamedFrame { kind, file, ..named })
    }

    fn frame(&mut self, frame: NamedFrame) -> u32 {
        let list = &mut self.answers.frames;
        *self.frames.entry(frame).or_insert_with_key(|frame| {
            list.push(frame.clone());
            (list.len() - 1) as u32
        })
    }
}

struct Stacks {
    whole: Vec<Option<u32>>,
    cut: HashMap<u32, u32>,
}

impl Stacks {
    fn of(&self, stack: Option<u32>) -> Option<u32> {
        let stack = stack?;
        self.cut.get(&stack).copied().or_else(|| self.whole.get(stack as usize).copied().flatten())
    }
}

/// The threads of a recording as we number them.
fn threads(recorded: &Recorded, names: &Names) -> Vec<Option<Tid>> {
    let mut known: BTreeMap<i64, Option<Tid>> = BTreeMap::new();
    names
        .threads
        .iter()
        .map(|thread| {
            let number = thread.os_thread_id?;
            *known.entry(number).or_insert_with(|| recorded.threads.ours(number))
        })
        .collect()
}

/// What a sample stands for: itself, else the period of its sampler, which another recording may have made shorter.
fn value(sample: &ProfileSample, names: &Names, wanted: Wanted) -> i64 {
    if sample.value > 0 {
        return sample.value;
    }
    let asked_millis = match sample.sampler {
        Sampler::Native => NATIVE_PERIOD_MILLIS,
        _ => wanted.cpu_millis.unwrap_or(EXECUTION_PERIOD_MILLIS),
    };
    let period =
        names.periods.get(&sample.sampler).copied().unwrap_or(i64::from(asked_millis) * NANOS_PER_MILLI);
    period.saturating_mul(sample.n.into())
}
