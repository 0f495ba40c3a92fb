//! The events of a recording as plain data that does not know of JFR any more: samples, events of an open kind,
//! series, and the threads, frames and stacks they name.
//!
//! [`read_profile`] gives them one by one as they come, for recordings of any size; [`read_whole`] keeps them. Times
//! are wall-clock nanoseconds since 1970, exactly as the recording has them.

mod kinds;
mod names;
pub(super) mod recording;

pub use names::{Names, ProfileFrame, ProfileThread};

use super::chunk::{Summary, read_events};
use super::event::Event;
use super::source::ReadAt;
use fathom_model::{Sample, Signal, Unit};
use kinds::{EVENTS, EventKind, SERIES, SeriesKind};
use std::collections::{BTreeMap, HashMap};

/// What took a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sampler {
    /// The timer of JFR that looks at a few threads which run Java code: `jdk.ExecutionSample`. Biased: of many
    /// running threads it sees some.
    Execution,
    /// The same for threads in native code, running or not: `jdk.NativeMethodSample`.
    Native,
    /// Every thread by its CPU time: `jdk.CPUTimeSample` (JDK 25 on, Linux).
    CpuTime,
    /// Every thread by wall-clock time: async-profiler's `profiler.WallClockSample`.
    WallClock,
    /// Allocations, drawn at a bounded rate and weighted: `jdk.ObjectAllocationSample` (JDK 16 on).
    Allocation,
    /// Allocations that needed a new buffer of the thread, weighted by its size, or none fitted:
    /// `jdk.ObjectAllocationInNewTLAB`, `jdk.ObjectAllocationOutsideTLAB`.
    AllocationBuffer,
    /// Memory taken from the C library: async-profiler's `profiler.Malloc`.
    NativeAllocation,
    /// Sampled objects that were still alive at the end: async-profiler's `profiler.LiveObject`.
    LiveObject,
}

impl Sampler {
    /// What its values measure.
    pub fn signal(self) -> Signal {
        match self {
            Self::Execution | Self::CpuTime => Signal::ProgramCpu,
            Self::Native | Self::WallClock => Signal::ProgramWall,
            Self::Allocation | Self::AllocationBuffer | Self::NativeAllocation => Signal::AllocBytes,
            Self::LiveObject => Signal::LiveBytes,
        }
    }
}

/// One observation of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSample {
    /// What took it.
    pub sampler: Sampler,
    /// Wall-clock time, nanoseconds since 1970.
    pub time_nanos: i64,
    /// Position in [`Names::threads`].
    pub thread: Option<u32>,
    /// Position in [`Names::stacks`].
    pub stack: Option<u32>,
    /// In the unit of the sampler's signal; 0 where the period stands in [`Names::periods`].
    pub value: i64,
    /// Observations behind it.
    pub n: u32,
    /// Whether the virtual machine could not walk the stack.
    pub is_failed: bool,
    /// Whether the sampler says that it was delayed to a safepoint.
    pub is_biased: bool,
    /// The class of the object that was allocated: a position in [`Names::classes`].
    pub class: Option<u32>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEvent {
    /// `gc.pause`, `lock.wait`, `thread.park` ...; events of the program itself have the name it gave them.
    pub kind: String,
    /// Wall-clock time, nanoseconds since 1970.
    pub start_nanos: i64,
    /// Length in nanoseconds; 0 for a moment.
    pub duration_nanos: i64,
    /// Position in [`Names::threads`].
    pub thread: Option<u32>,
    /// Position in [`Names::stacks`].
    pub stack: Option<u32>,
    /// A JSON object.
    pub attributes: String,
}

/// A point of a time series.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfilePoint {
    /// `jvm.memory.used`, `jvm.class.count` ...
    pub name: String,
    /// Unit of `value`.
    pub unit: Unit,
    /// Wall-clock time, nanoseconds since 1970.
    pub time_nanos: i64,
    /// A level, or a running total where the name says `total`.
    pub value: f64,
}

/// One thing that a recording says.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A thread was looked at.
    Sample(ProfileSample),
    /// Something happened.
    Event(ProfileEvent),
    /// A value without a stack.
    Point(ProfilePoint),
}

/// A whole recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// What the others refer to.
    pub names: Names,
    /// Observations of threads in the order of the bytes.
    pub samples: Vec<ProfileSample>,
    /// What happened, in the order of the bytes.
    pub events: Vec<ProfileEvent>,
    /// Values without stacks.
    pub series: Vec<ProfilePoint>,
}

/// Reads a recording and gives what it says to `take`, item by item; [`Names`] holds what items refer to and is given
/// at the end. Items refer only to what is in it already.
pub fn read_profile(source: &mut dyn ReadAt, take: &mut dyn FnMut(Item)) -> (Names, Summary) {
    let length = source.length().unwrap_or(0);
    let mut reader = Reader { names: Names::new(length), periods: HashMap::new(), take, is_wall: false };
    let summary = read_events(source, &mut |event| reader.event(event));
    reader.names.periods = reader.periods.into_iter().collect::<BTreeMap<_, _>>();
    (reader.names, summary)
}

/// Reads a recording and keeps everything. Samples that stand for the period of their sampler have it as value.
pub fn read_whole(source: &mut dyn ReadAt) -> (Profile, Summary) {
    let (profile, summary, _) = read_within(source, u64::MAX);
    (profile, summary)
}

/// The same, with as many items as have room in these bytes; and how many had none.
pub(super) fn read_within(source: &mut dyn ReadAt, most_bytes: u64) -> (Profile, Summary, u64) {
    let mut profile = Profile::default();
    let (mut bytes, mut n_left_out) = (0_u64, 0_u64);
    let (names, summary) = read_profile(source, &mut |item| {
        bytes = bytes.saturating_add(match &item {
            // As it is here and in the recording made of it.
            Item::Sample(_) => (size_of::<ProfileSample>() + size_of::<Sample>()) as u64,
            Item::Event(event) => {
                let text = 2 * (event.kind.len() + event.attributes.len());
                (2 * size_of::<ProfileEvent>() + text) as u64
            }
            Item::Point(point) => (2 * (size_of::<ProfilePoint>() + point.name.len())) as u64,
        });
        if bytes > most_bytes {
            n_left_out += 1;
            return;
        }
        match item {
            Item::Sample(sample) => profile.samples.push(sample),
            Item::Event(event) => profile.events.push(event),
            Item::Point(point) => profile.series.push(point),
        }
    });
    for sample in profile.samples.iter_mut().filter(|sample| sample.value == 0) {
        let period = names.periods.get(&sample.sampler).copied().unwrap_or(0);
        sample.value = period.saturating_mul(sample.n.into());
    }
    profile.names = names;
    (profile, summary, n_left_out)
}

struct Reader<'t> {
    names: Names,
    periods: HashMap<Sampler, i64>,
    take: &'t mut dyn FnMut(Item),
    /// Whether async-profiler says that its samples are by wall-clock time.
    is_wall: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.names.enter_chunk(event.chunk);
        match event.name {
            "jdk.ExecutionSample" if self.is_wall => self.sample(event, Sampler::WallClock, 0),
            "jdk.ExecutionSample" => self.sample(event, Sampler::Execution, 0),
            "jdk.NativeMethodSample" => self.sample(event, Sampler::Native, 0),
            "jdk.CPUTimeSample" => {
                self.sample(event, Sampler::CpuTime, event.nanos("samplingPeriod").unwrap_or(0));
            }
            "profiler.WallClockSample" => self.sample(event, Sampler::WallClock, 0),
            "jdk.ObjectAllocationSample" => self.allocation(event, Sampler::Allocation, "weight"),
            "jdk.ObjectAllocationInNewTLAB" => {
                self.allocation(event, Sampler::AllocationBuffer, "tlabSize");
            }
            "jdk.ObjectAllocationOutsideTLAB" => {
                self.allocation(event, Sampler::AllocationBuffer, "allocationSize");
            }
            "profiler.Malloc" => self.allocation(event, Sampler::NativeAllocation, "size"),
            "profiler.LiveObject" => self.allocation(event, Sampler::LiveObject, "allocationSize"),
            "jdk.CPUTimeSamplesLost" => {
                let lost = event.integer("lostSamples").and_then(|lost| u64::try_from(lost).ok());
                self.names.n_lost_samples = self.names.n_lost_samples.saturating_add(lost.unwrap_or(0));
            }
            "jdk.DataLoss" => {
                let lost = event.integer("amount").and_then(|lost| u64::try_from(lost).ok());
                self.names.n_lost_bytes = self.names.n_lost_bytes.saturating_add(lost.unwrap_or(0));
            }
            "jdk.ActiveSetting" => self.setting(event),
            "jdk.JVMInformation" => self.names.virtual_machine(event),
            name => match kinds::of_event(name) {
                Some(At::Event(at)) => self.told(event, &EVENTS[at]),
                Some(At::Series(at)) => self.points(event, &SERIES[at]),
                // What is not of the JDK is of the program.
                None if !name.starts_with("jdk.") && !name.starts_with("profiler.") => self.own(event),
                None => {}
            },
        }
    }

    fn sample(&mut self, event: &Event<'_>, sampler: Sampler, value: i64) {
        let n = event.integer("samples").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
        self.push(event, sampler, value, n, None);
    }

    fn allocation(&mut self, event: &Event<'_>, sampler: Sampler, weight: &str) {
        let class = self.names.class(event, "objectClass");
        // A weight below zero is none.
        let value = event.integer(weight).unwrap_or(0).max(0);
        self.push(event, sampler, value, 1, class);
    }

    fn push(&mut self, event: &Event<'_>, sampler: Sampler, value: i64, n: u32, class: Option<u32>) {
        let stack = self.names.stack(event);
        let sample = ProfileSample {
            sampler,
            time_nanos: event.start_nanos,
            thread: self.names.thread(event),
            stack,
            value: value.max(0),
            n,
            is_failed: event.is("failed") || stack.is_none(),
            is_biased: event.is("biased"),
            class,
        };
        (self.take)(Item::Sample(sample));
    }

    fn told(&mut self, event: &Event<'_>, kind: &EventKind) {
        let attributes = kinds::attributes(event, kind.attributes, &mut self.names);
        self.happened(event, kind.kind.to_owned(), attributes);
    }

    fn own(&mut self, event: &Event<'_>) {
        let Some(kind) = self.names.text(event.name) else { return };
        let attributes = kinds::own_attributes(event, &mut self.names);
        self.happened(event, kind, attributes);
    }

    fn happened(&mut self, event: &Event<'_>, kind: String, attributes: String) {
        let told = ProfileEvent {
            kind,
            start_nanos: event.start_nanos,
            duration_nanos: event.duration_nanos,
            thread: self.names.thread(event),
            stack: self.names.stack(event),
            attributes,
        };
        (self.take)(Item::Event(told));
    }

    fn points(&mut self, event: &Event<'_>, kind: &SeriesKind) {
        for point in kind.points {
            if let Some((name, value)) = kinds::point_of(event, point, &mut self.names) {
                let (unit, time_nanos) = (point.unit, event.start_nanos);
                (self.take)(Item::Point(ProfilePoint { name, unit, time_nanos, value }));
            }
        }
    }

    /// Keeps the period of a sampler. Settings name events by their number.
    fn setting(&mut self, event: &Event<'_>) {
        let Some(of) = event.integer("id").and_then(|id| event.type_named(id as u64)) else { return };
        let sampler = match of {
            "jdk.ExecutionSample" => Sampler::Execution,
            "jdk.NativeMethodSample" => Sampler::Native,
            "jdk.ActiveRecording" => {
                let is_event = event.text("name").is_some_and(|name| name == "event");
                self.is_wall |= is_event && event.text("value").is_some_and(|value| value == "wall");
                return;
            }
            _ => return,
        };
        let (Some(name), Some(text)) = (event.text("name"), event.text("value")) else { return };
        // async-profiler has settings of its own, in nanoseconds; 0 stands for what it takes then.
        let or_default = |nanos: i64| text.parse().ok().map(|period| if period > 0 { period } else { nanos });
        let (sampler, period) = match (&*name, self.is_wall) {
            ("period", _) => (sampler, period_nanos(&text)),
            ("interval", false) => (sampler, or_default(ASYNC_PROFILER_PERIOD_NANOS)),
            ("interval", true) | ("wall", _) => {
                (Sampler::WallClock, or_default(5 * ASYNC_PROFILER_PERIOD_NANOS))
            }
            _ => return,
        };
        if let Some(period) = period {
            self.periods.insert(sampler, period);
        }
    }
}

/// async-profiler's interval between two samples, `DEFAULT_INTERVAL` in its `arguments.h`; five times as much by
/// wall-clock time.
const ASYNC_PROFILER_PERIOD_NANOS: i64 = 10_000_000;

/// Where an event of the JDK is listed.
#[derive(Clone, Copy)]
enum At {
    Event(usize),
    Series(usize),
}

/// `20 ms` in nanoseconds; `None` for what is no time (`everyChunk`).
fn period_nanos(text: &str) -> Option<i64> {
    let split = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let nanos: i64 = match unit.trim() {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(nanos).filter(|nanos| *nanos > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_units() {
        assert_eq!(period_nanos("20 ms"), Some(20_000_000));
        assert_eq!(period_nanos("1 s"), Some(1_000_000_000));
        for none in ["everyChunk", "0 ns", "", "20", "99999999999999 h"] {
            assert_eq!(period_nanos(none), None, "{none}");
        }
    }
}
