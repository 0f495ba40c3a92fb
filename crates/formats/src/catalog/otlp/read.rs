//! Messages to a recording.
//!
//! Times begin at the first one of the file. A resource is a process, unless its samples name one themselves. Samples
//! with times are observations; those with values only are sums.

use super::SCOPE;
use super::attributes::{AttributeValue, key_value};
use super::dictionary::Dictionary;
use super::json;
use super::messages::messages;
use super::schema::PROFILES_DATA;
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::notes::Notes;
use crate::protobuf::{Fields, Message, Value};
use fathom_model::{
    ClockPair, Issue, LabelsId, ProcessId, Recording, Sample, Signal, ThreadId, ThreadState, Unit,
};
use std::collections::HashMap;
use std::io::{self, BufRead, Read};

pub(super) fn read_protobuf(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (bytes, mut issues) = input.whole();
    let mut reader = Reader::new("otlp", input);
    for (offset, message) in messages(&bytes) {
        reader.message(message, offset);
    }
    let (recording, more) = reader.finish();
    issues.extend(more);
    (recording, issues)
}

pub(super) fn read_json(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut stream = Counted { stream: input.stream(), at: 0 };
    let mut reader = Reader::new("otlp-json", input);
    while stream.is_more() {
        let start = stream.at;
        let mut message = Message::default();
        let read = json::to_protobuf(&mut json::reader(&mut stream), &PROFILES_DATA, &mut message);
        reader.message(&message.into_bytes(), start);
        if let Err(error) = read {
            reader.notes.at(stream.at, "JSON ends in the middle or is damaged", || error.to_string());
            break;
        }
    }
    let mut issues = stream.stream.issues();
    let (recording, more) = reader.finish();
    issues.extend(more);
    (recording, issues)
}

/// A stream that knows how far it is read.
struct Counted<'a> {
    stream: crate::input::Stream<'a>,
    at: u64,
}

impl Counted<'_> {
    /// Goes past white space; whether something stands behind it.
    fn is_more(&mut self) -> bool {
        loop {
            // A stream has no errors.
            let Ok(bytes) = self.stream.fill_buf() else { return false };
            if bytes.is_empty() {
                return false;
            }
            let n = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let is_all = n == bytes.len();
            self.stream.consume(n);
            self.at += n as u64;
            if !is_all {
                return true;
            }
        }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

struct Reader {
    builder: RecordingBuilder,
    notes: Notes,
    /// The time that is 0, in nanoseconds since 1970.
    base: Option<u64>,
    has_times: bool,
    /// Processes by number, name and command.
    resources: HashMap<(i32, String, Vec<String>), ProcessId>,
    /// How many programs a process has run.
    programs: HashMap<i32, u32>,
}

/// Who a sample is of, and what else it says.
#[derive(Clone, Copy)]
struct Who {
    process: ProcessId,
    thread: ThreadId,
    cpu: Option<u32>,
    state: ThreadState,
    labels: Option<LabelsId>,
}

/// What a resource says of a process.
#[derive(Clone, Default)]
struct Resource {
    pid: i32,
    name: String,
    id: Option<ProcessId>,
    labels: Vec<(String, String)>,
}

/// How the values of a profile are read.
struct Values {
    signal: Signal,
    factor: i64,
    /// Whether each of them is that many observations.
    is_count: bool,
}

impl Reader {
    fn new(format: &str, input: &Input<'_>) -> Self {
        let builder = RecordingBuilder::new(format, input.limits());
        Self {
            builder,
            notes: Notes::new("OpenTelemetry profile"),
            base: None,
            has_times: false,
            resources: HashMap::new(),
            programs: HashMap::new(),
        }
    }

    fn finish(mut self) -> (Recording, Vec<Issue>) {
        if let Some(base) = self.base {
            let realtime_nanos = i64::try_from(base).unwrap_or(i64::MAX);
            self.builder.meta().clock_pairs = vec![ClockPair { monotonic_nanos: 0, realtime_nanos }];
        }
        let (recording, more) = self.builder.finish(self.has_times);
        let mut issues = self.notes.finish();
        issues.extend(more);
        (recording, issues)
    }

    /// A message that is cut is read as far as it goes, and so is what is in it.
    fn message(&mut self, bytes: &[u8], offset: u64) {
        let mut fields = Fields::new(bytes);
        fields.by_ref().for_each(drop);
        if let Some(at) = fields.broken_at() {
            let what = "no whole protobuf field stands here, what comes behind is not read";
            self.notes.at(offset + at as u64, what, String::new);
        }
        let mut dictionary = Dictionary::default();
        for tables in inner(bytes, 2) {
            if let Some(at) = dictionary.add(tables) {
                self.notes.at(offset, "dictionary is cut or damaged", || format!("after {at} bytes of it"));
            }
        }
        let resources: Vec<&[u8]> = inner(bytes, 1).collect();
        if self.base.is_none() {
            self.base = first_time(&resources);
        }
        for resource in resources {
            self.resource(resource, &mut dictionary, offset);
        }
    }

    fn resource(&mut self, bytes: &[u8], dictionary: &mut Dictionary<'_>, offset: u64) {
        let mut resource = Resource::default();
        for (number, value) in Fields::new(bytes) {
            if let (1, Value::Bytes(message)) = (number, value) {
                resource = self.process(message, dictionary);
            }
        }
        for scope in inner(bytes, 2) {
            let name = inner(scope, 1).flat_map(|scope| inner(scope, 1)).next();
            let name = name.map(|name| dictionary.cut(name)).unwrap_or_default();
            if !name.is_empty() {
                let is_new =
                    self.builder.recording().meta.imported.as_ref().is_some_and(|known| known.tool.is_none());
                if is_new {
                    self.builder.tool(name.clone());
                }
            }
            for profile in inner(scope, 2) {
                self.profile(profile, &resource, &name, dictionary, offset);
            }
        }
    }

    /// The process that a resource names.
    fn process(&mut self, bytes: &[u8], dictionary: &Dictionary<'_>) -> Resource {
        let mut resource = Resource::default();
        let (mut runtime, mut version, mut command) = (None, None, Vec::new());
        let mut service = None;
        for (key, value) in inner(bytes, 1).filter_map(|pair| key_value(pair, dictionary)) {
            match key.as_str() {
                "process.pid" => {
                    resource.pid = value.integer().and_then(|pid| i32::try_from(pid).ok()).unwrap_or(0);
                }
                "process.executable.name" => resource.name = value.shown(),
                "process.runtime.name" => runtime = Some(value.shown()),
                "process.runtime.version" => version = Some(value.shown()),
                "process.command_args" => {
                    if let AttributeValue::List(list) = value {
                        command = list;
                    }
                }
                "service.name" => service = Some(value.shown()),
                // What belongs to the whole is said with each sample: sets are kept once.
                "container.id" | "host.name" | "service.version" | "k8s.pod.name" => {
                    resource.labels.push((key, value.shown()));
                }
                _ => {}
            }
        }
        if let Some(service) = service {
            if resource.name.is_empty() {
                resource.name = service;
            } else {
                resource.labels.insert(0, ("service.name".into(), service));
            }
        }
        // A process that has become another program is a resource of its own.
        let key = (resource.pid, resource.name.clone(), command.clone());
        let known = self.resources.get(&key).copied();
        let id = known.unwrap_or_else(|| {
            let n_before = self.programs.entry(resource.pid).or_insert(0);
            let generation = *n_before;
            *n_before += 1;
            match generation {
                0 => self.builder.process(resource.pid, &resource.name),
                _ => self.builder.next_program(resource.pid, &resource.name, generation),
            }
        });
        self.resources.insert(key, id);
        resource.id = Some(id);
        let row = &mut self.builder.tasks_mut().0[id.index()];
        row.runtime = runtime.or(row.runtime.take());
        row.runtime_version = version.or(row.runtime_version.take());
        if !command.is_empty() {
            row.command = command;
        }
        resource
    }

    fn profile(
        &mut self,
        bytes: &[u8],
        resource: &Resource,
        scope: &str,
        dictionary: &mut Dictionary<'_>,
        offset: u64,
    ) {
        let Some(values) = self.values(bytes, scope, dictionary) else { return };
        let mut known: HashMap<(Vec<u64>, u64), Who> = HashMap::new();
        // A sample that says no time is at the profile's begin.
        let start = Fields::new(bytes).number(3).filter(|time| *time > 0).or(self.base).unwrap_or(0);
        let (mut numbers, mut times, mut attributes) = (Vec::new(), Vec::new(), Vec::new());
        for sample in inner(bytes, 2) {
            numbers.clear();
            times.clear();
            attributes.clear();
            let (mut stack, mut link) = (0, 0);
            for (number, value) in Fields::new(sample) {
                match (number, value) {
                    (1, Value::Number(index)) => stack = index,
                    (2, value) => value.numbers(|index| attributes.push(index)),
                    (3, Value::Number(index)) => link = index,
                    (4, value) => value.numbers(|number| numbers.push(number as i64)),
                    (5, value) => value.fixed_numbers(|time| times.push(time)),
                    _ => {}
                }
            }
            let stack = dictionary.stack(stack, &mut self.builder, &mut self.notes, offset);
            let key = (std::mem::take(&mut attributes), link);
            let who = match known.get(&key) {
                Some(who) => *who,
                None => {
                    let who = self.who(&key.0, link, resource, dictionary, offset);
                    known.insert(key.clone(), who);
                    who
                }
            };
            attributes = key.0;
            if times.is_empty() && numbers.is_empty() {
                self.notes.at(offset, "sample has neither values nor times", String::new);
            }
            if !times.is_empty() && !numbers.is_empty() && times.len() != numbers.len() {
                let found = || format!("{} and {}", numbers.len(), times.len());
                self.notes.at(offset, "sample has not as many values as times", found);
            }
            let n = times.len().max(numbers.len());
            for at in 0..n {
                let time = times.get(at).copied();
                self.has_times |= time.is_some();
                // With times only, each is one observation.
                let Some(value) = numbers.get(at).copied().or_else(|| numbers.is_empty().then_some(1)) else {
                    break;
                };
                self.put(&values, who, stack, value, time.unwrap_or(start));
            }
        }
    }

    fn put(
        &mut self,
        values: &Values,
        who: Who,
        stack: Option<fathom_model::StackId>,
        value: i64,
        time: u64,
    ) {
        let since = i128::from(time) - i128::from(self.base.unwrap_or(0));
        self.builder.sample(Sample {
            signal: values.signal,
            time_nanos: i64::try_from(since).unwrap_or(i64::MAX),
            process: who.process,
            thread: who.thread,
            cpu: who.cpu,
            stack,
            value: value.saturating_mul(values.factor),
            n: if values.is_count { u32::try_from(value).unwrap_or(0) } else { 1 },
            state: who.state,
            labels: who.labels,
        });
    }

    fn who(
        &mut self,
        attributes: &[u64],
        link: u64,
        resource: &Resource,
        dictionary: &Dictionary<'_>,
        offset: u64,
    ) -> Who {
        let (mut pid, mut name) = (resource.pid, resource.name.clone());
        let (mut tid, mut thread, mut cpu, mut state) = (0, String::new(), None, ThreadState::Unknown);
        let mut labels = resource.labels.clone();
        let number = |value: &AttributeValue| value.integer().and_then(|number| i32::try_from(number).ok());
        for index in attributes {
            let Some((key, value)) = dictionary.attribute(*index) else {
                if *index >= dictionary.attributes.len() as u64 {
                    self.notes
                        .at(offset, "sample has an attribute that is not in the table", || index.to_string());
                }
                continue;
            };
            match key.as_str() {
                "process.pid" => pid = number(&value).unwrap_or(0),
                "process.executable.name" => name = value.shown(),
                "thread.id" => tid = number(&value).unwrap_or(0),
                "thread.name" => thread = value.shown(),
                "cpu.logical_number" => cpu = value.integer().and_then(|cpu| u32::try_from(cpu).ok()),
                "thread.state" => state = ThreadState::parse(&value.shown()),
                _ => labels.push((key, value.shown())),
            }
        }
        if let Some(ids) = dictionary.link(link) {
            labels.extend(["trace_id", "span_id"].map(str::to_owned).into_iter().zip(ids));
        } else if link > 0 {
            self.notes.at(offset, "sample has a link that is not in the table", || link.to_string());
        }
        let of_resource = resource.id.filter(|_| pid == resource.pid && name == resource.name);
        let process = of_resource.unwrap_or_else(|| self.builder.process(pid, &name));
        let thread = self.builder.thread(process, tid, &thread);
        Who { process, thread, cpu, state, labels: self.builder.labels(labels) }
    }

    /// What the values of a profile are.
    fn values(&mut self, profile: &[u8], scope: &str, dictionary: &Dictionary<'_>) -> Option<Values> {
        let value_type = |field: u64| {
            let of = |number| {
                let found = inner(profile, field).last().and_then(|kind| Fields::new(kind).number(number));
                dictionary.text(found.unwrap_or(0)).unwrap_or_default()
            };
            (of(1), of(2))
        };
        let (kind, unit) = value_type(1);
        let (unit, factor) = unit_of(&unit);
        let is_count = unit == Unit::Count;
        if scope == SCOPE {
            let own = Signal::parse(&kind).filter(|signal| !Signal::COLUMNS.contains(signal));
            let signal = own.or_else(|| self.builder.column(&kind, unit))?;
            return Some(Values { signal, factor, is_count: false });
        }
        // OpenTelemetry's own profiler samples by perf events in the kernel; others are in the program.
        let cpu = if scope.contains("ebpf-profiler") { Signal::Cpu } else { Signal::ProgramCpu };
        let signal = match (kind.as_str(), unit) {
            ("cpu", Unit::Nanoseconds) => cpu,
            ("wall", Unit::Nanoseconds) => Signal::ProgramWall,
            ("off_cpu" | "off-cpu", Unit::Nanoseconds) => Signal::OffCpu,
            ("alloc_space" | "allocated_space", Unit::Bytes) => Signal::AllocBytes,
            ("alloc_objects" | "allocated_objects", Unit::Count) => Signal::AllocCount,
            ("inuse_space", Unit::Bytes) => Signal::LiveBytes,
            ("inuse_objects", Unit::Count) => Signal::LiveCount,
            ("samples" | "sample", Unit::Count) => {
                let (period_kind, period_unit) = value_type(5);
                let (period_unit, in_nanos) = unit_of(&period_unit);
                let period = Fields::new(profile).number(6).map_or(0, |period| period as i64);
                if period_kind == "cpu" && period_unit == Unit::Nanoseconds && period > 0 {
                    return Some(Values { signal: cpu, factor: period.saturating_mul(in_nanos), is_count });
                }
                Signal::Samples
            }
            _ => self.builder.column(if kind.is_empty() { "values" } else { &kind }, unit)?,
        };
        Some(Values { signal, factor, is_count })
    }
}

/// The messages in a field, the last one also if it is cut.
fn inner(bytes: &[u8], field: u64) -> impl Iterator<Item = &[u8]> {
    Fields::lenient(bytes).filter_map(move |(number, value)| match value {
        Value::Bytes(message) if number == field => Some(message),
        _ => None,
    })
}

/// The first time that profiles say, of themselves or of a sample.
fn first_time(resources: &[&[u8]]) -> Option<u64> {
    let mut first: Option<u64> = None;
    let mut take = |time: u64| {
        if time > 0 && first.is_none_or(|first| time < first) {
            first = Some(time);
        }
    };
    for resource in resources {
        for profile in inner(resource, 2).flat_map(|scope| inner(scope, 2)) {
            Fields::new(profile).number(3).into_iter().for_each(&mut take);
            for (_, value) in inner(profile, 2).flat_map(Fields::new).filter(|(number, _)| *number == 5) {
                value.fixed_numbers(&mut take);
            }
        }
    }
    first
}

/// A unit by its usual names, and what one of it is in ours.
fn unit_of(unit: &str) -> (Unit, i64) {
    match unit {
        "nanoseconds" | "ns" => (Unit::Nanoseconds, 1),
        "microseconds" | "us" => (Unit::Nanoseconds, 1_000),
        "milliseconds" | "ms" => (Unit::Nanoseconds, 1_000_000),
        "seconds" | "s" => (Unit::Nanoseconds, 1_000_000_000),
        "bytes" | "By" => (Unit::Bytes, 1),
        "ratio" => (Unit::Ratio, 1),
        _ => (Unit::Count, 1),
    }
}
