//! The end of sampling before a program restricts its system calls.
//!
//! A seccomp filter may kill a program for system calls that it does not make itself: ours. So `prctl` and
//! `syscall` are looked at, and once a filter is about to come, this library makes no call any more, in no
//! thread; timers that still run find a handler that returns at once. Filters that are there before the
//! program starts are handled in `has_more_seccomp_filters` of the library's start.

use crate::announce;
use crate::layout::{KIND_STOPPED, STOPPED_SECCOMP};
use crate::raw::{self, Next};
use crate::sampler;
use core::sync::atomic::{AtomicUsize, Ordering};

/// The program is about to restrict its system calls: none of ours after this.
extern "C" fn stop_before_seccomp() {
    if sampler::is_active() && sampler::is_owner() {
        sampler::disarm();
        announce::notice(KIND_STOPPED, STOPPED_SECCOMP);
        sampler::set_active(false);
    }
}

/// Interposed: stops the sampler before a seccomp filter is installed.
///
/// # Safety
/// As prctl(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prctl(option: i32, a: usize, b: usize, c: usize, d: usize) -> i32 {
    static NEXT: Next = Next::new(c"prctl");
    const PR_SET_SECCOMP: i32 = 22;
    if option == PR_SET_SECCOMP {
        stop_before_seccomp();
    }
    match NEXT.get() {
        // SAFETY: prctl(2) reads at most these five arguments; they are the program's own.
        Some(function) => unsafe {
            let function: unsafe extern "C" fn(i32, usize, usize, usize, usize) -> i32 =
                core::mem::transmute(function);
            function(option, a, b, c, d)
        },
        None => crate::fail(raw::ENOSYS),
    }
}

macro_rules! call_keeping_arguments {
    ($function:literal) => {
        concat!(
            "push rdi\n push rsi\n push rdx\n push rcx\n push r8\n push r9\n sub rsp, 8\n",
            ".cfi_adjust_cfa_offset 56\n",
            "call ",
            $function,
            "\n",
            "add rsp, 8\n pop r9\n pop r8\n pop rcx\n pop rdx\n pop rsi\n pop rdi\n",
            ".cfi_adjust_cfa_offset -56\n",
        )
    };
}

/// Interposed for the same reason as `prctl`. It jumps to libc's, because calls such as vfork return twice
/// and must find their caller's frame on top of the stack.
///
/// # Safety
/// As syscall(2).
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn syscall() {
    core::arch::naked_asm!(
        ".cfi_startproc",
        "endbr64",
        "cmp rdi, 317", // SYS_seccomp
        "je 2f",
        "cmp rdi, 157", // SYS_prctl
        "jne 3f",
        "cmp rsi, 22", // PR_SET_SECCOMP
        "jne 3f",
        "2:",
        call_keeping_arguments!("{stop}"),
        "3:",
        "mov rax, qword ptr [rip + {next}]",
        "test rax, rax",
        "jnz 4f",
        call_keeping_arguments!("{resolve}"),
        "4:",
        "jmp rax",
        ".cfi_endproc",
        stop = sym stop_before_seccomp,
        next = sym NEXT_SYSCALL,
        resolve = sym resolve_syscall,
    )
}

static NEXT_SYSCALL: AtomicUsize = AtomicUsize::new(0);

/// libc's `syscall`; every libc has it.
extern "C" fn resolve_syscall() -> usize {
    static NEXT: Next = Next::new(c"syscall");
    extern "C" fn missing() -> isize {
        crate::fail(raw::ENOSYS) as isize
    }
    let address = NEXT.get().unwrap_or(missing as *const () as usize);
    NEXT_SYSCALL.store(address, Ordering::Relaxed);
    address
}
