//! The contract of a rule: what it is called, what it needs, and what it says about a recording.

use fathom_code::{Language, Pattern};
use fathom_model::{Effort, Risk};

use crate::context::Context;
use crate::draft::Draft;
pub use crate::need::Need;
pub use crate::threshold::{Quantity, Threshold};

/// What a rule says about itself.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// Topic and name: `cpu/linear-search-in-loop`.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Languages it speaks about; none means all.
    pub languages: &'static [Language],
    /// What it cannot do without.
    pub needs: &'static [Need],
    /// Patterns in source code that it joins with hot lines.
    pub patterns: &'static [Pattern],
    /// Numbers it compares with.
    pub thresholds: &'static [&'static Threshold],
    /// Rules that keep quiet about time which this one explains.
    pub silences: &'static [&'static str],
    /// The rule that has to have found something first.
    pub parent: Option<&'static str>,
    /// Versions of runtimes it holds for, in words; empty for all.
    pub versions: &'static str,
    /// How much work its advice is.
    pub effort: Effort,
    /// What its advice may break.
    pub risk: Risk,
    /// The lines of its documentation, in Markdown.
    pub docs: &'static [&'static str],
}

impl RuleInfo {
    /// The part before the slash.
    pub fn topic(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The part behind the slash.
    pub fn name(&self) -> &'static str {
        self.id.split('/').nth(1).unwrap_or_default()
    }

    /// The documentation as one text.
    pub fn documentation(&self) -> String {
        self.docs.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

/// What a rule says about a recording. There is no silence: a rule that finds nothing says what it looked at.
#[derive(Debug)]
pub enum Verdict {
    /// Found, the costliest first.
    Found(Vec<Draft>),
    /// Looked at, and fine: what was seen, with its number.
    Clear(String),
    /// The rule is not about a program like this one: why.
    NotApplicable(String),
    /// Something is missing to tell.
    NeedMore(Need),
}

/// What `declare_rule!` writes.
pub trait Describe: Sync {
    /// What the rule says about itself.
    fn info(&self) -> &'static RuleInfo;
}

/// A rule: one file under `catalog/`.
pub trait Rule: Describe {
    /// Looks at a recording.
    fn check(&self, cx: &Context<'_>) -> Verdict;
}

/// Declares a rule: its documentation, its name, and what it says about itself.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $rule:ident = $id:literal {
            summary: $summary:literal,
            effort: $effort:ident,
            risk: $risk:ident
            $(, languages: [$($language:ident),* $(,)?])?
            $(, needs: [$($need:expr),* $(,)?])?
            $(, patterns: [$($pattern:ident),* $(,)?])?
            $(, thresholds: [$($threshold:ident),* $(,)?])?
            $(, silences: [$($silenced:literal),* $(,)?])?
            $(, parent: $parent:literal)?
            $(, versions: $versions:literal)?
            $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub(crate) struct $rule;

        impl $crate::rule::Describe for $rule {
            fn info(&self) -> &'static $crate::rule::RuleInfo {
                #[allow(unused_imports)]
                use $crate::rule::{Need::*, RuleInfo};
                #[allow(unused_mut, unused_assignments)]
                const INFO: RuleInfo = {
                    let mut info = RuleInfo {
                        id: $id,
                        summary: $summary,
                        languages: &[],
                        needs: &[],
                        patterns: &[],
                        thresholds: &[],
                        silences: &[],
                        parent: None,
                        versions: "",
                        effort: fathom_model::Effort::$effort,
                        risk: fathom_model::Risk::$risk,
                        docs: &[$($doc),+],
                    };
                    $( info.languages = &[$(fathom_code::Language::$language),*]; )?
                    $( info.needs = &[$($need),*]; )?
                    $( info.patterns = &[$(fathom_code::Pattern::$pattern),*]; )?
                    $( info.thresholds = &[$(&$threshold),*]; )?
                    $( info.silences = &[$($silenced),*]; )?
                    $( info.parent = Some($parent); )?
                    $( info.versions = $versions; )?
                    info
                };
                &INFO
            }
        }
    };
}
pub(crate) use declare_rule;
