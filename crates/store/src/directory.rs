//! `./.fathom/`: where recordings go when nobody says otherwise, and how they are found again.
//!
//! A recording is `NNNN-name.fathom`; while it runs, and after a crash, `NNNN-name.fathom.part`. The number
//! only grows, so it is also the order. The name is the tag given with it or the program's name.

use crate::error::StoreError;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const NAME: &str = ".fathom";
const RECORDING_END: &str = ".fathom";
const SPOOL_END: &str = ".fathom.part";
/// Longest name within a file name.
const MAX_NAME_CHARS: usize = 60;

/// The spool of a recording that will be at `path`: the same with `.part` behind.
pub fn spool_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".part");
    PathBuf::from(name)
}

/// The directory of recordings below a working directory. Nothing is created before [`RecordingDir::new_path`].
#[derive(Clone, Debug)]
pub struct RecordingDir {
    directory: PathBuf,
}

/// A recording in the directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its number; later ones are larger.
    pub number: u32,
    /// Its tag, or the program's name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Whether it is a finished recording; else only its spool is there.
    pub finished: bool,
}

impl RecordingDir {
    /// The directory `.fathom` in `base`.
    pub fn in_directory(base: &Path) -> Self {
        Self { directory: base.join(NAME) }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.directory
    }

    /// A path for a new recording, reserved by an empty spool at [`spool_path`] of it. `name` is a tag or a
    /// program's name; characters that do not belong in file names become `-`. The directory is created with
    /// a `.gitignore` of its own.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be created.
    pub fn new_path(&self, name: &str) -> Result<PathBuf, StoreError> {
        fs::create_dir_all(&self.directory).map_err(StoreError::io("create", &self.directory))?;
        // Held until the return, so that two runs that start together get two numbers.
        let _lock = self.lock()?;
        let number = self.list()?.last().map_or(1, |entry| entry.number.saturating_add(1));
        let path = self.directory.join(format!("{number:04}-{}{RECORDING_END}", file_name(name)));
        let spool = spool_path(&path);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&spool)
            .map_err(StoreError::io("create", &spool))?;
        Ok(path)
    }

    /// All recordings by number, then name. Empty if there is no directory.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the directory cannot be read.
    pub fn list(&self) -> Result<Vec<Entry>, StoreError> {
        let directory = match fs::read_dir(&self.directory) {
            Ok(directory) => directory,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::io("read", &self.directory)(error)),
        };
        let mut entries = Vec::new();
        for file in directory {
            let file = file.map_err(StoreError::io("read", &self.directory))?;
            entries.extend(entry(&file.path()));
        }
        entries.sort();
        // Between a finished recording and the removal of its spool both are there.
        entries.dedup_by(|later, earlier| {
            let same = later.number == earlier.number && later.name == earlier.name;
            if same && later.finished {
                *earlier = later.clone();
            }
            same
        });
        Ok(entries)
    }

    /// The file that a handle stands for: a path, `@last`, `@prev`, a number, or a tag (the latest with it).
    /// `@last` and `@prev` count finished recordings only.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecording`] if there is none, [`StoreError::Io`] if the directory cannot be read.
    pub fn resolve(&self, handle: &str) -> Result<PathBuf, StoreError> {
        let as_path = Path::new(handle);
        if !handle.starts_with('@') && as_path.is_file() {
            return Ok(as_path.to_owned());
        }
        let entries = self.list()?;
        let finished = || entries.iter().rev().filter(|entry| entry.finished);
        let found = match handle {
            "@last" => finished().next(),
            "@prev" => finished().nth(1),
            _ => match handle.parse::<u32>() {
                Ok(number) => entries.iter().find(|entry| entry.number == number),
                Err(_) => {
                    let named = |entry: &&Entry| entry.name == handle;
                    finished().find(named).or_else(|| entries.iter().rev().find(named))
                }
            },
        };
        found.map(|entry| entry.path.clone()).ok_or_else(|| self.not_found(handle, &entries))
    }

    fn not_found(&self, handle: &str, entries: &[Entry]) -> StoreError {
        let finished = entries.iter().filter(|entry| entry.finished).count();
        let unfinished = entries.iter().rev().find(|entry| !entry.finished);
        let named = std::fs::metadata(handle).ok().map(|named| named.file_type());
        let found = match named {
            Some(kind) if kind.is_dir() => "it is a directory, and a recording is a file".to_owned(),
            Some(_) => "it is a device, pipe or socket, and a recording is a file".to_owned(),
            None => format!(
                "{finished} finished recordings are in `{}`, and no file has this name",
                self.directory.display()
            ),
        };
        let hint = match (finished, unfinished) {
            (0, Some(entry)) => format!("fathom report {}", entry.path.display()),
            (0, None) => "fathom run -- COMMAND".into(),
            _ => format!("ls {}", self.directory.display()),
        };
        StoreError::NoSuchRecording { handle: handle.into(), found, hint }
    }

    /// Writes the `.gitignore` if there is none, and locks it.
    fn lock(&self) -> Result<File, StoreError> {
        let ignore = self.directory.join(".gitignore");
        let mut options = OpenOptions::new();
        let mut file =
            options.append(true).create(true).open(&ignore).map_err(StoreError::io("create", &ignore))?;
        file.lock().map_err(StoreError::io("lock", &ignore))?;
        let empty = file.metadata().map_err(StoreError::io("read", &ignore))?.len() == 0;
        if empty {
            file.write_all(b"*\n").map_err(StoreError::io("write", &ignore))?;
        }
        Ok(file)
    }
}

fn entry(path: &Path) -> Option<Entry> {
    let file = path.file_name()?.to_str()?;
    let (stem, finished) = match file.strip_suffix(SPOOL_END) {
        Some(stem) => (stem, false),
        None => (file.strip_suffix(RECORDING_END)?, true),
    };
    let (number, name) = stem.split_once('-')?;
    Some(Entry { number: number.parse().ok()?, name: name.into(), path: path.into(), finished })
}

fn file_name(name: &str) -> String {
    let base = name.rsplit('/').next().unwrap_or(name);
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let clean: String = base.chars().take(MAX_NAME_CHARS).map(|c| if good(c) { c } else { '-' }).collect();
    if clean.is_empty() { "run".into() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finish(path: &Path) {
        fs::rename(spool_path(path), path).expect("reserved");
    }

    #[test]
    fn recordings_are_numbered_and_found() {
        let base = tempfile::tempdir().expect("a directory");
        let dir = RecordingDir::in_directory(base.path());
        assert_eq!(dir.list().expect("no directory is an empty one"), []);
        let first = dir.new_path("/usr/bin/app").expect("created");
        assert_eq!(first, dir.path().join("0001-app.fathom"));
        assert_eq!(fs::read_to_string(dir.path().join(".gitignore")).expect("written"), "*\n");
        finish(&first);
        let second = dir.new_path("fast path;v2").expect("created");
        assert_eq!(second, dir.path().join("0002-fast-path-v2.fathom"));
        finish(&second);
        let running = dir.new_path("app").expect("created");

        let resolve = |handle: &str| dir.resolve(handle).expect("found");
        assert_eq!(resolve("@last"), second);
        assert_eq!(resolve("@prev"), first);
        assert_eq!(resolve("1"), first);
        assert_eq!(resolve("0003"), spool_path(&running));
        assert_eq!(resolve("fast-path-v2"), second);
        assert_eq!(resolve("app"), first);
        assert_eq!(resolve(second.to_str().expect("text")), second);
        fs::write(&running, "x").expect("written");
        assert_eq!(resolve("@last"), running);
        assert_eq!(dir.list().expect("readable").len(), 3);
    }

    #[test]
    fn what_is_not_there_is_said_with_a_next_step() {
        let base = tempfile::tempdir().expect("a directory");
        let dir = RecordingDir::in_directory(base.path());
        let error = dir.resolve("@last").expect_err("nothing there").to_string();
        assert!(error.starts_with("no recording `@last`: 0 finished recordings are in `"), "{error}");
        assert!(error.ends_with("hint: fathom run -- COMMAND"), "{error}");
        let folder = base.path().to_str().expect("text");
        let error = dir.resolve(folder).expect_err("no file").to_string();
        assert!(error.contains("it is a directory, and a recording is a file"), "{error}");
        let error = dir.resolve("/dev/null").expect_err("no file").to_string();
        assert!(error.contains("it is a device"), "{error}");
        let running = dir.new_path("app").expect("created");
        let error = dir.resolve("@last").expect_err("only a spool").to_string();
        assert!(
            error.ends_with(&format!("hint: fathom report {}", spool_path(&running).display())),
            "{error}"
        );
    }

    #[test]
    fn two_at_once_get_two_numbers() {
        let base = tempfile::tempdir().expect("a directory");
        let dir = RecordingDir::in_directory(base.path());
        let threads: Vec<_> = (0..8)
            .map(|at| {
                let dir = dir.clone();
                std::thread::spawn(move || dir.new_path(["a", "b"][at % 2]).expect("created"))
            })
            .collect();
        threads.into_iter().for_each(|thread| {
            thread.join().expect("ends");
        });
        let mut numbers: Vec<u32> = dir.list().expect("readable").iter().map(|entry| entry.number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 8);
    }
}
