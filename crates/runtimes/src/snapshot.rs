//! A process's memory at one moment, nearly: every page is read once, when it is first needed.

use crate::read_error::ReadError;
use fathom_sys::memory::MAX_PIECES;
use fathom_sys::process_view::ProcessView;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

const PAGE: u64 = 4096;
/// Most pages of one snapshot: 64 MiB. The stacks of 1,000 threads of 100 frames need a twentieth of it.
const MAX_PAGES: usize = 16 << 10;
const EFAULT: i32 = 14;
/// How long a snapshot may be read from that was given no end. What a sample needs takes less than a millisecond.
const DEFAULT_TIME: Duration = Duration::from_secs(1);
/// Reads between two looks at the clock; they take some ten microseconds.
const READS_A_LOOK: u32 = 256;

/// Memory of a process, each page read once. Bounded in pages and in time, so that no list can be endless.
#[derive(Debug)]
pub struct Snapshot<'a> {
    process: &'a ProcessView,
    pages: RefCell<HashMap<u64, Option<Box<[u8]>>>>,
    last_error: Cell<i32>,
    pieces: Pieces,
    end: Instant,
    n_reads: Cell<u32>,
    is_late: Cell<bool>,
}

/// Memory that was read before it was needed: many places with one system call.
#[derive(Debug, Default)]
struct Pieces {
    bytes: Vec<u8>,
    /// Address, and where in `bytes`, by address.
    places: Vec<(u64, usize, usize)>,
}

impl Pieces {
    fn get(&self, address: u64, length: usize) -> Option<&[u8]> {
        let at = self.places.partition_point(|(start, _, _)| *start <= address).checked_sub(1)?;
        let (start, first, n) = *self.places.get(at)?;
        let from = usize::try_from(address - start).ok()?;
        let to = from.checked_add(length).filter(|to| *to <= n)?;
        self.bytes.get(first + from..first + to)
    }
}

impl<'a> Snapshot<'a> {
    /// Nothing is read yet; it may be read from for a second.
    pub fn new(process: &'a ProcessView) -> Self {
        Self::until(process, Instant::now() + DEFAULT_TIME)
    }

    /// The same with another end: what is read later is an error.
    pub fn until(process: &'a ProcessView, end: Instant) -> Self {
        Self {
            process,
            pages: RefCell::default(),
            last_error: Cell::new(EFAULT),
            pieces: Pieces::default(),
            end,
            n_reads: Cell::new(0),
            is_late: Cell::new(Instant::now() > end),
        }
    }

    /// Whether the time is over.
    pub fn is_late(&self) -> bool {
        self.is_late.get() || Instant::now() > self.end
    }

    /// Reads many pieces of memory, each an address and a length in bytes, as near to one moment as can be; those
    /// before it are forgotten. What of them is not there is read when it is needed.
    pub(crate) fn read_ahead(&mut self, pieces: &[(u64, usize)]) {
        self.pieces.places.clear();
        let mut n_bytes = 0usize;
        for some in pieces.chunks(MAX_PIECES) {
            let wanted = some.iter().fold(0usize, |sum, (_, length)| sum.saturating_add(*length));
            if wanted > MAX_PAGES * PAGE as usize - n_bytes {
                break;
            }
            self.pieces.bytes.resize(n_bytes + wanted, 0);
            let buffer = &mut self.pieces.bytes[n_bytes..];
            let n_read = self.process.read_memory_pieces(some, buffer).unwrap_or(0);
            let mut at = 0;
            for (address, length) in some {
                at += length;
                if at > n_read {
                    break;
                }
                self.pieces.places.push((*address, n_bytes + at - length, *length));
            }
            n_bytes += wanted;
        }
        self.pieces.places.sort_unstable();
    }

    /// Fills `buffer`.
    ///
    /// # Errors
    /// A page that cannot be read, too many pages, too late.
    pub fn read(&self, what: &'static str, address: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        if let Some(piece) = self.pieces.get(address, buffer.len()) {
            buffer.copy_from_slice(piece);
            return Ok(());
        }
        self.n_reads.set(self.n_reads.get().wrapping_add(1));
        if self.n_reads.get().is_multiple_of(READS_A_LOOK) && Instant::now() > self.end {
            self.is_late.set(true);
        }
        if self.is_late.get() {
            return Err(ReadError::Memory { what, address, why: "reading took too long".to_owned() });
        }
        let mut pages = self.pages.borrow_mut();
        let mut done = 0;
        while done < buffer.len() {
            let at = address.wrapping_add(done as u64);
            let page = at & !(PAGE - 1);
            let offset = (at - page) as usize;
            let error = |why: String| ReadError::Memory { what, address: at, why };
            if !pages.contains_key(&page) {
                if pages.len() >= MAX_PAGES {
                    return Err(error(format!("{MAX_PAGES} pages were read already")));
                }
                pages.insert(page, self.fetch(page));
            }
            let there = pages.get(&page).and_then(Option::as_ref).and_then(|bytes| bytes.get(offset..));
            let Some(there) = there.filter(|there| !there.is_empty()) else {
                return Err(error(io::Error::from_raw_os_error(self.last_error.get()).to_string()));
            };
            let n = (buffer.len() - done).min(there.len());
            buffer[done..done + n].copy_from_slice(&there[..n]);
            done += n;
        }
        Ok(())
    }

    fn fetch(&self, page: u64) -> Option<Box<[u8]>> {
        let mut bytes = vec![0; PAGE as usize];
        match self.process.read_memory(page, &mut bytes) {
            Ok(n) => {
                bytes.truncate(n);
                Some(bytes.into())
            }
            Err(error) => {
                self.last_error.set(error.raw_os_error().unwrap_or(EFAULT));
                None
            }
        }
    }

    /// A word of 8 bytes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn u64(&self, what: &'static str, address: u64) -> Result<u64, ReadError> {
        let mut bytes = [0; 8];
        self.read(what, address, &mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A word of 4 bytes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn u32(&self, what: &'static str, address: u64) -> Result<u32, ReadError> {
        let mut bytes = [0; 4];
        self.read(what, address, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// `n` bytes.
    ///
    /// # Errors
    /// As [`Self::read`]; more than a snapshot holds.
    pub fn bytes(&self, what: &'static str, address: u64, n: usize) -> Result<Vec<u8>, ReadError> {
        if n > MAX_PAGES * PAGE as usize {
            let why = format!("{n} bytes are more than a snapshot holds");
            return Err(ReadError::Memory { what, address, why });
        }
        let mut bytes = vec![0; n];
        self.read(what, address, &mut bytes)?;
        Ok(bytes)
    }

    /// Text up to a zero byte, at most `max` bytes.
    ///
    /// # Errors
    /// As [`Self::read`], if not even one byte can be read.
    pub fn c_string(&self, what: &'static str, address: u64, max: usize) -> Result<String, ReadError> {
        let mut text = Vec::new();
        while text.len() < max {
            let mut byte = [0];
            match self.read(what, address.wrapping_add(text.len() as u64), &mut byte) {
                Ok(()) if byte[0] != 0 => text.push(byte[0]),
                Err(error) if text.is_empty() => return Err(error),
                _ => break,
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::RecordedProcess;
    use std::collections::BTreeMap;

    fn process(start: u64, bytes: Vec<u8>) -> ProcessView {
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        recorded.add_memory(start, bytes);
        ProcessView::Recorded(recorded)
    }

    #[test]
    fn reads_across_pages_and_names_what_it_cannot_read() {
        let process = process(PAGE, (0..2 * PAGE).map(|at| at as u8).collect());
        let snapshot = Snapshot::new(&process);
        assert_eq!(snapshot.u32("a word", 2 * PAGE - 2).unwrap(), u32::from_le_bytes([0xfe, 0xff, 0, 1]));
        assert!(snapshot.u64("a word", 3 * PAGE - 4).is_err(), "half of it is missing");
        let error = snapshot.u32("a word", 8).unwrap_err().to_string();
        assert!(error.contains("a word at 0x8"), "{error}");
        assert!(snapshot.u64("a word", u64::MAX - 3).is_err());
        assert!(snapshot.bytes("much", 0, usize::MAX).is_err());
    }

    #[test]
    fn pieces_are_read_ahead_and_the_rest_when_it_is_needed() {
        let mut memory = process(PAGE, (0..2 * PAGE).map(|at| at as u8).collect());
        let mut snapshot = Snapshot::new(&memory);
        snapshot.read_ahead(&[(2 * PAGE + 8, 8), (PAGE + 16, 4), (1, 8), (PAGE, 8)]);
        assert_eq!(snapshot.pieces.places.len(), 2, "one piece is not there, and none behind it is known");
        assert_eq!(snapshot.u32("a word", PAGE + 16).unwrap(), 0x1312_1110);
        assert_eq!(snapshot.u32("a word", 2 * PAGE + 12).unwrap(), 0x0f0e_0d0c);
        assert_eq!(snapshot.pages.borrow().len(), 0);
        assert_eq!(
            snapshot.u64("a word", PAGE + 16).unwrap(),
            0x1716_1514_1312_1110,
            "longer than its piece"
        );
        assert_eq!(snapshot.pages.borrow().len(), 1);
        memory = process(0, Vec::new());
        let mut snapshot = Snapshot::new(&memory);
        snapshot.read_ahead(&[(u64::MAX, usize::MAX), (8, usize::MAX)]);
        assert!(snapshot.u32("a word", 8).is_err());
    }

    #[test]
    fn a_snapshot_has_an_end() {
        let process = process(PAGE, vec![0; 8]);
        let snapshot = Snapshot::until(&process, Instant::now());
        let n_read = (0..10 * READS_A_LOOK).take_while(|_| snapshot.u64("a word", PAGE).is_ok()).count();
        assert!(n_read <= READS_A_LOOK as usize, "{n_read}");
        assert!(snapshot.is_late());
        let error = snapshot.u64("a word", PAGE).unwrap_err().to_string();
        assert!(error.contains("took too long"), "{error}");
    }

    #[test]
    fn text_ends_at_its_zero_or_its_limit() {
        let process = process(PAGE, b"name\0more".to_vec());
        let snapshot = Snapshot::new(&process);
        assert_eq!(snapshot.c_string("a name", PAGE, 100).unwrap(), "name");
        assert_eq!(snapshot.c_string("a name", PAGE + 5, 2).unwrap(), "mo");
        assert_eq!(snapshot.c_string("a name", PAGE + 5, 100).unwrap(), "more");
        assert!(snapshot.c_string("a name", 0, 100).is_err());
    }
}
