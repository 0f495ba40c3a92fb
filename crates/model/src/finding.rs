//! Findings: what costs most, why, what to do about it, and what it can be worth at most.
//!
//! Plain data that rules fill, reports print and later versions read; its JSON schema is published.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signal::{Signal, named_list};

named_list!(
    /// How much a finding matters to the goal, by what it can be worth and by nothing else.
    Severity {
        /// Below 1 % of the goal, or never measured.
        Info = "info",
        /// From 1 % on.
        Low = "low",
        /// From 3 % on.
        Medium = "medium",
        /// From 10 % on.
        High = "high",
        /// From 25 % on, or the program is about to stop working.
        Critical = "critical",
    }
);

named_list!(
    /// What a finding rests on, from less to more.
    Grade {
        /// A pattern in source code; nothing was measured.
        E0 = "E0",
        /// The pattern, and the place is hot; or a profile that looks like it.
        E1 = "E1",
        /// The runtime or the kernel was seen doing it.
        E2 = "E2",
        /// An experiment changed it and the time changed.
        E3 = "E3",
        /// The change was made and measured before and after.
        E4 = "E4",
    }
);

named_list!(
    /// Where the number behind "at most" comes from.
    Model {
        /// Time of the part that would go away entirely (Amdahl's law with an infinitely fast replacement).
        AmdahlBound = "amdahl-bound",
        /// Waits of the threads that the goal waits for.
        CriticalWait = "critical-wait",
        /// Waits one after the other that could pass at the same time.
        Overlap = "overlap",
        /// Counted operations, each with its measured cost.
        CountCost = "count-cost",
        /// The collector's time, and that of the code which allocates.
        GcAlloc = "gc-alloc",
        /// CPUs that would be free; nobody waits less.
        Capacity = "capacity",
        /// Time until a limit is reached; nothing becomes faster.
        TimeToLimit = "time-to-limit",
        /// No honest number is known.
        None = "none",
    }
);

named_list!(
    /// What the shares of findings are shares of.
    GoalMetric {
        /// Wall time of the command, as its main thread spent it.
        Wall = "wall time",
        /// CPU time of all threads.
        Cpu = "CPU time",
        /// What a profile of another tool counts.
        Profile = "profile",
    }
);

named_list!(
    /// How much work a change is.
    Effort {
        /// Under an hour: a flag or a line.
        Small = "small",
        /// Under a day: a function or a file.
        Medium = "medium",
        /// Some days: a module or an interface.
        Large = "large",
        /// A redesign.
        Architecture = "architecture",
    }
);

named_list!(
    /// What a change may break.
    Risk {
        /// Behaviour stays as it is.
        Low = "low",
        /// It needs a look.
        Review = "review",
        /// Semantics, durability or numbers change.
        Semantics = "semantics",
    }
);

/// A best estimate with the ends of its 95 % interval; shares are between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Best estimate.
    pub point: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A place in source code.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Function, as reports show it.
    pub function: String,
    /// Source file as the program names it.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Last part of the path of the file that holds the code, where there is no source file.
    pub module: Option<String>,
}

/// One function on the way to a finding's place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathStep {
    /// Where.
    pub location: Location,
    /// Share of the finding's samples that come this way.
    pub share: f64,
}

/// One observation behind a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceLine {
    /// What was seen, with its numbers.
    pub claim: String,
    /// Who saw it: `samples`, `source`, `waits`, `processes`, `series`, `events`.
    pub source: String,
}

/// What a finding costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Share of the goal.
    pub share: Interval,
    /// The same in the goal's unit: nanoseconds, or the unit of the profile.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u64,
}

/// What its removal can be worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// Where the number comes from.
    pub model: Model,
    /// Share of the goal that can be saved at most; `None` where no number is honest.
    pub at_most: Option<Interval>,
    /// The part of it that no finding before this one claims.
    pub marginal: Option<f64>,
    /// What has to hold for the number to hold.
    pub assumptions: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// `F-001`, by rank within the document.
    pub id: String,
    /// The same for the same cause in every recording: free of line numbers and shares.
    pub fingerprint: String,
    /// Id of the rule: `cpu/linear-search-in-loop`.
    pub rule: String,
    /// One line: what and where.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it rests on.
    pub grade: Grade,
    /// Language of the place, where known.
    pub language: Option<String>,
    /// What it costs.
    pub impact: Impact,
    /// What its removal can be worth.
    pub estimate: Estimate,
    /// Where to change something.
    pub location: Option<Location>,
    /// Further places of the same cause, by cost.
    pub also_at: Vec<PathStep>,
    /// How the program gets there, outermost first.
    pub path: Vec<PathStep>,
    /// Why this is known.
    pub evidence: Vec<EvidenceLine>,
    /// The cause, worded as the grade allows.
    pub cause: String,
    /// What else it could be.
    pub alternatives: Vec<String>,
    /// What to do, first things first.
    pub advice: Vec<String>,
    /// How much work that is.
    pub effort: Effort,
    /// What it may break.
    pub risk: Risk,
    /// The command that shows whether it worked.
    pub verify: String,
    /// How to take it back.
    pub rollback: String,
    /// What about the recording makes it less sure.
    pub degraded_by: Vec<String>,
    /// Ids of findings that claim some of the same time.
    pub overlaps: Vec<String>,
    /// Place in the order of work: 0 to 1, larger first.
    pub priority: f64,
}

/// A rule that looked and found nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checked {
    /// Id of the rule.
    pub rule: String,
    /// What was seen instead, or why the rule does not apply.
    pub text: String,
}

/// A rule that could not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unsure {
    /// Id of the rule.
    pub rule: String,
    /// What is missing.
    pub needs: String,
    /// The command that gets it, if there is one.
    pub command: Option<String>,
    /// The signal that would tell, if it is one.
    pub signal: Option<Signal>,
}

/// Something about the recording that makes findings less sure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// Its name: `few-samples`, `lost`, `noisy-host` ...
    pub id: String,
    /// What was found, with its numbers, and what would be needed.
    pub text: String,
    /// Whether findings are held back altogether.
    pub blocks: bool,
}

named_list!(
    /// How a measured value stands.
    Band {
        /// Nothing to gain here.
        Excellent = "excellent",
        /// Fine.
        Good = "good",
        /// Worth a look when there is time.
        Acceptable = "acceptable",
        /// Change it.
        Poor = "poor",
    }
);

/// A measured value held against a table of thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// What was measured, in words.
    pub name: String,
    /// The value as text with its unit.
    pub value: String,
    /// How it stands.
    pub band: Band,
    /// The upper ends of excellent, good and acceptable, as text.
    pub bounds: [String; 3],
}

/// What the findings are held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Goal {
    /// What is to become smaller.
    pub metric: GoalMetric,
    /// How large it is now, in nanoseconds or the unit of the profile.
    pub value: i64,
    /// Why this one.
    pub why: String,
}

/// Findings in the order of work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Roadmap {
    /// Share of the goal that all findings together can save at most: a union, not a sum.
    pub at_most: Option<Interval>,
    /// Ids of those of under an hour.
    pub quick: Vec<String>,
    /// Ids of those of under a day.
    pub medium: Vec<String>,
    /// Ids of the rest.
    pub architectural: Vec<String>,
}

/// What the rules say about a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judgement {
    /// What the shares are shares of.
    pub goal: Goal,
    /// Findings by rank.
    pub findings: Vec<Finding>,
    /// Patterns in source code whose cost was not seen: no number, no rank.
    pub hygiene: Vec<Finding>,
    /// Rules that looked and found nothing.
    pub checked: Vec<Checked>,
    /// Rules that do not apply, with the reason.
    pub not_applicable: Vec<Checked>,
    /// Rules that could not tell.
    pub unsure: Vec<Unsure>,
    /// What makes findings less sure.
    pub gates: Vec<Gate>,
    /// Values held against thresholds.
    pub held: Vec<Held>,
    /// Findings by effort, and what they are worth together.
    pub roadmap: Roadmap,
}
