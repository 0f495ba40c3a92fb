//! Threads that look again and again whether something has happened: they spin, or sleep a little each time.

use std::collections::BTreeMap;

use fathom_code::{Hit, Language};
use fathom_model::GoalMetric;

use crate::context::CodeFile;
use crate::prelude::*;

threshold! {
    /// Spinning takes CPU time from threads that have something to do; a tenth of all is more than a short hand-over.
    LEAST_SPIN = "least-spin", Share(0.10), source: "our own choice, held by the corpus"
}
threshold! {
    /// A twentieth of the run asleep between two looks is time that a signal would give back.
    LEAST_SLEEP = "least-sleep", Share(0.05), source: "our own choice, held by the corpus"
}

/// What gives way to other threads, or rests a moment, and comes back at once.
const YIELDS: &[&str] = &[
    "sched_yield",
    "pthread_yield",
    "std::this_thread::yield",
    "std::thread::yield_now",
    "std::thread::functions::yield_now",
    "std::hint::spin_loop",
    "core::hint::spin_loop",
    "core::sync::atomic::spin_loop_hint",
    "*::_mm_pause",
    "runtime.Gosched",
    "os_sched_yield",
];
/// What sleeps for a time.
const SLEEPS: &[&str] = &[
    "clock_nanosleep",
    "nanosleep",
    "usleep",
    "std::this_thread::sleep_for",
    "std::thread::sleep",
    "std::thread::functions::sleep",
    "time.Sleep",
    "time_sleep",
    "pysleep",
    "floatsleep",
];

declare_rule! {
    /// ## What it finds
    /// A loop that does nothing but look whether something holds: it spins on a flag, gives way (`sched_yield`,
    /// `spin_loop`, `Gosched`) and comes back, or sleeps a few milliseconds between two looks.
    /// ## Why it matters
    /// A thread that spins keeps a CPU from those it waits for. One that sleeps notices late: on average half of its
    /// sleep after the event, in each round.
    /// ## How it is measured
    /// For loops that spin, CPU time of all threads on the lines of the loop that look and give way. For loops that sleep, the
    /// time that the goal's thread spends asleep there. Either way the source has to show a loop that only looks: a loop that works between two
    /// sleeps keeps a pace, and is none.
    /// ## When it is wrong
    /// Spinning is right where the wait is known to be shorter than a system call and there are more CPUs than
    /// threads. What cannot signal (a device, a file of another program) has to be asked.
    /// ## What to do
    /// Wait for a signal: a condition variable, a semaphore, an event, a channel, or the thread's end.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./draw
    /// thread main
    /// cpu main@draw.c:4;sched_yield[libc.so.6]{library} 6s n=3000
    /// cpu main@draw.c:3 3s n=1500
    /// off-cpu runnable main@draw.c:4;sched_yield[libc.so.6]{library} 1s n=500
    /// thread painter
    /// cpu painter@draw.c:9 9s n=4500
    /// ```
    /// ```c draw.c
    /// #include <sched.h>
    /// int main(void) {
    ///     while (!atomic_load(&done)) {
    ///         sched_yield();
    ///     }
    /// }
    /// ```
    /// ## References
    /// M. Herlihy, N. Shavit, "The art of multiprocessor programming", chapter 7; Python's and Go's documentation of
    /// `threading.Event` and of channels.
    BusyWait = "locks/busy-wait" {
        summary: "a thread looks again and again instead of waiting",
        effort: Small,
        risk: Review,
        languages: [C, Cpp, Rust, Go, Python],
        needs: [CpuSamples],
        patterns: [PollingLoop],
        thresholds: [LEAST_SPIN, LEAST_SLEEP],
    }
}

impl Rule for BusyWait {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let spins = self.spins(cx);
        let sleeps = self.sleeps(cx);
        let limit = |threshold| cx.limit(self.info().id, threshold);
        let drafts: Vec<Draft> = spins
            .iter()
            .filter(|seen| seen.place.share.low >= limit(&LEAST_SPIN))
            .map(|seen| spin(cx, seen))
            .chain(
                sleeps
                    .iter()
                    .filter(|seen| seen.place.share.low >= limit(&LEAST_SLEEP))
                    .map(|seen| sleep(cx, seen)),
            )
            .collect();
        if !drafts.is_empty() {
            return Verdict::Found(drafts);
        }
        Verdict::Clear(match spins.iter().chain(&sleeps).next() {
            Some(seen) => format!(
                "the loop at {} looks again and again, for {}",
                seen.place.words(),
                words::share(seen.place.share)
            ),
            None => "no loop that only looks whether something holds takes time".to_owned(),
        })
    }
}

impl BusyWait {
    /// Loops that spin, with the CPU time of the lines that look and give way.
    fn spins<'c>(&self, cx: &'c Context<'_>) -> Vec<Seen<'c>> {
        let ledger = cx.cpu_ledger();
        let yields = cx.cost_by_caller(ledger, &cx.functions(YIELDS));
        let mut loops: BTreeMap<(&str, u32), Seen<'c>> = BTreeMap::new();
        let mut seen = Vec::new();
        for place in &yields.places {
            if place.is_own && self.hit_at(cx, place).is_none() && !cx.has_source(place) {
                seen.push(Seen { place: place.clone(), hit: None, grade: Grade::E1 });
            }
        }
        for place in cx.own_lines_of(ledger).places.into_iter().chain(yields.places) {
            let Some((file, line)) = cx.file_of(&place) else { continue };
            let Some(hit) = self.hit_at(cx, &place).filter(|hit| looks_or_waits(file, line, hit)) else {
                continue;
            };
            let path = file_name(cx, &place);
            let known = loops.entry((path, hit.lines.first)).or_insert_with(|| Seen {
                place: place.clone(),
                hit: Some(hit),
                grade: Grade::E2,
            });
            known.place.claim.join(&place.claim);
        }
        seen.extend(loops.into_values());
        for found in &mut seen {
            found.place.recount(ledger);
        }
        seen.sort_by_key(|found| std::cmp::Reverse(found.place.value));
        seen
    }

    /// Loops that sleep between two looks, with the time that the goal's thread sleeps there.
    fn sleeps<'c>(&self, cx: &'c Context<'_>) -> Vec<Seen<'c>> {
        if cx.goal.metric != GoalMetric::Wall {
            return Vec::new();
        }
        let cost = cx.cost_by_caller(cx.goal_ledger(), &cx.functions(SLEEPS));
        let own = cost.places.into_iter().filter(|place| place.is_own);
        own.filter_map(|place| {
            let hit = self.hit_at(cx, &place)?;
            Some(Seen { place, hit: Some(hit), grade: Grade::E2 })
        })
        .collect()
    }

    fn hit_at<'c>(&self, cx: &'c Context<'_>, place: &Place) -> Option<&'c Hit> {
        cx.hits_at(place, self.info().patterns).into_iter().min_by_key(|hit| hit.lines.last - hit.lines.first)
    }
}

/// Whether a line is the loop's condition, or has the call that gives way: what else is in the loop is work.
fn looks_or_waits(file: &CodeFile, line: u32, hit: &Hit) -> bool {
    let name = hit.subject.rsplit([':', '.']).next().unwrap_or_default();
    line == hit.lines.first || file.line(line).contains(name)
}

fn file_name<'c>(cx: &'c Context<'_>, place: &Place) -> &'c str {
    let of_place = place.location.file.as_deref().unwrap_or_default();
    cx.files().map(|(path, _)| path).find(|path| *path == of_place).unwrap_or_default()
}

fn spin(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let function = &place.location.function;
    let mut draft = Draft::at(place, format!("`{function}` spins until something has happened"), seen.grade).evidence(
        "samples",
        format!(
            "{} of the CPU time of all threads ({}, {} observations) goes into looking and giving way at {}",
            words::share(place.share),
            words::time(place.value),
            words::count(place.n),
            place.words(),
        ),
    );
    if let Some(hit) = seen.hit {
        draft = draft.evidence(
            "source",
            format!(
                "the loop from line {} does nothing but look: {}",
                hit.lines.first,
                words::quoted(&hit.subject)
            ),
        );
        draft.subject.clone_from(&hit.subject);
    } else {
        draft =
            draft.alternative("the source of this line was not read: between two looks there may be work");
    }
    if cx.goal.metric != GoalMetric::Profile {
        draft.metric = Some(GoalMetric::Cpu);
    }
    let draft = draft.cause(format!(
        "while `{function}` waits it asks again at once, and so keeps a CPU busy that others could use"
    ));
    signal(draft, place.language)
        .assuming("what it waits for takes longer than falling asleep and waking up, some 50 µs")
        .alternative("it waits for so short a time that going to sleep would take longer, and no other thread wants the CPU")
}

fn sleep(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let function = &place.location.function;
    let mut draft = Draft::at(
        place,
        format!("`{function}` sleeps between two looks instead of waiting for a signal"),
        seen.grade,
    )
    .model(Model::CriticalWait)
    .evidence(
        "waits",
        format!(
            "{} of {} ({}, {} waits seen) is spent asleep at {}",
            words::share(place.share),
            cx.goal.metric,
            words::time(place.value),
            words::count(place.n),
            place.words(),
        ),
    );
    if let Some(hit) = seen.hit {
        draft = draft.evidence(
            "source",
            format!(
                "the loop from line {} does nothing but look and sleep: {}",
                hit.lines.first,
                words::quoted(&hit.subject)
            ),
        );
        draft.subject.clone_from(&hit.subject);
    }
    let draft = draft.cause(format!(
        "what `{function}` waits for may come right after a look, and is noticed only after the next sleep"
    ));
    signal(draft, place.language)
        .assuming("what it waits for is there soon after it fell asleep; the part of the sleep in which others still work stays")
        .alternative("it waits for something that cannot signal, such as a device or another program's file")
}

/// What to wait for, in each language.
fn signal(draft: Draft, language: Option<Language>) -> Draft {
    match language {
        Some(Language::Python) => draft
            .advice("have the other thread signal: `event.set()` there, `event.wait()` here (`threading.Event`)")
            .advice("to hand over results use `queue.Queue`: its `get()` returns the moment something is put in"),
        Some(Language::Go) => draft
            .advice("have the other goroutine send on a channel, and receive here: `result := <-results`")
            .advice("to wait until some goroutines have ended use `sync.WaitGroup`; for a flag, close a channel"),
        Some(Language::Rust) => draft
            .advice("receive from a channel (`std::sync::mpsc`), or wait on a `Condvar` that the other thread notifies")
            .advice("to wait for the end of a thread, `join` it"),
        Some(Language::Cpp) => draft
            .advice("wait on a `std::condition_variable`, or since C++20 on the flag itself: `flag.wait(false)` and `flag.notify_one()`")
            .advice("to wait for the end of a thread, `join` it; for one result use `std::future`"),
        _ => draft
            .advice("wait on a semaphore (`sem_wait`, `sem_post`) or a condition variable (`pthread_cond_wait`)")
            .advice("to wait for the end of a thread, `pthread_join` it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const PYTHON: &str = "import time\ndef ask(box):\n    while not box:\n        time.sleep(0.005)\n    return box.pop()\nfor i in range(900):\n    ask([])\n";

    fn dozing(asleep: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            off-cpu blocked.timer <module>@a.py:7{{user,python}};ask@a.py:4{{user,python}};time_sleep[python3]{{interpreter}};clock_nanosleep[libc.so.6]{{library}} {asleep}ms n={asleep}
            cpu <module>@a.py:7{{user,python}};ask@a.py:5{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&BusyWait);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`main` spins until something has happened");
        assert_eq!((found[0].grade, found[0].severity), (Grade::E2, Severity::Medium));
        // Nine of eighteen seconds of CPU time.
        assert!((found[0].impact.share.point - 0.5).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_on_sleeps() {
        let found = findings(&BusyWait, &dozing(4000, 1000), &[("a.py", PYTHON)]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].estimate.model, found[0].location.as_ref().and_then(|place| place.line)),
            (Model::CriticalWait, Some(4))
        );
        assert!(found[0].advice[0].contains("threading.Event"));
    }

    #[test]
    fn quiet_at_the_thresholds() {
        assert!(findings(&BusyWait, &dozing(250, 4750), &[("a.py", PYTHON)]).is_empty());
        assert_eq!(findings(&BusyWait, &dozing(350, 4650), &[("a.py", PYTHON)]).len(), 1);
        let example = crate::example(BusyWait.info());
        let little = example.profile.replace("6s n=3000", "500ms n=250").replace("3s n=1500", "100ms n=50");
        let sources: Vec<(&str, &str)> =
            example.sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert!(findings(&BusyWait, &little, &sources).is_empty());
    }

    #[test]
    fn quiet_where_the_loop_keeps_a_pace() {
        let pace = PYTHON.replace("        time.sleep", "        step(box); time.sleep");
        assert!(findings(&BusyWait, &dozing(4000, 1000), &[("a.py", &pace)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let example = crate::example(BusyWait.info()).profile;
        assert_eq!(findings(&BusyWait, &example, &[])[0].grade, Grade::E1);
        assert!(findings(&BusyWait, &dozing(4000, 1000), &[]).is_empty());
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.c:2;sleep 10s n=5000";
        assert_eq!(standing(&BusyWait, waits, &[]), "unsure");
    }
}
