//! One answer waited for after the other, though no request depends on the answer before it: the waits add up.
//!
//! Left alone: loops that wait for the next element themselves, retries and polls (which leave the loop or sleep),
//! pages fetched one after the other, locks and queues.

use crate::language::Language;
use crate::model::{Call, Loop, LoopKind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::mentions;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::AwaitInLoop, find };

/// What is waited for on purpose, one at a time.
const ORDERED: [&str; 26] = [
    "sleep",
    "setTimeout",
    "delay",
    "wait",
    "acquire",
    "get",
    "put",
    "next",
    "read",
    "readline",
    "recv",
    "receive",
    "lock",
    "nextTick",
    "drain",
    "readexactly",
    "readuntil",
    "write",
    "__anext__",
    "wait_for",
    "timeout",
    "tick",
    "pause",
    "join",
    "flush",
    "commit",
];
/// Names of what leads to the next page.
const PAGES: [&str; 9] =
    ["cursor", "next", "page", "offset", "token", "continuation", "after", "marker", "nextpage"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if !(source.language.is_script() || source.language == Language::Python) {
        return;
    }
    let mut reported: Option<usize> = None;
    for call in source.calls.iter().filter(|call| call.is_awaited) {
        let Some((number, around)) = source.hot_loops(&call.place).next() else { continue };
        // A closure that each element starts by itself: all of them wait together.
        if around.kind == LoopKind::Callback || around.is_await || reported == Some(number) {
            continue;
        }
        if is_ordered(source, call, number, around) {
            continue;
        }
        reported = Some(number);
        search.hit(Pattern::AwaitInLoop, &call.place, &call.callee, around.kind != LoopKind::While);
    }
}

fn is_ordered(source: &Source, call: &Call, number: usize, around: &Loop) -> bool {
    let name = call.name.to_lowercase();
    let is_own_kind = ORDERED.contains(&call.name.as_str()) && !is_request(call);
    // A loop that stops early looks for the first answer that will do, or tries again.
    let stops = around.has_break || around.kind == LoopKind::While;
    let mentions_page = |text: &str| {
        let text = text.to_lowercase();
        PAGES.iter().any(|page| text.contains(page))
    };
    let is_paged =
        stops && (mentions_page(&around.header) || call.arguments.iter().any(|text| mentions_page(text)));
    let sleeps = source.calls_in(number).any(|other| {
        ["sleep", "setTimeout", "delay", "backoff", "wait"]
            .iter()
            .any(|word| other.name.to_lowercase().contains(word))
    });
    is_own_kind || is_paged || sleeps || stops || name.ends_with("lock") || is_carried(source, call, number)
}

/// `get` of a client is a request, `get` of a queue is not.
fn is_request(call: &Call) -> bool {
    let receiver = call.receiver.to_lowercase();
    let of_client = ["client", "session", "http", "axios", "api", "db", "redis", "repo"];
    of_client.iter().any(|word| receiver.contains(word))
}

/// Whether an answer goes into a later request: a name is used before the place where an answer is put into it.
fn is_carried(source: &Source, call: &Call, number: usize) -> bool {
    let answers = source.calls_in(number).filter(|other| other.is_awaited);
    let text = format!("{} {}", call.receiver, call.arguments.join(","));
    answers.filter_map(|answer| Some((answer, answer.assigned.as_deref()?))).any(|(answer, target)| {
        let declared_inside = source.assigns.iter().any(|assign| {
            assign.is_declaration && assign.target == target && source.is_in_loop(&assign.place, number)
        });
        mentions(&text, target) && call.place.order <= answer.place.order && !declared_inside
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::AwaitInLoop;

    #[test]
    fn python() {
        let text = "async def f(xs):\n  for x in xs:\n    r = await fetch(x)\n    await store(r)\n";
        fires(P, Language::Python, text, &["3 fetch"]);
        for text in [
            "async def f(xs):\n  async for x in xs:\n    await fetch(x)\n",
            "async def f(q):\n  while True:\n    x = await q.get()\n",
            "async def f():\n  for i in range(5):\n    await fetch()\n",
            "async def f(xs):\n  for x in xs:\n    await fetch(x)\n    await asyncio.sleep(1)\n",
            "async def f(n):\n  node = n\n  for x in xs:\n    node = await step(node)\n",
            "async def f(xs):\n  return await asyncio.gather(*[fetch(x) for x in xs])\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        fires(
            P,
            Language::JavaScript,
            "async function f(xs) { for (const x of xs) { await g(x); } }",
            &["1 g"],
        );
        for text in [
            "async function f(xs) { await Promise.all(xs.map(async x => { await g(x); })); }",
            "async function f() { let cursor; do { const r = await g(cursor); cursor = r.next; } while (cursor); }",
            "async function f(xs) { for await (const x of xs) { await g(x); } }",
            "async function f(xs) { for (const x of xs) { try { return await g(x); } catch (e) {} } }",
        ] {
            quiet(P, Language::TypeScript, text);
        }
    }

    #[test]
    fn subject_of_methods_and_handlers() {
        fires(
            P,
            Language::TypeScript,
            "async function f(xs: X[]) { for (const x of xs) { await api.get(x); await q.get(); } }",
            &["1 api.get"],
        );
        quiet(
            P,
            Language::JavaScript,
            "async function f(q) { for (const x of q) { await q.put(x); } await g(); }",
        );
    }
}
