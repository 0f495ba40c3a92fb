//! The head of a `perf.data` file, its events and its features: where sections lie and what they say.
//!
//! Source: `tools/perf/Documentation/perf.data-file-format.txt` and `tools/perf/util/header.c`.

use super::attribute::Attribute;
use super::fields::Fields;
use crate::input::ReadAt;
use fathom_model::{BuildId, ClockPair, HostInfo};

const LITTLE: &[u8] = b"PERFILE2";
const BIG: &[u8] = b"2ELIFREP";
/// The head of a stream: the signature and its own length.
const STREAM_HEAD_BYTES: u64 = 16;
const FILE_HEAD_BYTES: usize = 104;
/// No section that is read at once is longer.
const MOST_SECTION_BYTES: u64 = 64 << 20;

pub(super) const BUILD_ID: u64 = 2;
const HOSTNAME: u64 = 3;
const OS_RELEASE: u64 = 4;
const VERSION: u64 = 5;
const ARCHITECTURE: u64 = 6;
const N_CPUS: u64 = 7;
const CPU_DESCRIPTION: u64 = 8;
const TOTAL_MEMORY: u64 = 10;
const EVENT_DESCRIPTIONS: u64 = 12;
const CLOCK_DATA: u64 = 29;

/// Whether a file begins like this.
pub(super) fn is_perf_data(head: &[u8]) -> bool {
    head.starts_with(LITTLE) || head.starts_with(BIG)
}

/// A stretch of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Section {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { offset: fields.u64()?, length: fields.u64()? })
    }

    /// Its bytes, as many as there are.
    fn bytes(self, file: &dyn ReadAt) -> Vec<u8> {
        let there = file.length().unwrap_or(0).saturating_sub(self.offset);
        let mut bytes = vec![0; self.length.min(there).min(MOST_SECTION_BYTES) as usize];
        let n = file.read_at(self.offset, &mut bytes).unwrap_or(0);
        bytes.truncate(n);
        bytes
    }
}

/// Where things are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) is_big: bool,
    /// Whether it was written to a pipe: everything is a record then.
    pub(super) is_stream: bool,
    attribute_bytes: u64,
    attributes: Section,
    /// The records.
    pub(super) data: Section,
    features: u64,
}

/// Reads the head; the text is what is wrong with it.
pub(super) fn header(file: &dyn ReadAt) -> Result<Header, String> {
    let bytes = Section { offset: 0, length: FILE_HEAD_BYTES as u64 }.bytes(file);
    if !is_perf_data(&bytes) {
        return Err("no signature of perf.data".into());
    }
    let is_big = bytes.starts_with(BIG);
    let mut fields = Fields::new(&bytes[8..], is_big);
    let length = fields.u64().ok_or("the file ends within its head")?;
    let all = file.length().unwrap_or(0);
    if length == STREAM_HEAD_BYTES {
        let data = Section { offset: STREAM_HEAD_BYTES, length: all.saturating_sub(STREAM_HEAD_BYTES) };
        let none = Section::default();
        return Ok(Header {
            is_big,
            is_stream: true,
            attribute_bytes: 0,
            attributes: none,
            data,
            features: 0,
        });
    }
    let mut rest = || -> Option<Header> {
        let attribute_bytes = fields.u64()?;
        let (attributes, data) = (Section::read(&mut fields)?, Section::read(&mut fields)?);
        Section::read(&mut fields)?;
        // Only the first 64 of the 256 bits have been given out.
        let features = fields.u64()?;
        Some(Header { is_big, is_stream: false, attribute_bytes, attributes, data, features })
    };
    rest().ok_or_else(|| format!("the file ends within its head of {length} bytes"))
}

impl Header {
    /// The events of a file, with the ids that tell them apart.
    pub(super) fn attributes(&self, file: &dyn ReadAt) -> Vec<(Attribute, Vec<u64>)> {
        let bytes = self.attributes.bytes(file);
        // The attribute itself and the section of its ids.
        let Some(own) = usize::try_from(self.attribute_bytes).ok().and_then(|all| all.checked_sub(16)) else {
            return Vec::new();
        };
        let mut list = Vec::new();
        // In a hostile file the ids of many entries are the same bytes.
        let mut most = file.length().unwrap_or(0);
        for entry in bytes.chunks_exact(own + 16) {
            let Some(attribute) = Attribute::read(&entry[..own], self.is_big) else { break };
            let section = Section::read(&mut Fields::new(&entry[own..], self.is_big)).unwrap_or_default();
            let ids = Section { length: section.length.min(most), ..section }.bytes(file);
            most -= ids.len() as u64;
            list.push((attribute, numbers(&ids, self.is_big)));
        }
        list
    }

    /// The features of a file in their order: number and bytes.
    pub(super) fn features(&self, file: &dyn ReadAt) -> Vec<(u64, Vec<u8>)> {
        let Some(offset) = self.data.offset.checked_add(self.data.length) else { return Vec::new() };
        let present = (0..64).filter(|feature| self.features >> feature & 1 == 1);
        let table = Section { offset, length: u64::from(self.features.count_ones()) * 16 }.bytes(file);
        let mut fields = Fields::new(&table, self.is_big);
        present
            .map_while(|feature| Some((feature, Section::read(&mut fields)?)))
            .filter(|(feature, _)| is_read(*feature))
            .map(|(feature, section)| (feature, section.bytes(file)))
            .collect()
    }
}

fn is_read(feature: u64) -> bool {
    matches!(feature, BUILD_ID..=CPU_DESCRIPTION | TOTAL_MEMORY | EVENT_DESCRIPTIONS | CLOCK_DATA)
}

pub(super) fn numbers(bytes: &[u8], is_big: bool) -> Vec<u64> {
    bytes.chunks_exact(8).filter_map(|number| Fields::new(number, is_big).u64()).collect()
}

/// What a feature says.
pub(super) enum Feature {
    Host(fn(&mut HostInfo, String), String),
    Tool(String),
    Cpus(u32),
    Memory(u64),
    Clock(ClockPair),
    BuildIds(Vec<(String, BuildId)>),
    /// Names with the ids they are for.
    Names(Vec<(String, Vec<u64>)>),
}

/// Reads a feature; `None` for one that is of no use here or damaged.
pub(super) fn feature(number: u64, bytes: &[u8], is_big: bool) -> Option<Feature> {
    let mut fields = Fields::new(bytes, is_big);
    Some(match number {
        HOSTNAME => Feature::Host(|host, text| host.name = text, fields.counted_text()?),
        OS_RELEASE => Feature::Host(|host, text| host.kernel = text, fields.counted_text()?),
        ARCHITECTURE => Feature::Host(|host, text| host.architecture = text, fields.counted_text()?),
        CPU_DESCRIPTION => Feature::Host(|host, text| host.cpu_model = text, fields.counted_text()?),
        VERSION => Feature::Tool(fields.counted_text()?),
        N_CPUS => {
            fields.u32()?;
            Feature::Cpus(fields.u32()?)
        }
        TOTAL_MEMORY => Feature::Memory(fields.u64()?.saturating_mul(1024)),
        CLOCK_DATA => {
            fields.skip_u64(1)?;
            let (real, monotonic) = (fields.u64()?, fields.u64()?);
            Feature::Clock(ClockPair {
                monotonic_nanos: i64::try_from(monotonic).ok()?,
                realtime_nanos: i64::try_from(real).ok()?,
            })
        }
        BUILD_ID => Feature::BuildIds(build_ids(fields)),
        EVENT_DESCRIPTIONS => Feature::Names(event_names(fields)),
        _ => return None,
    })
}

/// `perf_record_header_build_id`s, one behind the other.
fn build_ids(mut fields: Fields<'_>) -> Vec<(String, BuildId)> {
    let mut list = Vec::new();
    while let Some(record) = next_record(&mut fields) {
        list.extend(build_id(record.0, record.1, fields.is_big));
    }
    list
}

fn next_record<'a>(fields: &mut Fields<'a>) -> Option<(u16, &'a [u8])> {
    let (_kind, bits, length) = (fields.u32()?, fields.u16()?, fields.u16()?);
    Some((bits, fields.bytes(usize::from(length).checked_sub(8)?)?))
}

/// One of them without its head: the process, 24 bytes for the id, and the path.
pub(super) fn build_id(bits: u16, body: &[u8], is_big: bool) -> Option<(String, BuildId)> {
    /// `PERF_RECORD_MISC_BUILD_ID_SIZE`: the id's length stands behind its 20 bytes.
    const HAS_LENGTH: u16 = 1 << 15;
    let mut fields = Fields::new(body, is_big);
    fields.i32()?;
    let id = fields.bytes(24)?;
    let length = if bits & HAS_LENGTH != 0 { usize::from(id[20]).min(20) } else { 20 };
    let path = fields.text();
    (length > 0 && !path.is_empty()).then(|| (path, BuildId(id[..length].to_vec())))
}

fn event_names(mut fields: Fields<'_>) -> Vec<(String, Vec<u64>)> {
    let mut names = Vec::new();
    let (Some(n), Some(attribute_bytes)) = (fields.u32(), fields.u32()) else { return names };
    for _ in 0..n {
        let mut entry = || {
            fields.bytes(attribute_bytes as usize)?;
            let n_ids = fields.u32()?;
            let name = fields.counted_text()?;
            Some((name, numbers(fields.bytes((n_ids as usize).checked_mul(8)?)?, fields.is_big)))
        };
        let Some(entry) = entry() else { break };
        names.push(entry);
    }
    names
}
