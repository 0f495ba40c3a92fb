//! The spool while recording: a full disk ends the recording, never the target.

use fathom_model::{Record, Sink, SinkError};
use fathom_store::{SpoolWriter, StoreError, spool_path};
use std::path::{Path, PathBuf};

/// A spool that remembers its first failure.
pub(crate) struct Spool {
    writer: SpoolWriter,
    path: PathBuf,
    failure: Option<String>,
}

impl Spool {
    /// Creates the spool of the recording at `path`.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let path = spool_path(path);
        Ok(Self { writer: SpoolWriter::create(&path)?, path, failure: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps the outcome of a step: the first error stands in the report.
    pub(crate) fn note(&mut self, outcome: Result<(), SinkError>) -> bool {
        match outcome {
            Ok(()) => true,
            Err(error) => {
                self.failure.get_or_insert_with(|| error.to_string());
                false
            }
        }
    }

    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Removes the file; for a recording that never began, or that is safe elsewhere.
    pub(crate) fn discard(self) -> Result<(), StoreError> {
        self.writer.discard()
    }
}

impl Sink for Spool {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        self.writer.record(record)
    }

    fn checkpoint(&mut self) -> Result<(), SinkError> {
        self.writer.checkpoint()
    }
}
