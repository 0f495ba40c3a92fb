//! Why memory of a process could not be read as what it should be.

/// Why a read failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Memory that cannot be read.
    #[error("cannot read {what} at {address:#x}: {why}")]
    Memory {
        /// What should be there.
        what: &'static str,
        /// Where.
        address: u64,
        /// The system's words.
        why: String,
    },
    /// The runtime was asked and did not tell.
    #[error("{0}")]
    NotTold(String),
    /// Something else stands there.
    #[error("{what} at {address:#x} is {found}, not {wanted}")]
    Unexpected {
        /// What should be there.
        what: &'static str,
        /// Where.
        address: u64,
        /// What is.
        found: String,
        /// What was needed.
        wanted: &'static str,
    },
}
