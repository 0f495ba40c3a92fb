//! Labels of rows: process and thread, then those that the samples had.

use super::Strings;
use crate::catalog::pprof::field;
use crate::protobuf::Message;
use fathom_model::{LabelsId, Recording, ThreadId};
use hashbrown::HashMap;

/// A label as it is written: key, text, number, unit; texts by their id.
type Label = [i64; 4];

/// The distinct sets of labels.
pub(super) struct Labels<'a> {
    recording: &'a Recording,
    /// Of several rows with one number: programs that a process ran one after the other.
    process_names: HashMap<i32, &'a str>,
    rows: HashMap<LabelsId, Vec<(&'a str, &'a str)>>,
    sets: Vec<Vec<Label>>,
    by_set: HashMap<Vec<Label>, u32>,
    by_id: HashMap<(ThreadId, Option<LabelsId>), u32>,
}

impl<'a> Labels<'a> {
    pub(super) fn new(recording: &'a Recording) -> Self {
        let mut process_names: HashMap<i32, &'a str> = HashMap::new();
        for process in recording.processes.iter().filter(|process| !process.name.is_empty()) {
            process_names.entry(process.pid).or_insert(&process.name);
        }
        let mut rows: HashMap<LabelsId, Vec<(&'a str, &'a str)>> = HashMap::new();
        for label in &recording.labels {
            rows.entry(label.id).or_default().push((&label.key, &label.value));
        }
        Self {
            recording,
            process_names,
            rows,
            sets: Vec::new(),
            by_set: HashMap::new(),
            by_id: HashMap::new(),
        }
    }

    /// The number of what is written of a sample's thread and labels.
    pub(super) fn number(
        &mut self,
        thread: ThreadId,
        labels: Option<LabelsId>,
        strings: &mut Strings,
    ) -> u32 {
        if let Some(number) = self.by_id.get(&(thread, labels)) {
            return *number;
        }
        let set = self.set(thread, labels, strings);
        let next = self.sets.len() as u32;
        let number = *self.by_set.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            next
        });
        self.by_id.insert((thread, labels), number);
        number
    }

    /// Numbers that are 0 are those of profiles without processes or threads.
    fn set(&self, thread: ThreadId, labels: Option<LabelsId>, strings: &mut Strings) -> Vec<Label> {
        let mut set = Vec::new();
        if let Some(thread) = self.recording.threads.get(thread.index()) {
            let process = self.recording.processes.get(thread.process.index());
            let pid = process.map_or(0, |process| process.pid);
            if pid != 0 {
                let name = self.process_names.get(&pid).copied().unwrap_or("");
                if !name.is_empty() {
                    set.push([strings.id("process"), strings.id(name), 0, 0]);
                }
                set.push([strings.id("pid"), 0, i64::from(pid), 0]);
            }
            if !thread.name.is_empty() && (pid != 0 || thread.tid != 0) {
                set.push([strings.id("thread"), strings.id(&thread.name), 0, 0]);
            }
            if thread.tid != 0 {
                set.push([strings.id("tid"), 0, i64::from(thread.tid), 0]);
            }
        }
        let rows = labels.and_then(|labels| self.rows.get(&labels));
        // An empty text is none to the format.
        let rows = rows.into_iter().flatten().filter(|(key, value)| !key.is_empty() && !value.is_empty());
        for (key, value) in rows {
            let key = strings.id(key);
            set.push(match number(value) {
                Some((number, unit)) => [key, 0, number, strings.id(unit)],
                None => [key, strings.id(value), 0, 0],
            });
        }
        set
    }

    /// Writes the labels of a row.
    pub(super) fn write(&self, number: u32, out: &mut Message) {
        for [key, text, value, unit] in self.sets.get(number as usize).into_iter().flatten() {
            out.message(field::SAMPLE_LABEL, |out| {
                out.int(field::LABEL_KEY, *key).int(field::LABEL_TEXT, *text);
                out.int(field::LABEL_NUMBER, *value).int(field::LABEL_UNIT, *unit);
            });
        }
    }
}

/// A value that is a number, perhaps with a unit, and reads back as the same text. A mere 0 is no number to the format.
fn number(value: &str) -> Option<(i64, &str)> {
    let (digits, unit) = value.split_once(' ').unwrap_or((value, ""));
    let number: i64 = digits.parse().ok()?;
    let is_same = number.to_string() == digits;
    let is_unit =
        unit.bytes().all(|byte| byte.is_ascii_lowercase()) && (!unit.is_empty() || !value.contains(' '));
    (is_same && is_unit && (number != 0 || !unit.is_empty())).then_some((number, unit))
}
