//! Reads a spool back, whatever happened to it.

use super::decode::{Decoded, decode};
use super::placeholders::Rows;
use super::{BLOCK_HEAD_BYTES, Context, HEADER_BYTES, MAGIC, MARKER, MAX_BLOCK_BYTES, VERSION_MAJOR};
use super::{block_checksum, lists_fingerprint};
use crate::error::StoreError;
use fathom_model::{Issue, Record, StackId};

/// Issues that are kept one by one; further ones are counted.
const MAX_ISSUES: usize = 50;
/// While looking for the next whole block, each byte is read at most this often.
const SEARCH_FACTOR: u64 = 16;

/// The records of a spool, in order. Afterwards [`SpoolReader::finish`] tells what was wrong.
///
/// Ids are introduced before they are used, also where the record that did so was lost: then rows named
/// `[lost]` take its place.
pub struct SpoolReader<'a> {
    name: String,
    bytes: &'a [u8],
    /// Begin of the next block.
    offset: usize,
    /// What is left of the current block, and where that began.
    block: &'a [u8],
    block_offset: usize,
    context: Context,
    rows: Rows,
    /// A record that waits for placeholders.
    held: Option<Record>,
    placeholders: u64,
    placeholders_allowed: u64,
    search_bytes_left: u64,
    issues: Vec<Issue>,
    issues_left_out: usize,
    unknown_records: usize,
}

impl<'a> SpoolReader<'a> {
    /// Opens the bytes of a spool; `name` (its path) stands in issues and errors.
    ///
    /// # Errors
    /// [`StoreError::NotASpool`] if the header is not one that this version reads.
    pub fn new(bytes: &'a [u8], name: impl Into<String>) -> Result<Self, StoreError> {
        let name = name.into();
        if let Err(found) = check_header(bytes) {
            return Err(StoreError::NotASpool { name, found });
        }
        Ok(Self {
            name,
            bytes,
            offset: HEADER_BYTES,
            block: &[],
            block_offset: 0,
            context: Context::default(),
            rows: Rows::default(),
            held: None,
            placeholders: 0,
            placeholders_allowed: bytes.len() as u64 / 4,
            search_bytes_left: bytes.len() as u64 * SEARCH_FACTOR,
            issues: Vec::new(),
            issues_left_out: 0,
            unknown_records: 0,
        })
    }

    /// What was wrong so far; complete once the iterator has ended.
    pub fn finish(mut self) -> Vec<Issue> {
        let mut counted = |count: u64, message: &str| {
            if count > 0 {
                self.issues.push(Issue::of(self.name.as_str(), format!("{count} {message}")));
            }
        };
        counted(self.placeholders, "rows were lost; `[lost]` stands in their place");
        counted(self.unknown_records as u64, "records of a later version were skipped");
        counted(self.issues_left_out as u64, "further problems");
        self.issues
    }

    fn issue(&mut self, offset: usize, message: String) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(Issue::at(self.name.as_str(), offset as u64, message));
        } else {
            self.issues_left_out += 1;
        }
    }

    /// Opens the next whole block; `false` at the end.
    fn next_block(&mut self) -> bool {
        let damaged_from = self.offset;
        while self.offset < self.bytes.len() {
            match whole_block(&self.bytes[self.offset..]) {
                Ok(payload) => {
                    self.report_gap(damaged_from);
                    self.block = payload;
                    self.block_offset = self.offset + BLOCK_HEAD_BYTES;
                    self.offset = self.block_offset + payload.len();
                    self.context = Context::default();
                    return true;
                }
                Err(read_bytes) => {
                    let Some(left) = self.search_bytes_left.checked_sub(read_bytes as u64) else {
                        let message = "damaged, and too many bytes look like blocks; stopped here".to_owned();
                        self.issue(damaged_from, message);
                        self.offset = self.bytes.len();
                        return false;
                    };
                    self.search_bytes_left = left;
                    let from = self.offset + 1;
                    self.offset = find(&self.bytes[from..], MARKER).map_or(self.bytes.len(), |at| from + at);
                }
            }
        }
        self.report_gap(damaged_from);
        false
    }

    fn report_gap(&mut self, from: usize) {
        let len = self.offset - from;
        if len > 0 && self.offset < self.bytes.len() {
            self.issue(from, format!("{len} damaged bytes were left out"));
        } else if len > 0 {
            self.issue(from, format!("the last {len} bytes are cut off or damaged and were left out"));
        }
    }

    /// The next record as it stands in the file.
    fn stored(&mut self) -> Option<Record> {
        loop {
            if self.block.is_empty() && !self.next_block() {
                return None;
            }
            let before = self.block.len();
            match decode(&mut self.block, &mut self.context) {
                Some(Decoded::Record(record)) => {
                    if let Some(record) = self.sound(record) {
                        return Some(record);
                    }
                }
                Some(Decoded::Unknown) => self.unknown_records += 1,
                None => {
                    // The checksum was right, so a writer said something that this reader does not know.
                    let at = self.offset - before;
                    self.issue(at, format!("{before} bytes hold no record that this version knows"));
                    self.block = &[];
                }
            }
        }
    }

    /// Keeps the promises about ids; `None` for a record that breaks them beyond repair.
    fn sound(&mut self, mut record: Record) -> Option<Record> {
        if let Record::Stack { id, parent, .. } = &mut record {
            let (id, due) = (id.0, self.rows.stacks);
            if u64::from(id) < due {
                self.issue(
                    self.block_offset,
                    format!("stack {id} comes again, stack {due} is due; left out"),
                );
                return None;
            }
            *parent = parent.filter(|parent| *parent < StackId(id));
        }
        let missing = self.rows.missing(&Rows::needed_by(&record));
        if self.placeholders.saturating_add(missing) > self.placeholders_allowed {
            self.issue(
                self.block_offset,
                format!("a record names {missing} rows that were never written; left out"),
            );
            return None;
        }
        Some(record)
    }
}

impl Iterator for SpoolReader<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let record = match self.held.take() {
            Some(record) => record,
            None => self.stored()?,
        };
        let given = match self.rows.placeholder(&Rows::needed_by(&record), &record) {
            Some(placeholder) => {
                self.placeholders += 1;
                self.held = Some(record);
                placeholder
            }
            None => record,
        };
        self.rows.count(&given);
        Some(given)
    }
}

fn check_header(bytes: &[u8]) -> Result<(), String> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Err(format!("it has {} bytes, a header has {HEADER_BYTES}", bytes.len()));
    };
    if !header.starts_with(MAGIC) {
        return Err("it does not begin with `FATHOMSP`".into());
    }
    let major = u16::from_le_bytes([header[8], header[9]]);
    if major != VERSION_MAJOR {
        return Err(format!("its version is {major}, {VERSION_MAJOR} is needed"));
    }
    let fingerprint = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
    if fingerprint != lists_fingerprint() {
        return Err("its lists of signals, units and wait classes are those of another version".into());
    }
    Ok(())
}

/// The payload of the block at the front; else the number of bytes that had to be read to know.
fn whole_block(bytes: &[u8]) -> Result<&[u8], usize> {
    let Some((head, rest)) = bytes.split_first_chunk::<BLOCK_HEAD_BYTES>() else { return Err(bytes.len()) };
    let [a, b, c, d, l0, l1, l2, l3, c0, c1, c2, c3] = *head;
    let len = [l0, l1, l2, l3];
    let len_bytes = u32::from_le_bytes(len) as usize;
    if [a, b, c, d] != MARKER || len_bytes == 0 || len_bytes > MAX_BLOCK_BYTES {
        return Err(BLOCK_HEAD_BYTES);
    }
    let Some(payload) = rest.get(..len_bytes) else { return Err(BLOCK_HEAD_BYTES) };
    if block_checksum(len, payload) == u32::from_le_bytes([c0, c1, c2, c3]) {
        Ok(payload)
    } else {
        Err(BLOCK_HEAD_BYTES + len_bytes)
    }
}

fn find(bytes: &[u8], marker: [u8; 4]) -> Option<usize> {
    bytes.windows(4).position(|window| window == marker)
}
