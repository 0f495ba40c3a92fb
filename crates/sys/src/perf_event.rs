//! Opening perf events and controlling them.

use crate::perf_attr::EventSpec;
use perf_event_open_sys as sys;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// One open event.
#[derive(Debug)]
pub struct PerfEvent {
    fd: OwnedFd,
}

impl PerfEvent {
    /// Opens an event on `task` (-1 for every task of the CPU, 0 for the caller) and `cpu` (-1 for any).
    ///
    /// # Errors
    /// The kernel's answer: EACCES/EPERM without permission, EMFILE without free descriptors, ESRCH for a
    /// task that is gone, ENOENT/EOPNOTSUPP for an event the machine does not have, E2BIG/EINVAL for a
    /// kernel that lacks a feature.
    pub fn open(spec: &EventSpec, task: i32, cpu: i32) -> io::Result<Self> {
        let mut attr = spec.attr();
        // SAFETY: `attr` is a complete perf_event_attr whose `size` field is its size; the call only reads
        // it (and writes `size` on E2BIG).
        let fd = unsafe {
            sys::perf_event_open(&raw mut attr, task, cpu, -1, u64::from(sys::bindings::PERF_FLAG_FD_CLOEXEC))
        };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just returned this descriptor and nobody else knows it.
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// Starts counting (this event only, not the copies that children inherited).
    pub fn enable(&self) -> io::Result<()> {
        self.ioctl(sys::bindings::ENABLE as libc::Ioctl, 0)
    }

    /// Stops counting (see [`PerfEvent::enable`]).
    pub fn disable(&self) -> io::Result<()> {
        self.ioctl(sys::bindings::DISABLE as libc::Ioctl, 0)
    }

    /// Writes this event's records to the ring of another one on the same CPU.
    pub fn redirect_to(&self, owner: &PerfEvent) -> io::Result<()> {
        self.ioctl(sys::bindings::SET_OUTPUT as libc::Ioctl, owner.fd.as_raw_fd() as libc::c_ulong)
    }

    /// Runs a BPF program on every overflow; the program's 0 drops the sample.
    pub fn attach_bpf(&self, program: &OwnedFd) -> io::Result<()> {
        self.ioctl(sys::bindings::SET_BPF as libc::Ioctl, program.as_raw_fd() as libc::c_ulong)
    }

    /// The id that this event's records carry, also those of inherited copies.
    pub fn id(&self) -> io::Result<u64> {
        let mut id = 0u64;
        // SAFETY: PERF_EVENT_IOC_ID writes one u64 to the pointer.
        let status =
            unsafe { libc::ioctl(self.fd.as_raw_fd(), sys::bindings::ID as libc::Ioctl, &raw mut id) };
        if status < 0 { Err(io::Error::last_os_error()) } else { Ok(id) }
    }

    /// The counter's value, with all inherited copies that have ended.
    pub fn count(&self) -> io::Result<u64> {
        let mut value = 0u64;
        // SAFETY: `value` has room for the 8 bytes that read_format 0 yields.
        let got = unsafe { libc::read(self.fd.as_raw_fd(), (&raw mut value).cast(), 8) };
        if got == 8 { Ok(value) } else { Err(io::Error::last_os_error()) }
    }

    fn ioctl(&self, request: libc::Ioctl, argument: libc::c_ulong) -> io::Result<()> {
        // SAFETY: these requests take an integer argument and touch no memory of ours.
        let status = unsafe { libc::ioctl(self.fd.as_raw_fd(), request, argument) };
        if status < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

impl AsRawFd for PerfEvent {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}
