//! `fathom run -- CMD`: profile a command from start to end and end as it ended.

use super::summary;
use crate::ending;
use crate::failure::Failure;
use crate::record_options::RecordOptions;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::talk::{self, Teller};
use crate::values;
use fathom_model::Judgement;
use fathom_session::{Finished, Options};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};

/// Profile a command from start to end
///
/// The command runs once, with its own input, output and signals. Children are recorded too. When it has ended, a
/// summary is printed on stderr and the recording is kept.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Exit status: the command's own; 128+N if signal N ended it; 125 if Fathom failed, 126 if the command \
cannot be executed, 127 if it was not found.

Examples:
  fathom run -- ./server --port 8080
  fathom run --signal cpu --rate 999 -o build.fathom -- cargo build
  fathom run --json report.json -- python3 script.py")]
pub(crate) struct Run {
    #[command(flatten)]
    record: RecordOptions,

    /// Run the command again if the first run leaves questions open
    ///
    /// The second run records what rules asked for, and more samples if there were too few; it may cost up to 5 % of
    /// the command's CPU time. Fathom says so before it starts. For commands that may run twice.
    #[arg(long)]
    deep: bool,

    /// The command and its arguments
    #[arg(value_name = "CMD", required = true, trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

/// A prime near the highest rate that common kernels allow.
const DEEP_RATE_HZ: f64 = 4_999.0;
/// A second run is for answers, not for production.
const DEEP_OVERHEAD: f64 = 0.05;

impl Run {
    /// Records; the exit code is the command's.
    ///
    /// # Errors
    /// Settings, launch or recording failed. A report that cannot be written is said, but does not hide the
    /// command's status.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let settings = Settings::load().map_err(Failure::of_run)?;
        let options = self.record.over(&settings.record).map_err(Failure::of_run)?;
        let rules = settings.of_rules();
        let first = if self.deep { Options { output: None, ..options.clone() } } else { options.clone() };
        let mut finished = self.record(&first)?;
        let (mut judgement, _) = fathom_session::judge(&finished.recording, &rules);
        if self.deep {
            match deeper(&options, &judgement) {
                Some((deeper, why)) => {
                    talk::note(&format!("running it again {why} (--deep)"));
                    finished = self.record(&deeper)?;
                    judgement = fathom_session::judge(&finished.recording, &rules).0;
                }
                None => talk::note("--deep: the first run left no question that a second one answers"),
            }
        }
        let summary =
            summary::render(&finished, &judgement, self.record.output.as_deref(), &Screen::stderr());
        let json = self
            .record
            .json
            .as_deref()
            .map_or(Ok(()), |path| summary::write_json(&finished, &judgement, path));
        match summary {
            Ok(text) => {
                if Screen::stderr().is_terminal {
                    talk::say("");
                }
                talk::say(text.trim_end());
                talk::say(&summary::kept(&finished));
            }
            Err(failure) => {
                ending::end(failure);
            }
        }
        match json {
            Ok(()) | Err(Failure::BrokenPipe) => {}
            Err(failure) => return Err(failure.of_run()),
        }
        Ok(exit_code(finished.wait_status))
    }

    fn record(&self, options: &Options) -> Result<Finished, Failure> {
        let mut teller = Teller::silent();
        let finished = fathom_session::run(&self.command, options, &mut |progress| teller.hear(&progress));
        teller.finish();
        let finished = finished.map_err(|error| Failure::of_launch(&error))?;
        talk::issues(&finished.issues);
        Ok(finished)
    }
}

/// The settings of a second run that answers what the first left open, and why in words; `None` if none would.
fn deeper(options: &Options, judgement: &Judgement) -> Option<(Options, String)> {
    let mut deeper = options.clone();
    let mut why = Vec::new();
    let asked = judgement.unsure.iter().filter_map(|row| row.signal);
    for signal in asked.filter(|signal| values::recorded_signal(signal.as_str()).is_ok()) {
        if !deeper.signals.contains(&signal) {
            deeper.signals.push(signal);
            why.push(format!("with {signal}"));
        }
    }
    if judgement.gates.iter().any(|gate| gate.id == "few-samples") && options.rate_hz < DEEP_RATE_HZ {
        deeper.rate_hz = DEEP_RATE_HZ;
        why.push(format!("at {DEEP_RATE_HZ:.0} Hz"));
    }
    deeper.max_overhead = options.max_overhead.max(DEEP_OVERHEAD);
    (!why.is_empty()).then(|| (deeper, why.join(" and ")))
}

/// The code a shell would show for a status of wait(2).
fn exit_code(wait_status: Option<i32>) -> ExitCode {
    let Some(raw) = wait_status else { return ExitCode::SUCCESS };
    let status = ExitStatus::from_raw(raw);
    let code = status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or_default();
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{Gate, Goal, GoalMetric, Roadmap, Signal, Unsure};

    fn judgement(signal: Option<Signal>, gate: &str) -> Judgement {
        let unsure = Unsure { rule: "a/b".into(), needs: String::new(), command: None, signal };
        Judgement {
            goal: Goal { metric: GoalMetric::Wall, value: 1, why: String::new() },
            findings: Vec::new(),
            hygiene: Vec::new(),
            checked: Vec::new(),
            not_applicable: Vec::new(),
            unsure: vec![unsure],
            gates: vec![Gate { id: gate.into(), text: String::new(), blocks: false }],
            held: Vec::new(),
            roadmap: Roadmap::default(),
        }
    }

    #[test]
    fn a_second_run_records_what_was_asked_for() {
        let options = Options { signals: vec![Signal::Cpu], ..Options::default() };
        let (deeper, why) = super::deeper(&options, &judgement(Some(Signal::OffCpu), "few-samples")).unwrap();
        assert_eq!((deeper.signals, deeper.rate_hz), (vec![Signal::Cpu, Signal::OffCpu], DEEP_RATE_HZ));
        assert_eq!(why, "with off-cpu and at 4999 Hz");
    }

    #[test]
    fn nothing_runs_twice_for_nothing() {
        let options = Options::default();
        assert!(super::deeper(&options, &judgement(Some(Signal::OffCpu), "lost")).is_none());
        assert!(super::deeper(&options, &judgement(None, "lost")).is_none());
    }
}
