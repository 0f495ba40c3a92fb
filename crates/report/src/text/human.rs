//! Quantities in three significant digits with a unit, shares with their interval.

use crate::facts::ShareFact;

/// `1.23 s`, `120 ms`, `45.0 us`.
pub(crate) fn nanos_text(nanos: i64) -> String {
    let magnitude = nanos.unsigned_abs() as f64;
    let sign = if nanos < 0 { "-" } else { "" };
    // The thresholds are where rounding to three digits would print 1000 of the smaller unit.
    let (value, unit) = match magnitude {
        m if m < 999.5 => return format!("{sign}{m:.0} ns"),
        m if m < 999.5e3 => (m / 1e3, "us"),
        m if m < 999.5e6 => (m / 1e6, "ms"),
        m if m < 599.5e9 => (m / 1e9, "s"),
        m if m < 5.9995e12 => (m / 6e10, "min"),
        m => (m / 3.6e12, "h"),
    };
    format!("{sign}{} {unit}", three_digits(value))
}

/// `5.00 MiB`, `312 KiB`, `17 B`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    let value = bytes as f64;
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    // A GiB is named from 1,000 MiB on, so that four digits never stand before the point.
    match units.iter().find(|(_, shift)| value >= 999.5 * f64::from(1_u32 << (shift - 10))) {
        Some((unit, shift)) => format!("{} {unit}", three_digits(value / f64::from(1_u32 << shift))),
        None => format!("{bytes} B"),
    }
}

/// `12,345`.
pub(crate) fn count_text(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `31 %`, `0.4 %`, `<0.1 %`, without an interval: for shares that were counted.
pub(crate) fn percent_text(ratio: f64) -> String {
    let percent = ratio * 100.0;
    match percent {
        p if p <= 0.0 => "0 %".into(),
        p if p < 0.05 => "<0.1 %".into(),
        p if p < 9.95 => format!("{p:.1} %"),
        // 99.97 % is not all of it.
        p if (99.5..100.0).contains(&p) => format!("{:.1} %", p.min(99.9)),
        p => format!("{p:.0} %"),
    }
}

/// `31 % [28-34]`; a digit after the point only where the interval is narrower than two points.
pub(crate) fn share_text(share: &ShareFact) -> String {
    let [ratio, low, high] = [share.ratio, share.low, share.high].map(|part| part * 100.0);
    if high - low <= 0.0 {
        return percent_text(share.ratio);
    }
    if high < 0.1 {
        return "<0.1 %".into();
    }
    if high - low < 2.0 {
        // Ends that round to the same digit would claim an exactness that is not there.
        let (low, high) = ((low * 10.0).floor() / 10.0, (high * 10.0).ceil() / 10.0);
        return format!("{ratio:.1} % [{low:.1}-{high:.1}]");
    }
    format!("{ratio:.0} % [{:.0}-{:.0}]", low.floor(), high.ceil())
}

/// The same where room is short: the interval is left out if it is narrower than two points.
pub(crate) fn share_text_short(share: &ShareFact) -> String {
    if (share.high - share.low) * 100.0 < 2.0 { percent_text(share.ratio) } else { share_text(share) }
}

/// `exit 0`, `killed by signal 9 (SIGKILL)`.
pub(crate) fn exit_text(status: i32) -> String {
    // wait(2): the low seven bits hold the signal, the next byte the code.
    let signal = status & 0x7f;
    if signal == 0 {
        return format!("exit {}", (status >> 8) & 0xff);
    }
    // Numbers of x86-64 and aarch64 (asm-generic/signal.h).
    let names = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (4, "SIGILL"),
        (6, "SIGABRT"),
        (7, "SIGBUS"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (13, "SIGPIPE"),
        (14, "SIGALRM"),
        (15, "SIGTERM"),
    ];
    match names.iter().find(|(number, _)| *number == signal) {
        Some((_, name)) => format!("killed by signal {signal} ({name})"),
        None => format!("killed by signal {signal}"),
    }
}

/// `2026-11-20 10:11:12 UTC`.
pub(crate) fn date_text(realtime_nanos: i64) -> Option<String> {
    let timestamp = jiff::Timestamp::from_nanosecond(i128::from(realtime_nanos)).ok()?;
    Some(timestamp.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A kind of time in words.
pub(crate) fn kind_name(kind: &str) -> &str {
    match kind {
        "cpu.user" => "own code",
        "cpu.library" => "libraries",
        "cpu.runtime" => "runtime",
        "cpu.gc" => "garbage collector",
        "cpu.jit" => "jit code",
        "cpu.interpreter" => "interpreter",
        "cpu.native" => "other native code",
        "cpu.kernel" => "kernel",
        "cpu.unknown" => "unknown code",
        "cpu.unsampled" => "on-CPU, not sampled",
        "runnable" => "runnable (waits for a CPU)",
        "blocked.unsampled" => "blocked, not sampled",
        "blocked.other" => "other waits",
        "missing" => "missing (not seen)",
        other => other.strip_prefix("blocked.").unwrap_or(other),
    }
}

/// One column that stands for a kind of time in a bar: shades and capitals run on a CPU, small letters wait.
pub(crate) fn kind_glyph(kind: &str) -> char {
    match kind {
        "cpu.user" => '█',
        "cpu.library" => '▓',
        "cpu.native" => '▒',
        "cpu.kernel" => '░',
        "cpu.runtime" => 'R',
        "cpu.gc" => 'G',
        "cpu.jit" => 'J',
        "cpu.interpreter" => 'I',
        "cpu.unknown" => 'U',
        "cpu.unsampled" => 'C',
        "runnable" => 'r',
        "blocked.lock" => 'l',
        "blocked.disk" => 'd',
        "blocked.network" => 'n',
        "blocked.timer" => 't',
        "blocked.pipe" => 'p',
        "blocked.poll" => 'o',
        "blocked.child" => 'c',
        "blocked.task" => 'k',
        "blocked.page-fault" => 'f',
        "blocked.gc" => 'g',
        "blocked.other" => 'x',
        "blocked.unsampled" => 'b',
        _ => '?',
    }
}

fn three_digits(value: f64) -> String {
    match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_three_digits() {
        let nanos = [
            0,
            999,
            1_000,
            45_000,
            999_600,
            120_000_000,
            999_600_000,
            1_234_000_000,
            59_990_000_000,
            700_000_000_000,
        ];
        let text: Vec<String> = nanos.into_iter().map(nanos_text).collect();
        assert_eq!(
            text,
            [
                "0 ns", "999 ns", "1.00 us", "45.0 us", "1.00 ms", "120 ms", "1.00 s", "1.23 s", "60.0 s",
                "11.7 min"
            ]
        );
        let bytes = [0, 999, 1023, 1024, 1_048_575, 5 << 20, 1023 << 20, 3 << 30];
        let text: Vec<String> = bytes.into_iter().map(bytes_text).collect();
        assert_eq!(
            text,
            ["0 B", "999 B", "1.00 KiB", "1.00 KiB", "1.00 MiB", "5.00 MiB", "1.00 GiB", "3.00 GiB"]
        );
        assert_eq!([0, 999, 1_000, 1_234_567].map(count_text), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(nanos_text(i64::MIN), "-2562048 h");
    }

    #[test]
    fn shares_never_claim_more_than_their_interval() {
        let share = |ratio, low, high| share_text(&ShareFact { ratio, low, high });
        assert_eq!(share(0.31, 0.284, 0.336), "31 % [28-34]");
        assert_eq!(share(0.312, 0.309, 0.314), "31.2 % [30.9-31.4]");
        assert_eq!(share(0.3, 0.3, 0.3), "30 %");
        assert_eq!(share(0.0, 0.0, 0.0004), "<0.1 %");
        assert_eq!(share(0.0, 0.0, 0.03), "0 % [0-3]");
        assert_eq!(percent_text(0.99972), "99.9 %");
        assert_eq!(percent_text(1.0), "100 %");
    }

    #[test]
    fn exits_and_dates_have_names() {
        assert_eq!(
            [0, 256, 9, 134].map(exit_text),
            ["exit 0", "exit 1", "killed by signal 9 (SIGKILL)", "killed by signal 6 (SIGABRT)"]
        );
        assert_eq!(date_text(1_763_630_000_000_000_000).as_deref(), Some("2025-11-20 09:13:20 UTC"));
    }
}
