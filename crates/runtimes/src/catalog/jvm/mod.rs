//! HotSpot, the Java virtual machine, of JDK 11 to 26.
//!
//! That it is there, its version and its flags are read from its file and its memory. Its threads and everything else
//! it has to be asked for, through its attach socket ([`attach`]), which makes it work: a dump of the threads stops
//! them for a moment. While it is recorded nothing is read here; what it says of itself is a collector's business.

pub(super) mod attach;
mod counters;
mod find;
pub(super) mod names;
mod protocol;
mod threads;
mod vm_structs;

use crate::Snapshot;
use crate::loaded::threads_by_innermost;
use crate::read_error::ReadError;
use crate::runtime::{CounterSource, Detection, Reader, Runtime, RuntimeDump};
use attach::{Attach, AttachError};
use fathom_sys::process_view::ProcessView;
use find::Found;
use std::fs::File;
use std::time::Duration;
use vm_structs::Facts;

/// How long the threads may take to be printed: ten thousand take a second.
const PRINT_LIMIT: Duration = Duration::from_secs(15);
/// The text of ten thousand threads of fifty frames.
const MAX_PRINTED_BYTES: usize = 64 << 20;

/// HotSpot.
pub(super) struct Jvm;

/// Reads bytes as the answer of an attach socket, in pieces, and its text as a list of threads, and as counters, for
/// fuzzers.
#[doc(hidden)]
pub fn read_hostile(bytes: &[u8]) -> Option<RuntimeDump> {
    assert!(counters::read(bytes).iter().all(|counter| counter.value >= 0.0));
    let mut reader = protocol::AnswerReader::new(MAX_PRINTED_BYTES);
    for piece in bytes.chunks(7) {
        reader.push(piece).ok()?;
    }
    reader.finish().ok().map(|answer| threads::read(&answer.text))
}

/// A HotSpot in a process, as far as is known without asking it.
#[derive(Clone, Debug)]
struct Machine {
    facts: Facts,
    /// Why something of it cannot be read.
    unreadable: Option<String>,
}

impl Machine {
    fn spoken(&self) -> String {
        match &self.facts.version {
            Some(version) => format!("HotSpot {version}"),
            None => "HotSpot".to_owned(),
        }
    }

    fn feature(&self) -> Option<u32> {
        let digits: String = self.facts.version.as_ref()?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

/// The HotSpot of a process, if it has one.
fn machine(process: &ProcessView) -> Result<Option<Machine>, (String, String)> {
    let Some(found) = find::find(process)? else { return Ok(None) };
    Ok(Some(facts(process, &found)))
}

fn facts(process: &ProcessView, found: &Found) -> Machine {
    match vm_structs::read(&Snapshot::new(process), found) {
        Ok(facts) => Machine { facts, unreadable: None },
        Err(error) => {
            Machine { facts: Facts::default(), unreadable: Some(format!("{}: {error}", found.path)) }
        }
    }
}

impl Runtime for Jvm {
    fn id(&self) -> &'static str {
        "jvm"
    }

    fn tested_versions(&self) -> &'static str {
        "HotSpot of JDK 17 and 25"
    }

    fn may_be_in(&self, path: &str, is_program: bool, file: &File) -> bool {
        !is_program && find::is_library(path) && find::is_hotspot(file)
    }

    fn names_samples(&self) -> bool {
        // Its compiled code is named by what it says of itself.
        false
    }

    fn counters(&self, process: &ProcessView) -> Option<Box<dyn CounterSource>> {
        counters::Counters::find(process).map(|counters| Box::new(counters) as Box<dyn CounterSource>)
    }

    fn detect(&self, process: &ProcessView) -> Detection {
        match machine(process) {
            Ok(None) => Detection::Absent,
            Ok(Some(machine)) => Detection::Ready(Box::new(JvmReader { machine })),
            Err((path, why)) => Detection::Unreadable { version: None, why: format!("{path}: {why}") },
        }
    }
}

#[derive(Debug)]
struct JvmReader {
    machine: Machine,
}

impl Reader for JvmReader {
    fn version(&self) -> String {
        self.machine.spoken()
    }

    fn method(&self) -> String {
        "asked through its attach socket; its threads stand still for a moment while it prints them"
            .to_owned()
    }

    fn dump(&mut self, process: &ProcessView) -> Result<RuntimeDump, ReadError> {
        let asked = |process: &ProcessView| -> Result<String, AttachError> {
            let attach = Attach::look(process.pid())?;
            attach.listen()?;
            attach.command("Thread.print -l -e", PRINT_LIMIT, MAX_PRINTED_BYTES)
        };
        let text = asked(process).map_err(|error| ReadError::NotTold(error.to_string()))?;
        let mut dump = threads::read(&text);
        let by_innermost = threads_by_innermost(process);
        for thread in &mut dump.threads {
            thread.tid = thread.tid.and_then(|tid| by_innermost.get(&tid).copied());
        }
        Ok(dump)
    }
}
