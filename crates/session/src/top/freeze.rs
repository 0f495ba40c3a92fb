//! What a live view keeps, written as a recording, on a thread of its own.

use crate::finish::find_names;
use crate::gather::Gathered;
use crate::kernel_names::KernelNames;
use fathom_store::write_recording;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frozen {
    /// It is being named and written.
    Writing {
        /// Where to.
        path: PathBuf,
    },
    /// It is there.
    Written {
        /// Where.
        path: PathBuf,
        /// How much of the past it holds, in nanoseconds.
        covers_nanos: i64,
    },
    /// It could not be written.
    Failed {
        /// Why.
        why: String,
    },
}

/// Writes one recording at a time.
#[derive(Debug, Default)]
pub(crate) struct Freezer {
    state: Arc<Mutex<Option<Frozen>>>,
    thread: Option<JoinHandle<()>>,
}

impl Freezer {
    /// How the last one went.
    pub(crate) fn state(&self) -> Arc<Mutex<Option<Frozen>>> {
        self.state.clone()
    }

    /// Names and writes; a second one waits for nobody: it is refused while the first is under way.
    pub(crate) fn start(
        &mut self,
        gathered: Gathered,
        path: PathBuf,
        covers_nanos: i64,
        files: Option<Arc<Vec<File>>>,
    ) {
        if self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        set(&self.state, Frozen::Writing { path: path.clone() });
        let state = self.state.clone();
        let write = move || {
            let (recording, _) = find_names(gathered, KernelNames::new(), &mut |_| {});
            let written = write_recording(&recording, &path);
            // The name was held by an empty spool, as every recording's is.
            let spool = fathom_store::spool_path(&path);
            if std::fs::metadata(&spool).is_ok_and(|found| found.len() == 0) {
                // One that stays is harmless.
                let _ = std::fs::remove_file(&spool);
            }
            let outcome = match written {
                Ok(()) => Frozen::Written { path, covers_nanos },
                Err(error) => Frozen::Failed { why: error.to_string() },
            };
            // Until here the files of modules had to stay open.
            drop(files);
            set(&state, outcome);
        };
        match std::thread::Builder::new().name("fathom-freeze".to_owned()).spawn(write) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => set(&self.state, Frozen::Failed { why: error.to_string() }),
        }
    }

    /// Waits until the last one is written.
    pub(crate) fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn set(state: &Mutex<Option<Frozen>>, frozen: Frozen) {
    *state.lock().unwrap_or_else(PoisonError::into_inner) = Some(frozen);
}
