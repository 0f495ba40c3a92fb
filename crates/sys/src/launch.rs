//! Starting a program so that it waits, just before `exec`, until everything is set up to watch it.

use crate::signals::StartSignals;
use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A child that has been forked and waits for [`HeldChild::release`].
#[derive(Debug)]
pub struct HeldChild {
    pid: i32,
    go: Option<OwnedFd>,
    failure: OwnedFd,
}

/// Why a program could not be started.
#[derive(Debug)]
pub enum LaunchError {
    /// No such program (exit status 127 by convention).
    NotFound(io::Error),
    /// It exists and cannot be executed (exit status 126 by convention).
    NotExecutable(io::Error),
    /// Fathom could not fork or make a pipe.
    Own(io::Error),
}

impl HeldChild {
    /// Forks. The child has the caller's descriptors, process group and terminal, and the signal mask and
    /// dispositions it would have without Fathom; `environment` replaces the whole environment.
    ///
    /// # Errors
    /// [`LaunchError::Own`]; whether the program can be executed is known only from [`HeldChild::release`].
    pub fn fork(
        command: &[OsString],
        environment: &[(OsString, OsString)],
        signals: &StartSignals,
    ) -> Result<Self, LaunchError> {
        let text = |bytes: Vec<u8>| {
            CString::new(bytes).map_err(|_| LaunchError::Own(io::Error::other("a zero byte in an argument")))
        };
        let arguments = command.iter().map(|a| text(a.as_bytes().to_vec())).collect::<Result<Vec<_>, _>>()?;
        let variables = environment
            .iter()
            .map(|(name, value)| {
                let mut both = name.clone().into_vec();
                both.push(b'=');
                both.extend_from_slice(value.as_bytes());
                text(both)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let candidates = candidates(&command[0], environment)
            .into_iter()
            .map(|path| text(path.into_vec()))
            .collect::<Result<Vec<_>, _>>()?;
        let argv = pointers(&arguments);
        // A script without `#!` is run by the shell, as execvp(3) does.
        let shell_argv: Vec<_> =
            [c"/bin/sh".as_ptr(), std::ptr::null()].into_iter().chain(argv[1..].iter().copied()).collect();
        let envp = pointers(&variables);
        let (go_read, go_write) = pipe().map_err(LaunchError::Own)?;
        let (failure_read, failure_write) = pipe().map_err(LaunchError::Own)?;
        // SAFETY: Fathom forks before it starts threads; the child only calls async-signal-safe functions
        // on memory prepared above and ends in execve or _exit.
        let pid = unsafe { libc::fork() };
        if pid < 0 {
            return Err(LaunchError::Own(io::Error::last_os_error()));
        }
        if pid == 0 {
            let plan = ChildPlan { argv, shell_argv, envp, candidates, signals };
            child(plan, &go_read, &go_write, &failure_write);
        }
        Ok(Self { pid, go: Some(go_write), failure: failure_read })
    }

    /// The child's process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Lets the child exec.
    ///
    /// # Errors
    /// What `execve` answered; the child is gone and has been waited for then.
    pub fn release(mut self) -> Result<i32, LaunchError> {
        let go = self.go.take().expect("taken only here");
        // SAFETY: writes one byte from a live buffer to our own pipe.
        unsafe { libc::write(go.as_raw_fd(), [1u8].as_ptr().cast(), 1) };
        drop(go);
        let mut errno = [0u8; 4];
        // SAFETY: `errno` has room for 4 bytes.
        let got = unsafe { libc::read(self.failure.as_raw_fd(), errno.as_mut_ptr().cast(), 4) };
        if got != 4 {
            return Ok(self.pid);
        }
        let error = io::Error::from_raw_os_error(i32::from_ne_bytes(errno));
        // SAFETY: waits for our own child, which has called _exit.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
        Err(match error.raw_os_error() {
            Some(libc::ENOENT | libc::ENOTDIR) => LaunchError::NotFound(error),
            _ => LaunchError::NotExecutable(error),
        })
    }
}

/// The paths that `execvp` would try, in its order.
fn candidates(program: &OsString, environment: &[(OsString, OsString)]) -> Vec<OsString> {
    if program.as_bytes().contains(&b'/') {
        return vec![program.clone()];
    }
    let default = OsString::from("/usr/local/bin:/usr/bin:/bin");
    let path =
        environment.iter().find(|(name, _)| name == "PATH").map_or(default, |(_, value)| value.clone());
    path.as_bytes()
        .split(|byte| *byte == b':')
        .map(|folder| {
            let mut full = if folder.is_empty() { b".".to_vec() } else { folder.to_vec() };
            full.push(b'/');
            full.extend_from_slice(program.as_bytes());
            OsString::from_vec(full)
        })
        .collect()
}

fn pointers(texts: &[CString]) -> Vec<*const libc::c_char> {
    texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both descriptors were just made and belong to nobody else.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

struct ChildPlan<'a> {
    argv: Vec<*const libc::c_char>,
    /// `/bin/sh`, a hole for the script's path, the arguments.
    shell_argv: Vec<*const libc::c_char>,
    envp: Vec<*const libc::c_char>,
    candidates: Vec<CString>,
    signals: &'a StartSignals,
}

/// The child's side: waits for the byte, puts signals back, execs, and reports `errno` if that fails.
fn child(mut plan: ChildPlan<'_>, go_read: &OwnedFd, go_write: &OwnedFd, failure: &OwnedFd) -> ! {
    // SAFETY: only async-signal-safe calls on memory that lives until exec; all pointers are to
    // NUL-terminated strings or NULL-terminated arrays made before the fork. The own copy of the write end
    // is closed so that the death of Fathom ends the wait.
    unsafe {
        libc::close(go_write.as_raw_fd());
        let mut byte = 0u8;
        let got = loop {
            let got = libc::read(go_read.as_raw_fd(), (&raw mut byte).cast(), 1);
            if got >= 0 || *libc::__errno_location() != libc::EINTR {
                break got;
            }
        };
        if got != 1 {
            libc::_exit(125);
        }
        plan.signals.restore();
        let mut worst = libc::ENOENT;
        for path in &plan.candidates {
            libc::execve(path.as_ptr(), plan.argv.as_ptr(), plan.envp.as_ptr());
            let mut errno = *libc::__errno_location();
            if errno == libc::ENOEXEC {
                plan.shell_argv[1] = path.as_ptr();
                libc::execve(plan.shell_argv[0], plan.shell_argv.as_ptr(), plan.envp.as_ptr());
                errno = libc::ENOEXEC;
            }
            if errno != libc::ENOENT && errno != libc::ENOTDIR {
                worst = errno;
            }
        }
        libc::write(failure.as_raw_fd(), worst.to_ne_bytes().as_ptr().cast(), 4);
        libc::_exit(127)
    }
}
