//! A profile as either form has it, and how one is taken from a dump.

use super::marshal::{Reader, Value};
use crate::notes::Notes;
use std::rc::Rc;

#[derive(Default)]
pub(super) struct Profile {
    pub(super) version: String,
    pub(super) mode: String,
    /// Microseconds, or allocations.
    pub(super) interval: Option<i64>,
    pub(super) frames: Vec<Frame>,
    /// Length, numbers of frames from the outermost, count; again and again.
    pub(super) raw: Vec<i64>,
    /// Of the same shape.
    pub(super) raw_lines: Vec<i64>,
    /// Microseconds of each tick.
    pub(super) times: Vec<i64>,
    /// Microseconds since the tick before.
    pub(super) deltas: Vec<i64>,
}

#[derive(Default)]
pub(super) struct Frame {
    pub(super) number: i64,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) line: Option<u32>,
    pub(super) own: u64,
    pub(super) total: u64,
    /// Numbers of callees, and the samples in them.
    pub(super) edges: Vec<(i64, u64)>,
}

impl Profile {
    /// Takes a dump of Ruby's Marshal.
    pub(super) fn take_dump(&mut self, bytes: &[u8], notes: &mut Notes) {
        let mut reader = Reader::new(bytes);
        let members = reader.members(|name, value| self.take(name, &value));
        if let Err(damage) = members {
            notes.say_at(damage.at as u64, "damage", || damage.message);
        }
    }

    fn take(&mut self, name: &str, value: &Value) {
        match name {
            "version" => self.version = value.text().map_or_else(String::new, |text| text.to_string()),
            "mode" => self.mode = value.text().map_or_else(String::new, |text| text.to_string()),
            "interval" => self.interval = value.whole(),
            "raw" => self.raw = value.wholes(),
            "raw_lines" => self.raw_lines = value.wholes(),
            "raw_sample_timestamps" => self.times = value.wholes(),
            "raw_timestamp_deltas" => self.deltas = value.wholes(),
            "frames" => {
                let Value::Hash(frames) = value else { return };
                for (number, frame) in frames.iter() {
                    let (Some(number), Value::Hash(members)) = (number.whole(), frame) else { continue };
                    self.frames.push(Frame::of_dump(number, members));
                }
            }
            _ => {}
        }
    }
}

impl Frame {
    fn of_dump(number: i64, members: &[(Value, Value)]) -> Self {
        let mut frame = Self { number, ..Self::default() };
        let count = |value: &Value| value.whole().and_then(|n| u64::try_from(n).ok());
        for (name, value) in members {
            let name: Rc<str> = name.text().unwrap_or_default();
            match &*name {
                "name" => frame.name = value.text().map_or_else(String::new, |text| text.to_string()),
                "file" => frame.file = value.text().map_or_else(String::new, |text| text.to_string()),
                "line" => frame.line = value.whole().and_then(|line| u32::try_from(line).ok()),
                "samples" => frame.own = count(value).unwrap_or(0),
                "total_samples" => frame.total = count(value).unwrap_or(0),
                "edges" => {
                    let Value::Hash(edges) = value else { continue };
                    let edge = |(callee, n): &(Value, Value)| Some((callee.whole()?, count(n)?));
                    frame.edges = edges.iter().filter_map(edge).collect();
                }
                _ => {}
            }
        }
        frame
    }
}
