//! A JVM that listens at its attach socket, with the guardian's promise that whatever is done to it is taken back.

use super::Jfr;
use super::code_map::CodeMap;
use super::step::Step;
use crate::collector::{Collector, ToldCode};
use crate::guardian::{Guardian, Promise};
use fathom_model::ProcessId;
use fathom_runtimes::catalog::{Attach, AttachError};
use std::io;

/// A JVM that can be asked, and the map of its code.
pub(super) struct Listening {
    pub(super) attach: Attach,
    pub(super) step: Step,
    pub(super) promise: Promise,
    pub(super) had_to_tell: bool,
    pub(super) code_map: CodeMap,
    pub(super) guardian: Guardian,
}

/// What is known of a JVM that was never recorded.
pub(super) struct Unrecorded {
    /// Whether it ended before it could be recorded.
    pub(super) is_short: bool,
    /// Where compiled methods are.
    pub(super) code: Vec<ToldCode>,
    /// What stays in the process, sentences.
    pub(super) residues: Vec<String>,
}

impl Listening {
    /// Makes it listen, and asks for its code.
    ///
    /// # Errors
    /// Why not: a clause that names the process. Whatever was done by then is taken back.
    pub(super) fn begin(attach: Attach, guardian: &Guardian) -> Result<Self, String> {
        let pid = attach.pid();
        let failed = |what: &str, error: io::Error| format!("process {pid}: {what}: {error}");
        let step = Step::new(&attach).map_err(|error| failed("no random name", error))?;
        let line = step.to_line().map_err(|error| failed("no line for the guardian", error))?;
        let promise = guardian
            .promise(Jfr.id(), &line)
            .map_err(|error| failed("the guardian cannot be told", error))?;
        match attach.listen() {
            Ok(had_to_tell) => {
                let (code_map, guardian) = (CodeMap::new(&attach), guardian.clone());
                let mut listening = Self { attach, step, promise, had_to_tell, code_map, guardian };
                listening.look();
                Ok(listening)
            }
            Err(error) => {
                // The file of one that has not answered stays until the guardian looks again.
                let may_answer = matches!(error, AttachError::NotListening { .. });
                if !may_answer && step.remove_files(attach.temp()).is_ok() {
                    promise.done();
                }
                Err(error.to_string())
            }
        }
    }

    /// Asks for its code, if it is time to.
    pub(super) fn look(&mut self) {
        self.code_map.look(&self.attach, &Jfr, &self.guardian);
    }

    /// Ends it unrecorded.
    pub(super) fn end(self, process: ProcessId) -> Unrecorded {
        let Self { attach, step, promise, had_to_tell, code_map, guardian } = self;
        let code = code_map.end(process, &attach, &Jfr, &guardian);
        if step.remove_files(attach.temp()).is_ok() {
            promise.done();
        }
        let residues = if step.is_alive() { residue(&attach, had_to_tell) } else { None };
        Unrecorded { is_short: true, code, residues: residues.into_iter().collect() }
    }
}

/// What stays of having been told to listen, a sentence.
pub(super) fn residue(attach: &Attach, had_to_tell: bool) -> Option<String> {
    let pid = attach.pid();
    had_to_tell.then(|| {
        format!("the thread `Attach Listener` and its socket in /tmp stay in process {pid} until it ends")
    })
}
