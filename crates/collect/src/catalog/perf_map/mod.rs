//! Perf maps of launched programs: files of names that runtimes write for the code they compile while running.
//!
//! Fathom makes the runtimes of a launched program write them, by variables of its environment, and reads them while
//! it records. The files stand in `/tmp` and nobody else removes them: each is promised to the guardian as soon as its
//! process is seen, and goes when Fathom ends. Maps that the user asked for himself are left alone.

use crate::collector::{Answers, Ask, Collector, Inquiry, Methods, Readiness, Rung};
use crate::guardian::Promise;
use fathom_model::{CollectorUse, Pid, ProcessId, Signal};
use fathom_runtimes::catalog;
use fathom_sys::limits::effective_uid;
use fathom_sys::process_view::ProcessView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{SystemTime, UNIX_EPOCH};

const ID: &str = "perf-map";
/// Most processes whose maps are promised one by one; a build starts thousands.
const MAX_PROMISES: usize = 4_096;

/// Perf maps.
pub(super) struct PerfMaps;

impl Collector for PerfMaps {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "names of the code that launched Node.js programs compile, so that JavaScript stands in native stacks"
    }

    fn provides(&self) -> &'static [Signal] {
        &[]
    }

    fn overhead(&self) -> &'static str {
        "V8 writes a line for each function that it compiles"
    }

    fn how(&self, _: &Methods) -> String {
        // It tells at the end.
        String::new()
    }

    fn probe(&self) -> Vec<Rung> {
        vec![Rung {
            name: "environment",
            gives: "names of compiled code of launched programs, by NODE_OPTIONS",
            readiness: Readiness::Ready,
        }]
    }

    fn is_active(&self) -> bool {
        true
    }

    fn undo(&self, step: &str) -> Result<(), String> {
        let step: Step = serde_json::from_str(step).map_err(|error| format!("{ID}: {step:?}: {error}"))?;
        remove(step.pid, step.uid, step.since_seconds)
    }
}

/// A file to be removed.
#[derive(Debug, Serialize, Deserialize)]
struct Step {
    /// Number of the process that wrote it.
    pid: Pid,
    /// Its user.
    uid: u32,
    /// It was not there before; seconds of the clock on the wall.
    since_seconds: i64,
}

/// Removes the map of a process, if it is its own and of that time.
fn remove(pid: Pid, uid: u32, since_seconds: i64) -> Result<(), String> {
    let path = format!("/tmp/perf-{pid}.map");
    // Whoever may write into /tmp cannot replace another's file there, so what is looked at is what is removed.
    let Ok(found) = std::fs::symlink_metadata(&path) else { return Ok(()) };
    if !found.is_file() || found.uid() != uid || found.mtime() < since_seconds {
        return Ok(());
    }
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{path} stays: it cannot be removed ({})", error.kind()))
        }
        _ => Ok(()),
    }
}

/// The inquiry of [`PerfMaps`]: it asks nothing, and sees to it that the files go.
pub(super) struct PerfMapInquiry {
    ask: Ask,
    since_seconds: i64,
    seen: BTreeSet<ProcessId>,
    /// Dropped without a word, so that the guardian removes the files once Fathom has read them for the last time.
    promises: Vec<Promise>,
    /// The first process of each runtime's.
    first: Option<(Pid, String)>,
    problem: Option<String>,
}

impl PerfMapInquiry {
    pub(super) fn new(ask: &Ask) -> Self {
        Self {
            ask: ask.clone(),
            since_seconds: seconds_now(),
            seen: BTreeSet::new(),
            promises: Vec::new(),
            first: None,
            problem: None,
        }
    }

    fn promise(&mut self, pid: Pid) {
        let view = ProcessView::Live(pid);
        let Some(inspected) = catalog::all().iter().find_map(|runtime| runtime.inspected(&view)) else {
            return;
        };
        // Its map is where we look only if it sees our folders and our numbers.
        let own = ProcessView::Live(std::process::id() as i32);
        let same = |link: &str| view.read_link(link).ok() == own.read_link(link).ok();
        let was_asked = asks_itself(&view.command_line().unwrap_or_default());
        if was_asked || !same("ns/mnt") || !same("ns/pid") || self.promises.len() >= MAX_PROMISES {
            return;
        }
        self.first.get_or_insert((pid, inspected.version));
        let uid = view.status().map_or_else(|_| effective_uid(), |status| status.uids[1]);
        let step = Step { pid, uid, since_seconds: self.since_seconds };
        let (Some(guardian), Ok(step)) = (&self.ask.guardian, serde_json::to_string(&step)) else { return };
        match guardian.promise(PerfMaps.id(), &step) {
            Ok(promise) => self.promises.push(promise),
            Err(error) => self.problem = Some(format!("/tmp/perf-{pid}.map stays: {error}")),
        }
    }
}

/// Whether the user made the program write a map, by its command line or by our environment.
fn asks_itself(command: &[String]) -> bool {
    const FLAGS: [&str; 2] = ["--perf-basic-prof", "--perf_basic_prof"];
    command.iter().skip(1).any(|word| FLAGS.iter().any(|flag| word.starts_with(flag)))
        || std::env::var("NODE_OPTIONS").is_ok_and(|options| FLAGS.iter().any(|flag| options.contains(flag)))
}

/// The maps of everything that a launch started, also of processes that nobody looked at while they lived.
#[derive(Clone, Copy, Debug)]
pub struct LaunchedMaps {
    since_seconds: i64,
}

impl LaunchedMaps {
    /// Of programs that are launched from now on.
    pub fn from_now() -> Self {
        Self { since_seconds: seconds_now() }
    }

    /// Removes the map of a process that ran `command`, unless that asked for it. One that cannot be removed stays.
    pub fn remove(self, pid: Pid, command: &[String]) {
        if !asks_itself(command) {
            // The guardian has told of those that it removes itself.
            let _ = remove(pid, effective_uid(), self.since_seconds);
        }
    }
}

fn seconds_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0)
}

impl Inquiry for PerfMapInquiry {
    fn begin(&mut self, _: &[(ProcessId, Pid)]) {}

    fn look(&mut self, processes: &[(ProcessId, Pid)]) {
        if !self.ask.is_launch || self.ask.is_passive || self.ask.guardian.is_none() {
            return;
        }
        for (process, pid) in processes {
            if self.seen.insert(*process) {
                self.promise(*pid);
            }
        }
    }

    fn end(self: Box<Self>) -> Answers {
        let used = self.first.map(|(pid, version)| CollectorUse {
            id: ID.to_owned(),
            used: true,
            how: format!(
                "written by process {pid} ({version}) and others of the kind, read while recording, removed"
            ),
            fix: None,
        });
        Answers { used, residues: self.problem.into_iter().collect(), ..Answers::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_map_of_the_recording_is_removed() {
        // No process has such a number.
        let (pid, path) = (i32::MAX - 7, format!("/tmp/perf-{}.map", i32::MAX - 7));
        std::fs::write(&path, "1000 10 f\n").expect("/tmp can be written");
        let found = std::fs::metadata(&path).expect("just written");
        let step = |uid: u32, since_seconds: i64| {
            serde_json::to_string(&Step { pid, uid, since_seconds }).expect("plain")
        };
        for other in [step(found.uid() + 1, 0), step(found.uid(), found.mtime() + 1)] {
            assert_eq!(PerfMaps.undo(&other), Ok(()));
            assert!(std::fs::exists(&path).expect("/tmp can be read"), "{other}");
        }
        assert_eq!(PerfMaps.undo(&step(found.uid(), found.mtime())), Ok(()));
        assert!(!std::fs::exists(&path).expect("/tmp can be read"));
        assert_eq!(PerfMaps.undo(&step(found.uid(), 0)), Ok(()), "it is gone already");
        assert!(PerfMaps.undo("{}").expect_err("no step").starts_with("perf-map: "));
    }
}
