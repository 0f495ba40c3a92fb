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
    /// Items of lists that may still be taken from a dump: each is a byte of it at least. Only one whose values refer
    /// to the same lists again and again has more of them.
    items_left: usize,
    n_items_left_out: usize,
}

#[derive(Default)]
pub(super) struct Frame {
    pub(super) number: i64,
    pub(super) name: Rc<str>,
    pub(super) file: Rc<str>,
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
        self.items_left = bytes.len();
        let members = reader.members(|name, value| self.take(name, &value));
        if let Err(damage) = members {
            notes.say_at(damage.at as u64, "damage", || damage.message);
        }
        let n = self.n_items_left_out;
        if n > 0 {
            notes.of(format!(
                "{n} items of lists are left out: all lists have more items than the file has bytes"
            ));
        }
    }

    fn take(&mut self, name: &str, value: &Value) {
        match name {
            "version" => self.version = value.text().map_or_else(String::new, |text| text.to_string()),
            "mode" => self.mode = value.text().map_or_else(String::new, |text| text.to_string()),
            "interval" => self.interval = value.whole(),
            "raw" => self.raw = self.wholes(value),
            "raw_lines" => self.raw_lines = self.wholes(value),
            "raw_sample_timestamps" => self.times = self.wholes(value),
            "raw_timestamp_deltas" => self.deltas = self.wholes(value),
            "frames" => {
                let Value::Hash(frames) = value else { return };
                for (number, frame) in self.items(frames) {
                    let (Some(number), Value::Hash(members)) = (number.whole(), frame) else { continue };
                    let frame = self.frame(number, members);
                    self.frames.push(frame);
                }
            }
            _ => {}
        }
    }

    /// As many of a list's items as may be taken.
    fn items<'v, T>(&mut self, items: &'v [T]) -> &'v [T] {
        let n = items.len().min(self.items_left);
        self.items_left -= n;
        self.n_items_left_out = self.n_items_left_out.saturating_add(items.len() - n);
        &items[..n]
    }

    /// Items of a list; what is no number is 0.
    fn wholes(&mut self, value: &Value) -> Vec<i64> {
        match value {
            Value::List(items) => self.items(items).iter().map(|item| item.whole().unwrap_or(0)).collect(),
            _ => Vec::new(),
        }
    }

    fn frame(&mut self, number: i64, members: &[(Value, Value)]) -> Frame {
        let mut frame = Frame { number, ..Frame::default() };
        let count = |value: &Value| value.whole().and_then(|n| u64::try_from(n).ok());
        for (name, value) in self.items(members) {
            let name: Rc<str> = name.text().unwrap_or_default();
            match &*name {
                "name" => frame.name = value.text().unwrap_or_default(),
                "file" => frame.file = value.text().unwrap_or_default(),
                "line" => frame.line = value.whole().and_then(|line| u32::try_from(line).ok()),
                "samples" => frame.own = count(value).unwrap_or(0),
                "total_samples" => frame.total = count(value).unwrap_or(0),
                "edges" => {
                    let Value::Hash(edges) = value else { continue };
                    let edge = |(callee, n): &(Value, Value)| Some((callee.whole()?, count(n)?));
                    frame.edges = self.items(edges).iter().filter_map(edge).collect();
                }
                _ => {}
            }
        }
        frame
    }
}
