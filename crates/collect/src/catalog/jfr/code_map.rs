//! Where the compiled methods of a JVM are: its perf map, asked for now and then while it is recorded.
//!
//! `Compiler.perfmap` (JDK 17 and later) writes `/tmp/perf-PID.map`: one line for each piece of compiled code, stub and
//! the interpreter. It takes the code cache's lock for the time of writing and stops no thread that runs Java code. The
//! kernel's samples then know the method they are in, also where JFR cannot look. A map that is there already is
//! somebody's, and is not touched.

use super::step::is_alive;
use crate::collector::{Collector, ToldCode};
use crate::guardian::Guardian;
use fathom_model::{FrameKind, NamedFrame, ProcessId};
use fathom_runtimes::catalog::{Attach, file_of_class, kind_of_class};
use fathom_symbols::PerfMap;
use fathom_sys::process_view::{Folder, OpenRules, ProcessView};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

/// The first JDK that can.
const FIRST_FEATURE: u32 = 17;
/// From the first map, at once, to the second; later pauses are twice as long as the one before. Code of a program that
/// warms up is replaced within seconds.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);
const LIMIT: Duration = Duration::from_secs(10);
const MAX_ANSWER_BYTES: usize = 64 << 10;
/// 240 MB of code, the largest code cache, have about 200,000 lines.
const MAX_MAP_BYTES: u64 = 64 << 20;

/// The map that is being written, for the guardian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MapStep {
    pid: i32,
    start_ticks: u64,
    uid: u32,
    /// Number of the process in its own namespace.
    map_of: i32,
}

impl MapStep {
    fn name(&self) -> String {
        format!("perf-{}.map", self.map_of)
    }

    pub(super) fn of_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// Removes the map of a process that is still there; after its end the number may be another's.
    pub(super) fn undo(&self) -> Result<(), String> {
        if !is_alive(self.pid, self.start_ticks) {
            return Ok(());
        }
        let failed = |error: io::Error| format!("/tmp/{} of process {}: {error}", self.name(), self.pid);
        let temp = ProcessView::Live(self.pid).folder_in_root(Path::new("/tmp")).map_err(failed)?;
        self.remove(&temp).map_err(failed)
    }

    fn remove(&self, temp: &Folder) -> io::Result<()> {
        match temp.entry(&self.name())? {
            Some(entry) if entry.uid == self.uid => temp.remove_file(&self.name()),
            _ => Ok(()),
        }
    }
}

/// All maps of one recording, the later ones over the earlier.
#[derive(Debug, Default)]
pub(super) struct CodeMap {
    next: Option<Instant>,
    pause: Duration,
    pieces: Vec<ToldCode>,
    text: PerfMap,
}

impl CodeMap {
    pub(super) fn new(attach: &Attach) -> Self {
        let can = attach.feature().is_some_and(|feature| feature >= FIRST_FEATURE);
        Self {
            next: can.then(Instant::now),
            pause: FIRST_PAUSE / 2,
            pieces: Vec::new(),
            text: PerfMap::default(),
        }
    }

    /// Asks if it is time to.
    pub(super) fn look(&mut self, attach: &Attach, collector: &dyn Collector, guardian: &Guardian) {
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.ask(attach, collector, guardian);
            self.pause = (self.pause * 2).min(LAST_PAUSE);
            self.next = self.next.map(|_| Instant::now() + self.pause);
        }
    }

    /// Asks for the last time; gives what was said in all.
    pub(super) fn end(
        mut self,
        process: ProcessId,
        attach: &Attach,
        collector: &dyn Collector,
        guardian: &Guardian,
    ) -> Vec<ToldCode> {
        if self.next.is_some() && is_alive(attach.pid(), attach.start_ticks()) {
            self.ask(attach, collector, guardian);
        }
        for (start, end, name) in self.text.ranges() {
            self.pieces.push(ToldCode { process, addresses: start..end, frame: named(name) });
        }
        self.pieces
    }

    /// A JVM that does not answer, or whose map cannot be had, is not asked again.
    fn ask(&mut self, attach: &Attach, collector: &dyn Collector, guardian: &Guardian) {
        if self.try_to_ask(attach, collector, guardian).is_none() {
            self.next = None;
        }
    }

    fn try_to_ask(&mut self, attach: &Attach, collector: &dyn Collector, guardian: &Guardian) -> Option<()> {
        let map_of = ProcessView::Live(attach.pid()).status().ok()?.innermost_pid();
        let uid = attach.owner().uid;
        let step = MapStep { pid: attach.pid(), start_ticks: attach.start_ticks(), uid, map_of };
        let temp = attach.temp();
        // Somebody else's, who still wants it.
        if temp.entry(&step.name()).ok()?.is_some() {
            return None;
        }
        let promise = guardian.promise(collector.id(), &serde_json::to_string(&step).ok()?).ok()?;
        let answer = attach.command("Compiler.perfmap", LIMIT, MAX_ANSWER_BYTES);
        let bytes = answer.ok().and_then(|_| {
            let rules = OpenRules::written_by(uid, MAX_MAP_BYTES);
            let mut bytes = Vec::new();
            temp.open_file(&step.name(), &rules).ok()?.take(MAX_MAP_BYTES).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        });
        if step.remove(temp).is_ok() {
            promise.done();
        }
        self.text.append(&bytes?);
        Some(())
    }
}

/// `double Busy.hot(int)` as a frame; stubs and the interpreter keep their names.
fn named(name: &str) -> NamedFrame {
    let method = name.split_once('(').and_then(|(before, _)| before.rsplit(' ').next());
    let (function, file, kind) = match method.and_then(|method| Some((method, method.rsplit_once('.')?.0))) {
        Some((method, class)) => (method, file_of_class(class), kind_of_class(class)),
        None if name == "Interpreter" => (name, None, FrameKind::Interpreter),
        None => (name, None, FrameKind::Runtime),
    };
    NamedFrame {
        function: function.to_owned(),
        file,
        line: None,
        column: None,
        function_start_line: None,
        kind,
        runtime: "jvm".to_owned(),
        inlined: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::Owner;

    #[test]
    fn lines_of_a_map_are_methods_stubs_and_the_interpreter() {
        let of = |name: &str| {
            let frame = named(name);
            (frame.function, frame.kind)
        };
        assert_eq!(of("double Busy.hot(int)"), ("Busy.hot".to_owned(), FrameKind::User));
        assert_eq!(
            of("void java.lang.String.<init>(byte[], byte)"),
            ("java.lang.String.<init>".to_owned(), FrameKind::Library)
        );
        assert_eq!(of("Interpreter").1, FrameKind::Interpreter);
        assert_eq!(of("StubRoutines (1)"), ("StubRoutines (1)".to_owned(), FrameKind::Runtime));
    }

    #[test]
    fn the_map_of_another_process_is_not_touched() {
        let us = ProcessView::Live(std::process::id() as i32);
        let stat = us.stat().expect("linux");
        let (uid, gid) = us.status().map(|status| (status.uids[1], status.gids[1])).expect("linux");
        let pid = std::process::id() as i32;
        // No process has a number this high.
        let map_of = i32::MAX - pid;
        let step = MapStep { pid, start_ticks: stat.start_ticks, uid, map_of };
        let temp = us.folder_in_root(Path::new("/tmp")).expect("/tmp");
        let is_there = || temp.entry(&step.name()).expect("/tmp").is_some();
        temp.create_file(&step.name(), Owner { uid, gid }, b"").expect("a file");
        let other = MapStep { start_ticks: stat.start_ticks + 1, ..step.clone() };
        assert_eq!((other.undo(), is_there()), (Ok(()), true));
        let others = MapStep { uid: uid + 1, ..step.clone() };
        assert_eq!((others.undo(), is_there()), (Ok(()), true));
        let line = serde_json::to_string(&step).expect("a line");
        assert_eq!(MapStep::of_line(&line), Some(step.clone()));
        assert_eq!((step.undo(), is_there()), (Ok(()), false));
    }
}
