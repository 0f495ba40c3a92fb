//! A process that was recorded, memory and all, is read as it is while it lives; and damaged, without harm.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::{Detection, Locals, RuntimeDump};
use fathom_sys::process_view::{OpenRules, ProcessView, RecordedProcess};
use python_support::{interpreters, own, poll, python};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const PROGRAM: &str = r#"import asyncio, sys

async def waits(event):
    await event.wait()

async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(event), name=f"waiter-{n}") for n in range(3)]
    await asyncio.sleep(0)
    blocks({"answer": 42})
    event.set()
    await asyncio.gather(*tasks)

def blocks(values):
    print("ready", flush=True)
    sys.stdin.readline()

asyncio.run(main())
"#;

/// Bytes of a piece of memory.
const PIECE: usize = 1 << 20;
/// Larger mappings are left out; free-threaded builds have some of 1 GiB.
const LARGEST: u64 = 2 << 30;

/// Pieces of memory by address, and the files below `/proc/PID` and its root that a reader asks for.
struct Recording {
    pid: i32,
    files: BTreeMap<String, Vec<u8>>,
    memory: BTreeMap<u64, Vec<u8>>,
}

impl Recording {
    fn of(live: &ProcessView) -> Self {
        let tids = live.threads().expect("it lives");
        let names = tids.iter().flat_map(|tid| [format!("task/{tid}/status"), format!("task/{tid}/stat")]);
        let mut files: BTreeMap<String, Vec<u8>> = names
            .chain(["maps".to_owned(), "status".to_owned()])
            .map(|name| (name.clone(), live.read(&name).expect("it lives")))
            .collect();
        let program = live.executable().expect("it lives");
        files.insert("exe".to_owned(), program.into_os_string().into_encoded_bytes());
        let mut memory = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for map in live.maps().expect("it lives").0 {
            let is_of_interest = map.path.contains("ython") || map.path.contains("_asyncio");
            if is_of_interest && map.is_file() && seen.insert(map.path.clone()) {
                let bytes = live.read_in_root(Path::new(&map.path), &OpenRules::BINARY).expect("a file");
                files.insert(format!("root{}", map.path), bytes);
            }
            // Other libraries hold nothing that a reader of Python looks at.
            if map.readable && (is_of_interest || map.writable) && map.size_bytes() <= LARGEST {
                for start in (map.start..map.end).step_by(PIECE) {
                    let mut bytes = vec![0; PIECE.min((map.end - start) as usize)];
                    let n = live.read_memory(start, &mut bytes).unwrap_or(0);
                    bytes.truncate(n);
                    // Of the largest ones most was never used.
                    if bytes.iter().any(|byte| *byte != 0) {
                        memory.insert(start, bytes);
                    }
                }
            }
        }
        Self { pid: live.pid(), files, memory }
    }

    fn view(&self, change: impl Fn(u64, &mut Vec<u8>)) -> ProcessView {
        let mut recorded = RecordedProcess::new(self.pid, self.files.clone());
        for (address, bytes) in &self.memory {
            let mut bytes = bytes.clone();
            change(*address, &mut bytes);
            recorded.add_memory(*address, bytes);
        }
        ProcessView::Recorded(recorded)
    }
}

fn read(view: &ProcessView) -> Option<RuntimeDump> {
    match python().detect(view) {
        Detection::Ready(mut reader) => {
            reader.read_locals(Locals::Redacted);
            reader.dump(view).ok()
        }
        Detection::Absent | Detection::Unreadable { .. } => None,
    }
}

#[test]
fn a_recorded_process_is_read_as_a_live_one() {
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(PROGRAM, &[]);
        poll(&running, |dump| {
            let is_there = dump.threads.len() == 1 && own(&dump.threads[0].frames).len() == 3;
            (is_there && dump.tasks.len() == 4).then_some(()).ok_or(format!("{name}: {dump:?}"))
        });
        let live = read(&running.view()).expect("it can be read");
        let recording = Recording::of(&running.view());
        let recorded = read(&recording.view(|_, _| {}));
        assert_eq!(recorded.as_ref(), Some(&live), "{name}");
        assert!(
            live.threads[0].locals.iter().flatten().any(|local| local.value == "{'answer': 42}"),
            "{name}"
        );
        println!("{name}: {} bytes", recording.memory.values().map(Vec::len).sum::<usize>());
        running.ends_well();
    }
}

/// Numbers that look random and are the same in each run.
fn scrambled(number: u64) -> u64 {
    let mixed = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
}

#[test]
fn damaged_memory_costs_issues_not_a_hang() {
    for interpreter in interpreters().into_iter().filter(|interpreter| interpreter.root.is_none()) {
        let running = interpreter.start(PROGRAM, &[]);
        let recording = Recording::of(&running.view());
        running.ends_well();
        for case in 0..6u64 {
            // Of all words in memory that can be written one in so many becomes another that stands nearby.
            let one_in = [20_000, 5_000, 1_000, 200, 50, 10][case as usize];
            let damaged = recording.view(|address, bytes| {
                let words = bytes.len() / 8;
                for at in 0..words {
                    let random = scrambled(address.wrapping_add(at as u64) ^ case << 48);
                    if random.is_multiple_of(one_in) {
                        let from = (at + (random >> 20) as usize % 4096) % words;
                        bytes.copy_within(from * 8..from * 8 + 8, at * 8);
                    }
                }
            });
            let dump = read(&damaged).unwrap_or_default();
            assert!(dump.threads.iter().all(|thread| thread.locals.len() == thread.frames.len()));
        }
    }
}
