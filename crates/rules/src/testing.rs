//! For tests of rules: what one rule says about a profile of a few lines, and about the example in its documentation.

use std::collections::{BTreeMap, BTreeSet};

use fathom_model::{Finding, Judgement};

use crate::rule::Rule;
use crate::settings::Settings;

/// No source at all.
pub(crate) fn no_sources() -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// What all rules say about a profile and some sources `(path, text)`.
pub(crate) fn judgement(profile: &str, sources: &[(&str, &str)]) -> Judgement {
    let recording = fathom_testkit::recording(profile);
    let sources = sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    crate::judge(&recording, &sources, &Settings::default())
}

/// The findings of one rule on a profile.
pub(crate) fn findings(rule: &dyn Rule, profile: &str, sources: &[(&str, &str)]) -> Vec<Finding> {
    let all = judgement(profile, sources).findings;
    all.into_iter().filter(|finding| finding.rule == rule.info().id).collect()
}

/// Where a rule that found nothing stands: `checked`, `not applicable`, `unsure`, or `found`.
pub(crate) fn standing(rule: &dyn Rule, profile: &str, sources: &[(&str, &str)]) -> &'static str {
    let judgement = judgement(profile, sources);
    let id = rule.info().id;
    let all: BTreeSet<&str> = judgement.findings.iter().map(|finding| finding.rule.as_str()).collect();
    match () {
        () if all.contains(id) => "found",
        () if judgement.checked.iter().any(|row| row.rule == id) => "checked",
        () if judgement.not_applicable.iter().any(|row| row.rule == id) => "not applicable",
        () if judgement.unsure.iter().any(|row| row.rule == id || row.rule == "all rules") => "unsure",
        () => "silent",
    }
}

/// The findings of a rule on the example in its documentation.
pub(crate) fn on_example(rule: &dyn Rule) -> Vec<Finding> {
    let example = crate::example(rule.info());
    let sources: Vec<(&str, &str)> =
        example.sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    findings(rule, &example.profile, &sources)
}
