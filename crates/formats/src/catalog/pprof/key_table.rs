//! Numbers for things that are told by a key of 96 bits: 0, 1, 2 ... in the order in which they are added.
//!
//! A table of open addressing of its own, because hundreds of megabytes of it do not fit into any cache: what is to be
//! looked up soon can be touched before, many keys at a time, so that the processor waits for all of them at once. And
//! places follow the order of keys, so that growing is one pass from the begin to the end of both tables.

/// What a thing is told by: bits of seeded hashes, so that no file can be made to mix two up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Where it stands in the table.
    pub(super) place: u32,
    /// Tells it from others of the same place.
    pub(super) check: u64,
}

/// Slots that the processor fetches at once.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

/// Lines of an empty table.
const FIRST_LINES: usize = 1 << 7;

/// Keys and their numbers.
pub(super) struct KeyTable {
    /// By number.
    checks: Vec<u64>,
    /// A slot is the key's place and, in the lower half, its number counted from 1; 0 is free. A key is in the line of its
    /// place's upper bits, or where that is full, in the next that is not. Lines are filled from the left.
    lines: Vec<Line>,
    /// Bits of a place below those that choose the line.
    shift: u32,
}

impl Default for KeyTable {
    fn default() -> Self {
        Self { checks: Vec::new(), lines: vec![Line::default(); FIRST_LINES], shift: shift_for(FIRST_LINES) }
    }
}

impl KeyTable {
    /// Keys that are there.
    pub(super) fn len(&self) -> usize {
        self.checks.len()
    }

    /// The second parts of all keys, by number.
    pub(super) fn into_checks(self) -> Vec<u64> {
        self.checks
    }

    /// The number of a key, if it is there.
    #[inline]
    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let mut at = self.line_of(key.place);
        loop {
            let Line(slots) = &self.lines[at];
            for slot in slots {
                let number = (*slot as u32).wrapping_sub(1);
                if (slot >> 32) as u32 == key.place && self.checks.get(number as usize) == Some(&key.check) {
                    return Some(number);
                }
            }
            if slots[slots.len() - 1] == 0 {
                return None;
            }
            at = (at + 1) & (self.lines.len() - 1);
        }
    }

    /// Has the memory at hand where a key stands or would stand.
    #[inline]
    pub(super) fn touch(&self, key: Key) {
        std::hint::black_box(self.lines[self.line_of(key.place)].0[0]);
    }

    /// Adds a key that is not there, and gives its number.
    pub(super) fn add(&mut self, key: Key) -> u32 {
        // Up to three quarters: beyond, too many lines are full.
        if self.checks.len() >= 6 * self.lines.len() {
            self.grow();
        }
        self.checks.push(key.check);
        let number = self.checks.len() as u64;
        self.put(u64::from(key.place) << 32 | number);
        number as u32 - 1
    }

    fn grow(&mut self) {
        let n_lines = 2 * self.lines.len();
        let old = std::mem::replace(&mut self.lines, vec![Line::default(); n_lines]);
        self.shift = shift_for(n_lines);
        for Line(slots) in old {
            slots.into_iter().filter(|slot| *slot != 0).for_each(|slot| self.put(slot));
        }
    }

    #[inline]
    fn put(&mut self, slot: u64) {
        let mut at = self.line_of((slot >> 32) as u32);
        loop {
            if let Some(free) = self.lines[at].0.iter_mut().find(|slot| **slot == 0) {
                *free = slot;
                return;
            }
            at = (at + 1) & (self.lines.len() - 1);
        }
    }

    #[inline]
    fn line_of(&self, place: u32) -> usize {
        (place >> self.shift) as usize
    }
}

fn shift_for(n_lines: usize) -> u32 {
    32_u32.saturating_sub(n_lines.trailing_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_in_their_order() {
        let mut table = KeyTable::default();
        let mut keys = Vec::new();
        // Crowded at both ends of the table, where chains go on at its begin; some differ in their check alone.
        for at in 0..3000_u32 {
            let place = if at % 2 == 0 { at / 6 } else { u32::MAX - at / 6 };
            keys.push(Key { place, check: u64::from(at) });
        }
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(table.find(*key), None);
            assert_eq!(table.add(*key), at as u32);
        }
        assert!(keys.iter().enumerate().all(|(at, key)| table.find(*key) == Some(at as u32)));
        assert_eq!(table.len(), keys.len());
    }
}
