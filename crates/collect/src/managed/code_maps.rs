//! Names of code that runtimes compile while they run: perf maps, followed while they grow.
//!
//! A map has no times, and code that is freed makes room for other code. Therefore it is read on as the recording goes
//! and each frame gets the name that its address has at that moment; a map read at the end would give later names to
//! earlier samples. The file stays open, so that what a process wrote before it ended can still be read.

use fathom_model::{NamedFrame, Pid, RawFrame};
use fathom_runtimes::{CodeName, catalog};
use fathom_symbols::PerfMap;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::process_view::{OpenRules, ProcessView};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Largest map that is read; the TypeScript compiler writes some megabytes.
const MAX_MAP_BYTES: u64 = 512 << 20;
/// Most bytes that are read at once; the rest follows at the next look.
const MAX_STEP_BYTES: usize = 8 << 20;
/// How often a map is looked at for a frame without a name.
const MISS_NANOS: i64 = 5_000_000;
/// Pause before a process without a map is asked again, doubled each time.
const FIRST_PAUSE_NANOS: i64 = 20_000_000;
const LAST_PAUSE_NANOS: i64 = 2_000_000_000;

/// The map of one process.
#[derive(Debug)]
struct CodeMap {
    file: Option<File>,
    /// Next try, while there is no file.
    next_try_nanos: i64,
    pause_nanos: i64,
    /// Bytes of the file that have been taken.
    taken: u64,
    read_nanos: i64,
    map: PerfMap,
    /// Frames by line of the map; `None` for lines that no runtime understands.
    known: HashMap<u32, Option<Compiled>>,
}

/// A frame of compiled code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compiled {
    /// As it stands in stacks.
    pub(crate) frame: RawFrame,
    /// How it is executed, where the runtime tells.
    pub(crate) tier: Option<&'static str>,
}

/// The maps of all processes.
#[derive(Debug, Default)]
pub(crate) struct CodeMaps {
    maps: HashMap<Pid, CodeMap>,
    /// Samples by the version of their innermost function.
    tiers: BTreeMap<&'static str, u64>,
}

impl CodeMaps {
    /// The code at `address` as it is now; `number` gives a new frame its place in stacks.
    ///
    /// # Errors
    /// Those of `number`.
    pub(crate) fn at<E>(
        &mut self,
        pid: Pid,
        address: u64,
        number: impl FnOnce(NamedFrame) -> Result<RawFrame, E>,
    ) -> Result<Option<Compiled>, E> {
        let now = monotonic_nanos();
        let map = self.maps.entry(pid).or_insert_with(CodeMap::new);
        if map.map.line_at(address).is_none() && now - map.read_nanos > MISS_NANOS {
            map.read(pid, now);
        }
        let Some((line, name)) = map.map.line_at(address) else { return Ok(None) };
        if let Some(known) = map.known.get(&line) {
            return Ok(*known);
        }
        let written =
            catalog::all().iter().find_map(|runtime| Some((runtime.id(), runtime.code_name(name)?)));
        let compiled = match written {
            Some((runtime, code)) => {
                let tier = code.tier;
                Some(Compiled { frame: number(named(code, runtime))?, tier })
            }
            None => None,
        };
        map.known.insert(line, compiled);
        Ok(compiled)
    }

    /// Reads on what has been written, before the samples of the time since are named.
    pub(crate) fn read_on(&mut self) {
        let now = monotonic_nanos();
        for (pid, map) in &mut self.maps {
            if map.file.is_some() {
                map.read(*pid, now);
            }
        }
    }

    /// Counts a sample whose innermost function is of this version.
    pub(crate) fn count(&mut self, tier: &'static str) {
        *self.tiers.entry(tier).or_default() += 1;
    }

    /// The process runs another program now.
    pub(crate) fn forget(&mut self, pid: Pid) {
        self.maps.remove(&pid);
    }

    /// Forgets processes that are gone.
    pub(crate) fn keep(&mut self, is_alive: impl Fn(Pid) -> bool) {
        self.maps.retain(|pid, _| is_alive(*pid));
    }

    /// How the samples' code was executed, a sentence.
    pub(crate) fn note(&self) -> Option<String> {
        let all: u64 = self.tiers.values().sum();
        (all > 0).then_some(())?;
        let mut tiers: Vec<(&str, u64)> = self.tiers.iter().map(|(tier, n)| (*tier, *n)).collect();
        tiers.sort_by_key(|(tier, n)| (std::cmp::Reverse(*n), *tier));
        let shares: Vec<String> =
            tiers.iter().map(|(tier, n)| format!("{:.0} % {tier}", *n as f64 * 100.0 / all as f64)).collect();
        Some(format!("Code that ran as JavaScript, by its samples: {}.", shares.join(", ")))
    }
}

impl CodeMap {
    fn new() -> Self {
        Self {
            file: None,
            next_try_nanos: 0,
            pause_nanos: FIRST_PAUSE_NANOS,
            taken: 0,
            read_nanos: i64::MIN / 2,
            map: PerfMap::default(),
            known: HashMap::new(),
        }
    }

    fn read(&mut self, pid: Pid, now: i64) {
        self.read_nanos = now;
        if self.file.is_none() {
            if now < self.next_try_nanos {
                return;
            }
            self.next_try_nanos = now + self.pause_nanos;
            self.pause_nanos = (self.pause_nanos * 2).min(LAST_PAUSE_NANOS);
            self.file = open(pid);
        }
        let Some(file) = &self.file else { return };
        // The target may have made it sparse, or cut it, meanwhile.
        let Some(length) =
            file.metadata().ok().map(|metadata| metadata.len()).filter(|n| *n <= MAX_MAP_BYTES)
        else {
            return;
        };
        while self.taken < length {
            let wanted = usize::try_from(length - self.taken).unwrap_or(MAX_STEP_BYTES).min(MAX_STEP_BYTES);
            let mut bytes = vec![0; wanted];
            let Ok(n_read) = file.read_at(&mut bytes, self.taken) else { return };
            let n_taken = self.map.append(&bytes[..n_read]);
            self.taken += n_taken as u64;
            if n_taken == 0 {
                // Half a line; or one that is longer than anybody writes, which ends the reading.
                if n_read == MAX_STEP_BYTES {
                    self.taken = u64::MAX;
                }
                return;
            }
        }
    }
}

/// The map that a process writes: in its own root under its own number.
fn open(pid: Pid) -> Option<File> {
    let view = ProcessView::Live(pid);
    let status = view.status().ok()?;
    let rules = OpenRules::written_by(status.uids[1], MAX_MAP_BYTES);
    let path = format!("/tmp/perf-{}.map", status.innermost_pid());
    view.open_in_root(Path::new(&path), &rules).ok()
}

fn named(code: CodeName, runtime: &str) -> NamedFrame {
    NamedFrame {
        function: code.function,
        file: Some(code.file).filter(|file| !file.is_empty()),
        // The map tells where a function begins, not which line of it runs.
        line: None,
        column: None,
        function_start_line: code.line,
        kind: code.kind,
        runtime: runtime.to_owned(),
        inlined: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of_lines(text: &str) -> (CodeMaps, tempfile::NamedTempFile) {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(text.as_bytes()).expect("room");
        let mut maps = CodeMaps::default();
        let opened = file.reopen().expect("it is there");
        maps.maps.insert(7, CodeMap { file: Some(opened), ..CodeMap::new() });
        (maps, file)
    }

    fn name(maps: &mut CodeMaps, address: u64) -> Option<String> {
        let mut words = Vec::new();
        let number = |frame: NamedFrame| {
            words.push(frame.function);
            Ok::<_, std::convert::Infallible>(RawFrame { module: None, address: 1 })
        };
        let Ok(found) = maps.at(7, address, number);
        let tier = found?.tier.unwrap_or("-");
        Some(words.pop().map_or("known".to_owned(), |function| format!("{function} {tier}")))
    }

    #[test]
    fn a_frame_has_the_name_of_its_moment() {
        let (mut maps, mut file) =
            of_lines("1000 100 JS:~f /a.js:1:1\n2000 10 py::g:/a.py\n3000 10 JS:^h /a");
        assert_eq!(name(&mut maps, 0x1010).as_deref(), Some("f interpreted"));
        assert_eq!(name(&mut maps, 0x2000), None, "no runtime writes that");
        assert_eq!(name(&mut maps, 0x3000), None, "half a line");
        file.write_all(b".js:9:9\n1000 80 JS:*g /a.js:5:1\n").expect("room");
        maps.read_on();
        assert_eq!(name(&mut maps, 0x1010).as_deref(), Some("g optimised by TurboFan"));
        assert_eq!(name(&mut maps, 0x1090).as_deref(), Some("known"), "f, as before");
        assert_eq!(name(&mut maps, 0x3000).as_deref(), Some("h baseline"));
        // The file may be cut under the reader.
        file.as_file().set_len(3).expect("it is ours");
        maps.read_on();
        assert_eq!(name(&mut maps, 0x3000).as_deref(), Some("known"));
        maps.keep(|_| false);
        assert_eq!(name(&mut maps, 0x3000), None);
    }

    #[test]
    fn versions_are_counted() {
        let mut maps = CodeMaps::default();
        assert_eq!(maps.note(), None);
        for tier in ["interpreted", "baseline", "interpreted", "interpreted"] {
            maps.count(tier);
        }
        assert_eq!(
            maps.note().as_deref(),
            Some("Code that ran as JavaScript, by its samples: 75 % interpreted, 25 % baseline.")
        );
    }
}
