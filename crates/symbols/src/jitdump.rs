//! Jitdumps (`jit-PID.dump`): compiled code with the time at which it came, moved, and with its lines.
//!
//! The format is `tools/perf/Documentation/jitdump-specification.txt` of the kernel. Code bytes and unwinding
//! data are skipped. Addresses of line entries are taken as written; V8 adds 0x40 to them, which names a
//! neighbouring line for the first 64 bytes of a function.

use crate::SymbolFrame;
use crate::demangle::{demangle, name_text};
use crate::elf::read_number;
use fathom_model::Issue;
use object::Endianness;
use std::collections::BTreeMap;

const MAGIC: u32 = 0x4a69_5444;
const HEADER_BYTES: usize = 40;
const RECORD_HEADER_BYTES: usize = 16;

/// Versions of code that are looked at for one address. A runtime that compiles again and again at one
/// address reaches thousands; a hostile file could make every lookup walk all of it.
const MAX_VERSIONS: usize = 100_000;

/// Issues that are reported one by one; the rest is counted.
const MAX_ISSUES: usize = 8;

/// Compiled code, by address and time.
#[derive(Clone, Debug, Default)]
pub struct Jitdump {
    /// Sorted by start, then time.
    versions: Vec<Version>,
    /// The largest end of `versions` up to and with the same position.
    max_ends: Vec<u64>,
    codes: Vec<Code>,
}

/// Code at one place from one time on.
#[derive(Clone, Copy, Debug)]
struct Version {
    start: u64,
    end: u64,
    from_nanos: u64,
    until_nanos: u64,
    code: u32,
}

#[derive(Clone, Debug)]
struct Code {
    name: Box<str>,
    /// Distance from the start of the code, file, line; sorted.
    lines: Vec<(u64, u32, u32)>,
    files: Vec<Box<str>>,
}

impl Jitdump {
    /// Reads a whole jitdump. A cut last record is usual while the runtime runs, and is reported.
    pub fn parse(bytes: &[u8]) -> (Self, Vec<Issue>) {
        let mut reader = Reader {
            bytes,
            endian: Endianness::Little,
            issues: Vec::new(),
            n_issues: 0,
            dump: Self::default(),
            lines: BTreeMap::new(),
            current: BTreeMap::new(),
        };
        reader.read();
        if reader.n_issues > MAX_ISSUES {
            reader
                .issues
                .push(Issue::of("jitdump", format!("{} more damaged records", reader.n_issues - MAX_ISSUES)));
        }
        let Reader { mut dump, issues, .. } = reader;
        dump.versions.sort_by_key(|version| (version.start, version.from_nanos));
        dump.max_ends = dump
            .versions
            .iter()
            .scan(0, |max, version| {
                *max = version.end.max(*max);
                Some(*max)
            })
            .collect();
        (dump, issues)
    }

    /// The function at `address` at a time of the clock that the runtime used (`CLOCK_MONOTONIC`
    /// nanoseconds). Code that is not yet loaded then answers only if nothing else was there before:
    /// some runtimes write the record after the code has begun to run.
    pub fn lookup(&self, address: u64, time_nanos: u64) -> Option<SymbolFrame> {
        let after = self.versions.partition_point(|version| version.start <= address);
        let (mut best, mut earliest): (Option<&Version>, Option<&Version>) = (None, None);
        for at in (0..after).rev().take(MAX_VERSIONS) {
            if self.max_ends[at] <= address {
                break;
            }
            let version = &self.versions[at];
            if address >= version.end {
                continue;
            }
            if earliest.is_none_or(|earliest| version.from_nanos < earliest.from_nanos) {
                earliest = Some(version);
            }
            if version.from_nanos <= time_nanos
                && best.is_none_or(|best| version.from_nanos > best.from_nanos)
            {
                best = Some(version);
            }
        }
        let version = match best {
            Some(best) => Some(best).filter(|best| time_nanos < best.until_nanos)?,
            None => earliest?,
        };
        self.codes.get(version.code as usize).map(|code| code.frame(address - version.start))
    }

    /// Whether no code was loaded.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }
}

impl Code {
    fn frame(&self, distance: u64) -> SymbolFrame {
        let mut frame = SymbolFrame::named(demangle(&self.name));
        let after = self.lines.partition_point(|(start, ..)| *start <= distance);
        if let Some((_, file, line)) = after.checked_sub(1).and_then(|at| self.lines.get(at)) {
            frame.file = self.files.get(*file as usize).map(|file| file.to_string());
            frame.line = (*line > 0).then_some(*line);
        }
        frame
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    endian: Endianness,
    issues: Vec<Issue>,
    n_issues: usize,
    dump: Jitdump,
    /// Lines that wait for the code they belong to, by its address: they are written first.
    lines: BTreeMap<u64, LineTable>,
    /// Position in `versions` of what was last loaded at an address with an index.
    current: BTreeMap<(u64, u64), usize>,
}

#[derive(Default)]
struct LineTable {
    lines: Vec<(u64, u32, u32)>,
    files: Vec<Box<str>>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let endian = [Endianness::Little, Endianness::Big]
            .into_iter()
            .find(|endian| read_number(self.bytes, 0, 4, *endian) == Some(u64::from(MAGIC)));
        let Some(endian) = endian else {
            let start = &self.bytes[..self.bytes.len().min(4)];
            return self.issue(0, format!("begins with {start:02x?}, a jitdump with `JiTD`"));
        };
        self.endian = endian;
        let header_bytes = self.number(8, 4).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        if !(HEADER_BYTES..=self.bytes.len()).contains(&header_bytes) {
            return self
                .issue(8, format!("header of {header_bytes} bytes in a file of {}", self.bytes.len()));
        }
        let mut at = header_bytes;
        while at < self.bytes.len() {
            let Some(size) = self.number(at + 4, 4).and_then(|size| usize::try_from(size).ok()) else {
                return self.issue(at, "the last record is cut".to_owned());
            };
            if size < RECORD_HEADER_BYTES {
                return self.issue(
                    at,
                    format!("record of {size} bytes, its header alone has {RECORD_HEADER_BYTES}"),
                );
            }
            let Some(record) = at.checked_add(size).and_then(|end| self.bytes.get(at..end)) else {
                return self.issue(
                    at,
                    format!("the last record is cut: {size} bytes, {} are left", self.bytes.len() - at),
                );
            };
            let known = match self.number(at, 4) {
                Some(0) => self.load(record),
                Some(1) => self.relocate(record),
                Some(2) => self.line_table(record),
                Some(3) => return,
                // Unwinding data, and what later versions add.
                _ => Some(()),
            };
            if known.is_none() {
                self.issue(at, "the record is damaged".to_owned());
            }
            at += size;
        }
    }

    fn number(&self, at: usize, size: usize) -> Option<u64> {
        read_number(self.bytes, at, size, self.endian)
    }

    fn issue(&mut self, at: usize, message: String) {
        self.n_issues += 1;
        if self.n_issues <= MAX_ISSUES {
            self.issues.push(Issue::at("jitdump", at as u64, message));
        }
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        let word = |at| read_number(record, at, 8, self.endian);
        let (time, address, size, index) = (word(8)?, word(32)?, word(40)?, word(48)?);
        let name = record.get(56..)?;
        let name = &name[..name.iter().position(|byte| *byte == 0)?];
        let end = address.checked_add(size).filter(|end| *end > address)?;
        let table = self.lines.remove(&address).unwrap_or_default();
        let code = u32::try_from(self.dump.codes.len()).ok()?;
        self.dump.codes.push(Code {
            name: Box::from(&*name_text(name)),
            lines: table.lines,
            files: table.files,
        });
        self.push(Version { start: address, end, from_nanos: time, until_nanos: u64::MAX, code }, index);
        Some(())
    }

    fn relocate(&mut self, record: &[u8]) -> Option<()> {
        let word = |at| read_number(record, at, 8, self.endian);
        let (time, old, new, size, index) = (word(8)?, word(32)?, word(40)?, word(48)?, word(56)?);
        let old = self.current.remove(&(old, index))?;
        let old = &mut self.dump.versions[old];
        old.until_nanos = time;
        let end = new.checked_add(size).filter(|end| *end > new)?;
        let version = Version { start: new, end, from_nanos: time, until_nanos: u64::MAX, code: old.code };
        self.push(version, index);
        Some(())
    }

    fn push(&mut self, version: Version, index: u64) {
        self.current.insert((version.start, index), self.dump.versions.len());
        self.dump.versions.push(version);
    }

    fn line_table(&mut self, record: &[u8]) -> Option<()> {
        let word = |at, size| read_number(record, at, size, self.endian);
        let address = word(16, 8)?;
        let n_entries = word(24, 8)?;
        let mut table = LineTable::default();
        let mut known: BTreeMap<&[u8], u32> = BTreeMap::new();
        let mut at = 32;
        let mut file = 0;
        // Each entry takes 17 bytes at least, so that a lying count ends with the record.
        for _ in 0..n_entries {
            let (place, line) = (word(at, 8)?, word(at + 8, 4)? as u32);
            let name = record.get(at + 16..)?;
            let name = &name[..name.iter().position(|byte| *byte == 0)?];
            at += 16 + name.len() + 1;
            // 0xff alone: the same file as the entry before.
            if name != [0xff] {
                file = *known.entry(name).or_insert_with(|| {
                    table.files.push(Box::from(&*name_text(name)));
                    table.files.len() as u32 - 1
                });
            }
            table.lines.push((place.saturating_sub(address), file, line));
        }
        table.lines.sort_by_key(|(distance, ..)| *distance);
        self.lines.insert(address, table);
        Some(())
    }
}
