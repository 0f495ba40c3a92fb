//! What Fathom is told beside samples: programs, forks, threads, their CPU time, where code is mapped.
//!
//! Runs in ordinary code only, never in the signal handler.

use crate::layout::*;
use crate::raw;
use crate::ring::{self, Slot};
use crate::sampler;
use core::sync::atomic::{AtomicU64, Ordering};

/// Hash of the executable maps that were told last.
static TOLD_MAPS: AtomicU64 = AtomicU64::new(0);

fn claim(kind: u32, tid: i32, cpu_nanos: u64, detail: u32) -> Option<Slot> {
    let slot = Slot::claim(kind, tid, raw::monotonic_nanos());
    match &slot {
        None => ring::count(HEADER_LOST_NOTICES, 1),
        Some(slot) => {
            slot.put(SLOT_PID, sampler::owner_pid());
            slot.put(SLOT_CPU_NANOS, cpu_nanos);
            slot.put(SLOT_DETAIL, detail);
        }
    }
    slot
}

/// A notice without payload about the calling thread.
pub fn notice(kind: u32, detail: u32) {
    if let Some(slot) = claim(kind, raw::gettid(), raw::thread_cpu_nanos(), detail) {
        slot.publish();
    }
}

/// A program was started: its command line, then its maps.
pub fn start_of_program() {
    if let Some(slot) = claim(KIND_EXEC, raw::gettid(), raw::thread_cpu_nanos(), raw::getppid() as u32) {
        let n_bytes = read_file(c"/proc/self/cmdline", slot.payload(), slot.payload_capacity);
        slot.put(SLOT_PAYLOAD_BYTES, n_bytes as u32);
        slot.publish();
    }
    tell_maps();
}

fn read_file(path: &core::ffi::CStr, buffer: *mut u8, capacity: usize) -> usize {
    let descriptor = raw::open(path.as_ptr().cast(), 0);
    if descriptor < 0 {
        return 0;
    }
    let mut n_bytes = 0;
    while n_bytes < capacity {
        // SAFETY: the callers pass a buffer of `capacity` bytes.
        let n_read = unsafe { raw::read(descriptor, buffer.add(n_bytes), capacity - n_bytes) };
        if n_read <= 0 {
            break;
        }
        n_bytes += n_read as usize;
    }
    raw::close(descriptor);
    n_bytes
}

/// FNV-1a, over many pieces.
fn hash_of(hash: u64, line: &[u8]) -> u64 {
    line.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

const EMPTY_HASH: u64 = 0xcbf2_9ce4_8422_2325;

/// Tells the executable maps if they are not those told last. A short process may be gone before Fathom can
/// read them itself.
fn tell_changed_maps() {
    let mut hash = EMPTY_HASH;
    for_each_executable_map(|line| hash = hash_of(hash, line));
    if TOLD_MAPS.load(Ordering::Relaxed) != hash {
        tell_maps();
    }
}

/// Tells the executable maps, in as many slots as they need.
fn tell_maps() {
    let mut hash = EMPTY_HASH;
    let tid = raw::gettid();
    let mut current: Option<(Slot, usize)> = None;
    for_each_executable_map(|line| {
        hash = hash_of(hash, line);
        if let Some((slot, n_bytes)) = current.take() {
            if n_bytes + line.len() <= slot.payload_capacity {
                current = Some((slot, n_bytes));
            } else {
                slot.put(SLOT_PAYLOAD_BYTES, n_bytes as u32);
                slot.publish();
            }
        }
        if current.is_none() {
            current = claim(KIND_MAPS, tid, 0, 0).map(|slot| (slot, 0));
        }
        if let Some((slot, n_bytes)) = &mut current
            && *n_bytes + line.len() <= slot.payload_capacity
        {
            // SAFETY: the line fits into what is left of the payload.
            unsafe {
                core::ptr::copy_nonoverlapping(line.as_ptr(), slot.payload().add(*n_bytes), line.len())
            };
            *n_bytes += line.len();
        }
    });
    if let Some((slot, n_bytes)) = current {
        slot.put(SLOT_PAYLOAD_BYTES, n_bytes as u32);
        slot.publish();
    }
    TOLD_MAPS.store(hash, Ordering::Relaxed);
}

/// Calls with every line of `/proc/self/maps`, newline included, that is executable. A line is at most as
/// long as a path may be (4096) plus its numbers; longer ones are left out.
fn for_each_executable_map(mut take: impl FnMut(&[u8])) {
    const ROOM: usize = 8192;
    let mut buffer = [const { core::mem::MaybeUninit::<u8>::uninit() }; ROOM];
    let start: *mut u8 = buffer.as_mut_ptr().cast();
    let descriptor = raw::open(c"/proc/self/maps".as_ptr().cast(), 0);
    if descriptor < 0 {
        return;
    }
    let mut n_held = 0;
    loop {
        // SAFETY: `n_held` <= ROOM, so the rest of the buffer is ours to write.
        let n_read = unsafe { raw::read(descriptor, start.add(n_held), ROOM - n_held) };
        if n_read <= 0 {
            break;
        }
        n_held += n_read as usize;
        let mut line_start = 0;
        for index in 0..n_held {
            // SAFETY: the first `n_held` bytes have been read into.
            if unsafe { *start.add(index) } != b'\n' {
                continue;
            }
            // SAFETY: as above; `line_start` <= `index`.
            let line = unsafe { core::slice::from_raw_parts(start.add(line_start), index + 1 - line_start) };
            line_start = index + 1;
            // `start-end rwxp ...`: the third flag.
            let mut flags = line.iter().skip_while(|byte| **byte != b' ').skip(3);
            if flags.next() == Some(&b'x') {
                take(line);
            }
        }
        // SAFETY: moves the rest of the last line to the front; both within the buffer.
        unsafe { core::ptr::copy(start.add(line_start), start, n_held - line_start) };
        n_held -= line_start;
        if n_held == ROOM {
            n_held = 0;
        }
    }
    raw::close(descriptor);
}

/// The process ends: maps that changed, and the CPU time of every thread that still lives.
pub fn end_of_process() {
    if sampler::has_sampled() {
        tell_changed_maps();
    }
    let me = raw::gettid();
    const O_DIRECTORY: usize = 0o200000;
    let descriptor = raw::open(c"/proc/self/task".as_ptr().cast(), O_DIRECTORY);
    if descriptor >= 0 {
        for_each_number(descriptor, |tid| {
            if tid != me
                && let Some(slot) = claim(KIND_THREAD_EXIT, tid, cpu_nanos_of(tid), 0)
            {
                slot.publish();
            }
        });
        raw::close(descriptor);
    }
    notice(KIND_THREAD_EXIT, 0);
}

/// CPU time of another thread of this process, by the kernel's encoding of its clock (`CPUCLOCK_PERTHREAD`
/// and `CPUCLOCK_SCHED`).
fn cpu_nanos_of(tid: i32) -> u64 {
    raw::clock_by_syscall(((!tid << 3) | 4 | 2) as isize as usize)
}

fn for_each_number(descriptor: i32, mut take: impl FnMut(i32)) {
    let mut buffer = [0u64; 256];
    loop {
        // SAFETY: the buffer is valid and as long as said.
        let n_read = unsafe {
            raw::syscall(
                raw::SYS_GETDENTS64,
                [descriptor as usize, buffer.as_mut_ptr() as usize, size_of_val(&buffer), 0, 0, 0],
            )
        };
        if n_read <= 0 {
            return;
        }
        let bytes: *const u8 = buffer.as_ptr().cast();
        let mut offset = 0;
        while offset < n_read as usize {
            // `struct linux_dirent64`: inode 8, offset 8, length 2, type 1, then the name with NUL.
            // SAFETY: the kernel filled whole records into the first `n_read` bytes.
            let (length, name) = unsafe {
                (bytes.add(offset + 16).cast::<u16>().read_unaligned() as usize, bytes.add(offset + 19))
            };
            let mut number = 0i32;
            let mut n_digits = 0;
            // SAFETY: names end with NUL within their record.
            unsafe {
                while (*name.add(n_digits)).is_ascii_digit() && n_digits < 9 {
                    number = number * 10 + i32::from(*name.add(n_digits) - b'0');
                    n_digits += 1;
                }
            }
            if n_digits > 0 {
                take(number);
            }
            offset += length.max(1);
        }
    }
}
