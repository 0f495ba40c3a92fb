//! The numbers that a program calls itself by, as the numbers that Fathom sees: they differ where the program
//! was started in a pid namespace of its own.
//!
//! Two such namespaces in one launched tree may use the same number; then the one that started last is meant.

use crate::registry::Registry;
use fathom_model::{Pid, Tid};
use fathom_sys::preload_ring::PreloadRecord;
use fathom_sys::proc;
use std::collections::HashMap;
use std::path::Path;

/// The numbers.
#[derive(Debug)]
pub(crate) struct Pids {
    library: Vec<u8>,
    /// Namespaces from that of `/proc` to Fathom's own.
    own_depth: usize,
    processes: HashMap<Pid, Option<Pid>>,
    threads: HashMap<(Pid, Tid), Tid>,
    /// Samples of threads that could not be found.
    pub(crate) lost_samples: u64,
}

impl Pids {
    /// Programs with this library speak to Fathom.
    pub(crate) fn new(library: &Path) -> Self {
        Self {
            library: library.as_os_str().as_encoded_bytes().to_vec(),
            own_depth: numbers("self").map_or(1, |numbers| numbers.len()),
            processes: HashMap::new(),
            threads: HashMap::new(),
            lost_samples: 0,
        }
    }

    /// Puts Fathom's numbers into a record; false if whose it is cannot be told.
    pub(crate) fn translate(&mut self, record: &mut PreloadRecord<'_>, registry: &Registry) -> bool {
        match record {
            PreloadRecord::Exec { pid, parent_pid, .. } | PreloadRecord::Fork { pid, parent_pid, .. } => {
                self.processes.remove(pid);
                let parent = self.process(*parent_pid, registry).unwrap_or(0);
                *parent_pid = parent;
                self.process(*pid, registry).map(|number| *pid = number).is_some()
            }
            PreloadRecord::Maps { pid, .. } | PreloadRecord::Stopped { pid, .. } => {
                self.process(*pid, registry).map(|number| *pid = number).is_some()
            }
            PreloadRecord::ThreadStart { pid, tid, .. } | PreloadRecord::ThreadExit { pid, tid, .. } => {
                self.thread(*pid, *tid, registry).map(|numbers| (*pid, *tid) = numbers).is_some()
            }
            PreloadRecord::Sample(sample) => match self.thread(sample.pid, sample.tid, registry) {
                Some(numbers) => {
                    (sample.pid, sample.tid) = numbers;
                    true
                }
                None => {
                    self.lost_samples += u64::from(sample.weight);
                    false
                }
            },
        }
    }

    fn process(&mut self, pid: Pid, registry: &Registry) -> Option<Pid> {
        if let Some(known) = self.processes.get(&pid) {
            return *known;
        }
        let number = self.find_process(pid, registry);
        self.processes.insert(pid, number);
        number
    }

    fn find_process(&self, pid: Pid, registry: &Registry) -> Option<Pid> {
        let here = numbers(&pid.to_string());
        let is_here = here.as_ref().is_some_and(|numbers| numbers.len() <= self.own_depth);
        if is_here
            && (registry.processes.contains_key(&pid) || registry.held == Some(pid) || self.speaks(pid))
        {
            return Some(pid);
        }
        let is_meant = |number: &Pid| {
            numbers(&number.to_string()).is_some_and(|n| n.len() > self.own_depth && n.last() == Some(&pid))
                && self.speaks(*number)
        };
        let found = proc::list_processes().unwrap_or_default().into_iter().rev().find(is_meant);
        // A number that nobody has is that of a process which is over.
        found.or(here.is_none().then_some(pid))
    }

    fn thread(&mut self, pid: Pid, tid: Tid, registry: &Registry) -> Option<(Pid, Tid)> {
        let process = self.process(pid, registry)?;
        if process == pid {
            return Some((pid, tid));
        }
        if tid == pid {
            return Some((process, process));
        }
        if let Some(known) = self.threads.get(&(process, tid)) {
            return Some((process, *known));
        }
        let is_meant = |number: &Tid| {
            numbers(&format!("{process}/task/{number}")).is_some_and(|numbers| numbers.last() == Some(&tid))
        };
        let number = proc::list_threads(process).unwrap_or_default().into_iter().find(is_meant)?;
        self.threads.insert((process, tid), number);
        Some((process, number))
    }

    /// Whether a process has the library.
    fn speaks(&self, pid: Pid) -> bool {
        let maps = std::fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
        maps.windows(self.library.len()).any(|window| window == self.library)
    }
}

/// A process's or thread's number in each pid namespace, the outermost first.
fn numbers(which: &str) -> Option<Vec<i32>> {
    let status = std::fs::read(format!("/proc/{which}/status")).ok()?;
    Some(proc::parse_status(&status).ok()?.namespace_pids).filter(|numbers| !numbers.is_empty())
}
