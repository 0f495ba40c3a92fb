//! The contract of a runtime.

use crate::Snapshot;
use crate::read_error::ReadError;
use fathom_model::{FrameKind, ThreadState, Tid, Unit};
use fathom_sys::bpf_frame_walker::{WalkPlan, WalkRecord, WalkedFrame};
use fathom_sys::process_view::ProcessView;
use std::fs::File;
use std::ops::Range;

/// A language runtime that Fathom can read.
pub trait Runtime: Sync {
    /// Short name: `python`, `go`.
    fn id(&self) -> &'static str;

    /// Versions that tests run against, for people.
    fn tested_versions(&self) -> &'static str;

    /// Looks whether the process runs it, and how it can be read. Reads files of the process, not its memory,
    /// where that is enough.
    fn detect(&self, process: &ProcessView) -> Detection;

    /// Whether a file with code may hold the runtime: a quick look, once for each file, that decides whether the
    /// processes that map it are worth a [`Self::detect`] while they are recorded. `is_program` tells the program
    /// itself from its libraries.
    fn may_be_in(&self, path: &str, is_program: bool, file: &File) -> bool;

    /// Whether only the runtime can name the frames of samples, so that it has to be detected before the first one.
    /// Others are detected once a process has lived for a moment.
    fn names_samples(&self) -> bool;

    /// How the process gives profiles of itself, if it runs this runtime and the runtime has such a thing. Reads
    /// files only; nothing is asked of the process.
    fn own_profiles(&self, process: &ProcessView) -> Option<OwnProfiles> {
        let _ = process;
        None
    }

    /// How the inspector of the process is asked, if it runs this runtime and the runtime has one. Reads files only;
    /// nothing is asked of the process.
    fn inspected(&self, process: &ProcessView) -> Option<Inspected> {
        let _ = process;
        None
    }

    /// The numbers that the process keeps for others, if it runs this runtime and the runtime has such a thing. Nothing
    /// is asked of the process.
    fn counters(&self, process: &ProcessView) -> Option<Box<dyn CounterSource>> {
        let _ = process;
        None
    }

    /// Whether [`Reader::dump`] reads stacks.
    fn reads_stacks(&self) -> bool {
        true
    }

    /// The variables of the environment that make programs of this runtime write names of their code, from their
    /// launch on.
    fn launch_variables(&self) -> &'static [&'static str] {
        &[]
    }

    /// The new value of such a variable, which has `value` now; `None` if it is not to be set.
    fn launch_environment(&self, name: &str, value: Option<&str>) -> Option<String> {
        let _ = (name, value);
        None
    }

    /// What a name in a perf map says; `None` if it was not written by this runtime.
    fn code_name(&self, name: &str) -> Option<CodeName> {
        let _ = name;
        None
    }
}

/// Numbers that a process keeps for others to read.
pub trait CounterSource: Send {
    /// All of them now; none once the process has ended.
    fn read(&mut self) -> Vec<Counter>;
}

/// One such number.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    /// Name of its series: `jvm.heap.used`; ends in `_total` if it only grows.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Its value.
    pub value: f64,
}

/// A process with an inspector that speaks the Chrome DevTools protocol.
pub struct Inspected {
    /// Id of the runtime.
    pub runtime: &'static str,
    /// Version as people write it: `Node.js 20.20.2`.
    pub version: String,
    /// Kind of the code of a function in a file, by their names in the profiles.
    pub kind_of: KindOfFunction,
}

/// What a runtime writes of a piece of code that it compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeName {
    /// Name of the function, or of the runtime's own code.
    pub function: String,
    /// File as the program was given it; empty for the runtime's own code.
    pub file: String,
    /// First line of the function.
    pub line: Option<u32>,
    /// Column of its start.
    pub column: Option<u32>,
    /// How it is executed: `interpreted`, `baseline`.
    pub tier: Option<&'static str>,
    /// What it is.
    pub kind: FrameKind,
}

/// How a process gives profiles of itself over HTTP, in pprof's format.
pub struct OwnProfiles {
    /// Id of the runtime.
    pub runtime: &'static str,
    /// Version as people write it: `Go 1.26.8`.
    pub version: String,
    /// Path below which the program serves them; `None` if it lacks the code that would.
    pub path: Option<&'static str>,
    /// Kind of the code of a function in a file, by their names in the profiles.
    pub kind_of: KindOfFunction,
}

/// From the names of a function and its file to the kind of its code.
pub type KindOfFunction = Box<dyn Fn(&str, &str) -> FrameKind + Send + Sync>;

/// What [`Runtime::detect`] found.
pub enum Detection {
    /// Not this runtime.
    Absent,
    /// It can be read.
    Ready(Box<dyn Reader>),
    /// It is there, and it cannot be read.
    Unreadable {
        /// Version, if known.
        version: Option<String>,
        /// Cause, with the value found and the value needed.
        why: String,
    },
}

/// A runtime in one process.
pub trait Reader {
    /// Version and build as people write it: `CPython 3.12.1`.
    fn version(&self) -> String;

    /// How stacks are read, for the report.
    fn method(&self) -> String;

    /// Reads every thread and every task.
    ///
    /// # Errors
    /// If the entry point of the runtime's structures cannot be read; what is wrong below it is an issue of the dump.
    fn dump(&mut self, process: &ProcessView) -> Result<RuntimeDump, ReadError>;

    /// Says whether the dumps that follow hold the values of variables. Readers that cannot read them ignore it.
    fn read_locals(&mut self, locals: Locals) {
        let _ = locals;
    }

    /// What reads the process while it is recorded.
    fn into_sources(self: Box<Self>) -> Sources {
        Sources::default()
    }
}

/// What a recording reads of a process.
#[derive(Debug, Default)]
pub struct Sources {
    /// The stacks of samples; `None` for a runtime whose frames are native ones.
    pub frames: Option<Box<dyn FrameSource>>,
    /// The waits of tasks; `None` for a runtime without tasks.
    pub tasks: Option<Box<dyn TaskSource>>,
}

/// What tasks wait for that have no thread of their own, read again and again while the process is recorded.
pub trait TaskSource: std::fmt::Debug {
    /// What people call the tasks, in the plural: `goroutines`.
    fn kind(&self) -> &'static str;

    /// Everything that waits now; equal waits may be one entry or several. What changes while it is read is left
    /// out.
    ///
    /// # Errors
    /// If the entry point of the runtime's structures cannot be read.
    fn waits(&mut self, process: &ProcessView) -> Result<Vec<TaskWait>, ReadError>;

    /// The same for a forked child, which goes on with its parent's memory; `None` where a child cannot.
    fn for_child(&self) -> Option<Box<dyn TaskSource>> {
        None
    }
}

/// A wait of one task or more.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskWait {
    /// How many tasks.
    pub tasks: u32,
    /// Blocked, or runnable and not yet run.
    pub state: ThreadState,
    /// In the runtime's own words: `chan receive`.
    pub reason: String,
    /// Innermost first.
    pub frames: Vec<TaskFrame>,
}

/// A frame of a [`TaskWait`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskFrame {
    /// Native code: an address within the instruction that is being executed.
    Address(u64),
    /// Code that only the runtime can name.
    Managed(ManagedFrame),
}

/// Frames of samples: found by a walker at the moment of the sample, placed and named here.
pub trait FrameSource: std::fmt::Debug {
    /// Where the walker finds them.
    fn walk_plan(&self) -> Option<WalkPlan>;

    /// The structures of the threads that exist, by the threads' numbers as we see them.
    fn thread_addresses(&mut self, process: &ProcessView) -> Vec<(Tid, u64)>;

    /// The frames of a thread as they are now, in the form of a walk; `None` if they change while they are read, or
    /// the runtime does not know the thread.
    fn read_thread(&self, process: &ProcessView, thread: u64) -> Option<WalkRecord>;

    /// Addresses that only an activation running this very frame leaves on the native stack.
    fn traces(&self, memory: &Snapshot<'_>, frame: &WalkedFrame) -> Range<u64>;

    /// The frames of a record by activation of the interpreter's loop, innermost first. `stack_word` reads the
    /// native stack at the moment of the sample.
    fn activations(
        &self,
        record: &WalkRecord,
        stack_word: &mut dyn FnMut(u64) -> Option<u64>,
    ) -> Vec<Activation>;

    /// What the walker left unread of a deep stack, as it is by now; innermost first.
    fn outer_frames(&self, process: &ProcessView, record: &WalkRecord) -> Vec<WalkedFrame>;

    /// A frame in words; `None` if its code cannot be read, which is the case once the process has ended.
    fn name(&mut self, memory: &Snapshot<'_>, frame: &WalkedFrame) -> Option<ManagedFrame>;

    /// Whether the code that was named at this address is still there, as far as can be read.
    fn is_current(&self, memory: &Snapshot<'_>, code: u64) -> bool;

    /// The same for a forked child, which goes on with its parent's memory.
    fn for_child(&self) -> Box<dyn FrameSource>;
}

/// Frames that one activation of the interpreter's loop, one native frame, runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    /// An address in the native frame's own part of the stack; `None` where that is not known.
    pub anchor: Option<u64>,
    /// Innermost first.
    pub frames: Vec<WalkedFrame>,
}

/// State of a runtime at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuntimeDump {
    /// Threads in the runtime's order, by interpreter.
    pub threads: Vec<ThreadDump>,
    /// Units of work that the runtime schedules itself, by number.
    pub tasks: Vec<TaskDump>,
    /// What could not be read, a sentence each.
    pub issues: Vec<String>,
}

impl RuntimeDump {
    /// Adds what could not be read; of very many the first are kept.
    pub(crate) fn issue(&mut self, text: String) {
        const MAX_ISSUES: usize = 1_000;
        match self.issues.len() {
            ..MAX_ISSUES => self.issues.push(text),
            MAX_ISSUES => self.issues.push("there is more of the kind".to_owned()),
            _ => {}
        }
    }
}

/// One thread as the runtime knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadDump {
    /// Number of the thread in its innermost pid namespace, as the runtime stored it; `None` where it does not.
    pub tid: Option<Tid>,
    /// `pthread_self()` of the thread.
    pub pthread: u64,
    /// Number of the interpreter, 0 for the main one.
    pub interpreter: u64,
    /// How it stands to the interpreter's lock.
    pub gil: GilState,
    /// Innermost first; empty for a thread that runs no managed code.
    pub frames: Vec<ManagedFrame>,
    /// Variables of each of `frames`, as many as there are frames; empty unless [`Reader::read_locals`] asked for them.
    pub locals: Vec<Vec<Variable>>,
    /// The stack changed each time it was read; `frames` are the outer ones, which stayed.
    pub torn: bool,
    /// The program's own name of the thread, where the runtime knows one.
    pub name: Option<String>,
    /// What the runtime itself says of its state and of what it waits for, a clause each.
    pub said: Vec<String>,
}

/// What a dump says of the variables of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locals {
    /// Nothing.
    #[default]
    Hidden,
    /// Their values; what looks like a secret by its name or its shape is `<redacted>`.
    Redacted,
    /// Their values, secrets too.
    Plain,
}

/// A variable of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value as the language writes it, on one line, cut where it is long.
    pub value: String,
}

/// A unit of work that the runtime schedules itself, on threads of its choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskDump {
    /// What the runtime calls it, in the singular: `goroutine`, `asyncio task`.
    pub kind: &'static str,
    /// Its number, or its address where it has none; unique within the runtime of one process.
    pub id: u64,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// In the runtime's own words: `running`, `runnable`, `syscall`, `waiting`.
    pub state: String,
    /// What it waits for, in the runtime's own words: `chan receive`.
    pub wait_reason: Option<String>,
    /// How long it has waited, where the runtime notes it.
    pub waited_nanos: Option<u64>,
    /// Thread it runs on, or is tied to; as we number threads.
    pub thread: Option<Tid>,
    /// It runs on `thread` and on no other.
    pub is_tied_to_thread: bool,
    /// It does the runtime's own work: garbage collection, timers.
    pub is_runtimes_own: bool,
    /// Names and values that the program gave it.
    pub labels: Vec<(String, String)>,
    /// Numbers of the tasks it waits for.
    pub awaits: Vec<u64>,
    /// Numbers of the tasks that wait for it.
    pub awaited_by: Vec<u64>,
    /// Number of the task that started it.
    pub parent: Option<u64>,
    /// Where it was started.
    pub created_by: Option<ManagedFrame>,
    /// The lock's owner, or the address of the lock or channel it waits for.
    pub waits_for: Option<String>,
    /// Innermost first.
    pub frames: Vec<ManagedFrame>,
    /// Why `frames` are missing or end early; `None` where they are whole.
    pub incomplete: Option<String>,
    /// It changed each time it was read; what is said of it may be of different moments.
    pub torn: bool,
}

/// How a thread stands to a global interpreter lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GilState {
    /// It holds the lock.
    Holds,
    /// It does not.
    Without,
    /// The interpreter has no such lock, or it is switched off.
    NoLock,
    /// Not readable in this version.
    Unknown,
}

/// A frame in the words of whoever wrote the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ManagedFrame {
    /// Qualified name.
    pub function: String,
    /// File as the program was given it.
    pub file: String,
    /// Line, from 1; `None` where the code has none.
    pub line: Option<u32>,
    /// Column in bytes, from 1.
    pub column: Option<u32>,
    /// Line of the function's definition; 0 where the program does not have it.
    pub first_line: u32,
    /// Own code, library, standard library or runtime.
    pub kind: FrameKind,
    /// Whether C code called this frame: the native stack has an interpreter frame for it.
    pub is_entry: bool,
}
