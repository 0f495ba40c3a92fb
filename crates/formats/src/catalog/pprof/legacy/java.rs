//! Heap and contention profiles of old Java agents: text with a table of names behind the samples.

use super::heap::quoted;
use super::scan::{Lines, Scan, addresses};
use super::{Named, Old, scaled};

/// Bytes between two samples of the agents' heap.
const HEAP_RATE: i64 = 524_288;

/// Whether a file begins with this line; so do contention profiles of C++.
pub(super) fn is_header(line: &str) -> bool {
    matches!(line.trim(), "--- heapz 1 ---" | "--- contentionz 1 ---")
}

/// Whether the attributes behind the first line are those of Java.
pub(super) fn is_header_of_java(head: &[u8]) -> bool {
    let mut attributes = Lines::new(head).skip(1).take(8);
    attributes.any(|line| {
        line.text
            .split_once('=')
            .is_some_and(|(name, value)| name.trim() == "format" && value.trim() == "java")
    })
}

/// Reads attributes, samples and names.
pub(super) fn read(bytes: &[u8], old: &mut Old) {
    let is_heap = bytes.starts_with(b"--- heapz");
    let (mut resolution, mut period) = (String::new(), 0_i64);
    let mut samples = Vec::new();
    let mut names_at = bytes.len();
    for line in Lines::new(bytes).skip(1) {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        if let Some(sample) = sample(text) {
            samples.push((line.offset as u64, sample));
            continue;
        }
        let attribute = text.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        match attribute.filter(|_| samples.is_empty()) {
            Some(("resolution", value)) => value.clone_into(&mut resolution),
            Some(("sampling period", value)) => period = value.parse().unwrap_or(0),
            Some(("ms since reset", value)) => {
                let millis: i64 = value.parse().unwrap_or(0);
                old.collected.parsed.tables.duration_nanos = millis.saturating_mul(1_000_000);
            }
            Some(("format", _)) => {}
            _ => {
                names_at = line.offset;
                break;
            }
        }
    }
    let [counts, values] = if is_heap { ["inuse_objects", "inuse_space"] } else { ["contentions", "delay"] };
    old.types(&[(counts, "count"), (values, &resolution)]);
    for (offset, (count, value, addresses)) in samples {
        if is_heap && count != 0 {
            let (scaled_count, scaled_value) = scaled(count, value, HEAP_RATE);
            old.sample(&addresses, &[scaled_count, scaled_value], value.checked_div(count));
        } else if is_heap {
            old.issue(offset, format!("{value} bytes in no allocation"));
        } else {
            let times = if period == 0 { 1 } else { period };
            old.sample(&addresses, &[count.saturating_mul(times), value.saturating_mul(times)], None);
        }
    }
    names(&bytes[names_at..], old);
}

/// `7048 1 @ 0x00000003 0x00000004`: the value, then how often.
fn sample(line: &str) -> Option<(i64, i64, Vec<u64>)> {
    let mut scan = Scan::new(line);
    let (value, count) = (scan.number()?, scan.number()?);
    scan.sign("@")?;
    Some((count, value, addresses(scan.rest())?))
}

/// Takes the names of what stands for addresses here: `0x0000000a com.example.work (Source.java:10)`.
pub(super) fn names(bytes: &[u8], old: &mut Old) {
    old.are_addresses = false;
    for line in Lines::new(bytes) {
        let text = line.text.trim();
        let parts = text.strip_prefix("0x").and_then(|rest| rest.split_once(char::is_whitespace));
        let Some((number, name)) = parts else { continue };
        let Ok(number) = u64::from_str_radix(number, 16) else {
            old.issue(line.offset as u64, format!("no number of a name: {}", quoted(text)));
            continue;
        };
        old.name(number, named(name.trim()));
    }
}

fn named(text: &str) -> Named {
    let plain = |function: &str| Named { function: function.to_owned(), ..Named::default() };
    let place = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    let Some((function, place)) = place else {
        return if text.contains("generated stub/JIT") { plain("STUB") } else { plain(text) };
    };
    let numbered = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<i64>().ok()?)));
    match numbered {
        Some((file, line)) => {
            Named { file: file.to_owned(), line: line.max(0), ..plain(function.trim_end()) }
        }
        // Of a library the path says nothing more.
        None => {
            Named { file: place.rsplit('/').next().unwrap_or(place).to_owned(), ..plain(function.trim_end()) }
        }
    }
}
