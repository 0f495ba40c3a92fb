//! Shared, immutable bytes: a mapped file, a read one, or a part of either.
//!
//! It knows nothing of formats. Cloning and slicing copy no data.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A cheap handle on immutable bytes that several threads may hold.
#[derive(Clone)]
pub struct Bytes {
    owner: Arc<dyn AsRef<[u8]> + Send + Sync>,
    range: Range<usize>,
}

impl Bytes {
    /// Takes anything that holds bytes: a `Vec<u8>`, a memory map, a `&'static [u8]`.
    pub fn new(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let range = 0..owner.as_ref().len();
        Self { owner: Arc::new(owner), range }
    }

    /// The part `range` of these bytes, or `None` where it reaches outside.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        if range.start > range.end || range.end > self.len() {
            return None;
        }
        let start = self.range.start + range.start;
        Some(Self { owner: Arc::clone(&self.owner), range: start..start + (range.end - range.start) })
    }

    /// As [`Bytes::slice`] for the 64-bit offsets of file headers.
    pub(crate) fn slice_u64(&self, start: u64, size: u64) -> Option<Self> {
        let start = usize::try_from(start).ok()?;
        let size = usize::try_from(size).ok()?;
        self.slice(start..start.checked_add(size)?)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.owner).as_ref().get(self.range.clone()).unwrap_or(&[])
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_stay_inside() {
        let bytes = Bytes::from(vec![0, 1, 2, 3, 4]);
        let middle = bytes.slice(1..4).unwrap();
        assert_eq!(&*middle, [1, 2, 3]);
        assert_eq!(&*middle.slice(1..2).unwrap(), [2]);
        assert!(middle.slice(0..4).is_none());
        assert!(bytes.slice_u64(u64::MAX, 2).is_none());
    }
}
