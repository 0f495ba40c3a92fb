//! Finds the JVMs among the processes of a recording, and has each recorded by a thread of its own.

use super::listening::{Listening, Unrecorded};
use super::session::{Recorded, Session};
use super::settings::{Wanted, execution_period_millis};
use super::step::is_alive;
use crate::collector::{Ask, READY_LIMIT, ToldCode};
use crate::guardian::Guardian;
use fathom_model::{Pid, ProcessId};
use fathom_runtimes::catalog::{Attach, AttachError};
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Most JVMs that are recorded; a host of services has some ten, a build of many modules starts hundreds.
const MAX_JVMS: usize = 16;
/// How long a process has to be seen before it is looked at, and again if it had no JVM: a program may load it late.
/// Then the JVM is asked for the map of its code, which takes it some milliseconds.
const AGES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(8), Duration::from_secs(40)];
/// When it is recorded after that: JFR costs a JVM about a second of CPU time, which one that lives for two must not
/// pay.
const RECORDED_AFTER: Duration = Duration::from_secs(1);
/// Between two looks at the code of one that is not recorded yet.
const CODE_PAUSE: Duration = Duration::from_millis(500);
/// Between two looks at the threads of a JVM.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// After which a recording is ended and another begun, well before it would end by itself.
const RENEW_AFTER: Duration = Duration::from_secs(1800);

/// What came of it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) recorded: Vec<Recorded>,
    /// Code of JVMs that ended before they were recorded.
    pub(super) code: Vec<ToldCode>,
    /// How many those are, and what stays in them.
    pub(super) n_short: usize,
    pub(super) residues: Vec<String>,
    /// Why a JVM was not recorded, clauses.
    pub(super) failures: Vec<String>,
    /// JVMs beyond [`MAX_JVMS`].
    pub(super) n_left_out: usize,
    /// Why no JVM was recorded although there is one, if it was not to be.
    pub(super) not_allowed: Option<String>,
}

/// Looks for JVMs.
pub(super) struct Scout {
    wanted: Wanted,
    allowed: Allowed,
    /// When the recording began.
    begun: Instant,
    /// When each process was first seen, and how often it was looked at since.
    seen: BTreeMap<ProcessId, (Instant, usize)>,
    jvms: Vec<Jvm>,
    found: Vec<ProcessId>,
    /// How many of the JVMs have begun, or will not.
    n_begun: Arc<AtomicUsize>,
    results: Found,
}

/// What came of one JVM: its recordings, why there are no more, and what is known of one that ended before.
type Kept = (Vec<Recorded>, Vec<String>, Option<Unrecorded>);

/// Whether steps may be taken in a target.
enum Allowed {
    Yes(Guardian),
    No(&'static str),
}

/// A JVM with its thread.
struct Jvm {
    stop: Sender<()>,
    thread: JoinHandle<Kept>,
}

impl Scout {
    pub(super) fn new(ask: &Ask) -> Self {
        let allowed = match (&ask.guardian, ask.is_passive) {
            (_, true) => Allowed::No("--passive forbids to start its flight recorder: no Java frames"),
            (None, false) => {
                Allowed::No("there is no guardian to end its flight recorder if Fathom is killed")
            }
            (Some(guardian), false) => Allowed::Yes(guardian.clone()),
        };
        Self {
            wanted: Wanted {
                cpu_millis: ask.rate_hz.map(|rate| execution_period_millis(rate, ask.max_overhead)),
                waits: ask.off_cpu,
                feature: None,
            },
            allowed,
            begun: Instant::now(),
            seen: BTreeMap::new(),
            jvms: Vec::new(),
            found: Vec::new(),
            n_begun: Arc::default(),
            results: Found::default(),
        }
    }

    /// Looks at the processes that there are. Those that run already when Fathom comes are recorded `at_once`.
    pub(super) fn look(&mut self, processes: &[(ProcessId, Pid)], at_once: bool) {
        let now = Instant::now();
        for (process, pid) in processes {
            let (first, n_looks) = *self.seen.entry(*process).or_insert((now, 0));
            let is_due = AGES
                .get(n_looks)
                .is_some_and(|age| now.duration_since(first) >= *age || (at_once && n_looks == 0));
            if !is_due {
                continue;
            }
            // A read of `/proc/PID/maps`: a tenth of a millisecond.
            if has_jvm(*pid) {
                self.seen.insert(*process, (first, AGES.len()));
                // The recording waits for the first ones.
                self.record(*process, *pid, at_once);
            } else {
                self.seen.insert(*process, (first, n_looks + 1));
            }
        }
    }

    fn record(&mut self, process: ProcessId, pid: Pid, at_once: bool) {
        let guardian = match &self.allowed {
            Allowed::Yes(guardian) => guardian.clone(),
            Allowed::No(why) => {
                self.results.not_allowed.get_or_insert_with(|| format!("process {pid} runs a JVM; {why}"));
                return;
            }
        };
        if self.jvms.iter().filter(|jvm| !jvm.thread.is_finished()).count() >= MAX_JVMS {
            self.results.n_left_out += 1;
            return;
        }
        self.found.push(process);
        let (stop, stopped) = channel();
        let (since, pause) = match at_once {
            true => (self.begun + READY_LIMIT, Duration::ZERO),
            false => (self.begun, RECORDED_AFTER),
        };
        let (wanted, n_begun) = (self.wanted, self.n_begun.clone());
        let is_begun = move || {
            n_begun.fetch_add(1, Ordering::Relaxed);
        };
        let thread = std::thread::spawn(move || {
            keep(process, pid, wanted, (since, pause), &guardian, &stopped, is_begun)
        });
        self.jvms.push(Jvm { stop, thread });
    }

    /// Whether every JVM that was found is recorded by now, or will not be.
    pub(super) fn is_ready(&self) -> bool {
        self.n_begun.load(Ordering::Relaxed) >= self.jvms.len()
    }

    /// Processes that are recorded.
    pub(super) fn found(&self) -> Vec<ProcessId> {
        self.found.clone()
    }

    /// Ends all recordings, at the same time, and waits for them.
    pub(super) fn end(mut self) -> Found {
        for jvm in &self.jvms {
            // A thread that has ended already is not told.
            let _ = jvm.stop.send(());
        }
        for jvm in self.jvms {
            let (recorded, failures, unrecorded) = jvm
                .thread
                .join()
                .unwrap_or_else(|_| (Vec::new(), vec!["the thread of a JVM ended early".to_owned()], None));
            self.results.recorded.extend(recorded);
            if let Some(Unrecorded { is_short, code, residues }) = unrecorded {
                self.results.n_short += usize::from(is_short);
                self.results.code.extend(code);
                self.results.residues.extend(residues);
            }
            self.results.failures.extend(failures);
        }
        self.results
    }
}

fn has_jvm(pid: Pid) -> bool {
    let maps = ProcessView::Live(pid).read("maps").unwrap_or_default();
    maps.split(|byte| *byte == b'\n').any(|line| line.ends_with(b"/libjvm.so"))
}

/// Records a JVM until it ends or `stopped` says so, after a pause in which only its code is looked at; tells when it
/// `is_begun`, or will not begin. How late it is counts from `since`.
fn keep(
    process: ProcessId,
    pid: Pid,
    wanted: Wanted,
    (since, pause): (Instant, Duration),
    guardian: &Guardian,
    stopped: &Receiver<()>,
    is_begun: impl FnOnce(),
) -> Kept {
    let listen = || match Attach::look(pid) {
        Ok(attach) => Listening::begin(attach, guardian).map_err(Some),
        // OpenJ9 has a library of the same name.
        Err(AttachError::NoHotSpot(_)) => Err(None),
        Err(error) => Err(Some(error.to_string())),
    };
    let mut listening = None;
    if !pause.is_zero() {
        let mut first = match listen() {
            Ok(first) => first,
            Err(why) => return (Vec::new(), Vec::from_iter(why), None),
        };
        let first_look = Instant::now();
        while first_look.elapsed() < pause {
            let is_over = !matches!(stopped.recv_timeout(CODE_PAUSE), Err(RecvTimeoutError::Timeout));
            if is_over || !is_alive(pid, first.attach.start_ticks()) {
                return (Vec::new(), Vec::new(), Some(first.end(process)));
            }
            first.look();
        }
        listening = Some(first);
    }
    let mut begin = || -> Result<Session, (Option<String>, Option<Unrecorded>)> {
        let listening = listening.take().map_or_else(listen, Ok).map_err(|why| (why, None))?;
        let start_ticks = listening.attach.start_ticks();
        Session::begin(process, listening, wanted).map_err(|(why, code)| {
            // One that ended meanwhile is like one that ended before: its methods keep their names.
            let is_short = !is_alive(pid, start_ticks);
            let why = Some(why).filter(|_| !is_short);
            (why, Some(Unrecorded { is_short, code, residues: Vec::new() }))
        })
    };
    let (mut recorded, mut failures) = (Vec::new(), Vec::new());
    let mut is_begun = Some(is_begun);
    loop {
        let begun = begin();
        is_begun.take().into_iter().for_each(|tell| tell());
        let mut session = match begun {
            Ok(session) => session,
            Err((why, unrecorded)) => {
                failures.extend(why);
                return (recorded, failures, unrecorded);
            }
        };
        let mut is_renewed = false;
        while !is_renewed
            && matches!(stopped.recv_timeout(LOOK_PAUSE), Err(RecvTimeoutError::Timeout))
            && session.look()
        {
            is_renewed = session.age() >= RENEW_AFTER;
        }
        let late = session.begun().duration_since(since);
        let one = session.end();
        // A renewed one goes on where the first ended.
        recorded.push(Recorded { late: if recorded.is_empty() { late } else { Duration::ZERO }, ..one });
        if !is_renewed {
            return (recorded, failures, None);
        }
    }
}
