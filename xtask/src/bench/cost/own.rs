//! What Fathom itself needs while it records four threads: CPU, memory, and bytes per sample.
//!
//! Its own figures stand beside those seen from outside, so that neither has to be believed alone.

use super::super::table::percent;
use super::super::tools::{DEFAULT_RATE_HZ, Tools, truth_of};
use super::super::truth::quality;
use super::{Effort, Section, figures};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::time::{Duration, UNIX_EPOCH};

/// Targets: share of one core, bytes of resident set, bytes of recording per 10,000 samples.
const MAX_CORE_SHARE: f64 = 0.02;
const MAX_RSS_BYTES: u64 = 80 << 20;
const MAX_BYTES_PER_10K: f64 = (1 << 20) as f64;

pub(super) fn measure(tools: &Tools, effort: Effort) -> Result<Section> {
    eprintln!("own: {} s of four threads ...", effort.own_seconds);
    let folder = tools.folder("cost/own")?;
    let target: [OsString; 2] = [tools.program("dwarf_heavy"), effort.own_seconds.to_string().into()];
    let timeout = Duration::from_secs_f64(effort.own_seconds * 2.0 + 120.0);
    let recorded = tools.record(&folder, DEFAULT_RATE_HZ, &target, timeout)?;
    let truth = truth_of(&folder)?;
    let end = UNIX_EPOCH + Duration::from_nanos(truth.end_unix_nanos);
    let cpu_share = recorded.outcome.cpu_seconds_until(end) * 1e9 / truth.wall_nanos as f64;
    let bytes = std::fs::metadata(&recorded.file).context("no recording")?.len();
    let quality = quality(&recorded.report).context("the report has no quality box")?;
    let number = |value: &serde_json::Value| value.as_f64().unwrap_or(f64::NAN);
    let samples = number(&quality["cpu_samples"]) + number(&quality["off_cpu_samples"]);
    let bytes_per_10k = bytes as f64 / samples * 10_000.0;
    let own = &quality["cost"];
    let mib = |bytes: f64| format!("{:.1} MiB", bytes / f64::from(1 << 20));
    let text = figures(&[
        ("length, threads", format!("{:.1} s, {}", truth.wall_nanos as f64 / 1e9, 4)),
        ("samples (CPU, off-CPU)", format!("{}, {}", quality["cpu_samples"], quality["off_cpu_samples"])),
        ("own CPU while recording, seen from outside", percent(Some(cpu_share), 2)),
        (
            "own CPU while recording, as Fathom reports it",
            percent(Some(number(&own["fathom_cpu_nanos"]) / number(&own["wall_nanos"])), 2),
        ),
        (
            "largest resident set, from outside (whole run, report included)",
            mib(recorded.outcome.peak_rss_bytes as f64),
        ),
        (
            "largest resident set while recording, as Fathom reports it",
            mib(number(&own["fathom_peak_rss_bytes"])),
        ),
        ("recording", mib(bytes as f64)),
        ("recording per 10,000 samples", mib(bytes_per_10k)),
    ]);
    let mut misses = Vec::new();
    if cpu_share > MAX_CORE_SHARE {
        misses.push(format!("own CPU is {} of a core, more than 2 %", percent(Some(cpu_share), 2)));
    }
    if number(&own["fathom_peak_rss_bytes"]) > MAX_RSS_BYTES as f64 {
        misses.push(format!(
            "the resident set while recording is {}, more than 80 MiB",
            mib(number(&own["fathom_peak_rss_bytes"]))
        ));
    }
    // A recording without samples is a miss and not a pass.
    if bytes_per_10k.is_nan() || bytes_per_10k > MAX_BYTES_PER_10K {
        misses.push(format!("10,000 samples take {}, more than 1 MiB", mib(bytes_per_10k)));
    }
    Ok(Section { title: "Fathom's own needs", text, misses })
}
