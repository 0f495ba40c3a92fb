//! The ring that the kernel writes records into, read in place.
//!
//! Protocol: `struct perf_event_mmap_page` in `include/uapi/linux/perf_event.h`. The kernel advances
//! `data_head`; it writes only behind `data_head` and never past `data_tail`, which only we advance.

use crate::perf_event::PerfEvent;
use perf_event_open_sys::bindings::perf_event_mmap_page;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// One mapped ring.
#[derive(Debug)]
pub struct PerfRing {
    base: NonNull<u8>,
    mapped_bytes: usize,
    data_offset: usize,
    data_bytes: u64,
    head: u64,
    cursor: u64,
    wrapped: Vec<u8>,
}

// SAFETY: the mapping belongs to this value alone and is not tied to a thread.
unsafe impl Send for PerfRing {}

impl PerfRing {
    /// Maps a ring of `data_bytes` (a power of two, at least a page) for this event and whatever is
    /// redirected to it.
    ///
    /// # Errors
    /// EPERM when the locked-memory budget (`perf_event_mlock_kb`, `RLIMIT_MEMLOCK`) is used up.
    pub fn map(event: &PerfEvent, data_bytes: usize) -> io::Result<Self> {
        // SAFETY: sysconf takes no pointers.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        let mapped_bytes = data_bytes + page;
        // SAFETY: a fresh shared mapping of the event's descriptor; the kernel checks the size.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                mapped_bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                event.as_raw_fd(),
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(base.cast::<u8>()).ok_or_else(|| io::Error::other("mmap returned null"))?;
        Ok(Self {
            base,
            mapped_bytes,
            data_offset: page,
            data_bytes: data_bytes as u64,
            head: 0,
            cursor: 0,
            wrapped: Vec::new(),
        })
    }

    /// Takes in what the kernel has written so far.
    pub fn refresh(&mut self) {
        self.head = self.control(|page| &raw const page.data_head).load(Ordering::Acquire);
    }

    /// Bytes written and not yet released, as of the last [`PerfRing::refresh`].
    pub fn waiting_bytes(&self) -> u64 {
        self.head.wrapping_sub(self.cursor)
    }

    /// Size of the data area.
    pub fn capacity_bytes(&self) -> u64 {
        self.data_bytes
    }

    /// The record at the cursor, header included; `None` when everything up to the last refresh is read.
    pub fn current(&mut self) -> Option<&[u8]> {
        let size = self.current_size()?;
        let start = (self.cursor % self.data_bytes) as usize;
        let until_end = self.data_bytes as usize - start;
        if size <= until_end {
            // SAFETY: start + size <= data_bytes, so the range lies in the mapping; it lies between
            // data_tail and data_head, where the kernel does not write.
            return Some(unsafe { std::slice::from_raw_parts(self.data().add(start), size) });
        }
        let mut wrapped = std::mem::take(&mut self.wrapped);
        wrapped.clear();
        // SAFETY: as above, for the two parts of a record that crosses the end of the ring.
        unsafe {
            wrapped.extend_from_slice(std::slice::from_raw_parts(self.data().add(start), until_end));
            wrapped.extend_from_slice(std::slice::from_raw_parts(self.data(), size - until_end));
        }
        self.wrapped = wrapped;
        Some(&self.wrapped)
    }

    /// Moves to the next record.
    pub fn advance(&mut self) {
        if let Some(size) = self.current_size() {
            self.cursor = self.cursor.wrapping_add(size as u64);
        }
    }

    /// Gives everything before the cursor back to the kernel.
    pub fn release(&mut self) {
        self.control(|page| &raw const page.data_tail).store(self.cursor, Ordering::Release);
    }

    fn current_size(&self) -> Option<usize> {
        let waiting = self.waiting_bytes();
        if waiting < 8 || waiting > self.data_bytes {
            return None;
        }
        let at = (self.cursor % self.data_bytes) as usize;
        // SAFETY: records are 8-byte aligned and so is the data area, so a header never crosses the end.
        let size = unsafe { self.data().add(at + 6).cast::<u16>().read() } as usize;
        (size >= 8 && size as u64 <= waiting).then_some(size)
    }

    fn data(&self) -> *const u8 {
        // SAFETY: data_offset is inside the mapping.
        unsafe { self.base.as_ptr().add(self.data_offset) }
    }

    fn control(&self, field: impl Fn(&perf_event_mmap_page) -> *const u64) -> &AtomicU64 {
        // SAFETY: the first page of the mapping is a perf_event_mmap_page for as long as `self` lives; the
        // two fields asked for are aligned u64 that the kernel accesses atomically.
        unsafe {
            let page = &*self.base.as_ptr().cast::<perf_event_mmap_page>();
            AtomicU64::from_ptr(field(page).cast_mut())
        }
    }
}

impl Drop for PerfRing {
    fn drop(&mut self) {
        // SAFETY: unmaps exactly what `map` mapped; no slice outlives `self`.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.mapped_bytes) };
    }
}
