//! Rows from statements: modules, processes, threads, series, events, samples. Ids follow first appearance.

use std::collections::{BTreeMap, HashMap};

use fathom_model::{
    Event, Frame, FrameId, Label, LabelsId, Module, ModuleId, Process, ProcessId, Recording, Sample,
    SeriesPoint, Signal, StackId, Thread, ThreadId, ThreadState, ThreadTimes, Unit,
};

use crate::frame_text::{default_module_kind, parse_stack};
use crate::statement::{Statement, number, quantity, time};

const FIRST_PID: i32 = 1000;

/// The tables while they are read, and which process and thread are open.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) recording: Recording,
    frames: HashMap<Frame, FrameId>,
    labels: BTreeMap<Vec<(String, String)>, LabelsId>,
    pub(crate) open_process: Option<ProcessId>,
    pub(crate) open_thread: Option<ThreadId>,
    /// Per thread: running, runnable, blocked, missing as given.
    pub(crate) given_times: BTreeMap<ThreadId, [Option<i64>; 4]>,
}

impl Builder {
    pub(crate) fn module(&mut self, path: &str) -> ModuleId {
        let modules = &mut self.recording.modules;
        let known = modules.iter().position(|module| module.path == path);
        ModuleId::from_index(known.unwrap_or_else(|| {
            let kind = default_module_kind(path);
            modules.push(Module { path: path.to_owned(), build_id: None, kind, load_addresses: Vec::new() });
            modules.len() - 1
        }))
    }

    pub(crate) fn process(&mut self, rest: &str) -> Result<(), String> {
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

    pub(crate) fn thread(&mut self, rest: &str) -> Result<(), String> {
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

    pub(crate) fn process_or_default(&mut self) -> Result<ProcessId, String> {
        if self.open_process.is_none() {
            self.process("main")?;
        }
        self.open_process.ok_or_else(|| "no process is open".into())
    }

    pub(crate) fn thread_or_default(&mut self) -> Result<ThreadId, String> {
        if self.open_thread.is_none() {
            self.thread("main")?;
        }
        self.open_thread.ok_or_else(|| "no thread is open".into())
    }

    pub(crate) fn series(&mut self, statement: &Statement) -> Result<(), String> {
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

    pub(crate) fn event(&mut self, rest: &str) -> Result<(), String> {
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

    pub(crate) fn sample(&mut self, signal: Signal, rest: &str) -> Result<(), String> {
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
}

fn is_state(word: &str) -> bool {
    matches!(word, "running" | "runnable" | "unknown") || ThreadState::parse(word).as_str() == word
}
