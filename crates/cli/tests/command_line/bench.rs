//! What the tests stand on: a folder of their own, the binary, a terminal, waiting for an event.

use std::io::{Read, Write};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Far more than anything takes; a test that gets here has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder that is the current directory and the home of what runs in it.
pub(crate) struct Folder(tempfile::TempDir);

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        self.0.path()
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A command in this folder, without settings from outside.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&**self).env("HOME", &**self).env("COLUMNS", "80").env("TERM", "xterm");
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "NO_COLOR"] {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FATHOM_"))
        {
            command.env_remove(name);
        }
        command
    }

    /// The binary in this folder.
    pub(crate) fn fathom<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command(&binary());
        command.args(arguments);
        command
    }

    /// A command of the shell in this folder; `$FATHOM` is the binary.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = self.command("bash");
        command.env("FATHOM", binary()).args(["-c", script]);
        command
    }

    /// A short recording, `x.fathom`.
    pub(crate) fn record(&self) -> &'static str {
        let script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 0.05";
        let output = run(&mut self.fathom(["run", "-o", "x.fathom", "--", "sh", "-c", script]));
        assert_eq!(output.code, 0, "{}", output.stderr);
        "x.fathom"
    }
}

/// The binary under test.
pub(crate) fn binary() -> String {
    assert_cmd::cargo::cargo_bin!("fathom").to_str().unwrap().to_owned()
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs to the end, with no input.
pub(crate) fn run(command: &mut Command) -> Ended {
    command.stdin(Stdio::null()).output().unwrap().into()
}

/// Sends a signal, as kill(1) does.
pub(crate) fn kill(signal: &str, pid: impl ToString) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

/// Waits until `condition` holds.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    let (_never, tick) = channel::<()>();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        // Times out after 5 ms, because nothing is ever sent.
        assert_eq!(tick.recv_timeout(Duration::from_millis(5)), Err(RecvTimeoutError::Timeout));
    }
}

/// Output that arrives bit by bit.
pub(crate) struct Stream {
    parts: Receiver<Vec<u8>>,
    seen: String,
    /// Where the next search begins.
    searched: usize,
}

impl Stream {
    pub(crate) fn of(mut source: impl Read + Send + 'static) -> Self {
        let (sender, parts) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = source.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { parts, seen: String::new(), searched: 0 }
    }

    /// Waits until `text` has come, after what was found before.
    pub(crate) fn expect(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen[self.searched..].find(text) {
                self.searched += at + text.len();
                return;
            }
            match self.parts.recv_timeout(PATIENCE) {
                Ok(part) => self.seen.push_str(&String::from_utf8_lossy(&part)),
                Err(_) => panic!("`{text}` did not come; so far:\n{}", self.seen),
            }
        }
    }

    /// Everything up to the end.
    pub(crate) fn rest(&mut self) -> &str {
        loop {
            match self.parts.recv_timeout(PATIENCE) {
                Ok(part) => self.seen.push_str(&String::from_utf8_lossy(&part)),
                Err(RecvTimeoutError::Disconnected) => return &self.seen,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end; so far:\n{}", self.seen),
            }
        }
    }
}

/// A command on a terminal of its own, by script(1).
pub(crate) struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    pub(crate) screen: Stream,
}

impl Terminal {
    /// Starts a command line of the shell; `$FATHOM` is the binary.
    pub(crate) fn start(folder: &Folder, script: &str) -> Self {
        // Started in the background of a script, tests inherit an ignored SIGINT; a terminal's programs do not.
        let mut command = folder.command("env");
        command.args(["--default-signal=HUP,INT,QUIT,TERM", "script"]);
        command.env("FATHOM", binary()).env("SHELL", "/bin/bash");
        command.args(["-qefc", script, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let keyboard = child.stdin.take().unwrap();
        let screen = Stream::of(child.stdout.take().unwrap());
        Self { child, keyboard, screen }
    }

    /// Types; `\x03` is Ctrl-C, `\x1a` is Ctrl-Z.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits for the end: the exit code and all that was on the screen.
    pub(crate) fn end(mut self) -> (i32, String) {
        let screen = self.screen.rest().to_owned();
        (self.child.wait().unwrap().code().unwrap_or(-1), screen)
    }
}

impl Drop for Terminal {
    /// A test that failed leaves nobody behind: what runs on the terminal is hung up.
    fn drop(&mut self) {
        // It has usually ended, and there is nothing to be done where it cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
