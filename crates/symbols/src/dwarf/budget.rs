//! Limits on work that damaged tables could otherwise repeat without end.
//!
//! In a sound file each line program, range list and function body belongs to one owner and is read once.
//! So the sum of what is read is at most the section's size; the factors below leave room for odd but
//! honest producers. A file in which a thousand units share one line program runs dry instead of growing.

use std::sync::atomic::{AtomicI64, Ordering};

/// How often each byte of a section may be read on average.
const READS_PER_BYTE: i64 = 4;

/// Room for tiny sections.
const FREE: i64 = 4096;

/// What bounds a walk: where code is, and how much may still be read.
#[derive(Clone, Copy)]
pub(super) struct Limits<'u> {
    /// Sorted address ranges that hold code. Ranges of functions that the linker threw away begin
    /// elsewhere, mostly at 0.
    pub(super) code: &'u [(u64, u64)],
    pub(super) budget: &'u Budget,
}

/// Remaining work, shared by all threads.
#[derive(Debug)]
pub(super) struct Budget {
    line_bytes: AtomicI64,
    range_entries: AtomicI64,
    function_bytes: AtomicI64,
}

impl Budget {
    /// Sizes in bytes of the line, range and info sections.
    pub(super) fn new(line: usize, ranges: usize, info: usize) -> Self {
        let limit = |bytes: usize| {
            AtomicI64::new(
                i64::try_from(bytes).unwrap_or(i64::MAX / 8).min(i64::MAX / 8) * READS_PER_BYTE + FREE,
            )
        };
        Self { line_bytes: limit(line), range_entries: limit(ranges), function_bytes: limit(info) }
    }

    pub(super) fn take_line_bytes(&self, bytes: usize) -> bool {
        take(&self.line_bytes, bytes)
    }

    pub(super) fn take_range_entry(&self) -> bool {
        take(&self.range_entries, 1)
    }

    pub(super) fn take_function_bytes(&self, bytes: usize) -> bool {
        take(&self.function_bytes, bytes)
    }

    pub(super) fn is_exhausted(&self) -> bool {
        [&self.line_bytes, &self.range_entries, &self.function_bytes]
            .iter()
            .any(|left| left.load(Ordering::Relaxed) <= 0)
    }
}

fn take(left: &AtomicI64, amount: usize) -> bool {
    let amount = i64::try_from(amount).unwrap_or(i64::MAX);
    // Stays at or below zero once dry; subtracting on and on could wrap around.
    left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        (left > 0).then(|| left.saturating_sub(amount))
    })
    .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_read_too_often_runs_dry() {
        let budget = Budget::new(1000, 0, 0);
        let reads = (0..100).take_while(|_| budget.take_line_bytes(1000)).count();
        assert!((4..=9).contains(&reads), "{reads}");
        assert!(budget.is_exhausted());
        assert!(!budget.take_line_bytes(usize::MAX));
        assert!(budget.take_function_bytes(1));
    }
}
