//! Puts an event where it belongs: to the spans, moments or profiles of its thread, to names, to counters.

use super::event::TraceEvent;
use super::file::{SpanFrame, TraceFile};
use super::spans::{Edge, SpanEvent};
use fathom_model::{FrameKind, SeriesPoint, Unit};
use std::hash::BuildHasher;

impl TraceFile {
    /// Takes an event.
    pub(super) fn event(&mut self, event: &mut TraceEvent) {
        let phase = event.phase;
        let edge = match phase {
            b'B' => Edge::Begin,
            b'E' => Edge::End,
            b'X' => {
                let nanos = event.duration_nanos.or(event.thread_duration_nanos).unwrap_or_default();
                self.n_negative += u64::from(nanos < 0);
                Edge::Whole(nanos.max(0))
            }
            b'M' => return self.metadata(event),
            b'C' => return self.counter(event),
            b'P' | b'I' | b'i' | b'R' if self.profile(event) => return,
            b'I' | b'i' | b'R' => return self.moment(event),
            other => {
                *self.others.entry(char::from(other)).or_default() += 1;
                return;
            }
        };
        let Some(time_nanos) = event.time_nanos else {
            self.n_without_time += 1;
            return;
        };
        // Developer tools of some versions write chunks as spans without a length.
        if self.profile(event) || !self.takes(size_of::<SpanEvent>() as u64) {
            return;
        }
        let has_name = event.name.as_ref().is_some_and(|name| !name.is_empty());
        let name = self.name_number(event.name.as_deref().filter(|name| !name.is_empty()));
        let arguments = &event.arguments;
        let key = self.hasher.hash_one((name, arguments.hash));
        let frame = if edge == Edge::End {
            0
        } else {
            let url = arguments.url.as_deref().filter(|url| !url.is_empty()).map(str::to_owned);
            let mut frame =
                SpanFrame { name, kind: FrameKind::parse(&event.category), ..SpanFrame::default() };
            if let Some(url) = url {
                frame.url = Some(self.name_number(Some(&url)));
                frame.line = event.arguments.line;
                frame.column = event.arguments.column;
                frame.function_line = event.arguments.function_line;
            }
            self.frame_number(frame)
        };
        let name = (edge != Edge::End || has_name).then_some(name);
        self.track(event).spans.push(SpanEvent { time_nanos, edge, key, frame, name });
    }

    fn metadata(&mut self, event: &mut TraceEvent) {
        let Some(name) = event.arguments.name.take() else { return };
        match event.name.as_deref() {
            Some("process_name") => {
                let process = self.process(&event.process);
                // The last name counts, as a process may be told by that of its launcher first.
                if let Some(row) = self.builder.tasks_mut().0.get_mut(process.index()) {
                    row.name = name;
                }
            }
            Some("thread_name") if self.takes(name.len() as u64 + 96) => {
                self.thread_names.insert((event.process.clone(), event.thread.clone()), name);
            }
            _ => {}
        }
    }

    fn counter(&mut self, event: &mut TraceEvent) {
        let Some(time_nanos) = event.time_nanos else {
            self.n_without_time += 1;
            return;
        };
        let process = self.process(&event.process);
        let mut name = event.name.take().unwrap_or_default();
        if let Some(id) = &event.id {
            name = format!("{name}[{id}]");
        }
        let is_one = event.arguments.numbers.len() == 1;
        for (key, value) in event.arguments.numbers.drain(..) {
            // What Fathom writes itself: the unit in the place of the only value's name.
            let unit = Unit::parse(&key).filter(|_| is_one);
            let name = match unit {
                Some(_) => name.clone(),
                None if is_one && key == "value" => name.clone(),
                None => format!("{name}.{key}"),
            };
            let unit = unit.unwrap_or(Unit::Count);
            self.builder.point(SeriesPoint { name, unit, time_nanos, value, process: Some(process) });
        }
    }

    fn moment(&mut self, event: &TraceEvent) {
        let Some(time_nanos) = event.time_nanos else {
            self.n_without_time += 1;
            return;
        };
        if self.takes(16) {
            let name = self.name_number(event.name.as_deref());
            self.track(event).moments.push((time_nanos, name));
        }
    }

    /// Takes an event that is a part of a CPU profile; false if it is none.
    fn profile(&mut self, event: &mut TraceEvent) -> bool {
        let is_chunk = match event.name.as_deref() {
            Some("CpuProfile" | "Profile") => false,
            Some("ProfileChunk") => true,
            _ => return false,
        };
        let Some(told) = event.arguments.profile.take() else { return true };
        let time = event.time_nanos.unwrap_or_default();
        let number = match (&event.id, &event.thread) {
            (Some(id), _) => id.clone(),
            (None, thread) => format!("{thread:?}"),
        };
        // Nodes are far larger than what is kept here of most; the text was larger still.
        let bytes = (told.nodes.len() * 256 + told.samples.len() * 16 + told.time_deltas.len() * 8) as u64;
        if !self.takes(bytes) {
            return true;
        }
        let key = (event.process.clone(), number);
        let known = self.profiles.get(&key).copied();
        let (track, at) = match known {
            // A chunk is written by V8's own thread; the profile is of the one that began it.
            Some(place) if is_chunk => place,
            _ => {
                let track = self.track_number(event);
                let profiles = &mut self.tracks[track].1.profiles;
                profiles.push(Vec::new());
                let place = (track, profiles.len() - 1);
                self.profiles.insert(key, place);
                place
            }
        };
        self.tracks[track].1.profiles[at].push((time, told));
        true
    }
}
