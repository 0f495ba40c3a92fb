//! The records of a `perf.data` file one after another, those in packed records too.
//!
//! Knows where a record ends and what stands behind some of them; not what they mean. Memory is a buffer or two,
//! whatever the file claims.

use super::fields::Fields;
use super::issues::Issues;
use crate::input::Input;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

pub(super) const HEADER_ATTR: u32 = 64;
const HEADER_TRACING_DATA: u32 = 66;
pub(super) const HEADER_BUILD_ID: u32 = 67;
pub(super) const FINISHED_ROUND: u32 = 68;
const AUXTRACE: u32 = 71;
pub(super) const EVENT_UPDATE: u32 = 78;
pub(super) const HEADER_FEATURE: u32 = 80;
const COMPRESSED: u32 = 81;
const COMPRESSED2: u32 = 83;

const BLOCK_BYTES: usize = 1 << 20;
const UNPACKED_BYTES: usize = 1 << 18;
/// The head of a record: its kind, bits, and its length with the head.
const HEAD_BYTES: usize = 8;
/// As for whole packed files: no profile shrinks further.
const MOST_UNPACKED_RATIO: u64 = 200;
const ALWAYS_UNPACKED_BYTES: u64 = 256 << 20;

/// One record without its head.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// In the file; of an unpacked record that of the packed one.
    pub(super) offset: u64,
    pub(super) kind: u32,
    pub(super) bits: u16,
    pub(super) body: &'a [u8],
}

/// Takes records as they come.
pub(super) trait TakeRecord {
    fn record(&mut self, record: Record<'_>);
    fn issues(&mut self) -> &mut Issues;
}

/// The first record of `bytes` and its length; `None` if it is not complete, an error if there can be none.
fn first(bytes: &[u8], offset: u64, is_big: bool) -> Result<Option<(Record<'_>, usize)>, String> {
    let mut fields = Fields::new(bytes, is_big);
    let (Some(kind), Some(bits), Some(length)) = (fields.u32(), fields.u16(), fields.u16()) else {
        return Ok(None);
    };
    let length = usize::from(length);
    if length < HEAD_BYTES {
        return Err(format!("record of type {kind} has {length} bytes, expected 8 or more"));
    }
    let body = bytes.get(HEAD_BYTES..length);
    Ok(body.map(|body| (Record { offset, kind, bits, body }, length)))
}

/// Hands over the records between two places of the file.
pub(super) fn each(input: &Input<'_>, from: u64, to: u64, is_big: bool, take: &mut dyn TakeRecord) {
    let mut buffer = vec![0; BLOCK_BYTES];
    let (mut at, mut filled) = (from, 0);
    let mut packed = Unpacker::new(input.length());
    loop {
        let room = (buffer.len() - filled).min(to.saturating_sub(at + filled as u64) as usize);
        let n = match input.bytes().read_at(at + filled as u64, &mut buffer[filled..filled + room]) {
            Ok(n) => n,
            Err(error) => {
                take.issues().at(at + filled as u64, format!("cannot read: {error}"));
                0
            }
        };
        filled += n;
        let mut used = 0;
        let mut skip = 0;
        while skip == 0 {
            let (record, length) = match first(&buffer[used..filled], at + used as u64, is_big) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(what) => {
                    take.issues().at(at + used as u64, format!("{what}; the rest is not read"));
                    return;
                }
            };
            used += length;
            let mut fields = Fields::new(record.body, is_big);
            match record.kind {
                COMPRESSED => packed.record(record.offset, record.body, is_big, take),
                COMPRESSED2 => {
                    let length = fields.u64().and_then(|length| usize::try_from(length).ok());
                    match length.and_then(|length| fields.bytes(length)) {
                        Some(data) => packed.record(record.offset, data, is_big, take),
                        None => take.issues().at(record.offset, "packed record is cut".into()),
                    }
                }
                // Followed by as many bytes that are no records.
                AUXTRACE => skip = fields.u64().unwrap_or(0),
                HEADER_TRACING_DATA => skip = u64::from(fields.u32().unwrap_or(0)).next_multiple_of(8),
                _ => take.record(record),
            }
        }
        buffer.copy_within(used..filled, 0);
        filled -= used;
        at += used as u64;
        if skip > 0 {
            let inside = skip.min(filled as u64);
            buffer.copy_within(inside as usize..filled, 0);
            filled -= inside as usize;
            at = at.saturating_add(skip);
            if at > to {
                take.issues().at(to, format!("data for another tool goes {} bytes beyond the end", at - to));
                return;
            }
        }
        input.tell(at);
        if n == 0 && skip == 0 && used == 0 {
            break;
        }
    }
    let left = filled as u64;
    if left > 0 || packed.left() > 0 || at + left < to {
        take.issues().at(at, format!("the file ends within a record, {left} bytes of it are there"));
    }
}

/// Takes packed records apart: they are one zstd stream, and records go from one to the next.
struct Unpacker {
    decoder: Option<Decoder<'static>>,
    /// What is unpacked and not yet handed over.
    bytes: Vec<u8>,
    n_unpacked: u64,
    most: u64,
}

impl Unpacker {
    fn new(file_bytes: u64) -> Self {
        let most = file_bytes.saturating_mul(MOST_UNPACKED_RATIO).max(ALWAYS_UNPACKED_BYTES);
        Self { decoder: Decoder::new().ok(), bytes: Vec::new(), n_unpacked: 0, most }
    }

    fn left(&self) -> usize {
        self.bytes.len()
    }

    fn record(&mut self, offset: u64, packed: &[u8], is_big: bool, take: &mut dyn TakeRecord) {
        let Some(mut decoder) = self.decoder.take() else { return };
        let mut input = InBuffer::around(packed);
        loop {
            let (before, taken_before) = (self.bytes.len(), input.pos());
            self.bytes.resize(before + UNPACKED_BYTES, 0);
            let mut output = OutBuffer::around(&mut self.bytes[before..]);
            let answer = decoder.run(&mut input, &mut output);
            let n = output.pos();
            self.bytes.truncate(before + n);
            self.n_unpacked += n as u64;
            let failure = match answer {
                Err(error) => Some(format!("packed records are damaged: {error}")),
                Ok(_) if self.n_unpacked > self.most => {
                    Some(format!("packed records unpack to more than {} bytes", self.most))
                }
                Ok(_) => self.hand_over(offset, is_big, take).err(),
            };
            if let Some(what) = failure {
                self.bytes.clear();
                return take.issues().at(offset, format!("{what}; what follows packed is not read"));
            }
            let is_taken = input.pos() >= packed.len();
            // Without any progress there is nothing more to get.
            if (is_taken && n < UNPACKED_BYTES) || (n == 0 && input.pos() == taken_before) {
                break;
            }
        }
        self.decoder = Some(decoder);
    }

    fn hand_over(&mut self, offset: u64, is_big: bool, take: &mut dyn TakeRecord) -> Result<(), String> {
        let mut used = 0;
        while let Some((record, length)) = first(&self.bytes[used..], offset, is_big)? {
            take.record(record);
            used += length;
        }
        self.bytes.drain(..used);
        Ok(())
    }
}
