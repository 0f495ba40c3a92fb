//! The samples of a profile added up: one row for each stack with a set of labels, in the order of first appearance.

use super::key_table::{Key, KeyTable};
use super::stack_ids::NONE;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Values by stack and labels.
#[derive(Default)]
pub(super) struct Rows {
    /// Values of a row.
    pub(super) width: usize,
    /// Stack and labels of a row, [`NONE`] for none; there once adding has ended.
    pub(super) keys: Vec<(u32, u32)>,
    /// `width` for each row.
    pub(super) values: Vec<i64>,
    /// Finds the row of a stack and labels.
    index: KeyTable,
    hasher: DefaultHashBuilder,
}

impl Rows {
    /// Has the memory at hand where the row of a stack and labels is found.
    pub(super) fn touch(&self, stack: u32, labels: u32) {
        self.index.touch(self.key(stack, labels));
    }

    /// Adds the values of a sample; all samples have as many.
    pub(super) fn add(&mut self, stack: u32, labels: u32, values: &[i64]) {
        self.width = values.len();
        let key = self.key(stack, labels);
        match self.index.find(key) {
            Some(row) => {
                let sums = &mut self.values[row as usize * values.len()..][..values.len()];
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
            }
            None => {
                self.index.add(key);
                self.values.extend_from_slice(values);
            }
        }
    }

    /// Stack and labels are the second part of the key, so that no other has it.
    fn key(&self, stack: u32, labels: u32) -> Key {
        let check = u64::from(stack) << 32 | u64::from(labels);
        Key { place: self.hasher.hash_one(check) as u32, check }
    }

    /// Ends adding: what finds rows is given back.
    pub(super) fn finish(&mut self) {
        let checks = std::mem::take(&mut self.index).into_checks();
        self.keys = checks.into_iter().map(|check| ((check >> 32) as u32, check as u32)).collect();
    }

    /// Adds rows up whose stacks have become equal; each is where the first of them was.
    pub(super) fn add_up(&mut self) {
        let mut order: Vec<((u32, u32), u32)> = self.keys.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut is_first = vec![false; self.keys.len()];
        for equal in order.chunk_by(|a, b| a.0 == b.0) {
            let first = equal[0].1 as usize;
            is_first[first] = true;
            for (_, other) in &equal[1..] {
                for at in 0..self.width {
                    let value = self.values[*other as usize * self.width + at];
                    let sum = &mut self.values[first * self.width + at];
                    *sum = sum.saturating_add(value);
                }
            }
        }
        drop(order);
        let mut kept = 0;
        for row in (0..self.keys.len()).filter(|row| is_first[*row]) {
            self.keys[kept] = self.keys[row];
            self.values.copy_within(row * self.width..(row + 1) * self.width, kept * self.width);
            kept += 1;
        }
        self.keys.truncate(kept);
        self.values.truncate(kept * self.width);
    }

    /// The values of a row.
    pub(super) fn of(&self, row: usize) -> &[i64] {
        self.values.get(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }
}

/// The distinct sets of labels of a profile, each as its messages stand in the bytes, with their lengths.
#[derive(Default)]
pub(super) struct LabelSets {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl LabelSets {
    /// The number of a set; [`NONE`] for an empty one.
    pub(super) fn number(&mut self, set: &[u8]) -> u32 {
        if set.is_empty() {
            return NONE;
        }
        let Self { bytes, ends, index, hasher } = self;
        let next = ends.len() as u32;
        let of = |at: u32| &bytes[range(ends, at)];
        let hash_of = |at: &u32| hasher.hash_one(of(*at));
        let number = *index.entry(hasher.hash_one(set), |at| of(*at) == set, hash_of).or_insert(next).get();
        if number == next {
            bytes.extend_from_slice(set);
            ends.push(bytes.len());
        }
        number
    }

    /// Every set, in the order of numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len() as u32).map(|at| &self.bytes[range(&self.ends, at)])
    }
}

fn range(ends: &[usize], at: u32) -> Range<usize> {
    let at = at as usize;
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    start..ends.get(at).copied().unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_add_up_in_the_order_of_their_first() {
        let mut rows = Rows::default();
        for (stack, labels, values) in [
            (5, NONE, [1, 10]),
            (NONE, NONE, [2, 20]),
            (5, NONE, [3, i64::MAX]),
            (5, 0, [4, 40]),
            (NONE, NONE, [1, -5]),
        ] {
            rows.add(stack, labels, &values);
        }
        rows.finish();
        assert_eq!(rows.keys, [(5, NONE), (NONE, NONE), (5, 0)]);
        assert_eq!(rows.values, [4, i64::MAX, 3, 15, 4, 40]);
    }

    #[test]
    fn rows_add_up_when_their_stacks_become_equal() {
        let mut rows = Rows::default();
        (0..6).for_each(|at| rows.add(at, 7, &[1]));
        rows.finish();
        rows.keys.iter_mut().for_each(|(stack, _)| *stack %= 2);
        rows.add_up();
        assert_eq!((rows.keys, rows.values), (vec![(0, 7), (1, 7)], vec![3, 3]));
    }

    #[test]
    fn sets_are_kept_once() {
        let mut sets = LabelSets::default();
        let numbers: Vec<u32> = [&b"ab"[..], b"", b"c", b"ab"].iter().map(|set| sets.number(set)).collect();
        assert_eq!(numbers, [0, NONE, 1, 0]);
        assert_eq!(sets.iter().collect::<Vec<_>>(), [&b"ab"[..], b"c"]);
    }
}
