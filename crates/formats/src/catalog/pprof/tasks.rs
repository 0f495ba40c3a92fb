//! Labels of samples: those that name a process or a thread, and all others.

use super::field;
use super::places::Texts;
use super::rows::LabelSets;
use super::stack_ids::NONE;
use super::tables::Tables;
use crate::builder::RecordingBuilder;
use crate::protobuf::{Fields, Value};
use crate::varint::read_varint;
use fathom_model::{LabelsId, ProcessId, ThreadId};

/// Labels that name a process or a thread, as Fathom, perf's converters and language profilers write them.
const PID: &[&str] = &["pid", "process_id", "process id"];
const PROCESS: &[&str] = &["process", "process_name"];
const TID: &[&str] = &["tid", "thread_id", "thread id"];
const THREAD: &[&str] = &["thread", "thread_name", "thread name"];

/// Whose samples with certain labels are.
#[derive(Clone, Copy)]
pub(super) struct Task {
    pub(super) process: ProcessId,
    pub(super) thread: ThreadId,
    /// Whether a thread was named.
    pub(super) is_thread: bool,
    /// All other labels.
    pub(super) labels: Option<LabelsId>,
}

/// The tasks of all sets of labels.
pub(super) struct Tasks {
    without_labels: Option<Task>,
    by_set: Vec<Task>,
}

impl Tasks {
    pub(super) fn new(
        tables: &Tables,
        sets: &LabelSets,
        program: &str,
        has_unlabelled: bool,
        texts: &mut Texts<'_>,
        builder: &mut RecordingBuilder,
    ) -> Self {
        let by_set: Vec<Task> = sets.iter().map(|set| task(set, tables, program, texts, builder)).collect();
        let without_labels = has_unlabelled.then(|| {
            let thread = builder.only_thread(program);
            Task { process: builder.process(0, program), thread, is_thread: false, labels: None }
        });
        Self { without_labels, by_set }
    }

    /// The task of a set of labels.
    pub(super) fn of(&self, set: u32) -> Task {
        let known = if set == NONE { None } else { self.by_set.get(set as usize).copied() };
        let nobody = Task { process: ProcessId(0), thread: ThreadId(0), is_thread: false, labels: None };
        known.or(self.without_labels).unwrap_or(nobody)
    }
}

fn task(
    set: &[u8],
    tables: &Tables,
    program: &str,
    texts: &mut Texts<'_>,
    builder: &mut RecordingBuilder,
) -> Task {
    let (mut pid, mut tid) = (None, None);
    let (mut process_name, mut thread_name) = (String::new(), String::new());
    let mut others: Vec<(String, String)> = Vec::new();
    let mut rest = set;
    while let Some(label) = next(&mut rest) {
        let key = tables.text(label.key);
        let is_one_of = |names: &[&str]| names.contains(&key.as_ref());
        let as_number = || {
            let number =
                if label.text == 0 { Some(label.number) } else { tables.text(label.text).parse().ok() };
            number.and_then(|number| i32::try_from(number).ok())
        };
        if is_one_of(PID) && pid.is_none() && as_number().is_some() {
            pid = as_number();
        } else if is_one_of(TID) && tid.is_none() && as_number().is_some() {
            tid = as_number();
        } else if is_one_of(PROCESS) && label.text != 0 && process_name.is_empty() {
            process_name = texts.get(label.text);
        } else if is_one_of(THREAD) && label.text != 0 && thread_name.is_empty() {
            thread_name = texts.get(label.text);
        } else {
            others.push((texts.get(label.key), label.value(texts)));
        }
    }
    let labels = builder.labels(others);
    let is_thread = tid.is_some() || !thread_name.is_empty();
    let process = match pid {
        Some(pid) => builder.process(pid, &process_name),
        None if process_name.is_empty() => builder.process(0, program),
        None => builder.process(0, &process_name),
    };
    let thread = if is_thread || pid.is_some() {
        builder.thread(process, tid.unwrap_or(0), &thread_name)
    } else {
        builder.thread(process, 0, program)
    };
    Task { process, thread, is_thread, labels }
}

/// A label; texts by their number.
#[derive(Default)]
struct Label {
    key: u64,
    text: u64,
    number: i64,
    unit: u64,
}

impl Label {
    /// The value as text, a number with its unit.
    fn value(&self, texts: &mut Texts<'_>) -> String {
        if self.text != 0 {
            return texts.get(self.text);
        }
        match texts.get(self.unit) {
            unit if unit.is_empty() => self.number.to_string(),
            unit => format!("{} {unit}", self.number),
        }
    }
}

/// The next message of a set.
fn next(rest: &mut &[u8]) -> Option<Label> {
    let length = usize::try_from(read_varint(rest)?).ok()?;
    let (message, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    let mut label = Label::default();
    for (number, value) in Fields::new(message) {
        let Value::Number(found) = value else { continue };
        match number {
            field::LABEL_KEY => label.key = found,
            field::LABEL_TEXT => label.text = found,
            field::LABEL_NUMBER => label.number = found as i64,
            field::LABEL_UNIT => label.unit = found,
            _ => {}
        }
    }
    Some(label)
}
