//! `fathom doctor`: what can be measured here, what cannot, why, and the command that changes it.

use crate::destination;
use crate::failure::Failure;
use crate::screen::Screen;
use fathom_collect::collector::{Readiness, Rung};
use fathom_session::CollectorReport;
use serde::Serialize;
use std::fmt::Write;
use std::process::ExitCode;

/// Version of the JSON that `--json` prints.
const JSON_VERSION: u32 = 1;

/// Say what can be measured here, and what would unlock more
///
/// Every way of measuring is tried, best first. For each that does not work: what was found, what is needed, and
/// the command that changes it. The first that is ready is the one a recording uses.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom doctor
  sudo fathom doctor
  fathom doctor --json | jq '.collectors[].uses'")]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Tries everything and prints the answers. Missing capabilities are answers, not errors.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let reports = fathom_session::doctor();
        let text = if self.json { json(&reports)? } else { text(&reports, &Screen::stdout()) };
        destination::print(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Serialize)]
struct DoctorJson<'a> {
    version: u32,
    collectors: Vec<CollectorJson<'a>>,
}

#[derive(Serialize)]
struct CollectorJson<'a> {
    id: &'a str,
    summary: &'a str,
    overhead: &'a str,
    /// The rung a recording uses.
    uses: Option<&'a str>,
    rungs: Vec<RungJson<'a>>,
}

#[derive(Serialize)]
struct RungJson<'a> {
    name: &'a str,
    gives: &'a str,
    ready: bool,
    found: Option<&'a str>,
    needed: Option<&'a str>,
    fix: Option<&'a str>,
}

fn json(reports: &[CollectorReport]) -> Result<String, Failure> {
    let collectors = reports
        .iter()
        .map(|report| CollectorJson {
            id: report.id,
            summary: report.summary,
            overhead: report.overhead,
            uses: used(&report.rungs).map(|rung| rung.name),
            rungs: report.rungs.iter().map(rung_json).collect(),
        })
        .collect();
    serde_json::to_string_pretty(&DoctorJson { version: JSON_VERSION, collectors })
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))
}

fn rung_json(rung: &Rung) -> RungJson<'_> {
    let missing = match &rung.readiness {
        Readiness::Ready => None,
        Readiness::Missing { found, needed, fix } => Some((found.as_str(), needed.as_str(), fix.as_str())),
    };
    RungJson {
        name: rung.name,
        gives: rung.gives,
        ready: rung.is_ready(),
        found: missing.map(|(found, _, _)| found),
        needed: missing.map(|(_, needed, _)| needed),
        fix: missing.map(|(_, _, fix)| fix),
    }
}

fn used(rungs: &[Rung]) -> Option<&Rung> {
    rungs.iter().find(|rung| rung.is_ready())
}

fn text(reports: &[CollectorReport], screen: &Screen) -> String {
    let paint = |code: &str, text: &str| {
        if screen.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let width =
        reports.iter().flat_map(|report| &report.rungs).map(|rung| rung.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for report in reports {
        let _ = writeln!(text, "{}: {}", paint("1", report.id), report.summary);
        let used = used(&report.rungs);
        for rung in &report.rungs {
            let (code, word) = match &rung.readiness {
                Readiness::Ready if used.is_some_and(|used| used.name == rung.name) => ("1;32", "used   "),
                Readiness::Ready => ("32", "ready  "),
                Readiness::Missing { .. } => ("33", "missing"),
            };
            let _ = writeln!(text, "  {} {:width$}  {}", paint(code, word), rung.name, rung.gives);
            if let Readiness::Missing { found, needed, fix } = &rung.readiness {
                for (label, value) in [("found", found), ("needed", needed), ("fix", fix)] {
                    if !value.is_empty() {
                        let _ = writeln!(text, "          {label:<6}  {value}");
                    }
                }
            }
        }
        if used.is_none() {
            let _ = writeln!(text, "  {}", paint("1;31", "cannot be measured here"));
        }
        let _ = writeln!(text, "  cost    {}\n", report.overhead);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports() -> Vec<CollectorReport> {
        let missing = Readiness::Missing {
            found: "perf_event_paranoid is 3".into(),
            needed: "2 or less".into(),
            fix: "sudo sysctl kernel.perf_event_paranoid=2".into(),
        };
        vec![CollectorReport {
            id: "cpu",
            summary: "where threads run",
            overhead: "5 us a sample",
            rungs: vec![
                Rung { name: "perf", gives: "user stacks", readiness: missing },
                Rung { name: "timers", gives: "user stacks at launch", readiness: Readiness::Ready },
            ],
        }]
    }

    #[test]
    fn the_text_says_what_is_used_and_what_unlocks_more() {
        let expected = "\
cpu: where threads run
  missing perf    user stacks
          found   perf_event_paranoid is 3
          needed  2 or less
          fix     sudo sysctl kernel.perf_event_paranoid=2
  used    timers  user stacks at launch
  cost    5 us a sample
";
        assert_eq!(text(&reports(), &Screen::file()), expected);
    }

    #[test]
    fn the_json_says_the_same() {
        let value: serde_json::Value = serde_json::from_str(&json(&reports()).unwrap()).unwrap();
        let collector = &value["collectors"][0];
        assert_eq!(collector["uses"], "timers");
        assert_eq!(collector["rungs"][0]["fix"], "sudo sysctl kernel.perf_event_paranoid=2");
        assert_eq!(collector["rungs"][1]["ready"], true);
    }
}
