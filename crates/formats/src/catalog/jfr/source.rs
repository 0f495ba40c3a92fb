//! Where the bytes of a recording come from: anything that gives a range of them, and a window over it.
//!
//! Knows nothing of what the bytes mean.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that can be read at any place.
pub trait ReadAt {
    /// How many bytes there are.
    ///
    /// # Errors
    /// What the system says.
    fn length(&mut self) -> io::Result<u64>;

    /// Reads bytes from `offset` on; fewer than asked for only at the end.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl ReadAt for &[u8] {
    fn length(&mut self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

/// An open file, or anything else that can be read and wound.
pub struct SeekSource<R>(pub R);

impl<R: Read + Seek> ReadAt for SeekSource<R> {
    fn length(&mut self) -> io::Result<u64> {
        self.0.seek(SeekFrom::End(0))
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut n = 0;
        while n < buffer.len() {
            match self.0.read(&mut buffer[n..]) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(n)
    }
}

/// Bytes read ahead at once.
const WINDOW_BYTES: usize = 1 << 20;

/// A stretch of a source in memory. It grows only to what is asked for, and shrinks again.
pub(super) struct Window<'s> {
    source: &'s mut dyn ReadAt,
    /// Length of the source when it was opened; what grows later is not looked at.
    length: u64,
    start: u64,
    buffer: Vec<u8>,
}

impl<'s> Window<'s> {
    pub(super) fn new(source: &'s mut dyn ReadAt) -> io::Result<Self> {
        let length = source.length()?;
        Ok(Self { source, length, start: 0, buffer: Vec::new() })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// At least `n` bytes from `offset` on, or as many as there are before the end of the source.
    pub(super) fn at_least(&mut self, offset: u64, n: usize) -> io::Result<&[u8]> {
        let left = self.length.saturating_sub(offset);
        let n = left.min(n as u64) as usize;
        let end = self.start + self.buffer.len() as u64;
        if offset < self.start || offset + n as u64 > end {
            let wanted = left.min(n.max(WINDOW_BYTES) as u64) as usize;
            // A window that grew for one large event is given back.
            if self.buffer.capacity() > 4 * WINDOW_BYTES && wanted <= WINDOW_BYTES {
                self.buffer = Vec::new();
            }
            self.buffer.resize(wanted, 0);
            self.start = offset;
            let read = self.source.read_at(offset, &mut self.buffer);
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(&self.buffer[(offset - self.start) as usize..])
    }

    /// Exactly `n` bytes from `offset` on, or fewer at the end of the source.
    pub(super) fn exactly(&mut self, offset: u64, n: usize) -> io::Result<&[u8]> {
        let bytes = self.at_least(offset, n)?;
        Ok(&bytes[..bytes.len().min(n)])
    }

    /// Appends `n` bytes from `offset` on without going through the window; fewer at the end of the source.
    pub(super) fn append_to(&mut self, out: &mut Vec<u8>, offset: u64, n: usize) -> io::Result<usize> {
        let n = self.length.saturating_sub(offset).min(n as u64) as usize;
        let before = out.len();
        out.resize(before + n, 0);
        let read = self.source.read_at(offset, &mut out[before..]);
        out.truncate(before + *read.as_ref().unwrap_or(&0));
        read
    }

    /// The first place from `from` on, before `end`, where `pattern` stands.
    pub(super) fn find(&mut self, pattern: &[u8], from: u64, end: u64) -> io::Result<Option<u64>> {
        let mut at = from;
        while at + pattern.len() as u64 <= end {
            let wanted = (end - at).min(WINDOW_BYTES as u64) as usize;
            let bytes = self.exactly(at, wanted)?;
            if let Some(found) = bytes.windows(pattern.len()).position(|bytes| bytes == pattern) {
                return Ok(Some(at + found as u64));
            }
            if bytes.len() < pattern.len() {
                return Ok(None);
            }
            at += (bytes.len() - pattern.len() + 1) as u64;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gives_any_range() {
        let bytes: Vec<u8> = (0..3 * WINDOW_BYTES).map(|at| (at / 1000) as u8).collect();
        let mut slice = bytes.as_slice();
        let mut window = Window::new(&mut slice).expect("memory");
        assert_eq!(window.length(), bytes.len() as u64);
        for (offset, n) in [(0, 10), (WINDOW_BYTES - 5, 10), (2 * WINDOW_BYTES, 2 * WINDOW_BYTES), (7, 9)] {
            let found = window.exactly(offset as u64, n).expect("memory");
            assert_eq!(found, &bytes[offset..(offset + n).min(bytes.len())]);
        }
        assert_eq!(window.exactly(u64::MAX - 3, 10).expect("memory"), b"");
    }

    #[test]
    fn a_pattern_is_found_across_windows() {
        let mut bytes = vec![0; 2 * WINDOW_BYTES + 10];
        bytes[WINDOW_BYTES - 2..WINDOW_BYTES + 2].copy_from_slice(b"FLR\0");
        let mut source = SeekSource(io::Cursor::new(bytes));
        let mut window = Window::new(&mut source).expect("memory");
        let end = window.length();
        let at = WINDOW_BYTES as u64 - 2;
        assert_eq!(window.find(b"FLR\0", 3, end).expect("memory"), Some(at));
        assert_eq!(window.find(b"FLR\0", at + 1, end).expect("memory"), None);
        assert_eq!(window.find(b"FLR\0", 0, at + 3).expect("memory"), None);
    }
}
