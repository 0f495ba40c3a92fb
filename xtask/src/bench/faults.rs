//! What happens when something dies, stops, multiplies or fills up while Fathom records; counted, not believed.
//!
//! The target always runs in a shell that writes down its exit status, so that the status is known also after
//! Fathom, its parent, is gone.

use super::launch::{Launch, Stat, children, last_lines, signal};
use super::stacks::parse_folded;
use super::statistics::Random;
use super::table::Table;
use super::tools::{DEFAULT_RATE_HZ, Place, Tools, machine, truth_of, with_truth};
use super::truth::process_count;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The most CPU time that a recovered recording may lack, as the product states it.
const MAX_LOST_SECONDS: f64 = 1.0;
/// How long the targets of the kill test run.
const TARGET_SECONDS: f64 = 2.5;

/// Arguments of `bench faults`.
#[derive(clap::Args)]
pub(crate) struct Faults {
    #[command(flatten)]
    place: Place,
    /// Random moments at which Fathom is killed.
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// Forks of the target that forks.
    #[arg(long, default_value_t = 10_000)]
    forks: u32,
    /// Also step the machine's clock an hour forth and back (needs root; every program on it sees the step).
    #[arg(long)]
    step_clock: bool,
    /// 5 kills and 500 forks.
    #[arg(long)]
    quick: bool,
    /// Fail when a case fails.
    #[arg(long)]
    check: bool,
}

/// One kind of fault: how often it was tried, what went wrong each time it did, and what to know.
struct Case {
    name: &'static str,
    tried: u32,
    failures: Vec<String>,
    remark: String,
}

impl Faults {
    /// Tries everything and writes `faults.md`.
    ///
    /// # Errors
    /// A tool cannot be started, or with `--check` a case fails.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let (kills, forks) = if self.quick { (5, 500) } else { (self.kills, self.forks) };
        let mut cases = vec![
            killed(&tools, kills)?,
            once("target killed (SIGKILL)", target_killed(&tools)),
            once("target stopped for a second (SIGSTOP)", target_stopped(&tools)),
            once("target execs itself every 0.1 s", plain(&tools, "exec_chain", &["3"])),
            once("target forks, thousands of times", many_forks(&tools, forks)),
            once("disk full", disk_full(&tools)),
        ];
        if self.step_clock {
            cases.push(once("clock stepped by an hour, twice", clock_stepped(&tools)));
        }
        let mut table = Table::new(&["fault", "tried", "survived", "remarks"]);
        for case in &cases {
            let survived = case.tried - case.failures.len() as u32;
            let remarks = case
                .failures
                .iter()
                .take(3)
                .fold(case.remark.clone(), |all, failure| format!("{all} FAILED: {failure}."));
            table.row([
                case.name.to_owned(),
                case.tried.to_string(),
                survived.to_string(),
                remarks.trim().to_owned(),
            ]);
        }
        let text = format!(
            "# Faults\n\n{}\n\n`cargo xtask bench faults --kills {kills} --forks {forks}{}`\n\n{EXPLANATION}\n{}",
            machine(),
            if self.step_clock { " --step-clock" } else { "" },
            table.markdown()
        );
        tools.write("faults.md", &text)?;
        let failed: usize = cases.iter().map(|case| case.failures.len()).sum();
        if self.check && failed > 0 {
            bail!("{failed} tries failed");
        }
        Ok(())
    }
}

const EXPLANATION: &str = "\
*Killed*: Fathom gets SIGKILL at a random moment. Survived means that the target ran on to its own end with its own
status, that `fathom report` and `fathom export` read the `.part` file, and that the CPU time in it lacks at most
one second of what the target had used at the kill. The others survive when the target ends with its own status,
Fathom with that same status, and the recording is read back.
";

fn once(name: &'static str, result: Result<String>) -> Case {
    let (failures, remark) = match result {
        Ok(remark) => (Vec::new(), remark),
        Err(error) => (vec![format!("{error:#}")], String::new()),
    };
    Case { name, tried: 1, failures, remark }
}

/// Starts Fathom on a truth program in a shell that writes its status to `status`.
fn start(tools: &Tools, folder: &Path, output: &str, program: &str, arguments: &[&str]) -> Result<Child> {
    let words = run_words(tools, output, program, arguments);
    with_truth(Launch::new(words, folder)).spawn()
}

fn run_words(tools: &Tools, output: &str, program: &str, arguments: &[&str]) -> Vec<OsString> {
    let rate = DEFAULT_RATE_HZ.to_string();
    let mut words = tools.fathom(&[
        "run",
        "--rate",
        &rate,
        "-o",
        output,
        "--",
        "sh",
        "-c",
        "\"$@\"; s=$?; echo $s > status; exit $s",
        "sh",
    ]);
    words.push(tools.program(program));
    words.extend(arguments.iter().map(OsString::from));
    words
}

/// Waits until `found` gives something, at most this long.
fn wait_for<T>(what: &str, limit: Duration, found: impl Fn() -> Option<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = found() {
            return Ok(value);
        }
        if start.elapsed() > limit {
            bail!("{what} did not happen in {} s", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The truth program that Fathom started: the grandchild with this name.
fn target_of(fathom: u32, program: &str) -> Option<u32> {
    let mut open = children(fathom);
    while let Some(pid) = open.pop() {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if name.trim() == program {
            return Some(pid);
        }
        open.extend(children(pid));
    }
    None
}

fn status_of(folder: &Path) -> Option<i32> {
    std::fs::read_to_string(folder.join("status")).ok()?.trim().parse().ok()
}

/// CPU seconds in a recording; none when it was cut before the first sample was written.
fn recorded_cpu_seconds(tools: &Tools, folder: &Path, recording: &str) -> Result<f64> {
    let words =
        tools.fathom(&["export", recording, "--format", "folded", "--signal", "cpu", "-o", "cpu.folded"]);
    let outcome = Launch::new(words, folder).run()?;
    if outcome.stderr.contains("no samples of cpu") {
        return Ok(0.0);
    }
    if !outcome.status.success() {
        bail!("the export of {recording} ended with {}: {}", outcome.status, last_lines(&outcome.stderr));
    }
    let (stacks, _) = parse_folded(&std::fs::read_to_string(folder.join("cpu.folded"))?);
    Ok(stacks.iter().map(|stack| stack.weight).sum::<u64>() as f64 / 1e9)
}

fn killed(tools: &Tools, kills: u32) -> Result<Case> {
    let mut random = Random::new(3);
    let mut failures = Vec::new();
    let mut most_lost: f64 = 0.0;
    for number in 0..kills {
        let moment = Duration::from_secs_f64(0.05 + random.unit() * (TARGET_SECONDS - 0.5));
        eprintln!("kill {} of {kills} after {moment:.2?} ...", number + 1);
        match killed_once(tools, moment) {
            Ok(lost) => most_lost = most_lost.max(lost),
            Err(error) => failures.push(format!("after {:.2} s: {error:#}", moment.as_secs_f64())),
        }
    }
    let remark = format!("At most {most_lost:.2} s of CPU time lost.");
    Ok(Case { name: "Fathom killed (SIGKILL) at a random moment", tried: kills, failures, remark })
}

/// Kills Fathom `moment` after the target began; the CPU seconds that the recovered recording lacks.
fn killed_once(tools: &Tools, moment: Duration) -> Result<f64> {
    let folder = tools.folder("faults/killed")?;
    let mut fathom = start(tools, &folder, "run.fathom", "shares", &[&TARGET_SECONDS.to_string()])?;
    let target =
        wait_for("the start of the target", Duration::from_secs(10), || target_of(fathom.id(), "shares"));
    if target.is_ok() {
        std::thread::sleep(moment);
    }
    let used = target.as_ref().ok().and_then(|&pid| Stat::read(pid)).map(|stat| stat.cpu_seconds);
    fathom.kill().context("cannot kill fathom")?;
    fathom.wait().context("cannot wait for fathom")?;
    let used = used.context("the target was gone before the kill")?;
    let limit = Duration::from_secs_f64(TARGET_SECONDS * 4.0 + 10.0);
    let status = wait_for("the end of the target", limit, || status_of(&folder))?;
    let truth = truth_of(&folder).context("the target left no truth")?;
    if status != 0 || (truth.wall_nanos as f64) < TARGET_SECONDS * 1e9 {
        bail!("the target ended with {status} after {:.2} s", truth.wall_nanos as f64 / 1e9);
    }
    tools.report(&folder, "run.fathom.part").context("no report of the .part file")?;
    let lost = used - recorded_cpu_seconds(tools, &folder, "run.fathom.part")?;
    if lost > MAX_LOST_SECONDS {
        bail!("{lost:.2} s of {used:.2} s of CPU time are lost");
    }
    Ok(lost)
}

/// Waits for Fathom, which must end with `expected` (as a shell counts) and leave a recording that reads back.
fn ended_well(tools: &Tools, folder: &Path, mut fathom: Child, expected: i32) -> Result<f64> {
    let status = fathom.wait().context("cannot wait for fathom")?;
    if status.code() != Some(expected) {
        let said = std::fs::read_to_string(folder.join("stderr.log")).unwrap_or_default();
        bail!("fathom ended with {status}, not {expected}: {}", last_lines(&said));
    }
    tools.report(folder, "run.fathom")?;
    recorded_cpu_seconds(tools, folder, "run.fathom")
}

fn target_killed(tools: &Tools) -> Result<String> {
    let folder = tools.folder("faults/target_killed")?;
    let fathom = start(tools, &folder, "run.fathom", "shares", &["20"])?;
    let target =
        wait_for("the start of the target", Duration::from_secs(10), || target_of(fathom.id(), "shares"))?;
    std::thread::sleep(Duration::from_millis(1500));
    signal("KILL", target)?;
    let seconds = ended_well(tools, &folder, fathom, 137)?;
    if seconds < 0.5 {
        bail!("only {seconds:.2} s of CPU time are recorded of 1.5 s");
    }
    Ok(format!("Status 137 passed on; {seconds:.2} s of CPU time recorded."))
}

fn target_stopped(tools: &Tools) -> Result<String> {
    let folder = tools.folder("faults/target_stopped")?;
    let fathom = start(tools, &folder, "run.fathom", "shares", &["3"])?;
    let target =
        wait_for("the start of the target", Duration::from_secs(10), || target_of(fathom.id(), "shares"))?;
    std::thread::sleep(Duration::from_millis(800));
    signal("STOP", target)?;
    std::thread::sleep(Duration::from_secs(1));
    signal("CONT", target)?;
    let seconds = ended_well(tools, &folder, fathom, 0)?;
    let used = truth_of(&folder)?.total_cpu_nanos as f64 / 1e9;
    if (seconds - used).abs() > 0.1 * used {
        bail!("{seconds:.2} s of CPU time are recorded of {used:.2} s");
    }
    Ok(format!("{seconds:.2} s of CPU time recorded of {used:.2} s used."))
}

fn plain(tools: &Tools, program: &str, arguments: &[&str]) -> Result<String> {
    let folder = tools.folder(&format!("faults/{program}"))?;
    let fathom = start(tools, &folder, "run.fathom", program, arguments)?;
    let seconds = ended_well(tools, &folder, fathom, 0)?;
    let truth = truth_of(&folder)?;
    let used = truth.total_cpu_nanos as f64 / 1e9;
    if (seconds - used).abs() > 0.1 * used {
        bail!("{seconds:.2} s of CPU time are recorded of {used:.2} s");
    }
    let counts: Vec<String> = truth.counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    Ok(format!("{}; {seconds:.2} s of CPU time recorded of {used:.2} s used.", counts.join(", ")))
}

fn many_forks(tools: &Tools, forks: u32) -> Result<String> {
    let remark = plain(tools, "fork_storm", &["6", &forks.to_string()])?;
    let text = std::fs::read_to_string(tools.existing("faults/fork_storm").join("report.json"))?;
    let report: serde_json::Value = serde_json::from_str(&text)?;
    let count = process_count(&report).unwrap_or(0);
    if count < u64::from(forks) {
        bail!("{count} processes are recorded of {forks}");
    }
    Ok(format!("{remark} {count} processes in the report."))
}

fn disk_full(tools: &Tools) -> Result<String> {
    let folder = tools.folder("faults/disk_full")?;
    let disk = folder.join("disk");
    std::fs::create_dir(&disk)?;
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=32k", "tmpfs"]).arg(&disk).status()?;
    if !mounted.success() {
        return Ok("Not tried: mounting a tmpfs needs root.".to_owned());
    }
    let result = disk_full_on(tools, &folder);
    let unmounted = Command::new("umount").arg("--lazy").arg(&disk).status()?;
    if !unmounted.success() {
        bail!("cannot unmount {}", disk.display());
    }
    result
}

fn disk_full_on(tools: &Tools, folder: &Path) -> Result<String> {
    let fathom =
        with_truth(Launch::new(run_words(tools, "disk/run.fathom", "dwarf_heavy", &["8"]), folder)).run()?;
    if status_of(folder) != Some(0) {
        bail!("the target ended with {:?}", status_of(folder));
    }
    let said = last_lines(&fathom.stderr);
    let left =
        ["disk/run.fathom", "disk/run.fathom.part"].into_iter().find(|name| folder.join(name).exists());
    let left = left.with_context(|| format!("nothing was left ({}): {said}", fathom.status))?;
    let seconds = recorded_cpu_seconds(tools, folder, left)?;
    if seconds <= 0.0 {
        bail!("{left} holds no CPU time");
    }
    if !said.contains("space") {
        bail!("the full disk is not named: {said}");
    }
    Ok(format!("Fathom ended with {}, {left} holds {seconds:.2} s of CPU time.", fathom.status))
}

fn clock_stepped(tools: &Tools) -> Result<String> {
    let folder = tools.folder("faults/clock")?;
    let fathom = start(tools, &folder, "run.fathom", "shares", &["4"])?;
    let step = |by: &str| -> Result<()> {
        let status = Command::new("date").args(["-s", by]).stdout(std::process::Stdio::null()).status()?;
        if status.success() { Ok(()) } else { bail!("cannot set the clock") }
    };
    std::thread::sleep(Duration::from_secs(1));
    step("+1 hour")?;
    std::thread::sleep(Duration::from_secs(1));
    step("-1 hour")?;
    let seconds = ended_well(tools, &folder, fathom, 0)?;
    let used = truth_of(&folder)?.total_cpu_nanos as f64 / 1e9;
    if (seconds - used).abs() > 0.1 * used {
        bail!("{seconds:.2} s of CPU time are recorded of {used:.2} s");
    }
    Ok(format!("{seconds:.2} s of CPU time recorded of {used:.2} s used."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_try_is_counted_and_told() {
        let case = once("x", Err(anyhow::anyhow!("broke").context("while trying")));
        assert_eq!((case.tried, case.failures), (1, vec!["while trying: broke".to_owned()]));
        assert!(once("x", Ok("fine".to_owned())).failures.is_empty());
    }

    #[test]
    fn a_grandchild_is_found_by_name() {
        let mut shell = Command::new("sh").args(["-c", "sleep 5; true"]).spawn().expect("a shell");
        let own = std::process::id();
        let found = wait_for("the start", Duration::from_secs(5), || target_of(own, "sleep"));
        let ended = found.as_ref().map(|&pid| signal("KILL", pid).is_ok());
        shell.wait().expect("the shell ends");
        assert!(ended.expect("sleep is found"));
    }
}
