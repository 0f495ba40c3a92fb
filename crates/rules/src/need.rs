//! What rules cannot do without.

use std::fmt;

use fathom_model::Signal;

/// What a rule cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Samples of a signal.
    Signal(Signal),
    /// CPU samples, of Fathom or of another tool.
    CpuSamples,
    /// A time series by the start of its name.
    Series(&'static str),
    /// Events of a kind, by the start of its name.
    Events(&'static str),
    /// Processes that were seen to start, with their commands.
    Processes,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(signal) => write!(f, "samples of {signal}"),
            Self::CpuSamples => f.write_str("samples of CPU time"),
            Self::Series(name) => write!(f, "the series {name}"),
            Self::Events(kind) => write!(f, "events of the kind {kind}"),
            Self::Processes => f.write_str("the processes that ran"),
        }
    }
}
