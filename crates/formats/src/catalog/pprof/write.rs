//! The writer: rows of equal stacks and labels, then what they refer to, in the order of `profile.proto`'s fields.
//!
//! Ids count from 1 in the order of first use, so that equal recordings give equal bytes and writing what was read gives
//! the bytes again. A comment says which signal each column is, because their names are those that other tools know.

mod columns;
mod labels;
mod locations;

use super::{RECORDED_BY, field};
use crate::format::{OutputFile, WriteError, WriteOptions};
use crate::protobuf::Message;
use columns::{SampleType, sample_types};
use fathom_model::{Recording, Sample, StackId, ThreadId};
use hashbrown::HashMap;
use labels::Labels;
use locations::Locations;
use std::io::Write;

pub(super) fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signals = options.present_signals(recording)?;
    let mut types = sample_types(&signals, recording);
    let mut strings = Strings::default();
    let mut locations = Locations::new(recording);
    let mut rows = Rows::new(recording, options, &types, &|_| true, &mut locations, &mut strings);
    if rows.values.iter().any(|values| is_zero(values)) {
        // Once more without them: what only they refer to is not written.
        let (row_of, values) = (rows.row_of, rows.values);
        let keeps =
            |at: usize| row_of.get(at).and_then(|row| values.get(*row)).is_some_and(|row| !is_zero(row));
        (strings, locations) = (Strings::default(), Locations::new(recording));
        rows = Rows::new(recording, options, &types, &keeps, &mut locations, &mut strings);
    }
    if rows.keep_used(&mut types) == 0 {
        let signals =
            signals.iter().map(|signal| recording.meta.name_of(*signal)).collect::<Vec<_>>().join(", ");
        return Err(WriteError::NoSamples { signals });
    }

    let mut out = Message::default();
    for kind in &types {
        let (name, unit) = (strings.id(&kind.name), strings.id(kind.unit));
        out.message(field::PROFILE_SAMPLE_TYPE, |out| {
            out.int(field::VALUE_TYPE_KIND, name).int(field::VALUE_TYPE_UNIT, unit);
        });
    }
    rows.write(&mut out);
    locations.write(&mut out, &mut strings);
    let head = head(recording, &types, &mut strings);
    for text in &strings.texts {
        out.bytes(field::PROFILE_STRING_TABLE, text.as_bytes());
    }
    out.append(head);
    Ok(vec![OutputFile { name: "profile.pb.gz".into(), bytes: gzip(&out.into_bytes()) }])
}

/// Values by stack and labels, in the order of first appearance.
struct Rows<'a> {
    labels: Labels<'a>,
    /// Locations of a row's stack and the number of its labels.
    keys: Vec<(u32, u32)>,
    values: Vec<Vec<i64>>,
    stacks: Stacks,
    /// By sample: its row.
    row_of: Vec<usize>,
}

fn is_zero(values: &[i64]) -> bool {
    values.iter().all(|value| *value == 0)
}

impl<'a> Rows<'a> {
    fn new(
        recording: &'a Recording,
        options: &WriteOptions,
        types: &[SampleType],
        keeps: &dyn Fn(usize) -> bool,
        locations: &mut Locations<'_>,
        strings: &mut Strings,
    ) -> Self {
        let mut rows = Self {
            labels: Labels::new(recording),
            keys: Vec::new(),
            values: Vec::new(),
            stacks: Stacks::default(),
            row_of: Vec::with_capacity(recording.samples.len()),
        };
        let mut index: HashMap<(u32, u32), usize> = HashMap::new();
        for (at, sample) in recording.samples.iter().enumerate() {
            let fitting = types.iter().enumerate().filter(|(_, kind)| kind.signal == sample.signal);
            if fitting.clone().next().is_none() || !keeps(at) {
                rows.row_of.push(usize::MAX);
                continue;
            }
            let stack = rows.stacks.number(sample, options, locations, strings);
            let labels = rows.labels.number(sample.thread, sample.labels, strings);
            let row = *index.entry((stack, labels)).or_insert_with(|| {
                rows.keys.push((stack, labels));
                rows.values.push(vec![0; types.len()]);
                rows.keys.len() - 1
            });
            rows.row_of.push(row);
            for (at, kind) in fitting {
                let sum = &mut rows.values[row][at];
                *sum = if kind.counts {
                    sum.saturating_add(i64::from(sample.n)).min(i64::from(u32::MAX))
                } else {
                    sum.saturating_add(sample.value)
                };
            }
        }
        rows
    }

    /// Leaves columns out that are nothing but zeros. Gives how many columns are left.
    fn keep_used(&mut self, types: &mut Vec<SampleType>) -> usize {
        let mut used = vec![false; types.len()];
        for values in &self.values {
            used.iter_mut().zip(values).for_each(|(used, value)| *used |= *value != 0);
        }
        // A column of counts goes with the one behind it.
        for at in 0..used.len().saturating_sub(1) {
            if types[at].counts {
                let any = used[at] || used[at + 1];
                (used[at], used[at + 1]) = (any, any);
            }
        }
        for values in &mut self.values {
            let mut at = 0;
            values.retain(|_| {
                at += 1;
                used[at - 1]
            });
        }
        let mut at = 0;
        types.retain(|_| {
            at += 1;
            used[at - 1]
        });
        types.len()
    }

    fn write(&self, out: &mut Message) {
        for ((stack, labels), values) in self.keys.iter().zip(&self.values) {
            out.message(field::PROFILE_SAMPLE, |out| {
                out.packed(field::SAMPLE_LOCATION, self.stacks.of(*stack).iter().copied());
                out.packed(field::SAMPLE_VALUE, values.iter().map(|value| *value as u64));
                self.labels.write(*labels, out);
            });
        }
    }
}

/// Lists of locations, each once.
#[derive(Default)]
struct Stacks {
    lists: Vec<Vec<u64>>,
    by_list: HashMap<Vec<u64>, u32>,
    by_id: HashMap<(Option<StackId>, Option<ThreadId>), u32>,
}

impl Stacks {
    fn number(
        &mut self,
        sample: &Sample,
        options: &WriteOptions,
        locations: &mut Locations<'_>,
        strings: &mut Strings,
    ) -> u32 {
        let has_roots = options.process_root || options.thread_root;
        let key = (sample.stack, has_roots.then_some(sample.thread));
        if let Some(number) = self.by_id.get(&key) {
            return *number;
        }
        let mut list = locations.of_stack(sample.stack, strings);
        if has_roots {
            locations.push_roots(sample.thread, options, &mut list, strings);
        }
        let next = self.lists.len() as u32;
        let number = *self.by_list.entry(list).or_insert_with_key(|list| {
            self.lists.push(list.clone());
            next
        });
        self.by_id.insert(key, number);
        number
    }

    fn of(&self, number: u32) -> &[u64] {
        self.lists.get(number as usize).map_or(&[], Vec::as_slice)
    }
}

/// Times, the period and the comments.
fn head(recording: &Recording, types: &[SampleType], strings: &mut Strings) -> Message {
    let meta = &recording.meta;
    let mut out = Message::default();
    // The pair read last before the start tells the date best.
    let pair = meta.clock_pairs.iter().rev().find(|pair| pair.monotonic_nanos <= meta.start_nanos);
    if let Some(pair) = pair.or(meta.clock_pairs.first()) {
        let ahead = pair.realtime_nanos.saturating_sub(pair.monotonic_nanos);
        out.int(field::PROFILE_TIME_NANOS, meta.start_nanos.saturating_add(ahead));
    }
    out.int(field::PROFILE_DURATION_NANOS, meta.duration_nanos.max(0));
    let rate = meta.epochs.first().map_or(0.0, |epoch| epoch.rate_hz);
    // What is none of a sampler's rates does not read back as it was.
    if (1e-3..=1e9).contains(&rate) && types.iter().any(|kind| kind.name == columns::CPU) {
        let (name, unit) = (strings.id(columns::CPU), strings.id("nanoseconds"));
        out.message(field::PROFILE_PERIOD_TYPE, |out| {
            out.int(field::VALUE_TYPE_KIND, name).int(field::VALUE_TYPE_UNIT, unit);
        });
        out.int(field::PROFILE_PERIOD, (1e9 / rate).round() as i64);
    }
    let comments = [format!("{RECORDED_BY}{}", meta.fathom_version), columns::comment(types)]
        .map(|text| strings.id(&text));
    out.packed(field::PROFILE_COMMENT, comments.into_iter().map(|id| id as u64));
    let default = types.iter().find(|kind| !kind.counts).map_or("", |kind| kind.name.as_str());
    let default = strings.id(default);
    out.int(field::PROFILE_DEFAULT_SAMPLE_TYPE, default);
    out
}

/// The string table; its first entry is the empty text.
struct Strings {
    texts: Vec<String>,
    ids: HashMap<String, i64>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { texts: vec![String::new()], ids: HashMap::from([(String::new(), 0)]) }
    }
}

impl Strings {
    fn id(&mut self, text: &str) -> i64 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}
