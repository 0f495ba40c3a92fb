//! What users change about rules: thresholds, rules that are switched off, rules of their own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::threshold::Threshold;

/// The parts of `fathom.toml` that rules read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// By rule: whether it is on, and its thresholds.
    pub rules: BTreeMap<String, RuleSettings>,
    /// Rules of the project's own.
    pub rule: Vec<CustomRule>,
    /// What measured values are held against.
    pub thresholds: HeldSettings,
}

/// The keys of all values, as settings name them.
pub(crate) const HELD_KEYS: &[&str] = &[
    "cpu-use",
    "memory-use",
    "gc-time",
    "gc-pause",
    "gc-rate",
    "event-loop-block",
    "run-queue",
    "errors",
    "latency-p50",
    "latency-p99",
];

/// What kind of program it is, which decides what is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// People or programs wait for each answer, and load comes and goes.
    #[default]
    Service,
    /// Work that should fill a machine and end soon.
    Batch,
    /// A tool that somebody waits for at a terminal.
    Interactive,
}

/// The `[thresholds]` table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
pub struct HeldSettings {
    /// Which tables hold.
    pub preset: Preset,
    /// By the key of a value: the ends of excellent, good and acceptable, in percent, milliseconds or counts.
    #[serde(flatten)]
    pub bounds: BTreeMap<String, [f64; 3]>,
}

/// Settings of one rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case")]
pub struct RuleSettings {
    /// `false` switches the rule off.
    pub enabled: Option<bool>,
    /// Why, for whoever reads the file next.
    pub reason: Option<String>,
    /// Thresholds by name, in the unit that `fathom explain` shows: percent for shares, milliseconds for times.
    #[serde(flatten)]
    pub thresholds: BTreeMap<String, f64>,
}

/// A rule as data: frames that may not cost more than a share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CustomRule {
    /// Topic and name, like those of built-in rules: `team/no-pickle`.
    pub id: String,
    /// Functions that call each other, outermost first; `*` stands for any start or end of a name, `...` for any
    /// functions between.
    pub frames: Vec<String>,
    /// Percent of the goal from which on it is reported.
    pub threshold_percent: f64,
    /// The finding's headline.
    pub message: String,
    /// What to do.
    pub advice: Vec<String>,
}

impl Settings {
    /// The number of a threshold: shares between 0 and 1, times in nanoseconds.
    pub fn threshold(&self, rule: &str, threshold: &Threshold) -> f64 {
        use crate::threshold::Quantity::{Count, Nanos, PerSecond, Share};
        let given = self.rules.get(rule).and_then(|rule| rule.thresholds.get(threshold.name)).copied();
        match (given, threshold.default) {
            (Some(percent), Share(_)) => percent / 100.0,
            (Some(millis), Nanos(_)) => millis * 1e6,
            (Some(number), Count(_) | PerSecond(_)) => number,
            (None, default) => default.number(),
        }
    }

    /// Whether a rule is to be asked.
    pub fn is_on(&self, rule: &str) -> bool {
        self.rules.get(rule).and_then(|rule| rule.enabled).unwrap_or(true)
    }

    /// What is wrong with the settings: names of rules and thresholds that there are not, numbers that are none.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (id, settings) in &self.rules {
            let Some(rule) = crate::find_rule(id) else {
                if !self.rule.iter().any(|rule| rule.id == *id) {
                    problems
                        .push(format!("rules.\"{id}\": there is no such rule (fathom explain lists them)"));
                }
                continue;
            };
            for (name, value) in &settings.thresholds {
                let known: Vec<&str> =
                    rule.info().thresholds.iter().map(|threshold| threshold.name).collect();
                if !known.contains(&name.as_str()) {
                    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                    problems
                        .push(format!("rules.\"{id}\".{name}: there is no such threshold; there is {known}"));
                } else if !value.is_finite() || *value < 0.0 {
                    problems
                        .push(format!("rules.\"{id}\".{name}: found {value}, needed is a number from 0 on"));
                }
            }
        }
        for (key, bounds) in &self.thresholds.bounds {
            if !HELD_KEYS.contains(&key.as_str()) {
                problems.push(format!(
                    "thresholds.{key}: there is no such value; there is {}",
                    HELD_KEYS.join(", ")
                ));
            } else if bounds.iter().any(|bound| !bound.is_finite() || *bound < 0.0) {
                problems.push(format!("thresholds.{key}: needed are three numbers from 0 on"));
            }
        }
        for rule in &self.rule {
            if rule.id.split('/').count() != 2 || rule.id.contains(char::is_whitespace) {
                problems.push(format!("rule id \"{}\": needed is topic/name", rule.id));
            }
            if rule.frames.iter().all(|frame| frame == "...") {
                problems.push(format!("rule \"{}\": frames names no function", rule.id));
            }
            if !(0.0..=100.0).contains(&rule.threshold_percent) {
                let found = rule.threshold_percent;
                problems
                    .push(format!("rule \"{}\": threshold-percent is {found}, needed is 0 to 100", rule.id));
            }
        }
        problems
    }
}
