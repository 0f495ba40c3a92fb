//! Every rule, by topic and name. A new one is a file in the folder of its topic and a line in that folder's list.

mod cpu;
mod go;
mod io;
mod jvm;
mod locks;
mod memory;
mod native;
mod network;
mod node;
mod process;
mod python;
mod tasks;

use crate::rule::Rule;

/// The rules of every topic, in the order of their ids.
const TOPICS: &[&[&dyn Rule]] = &[
    cpu::RULES,
    go::RULES,
    io::RULES,
    jvm::RULES,
    locks::RULES,
    memory::RULES,
    native::RULES,
    network::RULES,
    node::RULES,
    process::RULES,
    python::RULES,
    tasks::RULES,
];

/// Every rule, in the order of their ids.
pub fn rules() -> impl Iterator<Item = &'static dyn Rule> {
    TOPICS.iter().copied().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::rules;
    use crate::rule::Quantity;

    const HEADINGS: &[&str] = &[
        "## What it finds",
        "## Why it matters",
        "## How it is measured",
        "## When it is wrong",
        "## What to do",
        "## Example",
        "## References",
    ];

    #[test]
    fn ids_are_sorted_and_once() {
        let ids: Vec<&str> = rules().map(|rule| rule.info().id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn documentation_has_its_headings_in_order() {
        for rule in rules() {
            let text = rule.info().documentation();
            let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(headings, HEADINGS, "{}", rule.info().id);
        }
    }

    #[test]
    fn thresholds_have_a_reason_and_a_source() {
        for rule in rules() {
            for threshold in rule.info().thresholds {
                let is_share =
                    matches!(threshold.default, Quantity::Share(share) if (0.0..=1.0).contains(&share));
                assert!(is_share || !matches!(threshold.default, Quantity::Share(_)), "{}", threshold.name);
                assert!(threshold.reason.len() > 20 && threshold.source.len() > 3, "{}", rule.info().id);
            }
        }
    }

    #[test]
    fn rules_speak_of_rules_that_there_are() {
        for rule in rules() {
            let info = rule.info();
            for other in info.silences.iter().chain(info.parent.iter()) {
                assert!(crate::find_rule(other).is_some(), "{} names {other}", info.id);
            }
        }
    }
}
