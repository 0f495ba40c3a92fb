//! System calls and dynamic symbols without a libc of our own.
//!
//! Nothing here touches `errno`, takes a lock or allocates, so that all of it may run in a signal handler.

use core::arch::{asm, global_asm};
use core::sync::atomic::{AtomicUsize, Ordering};

pub const SYS_OPEN: usize = 2;
pub const SYS_READ: usize = 0;
pub const SYS_CLOSE: usize = 3;
pub const SYS_FSTAT: usize = 5;
pub const SYS_MMAP: usize = 9;
pub const SYS_RT_SIGACTION: usize = 13;
pub const SYS_RT_SIGPROCMASK: usize = 14;
pub const SYS_GETPID: usize = 39;
pub const SYS_GETPPID: usize = 110;
pub const SYS_RT_SIGPENDING: usize = 127;
pub const SYS_PRCTL: usize = 157;
pub const SYS_GETTID: usize = 186;
pub const SYS_GETDENTS64: usize = 217;
pub const SYS_TIMER_CREATE: usize = 222;
pub const SYS_TIMER_SETTIME: usize = 223;
pub const SYS_TIMER_DELETE: usize = 226;
pub const SYS_CLOCK_GETTIME: usize = 228;
pub const SYS_TGKILL: usize = 234;
pub const SYS_PROCESS_VM_READV: usize = 310;

pub const CLOCK_MONOTONIC: usize = 1;
pub const CLOCK_THREAD_CPUTIME_ID: usize = 3;
pub const EINTR: i32 = 4;
pub const ENOSYS: i32 = 38;
pub const EAGAIN: i32 = 11;

/// A system call; the answer is the kernel's, errors are -1 to -4095.
///
/// # Safety
/// The arguments are what the call asks for; pointers are valid for what it does with them.
pub unsafe fn syscall(number: usize, arguments: [usize; 6]) -> isize {
    let answer: isize;
    // SAFETY: the kernel clobbers rax, rcx and r11 only; the caller vouches for the arguments.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => answer,
            in("rdi") arguments[0], in("rsi") arguments[1], in("rdx") arguments[2],
            in("r10") arguments[3], in("r8") arguments[4], in("r9") arguments[5],
            lateout("rcx") _, lateout("r11") _,
            options(nostack)
        );
    }
    answer
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Timespec {
    pub seconds: i64,
    pub nanos: i64,
}

impl Timespec {
    pub fn from_nanos(nanos: u64) -> Self {
        Self { seconds: (nanos / 1_000_000_000) as i64, nanos: (nanos % 1_000_000_000) as i64 }
    }

    pub fn as_nanos(self) -> u64 {
        (self.seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(self.nanos as u64)
    }
}

/// The time of a clock by system call, 0 if there is no such clock.
pub fn clock_by_syscall(clock: usize) -> u64 {
    let mut time = Timespec::default();
    // SAFETY: `time` is a valid timespec.
    unsafe { syscall(SYS_CLOCK_GETTIME, [clock, &raw mut time as usize, 0, 0, 0, 0]) };
    time.as_nanos()
}

/// `CLOCK_MONOTONIC`, through the vDSO where libc is there.
pub fn monotonic_nanos() -> u64 {
    static CLOCK_GETTIME: Next = Next::new(c"clock_gettime");
    let Some(function) = CLOCK_GETTIME.get_default() else { return clock_by_syscall(CLOCK_MONOTONIC) };
    let mut time = Timespec::default();
    // SAFETY: clock_gettime(2) has this signature and is async-signal-safe; `time` is valid.
    unsafe {
        let function: extern "C" fn(i32, *mut Timespec) -> i32 = core::mem::transmute(function);
        function(CLOCK_MONOTONIC as i32, &raw mut time);
    }
    time.as_nanos()
}

/// CPU time of the calling thread.
pub fn thread_cpu_nanos() -> u64 {
    clock_by_syscall(CLOCK_THREAD_CPUTIME_ID)
}

pub fn getpid() -> i32 {
    // SAFETY: takes nothing.
    unsafe { syscall(SYS_GETPID, [0; 6]) as i32 }
}

pub fn getppid() -> i32 {
    // SAFETY: takes nothing.
    unsafe { syscall(SYS_GETPPID, [0; 6]) as i32 }
}

pub fn gettid() -> i32 {
    // SAFETY: takes nothing.
    unsafe { syscall(SYS_GETTID, [0; 6]) as i32 }
}

/// Opens for reading (`flags` 0) or as told, close-on-exec; negative on failure. `path` is NUL-terminated.
pub fn open(path: *const u8, flags: usize) -> i32 {
    const O_CLOEXEC: usize = 0o2000000;
    // SAFETY: callers pass literals and the environment's strings, which are NUL-terminated.
    unsafe { syscall(SYS_OPEN, [path as usize, flags | O_CLOEXEC, 0, 0, 0, 0]) as i32 }
}

pub fn close(descriptor: i32) {
    // SAFETY: only called with descriptors that `open` here returned.
    unsafe { syscall(SYS_CLOSE, [descriptor as usize, 0, 0, 0, 0, 0]) };
}

/// Reads into `length` bytes at `buffer`; 0 or negative at the end or on failure.
///
/// # Safety
/// `buffer` is valid for writes of `length` bytes.
pub unsafe fn read(descriptor: i32, buffer: *mut u8, length: usize) -> isize {
    // SAFETY: as the caller says.
    unsafe { syscall(SYS_READ, [descriptor as usize, buffer as usize, length, 0, 0, 0]) }
}

// `dlsym` is the one symbol taken from outside. It is weak, because before glibc 2.34 it is in libdl, which
// a program need not have loaded; without it this library does nothing.
global_asm!(".weak dlsym");

const RTLD_NEXT: usize = usize::MAX;
const RTLD_DEFAULT: usize = 0;

fn dlsym(handle: usize, name: &core::ffi::CStr) -> usize {
    let function: usize;
    // SAFETY: loads a slot of the global offset table; 0 if the symbol was not found.
    unsafe {
        asm!("mov {}, qword ptr [rip + dlsym@GOTPCREL]", out(reg) function, options(nostack, readonly))
    };
    if function == 0 {
        return 0;
    }
    // SAFETY: dlsym(3) has this signature; the call is not a tail call (the value is used below), because
    // RTLD_NEXT looks at the return address.
    let address = unsafe {
        let function: extern "C" fn(usize, *const core::ffi::c_char) -> usize =
            core::mem::transmute(function);
        function(handle, name.as_ptr())
    };
    core::hint::black_box(address)
}

/// A function of the libraries behind this one, looked up once.
pub struct Next {
    name: &'static core::ffi::CStr,
    address: AtomicUsize,
}

const MISSING: usize = 1;

impl Next {
    pub const fn new(name: &'static core::ffi::CStr) -> Self {
        Self { name, address: AtomicUsize::new(0) }
    }

    /// The next one after this library: for functions that this library defines as well.
    pub fn get(&self) -> Option<usize> {
        self.resolve(RTLD_NEXT)
    }

    /// The first one of all: for functions that this library does not define.
    pub fn get_default(&self) -> Option<usize> {
        self.resolve(RTLD_DEFAULT)
    }

    fn resolve(&self, handle: usize) -> Option<usize> {
        let mut address = self.address.load(Ordering::Relaxed);
        if address == 0 {
            address = dlsym(handle, self.name).max(MISSING);
            self.address.store(address, Ordering::Relaxed);
        }
        (address != MISSING).then_some(address)
    }

    /// As [`Self::get`], and if the global scope has none, from libpthread where some library brought it
    /// along privately (glibc before 2.34).
    pub fn get_from_pthread(&self) -> Option<usize> {
        if let Some(address) = self.get() {
            return Some(address);
        }
        static DLOPEN: Next = Next::new(c"dlopen");
        const RTLD_LAZY_NOLOAD: i32 = 0x1 | 0x4;
        let dlopen = DLOPEN.get_default()?;
        // SAFETY: dlopen(3) has this signature.
        let handle = unsafe {
            let dlopen: extern "C" fn(*const core::ffi::c_char, i32) -> usize = core::mem::transmute(dlopen);
            dlopen(c"libpthread.so.0".as_ptr(), RTLD_LAZY_NOLOAD)
        };
        let address = if handle == 0 { 0 } else { dlsym(handle, self.name) };
        if address == 0 {
            return None;
        }
        self.address.store(address, Ordering::Relaxed);
        Some(address)
    }
}

fn errno_location() -> *mut i32 {
    static GLIBC: Next = Next::new(c"__errno_location");
    match GLIBC.get_default() {
        // SAFETY: __errno_location has this signature in glibc and musl.
        Some(function) => unsafe {
            let function: extern "C" fn() -> *mut i32 = core::mem::transmute(function);
            function()
        },
        None => core::ptr::null_mut(),
    }
}

/// `errno` of this thread.
pub fn errno() -> i32 {
    let location = errno_location();
    if location.is_null() {
        return 0;
    }
    // SAFETY: libc gave the address of this thread's errno.
    unsafe { *location }
}

pub fn set_errno(value: i32) {
    let location = errno_location();
    if !location.is_null() {
        // SAFETY: as above.
        unsafe { *location = value };
    }
}

/// What this library keeps for each thread.
#[repr(C)]
pub struct Thread {
    /// Kernel's timer id plus 1; 0 for none.
    pub timer: u32,
    /// Thread number for which the timer was made.
    pub tid: i32,
    /// Lowest address of the stack, 0 if not known.
    pub stack_low: usize,
    /// Address after the highest of interest, 0 if not known.
    pub stack_high: usize,
    /// Where on the stack a wrapper of `interrupts` is, 0 for nowhere.
    pub in_call: usize,
    /// The sampler's signal, and no other, ended a system call with EINTR since that wrapper looked.
    pub interrupted: u32,
}

// Thread-local memory by hand: `#[thread_local]` is not stable. The initial-exec model is an offset from the
// thread pointer, valid in every thread from its first to its last instruction and in signal handlers.
global_asm!(
    ".pushsection .tbss,\"awT\",@nobits",
    ".balign 16",
    ".hidden fathom_preload_thread",
    ".globl fathom_preload_thread",
    ".type fathom_preload_thread,@object",
    "fathom_preload_thread:",
    ".zero 64",
    ".size fathom_preload_thread, 64",
    ".popsection",
);

/// This thread's memory. Fields are read and written through the pointer, because the handler does so too.
pub fn this_thread() -> *mut Thread {
    const { assert!(size_of::<Thread>() <= 64) };
    let address: *mut Thread;
    // SAFETY: `fs:[0]` holds the thread pointer itself on x86_64, the offset is fixed at load time.
    unsafe {
        asm!(
            "mov {0}, qword ptr [rip + fathom_preload_thread@gottpoff]",
            "add {0}, qword ptr fs:[0]",
            out(reg) address,
            options(nostack, readonly)
        );
    }
    address
}
