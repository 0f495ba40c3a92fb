//! What a goroutine waits for: the address of the channel, of the lock, of the wait group.
//!
//! Who waits for channels has a list of them in `g.waiting`. Who waits for a lock is in `runtime.semtable`: 251 trees
//! of waiters by the address of the semaphore that is part of the lock. Go's locks do not know their owner.

use super::find::{Program, SEMAPHORES};
use super::layout::Layout;
use crate::Snapshot;
use crate::read_error::ReadError;
use std::collections::{BTreeMap, BTreeSet};

/// Channels of one `select` that are named.
const MAX_CHANNELS: usize = 8;
/// Waiters for locks that are read.
const MAX_WAITERS: usize = 1_000_000;
/// `semTabSize`, the size of an entry (a cache line), and where it has its tree.
const ROOTS: u64 = 251;
const ROOT_BYTES: u64 = 64;
const ROOT_TREE: u64 = 8;
/// Words of a `sudog` that are at the same place in every release.
const SUDOG_GOROUTINE: u64 = 0;
const SUDOG_NEXT: u64 = 8;
const SUDOG_PREVIOUS: u64 = 16;
const SUDOG_ELEMENT: u64 = 24;

/// Addresses of semaphores, by the address of the goroutine that waits.
#[derive(Debug, Default)]
pub(super) struct Semaphores(BTreeMap<u64, u64>);

impl Semaphores {
    /// Reads the table; empty if it is not found. `is_goroutine` tells whether a goroutine is at an address.
    pub(super) fn read(
        snapshot: &Snapshot<'_>,
        program: &Program,
        layout: &Layout,
        is_goroutine: impl Fn(u64) -> bool,
    ) -> Self {
        let (places, _) = program.places_of(snapshot, SEMAPHORES, "runtime.semrelease1");
        places.into_iter().find_map(|place| table(snapshot, layout, place, &is_goroutine)).unwrap_or_default()
    }

    /// What the goroutine at `address` waits for by `reason`, if it waits for a lock.
    pub(super) fn of(&self, address: u64, reason: &str) -> Option<String> {
        let semaphore = self.0.get(&address)?;
        // Where `sync` has the semaphore in each structure.
        let (what, offset) = match reason {
            "sync.Mutex.Lock" => ("mutex", 4),
            "sync.RWMutex.Lock" => ("mutex", 8),
            "sync.RWMutex.RLock" => ("mutex", 12),
            "sync.WaitGroup.Wait" | "sync.WaitGroup.Wait (durable)" => ("wait group", 8),
            _ => ("semaphore", 0),
        };
        Some(format!("{what} {:#x}", semaphore.wrapping_sub(offset)))
    }
}

/// The waiters of a table; `None` if this is none, or nobody waits.
fn table(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    place: u64,
    is_goroutine: impl Fn(u64) -> bool,
) -> Option<Semaphores> {
    let mut waiters = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for index in 0..ROOTS {
        let root = place.checked_add(index * ROOT_BYTES + ROOT_TREE)?;
        let mut open = vec![snapshot.u64("the waiters for a lock", root).ok()?];
        let mut is_first = true;
        while let Some(waiter) = open.pop() {
            if waiter == 0 || !seen.insert(waiter) || seen.len() > MAX_WAITERS {
                continue;
            }
            let word = |offset| snapshot.u64("a waiter for a lock", waiter.wrapping_add(offset));
            let entry =
                || -> Result<(u64, u64), ReadError> { Ok((word(SUDOG_GOROUTINE)?, word(SUDOG_ELEMENT)?)) };
            match entry() {
                Ok((goroutine, semaphore)) if semaphore != 0 && is_goroutine(goroutine) => {
                    waiters.insert(goroutine, semaphore);
                }
                // The first one of a tree must be right; others may have gone while they were read.
                _ if is_first => return None,
                _ => continue,
            }
            is_first = false;
            for offset in [SUDOG_NEXT, SUDOG_PREVIOUS, layout.sudog_link] {
                open.extend(word(offset));
            }
        }
    }
    (!waiters.is_empty()).then_some(Semaphores(waiters))
}

/// The channels in the list that begins at `first`.
pub(super) fn channels(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    first: u64,
) -> Result<Option<String>, ReadError> {
    let mut found = BTreeSet::new();
    let mut waiter = first;
    let mut n = 0;
    while waiter != 0 && n < MAX_CHANNELS {
        let channel = snapshot.u64("a channel", waiter.wrapping_add(layout.sudog_channel))?;
        if channel != 0 {
            found.insert(channel);
        }
        waiter = snapshot.u64("the next channel", waiter.wrapping_add(layout.sudog_link))?;
        n += 1;
    }
    let mut names: Vec<String> = found.iter().map(|channel| format!("{channel:#x}")).collect();
    if waiter != 0 {
        names.push("...".to_owned());
    }
    let word = if names.len() > 1 { "channels" } else { "channel" };
    Ok((!names.is_empty()).then(|| format!("{word} {}", names.join(", "))))
}
