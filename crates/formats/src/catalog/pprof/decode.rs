//! A profile that is in memory as frames and samples in its own order: for what programs tell of themselves while they
//! are recorded. Gives names and values, knows nothing of recordings.
//!
//! Source: <https://github.com/google/pprof/blob/main/proto/profile.proto>. What refers to something that is not
//! there (a string, a location, a function) is left out; what is cut off ends the reading and is an issue.

use super::tables::{Line, Tables};
use super::{SOURCE, field};
use crate::protobuf::{Fields, Value};
use fathom_model::Issue;
use std::collections::BTreeMap;
use std::io::Read;

/// Frames of one sample; Go's own limit is 128, other writers have none.
const MAX_FRAMES_OF_SAMPLE: usize = 2048;

/// A column of values of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueType {
    /// `inuse_space`, `delay`, `goroutine` ...
    pub kind: String,
    /// `bytes`, `nanoseconds`, `count` ...
    pub unit: String,
}

/// A function at a line, as a profile names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PprofFrame {
    /// Name of the function.
    pub function: String,
    /// Its file; empty if not known.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Line of the function's definition, from 1.
    pub start_line: Option<u32>,
}

/// A stack with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PprofSample {
    /// Positions in [`PprofProfile::frames`], innermost first; inlined calls are frames of their own.
    pub frames: Vec<u32>,
    /// One for each of [`PprofProfile::value_types`].
    pub values: Vec<i64>,
}

/// A profile. Its size is bounded by that of the unpacked bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PprofProfile {
    /// The columns of values.
    pub value_types: Vec<ValueType>,
    /// Every distinct frame of the samples.
    pub frames: Vec<PprofFrame>,
    /// The samples, in their order.
    pub samples: Vec<PprofSample>,
    /// Events between two samples, in `period_type`'s unit; 0 if not said.
    pub period: i64,
    /// What `period` counts.
    pub period_type: ValueType,
    /// Path of the program: that of the first mapping.
    pub program: Option<String>,
}

impl PprofProfile {
    /// Position of the column with this name.
    pub fn column(&self, kind: &str) -> Option<usize> {
        self.value_types.iter().position(|found| found.kind == kind)
    }
}

/// Reads a profile, gzipped or not. `most_bytes` bounds it unpacked: what is longer is read up to there, with an
/// issue.
pub fn read_pprof(bytes: &[u8], most_bytes: usize) -> (PprofProfile, Vec<Issue>) {
    let mut issues = Vec::new();
    let unpacked;
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        unpacked = unpack(bytes, most_bytes, &mut issues);
        &unpacked
    } else {
        if bytes.len() > most_bytes {
            issues.push(Issue::of(
                SOURCE,
                format!("it has {} bytes, of which {most_bytes} are read", bytes.len()),
            ));
        }
        &bytes[..bytes.len().min(most_bytes)]
    };
    let raw = Raw::cut(plain, &mut issues);
    (raw.resolve(plain.len(), &mut issues), issues)
}

fn unpack(bytes: &[u8], most_bytes: usize, issues: &mut Vec<Issue>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(most_bytes as u64 + 1);
    // What was unpacked before an error stays.
    if let Err(error) = reader.read_to_end(&mut out) {
        issues.push(Issue::of(SOURCE, format!("gzip ends in the middle or is damaged: {error}")));
    }
    if out.len() > most_bytes {
        out.truncate(most_bytes);
        issues.push(Issue::of(
            SOURCE,
            format!("it unpacks to more than {most_bytes} bytes, the rest is not read"),
        ));
    }
    out
}

/// The messages, cut but not put together.
#[derive(Default)]
struct Raw<'a> {
    tables: Tables,
    samples: Vec<&'a [u8]>,
}

impl<'a> Raw<'a> {
    fn cut(bytes: &'a [u8], issues: &mut Vec<Issue>) -> Self {
        let mut raw = Self::default();
        let mut fields = Fields::new(bytes);
        for (number, value) in fields.by_ref() {
            match (number, value) {
                (field::PROFILE_SAMPLE, Value::Bytes(message)) => raw.samples.push(message),
                (number, value) => raw.tables.take(number, value),
            }
        }
        if let Some(at) = fields.broken_at() {
            let what = "no protobuf field stands here; what comes behind is not read";
            issues.push(Issue::at(SOURCE, at as u64, what));
        }
        raw.tables.sort();
        raw
    }

    fn value_type(&self, (kind, unit): (u64, u64)) -> ValueType {
        ValueType { kind: self.tables.text(kind).into_owned(), unit: self.tables.text(unit).into_owned() }
    }

    /// Puts the messages together. Frames in all samples together are no more than a multiple of the bytes: a few
    /// bytes could name a location of thousands of lines again and again.
    fn resolve(self, n_bytes: usize, issues: &mut Vec<Issue>) -> PprofProfile {
        let tables = &self.tables;
        let program = tables.mappings.first().map(|mapping| tables.text(mapping.path).into_owned());
        let mut profile = PprofProfile {
            value_types: tables.value_types.iter().map(|kind| self.value_type(*kind)).collect(),
            period: tables.period,
            period_type: self.value_type(tables.period_type),
            program: program.filter(|path| !path.is_empty()),
            ..PprofProfile::default()
        };
        let mut known: BTreeMap<Line, u32> = BTreeMap::new();
        // Sixteen times as many as a profile whose every frame is its own byte.
        let mut frames_left = n_bytes.saturating_mul(16);
        // Names are shared by many lines in the bytes, and each line has its own copy here.
        let mut text_left = n_bytes.saturating_mul(16);
        let (mut n_cut, mut n_odd) = (0_usize, 0_usize);
        for message in &self.samples {
            let (locations, values) = sample(message);
            if values.len() != profile.value_types.len() {
                n_odd += 1;
                continue;
            }
            let mut frames = Vec::new();
            let found = locations.iter().filter_map(|id| tables.location(*id));
            let lines = found.flat_map(|location| tables.lines(location));
            for (at, line) in lines.enumerate() {
                if at == MAX_FRAMES_OF_SAMPLE || frames_left == 0 {
                    n_cut += 1;
                    break;
                }
                frames_left -= 1;
                let number = match known.get(line) {
                    Some(number) => Some(*number),
                    None => frame(tables, line)
                        .filter(|frame| {
                            let bytes = frame.function.len() + frame.file.len();
                            text_left = text_left.saturating_sub(bytes);
                            text_left > 0
                        })
                        .map(|frame| {
                            let number = profile.frames.len() as u32;
                            profile.frames.push(frame);
                            known.insert(*line, number);
                            number
                        }),
                };
                frames.extend(number);
            }
            profile.samples.push(PprofSample { frames, values });
        }
        if n_odd > 0 {
            let needed = profile.value_types.len();
            issues.push(Issue::of(
                SOURCE,
                format!("{n_odd} samples do not have {needed} values and are left out"),
            ));
        }
        if n_cut > 0 || text_left == 0 {
            issues.push(Issue::of(SOURCE, format!("{n_cut} samples have more frames than are kept")));
        }
        profile
    }
}

fn frame(tables: &Tables, line: &Line) -> Option<PprofFrame> {
    let function = tables.function(line.function)?;
    let number = |line: i64| u32::try_from(line).ok().filter(|line| *line > 0);
    let frame = PprofFrame {
        function: tables.text(function.name).into_owned(),
        file: tables.text(function.file).into_owned(),
        line: number(line.line),
        start_line: number(function.start_line),
    };
    (!frame.function.is_empty()).then_some(frame)
}

/// Locations and values of a sample; both lists may be packed or not.
fn sample(message: &[u8]) -> (Vec<u64>, Vec<i64>) {
    let (mut locations, mut values) = (Vec::new(), Vec::new());
    for (number, value) in Fields::new(message) {
        match number {
            field::SAMPLE_LOCATION => value.numbers(|id| locations.push(id)),
            field::SAMPLE_VALUE => value.numbers(|found| values.push(found as i64)),
            _ => {}
        }
    }
    (locations, values)
}

#[cfg(test)]
mod tests;
