//! What can go wrong with files: always with the file's name.

use fathom_formats::parquet::TablesError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a recording cannot be written, read or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("cannot {what} `{}`: {source}{}", path.display(), hint_for(source, path))]
    Io {
        /// What was tried: `read`, `write` ...
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The bytes are no `.fathom` file.
    #[error(
        "`{name}` is not a recording: {found}\n\nhint: fathom report takes .fathom and .fathom.part files"
    )]
    NotARecording {
        /// The file.
        name: String,
        /// What was found instead of a ZIP.
        found: String,
    },
    /// The bytes are a `.fathom` file that cannot be used.
    #[error("`{name}`: {source}")]
    Tables {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: TablesError,
    },
    /// The bytes are no spool, or one of another version.
    #[error(
        "`{name}` is not a spool that this Fathom reads: {found}\n\nhint: recover it with the Fathom that recorded it: fathom report FILE"
    )]
    NotASpool {
        /// The file.
        name: String,
        /// What was found, what is needed.
        found: String,
    },
    /// No recording has this handle.
    #[error("no recording `{handle}`: {found}\n\nhint: {hint}")]
    NoSuchRecording {
        /// What was asked for.
        handle: String,
        /// What was looked at.
        found: String,
        /// What to type.
        hint: String,
    },
}

impl StoreError {
    /// Names the file in a system error; for `map_err`.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}

fn hint_for(error: &io::Error, path: &Path) -> String {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match error.kind() {
        io::ErrorKind::StorageFull => format!("\n\nhint: df -h {}", directory.display()),
        io::ErrorKind::PermissionDenied => {
            format!("\n\nhint: ls -ld {} {}", directory.display(), path.display())
        }
        io::ErrorKind::NotFound => format!("\n\nhint: ls {}", directory.display()),
        _ => String::new(),
    }
}
