//! Which end of a span comes first where several have one time.

use std::collections::BTreeSet;

/// The end of a span.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) time_nanos: i64,
    /// Name and arguments in one number.
    pub(super) key: u64,
    /// The name; `None` for an end that names nothing, which ends what is innermost.
    pub(super) name: Option<u32>,
}

/// Ends by time. Among those of one time the order of the file is not that of the stack: events of several threads of a
/// tool, or whole spans (`X`) with the same end.
pub(super) struct Ends {
    items: Vec<End>,
    head: usize,
    /// Behind the last that has the first one's time.
    batch_end: usize,
    /// Of the batch behind its first: positions by key and by name. Left empty while there is only one.
    by_key: BTreeSet<(u64, usize)>,
    by_name: BTreeSet<(u32, usize)>,
}

impl Ends {
    pub(super) fn new(mut items: Vec<End>) -> Self {
        items.sort_by_key(|end| end.time_nanos);
        Self { items, head: 0, batch_end: 0, by_key: BTreeSet::new(), by_name: BTreeSet::new() }
    }

    pub(super) fn first(&self) -> Option<&End> {
        self.items.get(self.head)
    }

    /// Whether the first end, or one of the same time, is the very one of a span.
    pub(super) fn has(&mut self, key: u64) -> bool {
        if self.head >= self.batch_end {
            self.next_batch();
        }
        self.first().is_some_and(|first| first.key == key)
            || self.by_key.range((key, self.head)..=(key, usize::MAX)).next().is_some()
    }

    /// Takes the end that fits best to what is innermost: the same name and arguments, else the same name, else the
    /// first.
    pub(super) fn take(&mut self, key: u64, name: u32) -> Option<End> {
        if self.head >= self.batch_end {
            self.next_batch();
        }
        let first = *self.items.get(self.head)?;
        if self.batch_end - self.head > 1 && first.key != key {
            let behind = self.head + 1;
            let same = self.by_key.range((key, behind)..=(key, usize::MAX)).next().map(|entry| entry.1);
            let alike =
                || self.by_name.range((name, behind)..=(name, usize::MAX)).next().map(|entry| entry.1);
            let better = same.or_else(|| if first.name == Some(name) { None } else { alike() });
            if let Some(at) = better {
                self.forget(self.head);
                self.forget(at);
                self.items.swap(self.head, at);
                self.remember(self.head);
                self.remember(at);
            }
        }
        if self.batch_end - self.head > 1 {
            self.forget(self.head);
        }
        let end = self.items[self.head];
        self.head += 1;
        Some(end)
    }

    fn next_batch(&mut self) {
        self.by_key.clear();
        self.by_name.clear();
        let Some(time) = self.first().map(|end| end.time_nanos) else { return };
        let same = self.items[self.head..].iter().take_while(|end| end.time_nanos == time).count();
        self.batch_end = self.head + same;
        if same > 1 {
            (self.head..self.batch_end).for_each(|at| self.remember(at));
        }
    }

    fn remember(&mut self, at: usize) {
        let end = self.items[at];
        self.by_key.insert((end.key, at));
        self.by_name.extend(end.name.map(|name| (name, at)));
    }

    fn forget(&mut self, at: usize) {
        let end = self.items[at];
        self.by_key.remove(&(end.key, at));
        if let Some(name) = end.name {
            self.by_name.remove(&(name, at));
        }
    }
}
