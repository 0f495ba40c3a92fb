//! Time from the end of a recording to the printed report, with a cold and a warm symbol cache, beside perf.
//!
//! The program is Rust with full debug information, fat LTO and deep inlining: the hard case for line tables.

use super::launch::Launch;
use super::table::Table;
use super::tools::{Place, Tools, machine, perf_record, truth_of, with_truth};
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Targets in seconds.
const MAX_COLD_SECONDS: f64 = 2.0;
const MAX_WARM_SECONDS: f64 = 0.5;

/// Arguments of `bench report-time`.
#[derive(clap::Args)]
pub(crate) struct ReportTime {
    #[command(flatten)]
    place: Place,
    /// Length of each recording.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    seconds: f64,
    /// Samples per second and thread.
    #[arg(long, value_name = "HZ", default_value_t = 999)]
    rate: u32,
    /// Longest time that `perf script` is waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    perf_limit: u64,
    /// 5 s recordings: shows that everything runs.
    #[arg(long)]
    quick: bool,
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
}

impl ReportTime {
    /// Measures and writes `report-time.md`.
    ///
    /// # Errors
    /// A tool fails, or with `--check` a target is missed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let seconds = if self.quick { 5.0 } else { self.seconds };
        let folder = tools.folder("report_time")?;
        let cache = folder.join("cache");
        let target: [OsString; 2] = [tools.program("dwarf_heavy"), seconds.to_string().into()];
        eprintln!("recording with a cold cache ...");
        let cold_end = self.end_of_run(&tools, &folder, &cache, &target, seconds)?;
        eprintln!("recording with a warm cache ...");
        let warm_end = self.end_of_run(&tools, &folder, &cache, &target, seconds)?;
        let warm_report = report(&tools, &folder, &cache)?;
        std::fs::remove_dir_all(&cache).ok();
        let cold_report = report(&tools, &folder, &cache)?;
        eprintln!("recording with perf ...");
        let words = perf_record(Some("dwarf"), self.rate).into_iter().chain(target);
        with_truth(Launch::new(words, &folder)).run()?;
        let with_inlines = self.perf_script(&folder, &[]);
        let without_inlines = self.perf_script(&folder, &["--no-inline"]);

        let mut table = Table::new(&["what", "seconds"]);
        let mut row = |what: &str, time: String| table.row([what.to_owned(), time]);
        let text = |time: Duration| format!("{:.2}", time.as_secs_f64());
        row("end of target to end of `fathom run` with its summary, cold cache", text(cold_end));
        row("the same, warm cache", text(warm_end));
        row("`fathom report`, cold cache", text(cold_report));
        row("`fathom report`, warm cache", text(warm_report));
        let limit = || format!("more than {}", self.perf_limit);
        row("`perf script`", with_inlines.map_or_else(|_| limit(), text));
        row("`perf script --no-inline`", without_inlines.map_or_else(|_| limit(), text));
        let mut misses = Vec::new();
        for (what, time, bound) in [
            ("summary, cold cache", cold_end, MAX_COLD_SECONDS),
            ("report, cold cache", cold_report, MAX_COLD_SECONDS),
            ("summary, warm cache", warm_end, MAX_WARM_SECONDS),
            ("report, warm cache", warm_report, MAX_WARM_SECONDS),
        ] {
            if time.as_secs_f64() > bound {
                misses.push(format!(
                    "- missed: {what} takes {:.2} s, more than {bound} s\n",
                    time.as_secs_f64()
                ));
            }
        }
        let verdict = if misses.is_empty() { "All targets are met.\n".to_owned() } else { misses.concat() };
        let document = format!(
            "# Time to the report\n\n{}\n\n`cargo xtask bench report-time --seconds {seconds} --rate {}`: `dwarf_heavy` (Rust, four \
             threads, `debug = 2`, fat LTO). Targets: 2 s with a cold symbol cache, 0.5 s with a warm one.\n\n{}\n## Verdict\n\n{verdict}",
            machine(),
            self.rate,
            table.markdown(),
        );
        tools.write("report-time.md", &document)?;
        if self.check && !misses.is_empty() {
            bail!("{} targets are missed", misses.len());
        }
        Ok(())
    }

    /// Time from the target's end, by its own clock, to the end of `fathom run`.
    fn end_of_run(
        &self,
        tools: &Tools,
        folder: &Path,
        cache: &Path,
        target: &[OsString],
        seconds: f64,
    ) -> Result<Duration> {
        // At its own full rate: what is timed is the report of a known number of samples.
        let words =
            tools.fathom_run(self.rate, &["--max-overhead", "100"]).into_iter().chain(target.iter().cloned());
        let mut launch = with_truth(Launch::new(words, folder)).with("XDG_CACHE_HOME", cache);
        launch.timeout = Duration::from_secs_f64(seconds * 2.0 + 300.0);
        launch.run_well()?;
        let now = SystemTime::now();
        let end = UNIX_EPOCH + Duration::from_nanos(truth_of(folder)?.end_unix_nanos);
        Ok(now.duration_since(end).unwrap_or_default())
    }

    fn perf_script(&self, folder: &Path, more: &[&str]) -> Result<Duration> {
        let words = ["perf", "script", "-i", "perf.data"].iter().chain(more);
        let mut launch = Launch::new(words, folder);
        launch.timeout = Duration::from_secs(self.perf_limit);
        Ok(launch.run_well()?.wall)
    }
}

fn report(tools: &Tools, folder: &Path, cache: &Path) -> Result<Duration> {
    let launch = Launch::new(tools.fathom(&["report", "run.fathom"]), folder).with("XDG_CACHE_HOME", cache);
    let start = Instant::now();
    launch.run_well()?;
    Ok(start.elapsed())
}
