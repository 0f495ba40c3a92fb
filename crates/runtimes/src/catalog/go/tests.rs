//! The reader against memory made here, sound and not.

use super::*;
use fathom_symbols::{Bytes, Pclntab};
use fathom_sys::process_view::RecordedProcess;
use find::Program;
use proptest::prelude::*;

const BASE: u64 = 0xc0_0000_0000;
const BYTES: usize = 64 << 10;
const CODE: u64 = 0x40_0000;
/// Bytes of each function's code.
const FUNCTION: u64 = 0x100;
/// Name, flags (1: outermost), and bytes up to the return address.
const FUNCTIONS: [(&str, u8, u32); 4] =
    [("runtime.goexit", 1, 0), ("runtime.main", 0, 24), ("main.main", 0, 40), ("runtime.gopark", 0, 8)];

/// A function table of the layout of Go 1.20.
fn table() -> Pclntab {
    let mut names = vec![0];
    let mut values = vec![0];
    let mut records = Vec::new();
    let list_bytes = FUNCTIONS.len() as u32 * 8 + 4;
    let mut list = Vec::new();
    for (index, (name, flags, depth)) in (0u32..).zip(FUNCTIONS) {
        list.extend((index * FUNCTION as u32).to_le_bytes());
        list.extend((list_bytes + records.len() as u32).to_le_bytes());
        let mut record = [0; 44];
        record[..4].copy_from_slice(&(index * FUNCTION as u32).to_le_bytes());
        record[4..8].copy_from_slice(&(names.len() as u32).to_le_bytes());
        record[16..20].copy_from_slice(&(values.len() as u32).to_le_bytes());
        record[41] = flags;
        records.extend(record);
        names.extend(name.bytes().chain([0]));
        // The difference to -1 as a zigzag number, then the code's length, then the end.
        values.extend([2 * (depth + 1) as u8, 0x80, 2, 0]);
    }
    list.extend((FUNCTIONS.len() as u32 * FUNCTION as u32).to_le_bytes());
    let header_bytes = 8 + 8 * 8u64;
    let after_names = header_bytes + names.len() as u64;
    let after_values = after_names + values.len() as u64;
    let mut bytes = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    for word in
        [FUNCTIONS.len() as u64, 1, CODE, header_bytes, header_bytes, header_bytes, after_names, after_values]
    {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(names.into_iter().chain(values).chain(list).chain(records));
    let (table, issues) = Pclntab::parse(Bytes::from(bytes), CODE, None);
    assert!(issues.is_empty(), "{issues:?}");
    table
}

fn dump_of(memory: Vec<u8>, minor: u32) -> Result<RuntimeDump, ReadError> {
    let mut recorded = RecordedProcess::new(1, BTreeMap::new());
    recorded.add_memory(BASE, memory);
    let build = build_info::BuildInfo { version: format!("go1.{minor}"), main_module: None };
    let program = Program::for_test(table(), BASE..BASE + BYTES as u64, BASE);
    let mut reader = GoReader {
        names: Names::new(&program.table, None, minor),
        found: Found { path: "program".to_owned(), build, program },
        minor,
        layout: layout::table_of(minor).expect("a release with a table"),
        list: BASE,
        by_symbol: true,
    };
    reader.dump(&ProcessView::Recorded(recorded))
}

/// Memory with these words, zero elsewhere.
fn memory(words: &[(u64, u64)]) -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    for (address, word) in words {
        let at = (address - BASE) as usize;
        bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// One goroutine that waits in `main.main`.
fn one_goroutine(minor: u32) -> Vec<(u64, u64)> {
    let layout = layout::table_of(minor).expect("a release with a table");
    let (g, stack) = (BASE + 0x1000, BASE + 0x2000);
    let code = |index: u64| CODE + FUNCTION * index + 0x20;
    let at = |offset: usize| g + offset as u64;
    vec![
        (BASE, BASE + 0x100),
        (BASE + 8, 1),
        (BASE + 16, 1),
        (BASE + 0x100, g),
        (at(layout::STACK_LOW), stack),
        (at(layout::STACK_HIGH), stack + 0x100),
        (at(layout::SCHED_SP), stack + 0x40),
        (at(layout::SCHED_PC), code(3)),
        (at(layout::SCHED_G), g),
        (at(layout.status), 4 | 0x1000),
        (at(layout.id), 1),
        (at(layout.wait_reason), 2),
        (at(layout.start), CODE + FUNCTION),
        (stack + 0x48, code(2)),
        (stack + 0x50 + 40, code(1)),
        (stack + 0x80 + 24, CODE + 1),
    ]
}

#[test]
fn a_parked_goroutine_has_its_stack_by_the_depths_of_the_table() {
    for minor in layout::FIRST_MINOR..=layout::LAST_MINOR {
        let dump = dump_of(memory(&one_goroutine(minor)), minor).unwrap_or_default();
        assert_eq!(dump.issues, [""; 0], "1.{minor}");
        let [task] = dump.tasks.as_slice() else { panic!("1.{minor}: {dump:?}") };
        let names: Vec<&str> = task.frames.iter().map(|frame| frame.function.as_str()).collect();
        assert_eq!(names, ["runtime.gopark", "main.main", "runtime.main"], "1.{minor}");
        assert_eq!(
            (task.id, task.state.as_str(), task.wait_reason.as_deref()),
            (1, "waiting", Some("IO wait"))
        );
        assert!(!task.torn && task.incomplete.is_none() && !task.is_runtimes_own, "1.{minor}: {task:?}");
    }
}

#[test]
fn a_stack_that_leads_nowhere_says_so_and_keeps_what_is_sound() {
    let mut words = one_goroutine(26);
    for (address, _) in words.clone() {
        let damaged = words.iter().map(|(at, word)| (*at, if *at == address { 0x7777 } else { *word }));
        // Whatever is damaged: an error, another goroutine, fewer frames, but no frame that is not there.
        let dump = dump_of(memory(&damaged.collect::<Vec<_>>()), 26).unwrap_or_default();
        for frame in dump.tasks.iter().flat_map(|task| &task.frames) {
            assert!(FUNCTIONS.iter().any(|(name, ..)| frame.function == *name), "{frame:?}");
        }
    }
    words.retain(|(_, word)| *word != CODE + FUNCTION + 0x20);
    let dump = dump_of(memory(&words), 26).unwrap_or_default();
    let [task] = dump.tasks.as_slice() else { panic!("{dump:?}") };
    assert_eq!(task.frames.len(), 2);
    assert!(task.incomplete.as_ref().is_some_and(|why| why.contains("no Go function")), "{task:?}");
}

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => (0..BYTES as u64 / 8).prop_map(|at| BASE + 8 * at),
        2 => (0..FUNCTION * FUNCTIONS.len() as u64).prop_map(|at| CODE + at),
        1 => (0..BYTES as u64).prop_map(|at| BASE + at),
        3 => 0..16u64,
        1 => any::<u64>(),
    ]
}

proptest! {
    /// Goroutines that are stacks and lists at once, rings of waiters, labels of any length.
    #[test]
    fn any_memory_gives_a_dump_or_an_error(
        words in proptest::collection::vec(word(), 1..200),
        minor in layout::FIRST_MINOR..=layout::LAST_MINOR,
    ) {
        let bytes = words.iter().cycle().take(BYTES / 8).flat_map(|word| word.to_le_bytes()).collect();
        if let Ok(dump) = dump_of(bytes, minor) {
            prop_assert!(dump.tasks.len() <= BYTES / 8);
        }
    }

    /// A list that is one, of goroutines that are none: words of each are taken from `words`.
    #[test]
    fn any_goroutine_gives_known_functions_or_none(
        words in proptest::collection::vec(word(), 60..200),
        changed in proptest::collection::vec((0..BYTES / 8, word()), 0..20),
        minor in layout::FIRST_MINOR..=layout::LAST_MINOR,
    ) {
        let mut bytes: Vec<u8> =
            words.iter().cycle().take(BYTES / 8).flat_map(|word| word.to_le_bytes()).collect();
        let sound = one_goroutine(minor);
        let changed = changed.iter().map(|(at, word)| (BASE + 8 * *at as u64, *word));
        for (address, word) in sound.into_iter().chain(changed) {
            let at = (address - BASE) as usize;
            bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
        let dump = dump_of(bytes, minor).unwrap_or_default();
        for frame in dump.tasks.iter().flat_map(|task| &task.frames) {
            prop_assert!(FUNCTIONS.iter().any(|(name, ..)| frame.function == *name), "{frame:?}");
        }
    }
}

#[test]
fn a_list_that_is_longer_than_the_memory_is_an_error() {
    let endless = dump_of(memory(&[(BASE, BASE), (BASE + 8, u64::MAX)]), 26);
    assert!(endless.is_err_and(|error| error.to_string().contains("the list of goroutines")));
}

#[test]
fn versions_in_the_words_of_people() {
    assert_eq!(spoken("go1.26.8 X:nodwarf5"), "Go 1.26.8 X:nodwarf5");
    assert_eq!(spoken("devel go1.28-abc"), "Go devel go1.28-abc");
}

#[test]
fn what_the_runtime_begins_for_itself() {
    assert!(is_runtimes_own("runtime.bgsweep") && is_runtimes_own("runtime.gcBgMarkWorker"));
    assert!(!is_runtimes_own("runtime.main") && !is_runtimes_own("main.main.func1"));
}
