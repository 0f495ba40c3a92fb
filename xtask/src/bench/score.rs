//! How far a profile is from the truth: shares of CPU time, and blocked time per site.
//!
//! The truth is the line that a truth program prints (`truth/c/truth.h`). It runs nothing.

use super::stacks::{WeightedStack, innermost_of};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a truth program says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Truth {
    /// Thread CPU time of each leaf, nanoseconds.
    pub(crate) cpu_nanos: BTreeMap<String, u64>,
    /// Time off CPU in each wait site, nanoseconds.
    pub(crate) blocked_nanos: BTreeMap<String, u64>,
    /// Time that units of a runtime's own scheduling (goroutines) wait in each site, nanoseconds.
    pub(crate) waited_nanos: BTreeMap<String, u64>,
    /// Of programs that note it, what each function and site had up to a moment: nanoseconds of `CLOCK_MONOTONIC`, of
    /// CPU time, and of waiting.
    pub(crate) points: BTreeMap<String, Vec<[u64; 3]>>,
    /// Plain counts (`forks`, `round_trips`).
    pub(crate) counts: BTreeMap<String, u64>,
    /// CPU time of the program and its children, nanoseconds.
    pub(crate) total_cpu_nanos: u64,
    /// Wall time by the program's own clock, nanoseconds.
    pub(crate) wall_nanos: u64,
    /// When it ended, nanoseconds since 1970.
    pub(crate) end_unix_nanos: u64,
}

impl Truth {
    /// Reads the line.
    ///
    /// # Errors
    /// The text is not JSON, or a total is missing.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).context("the truth is not JSON")?;
        let map = |key: &str| -> BTreeMap<String, u64> {
            let members = value[key].as_object().into_iter().flatten();
            members.filter_map(|(name, nanos)| Some((name.clone(), nanos.as_u64()?))).collect()
        };
        let number =
            |key: &str| value[key].as_u64().with_context(|| format!("the truth has no number {key}"));
        Ok(Self {
            cpu_nanos: map("cpu"),
            blocked_nanos: map("blocked"),
            waited_nanos: map("waited"),
            points: serde_json::from_value(value["points"].clone()).unwrap_or_default(),
            counts: map("counts"),
            total_cpu_nanos: number("total_cpu_nanos")?,
            wall_nanos: number("wall_nanos")?,
            end_unix_nanos: number("end_unix_nanos")?,
        })
    }
}

impl Truth {
    /// What was measured within a part of the run, in nanoseconds of `CLOCK_MONOTONIC`; between two points evenly.
    pub(crate) fn within(&self, window: std::ops::Range<u64>) -> Self {
        let part = |sums: &BTreeMap<String, u64>, which: usize| {
            let of = |name: &String| {
                let points = self.points.get(name).map_or(&[][..], Vec::as_slice);
                up_to(points, window.end, which) - up_to(points, window.start, which)
            };
            sums.keys().map(|name| (name.clone(), of(name).max(0.0) as u64)).collect()
        };
        Self {
            cpu_nanos: part(&self.cpu_nanos, 1),
            blocked_nanos: part(&self.blocked_nanos, 2),
            waited_nanos: part(&self.waited_nanos, 2),
            ..self.clone()
        }
    }
}

/// One of a point's figures at a moment.
fn up_to(points: &[[u64; 3]], moment: u64, which: usize) -> f64 {
    let at = points.partition_point(|point| point[0] <= moment);
    match (at.checked_sub(1).and_then(|before| points.get(before)), points.get(at)) {
        (Some(before), Some(after)) => {
            let share = (moment - before[0]) as f64 / (after[0] - before[0]) as f64;
            before[which] as f64 + share * (after[which] as f64 - before[which] as f64)
        }
        (Some(last), None) => last[which] as f64,
        (None, _) => 0.0,
    }
}

/// Weight by name, each stack counted for the innermost of `names` in it.
pub(crate) fn weights<'a>(
    stacks: &[WeightedStack],
    names: impl Iterator<Item = &'a String>,
) -> BTreeMap<String, u64> {
    let names: Vec<&str> = names.map(String::as_str).collect();
    let mut sums = BTreeMap::new();
    for stack in stacks {
        if let Some(name) = innermost_of(stack, &names) {
            *sums.entry(name.to_owned()).or_default() += stack.weight;
        }
    }
    sums
}

/// Total variation distance between two distributions given as weights: half the sum of the differences of
/// their shares, 0 to 1. `None` when either is empty.
pub(crate) fn total_variation(one: &BTreeMap<String, u64>, other: &BTreeMap<String, u64>) -> Option<f64> {
    let (sum_one, sum_other) = (one.values().sum::<u64>() as f64, other.values().sum::<u64>() as f64);
    if sum_one == 0.0 || sum_other == 0.0 {
        return None;
    }
    let share = |map: &BTreeMap<String, u64>, name: &String, sum: f64| {
        map.get(name).copied().unwrap_or(0) as f64 / sum
    };
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    Some(
        names
            .into_iter()
            .map(|name| (share(one, name, sum_one) - share(other, name, sum_other)).abs())
            .sum::<f64>()
            / 2.0,
    )
}

/// Sites with less blocked time than this are not judged: 3 % of it would be a few single waits.
const MIN_BLOCKED_NANOS: u64 = 200_000_000;

/// The wait site with the largest relative error, and that error with its sign.
pub(crate) fn worst_blocked_error(
    truth: &BTreeMap<String, u64>,
    found: &BTreeMap<String, u64>,
) -> Option<(String, f64)> {
    truth
        .iter()
        .filter(|(_, nanos)| **nanos >= MIN_BLOCKED_NANOS)
        .map(|(name, nanos)| {
            let seen = found.get(name).copied().unwrap_or(0);
            (name.clone(), seen as f64 / *nanos as f64 - 1.0)
        })
        .max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn a_truth_line_is_read() {
        let line = r#"{"program":"p","cpu":{"a":3},"blocked":{"w":4},"counts":{},"threads":1,"total_cpu_nanos":5,"wall_nanos":6,"end_unix_nanos":7}"#;
        let truth = Truth::parse(line).expect("a truth line");
        assert_eq!(truth.cpu_nanos, map(&[("a", 3)]));
        assert_eq!((truth.total_cpu_nanos, truth.wall_nanos, truth.end_unix_nanos), (5, 6, 7));
        assert!(Truth::parse("{}").is_err());
    }

    #[test]
    fn a_part_of_the_run_is_told_from_the_rest() {
        let line = r#"{"cpu":{"a":90},"blocked":{"w":8},"counts":{},"points":{"a":[[100,10,0],[200,50,0],[300,90,0]],
            "w":[[100,0,2],[300,0,8]]},"total_cpu_nanos":5,"wall_nanos":6,"end_unix_nanos":7}"#;
        let truth = Truth::parse(line).expect("a truth line");
        let part = truth.within(150..250);
        assert_eq!((part.cpu_nanos, part.blocked_nanos), (map(&[("a", 40)]), map(&[("w", 3)])));
        assert_eq!(truth.within(0..1000).cpu_nanos, map(&[("a", 90)]));
        assert_eq!(truth.within(0..50).cpu_nanos, map(&[("a", 0)]));
    }

    #[test]
    fn distance_is_half_the_sum_of_differences() {
        let distance = total_variation(&map(&[("a", 60), ("b", 40)]), &map(&[("a", 5), ("b", 4), ("c", 1)]));
        assert!(distance.is_some_and(|found| (found - 0.1).abs() < 1e-12));
        assert_eq!(total_variation(&map(&[("a", 1)]), &map(&[("a", 9)])), Some(0.0));
        assert_eq!(total_variation(&map(&[]), &map(&[("a", 9)])), None);
    }

    #[test]
    fn the_worst_site_is_named_and_small_ones_are_left_out() {
        let truth = map(&[("long", 1_000_000_000), ("missed", 300_000_000), ("tiny", 1)]);
        let found = map(&[("long", 1_020_000_000)]);
        assert_eq!(worst_blocked_error(&truth, &found), Some(("missed".to_owned(), -1.0)));
        let found = map(&[("long", 1_020_000_000), ("missed", 300_000_000)]);
        let (name, error) = worst_blocked_error(&truth, &found).expect("two sites");
        assert_eq!(name, "long");
        assert!((error - 0.02).abs() < 1e-9);
    }
}
