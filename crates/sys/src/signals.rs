//! Signals: what the process was started with, and receiving them through a descriptor.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether SIGPIPE was ignored when the process began. Rust's runtime ignores it before `main`, so this is
/// read earlier, among the ELF constructors.
static PIPE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
/// The same for SIGXFSZ, which [`StartSignals::read`] ignores.
static FILE_SIZE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);

#[used]
#[unsafe(link_section = ".init_array")]
static READ_DISPOSITIONS: extern "C" fn() = read_dispositions;

extern "C" fn read_dispositions() {
    for (signal, was_ignored) in [(libc::SIGPIPE, &PIPE_WAS_IGNORED), (libc::SIGXFSZ, &FILE_SIZE_WAS_IGNORED)]
    {
        // SAFETY: sigaction with a null new action only reads; `now` is a valid place to write the old one.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(signal, std::ptr::null(), &raw mut now) == 0 {
                was_ignored.store(now.sa_sigaction == libc::SIG_IGN, Ordering::Relaxed);
            }
        }
    }
}

/// The signal mask and dispositions that a child has to get back.
#[derive(Clone, Copy)]
pub struct StartSignals {
    mask: libc::sigset_t,
}

impl StartSignals {
    /// Reads the calling thread's mask; call it before [`SignalQueue::new`] and before anything is written: from
    /// now on a file that outgrows RLIMIT_FSIZE is an error of the write, as a full disk is, and not the end of
    /// this process.
    pub fn read() -> Self {
        // SAFETY: a null new set only reads the current mask into `mask`; SIG_IGN is a valid disposition.
        unsafe {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            let mut mask: libc::sigset_t = std::mem::zeroed();
            libc::sigprocmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut mask);
            Self { mask }
        }
    }

    /// Puts everything back in the calling process; async-signal-safe.
    pub(crate) fn restore(&self) {
        let disposition = |was_ignored: &AtomicBool| {
            if was_ignored.load(Ordering::Relaxed) { libc::SIG_IGN } else { libc::SIG_DFL }
        };
        // SAFETY: plain calls with valid arguments, allowed between fork and exec.
        unsafe {
            libc::signal(libc::SIGPIPE, disposition(&PIPE_WAS_IGNORED));
            libc::signal(libc::SIGXFSZ, disposition(&FILE_SIZE_WAS_IGNORED));
            libc::sigprocmask(libc::SIG_SETMASK, &raw const self.mask, std::ptr::null_mut());
        }
    }
}

/// Leaves the session and the process group, and ignores the signals by which terminals and shells end programs
/// (SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE): for a helper that has to outlive who started it.
pub fn outlive_session() {
    // SAFETY: plain calls with valid arguments; SIG_IGN is a valid disposition. A group leader stays in its session.
    unsafe {
        libc::setsid();
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGPIPE] {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
}

/// One signal that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivedSignal {
    /// Its number.
    pub number: i32,
    /// Whether a process sent it (`kill`), rather than the terminal or the kernel.
    pub from_process: bool,
}

/// Signals of a set, blocked and readable from a descriptor.
pub struct SignalQueue {
    fd: OwnedFd,
    set: libc::sigset_t,
}

impl std::fmt::Debug for SignalQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignalQueue").field("fd", &self.fd).finish_non_exhaustive()
    }
}

impl SignalQueue {
    /// Blocks `signals` for the calling thread (and those it starts later) and queues them.
    pub fn new(signals: &[i32]) -> io::Result<Self> {
        // SAFETY: the set is initialised by sigemptyset before use; signalfd returns a fresh descriptor.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            for signal in signals {
                libc::sigaddset(&raw mut set, *signal);
            }
            if libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) < 0 {
                return Err(io::Error::last_os_error());
            }
            let fd = libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(Self { fd: OwnedFd::from_raw_fd(fd), set })
        }
    }

    /// The next signal, if one waits.
    pub fn next(&self) -> Option<ArrivedSignal> {
        // SAFETY: `info` is as large as the kernel's record and any bytes are valid for it.
        unsafe {
            let mut info: libc::signalfd_siginfo = std::mem::zeroed();
            let size = std::mem::size_of::<libc::signalfd_siginfo>();
            let got = libc::read(self.fd.as_raw_fd(), (&raw mut info).cast(), size);
            (got == size as isize).then_some(ArrivedSignal {
                number: info.ssi_signo as i32,
                from_process: info.ssi_code == libc::SI_USER || info.ssi_code == libc::SI_TKILL,
            })
        }
    }
}

impl Drop for SignalQueue {
    /// What has arrived is taken as seen; from now on the signals act on this process again.
    fn drop(&mut self) {
        while self.next().is_some() {}
        // SAFETY: unblocks exactly the set that `new` blocked; a null old set is allowed.
        unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &raw const self.set, std::ptr::null_mut()) };
    }
}

impl AsRawFd for SignalQueue {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

/// Whether this process leads its session: a terminal that hangs up tells only the leader (`__tty_hangup` in
/// drivers/tty/tty_io.c).
pub fn leads_session() -> bool {
    // SAFETY: both take no pointers and cannot fail for the calling process.
    unsafe { libc::getsid(0) == libc::getpid() }
}

/// Sends a signal.
pub fn send_signal(pid: i32, number: i32) -> io::Result<()> {
    // SAFETY: kill takes two integers.
    if unsafe { libc::kill(pid, number) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Sends a signal to the process that has this number and began at this tick (field 22 of its `stat`); never to one
/// that got the number later.
///
/// # Errors
/// `ESRCH` if that process has ended; as `pidfd_open(2)` and `pidfd_send_signal(2)`.
pub fn send_signal_to(pid: i32, start_ticks: u64, number: i32) -> io::Result<()> {
    // SAFETY: two integers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just gave this descriptor to us alone.
    let fd = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    // Whom the descriptor stands for is looked at after it was opened.
    if crate::process_view::ProcessView::Live(pid).stat()?.start_ticks != start_ticks {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }
    let no_info: *const libc::siginfo_t = std::ptr::null();
    // SAFETY: the descriptor is open; without info the kernel fills it in as for `kill`.
    match unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd.as_raw_fd(), number, no_info, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits without blocking for a child; its status as `wait` gives it, or `None` while it runs.
///
/// # Errors
/// ECHILD if it is not our child.
pub fn try_wait(pid: i32) -> io::Result<Option<i32>> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the status.
    match unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } {
        0 => Ok(None),
        got if got == pid => Ok(Some(status)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sleeps until one of `fds` is readable or `timeout_millis` have passed.
pub fn poll_readable(fds: &[RawFd], timeout_millis: i32) {
    let mut polls: Vec<_> =
        fds.iter().map(|fd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
    // SAFETY: the array is valid for its length; errors (EINTR) only end the wait early.
    unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, timeout_millis) };
}
