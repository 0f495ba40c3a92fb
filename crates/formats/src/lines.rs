//! Lines of a text of any size, each with its place: from a stream, or from a part of a file.
//!
//! Knows ends of lines (`\n`, `\r\n`), not what lines mean. A line that is longer than [`LONGEST_LINE_BYTES`] is cut.

use crate::input::{Input, ReadAt};
use std::io::Read;
use std::ops::Range;

/// No stack is longer: 2,000 frames with names of 8 KiB.
pub(crate) const LONGEST_LINE_BYTES: usize = 16 << 20;
const BLOCK_BYTES: usize = 1 << 20;

/// Calls `take` for every line with its offset, the line's end left out. Gives the offsets of the lines that were cut.
pub(crate) fn for_each_line(reader: &mut dyn Read, start: u64, take: &mut dyn FnMut(u64, &[u8])) -> Vec<u64> {
    let mut buffer = vec![0; BLOCK_BYTES];
    // Bytes of the buffer that are filled, and the place of the first of them in the text.
    let (mut filled, mut offset) = (0, start);
    let mut cut = Vec::new();
    let mut is_skipping = false;
    loop {
        let n = match reader.read(&mut buffer[filled..]) {
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // A stream has no other errors.
            Err(_) => 0,
        };
        let is_end = n == 0;
        filled += n;
        let mut begin = 0;
        // What was filled before has no end of a line in it.
        let mut from = filled - n;
        while let Some(length) = memchr::memchr(b'\n', &buffer[from..filled]) {
            let end = from + length;
            if !std::mem::take(&mut is_skipping) {
                take(offset + begin as u64, without_return(&buffer[begin..end]));
            }
            begin = end + 1;
            from = begin;
        }
        if is_end {
            if begin < filled && !is_skipping {
                take(offset + begin as u64, without_return(&buffer[begin..filled]));
            }
            return cut;
        }
        buffer.copy_within(begin..filled, 0);
        filled -= begin;
        offset += begin as u64;
        if filled >= LONGEST_LINE_BYTES {
            if !is_skipping {
                take(offset, &buffer[..filled]);
                cut.push(offset);
            }
            is_skipping = true;
            offset += filled as u64;
            filled = 0;
        }
        if buffer.len() - filled < BLOCK_BYTES / 2 {
            buffer.resize(buffer.len() * 2, 0);
        }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A part of a file as a stream. `tell` is called with the bytes of each read.
pub(crate) struct Part<'a> {
    bytes: &'a dyn ReadAt,
    range: Range<u64>,
    tell: &'a (dyn Fn(u64) + Sync),
}

impl<'a> Part<'a> {
    pub(crate) fn new(bytes: &'a dyn ReadAt, range: Range<u64>, tell: &'a (dyn Fn(u64) + Sync)) -> Self {
        Self { bytes, range, tell }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = (self.range.end - self.range.start).min(buffer.len() as u64) as usize;
        // A file that cannot be read any further ends there; its length tells that it is cut.
        let n = self.bytes.read_at(self.range.start, &mut buffer[..room]).unwrap_or(0);
        self.range.start += n as u64;
        (self.tell)(n as u64);
        Ok(n)
    }
}

/// Cuts a file that is not compressed into at most `n` parts that end behind `separator`.
pub(crate) fn parts(input: &Input<'_>, n: usize, separator: &[u8]) -> Vec<Range<u64>> {
    let length = input.length();
    let mut ranges = Vec::new();
    let mut start = 0;
    for part in 1..=n.max(1) as u64 {
        let end =
            if part == n as u64 { length } else { behind(input, length / n.max(1) as u64 * part, separator) };
        if end > start {
            ranges.push(start..end);
            start = end;
        }
    }
    if start < length {
        ranges.push(start..length);
    }
    ranges
}

/// The place behind the first separator from `from` on, or the end.
fn behind(input: &Input<'_>, from: u64, separator: &[u8]) -> u64 {
    let finder = memchr::memmem::Finder::new(separator);
    let mut buffer = vec![0; BLOCK_BYTES];
    let mut at = from;
    loop {
        let n = input.bytes().read_at(at, &mut buffer).unwrap_or(0);
        if let Some(found) = finder.find(&buffer[..n]) {
            return at + (found + separator.len()) as u64;
        }
        if n < buffer.len() {
            return input.length();
        }
        at += (n - (separator.len() - 1)) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut found = Vec::new();
        for_each_line(&mut { text }, 0, &mut |offset, line| found.push((offset, line.to_vec())));
        found
    }

    #[test]
    fn lines_have_places() {
        let found = lines(b"a b\r\n\nlast");
        assert_eq!(found, [(0, b"a b".to_vec()), (5, b"".to_vec()), (6, b"last".to_vec())]);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn long_lines_cross_blocks_and_are_cut_at_the_limit() {
        let mut text = vec![b'x'; 3 * BLOCK_BYTES + 7];
        text.push(b'\n');
        text.extend_from_slice(b"next\n");
        let found = lines(&text);
        assert_eq!((found[0].1.len(), &found[1].1[..]), (3 * BLOCK_BYTES + 7, &b"next"[..]));
        let mut text = vec![b'x'; LONGEST_LINE_BYTES + 3 * BLOCK_BYTES];
        text.extend_from_slice(b"\nnext\n");
        let mut found = Vec::new();
        let cut = for_each_line(&mut text.as_slice(), 0, &mut |_, line| found.push(line.len()));
        assert_eq!((cut, found.len(), found[1]), (vec![0], 2, 4));
        assert!(found[0] >= LONGEST_LINE_BYTES);
    }

    #[test]
    fn parts_end_at_separators_and_cover_everything() {
        let text = b"aa 1\nbb 2\ncc 3\ndd 4".to_vec();
        let input = Input::new(&text);
        for n in 1..9 {
            let ranges = parts(&input, n, b"\n");
            assert_eq!((ranges[0].start, ranges.last().map(|range| range.end)), (0, Some(19)));
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(ranges.iter().skip(1).all(|range| text[range.start as usize - 1] == b'\n'), "{ranges:?}");
        }
    }
}
