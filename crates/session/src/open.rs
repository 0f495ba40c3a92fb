//! Opening a recording by handle or path: finished, or the spool of one that was not; or a profile of another tool.

use crate::error::SessionError;
use crate::finish::from_spool;
use crate::foreign::{self, Reading};
use crate::kernel_names::KernelNames;
use fathom_model::{Issue, Recording};
use fathom_store::{FileKind, RecordingDir, StoreError, read_recording, sniff, spool_path, write_recording};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// Stands for the standard input.
const STDIN: &str = "-";

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

/// Opens a handle (`@last`, `@prev`, a number, a tag), a `.fathom` file, a spool, a profile of another tool, or `-` for
/// what comes from the standard input.
///
/// # Errors
/// If there is no such recording, or the file is none.
pub fn open(recording: &str, reading: Reading<'_>) -> Result<Opened, SessionError> {
    let given = Path::new(recording);
    if recording == STDIN {
        let file = kept(&mut io::stdin().lock(), given)?;
        return read_foreign(&file, given, "standard input", reading);
    }
    if is_pipe(given) {
        let mut pipe = File::open(given).map_err(cannot_read(given))?;
        let file = kept(&mut pipe, given)?;
        return read_foreign(&file, given, recording, reading);
    }
    let path = RecordingDir::in_directory(Path::new(".")).resolve(recording)?;
    let shown = || path.display().to_string();
    match sniff(&path)? {
        FileKind::Fathom => {
            let (recording, issues) = read_recording(&path)?;
            Ok(Opened { recording, issues, path })
        }
        FileKind::Spool => {
            let bytes = std::fs::read(&path).map_err(cannot_read(&path))?;
            let (mut recording, issues) = from_spool(&bytes, &shown(), KernelNames::new(), &mut |_| {})?;
            recording.meta.recovered = true;
            Ok(Opened { recording, issues, path })
        }
        FileKind::Other => {
            let file = File::open(&path).map_err(cannot_read(&path))?;
            read_foreign(&file, &path, &shown(), reading)
        }
    }
}

fn read_foreign(file: &File, path: &Path, name: &str, reading: Reading<'_>) -> Result<Opened, SessionError> {
    let (recording, issues) = foreign::read(file, name, reading)?;
    Ok(Opened { recording, issues, path: path.to_owned() })
}

/// Writes a recording that was not recorded here: to `output`, else under the next number of `./.fathom/` with `name`.
///
/// # Errors
/// If it cannot be written.
pub fn keep(recording: &Recording, output: Option<&Path>, name: &str) -> Result<PathBuf, SessionError> {
    if let Some(path) = output {
        write_recording(recording, path)?;
        return Ok(path.to_owned());
    }
    let path = RecordingDir::in_directory(Path::new(".")).new_path(name)?;
    let written = write_recording(recording, &path);
    // The empty spool has kept the number; it says nothing.
    let _ = std::fs::remove_file(spool_path(&path));
    written?;
    Ok(path)
}

fn cannot_read(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |source| StoreError::Io { what: "read", path: path.to_owned(), source }
}

/// Whether a path is a pipe, as `<(command)` of a shell is.
fn is_pipe(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

/// What a pipe gives, in a file without a name: readers go back and forth.
fn kept(pipe: &mut dyn io::Read, name: &Path) -> Result<File, StoreError> {
    let mut file = tempfile::tempfile().map_err(|source| StoreError::Io {
        what: "create",
        path: std::env::temp_dir(),
        source,
    })?;
    io::copy(pipe, &mut file).map_err(cannot_read(name))?;
    Ok(file)
}
