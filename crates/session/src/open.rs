//! Opening a recording by handle or path: finished, or the spool of one that was not.

use crate::error::SessionError;
use crate::finish::from_spool;
use crate::kernel_names::KernelNames;
use fathom_model::{Issue, Recording};
use fathom_store::{FileKind, RecordingDir, StoreError, read_recording, sniff};
use std::path::{Path, PathBuf};

/// An opened recording.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The recording.
    pub recording: Recording,
    /// What was found wrong with the file.
    pub issues: Vec<Issue>,
    /// The file.
    pub path: PathBuf,
}

/// Opens a handle (`@last`, `@prev`, a number, a tag), a `.fathom` file or a spool.
///
/// # Errors
/// If there is no such recording, or the file is none.
pub fn open(recording: &str) -> Result<Opened, SessionError> {
    let path = RecordingDir::in_directory(Path::new(".")).resolve(recording)?;
    let shown = || path.display().to_string();
    match sniff(&path)? {
        FileKind::Fathom => {
            let (recording, issues) = read_recording(&path)?;
            Ok(Opened { recording, issues, path })
        }
        FileKind::Spool => {
            let bytes = std::fs::read(&path).map_err(|source| StoreError::Io {
                what: "read",
                path: path.clone(),
                source,
            })?;
            let (mut recording, issues) = from_spool(&bytes, &shown(), KernelNames::new(), &mut |_| {})?;
            recording.meta.recovered = true;
            Ok(Opened { recording, issues, path })
        }
        FileKind::Foreign(format) => Err(SessionError::Foreign { path: shown(), format: format.name }),
        FileKind::Unknown => Err(SessionError::Unknown { path: shown() }),
    }
}
