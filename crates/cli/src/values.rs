//! Values of flags and settings: rates, shares, durations, signals, pids. Each error says what would be right.

use fathom_collect::catalog::{self, PprofAsk, ProfilesUrl};
use fathom_model::{Pid, Signal};
use std::time::Duration;

/// Above this, interrupts and stack copies (about 10 us each) take more than a tenth of every thread.
const MAX_RATE_HZ: f64 = 10_000.0;

/// Samples per second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let rate_hz: f64 = text.parse().map_err(|_| "needed is a number of samples per second, such as 499")?;
    check_rate(rate_hz)
}

/// The range of rates.
pub(crate) fn check_rate(rate_hz: f64) -> Result<f64, String> {
    if (1.0..=MAX_RATE_HZ).contains(&rate_hz) {
        Ok(rate_hz)
    } else {
        Err(format!("needed is a rate from 1 to {MAX_RATE_HZ} samples per second"))
    }
}

/// A percentage with or without its sign, as a share.
pub(crate) fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    let percent: f64 = number.parse().map_err(|_| "needed is a percentage, such as 1 or 0.5")?;
    check_percent(percent)
}

/// The range of percentages, as a share.
pub(crate) fn check_percent(percent: f64) -> Result<f64, String> {
    if percent > 0.0 && percent <= 100.0 {
        Ok(percent / 100.0)
    } else {
        Err("needed is a percentage above 0 and up to 100".to_owned())
    }
}

/// A signal that some collector provides.
pub(crate) fn recorded_signal(text: &str) -> Result<Signal, String> {
    let recordable = recordable_signals();
    Signal::parse(text)
        .filter(|signal| recordable.contains(signal))
        .ok_or_else(|| format!("needed is one of {}", names(&recordable)))
}

/// Any signal that a recording can hold.
pub(crate) fn signal(text: &str) -> Result<Signal, String> {
    Signal::parse(text).ok_or_else(|| format!("needed is one of {}", names(Signal::ALL)))
}

/// The signals that collectors provide, in their fixed order.
pub(crate) fn recordable_signals() -> Vec<Signal> {
    // Those of a collector that has a flag of its own come with the flag.
    let collectors = || catalog::all().iter().filter(|collector| !collector.is_active());
    let is_provided = |signal: &Signal| collectors().any(|collector| collector.provides().contains(signal));
    Signal::ALL.iter().copied().filter(is_provided).collect()
}

fn names(signals: &[Signal]) -> String {
    signals.iter().map(|signal| signal.as_str()).collect::<Vec<_>>().join(", ")
}

/// `500ms`, `30s`, `2m`, `1h`, `1m30s`; a bare number is seconds, as in sleep(1).
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "needed is a duration such as 500ms, 30s, 2m, 1h or 1m30s".to_owned();
    let mut total_seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "" if text == number => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        total_seconds += number.parse::<f64>().map_err(|_| wrong())? * seconds;
        rest = after;
    }
    match Duration::try_from_secs_f64(total_seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(wrong()),
    }
}

/// Where a program serves profiles of itself; an empty text stands for the flag alone.
pub(crate) fn profiles(text: &str) -> Result<PprofAsk, String> {
    match text {
        "" => Ok(PprofAsk::Found),
        _ => ProfilesUrl::parse(text).map(PprofAsk::At),
    }
}

/// A process number.
pub(crate) fn pid(text: &str) -> Result<Pid, String> {
    match text.parse() {
        Ok(pid) if pid > 0 => Ok(pid),
        _ => Err("needed is a process number; --name takes names".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_in_every_unit() {
        let millis = |text: &str| duration(text).map(|duration| duration.as_millis());
        assert_eq!(millis("500ms"), Ok(500));
        assert_eq!(millis("30s"), Ok(30_000));
        assert_eq!(millis("30"), Ok(30_000));
        assert_eq!(millis("1.5s"), Ok(1_500));
        assert_eq!(millis("2m"), Ok(120_000));
        assert_eq!(millis("1h"), Ok(3_600_000));
        assert_eq!(millis("1m30s"), Ok(90_000));
        for wrong in ["", "0s", "s", "-1s", "1d", "1m30", "1e400s", "99999999999999999999999h", "1..2s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_flag_for_profiles_has_an_address_or_none() {
        assert_eq!(profiles(""), Ok(PprofAsk::Found));
        assert!(matches!(profiles("http://127.0.0.1:6060"), Ok(PprofAsk::At(_))));
        assert!(profiles("4711").unwrap_err().contains("put --pprof behind the rest"));
    }

    #[test]
    fn ranges_are_checked() {
        assert_eq!(rate("499"), Ok(499.0));
        assert!(rate("0").is_err() && rate("nan").is_err() && rate("1e9").is_err());
        assert_eq!(percent("1"), Ok(0.01));
        assert_eq!(percent("0.5%"), Ok(0.005));
        assert!(percent("0").is_err() && percent("101").is_err() && percent("nan").is_err());
    }

    #[test]
    fn only_signals_with_a_collector_are_recorded() {
        assert_eq!(recorded_signal("off-cpu"), Ok(Signal::OffCpu));
        let error = recorded_signal("net").unwrap_err();
        assert_eq!(error, "needed is one of cpu, off-cpu, task-wait");
        assert_eq!(signal("net"), Ok(Signal::Net));
    }
}
