//! Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code hosts and editors.
//!
//! Fingerprints hold no line numbers and no shares, so that an alert stays the same alert while the code around it
//! moves. Grade and severity map to `kind` and `level`; what rules checked and found fine is left out, what could not
//! be looked at is a notification, because a run that could not look is no pass.

use fathom_model::{Finding, Grade, Judgement, Location, Recording, Severity};
use serde_json::{Value, json};

use crate::output::{Options, Output};
use crate::text::{plain, worth_text};

/// Code hosts keep some thousands; whoever has more than this has to begin somewhere.
const MOST_RESULTS: usize = 200;

/// The `sarif` output.
pub(crate) struct Sarif;

impl Output for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn extension(&self) -> &'static str {
        "sarif"
    }

    fn summary(&self) -> &'static str {
        "the findings for code hosts and editors (SARIF 2.1.0)"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let document = document(recording, options);
        // Only maps with keys that are no strings make this fail, and the document has none.
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn document(recording: &Recording, options: &Options) -> Value {
    let judgement = options.judgement.as_ref();
    let findings = judgement.map_or(&[][..], |judgement| &judgement.findings);
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let root = recording.meta.target.working_directory.as_deref();
    let results: Vec<Value> =
        findings.iter().take(MOST_RESULTS).map(|finding| result(judgement, finding, &rules, root)).collect();
    let notifications: Vec<Value> = judgement.map(notifications).unwrap_or_default();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Fathom",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "automationDetails": { "id": format!("performance/{}/", workload(recording)) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": {
                "description": { "text": "The directory that the program was started in" },
            }},
            "results": results,
        }],
    })
}

/// One workload's alerts do not close another's.
fn workload(recording: &Recording) -> String {
    let first = recording.meta.target.command.first().map_or("attached", String::as_str);
    uri_part(first.rsplit('/').next().unwrap_or(first))
}

fn rule(id: &str) -> Value {
    json!({
        "id": id,
        "name": id.split('/').next_back().unwrap_or(id),
        "help": { "text": format!("fathom explain {id}") },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": ["performance", id.split('/').next().unwrap_or(id)] },
    })
}

fn result(judgement: Option<&Judgement>, finding: &Finding, rules: &[&str], root: Option<&str>) -> Value {
    let worth = judgement.map(|judgement| worth_text(judgement, finding)).unwrap_or_default();
    let advice = finding.advice.first().map(|advice| format!(" Next: {advice}.")).unwrap_or_default();
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.binary_search(&finding.rule.as_str()).unwrap_or(0),
        "kind": if finding.grade >= Grade::E2 { "fail" } else { "review" },
        "level": level(finding),
        "rank": (finding.priority * 100.0).clamp(0.0, 100.0),
        "message": { "text": plain(&format!("{}: {worth}. {}{advice}", finding.title, finding.cause)) },
        "partialFingerprints": { "fathomFinding/v1": finding.fingerprint },
        "properties": {
            "severity": finding.severity,
            "grade": finding.grade,
            "impact": finding.impact,
            "estimate": finding.estimate,
        },
    });
    if let Some(location) = &finding.location {
        result["locations"] = json!([physical(location, root)]);
    }
    let related: Vec<Value> = finding.also_at.iter().map(|step| physical(&step.location, root)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if finding.path.len() > 1 {
        // SARIF's stacks begin with the innermost call.
        let frames =
            finding.path.iter().rev().map(|step| json!({ "location": physical(&step.location, root) }));
        result["stacks"] = json!([{
            "message": { "text": "how the program gets there" },
            "frames": frames.collect::<Vec<_>>(),
        }]);
    }
    // `level` says something of failures only (section 3.27.10).
    if finding.grade < Grade::E2 {
        result["level"] = json!("none");
    }
    result
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn physical(location: &Location, root: Option<&str>) -> Value {
    let mut out = json!({
        "logicalLocations": [{ "fullyQualifiedName": plain(&location.function), "kind": "function" }],
    });
    if let Some(file) = &location.file {
        let inside = root.and_then(|root| file.strip_prefix(root)).map(|rest| rest.trim_start_matches('/'));
        let artifact = match inside {
            Some(path) => json!({ "uri": uri(path), "uriBaseId": "SRCROOT" }),
            None if file.starts_with('/') => json!({ "uri": format!("file://{}", uri(file)) }),
            None => json!({ "uri": uri(file), "uriBaseId": "SRCROOT" }),
        };
        let mut place = json!({ "artifactLocation": artifact });
        if let Some(line) = location.line.filter(|line| *line > 0) {
            place["region"] = json!({ "startLine": line });
        }
        out["physicalLocation"] = place;
    }
    out
}

/// A path as a URI reference: RFC 3986 leaves letters, digits and a few signs as they are.
fn uri(path: &str) -> String {
    path.split('/').map(uri_part).collect::<Vec<_>>().join("/")
}

fn uri_part(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn notifications(judgement: &Judgement) -> Vec<Value> {
    let gates = judgement.gates.iter().map(|gate| {
        let level = if gate.blocks { "error" } else { "warning" };
        json!({ "level": level, "descriptor": { "id": gate.id }, "message": { "text": plain(&gate.text) } })
    });
    let unsure = judgement.unsure.iter().map(|row| {
        let text = format!("{} needs {}", row.rule, row.needs);
        json!({ "level": "note", "descriptor": { "id": "needs-more" }, "message": { "text": plain(&text) } })
    });
    gates.chain(unsure).collect()
}
