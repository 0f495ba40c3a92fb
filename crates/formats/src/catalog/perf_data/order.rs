//! Records by time: each processor's buffer is written out by itself, so that a file has them in rounds.
//!
//! At the end of a round no record can come that is older than the newest one of the round before
//! (`tools/perf/util/ordered-events.c`). Memory: two rounds; when a file has none, the older half is let go at a bound.

use super::records::Record;

/// More is not held back; perf's own buffers are half a megabyte for each processor.
const MOST_BYTES: usize = 256 << 20;

#[derive(Clone, Copy)]
struct Entry {
    time_nanos: u64,
    file_offset: u64,
    kind: u32,
    bits: u16,
    at: usize,
    length: usize,
}

#[derive(Default)]
pub(super) struct Order {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    newest: u64,
    newest_of_last_round: u64,
}

/// Records whose turn it is.
#[derive(Default)]
pub(super) struct Ready {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

impl Ready {
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.entries.iter().map(|entry| Record {
            offset: entry.file_offset,
            kind: entry.kind,
            bits: entry.bits,
            body: &self.bytes[entry.at..entry.at + entry.length],
        })
    }
}

impl Order {
    pub(super) fn push(&mut self, time_nanos: u64, record: Record<'_>) {
        self.newest = self.newest.max(time_nanos);
        self.entries.push(Entry {
            time_nanos,
            file_offset: record.offset,
            kind: record.kind,
            bits: record.bits,
            at: self.bytes.len(),
            length: record.body.len(),
        });
        self.bytes.extend_from_slice(record.body);
    }

    /// What can be let go because too much is held.
    pub(super) fn overflow(&mut self) -> Option<Ready> {
        if self.bytes.len() + self.entries.len() * size_of::<Entry>() < MOST_BYTES {
            return None;
        }
        let middle = self.entries.len() / 2;
        let (_, entry, _) =
            self.entries.select_nth_unstable_by_key(middle, |entry| (entry.time_nanos, entry.at));
        let time_nanos = entry.time_nanos;
        Some(self.until(time_nanos))
    }

    /// The end of a round.
    pub(super) fn round(&mut self) -> Ready {
        let ready = self.until(self.newest_of_last_round);
        self.newest_of_last_round = self.newest;
        ready
    }

    /// The end of the file.
    pub(super) fn rest(&mut self) -> Ready {
        self.until(u64::MAX)
    }

    fn until(&mut self, time_nanos: u64) -> Ready {
        let bytes = std::mem::take(&mut self.bytes);
        let (mut ready, mut later): (Vec<Entry>, Vec<Entry>) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| entry.time_nanos <= time_nanos);
        // Equal times stay in the order of the file.
        ready.sort_unstable_by_key(|entry| (entry.time_nanos, entry.at));
        later.sort_unstable_by_key(|entry| entry.at);
        for entry in &mut later {
            let at = self.bytes.len();
            self.bytes.extend_from_slice(&bytes[entry.at..entry.at + entry.length]);
            entry.at = at;
        }
        self.entries = later;
        Ready { entries: ready, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(ready: &Ready) -> String {
        ready.records().map(|record| char::from(record.body[0])).collect()
    }

    #[test]
    fn rounds_are_let_go_one_behind() {
        let mut order = Order::default();
        let push = |order: &mut Order, time, body: &[u8]| {
            order.push(time, Record { offset: 0, kind: 9, bits: 0, body });
        };
        push(&mut order, 5, b"c");
        push(&mut order, 3, b"a");
        assert_eq!(bodies(&order.round()), "");
        push(&mut order, 7, b"e");
        push(&mut order, 4, b"b");
        push(&mut order, 5, b"d");
        assert_eq!(bodies(&order.round()), "abcd");
        push(&mut order, 6, b"x");
        assert_eq!(bodies(&order.rest()), "xe");
    }
}
