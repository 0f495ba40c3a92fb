//! The structure of `report.json`. Times are nanoseconds, sizes bytes, shares 0 to 1.
//!
//! Additions raise the minor version; a reader ignores members it does not know. Removals and changes of meaning
//! raise the major version.

use fathom_analysis::Share;
use fathom_model::{BuildId, FrameKind, Judgement, Meta, ModuleKind, Signal, ThreadState, Unit, WaitClass};
use schemars::JsonSchema;
use serde::Serialize;

/// `major.minor` of [`ReportJson`].
pub const REPORT_VERSION: &str = "1.3";

/// A report on one recording.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportJson {
    /// `major.minor` of this structure.
    pub report_version: String,
    /// The head of the recording: target, host, settings, collectors, counts of the quality box.
    pub meta: Meta,
    /// How far the numbers can be trusted, and what they cost.
    pub quality: QualityFact,
    /// What the rules say; absent where they were not asked.
    pub judgement: Option<Judgement>,
    /// Wall time and thread time by kind.
    pub totals: Totals,
    /// Functions on-CPU; of a profile of another tool, of the signal it is about.
    pub functions: FunctionsFact,
    /// Waits.
    pub waits: WaitsFact,
    /// Waits of tasks by reason and code.
    pub task_waits: TaskWaitsFact,
    /// The other signals that have samples: memory, locks, tasks.
    pub signals: Vec<SignalFact>,
    /// What runtimes told of themselves, by kind.
    pub events: Vec<EventFact>,
    /// Threads, main thread first, then by CPU time.
    pub threads: Vec<ThreadFact>,
    /// Threads that are not in the list.
    pub threads_left_out: u64,
    /// Processes, by CPU time.
    pub processes: Vec<ProcessFact>,
    /// Processes that are not in the list.
    pub processes_left_out: u64,
    /// Modules with samples, by CPU time.
    pub modules: Vec<ModuleFact>,
    /// Memory, I/O, faults and the state of the host.
    pub resources: ResourcesFact,
    /// Every time series in short.
    pub series: Vec<SeriesFact>,
    /// The heaviest nodes of the call tree of each recorded signal.
    pub call_trees: Vec<CallTreeFact>,
}

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ShareFact {
    /// Best estimate.
    pub ratio: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl From<Share> for ShareFact {
    fn from(share: Share) -> Self {
        Self { ratio: share.ratio, low: share.low, high: share.high }
    }
}

impl ShareFact {
    /// A share that is known exactly.
    pub fn exact(ratio: f64) -> Self {
        Self { ratio, low: ratio, high: ratio }
    }
}

/// Shares derived from the counts in `meta.quality`; null where nothing was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct QualityFact {
    /// Samples whose stack reaches a known root; lost ones count against it.
    pub complete_stacks_share: Option<f64>,
    /// Frames without a function name.
    pub unresolved_frames_share: Option<f64>,
    /// Part of the target's CPU time that went into being profiled (estimate).
    pub target_cost_share: Option<f64>,
    /// Fathom's own CPU time as a share of one core.
    pub fathom_core_share: Option<f64>,
}

/// Where all time went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Totals {
    /// Length of the recording.
    pub wall_nanos: i64,
    /// Sum of all threads' lifetimes within the recording.
    pub thread_nanos: i64,
    /// On a CPU, all threads.
    pub running_nanos: i64,
    /// Preempted, or woken and not yet running.
    pub runnable_nanos: i64,
    /// Blocked.
    pub blocked_nanos: i64,
    /// Not accounted for.
    pub missing_nanos: i64,
    /// The time of all threads by kind; adds up to the thread time.
    pub all_threads: Vec<KindTime>,
    /// The same of the first process's main thread, if it is known.
    pub main_thread: Option<Vec<KindTime>>,
}

/// Time of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KindTime {
    /// `cpu.user`, `cpu.library` ... (kind of the innermost frame), `cpu.unsampled` (exact time without a sample),
    /// `runnable`, `blocked.lock` ..., `blocked.unsampled`, `missing`.
    pub kind: String,
    /// Its time.
    pub nanos: i64,
    /// Its share; the interval is that of sampling.
    pub share: ShareFact,
}

/// Functions of one signal.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FunctionsFact {
    /// The signal: `cpu`, or what a profile of another tool is about.
    pub signal: Signal,
    /// What it is called.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Raw samples behind the table.
    pub samples: u64,
    /// Effective sample size after Kish (samples of unequal weight count less).
    pub effective_samples: f64,
    /// Sum of the signal.
    pub total_value: i64,
    /// Part of it without a stack.
    pub without_stack_value: i64,
    /// Functions by self time.
    pub rows: Vec<FunctionFact>,
    /// Functions that are not in the list.
    pub left_out: u64,
}

/// One function.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FunctionFact {
    /// Demangled name; `[module]` stands for the frames of a module without names.
    pub name: String,
    /// Whether `name` is a symbol.
    pub resolved: bool,
    /// Source file as the debug information names it.
    pub file: Option<String>,
    /// The line with most of the self time, else the line the function starts at.
    pub line: Option<u32>,
    /// Module.
    pub module: Option<String>,
    /// Kind of code.
    pub kind: FrameKind,
    /// Value in it.
    pub self_value: i64,
    /// Value in it and in what it calls; recursion counts once.
    pub total_value: i64,
    /// Samples in it.
    pub self_samples: u64,
    /// Samples that pass through it.
    pub total_samples: u64,
    /// Its own value as a share.
    pub self_share: ShareFact,
    /// Its total value as a share.
    pub total_share: ShareFact,
}

/// All waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct WaitsFact {
    /// Blocked time that was recorded with samples or exactly.
    pub total_nanos: i64,
    /// Intervals recorded with a stack.
    pub samples: u64,
    /// Waits by time.
    pub rows: Vec<WaitFact>,
    /// Waits that are not in the list.
    pub left_out: u64,
}

/// One reason to wait, asked for by one function.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WaitFact {
    /// Wait class.
    pub class: WaitClass,
    /// In plain words: `lock: pthread_mutex_lock`.
    pub reason: String,
    /// The own-code function nearest to the wait.
    pub function: Option<String>,
    /// Its file.
    pub file: Option<String>,
    /// The line of the call.
    pub line: Option<u32>,
    /// Own-code functions of the heaviest stack, outermost first.
    pub chain: Vec<String>,
    /// Whether this is a helper thread at rest: no own code on the stack, and not the main thread.
    pub idle: bool,
    /// Its time, over all threads.
    pub nanos: i64,
    /// Intervals observed.
    pub samples: u64,
    /// Share of all blocked time.
    pub share: ShareFact,
    /// Who waited, longest first.
    pub threads: Vec<WaitThreadFact>,
}

/// What tasks waited for that have no thread of their own: goroutines, tasks of asyncio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct TaskWaitsFact {
    /// Waited time over all tasks.
    pub total_nanos: i64,
    /// Waits by time.
    pub rows: Vec<TaskWaitFact>,
    /// Waits that are not in the list.
    pub left_out: u64,
}

/// One reason of tasks to wait, asked for by one function.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TaskWaitFact {
    /// The runtime: `go`.
    pub runtime: String,
    /// Blocked for what, or runnable and not yet run.
    pub state: ThreadState,
    /// In the runtime's own words: `chan receive`.
    pub reason: String,
    /// The own-code function nearest to the wait; without one the function that the task began in.
    pub function: Option<String>,
    /// Its file.
    pub file: Option<String>,
    /// The line of the call.
    pub line: Option<u32>,
    /// Own-code functions of the heaviest stack, outermost first.
    pub chain: Vec<String>,
    /// Time over all tasks.
    pub nanos: i64,
    /// How many tasks waited so on average.
    pub average_tasks: f64,
    /// Times that a task was seen waiting so.
    pub samples: u64,
    /// Share of the waited time of all tasks.
    pub share: ShareFact,
}

/// One thread's part of a wait.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WaitThreadFact {
    /// Name.
    pub name: String,
    /// The kernel's number.
    pub tid: i32,
    /// Its time.
    pub nanos: i64,
}

/// A signal that is neither `cpu` nor `off-cpu`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SignalFact {
    /// The signal.
    pub signal: Signal,
    /// What it is called.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Sum of the values.
    pub total: i64,
    /// Raw observations behind them, as far as is known.
    pub samples: u64,
    /// By what own code called and from where, largest first.
    pub rows: Vec<SignalRowFact>,
    /// Rows that are not in the list.
    pub left_out: u64,
}

/// What one function of own code asked for by one call.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SignalRowFact {
    /// What own code called, or itself did; without own code on the stack, the innermost function that is not the
    /// runtime's.
    pub function: String,
    /// The own-code function nearest to it; null if there is none.
    pub asked_by: Option<String>,
    /// Its file, or without own code that of `function`.
    pub file: Option<String>,
    /// The line of the call.
    pub line: Option<u32>,
    /// The value.
    pub value: i64,
    /// Observations.
    pub samples: u64,
    /// Share of the signal. It has no interval: who gave the values did not say how they were sampled.
    pub share: f64,
}

/// A kind of event.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EventFact {
    /// The kind: `gc.pause`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Sum of their lengths. Events of several threads overlap.
    pub total_nanos: i64,
    /// Length that half of them do not exceed.
    pub median_nanos: i64,
    /// Length that 99 % of them do not exceed.
    pub p99_nanos: i64,
    /// The longest.
    pub longest_nanos: i64,
    /// Whose code was at it, most time first.
    pub places: Vec<EventPlaceFact>,
}

/// Events of one kind in one function: the own-code function nearest to them, else the innermost.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EventPlaceFact {
    /// The function.
    pub function: String,
    /// Its file.
    pub file: Option<String>,
    /// The line.
    pub line: Option<u32>,
    /// How many.
    pub count: u64,
    /// Sum of their lengths.
    pub total_nanos: i64,
}

/// One thread.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ThreadFact {
    /// Name.
    pub name: String,
    /// The kernel's number.
    pub tid: i32,
    /// Of its process.
    pub pid: i32,
    /// Whether it is the first process's main thread.
    pub main: bool,
    /// Life within the recording.
    pub lifetime_nanos: i64,
    /// On a CPU.
    pub running_nanos: i64,
    /// Preempted, or woken and not yet running.
    pub runnable_nanos: i64,
    /// Blocked.
    pub blocked_nanos: i64,
    /// Not accounted for.
    pub missing_nanos: i64,
    /// Times it left a CPU.
    pub switches: Option<u64>,
    /// CPU samples taken of it.
    pub cpu_samples: u64,
    /// CPU samples that its runtime took of it by itself, null where none told of single threads. A sampler that
    /// prefers some threads shows beside `running_nanos`.
    pub program_samples: Option<u64>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProcessFact {
    /// Name.
    pub name: String,
    /// The kernel's number.
    pub pid: i32,
    /// Of its parent, if recorded.
    pub parent_pid: Option<i32>,
    /// How many `exec`s came before.
    pub exec_generation: u32,
    /// Command line with secrets taken out.
    pub command: Vec<String>,
    /// Language runtime.
    pub runtime: Option<String>,
    /// Start, from the start of the recording.
    pub start_offset_nanos: i64,
    /// End, from the start of the recording.
    pub end_offset_nanos: Option<i64>,
    /// Exit status as `wait` gives it.
    pub exit_status: Option<i32>,
    /// Threads recorded.
    pub threads: u64,
    /// CPU time of its threads.
    pub running_nanos: i64,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ModuleFact {
    /// Path as the target saw it; null for code outside every mapping.
    pub path: Option<String>,
    /// Build id.
    pub build_id: Option<BuildId>,
    /// Where its code comes from.
    pub kind: Option<ModuleKind>,
    /// CPU time with the innermost frame in it.
    pub self_nanos: i64,
    /// Samples.
    pub samples: u64,
    /// Share of CPU time.
    pub self_share: ShareFact,
}

/// What the target used; null where no series tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ResourcesFact {
    /// Largest resident set, all processes together.
    pub peak_rss_bytes: Option<u64>,
    /// Largest proportional set, all processes together.
    pub peak_pss_bytes: Option<u64>,
    /// Page faults without I/O.
    pub minor_faults: Option<u64>,
    /// Page faults with I/O.
    pub major_faults: Option<u64>,
    /// Switches because a thread waited.
    pub voluntary_switches: Option<u64>,
    /// Switches because another thread was to run.
    pub involuntary_switches: Option<u64>,
    /// Bytes read from storage or caches by system calls.
    pub read_bytes: Option<u64>,
    /// Bytes written.
    pub written_bytes: Option<u64>,
    /// Most file descriptors open at once, all processes together.
    pub peak_fds: Option<u64>,
    /// Most threads at once, all processes together.
    pub peak_threads: Option<u64>,
    /// Mean share of CPU time that the hypervisor took away.
    pub host_steal_share: Option<f64>,
    /// Largest load average over one minute.
    pub host_peak_load: Option<f64>,
    /// Mean share of time in which some task of the host waited for a CPU.
    pub host_cpu_pressure: Option<f64>,
    /// Mean share of time in which some task of the host waited for memory.
    pub host_memory_pressure: Option<f64>,
    /// Mean share of time in which some task of the host waited for I/O.
    pub host_io_pressure: Option<f64>,
    /// Time for which the control group was throttled.
    pub throttled_nanos: Option<u64>,
}

/// A time series in short.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SeriesFact {
    /// Name.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// The process; null for the host.
    pub pid: Option<i32>,
    /// Number of points.
    pub points: u64,
    /// First value.
    pub first: f64,
    /// Last value.
    pub last: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Mean of the points.
    pub mean: f64,
}

/// The heaviest part of one signal's call tree.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CallTreeFact {
    /// The signal.
    pub signal: Signal,
    /// Unit of the values.
    pub unit: Unit,
    /// Nodes, callers before callees; the first is the root.
    pub nodes: Vec<CallNodeFact>,
    /// Nodes that are not in the list; their value is in their callers' totals.
    pub left_out: u64,
}

/// A node of a call tree.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CallNodeFact {
    /// Position of the caller in the list; null at the root.
    pub parent: Option<u64>,
    /// Function; `all` at the root.
    pub function: String,
    /// Module.
    pub module: Option<String>,
    /// Kind of code; null at the root.
    pub kind: Option<FrameKind>,
    /// Value that ends here.
    pub self_value: i64,
    /// Value that passes through here.
    pub total_value: i64,
    /// Samples that pass through here.
    pub samples: u64,
}
