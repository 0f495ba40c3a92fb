//! The closed lists of what can be measured and of what a thread can be doing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! named_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every member, in its fixed order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name used in files, options and reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The member with this name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use named_list;

named_list!(
    /// What a sample measures. A new member is the one change that touches this crate.
    Signal {
        /// Nanoseconds of thread CPU time, also when cycles drive the sampling.
        Cpu = "cpu",
        /// Nanoseconds a thread was not running; the sample's state tells runnable from blocked.
        OffCpu = "off-cpu",
        /// Bytes allocated.
        AllocBytes = "alloc-bytes",
        /// Allocations.
        AllocCount = "alloc-count",
        /// Bytes allocated and not yet freed.
        LiveBytes = "live-bytes",
        /// Nanoseconds that tasks waited which a runtime schedules itself, without a thread of their own: goroutines,
        /// tasks of asyncio. Seen by looking again and again; the innermost frame is the reason.
        TaskWait = "task-wait",
        /// Nanoseconds waited for a lock.
        Lock = "lock",
        /// Nanoseconds of garbage collection.
        Gc = "gc",
        /// Page faults.
        Fault = "fault",
        /// System calls.
        Syscall = "syscall",
        /// Bytes of block I/O.
        BlockIo = "block-io",
        /// Bytes of network traffic.
        Net = "net",
        /// Allocations not yet freed.
        LiveCount = "live-count",
        /// Nanoseconds that others waited for a lock, on the stack that let it go.
        Contention = "contention",
        /// Nanoseconds that tasks which a runtime schedules itself (goroutines) waited for one another, as the program
        /// counted them.
        TaskBlock = "task-block",
        /// Tasks that there are at one moment.
        Tasks = "tasks",
        /// Tasks among them that wait for what nothing can bring any more.
        LeakedTasks = "leaked-tasks",
        /// Nanoseconds of CPU time that a program sampled of itself: of one thread, or of all together where the state
        /// is unknown.
        ProgramCpu = "program-cpu",
        /// Nanoseconds between the looks that a program's own sampler took at a thread, whatever it did.
        ProgramWall = "program-wall",
        /// Observations of a profile that does not say what one of them stands for.
        Samples = "samples",
        /// What only the tool knows that made a profile; its name and unit are in `Meta::columns`.
        Column1 = "column-1",
        /// See [`Signal::Column1`].
        Column2 = "column-2",
        /// See [`Signal::Column1`].
        Column3 = "column-3",
        /// See [`Signal::Column1`].
        Column4 = "column-4",
        /// See [`Signal::Column1`].
        Column5 = "column-5",
        /// See [`Signal::Column1`].
        Column6 = "column-6",
        /// See [`Signal::Column1`].
        Column7 = "column-7",
        /// See [`Signal::Column1`].
        Column8 = "column-8",
    }
);

impl Signal {
    /// Those that profiles of other tools name themselves.
    pub const COLUMNS: &[Self] = &[
        Self::Column1,
        Self::Column2,
        Self::Column3,
        Self::Column4,
        Self::Column5,
        Self::Column6,
        Self::Column7,
        Self::Column8,
    ];

    /// The unit of `Sample::value`; of a column the one that is taken where `Meta::columns` names none.
    pub fn unit(self) -> Unit {
        match self {
            Self::Cpu
            | Self::OffCpu
            | Self::TaskWait
            | Self::Lock
            | Self::Gc
            | Self::Contention
            | Self::TaskBlock
            | Self::ProgramCpu
            | Self::ProgramWall => Unit::Nanoseconds,
            Self::AllocBytes | Self::LiveBytes | Self::BlockIo | Self::Net => Unit::Bytes,
            Self::AllocCount | Self::Fault | Self::Syscall | Self::LiveCount => Unit::Count,
            Self::Tasks | Self::LeakedTasks | Self::Samples => Unit::Count,
            Self::Column1
            | Self::Column2
            | Self::Column3
            | Self::Column4
            | Self::Column5
            | Self::Column6
            | Self::Column7
            | Self::Column8 => Unit::Count,
        }
    }
}

named_list!(
    /// The unit of a value.
    Unit {
        /// Nanoseconds.
        Nanoseconds = "nanoseconds",
        /// Bytes.
        Bytes = "bytes",
        /// A plain number of things.
        Count = "count",
        /// A share between 0 and 1.
        Ratio = "ratio",
    }
);

named_list!(
    /// What a blocked thread waits for, as told by the kernel functions it sleeps in.
    WaitClass {
        /// A futex or another lock between threads.
        Lock = "lock",
        /// A file system or a block device.
        Disk = "disk",
        /// A socket.
        Network = "network",
        /// A sleep with a time.
        Timer = "timer",
        /// A pipe, fifo or terminal.
        Pipe = "pipe",
        /// Several descriptors at once: epoll, poll, select.
        Poll = "poll",
        /// The end of a child process.
        Child = "child",
        /// Another task of the program: a channel, a queue, a future.
        Task = "task",
        /// Memory that had to be brought in.
        PageFault = "page-fault",
        /// The garbage collector of a managed runtime.
        Gc = "gc",
        /// None of these, or not known.
        Other = "other",
    }
);

/// What the thread of a sample was doing.
///
/// In files a text: `running`, `runnable`, `blocked.<wait class>`, `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThreadState {
    /// On a CPU.
    Running,
    /// Preempted, or woken and not yet running.
    Runnable,
    /// Not able to run until something happens.
    Blocked(WaitClass),
    /// Not known, for example because records were lost.
    Unknown,
}

impl ThreadState {
    /// The name used in files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Runnable => "runnable",
            Self::Unknown => "unknown",
            Self::Blocked(class) => match class {
                WaitClass::Lock => "blocked.lock",
                WaitClass::Disk => "blocked.disk",
                WaitClass::Network => "blocked.network",
                WaitClass::Timer => "blocked.timer",
                WaitClass::Pipe => "blocked.pipe",
                WaitClass::Poll => "blocked.poll",
                WaitClass::Child => "blocked.child",
                WaitClass::Task => "blocked.task",
                WaitClass::PageFault => "blocked.page-fault",
                WaitClass::Gc => "blocked.gc",
                WaitClass::Other => "blocked.other",
            },
        }
    }

    /// The state with this name; names of later versions read as [`ThreadState::Unknown`].
    pub fn parse(text: &str) -> Self {
        match text {
            "running" => Self::Running,
            "runnable" => Self::Runnable,
            _ => match text.strip_prefix("blocked.") {
                Some(class) => Self::Blocked(WaitClass::parse(class).unwrap_or(WaitClass::Other)),
                None => Self::Unknown,
            },
        }
    }
}

impl Serialize for ThreadState {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ThreadState {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

impl JsonSchema for ThreadState {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ThreadState".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut names = vec!["running", "runnable", "unknown"];
        names.extend(WaitClass::ALL.iter().map(|class| Self::Blocked(*class).as_str()));
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_reads_back() {
        let mut states = vec![ThreadState::Running, ThreadState::Runnable, ThreadState::Unknown];
        states.extend(WaitClass::ALL.iter().map(|class| ThreadState::Blocked(*class)));
        for state in states {
            assert_eq!(ThreadState::parse(state.as_str()), state);
        }
        assert_eq!(ThreadState::parse("blocked.of-a-later-version"), ThreadState::Blocked(WaitClass::Other));
    }
}
