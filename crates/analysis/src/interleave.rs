//! Puts what a runtime's own sampler saw of a thread into the kernel's record of the same thread.
//!
//! The kernel's samples say how much time passed where, without bias and with native and kernel frames, but code that
//! a runtime compiled or interprets has no names there. A runtime's sampler (V8's profiler, the JVM's flight recorder)
//! knows the names, but not what was on a CPU, and may prefer some places to others. Both are looks at one thread on
//! one clock. For each of the kernel's samples with such code on its stack the look nearest in time is taken, and its
//! managed frames take the place of everything between the outermost and the innermost frame of the runtime's code.
//! What passed where stays the kernel's word; only names come from the look.
//!
//! A look has to hold the method that the innermost compiled frame is known to be (from a perf map), if it is known:
//! samplers that cannot look everywhere (the JVM's, without `jdk.CPUTimeSample`) are made up for by the kernel's count of
//! each method, which has no such gaps. What that method had called when it was looked at is left out then: it runs
//! itself. Only methods that were compiled into it stay, which no perf map tells apart. Of several looks one is taken that
//! holds the callers too which the kernel's stack shows; where none holds the method, the first of its callers that one
//! holds takes its place, and what is inside keeps the names of the perf map. An interval off the CPU goes by an event that covers its start (a park, a
//! contended monitor), else by a look. Where nothing is near, a look that was put on this very native stack at another
//! time is: the same addresses are the same code. A wait from before the runtime told of any is taken for the nearest one
//! of the same thread through the same native functions, if that holds every method that is known of the stack. Where no
//! sample of the kernel has a stack (perf events are refused), looks stand for CPU time themselves and
//! are scaled to the thread's exact CPU time later.

use crate::interpreted::is_managed;
use fathom_model::{
    Frame, FrameId, FrameKind, ModuleKind, ProcessId, Recording, Sample, Signal, StackId, ThreadId,
    ThreadState,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// The frame that stands outermost where a stack could not be followed to its root.
const NOT_COMPLETE: &str = "[stack not complete]";
/// A look at a thread that waits may be this many of the sampler's periods away, but no less than the first and no
/// more than the second.
const PERIODS: i64 = 3;
/// So many looks that hold a method, before and after, are searched for one that holds its callers too.
const NEARBY_LOOKS: usize = 8;
/// Most answers that are kept of what holds what.
const MOST_HELD: usize = 1 << 18;
const NEAR_NANOS: [i64; 2] = [5_000_000, 100_000_000];
/// The same for one that runs. A sampler with gaps of up to this is weighed by the kernel's CPU time.
const NEAR_RUNNING_NANOS: i64 = 1_000_000_000;
/// How much earlier an interval may begin than the event that it belongs to: clocks of runtimes are mapped, and an
/// event begins when the runtime says so.
const SLACK_NANOS: i64 = 2_000_000;

/// What [`interleave`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interleaved {
    /// Samples of the kernel whose runtime frames got names.
    pub named: u64,
    /// Samples whose runtime frames stay without.
    pub unnamed: u64,
    /// Stacks that were cut in the runtime's code and are whole now.
    pub completed: u64,
    /// Looks that stand for CPU time because the kernel took no stacks.
    pub stand_in: u64,
}

/// Names the runtime frames of the kernel's samples by the looks and events of the runtime, and takes away the looks
/// at wall time, which have served then.
pub fn interleave(recording: &mut Recording) -> Interleaved {
    let mut functions = Functions::default();
    let told = Told::of(recording, &mut functions);
    let mut outcome = Interleaved::default();
    if told.is_empty() {
        return outcome;
    }
    let mut samples = std::mem::take(&mut recording.samples);
    let mut joiner = Joiner { functions, ..Joiner::default() };
    let mut looks: Vec<(usize, StackId, Option<Match>)> = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        if !matches!(sample.signal, Signal::Cpu | Signal::OffCpu) {
            continue;
        }
        let (Some(thread), Some(native)) = (told.threads.get(&sample.thread), sample.stack) else { continue };
        let region = joiner.region(recording, native);
        if region.is_empty {
            continue;
        }
        let holds = |told, from| joiner.holds(recording, told, native, from);
        let look = thread.for_sample(sample, &region, &holds);
        if let Some(look) = look {
            if region.is_exact {
                joiner.by_native.insert((sample.thread, native), look);
            }
            if matches!(sample.state, ThreadState::Blocked(_)) {
                joiner.note_wait(recording, sample, native, look);
            }
        }
        looks.push((at, native, look));
    }
    for (at, native, look) in looks {
        let sample = &mut samples[at];
        let look = look.or_else(|| joiner.by_native.get(&(sample.thread, native)).copied());
        // Later a wait without an event was too short for one, or is of another kind.
        let is_early = told.begins.get(&sample.process).is_some_and(|begin| sample.time_nanos < *begin);
        let like = |joiner: &mut Joiner| joiner.like_wait(recording, sample, native);
        let Some(look) = look.or_else(|| is_early.then(|| like(&mut joiner)).flatten()) else {
            outcome.unnamed += 1;
            continue;
        };
        let joined = joiner.join(recording, native, look);
        sample.stack = Some(joined);
        outcome.named += 1;
        let is_cut = |stack| outermost(recording, stack).is_some_and(is_marker);
        if joiner.region(recording, native).is_cut && !is_cut(joined) {
            outcome.completed += u64::from(sample.n);
        }
    }
    let wants_cpu = recording.meta.signals.contains(&Signal::Cpu);
    let stand_in = if wants_cpu { told.stand_ins(&samples) } else { Vec::new() };
    outcome.stand_in = stand_in.len() as u64;
    samples.retain(|sample| sample.signal != Signal::ProgramWall);
    samples.extend(stand_in);
    recording.samples = samples;
    recording.meta.quality.truncated = recording.meta.quality.truncated.saturating_sub(outcome.completed);
    outcome
}

/// A moment at which a thread's managed stack is known.
#[derive(Clone, Copy, Debug)]
struct Look {
    time_nanos: i64,
    stack: StackId,
    is_running: bool,
}

/// Everything that runtimes told of one thread.
#[derive(Debug, Default)]
struct ThreadLooks {
    /// By time.
    looks: Vec<Look>,
    /// Begin, end and stack of events, by begin.
    events: Vec<(i64, i64, StackId)>,
    /// For each event the latest end of it and all before it: where a search may stop.
    latest_ends: Vec<i64>,
    /// Positions of the looks that hold a function, by the function.
    holding: HashMap<FunctionName, Vec<u32>>,
    /// The same of the looks at which the function's own body ran, with what was compiled into it.
    running: HashMap<FunctionName, Vec<u32>>,
    near_nanos: i64,
}

/// See [`Joiner::holds`].
type Holds<'a> = dyn Fn(StackId, usize) -> bool + 'a;

/// A look that belongs to a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Match {
    stack: StackId,
    /// The innermost function of the look that counts; without it all do.
    within: Option<FunctionName>,
    /// Where that function stands on the native stack, if what is inside of it stays.
    at: Option<usize>,
}

impl Match {
    fn whole(stack: StackId) -> Self {
        Self { stack, within: None, at: None }
    }
}

/// A function's place in [`Functions`].
type FunctionName = u32;

/// Functions by name, whatever their lines.
#[derive(Debug, Default)]
struct Functions {
    numbers: HashMap<String, FunctionName>,
}

impl Functions {
    fn number(&mut self, name: &str) -> FunctionName {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.numbers.len() as FunctionName;
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

impl ThreadLooks {
    fn prepare(&mut self, recording: &Recording, functions: &mut Functions) {
        self.looks.sort_by_key(|look| (look.time_nanos, look.stack));
        for (at, look) in self.looks.iter().enumerate() {
            let mut is_innermost_body = true;
            for frame in recording.stacks.frames(look.stack) {
                let Some(frame) = recording.frames.get(frame.index()) else { continue };
                let number = frame.function.as_deref().map(|name| functions.number(name));
                if is_innermost_body && !frame.inlined {
                    is_innermost_body = false;
                    self.running.entry(number.unwrap_or(u32::MAX)).or_default().push(at as u32);
                }
                let Some(number) = number else { continue };
                let positions = self.holding.entry(number).or_default();
                if positions.last() != Some(&(at as u32)) {
                    positions.push(at as u32);
                }
            }
        }
        self.events.sort_unstable();
        let mut latest = i64::MIN;
        let ends = self.events.iter().map(|(_, end, _)| {
            latest = latest.max(*end);
            latest
        });
        self.latest_ends = ends.collect();
        let mut gaps: Vec<i64> =
            self.looks.windows(2).map(|pair| pair[1].time_nanos - pair[0].time_nanos).collect();
        let middle = gaps.len() / 2;
        let median = if gaps.is_empty() { 0 } else { *gaps.select_nth_unstable(middle).1 };
        self.near_nanos = median.saturating_mul(PERIODS).clamp(NEAR_NANOS[0], NEAR_NANOS[1]);
    }

    /// The look or event for a sample; `holds` tells whether a stack holds every method that is known of the sample's
    /// from a frame outwards.
    fn for_sample(&self, sample: &Sample, region: &Region, holds: &Holds<'_>) -> Option<Match> {
        let time = sample.time_nanos;
        let is_off_cpu = matches!(sample.state, ThreadState::Blocked(_) | ThreadState::Runnable);
        if let Some(event) = self.event_at(time).filter(|_| is_off_cpu) {
            return Some(Match::whole(event));
        }
        let nearest = match (sample.state, region.methods.is_empty()) {
            // Where it ran before is not where it waits.
            (ThreadState::Blocked(_), _) => {
                self.nearest(time, self.near_nanos, |look| !look.is_running && holds(look.stack, 0))
            }
            (_, false) => return self.in_method(time, region, holds),
            (_, true) => self.nearest(time, NEAR_RUNNING_NANOS, |_| true),
        };
        nearest.map(Match::whole)
    }

    /// A look that holds the method in which a sample was. What called it then most likely did so now, however far
    /// that is.
    fn in_method(&self, time: i64, region: &Region, holds: &Holds<'_>) -> Option<Match> {
        let found = region.methods.iter().enumerate().find_map(|(n_inside, (at, method))| {
            Some((n_inside, *at, *method, self.nearest_of(self.holding.get(method)?, time, *at, holds)?))
        });
        let (n_inside, at, method, (stack, _)) = found?;
        let within = Some(method);
        if n_inside > 0 {
            return Some(Match { stack, within, at: Some(at) });
        }
        if !region.method_is_innermost {
            return Some(Match::whole(stack));
        }
        let same_body =
            self.running.get(&method).and_then(|running| self.nearest_of(running, time, at, holds));
        let near = same_body.filter(|(_, distance)| *distance <= self.near_nanos);
        Some(near.map_or(Match { stack, within, at: None }, |(stack, _)| Match::whole(stack)))
    }

    /// The nearest look that is near enough and wanted.
    fn nearest(&self, time: i64, near_nanos: i64, is_wanted: impl Fn(&Look) -> bool) -> Option<StackId> {
        let split = self.looks.partition_point(|look| look.time_nanos < time);
        let is_near = |look: &&Look| (look.time_nanos - time).abs() <= near_nanos;
        let after = self.looks[split..].iter().take_while(is_near).find(|look| is_wanted(look));
        let before = self.looks[..split].iter().rev().take_while(is_near).find(|look| is_wanted(look));
        let both = before.into_iter().chain(after);
        both.min_by_key(|look| (look.time_nanos - time).abs()).map(|look| look.stack)
    }

    /// The nearest of the looks at these positions that holds the methods from a frame outwards, else the nearest; and
    /// how far it is.
    fn nearest_of(
        &self,
        positions: &[u32],
        time: i64,
        from: usize,
        holds: &Holds<'_>,
    ) -> Option<(StackId, i64)> {
        let look = |at: &u32| &self.looks[*at as usize];
        let split = positions.partition_point(|at| look(at).time_nanos < time);
        let before = positions[..split].iter().rev().take(NEARBY_LOOKS);
        let nearby = before.chain(positions[split..].iter().take(NEARBY_LOOKS));
        let mut nearby: Vec<(i64, StackId)> =
            nearby.map(look).map(|look| ((look.time_nanos - time).abs(), look.stack)).collect();
        nearby.sort_unstable();
        let fitting = nearby.iter().find(|(_, stack)| holds(*stack, from));
        fitting.or(nearby.first()).map(|(distance, stack)| (*stack, *distance))
    }

    /// The event that covers a time, else one that begins a moment later; of several the one that began last.
    fn event_at(&self, time: i64) -> Option<StackId> {
        self.event_near(time, 0).or_else(|| self.event_near(time, SLACK_NANOS))
    }

    fn event_near(&self, time: i64, slack: i64) -> Option<StackId> {
        let split = self.events.partition_point(|(start, ..)| *start <= time.saturating_add(slack));
        (0..split)
            .rev()
            .take_while(|at| self.latest_ends[*at] > time)
            .map(|at| self.events[at])
            .find(|(_, end, _)| *end > time)
            .map(|(.., stack)| stack)
    }
}

/// What runtimes told, by thread.
#[derive(Debug, Default)]
struct Told {
    threads: BTreeMap<ThreadId, ThreadLooks>,
    running: Vec<Sample>,
    /// The first thing that was told of each process.
    begins: BTreeMap<ProcessId, i64>,
}

impl Told {
    fn of(recording: &Recording, functions: &mut Functions) -> Self {
        let mut told = Self::default();
        for sample in &recording.samples {
            // What is said of a whole process has no state, and says nothing of a thread.
            let is_look = matches!(sample.signal, Signal::ProgramCpu | Signal::ProgramWall)
                && sample.state != ThreadState::Unknown;
            if !is_look {
                continue;
            }
            told.begins_by(sample.process, sample.time_nanos);
            let is_running = sample.state == ThreadState::Running;
            let thread = told.threads.entry(sample.thread).or_default();
            if let Some(stack) = sample.stack {
                let certainly_ran = is_running && sample.signal == Signal::ProgramCpu;
                thread.looks.push(Look { time_nanos: sample.time_nanos, stack, is_running: certainly_ran });
            }
            if is_running {
                told.running.push(*sample);
            }
        }
        for event in recording.events.iter().filter(|event| event.duration_nanos > 0) {
            let (Some(thread), Some(stack)) = (event.thread, event.stack) else { continue };
            if let Some(thread) = recording.threads.get(thread.index()) {
                told.begins_by(thread.process, event.start_nanos);
            }
            let end = event.start_nanos.saturating_add(event.duration_nanos);
            told.threads.entry(thread).or_default().events.push((event.start_nanos, end, stack));
        }
        told.threads.values_mut().for_each(|thread| thread.prepare(recording, functions));
        told
    }

    fn begins_by(&mut self, process: ProcessId, time: i64) {
        let begin = self.begins.entry(process).or_insert(time);
        *begin = time.min(*begin);
    }

    fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// Looks as CPU samples, for processes of which the kernel took no stack.
    fn stand_ins(&self, samples: &[Sample]) -> Vec<Sample> {
        let with_stack =
            samples.iter().filter(|sample| sample.signal == Signal::Cpu && sample.stack.is_some());
        let seen: BTreeSet<ProcessId> = with_stack.map(|sample| sample.process).collect();
        let lacks = |look: &&Sample| !seen.contains(&look.process);
        self.running.iter().filter(lacks).map(|look| Sample { signal: Signal::Cpu, ..*look }).collect()
    }
}

/// Where the runtime's code stands on a native stack, counted from the innermost frame.
#[derive(Clone, Debug, Default)]
struct Region {
    innermost: usize,
    outermost: usize,
    is_empty: bool,
    /// The stack ends in the marker for a cut: what is beyond is the runtime's as far as anybody knows.
    is_cut: bool,
    /// The methods that compiled frames are, if their names are known, innermost first, and where they stand.
    methods: Vec<(usize, FunctionName)>,
    /// Its addresses tell what runs: there is compiled code, and no interpreter, whose addresses are the same for all.
    is_exact: bool,
    /// The first of them runs itself, or native code for it: nothing that is interpreted is inside of it.
    method_is_innermost: bool,
}

/// When a wait with a look began.
type Wait = (i64, Match);

/// Makes the joined stacks, each pair once.
#[derive(Debug, Default)]
struct Joiner {
    regions: HashMap<StackId, Rc<Region>>,
    /// What [`Self::holds`] gave.
    held: RefCell<HashMap<(StackId, StackId, usize), bool>>,
    joined: HashMap<(StackId, Match), StackId>,
    by_native: HashMap<(ThreadId, StackId), Match>,
    /// Waits that have a look, by the native functions inside the runtime's code: when they were.
    waits: HashMap<(ThreadId, Vec<FunctionName>), Vec<Wait>>,
    functions: Functions,
}

impl Joiner {
    fn region(&mut self, recording: &Recording, native: StackId) -> Rc<Region> {
        if let Some(region) = self.regions.get(&native) {
            return region.clone();
        }
        let region = Rc::new(self.find_region(recording, native));
        self.regions.insert(native, region.clone());
        region
    }

    fn find_region(&mut self, recording: &Recording, native: StackId) -> Region {
        let none = || Region { is_empty: true, ..Region::default() };
        let mut region = none();
        let mut is_interpreted = false;
        for (at, id) in recording.stacks.frames(native).enumerate() {
            let Some(frame) = recording.frames.get(id.index()) else { continue };
            // A reader that names frames at the sample has done all this already.
            if is_managed(&recording.modules, frame) {
                return none();
            }
            region.is_cut = is_marker(frame);
            if region.is_cut || is_runtime_code(recording, frame) {
                if region.is_empty {
                    region.innermost = at;
                }
                (region.outermost, region.is_empty) = (at, false);
            }
            let name = frame.function.as_deref().filter(|_| is_compiled(recording, frame));
            is_interpreted |= frame.kind == FrameKind::Interpreter;
            region.is_exact |= is_runtime_code(recording, frame);
            if let Some(method) = name.and_then(method_name) {
                if region.methods.is_empty() {
                    region.method_is_innermost = !is_interpreted;
                }
                region.methods.push((at, self.functions.number(method)));
            }
        }
        region.is_exact &= !is_interpreted;
        region
    }

    fn note_wait(&mut self, recording: &Recording, sample: &Sample, native: StackId, look: Match) {
        let inner = self.inner_functions(recording, native);
        self.waits.entry((sample.thread, inner)).or_default().push((sample.time_nanos, look));
    }

    /// The nearest wait of the same thread through the same native functions and methods.
    fn like_wait(&mut self, recording: &Recording, sample: &Sample, native: StackId) -> Option<Match> {
        if !matches!(sample.state, ThreadState::Blocked(_)) {
            return None;
        }
        let inner = self.inner_functions(recording, native);
        let waits = self.waits.get(&(sample.thread, inner))?;
        let mut looks: BTreeMap<StackId, (u64, Match)> = BTreeMap::new();
        for (time, look) in waits {
            let distance = time.abs_diff(sample.time_nanos);
            let nearest = looks.entry(look.stack).or_insert((distance, *look));
            nearest.0 = nearest.0.min(distance);
        }
        let mut nearest: Vec<(u64, Match)> = looks.into_values().collect();
        nearest.sort_by_key(|(distance, look)| (*distance, look.stack));
        // A runtime tells of a wait where the program calls it: the innermost methods may be missing there. One that is
        // known has to be there.
        let region = self.region(recording, native);
        let mut froms = region.methods.iter().map(|(at, _)| *at).collect::<Vec<_>>();
        // Nothing is known but perhaps the native method.
        if froms.iter().all(|at| *at == region.innermost) {
            froms.push(usize::MAX);
        }
        froms.into_iter().find_map(|from| {
            let looks = nearest.iter().map(|(_, look)| look);
            looks.copied().find(|look| self.holds(recording, look.stack, native, from))
        })
    }

    /// Whether a stack that was told holds every method of the runtime's code that is known by name, in their order,
    /// from a frame outwards.
    fn holds(&self, recording: &Recording, told: StackId, native: StackId, from: usize) -> bool {
        let key = (told, native, from);
        if let Some(known) = self.held.borrow().get(&key) {
            return *known;
        }
        let holds = self.find_held(recording, told, native, from);
        let mut held = self.held.borrow_mut();
        if held.len() >= MOST_HELD {
            held.clear();
        }
        held.insert(key, holds);
        holds
    }

    fn find_held(&self, recording: &Recording, told: StackId, native: StackId, from: usize) -> bool {
        let frames =
            |stack| recording.stacks.frames(stack).filter_map(|id: FrameId| recording.frames.get(id.index()));
        let compiled = frames(native).skip(from).filter(|frame| is_compiled(recording, frame));
        let mut left = compiled.filter_map(|frame| method_name(frame.function.as_deref()?)).peekable();
        for frame in frames(told) {
            left.next_if(|method| frame.function.as_deref() == Some(*method));
        }
        left.peek().is_none()
    }

    /// The functions inside the runtime's code, innermost first.
    fn inner_functions(&mut self, recording: &Recording, native: StackId) -> Vec<FunctionName> {
        let n_inner = self.region(recording, native).innermost;
        let frames = recording.stacks.frames(native).take(n_inner);
        let name = |id: FrameId| recording.frames.get(id.index())?.function.as_deref();
        frames.map(|id| self.functions.number(name(id).unwrap_or_default())).collect()
    }

    fn join(&mut self, recording: &mut Recording, native: StackId, look: Match) -> StackId {
        if let Some(joined) = self.joined.get(&(native, look)) {
            return *joined;
        }
        let region = self.region(recording, native);
        let native_frames: Vec<FrameId> = recording.stacks.frames(native).collect();
        let mut told: Vec<FrameId> = recording.stacks.frames(look.stack).collect();
        if let Some(within) = look.within {
            let is_it = |id: &FrameId| {
                let name = recording.frames.get(id.index()).and_then(|frame| frame.function.as_deref());
                name.is_some_and(|name| self.functions.number(name) == within)
            };
            if let Some(at) = told.iter().position(is_it) {
                told.drain(..at);
            }
        }
        let inner = &native_frames[..look.at.unwrap_or(region.innermost)];
        let outer = &native_frames[region.outermost + 1..];
        let path = outer.iter().rev().chain(told.iter().rev()).chain(inner.iter().rev());
        let joined = recording.stacks.intern_path(path.copied()).unwrap_or(native);
        self.joined.insert((native, look), joined);
        joined
    }
}

/// Code that only a runtime can name: compiled while running, or the runtime's interpreter and stubs.
fn is_runtime_code(recording: &Recording, frame: &Frame) -> bool {
    matches!(frame.kind, FrameKind::Jit | FrameKind::Interpreter) || is_compiled(recording, frame)
}

fn is_compiled(recording: &Recording, frame: &Frame) -> bool {
    let module = frame.module.and_then(|id| recording.modules.get(id.index()));
    module.is_some_and(|module| module.kind == ModuleKind::Jit)
}

/// The class and method of a compiled method: `Busy.hot`, or as HotSpot writes it (`CodeCache::write_perf_map`)
/// `double Busy.hot(int)`. Stubs have names of another form.
fn method_name(name: &str) -> Option<&str> {
    let method = match name.split_once('(') {
        Some((before, _)) => before.rsplit(' ').next()?,
        None => name,
    };
    (method.contains('.') && !method.contains(' ')).then_some(method)
}

fn is_marker(frame: &Frame) -> bool {
    frame.function.as_deref() == Some(NOT_COMPLETE)
}

fn outermost(recording: &Recording, stack: StackId) -> Option<&Frame> {
    recording.stacks.frames(stack).last().and_then(|id| recording.frames.get(id.index()))
}

#[cfg(test)]
mod tests;
