//! A profile as it stands in its bytes, its samples added up: what the readers of all kinds of files make, and what
//! becomes a recording.
//!
//! In two steps that may be in two threads: [`Parsed`] takes the bytes apart, [`Sums`] adds its samples up.

use super::rows::{LabelSets, Rows};
use super::stack_ids::{Key, KeyMaker, NODE_BYTES, NONE, Slots, StackIds};
use super::tables::Tables;
use super::{SOURCE, field};
use crate::input::Limits;
use crate::protobuf::{Fields, Value};
use crate::varint::write_varint;
use fathom_model::Issue;

/// A profile that was read.
pub(super) struct Collected {
    pub(super) parsed: Parsed,
    pub(super) sums: Sums,
}

impl Collected {
    pub(super) fn new(limits: Limits) -> Self {
        let parsed = Parsed::default();
        let sums = Sums::new(&parsed, limits);
        Self { parsed, sums }
    }

    /// Adds a sample of a profile that is not in protobuf: ids of locations, innermost first. `labels` are messages with
    /// their lengths.
    pub(super) fn add_sample(&mut self, locations: &[u64], values: &[i64], labels: &[u8]) {
        if self.parsed.has_width(values.len()) {
            let mut slots: Vec<u32> = locations.iter().map(|id| self.parsed.slots.of(*id)).collect();
            slots.reverse();
            let stack = self.sums.stacks.number(&slots);
            let labels = self.parsed.labels.number(labels);
            self.sums.rows.add(stack, labels, values);
        }
    }
}

/// Everything but the sums.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) tables: Tables,
    pub(super) labels: LabelSets,
    pub(super) slots: Slots,
    /// Bytes that were read: what is made of them is bounded by it.
    pub(super) n_bytes: u64,
    /// Values of a sample.
    pub(super) width: usize,
    /// Samples with fewer or more values than the others.
    n_odd: u64,
    is_wide: bool,
    maker: KeyMaker,
    scratch: Scratch,
}

/// Of the sample that is being read.
#[derive(Default)]
struct Scratch {
    values: Vec<i64>,
    labels: Vec<u8>,
}

/// Samples that are not added up yet.
#[derive(Default)]
pub(super) struct Batch {
    samples: Vec<BatchSample>,
    /// Locations of all stacks, outermost first.
    slots: Vec<u32>,
    values: Vec<i64>,
    width: usize,
}

struct BatchSample {
    key: Key,
    /// Where its locations end; they begin where those of the sample before end.
    end: usize,
    labels: u32,
}

impl Parsed {
    /// Takes whole fields of a protobuf profile. Whatever was in the batch is replaced.
    pub(super) fn take(&mut self, block: &[u8], batch: &mut Batch) {
        self.n_bytes += block.len() as u64;
        batch.samples.clear();
        batch.slots.clear();
        batch.values.clear();
        for (number, value) in Fields::new(block) {
            match (number, value) {
                (field::PROFILE_SAMPLE, Value::Bytes(message)) => self.take_sample(message, batch),
                (number, value) => self.tables.take(number, value),
            }
        }
        batch.width = self.width;
    }

    fn take_sample(&mut self, message: &[u8], batch: &mut Batch) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.values.clear();
        scratch.labels.clear();
        let start = batch.slots.len();
        for (number, value) in Fields::new(message) {
            match (number, value) {
                (field::SAMPLE_LOCATION, value) => {
                    value.numbers(|id| batch.slots.push(self.slots.of(id)));
                }
                (field::SAMPLE_VALUE, value) => value.numbers(|found| scratch.values.push(found as i64)),
                (field::SAMPLE_LABEL, Value::Bytes(label)) => {
                    write_varint(&mut scratch.labels, label.len() as u64);
                    scratch.labels.extend_from_slice(label);
                }
                _ => {}
            }
        }
        if self.has_width(scratch.values.len()) {
            batch.slots[start..].reverse();
            let key = self.maker.key(&batch.slots[start..]);
            let labels = self.labels.number(&scratch.labels);
            batch.samples.push(BatchSample { key, end: batch.slots.len(), labels });
            batch.values.extend_from_slice(&scratch.values);
        } else {
            batch.slots.truncate(start);
        }
        self.scratch = scratch;
    }

    /// The types of values, or the first sample where they come later, say how many values a sample has.
    fn has_width(&mut self, n_values: usize) -> bool {
        if !self.is_wide {
            self.is_wide = true;
            let n_types = self.tables.value_types.len();
            self.width = if n_types > 0 { n_types } else { n_values };
        }
        let fits = n_values == self.width && n_values > 0;
        self.n_odd += u64::from(!fits);
        fits
    }

    /// What was found wrong with the samples.
    pub(super) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.n_odd > 0 {
            let (n, needed) = (self.n_odd, self.width.max(self.tables.value_types.len()));
            issues
                .push(Issue::of(SOURCE, format!("{n} samples do not have {needed} values and are left out")));
        }
        if self.tables.n_cut > 0 {
            let n = self.tables.n_cut;
            issues.push(Issue::of(SOURCE, format!("{n} locations have more lines than are kept")));
        }
        issues
    }
}

/// The samples added up.
pub(super) struct Sums {
    pub(super) stacks: StackIds,
    pub(super) rows: Rows,
    /// The stacks of a batch.
    numbers: Vec<u32>,
}

impl Sums {
    /// For what is parsed there.
    pub(super) fn new(parsed: &Parsed, limits: Limits) -> Self {
        let most_nodes = usize::try_from(limits.model_bytes / NODE_BYTES).unwrap_or(usize::MAX);
        let stacks = StackIds::new(parsed.maker, most_nodes);
        Self { stacks, rows: Rows::default(), numbers: Vec::new() }
    }

    /// Adds samples.
    pub(super) fn take(&mut self, batch: &Batch) {
        let Self { stacks, rows, numbers } = self;
        numbers.clear();
        // In a loop that does nothing else the processor waits for the memory of several look-ups at a time.
        numbers.extend(batch.samples.iter().map(|sample| stacks.find(sample.key).unwrap_or(NONE)));
        let mut start = 0;
        for (number, sample) in numbers.iter_mut().zip(&batch.samples) {
            if *number == NONE {
                *number = stacks.number(&batch.slots[start..sample.end]);
            }
            start = sample.end;
        }
        // Samples have values, or they are left out.
        for ((number, sample), values) in
            numbers.iter().zip(&batch.samples).zip(batch.values.chunks_exact(batch.width.max(1)))
        {
            rows.add(*number, sample.labels, values);
        }
    }
}
