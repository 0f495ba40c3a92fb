//! Writes the spool while the target runs.

use super::encode::encode;
use super::{BLOCK_BYTES, BLOCK_HEAD_BYTES, Context, MARKER, MAX_BLOCK_BYTES, block_checksum, header};
use crate::error::StoreError;
use fathom_model::{Record, Sink, SinkError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes that gather before they are written between two checkpoints.
const FLUSH_BYTES: usize = 256 << 10;
/// Bytes that wait for a full disk to have room again; more records are refused.
const MAX_WAITING_BYTES: usize = 4 << 20;

/// The spool as a sink. Records gather in memory until [`Sink::checkpoint`], or until there are 256 KiB of them.
///
/// When the disk is full, the call that noticed it returns the error, the file is cut back to its last whole
/// block, and up to 4 MiB of records wait for the next attempt (a checkpoint, or 256 KiB more). Beyond that,
/// records are refused, each with the error; those that were taken stay in order.
pub struct SpoolWriter {
    path: PathBuf,
    target: Box<dyn Target>,
    payload: Vec<u8>,
    scratch: Vec<u8>,
    context: Context,
    /// Whole blocks that are not in the file yet.
    waiting: Vec<u8>,
    /// Length of `waiting` at which the next attempt is made.
    flush_at: usize,
    written_bytes: u64,
    refused: u64,
    /// The file may have bytes behind `written_bytes`: a write failed and so did the cut.
    torn: bool,
    last_error: Option<(io::ErrorKind, Option<i32>)>,
}

/// What a spool is written to: a file, or something that fails on purpose.
trait Target: Write + Send {
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

impl Target for File {
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }
}

impl SpoolWriter {
    /// Creates the file and locks it. One that is already there (the remains of a crash) is renamed to `<path>.old`
    /// unless it is empty.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be created, its header cannot be written, or another recording writes to it.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if is_being_written(path) {
            let source = io::Error::other("another recording is writing it");
            return Err(StoreError::io("create", path)(source));
        }
        if fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0) {
            let mut old = path.as_os_str().to_owned();
            old.push(".old");
            fs::rename(path, &old).map_err(StoreError::io("rename", path))?;
        }
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).open(path).map_err(StoreError::io("create", path))?;
        // Not every file system has locks, and a recording without one is still a recording.
        let _ = file.try_lock();
        Self::on(Box::new(file), path).map_err(StoreError::io("write", path))
    }

    fn on(mut target: Box<dyn Target>, path: &Path) -> io::Result<Self> {
        let header = header();
        target.write_all(&header)?;
        Ok(Self {
            path: path.into(),
            target,
            payload: Vec::with_capacity(2 * BLOCK_BYTES),
            scratch: Vec::new(),
            context: Context::default(),
            waiting: Vec::with_capacity(FLUSH_BYTES + 2 * BLOCK_BYTES),
            flush_at: FLUSH_BYTES,
            written_bytes: header.len() as u64,
            refused: 0,
            torn: false,
            last_error: None,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes in the file that a reader will get back.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Records that were refused because the disk was full for too long.
    pub fn refused_records(&self) -> u64 {
        self.refused
    }

    /// Writes what waits and gives the file's length.
    ///
    /// # Errors
    /// If it cannot be written; the file then holds what was written before.
    pub fn finish(mut self) -> Result<u64, SinkError> {
        self.checkpoint()?;
        Ok(self.written_bytes)
    }

    /// Removes the file: the recording is safe elsewhere.
    ///
    /// # Errors
    /// If it cannot be removed; one that is gone already is no error.
    pub fn discard(mut self) -> Result<(), StoreError> {
        self.payload.clear();
        self.waiting.clear();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", &self.path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Closes the current block.
    fn seal(&mut self) {
        if self.payload.is_empty() {
            return;
        }
        let len = (self.payload.len() as u32).to_le_bytes();
        self.waiting.extend_from_slice(&MARKER);
        self.waiting.extend_from_slice(&len);
        self.waiting.extend_from_slice(&block_checksum(len, &self.payload).to_le_bytes());
        self.waiting.extend_from_slice(&self.payload);
        self.payload.clear();
        self.context = Context::default();
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let cut = if self.torn { self.target.cut(self.written_bytes) } else { Ok(()) };
        match cut.and_then(|()| self.target.write_all(&self.waiting)) {
            Ok(()) => {
                self.torn = false;
                self.written_bytes += self.waiting.len() as u64;
                self.waiting.clear();
                self.flush_at = FLUSH_BYTES;
                self.last_error = None;
                Ok(())
            }
            Err(error) => {
                self.torn = self.target.cut(self.written_bytes).is_err();
                self.flush_at = self.waiting.len() + FLUSH_BYTES;
                self.last_error = Some((error.kind(), error.raw_os_error()));
                Err(self.error(error))
            }
        }
    }

    fn error(&self, source: io::Error) -> SinkError {
        let what = format!(
            "the spool `{}` ({} bytes are safe in it, {} wait)",
            self.path.display(),
            self.written_bytes,
            self.waiting.len() + self.payload.len()
        );
        SinkError { what, source }
    }
}

/// Whether the recording that made the spool is alive: it holds the lock.
fn is_being_written(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    is_file && File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

impl Sink for SpoolWriter {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        if let Some((kind, code)) = self.last_error
            && self.waiting.len() > MAX_WAITING_BYTES
        {
            self.refused += 1;
            return Err(self.error(code.map_or_else(|| kind.into(), io::Error::from_raw_os_error)));
        }
        let before = self.payload.len();
        let encoded = encode(&mut self.payload, &mut self.scratch, &mut self.context, record);
        let message = match encoded {
            Ok(()) if self.payload.len() - before <= MAX_BLOCK_BYTES - 2 * BLOCK_BYTES => None,
            Ok(()) => Some(format!("a record of {} bytes is too long", self.payload.len() - before)),
            Err(message) => Some(message),
        };
        if let Some(message) = message {
            // Only records without a context get here: samples and stacks are short and always fit.
            self.payload.truncate(before);
            self.refused += 1;
            return Err(self.error(io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        if self.payload.len() >= BLOCK_BYTES {
            self.seal();
            if self.waiting.len() >= self.flush_at {
                return self.flush();
            }
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), SinkError> {
        self.seal();
        if self.waiting.is_empty() { Ok(()) } else { self.flush() }
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        // Nobody is left to take the error.
        let _ = self.checkpoint();
    }
}

/// Bytes around every block, for the tests of sizes.
const _: () = assert!(BLOCK_HEAD_BYTES == MARKER.len() + 8);

#[cfg(test)]
mod tests;
