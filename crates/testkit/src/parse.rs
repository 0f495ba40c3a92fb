//! Text to recording: reads statements one by one and builds the tables. Fills in what tests leave out
//! (thread times, quality counts, signals) from the samples. Does not check that the numbers make sense.

use std::collections::{BTreeMap, HashMap};

use fathom_model::{
    BuildId, ClockPair, CollectorUse, Epoch, Event, Frame, FrameId, Label, LabelsId, Module, ModuleId,
    ModuleKind, Process, ProcessId, Quality, Recording, Sample, SeriesPoint, Signal, StackId, Thread,
    ThreadId, ThreadState, ThreadTimes, Unit,
};

use crate::frame_text::{default_module_kind, parse_stack};
use crate::statement::{Statement, number, quantity, time};

const FIRST_PID: i32 = 1000;

/// A statement that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ParseError {
    /// Line number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Reads a recording; see the crate's documentation for the grammar.
///
/// # Errors
/// The first statement that cannot be read, with its line.
pub fn parse(text: &str) -> Result<Recording, ParseError> {
    let mut builder = Builder::default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        builder.statement(keyword, rest.trim()).map_err(|message| ParseError { line: at + 1, message })?;
    }
    Ok(builder.finish())
}

/// [`parse`] for tests.
///
/// # Panics
/// If the text cannot be read; the message names the line.
pub fn recording(text: &str) -> Recording {
    match parse(text) {
        Ok(recording) => recording,
        Err(error) => panic!("{error}\n{}", text.lines().nth(error.line - 1).unwrap_or_default()),
    }
}

/// What a thread's quality and times default to, counted from samples.
pub(crate) fn counted_times(recording: &Recording) -> Vec<ThreadTimes> {
    let mut times = vec![ThreadTimes::default(); recording.threads.len()];
    for sample in &recording.samples {
        let Some(times) = times.get_mut(sample.thread.index()) else { continue };
        let field = match (sample.signal, sample.state) {
            (Signal::Cpu, _) => &mut times.running_nanos,
            (Signal::OffCpu, ThreadState::Runnable) => &mut times.runnable_nanos,
            (Signal::OffCpu, ThreadState::Blocked(_)) => &mut times.blocked_nanos,
            _ => continue,
        };
        *field = field.saturating_add(sample.value);
    }
    times
}

/// The counts of the quality box as the samples tell them.
pub(crate) fn counted_quality(recording: &Recording) -> Quality {
    let count = |signal| {
        let of_signal = recording.samples.iter().filter(|sample| sample.signal == signal);
        of_signal.map(|sample| u64::from(sample.n)).sum::<u64>()
    };
    let off_cpu = count(Signal::OffCpu);
    Quality {
        cpu_samples: count(Signal::Cpu),
        off_cpu_samples: off_cpu,
        off_cpu_intervals: off_cpu,
        ..Quality::default()
    }
}

/// The signals that occur, in their fixed order.
pub(crate) fn counted_signals(recording: &Recording) -> Vec<Signal> {
    let occurs = |signal: &Signal| recording.samples.iter().any(|sample| sample.signal == *signal);
    Signal::ALL.iter().copied().filter(occurs).collect()
}

#[derive(Default)]
struct Builder {
    recording: Recording,
    frames: HashMap<Frame, FrameId>,
    labels: BTreeMap<Vec<(String, String)>, LabelsId>,
    open_process: Option<ProcessId>,
    open_thread: Option<ThreadId>,
    /// Per thread: running, runnable, blocked, missing as given.
    given_times: BTreeMap<ThreadId, [Option<i64>; 4]>,
    given_quality: Option<Quality>,
    given_signals: Option<Vec<Signal>>,
    notes: Vec<String>,
}

impl Builder {
    fn statement(&mut self, keyword: &str, rest: &str) -> Result<(), String> {
        let meta = &mut self.recording.meta;
        let plain = Statement::parse(rest, &[]);
        match keyword {
            "start" => meta.start_nanos = time(plain.word(0, "time")?)?,
            "wall" => meta.duration_nanos = time(plain.word(0, "time")?)?,
            "clock" => {
                let offset = time(plain.word(0, "offset in the recording")?)?;
                let realtime_nanos = time(plain.word(1, "time since 1970")?)?;
                meta.clock_pairs
                    .push(ClockPair { monotonic_nanos: meta.start_nanos + offset, realtime_nanos });
            }
            "command" => meta.target.command = plain.words,
            "pids" => {
                meta.target.pids =
                    plain.words.iter().map(|word| number(word, "pid")).collect::<Result<_, _>>()?
            }
            "cwd" => meta.target.working_directory = Some(plain.rest(0)),
            // wait(2): the code stands in bits 8 to 15, the signal in bits 0 to 6.
            "exit" => {
                meta.target.exit_status = Some(number::<i32>(plain.word(0, "exit code")?, "exit code")? << 8)
            }
            "killed" => meta.target.exit_status = Some(number(plain.word(0, "signal")?, "signal")?),
            "recovered" => meta.recovered = true,
            "note" => self.notes.push(rest.to_owned()),
            "signals" => {
                let signals =
                    plain.words.iter().map(|word| Signal::parse(word).ok_or_else(|| unknown_signal(word)));
                self.given_signals = Some(signals.collect::<Result<_, _>>()?);
            }
            "host" => self.host(rest)?,
            "quality" => self.quality(rest)?,
            "cost" => self.cost(rest)?,
            "collector" => self.collector(rest)?,
            "epoch" => self.epoch(rest)?,
            "module" => self.module_statement(rest)?,
            "process" => self.process(rest)?,
            "thread" => self.thread(rest)?,
            "series" => self.series(&plain)?,
            "event" => self.event(rest)?,
            signal => {
                let signal =
                    Signal::parse(signal).ok_or_else(|| format!("statement `{signal}` is unknown"))?;
                self.sample(signal, rest)?;
            }
        }
        Ok(())
    }

    fn host(&mut self, rest: &str) -> Result<(), String> {
        let options = ["cpus", "kernel", "arch", "cpu-model", "memory", "cpu-quota", "memory-limit"];
        let statement = Statement::parse(rest, &options);
        statement.no_more_words_than(1)?;
        let host = &mut self.recording.meta.host;
        host.name = statement.word(0, "host name")?.to_owned();
        host.cpus = statement.number("cpus")?.unwrap_or_default();
        host.kernel = statement.text("kernel").unwrap_or_default();
        host.architecture = statement.text("arch").unwrap_or_default();
        host.cpu_model = statement.text("cpu-model").unwrap_or_default();
        host.memory_bytes = statement.bytes("memory")?.unwrap_or_default();
        host.limits.cpu_quota = statement.number("cpu-quota")?;
        host.limits.memory_bytes = statement.bytes("memory-limit")?;
        Ok(())
    }

    fn quality(&mut self, rest: &str) -> Result<(), String> {
        let options = [
            "cpu-samples",
            "off-cpu-samples",
            "off-cpu-intervals",
            "lost",
            "truncated",
            "spliced",
            "without-stack",
            "frames",
            "unresolved",
            "unmerged",
        ];
        let statement = Statement::parse(rest, &options);
        statement.no_more_words_than(0)?;
        let count = |key| statement.number::<u64>(key).map(Option::unwrap_or_default);
        self.given_quality = Some(Quality {
            cpu_samples: count("cpu-samples")?,
            off_cpu_samples: count("off-cpu-samples")?,
            off_cpu_intervals: count("off-cpu-intervals")?,
            lost: count("lost")?,
            truncated: count("truncated")?,
            spliced: count("spliced")?,
            without_stack: count("without-stack")?,
            frames: count("frames")?,
            unresolved_frames: count("unresolved")?,
            unmerged: count("unmerged")?,
            ..Quality::default()
        });
        Ok(())
    }

    fn cost(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["cpu", "rss", "sampling", "switches", "wall", "target-cpu"]);
        statement.no_more_words_than(0)?;
        let cost = &mut self.recording.meta.quality.cost;
        cost.fathom_cpu_nanos = statement.time("cpu")?.unwrap_or_default();
        cost.fathom_peak_rss_bytes = statement.bytes("rss")?.unwrap_or_default();
        cost.target_sampling_nanos = statement.time("sampling")?.unwrap_or_default();
        cost.target_switch_nanos = statement.time("switches")?.unwrap_or_default();
        cost.wall_nanos = statement.time("wall")?.unwrap_or_default();
        cost.target_cpu_nanos = statement.time("target-cpu")?.unwrap_or_default();
        Ok(())
    }

    fn collector(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["fix"]);
        let used = match statement.word(1, "`used` or `missing`")? {
            "used" => true,
            "missing" => false,
            other => return Err(format!("`{other}` is neither `used` nor `missing`")),
        };
        let id = statement.word(0, "collector")?.to_owned();
        let collector = CollectorUse { id, used, how: statement.rest(2), fix: statement.text("fix") };
        self.recording.meta.collectors.push(collector);
        Ok(())
    }

    fn epoch(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["rate", "stack", "off-cpu", "gap"]);
        let offset = time(statement.word(0, "time")?)?;
        let stack = statement.bytes("stack")?.unwrap_or_default();
        let epoch = Epoch {
            start_nanos: self.recording.meta.start_nanos + offset,
            rate_hz: statement.number("rate")?.ok_or("rate=HZ is missing")?,
            stack_bytes: u32::try_from(stack).map_err(|_| format!("stack={stack} is above 4 GiB"))?,
            off_cpu_stacks_hz: statement.number("off-cpu")?.unwrap_or_default(),
            gap_nanos: statement.time("gap")?.unwrap_or_default(),
            reason: statement.rest(1),
        };
        self.recording.meta.epochs.push(epoch);
        Ok(())
    }

    fn module_statement(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["kind", "build-id"]);
        statement.no_more_words_than(1)?;
        let module = self.module(statement.word(0, "path")?);
        let module = &mut self.recording.modules[module.index()];
        if let Some(kind) = statement.text("kind") {
            module.kind =
                ModuleKind::parse(&kind).ok_or_else(|| format!("module kind `{kind}` is unknown"))?;
        }
        if let Some(hex) = statement.text("build-id") {
            module.build_id =
                Some(BuildId::parse(&hex).ok_or_else(|| format!("build id `{hex}` is not hexadecimal"))?);
        }
        Ok(())
    }

    fn module(&mut self, path: &str) -> ModuleId {
        let modules = &mut self.recording.modules;
        let known = modules.iter().position(|module| module.path == path);
        ModuleId::from_index(known.unwrap_or_else(|| {
            let kind = default_module_kind(path);
            modules.push(Module { path: path.to_owned(), build_id: None, kind, load_addresses: Vec::new() });
            modules.len() - 1
        }))
    }

    fn process(&mut self, rest: &str) -> Result<(), String> {
        let options = ["pid", "parent", "exec", "command", "runtime", "version", "start", "end", "exit"];
        let statement = Statement::parse(rest, &options);
        statement.no_more_words_than(1)?;
        let name = statement.word(0, "process name")?;
        let pid = statement.number::<i32>("pid")?;
        let exec_generation = statement.number::<u32>("exec")?;
        let known = self.recording.processes.iter().find(|process| {
            process.name == name
                && pid.is_none_or(|pid| process.pid == pid)
                && exec_generation.is_none_or(|generation| process.exec_generation == generation)
        });
        self.open_thread = None;
        if let Some(process) = known {
            self.open_process = Some(process.id);
            return Ok(());
        }
        let start_of_recording = self.recording.meta.start_nanos;
        let id = ProcessId::from_index(self.recording.processes.len());
        let next_pid = FIRST_PID + i32::try_from(id.index()).unwrap_or_default();
        self.recording.processes.push(Process {
            id,
            pid: pid.unwrap_or(next_pid),
            parent: statement.number("parent")?.map(ProcessId),
            exec_generation: exec_generation.unwrap_or_default(),
            name: name.to_owned(),
            command: statement.text("command").map_or_else(Vec::new, |text| crate::words::split_words(&text)),
            runtime: statement.text("runtime"),
            runtime_version: statement.text("version"),
            start_nanos: start_of_recording + statement.time("start")?.unwrap_or_default(),
            end_nanos: statement.time("end")?.map(|end| start_of_recording + end),
            exit_status: statement.number("exit")?,
        });
        self.open_process = Some(id);
        Ok(())
    }

    fn thread(&mut self, rest: &str) -> Result<(), String> {
        let options = ["tid", "start", "end", "running", "runnable", "blocked", "missing", "switches"];
        let statement = Statement::parse(rest, &options);
        statement.no_more_words_than(1)?;
        let name = statement.word(0, "thread name")?;
        let tid = statement.number::<i32>("tid")?;
        let process = self.process_or_default()?;
        let threads = &self.recording.threads;
        let known = threads.iter().find(|thread| {
            thread.process == process && thread.name == name && tid.is_none_or(|tid| thread.tid == tid)
        });
        if let Some(thread) = known {
            self.open_thread = Some(thread.id);
            return Ok(());
        }
        let id = ThreadId::from_index(threads.len());
        let siblings = threads.iter().filter(|thread| thread.process == process).count();
        let pid = self.recording.processes[process.index()].pid;
        let start_of_recording = self.recording.meta.start_nanos;
        self.recording.threads.push(Thread {
            id,
            process,
            tid: tid.unwrap_or(if siblings == 0 {
                pid
            } else {
                pid + 10_000 + i32::try_from(id.index()).unwrap_or(0)
            }),
            name: name.to_owned(),
            start_nanos: start_of_recording + statement.time("start")?.unwrap_or_default(),
            end_nanos: statement.time("end")?.map(|end| start_of_recording + end),
            times: ThreadTimes::default(),
            switches: statement.number("switches")?,
        });
        let given = ["running", "runnable", "blocked", "missing"].map(|key| statement.time(key));
        let [running, runnable, blocked, missing] = given;
        self.given_times.insert(id, [running?, runnable?, blocked?, missing?]);
        self.open_thread = Some(id);
        Ok(())
    }

    fn process_or_default(&mut self) -> Result<ProcessId, String> {
        if self.open_process.is_none() {
            self.process("main")?;
        }
        self.open_process.ok_or_else(|| "no process is open".into())
    }

    fn thread_or_default(&mut self) -> Result<ThreadId, String> {
        if self.open_thread.is_none() {
            self.thread("main")?;
        }
        self.open_thread.ok_or_else(|| "no thread is open".into())
    }

    fn series(&mut self, statement: &Statement) -> Result<(), String> {
        statement.no_more_words_than(3)?;
        let name = statement.word(0, "series name")?.to_owned();
        let offset = time(statement.word(1, "time")?)?;
        let value = quantity(statement.word(2, "value")?)?;
        let of_host = name.starts_with("host.") || name.starts_with("cgroup.");
        let process = if of_host { None } else { Some(self.process_or_default()?) };
        let time_nanos = self.recording.meta.start_nanos + offset;
        self.recording.series.push(SeriesPoint {
            name,
            unit: value.unit,
            time_nanos,
            value: value.value,
            process,
        });
        Ok(())
    }

    fn event(&mut self, rest: &str) -> Result<(), String> {
        let mut parts = rest.splitn(4, char::is_whitespace);
        let mut next = |what: &str| {
            parts.next().filter(|part| !part.is_empty()).ok_or_else(|| format!("{what} is missing"))
        };
        let kind = next("event kind")?.to_owned();
        let offset = time(next("time")?)?;
        let duration_nanos = time(next("duration")?)?;
        let attributes = parts.next().unwrap_or("{}").to_owned();
        let id = u32::try_from(self.recording.events.len()).map_err(|_| "too many events")?;
        let start_nanos = self.recording.meta.start_nanos + offset;
        let thread = self.open_thread;
        let event = Event {
            id,
            parent: None,
            kind,
            start_nanos,
            duration_nanos,
            thread,
            stack: None,
            trace_id: None,
            span_id: None,
            attributes,
        };
        self.recording.events.push(event);
        Ok(())
    }

    fn sample(&mut self, signal: Signal, rest: &str) -> Result<(), String> {
        let mut rest = rest;
        let (mut n, mut offset, mut cpu, mut labels) = (1, 0, None, Vec::new());
        let value = loop {
            let (before, word) = rest.rsplit_once(char::is_whitespace).ok_or("stack or value is missing")?;
            rest = before.trim_end();
            match word.split_once('=') {
                Some(("n", text)) => n = number(text, "n")?,
                Some(("at", text)) => offset = time(text)?,
                Some(("cpu", text)) => cpu = Some(number(text, "cpu")?),
                Some((key, text)) if key.starts_with("label.") => {
                    labels.push((key["label.".len()..].to_owned(), text.to_owned()));
                }
                _ => break quantity(word)?,
            }
        };
        if value.unit != signal.unit() && !(value.unit == Unit::Count && value.integer == 0) {
            return Err(format!("value is in {}, signal {signal} is in {}", value.unit, signal.unit()));
        }
        let (state, stack_text) = match rest.split_once(char::is_whitespace) {
            Some((word, stack)) if is_state(word) => (Some(ThreadState::parse(word)), stack.trim_start()),
            _ => (None, rest),
        };
        let state = match (signal, state) {
            (_, Some(state)) => state,
            (Signal::Cpu, None) => ThreadState::Running,
            (Signal::OffCpu, None) => return Err("off-cpu needs a state: runnable, blocked.lock ...".into()),
            _ => ThreadState::Unknown,
        };
        let stack = self.stack(stack_text)?;
        let thread = self.thread_or_default()?;
        labels.reverse();
        let labels = (!labels.is_empty()).then(|| self.label_set(labels));
        self.recording.samples.push(Sample {
            signal,
            time_nanos: self.recording.meta.start_nanos + offset,
            process: self.recording.threads[thread.index()].process,
            thread,
            cpu,
            stack,
            value: value.integer,
            n,
            state,
            labels,
        });
        Ok(())
    }

    fn stack(&mut self, text: &str) -> Result<Option<StackId>, String> {
        let mut stack = None;
        for frame_text in parse_stack(text)? {
            let mut frame = frame_text.frame;
            frame.module = frame_text.module_path.map(|path| self.module(&path));
            let frames = &mut self.recording.frames;
            let id = *self.frames.entry(frame).or_insert_with_key(|frame| {
                frames.push(frame.clone());
                FrameId::from_index(frames.len() - 1)
            });
            stack = Some(self.recording.stacks.intern(stack, id));
        }
        Ok(stack)
    }

    fn label_set(&mut self, set: Vec<(String, String)>) -> LabelsId {
        let next = LabelsId::from_index(self.labels.len());
        let rows = &mut self.recording.labels;
        *self.labels.entry(set).or_insert_with_key(|set| {
            rows.extend(set.iter().map(|(key, value)| Label {
                id: next,
                key: key.clone(),
                value: value.clone(),
            }));
            next
        })
    }

    fn finish(mut self) -> Recording {
        let counted = counted_times(&self.recording);
        for (thread, counted) in self.recording.threads.iter_mut().zip(counted) {
            let given = self.given_times.get(&thread.id).copied().unwrap_or_default();
            thread.times = ThreadTimes {
                running_nanos: given[0].unwrap_or(counted.running_nanos),
                runnable_nanos: given[1].unwrap_or(counted.runnable_nanos),
                blocked_nanos: given[2].unwrap_or(counted.blocked_nanos),
                missing_nanos: given[3].unwrap_or_default(),
            };
        }
        let quality = self.given_quality.unwrap_or_else(|| counted_quality(&self.recording));
        let cost = self.recording.meta.quality.cost.clone();
        self.recording.meta.quality = Quality { cost, notes: self.notes, ..quality };
        self.recording.meta.signals = self.given_signals.unwrap_or_else(|| counted_signals(&self.recording));
        self.recording
    }
}

fn is_state(word: &str) -> bool {
    matches!(word, "running" | "runnable" | "unknown") || ThreadState::parse(word).as_str() == word
}

fn unknown_signal(found: &str) -> String {
    let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.as_str()).collect();
    format!("signal `{found}` is none of {}", names.join(", "))
}
