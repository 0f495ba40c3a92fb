//! The options that `run` and `attach` share, and how they become the session's.

use crate::failure::Failure;
use crate::settings::RecordSettings;
use crate::values;
use fathom_collect::guardian::Guardian;
use fathom_model::Signal;
use fathom_session::Options;
use std::fs;
use std::path::{Path, PathBuf};

/// How to record.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct RecordOptions {
    /// CPU samples per second and thread
    ///
    /// From 1 to 10000, default 499. Odd rates do not beat with the timers of programs.
    /// FATHOM_RATE and `rate` of fathom.toml say the same.
    #[arg(long, value_name = "HZ", env = "FATHOM_RATE", hide_env = true, value_parser = values::rate)]
    pub(crate) rate: Option<f64>,

    /// What to record: cpu, off-cpu, task-wait, or several with commas
    ///
    /// `cpu` is where threads run, `off-cpu` where and why they do not, `task-wait` what goroutines and asyncio tasks
    /// wait for. Default: all three.
    /// FATHOM_SIGNAL and `signals` of fathom.toml say the same.
    #[arg(
        long = "signal",
        value_name = "LIST",
        env = "FATHOM_SIGNAL",
        hide_env = true,
        value_delimiter = ',',
        value_parser = values::recorded_signal
    )]
    pub(crate) signals: Vec<Signal>,

    /// Write the recording here
    ///
    /// A `.fathom` file. Default: a file in ./.fathom/, which is created when needed and hides itself from git.
    /// While recording, FILE.part holds what there is so far; `fathom report FILE.part` reads it after a crash.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Leave out the processes that the target starts
    ///
    /// Default: children are recorded, however short they live. FATHOM_CHILDREN=false and `children = false` of
    /// fathom.toml say the same.
    #[arg(long, overrides_with = "children")]
    pub(crate) no_children: bool,

    /// Record children too, whatever the settings say
    #[arg(
        long,
        hide = true,
        value_name = "BOOL",
        env = "FATHOM_CHILDREN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(crate) children: Option<bool>,

    /// Most that the recording may cost the target
    ///
    /// In percent of the target's CPU time, default 1. Fathom measures its cost and lowers its rate before it
    /// exceeds this; the report says when it did. FATHOM_MAX_OVERHEAD and `max-overhead` of fathom.toml say the same.
    #[arg(
        long,
        value_name = "PERCENT",
        env = "FATHOM_MAX_OVERHEAD",
        hide_env = true,
        value_parser = values::percent
    )]
    pub(crate) max_overhead: Option<f64>,

    /// Run nothing inside the target
    ///
    /// Fathom only looks, from outside: no inspector of Node.js is opened, no flight recorder of Java is started, no
    /// library is preloaded, no variable is set. What is not seen then is said in the report. FATHOM_PASSIVE=true and
    /// `passive = true` of fathom.toml say the same.
    #[arg(
        long,
        value_name = "BOOL",
        env = "FATHOM_PASSIVE",
        hide_env = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(crate) passive: Option<bool>,

    /// Write the report as JSON too
    ///
    /// The document of `fathom report --output json`; `-` is stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

impl RecordOptions {
    /// The session's options: flags and variables (clap has put the flag first), then files, then defaults.
    ///
    /// # Errors
    /// The folder of `-o` or `--json` does not exist: better said now than after the recording.
    pub(crate) fn over(&self, settings: &RecordSettings) -> Result<Options, Failure> {
        for path in [&self.output, &self.json].into_iter().flatten() {
            if let Some(folder) =
                path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
            {
                return Err(Failure::new(format!(
                    "cannot write {}: {} is not a directory",
                    path.display(),
                    folder.display()
                ))
                .hint(format!("mkdir -p {}", folder.display())));
            }
        }
        if let Some(output) = &self.output {
            check_output(output)?;
            if self.json.as_ref() == Some(output) {
                return Err(Failure::new(format!(
                    "-o and --json both name {}, and they need two files",
                    output.display()
                )));
            }
        }
        let defaults = Options::default();
        let flags = (!self.signals.is_empty()).then(|| {
            let mut signals = self.signals.clone();
            signals.sort_unstable();
            signals.dedup();
            signals
        });
        let children = if self.no_children { Some(false) } else { self.children };
        Ok(Options {
            rate_hz: self.rate.or(settings.rate).unwrap_or(defaults.rate_hz),
            signals: flags.or_else(|| settings.signals.clone()).unwrap_or(defaults.signals),
            children: children.or(settings.children).unwrap_or(defaults.children),
            max_overhead: self
                .max_overhead
                .or(settings.max_overhead.map(|percent| percent / 100.0))
                .unwrap_or(defaults.max_overhead),
            pprof: None,
            is_passive: self.passive.or(settings.passive).unwrap_or(defaults.is_passive),
            guardian: Some(guardian()),
            output: self.output.clone(),
        })
    }
}

/// A guardian that runs this very program, also if its file has been replaced meanwhile.
fn guardian() -> Guardian {
    Guardian::new(vec!["/proc/self/exe".into(), "guardian".into()])
}

/// A recording is renamed to its name when it is whole, so the name has to be free or a file's: the rename would
/// take the place of a device such as /dev/null, and a directory cannot be replaced.
fn check_output(path: &Path) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Err(Failure::new("a recording cannot go to stdout, needed is the name of a file")
            .hint("fathom run -o x.fathom -- COMMAND"));
    }
    // Not followed: the rename would replace the link, and /dev/stdout is one.
    let found = match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => found,
        _ => return Ok(()),
    };
    let kind = match () {
        () if found.is_dir() => "a directory",
        () if found.is_symlink() => "a symbolic link",
        () => "a device, pipe or socket",
    };
    Err(Failure::new(format!("cannot write {}: it is {kind}, needed is the name of a file", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        options: RecordOptions,
    }

    fn parse(flags: &[&str]) -> RecordOptions {
        Flags::try_parse_from([&["x"], flags].concat()).unwrap().options
    }

    #[test]
    fn flags_stand_above_files_and_files_above_defaults() {
        let settings = RecordSettings {
            rate: Some(99.0),
            signals: Some(vec![Signal::Cpu]),
            children: Some(false),
            max_overhead: Some(2.0),
            passive: Some(true),
        };
        let options = parse(&[]).over(&settings).unwrap();
        assert!(options.is_passive && !parse(&["--passive=false"]).over(&settings).unwrap().is_passive);
        assert_eq!((options.rate_hz, options.children, options.max_overhead), (99.0, false, 0.02));
        assert_eq!(options.signals, [Signal::Cpu]);
        let flags = ["--rate", "199", "--signal", "off-cpu,cpu,cpu", "--children", "--max-overhead", "3%"];
        let options = parse(&flags).over(&settings).unwrap();
        assert_eq!((options.rate_hz, options.children, options.max_overhead), (199.0, true, 0.03));
        assert_eq!(options.signals, [Signal::Cpu, Signal::OffCpu]);
        let options = parse(&[]).over(&RecordSettings::default()).unwrap();
        assert_eq!((options.rate_hz, options.children, options.max_overhead), (499.0, true, 0.01));
    }

    #[test]
    fn the_last_word_on_children_counts() {
        let children = |flags: &[&str]| parse(flags).over(&RecordSettings::default()).unwrap().children;
        assert!(!children(&["--no-children"]));
        assert!(!children(&["--children=false"]));
        assert!(!children(&["--children", "--no-children"]));
    }

    #[test]
    fn only_a_file_can_be_replaced_by_a_recording() {
        for flags in [
            &["-o", "/dev/null"][..],
            &["-o", "/dev/stdout"],
            &["-o", "/"],
            &["-o", "-"],
            &["-o", "x", "--json", "x"],
        ] {
            assert!(parse(flags).over(&RecordSettings::default()).is_err(), "{flags:?}");
        }
    }

    #[test]
    fn a_folder_that_is_missing_is_told_before_recording() {
        assert!(parse(&["-o", "not/there/x.fathom"]).over(&RecordSettings::default()).is_err());
    }
}
