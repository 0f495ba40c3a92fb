//! Numbers and texts one behind the other, in the byte order of the machine that recorded them.

/// What is left of a record; every read gives `None` at its end.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) rest: &'a [u8],
    /// Whether the numbers are big-endian.
    pub(super) is_big: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(rest: &'a [u8], is_big: bool) -> Self {
        Self { rest, is_big }
    }

    pub(super) fn bytes(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let bytes = self.bytes(2)?.try_into().ok()?;
        Some(if self.is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let bytes = self.bytes(4)?.try_into().ok()?;
        Some(if self.is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let bytes = self.bytes(8)?.try_into().ok()?;
        Some(if self.is_big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// Skips so many numbers of 64 bits.
    pub(super) fn skip_u64(&mut self, n: u64) -> Option<()> {
        self.bytes(usize::try_from(n.checked_mul(8)?).ok()?).map(|_| ())
    }

    /// A text that ends in a zero byte or with the record.
    pub(super) fn text(self) -> String {
        let end = memchr::memchr(0, self.rest).unwrap_or(self.rest.len());
        String::from_utf8_lossy(&self.rest[..end]).into_owned()
    }

    /// `perf_header_string`: its length, then a text within so many bytes.
    pub(super) fn counted_text(&mut self) -> Option<String> {
        let length = self.u32()? as usize;
        Some(Fields::new(self.bytes(length)?, self.is_big).text())
    }
}
