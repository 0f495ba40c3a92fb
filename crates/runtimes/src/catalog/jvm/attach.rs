//! Speaking with a HotSpot through its attach socket, as `jcmd` does, without a JDK.
//!
//! The first to speak with it has to make it listen: a file `.attach_pid<PID>` in its `/tmp`, then SIGQUIT. Without
//! that file, or where attaching is switched off, SIGQUIT makes it print all its threads; where the signal is not
//! caught it ends the process. So the signal is sent only if it is caught, the flags allow attaching (both read without
//! asking), the file is there with the owner that HotSpot wants, and the process can answer now.
//!
//! The socket and the thread `Attach Listener` stay until the virtual machine ends; there is never a second one.

use super::protocol::{self, AnswerReader, ProtocolError, quoted};
use super::vm_structs::Facts;
use super::{Machine, machine};
use fathom_sys::proc::TaskState;
use fathom_sys::process_view::{EntryKind, Folder, Owner, ProcessView};
use fathom_sys::signals::send_signal_to;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

const SIGQUIT: i32 = 3;
/// How long HotSpot may take to listen; usually 10 ms, at most a safepoint and a busy machine.
const LISTEN_LIMIT: Duration = Duration::from_secs(5);
const LISTEN_PAUSE: Duration = Duration::from_millis(5);
/// Where HotSpot looks for files and puts its socket, whatever `java.io.tmpdir` says (`os::get_temp_directory`).
const TEMP: &str = "/tmp";

/// Why a HotSpot cannot be spoken with, or did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The process, or something of it, cannot be looked at.
    #[error("{what} of process {pid} cannot be read: {source}")]
    Unseen {
        /// The process.
        pid: i32,
        /// What was looked at.
        what: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// There is no HotSpot in it.
    #[error("process {0} runs no HotSpot")]
    NoHotSpot(i32),
    /// Its user is neither ours nor are we root.
    #[error(
        "process {pid} belongs to user {owner}; only that user and root may speak with its JVM, and this is user {us}"
    )]
    OtherUser {
        /// The process.
        pid: i32,
        /// Its effective user.
        owner: u32,
        /// Ours.
        us: u32,
    },
    /// It would print its threads, or end.
    #[error("the JVM of process {pid} cannot be told to listen: {why}")]
    CannotListen {
        /// The process.
        pid: i32,
        /// What was found, and what is needed.
        why: String,
    },
    /// It did not begin to listen.
    #[error(
        "the JVM of process {pid} did not listen within {seconds} s of SIGQUIT; {file} stays in its folder, so that a late answer prints nothing"
    )]
    NotListening {
        /// The process.
        pid: i32,
        /// How long it was waited for.
        seconds: u64,
        /// What it was told by.
        file: String,
    },
    /// Its socket is not its own.
    #[error("{path} of process {pid} {found}; needed is a socket of that process and of user {owner}")]
    Foreign {
        /// The process.
        pid: i32,
        /// The socket.
        path: String,
        /// What is there.
        found: String,
        /// Whose it should be.
        owner: u32,
    },
    /// The connection failed or took too long.
    #[error("{path} of process {pid} {what}: {source}")]
    Talk {
        /// The process.
        pid: i32,
        /// The socket.
        path: String,
        /// What was tried.
        what: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// It sent no answer to the end within its time.
    #[error("the JVM of process {pid} did not answer `{command}` within {seconds} s; {n_bytes} bytes came")]
    Silent {
        /// The process.
        pid: i32,
        /// The command.
        command: String,
        /// The limit.
        seconds: u64,
        /// What came until then.
        n_bytes: usize,
    },
    /// What it sent is no answer.
    #[error("what answers `{command}` for process {pid} is no JVM: {source}")]
    Protocol {
        /// The process.
        pid: i32,
        /// The command.
        command: String,
        /// What is wrong.
        source: ProtocolError,
    },
    /// It answered that it does not do it.
    #[error("the JVM of process {pid} refused `{command}` ({code}): {text}")]
    Refused {
        /// The process.
        pid: i32,
        /// The command.
        command: String,
        /// Its number.
        code: i32,
        /// Its words, cut.
        text: String,
    },
}

/// A HotSpot that can be spoken with.
#[derive(Debug)]
pub struct Attach {
    pid: i32,
    start_ticks: u64,
    innermost_pid: i32,
    owner: Owner,
    temp: Folder,
    machine: Machine,
}

impl Attach {
    /// Looks whether the JVM of a process can be spoken with. Nothing is done in the process.
    ///
    /// # Errors
    /// It cannot, and why.
    pub fn look(pid: i32) -> Result<Self, AttachError> {
        let process = ProcessView::Live(pid);
        let unseen = |what: &'static str| move |source: io::Error| AttachError::Unseen { pid, what, source };
        let start_ticks = process.stat().map_err(unseen("the start"))?.start_ticks;
        let status = process.status().map_err(unseen("the status"))?;
        let owner = Owner { uid: status.uids[1], gid: status.gids[1] };
        let ourselves = ProcessView::Live(std::process::id() as i32);
        let us = ourselves.status().map_err(unseen("the status"))?.uids[1];
        if us != 0 && us != owner.uid {
            return Err(AttachError::OtherUser { pid, owner: owner.uid, us });
        }
        let machine = match machine(&process) {
            Ok(Some(machine)) => machine,
            Ok(None) => return Err(AttachError::NoHotSpot(pid)),
            Err((path, why)) => {
                let source = io::Error::other(format!("{path}: {why}"));
                return Err(AttachError::Unseen { pid, what: "the JVM", source });
            }
        };
        let temp = process.folder_in_root(Path::new(TEMP)).map_err(unseen("/tmp"))?;
        Ok(Self { pid, start_ticks, innermost_pid: status.innermost_pid(), owner, temp, machine })
    }

    /// The process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// When it began, in ticks since the machine's start: with the number it names the process for ever.
    pub fn start_ticks(&self) -> u64 {
        self.start_ticks
    }

    /// User and group as whom the JVM opens files.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// Its `/tmp`.
    pub fn temp(&self) -> &Folder {
        &self.temp
    }

    /// Version as people write it: `HotSpot 17.0.15+6`.
    pub fn version(&self) -> String {
        self.machine.spoken()
    }

    /// The JDK's number: 17.
    pub fn feature(&self) -> Option<u32> {
        self.machine.feature()
    }

    /// Whether it listens already, so that speaking with it needs no signal.
    ///
    /// # Errors
    /// Something else has the name of its socket.
    pub fn listens(&self) -> Result<bool, AttachError> {
        let name = self.socket();
        let entry = self.temp.entry(&name).map_err(self.talk("cannot be looked at"))?;
        let found = match entry {
            None => return Ok(false),
            Some(entry) if entry.kind != EntryKind::Socket => "is no socket".to_owned(),
            Some(entry) if entry.uid != self.owner.uid => format!("belongs to user {}", entry.uid),
            Some(_) => return Ok(true),
        };
        Err(self.foreign(found))
    }

    /// Makes it listen, unless it does already. Gives whether it had to be told.
    ///
    /// # Errors
    /// It must not be told so, or does not answer in time.
    pub fn listen(&self) -> Result<bool, AttachError> {
        if self.listens()? {
            return Ok(false);
        }
        let pid = self.pid;
        let cannot = |why: String| AttachError::CannotListen { pid, why };
        self.check_may_listen()?;
        let file = format!(".attach_pid{}", self.innermost_pid);
        // A second tool at work, or one that was interrupted: the file says the same then.
        let made = match self.temp.create_file(&file, self.owner, b"") {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(cannot(format!("{TEMP}/{file} cannot be made ({error})"))),
        };
        let done = self.signal_and_wait(&file);
        // A JVM that was told and has not answered yet would print its threads without the file.
        if made && !matches!(done, Err(AttachError::NotListening { .. })) {
            let _ = self.temp.remove_file(&file);
        }
        done.map(|()| true)
    }

    /// Removes the file by which it was told to listen, if one is left because it did not answer in time.
    ///
    /// # Errors
    /// The signal has not reached it yet: without the file it would print its threads then.
    pub fn forget(&self) -> io::Result<()> {
        let file = format!(".attach_pid{}", self.innermost_pid);
        let is_there = self
            .temp
            .entry(&file)?
            .is_some_and(|entry| entry.kind == EntryKind::File && entry.uid == self.owner.uid);
        if !is_there {
            return Ok(());
        }
        let status = ProcessView::Live(self.pid).read("status")?;
        if !self.listens().unwrap_or(false) && is_pending(&status, SIGQUIT) {
            return Err(io::Error::other(format!("{TEMP}/{file} stays, because SIGQUIT is pending")));
        }
        self.temp.remove_file(&file)
    }

    fn check_may_listen(&self) -> Result<(), AttachError> {
        let cannot = |why: String| AttachError::CannotListen { pid: self.pid, why };
        let process = ProcessView::Live(self.pid);
        let unseen = |source: io::Error| AttachError::Unseen { pid: self.pid, what: "the status", source };
        let Facts { flags, .. } = &self.machine.facts;
        match flags.get("DisableAttachMechanism") {
            Some(false) => {}
            Some(true) => {
                return Err(cannot(
                    "it was started with -XX:+DisableAttachMechanism, needed is a start without".into(),
                ));
            }
            None => {
                let why = self.machine.unreadable.as_deref().unwrap_or("it has no such flag");
                return Err(cannot(format!("whether it may be attached to cannot be read ({why})")));
            }
        }
        let caught = process.status().map_err(unseen)?.signals_caught.unwrap_or(0);
        if caught & (1 << (SIGQUIT - 1)) == 0 {
            return Err(cannot(
                "it does not catch SIGQUIT (started with -Xrs, or not yet begun), and the signal would end it".into(),
            ));
        }
        let state = process.stat().map_err(unseen)?.state;
        if matches!(state, TaskState::Stopped | TaskState::Traced) || state.has_ended() {
            return Err(cannot(format!("the process is {state:?}, needed is one that runs").to_lowercase()));
        }
        Ok(())
    }

    fn signal_and_wait(&self, file: &str) -> Result<(), AttachError> {
        let pid = self.pid;
        let cannot = |why: String| AttachError::CannotListen { pid, why };
        match self.temp.entry(file) {
            Ok(Some(entry)) if entry.kind == EntryKind::File && entry.uid == self.owner.uid => {}
            found => {
                return Err(cannot(format!(
                    "{TEMP}/{file} is not the file of user {} that it needs: {found:?}",
                    self.owner.uid
                )));
            }
        }
        // Somebody else may have told it meanwhile, and then the signal would print.
        if self.listens()? {
            return Ok(());
        }
        send_signal_to(pid, self.start_ticks, SIGQUIT)
            .map_err(|error| cannot(format!("SIGQUIT cannot be sent ({error})")))?;
        let deadline = Instant::now() + LISTEN_LIMIT;
        while Instant::now() < deadline {
            if self.listens()? {
                return Ok(());
            }
            std::thread::sleep(LISTEN_PAUSE);
        }
        let file = format!("{TEMP}/{file}");
        Err(AttachError::NotListening { pid, seconds: LISTEN_LIMIT.as_secs(), file })
    }

    /// Has it carry out a diagnostic command, within `limit`; gives its output of at most `max_bytes`. It must listen.
    ///
    /// # Errors
    /// It does not listen, is not the JVM, answers too late, too much, nonsense, or that it will not.
    pub fn command(&self, command: &str, limit: Duration, max_bytes: usize) -> Result<String, AttachError> {
        let deadline = Instant::now() + limit;
        let (pid, path) = (self.pid, self.socket());
        let protocol = |source| AttachError::Protocol { pid, command: quoted(command), source };
        let request = protocol::diagnostic_command(command).map_err(protocol)?;
        if !self.listens()? {
            return Err(self.foreign("is not there".to_owned()));
        }
        let mut socket =
            self.temp.connect(&path, self.owner, deadline).map_err(self.talk("cannot be connected to"))?;
        if socket.listener_pid != pid || socket.listener_uid != self.owner.uid {
            let (pid, uid) = (socket.listener_pid, socket.listener_uid);
            return Err(self.foreign(format!("was opened by process {pid} of user {uid}")));
        }
        let late = |n_bytes| AttachError::Silent {
            pid,
            command: quoted(command),
            seconds: limit.as_secs(),
            n_bytes,
        };
        let or_late = |error: io::Error, n_bytes: usize, what| match error.kind() {
            io::ErrorKind::TimedOut => late(n_bytes),
            _ => self.talk(what)(error),
        };
        socket.send(&request, deadline).map_err(|error| or_late(error, 0, "takes no request"))?;
        let mut reader = AnswerReader::new(max_bytes);
        let (mut buffer, mut n_bytes) = ([0; 16 << 10], 0);
        loop {
            let n = socket
                .receive(&mut buffer, deadline)
                .map_err(|error| or_late(error, n_bytes, "ends in the middle"))?;
            if n == 0 {
                break;
            }
            n_bytes += n;
            reader.push(&buffer[..n]).map_err(protocol)?;
        }
        let answer = reader.finish().map_err(protocol)?;
        match answer.code {
            0 => Ok(answer.text),
            code => {
                Err(AttachError::Refused { pid, command: quoted(command), code, text: quoted(&answer.text) })
            }
        }
    }

    fn socket(&self) -> String {
        format!(".java_pid{}", self.innermost_pid)
    }

    fn foreign(&self, found: String) -> AttachError {
        let path = format!("{TEMP}/{}", self.socket());
        AttachError::Foreign { pid: self.pid, path, found, owner: self.owner.uid }
    }

    fn talk(&self, what: &'static str) -> impl Fn(io::Error) -> AttachError + '_ {
        move |source| AttachError::Talk {
            pid: self.pid,
            path: format!("{TEMP}/{}", self.socket()),
            what,
            source,
        }
    }
}

/// Whether a signal waits for a process, by its `status`.
fn is_pending(status: &[u8], signal: i32) -> bool {
    let text = String::from_utf8_lossy(status);
    let sets = text.lines().filter_map(|line| line.strip_prefix("SigPnd:").or(line.strip_prefix("ShdPnd:")));
    let mut sets = sets.filter_map(|set| u64::from_str_radix(set.trim(), 16).ok());
    sets.any(|set| set & (1 << (signal - 1)) != 0)
}

#[cfg(test)]
mod tests;
