//! The preload library: samples the CPU time of a program from within, where no perf events are permitted.
//!
//! Loaded by `LD_PRELOAD` with the path of a ring file in `FATHOM_PRELOAD_RING`. It gives every thread a
//! POSIX timer on the thread's own CPU clock, whose signal handler copies registers and a slice of the stack
//! into the ring; Fathom unwinds outside. It tells programs, forks, threads and where code is mapped.
//!
//! **It must not change what the program does**: no allocation, no lock, no file descriptor kept, no `errno`
//! touched, no system call interrupted that would not have been (`interrupts`), no signal of the program's
//! taken (`signals`), nothing done in children of `vfork`, nothing after a seccomp filter.
//!
//! **It cannot see** static binaries (Go's, musl's), programs started with a cleaned environment, setuid
//! programs, threads made by a raw `clone` or inside libc (asynchronous I/O), forks by raw system calls. On
//! kernels with 250 ticks a second a timer fires at most 250 times a second: the expirations in between come
//! as the sample's weight. A thread needs one of the user's pending signals (`ulimit -i`).
//! A program that changes its root or runs 32-bit programs makes the dynamic linker say on stderr that it
//! could not preload.
//!
//! It has no dependency and names no library: symbols are found at run time, so that it loads into programs
//! of glibc (2.28 and later) and of musl alike.

#![no_std]
#![deny(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::missing_safety_doc)]

mod announce;
mod interrupts;
mod layout;
mod raw;
mod ring;
mod sampler;
mod seccomp;
mod signals;
mod threads;

use core::ffi::CStr;

/// Sets `errno` and answers -1.
fn fail(error: i32) -> i32 {
    raw::set_errno(error);
    -1
}

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;

#[used]
#[unsafe(link_section = ".fini_array")]
static END: extern "C" fn() = threads::end_process;

extern "C" fn start() {
    let Some(path) = environment(b"FATHOM_PRELOAD_RING=") else { return };
    if !ring::map(path) || ring::is_stopped() || has_more_seccomp_filters() || !signals::install() {
        return;
    }
    sampler::take_ownership();
    sampler::probe_copy();
    sampler::set_active(true);
    threads::prepare_process();
    announce::start_of_program();
    threads::begin_main_thread();
}

/// The value of an environment variable, NUL-terminated.
fn environment(name_and_equals: &[u8]) -> Option<*const u8> {
    static ENVIRON: raw::Next = raw::Next::new(c"__environ");
    let variable = ENVIRON.get_default()? as *const *const *const u8;
    // SAFETY: libc's variable points at a list of strings that ends with null; each string ends with NUL,
    // and the comparison stops at the first difference, so not behind the NUL.
    unsafe {
        let mut entry = *variable;
        while !entry.is_null() && !(*entry).is_null() {
            let text = *entry;
            let matches = name_and_equals.iter().enumerate().all(|(index, byte)| *text.add(index) == *byte);
            if matches {
                return Some(text.add(name_and_equals.len()));
            }
            entry = entry.add(1);
        }
    }
    None
}

/// Whether this process is under a seccomp filter that Fathom is not under: it might kill for our calls.
fn has_more_seccomp_filters() -> bool {
    const PR_GET_SECCOMP: usize = 21;
    // SAFETY: takes no pointer. In strict mode the kernel would kill for this, but nothing can be
    // started in strict mode.
    let mode = unsafe { raw::syscall(raw::SYS_PRCTL, [PR_GET_SECCOMP, 0, 0, 0, 0, 0]) };
    if mode == 0 {
        return false;
    }
    let mut buffer = [0u8; 4096];
    let descriptor = raw::open(c"/proc/thread-self/status".as_ptr().cast(), 0);
    if descriptor < 0 {
        return true;
    }
    // SAFETY: the buffer is valid and one byte longer than said.
    let n_read = unsafe { raw::read(descriptor, buffer.as_mut_ptr(), buffer.len() - 1) };
    raw::close(descriptor);
    let text = buffer.get(..n_read.max(0) as usize).unwrap_or(&[]);
    match number_after(text, c"Seccomp_filters:") {
        Some(n_filters) => n_filters > ring::seccomp_filters_of_fathom(),
        // Kernels before 5.9 do not count: a filter is taken for Fathom's own if Fathom has one.
        None => ring::seccomp_filters_of_fathom() == 0,
    }
}

fn number_after(text: &[u8], key: &CStr) -> Option<u32> {
    let key = key.to_bytes();
    let start = text.windows(key.len()).position(|window| window == key)? + key.len();
    let digits = text.get(start..)?.iter().skip_while(|byte| **byte == b'\t' || **byte == b' ');
    Some(
        digits
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(u32::from(*digit - b'0'))),
    )
}

/// Nothing here panics, and a test holds that: the text below must not be in the library.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    static MESSAGE: &CStr = c"fathom-preload-has-a-panic";
    loop {
        raw::open(MESSAGE.as_ptr().cast(), 0);
    }
}
