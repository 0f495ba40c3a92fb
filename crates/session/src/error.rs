//! What can go wrong with a session, with a command that helps.

use fathom_collect::perf::EngineError;
use fathom_model::{Issue, Pid};
use fathom_store::StoreError;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No such program.
    #[error("cannot run `{program}`: {source}")]
    NotFound {
        /// As given.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
    /// It exists and cannot be executed.
    #[error("cannot execute `{program}`: {source}")]
    NotExecutable {
        /// As given.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
    /// Fathom could not start a process.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// As given.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
    /// No such process.
    #[error("no process {0}")]
    NoProcess(Pid),
    /// The process belongs to somebody else.
    #[error("process {pid} belongs to user {owner}, and Fathom runs as user {own}")]
    NotPermitted {
        /// The process.
        pid: Pid,
        /// Its user.
        owner: u32,
        /// Our user.
        own: u32,
    },
    /// The collectors could not start.
    #[error("cannot record: {0}")]
    Engine(EngineError),
    /// Files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The command has run to its end, and its recording is lost.
    #[error("the command has ended, its recording is lost: {source}")]
    AfterTarget {
        /// What went wrong.
        source: Box<Self>,
        /// The command's status as `wait` gives it, if known.
        wait_status: Option<i32>,
    },
    /// A profile of another tool that is only written.
    #[error("`{path}` is a {format} file, which Fathom writes and does not read")]
    Foreign {
        /// The file.
        path: String,
        /// Its format.
        format: &'static str,
    },
    /// A profile of another tool that is too damaged to say anything.
    #[error("`{path}` looks like a {format} profile, and nothing of it can be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// Its format.
        format: &'static str,
        /// What is wrong with it.
        why: Issue,
    },
    /// Not a profile at all.
    #[error("`{path}` is not a recording: its {length} bytes begin as no known format does")]
    Unknown {
        /// The file.
        path: String,
        /// How long it is.
        length: u64,
    },
}

impl From<EngineError> for SessionError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NoProcess(pid) => Self::NoProcess(pid),
            other => Self::Engine(other),
        }
    }
}

impl SessionError {
    /// A command to type, if one helps.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotExecutable { program, .. } => Some(format!("ls -l {program}")),
            Self::NoProcess(_) => Some("ps -e".to_owned()),
            Self::NotPermitted { pid, .. } => Some(format!("sudo fathom attach {pid}")),
            Self::Engine(EngineError::OpenFiles { needed, .. }) => {
                // The soft limit has been raised to the hard one already, which only root can lift.
                Some(format!("sudo prlimit --pid $$ --nofile={needed}:{needed}"))
            }
            Self::Engine(EngineError::Rings(_)) => {
                Some("sudo sysctl kernel.perf_event_mlock_kb=8192".to_owned())
            }
            Self::Engine(_) => Some("fathom doctor".to_owned()),
            Self::Foreign { .. } | Self::Unknown { .. } => Some("fathom import --formats".to_owned()),
            Self::Unreadable { .. } => None,
            Self::AfterTarget { source, .. } => source.hint(),
            Self::NotFound { .. } | Self::Start { .. } | Self::Store(_) => None,
        }
    }

    /// The status to exit with, as timeout(1): 127 not found, 126 not executable, 125 Fathom failed; the command's
    /// own once it has run.
    pub fn launch_exit_code(&self) -> i32 {
        match self {
            Self::AfterTarget { wait_status: Some(raw), .. } => {
                let status = ExitStatus::from_raw(*raw);
                status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or(125)
            }
            Self::NotFound { .. } => 127,
            Self::NotExecutable { .. } => 126,
            _ => 125,
        }
    }
}
