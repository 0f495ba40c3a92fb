//! One target: a probe is put into it, and fetched again.

use super::port::{OpenPort, Refusal, look, open, own_addresses};
use super::probe::{self, ProbeOptions, Told};
use super::talk::Evaluated;
use super::target::Target;
use crate::collector::Collector;
use crate::guardian::{Guardian, Promise};
use fathom_model::{Pid, ProcessId};
use fathom_runtimes::Inspected;
use fathom_sys::network::enter_network_of;
use fathom_sys::process_view::ProcessView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// From the signal to the open port; some milliseconds, unless the thread is in native code or the machine very busy.
/// One that opens later is found by the next look.
const BEGIN_LIMIT: Duration = Duration::from_secs(3);
/// The same where there is no next look.
const END_LIMIT: Duration = Duration::from_secs(10);
/// The same where nobody waits but the guardian: a main thread in native code opens when it is back in JavaScript.
const UNDO_LIMIT: Duration = Duration::from_secs(90);
/// How long another Fathom, or the guardian of one that was killed, may take to be done with a process.
const TURN_LIMIT: Duration = Duration::from_secs(10);
/// For an expression that does next to nothing, on a machine that is very busy.
const SHORT_LIMIT: Duration = Duration::from_secs(3);
/// For the end of a profile and for fetching it.
const FETCH_LIMIT: Duration = Duration::from_secs(10);
/// For all workers to end.
const WORKERS_LIMIT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(2);

/// A target that is asked, and what has to be taken back.
pub(super) struct Asked {
    pub(super) target: Target,
    pub(super) inspected: Inspected,
    /// Its inspector was open before we came, and stays open.
    was_open: bool,
    /// Where it listened before we came.
    own: BTreeSet<SocketAddr>,
    /// Where its inspector was; Node opens it there again.
    inspector: Option<SocketAddr>,
    /// How long the inspector was open when the probe was put there.
    begin_open: Option<Duration>,
    promise: Promise,
    turn: Promise,
}

/// What was fetched.
pub(super) struct Fetched {
    pub(super) target: Target,
    pub(super) inspected: Inspected,
    /// The main thread and workers.
    pub(super) told: Vec<Told>,
    pub(super) begin_open: Option<Duration>,
    pub(super) end_open: Option<Duration>,
    /// Clauses about the process.
    pub(super) problems: Vec<String>,
}

/// A step that the guardian takes back.
#[derive(Debug, Serialize, Deserialize)]
struct Step {
    pid: Pid,
    start_ticks: u64,
    was_open: bool,
    own: BTreeSet<SocketAddr>,
}

impl Asked {
    /// Makes the promise to take back what is going to be done; nothing is done yet.
    ///
    /// # Errors
    /// Why it must not be done.
    pub(super) fn promise(
        target: Target,
        inspected: Inspected,
        collector: &'static dyn Collector,
        guardian: &Guardian,
    ) -> Result<Self, Refusal> {
        let alone =
            |error: std::io::Error| Refusal::Failed(format!("is not asked without a guardian: {error}"));
        let Some(turn) = guardian.take_turn(&target.turn(), TURN_LIMIT).map_err(alone)? else {
            return Err(Refusal::Failed("is being asked by another Fathom".to_owned()));
        };
        let (own, was_open) = match in_network_of(&target, || look(&target)) {
            Ok(found) => found,
            Err(refusal) => {
                turn.done();
                return Err(refusal);
            }
        };
        let step = Step { pid: target.pid, start_ticks: target.start_ticks, was_open, own };
        let line = serde_json::to_string(&step).map_err(std::io::Error::other);
        match line.and_then(|line| guardian.promise(collector.id(), &line)) {
            Ok(promise) => {
                let own = step.own;
                Ok(Self {
                    target,
                    inspected,
                    was_open,
                    own,
                    inspector: None,
                    begin_open: None,
                    promise,
                    turn,
                })
            }
            Err(error) => {
                turn.done();
                Err(alone(error))
            }
        }
    }

    /// Puts the probe into the target. Without `signals` only if its inspector is open by now.
    ///
    /// # Errors
    /// Why it is not there. After [`Refusal::Pending`] this may be called again.
    pub(super) fn begin(&mut self, interval_micros: u64, signals: bool) -> Result<(), Refusal> {
        let Self { target, own, was_open, inspector, .. } = self;
        let limit = signals.then_some(BEGIN_LIMIT);
        self.begin_open = in_network_of(target, || {
            let port = open(target, own, limit)?;
            *inspector = Some(port.address);
            put(target, port, *was_open, interval_micros)
        })?;
        Ok(())
    }

    /// The process needs nothing to be taken back: it has ended, or nothing was done.
    pub(super) fn forget(self) {
        self.promise.done();
        self.turn.done();
    }

    /// Fetches what the probe kept, and removes it.
    ///
    /// # Errors
    /// Why there is nothing.
    pub(super) fn fetch(self) -> Result<Fetched, Refusal> {
        let (target, inspector, was_open) = (&self.target, self.inspector, self.was_open);
        match in_network_of(target, || fetch(target, inspector, was_open)) {
            Ok((told, problems, end_open)) => {
                let Self { target, inspected, begin_open, promise, turn, .. } = self;
                promise.done();
                turn.done();
                Ok(Fetched { target, inspected, told, begin_open, end_open, problems })
            }
            Err(Refusal::Gone) => {
                self.forget();
                Err(Refusal::Gone)
            }
            // The guardian tries once more when Fathom ends.
            Err(refusal) => Err(refusal),
        }
    }
}

fn put(
    target: &Target,
    mut port: OpenPort,
    was_open: bool,
    interval_micros: u64,
) -> Result<Option<Duration>, Refusal> {
    let options = ProbeOptions { interval_micros, closes: !was_open, watcher: watcher_for(target) };
    let failed = |why: String| Refusal::Failed(format!("has an inspector that {why}"));
    match port.talk.evaluate(&probe::begin(&options), SHORT_LIMIT) {
        Ok(Evaluated::Closed) if !was_open => port.wait_closed(target).map(Some).map_err(Refusal::Failed),
        Ok(Evaluated::Value(_)) if was_open => Ok(None),
        Ok(other) => {
            let why = format!("answered {}", super::quoted(&format!("{other:?}")));
            Err(abandon(port, target, was_open, failed(why)))
        }
        Err(why) => Err(abandon(port, target, was_open, failed(why))),
    }
}

/// Closes what was opened; the error stays the same.
fn abandon(mut port: OpenPort, target: &Target, was_open: bool, refusal: Refusal) -> Refusal {
    // What cannot be closed now is closed by the guardian.
    let _ = port.talk.evaluate(&probe::discard(), SHORT_LIMIT);
    if !was_open {
        let _ = port.talk.evaluate(probe::close(), SHORT_LIMIT);
        let _ = port.wait_closed(target);
    }
    refusal
}

/// Our number and begin, if the target's numbers of processes are ours.
fn watcher_for(target: &Target) -> Option<(i32, u64)> {
    let own = ProcessView::Live(std::process::id() as i32);
    let same = ProcessView::Live(target.pid).read_link("ns/pid").ok()? == own.read_link("ns/pid").ok()?;
    same.then(|| Some((own.pid(), own.stat().ok()?.start_ticks))).flatten()
}

/// Does `work` where the target's addresses mean what they mean to it.
fn in_network_of<T: Send>(
    target: &Target,
    work: impl FnOnce() -> Result<T, Refusal> + Send,
) -> Result<T, Refusal> {
    let pid = target.pid;
    if ProcessView::Live(pid).shares_our_network().map_err(|_| Refusal::Gone)? {
        return work();
    }
    let there = || {
        enter_network_of(pid).map_err(|error| {
            Refusal::Failed(format!(
                "is in another network namespace, which cannot be entered ({}); start Fathom there with `nsenter \
                 --net=/proc/{pid}/ns/net`",
                error.kind()
            ))
        })?;
        work()
    };
    // The thread goes when it has done this, and with it the other network.
    std::thread::scope(|scope| scope.spawn(there).join())
        .unwrap_or_else(|_| Err(Refusal::Failed("could not be asked: a thread of Fathom failed".to_owned())))
}

/// A refusal as a clause about the process.
pub(super) fn in_words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Gone => "has ended".to_owned(),
        Refusal::Unhandled => "does not handle SIGUSR1, with which inspectors are opened".to_owned(),
        Refusal::Pending => "did not open its inspector: its main thread is not in JavaScript".to_owned(),
        Refusal::Failed(why) => why.clone(),
    }
}

/// What was kept, clauses about what is missing, and how long the inspector was open.
type Kept = (Vec<Told>, Vec<String>, Option<Duration>);

fn fetch(target: &Target, inspector: Option<SocketAddr>, was_open: bool) -> Result<Kept, Refusal> {
    let own = own_addresses(target, inspector)?;
    let mut port = open(target, &own, Some(END_LIMIT))?;
    let mut problems = Vec::new();
    let told = talk_through(&mut port, &mut problems).map_err(Refusal::Failed);
    if was_open {
        return Ok((told?, problems, None));
    }
    // The answer is the end of the connection; whether the port is closed is looked at.
    let _ = port.talk.evaluate(probe::close(), SHORT_LIMIT);
    let end_open = port.wait_closed(target).map_err(Refusal::Failed)?;
    Ok((told?, problems, Some(end_open)))
}

fn talk_through(port: &mut OpenPort, problems: &mut Vec<String>) -> Result<Vec<Told>, String> {
    let failed = |why: String| format!("has an inspector that {why}");
    let mut value = |expression: String, limit: Duration| match port.talk.evaluate(&expression, limit) {
        Ok(Evaluated::Value(value)) => Ok(value),
        Ok(Evaluated::Closed) => Err(failed("was closed by somebody else".to_owned())),
        Err(why) => Err(failed(why)),
    };
    if value(probe::stop(), FETCH_LIMIT)?.as_bool() != Some(true) {
        return Err("has lost what was put into it".to_owned());
    }
    let begun = Instant::now();
    let n_workers = loop {
        let is_last = begun.elapsed() > WORKERS_LIMIT;
        match value(probe::ready(is_last), SHORT_LIMIT)?.as_i64() {
            Some(n) if n >= 0 => break n.unsigned_abs(),
            Some(_) if !is_last => std::thread::sleep(PAUSE),
            _ => return Err("gave a number of workers that is none".to_owned()),
        }
    };
    let mut workers = Vec::new();
    for at in 0..n_workers.min(MAX_WORKERS) {
        match value(probe::worker(at), FETCH_LIMIT)?.as_str().map(probe::read_worker) {
            Some(Ok(told)) => workers.push(told),
            Some(Err(why)) => problems.push(format!("its worker {why}")),
            None => problems.push("a worker of it gave no text".to_owned()),
        }
    }
    let text = value(probe::take(), FETCH_LIMIT)?;
    let text = text.as_str().ok_or("gave no text")?;
    let mut told = vec![probe::read(text).map_err(|why| format!("has a probe that {why}"))?];
    told.extend(workers);
    Ok(told)
}

/// Most workers of one process that are fetched.
const MAX_WORKERS: u64 = 1_000;

/// Takes a probe back that Fathom left when it ended, in the words of [`Step`].
///
/// # Errors
/// What is left, a sentence.
pub(super) fn undo(step: &str) -> Result<(), String> {
    let Step { pid, start_ticks, was_open, own } =
        serde_json::from_str(step).map_err(|error| format!("inspector: {step:?} is no step: {error}"))?;
    let Some(target) = Target::of(ProcessId(0), pid).filter(|target| target.start_ticks == start_ticks)
    else {
        return Ok(());
    };
    let undone = in_network_of(&target, || {
        let mut port = open(&target, &own, Some(UNDO_LIMIT))?;
        let discarded = port.talk.evaluate(&probe::discard(), SHORT_LIMIT);
        if !was_open {
            let _ = port.talk.evaluate(probe::close(), SHORT_LIMIT);
            port.wait_closed(&target).map_err(Refusal::Failed)?;
        }
        discarded.map(|_| ()).map_err(|why| Refusal::Failed(format!("has an inspector that {why}")))
    });
    match undone {
        Ok(()) | Err(Refusal::Gone | Refusal::Unhandled) => Ok(()),
        Err(refusal) => Err(format!(
            "process {pid} {}; a probe may be left in it, which ends by itself, and its inspector may be open",
            in_words(&refusal)
        )),
    }
}
