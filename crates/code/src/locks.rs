//! Where locks are held, as far as one function tells.

use crate::language::Language;
use crate::model::{Call, LineSpan, Place, Source};

/// Lines on which a lock is held.
pub(crate) struct Held {
    pub(crate) lock: String,
    /// Where it is taken.
    pub(crate) place: Place,
    pub(crate) lines: LineSpan,
}

/// Methods that take a lock, with those that give it back.
const PAIRS: [(&str, &str); 6] = [
    ("Lock", "Unlock"),
    ("RLock", "RUnlock"),
    ("lock", "unlock"),
    ("acquire", "release"),
    ("pthread_mutex_lock", "pthread_mutex_unlock"),
    ("pthread_spin_lock", "pthread_spin_unlock"),
];
const GUARDS: [&str; 4] = ["lock_guard", "unique_lock", "scoped_lock", "shared_lock"];

/// All places where a lock is taken, with the lines up to where it is given back.
pub(crate) fn held(source: &Source) -> Vec<Held> {
    let regions = source.regions.iter().filter(|region| region.is_lock);
    let mut found: Vec<Held> = regions
        .map(|region| Held { lock: region.value.clone(), place: region.place, lines: region.body })
        .collect();
    for call in source.calls.iter().filter(|call| !call.is_deferred) {
        if let Some((lock, last)) = taken(source, call) {
            let first = call.line.saturating_add(1).min(last);
            found.push(Held { lock, place: call.place, lines: LineSpan { first, last } });
        }
    }
    found
}

/// The lock that a call takes, and the last line on which it is held.
fn taken(source: &Source, call: &Call) -> Option<(String, u32)> {
    let block_last = call.place.block_last.min(last_of_function(source, call));
    if source.language == Language::Cpp && GUARDS.contains(&call.name.as_str()) {
        return Some((call.argument(0).to_owned(), block_last));
    }
    let (_, gives_back) = PAIRS.iter().find(|(takes, _)| *takes == call.name)?;
    let lock = if call.receiver.is_empty() { call.argument(0) } else { &call.receiver };
    if lock.is_empty() || call.receiver.is_empty() && !source.language.is_c_family() {
        return None;
    }
    if source.language == Language::Rust {
        // The guard lives as long as its name.
        let guard = call.assigned.as_deref()?;
        let dropped = source.calls.iter().find(|other| {
            other.callee == "drop"
                && other.argument(0) == guard
                && other.line > call.line
                && other.function == call.function
        });
        return Some((lock.to_owned(), dropped.map_or(block_last, |dropped| dropped.line)));
    }
    let mut returns = source.calls.iter().filter(|other| {
        let same = if other.receiver.is_empty() { other.argument(0) == lock } else { other.receiver == lock };
        other.name == *gives_back
            && same
            && other.function == call.function
            && other.place.order > call.place.order
    });
    match returns.next() {
        Some(other) if other.is_deferred => Some((lock.to_owned(), last_of_function(source, call))),
        Some(other) => Some((lock.to_owned(), other.line)),
        // Given back elsewhere, if at all: nothing is known of the time between.
        None => None,
    }
}

fn last_of_function(source: &Source, call: &Call) -> u32 {
    call.function.map_or(u32::MAX, |function| source.functions[function].lines.last)
}
