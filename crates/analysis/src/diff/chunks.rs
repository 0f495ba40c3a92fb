//! Cuts the samples of two recordings into the same number of chunks of time. Knows no stacks.

use fathom_model::{Recording, Sample};

use crate::filter::Filter;

/// Shorter chunks than this hold bursts of usual programs only in part.
const SHORTEST_NANOS: i64 = 1_000_000_000;
/// Fewer give an over-dispersion that nobody can rely on, so that short recordings get shorter chunks.
const FEWEST: i64 = 8;
/// More would prove a little more, and make chunks of long recordings shorter than their phases.
const MOST: i64 = 32;

/// Where the chunks of two recordings lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// How many on each side.
    pub count: usize,
    /// The length of one in A and in B.
    pub nanos: [i64; 2],
    starts: [i64; 2],
}

impl Chunks {
    /// `None` where samples of either side have no times.
    pub(crate) fn new(recordings: [&Recording; 2], filter: &Filter) -> Option<Self> {
        let [a, b] = recordings.map(|recording| span(recording, filter));
        let (a, b) = (a?, b?);
        let shortest = (a.1 - a.0).min(b.1 - b.0);
        let count = (shortest / SHORTEST_NANOS).clamp(FEWEST, MOST);
        let nanos = [a, b].map(|(start, end)| ((end - start) / count).max(1));
        Some(Self { count: count as usize, nanos, starts: [a.0, b.0] })
    }

    /// The chunk that a sample of a side belongs to.
    pub(crate) fn of(&self, side: usize, sample: &Sample) -> usize {
        let since = sample.time_nanos.saturating_sub(self.starts[side]).max(0);
        usize::try_from(since / self.nanos[side]).unwrap_or(0).min(self.count - 1)
    }
}

/// First and last moment: those of the recording, unless samples lie beyond.
fn span(recording: &Recording, filter: &Filter) -> Option<(i64, i64)> {
    if recording.meta.imported.as_ref().is_some_and(|imported| !imported.has_times) {
        return None;
    }
    let times =
        || recording.samples.iter().filter(|sample| filter.accepts(sample)).map(|sample| sample.time_nanos);
    let (first, last) = (times().min()?, times().max()?);
    if first == last {
        return None;
    }
    // Times of a damaged file can be anything; half of the range cannot overflow.
    let bound = |time: i64| time.clamp(i64::MIN / 4, i64::MAX / 4);
    let start = bound(recording.meta.start_nanos);
    let end = start.saturating_add(bound(recording.meta.duration_nanos).max(0));
    let (first, last) = (bound(first), bound(last));
    let inside = start <= first && last <= end;
    // A recording that began long before its first sample says how long it was silent; one whose times count from
    // elsewhere does not.
    Some(if inside { (start, end) } else { (first, last.saturating_add(1)) })
}
