//! Asks the rules and ranks what they found.
//!
//! **Order of work.** Findings are taken greedily by what they add: the part of their claim that no finding before
//! them has claimed, weighed by confidence over effort and risk. The sum of these parts is a union of samples and so an
//! upper bound of what everything together can save (the greedy order for coverage problems: Nemhauser, Wolsey,
//! Fisher, "An analysis of approximations for maximizing submodular set functions", Mathematical Programming 14, 1978).

use std::collections::{BTreeMap, BTreeSet};

use fathom_model::{
    Checked, Effort, Estimate, Finding, Gate, GoalMetric, Grade, Impact, Interval, Judgement, Model,
    Recording, Risk, Roadmap, Severity, Unsure,
};

use crate::around::bound;
use crate::catalog::rules;
use crate::context::Context;
use crate::custom;
use crate::draft::Draft;
use crate::fingerprint::fingerprint;
use crate::gates::gates;
use crate::held::held;
use crate::hygiene::hygiene;
use crate::ledger::{Claim, Ledger};
use crate::rule::{Need, Rule, RuleInfo, Verdict};
use crate::settings::Settings;

/// Findings of one rule that are listed; further places stand with the last of them.
const MOST_OF_ONE_RULE: usize = 3;
/// Below this share of the goal nothing is a finding: it would not be noticed.
const LEAST_SHARE: f64 = 0.01;
/// A general finding whose time a specific one explains to this part says nothing new.
const SILENCED_AT: f64 = 0.5;
/// Confidence lost with each gate that is not met.
const PER_GATE: f64 = 0.8;

/// What a rule found, before it is ranked.
struct Candidate {
    info: &'static RuleInfo,
    draft: Draft,
    metric: GoalMetric,
    impact: Impact,
    severity: Severity,
    confidence: f64,
    /// Claimed value at the lower end of its interval, as a share of the goal.
    least_saving: f64,
    /// The claim with all that may go with it.
    bound: Claim,
    /// Whether the impact is one of the goal, so that claims of other findings can be taken from it.
    is_of_goal: bool,
}

/// What the rules say about a recording. `sources` are texts of source files by the path that frames name.
pub fn judge(recording: &Recording, sources: &BTreeMap<String, String>, settings: &Settings) -> Judgement {
    let cx = Context::new(recording, sources, settings);
    let gates = gates(&cx);
    let mut judgement = Judgement {
        goal: cx.goal.clone(),
        findings: Vec::new(),
        hygiene: Vec::new(),
        checked: Vec::new(),
        not_applicable: Vec::new(),
        unsure: Vec::new(),
        held: held(&cx),
        gates,
        roadmap: Roadmap::default(),
    };
    if let Some(gate) = judgement.gates.iter().find(|gate| gate.blocks) {
        let needs = gate.text.clone();
        judgement.unsure.push(Unsure { rule: "all rules".to_owned(), needs, command: None, signal: None });
        return judgement;
    }
    let mut drafts: Vec<(&'static RuleInfo, Draft)> = Vec::new();
    let mut has_found: BTreeSet<&'static str> = BTreeSet::new();
    let (first, second): (Vec<&dyn Rule>, Vec<&dyn Rule>) =
        rules().partition(|rule| rule.info().parent.is_none());
    for rule in first.into_iter().chain(second) {
        let info = rule.info();
        if !settings.is_on(info.id) {
            let text = "switched off in fathom.toml".to_owned();
            judgement.not_applicable.push(Checked { rule: info.id.to_owned(), text });
            continue;
        }
        match ask(rule, &cx, &has_found) {
            Verdict::Found(found) if found.is_empty() => {
                let text = format!("nothing of it: {}", info.summary);
                judgement.checked.push(Checked { rule: info.id.to_owned(), text });
            }
            Verdict::Found(found) => {
                has_found.insert(info.id);
                drafts.extend(found.into_iter().map(|draft| (info, draft)));
            }
            Verdict::Clear(text) => judgement.checked.push(Checked { rule: info.id.to_owned(), text }),
            Verdict::NotApplicable(text) => {
                judgement.not_applicable.push(Checked { rule: info.id.to_owned(), text });
            }
            Verdict::NeedMore(need) => judgement.unsure.push(Unsure {
                rule: info.id.to_owned(),
                needs: need.to_string(),
                command: command_for(need, recording),
                signal: match need {
                    Need::Signal(signal) => Some(signal),
                    Need::CpuSamples => Some(fathom_model::Signal::Cpu),
                    _ => None,
                },
            }),
        }
    }
    for (info, draft) in custom::check(&cx) {
        drafts.push((info, draft));
    }
    let mut candidates: Vec<Candidate> = drafts
        .into_iter()
        .filter_map(|(info, draft)| candidate(&cx, &judgement.gates, info, draft))
        .collect();
    silence(&cx, &mut candidates);
    judgement.findings = rank(&cx, candidates, &judgement.gates, &mut judgement.roadmap);
    judgement.hygiene = hygiene(&cx, &judgement.findings);
    judgement
}

fn ask(rule: &dyn Rule, cx: &Context<'_>, has_found: &BTreeSet<&str>) -> Verdict {
    let info = rule.info();
    if let Some(parent) = info.parent.filter(|parent| !has_found.contains(parent)) {
        return Verdict::NotApplicable(format!("{parent} found nothing"));
    }
    let present = cx.languages();
    if !info.languages.is_empty() && !info.languages.iter().any(|language| present.contains(language)) {
        let names: Vec<&str> = info.languages.iter().map(|language| language.name()).collect();
        return Verdict::NotApplicable(format!("no code in {}", names.join(", ")));
    }
    if let Some(need) = info.needs.iter().find(|need| !cx.has(**need)) {
        return Verdict::NeedMore(*need);
    }
    rule.check(cx)
}

fn command_for(need: Need, recording: &Recording) -> Option<String> {
    if recording.meta.imported.is_some() {
        return Some("fathom run -- COMMAND".to_owned());
    }
    match need {
        Need::Signal(signal) => Some(format!("fathom run --signal {signal} -- COMMAND")),
        _ => None,
    }
}

fn interval(share: fathom_analysis::Share) -> Interval {
    Interval { point: share.ratio, low: share.low, high: share.high }
}

fn candidate(
    cx: &Context<'_>,
    gates: &[Gate],
    info: &'static RuleInfo,
    mut draft: Draft,
) -> Option<Candidate> {
    let metric = draft.metric.unwrap_or(cx.goal.metric);
    let ledger: &Ledger = if metric == cx.goal.metric { cx.goal_ledger() } else { cx.cpu_ledger() };
    let (value, n) = ledger.sum(&draft.claim);
    let own = Impact { share: interval(ledger.share(value)), value, n };
    let impact = draft.measured.clone().unwrap_or(own);
    let share = impact.share;
    if share.low < LEAST_SHARE && draft.availability.is_none() {
        return None;
    }
    let mut severity = match share.low * draft.removable {
        share if share >= 0.25 => Severity::Critical,
        share if share >= 0.10 => Severity::High,
        share if share >= 0.03 => Severity::Medium,
        share if share >= 0.01 => Severity::Low,
        _ => Severity::Info,
    };
    let mut caps = vec![draft.at_most_severe];
    let has_own_place = draft.place.as_ref().is_some_and(|place| place.is_own);
    if draft.grade <= Grade::E1 && !has_own_place {
        caps.push(Some(Severity::Medium));
    }
    if draft.model == Model::None {
        caps.push(Some(Severity::Low));
    }
    // CPU time that nobody waits for is worth machines, not time.
    if metric != cx.goal.metric && draft.measured.is_none() {
        caps.push(Some(Severity::Medium));
    }
    severity = caps.into_iter().flatten().fold(severity, Severity::min);
    severity = draft.availability.map_or(severity, |least| severity.max(least));
    let certainty = match draft.grade {
        Grade::E0 => 0.1,
        Grade::E1 => 0.5,
        Grade::E2 => 0.75,
        Grade::E3 => 0.9,
        Grade::E4 => 1.0,
    };
    Some(Candidate {
        info,
        metric,
        severity,
        confidence: certainty * PER_GATE.powi(i32::try_from(gates.len()).unwrap_or(8)),
        least_saving: share.low * draft.removable,
        is_of_goal: metric == cx.goal.metric && draft.measured.is_none(),
        bound: bound(cx, info, &mut draft),
        impact,
        draft,
    })
}

/// Drops general findings whose time specific ones explain.
fn silence(cx: &Context<'_>, candidates: &mut Vec<Candidate>) {
    let explained: Vec<bool> = candidates
        .iter()
        .map(|general| {
            let mut specific = Claim::empty(cx.recording.stacks.nodes().len());
            candidates
                .iter()
                .filter(|other| other.info.silences.contains(&general.info.id))
                .for_each(|other| specific.join(&other.draft.claim));
            let ledger = if general.metric == cx.goal.metric { cx.goal_ledger() } else { cx.cpu_ledger() };
            let rest = ledger.sum_outside(&general.draft.claim, &specific);
            let whole = ledger.sum(&general.draft.claim).0;
            whole > 0 && (rest as f64) < whole as f64 * (1.0 - SILENCED_AT)
        })
        .collect();
    let mut explained = explained.into_iter();
    candidates.retain(|_| !explained.next().unwrap_or(false));
}

fn weight(candidate: &Candidate) -> f64 {
    let effort = match candidate.draft.effort.unwrap_or(candidate.info.effort) {
        Effort::Small => 1.0,
        Effort::Medium => 2.0,
        Effort::Large => 4.0,
        Effort::Architecture => 8.0,
    };
    let risk = match candidate.draft.risk.unwrap_or(candidate.info.risk) {
        Risk::Low => 1.0,
        Risk::Review => 1.25,
        Risk::Semantics => 1.6,
    };
    candidate.confidence / (effort * risk)
}

fn rank(cx: &Context<'_>, candidates: Vec<Candidate>, gates: &[Gate], roadmap: &mut Roadmap) -> Vec<Finding> {
    let mut rest = fold_places(candidates);
    let mut claimed = Claim::empty(cx.recording.stacks.nodes().len());
    let mut bounded = claimed.clone();
    let mut at_most = 0_i64;
    let mut taken: Vec<(Candidate, f64, f64)> = Vec::new();
    while !rest.is_empty() {
        let added: Vec<f64> = rest.iter().map(|candidate| marginal(cx, candidate, &claimed)).collect();
        // The order of the catalogue breaks ties.
        let best = (0..rest.len())
            .reduce(|best, at| {
                let of = |at: usize| (rest[at].severity, added[at] * weight(&rest[at]));
                if of(at) > of(best) { at } else { best }
            })
            .unwrap_or(0);
        let candidate = rest.remove(best);
        let added = added[best];
        if candidate.is_of_goal && candidate.draft.model != Model::None {
            let value = cx.goal_ledger().sum_outside(&candidate.bound, &bounded);
            at_most = at_most.saturating_add((value as f64 * candidate.draft.removable) as i64);
            bounded.join(&candidate.bound);
            claimed.join(&candidate.draft.claim);
        }
        let priority = added * weight(&candidate);
        taken.push((candidate, added, priority));
    }
    roadmap.at_most = (at_most > 0).then(|| interval(cx.goal_ledger().share(at_most)));
    let findings: Vec<Finding> = (0..taken.len()).map(|at| finding(cx, gates, &taken, at)).collect();
    for finding in &findings {
        let list = match finding.effort {
            Effort::Small => &mut roadmap.quick,
            Effort::Medium => &mut roadmap.medium,
            Effort::Large | Effort::Architecture => &mut roadmap.architectural,
        };
        list.push(finding.id.clone());
    }
    findings
}

fn marginal(cx: &Context<'_>, candidate: &Candidate, claimed: &Claim) -> f64 {
    if !candidate.is_of_goal {
        return candidate.least_saving;
    }
    let rest = cx.goal_ledger().sum_outside(&candidate.draft.claim, claimed);
    rest as f64 / candidate.impact.value.max(1) as f64 * candidate.least_saving
}

/// Of many places of one rule the costliest stay findings; the rest stands with the last of them.
fn fold_places(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let same = kept.iter().filter(|known| known.info.id == candidate.info.id).count();
        if same < MOST_OF_ONE_RULE {
            kept.push(candidate);
        } else if let Some(last) = kept.iter_mut().rev().find(|known| known.info.id == candidate.info.id) {
            last.draft.also_at.extend(candidate.draft.place);
        }
    }
    kept
}

fn finding(cx: &Context<'_>, gates: &[Gate], taken: &[(Candidate, f64, f64)], at: usize) -> Finding {
    let (candidate, added, priority) = &taken[at];
    let Candidate { info, draft, metric, impact, severity, is_of_goal, .. } = candidate;
    let overlaps = taken.iter().enumerate().filter(|(other, (candidate, ..))| {
        *other != at && draft.claim.stacks().any(|stack| candidate.draft.claim.has(stack) && worth(cx, stack))
    });
    let share = if draft.measured.is_some() {
        impact.share
    } else {
        let ledger = if *metric == cx.goal.metric { cx.goal_ledger() } else { cx.cpu_ledger() };
        interval(ledger.share(ledger.sum(&candidate.bound).0))
    };
    let at_most = (draft.model != Model::None).then_some(Interval {
        point: share.point * draft.removable,
        low: share.low * draft.removable,
        high: share.high * draft.removable,
    });
    let mut assumptions = draft.assumptions.clone();
    let counts_for_goal = *is_of_goal || draft.measured.is_some();
    if !counts_for_goal {
        assumptions.push(format!("the share is one of {metric}; nobody is known to wait for it"));
    }
    let place = draft.place.as_ref();
    let step = |place: &crate::place::Place| fathom_model::PathStep {
        location: place.location.clone(),
        share: if impact.value > 0 { place.value as f64 / impact.value as f64 } else { 0.0 },
    };
    Finding {
        id: format!("F-{:03}", at + 1),
        fingerprint: fingerprint(info.id, place, &draft.subject),
        rule: info.id.to_owned(),
        title: draft.title.clone(),
        severity: *severity,
        grade: draft.grade,
        language: place.and_then(|place| place.language).map(|language| language.name().to_owned()),
        impact: impact.clone(),
        estimate: Estimate {
            model: if counts_for_goal { draft.model } else { Model::Capacity },
            at_most,
            marginal: (*is_of_goal && draft.model != Model::None).then_some(*added),
            assumptions,
        },
        location: place.map(|place| place.location.clone()),
        also_at: draft.also_at.iter().map(step).collect(),
        path: place.map(|place| place.path.clone()).unwrap_or_default(),
        evidence: draft.evidence.clone(),
        cause: by_grade(draft.grade, &draft.cause),
        alternatives: draft.alternatives.clone(),
        advice: draft.advice.clone(),
        effort: draft.effort.unwrap_or(info.effort),
        risk: draft.risk.unwrap_or(info.risk),
        verify: verify(cx),
        rollback: "revert the change: nothing but the code differs".to_owned(),
        degraded_by: gates.iter().map(|gate| gate.id.clone()).collect(),
        overlaps: overlaps.map(|(other, _)| format!("F-{:03}", other + 1)).collect(),
        priority: *priority,
    }
}

fn worth(cx: &Context<'_>, stack: usize) -> bool {
    cx.goal_ledger().values.get(stack).is_some_and(|value| *value > 0)
}

/// The cause, as sure as the evidence is. The grade decides the words; no rule can claim more.
fn by_grade(grade: Grade, clause: &str) -> String {
    let start = match grade {
        Grade::E0 => "Possible",
        Grade::E1 => "Likely",
        Grade::E2 => "Seen at work",
        Grade::E3 => "Shown by experiment",
        Grade::E4 => "Measured before and after",
    };
    format!("{start}: {clause}.")
}

fn verify(cx: &Context<'_>) -> String {
    let command = &cx.recording.meta.target.command;
    if command.is_empty() {
        return "fathom diff @prev @last (after recording again in the same way)".to_owned();
    }
    format!("fathom run -- {}; fathom diff @prev @last", crate::words::command(command))
}
