//! A profile as it stands in its bytes, its samples added up: what the readers of all kinds of files make, and what
//! becomes a recording.

use super::rows::{LabelSets, Rows};
use super::stack_ids::{Key, NONE, StackIds};
use super::tables::Tables;
use super::{SOURCE, field};
use crate::protobuf::{Fields, Value};
use crate::varint::write_varint;
use fathom_model::Issue;

/// A profile that is being read.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) tables: Tables,
    pub(super) stacks: StackIds,
    pub(super) labels: LabelSets,
    pub(super) rows: Rows,
    /// Bytes that were read: what is made of them is bounded by it.
    pub(super) n_bytes: u64,
    /// Samples with fewer or more values than the others.
    n_odd: u64,
    is_wide: bool,
    scratch: Scratch,
}

/// Of the sample that is being read.
#[derive(Default)]
struct Scratch {
    locations: Vec<u8>,
    values: Vec<i64>,
    labels: Vec<u8>,
}

/// A row whose stack is not looked up yet.
struct Pending<'a> {
    row: usize,
    key: Key,
    varints: &'a [u8],
}

impl Collected {
    /// Of a profile that is read as a whole.
    pub(super) fn of_bytes(n_bytes: u64) -> Self {
        Self { n_bytes, ..Self::default() }
    }

    /// Takes whole fields of a protobuf profile.
    pub(super) fn take(&mut self, block: &[u8]) {
        self.n_bytes += block.len() as u64;
        let mut pending: Vec<Pending<'_>> = Vec::with_capacity(block.len() / 128);
        for (number, value) in Fields::new(block) {
            match (number, value) {
                (field::PROFILE_SAMPLE, Value::Bytes(message)) => pending.extend(self.take_sample(message)),
                (number, value) => self.tables.take(number, value),
            }
        }
        // One after the other in a short loop, the processor waits for the memory of several at a time.
        for Pending { row, key, varints } in pending {
            self.rows.keys[row].0 = self.stacks.number(key, varints);
        }
        self.rows.add_up_if_many();
    }

    fn take_sample<'a>(&mut self, message: &'a [u8]) -> Option<Pending<'a>> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.locations.clear();
        scratch.values.clear();
        scratch.labels.clear();
        // Almost always one packed list, which is not copied.
        let mut packed: &[u8] = &[];
        for (number, value) in Fields::new(message) {
            match (number, value) {
                (field::SAMPLE_LOCATION, Value::Bytes(list))
                    if packed.is_empty() && scratch.locations.is_empty() =>
                {
                    packed = list;
                }
                (field::SAMPLE_LOCATION, value) => {
                    scratch.locations.extend_from_slice(std::mem::take(&mut packed));
                    value.numbers(|id| write_varint(&mut scratch.locations, id));
                }
                (field::SAMPLE_VALUE, value) => value.numbers(|found| scratch.values.push(found as i64)),
                (field::SAMPLE_LABEL, Value::Bytes(label)) => {
                    write_varint(&mut scratch.labels, label.len() as u64);
                    scratch.labels.extend_from_slice(label);
                }
                _ => {}
            }
        }
        let mut pending = None;
        if self.has_width(scratch.values.len()) {
            let labels = self.labels.number(&scratch.labels);
            let row = self.rows.push(NONE, labels, &scratch.values);
            if packed.is_empty() {
                let key = self.stacks.key(&scratch.locations);
                self.rows.keys[row].0 = self.stacks.number(key, &scratch.locations);
            } else {
                pending = Some(Pending { row, key: self.stacks.key(packed), varints: packed });
            }
        }
        self.scratch = scratch;
        pending
    }

    /// Adds a sample of a profile that is not in protobuf: ids of locations, innermost first. `labels` are messages with
    /// their lengths.
    pub(super) fn add_sample(&mut self, locations: &[u64], values: &[i64], labels: &[u8]) {
        if self.has_width(values.len()) {
            let stack = self.stacks.of_ids(locations);
            let labels = self.labels.number(labels);
            self.rows.push(stack, labels, values);
            self.rows.add_up_if_many();
        }
    }

    /// The types of values, or the first sample where they come later, say how many values a sample has.
    fn has_width(&mut self, n_values: usize) -> bool {
        if !self.is_wide {
            self.is_wide = true;
            let n_types = self.tables.value_types.len();
            self.rows.width = if n_types > 0 { n_types } else { n_values };
        }
        let fits = n_values == self.rows.width && n_values > 0;
        self.n_odd += u64::from(!fits);
        fits
    }

    /// What was found wrong with the samples.
    pub(super) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.n_odd > 0 {
            let (n, needed) = (self.n_odd, self.rows.width.max(self.tables.value_types.len()));
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
