//! Connections to another process's Unix socket, made in the name of that process's user.
//!
//! Whoever listens may be hostile or hang: nothing here waits without a deadline.

use crate::owner::Owner;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Pause between two tries while the listener's queue is full.
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(5);

/// A connection, and who listens at its other end.
#[derive(Debug)]
pub struct LocalSocket {
    stream: UnixStream,
    /// Process that listened, as we number it; 0 if it is in no pid namespace of ours.
    pub listener_pid: i32,
    /// User as whom it listened.
    pub listener_uid: u32,
}

impl LocalSocket {
    /// Sends all of it. Errors: `TimedOut` after `deadline`, and as `write(2)`.
    pub fn send(&mut self, bytes: &[u8], deadline: Instant) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            self.stream.set_write_timeout(Some(left(deadline)?))?;
            match self.stream.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => rest = &rest[n..],
                Err(error) if goes_on(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Receives what there is, at least one byte; 0 at the end. Errors: `TimedOut` after `deadline`, and as `read(2)`.
    pub fn receive(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        loop {
            self.stream.set_read_timeout(Some(left(deadline)?))?;
            match self.stream.read(buffer) {
                Err(error) if goes_on(&error) => {}
                done => return done,
            }
        }
    }
}

fn goes_on(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Connects to the socket at `path` as the user `owner`, in a thread of its own if that is another than ours: user and
/// group are of a thread in the kernel, and the listener sees those of the one that connects.
pub(crate) fn connect_as(path: &Path, owner: Owner, deadline: Instant) -> io::Result<LocalSocket> {
    // SAFETY: both take no arguments and cannot fail.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    if (uid, gid) == (owner.uid, owner.gid) || uid != 0 {
        return connect(path, deadline);
    }
    let path = path.to_owned();
    let thread = std::thread::spawn(move || {
        become_user(owner)?;
        connect(&path, deadline)
    });
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that connects ended early")))
}

/// Changes user and group of the calling thread alone, for the rest of its life.
fn become_user(owner: Owner) -> io::Result<()> {
    const KEEP: u32 = u32::MAX;
    // SAFETY: plain integers. The raw calls change this thread only, unlike libc's functions, which tell all threads.
    unsafe {
        if libc::syscall(libc::SYS_setresgid, KEEP, owner.gid, KEEP) != 0
            || libc::syscall(libc::SYS_setresuid, KEEP, owner.uid, KEEP) != 0
        {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn connect(path: &Path, deadline: Instant) -> io::Result<LocalSocket> {
    // SAFETY: plain integers.
    let fd = unsafe {
        libc::socket(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0)
    };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just gave this descriptor to us alone.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let address = address(path.as_os_str())?;
    loop {
        // SAFETY: the address is a whole `sockaddr_un` and outlives the call.
        let done = unsafe {
            libc::connect(
                fd.as_raw_fd(),
                (&raw const address).cast(),
                size_of::<libc::sockaddr_un>() as libc::socklen_t,
            )
        };
        if done == 0 {
            break;
        }
        let error = io::Error::last_os_error();
        // A full queue is the only thing that a socket of this kind waits for.
        if error.kind() != io::ErrorKind::WouldBlock || Instant::now() >= deadline {
            return Err(error);
        }
        std::thread::sleep(QUEUE_FULL_PAUSE);
    }
    // SAFETY: all-zero is a valid `ucred` (plain integers).
    let mut peer: libc::ucred = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: `peer` is exclusive and as long as said; both outlive the call.
    let got = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut length,
        )
    };
    if got != 0 {
        return Err(io::Error::last_os_error());
    }
    let stream = UnixStream::from(fd);
    stream.set_nonblocking(false)?;
    Ok(LocalSocket { stream, listener_pid: peer.pid, listener_uid: peer.uid })
}

fn address(path: &OsStr) -> io::Result<libc::sockaddr_un> {
    // SAFETY: all-zero is a valid `sockaddr_un` (plain integers).
    let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let bytes = path.as_bytes();
    // One byte stays zero.
    if bytes.len() >= address.sun_path.len() || bytes.contains(&0) {
        return Err(io::Error::from_raw_os_error(libc::ENAMETOOLONG));
    }
    for (slot, byte) in address.sun_path.iter_mut().zip(bytes) {
        *slot = *byte as libc::c_char;
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;

    fn me() -> Owner {
        let metadata = std::fs::metadata("/proc/self").unwrap();
        Owner { uid: metadata.uid(), gid: metadata.gid() }
    }

    struct Socket(PathBuf);

    impl Drop for Socket {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn socket(name: &str) -> (Socket, UnixListener) {
        let path = std::env::temp_dir().join(format!("fathom-socket-{name}-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        (Socket(path), listener)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[test]
    fn bytes_go_both_ways_and_the_listener_is_known() {
        let (path, listener) = socket("talk");
        let mut client = connect_as(&path.0, me(), Instant::now() + Duration::from_secs(10)).unwrap();
        assert_eq!((client.listener_pid, client.listener_uid), (std::process::id() as i32, me().uid));
        let (mut server, _) = listener.accept().unwrap();
        let late = Instant::now() + Duration::from_secs(10);
        client.send(b"question", late).unwrap();
        let mut buffer = [0; 8];
        server.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"question");
        server.write_all(b"answer").unwrap();
        drop(server);
        let n = client.receive(&mut buffer, late).unwrap();
        assert_eq!(&buffer[..n], b"answer");
        assert_eq!(client.receive(&mut buffer, late).unwrap(), 0);
    }

    #[test]
    fn another_user_is_seen_if_we_are_root() {
        if me().uid != 0 {
            eprintln!("skipped: only root can connect as somebody else");
            return;
        }
        let (path, listener) = socket("user");
        std::os::unix::fs::chown(&path.0, Some(12_345), None).unwrap();
        let owner = Owner { uid: 12_345, gid: 54_321 };
        let _client = connect_as(&path.0, owner, Instant::now() + Duration::from_secs(10)).unwrap();
        let (server, _) = listener.accept().unwrap();
        // SAFETY: plain numbers, for which all zeroes are a value.
        let mut peer: libc::ucred = unsafe { std::mem::zeroed() };
        let mut length = size_of::<libc::ucred>() as libc::socklen_t;
        // SAFETY: `peer` is exclusive and as long as said.
        let got = unsafe {
            libc::getsockopt(
                server.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PEERCRED,
                (&raw mut peer).cast(),
                &raw mut length,
            )
        };
        assert_eq!((got, peer.uid, peer.gid), (0, 12_345, 54_321));
        assert_eq!(me().uid, 0, "only the other thread changed");
    }

    #[test]
    fn nothing_waits_for_ever() {
        let (path, listener) = socket("silent");
        let mut client = connect_as(&path.0, me(), soon()).unwrap();
        let (_server, _) = listener.accept().unwrap();
        let error = client.receive(&mut [0; 8], soon()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let much = vec![0; 64 << 20];
        let error = client.send(&much, soon()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        // The queue of one that accepts nothing fills up.
        let mut open = Vec::new();
        let error = loop {
            match connect_as(&path.0, me(), soon()) {
                Ok(client) if open.len() < 10_000 => open.push(client),
                Ok(_) => panic!("the queue has no end"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        drop(listener);
        assert!(connect_as(&path.0, me(), soon()).is_err());
    }
}
