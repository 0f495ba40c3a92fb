//! From begins and ends to the time that each stack of spans has to itself.
//!
//! Follows what speedscope does with the traces that tools really write: events that are not in order, that have one
//! time, that do not match. An end that fits to nothing is left out and moves no time; what is still open when the
//! events end, ends with the last one that counted.

use super::ends::{End, Ends};

/// Deepest stack of spans; what is begun deeper is its caller's.
pub(super) const MAX_DEPTH: usize = 4_096;

/// How an event stands to a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Begin,
    End,
    /// A whole span and its duration in nanoseconds.
    Whole(i64),
}

/// An event of a span, as small as can be: there are millions of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpanEvent {
    pub(super) time_nanos: i64,
    pub(super) edge: Edge,
    /// Name and arguments in one number.
    pub(super) key: u64,
    /// Number of the frame.
    pub(super) frame: u32,
    /// Number of the name; `None` for an end that names nothing.
    pub(super) name: Option<u32>,
}

/// What did not match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unmatched {
    pub(super) n_ends: usize,
    pub(super) n_open: usize,
    pub(super) n_deep: usize,
}

struct Begin {
    time_nanos: i64,
    key: u64,
    frame: u32,
    name: u32,
}

/// Walks through the spans of one thread. `enter` and `leave` follow the stack, `lasted` is told each time that the
/// stack stays as it is: since when and how long, never 0.
pub(super) fn walk(events: Vec<SpanEvent>, visitor: &mut impl Visitor) -> Unmatched {
    let (begins, mut ends) = sorted(events);
    let mut begins = begins.into_iter().peekable();
    let mut open: Vec<(u64, u32)> = Vec::new();
    let mut unmatched = Unmatched::default();
    let mut before: Option<i64> = None;
    loop {
        let is_begin = match (begins.peek(), ends.first()) {
            (None, None) => break,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            // At one time ends come first, but for a span without a length, whose end can only come behind it. If the
            // innermost span ends now, too, speedscope begins the next one of its name within it; here it ends first.
            (Some(begin), Some(end)) => {
                let (begin_nanos, begin_key) = (begin.time_nanos, begin.key);
                let is_own_end = end.key == begin_key;
                begin_nanos < end.time_nanos
                    || (begin_nanos == end.time_nanos
                        && is_own_end
                        && !open.last().is_some_and(|(key, _)| ends.has(*key)))
            }
        };
        if is_begin {
            let Some(begin) = begins.next() else { break };
            pass(&mut before, begin.time_nanos, !open.is_empty(), visitor);
            if open.len() < MAX_DEPTH {
                visitor.enter(begin.frame);
            } else {
                unmatched.n_deep += 1;
            }
            open.push((begin.key, begin.name));
            continue;
        }
        // An end while nothing is open fits to nothing, whatever is asked for.
        let (key, name) = open.last().copied().unwrap_or((0, u32::MAX));
        let Some(end) = ends.take(key, name) else { break };
        if open.is_empty() || end.name.is_some_and(|of| of != name) {
            unmatched.n_ends += 1;
            continue;
        }
        pass(&mut before, end.time_nanos, true, visitor);
        open.pop();
        if open.len() < MAX_DEPTH {
            visitor.leave();
        }
    }
    unmatched.n_open = open.len();
    unmatched
}

fn pass(before: &mut Option<i64>, now: i64, is_open: bool, visitor: &mut impl Visitor) {
    if let Some(before) = before.replace(now)
        && is_open
        && now > before
    {
        visitor.lasted(before, now.saturating_sub(before));
    }
}

/// Told what happens on the stack.
pub(super) trait Visitor {
    /// A span begins within those that are open.
    fn enter(&mut self, frame: u32);
    /// The innermost span ends.
    fn leave(&mut self);
    /// The stack was as it is.
    fn lasted(&mut self, since_nanos: i64, nanos: i64);
}

fn sorted(events: Vec<SpanEvent>) -> (Vec<Begin>, Ends) {
    let mut begins = Vec::new();
    let mut ends = Vec::new();
    let mut whole = Vec::new();
    let begin = |event: &SpanEvent| Begin {
        time_nanos: event.time_nanos,
        key: event.key,
        frame: event.frame,
        name: event.name.unwrap_or_default(),
    };
    for event in events {
        match event.edge {
            Edge::Begin => begins.push(begin(&event)),
            Edge::End => ends.push(End { time_nanos: event.time_nanos, key: event.key, name: event.name }),
            Edge::Whole(nanos) => whole.push((nanos, event)),
        }
    }
    // Of whole spans with one begin the longest is outermost.
    whole.sort_by_key(|(nanos, event)| (event.time_nanos, std::cmp::Reverse(*nanos)));
    for (nanos, event) in whole {
        begins.push(begin(&event));
        let time_nanos = event.time_nanos.saturating_add(nanos);
        ends.push(End { time_nanos, key: event.key, name: event.name });
    }
    begins.sort_by_key(|begin| begin.time_nanos);
    (begins, Ends::new(ends))
}
