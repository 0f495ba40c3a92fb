//! The structure of `diff.json`. Values are in the unit of the signal, shares 0 to 1.
//!
//! Additions raise the minor version; a reader ignores members it does not know. Removals and changes of meaning raise
//! the major version.

use fathom_analysis::{Change, Judged, Verdict};
use fathom_model::{FrameKind, Signal, Unit};
use schemars::JsonSchema;
use serde::Serialize;

/// `major.minor` of [`DiffJson`].
pub const DIFF_VERSION: &str = "1.0";

/// Two recordings compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DiffJson {
    /// `major.minor` of this structure.
    pub diff_version: String,
    /// The earlier recording.
    pub a: DiffSideFact,
    /// The later one.
    pub b: DiffSideFact,
    /// The signal.
    pub signal: Signal,
    /// What the signal is called in B.
    pub signal_name: String,
    /// The unit of all values.
    pub unit: Unit,
    /// Whether shares were compared (B scaled so that the totals agree) or amounts.
    pub normalised: bool,
    /// What values of B were multiplied with before they were compared.
    pub scale: f64,
    /// The totals compared as amounts.
    pub whole: ChangeFact,
    /// How variance was estimated, in words.
    pub variance: String,
    /// Parts of time that were compared on each side; null for profiles without times.
    pub chunks: Option<u64>,
    /// How verdicts keep false ones away, in words.
    pub correction: String,
    /// What one recording a side cannot tell.
    pub caution: String,
    /// Differences of functions that were tested (self and total).
    pub tested: u64,
    /// Functions whose self value is proved to differ.
    pub proved: u64,
    /// Functions whose self value is proved to be the same within 10 %.
    pub same: u64,
    /// Functions of which neither is proved.
    pub unproved: u64,
    /// What changes could be proved with these samples.
    pub provable: Vec<ProvableFact>,
    /// Proved differences of self value first, then by size.
    pub functions: Vec<DiffFunctionFact>,
    /// Functions that are not in the list.
    pub functions_left_out: u64,
    /// Names that more than one function of a recording goes by, so that they were compared together.
    pub ambiguous: Vec<String>,
    /// The heaviest nodes of the merged call tree, callers before callees in depth-first order; the first is the root.
    pub tree: Vec<DiffNodeFact>,
    /// Nodes that are not in the list; their values are in those of their callers.
    pub tree_left_out: u64,
}

/// One of the two recordings.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DiffSideFact {
    /// How it was named on the command line.
    pub recording: String,
    /// What ran.
    pub target: String,
    /// Length of the recording.
    pub duration_nanos: i64,
    /// Sum of the signal.
    pub total: i64,
    /// Raw observations.
    pub samples: u64,
    /// Observations of equal weight that would tell as much.
    pub effective_samples: f64,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VerdictFact {
    /// B has more.
    More,
    /// B has less.
    Less,
    /// B has more, and A was never seen there.
    New,
    /// B was never seen there, and A has more.
    Gone,
    /// The interval lies within 10 % of A's value.
    Same,
    /// None of these is proved.
    Unproved,
}

impl From<Verdict> for VerdictFact {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::More => Self::More,
            Verdict::Less => Self::Less,
            Verdict::New => Self::New,
            Verdict::Gone => Self::Gone,
            Verdict::Same => Self::Same,
            Verdict::Unproved => Self::Unproved,
        }
    }
}

/// A difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ChangeFact {
    /// The value in A.
    pub a: i64,
    /// The value in B as recorded, not scaled.
    pub b: i64,
    /// Raw observations in A.
    pub samples_a: u64,
    /// Raw observations in B.
    pub samples_b: u64,
    /// B, scaled, minus A.
    pub difference: f64,
    /// Lower end of its 95 % interval, taken alone.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Variance over that of independent observations, at least 1.
    pub over_dispersion: f64,
    /// The chance of such a difference or a larger one if nothing had changed, taken alone.
    pub p: f64,
}

impl From<Change> for ChangeFact {
    fn from(change: Change) -> Self {
        // JSON has no infinity; only damaged values come near it.
        let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
        Self {
            a: change.value[0],
            b: change.value[1],
            samples_a: change.n[0],
            samples_b: change.n[1],
            difference: finite(change.difference),
            low: finite(change.low),
            high: finite(change.high),
            over_dispersion: finite(change.phi),
            p: finite(change.p),
        }
    }
}

/// A difference and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct JudgedFact {
    /// What is proved.
    pub verdict: VerdictFact,
    /// The difference.
    #[serde(flatten)]
    pub change: ChangeFact,
}

impl From<Judged> for JudgedFact {
    fn from(judged: Judged) -> Self {
        Self { verdict: judged.verdict.into(), change: judged.change.into() }
    }
}

/// A function of either recording or both.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DiffFunctionFact {
    /// Name without what changes from build to build.
    pub name: String,
    /// Whether it is a symbol.
    pub resolved: bool,
    /// The last part of the module's path.
    pub module: Option<String>,
    /// Source file.
    pub file: Option<String>,
    /// The line it starts at.
    pub line: Option<u32>,
    /// What kind of code it is.
    pub kind: FrameKind,
    /// What ends in it.
    #[serde(rename = "self")]
    pub own: JudgedFact,
    /// What passes through it; recursion counts once.
    pub total: JudgedFact,
    /// Samples that each side would need to prove, nine times out of ten, a difference of self value as large as the
    /// one seen; null where one is proved, or where nothing was seen to differ.
    pub samples_needed: Option<u64>,
}

/// A node of the merged call tree.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DiffNodeFact {
    /// Position of the caller in the list; null at the root.
    pub parent: Option<u64>,
    /// The function.
    pub function: String,
    /// What ends here in A.
    pub self_a: i64,
    /// What ends here in B.
    pub self_b: i64,
    /// What passes through here.
    pub total: JudgedFact,
}

/// What these samples can prove of a function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProvableFact {
    /// The function's share of the whole.
    pub share: f64,
    /// The smallest relative growth of it that is proved nine times out of ten; null where none can be.
    pub growth: Option<f64>,
}
