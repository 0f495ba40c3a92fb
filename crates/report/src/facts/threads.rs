//! The lists of threads and processes.

use std::collections::BTreeMap;

use fathom_analysis::{Accounting, Filter, lifetime_nanos};
use fathom_model::{ProcessId, Recording, Signal, ThreadId, ThreadState};

use crate::facts::types::{ProcessFact, ThreadFact};

/// The main thread of the first process: the thread whose number is the pid. After an `exec` the pid has several
/// rows; the one that lived longest is meant.
pub(crate) fn main_thread(recording: &Recording) -> Option<ThreadId> {
    let pid = recording.processes.first()?.pid;
    let candidates = recording.threads.iter().filter(|thread| {
        let process = recording.processes.get(thread.process.index());
        thread.tid == pid && process.is_some_and(|process| process.pid == pid)
    });
    let longest =
        candidates.max_by_key(|thread| (lifetime_nanos(recording, thread), std::cmp::Reverse(thread.id)));
    longest.map(|thread| thread.id)
}

/// Threads, the main one first, then by CPU time, and how many did not fit.
pub(crate) fn threads(
    recording: &Recording,
    accounting: &Accounting,
    main: Option<ThreadId>,
    most: usize,
) -> (Vec<ThreadFact>, u64) {
    let mut cpu_samples: BTreeMap<ThreadId, u64> = BTreeMap::new();
    for sample in Filter::of(Signal::Cpu).samples(recording) {
        let count = cpu_samples.entry(sample.thread).or_default();
        *count = count.saturating_add(u64::from(sample.n));
    }
    let mut program_samples: BTreeMap<ThreadId, u64> = BTreeMap::new();
    for sample in Filter::of(Signal::ProgramCpu).samples(recording) {
        // Without a state it is of the whole process.
        if sample.state != ThreadState::Unknown {
            let count = program_samples.entry(sample.thread).or_default();
            *count = count.saturating_add(u64::from(sample.n));
        }
    }
    let is_told = !program_samples.is_empty();
    let mut facts: Vec<ThreadFact> = recording
        .threads
        .iter()
        .zip(&accounting.threads)
        .map(|(thread, account)| ThreadFact {
            name: thread.name.clone(),
            tid: thread.tid,
            pid: recording.processes.get(thread.process.index()).map_or(0, |process| process.pid),
            main: Some(thread.id) == main,
            lifetime_nanos: account.lifetime_nanos,
            running_nanos: account.times.running_nanos,
            runnable_nanos: account.times.runnable_nanos,
            blocked_nanos: account.times.blocked_nanos,
            missing_nanos: account.missing_nanos(),
            switches: thread.switches,
            cpu_samples: cpu_samples.get(&thread.id).copied().unwrap_or_default(),
            program_samples: is_told.then(|| program_samples.get(&thread.id).copied().unwrap_or_default()),
        })
        .collect();
    // Stable, so that threads alike keep the order of their ids.
    facts.sort_by_key(|fact| {
        let (running, lifetime) = (fact.running_nanos, fact.lifetime_nanos);
        (std::cmp::Reverse(fact.main), std::cmp::Reverse(running), std::cmp::Reverse(lifetime))
    });
    let left_out = facts.len().saturating_sub(most) as u64;
    facts.truncate(most);
    (facts, left_out)
}

/// Processes by CPU time, and how many did not fit.
pub(crate) fn processes(recording: &Recording, most: usize) -> (Vec<ProcessFact>, u64) {
    let mut of_process: BTreeMap<ProcessId, (u64, i64)> = BTreeMap::new();
    for thread in &recording.threads {
        let sums = of_process.entry(thread.process).or_default();
        *sums = (sums.0 + 1, sums.1.saturating_add(thread.times.running_nanos));
    }
    let offset = |time: i64| time.saturating_sub(recording.meta.start_nanos);
    let mut facts: Vec<ProcessFact> = recording
        .processes
        .iter()
        .map(|process| {
            let (threads, running_nanos) = of_process.get(&process.id).copied().unwrap_or_default();
            let parent = process.parent.and_then(|id| recording.processes.get(id.index()));
            ProcessFact {
                name: process.name.clone(),
                pid: process.pid,
                parent_pid: parent.map(|parent| parent.pid),
                exec_generation: process.exec_generation,
                command: process.command.clone(),
                runtime: process.runtime.clone(),
                start_offset_nanos: offset(process.start_nanos),
                end_offset_nanos: process.end_nanos.map(offset),
                exit_status: process.exit_status,
                threads,
                running_nanos,
            }
        })
        .collect();
    facts.sort_by_key(|fact| std::cmp::Reverse(fact.running_nanos));
    let left_out = facts.len().saturating_sub(most) as u64;
    facts.truncate(most);
    (facts, left_out)
}
