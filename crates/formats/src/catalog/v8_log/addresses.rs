//! Which libraries lie where.

use std::collections::BTreeMap;

const PAGE_BITS: u32 = 12;

/// Libraries by address. All of a library's pages are its own, also where nothing else is known of them.
#[derive(Default)]
pub(super) struct Libraries {
    /// End and number by begin.
    libraries: BTreeMap<u64, (u64, u32)>,
    /// Last page by first page of runs that do not touch.
    pages: BTreeMap<u64, u64>,
}

impl Libraries {
    /// Adds a library; one that begins where another one does is not taken.
    pub(super) fn add(&mut self, start: u64, end: u64, library: u32) {
        if end < start {
            return;
        }
        self.libraries.entry(start).or_insert((end, library));
        // Every 4096th address from the start on has its page marked.
        let last_address = start + ((end - start) >> PAGE_BITS << PAGE_BITS);
        let (mut first, mut last) = (start >> PAGE_BITS, last_address >> PAGE_BITS);
        while let Some((begin, until)) = self.pages.range(..=last).next_back().map(|(a, b)| (*a, *b)) {
            if until < first {
                break;
            }
            first = first.min(begin);
            last = last.max(until);
            self.pages.remove(&begin);
        }
        self.pages.insert(first, last);
    }

    /// Whether an address is on a page of a library.
    pub(super) fn has_page_of(&self, address: u64) -> bool {
        let page = address >> PAGE_BITS;
        self.pages.range(..=page).next_back().is_some_and(|(_, last)| page <= *last)
    }

    /// The library that has an address.
    pub(super) fn find(&self, address: u64) -> Option<u32> {
        let (_, (end, library)) = self.libraries.range(..=address).next_back()?;
        (address < *end).then_some(*library)
    }
}
