//! Processes and threads as records name them, start and end them.

use crate::builder::RecordingBuilder;
use fathom_model::{ProcessId, ThreadId};
use hashbrown::HashMap;

/// A process's number and a thread's.
type Key = (i32, i32);

#[derive(Default)]
pub(super) struct Tasks {
    tasks: HashMap<Key, Task>,
    /// The process that forked one, and when.
    parents: HashMap<i32, (i32, Option<u64>)>,
    ends: HashMap<i32, Option<u64>>,
}

#[derive(Clone, Default)]
struct Task {
    name: String,
    row: Option<(ProcessId, ThreadId)>,
}

impl Tasks {
    /// The rows of a thread under its present name.
    pub(super) fn thread(&mut self, key: Key, builder: &mut RecordingBuilder) -> (ProcessId, ThreadId) {
        let name = if key.1 == 0 { "swapper" } else { "" };
        let task = self.tasks.entry(key).or_insert_with(|| Task { name: name.into(), row: None });
        *task.row.get_or_insert_with(|| {
            // Threads that perf saw nothing of but samples are called as perf calls them.
            let name = if task.name.is_empty() { format!(":{}", key.1) } else { task.name.clone() };
            let process = builder.process(key.0, "");
            (process, builder.thread(process, key.1, &name))
        })
    }

    pub(super) fn rename(&mut self, key: Key, name: String) {
        self.tasks.insert(key, Task { name, row: None });
    }

    pub(super) fn fork(&mut self, key: Key, parent: Key, time_nanos: Option<u64>) {
        let name = self.tasks.get(&parent).map(|task| task.name.clone()).unwrap_or_default();
        self.tasks.insert(key, Task { name, row: None });
        if key.0 != parent.0 {
            self.parents.insert(key.0, (parent.0, time_nanos));
        }
    }

    pub(super) fn exit(&mut self, key: Key, time_nanos: Option<u64>) {
        if key.0 == key.1 {
            self.ends.insert(key.0, time_nanos);
        }
    }

    /// Names processes by their first thread's last name, and says who forked whom and when.
    pub(super) fn fill_in(&self, builder: &mut RecordingBuilder) {
        let ids: HashMap<i32, ProcessId> =
            builder.recording().processes.iter().map(|process| (process.pid, process.id)).collect();
        let nanos = |time: Option<u64>| time.and_then(|time| i64::try_from(time).ok());
        let (processes, threads) = builder.tasks_mut();
        let mut firsts: HashMap<ProcessId, &str> = HashMap::new();
        for thread in threads {
            firsts.entry(thread.process).or_insert(thread.name.as_str());
        }
        for process in processes {
            let main = self.tasks.get(&(process.pid, process.pid)).map(|task| task.name.as_str());
            let name = main.filter(|name| !name.is_empty()).or(firsts.get(&process.id).copied());
            name.unwrap_or_default().clone_into(&mut process.name);
            if let Some((parent, time)) = self.parents.get(&process.pid) {
                process.parent = ids.get(parent).copied();
                process.start_nanos = nanos(*time).unwrap_or(0);
            }
            process.end_nanos = self.ends.get(&process.pid).and_then(|time| nanos(*time));
        }
    }
}
