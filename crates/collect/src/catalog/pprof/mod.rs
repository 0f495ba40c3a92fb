//! Profiles that a program gives of itself: Go's `net/http/pprof`.
//!
//! Asking makes the program work: it answers a request, stops its goroutines for a moment to count them, and writes
//! a line into its log if it keeps one. Therefore nothing is asked without `--pprof`; without it Fathom only says that
//! the program could be asked, which it knows from the program's file and its sockets. What `heap`, `mutex` and `block`
//! count since the program's start is read at the start and at the end; the difference is the recording's. No profile
//! forces a garbage collection but `goroutineleak`, which is one and is read last. The CPU profile is taken only where
//! Fathom has no stacks of CPU time itself, which are better: theirs lacks the kernel and C, and interrupts the program.

mod ask;
mod cpu;
mod samples;

pub use crate::profiles_url::{PprofAsk, ProfilesUrl};

use crate::collector::{Answers, Collector, Inquiry, Methods, Readiness, Rung};
use ask::{Asked, First};
use cpu::CpuPieces;
use fathom_model::{CollectorUse, Pid, ProcessId, Signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Most processes that are asked or looked at; a server has a few workers, a build has thousands of compilers.
const MAX_PROCESSES: usize = 16;

const ID: &str = "pprof";
const FLAG: &str = "--pprof";

/// Profiles of Go programs by themselves.
pub(super) struct Pprof;

impl Collector for Pprof {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "heap, allocations, lock contention, waits and number of goroutines, as a program serves them of itself"
    }

    fn provides(&self) -> &'static [Signal] {
        &[
            Signal::AllocBytes,
            Signal::AllocCount,
            Signal::LiveBytes,
            Signal::LiveCount,
            Signal::Contention,
            Signal::TaskBlock,
            Signal::Tasks,
            Signal::LeakedTasks,
            Signal::ProgramCpu,
        ]
    }

    fn overhead(&self) -> &'static str {
        "nothing without --pprof; with it the program answers nine requests and stops its goroutines to count them; \
         where perf events are refused it samples its own CPU time at 100 Hz too"
    }

    fn how(&self, _: &Methods) -> String {
        String::new()
    }

    fn probe(&self) -> Vec<Rung> {
        vec![Rung {
            name: "net/http/pprof",
            gives: "profiles of attached Go programs that serve them on this machine, or at --pprof URL",
            readiness: Readiness::Ready,
        }]
    }

    fn asked_by(&self) -> Option<&'static str> {
        Some(FLAG)
    }

    fn is_active(&self) -> bool {
        true
    }
}

/// The inquiry of [`Pprof`]. Each process is asked by a thread of its own.
pub(super) struct PprofInquiry {
    ask: Option<PprofAsk>,
    wants_cpu: bool,
    stop: Arc<AtomicBool>,
    n_left_out: usize,
    first: Vec<JoinHandle<First>>,
}

impl PprofInquiry {
    /// Without `ask` it only looks. With `wants_cpu` programs are asked to sample themselves.
    pub(super) fn new(ask: Option<PprofAsk>, wants_cpu: bool) -> Self {
        Self { ask, wants_cpu, stop: Arc::default(), n_left_out: 0, first: Vec::new() }
    }
}

impl Inquiry for PprofInquiry {
    fn begin(&mut self, processes: &[(ProcessId, Pid)]) {
        let targets = match &self.ask {
            // One program serves there; which of them it is, its sockets tell.
            Some(PprofAsk::At(url)) => ask::server_of(url, processes).into_iter().collect(),
            Some(PprofAsk::Found) | None => processes.to_vec(),
        };
        self.n_left_out = targets.len().saturating_sub(MAX_PROCESSES);
        for (process, pid) in targets.into_iter().take(MAX_PROCESSES) {
            let (ask, stop) = (self.ask.clone(), self.wants_cpu.then(|| self.stop.clone()));
            self.first.push(std::thread::spawn(move || {
                let mut first = ask::first(process, pid, ask.as_ref());
                if let (First::Asked(asked), Some(stop)) = (&mut first, stop) {
                    asked.cpu = Some(CpuPieces::ask(&asked.url, &stop));
                }
                first
            }));
        }
    }

    fn end(self: Box<Self>) -> Answers {
        self.stop.store(true, Ordering::Relaxed);
        let mut answers = Answers::default();
        let first: Vec<First> = self.first.into_iter().filter_map(|thread| thread.join().ok()).collect();
        let (mut asked, mut could_be) = (Vec::new(), Vec::new());
        for outcome in first {
            match outcome {
                First::Nothing => {}
                First::CouldBeAsked { pid, text } => could_be.push((pid, text)),
                First::Failed(why) => answers.notes.push(why),
                First::Asked(found) => asked.push(found),
            }
        }
        let last: Vec<_> = asked.into_iter().map(|asked| std::thread::spawn(move || asked.last())).collect();
        let asked: Vec<Asked> = last.into_iter().filter_map(|thread| thread.join().ok()).collect();
        let mut frames = samples::Frames::default();
        let used = used(&asked, &mut answers.notes);
        for asked in asked {
            samples::put(asked, &mut frames, &mut answers);
        }
        answers.frames = frames.into_list();
        if self.n_left_out > 0 {
            let n = self.n_left_out;
            answers.notes.push(format!("{n} more processes were not looked at for profiles of their own."));
        }
        answers.used = match &self.ask {
            Some(_) => Some(used),
            None => could_be.into_iter().next().map(|(pid, text)| CollectorUse {
                id: ID.to_owned(),
                used: false,
                how: text,
                fix: Some(format!("fathom attach {pid} {FLAG}")),
            }),
        };
        answers
    }
}

/// How it went, for the list of collectors. Why nothing came at all stands there and is no note.
fn used(asked: &[Asked], notes: &mut Vec<String>) -> CollectorUse {
    let places: Vec<String> = asked.iter().map(Asked::place).collect();
    let how = match places.as_slice() {
        [] if notes.is_empty() => "no process that was recorded is a Go program".to_owned(),
        [] => notes.remove(0).trim_end_matches('.').to_owned(),
        places => format!(
            "asked at the start and end: {}; a heap is as of the program's last garbage collection",
            places.join(", ")
        ),
    };
    CollectorUse { id: ID.to_owned(), used: !places.is_empty(), how, fix: None }
}
