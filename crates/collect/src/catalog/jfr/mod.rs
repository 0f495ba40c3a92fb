//! What a JVM records of itself: its flight recorder (JFR), switched on through the attach socket.
//!
//! No flag, agent or JDK is needed. The recording has a random name and settings of its own, both files lie in a folder
//! of ours in the JVM's `/tmp`, and everything is removed again, by Fathom or by its guardian; beside that the
//! recording ends by itself after an hour. Recordings of others are never touched: only our name is ever stopped. Of what
//! holds for the whole of JFR only the depth of stacks is changed, and only where nobody records.
//!
//! The first start in a JVM loads JFR's classes and costs about a second of its CPU time, so a JVM is recorded only once
//! it has lived for a moment: those that end before pay nothing.

mod clock;
mod code_map;
mod listening;
mod scout;
mod session;
mod settings;
mod step;
mod told;

use crate::collector::{Answers, Ask, Collector, Inquiry, Methods, Readiness, Rung};
use code_map::MapStep;
use fathom_model::{CollectorUse, Pid, ProcessId, Signal};
use scout::{Found, Scout};
use session::Recorded;
use std::time::Duration;
use step::Step;
use told::{Counts, Teller};

const ID: &str = "jfr";
/// From when on it is said that JFR began later than the recording.
const LATE: Duration = Duration::from_secs(1);
/// What is wrong with the sampler of JDK 24 and earlier, and what is done about it.
const BIAS: &str = "before JDK 25 it looks at a few threads at a time and only where it can walk their stack, which is \
                    biased: its samples say where a thread was, the kernel's how much CPU time that stands for";

/// The flight recorder of JVMs.
pub(super) struct Jfr;

impl Collector for Jfr {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "Java frames, allocations, locks, I/O, garbage collections and compilations, as HotSpot's flight recorder has \
         them"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::ProgramCpu, Signal::ProgramWall, Signal::AllocBytes, Signal::Lock]
    }

    fn overhead(&self) -> &'static str {
        "the first start of JFR in a JVM takes 0.5 to 1 s of its CPU time, on threads of the JVM's own; then 100 looks \
         a second at threads that run Java code"
    }

    fn probe(&self) -> Vec<Rung> {
        vec![Rung {
            name: "attach socket",
            gives: "JFR of HotSpot 11 and later, of the same user or for root",
            readiness: Readiness::Ready,
        }]
    }

    fn how(&self, _: &Methods) -> String {
        "asked at its attach socket".to_owned()
    }

    fn is_active(&self) -> bool {
        true
    }

    fn undo(&self, step: &str) -> Result<(), String> {
        match MapStep::of_line(step) {
            Some(map) => map.undo(),
            None => Step::of_line(step)?.undo(),
        }
    }
}

/// The inquiry of [`Jfr`].
pub(super) struct JfrInquiry {
    scout: Scout,
}

impl JfrInquiry {
    pub(super) fn new(ask: &Ask) -> Self {
        Self { scout: Scout::new(ask) }
    }
}

impl Inquiry for JfrInquiry {
    fn begin(&mut self, processes: &[(ProcessId, Pid)]) {
        self.scout.look(processes, true);
    }

    fn look(&mut self, processes: &[(ProcessId, Pid)]) {
        self.scout.look(processes, false);
    }

    fn is_ready(&self) -> bool {
        self.scout.is_ready()
    }

    fn tells_threads_of(&self) -> Vec<ProcessId> {
        self.scout.found()
    }

    fn end(self: Box<Self>) -> Answers {
        let Found { recorded, mut code, n_short, mut residues, failures, n_left_out, not_allowed } =
            self.scout.end();
        let mut teller = Teller::default();
        let mut hows = Vec::new();
        let mut notes: Vec<String> = failures.into_iter().map(|why| format!("No JFR: {why}.")).collect();
        for mut recorded in recorded {
            code.append(&mut recorded.code);
            let counts = teller.tell(&mut recorded);
            hows.push(how(&recorded, &counts));
            notes.extend(notes_of(&recorded, &counts));
            residues.append(&mut recorded.residues);
        }
        residues.sort();
        residues.dedup();
        let (mut answers, n_dropped) = teller.into_answers();
        if n_dropped > 0 {
            notes.push(format!("{n_dropped} more samples and events of JFR were not kept."));
        }
        if n_short > 0 {
            notes.push(format!(
                "{n_short} JVMs ended before JFR had started (it is asked for after 2 s): their compiled methods have names, what the \
                 interpreter ran has none."
            ));
        }
        if n_left_out > 0 {
            notes.push(format!("{n_left_out} more JVMs were not recorded by JFR."));
        }
        answers.used = used(hows, not_allowed, &mut notes);
        answers.notes = notes;
        answers.code = code;
        answers.residues = residues;
        answers
    }
}

fn used(hows: Vec<String>, not_allowed: Option<String>, notes: &mut Vec<String>) -> Option<CollectorUse> {
    let used = !hows.is_empty();
    let how = match (used, not_allowed) {
        (true, _) => hows.join("; "),
        (false, Some(why)) => why,
        // Why nothing came at all stands there and is no note.
        (false, None) if !notes.is_empty() => notes.remove(0).trim_end_matches('.').to_owned(),
        (false, None) => return None,
    };
    Some(CollectorUse { id: ID.to_owned(), used, how, fix: None })
}

fn how(recorded: &Recorded, counts: &Counts) -> String {
    let sampler = match (recorded.wanted.cpu_millis.is_some(), recorded.wanted.samples_cpu_time()) {
        (false, _) => "no samples".to_owned(),
        (true, true) => format!("{} samples by CPU time", counts.execution),
        (true, false) => format!("{} samples by the clock", counts.execution),
    };
    let error_micros = (recorded.clocks.error_nanos() + 999) / 1000;
    format!(
        "process {} ({}): {sampler}, {} in native code; times are right within {error_micros} µs",
        recorded.pid, recorded.version, counts.native
    )
}

fn notes_of(recorded: &Recorded, counts: &Counts) -> Vec<String> {
    let mut clauses: Vec<String> = recorded.problems.clone();
    if recorded.late >= LATE {
        clauses.push(format!("it began {:.1} s after this recording", recorded.late.as_secs_f64()));
    }
    clauses.extend(counts.issue.iter().map(|issue| format!("its file is damaged: {issue}")));
    if counts.truncated > 0 {
        let depth =
            recorded.stack_depth.map_or_else(|| "its depth".to_owned(), |depth| format!("{depth} frames"));
        clauses.push(format!(
            "{} of {} stacks are deeper than JFR keeps ({depth}) and lack their outer end; \
             -XX:FlightRecorderOptions=stackdepth=512 at the program's start changes that",
            counts.truncated, counts.stacks
        ));
    }
    if counts.lost > 0 {
        clauses.push(format!("{} samples were lost by JFR", counts.lost));
    }
    if counts.virtual_threads > 0 {
        clauses.push(format!(
            "{} samples are of virtual threads and stand under the program's first thread",
            counts.virtual_threads
        ));
    }
    if recorded.n_others > 0 {
        clauses.push(format!(
            "{} other recording{} ran beside ours and may have got more events by it",
            recorded.n_others,
            if recorded.n_others == 1 { "" } else { "s" }
        ));
    }
    if counts.execution > 0 && !recorded.wanted.samples_cpu_time() {
        clauses.push(BIAS.to_owned());
    }
    match clauses.is_empty() {
        true => Vec::new(),
        false => {
            let (version, pid) = (&recorded.version, recorded.pid);
            vec![format!("JFR of {version} process {pid}: {}.", clauses.join("; "))]
        }
    }
}
