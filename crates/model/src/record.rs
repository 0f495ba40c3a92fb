//! What collectors hand over while recording, and the trait that takes it.

use crate::frame::{BuildId, FrameKind, ModuleKind};
use crate::ids::{ModuleId, ProcessId, StackId, ThreadId};
use crate::meta::{ClockPair, Meta};
use crate::process::{Process, Thread, ThreadTimes};
use crate::recording::{Event, SeriesPoint};
use crate::signal::{Signal, ThreadState};
use serde::{Deserialize, Serialize};

/// An address before it has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RawFrame {
    /// The module, or `None` where no mapping covers the address.
    pub module: Option<ModuleId>,
    /// Address within the module (see `Frame::relative_address`), or the absolute address without one.
    pub address: u64,
}

/// A frame that had its name while recording, because the process's memory was needed for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NamedFrame {
    /// The function's qualified name.
    pub function: String,
    /// Its source file as the program was given it.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column in bytes, from 1.
    pub column: Option<u32>,
    /// Line of the function's definition.
    pub function_start_line: Option<u32>,
    /// What kind of code it is.
    pub kind: FrameKind,
    /// The runtime: `python`.
    pub runtime: String,
    /// Whether the compiler put this function into its caller's body, as far as the runtime tells.
    pub inlined: bool,
}

/// One observation before symbols.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawSample {
    /// What was measured.
    pub signal: Signal,
    /// `CLOCK_MONOTONIC` nanoseconds; of an interval, its start.
    pub time_nanos: i64,
    /// The process.
    pub process: ProcessId,
    /// The thread.
    pub thread: ThreadId,
    /// CPU number.
    pub cpu: Option<u32>,
    /// Innermost frame; an id given by [`Record::Stack`].
    pub stack: Option<StackId>,
    /// Value scaled by the sampling weight, in the signal's unit; not yet calibrated to thread totals.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u32,
    /// What the thread was doing. The wait class of a blocked one is refined once kernel symbols are read.
    pub state: ThreadState,
}

/// A mapping of a module into a process; kept so that late names (perf maps) can be placed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The process.
    pub process: ProcessId,
    /// The module.
    pub module: ModuleId,
    /// First address.
    pub start: u64,
    /// Address after the last.
    pub end: u64,
    /// Run-time address minus relative address.
    pub load_bias: u64,
    /// When it was seen, `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
}

/// Everything a collector can say. Ids are introduced before they are used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// The head as known at the start; a later one replaces it.
    Meta(Box<Meta>),
    /// Both clocks.
    Clock(ClockPair),
    /// A module with code.
    Module {
        /// Its id.
        id: ModuleId,
        /// Path as the target sees it.
        path: String,
        /// Path that Fathom can open now (through `/proc/PID/root` or its own copy), if it differs.
        local_path: Option<String>,
        /// GNU build id.
        build_id: Option<BuildId>,
        /// Where the code comes from.
        kind: ModuleKind,
        /// Device, inode, size and modification time (nanoseconds) of the file when it was mapped.
        identity: Option<[u64; 4]>,
    },
    /// A mapping of a module.
    Mapping(Mapping),
    /// A process; also repeated when its name becomes known.
    Process(Process),
    /// The end of a process.
    ProcessEnd {
        /// Which.
        id: ProcessId,
        /// When.
        time_nanos: i64,
        /// Exit status, if seen.
        exit_status: Option<i32>,
    },
    /// A thread; also repeated when its name changes.
    Thread(Thread),
    /// The times of a thread: absolute, not increments; repeated about every second and at its end.
    ThreadTimes {
        /// Which.
        id: ThreadId,
        /// Exact times up to `time_nanos`.
        times: ThreadTimes,
        /// Switches so far.
        switches: Option<u64>,
        /// When.
        time_nanos: i64,
        /// Whether the thread has ended.
        ended: bool,
    },
    /// What an address in a module of kind [`ModuleKind::Managed`] stands for; comes before the stacks that use it.
    Named {
        /// The module.
        module: ModuleId,
        /// The address, a number without other meaning.
        address: u64,
        /// What it is.
        frame: NamedFrame,
    },
    /// A node of the raw prefix tree; ids are dense and in order.
    Stack {
        /// Its id.
        id: StackId,
        /// The caller.
        parent: Option<StackId>,
        /// The frame.
        frame: RawFrame,
    },
    /// An observation.
    Sample(RawSample),
    /// A point of a time series.
    Series(SeriesPoint),
    /// An event.
    Event(Event),
}

/// Why a sink could not take a record.
#[derive(Debug)]
pub struct SinkError {
    /// What was being written, to where.
    pub what: String,
    /// The system's answer.
    pub source: std::io::Error,
}

impl std::fmt::Display for SinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot write {}: {}", self.what, self.source)
    }
}

impl std::error::Error for SinkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Takes what collectors say: the spool on disk, or an aggregate in memory.
pub trait Sink {
    /// Takes one record.
    fn record(&mut self, record: &Record) -> Result<(), SinkError>;

    /// Called about once a second: whatever was taken so far should now survive a crash of Fathom.
    fn checkpoint(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
