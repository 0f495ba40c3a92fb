//! Threads of Python that wait for the interpreter's lock.

use std::collections::BTreeMap;

use fathom_analysis::Function;
use fathom_model::{GoalMetric, Impact, Interval, Sample, ThreadId, ThreadState};

use crate::frame_set::FrameSet;
use crate::ledger::Ledger;
use crate::place::Cost;
use crate::prelude::*;

threshold! {
    /// Threads that take turns with devices and the network wait for the lock now and then; that is its purpose.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}

/// A thread with less than this share of all CPU time does no work that matters.
const LEAST_WORK: f64 = 0.05;
/// From this part of the CPU time on, compiled modules decide what the threads do.
const MOSTLY: f64 = 0.5;

/// What takes the interpreter's lock: up to 3.11, 3.12, from 3.13 on.
const TAKES: &[&str] =
    &["take_gil", "take_gil*", "PyEval_AcquireLock", "_PyEval_AcquireLock*", "PyEval_AcquireThread"];
/// Where threads wait for work.
const IDLE: &[&str] = &[
    "queue.py:Queue.get",
    "threading.py:Condition.wait",
    "threading.py:Event.wait",
    "threading.py:Thread.join",
    "threading.py:_shutdown",
    "_queue_SimpleQueue_get*",
    "simplequeue_get*",
];

declare_rule! {
    /// ## What it finds
    /// Several threads of a Python program that compute and wait for the interpreter's lock (the GIL) meanwhile.
    /// ## Why it matters
    /// Only the thread that holds the lock runs Python code. More threads make such a program no faster: they pass the
    /// lock around, and all but one wait.
    /// ## How it is measured
    /// Waits inside of `take_gil` are counted for the threads that work (those with a part of the program's CPU time),
    /// and held against their time: on a CPU, ready to run, or waiting for anything but work. If the main thread itself
    /// waits so, the share is one of the wall time. The line is the one that uses most CPU time in these threads,
    /// because that is what holds the lock.
    /// ## When it is wrong
    /// With one CPU, and in a build without the lock, there is nothing to gain. Threads that exist to keep a program
    /// responsive are worth the wait.
    /// ## What to do
    /// Let processes do what computes in Python; threads serve for waiting, and for libraries that give the lock back.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// host a cpus=4
    /// command python3 count.py
    /// process python3 runtime=python
    /// thread main
    /// off-cpu blocked.lock <module>@count.py:9{user,python};Thread.join@/usr/lib/python3.11/threading.py:1100{library,python};sem_wait[libc.so.6]{library} 10s n=10
    /// thread one
    /// cpu count@count.py:5{user,python} 5s n=2500
    /// off-cpu blocked.lock count@count.py:5{user,python};take_gil[python3]{interpreter};pthread_cond_timedwait[libc.so.6]{library} 5s n=1000
    /// thread two
    /// cpu count@count.py:5{user,python} 5s n=2500
    /// off-cpu blocked.lock count@count.py:5{user,python};take_gil[python3]{interpreter};pthread_cond_timedwait[libc.so.6]{library} 5s n=1000
    /// ```
    /// ```python count.py
    /// from threading import Thread
    ///
    /// def count(words, found):
    ///     for word in words:
    ///         found[word] = found.get(word, 0) + 1
    ///
    /// threads = [Thread(target=count, args=(part, {})) for part in parts()]
    /// [thread.start() for thread in threads]
    /// [thread.join() for thread in threads]
    /// ```
    /// ## References
    /// Python's documentation, glossary: "global interpreter lock"; PEP 703 (making it optional).
    GilContention = "python/gil-contention" {
        summary: "threads wait for the interpreter's lock",
        effort: Medium,
        risk: Review,
        languages: [Python],
        needs: [Signal(fathom_model::Signal::OffCpu), CpuSamples],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for GilContention {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let takes = cx.functions(TAKES);
        if takes.is_empty() {
            return Verdict::Clear("no thread was seen waiting for the interpreter's lock".to_owned());
        }
        let cpus = cpus(cx);
        if cpus < 2.0 {
            return Verdict::NotApplicable("with one CPU, one thread runs at a time in any case".to_owned());
        }
        let workers = Workers::of(cx, &takes);
        if workers.threads.len() < 2 {
            return Verdict::Clear("only one thread computes".to_owned());
        }
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let share = workers.waits.share(workers.waits.values.iter().sum());
        let of_goal = cx.goal.metric == GoalMetric::Wall
            && workers.of_goal.share(workers.of_goal.values.iter().sum()).low >= least_share;
        if share.low < least_share && !of_goal {
            return Verdict::Clear(format!(
                "threads that compute wait {} of their time for the interpreter's lock",
                words::share(share)
            ));
        }
        let busy = cx.own_lines_of(&workers.work);
        let Some(place) = busy.places.iter().find(|place| place.is_own) else {
            return Verdict::Clear(
                "the threads that wait for the interpreter's lock run no code of the program".to_owned(),
            );
        };
        Verdict::Found(vec![draft(cx, &workers, place, cpus, of_goal)])
    }
}

fn cpus(cx: &Context<'_>) -> f64 {
    let host = &cx.recording.meta.host;
    let cpus = f64::from(host.cpus);
    let cpus = host.limits.cpu_quota.map_or(cpus, |quota| quota.min(cpus));
    // Not known: as many as may be.
    if cpus > 0.0 { cpus } else { f64::from(u32::MAX) }
}

/// The threads that compute in Python.
struct Workers {
    threads: Vec<ThreadId>,
    /// Their waits for the lock; shares are those of their time.
    waits: Ledger,
    /// The part of the goal that is such waits.
    of_goal: Ledger,
    /// Their CPU time.
    work: Ledger,
    /// Whether compiled modules do most of it.
    is_compiled: bool,
}

impl Workers {
    fn of(cx: &Context<'_>, takes: &FrameSet) -> Self {
        let taking = cx.stacks_through(takes);
        let idle = cx.stacks_through(&cx.functions(IDLE));
        let through = |sample: &Sample, stacks: &[bool]| {
            sample.stack.is_some_and(|stack| stacks.get(stack.index()) == Some(&true))
        };
        let is_wait = |sample: &Sample| {
            sample.signal == Signal::OffCpu
                && matches!(sample.state, ThreadState::Blocked(_))
                && through(sample, &taking)
        };
        let is_work = |sample: &Sample| {
            sample.signal == Signal::Cpu
                && !through(sample, &taking)
                && sample.stack.is_some_and(|stack| cx.own_of(stack.index()).is_some())
        };
        let mut cpu: BTreeMap<ThreadId, i64> = BTreeMap::new();
        let mut waited: BTreeMap<ThreadId, i64> = BTreeMap::new();
        for sample in &cx.recording.samples {
            if is_work(sample) {
                *cpu.entry(sample.thread).or_default() += sample.value.max(0);
            } else if is_wait(sample) {
                *waited.entry(sample.thread).or_default() += sample.value.max(0);
            }
        }
        let whole: i64 = cpu.values().sum();
        let works = |thread: &ThreadId| {
            waited.contains_key(thread)
                && cpu.get(thread).is_some_and(|value| *value as f64 >= LEAST_WORK * whole as f64)
        };
        let threads: Vec<ThreadId> = cpu.keys().filter(|thread| works(thread)).copied().collect();
        let is_theirs = |sample: &Sample| {
            matches!(sample.signal, Signal::Cpu | Signal::OffCpu)
                && threads.contains(&sample.thread)
                && (is_wait(sample) || sample.signal == Signal::Cpu || !through(sample, &idle))
        };
        let all = cx.ledger(GoalMetric::Wall, is_theirs);
        let waits = cx.ledger(GoalMetric::Wall, |sample| is_theirs(sample) && is_wait(sample));
        let work = cx.ledger(GoalMetric::Cpu, |sample| is_theirs(sample) && is_work(sample));
        let compiled = cx.stacks_through(&cx.functions_where(is_extension));
        let inside = work
            .values
            .iter()
            .enumerate()
            .filter(|(at, _)| compiled[*at])
            .map(|(_, value)| *value)
            .sum::<i64>();
        let is_compiled = inside as f64 > MOSTLY * work.values.iter().sum::<i64>() as f64;
        Self {
            waits: Ledger { evidence: all.evidence, ..waits },
            of_goal: cx.goal_where(is_wait),
            work,
            threads,
            is_compiled,
        }
    }
}

/// A compiled module of a library: `_multiarray_umath.cpython-311-x86_64-linux-gnu.so`.
fn is_extension(function: &Function) -> bool {
    let module = function.module_name.as_deref().unwrap_or_default();
    module.contains(".cpython-") || module.contains(".abi3.")
}

fn draft(cx: &Context<'_>, workers: &Workers, place: &Place, cpus: f64, of_goal: bool) -> Draft {
    let waits: Cost = cx.own_lines_of(if of_goal { &workers.of_goal } else { &workers.waits });
    let share = waits.share;
    let threads = workers.threads.len();
    let whose = if of_goal {
        format!("of {}", cx.goal.metric)
    } else {
        format!("of the time of the {threads} threads that compute")
    };
    let mut at = place.clone();
    at.claim = waits.claim.clone();
    let mut draft = Draft::at(&at, format!("{threads} threads take turns with Python's lock while `{}` computes", place.location.function), Grade::E2)
        .model(Model::CriticalWait)
        .evidence(
            "waits",
            format!(
                "{} {whose} ({}, {} waits seen) passes in waiting for the interpreter's lock",
                words::share(share),
                words::time(waits.value),
                words::count(waits.n),
            ),
        )
        .evidence(
            "samples",
            format!("{} uses most of the CPU time of these threads: {} of {}", place.words(), words::time(place.value), words::time(workers.work.total())),
        )
        .cause("one thread at a time runs Python code, and the others wait until it gives the interpreter's lock back")
        .assuming("there are CPUs for those who no longer wait");
    // What runs at the same time is bounded by the CPUs and by the number of threads.
    let at_once = cpus.min(threads as f64);
    draft.removable = ((1.0 - 1.0 / at_once) / share.ratio.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    if !of_goal {
        draft.metric = Some(GoalMetric::Wall);
        draft.measured = Some(Impact {
            share: Interval { point: share.ratio, low: share.low, high: share.high },
            value: waits.value,
            n: waits.n,
        });
        draft = draft.assuming(format!("the share is one {whose}"));
    }
    draft = if workers.is_compiled {
        draft
            .evidence("samples", "most of that CPU time is inside compiled modules that keep the lock meanwhile")
            .advice("hand the compiled module more at once: most give the lock back for large pieces of work, and keep it for small ones")
            .advice("or let processes do it: `concurrent.futures.ProcessPoolExecutor` in place of `ThreadPoolExecutor`, with file names or ranges rather than large objects as arguments")
    } else {
        draft
            .advice("let processes do it: `concurrent.futures.ProcessPoolExecutor` in place of `ThreadPoolExecutor`, with file names or ranges rather than large objects as arguments")
            .advice("or move the part that computes into a library that gives the lock back (numpy on large arrays, `hashlib`, `zlib`, own code in Cython with `nogil`)")
    };
    draft
        .advice("if the program has to stay one process, one thread is as fast as these; from Python 3.13 on there is also a build without the lock (`python3.13t`)")
        .alternative("the threads are there to keep the program responsive, not to make it faster")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    /// Two threads that compute and wait, in milliseconds each.
    fn profile(computing: u32, waiting: u32, other: &str) -> String {
        let thread = |name: &str| {
            format!(
                "\nthread {name}\ncpu work@a.py:5{{user,python}} {computing}ms n={computing}
                off-cpu blocked.lock work@a.py:5{{user,python}};take_gil[python3]{{interpreter}} {waiting}ms n={waiting}\n{other}"
            )
        };
        format!(
            "wall 10s\nhost a cpus=4\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            off-cpu blocked.lock <module>@a.py:9{{user,python}};Thread.join@/usr/lib/python3.11/threading.py:9{{library,python}} 10s n=10{}{}",
            thread("one"),
            thread("two")
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&GilContention);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].estimate.model), (Grade::E2, Model::CriticalWait));
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(5));
        assert!((found[0].impact.share.point - 0.5).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn the_bound_is_what_the_cpus_can_give() {
        // Of two threads that wait half of their time, two CPUs spare one half; what eight threads wait, four CPUs do not.
        let found = findings(&GilContention, &profile(1000, 7000, ""), &[]);
        let most = found[0].estimate.at_most.map(|most| most.point).unwrap_or_default();
        assert!((most - 0.5).abs() < 0.02, "{most}");
    }

    #[test]
    fn what_the_main_thread_waits_is_part_of_the_goal() {
        let profile = profile(4000, 4000, "").replace("off-cpu blocked.lock <module>@a.py:9{user,python};Thread.join", "cpu <module>@a.py:8{user,python} 5s n=5000\noff-cpu blocked.lock <module>@a.py:8{user,python};take_gil[python3]{interpreter} 5s n=500\noff-cpu blocked.timer <module>@a.py:9{user,python};Thread.join").replace("10s n=10\n", "1s n=10\n");
        let found = findings(&GilContention, &profile, &[]);
        assert!((found[0].impact.share.point - 5.0 / 11.0).abs() < 0.01, "{:?}", found[0].impact);
        assert!(found[0].evidence[0].claim.contains("of wall time"), "{:?}", found[0].evidence);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&GilContention, &profile(4600, 400, ""), &[]).is_empty());
        assert_eq!(findings(&GilContention, &profile(4000, 1000, ""), &[]).len(), 1);
    }

    #[test]
    fn quiet_where_threads_mostly_wait_for_others() {
        let network = "off-cpu blocked.network work@a.py:6{user,python};recv[libc.so.6]{library} 8s n=500";
        assert!(findings(&GilContention, &profile(500, 500, network), &[]).is_empty());
        let one = profile(4000, 4000, "").replace("host a cpus=4", "host a cpus=1");
        assert_eq!(standing(&GilContention, &one, &[]), "not applicable");
    }

    #[test]
    fn unsure_without_waits() {
        let cpu = "wall 10s\npids 1000\nprocess python3 runtime=python\nthread main\ncpu main@a.py:3{user,python} 10s n=5000";
        assert_eq!(standing(&GilContention, cpu, &[]), "unsure");
    }
}
