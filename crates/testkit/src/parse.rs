//! Text to recording: reads statements one by one and builds the tables. Fills in what tests leave out
//! (thread times, quality counts, signals) from the samples. Does not check that the numbers make sense.

use fathom_model::{
    BuildId, ClockPair, CollectorUse, Epoch, ModuleKind, Quality, Recording, Signal, ThreadState, ThreadTimes,
};

use crate::builder::Builder;
use crate::statement::{Statement, number, time};

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
    let mut reader = Reader::default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        reader.statement(keyword, rest.trim()).map_err(|message| ParseError { line: at + 1, message })?;
    }
    Ok(reader.finish())
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

/// The statements read so far.
#[derive(Default)]
struct Reader {
    builder: Builder,
    given_quality: Option<Quality>,
    given_signals: Option<Vec<Signal>>,
    notes: Vec<String>,
}

impl Reader {
    fn statement(&mut self, keyword: &str, rest: &str) -> Result<(), String> {
        let meta = &mut self.builder.recording.meta;
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
            "process" => self.builder.process(rest)?,
            "thread" => self.builder.thread(rest)?,
            "series" => self.builder.series(&plain)?,
            "event" => self.builder.event(rest)?,
            signal => {
                let signal =
                    Signal::parse(signal).ok_or_else(|| format!("statement `{signal}` is unknown"))?;
                self.builder.sample(signal, rest)?;
            }
        }
        Ok(())
    }

    fn host(&mut self, rest: &str) -> Result<(), String> {
        let options = ["cpus", "kernel", "arch", "cpu-model", "memory", "cpu-quota", "memory-limit"];
        let statement = Statement::parse(rest, &options);
        statement.no_more_words_than(1)?;
        let host = &mut self.builder.recording.meta.host;
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
        let cost = &mut self.builder.recording.meta.quality.cost;
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
        self.builder.recording.meta.collectors.push(collector);
        Ok(())
    }

    fn epoch(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["rate", "stack", "off-cpu", "gap"]);
        let offset = time(statement.word(0, "time")?)?;
        let stack = statement.bytes("stack")?.unwrap_or_default();
        let epoch = Epoch {
            start_nanos: self.builder.recording.meta.start_nanos + offset,
            rate_hz: statement.number("rate")?.ok_or("rate=HZ is missing")?,
            stack_bytes: u32::try_from(stack).map_err(|_| format!("stack={stack} is above 4 GiB"))?,
            off_cpu_stacks_hz: statement.number("off-cpu")?.unwrap_or_default(),
            gap_nanos: statement.time("gap")?.unwrap_or_default(),
            reason: statement.rest(1),
        };
        self.builder.recording.meta.epochs.push(epoch);
        Ok(())
    }

    fn module_statement(&mut self, rest: &str) -> Result<(), String> {
        let statement = Statement::parse(rest, &["kind", "build-id"]);
        statement.no_more_words_than(1)?;
        let module = self.builder.module(statement.word(0, "path")?);
        let module = &mut self.builder.recording.modules[module.index()];
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

    fn finish(mut self) -> Recording {
        let counted = counted_times(&self.builder.recording);
        for (thread, counted) in self.builder.recording.threads.iter_mut().zip(counted) {
            let given = self.builder.given_times.get(&thread.id).copied().unwrap_or_default();
            thread.times = ThreadTimes {
                running_nanos: given[0].unwrap_or(counted.running_nanos),
                runnable_nanos: given[1].unwrap_or(counted.runnable_nanos),
                blocked_nanos: given[2].unwrap_or(counted.blocked_nanos),
                missing_nanos: given[3].unwrap_or_default(),
            };
        }
        let quality = self.given_quality.unwrap_or_else(|| counted_quality(&self.builder.recording));
        let cost = self.builder.recording.meta.quality.cost.clone();
        self.builder.recording.meta.quality = Quality { cost, notes: self.notes, ..quality };
        self.builder.recording.meta.signals =
            self.given_signals.unwrap_or_else(|| counted_signals(&self.builder.recording));
        self.builder.recording
    }
}

fn unknown_signal(found: &str) -> String {
    let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.as_str()).collect();
    format!("signal `{found}` is none of {}", names.join(", "))
}
