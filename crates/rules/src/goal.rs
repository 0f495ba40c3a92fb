//! What is to become smaller: chosen once for a recording, and said.

use std::collections::BTreeSet;

use fathom_model::{Goal, GoalMetric, Recording, Signal, ThreadId, ThreadState, WaitClass};

/// From this share of its life on, the main thread's own work and waits decide how long the command takes.
const LEAST_OWN_SHARE: f64 = 0.5;

/// The goal, and the main threads of the command (one for each program that its first process ran).
pub(crate) fn choose_goal(recording: &Recording) -> (Goal, BTreeSet<ThreadId>) {
    let total = |signal| recording.total(signal).max(0);
    if recording.meta.imported.is_some() || recording.main_signal() != Signal::Cpu {
        let signal = recording.main_signal();
        let why = format!("the profile counts {}", recording.meta.name_of(signal));
        return (Goal { metric: GoalMetric::Profile, value: total(signal), why }, BTreeSet::new());
    }
    let main = main_threads(recording);
    let (mut own, mut others, mut all) = (0_i64, 0_i64, 0_i64);
    for sample in recording.samples.iter().filter(|sample| main.contains(&sample.thread)) {
        let value = sample.value.max(0);
        match (sample.signal, sample.state) {
            (Signal::Cpu, _) => own += value,
            // What it waits for is done by others: their time is what counts.
            (Signal::OffCpu, ThreadState::Blocked(WaitClass::Child | WaitClass::Lock | WaitClass::Task)) => {
                others += value;
            }
            (Signal::OffCpu, _) => own += value,
            _ => continue,
        }
        all += value;
    }
    let cpu = total(Signal::Cpu);
    let is_launched = !recording.meta.target.command.is_empty();
    let is_idle = cpu < all / 5;
    if is_launched && all > 0 && (own as f64 >= LEAST_OWN_SHARE * all as f64 || others > 0 && is_idle) {
        let why = "the command ends when its main thread does".to_owned();
        return (Goal { metric: GoalMetric::Wall, value: all, why }, main);
    }
    let why = if is_launched {
        "the main thread mostly waits for other threads or processes, so their CPU time is what can shrink"
    } else {
        "what the program's users wait for was not recorded, so CPU time stands for it"
    };
    (Goal { metric: GoalMetric::Cpu, value: cpu, why: why.to_owned() }, main)
}

/// The threads that a command began with; after an `exec` the same thread of another program.
fn main_threads(recording: &Recording) -> BTreeSet<ThreadId> {
    let Some(first) = recording.processes.first() else { return BTreeSet::new() };
    let of_first =
        |process: usize| recording.processes.get(process).is_some_and(|process| process.pid == first.pid);
    let is_main =
        |thread: &&fathom_model::Thread| thread.tid == first.pid && of_first(thread.process.index());
    recording.threads.iter().filter(is_main).map(|thread| thread.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(text: &str) -> GoalMetric {
        choose_goal(&fathom_testkit::recording(text)).0.metric
    }

    #[test]
    fn a_command_that_works_in_its_main_thread_is_measured_by_its_wall_time() {
        let text = "command ./a\nthread main\ncpu main;f 900ms\noff-cpu blocked.timer main;sleep 100ms";
        assert_eq!(metric(text), GoalMetric::Wall);
    }

    #[test]
    fn a_command_that_waits_for_its_workers_is_measured_by_their_time() {
        let text =
            "command ./a\nthread main\noff-cpu blocked.lock main;join 900ms\nthread worker\ncpu main;f 850ms";
        assert_eq!(metric(text), GoalMetric::Cpu);
    }

    #[test]
    fn a_running_program_is_measured_by_its_cpu_time() {
        assert_eq!(metric("pids 1000\nthread main\ncpu main;f 900ms"), GoalMetric::Cpu);
    }
}
