//! Rules as data: `[[rule]]` in `fathom.toml`, functions that may not cost more than a share.

use std::sync::Mutex;

use fathom_model::{Effort, Grade, Risk};

use crate::context::Context;
use crate::costs::cost;
use crate::draft::Draft;
use crate::names::Wild;
use crate::rule::RuleInfo;
use crate::settings::CustomRule;
use crate::words;

/// What the project's own rules find.
pub(crate) fn check(cx: &Context<'_>) -> Vec<(&'static RuleInfo, Draft)> {
    let on = cx.settings.rule.iter().filter(|rule| cx.settings.is_on(&rule.id));
    on.filter_map(|rule| Some((info(rule), found(cx, rule)?))).collect()
}

fn found(cx: &Context<'_>, rule: &CustomRule) -> Option<Draft> {
    let ledger = cx.goal_ledger();
    let ends = matches(cx, &rule.frames);
    let cost = cost(cx, ledger, |at| {
        // The innermost of the rule's functions on the way.
        let mut next = Some(at);
        while let Some(at) = next {
            if ends[at] {
                let function = cx.index.of_frame(cx.recording.stacks.nodes()[at].frame);
                return Some((cx.payer_above(at), function));
            }
            next = cx.parent(at);
        }
        None
    });
    let least = rule.threshold_percent / 100.0;
    (cost.value > 0 && cost.share.low >= least).then(|| {
        let mut draft = match cost.places.first() {
            Some(place) => {
                Draft { claim: cost.claim.clone(), ..Draft::at(place, rule.message.clone(), Grade::E1) }
            }
            None => Draft::of(cost.claim.clone(), rule.message.clone(), Grade::E1),
        };
        draft.also_at = cost.places.into_iter().skip(1).take(5).collect();
        draft.advice.clone_from(&rule.advice);
        let frames = rule.frames.join(" > ");
        draft.cause(format!("`{frames}` takes {}", words::share(cost.share))).evidence(
            "samples",
            format!(
                "{} of {} where the rule allows {} %",
                words::share(cost.share),
                cx.goal.metric,
                rule.threshold_percent
            ),
        )
    })
}

/// For every stack whether a rule's sequence of functions ends in it.
fn matches(cx: &Context<'_>, frames: &[String]) -> Vec<bool> {
    let wild: Vec<Option<Wild<'_>>> =
        frames.iter().map(|frame| (frame != "...").then(|| Wild::of(frame))).collect();
    let nodes = cx.recording.stacks.nodes();
    // Positions of the sequence that a stack has reached, as bits; longer sequences are cut.
    let wild = &wild[..wild.len().min(63)];
    let start = reachable(wild, 1);
    let mut reached = vec![0_u64; nodes.len()];
    let mut ends = vec![false; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let above = cx.parent(at).map_or(0, |parent| reached[parent]) | start;
        let name = cx.plain_name(cx.index.of_frame(node.frame));
        let mut here = 0_u64;
        for (position, pattern) in wild.iter().enumerate().filter(|(position, _)| above >> position & 1 == 1)
        {
            match pattern {
                // Any function, and the gap goes on.
                None => here |= 1 << position,
                Some(pattern) if pattern.is_met(name) => here |= 1 << (position + 1),
                Some(_) => {}
            }
        }
        reached[at] = reachable(wild, here);
        ends[at] = here >> wild.len() & 1 == 1;
    }
    ends
}

/// A gap may be empty.
fn reachable(wild: &[Option<Wild<'_>>], mut positions: u64) -> u64 {
    for (position, pattern) in wild.iter().enumerate() {
        if pattern.is_none() && positions >> position & 1 == 1 {
            positions |= 1 << (position + 1);
        }
    }
    positions
}

/// The description of a rule from settings. Settings live as long as the program, and so do these.
fn info(rule: &CustomRule) -> &'static RuleInfo {
    static KNOWN: Mutex<Vec<&'static RuleInfo>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(info) = known.iter().find(|info| info.id == rule.id) {
        return info;
    }
    let info: &'static RuleInfo = Box::leak(Box::new(RuleInfo {
        id: Box::leak(rule.id.clone().into_boxed_str()),
        summary: "a rule of this project",
        languages: &[],
        needs: &[],
        patterns: &[],
        thresholds: &[],
        silences: &["cpu/hot-function"],
        parent: None,
        versions: "",
        effort: Effort::Medium,
        risk: Risk::Review,
        docs: &[],
    }));
    known.push(info);
    info
}

#[cfg(test)]
mod tests {
    use crate::settings::{CustomRule, Settings};
    use crate::{judge, testing};

    fn titles(frames: &[&str], threshold_percent: f64) -> Vec<String> {
        let rule = CustomRule {
            id: "team/no-pickle".into(),
            frames: frames.iter().map(|frame| (*frame).to_owned()).collect(),
            threshold_percent,
            message: "pickle in a request".into(),
            advice: vec!["use the cache".into()],
        };
        let settings = Settings { rule: vec![rule], ..Settings::default() };
        let recording = fathom_testkit::recording(
            "wall 10s\ncommand ./a\nthread main
            cpu main@a.py:9;handle@a.py:3;load@b.py:2;dumps@pickle.py:1{library} 3s n=1500
            cpu main@a.py:9;other@a.py:5 7s n=3500",
        );
        let judgement = judge(&recording, &testing::no_sources(), &settings);
        judgement
            .findings
            .into_iter()
            .filter(|finding| finding.rule == "team/no-pickle")
            .map(|finding| finding.title)
            .collect()
    }

    #[test]
    fn a_sequence_of_functions_is_found_with_and_without_gaps() {
        assert_eq!(titles(&["dumps"], 20.0).len(), 1);
        assert_eq!(titles(&["handle", "load", "dumps"], 20.0).len(), 1);
        assert_eq!(titles(&["handle", "...", "dumps"], 20.0).len(), 1);
        assert_eq!(titles(&["main", "...", "load", "...", "dum*"], 20.0).len(), 1);
    }

    #[test]
    fn other_orders_and_smaller_costs_are_quiet() {
        assert!(titles(&["handle", "dumps"], 20.0).is_empty());
        assert!(titles(&["dumps", "handle"], 20.0).is_empty());
        assert!(titles(&["dumps"], 31.0).is_empty());
    }
}
