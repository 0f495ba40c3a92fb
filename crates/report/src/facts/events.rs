//! What runtimes told of themselves as events, by kind: how often, how long, and whose code was at it most.

use std::collections::BTreeMap;

use fathom_analysis::{FunctionId, FunctionIndex, blame_frame};
use fathom_model::{Event, Recording};

use crate::facts::types::{EventFact, EventPlaceFact};

const MOST_PLACES: usize = 20;

/// The kinds of events, those with most time first, then the most frequent.
pub(crate) fn events(recording: &Recording, index: &FunctionIndex) -> Vec<EventFact> {
    let mut by_kind: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in &recording.events {
        by_kind.entry(&event.kind).or_default().push(event);
    }
    let mut facts: Vec<EventFact> =
        by_kind.into_iter().map(|(kind, events)| fact(recording, index, kind, &events)).collect();
    facts.sort_by_key(|fact| std::cmp::Reverse((fact.total_nanos, fact.count)));
    facts
}

fn fact(recording: &Recording, index: &FunctionIndex, kind: &str, events: &[&Event]) -> EventFact {
    let mut lengths: Vec<i64> = events.iter().map(|event| event.duration_nanos.max(0)).collect();
    lengths.sort_unstable();
    // The nearest rank: the smallest length that at least this share of the events does not exceed.
    let rank = |percent: usize| lengths.get((lengths.len() * percent).div_ceil(100).saturating_sub(1));
    let mut places: BTreeMap<FunctionId, (u64, i64, Option<u32>)> = BTreeMap::new();
    for event in events {
        let Some(stack) = event.stack else { continue };
        let frame = blame_frame(recording, stack).or_else(|| recording.stacks.frames(stack).next());
        let Some(frame) = frame.filter(|frame| frame.index() < recording.frames.len()) else { continue };
        let place = places.entry(index.of_frame(frame)).or_default();
        place.0 += 1;
        place.1 = place.1.saturating_add(event.duration_nanos.max(0));
        place.2 = place.2.or(recording.frames[frame.index()].line);
    }
    let mut places: Vec<EventPlaceFact> = places
        .into_iter()
        .map(|(function, (count, total_nanos, line))| {
            let function = index.get(function);
            EventPlaceFact {
                function: function.name.clone(),
                file: function.file.clone(),
                line: line.or(function.start_line),
                count,
                total_nanos,
            }
        })
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.total_nanos, place.count)));
    places.truncate(MOST_PLACES);
    EventFact {
        kind: kind.to_owned(),
        count: events.len() as u64,
        total_nanos: lengths.iter().fold(0_i64, |sum, length| sum.saturating_add(*length)),
        median_nanos: rank(50).copied().unwrap_or(0),
        p99_nanos: rank(99).copied().unwrap_or(0),
        longest_nanos: lengths.last().copied().unwrap_or(0),
        places,
    }
}
