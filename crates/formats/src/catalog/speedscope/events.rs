//! Frames that are opened and closed, as stacks with the time between one event and the next.
//!
//! What does not fit is named by the number of its event and mended: closing a frame that is not the innermost closes
//! those inside it too, one that is not open at all is left out, time that goes back stands still, and what is open
//! at the end is closed there.

use crate::json::Number;
use crate::notes::Notes;
use fathom_model::{FrameId, StackId, StackTable};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The stack between two events.
pub(super) struct Span {
    pub(super) stack: StackId,
    pub(super) begin: Number,
    pub(super) end: Number,
}

/// One event as the file has it.
pub(super) struct Event {
    pub(super) opens: bool,
    pub(super) frame: u32,
    pub(super) at: Number,
}

/// The frames that are open while events are read.
pub(super) struct OpenFrames {
    /// Number of the profile, for messages.
    profile: usize,
    /// Stack, frame and the event that opened it, outermost first.
    open: Vec<(StackId, u32, usize)>,
    /// How often each frame is open: one that is not need not be looked for among millions.
    times_open: HashMap<u32, usize>,
    last: Option<Number>,
    pub(super) n_events: usize,
    pub(super) spans: Vec<Span>,
}

impl OpenFrames {
    pub(super) fn new(profile: usize) -> Self {
        Self {
            profile,
            open: Vec::new(),
            times_open: HashMap::new(),
            last: None,
            n_events: 0,
            spans: Vec::new(),
        }
    }

    /// Takes the next event, which stands at a byte of the file.
    pub(super) fn event(&mut self, event: &Event, byte: u64, stacks: &mut StackTable, notes: &mut Notes) {
        let (profile, number, frame) = (self.profile, self.n_events, event.frame);
        self.n_events += 1;
        let mut at = event.at;
        if let Some(last) = self.last.filter(|last| last.as_f64() > at.as_f64() || at.as_f64().is_nan()) {
            notes.say_at(byte, "events out of order", || {
                let (found, least) = (at.as_f64(), last.as_f64());
                format!(
                    "profile {profile}: event {number} is at {found}, before the one ahead of it at {least}"
                )
            });
            at = last;
        }
        self.pass(at);
        if event.opens {
            let caller = self.open.last().map(|(stack, _, _)| *stack);
            self.open.push((stacks.intern(caller, FrameId(frame)), frame, number));
            *self.times_open.entry(frame).or_default() += 1;
            return;
        }
        match self.open.last().copied() {
            Some((_, innermost, _)) if innermost == frame => {
                self.close_from(self.open.len() - 1);
            }
            Some((_, innermost, opened)) => {
                let is_open = self.times_open.contains_key(&frame);
                let place =
                    is_open.then(|| self.open.iter().rposition(|(_, open, _)| *open == frame)).flatten();
                notes.say_at(byte, "events that close the wrong frame", || {
                    let is_open = if place.is_some() { "further out" } else { "not open" };
                    format!(
                        "profile {profile}: event {number} closes frame {frame}, which is {is_open}; expected frame \
                         {innermost}, the innermost, which event {opened} opened"
                    )
                });
                self.close_from(place.unwrap_or(self.open.len()));
            }
            None => notes.say_at(byte, "events that close the wrong frame", || {
                format!("profile {profile}: event {number} closes frame {frame}, but none is open")
            }),
        }
    }

    /// Takes the end of the events, at a byte of the file; `end` is what the profile says of it.
    pub(super) fn finish(&mut self, end: Option<Number>, byte: u64, notes: &mut Notes) {
        let Some((_, frame, opened)) = self.open.last().copied() else { return };
        let (profile, n, n_open) = (self.profile, self.n_events, self.open.len());
        notes.say_at(byte, "frames left open", || {
            format!(
                "profile {profile} ends behind event {n} with {n_open} frames open; expected frame {frame} to be \
                 closed, the innermost, which event {opened} opened"
            )
        });
        if let Some(end) = end.filter(|end| self.last.is_some_and(|last| end.as_f64() > last.as_f64())) {
            self.pass(end);
        }
        self.open.clear();
    }

    /// Closes the frame at this depth and all inside it.
    fn close_from(&mut self, depth: usize) {
        for (_, frame, _) in self.open.drain(depth..) {
            if let Entry::Occupied(mut times) = self.times_open.entry(frame) {
                *times.get_mut() -= 1;
                if *times.get() == 0 {
                    times.remove();
                }
            }
        }
    }

    fn pass(&mut self, at: Number) {
        if let (Some(begin), Some((stack, _, _))) = (self.last, self.open.last())
            && begin != at
        {
            self.spans.push(Span { stack: *stack, begin, end: at });
        }
        self.last = Some(at);
    }
}
