//! `perf_event_attr`: which event was recorded, and what its samples hold.
//!
//! Source: `include/uapi/linux/perf_event.h`.

use super::fields::Fields;

pub(super) const IP: u64 = 1 << 0;
pub(super) const TID: u64 = 1 << 1;
pub(super) const TIME: u64 = 1 << 2;
pub(super) const ADDR: u64 = 1 << 3;
pub(super) const READ: u64 = 1 << 4;
pub(super) const CALLCHAIN: u64 = 1 << 5;
pub(super) const ID: u64 = 1 << 6;
pub(super) const CPU: u64 = 1 << 7;
pub(super) const PERIOD: u64 = 1 << 8;
pub(super) const STREAM_ID: u64 = 1 << 9;
pub(super) const STACK_USER: u64 = 1 << 13;
pub(super) const IDENTIFIER: u64 = 1 << 16;
/// Bits of the flags.
const FREQUENCY: u64 = 1 << 10;
const SAMPLE_ID_ALL: u64 = 1 << 18;
/// `PERF_ATTR_SIZE_VER0`, the shortest there ever was.
const LEAST_BYTES: usize = 64;

/// An event, and how its samples are laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attribute {
    kind: u32,
    config: u64,
    period_or_frequency: u64,
    pub(super) sample_type: u64,
    pub(super) read_format: u64,
    flags: u64,
    /// As perf names it.
    pub(super) name: Option<String>,
}

impl Attribute {
    /// Reads an attribute that takes all of `bytes`.
    pub(super) fn read(bytes: &[u8], is_big: bool) -> Option<Self> {
        if bytes.len() < LEAST_BYTES {
            return None;
        }
        let mut fields = Fields::new(bytes, is_big);
        let kind = fields.u32()?;
        let _size = fields.u32()?;
        let (config, period_or_frequency) = (fields.u64()?, fields.u64()?);
        let (sample_type, read_format) = (fields.u64()?, fields.u64()?);
        let flags = fields.bytes(8)?;
        // The flags are bit fields: big-endian machines count their bits from the other end of each byte.
        let flag = |byte: &u8| if is_big { byte.reverse_bits() } else { *byte };
        let flags = flags.iter().rev().fold(0, |flags, byte| flags << 8 | u64::from(flag(byte)));
        Some(Self { kind, config, period_or_frequency, sample_type, read_format, flags, name: None })
    }

    pub(super) fn has(&self, part: u64) -> bool {
        self.sample_type & part != 0
    }

    /// The period of samples that do not tell theirs; `None` where it varies.
    pub(super) fn fixed_period(&self) -> Option<u64> {
        (self.flags & FREQUENCY == 0 && self.period_or_frequency > 0).then_some(self.period_or_frequency)
    }

    /// Whether its periods are nanoseconds of CPU time.
    pub(super) fn is_cpu_clock(&self) -> bool {
        self.kind == 1 && self.config <= 1
    }

    /// What perf calls it, or what the kernel's numbers stand for.
    pub(super) fn name(&self) -> String {
        if let Some(name) = self.name.as_ref().filter(|name| !name.is_empty()) {
            return name.clone();
        }
        const HARDWARE: [&str; 10] = [
            "cycles",
            "instructions",
            "cache-references",
            "cache-misses",
            "branches",
            "branch-misses",
            "bus-cycles",
            "stalled-cycles-frontend",
            "stalled-cycles-backend",
            "ref-cycles",
        ];
        const SOFTWARE: [&str; 11] = [
            "cpu-clock",
            "task-clock",
            "page-faults",
            "context-switches",
            "cpu-migrations",
            "minor-faults",
            "major-faults",
            "alignment-faults",
            "emulation-faults",
            "dummy",
            "bpf-output",
        ];
        let names: &[&str] = match self.kind {
            0 => &HARDWARE,
            1 => &SOFTWARE,
            _ => &[],
        };
        let known = usize::try_from(self.config).ok().and_then(|config| names.get(config));
        match known {
            Some(name) => (*name).to_owned(),
            None => format!("event {:#x} of type {}", self.config, self.kind),
        }
    }

    /// Where the event's id stands in a sample.
    pub(super) fn id_offset(&self) -> Option<usize> {
        if self.has(IDENTIFIER) {
            return Some(0);
        }
        let before = (self.sample_type & (IP | TID | TIME | ADDR)).count_ones() as usize;
        self.has(ID).then_some(before * 8)
    }

    /// Where the event's id stands in other records, from their end.
    pub(super) fn id_offset_from_end(&self) -> Option<usize> {
        if self.flags & SAMPLE_ID_ALL == 0 {
            return None;
        }
        if self.has(IDENTIFIER) {
            return Some(8);
        }
        let behind = (self.sample_type & (CPU | STREAM_ID)).count_ones() as usize;
        self.has(ID).then_some(behind * 8 + 8)
    }

    /// The time of a sample.
    pub(super) fn sample_time(&self, body: &[u8], is_big: bool) -> Option<u64> {
        let before = (self.sample_type & (IDENTIFIER | IP | TID)).count_ones() as usize;
        self.has(TIME).then(|| Fields::new(body.get(before * 8..)?, is_big).u64())?
    }

    /// The time of another record, which stands in its `sample_id`.
    pub(super) fn other_time(&self, body: &[u8], is_big: bool) -> Option<u64> {
        if self.flags & SAMPLE_ID_ALL == 0 || !self.has(TIME) {
            return None;
        }
        let behind = (self.sample_type & (ID | STREAM_ID | CPU | IDENTIFIER)).count_ones() as usize;
        let at = body.len().checked_sub(behind * 8 + 8)?;
        Fields::new(&body[at..], is_big).u64()
    }
}
