//! `fathom attach PID...`: profile running processes for a while and let them go.

use super::summary;
use crate::destination;
use crate::failure::Failure;
use crate::record_options::RecordOptions;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::talk::{self, Teller};
use crate::values;
use fathom_collect::catalog::PprofAsk;
use fathom_model::Pid;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Profile running processes
///
/// Records until the time is over, the processes have ended, or Ctrl-C, detaches cleanly, and prints a summary.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom attach 4711 -d 30s
  fathom attach --name postgres -d 1m --signal off-cpu
  fathom attach 4711 -d 30s --pprof
  fathom attach $(pgrep -f worker) -o workers.fathom")]
pub(crate) struct Attach {
    /// Processes to profile
    #[arg(value_name = "PID", required_unless_present = "name", value_parser = values::pid)]
    pids: Vec<Pid>,

    /// All processes with this name (as in `ps -e`)
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,

    /// How long: 500ms, 30s, 2m, 1h; default: until the end or Ctrl-C
    ///
    /// A bare number is seconds.
    #[arg(short, long, value_name = "TIME", value_parser = values::duration)]
    duration: Option<Duration>,

    /// Ask Go programs for profiles of themselves
    ///
    /// Heap, allocations, contended locks, waits and number of goroutines, of programs that serve net/http/pprof: at
    /// their own ports on this machine, or at URL. They are asked at the start and at the end, which makes them work a
    /// little and may leave a line in their log; without this flag nothing is asked.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", value_parser = values::profiles)]
    pprof: Option<PprofAsk>,

    #[command(flatten)]
    record: RecordOptions,
}

impl Attach {
    /// Records and prints the summary (or, with `--json -`, the JSON report) on stdout.
    ///
    /// # Errors
    /// No process has the name, or settings or recording failed.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let settings = Settings::load()?;
        let mut options = self.record.over(&settings.record)?;
        options.pprof.clone_from(&self.pprof);
        let pids = all_pids(&self.pids, &self.name)?;
        let mut teller = Teller::talking(self.opening(&pids));
        let finished =
            fathom_session::attach(&pids, self.duration, &options, &mut |progress| teller.hear(&progress));
        teller.finish();
        let finished = finished?;
        talk::issues(&finished.issues);
        let (judgement, _) = fathom_session::judge(&finished.recording, &settings.of_rules());
        if let Some(path) = &self.record.json {
            summary::write_json(&finished, &judgement, path)?;
        }
        if self.record.json.as_deref() != Some(Path::new("-")) {
            let text =
                summary::render(&finished, &judgement, self.record.output.as_deref(), &Screen::stdout())?;
            destination::print(text.as_bytes())?;
        }
        talk::say(&summary::kept(&finished));
        Ok(ExitCode::SUCCESS)
    }

    fn opening(&self, pids: &[Pid]) -> String {
        let (noun, end) = if pids.len() == 1 { ("process", "it ends") } else { ("processes", "they end") };
        let list = pids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let until = match self.duration {
            Some(duration) => format!("for {duration:?}"),
            None => format!("until {end}"),
        };
        format!("recording {noun} {list} {until}; Ctrl-C stops early and still reports")
    }
}

/// The processes given by number and by name.
///
/// # Errors
/// No process has one of the names.
pub(super) fn all_pids(pids: &[Pid], names: &[String]) -> Result<Vec<Pid>, Failure> {
    let mut pids = pids.to_vec();
    for name in names {
        let found = fathom_session::find_processes(name);
        if found.is_empty() {
            let hint = format!("pgrep -a {}", summary::shell_word(name));
            return Err(Failure::new(format!("no process is named `{name}`")).hint(hint));
        }
        pids.extend(found);
    }
    pids.sort_unstable();
    pids.dedup();
    Ok(pids)
}
