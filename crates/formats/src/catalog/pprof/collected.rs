//! A profile as it stands in its bytes, its samples added up: what the readers of all kinds of files make, and what
//! becomes a recording.
//!
//! In two steps that may be in two threads: [`Parsed`] takes the bytes apart, [`Sums`] adds its samples up. A list of
//! locations that was there before, byte for byte, is not taken apart again.

use super::key_table::{Key, KeyTable};
use super::rows::{LabelSets, Rows};
use super::stack_ids::{NODE_BYTES, Slots, StackIds};
use super::tables::Tables;
use super::{SOURCE, field};
use crate::input::Limits;
use crate::protobuf::{Fields, Value};
use crate::varint::write_varint;
use fathom_model::Issue;
use hashbrown::DefaultHashBuilder;
use std::hash::BuildHasher;

/// Lists of locations that are looked up together: see `stack_ids`.
const TOGETHER: usize = 64;

/// A profile that was read.
pub(super) struct Collected {
    pub(super) parsed: Parsed,
    pub(super) sums: Sums,
}

impl Collected {
    pub(super) fn new(limits: Limits) -> Self {
        let most_nodes = usize::try_from(limits.model_bytes / NODE_BYTES).unwrap_or(usize::MAX);
        // Most lists end in a node of their own and have others above it: half as many are enough, and take less memory.
        let parsed = Parsed { most_lists: most_nodes / 2, ..Parsed::default() };
        let sums = Sums { stacks: StackIds::new(most_nodes), rows: Rows::default(), nodes: Vec::new() };
        Self { parsed, sums }
    }

    /// Adds a sample of a profile that is not in protobuf: ids of locations, innermost first. `labels` are messages with
    /// their lengths.
    pub(super) fn add_sample(&mut self, locations: &[u64], values: &[i64], labels: &[u8]) {
        if self.parsed.has_width(values.len()) {
            let mut slots: Vec<u32> = locations.iter().map(|id| self.parsed.slots.of(*id)).collect();
            slots.reverse();
            let labels = self.parsed.labels.number(labels);
            let Sums { stacks, rows, .. } = &mut self.sums;
            stacks.number(&slots, &[slots.len()], |stack| rows.add(stack, labels, values));
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
    /// The lists of locations that samples have, as they stand in the bytes.
    lists: KeyTable,
    /// Lists that are kept; what comes behind is taken apart each time.
    most_lists: usize,
    hashers: [DefaultHashBuilder; 2],
    scratch: Scratch,
}

/// Of the sample that is being read.
#[derive(Default)]
struct Scratch {
    locations: Vec<u8>,
    values: Vec<i64>,
    labels: Vec<u8>,
}

/// Samples that are not added up yet.
#[derive(Default)]
pub(super) struct Batch {
    samples: Vec<BatchSample>,
    /// Stacks that were numbered before these samples.
    n_known: usize,
    /// Locations of the stacks that are new, outermost first. They have the next numbers.
    slots: Vec<u32>,
    /// Where each of them ends.
    ends: Vec<usize>,
    values: Vec<i64>,
    width: usize,
}

struct BatchSample {
    /// The number of its stack.
    stack: u32,
    labels: u32,
}

/// A sample whose stack has no number yet.
struct Unnumbered<'a> {
    message: &'a [u8],
    /// Of its list of locations.
    key: Key,
    labels: u32,
}

impl Parsed {
    /// Takes whole fields of a protobuf profile. Whatever was in the batch is replaced.
    pub(super) fn take(&mut self, block: &[u8], batch: &mut Batch) {
        self.n_bytes += block.len() as u64;
        batch.samples.clear();
        batch.slots.clear();
        batch.ends.clear();
        batch.values.clear();
        let mut unnumbered = Vec::new();
        for (number, value) in Fields::new(block) {
            match (number, value) {
                (field::PROFILE_SAMPLE, Value::Bytes(message)) => {
                    unnumbered.extend(self.take_sample(message, &mut batch.values));
                }
                (number, value) => self.tables.take(number, value),
            }
        }
        batch.width = self.width;
        batch.n_known = self.lists.len();
        for some in unnumbered.chunks(TOGETHER) {
            some.iter().for_each(|sample| self.lists.touch(sample.key));
            for sample in some {
                let stack = self.lists.find(sample.key).unwrap_or_else(|| self.add_stack(sample, batch));
                batch.samples.push(BatchSample { stack, labels: sample.labels });
            }
        }
    }

    /// Adds the values of a sample, and gives the rest of it; nothing if it has too few or too many.
    fn take_sample<'a>(&mut self, message: &'a [u8], values: &mut Vec<i64>) -> Option<Unnumbered<'a>> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.locations.clear();
        scratch.values.clear();
        scratch.labels.clear();
        for (number, value) in Fields::new(message) {
            match (number, value) {
                (field::SAMPLE_LOCATION, Value::Bytes(ids)) => scratch.locations.extend_from_slice(ids),
                (field::SAMPLE_LOCATION, Value::Number(id)) => write_varint(&mut scratch.locations, id),
                (field::SAMPLE_VALUE, value) => value.numbers(|found| scratch.values.push(found as i64)),
                (field::SAMPLE_LABEL, Value::Bytes(label)) => {
                    write_varint(&mut scratch.labels, label.len() as u64);
                    scratch.labels.extend_from_slice(label);
                }
                _ => {}
            }
        }
        let sample = self.has_width(scratch.values.len()).then(|| {
            values.extend_from_slice(&scratch.values);
            let [place, check] = self.hashers.each_ref().map(|hasher| hasher.hash_one(&scratch.locations));
            let key = Key { place: place as u32, check };
            Unnumbered { message, key, labels: self.labels.number(&scratch.labels) }
        });
        self.scratch = scratch;
        sample
    }

    /// Takes the locations of a sample apart, and gives the number of its stack.
    fn add_stack(&mut self, sample: &Unnumbered<'_>, batch: &mut Batch) -> u32 {
        let start = batch.slots.len();
        for (number, value) in Fields::new(sample.message) {
            if number == field::SAMPLE_LOCATION {
                value.numbers(|id| batch.slots.push(self.slots.of(id)));
            }
        }
        batch.slots[start..].reverse();
        if self.lists.len() < self.most_lists {
            self.lists.add(sample.key);
        }
        batch.ends.push(batch.slots.len());
        (batch.n_known + batch.ends.len() - 1) as u32
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

    /// All that is needed to name what the samples say, and the bytes that were read.
    pub(super) fn into_parts(self) -> (Tables, Slots, LabelSets, u64) {
        (self.tables, self.slots, self.labels, self.n_bytes)
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
    /// By number of a stack, its node.
    nodes: Vec<u32>,
}

impl Sums {
    /// Adds samples.
    pub(super) fn take(&mut self, batch: &Batch) {
        let Self { stacks, rows, nodes } = self;
        // Where too many are there, the last ones of the batch before are not known any more.
        nodes.truncate(batch.n_known);
        stacks.number(&batch.slots, &batch.ends, |node| nodes.push(node));
        // Samples have values, or they are left out.
        let width = batch.width.max(1);
        for (samples, values) in batch.samples.chunks(TOGETHER).zip(batch.values.chunks(TOGETHER * width)) {
            samples.iter().for_each(|sample| rows.touch(nodes[sample.stack as usize], sample.labels));
            for (sample, values) in samples.iter().zip(values.chunks_exact(width)) {
                rows.add(nodes[sample.stack as usize], sample.labels, values);
            }
        }
    }

    /// The stacks, and the rows with their keys.
    pub(super) fn into_parts(mut self) -> (StackIds, Rows) {
        self.rows.finish();
        (self.stacks, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::pprof::stack_ids::NONE;
    use crate::protobuf::Message;

    /// A block of samples with these locations, innermost first: in one packed list or as fields of their own.
    fn block(stacks: &[&[u64]], is_packed: bool) -> Vec<u8> {
        let mut block = Message::default();
        for stack in stacks {
            block.message(field::PROFILE_SAMPLE, |sample| {
                if is_packed {
                    sample.packed(field::SAMPLE_LOCATION, stack.iter().copied());
                } else {
                    stack.iter().for_each(|id| _ = sample.uint(field::SAMPLE_LOCATION, *id));
                }
                sample.packed(field::SAMPLE_VALUE, [1].into_iter());
            });
        }
        block.into_bytes()
    }

    #[test]
    fn lists_that_are_not_kept_change_nothing() {
        let stacks: [&[u64]; 7] = [&[3, 2, 1], &[2, 1], &[], &[900, 1], &[2, 1], &[3, 2, 1], &[900, 1]];
        for most_lists in [0, 1, 2, 3, usize::MAX] {
            let mut collected = Collected::new(Limits::default());
            collected.parsed.most_lists = most_lists;
            let mut batch = Batch::default();
            for is_packed in [true, false] {
                collected.parsed.take(&block(&stacks, is_packed), &mut batch);
                collected.sums.take(&batch);
            }
            let (stacks, rows) = collected.sums.into_parts();
            let keys: Vec<u32> = rows.keys.iter().map(|(stack, _)| *stack).collect();
            assert_eq!((keys, rows.values), (vec![2, 1, NONE, 3], vec![4, 4, 2, 4]));
            assert_eq!(stacks.nodes.len(), 4);
        }
    }
}
