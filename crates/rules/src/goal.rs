//! What is to become smaller: chosen once for a recording, and said.

use std::collections::BTreeSet;

use fathom_model::{Goal, GoalMetric, Recording, Sample, Signal, Thread, ThreadId, ThreadState, WaitClass};

/// From this share of its life on, the main thread's own work and waits decide how long the command takes.
const LEAST_OWN_SHARE: f64 = 0.5;

/// What the end of a command waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Main {
    /// Its main threads, one for each program that its first process ran.
    pub(crate) threads: BTreeSet<ThreadId>,
    /// The stacks of its main task, where tasks move between threads: Go's `main` runs now here, now there, and the
    /// thread that it began in may be parked meanwhile.
    stacks: Option<Vec<bool>>,
    /// Stacks in which a JVM stops a thread so that its own profiler, which the recording started, can look at it.
    looked_at: Option<Vec<bool>>,
}

/// What HotSpot runs on a thread that its profiler suspends (src/hotspot/os/posix/signals_posix.cpp).
const SUSPENDED: &str = "SR_handler(";

impl Main {
    fn of(recording: &Recording) -> Self {
        let threads = main_threads(recording);
        let runtime = recording.processes.first().and_then(|first| first.runtime.as_deref());
        let below = |name: &dyn Fn(&str) -> bool| stacks_below(recording, name);
        Self {
            threads,
            stacks: (runtime == Some("go")).then(|| below(&|name| name == "runtime.main")).flatten(),
            looked_at: (runtime == Some("jvm")).then(|| below(&|name| name.starts_with(SUSPENDED))).flatten(),
        }
    }

    /// Whether a sample tells what it does or waits for. Time in which it is ready and has no CPU is neither: others take
    /// it, from whatever it does, so that shares stay what they are on a host that has room.
    pub(crate) fn has(&self, recording: &Recording, sample: &Sample) -> bool {
        let is_of =
            |stacks: &[bool]| sample.stack.is_some_and(|stack| stacks.get(stack.index()) == Some(&true));
        if sample.state == ThreadState::Runnable || self.looked_at.as_deref().is_some_and(is_of) {
            return false;
        }
        let Some(stacks) = &self.stacks else {
            return matches!(sample.signal, Signal::Cpu | Signal::OffCpu)
                && self.threads.contains(&sample.thread);
        };
        matches!(sample.signal, Signal::Cpu | Signal::OffCpu | Signal::TaskWait)
            && is_of(stacks)
            && is_of_first(recording, sample.process.index())
    }
}

/// For every stack whether a function with such a name is on it; `None` if that is none.
fn stacks_below(recording: &Recording, is_meant: &dyn Fn(&str) -> bool) -> Option<Vec<bool>> {
    let nodes = recording.stacks.nodes();
    let mut is_below = vec![false; nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        let frame = recording.frames.get(node.frame.index());
        let above = node.parent.map(|parent| parent.index()).filter(|parent| *parent < at);
        is_below[at] = above.is_some_and(|parent| is_below[parent])
            || frame.and_then(|frame| frame.function.as_deref()).is_some_and(is_meant);
    }
    is_below.contains(&true).then_some(is_below)
}

/// The goal, and what the end of the command waits for.
pub(crate) fn choose_goal(recording: &Recording) -> (Goal, Main) {
    let total = |signal| recording.total(signal).max(0);
    if recording.meta.imported.is_some() || recording.main_signal() != Signal::Cpu {
        let signal = recording.main_signal();
        let why = format!("the profile counts {}", recording.meta.name_of(signal));
        return (Goal { metric: GoalMetric::Profile, value: total(signal), why }, Main::default());
    }
    let main = Main::of(recording);
    let (mut own, mut others, mut all) = (0_i64, 0_i64, 0_i64);
    for sample in recording.samples.iter().filter(|sample| main.has(recording, sample)) {
        let value = sample.value.max(0);
        match (sample.signal, sample.state) {
            (Signal::Cpu, _) => own += value,
            // What it waits for is done by others: their time is what counts.
            (_, ThreadState::Blocked(WaitClass::Child | WaitClass::Lock | WaitClass::Task)) => {
                others += value
            }
            _ => own += value,
        }
        all += value;
    }
    let cpu = total(Signal::Cpu);
    let is_launched = !recording.meta.target.command.is_empty();
    // On a busy host others keep it from working: that is no idleness.
    let is_ready =
        |sample: &&Sample| sample.signal == Signal::OffCpu && sample.state == ThreadState::Runnable;
    let ready = recording.samples.iter().filter(is_ready).fold(0_i64, |sum, at| sum.saturating_add(at.value));
    let is_idle = cpu.saturating_add(ready) < all / 5;
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
    let is_main = |thread: &&fathom_model::Thread| {
        thread.tid == first.pid && is_of_first(recording, thread.process.index())
    };
    let mains = recording.threads.iter().filter(is_main);
    mains.map(|thread| java_main(recording, thread).unwrap_or(thread.id)).collect()
}

/// The thread that runs Java's `main`: the launcher makes it first of all and waits for its end.
fn java_main(recording: &Recording, launcher: &Thread) -> Option<ThreadId> {
    let process = recording.processes.get(launcher.process.index())?;
    if process.runtime.as_deref() != Some("jvm") {
        return None;
    }
    let others = recording.threads.iter();
    let others = others.filter(|thread| thread.process == launcher.process && thread.id != launcher.id);
    let first = others.min_by_key(|thread| (thread.start_nanos, thread.tid))?;
    // A program that has a virtual machine inside may run it in its own main thread.
    (launcher.times.running_nanos < first.times.running_nanos).then_some(first.id)
}

/// Whether a process is the command's first, or a program that it became by `exec`.
fn is_of_first(recording: &Recording, process: usize) -> bool {
    let pid = |at: usize| recording.processes.get(at).map(|process| process.pid);
    pid(process).is_some_and(|of_sample| Some(of_sample) == pid(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_goroutine_counts_on_every_thread_and_idle_threads_do_not() {
        let text = "command ./a\nprocess a runtime=go\nthread a
            off-cpu blocked.lock runtime.mcall;runtime.schedule 700ms\ncpu runtime.main;main.main 300ms
            thread b\ncpu runtime.main;main.main 500ms\ncpu runtime.gcBgMarkWorker 400ms";
        let goal = choose_goal(&fathom_testkit::recording(text)).0;
        assert_eq!((goal.metric, goal.value), (GoalMetric::Wall, 800_000_000));
    }

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
    fn the_thread_that_runs_javas_main_counts_and_not_the_launcher() {
        let text =
            "command java A\nprocess java runtime=jvm\nthread java\noff-cpu blocked.lock main;join 900ms
            thread first\ncpu A.main 800ms\nthread GC\ncpu work 100ms";
        let mut recording = fathom_testkit::recording(text);
        recording.threads[1].times.running_nanos = 800_000_000;
        let goal = choose_goal(&recording).0;
        assert_eq!((goal.metric, goal.value), (GoalMetric::Wall, 800_000_000));
    }

    #[test]
    fn what_the_jvms_profiler_takes_is_not_the_programs() {
        let text = "command java A\nprocess java runtime=jvm\nthread main\ncpu A.main 800ms
            cpu A.main;SR_handler(int, siginfo_t*, ucontext_t*) 50ms
            off-cpu blocked.lock A.main;SR_handler(int, siginfo_t*, ucontext_t*);sigsuspend 50ms";
        assert_eq!(choose_goal(&fathom_testkit::recording(text)).0.value, 800_000_000);
    }

    #[test]
    fn time_without_a_cpu_is_nobodys() {
        let text = "command ./a\nthread main\ncpu main;f 400ms\noff-cpu runnable main;f 500ms\noff-cpu blocked.timer main;sleep 100ms";
        let goal = choose_goal(&fathom_testkit::recording(text)).0;
        assert_eq!((goal.metric, goal.value), (GoalMetric::Wall, 500_000_000));
    }

    #[test]
    fn a_command_that_waits_for_idle_others_is_measured_by_its_wall_time_but_not_on_a_busy_host() {
        let idle = "command ./a\nthread main\noff-cpu blocked.child main;wait 900ms\nthread worker\ncpu main;f 100ms";
        assert_eq!(metric(idle), GoalMetric::Wall);
        // The worker is ready, and others have the CPU.
        assert_eq!(metric(&format!("{idle}\noff-cpu runnable main;f 500ms")), GoalMetric::Cpu);
    }

    #[test]
    fn a_running_program_is_measured_by_its_cpu_time() {
        assert_eq!(metric("pids 1000\nthread main\ncpu main;f 900ms"), GoalMetric::Cpu);
    }
}
