//! Network namespaces: whose addresses a thread means.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// Makes the calling thread see the network that process `pid` sees. Sockets that it opens from now on are there; the
/// thread should end soon, because nothing brings it back.
///
/// # Errors
/// `EPERM` without `CAP_SYS_ADMIN` in both the namespace's and our own user namespace; `ENOENT` for no such process.
pub fn enter_network_of(pid: i32) -> io::Result<()> {
    let namespace = File::open(format!("/proc/{pid}/ns/net"))?;
    // SAFETY: setns takes two integers; of the calling thread only the network changes.
    match unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_network_stays_the_same() {
        let link = || std::fs::read_link("/proc/thread-self/ns/net").expect("linux");
        let before = link();
        match enter_network_of(std::process::id() as i32) {
            Ok(()) => assert_eq!(link(), before),
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EPERM), "{error}"),
        }
        let error = enter_network_of(i32::MAX).expect_err("there is no such process");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
