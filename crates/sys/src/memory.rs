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
