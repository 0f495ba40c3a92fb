//! What can go wrong with a session, with a command that helps.

use fathom_collect::perf::EngineError;
use fathom_model::Pid;
use fathom_store::StoreError;
use std::io;

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
    /// A profile of another tool.
    #[error("`{path}` is a {format} profile, which this version cannot read, and needed is a .fathom or .fathom.part file")]
    Foreign {
        /// The file.
        path: String,
        /// Its format.
        format: &'static str,
    },
    /// Not a profile at all.
    #[error("`{path}` is not a recording: its first bytes are of no known format")]
    Unknown {
        /// The file.
        path: String,
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
            Self::Engine(EngineError::OpenFiles { needed, .. }) => Some(format!("ulimit -n {needed}")),
            Self::Engine(EngineError::Rings(_)) => Some("sudo sysctl kernel.perf_event_mlock_kb=8192".to_owned()),
            Self::Engine(_) => Some("fathom doctor".to_owned()),
            Self::Foreign { .. } | Self::Unknown { .. } => Some("fathom report @last".to_owned()),
            Self::NotFound { .. } | Self::Start { .. } | Self::Store(_) => None,
        }
    }

    /// The status to exit with, as timeout(1): 127 not found, 126 not executable, 125 Fathom failed.
    pub fn launch_exit_code(&self) -> i32 {
        match self {
            Self::NotFound { .. } => 127,
            Self::NotExecutable { .. } => 126,
            _ => 125,
        }
    }
}
