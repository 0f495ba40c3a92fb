//! HotSpot's performance counters: a file that it maps and keeps current for tools like `jstat`, so that nothing has to
//! be asked. On unless `-XX:-UsePerfData` or `-XX:+PerfDisableSharedMem` was given.
//!
//! Source: `src/hotspot/share/runtime/perfMemory.hpp` (the head) and `perfData.hpp` (an entry) of OpenJDK.

use crate::runtime::{Counter, CounterSource};
use fathom_model::Unit;
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// How the folder of the file is named; the user's name follows.
const FOLDER: &str = "hsperfdata_";
const MAGIC: [u8; 4] = [0xca, 0xfe, 0xc0, 0xc0];
const LITTLE_ENDIAN: u8 = 1;
const MAJOR_VERSION: u8 = 2;
const HEAD_BYTES: usize = 32;
const ENTRY_HEAD_BYTES: usize = 20;
/// A JVM keeps 32 KiB (`-XX:PerfDataMemorySize`).
const MAX_FILE_BYTES: usize = 1 << 20;
/// Longest name, with its end.
const MAX_NAME_BYTES: usize = 256;
/// The type of an entry that is one number.
const LONG: u8 = b'J';
/// Units of time are ticks of this many a second.
const TICKS_PER_SECOND: &str = "sun.os.hrt.frequency";

/// The file of one process.
#[derive(Debug)]
pub(super) struct Counters {
    file: File,
}

impl Counters {
    /// The counters of a process; `None` if it keeps none, or they may not be read.
    pub(super) fn find(process: &ProcessView) -> Option<Self> {
        let (maps, _) = process.maps().ok()?;
        let map = maps.iter().find(|map| map.shared && is_counters(&map.path, process))?;
        let file = process.open_mapped(&map.path, map.inode, (map.start, map.end)).ok()?;
        Some(Self { file })
    }
}

/// `/tmp/hsperfdata_USER/PID`.
fn is_counters(path: &str, process: &ProcessView) -> bool {
    let mut words = path.trim_end_matches(" (deleted)").rsplit('/');
    let (name, folder) = (words.next(), words.next());
    let is_folder = folder.is_some_and(|folder| folder.starts_with(FOLDER));
    is_folder && name.and_then(|name| name.parse().ok()) == process.innermost_pid().ok()
}

impl CounterSource for Counters {
    fn read(&mut self) -> Vec<Counter> {
        let length = self.file.metadata().map_or(0, |metadata| metadata.len());
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0).min(MAX_FILE_BYTES)];
        match self.file.read_at(&mut bytes, 0) {
            Ok(n) => {
                bytes.truncate(n);
                read(&bytes)
            }
            Err(_) => Vec::new(),
        }
    }
}

/// What is worth a series, of the bytes of such a file.
pub(super) fn read(bytes: &[u8]) -> Vec<Counter> {
    let Some(numbers) = numbers(bytes) else { return Vec::new() };
    let sum = |wanted: &dyn Fn(&str) -> bool| {
        let mut found = numbers.iter().filter(|(name, _)| wanted(name)).map(|(_, value)| *value).peekable();
        found.peek().is_some().then(|| found.fold(0_i64, i64::saturating_add))
    };
    let one = |name: &str| numbers.get(name).copied();
    let nanos = |ticks: i64| {
        let frequency = one(TICKS_PER_SECOND).filter(|frequency| *frequency > 0)?;
        Some(i128::from(ticks) * 1_000_000_000 / i128::from(frequency)).map(|nanos| nanos as i64)
    };
    let of_heap = |name: &str, last: &str| {
        name.strip_prefix("sun.gc.generation.").is_some_and(|rest| rest.ends_with(last))
    };
    let of_collector = |name: &str, last: &str| {
        name.strip_prefix("sun.gc.collector.").is_some_and(|rest| rest.ends_with(last))
    };
    let told = [
        ("jvm.heap.used", Unit::Bytes, sum(&|name| of_heap(name, ".used"))),
        // A generation has a capacity of its own, and its spaces have theirs.
        (
            "jvm.heap.capacity",
            Unit::Bytes,
            sum(&|name| of_heap(name, ".capacity") && !name.contains(".space.")),
        ),
        ("jvm.metaspace.used", Unit::Bytes, one("sun.gc.metaspace.used")),
        ("jvm.collections_total", Unit::Count, sum(&|name| of_collector(name, ".invocations"))),
        (
            "jvm.collection_time_total",
            Unit::Nanoseconds,
            sum(&|name| of_collector(name, ".time")).and_then(nanos),
        ),
        ("jvm.safepoints_total", Unit::Count, one("sun.rt.safepoints")),
        ("jvm.safepoint_time_total", Unit::Nanoseconds, one("sun.rt.safepointTime").and_then(nanos)),
        ("jvm.compilation_time_total", Unit::Nanoseconds, one("java.ci.totalTime").and_then(nanos)),
        ("jvm.threads.live", Unit::Count, one("java.threads.live")),
        ("jvm.classes.loaded_total", Unit::Count, one("java.cls.loadedClasses")),
    ];
    let counter = |(name, unit, value): (&'static str, Unit, Option<i64>)| {
        // Nothing counted here is ever below zero; a file that is being made may be.
        Some(Counter { name, unit, value: value.filter(|value| *value >= 0)? as f64 })
    };
    told.into_iter().filter_map(counter).collect()
}

/// The entries that are one number, by name. `None` if it is no such file, or is not ready.
fn numbers(bytes: &[u8]) -> Option<BTreeMap<&str, i64>> {
    let head = bytes.get(..HEAD_BYTES)?;
    let is_little = head[4] == LITTLE_ENDIAN;
    if head[..4] != MAGIC || head[5] != MAJOR_VERSION {
        return None;
    }
    let word = |at: usize| -> Option<usize> {
        let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let word = if is_little { i32::from_le_bytes(bytes) } else { i32::from_be_bytes(bytes) };
        usize::try_from(word).ok()
    };
    let long = |at: usize| -> Option<i64> {
        let bytes: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
        Some(if is_little { i64::from_le_bytes(bytes) } else { i64::from_be_bytes(bytes) })
    };
    let (mut at, n_entries) = (word(24)?, word(28)?);
    let mut numbers = BTreeMap::new();
    for _ in 0..n_entries {
        let Some(length) = word(at).filter(|length| *length >= ENTRY_HEAD_BYTES) else { break };
        let entry = || -> Option<(&str, i64)> {
            let (name_at, data_at) = (at.checked_add(word(at + 4)?)?, at.checked_add(word(at + 16)?)?);
            // A number of entries above 1 would be an array of them.
            if *bytes.get(at + 12)? != LONG || word(at + 8)? != 0 {
                return None;
            }
            let name = bytes.get(name_at..)?;
            let name = &name[..name.len().min(MAX_NAME_BYTES)];
            let name = &name[..name.iter().position(|byte| *byte == 0)?];
            Some((std::str::from_utf8(name).ok()?, long(data_at)?))
        };
        numbers.extend(entry());
        at = at.checked_add(length)?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these entries of numbers, as JDK 17 writes it on x86-64.
    fn file(entries: &[(&str, i64)]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([LITTLE_ENDIAN, MAJOR_VERSION, 0, 1]);
        bytes.extend([0; 16]);
        bytes.extend(32_i32.to_le_bytes());
        bytes.extend((entries.len() as i32).to_le_bytes());
        for (name, value) in entries {
            let data = (ENTRY_HEAD_BYTES + name.len() + 1).next_multiple_of(8);
            for word in [data + 8, ENTRY_HEAD_BYTES, 0] {
                bytes.extend((word as i32).to_le_bytes());
            }
            bytes.extend([LONG, 1, 2, 3]);
            bytes.extend((data as i32).to_le_bytes());
            bytes.extend(name.as_bytes());
            bytes.resize(bytes.len() + data - ENTRY_HEAD_BYTES - name.len(), 0);
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    fn value(counters: &[Counter], name: &str) -> Option<f64> {
        counters.iter().find(|counter| counter.name == name).map(|counter| counter.value)
    }

    #[test]
    fn counters_are_summed_and_ticks_are_time() {
        let bytes = file(&[
            ("sun.os.hrt.frequency", 1_000_000),
            ("sun.gc.generation.0.capacity", 300),
            ("sun.gc.generation.0.space.0.capacity", 100),
            ("sun.gc.generation.0.space.0.used", 40),
            ("sun.gc.generation.1.space.0.used", 2),
            ("sun.gc.collector.0.invocations", 3),
            ("sun.gc.collector.1.invocations", 4),
            ("sun.gc.collector.0.time", 5_000),
            ("java.threads.live", 28),
        ]);
        let counters = read(&bytes);
        assert_eq!(value(&counters, "jvm.heap.used"), Some(42.0));
        assert_eq!(value(&counters, "jvm.heap.capacity"), Some(300.0));
        assert_eq!(value(&counters, "jvm.collections_total"), Some(7.0));
        assert_eq!(value(&counters, "jvm.collection_time_total"), Some(5e6));
        assert_eq!(value(&counters, "jvm.threads.live"), Some(28.0));
        assert_eq!(value(&counters, "jvm.safepoints_total"), None);
    }

    #[test]
    fn damaged_files_tell_nothing_wrong() {
        let whole = file(&[("java.threads.live", 28), ("sun.rt.safepoints", 9)]);
        for length in 0..whole.len() {
            let counters = read(&whole[..length]);
            assert!(value(&counters, "java.threads.live").is_none_or(|value| value == 28.0));
        }
        assert_eq!(read(b"no counters, but long enough for the head of some").len(), 0);
        let mut endless = whole.clone();
        endless[28..32].copy_from_slice(&i32::MAX.to_le_bytes());
        assert_eq!(read(&endless).len(), 2);
        let mut circle = whole;
        circle[32..36].copy_from_slice(&0_i32.to_le_bytes());
        assert_eq!(read(&circle).len(), 0);
        assert_eq!(read(&file(&[("sun.os.hrt.frequency", 0), ("java.ci.totalTime", 5)])).len(), 0);
    }
}
