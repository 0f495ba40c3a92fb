//! The sampling signal, kept out of the program's sight.
//!
//! It is a real-time signal (SIGRTMAX-2, or the next lower one that is free), so that the program's own
//! SIGPROF, `setitimer(ITIMER_PROF)` and gprof are untouched. A program that sets an action for the same
//! number gets its action called for signals that are not ours; it cannot block the number, wait for it or
//! read it from a signalfd; sent from outside to end the program, it waits until a sleep is over. Raw system
//! calls go around this: a handler that is found overwritten when a thread starts is put back, and the
//! program's action is kept behind it.

use crate::raw::{self, Next};
use crate::sampler;
use core::arch::global_asm;
use core::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

/// SIGRTMAX-2 of glibc and of the kernel; below 50 numbers are left to programs.
const CANDIDATES: core::ops::RangeInclusive<i32> = 50..=62;

static SIGNAL: AtomicI32 = AtomicI32::new(0);
static PROGRAM_HANDLER: AtomicUsize = AtomicUsize::new(SIG_DFL);
static PROGRAM_FLAGS: AtomicUsize = AtomicUsize::new(0);

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;
const SIG_BLOCK: i32 = 0;
const SIG_UNBLOCK: i32 = 1;
const SIG_SETMASK: i32 = 2;
const SA_SIGINFO: usize = 4;
const SA_RESTORER: usize = 0x0400_0000;
const SA_ONSTACK: usize = 0x0800_0000;
const SA_RESTART: usize = 0x1000_0000;

/// The kernel's `struct sigaction`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct KernelAction {
    handler: usize,
    flags: usize,
    restorer: usize,
    mask: u64,
}

/// The C library's `struct sigaction` (glibc and musl).
#[repr(C)]
pub struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: i32,
    restorer: usize,
}

/// The C library's `sigset_t`.
pub type Set = [u64; 16];

// Debuggers and unwinders know a signal frame by exactly these two instructions.
global_asm!(
    ".pushsection .text",
    ".hidden fathom_preload_restorer",
    ".globl fathom_preload_restorer",
    ".type fathom_preload_restorer,@function",
    "nop",
    "fathom_preload_restorer:",
    "mov rax, 15",
    "syscall",
    ".popsection",
);

unsafe extern "C" {
    fn fathom_preload_restorer();
}

/// The number in use; 0 before one is chosen.
pub fn sampling_signal() -> i32 {
    SIGNAL.load(Ordering::Relaxed)
}

/// Its bit in a signal mask.
pub fn sampling_bit() -> u64 {
    match sampling_signal() {
        0 => 0,
        signal => 1 << (signal - 1),
    }
}

/// Chooses a signal that nobody uses and installs the handler; `false` if there is none.
pub fn install() -> bool {
    for signal in CANDIDATES.rev() {
        if current(signal).handler == SIG_DFL {
            SIGNAL.store(signal, Ordering::Relaxed);
            set_handler();
            unblock();
            return true;
        }
    }
    false
}

/// Puts the handler back if the program replaced it behind the C library's back.
pub fn ensure_installed() {
    let found = current(sampling_signal());
    if found.handler != sampler::handle as *const () as usize {
        PROGRAM_FLAGS.store(found.flags, Ordering::Relaxed);
        PROGRAM_HANDLER.store(found.handler, Ordering::Relaxed);
        set_handler();
    }
    unblock();
}

fn current(signal: i32) -> KernelAction {
    let mut action = KernelAction::default();
    // SAFETY: reads the action into a valid struct.
    unsafe { raw::syscall(raw::SYS_RT_SIGACTION, [signal as usize, 0, &raw mut action as usize, 8, 0, 0]) };
    action
}

fn set_handler() {
    let action = KernelAction {
        handler: sampler::handle as *const () as usize,
        flags: SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_RESTART,
        restorer: fathom_preload_restorer as *const () as usize,
        mask: u64::MAX,
    };
    set_action(&action);
}

fn set_action(action: &KernelAction) {
    let signal = sampling_signal() as usize;
    // SAFETY: a valid struct; handler and restorer live as long as this library, which is never unloaded.
    unsafe {
        raw::syscall(raw::SYS_RT_SIGACTION, [signal, core::ptr::from_ref(action) as usize, 0, 8, 0, 0])
    };
}

/// Holds the sampling signal back in the calling thread; leaves `errno` alone.
pub fn block() {
    change_mask(SIG_BLOCK);
}

/// Lets the sampling signal come in the calling thread; leaves `errno` alone.
pub fn unblock() {
    change_mask(SIG_UNBLOCK);
}

fn change_mask(how: i32) {
    let mask = sampling_bit();
    // SAFETY: an eight-byte mask.
    unsafe {
        raw::syscall(raw::SYS_RT_SIGPROCMASK, [how as usize, &raw const mask as usize, 0, 8, 0, 0]);
    }
}

/// The signals that the calling thread blocks.
pub fn current_mask() -> Set {
    let mut set = [0; 16];
    // SAFETY: the kernel writes the first eight bytes.
    unsafe {
        raw::syscall(raw::SYS_RT_SIGPROCMASK, [SIG_BLOCK as usize, 0, &raw mut set as usize, 8, 0, 0]);
    }
    set
}

/// Does with a signal that is not from our timers what the program asked for.
pub fn forward(signal: i32, info: *mut u8, context: *mut u8) {
    match PROGRAM_HANDLER.load(Ordering::Relaxed) {
        SIG_IGN => {}
        SIG_DFL => {
            // The default is the end of the process; the signal takes effect when this handler returns.
            set_action(&KernelAction::default());
            // SAFETY: sends a signal to the calling thread.
            unsafe {
                let (pid, tid) = (raw::getpid() as usize, raw::gettid() as usize);
                raw::syscall(raw::SYS_TGKILL, [pid, tid, signal as usize, 0, 0, 0]);
            }
        }
        handler => {
            // SAFETY: the program installed this address as a handler of this signal. One that takes only
            // the number ignores the other arguments.
            unsafe {
                let handler: extern "C" fn(i32, *mut u8, *mut u8) = core::mem::transmute(handler);
                handler(signal, info, context);
            }
        }
    }
}

/// `sigaction` for the sampling signal: kept, not installed.
unsafe fn keep_action(new: *const Action, old: *mut Action) {
    let (handler, flags) = (PROGRAM_HANDLER.load(Ordering::Relaxed), PROGRAM_FLAGS.load(Ordering::Relaxed));
    // SAFETY: the caller passes what sigaction(2) got: null or valid.
    unsafe {
        if !new.is_null() {
            PROGRAM_FLAGS.store((*new).flags as usize, Ordering::Relaxed);
            PROGRAM_HANDLER.store((*new).handler, Ordering::Relaxed);
        }
        if !old.is_null() {
            *old =
                Action { handler, mask: [0; 16], flags: flags as i32 & !(SA_RESTORER as i32), restorer: 0 };
        }
    }
}

fn is_ours(signal: i32) -> bool {
    signal != 0 && signal == sampling_signal()
}

type SigactionFunction = unsafe extern "C" fn(i32, *const Action, *mut Action) -> i32;

unsafe fn sigaction_with(next: &Next, signal: i32, new: *const Action, old: *mut Action) -> i32 {
    if is_ours(signal) {
        // SAFETY: the program's own arguments.
        unsafe { keep_action(new, old) };
        return 0;
    }
    match next.get() {
        // SAFETY: the next definition has the same signature.
        Some(function) => unsafe {
            let function: SigactionFunction = core::mem::transmute(function);
            function(signal, new, old)
        },
        None => crate::fail(raw::ENOSYS),
    }
}

/// Interposed, see the module.
///
/// # Safety
/// As sigaction(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sigaction(signal: i32, new: *const Action, old: *mut Action) -> i32 {
    static NEXT: Next = Next::new(c"sigaction");
    // SAFETY: the program's own arguments.
    unsafe { sigaction_with(&NEXT, signal, new, old) }
}

/// Interposed, see the module.
///
/// # Safety
/// As sigaction(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sigaction(signal: i32, new: *const Action, old: *mut Action) -> i32 {
    static NEXT: Next = Next::new(c"__sigaction");
    // SAFETY: the program's own arguments.
    unsafe { sigaction_with(&NEXT, signal, new, old) }
}

macro_rules! signal_functions {
    ($($name:ident $text:literal,)*) => {$(
        /// Interposed, see the module.
        ///
        /// # Safety
        /// As signal(2).
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(signal: i32, handler: usize) -> usize {
            static NEXT: Next = Next::new($text);
            if is_ours(signal) {
                PROGRAM_FLAGS.store(SA_RESTART, Ordering::Relaxed);
                return PROGRAM_HANDLER.swap(handler, Ordering::Relaxed);
            }
            match NEXT.get() {
                // SAFETY: the next definition has the same signature.
                Some(function) => unsafe {
                    let function: unsafe extern "C" fn(i32, usize) -> usize = core::mem::transmute(function);
                    function(signal, handler)
                },
                None => crate::fail(raw::ENOSYS) as usize,
            }
        }
    )*};
}

signal_functions!(
    signal c"signal",
    bsd_signal c"bsd_signal",
    sysv_signal c"sysv_signal",
    __sysv_signal c"__sysv_signal",
);

/// A copy of a set without our signal.
unsafe fn without_ours(set: *const Set) -> Set {
    // SAFETY: the caller checked for null; the C library's sets have 128 bytes.
    let mut copy = unsafe { *set };
    copy[0] &= !sampling_bit();
    copy
}

macro_rules! mask_functions {
    ($($name:ident $text:literal,)*) => {$(
        /// Interposed: everything but the sampling signal can be blocked.
        ///
        /// # Safety
        /// As sigprocmask(2).
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(how: i32, set: *const Set, old: *mut Set) -> i32 {
            static NEXT: Next = Next::new($text);
            let Some(function) = NEXT.get() else { return crate::fail(raw::ENOSYS) };
            // SAFETY: the next definition has the same signature; the arguments are the program's own.
            unsafe {
                let function: unsafe extern "C" fn(i32, *const Set, *mut Set) -> i32 =
                    core::mem::transmute(function);
                if !sampler::is_active() {
                    return function(how, set, old);
                }
                let answer = if set.is_null() || (how != SIG_BLOCK && how != SIG_SETMASK) {
                    function(how, set, old)
                } else {
                    let set = without_ours(set);
                    function(how, &set, old)
                };
                // In a handler of the program that runs on top of a sleep, ours is blocked.
                if answer == 0 && !old.is_null() {
                    (*old)[0] &= !sampling_bit();
                }
                answer
            }
        }
    )*};
}

mask_functions!(
    sigprocmask c"sigprocmask",
    pthread_sigmask c"pthread_sigmask",
);

/// Whether the program handles a signal of the same number itself, and so may wait for it.
pub fn has_program_handler() -> bool {
    let handler = PROGRAM_HANDLER.load(Ordering::Relaxed);
    handler != SIG_DFL && handler != SIG_IGN
}

/// A copy of a set with our signal.
pub unsafe fn with_ours(set: *const Set) -> Set {
    // SAFETY: the caller checked for null; the C library's sets have 128 bytes.
    let mut copy = unsafe { *set };
    copy[0] |= sampling_bit();
    copy
}

/// Calls `function` with the set, without our signal where samples are taken.
pub unsafe fn with_stripped_set<R>(set: *const Set, function: impl FnOnce(*const Set) -> R) -> R {
    if set.is_null() || !sampler::is_active() {
        return function(set);
    }
    // SAFETY: not null, and the program's own.
    let set = unsafe { without_ours(set) };
    function(&set)
}

/// Interposed: reports everything but the sampling signal.
///
/// # Safety
/// As signalfd(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn signalfd(descriptor: i32, set: *const Set, flags: i32) -> i32 {
    static NEXT: Next = Next::new(c"signalfd");
    let Some(function) = NEXT.get() else { return crate::fail(raw::ENOSYS) };
    // SAFETY: the next definition has the same signature; the arguments are the program's own.
    unsafe {
        let function: unsafe extern "C" fn(i32, *const Set, i32) -> i32 = core::mem::transmute(function);
        with_stripped_set(set, |set| function(descriptor, set, flags))
    }
}

/// Interposed: waits for everything but the sampling signal.
///
/// # Safety
/// As sigwait(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sigwait(set: *const Set, signal: *mut i32) -> i32 {
    static NEXT: Next = Next::new(c"sigwait");
    let Some(function) = NEXT.get() else { return raw::ENOSYS };
    // SAFETY: the next definition has the same signature; the arguments are the program's own.
    unsafe {
        let function: unsafe extern "C" fn(*const Set, *mut i32) -> i32 = core::mem::transmute(function);
        with_stripped_set(set, |set| function(set, signal))
    }
}
