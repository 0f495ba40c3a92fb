//! JFR with its own settings and async-profiler: how they are had, called, and read.

use super::super::launch::Launch;
use super::super::stacks::{WeightedStack, parse_folded};
use super::super::tools::Tools;
use super::subjects::Interpreter;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// async-profiler in Maven's central repository.
pub(super) const ASYNC_PROFILER: &str = "tools.profiler:async-profiler:4.1";
const ASYNC_PROFILER_JAR: &str = "async-profiler-4.1.jar";
/// How often its wall clock profile looks at every thread: its own default. At 5 ms it falls behind with a dozen
/// threads, and its samples stand for less time than passes.
const WALL_INTERVAL_NANOS: u64 = 50_000_000;
/// What JFR calls its waits.
const WAITS: &str = "jdk.JavaMonitorEnter,jdk.JavaMonitorWait,jdk.ThreadPark,jdk.ThreadSleep,jdk.SocketRead";

/// async-profiler's library.
pub(super) struct AsyncProfiler {
    library: PathBuf,
}

/// What async-profiler takes samples by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// CPU time, this many times a second.
    Cpu(u32),
    /// Every thread, running or not.
    Wall,
}

impl AsyncProfiler {
    /// The given library, or the one that Maven gets.
    ///
    /// # Errors
    /// Maven or the JDK's `jar` is missing or fails; the measurement then goes on without it.
    pub(super) fn prepare(given: Option<&Path>, tools: &Tools, java: &Interpreter) -> Result<Self> {
        if let Some(given) = given {
            return Ok(Self { library: std::path::absolute(given)? });
        }
        let folder = tools.folder("managed/async-profiler")?;
        let hint = "hint: name the library with `--async-profiler FILE`";
        Launch::new(
            [
                "mvn",
                "--quiet",
                "--batch-mode",
                "dependency:copy",
                &format!("-Dartifact={ASYNC_PROFILER}"),
                "-DoutputDirectory=.",
            ],
            &folder,
        )
        .run_well()
        .with_context(|| format!("mvn does not get {ASYNC_PROFILER}\n\n{hint}"))?;
        let library = match std::env::consts::ARCH {
            "aarch64" => "linux-arm64/libasyncProfiler.so",
            _ => "linux-x64/libasyncProfiler.so",
        };
        let words =
            [java.tool("jar").into_os_string(), "xf".into(), ASYNC_PROFILER_JAR.into(), library.into()];
        Launch::new(words, &folder).run_well().with_context(|| format!("cannot unpack it\n\n{hint}"))?;
        Ok(Self { library: folder.join(library) })
    }

    /// The option that makes a virtual machine load it; the result is `async.folded` in the run's folder.
    pub(super) fn option(&self, clock: Clock) -> OsString {
        let (event, interval) = match clock {
            Clock::Cpu(rate_hz) => ("cpu", 1_000_000_000 / u64::from(rate_hz.max(1))),
            Clock::Wall => ("wall", WALL_INTERVAL_NANOS),
        };
        let mut option = OsString::from("-agentpath:");
        option.push(&self.library);
        option.push(format!("=start,event={event},interval={interval},file=async.folded,collapsed"));
        option
    }

    /// The stacks that it left in `folder`: weights are samples, or nanoseconds of wall time.
    ///
    /// # Errors
    /// There are none.
    pub(super) fn stacks(folder: &Path, clock: Clock) -> Result<Vec<WeightedStack>> {
        let text = std::fs::read(folder.join("async.folded")).context("async-profiler left no profile")?;
        let (mut stacks, _) = parse_folded(&String::from_utf8_lossy(&text));
        if clock == Clock::Wall {
            for stack in &mut stacks {
                stack.weight *= WALL_INTERVAL_NANOS;
            }
        }
        Ok(stacks)
    }
}

/// The option that makes a virtual machine record with JFR's settings `profile`, to `own.jfr` in the run's folder.
pub(super) const JFR_OPTION: &str = "-XX:StartFlightRecording=filename=own.jfr,settings=profile";

/// What JFR recorded in `folder`: stacks with a weight of one sample each, and waits with their nanoseconds.
///
/// # Errors
/// `jfr print` is missing or fails.
pub(super) fn jfr_stacks(
    java: &Interpreter,
    folder: &Path,
) -> Result<(Vec<WeightedStack>, Vec<WeightedStack>)> {
    let print = |events: &str| -> Result<Vec<WeightedStack>> {
        let reading = folder.join("print");
        std::fs::create_dir_all(&reading).context("cannot make a folder")?;
        let mut words = vec![java.tool("jfr").into_os_string()];
        words.extend(["print", "--json", "--stack-depth", "64", "--events", events].map(OsString::from));
        words.push(folder.join("own.jfr").into_os_string());
        Launch::new(words, &reading).run_well()?;
        let text = std::fs::read_to_string(reading.join("stdout.log")).context("no output of jfr print")?;
        let value: Value = serde_json::from_str(&text).context("jfr print gives no JSON")?;
        Ok(stacks_of(&value))
    };
    Ok((print("jdk.ExecutionSample")?, print(WAITS)?))
}

fn stacks_of(printed: &Value) -> Vec<WeightedStack> {
    let events = printed["recording"]["events"].as_array().into_iter().flatten();
    let stack = |event: &Value| {
        let values = &event["values"];
        let frames = values["stackTrace"]["frames"].as_array()?.iter().rev();
        let name = |frame: &Value| {
            let part = |value: &Value| value.as_str().unwrap_or_default().replace('/', ".");
            format!("{}.{}", part(&frame["method"]["type"]["name"]), part(&frame["method"]["name"]))
        };
        let weight = values["duration"].as_str().map_or(Some(1), duration_nanos)?;
        Some(WeightedStack { frames: frames.map(name).collect(), weight })
    };
    events.filter_map(stack).collect()
}

/// `PT1M2.5S` in nanoseconds.
fn duration_nanos(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let factor = match &rest[end..=end] {
            "H" => 3600.0,
            "M" => 60.0,
            "S" => 1.0,
            _ => return None,
        };
        seconds += factor * rest[..end].parse::<f64>().ok()?;
        rest = &rest[end + 1..];
    }
    Some((seconds * 1e9) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jfr_prints_becomes_stacks() {
        let text = r#"{"recording":{"events":[
            {"type":"jdk.ExecutionSample","values":{"stackTrace":{"frames":[
                {"method":{"type":{"name":"shop/Cart"},"name":"sum"}},{"method":{"type":{"name":"Main"},"name":"main"}}]}}},
            {"type":"jdk.ThreadPark","values":{"duration":"PT1M2.5S","stackTrace":{"frames":[
                {"method":{"type":{"name":"Main"},"name":"park"}}]}}},
            {"type":"jdk.ThreadPark","values":{"duration":"PT1S","stackTrace":null}}]}}"#;
        let stacks = stacks_of(&serde_json::from_str(text).expect("json"));
        let frames = ["Main.main", "shop.Cart.sum"].map(str::to_owned).into();
        assert_eq!(stacks[0], WeightedStack { frames, weight: 1 });
        assert_eq!(stacks[1].weight, 62_500_000_000);
        assert_eq!(stacks.len(), 2);
    }

    #[test]
    fn rates_become_intervals() {
        let profiler = AsyncProfiler { library: "/lib.so".into() };
        let option = profiler.option(Clock::Cpu(1000));
        let expected = "-agentpath:/lib.so=start,event=cpu,interval=1000000,file=async.folded,collapsed";
        assert_eq!(option, expected);
    }
}
