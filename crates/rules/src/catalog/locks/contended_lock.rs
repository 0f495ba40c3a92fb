//! A lock that the threads which do the work wait for.

use fathom_analysis::Filter;
use fathom_code::Pattern;
use fathom_model::{GoalMetric, Impact, Interval};

use super::waits::{Of, Outermost, Waits};
use crate::place::Cost;
use crate::prelude::*;
use crate::rule::Need;

threshold! {
    /// Below a twentieth of the working threads' time, splitting a lock costs more care than it gives back.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

declare_rule! {
    /// ## What it finds
    /// A line that takes a lock on which the threads that do the work wait for each other.
    /// ## Why it matters
    /// What is done under a lock is done by one thread at a time, however many there are: more threads only wait more.
    /// ## How it is measured
    /// Waits inside functions that take a lock (`pthread_mutex_lock`, `Mutex::lock`, monitors, `sync.Mutex.Lock` of
    /// goroutines, Python's lock objects) are counted for the line of own code that asked. Waits for conditions,
    /// queues, joins and the interpreter's lock of Python are left out, so that idle workers do not count. If the
    /// command's main thread does the work, the share is one of its time; otherwise it is one of the time of the
    /// threads that work: on a CPU, ready to run, or waiting for anything but work.
    /// ## When it is wrong
    /// The lock may guard a device or a connection that can serve one at a time anyway. On fewer CPUs than threads, a
    /// part of the wait would become a wait for a CPU.
    /// ## What to do
    /// Do under the lock only what touches the shared data; prepare it before and use it afterwards. If that does not
    /// suffice, give every thread a part of its own and merge at the end, or a lock for each part of the data.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./count
    /// thread main
    /// off-cpu blocked.lock main@count.c:30;pthread_join[libc.so.6]{library};futex_wait{kernel} 10s n=4
    /// thread one
    /// cpu work@count.c:12;mix@count.c:5 5s n=2500
    /// off-cpu blocked.lock work@count.c:11;pthread_mutex_lock[libc.so.6]{library};futex_wait{kernel} 5s n=2000
    /// thread two
    /// cpu work@count.c:12;mix@count.c:5 5s n=2500
    /// off-cpu blocked.lock work@count.c:11;pthread_mutex_lock[libc.so.6]{library};futex_wait{kernel} 5s n=2000
    /// ```
    /// ## References
    /// M. Herlihy, N. Shavit, "The art of multiprocessor programming", chapters 1 and 7.
    ContendedLock = "locks/contended-lock" {
        summary: "working threads wait for each other at a lock",
        effort: Medium,
        risk: Semantics,
        patterns: [IoUnderLock, LockInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for ContendedLock {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let waits = Waits::new(cx);
        let mut drafts = Vec::new();
        let mut seen = 0_i64;
        for (ledger, of) in [waits.of_goal(), waits.of_threads(), waits.of_tasks()].into_iter().flatten() {
            let cost = cx.cost_under(&ledger, &waits.acquires);
            seen = seen.saturating_add(cost.value);
            let least = cx.limit(self.info().id, &LEAST_SHARE);
            let places = cost.places.iter().filter(|place| place.is_own && place.share.low >= least);
            drafts.extend(places.map(|place| waits.draft(place, &of)));
        }
        if !drafts.is_empty() {
            return Verdict::Found(drafts);
        }
        if seen == 0
            && ![Signal::OffCpu, Signal::Lock, Signal::TaskWait]
                .into_iter()
                .any(|of| cx.has(Need::Signal(of)))
        {
            return Verdict::NotApplicable("waits were not recorded".to_owned());
        }
        Verdict::Clear(if seen > 0 {
            format!("working threads wait for locks: {} in all", words::time(seen))
        } else {
            "no working thread was seen waiting for a lock".to_owned()
        })
    }
}

impl Waits<'_, '_> {
    fn draft(&self, place: &Place, of: &Of) -> Draft {
        let function = &place.location.function;
        let hit = self.cx.hits_at(place, &[Pattern::IoUnderLock, Pattern::LockInLoop]).into_iter().next();
        let whose = match of {
            Of::Goal => format!("of {}", self.cx.goal.metric),
            Of::Threads(threads) => format!("of the time of the {threads} threads that work"),
            Of::Tasks => "of the time of the tasks that work".to_owned(),
        };
        let who = if *of == Of::Tasks { "tasks" } else { "threads" };
        let mut draft = Draft::at(place, format!("{who} wait for each other at the lock that `{function}` takes"), Grade::E2)
            .model(Model::CriticalWait)
            .evidence(
                "waits",
                format!(
                    "{} {whose} ({}, {} waits seen) passes in `{}`, called at {}",
                    words::share(place.share),
                    words::time(place.value),
                    words::count(place.n),
                    place.mechanism,
                    place.words(),
                ),
            )
            .cause(format!("what `{function}` does under the lock is done by one of the {who} at a time, while the others wait"))
            .assuming("there are CPUs for those who no longer wait");
        if *of != Of::Goal {
            let of_share = place.share;
            draft.metric = Some(GoalMetric::Wall);
            draft.measured = Some(Impact {
                share: Interval { point: of_share.ratio, low: of_share.low, high: of_share.high },
                value: place.value,
                n: place.n,
            });
            draft = draft.assuming(format!("the share is one {whose}"));
        }
        let inside = self.inside(place);
        if let Some(inside) = &inside {
            draft = draft.evidence(
                "samples",
                format!("behind the lock `{function}` spends most of its time at {}", inside.words()),
            );
        }
        draft = match (hit.filter(|hit| hit.pattern == Pattern::IoUnderLock), inside) {
            (Some(hit), _) => draft
                .evidence("source", format!("{} is called while the lock is held", words::quoted(&hit.subject)))
                .advice(format!("call {} before the lock is taken or after it is given back", words::quoted(&hit.subject))),
            (None, Some(inside)) => draft.advice(format!(
                "move the work at {} out from under the lock: take it only to read or change what the {who} share",
                inside.words()
            )),
            (None, None) => draft.advice(format!("take the lock only to read or change what the {who} share")),
        };
        draft
            .advice(format!("or give each of the {who} a part of its own and merge the parts at the end"))
            .advice("or use one lock for each part of the data (by key, by row) instead of one for all")
            .alternative("the lock guards something that can serve only one at a time, such as a device")
    }

    /// Where the function that takes the lock spends its own time otherwise: most likely while it holds it.
    fn inside(&self, place: &Place) -> Option<Place> {
        let filter = Filter::of(Signal::Cpu);
        let ledger = self.cx.ledger(GoalMetric::Cpu, |sample| {
            filter.accepts(sample) || sample.signal == Signal::OffCpu && !self.is_lock_wait(sample)
        });
        let takes_lock =
            |at: usize| self.cx.own_path(at).iter().any(|(function, _)| *function == place.function);
        let ledger = ledger.only(|at| takes_lock(at) && self.first[at] == Outermost::Neither);
        let cost: Cost = self.cx.own_lines_of(&ledger);
        let whole = cost.value.max(1);
        let other = |inside: &&Place| {
            inside.location.line.is_some()
                && (inside.function, inside.location.line) != (place.function, place.location.line)
        };
        cost.places.iter().find(other).filter(|inside| inside.value >= whole / 3).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&ContendedLock);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].estimate.model), (Grade::E2, Model::CriticalWait));
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(11));
        assert!((found[0].impact.share.point - 0.5).abs() < 0.01, "{:?}", found[0].impact);
        assert!(
            found[0].evidence.iter().any(|line| line.claim.contains("count.c:5")),
            "{:?}",
            found[0].evidence
        );
    }

    #[test]
    fn fires_on_goroutines() {
        let profile = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            off-cpu blocked.lock runtime.mcall{runtime,go};runtime.futex{runtime,go} 10s n=9
            thread worker\ncpu main.work@a.go:9{user,go} 4s n=2000
            task-wait blocked.lock main.work@a.go:8{user,go};sync.Mutex.Lock{runtime,go} 6s n=600
            task-wait blocked.task main.main@a.go:20{user,go};sync.WaitGroup.Wait{runtime,go} 10s n=1000";
        let found = findings(&ContendedLock, profile, &[]);
        assert_eq!(found.len(), 1);
        assert!((found[0].impact.share.point - 0.6).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_where_the_command_waits_for_its_workers_and_they_for_each_other() {
        let profile = crate::example(ContendedLock.info()).profile;
        // So little CPU time that the main thread's wait is the goal; monitors that wait for conditions.
        let idle = profile.replace("5s n=2500", "100ms n=250").replace(
            "pthread_mutex_lock[libc.so.6]{library}",
            "ObjectMonitor::enter{runtime};pthread_cond_wait[libc.so.6]{library}",
        );
        assert_eq!(crate::testing::judgement(&idle, &[]).goal.metric, GoalMetric::Wall);
        assert_eq!(findings(&ContendedLock, &idle, &[]).len(), 1);
    }

    #[test]
    fn quiet_about_idle_workers() {
        let profile = "wall 10s\ncommand ./a\nthread main
            off-cpu blocked.lock main@a.c:30;pthread_join[libc.so.6]{library};futex_wait{kernel} 10s n=4
            thread one\ncpu work@a.c:12 5s n=2500
            off-cpu blocked.lock work@a.c:11;pthread_cond_wait[libc.so.6]{library};futex_wait{kernel} 5s n=2000
            thread two\ncpu work@a.c:12 5s n=2500
            off-cpu blocked.lock work@a.c:11;pthread_cond_wait[libc.so.6]{library};__pthread_mutex_cond_lock[libc.so.6]{library} 5s n=2000";
        assert!(findings(&ContendedLock, profile, &[]).is_empty());
    }

    #[test]
    fn quiet_at_the_threshold() {
        let example = crate::example(ContendedLock.info()).profile;
        let few = example.replace("5s n=2000", "100ms n=60");
        assert!(findings(&ContendedLock, &few, &[]).is_empty());
    }

    #[test]
    fn unsure_is_no_word_for_waits_that_were_not_recorded() {
        let busy = "wall 10s\ncommand ./a\nthread main\ncpu main@a.c:3 10s n=5000";
        assert_eq!(standing(&ContendedLock, busy, &[]), "not applicable");
        // Nothing was seen, and that is what is said.
        let waits = format!("{busy}\noff-cpu blocked.timer main@a.c:4;sleep 1s n=50");
        assert_eq!(standing(&ContendedLock, &waits, &[]), "checked");
    }
}
