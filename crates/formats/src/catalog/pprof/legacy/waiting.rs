//! Contention profiles as text: of C++ (`--- contentionz 1 ---`) and of Go (`--- mutex:`, `--- contention:`).

use super::Old;
use super::heap::quoted;
use super::scan::{Lines, Scan, addresses, calls, is_map_begin};

/// Whether a file begins with this line.
pub(super) fn is_header(line: &str) -> bool {
    ["--- contentionz ", "--- mutex:", "--- contention:"].iter().any(|begin| line.starts_with(begin))
}

/// Reads attributes, lines and the memory map.
pub(super) fn read(bytes: &[u8], old: &mut Old) {
    let (mut cycles_hz, mut period) = (0_i64, 1_i64);
    old.types(&[("contentions", "count"), ("delay", "nanoseconds")]);
    let mut is_behind_samples = false;
    for line in Lines::new(bytes).skip(1) {
        let text = line.text.trim();
        if is_map_begin(text) {
            return old.maps(&bytes[line.end..]);
        }
        if text.starts_with("---") {
            is_behind_samples = true;
        } else if text.starts_with('#') {
            old.comment(text);
        } else if text.is_empty() || is_behind_samples {
        } else if let Some((name, value)) = text.split_once('=') {
            let value: Option<i64> = value.trim().parse().ok();
            match (name.trim(), value) {
                ("cycles/second", Some(hz)) => cycles_hz = hz,
                ("sampling period", Some(every)) => period = every,
                ("ms since reset", Some(millis)) => {
                    old.collected.parsed.tables.duration_nanos = millis.saturating_mul(1_000_000);
                }
                ("discarded samples", _) => {}
                _ => old.issue(line.offset as u64, format!("nothing known stands here: {}", quoted(text))),
            }
        } else if let Some((values, addresses)) = sample(text, cycles_hz, period) {
            old.sample(&addresses, &values, None);
        } else {
            old.issue(line.offset as u64, format!("no sample of contention: {}", quoted(text)));
        }
    }
    old.period("contentions", "count", period);
}

/// `19490304 27 @ 0xbccc97 0xc61202`: delay in cycles, how often.
fn sample(line: &str, cycles_hz: i64, period: i64) -> Option<([i64; 2], Vec<u64>)> {
    let mut scan = Scan::new(line);
    let (mut delay, mut count) = (scan.number()?, scan.number()?);
    scan.sign("@")?;
    let addresses = calls(addresses(scan.rest()))?;
    if period > 0 {
        if cycles_hz > 0 {
            delay = (delay as f64 * period as f64 / (cycles_hz as f64 / 1e9)) as i64;
        }
        count = count.saturating_mul(period);
    }
    Some(([count, delay], addresses))
}
