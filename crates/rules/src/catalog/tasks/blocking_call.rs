//! A call that blocks the thread on which an event loop runs all its tasks.

use fathom_model::{GoalMetric, ThreadState, WaitClass};

use crate::prelude::*;

threshold! {
    /// A block delays every task that is ready; from this part of the run on somebody waits for it.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// What runs the callbacks of event loops.
const LOOPS: &[&str] = &[
    "asyncio/events.py:Handle._run",
    "asyncio/base_events.py:BaseEventLoop._run_once",
    "uvloop.loop.*",
    "uvloop/loop.*",
    "trio/_core/_run.py:unrolled_run",
];
/// Waiting for the interpreter's lock is no call of the program's.
const INTERPRETER_LOCK: &[&str] =
    &["take_gil*", "_PyEval_AcquireLock*", "PyEval_RestoreThread", "PyEval_AcquireThread"];

declare_rule! {
    /// ## What it finds
    /// Code of coroutines and callbacks that makes the thread of the event loop wait: `time.sleep`, `requests`,
    /// `subprocess.run`, a driver of a database that knows no `await`.
    /// ## Why it matters
    /// All tasks of the loop share one thread. While it waits in one of them, none of the others runs, no answer is
    /// read and no timer fires.
    /// ## How it is measured
    /// Waits of the main thread are counted for the line of own code, if the event loop called that code. When the loop
    /// has nothing to do it waits by itself; that is not counted.
    /// ## When it is wrong
    /// While there is only one task (a script that does one thing after the other, a start-up) nobody else is held up.
    /// ## What to do
    /// Use the call's `await` counterpart, or run it in a thread: `await asyncio.to_thread(call, argument)`.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 poll.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@poll.py:12{user,python} 2s n=1000
    /// off-cpu blocked.timer <module>@poll.py:12{user,python};run_forever@/usr/lib/python3.11/asyncio/base_events.py:607{library,python};Handle._run@/usr/lib/python3.11/asyncio/events.py:84{library,python};read@poll.py:6{user,python};time_sleep[python3]{interpreter} 6s n=300
    /// off-cpu blocked.poll <module>@poll.py:12{user,python};run_forever@/usr/lib/python3.11/asyncio/base_events.py:607{library,python};epoll_wait[libc.so.6] 2s n=100
    /// ```
    /// ```python poll.py
    /// import asyncio
    /// import time
    ///
    /// async def read(meter):
    ///     await meter.ask()
    ///     time.sleep(0.02)
    ///     return await meter.answer()
    ///
    /// async def read_all(meters):
    ///     return await asyncio.gather(*map(read, meters))
    ///
    /// asyncio.run(read_all(meters()))
    /// ```
    /// ## References
    /// Python's documentation, "Developing with asyncio: running blocking code".
    BlockingCall = "tasks/blocking-call" {
        summary: "a call blocks the thread of the event loop",
        effort: Small,
        risk: Review,
        languages: [Python],
        needs: [Signal(fathom_model::Signal::OffCpu)],
        patterns: [SyncInAsync],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for BlockingCall {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let loops = cx.functions(LOOPS);
        if loops.is_empty() {
            return Verdict::NotApplicable("no event loop of Python was seen".to_owned());
        }
        if cx.goal.metric != GoalMetric::Wall {
            return Verdict::NotApplicable(format!(
                "findings are held against {}, which no wait is part of",
                cx.goal.metric
            ));
        }
        let waits = cx.ledger(GoalMetric::Wall, |sample| {
            let is_wait =
                matches!(sample.state, ThreadState::Blocked(class) if class != WaitClass::PageFault);
            sample.signal == Signal::OffCpu && is_wait && cx.is_main(sample.thread)
        });
        let interpreter_lock = cx.cost_under(&waits, &cx.functions(INTERPRETER_LOCK)).claim;
        let cost = cx.cost_called_by(&waits, &loops);
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let goal = cx.goal_ledger();
        let mut drafts = Vec::new();
        let mut longest = goal.share(0);
        for mut place in cost.places {
            place.value = waits.sum_outside(&place.claim, &interpreter_lock);
            place.share = goal.share(place.value);
            if place.share.ratio > longest.ratio {
                longest = place.share;
            }
            if place.is_own && place.share.low >= least_share {
                drafts.push(draft(self, cx, &place));
            }
        }
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "no line makes the event loop wait for more than {} of {}",
                words::share(longest),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

fn draft(rule: &BlockingCall, cx: &Context<'_>, place: &Place) -> Draft {
    let hit = cx.hits_at(place, rule.info().patterns).into_iter().next();
    let call = words::quoted(hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str()));
    let function = &place.location.function;
    let mut draft =
        Draft::at(place, format!("{call} in `{function}` makes the whole event loop wait"), Grade::E2)
            .evidence(
                "samples",
                format!(
                    "the event loop's thread waits {} of {} ({}, {} waits seen) in {call} at {}",
                    words::share(place.share),
                    cx.goal.metric,
                    words::time(place.value),
                    words::count(place.n),
                    place.words(),
                ),
            )
            .cause(format!(
                "{call} waits without `await`, so that no other task of the event loop runs meanwhile"
            ))
            .model(Model::CriticalWait)
            .assuming("other tasks have something to do meanwhile, or the waits can overlap")
            .alternative(
                "nothing else is to be done meanwhile: then only the order of the program's own steps counts",
            );
    if let Some(hit) = hit {
        draft = draft.evidence(
            "source",
            format!(
                "line {} calls {} inside an `async` function",
                hit.lines.first,
                words::quoted(&hit.subject)
            ),
        );
        draft.subject.clone_from(&hit.subject);
    }
    let called = format!("{} {}", hit.map_or("", |hit| hit.subject.as_str()), place.mechanism);
    let has = |parts: &[&str]| parts.iter().any(|part| called.contains(part));
    let draft = match () {
        () if has(&["sleep"]) => {
            draft.advice("write `await asyncio.sleep(...)`: the other tasks run meanwhile")
        }
        () if has(&["subprocess", "communicate", "system"]) => {
            draft.advice("start it with `await asyncio.create_subprocess_exec(...)` and await its end")
        }
        () if has(&["requests", "urllib", "urlopen", "httpx"]) => draft.advice(
            "ask with a client that can wait: `httpx.AsyncClient` or `aiohttp`, one for the whole program",
        ),
        () => draft.advice("use the library's `await` counterpart, if it has one"),
    };
    draft.advice(
        "or leave the call as it is and run it in a thread: `await asyncio.to_thread(call, argument)`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    /// Waits below the event loop, in milliseconds, in a state and inside of some function.
    fn profile(waiting: u32, rest: u32, state: &str, inside: &str) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:9{{user,python}} {rest}ms n={rest}
            off-cpu {state} <module>@a.py:9{{user,python}};Handle._run@/usr/lib/python3.11/asyncio/events.py:84{{library,python}};f@a.py:4{{user,python}};{inside} {waiting}ms n={waiting}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&BlockingCall);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E2, Severity::Critical));
        assert_eq!(found[0].title, "`time.sleep` in `read` makes the whole event loop wait");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        assert!((found[0].impact.share.point - 0.6).abs() < 0.01);
    }

    #[test]
    fn quiet_at_the_threshold() {
        let of = |waiting, rest| {
            findings(
                &BlockingCall,
                &profile(waiting, rest, "blocked.timer", "time_sleep[python3]{interpreter}"),
                &[],
            )
            .len()
        };
        assert_eq!((of(250, 4750), of(400, 4600)), (0, 1));
    }

    #[test]
    fn quiet_about_the_interpreter_lock_and_about_a_busy_machine() {
        let lock = profile(4000, 1000, "blocked.lock", "take_gil[python3]{interpreter}");
        assert!(findings(&BlockingCall, &lock, &[]).is_empty());
        let busy = profile(4000, 1000, "runnable", "time_sleep[python3]{interpreter}");
        assert!(findings(&BlockingCall, &busy, &[]).is_empty());
    }

    #[test]
    fn unsure_without_waits_and_not_about_programs_without_a_loop() {
        let cpu = "wall 10s\npids 1000\nprocess python3 runtime=python\nthread main\ncpu main@a.py:3{user,python} 10s n=5000";
        assert_ne!(standing(&BlockingCall, cpu, &[]), "found");
        let plain = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main\ncpu f@a.py:3{user,python} 1s n=500\noff-cpu blocked.timer f@a.py:4{user,python};time_sleep 9s n=500";
        assert_eq!(standing(&BlockingCall, plain, &[]), "not applicable");
    }
}
