//! Patterns in source code whose cost was not seen: no number, no rank, a short list for whoever is there anyway.

use fathom_model::{Estimate, Finding, Grade, Impact, Location, Model, Severity};

use crate::catalog::rules;
use crate::context::Context;

/// More would be a linter.
const MOST: usize = 5;

/// Patterns of the rules in the files that were read, without those on a line of a finding.
pub(crate) fn hygiene(cx: &Context<'_>, findings: &[Finding]) -> Vec<Finding> {
    let mut list = Vec::new();
    for (path, file) in cx.files() {
        for hit in file.hits.iter().filter(|hit| hit.is_certain && hit.loop_depth > 0) {
            let Some(rule) = rules().find(|rule| rule.info().patterns.contains(&hit.pattern)) else {
                continue;
            };
            let info = rule.info();
            let is_on_line = |finding: &&Finding| {
                finding.location.as_ref().is_some_and(|location| {
                    location.file.as_deref() == Some(path)
                        && location.line.is_some_and(|line| hit.lines.first <= line && line <= hit.lines.last)
                })
            };
            if findings.iter().any(|finding| is_on_line(&finding)) || !cx.settings.is_on(info.id) {
                continue;
            }
            let location = Location {
                function: hit.function.clone().unwrap_or_default(),
                file: Some(path.to_owned()),
                line: Some(hit.lines.first),
                module: None,
            };
            list.push(Finding {
                id: String::new(),
                fingerprint: String::new(),
                rule: info.id.to_owned(),
                title: info.summary.to_owned(),
                severity: Severity::Info,
                grade: Grade::E0,
                language: Some(file.language.name().to_owned()),
                impact: Impact::default(),
                estimate: Estimate {
                    model: Model::None,
                    at_most: None,
                    marginal: None,
                    assumptions: Vec::new(),
                },
                location: Some(location),
                also_at: Vec::new(),
                path: Vec::new(),
                evidence: Vec::new(),
                cause: String::new(),
                alternatives: Vec::new(),
                advice: Vec::new(),
                effort: info.effort,
                risk: info.risk,
                verify: String::new(),
                rollback: String::new(),
                degraded_by: Vec::new(),
                overlaps: Vec::new(),
                priority: 0.0,
            });
            if list.len() == MOST {
                return list;
            }
        }
    }
    list
}
