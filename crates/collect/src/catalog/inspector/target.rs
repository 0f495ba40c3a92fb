//! A Node.js process as it was found.

use fathom_model::{Pid, ProcessId};
use fathom_sys::process_view::ProcessView;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::time::{Duration, Instant};

/// A process with an inspector.
pub(super) struct Target {
    pub(super) process: ProcessId,
    pub(super) pid: Pid,
    /// When it began; tells it from a later process of the same number.
    pub(super) start_ticks: u64,
    /// Its number in its own pid namespace.
    pub(super) inner_pid: Pid,
}

impl Target {
    /// A process as it is now; `None` if it has ended.
    pub(super) fn of(process: ProcessId, pid: Pid) -> Option<Self> {
        let view = ProcessView::Live(pid);
        let start_ticks = view.stat().ok()?.start_ticks;
        Some(Self { process, pid, start_ticks, inner_pid: view.innermost_pid().ok()? })
    }

    pub(super) fn is_alive(&self) -> bool {
        ProcessView::Live(self.pid).stat().is_ok_and(|stat| stat.start_ticks == self.start_ticks)
    }
}

/// Pause between two looks whether it is our turn.
const PAUSE: Duration = Duration::from_millis(20);

/// The right to open and close a target's inspector: of two that ask at the same time, each would take the other's open
/// port for the program's own. It is a name in the kernel's list of local sockets, which goes with its holder.
#[derive(Debug)]
pub(super) struct Turn {
    _holder: UnixListener,
}

impl Turn {
    /// Waits until nobody else has it; `None` if that does not happen within `limit`.
    pub(super) fn wait(target: &Target, limit: Duration) -> Option<Self> {
        let name = format!("fathom/inspector/{}/{}", target.pid, target.start_ticks);
        let address = SocketAddr::from_abstract_name(name).ok()?;
        let begun = Instant::now();
        loop {
            match UnixListener::bind_addr(&address) {
                Ok(holder) => return Some(Self { _holder: holder }),
                Err(_) if begun.elapsed() < limit => std::thread::sleep(PAUSE),
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_turn_at_a_time() {
        let us = std::process::id() as Pid;
        // No process began at this time.
        let target = Target { process: ProcessId(0), pid: us, start_ticks: u64::MAX, inner_pid: us };
        let turn = Turn::wait(&target, Duration::ZERO).expect("nobody has it");
        assert!(Turn::wait(&target, Duration::ZERO).is_none());
        drop(turn);
        assert!(Turn::wait(&target, Duration::ZERO).is_some());
    }
}
