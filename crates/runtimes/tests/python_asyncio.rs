//! Tasks of asyncio in every interpreter: their names, their stacks to the line, and who waits for whom.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::TaskDump;
use python_support::{interpreters, line_of, own, poll};
use std::collections::BTreeMap;

const PROGRAM: &str = r#"import asyncio, sys, threading

async def leaf(future):
    await future                                # leaf

async def between(future):
    await leaf(future)                          # between

async def child(future):
    await between(future)                       # child

async def agen(future):
    yield 1
    await leaf(future)                          # agen
    yield 2

async def walks(future):
    async for _ in agen(future):                # walks
        pass

class Awaitable:
    def __init__(self, future):
        self.future = future
    def __await__(self):
        yield from self.future.__await__()      # dunder

async def by_hand(future):
    await Awaitable(future)                     # by_hand

async def gathers(future):
    await asyncio.gather(                       # gathers
        asyncio.create_task(child(future), name="gathered-1"),
        asyncio.create_task(child(future), name="gathered-2"),
    )

async def waits_for(task):
    await task                                  # waits_for

async def sleeps():
    await asyncio.sleep(3600)                   # sleeps

async def quick():
    pass

async def grouped(future):
    if sys.version_info < (3, 11):
        return await future
    async with asyncio.TaskGroup() as group:    # grouped
        group.create_task(child(future)).set_name("grouped-1")

async def main():
    loop = asyncio.get_running_loop()
    # Code that has run often is other code in 3.11 and later.
    for _ in range(50):
        future = loop.create_future()
        loop.call_soon(future.set_result, None)
        await child(future)
    future = loop.create_future()
    task = asyncio.create_task
    first = task(child(future), name="first")
    everything = [
        first,
        task(waits_for(first), name="waits-for"),
        task(gathers(future), name="gathers"),
        task(walks(future), name="walks"),
        task(by_hand(future), name="by-hand"),
        task(grouped(future), name="grouped"),
    ]
    endless = task(sleeps(), name="sleeps")
    over = task(quick(), name="over")
    await asyncio.sleep(0.05)
    assert over.done()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline) # main
    blocks.set()
    endless.cancel()
    future.set_result(None)
    await asyncio.gather(*everything)

blocks = threading.Event()

def blocked():
    blocks.wait()                               # blocked

async def runs():
    await between_runs()                        # runs

async def between_runs():
    blocked()                                   # between_runs

def other():
    async def start():
        await asyncio.create_task(runs(), name="runs")
    asyncio.run(start())

thread = threading.Thread(target=other)
thread.start()
asyncio.run(main())
thread.join()
"#;

fn frames(names: &[&str], minor: u32) -> Vec<String> {
    names
        .iter()
        .map(|frame| {
            let (function, mark) = frame.split_once('@').unwrap_or((frame, frame));
            let function =
                if minor == 10 { function.rsplit('.').next().unwrap_or_default() } else { function };
            format!("{function}:{}", line_of(PROGRAM, mark))
        })
        .collect()
}

#[test]
fn tasks_are_named_and_their_stacks_are_right_to_the_line() {
    for interpreter in interpreters() {
        let (name, minor) = (interpreter.name(), interpreter.minor);
        let running = interpreter.start(PROGRAM, &[]);
        let wanted = [
            ("first", frames(&["leaf", "between", "child"], minor)),
            ("waits-for", frames(&["waits_for"], minor)),
            ("gathers", frames(&["gathers"], minor)),
            ("gathered-1", frames(&["leaf", "between", "child"], minor)),
            ("gathered-2", frames(&["leaf", "between", "child"], minor)),
            ("walks", frames(&["leaf", "agen", "walks"], minor)),
            ("by-hand", frames(&["Awaitable.__await__@dunder", "by_hand"], minor)),
            ("sleeps", frames(&["sleeps"], minor)),
            ("runs", frames(&["blocked", "between_runs", "runs"], minor)),
        ];
        let tasks: BTreeMap<String, TaskDump> = poll(&running, |dump| {
            let by_name: BTreeMap<String, TaskDump> =
                dump.tasks.iter().filter_map(|task| Some((task.name.clone()?, task.clone()))).collect();
            for (task, stack) in &wanted {
                let found = by_name.get(*task).map(|task| own(&task.frames));
                if found.as_ref() != Some(stack) {
                    let names: Vec<_> = by_name.keys().collect();
                    return Err(format!("{name}: {task}: {stack:?} {found:?} {names:?} {:?}", dump.issues));
                }
            }
            // It says that it is ready a moment before it waits.
            if !by_name.values().any(|task| own(&task.frames) == frames(&["main"], minor)) {
                return Err(format!("{name}: no main task"));
            }
            dump.issues.is_empty().then_some(by_name).ok_or(format!("{name}: {:?}", dump.issues))
        });
        assert!(!tasks.contains_key("over"), "{name}");
        let id = |task: &str| tasks[task].id;
        assert_eq!(tasks["waits-for"].awaits, [id("first")], "{name}");
        assert_eq!(tasks["first"].awaited_by, [id("waits-for")], "{name}");
        let mut members = vec![id("gathered-1"), id("gathered-2")];
        members.sort_unstable();
        assert_eq!(tasks["gathers"].awaits, members, "{name}");
        assert_eq!(tasks["gathered-1"].awaited_by, [id("gathers")], "{name}");
        if minor >= 11 {
            assert_eq!(own(&tasks["grouped-1"].frames), frames(&["leaf", "between", "child"], minor));
            assert!(own(&tasks["grouped"].frames).contains(&frames(&["grouped"], minor)[0]), "{name}");
        }
        if minor >= 14 {
            assert_eq!(tasks["grouped-1"].awaited_by, [id("grouped")], "{name}");
        }
        let state = |task: &str| tasks[task].state.as_str();
        assert_eq!(
            (state("first"), state("runs"), state("sleeps")),
            ("waiting", "running", "waiting"),
            "{name}"
        );
        let main = tasks.values().find(|task| own(&task.frames) == frames(&["main"], minor));
        let main = main.unwrap_or_else(|| panic!("{name}: no main task"));
        assert_eq!(main.thread, Some(running.pid), "{name}");
        assert!(tasks["runs"].thread.is_some_and(|tid| tid != running.pid), "{name}");
        assert_eq!(tasks["sleeps"].wait_reason.as_deref(), Some("_asyncio.Future"), "{name}");
        assert!(tasks.values().all(|task| !task.torn), "{name}");
        println!("{name}: {} tasks", tasks.len());
        running.ends_well();
    }
}
