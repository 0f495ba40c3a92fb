//! What was done in a JVM, and how it is taken back: by Fathom at the end, by the guardian when Fathom is gone.

use fathom_runtimes::catalog::Attach;
use fathom_sys::process_view::{Folder, Owner, ProcessView};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

/// How all our names begin.
const PREFIX: &str = "fathom-";
/// Names of the files in our folder.
pub(super) const SETTINGS: &str = "settings.jfc";
pub(super) const RECORDING: &str = "recording.jfr";
/// Random bytes of a name: nobody guesses it before it is there.
const RANDOM_BYTES: usize = 8;
/// How long a JVM may take to end a recording when nobody wants it any more.
const STOP_LIMIT: Duration = Duration::from_secs(10);
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// A recording of ours in a JVM, and the folder with its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    /// The process, and when it began: its number may be another's by now.
    pub(super) pid: i32,
    pub(super) start_ticks: u64,
    /// User and group of the files.
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Name of the recording and of the folder.
    pub(super) name: String,
    /// Its root folder as we see it, if we see it without the process: it may end before this is taken back.
    pub(super) root: Option<PathBuf>,
}

impl Step {
    /// A step with a name of its own.
    pub(super) fn new(attach: &Attach) -> io::Result<Self> {
        let mut random = [0; RANDOM_BYTES];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let Owner { uid, gid } = attach.owner();
        let (pid, start_ticks) = (attach.pid(), attach.start_ticks());
        let root = root_seen_from_here(&ProcessView::Live(pid));
        Ok(Self { pid, start_ticks, uid, gid, name: format!("{PREFIX}{digits}"), root })
    }

    /// One line for the guardian.
    pub(super) fn to_line(&self) -> io::Result<String> {
        serde_json::to_string(self).map_err(io::Error::other)
    }

    /// From such a line; a name that we never give is refused.
    pub(super) fn of_line(line: &str) -> Result<Self, String> {
        let step: Self = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
        let digits = step.name.strip_prefix(PREFIX).unwrap_or_default();
        let is_ours = digits.len() == 2 * RANDOM_BYTES && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_ours { Ok(step) } else { Err(format!("{line}: the name is not one of ours")) }
    }

    fn owner(&self) -> Owner {
        Owner { uid: self.uid, gid: self.gid }
    }

    /// Whether the process is still the one that was recorded.
    pub(super) fn is_alive(&self) -> bool {
        is_alive(self.pid, self.start_ticks)
    }

    /// Takes it back when nothing of it is known any more but these words.
    pub(super) fn undo(&self) -> Result<(), String> {
        if !self.is_alive() {
            let Some(root) = &self.root else {
                return Err(format!(
                    "process {} has ended, and its /tmp, in which {} may be left, cannot be reached from here",
                    self.pid, self.name
                ));
            };
            let ourselves = ProcessView::Live(std::process::id() as i32);
            let temp = ourselves.folder_in_root(&root.join("tmp")).map_err(|error| error.to_string())?;
            return self.remove_files(&temp);
        }
        let attach = Attach::look(self.pid).map_err(|error| error.to_string())?;
        let stopped = match attach.listens() {
            Ok(true) => self.stop(&attach),
            // It was never spoken with.
            Ok(false) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        let forgotten = attach.forget().map_err(|error| error.to_string());
        stopped.and(self.remove_files(attach.temp())).and(forgotten)
    }

    fn stop(&self, attach: &Attach) -> Result<(), String> {
        let command = format!("JFR.stop name={}", self.name);
        let answer = attach.command(&command, STOP_LIMIT, MAX_ANSWER_BYTES);
        match runs(attach, &self.name) {
            Ok(false) => Ok(()),
            Ok(true) => Err(format!("recording {} in process {} goes on: {answer:?}", self.name, self.pid)),
            Err(error) => Err(error),
        }
    }

    /// Removes our files and our folder.
    pub(super) fn remove_files(&self, temp: &Folder) -> Result<(), String> {
        let failed = |error: io::Error| format!("{}/{}: {error}", temp.path().display(), self.name);
        let folder = match temp.open_folder(&self.name, self.owner()) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        for file in [SETTINGS, RECORDING] {
            match folder.remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        temp.remove_folder(&self.name).map_err(failed)
    }
}

/// The root folder of a process, if it shares our mounts.
fn root_seen_from_here(process: &ProcessView) -> Option<PathBuf> {
    let ours = ProcessView::Live(std::process::id() as i32);
    let shares = process.read_link("ns/mnt").ok()? == ours.read_link("ns/mnt").ok()?;
    if shares { process.read_link("root").ok() } else { None }
}

/// Whether the process with this number is the one that began then, and has not ended.
pub(super) fn is_alive(pid: i32, start_ticks: u64) -> bool {
    ProcessView::Live(pid).stat().is_ok_and(|stat| stat.start_ticks == start_ticks && !stat.state.has_ended())
}

/// Whether a recording with this name is in the list that the JVM gives.
pub(super) fn runs(attach: &Attach, name: &str) -> Result<bool, String> {
    let list =
        attach.command("JFR.check", STOP_LIMIT, MAX_ANSWER_BYTES).map_err(|error| error.to_string())?;
    Ok(names(&list).any(|found| found == name))
}

/// Names in the list of recordings.
pub(super) fn names(list: &str) -> impl Iterator<Item = &str> {
    list.lines()
        .filter(|line| line.starts_with("Recording"))
        .filter_map(|line| line.split_whitespace().find_map(|word| word.strip_prefix("name=")))
        .map(|name| name.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    fn step(name: &str) -> Step {
        let us = std::fs::metadata("/proc/self").expect("linux");
        // A process that began at no time is gone.
        let (uid, gid) = (us.uid(), us.gid());
        Step { pid: 1, start_ticks: u64::MAX, uid, gid, name: name.to_owned(), root: Some("/".into()) }
    }

    #[test]
    fn a_step_is_a_line_and_back() {
        let step = step("fathom-0123456789abcdef");
        let line = step.to_line().expect("a line");
        assert!(!line.contains('\n'));
        assert_eq!(Step::of_line(&line), Ok(step));
        for name in ["fathom-", "fathom-0123456789abcde/", "..", "other-0123456789abcdef"] {
            let line = serde_json::to_string(&self::step(name)).expect("a line");
            assert!(Step::of_line(&line).is_err(), "{name}");
        }
        assert!(Step::of_line("nonsense").is_err());
    }

    #[test]
    fn files_of_a_process_that_is_gone_are_removed() {
        let step = step(&format!("fathom-{:016x}", std::process::id()));
        let ourselves = ProcessView::Live(std::process::id() as i32);
        let temp = ourselves.folder_in_root(Path::new("/tmp")).expect("/tmp");
        assert_eq!(step.undo(), Ok(()), "nothing was done yet");
        let folder = temp.create_folder(&step.name, step.owner()).expect("a folder");
        folder.create_file(SETTINGS, step.owner(), b"").expect("a file");
        folder.create_file(RECORDING, step.owner(), b"").expect("a file");
        assert_eq!(step.undo(), Ok(()));
        assert_eq!(temp.entry(&step.name).expect("/tmp"), None);
        assert_eq!(step.undo(), Ok(()), "twice does no harm");
    }

    #[test]
    fn a_folder_that_cannot_be_reached_is_said() {
        let step = Step { root: None, ..step("fathom-0123456789abcdef") };
        let why = step.undo().expect_err("out of reach");
        assert!(why.contains("cannot be reached from here"), "{why}");
        let ours = ProcessView::Live(std::process::id() as i32);
        assert_eq!(root_seen_from_here(&ours), ours.read_link("root").ok());
    }

    #[test]
    fn what_stays_is_said() {
        let step = step(&format!("fathom-{:016x}", u64::from(std::process::id()) | 1 << 40));
        let ourselves = ProcessView::Live(std::process::id() as i32);
        let temp = ourselves.folder_in_root(Path::new("/tmp")).expect("/tmp");
        let folder = temp.create_folder(&step.name, step.owner()).expect("a folder");
        folder.create_file("foreign", step.owner(), b"").expect("a file");
        let why = step.undo().expect_err("not empty");
        assert!(why.contains(&step.name), "{why}");
        folder.remove_file("foreign").expect("removed");
        assert_eq!(step.undo(), Ok(()));
    }

    #[test]
    fn lists_of_recordings_are_read() {
        let list = "Recording 1: name=fathom-ab duration=1m maxsize=250.0MB (running)\n\
                    Recording: recording=2 name=\"mine\" (stopped)\n\nUse jcmd name=x\n";
        assert_eq!(names(list).collect::<Vec<_>>(), ["fathom-ab", "mine"]);
        assert_eq!(names("No available recordings.\n").count(), 0);
    }
}
