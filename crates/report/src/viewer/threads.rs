//! Threads and processes of the viewer's data: the busiest by name, the rest of each process as one.

use fathom_model::{Process, Recording, Sample};

use crate::text::{command_text, plain};
use crate::viewer::header::{ProcessHeader, ThreadHeader};

/// Longest name of a thread or process and longest command line, in characters.
const LONGEST_TEXT: usize = 300;

/// Threads as they are written.
pub(crate) struct Threads {
    pub(crate) threads: Vec<ThreadHeader>,
    pub(crate) processes: Vec<ProcessHeader>,
    /// Number in `threads` of every thread of the recording.
    of_thread: Vec<u32>,
    /// Number of samples whose thread is not in the recording's table.
    unknown: Option<u32>,
    /// How many threads have no row of their own.
    pub(crate) merged: usize,
}

impl Threads {
    pub(crate) fn build(recording: &Recording, most: usize) -> Self {
        let table = &recording.threads;
        let mut weight = vec![0_u64; table.len()];
        let mut has_unknown = false;
        for sample in &recording.samples {
            match weight.get_mut(sample.thread.index()) {
                // Values of two signals do not add up; observations do, and each counts at least once.
                Some(weight) => *weight = weight.saturating_add(u64::from(sample.n).max(1)),
                None => has_unknown = true,
            }
        }
        let mut by_weight: Vec<usize> = (0..table.len()).filter(|at| weight[*at] > 0).collect();
        by_weight.sort_by_key(|at| (std::cmp::Reverse(weight[*at]), *at));
        let merged = by_weight.split_off(by_weight.len().min(most));
        by_weight.sort_unstable();

        let mut written = Self {
            threads: Vec::new(),
            processes: Vec::new(),
            of_thread: vec![0; table.len()],
            unknown: None,
            merged: merged.len(),
        };
        let mut of_process = vec![None; recording.processes.len()];
        for at in by_weight {
            let thread = &table[at];
            let process = written.process(recording, &mut of_process, thread.process.index(), false);
            written.of_thread[at] = written.threads.len() as u32;
            written.threads.push(ThreadHeader { name: short(&thread.name), tid: thread.tid, process });
        }
        let mut rest_of = std::collections::BTreeMap::new();
        for at in merged {
            let full = written.processes.len() >= most;
            let process = written.process(recording, &mut of_process, table[at].process.index(), full);
            let threads = &mut written.threads;
            written.of_thread[at] = *rest_of.entry(process).or_insert_with(|| {
                let name = format!("other threads of {}", written.processes[process as usize].name);
                threads.push(ThreadHeader { name, tid: 0, process });
                (threads.len() - 1) as u32
            });
        }
        if has_unknown || written.threads.is_empty() {
            let process = written.process(recording, &mut of_process, usize::MAX, false);
            written.unknown = Some(written.threads.len() as u32);
            written.threads.push(ThreadHeader { name: "unknown thread".into(), tid: 0, process });
        }
        written
    }

    pub(crate) fn of_sample(&self, sample: &Sample) -> u32 {
        self.of_thread.get(sample.thread.index()).copied().or(self.unknown).unwrap_or(0)
    }

    /// The number of a process, added if it is new; without room all further ones are one.
    fn process(
        &mut self,
        recording: &Recording,
        of_process: &mut [Option<u32>],
        at: usize,
        full: bool,
    ) -> u32 {
        if let Some(Some(known)) = of_process.get(at) {
            return *known;
        }
        let row = recording.processes.get(at);
        let header = match (row, full) {
            (Some(process), false) => of_row(process),
            (Some(_), true) => {
                ProcessHeader { name: "other processes".into(), pid: 0, command: String::new() }
            }
            (None, _) => ProcessHeader { name: "unknown process".into(), pid: 0, command: String::new() },
        };
        // Those that stand for many are one, however often they are asked for.
        let known = (row.is_none() || full)
            .then(|| self.processes.iter().position(|known| known.pid == 0 && known.name == header.name))
            .flatten();
        let id = known.unwrap_or_else(|| {
            self.processes.push(header);
            self.processes.len() - 1
        }) as u32;
        if let Some(of) = of_process.get_mut(at) {
            *of = Some(id);
        }
        id
    }
}

fn of_row(process: &Process) -> ProcessHeader {
    ProcessHeader {
        name: short(&process.name),
        pid: process.pid,
        command: short(&command_text(&process.command)),
    }
}

/// Text of a header, which is read as a whole before anything is shown.
pub(crate) fn short(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_beyond_the_bound_are_one_per_process() {
        let mut text = String::from("wall 1s\nprocess a pid=1\n");
        for at in 0..5 {
            text += &format!("thread t{at}\ncpu f 1ms n={}\n", 9 - at);
        }
        text += "process b pid=2\nthread u\ncpu f 1ms\nthread v\ncpu f 1ms\n";
        let recording = fathom_testkit::recording(&text);
        let threads = Threads::build(&recording, 3);
        let names: Vec<&str> = threads.threads.iter().map(|thread| thread.name.as_str()).collect();
        assert_eq!(names, ["t0", "t1", "t2", "other threads of a", "other threads of b"]);
        let of: Vec<u32> = recording.samples.iter().map(|sample| threads.of_sample(sample)).collect();
        assert_eq!(of, [0, 1, 2, 3, 3, 4, 4]);
        assert_eq!(threads.merged, 4);
    }
}
