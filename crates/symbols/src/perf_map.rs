//! Perf maps (`/tmp/perf-PID.map`): names that a runtime writes for the code it compiles while running.
//!
//! A line is `START SIZE NAME`, numbers in hexadecimal, the name up to the end of the line. Runtimes append
//! as they compile, so that a later line replaces what it overlaps. The file has no times.

use crate::demangle::name_text;
use fathom_model::Issue;
use std::collections::BTreeMap;

/// Issues that are reported line by line; the rest is counted.
const MAX_LINE_ISSUES: usize = 8;

/// Names of compiled code, by address.
#[derive(Clone, Debug, Default)]
pub struct PerfMap {
    ranges: RangeMap,
    names: Vec<Box<str>>,
}

impl PerfMap {
    /// Reads a perf map. Lines that are not `START SIZE NAME` are skipped and reported; the last one may be
    /// cut, because the runtime writes while it is read, and is then taken as it is if it has a name.
    pub fn parse(bytes: &[u8]) -> (Self, Vec<Issue>) {
        let mut map = Self::default();
        let mut issues = Vec::new();
        let mut n_damaged = 0;
        let mut offset = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let at = offset;
            offset += line.len() as u64;
            let line = line.trim_ascii();
            if line.is_empty() || map.add_line(line) {
                continue;
            }
            n_damaged += 1;
            if n_damaged <= MAX_LINE_ISSUES {
                issues.push(Issue::at(
                    "perf map",
                    at,
                    format!("`{}` is not `start size name`", name_text(&line[..line.len().min(80)])),
                ));
            }
        }
        if n_damaged > MAX_LINE_ISSUES {
            issues.push(Issue::of("perf map", format!("{} more damaged lines", n_damaged - MAX_LINE_ISSUES)));
        }
        (map, issues)
    }

    /// Adds what a runtime has written since the last call, whole lines only: gives how many of `bytes` were taken.
    /// Lines of another form are skipped.
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        for line in bytes[..whole].split(|byte| *byte == b'\n') {
            self.add_line(line.trim_ascii());
        }
        whole
    }

    fn add_line(&mut self, line: &[u8]) -> bool {
        let Some((start, end, name)) = parse_line(line) else { return false };
        self.ranges.insert(start, end, self.names.len() as u32);
        self.names.push(Box::from(&*name_text(name)));
        true
    }

    /// Number of lines with names so far; those of [`Self::line_at`] are smaller.
    pub fn n_lines(&self) -> usize {
        self.names.len()
    }

    /// The line that names the code at `address`, counted from 0, and its name.
    pub fn line_at(&self, address: u64) -> Option<(u32, &str)> {
        let line = self.ranges.get(address)?;
        Some((line, self.names.get(line as usize)?))
    }

    /// The name of the code at `address`, as the runtime wrote it.
    pub fn lookup(&self, address: u64) -> Option<&str> {
        self.names.get(self.ranges.get(address)? as usize).map(|name| &**name)
    }

    /// Every range with its name as it is now, by address: first address, address after the last, name.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64, &str)> {
        let named = |(start, (end, line)): (&u64, &(u64, u32))| {
            Some((*start, *end, &**self.names.get(*line as usize)?))
        };
        self.ranges.0.iter().filter_map(named)
    }

    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

fn parse_line(line: &[u8]) -> Option<(u64, u64, &[u8])> {
    let mut words = line.splitn(3, |byte| matches!(byte, b' ' | b'\t'));
    let start = hexadecimal(words.next()?)?;
    let size = hexadecimal(words.next()?)?;
    let name = words.next()?.trim_ascii();
    // Some runtimes write empty ranges for code that was thrown away; they name nothing.
    (!name.is_empty() && size > 0).then_some(())?;
    Some((start, start.checked_add(size)?, name))
}

fn hexadecimal(word: &[u8]) -> Option<u64> {
    let word = std::str::from_utf8(word).ok()?;
    u64::from_str_radix(word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word), 16).ok()
}

/// Disjoint ranges; a new one cuts what it overlaps. Holds at most two ranges for each insertion.
#[derive(Clone, Debug, Default)]
struct RangeMap(BTreeMap<u64, (u64, u32)>);

impl RangeMap {
    fn insert(&mut self, start: u64, end: u64, value: u32) {
        if let Some((&before, &(before_end, before_value))) = self.0.range(..start).next_back() {
            if before_end > start {
                self.0.insert(before, (start, before_value));
            }
            if before_end > end {
                self.0.insert(end, (before_end, before_value));
            }
        }
        while let Some((&inside, &(inside_end, inside_value))) = self.0.range(start..end).next() {
            self.0.remove(&inside);
            if inside_end > end {
                self.0.insert(end, (inside_end, inside_value));
            }
        }
        self.0.insert(start, (end, value));
    }

    fn get(&self, address: u64) -> Option<u32> {
        let (_, (end, value)) = self.0.range(..=address).next_back()?;
        (address < *end).then_some(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_blanks_and_later_lines() {
        let text = b"1000 100 JS:*add file.js:10:5\n0x2000 0x10 tab\tname\nzzzz 10 bad\n1040 20 Later one  \n\n3000 10\n3000 0 empty\n4000 10 cut";
        let (map, issues) = PerfMap::parse(text);
        assert_eq!(issues.len(), 3, "{issues:?}");
        let names: Vec<_> = [0xfff, 0x1000, 0x103f, 0x1040, 0x105f, 0x1060, 0x10ff, 0x1100, 0x2005, 0x4000]
            .map(|at| map.lookup(at).unwrap_or("-"))
            .into();
        let add = "JS:*add file.js:10:5";
        assert_eq!(names, ["-", add, add, "Later one", "Later one", add, add, "-", "tab\tname", "cut"]);
    }

    #[test]
    fn what_is_appended_counts_once_it_is_whole() {
        let mut map = PerfMap::default();
        assert_eq!(map.append(b"1000 10 first\nbad\n2000 10 sec"), 18);
        assert_eq!((map.lookup(0x1000), map.lookup(0x2000)), (Some("first"), None));
        assert_eq!(map.append(b"2000 10 second\n1008 4 later\n"), 28);
        assert_eq!(map.line_at(0x2001), Some((1, "second")));
        assert_eq!((map.line_at(0x1008), map.lookup(0x100c)), (Some((2, "later")), Some("first")));
        assert_eq!((map.append(b""), map.append(b"no end"), map.n_lines()), (0, 0, 3));
        let ranges: Vec<_> = map.ranges().collect();
        assert_eq!(ranges[1], (0x1008, 0x100c, "later"));
        assert_eq!(ranges.len(), 4);
    }

    #[test]
    fn overlaps_follow_a_simple_model() {
        let mut map = RangeMap::default();
        let mut model = [None; 256];
        let mut seed = 1u64;
        for value in 0..500 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (start, size) = ((seed >> 33) % 200, 1 + (seed >> 50) % 50);
            map.insert(start, start + size, value);
            model[start as usize..(start + size) as usize].fill(Some(value));
            for (at, expected) in model.iter().enumerate() {
                assert_eq!(map.get(at as u64), *expected);
            }
        }
    }
}
