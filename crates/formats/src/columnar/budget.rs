//! How much memory reading one file may take.

use std::cell::Cell;

/// What every file may unfold to, whatever its size: a short recording of a regular program packs very well.
const BASE_BYTES: u64 = 256 << 20;
/// What each byte of a file may unfold to beyond that. Real recordings stay below 30.
const FACTOR: u64 = 256;

/// Counts down the bytes that may still be produced; shared by all columns of a recording.
pub(crate) struct Budget {
    left: Cell<u64>,
}

impl Budget {
    /// A budget for an input of this many bytes.
    pub(crate) fn for_input(input_bytes: usize) -> Self {
        Self { left: Cell::new(BASE_BYTES.saturating_add(FACTOR.saturating_mul(input_bytes as u64))) }
    }

    /// Takes `count` values of `value_bytes` each, or says that it is too much.
    pub(crate) fn take(&self, count: u64, value_bytes: u64) -> Result<(), String> {
        let bytes = count.saturating_mul(value_bytes);
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(format!("would unfold to {bytes} bytes more than a file of this size may")),
        }
    }
}
