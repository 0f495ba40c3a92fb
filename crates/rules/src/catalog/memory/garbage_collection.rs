//! A garbage collector that works for a part of the run, and the lines that give it its work.

use crate::collectors::{ALLOCATORS, COLLECTORS};
use crate::costs::cost;
use crate::ledger::{Claim, Ledger};
use crate::place::Cost;
use crate::prelude::*;
use fathom_analysis::Share;
use fathom_code::Language;
use fathom_model::{Event, GoalMetric};

threshold! {
    /// CPU time of the collector beside the program: Go aims at a quarter while it runs, and less than a fifth of the
    /// whole run is what automatic memory costs anyway.
    LEAST_CPU_SHARE = "least-cpu-share", Share(0.20), source: "\"A Guide to the Go Garbage Collector\" (25 %); held by the corpus"
}
threshold! {
    /// Time in which the program itself stands still or helps the collector.
    LEAST_WALL_SHARE = "least-wall-share", Share(0.10), source: "JDK Mission Control and Datadog (pauses)"
}

/// Lines that are named: those that allocate most of what is allocated.
const MOST_LINES: usize = 3;
/// With fewer observations a single collection is all that was seen.
const LEAST_OBSERVATIONS: u64 = 20;
/// Part of all allocation that the first of them has to have: else there is nobody to blame.
const LEAST_OF_FIRST: f64 = 0.3;
/// Part of all allocation that the named lines are to cover.
const COVERED: f64 = 0.8;

declare_rule! {
    /// ## What it finds
    /// A garbage collector (of Go, the JVM, or V8) that takes a noticeable part of the CPU time, or of the time of the
    /// thread that everybody waits for; and the lines of own code that allocate most.
    /// ## Why it matters
    /// A collector's work grows with how much is allocated and with how much of it is still alive when it looks. Both
    /// are decided by the program, in few lines as a rule.
    /// ## How it is measured
    /// Samples inside the collector are counted on all threads, and on the main one, with its waits for a lock that a
    /// JVM's pauses explain. The allocating lines are told by
    /// sampled allocations where the runtime reports them (the JVM), else by the samples inside its allocator and by
    /// where it made the program help to collect.
    /// ## When it is wrong
    /// A small heap that is collected all the time needs more room, not other code. With idle CPUs a collector that
    /// works beside the program costs nobody time.
    /// ## What to do
    /// Allocate less at the named lines: fewer and flatter objects, reused buffers, numbers that are not boxed. Then
    /// try more room for the heap.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./feed
    /// process feed runtime=go
    /// thread main
    /// cpu runtime.main{runtime,go};main.main@feed.go:9{user,go};main.parse@feed.go:4{user,go};runtime.mallocgc{gc,go} 3s n=1500
    /// cpu runtime.main{runtime,go};main.main@feed.go:9{user,go};main.parse@feed.go:4{user,go};runtime.mallocgc{gc,go};runtime.gcAssistAlloc{gc,go} 2s n=1000
    /// cpu runtime.main{runtime,go};main.main@feed.go:10{user,go} 3s n=1500
    /// thread worker
    /// cpu runtime.gcBgMarkWorker{gc,go};runtime.gcDrain{gc,go} 4s n=2000
    /// ```
    /// ## References
    /// "A Guide to the Go Garbage Collector" (go.dev); HotSpot Virtual Machine Garbage Collection Tuning Guide; R. Jones
    /// and others, "The Garbage Collection Handbook", 2nd edition, 2023.
    GarbageCollection = "memory/garbage-collection" {
        summary: "the garbage collector takes a part of the run",
        effort: Medium,
        risk: Review,
        languages: [Go, Java, JavaScript, TypeScript],
        needs: [CpuSamples],
        thresholds: [LEAST_CPU_SHARE, LEAST_WALL_SHARE],
    }
}

/// What the collector takes of one currency.
struct Burden<'a> {
    ledger: &'a Ledger,
    cost: Cost,
}

impl Burden<'_> {
    /// Adds stacks that the collector is to blame for.
    fn join(&mut self, claim: &Claim) {
        self.cost.claim.join(claim);
        (self.cost.value, self.cost.n) = self.ledger.sum(&self.cost.claim);
        self.cost.share = self.ledger.share(self.cost.value);
    }
}

impl Rule for GarbageCollection {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let collectors = cx.functions(COLLECTORS);
        let of = |ledger| Burden { ledger, cost: cx.cost_under(ledger, &collectors) };
        let least = |threshold| cx.limit(self.info().id, threshold);
        let mut of_goal = of(cx.goal_ledger());
        if let Some(waits) = cx.collection_waits() {
            of_goal.join(&waits);
        }
        let of_cpu = of(cx.cpu_ledger());
        let is_wall = cx.goal.metric == GoalMetric::Wall;
        let is_much = |burden: &Burden<'_>, threshold| {
            burden.cost.share.low >= least(threshold) && burden.cost.n >= LEAST_OBSERVATIONS
        };
        let burden = if is_wall && is_much(&of_goal, &LEAST_WALL_SHARE) {
            of_goal
        } else if is_much(&of_cpu, &LEAST_CPU_SHARE) {
            of_cpu
        } else {
            return Verdict::Clear(format!("{}: too little to act on", taken(&of_cpu)));
        };
        let (all, told_by) = allocations(cx, burden.ledger);
        let lines = most_of(cx, &all);
        // Nobody can act on a share alone: without a line it is a number among those that were looked at.
        match lines.first().filter(|first| first.share.ratio >= LEAST_OF_FIRST) {
            Some(first) => {
                let draft = finding(cx, &burden, first, &lines, told_by);
                let mut beside = allocating(cx, burden.ledger, &all);
                beside.join(cx.collection());
                Verdict::Found(vec![Draft { beside: Some(beside), ..draft }])
            }
            None => Verdict::Clear(match lines.first() {
                Some(first) => format!(
                    "{}; no line of own code allocates most of it: at most {}, {}",
                    taken(&burden),
                    words::percent(first.share.ratio),
                    first.words()
                ),
                None => format!("{}; no line of own code was seen to allocate", taken(&burden)),
            }),
        }
    }
}

fn taken(burden: &Burden<'_>) -> String {
    format!("the garbage collector takes {} of {}", words::share(burden.cost.share), burden.ledger.metric)
}

fn finding(cx: &Context<'_>, burden: &Burden<'_>, first: &Place, lines: &[Place], told_by: &str) -> Draft {
    let metric = burden.ledger.metric;
    let title = format!("the garbage collector works for what `{}` allocates", first.location.function);
    let mut draft = Draft::at(first, title, Grade::E2);
    draft.claim.clone_from(&burden.cost.claim);
    draft.metric = (metric != cx.goal.metric).then_some(metric);
    draft.subject = "garbage collection".to_owned();
    draft = draft.model(Model::GcAlloc).at_most(Severity::High).evidence(
        "samples",
        format!(
            "the {} for {} of {metric} ({})",
            if metric == GoalMetric::Wall {
                "program collects garbage, or waits until it is collected,"
            } else {
                "collector is at work"
            },
            words::share(burden.cost.share),
            words::time(burden.cost.value)
        ),
    );
    draft = match pauses(cx) {
        Some(text) => draft.evidence("runtime", text),
        None => draft,
    };
    for line in lines {
        draft = draft.evidence(
            told_by,
            format!(
                "{} of what is allocated ({} observations) is allocated at {}",
                words::share(line.share),
                words::count(line.n),
                line.words()
            ),
        );
    }
    draft.also_at.extend(lines.iter().skip(1).cloned());
    let (code, room) = advice(first.language);
    draft
        .cause(format!(
            "the objects made for {} are so many, or live so long, that finding the live ones is work of its own",
            first.words()
        ))
        .advice(format!("{}: {code}", first.words()))
        .advice(room)
        .assuming("the bound is all of the collector's time and all that the allocating lines do; what is still allocated keeps its part")
        .alternative("the heap is small for what has to stay in it, and more room alone would do")
}

fn advice(language: Option<Language>) -> (&'static str, &'static str) {
    match language {
        Some(Language::Go) => (
            "hold values instead of pointers, arrays instead of small maps and slices, and reuse what a turn needs",
            "with memory to spare, compare a run with GOGC=200: it collects half as often",
        ),
        Some(Language::Java) => (
            "keep numbers in plain arrays instead of boxed in collections, make one object where there are several, and drop what is not needed any more",
            "with memory to spare, compare a run with a larger heap (-Xmx) or young generation (-Xmn)",
        ),
        _ => (
            "change an object in place instead of copying it (spread, Object.assign, map), and keep only the fields that are read",
            "compare a run with `node --max-semi-space-size=64`: objects get more time to die young",
        ),
    }
}

/// What is allocated, by line of own code, and who says so.
fn allocations(cx: &Context<'_>, ledger: &Ledger) -> (Cost, &'static str) {
    let bytes = cx.ledger(GoalMetric::Profile, |sample| sample.signal == Signal::AllocBytes);
    if bytes.total() > 0 {
        let nodes = cx.recording.stacks.nodes();
        let all = cost(cx, &bytes, |at| Some((cx.payer_above(at), cx.index.of_frame(nodes[at].frame))));
        return (all, "allocations");
    }
    let names: Vec<&str> = ALLOCATORS.iter().chain(COLLECTORS).copied().collect();
    (cx.cost_under(ledger, &cx.functions(&names)), "samples")
}

/// The few lines of own code that allocate most.
fn most_of(cx: &Context<'_>, all: &Cost) -> Vec<Place> {
    // A whole file, where its lines are not known, is no line that allocates.
    let is_named = |place: &&Place| {
        let is_written =
            !place.location.file.as_deref().is_some_and(|file| file.ends_with("<autogenerated>"));
        place.is_own
            && is_written
            && (cx.has_lines(place.function) || place.location.line.is_some_and(|line| line > 1))
    };
    let of_own: i64 = all.places.iter().filter(is_named).map(|place| place.value).sum();
    let mut covered = 0_i64;
    let mut lines = Vec::new();
    for place in all.places.iter().filter(is_named).filter(|place| place.value > 0) {
        if lines.len() == MOST_LINES || covered as f64 >= COVERED * of_own as f64 {
            break;
        }
        covered = covered.saturating_add(place.value);
        let ratio = place.value as f64 / of_own as f64;
        lines.push(Place { share: Share { ratio, low: ratio, high: ratio }, ..place.clone() });
    }
    lines
}

/// All that lines of own code do which allocate: an object that is not made needs nothing of it.
fn allocating(cx: &Context<'_>, ledger: &Ledger, all: &Cost) -> Claim {
    let in_allocators = cx.cost_under(ledger, &cx.functions(ALLOCATORS)).places;
    let own_lines = cx.own_lines_of(ledger);
    let empty = Claim::empty(cx.recording.stacks.nodes().len());
    let places = in_allocators.iter().chain(&all.places).filter(|place| place.is_own);
    places.fold(empty, |mut claim, place| {
        claim.join(&cx.line_claim_of(&own_lines, place));
        claim
    })
}

fn pauses(cx: &Context<'_>) -> Option<String> {
    let is_pause = |event: &&Event| event.kind == "gc.pause";
    let nanos: Vec<i64> =
        cx.recording.events.iter().filter(is_pause).map(|event| event.duration_nanos.max(0)).collect();
    let longest = *nanos.iter().max()?;
    let sum = nanos.iter().fold(0_i64, |sum, nanos| sum.saturating_add(*nanos));
    if nanos.len() == 1 {
        return Some(format!("one pause for garbage collection, of {}", words::time(longest)));
    }
    Some(format!(
        "{} pauses for garbage collection, {} together, the longest {}",
        words::count(nanos.len() as u64),
        words::time(sum),
        words::time(longest)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&GarbageCollection);
        assert_eq!(found.len(), 1);
        let finding = &found[0];
        assert_eq!((finding.grade, finding.estimate.model), (Grade::E2, Model::GcAlloc));
        assert_eq!(finding.location.as_ref().and_then(|location| location.line), Some(4));
        assert!(finding.title.ends_with("what `main.parse` allocates"), "{}", finding.title);
    }

    #[test]
    fn fires_with_the_line_that_allocates_most_bytes() {
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.main@A.java:9{user,jvm} 6s n=3000
            alloc-bytes A.main@A.java:7{user,jvm};java.util.ArrayList.add{library,jvm} 900MiB n=90
            alloc-bytes A.main@A.java:8{user,jvm} 100MiB n=10
            event gc.pause 1s 2s
            thread gc\ncpu GangWorker::loop{runtime};G1ParScanThreadState::trim_queue_to_threshold{gc} 4s n=2000";
        let found = findings(&GarbageCollection, profile, &[]);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(7));
        assert!(found[0].evidence.iter().any(|line| line.claim.contains("one pause")));
    }

    #[test]
    fn pauses_are_waited_for() {
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.main@A.java:9{user,jvm} 6s n=3000
            cpu A.main@A.java:7{user,jvm};OptoRuntime::new_array_C[libjvm.so]{runtime,jvm} 1s n=500
            off-cpu blocked.lock futex_wait[kernel]{kernel} 2s n=40
            event gc.pause 1s 2s
            thread gc\ncpu GangWorker::loop{runtime};G1ParScanThreadState::trim_queue_to_threshold{gc} 2s n=1000";
        let found = findings(&GarbageCollection, profile, &[]);
        assert!((found[0].impact.share.point - 2.0 / 9.0).abs() < 0.01, "{:?}", found[0].impact);
        // With the line that allocates.
        let at_most = found[0].estimate.at_most.as_ref().map(|at_most| at_most.point);
        assert!(at_most.is_some_and(|at_most| (at_most - 3.0 / 9.0).abs() < 0.01), "{at_most:?}");
    }

    #[test]
    fn quiet_at_the_threshold() {
        let profile = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu runtime.main{runtime,go};main.main@a.go:9{user,go};runtime.mallocgc{gc,go} 9s n=4500
            thread worker\ncpu runtime.gcBgMarkWorker{gc,go} 1s n=500";
        assert!(findings(&GarbageCollection, profile, &[]).is_empty());
        let more = profile.replace("1s n=500", "3s n=1500");
        assert_eq!(findings(&GarbageCollection, &more, &[]).len(), 1);
    }

    /// A collector that works for 3 of 12 s, and lines of `main` that allocate so much each.
    fn with_lines(lines: &[(&str, u32)], n_collector: u32) -> usize {
        let mut profile = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu runtime.main{runtime,go};main.main@a.go:3{user,go} 5s n=2500"
            .to_owned();
        for (place, millis) in lines {
            profile += &format!(
                "\ncpu runtime.main{{runtime,go}};main.main@{place}{{user,go}};runtime.mallocgc{{gc,go}} {millis}ms n={millis}"
            );
        }
        profile += &format!("\nthread worker\ncpu runtime.gcBgMarkWorker{{gc,go}} 3s n={n_collector}");
        findings(&GarbageCollection, &profile, &[]).len()
    }

    #[test]
    fn quiet_where_no_line_allocates_a_good_part() {
        let four = [("a.go:5", 1000), ("a.go:6", 1000), ("a.go:7", 1000), ("a.go:8", 1000)];
        assert_eq!((with_lines(&four, 1500), with_lines(&four[..3], 1500)), (0, 1));
    }

    #[test]
    fn quiet_after_a_single_collection() {
        assert_eq!((with_lines(&[("a.go:5", 100)], 19), with_lines(&[("a.go:5", 100)], 1500)), (0, 1));
    }

    #[test]
    fn names_neither_what_a_compiler_wrote_nor_a_whole_file() {
        let go = |file: &str| {
            let profile = format!(
                "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
                cpu main.main@a.go:3{{user,go}} 5s n=2500
                cpu main.main@a.go:3{{user,go}};main.(*T).Write@{file}:1{{user,go}};runtime.mallocgc{{gc,go}} 4s n=4000
                thread worker\ncpu runtime.gcBgMarkWorker{{gc,go}} 3s n=1500"
            );
            findings(&GarbageCollection, &profile, &[]).len()
        };
        assert_eq!((go("/src/<autogenerated>"), go("/src/t.go")), (0, 1));
        let node = "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu main@a.js:1^1{jit,node} 5s n=2500
            cpu main@a.js:1^1{jit,node};v8::internal::Factory::NewJSArray[node]{runtime,node} 2s n=1000
            thread worker\ncpu v8::internal::ScavengerCollector::CollectGarbage[node]{gc,node} 3s n=1500";
        assert!(findings(&GarbageCollection, node, &[]).is_empty());
        let function = node.replace("1^1", "7^7");
        assert_eq!(findings(&GarbageCollection, &function, &[]).len(), 1);
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&GarbageCollection, waits, &[]), "unsure");
    }
}
