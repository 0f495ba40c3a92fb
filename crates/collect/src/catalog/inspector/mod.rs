//! The inspector of Node.js: JavaScript stacks of programs that run already, without a flag at their start.
//!
//! SIGUSR1 opens the inspector, which listens on a port of this machine until it is closed again; the port is open
//! for some milliseconds at the start and at the end. In between a probe inside the process (`probe.js`) takes V8's
//! own samples of each JavaScript thread, notes garbage collections, requests and how late the event loop was, and
//! keeps them within limits. It ends by itself when Fathom is gone. What cannot be taken back: Node writes three lines
//! about a debugger to its stderr each time the inspector is opened.

mod answers;
mod asked;
mod port;
mod probe;
mod talk;
mod target;

use crate::collector::{Answers, Ask, Collector, Inquiry, Methods, Readiness, Rung};
use crate::guardian::Guardian;
use crate::loopback::http::quoted;
use answers::Summary;
use asked::{Asked, Fetched, in_words};
use fathom_model::{Pid, ProcessId, Signal};
use fathom_runtimes::{Inspected, catalog};
use fathom_sys::process_view::ProcessView;
use port::Refusal;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use target::Target;

const ID: &str = "inspector";
/// Most processes that are asked; a cluster has a few dozen workers.
const MAX_TARGETS: usize = 64;
/// Most processes that wait to be looked at.
const MAX_WAITING: usize = 4_096;
/// A process that began while it was recorded is asked once it has lived that long: short ones are gone before their
/// samples could be fetched, and each opening writes to their stderr.
const YOUNG: Duration = Duration::from_secs(1);
/// How long a program may take until it handles the signal.
const BEGIN_LIMIT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);
/// For all targets together at the end.
const END_LIMIT: Duration = Duration::from_secs(60);
/// Samples a second where the recording takes none itself.
const USUAL_RATE_HZ: f64 = 99.0;
/// V8's sampler has a thread that wakes and interrupts the JavaScript thread for each sample; at 499 Hz that thread alone
/// was seen to take 1.5 % of a CPU. The kernel's samples are taken as often as they were asked for.
const HIGHEST_RATE_HZ: f64 = 199.0;
/// The overhead that goes with it; with twice of that, there are twice as many samples.
const USUAL_OVERHEAD: f64 = 0.01;

/// JavaScript by its inspector.
pub(super) struct Inspector;

impl Collector for Inspector {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "JavaScript stacks, garbage collections, requests and event-loop delays of running Node.js programs"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::ProgramWall]
    }

    fn overhead(&self) -> &'static str {
        "V8 stops each JavaScript thread for some microseconds a sample; the inspector's port is open for milliseconds \
         at the start and at the end; Node writes three lines to its stderr each time, \
         and two or four more if its event loop was blocked"
    }

    fn probe(&self) -> Vec<Rung> {
        vec![Rung {
            name: "SIGUSR1",
            gives: "stacks of attached Node.js programs that handle it, as they do unless started with \
                    --disable-sigusr1",
            readiness: Readiness::Ready,
        }]
    }

    fn how(&self, _: &Methods) -> String {
        // It tells at the end.
        String::new()
    }

    fn is_active(&self) -> bool {
        true
    }

    fn undo(&self, step: &str) -> Result<(), String> {
        asked::undo(step)
    }
}

/// Reads bytes as everything that an inspector may answer, for fuzzers: its list of what can be inspected, an answer of
/// its protocol, what a probe and a worker's probe kept.
#[doc(hidden)]
pub fn read_hostile(bytes: &[u8]) -> Answers {
    let path = port::path_in(bytes);
    assert!(path.is_none_or(|path| path.bytes().all(|byte| byte.is_ascii_graphic())));
    let text = String::from_utf8_lossy(bytes);
    let _ = talk::read(&text, 1);
    let mut summary = Summary::default();
    for told in [probe::read(&text), probe::read_worker(&text)].into_iter().flatten() {
        let inspected = Inspected {
            runtime: "node",
            version: "Node.js".to_owned(),
            kind_of: Box::new(|_, _| fathom_model::FrameKind::User),
        };
        let target = Target { process: ProcessId(0), pid: 0, start_ticks: 0, inner_pid: 0 };
        let (told, problems) = (vec![told], Vec::new());
        summary.fetched(Fetched { target, inspected, told, begin_open: None, end_open: None, problems });
    }
    summary.into_answers(1_000)
}

/// The inquiry of [`Inspector`]: one thread asks one process after the other, because they share a port.
pub(super) struct InspectorInquiry {
    ask: Ask,
    is_attached: bool,
    seen: BTreeSet<ProcessId>,
    asked: Arc<Mutex<Vec<ProcessId>>>,
    n_sent: usize,
    /// How many were asked, or will not be.
    n_dealt_with: Arc<AtomicUsize>,
    worker: Option<(Sender<New>, JoinHandle<Answers>)>,
}

/// A process to be looked at.
struct New {
    process: ProcessId,
    pid: Pid,
    since: Instant,
    is_young: bool,
}

impl InspectorInquiry {
    pub(super) fn new(ask: &Ask) -> Self {
        Self {
            ask: ask.clone(),
            is_attached: false,
            seen: BTreeSet::new(),
            asked: Arc::default(),
            n_sent: 0,
            n_dealt_with: Arc::default(),
            worker: None,
        }
    }

    fn take_up(&mut self, processes: &[(ProcessId, Pid)], is_young: bool) {
        let is_wanted = self.ask.rate_hz.is_some() || self.ask.off_cpu;
        if !self.is_attached || !is_wanted {
            return;
        }
        for (process, pid) in processes {
            if self.seen.len() >= MAX_WAITING || !self.seen.insert(*process) {
                continue;
            }
            let new = New { process: *process, pid: *pid, since: Instant::now(), is_young };
            let (sender, _) = self.worker.get_or_insert_with(|| {
                let (sender, receiver) = channel();
                let worker = Worker::new(&self.ask, self.asked.clone(), self.n_dealt_with.clone());
                (sender, std::thread::spawn(move || worker.work(&receiver)))
            });
            // A worker that is gone has failed; its end is told in `end`.
            let _ = sender.send(new);
            self.n_sent += 1;
        }
    }
}

impl Inquiry for InspectorInquiry {
    fn begin(&mut self, processes: &[(ProcessId, Pid)]) {
        // Launched programs write perf maps, which are better: they have native frames too.
        self.is_attached = !self.ask.is_launch;
        self.take_up(processes, false);
    }

    fn look(&mut self, processes: &[(ProcessId, Pid)]) {
        self.take_up(processes, true);
    }

    fn is_ready(&self) -> bool {
        self.n_dealt_with.load(Ordering::Relaxed) >= self.n_sent
    }

    fn tells_threads_of(&self) -> Vec<ProcessId> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end(self: Box<Self>) -> Answers {
        let Some((sender, thread)) = self.worker else { return Answers::default() };
        drop(sender);
        thread.join().unwrap_or_else(|_| Answers {
            notes: vec!["JavaScript programs were not asked: a thread of Fathom failed.".to_owned()],
            ..Answers::default()
        })
    }
}

/// What the thread knows.
struct Worker {
    interval_micros: u64,
    guardian: Option<Guardian>,
    is_passive: bool,
    asked: Arc<Mutex<Vec<ProcessId>>>,
    n_dealt_with: Arc<AtomicUsize>,
    waiting: Vec<New>,
    /// Signalled, and not open yet.
    pending: Vec<Asked>,
    running: Vec<Asked>,
    n_taken: usize,
    summary: Summary,
}

impl Worker {
    fn new(ask: &Ask, asked: Arc<Mutex<Vec<ProcessId>>>, n_dealt_with: Arc<AtomicUsize>) -> Self {
        let highest_hz = HIGHEST_RATE_HZ * (ask.max_overhead / USUAL_OVERHEAD).max(1.0);
        let rate_hz = ask.rate_hz.unwrap_or(USUAL_RATE_HZ).clamp(1.0, highest_hz);
        Self {
            interval_micros: (1e6 / rate_hz).round() as u64,
            guardian: ask.guardian.clone(),
            is_passive: ask.is_passive,
            asked,
            n_dealt_with,
            waiting: Vec::new(),
            pending: Vec::new(),
            running: Vec::new(),
            n_taken: 0,
            summary: Summary::default(),
        }
    }

    fn work(mut self, news: &Receiver<New>) -> Answers {
        loop {
            match news.recv_timeout(LOOK) {
                Ok(new) => self.waiting.push(new),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.waiting.extend(news.try_iter());
            self.look();
        }
        self.end()
    }

    fn look(&mut self) {
        for new in std::mem::take(&mut self.waiting) {
            if new.is_young && new.since.elapsed() < YOUNG {
                self.waiting.push(new);
                continue;
            }
            if let Some(again) = self.begin(new) {
                self.waiting.push(again);
            }
            self.n_dealt_with.fetch_add(1, Ordering::Relaxed);
        }
        for mut asked in std::mem::take(&mut self.pending) {
            match asked.begin(self.interval_micros, false) {
                Ok(()) => self.running.push(asked),
                Err(Refusal::Pending) => self.pending.push(asked),
                Err(Refusal::Gone) => asked.forget(),
                Err(refusal) => {
                    self.summary.refused(&asked.target, &asked.inspected.version, &in_words(&refusal))
                }
            }
        }
    }

    /// Asks a process, if it has an inspector; gives it back if it is not ready.
    fn begin(&mut self, new: New) -> Option<New> {
        let view = ProcessView::Live(new.pid);
        let inspected = catalog::all().iter().find_map(|runtime| runtime.inspected(&view))?;
        let target = Target::of(new.process, new.pid)?;
        if self.is_passive {
            self.summary.could_be_asked(&target, &inspected.version);
            return None;
        }
        if self.n_taken >= MAX_TARGETS {
            self.summary.left_out();
            return None;
        }
        let Some(guardian) = &self.guardian else {
            self.summary.refused(&target, &inspected.version, "is not asked without a guardian");
            return None;
        };
        let version = inspected.version.clone();
        let (pid, process) = (target.pid, target.process);
        let asked = Asked::promise(target, inspected, &Inspector, guardian);
        let mut asked = match asked {
            Ok(asked) => asked,
            Err(Refusal::Gone) => return None,
            Err(refusal) => {
                self.summary.refused_by(pid, &version, &in_words(&refusal));
                return None;
            }
        };
        match asked.begin(self.interval_micros, true) {
            Ok(()) => {
                self.n_taken += 1;
                self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                self.running.push(asked);
            }
            Err(Refusal::Pending) => {
                self.n_taken += 1;
                self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                self.pending.push(asked);
            }
            Err(Refusal::Gone) => asked.forget(),
            Err(Refusal::Unhandled) if new.since.elapsed() < BEGIN_LIMIT => {
                asked.forget();
                return Some(new);
            }
            Err(refusal) => {
                self.summary.refused(&asked.target, &version, &in_words(&refusal));
                if refusal == Refusal::Unhandled {
                    asked.forget();
                }
            }
        }
        None
    }

    fn end(mut self) -> Answers {
        let begun = Instant::now();
        self.look();
        for new in std::mem::take(&mut self.waiting) {
            // What began just before the end is not worth a word.
            if !new.is_young {
                self.summary.too_late(new.pid);
            }
        }
        for asked in std::mem::take(&mut self.pending) {
            // The guardian goes on waiting for a moment.
            self.summary.stays_pending(&asked.target, &asked.inspected.version);
        }
        for asked in std::mem::take(&mut self.running) {
            let (pid, version) = (asked.target.pid, asked.inspected.version.clone());
            if begun.elapsed() > END_LIMIT {
                self.summary.refused_by(pid, &version, "was not asked any more: the time for all is over");
                continue;
            }
            match asked.fetch() {
                Ok(fetched) => self.summary.fetched(fetched),
                Err(Refusal::Gone) => self.summary.ended(pid, &version),
                Err(refusal) => self.summary.refused_by(pid, &version, &in_words(&refusal)),
            }
        }
        self.summary.into_answers(self.interval_micros)
    }
}
