//! Rows of samples: sums by signal, thread, bin of time, node and state. Knows how wide a bin must be.

use fathom_model::{Recording, ThreadState, WaitClass};

use crate::viewer::limits::ViewerLimits;
use crate::viewer::sections::{LARGEST_ZIGZAG, Sections};

/// Bits of each part of a key, from the highest: signal, thread, bin, node, state.
const THREAD_BITS: u32 = 13;
const BIN_BITS: u32 = 20;
const NODE_BITS: u32 = 21;
const STATE_BITS: u32 = 4;

/// States by their number in the data.
pub(crate) fn states() -> Vec<ThreadState> {
    let mut states = vec![ThreadState::Running, ThreadState::Runnable];
    states.extend(WaitClass::ALL.iter().map(|class| ThreadState::Blocked(*class)));
    states.push(ThreadState::Unknown);
    states
}

/// One sample, ready to be merged.
#[derive(Clone, Copy)]
pub(crate) struct Prepared {
    /// Everything but the bin.
    key: u64,
    offset_nanos: i64,
    value: i64,
    n: u32,
}

impl Prepared {
    pub(crate) fn new(signal: usize, thread: u32, node: u32, state: usize) -> Self {
        let thread = u64::from(thread).min((1 << THREAD_BITS) - 1);
        let key = ((signal as u64) << (THREAD_BITS + BIN_BITS + NODE_BITS + STATE_BITS))
            | (thread << (BIN_BITS + NODE_BITS + STATE_BITS))
            | (u64::from(node) << STATE_BITS)
            | state as u64;
        Self { key, offset_nanos: 0, value: 0, n: 0 }
    }

    pub(crate) fn with(self, offset_nanos: i64, value: i64, n: u32) -> Self {
        Self { offset_nanos, value: value.max(0), n, ..self }
    }

    fn in_bin(&self, bin_nanos: i64) -> u64 {
        let bin = if bin_nanos > 0 { self.offset_nanos / bin_nanos } else { 0 };
        self.key | ((bin as u64).min((1 << BIN_BITS) - 1) << (NODE_BITS + STATE_BITS))
    }
}

/// A merged row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    key: u64,
    pub(crate) value: i64,
    pub(crate) n: u64,
}

impl Row {
    fn part(&self, shift: u32, bits: u32) -> u32 {
        ((self.key >> shift) & ((1 << bits) - 1)) as u32
    }
    pub(crate) fn signal(&self) -> usize {
        (self.key >> (THREAD_BITS + BIN_BITS + NODE_BITS + STATE_BITS)) as usize
    }
    fn thread(&self) -> u32 {
        self.part(BIN_BITS + NODE_BITS + STATE_BITS, THREAD_BITS)
    }
    fn bin(&self) -> u32 {
        self.part(NODE_BITS + STATE_BITS, BIN_BITS)
    }
    pub(crate) fn node(&self) -> u32 {
        self.part(STATE_BITS, NODE_BITS)
    }
    fn state(&self) -> u32 {
        self.part(0, STATE_BITS)
    }
}

/// The narrowest width of bins at which the rows fit; 0 for a profile without times. `None` if they do not even fit
/// without bins.
pub(crate) fn bin_nanos(recording: &Recording, samples: &[Prepared], limits: &ViewerLimits) -> Option<i64> {
    let duration = duration_of(recording);
    if duration <= 0 {
        return (count(samples, 0) <= limits.most_rows).then_some(0);
    }
    let widths = widths(duration, limits.least_bin_nanos);
    // Wider bins hardly ever make more rows (2 does not divide 5), so that the search may halve.
    let (mut low, mut high) = (0, widths.len());
    while low < high {
        let middle = (low + high) / 2;
        if count(samples, widths[middle]) <= limits.most_rows {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    widths.get(low).copied()
}

/// 1, 2, 5, 10 ... from the least; the last holds the whole recording.
fn widths(duration: i64, least: i64) -> Vec<i64> {
    let mut widths = Vec::new();
    let mut ten = 1_i64;
    loop {
        for step in [1, 2, 5] {
            let width = ten.saturating_mul(step);
            if width >= least && duration / width < (1 << BIN_BITS) - 1 {
                widths.push(width);
            }
            if width >= duration && !widths.is_empty() {
                return widths;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

/// The length of a recording with times; 0 of one without.
pub(crate) fn duration_of(recording: &Recording) -> i64 {
    let has_times = recording.meta.imported.as_ref().is_none_or(|imported| imported.has_times);
    if has_times { recording.meta.duration_nanos.max(0) } else { 0 }
}

fn count(samples: &[Prepared], bin_nanos: i64) -> usize {
    let mut keys: Vec<u64> = samples.iter().map(|sample| sample.in_bin(bin_nanos)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

/// Merges samples; rows by signal, thread, bin, node and state. A sum is held at what the reader can read.
pub(crate) fn merge(samples: &[Prepared], bin_nanos: i64) -> Vec<Row> {
    let row = |sample: &Prepared| Row {
        key: sample.in_bin(bin_nanos),
        value: sample.value.min(LARGEST_ZIGZAG),
        n: u64::from(sample.n),
    };
    let mut rows: Vec<Row> = samples.iter().map(row).collect();
    rows.sort_unstable_by_key(|row| row.key);
    rows.dedup_by(|next, row| {
        let same = next.key == row.key;
        if same {
            row.value = row.value.saturating_add(next.value).min(LARGEST_ZIGZAG);
            row.n = row.n.saturating_add(next.n);
        }
        same
    });
    rows
}

/// Writes the rows of one signal.
pub(crate) fn write(sections: &mut Sections, signal: usize, rows: &[Row]) {
    let name = |column: &str| format!("s{signal}.{column}");
    sections.delta(&name("node"), rows.iter().map(Row::node));
    sections.delta(&name("thread"), rows.iter().map(Row::thread));
    sections.delta(&name("bin"), rows.iter().map(Row::bin));
    sections.zigzag(&name("value"), rows.iter().map(|row| row.value));
    sections.varint(&name("n"), rows.iter().map(|row| row.n));
    sections.u8(&name("state"), rows.iter().map(|row| row.state() as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_hold_the_largest_parts() {
        let sample = Prepared::new(27, 8_191, 1_999_999, 13).with(i64::MAX, 5, 1);
        let row = merge(&[sample, sample], 1)[0];
        assert_eq!((row.signal(), row.thread(), row.bin()), (27, 8_191, (1 << BIN_BITS) - 1));
        assert_eq!((row.node(), row.state(), row.value, row.n), (1_999_999, 13, 10, 2));
        assert!(states().len() <= 1 << STATE_BITS && fathom_model::Signal::ALL.len() <= 64);
    }

    #[test]
    fn bins_are_as_narrow_as_the_rows_allow() {
        let mut recording = Recording::default();
        recording.meta.duration_nanos = 1_000_000_000;
        let sample = |at: i64| Prepared::new(0, 0, 1, 0).with(at * 1_000_000, 1, 1);
        let samples: Vec<Prepared> = (0..1_000).map(sample).collect();
        let bin = |most_rows| {
            let limits =
                ViewerLimits { most_rows, ..ViewerLimits::of(crate::viewer::limits::ViewerMode::File) };
            bin_nanos(&recording, &samples, &limits)
        };
        assert_eq!(bin(1_000), Some(1_000), "a microsecond is enough room for each");
        assert_eq!(bin(500), Some(2_000_000));
        assert_eq!(bin(1), Some(1_000_000_000), "one bin holds all");
        assert_eq!(bin(0), None);
        recording.meta.duration_nanos = i64::MAX;
        assert!(
            bin_nanos(&recording, &samples, &ViewerLimits::of(crate::viewer::limits::ViewerMode::File))
                .is_some()
        );
        recording.meta.duration_nanos = 0;
        assert_eq!(
            bin_nanos(&recording, &samples, &ViewerLimits::of(crate::viewer::limits::ViewerMode::File)),
            Some(0)
        );
    }
}
