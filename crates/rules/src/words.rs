//! Numbers and lists as rules put them into sentences.

use fathom_analysis::Share;

/// `31 % [28-34]`; the interval only where it is wider than the figure shows.
pub(crate) fn share(share: Share) -> String {
    let of = |ratio: f64| {
        let percent = ratio * 100.0;
        if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
    };
    let (point, low, high) = (of(share.ratio), of(share.low), of(share.high));
    if low == high { format!("{point} %") } else { format!("{point} % [{low}-{high}]") }
}

/// `31 %` of a ratio.
pub(crate) fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// A length of time with three digits.
pub(crate) fn time(nanos: i64) -> String {
    let seconds = nanos as f64 / 1e9;
    match seconds.abs() {
        s if s >= 100.0 => format!("{seconds:.0} s"),
        s if s >= 10.0 => format!("{seconds:.1} s"),
        s if s >= 1.0 => format!("{seconds:.2} s"),
        s if s >= 0.1 => format!("{:.0} ms", seconds * 1e3),
        s if s >= 0.01 => format!("{:.1} ms", seconds * 1e3),
        s if s >= 0.001 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{:.0} µs", seconds * 1e6),
    }
}

/// A count with commas between thousands.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text from the program between backticks, on one line and not longer than a line bears.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let plain: String =
        text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).take(LONGEST + 1).collect();
    match plain.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("`{}…`", &plain[..at]),
        None => format!("`{plain}`"),
    }
}

/// A name from the program as it fits into a line of example code, or another one where it is too long or no name.
pub(crate) fn short_name<'t>(name: &'t str, otherwise: &'t str) -> &'t str {
    const LONGEST: usize = 24;
    if name.len() <= LONGEST && !name.contains(['`', '(', '[']) { name } else { otherwise }
}

/// A command as a shell reads it.
pub(crate) fn command(words: &[String]) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%_-+=:,./".contains(c);
    let quote = |word: &String| {
        if !word.is_empty() && word.chars().all(is_plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(share(Share { ratio: 0.314, low: 0.281, high: 0.342 }), "31 % [28-34]");
        assert_eq!(share(Share { ratio: 0.05, low: 0.05, high: 0.05 }), "5.0 %");
        assert_eq!(time(1_234_000_000), "1.23 s");
        assert_eq!(time(45_600_000), "45.6 ms");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(quoted("a`b\nc"), "`a b c`");
        assert_eq!((short_name("shop.ask", "ask"), short_name("shops[0].ask", "ask")), ("shop.ask", "ask"));
        assert_eq!(command(&["a b".into(), "c".into()]), "'a b' c");
    }
}
