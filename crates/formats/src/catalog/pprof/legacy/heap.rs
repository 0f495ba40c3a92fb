//! Heap profiles as text: of tcmalloc (`heapz_v2`, `growthz`, `fragmentationz`, `heapprofile`) and of Go (`heap`).

use super::scan::{Lines, Scan, addresses, calls, is_map_begin};
use super::{Old, scaled};

struct Header {
    /// Bytes between two samples that are taken, if what is in the file must be scaled.
    rate: Option<i64>,
    period: i64,
    has_allocated: bool,
}

/// `heap profile: 144: 8498176 [144: 8498176] @ heapz_v2/524288`.
fn header(line: &str) -> Option<Header> {
    let mut scan = Scan::new(line);
    scan.sign("heap profile:")?;
    let numbers = numbers(&mut scan)?;
    let [live, live_bytes, allocated, allocated_bytes] = numbers;
    let rest = scan.rest();
    if rest.starts_with("growth") || rest.starts_with("fragmentation") {
        return Some(Header { rate: None, period: 1, has_allocated: false });
    }
    let (name, rate) = rest.split_once('/').unwrap_or((rest, ""));
    let digits = rate.bytes().take_while(u8::is_ascii_digit).count();
    let rate: i64 = rate[..digits].parse().unwrap_or(0);
    let has_allocated =
        (allocated != live && allocated != 0) || (allocated_bytes != live_bytes && allocated_bytes != 0);
    let (rate, period) = match name.trim() {
        "heapz_v2" | "heap_v2" => (Some(rate), rate),
        "heapprofile" => (None, 1),
        // Go writes twice its rate.
        "heap" => (Some(rate / 2), rate / 2),
        _ => return None,
    };
    Some(Header { rate, period, has_allocated })
}

/// `1: 2 [3: 4] @`.
fn numbers(scan: &mut Scan<'_>) -> Option<[i64; 4]> {
    let first = scan.number()?;
    scan.sign(":")?;
    let second = scan.number()?;
    scan.sign("[")?;
    let third = scan.number()?;
    scan.sign(":")?;
    let fourth = scan.number()?;
    scan.sign("]")?;
    scan.sign("@")?;
    Some([first, second, third, fourth])
}

/// Whether a file begins with this line.
pub(super) fn is_header(line: &str) -> bool {
    header(line).is_some()
}

/// Reads lines and the memory map.
pub(super) fn read(bytes: &[u8], old: &mut Old) {
    let mut lines = Lines::new(bytes);
    let Some(header) = lines.next().and_then(|line| header(&line.text)) else { return };
    if header.has_allocated {
        old.types(&[("alloc_objects", "count"), ("alloc_space", "bytes")]);
        old.types(&[("inuse_objects", "count"), ("inuse_space", "bytes")]);
    } else {
        old.types(&[("objects", "count"), ("space", "bytes")]);
    }
    old.period("space", "bytes", header.period);
    for line in lines {
        if line.text.trim_start().starts_with('#') {
            old.comment(&line.text);
        } else if is_map_begin(&line.text) {
            return old.maps(&bytes[line.end..]);
        } else if !line.text.trim().is_empty() {
            let Some((values, block, addresses)) = sample(&line.text, &header) else {
                old.issue(line.offset as u64, format!("no sample of a heap: {}", quoted(&line.text)));
                continue;
            };
            old.sample(&addresses, &values, Some(block));
        }
    }
}

fn sample(line: &str, header: &Header) -> Option<(Vec<i64>, i64, Vec<u64>)> {
    let mut scan = Scan::new(line);
    let [live, live_bytes, allocated, allocated_bytes] = numbers(&mut scan)?;
    let addresses = calls(addresses(scan.rest()))?;
    let mut values = Vec::with_capacity(4);
    let mut block = 0;
    let pairs = [(allocated, allocated_bytes), (live, live_bytes)];
    for (count, size) in pairs.into_iter().skip(usize::from(!header.has_allocated)) {
        if count == 0 && size != 0 {
            return None;
        }
        if count != 0 {
            block = size.checked_div(count).unwrap_or(0);
        }
        let (count, size) = header.rate.map_or((count, size), |rate| scaled(count, size, rate));
        values.extend([count, size]);
    }
    Some((values, block, addresses))
}

/// The start of a line, for a message.
pub(super) fn quoted(line: &str) -> String {
    let begin: String = line.trim().chars().take(40).collect();
    format!("{begin:?}")
}
