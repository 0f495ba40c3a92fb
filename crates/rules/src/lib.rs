//! Findings: what costs most, why, what to do, what it can be worth at most, and what was looked at and is fine.
//!
//! **You give** a recording whose frames have names and kinds, the text of the source files that it names as far as
//! they are there, and [`Settings`].
//!
//! **You get** a [`Judgement`](fathom_model::Judgement) from [`judge`]. What each rule is about is in [`rules`].
//!
//! **It does not** do I/O, read a clock or the environment, or render anything.
//!
//! **Invariants**: output is deterministic; the words of a finding follow its grade; a threshold is met by the lower
//! end of an interval; every rule answers, silence has no meaning; nothing panics on a damaged recording.

mod around;
mod catalog;
mod collectors;
mod context;
mod copies;
mod costs;
mod custom;
mod draft;
mod engine;
mod example;
mod fingerprint;
mod frame_set;
mod gates;
mod goal;
mod held;
mod hygiene;
mod ledger;
mod mechanism;
mod names;
mod need;
mod page;
mod place;
mod prelude;
mod released;
mod rule;
mod settings;
mod spans;
#[cfg(test)]
mod testing;
mod threshold;
mod words;

pub use catalog::rules;
pub use context::{CodeFile, Context, HotHit};
pub use draft::Draft;
pub use engine::judge;
pub use example::{Example, example};
pub use frame_set::FrameSet;
pub use ledger::{Claim, Ledger};
pub use page::page;
pub use place::{Cost, Place};
pub use rule::{Describe, Need, Quantity, Rule, RuleInfo, Threshold, Verdict};
pub use settings::{CustomRule, HeldSettings, Preset, RuleSettings, Settings};

/// The rule with this id.
pub fn find_rule(id: &str) -> Option<&'static dyn Rule> {
    rules().find(|rule| rule.info().id == id)
}
