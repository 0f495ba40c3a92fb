//! `fathom run -- CMD`: profile a command from start to end and end as it ended.

use super::summary;
use crate::ending;
use crate::failure::Failure;
use crate::record_options::RecordOptions;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::talk::{self, Teller};
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

    /// The command and its arguments
    #[arg(value_name = "CMD", required = true, trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

impl Run {
    /// Records; the exit code is the command's.
    ///
    /// # Errors
    /// Settings, launch or recording failed. A report that cannot be written is said, but does not hide the
    /// command's status.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let settings = Settings::load().map_err(Failure::of_run)?;
        let options = self.record.over(&settings.record).map_err(Failure::of_run)?;
        let mut teller = Teller::silent();
        let finished = fathom_session::run(&self.command, &options, &mut |progress| teller.hear(&progress));
        teller.finish();
        let finished = finished.map_err(|error| Failure::of_launch(&error))?;
        talk::issues(&finished.issues);
        let (judgement, _) = fathom_session::judge(&finished.recording, &settings.of_rules());
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
}

/// The code a shell would show for a status of wait(2).
fn exit_code(wait_status: Option<i32>) -> ExitCode {
    let Some(raw) = wait_status else { return ExitCode::SUCCESS };
    let status = ExitStatus::from_raw(raw);
    let code = status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or_default();
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}
