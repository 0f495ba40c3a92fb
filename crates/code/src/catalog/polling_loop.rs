//! A loop that looks again and again whether something holds: it spins, gives way and comes back, or sleeps for a few
//! milliseconds each time.

use crate::language::Language;
use crate::model::{Call, Loop, LoopKind, Place, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::number;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::PollingLoop, find };

/// Longer sleeps wake a core fifty times a second at most.
const MAX_SLEEP_MICROS: f64 = 20_000.0;

/// Calls that give way to others and come back at once.
const YIELDS: &[&str] = &[
    "sched_yield",
    "runtime.Gosched",
    "std::hint::spin_loop",
    "hint::spin_loop",
    "spin_loop",
    "Thread.yield",
    "Thread.onSpinWait",
    "std::thread::yield_now",
    "thread::yield_now",
    "this_thread::yield",
    "_mm_pause",
    "std::sync::atomic::spin_loop_hint",
];
const SLEEPS: &[&str] = &[
    "time.sleep",
    "asyncio.sleep",
    "usleep",
    "nanosleep",
    "sleep",
    "time.Sleep",
    "Thread.sleep",
    "std::thread::sleep",
    "thread::sleep",
    "tokio::time::sleep",
    "this_thread::sleep_for",
    "LockSupport.parkNanos",
    "sleep_for",
    "Sleep",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for (number, found) in source.loops.iter().enumerate().filter(|(_, found)| found.kind == LoopKind::While)
    {
        let place =
            Place { lines: found.lines, function: found.function, loop_: Some(number), ..Place::default() };
        let own: Vec<&Call> = source.calls.iter().filter(|call| call.loop_ == Some(number)).collect();
        let waits = own.iter().find(|call| {
            call.is_any(YIELDS)
                || call.is_any(SLEEPS) && short_sleep(source, call) && !keeps_a_pace(found, call, &own)
                || call.name == "poll"
                    && call.arguments.last().is_some_and(|timeout| timeout == "0")
                    && call.arguments.len() == 3
        });
        if let Some(call) = waits {
            search.hit(Pattern::PollingLoop, &place, &call.callee, true);
        } else if is_empty_spin(source, number, found, &own) {
            search.hit(Pattern::PollingLoop, &place, &found.over, false);
        }
    }
}

/// Calls that only look, and locks around a look.
const LOOKS: [&str; 23] = [
    "load",
    "is_set",
    "get",
    "is_alive",
    "LoadInt32",
    "LoadUint32",
    "LoadInt64",
    "Load",
    "done",
    "isDone",
    "is_finished",
    "isAlive",
    "is_done",
    "empty",
    "is_empty",
    "isEmpty",
    "lock",
    "unlock",
    "Lock",
    "Unlock",
    "acquire",
    "release",
    "len",
];

/// Whether a loop works between two sleeps: it calls more than what tells it whether to go on.
fn keeps_a_pace(found: &Loop, sleep: &Call, own: &[&Call]) -> bool {
    let works = own.iter().filter(|call| {
        let is_part = |text: &String| text.contains(call.callee.as_str());
        call.place.order != sleep.place.order
            && !sleep.arguments.iter().any(is_part)
            && !is_part(&found.over)
            && !LOOKS.contains(&call.name.as_str())
    });
    // One call may be the look itself, if the loop ends by what it says.
    works.count() > usize::from(found.has_break)
}

/// Whether a call sleeps for a constant time that is short.
fn short_sleep(source: &Source, call: &Call) -> bool {
    let text = call.argument(0);
    let value = |text: &str| text.trim().trim_end_matches(['L', 'u', 'f']).parse::<f64>().ok();
    let inner =
        |text: &str| text.split_once('(').and_then(|(_, rest)| value(rest.split(')').next().unwrap_or("")));
    let micros = match source.language {
        Language::Python => value(text).map(|seconds| seconds * 1e6),
        Language::C | Language::Cpp if call.name == "usleep" => value(text),
        Language::Java if call.name == "parkNanos" => value(text).map(|nanos| nanos / 1e3),
        Language::Java => value(text).map(|millis| millis * 1e3),
        Language::Go => match text.split_once('*') {
            Some((left, right)) => {
                let (amount, unit) =
                    if value(left).is_some() { (value(left), right) } else { (value(right), left) };
                amount.map(|amount| amount * unit_micros(unit))
            }
            None => text.starts_with("time.").then(|| unit_micros(text)),
        },
        _ if text.contains("from_millis") || text.contains("milliseconds") => {
            inner(text).map(|millis| millis * 1e3)
        }
        _ if text.contains("from_micros") || text.contains("microseconds") => inner(text),
        _ if text.contains("nano") => inner(text).map(|nanos| nanos / 1e3),
        _ => None,
    };
    micros.is_some_and(|micros| micros < MAX_SLEEP_MICROS)
}

fn unit_micros(unit: &str) -> f64 {
    match unit.trim() {
        "time.Nanosecond" => 1e-3,
        "time.Microsecond" => 1.0,
        "time.Millisecond" => 1e3,
        _ => 1e6,
    }
}

/// `while (!done) {}`, `while (!flag.load()) ;`: nothing but the condition is in the loop.
fn is_empty_spin(source: &Source, number: usize, found: &Loop, own: &[&Call]) -> bool {
    let has_work = source.assigns.iter().any(|assign| assign.place.loop_ == Some(number))
        || source.loops.iter().any(|inner| inner.parent == Some(number))
        || source.handed_on.iter().any(|handed| handed.place.loop_ == Some(number));
    let only_looks = own.iter().all(|call| LOOKS.contains(&call.name.as_str()));
    let flag = found.over.trim_start_matches(['!', '(']).trim_start_matches("not ").trim_end_matches(')');
    let names_flag = !found.over.is_empty()
        && number_is_absent(flag)
        && found.over.starts_with(['!', 'n'])
        && !found.over.contains(['+', '-', '<', '>', '*', '=']);
    names_flag && !has_work && only_looks && !found.has_break && !own.is_empty()
}

fn number_is_absent(text: &str) -> bool {
    number(text).is_none() && !matches!(text, "true" | "True" | "false" | "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::PollingLoop;

    #[test]
    fn each_language() {
        fires(P, Language::Python, "import time\nwhile not done:\n  time.sleep(0.001)\n", &["2 time.sleep"]);
        fires(P, Language::C, "void f(void) { while (!done) sched_yield(); }", &["1 sched_yield"]);
        fires(
            P,
            Language::Cpp,
            "void f() { while (!flag.load()) { } while (x) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); } }",
            &["1 !flag.load()?", "1 std::this_thread::sleep_for"],
        );
        fires(
            P,
            Language::Go,
            "func f() { for !ok() { time.Sleep(5 * time.Millisecond) } }",
            &["1 time.Sleep"],
        );
        fires(
            P,
            Language::Go,
            "func f() { for {\n if ok(x) { return }\n time.Sleep(5 * time.Millisecond) } }",
            &["1 time.Sleep"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { while (!done) { Thread.onSpinWait(); } while (x) { Thread.sleep(1); } } }",
            &["1 Thread.onSpinWait", "1 Thread.sleep"],
        );
        fires(
            P,
            Language::Rust,
            "fn f() { while !a.load(O) { std::hint::spin_loop(); } loop { thread::sleep(Duration::from_millis(2)); } }",
            &["1 std::hint::spin_loop", "1 thread::sleep"],
        );
    }

    #[test]
    fn quiet_where_it_sleeps_long_or_works() {
        quiet(
            P,
            Language::Python,
            "import time\nwhile True:\n  time.sleep(1)\nfor x in xs:\n  time.sleep(0.001)\n",
        );
        quiet(P, Language::Go, "func f() { for { time.Sleep(time.Second) } }");
        quiet(
            P,
            Language::Python,
            "import time\nwhile len(out) < 9:\n  out.append(read())\n  time.sleep(0.001)\n",
        );
        quiet(P, Language::Java, "class A { void f() { while (!done) { step(); } } }");
    }
}
