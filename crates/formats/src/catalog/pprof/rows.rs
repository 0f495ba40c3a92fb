//! The samples of a profile added up: one row for each stack with a set of labels, in the order of first appearance.

use super::stack_ids::NONE;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Rows that are kept before equal ones are looked for.
const ALWAYS_ROWS: usize = 1 << 20;

/// Values by stack and labels. Equal ones are found by sorting, now and then: to look each up would take longer than
/// all the rest of its reading.
#[derive(Default)]
pub(super) struct Rows {
    /// Values of a row.
    pub(super) width: usize,
    /// Stack and labels of a row, [`NONE`] for none.
    pub(super) keys: Vec<(u32, u32)>,
    /// `width` for each row.
    pub(super) values: Vec<i64>,
    /// Rows when they were added up last.
    n_distinct: usize,
}

impl Rows {
    /// Adds values, as many as the rows are wide. Gives the row's position, which holds until rows are added up.
    #[inline]
    pub(super) fn push(&mut self, stack: u32, labels: u32, values: &[i64]) -> usize {
        self.keys.push((stack, labels));
        self.values.extend_from_slice(values);
        self.keys.len() - 1
    }

    /// Adds equal rows up if there are many more than there were.
    pub(super) fn add_up_if_many(&mut self) {
        if self.keys.len() > ALWAYS_ROWS.max(2 * self.n_distinct) {
            self.add_up();
        }
    }

    /// Adds equal rows up; each is where the first of them was.
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
        self.n_distinct = kept;
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
        let mut rows = Rows { width: 2, ..Rows::default() };
        for (stack, labels, values) in [
            (5, NONE, [1, 10]),
            (4, NONE, [2, 20]),
            (5, NONE, [3, i64::MAX]),
            (5, 0, [4, 40]),
            (4, NONE, [1, -5]),
        ] {
            rows.push(stack, labels, &values);
        }
        rows.add_up();
        assert_eq!(rows.keys, [(5, NONE), (4, NONE), (5, 0)]);
        assert_eq!(rows.values, [4, i64::MAX, 3, 15, 4, 40]);
        rows.push(5, 0, &[1, 1]);
        rows.add_up();
        assert_eq!(rows.of(2), [5, 41]);
    }

    #[test]
    fn sets_are_kept_once() {
        let mut sets = LabelSets::default();
        let numbers: Vec<u32> = [&b"ab"[..], b"", b"c", b"ab"].iter().map(|set| sets.number(set)).collect();
        assert_eq!(numbers, [0, NONE, 1, 0]);
        assert_eq!(sets.iter().collect::<Vec<_>>(), [&b"ab"[..], b"c"]);
    }
}
