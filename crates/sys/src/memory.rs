//! Reading the memory of another process without stopping it.
//!
//! The bytes may change while they are read: whoever needs a consistent picture reads again or checks.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Copies memory of `pid` from `address` on into `buffer`.
///
/// Returns how many bytes were there to be read, from the front: less than asked for where a page is not
/// mapped, never 0 for a non-empty buffer. Uses `process_vm_readv(2)`, and `/proc/PID/mem` where that is
/// refused by a seccomp filter or missing (`EPERM`, `ENOSYS`).
///
/// Errors: `EFAULT` if the first byte is not readable, `ESRCH` without such a process, `EPERM`/`EACCES`
/// without the right to trace it.
pub fn read_process_memory(pid: i32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    if buffer.is_empty() {
        return Ok(0);
    }
    let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: buffer.len() };
    // SAFETY: `local` describes the exclusive borrow `buffer`, which outlives the call; the kernel checks
    // `remote` against the other process and never dereferences it here.
    let n_read = unsafe { libc::process_vm_readv(pid, &local, 1, &remote, 1, 0) };
    if n_read > 0 {
        return Ok(n_read as usize);
    }
    let error =
        if n_read == 0 { io::Error::from_raw_os_error(libc::EFAULT) } else { io::Error::last_os_error() };
    match error.raw_os_error() {
        Some(libc::EPERM | libc::ENOSYS) => read_through_file(pid, address, buffer).map_err(|_| error),
        _ => Err(error),
    }
}

/// Copies several pieces of memory, each an address and a length in bytes, one behind the other into `buffer`.
///
/// Returns how many bytes were read, from the front: less than asked for where something of a piece is not mapped.
/// One `process_vm_readv(2)` reads up to [`MAX_PIECES`] pieces, more are an error, as is a `buffer` shorter than all
/// of them.
///
/// Errors: as [`read_process_memory`]; `EINVAL`.
pub fn read_process_memory_pieces(pid: i32, pieces: &[(u64, usize)], buffer: &mut [u8]) -> io::Result<usize> {
    let n_bytes = pieces.iter().try_fold(0usize, |sum, (_, length)| sum.checked_add(*length));
    let Some(n_bytes) = n_bytes.filter(|n| *n <= buffer.len() && pieces.len() <= MAX_PIECES) else {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    };
    if n_bytes == 0 {
        return Ok(0);
    }
    let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: n_bytes };
    let remote: Vec<libc::iovec> = pieces
        .iter()
        .map(|(address, length)| libc::iovec { iov_base: *address as *mut libc::c_void, iov_len: *length })
        .collect();
    // SAFETY: `local` describes a part of the exclusive borrow `buffer`, which outlives the call; `remote` is an
    // array of as many elements as are said; the kernel checks its addresses against the other process.
    let n_read =
        unsafe { libc::process_vm_readv(pid, &local, 1, remote.as_ptr(), remote.len() as libc::c_ulong, 0) };
    if n_read > 0 {
        return Ok(n_read as usize);
    }
    let error =
        if n_read == 0 { io::Error::from_raw_os_error(libc::EFAULT) } else { io::Error::last_os_error() };
    match error.raw_os_error() {
        Some(libc::EPERM | libc::ENOSYS) => {
            pieces_one_by_one(pieces, buffer, |address, part| read_through_file(pid, address, part))
                .map_err(|_| error)
        }
        _ => Err(error),
    }
}

/// Most pieces of one reading: `IOV_MAX` of `linux/uio.h`.
pub const MAX_PIECES: usize = 1024;

/// Reads pieces with calls of `read`, up to the first that is not whole.
pub(crate) fn pieces_one_by_one(
    pieces: &[(u64, usize)],
    buffer: &mut [u8],
    read: impl Fn(u64, &mut [u8]) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut done = 0usize;
    for (address, length) in pieces.iter().filter(|(_, length)| *length > 0) {
        let part = done
            .checked_add(*length)
            .and_then(|end| buffer.get_mut(done..end))
            .ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
        match read(*address, part) {
            Ok(n_read) => {
                done += n_read;
                if n_read < *length {
                    break;
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

/// The same through `/proc/PID/mem`; the rights needed are the same, the system calls are not.
fn read_through_file(pid: i32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let file = File::open(format!("/proc/{pid}/mem"))?;
    match file.read_at(buffer, address)? {
        0 => Err(io::Error::from_raw_os_error(libc::EFAULT)),
        n_read => Ok(n_read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_process_in_both_ways() {
        let secret: Vec<u8> = (0..10_000u32).map(|i| (i * 7) as u8).collect();
        let pid = std::process::id() as i32;
        let mut copy = vec![0; secret.len()];
        assert_eq!(read_process_memory(pid, secret.as_ptr() as u64, &mut copy).unwrap(), secret.len());
        assert_eq!(copy, secret);
        copy.fill(0);
        assert_eq!(read_through_file(pid, secret.as_ptr() as u64, &mut copy).unwrap(), secret.len());
        assert_eq!(copy, secret);
    }

    #[test]
    fn pieces_follow_one_another_up_to_the_first_that_is_not_there() {
        let secret: Vec<u8> = (0..100u8).collect();
        let (pid, start) = (std::process::id() as i32, secret.as_ptr() as u64);
        let mut copy = [0; 8];
        let pieces = [(start + 90, 2), (start, 0), (start + 10, 3)];
        assert_eq!(read_process_memory_pieces(pid, &pieces, &mut copy).unwrap(), 5);
        assert_eq!(copy, [90, 91, 10, 11, 12, 0, 0, 0]);
        assert_eq!(read_process_memory_pieces(pid, &[(start, 2), (0, 2)], &mut copy).unwrap(), 2);
        assert!(read_process_memory_pieces(pid, &[(0, 2), (start, 2)], &mut copy).is_err());
        assert!(read_process_memory_pieces(pid, &[(start, 9)], &mut copy).is_err());
        assert!(read_process_memory_pieces(pid, &[(start, 0); MAX_PIECES + 1], &mut copy).is_err());
        let by_file = |address, part: &mut [u8]| read_through_file(pid, address, part);
        assert_eq!(pieces_one_by_one(&pieces, &mut copy, by_file).unwrap(), 5);
        assert_eq!(pieces_one_by_one(&[(start, 2), (0, 2)], &mut copy, by_file).unwrap(), 2);
        assert!(pieces_one_by_one(&[(0, 2)], &mut copy, by_file).is_err());
    }

    #[test]
    fn an_address_without_a_page_is_an_error_and_a_half_is_a_half() {
        let pid = std::process::id() as i32;
        let mut byte = [0];
        assert_eq!(read_process_memory(pid, 0, &mut byte).unwrap_err().raw_os_error(), Some(libc::EFAULT));
        assert!(read_through_file(pid, 0, &mut byte).is_err());
        assert_eq!(read_process_memory(pid, 0, &mut []).unwrap(), 0);
        // The last page of the main stack ends where nothing else is mapped.
        let maps = std::fs::read("/proc/self/maps").unwrap();
        let (maps, _) = crate::proc::parse_maps(&maps);
        let stack = maps.iter().find(|map| map.path == "[stack]").unwrap();
        let mut two_pages = vec![0; 8192];
        assert_eq!(read_process_memory(pid, stack.end - 4096, &mut two_pages).unwrap(), 4096);
    }

    #[test]
    fn another_process_and_none() {
        use std::io::{Read, Write};
        let piped = std::process::Stdio::piped;
        let mut child = std::process::Command::new("cat").stdin(piped()).stdout(piped()).spawn().unwrap();
        let pid = child.id() as i32;
        // Once it answers it has become `cat`, and its maps stay as they are.
        let mut byte = [7];
        child.stdin.as_mut().unwrap().write_all(&byte).unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut byte).unwrap();
        let mut bytes = [0; 4];
        let maps = std::fs::read(format!("/proc/{pid}/maps")).unwrap();
        let first = crate::proc::parse_maps(&maps).0[0].start;
        assert_eq!(read_process_memory(pid, first, &mut bytes).unwrap(), 4);
        assert_eq!(&bytes, b"\x7fELF");
        drop(child.stdin.take());
        child.wait().unwrap();
        let error = read_process_memory(pid, first, &mut bytes).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ESRCH));
    }
}
