//! One recording in one JVM: begun, ended, its file opened, everything of it removed.

use super::Jfr;
use super::clock::{ClockMap, ClockReading};
use super::code_map::CodeMap;
use super::listening::{Listening, residue};
use super::settings::{Wanted, settings};
use super::step::{RECORDING, SETTINGS, Step, names, runs};
use crate::collector::ToldCode;
use crate::guardian::{Guardian, Promise};
use fathom_model::{Pid, ProcessId, Tid};
use fathom_runtimes::catalog::{Attach, AttachError};
use fathom_sys::process_view::{Folder, OpenRules, ProcessView};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

/// How long the first start may take: a second of the JVM's CPU time, on a busy machine several.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long the end may take, in which the JVM writes the file.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// How long a JVM that ends may take to write the file.
const EXIT_LIMIT: Duration = Duration::from_secs(10);
/// What holds if everything else fails: then the JVM ends the recording by itself.
const DURATION_SECONDS: u32 = 3600;
/// What the JVM keeps of a recording on its disk; the oldest of it is dropped beyond that.
const MAX_MEGABYTES: u64 = 256;
/// A chunk that is being written comes on top.
const MAX_FILE_BYTES: u64 = (2 * MAX_MEGABYTES) << 20;
const MAX_ANSWER_BYTES: usize = 64 << 10;
/// Frames that JFR is to keep of a stack. Few programs are deeper, and a look costs what the stack really has.
const STACK_DEPTH: u32 = 512;
/// From this JDK on the depth cannot be changed once JFR was used at all, be it by asking for its recordings; before, it
/// can be while somebody records, and then must not.
const REFUSES_DEPTH_LATER: u32 = 22;

/// A recording that runs.
pub(super) struct Session {
    process: ProcessId,
    attach: Attach,
    step: Step,
    promise: Promise,
    folder: Folder,
    wanted: Wanted,
    begin: ClockReading,
    begun: Instant,
    had_to_tell: bool,
    n_others: usize,
    stack_depth: Option<u32>,
    threads: ThreadNumbers,
    code_map: CodeMap,
    guardian: Guardian,
}

/// A recording that has ended.
pub(super) struct Recorded {
    pub(super) process: ProcessId,
    pub(super) pid: Pid,
    /// `HotSpot 17.0.15+6`.
    pub(super) version: String,
    pub(super) wanted: Wanted,
    /// `None` if there is none; `problems` say why.
    pub(super) file: Option<File>,
    pub(super) clocks: ClockMap,
    pub(super) threads: ThreadNumbers,
    /// Recordings of others that ran when ours began.
    pub(super) n_others: usize,
    /// Frames that JFR keeps of a stack.
    pub(super) stack_depth: Option<u32>,
    /// How long after the recording of the others it began.
    pub(super) late: Duration,
    /// Where compiled methods are.
    pub(super) code: Vec<ToldCode>,
    /// What went wrong: clauses.
    pub(super) problems: Vec<String>,
    /// What stays in the process, sentences.
    pub(super) residues: Vec<String>,
}

/// Threads as we number them, by their numbers in the process's own pid namespace.
#[derive(Debug)]
pub(super) enum ThreadNumbers {
    /// The same numbers.
    Ours,
    /// What was seen of them.
    Known(BTreeMap<Tid, Tid>),
}

impl ThreadNumbers {
    fn of(process: &ProcessView) -> Self {
        let mut numbers = match process.status() {
            Ok(status) if status.namespace_pids.len() > 1 => Self::Known(BTreeMap::new()),
            _ => Self::Ours,
        };
        numbers.look(process);
        numbers
    }

    /// Looks at the threads that there are now.
    fn look(&mut self, process: &ProcessView) {
        let Self::Known(known) = self else { return };
        let tids = process.threads().unwrap_or_default();
        let missing: Vec<Tid> =
            tids.into_iter().filter(|tid| !known.values().any(|seen| seen == tid)).collect();
        for tid in missing {
            if let Ok(status) = process.thread_status(tid) {
                known.insert(status.innermost_pid(), tid);
            }
        }
    }

    pub(super) fn ours(&self, innermost: i64) -> Option<Tid> {
        let innermost = Tid::try_from(innermost).ok()?;
        match self {
            Self::Ours => Some(innermost),
            Self::Known(known) => known.get(&innermost).copied(),
        }
    }
}

impl Session {
    /// Begins a recording.
    ///
    /// # Errors
    /// Why not: a clause that names the process, and what was told of its code by then. Whatever was done is taken back.
    pub(super) fn begin(
        process: ProcessId,
        listening: Listening,
        mut wanted: Wanted,
    ) -> Result<Self, (String, Vec<ToldCode>)> {
        let Listening { attach, step, promise, had_to_tell, code_map, guardian } = listening;
        let pid = attach.pid();
        wanted.feature = attach.feature();
        match Self::start(&attach, &step, wanted) {
            Ok(started) => {
                let Started { folder, begin, n_others, stack_depth } = started;
                let threads = ThreadNumbers::of(&ProcessView::Live(pid));
                let begun = Instant::now();
                Ok(Self {
                    process,
                    code_map,
                    guardian,
                    attach,
                    step,
                    promise,
                    folder,
                    wanted,
                    begin,
                    begun,
                    had_to_tell,
                    n_others,
                    stack_depth,
                    threads,
                })
            }
            Err(Failed { why, may_be_running }) => {
                // A start that was not answered may still happen: the guardian looks again at the end.
                if !may_be_running && step.remove_files(attach.temp()).is_ok() {
                    promise.done();
                }
                Err((why, code_map.end(process, &attach, &Jfr, &guardian)))
            }
        }
    }

    fn start(attach: &Attach, step: &Step, wanted: Wanted) -> Result<Started, Failed> {
        let pid = attach.pid();
        let no_files = |error: io::Error| Failed {
            why: format!("process {pid}: {}/{}: {error}", attach.temp().path().display(), step.name),
            may_be_running: false,
        };
        let folder = attach.temp().create_folder(&step.name, attach.owner()).map_err(no_files)?;
        let text = settings(wanted);
        folder.create_file(SETTINGS, attach.owner(), text.as_bytes()).map_err(no_files)?;
        let refuses_later = wanted.feature.is_some_and(|feature| feature >= REFUSES_DEPTH_LATER);
        let before = refuses_later.then(|| deepen(attach, 0));
        let list = attach.command("JFR.check", START_LIMIT, MAX_ANSWER_BYTES).map_err(|error| Failed {
            why: match error {
                AttachError::Refused { ref text, .. } if text.contains("Unknown diagnostic command") => {
                    format!("process {pid}: {} has no flight recorder (module jdk.jfr)", attach.version())
                }
                error => error.to_string(),
            },
            may_be_running: false,
        })?;
        let stack_depth = before.unwrap_or_else(|| deepen(attach, names(&list).count()));
        let path = folder.path().display();
        let name = &step.name;
        let command = format!(
            "JFR.start name={name} settings={path}/{SETTINGS} filename={path}/{RECORDING} duration={DURATION_SECONDS}s \
             maxsize={MAX_MEGABYTES}M disk=true dumponexit=true"
        );
        let begin = ClockReading::now();
        let answer = attach
            .command(&command, START_LIMIT, MAX_ANSWER_BYTES)
            .map_err(|error| Failed { why: error.to_string(), may_be_running: true })?;
        if !answer.contains("Started recording") {
            let why = format!("process {pid}: JFR.start answered {:?}", first_line(&answer));
            return Err(Failed { why, may_be_running: true });
        }
        Ok(Started { folder, begin, n_others: names(&list).count(), stack_depth })
    }

    /// Looks at the threads. Gives whether the process is still there.
    pub(super) fn look(&mut self) -> bool {
        self.threads.look(&ProcessView::Live(self.attach.pid()));
        let is_alive = self.step.is_alive();
        if is_alive {
            self.code_map.look(&self.attach, &Jfr, &self.guardian);
        }
        is_alive
    }

    /// When it began.
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// How long it has been running.
    pub(super) fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Ends it.
    pub(super) fn end(mut self) -> Recorded {
        let mut problems = Vec::new();
        let was_alive = self.look();
        let code = std::mem::take(&mut self.code_map).end(self.process, &self.attach, &Jfr, &self.guardian);
        if was_alive {
            let command = format!("JFR.stop name={}", self.step.name);
            if let Err(error) = self.attach.command(&command, STOP_LIMIT, MAX_ANSWER_BYTES) {
                // A JVM that is about to end stops by itself, and writes the file on the way.
                self.await_exit();
                if self.step.is_alive() {
                    problems.push(error.to_string());
                }
            }
        }
        let clocks = ClockMap::new(self.begin, ClockReading::now());
        let (file, is_stopped) = (self.open(&mut problems), self.is_stopped(&mut problems));
        match self.step.remove_files(self.attach.temp()) {
            Ok(()) if is_stopped => self.promise.done(),
            // The guardian tries again when Fathom ends.
            Ok(()) => {}
            Err(why) => problems.push(format!("not removed: {why}")),
        }
        Recorded {
            process: self.process,
            pid: self.attach.pid(),
            version: self.attach.version(),
            wanted: self.wanted,
            file,
            clocks,
            code,
            residues: residues(&self.attach, self.had_to_tell, self.step.is_alive()),
            threads: self.threads,
            n_others: self.n_others,
            stack_depth: self.stack_depth,
            late: Duration::ZERO,
            problems,
        }
    }

    fn await_exit(&self) {
        let deadline = Instant::now() + EXIT_LIMIT;
        while self.step.is_alive() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn open(&self, problems: &mut Vec<String>) -> Option<File> {
        let rules = OpenRules::written_by(self.attach.owner().uid, MAX_FILE_BYTES);
        match self.folder.open_file(RECORDING, &rules) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                problems.push("it left no file, as a JVM does that is killed or crashes".to_owned());
                None
            }
            Err(error) => {
                problems.push(format!("its file cannot be read: {error}"));
                None
            }
        }
    }

    fn is_stopped(&self, problems: &mut Vec<String>) -> bool {
        if !self.step.is_alive() {
            return true;
        }
        match runs(&self.attach, &self.step.name) {
            Ok(false) => true,
            Ok(true) => {
                problems.push(format!("recording {} goes on", self.step.name));
                false
            }
            Err(_) if !self.step.is_alive() => true,
            Err(why) => {
                problems.push(format!("whether recording {} has ended is not known: {why}", self.step.name));
                false
            }
        }
    }
}

/// Makes JFR keep deeper stacks, where nobody records yet: of a compiler or a web server most are deeper than the 64
/// frames it keeps by default, and cut stacks have no root. It can be set only before JFR's first start in a JVM and
/// stays. Gives the depth that holds then.
fn deepen(attach: &Attach, n_others: usize) -> Option<u32> {
    let ask = |command: &str| attach.command(command, STOP_LIMIT, MAX_ANSWER_BYTES).unwrap_or_default();
    // Without an argument it only prints.
    let found = stack_depth(&ask("JFR.configure"))?;
    if n_others > 0 || found >= STACK_DEPTH {
        return Some(found);
    }
    Some(stack_depth(&ask(&format!("JFR.configure stackdepth={STACK_DEPTH}"))).unwrap_or(found))
}

struct Started {
    folder: Folder,
    begin: ClockReading,
    n_others: usize,
    stack_depth: Option<u32>,
}

struct Failed {
    why: String,
    /// The JVM may carry out something of it although it was not heard of.
    may_be_running: bool,
}

fn residues(attach: &Attach, had_to_tell: bool, is_alive: bool) -> Vec<String> {
    if !is_alive {
        return Vec::new();
    }
    let pid = attach.pid();
    let mut residues = vec![format!(
        "the threads and buffers of JFR, the depth of its stacks and its empty folder in /tmp stay in process {pid} \
         until it ends; there is never a second set"
    )];
    residues.extend(residue(attach, had_to_tell));
    residues
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().chars().take(200).collect()
}

/// `Stack depth: 64` of what `JFR.configure` prints.
fn stack_depth(text: &str) -> Option<u32> {
    text.lines().find_map(|line| line.trim().strip_prefix("Stack depth:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_of_stacks_is_read() {
        let text =
            "Current configuration:\n\nRepository path: /tmp/x\n\nStack depth: 64\nGlobal buffer count: 20\n";
        assert_eq!(stack_depth(text), Some(64));
        assert_eq!(stack_depth(""), None);
        assert_eq!(stack_depth("Stack depth: many"), None);
    }

    #[test]
    fn threads_of_our_own_namespace_keep_their_numbers() {
        assert_eq!(ThreadNumbers::Ours.ours(42), Some(42));
        assert_eq!(ThreadNumbers::Ours.ours(i64::MAX), None);
        let known = ThreadNumbers::Known(BTreeMap::from([(7, 1007)]));
        assert_eq!((known.ours(7), known.ours(8)), (Some(1007), None));
        let mut ours = ThreadNumbers::Known(BTreeMap::new());
        ours.look(&ProcessView::Live(std::process::id() as i32));
        let ThreadNumbers::Known(seen) = ours else { panic!("it stays what it is") };
        assert!(seen.values().any(|tid| *tid == std::process::id() as i32));
    }
}
