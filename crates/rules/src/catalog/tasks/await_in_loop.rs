//! Answers that are waited for one after the other, while the event loop has nothing to do.

use fathom_analysis::FunctionId;
use fathom_code::{Hit, Language};
use fathom_model::{GoalMetric, Location, ThreadState, WaitClass};

use crate::ledger::Ledger;
use crate::place::Cost;
use crate::prelude::*;

threshold! {
    /// Part of the run in which the event loop waits for answers.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}
threshold! {
    /// Part of the event loop's idle time in which a task has to wait at the very line.
    LEAST_AT_LINE = "least-at-line", Share(0.5), source: "our own choice, held by the corpus"
}

/// With more tasks than this waiting at the line at a time, the loop around it is not what makes them wait in turn.
const ONE_AT_A_TIME: f64 = 1.5;

/// What turns the event loop: all that happens below it, work and waits, is the time in which its tasks live.
const TURNS: &[&str] = &["asyncio/base_events.py:BaseEventLoop._run_once"];
/// Where an event loop waits that has nothing to do: asyncio, uvloop, libuv.
const IDLE: &[&str] = &[
    "selectors.py:EpollSelector.select",
    "selectors.py:_PollLikeSelector.select",
    "selectors.py:SelectSelector.select",
    "select_epoll_poll*",
    "uv__io_poll",
];
/// What runs callbacks; a wait in one of them is not idle.
const CALLBACKS: &[&str] =
    &["asyncio/events.py:Handle._run", "node::InternalMakeCallback*", "node::SyncProcessRunner::*"];

declare_rule! {
    /// ## What it finds
    /// A loop that awaits one answer before it asks for the next, though no question needs the answer before it.
    /// ## Why it matters
    /// The waits add up: a hundred answers of 30 ms each take 3 s one after the other, and little more than 30 ms
    /// together.
    /// ## How it is measured
    /// The time in which the event loop's thread has nothing to do is taken from its waits. The source has to show an
    /// `await` in a loop that hands nothing on from answer to question. Of asyncio it is also seen which task waits at
    /// which line: if one at a time waits at that line for most of the idle time, the cause is seen at work. Elsewhere
    /// it is likely only.
    /// ## When it is wrong
    /// Questions that have to be in order, and a server that allows only so many at a time.
    /// ## What to do
    /// Ask for all of them, or for a few at a time, and wait for the answers together.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 prices.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@prices.py:8{user,python} 2s n=1000
    /// off-cpu blocked.poll <module>@prices.py:8{user,python};BaseEventLoop._run_once@/usr/lib/python3.11/asyncio/base_events.py:1884{library,python};EpollSelector.select@/usr/lib/python3.11/selectors.py:468{library,python} 8s n=300
    /// task-wait blocked.network collect@prices.py:6{user,python};ask@prices.py:3{user,python} 7s n=200
    /// ```
    /// ```python prices.py
    /// import asyncio, shop
    /// async def ask(name):
    ///     return await shop.get(name)
    /// async def collect(names):
    ///     for name in names:
    ///         print(name, await ask(name))
    ///
    /// asyncio.run(collect(open("names").read().split()))
    /// ```
    /// ## References
    /// Python's documentation of `asyncio.gather` and `asyncio.TaskGroup`; ESLint, rule "no-await-in-loop".
    AwaitInLoop = "tasks/await-in-loop" {
        summary: "answers are awaited one after the other",
        effort: Small,
        risk: Semantics,
        languages: [Python, JavaScript, TypeScript],
        needs: [Signal(fathom_model::Signal::OffCpu)],
        patterns: [AwaitInLoop],
        thresholds: [LEAST_SHARE, LEAST_AT_LINE],
    }
}

impl Rule for AwaitInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        if cx.goal.metric != GoalMetric::Wall {
            return Verdict::NotApplicable(format!(
                "findings are held against {}, which no wait is part of",
                cx.goal.metric
            ));
        }
        let idle = idle(cx);
        if idle.value == 0 {
            return Verdict::NotApplicable("no event loop was seen waiting".to_owned());
        }
        if idle.share.low < cx.limit(info.id, &LEAST_SHARE) {
            return Verdict::Clear(format!(
                "the event loop has nothing to do for {} of {}",
                words::share(idle.share),
                cx.goal.metric
            ));
        }
        let tasks = cx.ledger(GoalMetric::Wall, |sample| sample.signal == Signal::TaskWait);
        let turning = cx.cost_under(cx.goal_ledger(), &cx.functions(TURNS)).value.max(idle.value);
        let has_tasks = tasks.values.iter().any(|value| *value > 0);
        let mut found: Vec<Awaited<'_>> = Vec::new();
        for (path, file) in cx.files() {
            let hits = file.hits.iter().filter(|hit| info.patterns.contains(&hit.pattern) && hit.is_certain);
            for hit in hits {
                let waited = cx.cost_of_lines(&tasks, path, hit.lines, |_, _| true);
                let value = waited.as_ref().map_or(0.0, |waited| waited.value as f64);
                let part = value / idle.value as f64;
                let is_seen =
                    part >= cx.limit(info.id, &LEAST_AT_LINE) && value / turning as f64 <= ONE_AT_A_TIME;
                if has_tasks && !is_seen {
                    continue;
                }
                found.push(Awaited { path, hit, language: file.language, waited, part });
            }
        }
        // Without a look at the tasks, one of several loops is no more likely than another.
        if found.is_empty() || !has_tasks && found.len() > 1 {
            return Verdict::Clear(format!(
                "the event loop has nothing to do for {} of {}, and no loop is known to be why",
                words::share(idle.share),
                cx.goal.metric
            ));
        }
        found.sort_by(|a, b| b.part.total_cmp(&a.part));
        Verdict::Found(found.iter().take(1).map(|awaited| draft(cx, &idle, awaited)).collect())
    }
}

/// A line that awaits in a loop.
struct Awaited<'c> {
    path: &'c str,
    hit: &'c Hit,
    language: Language,
    /// What tasks wait at the line, where tasks were looked at.
    waited: Option<Place>,
    /// The same as a part of the idle time.
    part: f64,
}

/// The time in which the main thread's event loop has nothing to do.
fn idle(cx: &Context<'_>) -> Cost {
    let waits = cx.goal_where(|sample| {
        sample.signal == Signal::OffCpu
            && matches!(sample.state, ThreadState::Blocked(class) if class != WaitClass::PageFault)
    });
    let busy = cx.stacks_through(&cx.functions(CALLBACKS));
    let waits: Ledger = waits.only(|at| !busy[at]);
    cx.cost_under(&waits, &cx.functions(IDLE))
}

fn draft(cx: &Context<'_>, idle: &Cost, awaited: &Awaited<'_>) -> Draft {
    let Awaited { path, hit, language, waited, part } = awaited;
    let call = words::quoted(&hit.subject);
    let place = place(idle, awaited);
    let grade = if waited.is_some() { Grade::E2 } else { Grade::E1 };
    let function = &place.location.function;
    let file = path.rsplit('/').next().unwrap_or(path);
    let mut draft = Draft::at(&place, format!("`{function}` awaits {call} once for each turn of a loop"), grade)
        .model(Model::CriticalWait)
        .evidence(
            "waits",
            format!(
                "for {} of {} ({}) the event loop has nothing to do but wait",
                words::share(idle.share),
                cx.goal.metric,
                words::time(idle.value),
            ),
        )
        .evidence(
            "source",
            format!(
                "line {} of {file} awaits {call} inside the loop from line {}, and no answer goes into a later question",
                hit.lines.first,
                hit.loop_lines.map_or(hit.lines.first, |lines| lines.first)
            ),
        )
        .cause(format!("each turn of the loop asks, and waits for {call}, before the next one asks"))
        .assuming("the answers can be on their way at the same time")
        .alternative("the other side answers one question at a time, or needs them in order");
    if let Some(waited) = waited {
        draft = draft.evidence(
            "tasks",
            format!(
                "a task waits at this line for {} of that time, and never many at once ({} looks at the tasks)",
                words::percent(part.min(1.0)),
                words::count(waited.n)
            ),
        );
        draft.removable = part.min(1.0);
    } else {
        draft = draft
            .alternative("the event loop waits for something else: it was not seen which task waits where");
    }
    draft.subject.clone_from(&hit.subject);
    match language {
        Language::Python => draft
            .advice(format!("ask for all together: `answers = await asyncio.gather(*({}(x) for x in xs))`; with `asyncio.TaskGroup` (3.11) an error ends the others", words::short_name(&hit.subject, "ask")))
            .advice("if the other side bears only so many, let each first enter `async with asyncio.Semaphore(20)`"),
        _ => draft
            .advice(format!("ask for all together: `const answers = await Promise.all(xs.map((x) => {}(x)))`", words::short_name(&hit.subject, "ask")))
            .advice("if the other side bears only so many, take them in groups, or limit them with a package such as `p-limit`"),
    }
}

fn place(idle: &Cost, awaited: &Awaited<'_>) -> Place {
    let function = awaited.hit.function.clone().unwrap_or_else(|| "the file's own code".to_owned());
    let known = awaited.waited.clone();
    Place {
        location: Location {
            function: known.as_ref().map_or(function, |known| known.location.function.clone()),
            file: Some(awaited.path.to_owned()),
            line: Some(awaited.hit.lines.first),
            module: None,
        },
        function: known.as_ref().map_or(FunctionId::UNKNOWN, |known| known.function),
        is_own: true,
        language: Some(awaited.language),
        value: idle.value,
        n: idle.n,
        share: idle.share,
        claim: idle.claim.clone(),
        mechanism: awaited.hit.subject.clone(),
        path: known.map(|known| known.path).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "async function collect(names) {\n  for (const name of names) {\n    out.push(await ask(name));\n  }\n}\ncollect(read());\n";

    fn node(waiting: u32, working: u32) -> String {
        format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu collect@a.js:1{{user,node}} {working}ms n={working}
            off-cpu blocked.poll uv_run[node]{{runtime}};uv__io_poll[node]{{runtime}};epoll_pwait[libc.so.6]{{library}} {waiting}ms n={waiting}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&AwaitInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].estimate.model), (Grade::E2, Model::CriticalWait));
        assert_eq!(found[0].title, "`collect` awaits `ask` once for each turn of a loop");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        let most = found[0].estimate.at_most.map(|most| most.point).unwrap_or_default();
        assert!((most - 0.7).abs() < 0.01, "{most}");
    }

    #[test]
    fn quiet_where_many_wait_at_the_line_or_none_does() {
        let crate::example::Example { profile, sources } = crate::example(AwaitInLoop.info());
        let sources: Vec<(&str, &str)> =
            sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        for waiting in ["30s n=200", "2s n=200"] {
            let other = profile.replace("7s n=200", waiting);
            assert!(findings(&AwaitInLoop, &other, &sources).is_empty(), "{waiting}");
        }
    }

    #[test]
    fn quiet_at_the_threshold() {
        let of = |waiting| findings(&AwaitInLoop, &node(waiting, 5000 - waiting), &[("a.js", SOURCE)]).len();
        assert_eq!((of(450), of(650)), (0, 1));
    }

    #[test]
    fn quiet_where_the_source_has_no_such_loop() {
        let source = SOURCE.replace("for (const name of names)", "if (names)");
        assert!(findings(&AwaitInLoop, &node(4000, 1000), &[("a.js", &source)]).is_empty());
    }

    #[test]
    fn unsure_where_tasks_were_not_looked_at() {
        assert_eq!(findings(&AwaitInLoop, &node(4000, 1000), &[("a.js", SOURCE)])[0].grade, Grade::E1);
        assert_eq!(standing(&AwaitInLoop, &node(4000, 1000), &[]), "checked");
        let cpu = "wall 10s\npids 1000\nprocess python3 runtime=python\nthread main\ncpu main@a.py:3{user,python} 10s n=5000";
        assert_ne!(standing(&AwaitInLoop, cpu, &[]), "found");
    }
}
