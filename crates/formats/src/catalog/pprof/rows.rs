//! The samples of a profile added up: one row for each stack with a set of labels, in the order of first appearance.

use super::stack_ids::NONE;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Rows that are kept before equal ones are looked for.
const ALWAYS_ROWS: usize = 1 << 20;
/// Sets of labels of one stack that are looked through for a known one; where each sample has labels of its own there
/// are far more.
const MOST_LOOKED_THROUGH: usize = 16;

/// Values by stack and labels.
#[derive(Default)]
pub(super) struct Rows {
    /// Values of a row.
    pub(super) width: usize,
    /// Stack and labels of a row, [`NONE`] for none.
    pub(super) keys: Vec<(u32, u32)>,
    /// `width` for each row.
    pub(super) values: Vec<i64>,
    /// By stack, counted from 1 (0: without a stack): its latest row.
    latest: Vec<u32>,
    /// By row: the one of the same stack before it.
    before: Vec<u32>,
    /// Whether rows may be equal: a stack has more labels than are looked through.
    has_doubles: bool,
    /// Rows when they were added up last.
    n_distinct: usize,
}

impl Rows {
    /// Adds the values of a sample; all samples have as many.
    pub(super) fn add(&mut self, stack: u32, labels: u32, values: &[i64]) {
        self.width = values.len();
        let place = stack.wrapping_add(1) as usize;
        if self.latest.len() <= place {
            self.latest.resize(place + 1, NONE);
        }
        let mut row = self.latest[place];
        for _ in 0..MOST_LOOKED_THROUGH {
            if row == NONE {
                break;
            }
            let at = row as usize;
            if self.keys[at].1 == labels {
                let sums = &mut self.values[at * values.len()..][..values.len()];
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
                return;
            }
            row = self.before[at];
        }
        self.has_doubles |= row != NONE;
        self.before.push(self.latest[place]);
        self.latest[place] = self.keys.len() as u32;
        self.keys.push((stack, labels));
        self.values.extend_from_slice(values);
        if self.has_doubles && self.keys.len() > ALWAYS_ROWS.max(2 * self.n_distinct) {
            self.add_up();
        }
    }

    /// Ends adding: no two rows are equal any more, and what finds them is given back.
    pub(super) fn finish(&mut self) {
        if self.has_doubles {
            self.add_up();
        }
        self.latest = Vec::new();
        self.before = Vec::new();
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
        // Rows have moved; those that are here already are found again when all are added up once more.
        self.latest.fill(NONE);
        self.before.clear();
        self.before.resize(kept, NONE);
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
    fn more_labels_than_are_looked_through_add_up_at_the_end() {
        let mut rows = Rows::default();
        let n = 3 * MOST_LOOKED_THROUGH as u32;
        (0..2).for_each(|_| (0..n).for_each(|labels| rows.add(7, labels, &[1])));
        assert!(rows.has_doubles && rows.keys.len() > n as usize);
        // Adding goes on behind it.
        rows.add_up();
        (0..n).for_each(|labels| rows.add(7, labels, &[1]));
        rows.finish();
        assert_eq!(rows.keys, (0..n).map(|labels| (7, labels)).collect::<Vec<_>>());
        assert_eq!(rows.values, vec![3; n as usize]);
    }

    #[test]
    fn sets_are_kept_once() {
        let mut sets = LabelSets::default();
        let numbers: Vec<u32> = [&b"ab"[..], b"", b"c", b"ab"].iter().map(|set| sets.number(set)).collect();
        assert_eq!(numbers, [0, NONE, 1, 0]);
        assert_eq!(sets.iter().collect::<Vec<_>>(), [&b"ab"[..], b"c"]);
    }
}
