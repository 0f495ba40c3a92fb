//! Threads and processes from their begin to their end.
//!
//! New threads go through [`fathom_preload_thread_start`], which jumps to the program's function, so that no
//! frame of this library stays on the stack. Their end is a thread-specific key's destructor, which also runs
//! after `pthread_exit` and cancellation.

use crate::announce;
use crate::layout::*;
use crate::raw::{self, Next};
use crate::sampler;
use core::arch::global_asm;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// What a new thread is to run. Slots are used again as soon as the thread has started; a program that
/// starts more at once gets the rest of them without a timer, and counted.
struct Start {
    used: AtomicU32,
    function: AtomicUsize,
    argument: AtomicUsize,
}

const N_STARTS: usize = 512;
static STARTS: [Start; N_STARTS] = [const {
    Start { used: AtomicU32::new(0), function: AtomicUsize::new(0), argument: AtomicUsize::new(0) }
}; N_STARTS];

static EXIT_KEY: AtomicU32 = AtomicU32::new(u32::MAX);

// Entered with the address of a `Start` in rdi and the stack as a function finds it. The call's answer is a
// pair: rax = the program's function, rdx = its argument.
global_asm!(
    ".pushsection .text",
    ".hidden fathom_preload_thread_start",
    ".globl fathom_preload_thread_start",
    ".type fathom_preload_thread_start,@function",
    ".balign 16",
    "fathom_preload_thread_start:",
    ".cfi_startproc",
    "endbr64",
    "mov rsi, rsp",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call {prepare}",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
    "mov rdi, rdx",
    "jmp rax",
    ".cfi_endproc",
    ".size fathom_preload_thread_start, .-fathom_preload_thread_start",
    ".popsection",
    prepare = sym prepare_thread,
);

unsafe extern "C" {
    fn fathom_preload_thread_start();
}

#[repr(C)]
struct FunctionAndArgument {
    function: usize,
    argument: usize,
}

extern "C" fn prepare_thread(start: *const Start, stack_pointer: usize) -> FunctionAndArgument {
    // SAFETY: `start` is the element of STARTS that `create_with` gave to this thread alone.
    let start = unsafe { &*start };
    let answer = FunctionAndArgument {
        function: start.function.load(Ordering::Relaxed),
        argument: start.argument.load(Ordering::Relaxed),
    };
    start.used.store(0, Ordering::Release);
    begin_thread(stack_pointer);
    answer
}

/// Remembers the stack's bounds, starts the timer and tells Fathom.
fn begin_thread(stack_pointer: usize) {
    let thread = raw::this_thread();
    let self_pointer: usize;
    // SAFETY: `fs:[0]` holds the thread pointer itself on x86_64.
    unsafe {
        core::arch::asm!("mov {}, qword ptr fs:[0]", out(reg) self_pointer, options(nostack, readonly))
    };
    // Above lie the frames of the C library's thread start (some 300 bytes in glibc 2.36), then its thread
    // descriptor, at which the thread pointer points.
    const START_FRAMES_BYTES: usize = 1024;
    let mut high = stack_pointer + START_FRAMES_BYTES;
    if self_pointer > stack_pointer {
        high = high.min(self_pointer);
    }
    let low = if sampler::copies_through_kernel() { 0 } else { stack_low_from_libc() };
    // SAFETY: this thread's own memory, before its timer starts.
    unsafe {
        (*thread).stack_high = high;
        (*thread).stack_low = low;
    }
    set_exit_key();
    sampler::arm();
    announce::notice(KIND_THREAD_START, 0);
}

/// The stack's lowest address; asks libc, which allocates, only where stacks are copied without the kernel.
fn stack_low_from_libc() -> usize {
    static GETATTR: Next = Next::new(c"pthread_getattr_np");
    static GETSTACK: Next = Next::new(c"pthread_attr_getstack");
    static DESTROY: Next = Next::new(c"pthread_attr_destroy");
    static SELF: Next = Next::new(c"pthread_self");
    let functions =
        (GETATTR.get_default(), GETSTACK.get_default(), DESTROY.get_default(), SELF.get_default());
    let (Some(getattr), Some(getstack), Some(destroy), Some(myself)) = functions else { return 0 };
    // `pthread_attr_t` has 56 bytes.
    let mut attributes = [0u64; 16];
    let (mut low, mut size) = (0usize, 0usize);
    // SAFETY: these four have these signatures in glibc and musl; all pointers are valid.
    unsafe {
        let getattr: extern "C" fn(usize, *mut u64) -> i32 = core::mem::transmute(getattr);
        let getstack: extern "C" fn(*const u64, *mut usize, *mut usize) -> i32 =
            core::mem::transmute(getstack);
        let destroy: extern "C" fn(*mut u64) -> i32 = core::mem::transmute(destroy);
        let myself: extern "C" fn() -> usize = core::mem::transmute(myself);
        if getattr(myself(), attributes.as_mut_ptr()) != 0 {
            return 0;
        }
        getstack(attributes.as_ptr(), &raw mut low, &raw mut size);
        destroy(attributes.as_mut_ptr());
    }
    low
}

/// Sets up what new threads and forks need. Called once, before the program's own code.
pub fn prepare_process() {
    static KEY_CREATE: Next = Next::new(c"pthread_key_create");
    let mut key = 0u32;
    if let Some(function) = KEY_CREATE.get_default() {
        // SAFETY: pthread_key_create(3) has this signature; the destructor lives for good.
        let answer = unsafe {
            let function: extern "C" fn(*mut u32, extern "C" fn(usize)) -> i32 =
                core::mem::transmute(function);
            function(&raw mut key, thread_ends)
        };
        if answer == 0 {
            EXIT_KEY.store(key, Ordering::Relaxed);
        }
    }
    static REGISTER_ATFORK: Next = Next::new(c"__register_atfork");
    static PTHREAD_ATFORK: Next = Next::new(c"pthread_atfork");
    // SAFETY: glibc's and musl's functions have these signatures; a null handler is none.
    unsafe {
        if let Some(function) = REGISTER_ATFORK.get_default() {
            let function: extern "C" fn(usize, usize, extern "C" fn(), usize) -> i32 =
                core::mem::transmute(function);
            function(0, 0, begin_forked_process, 0);
        } else if let Some(function) = PTHREAD_ATFORK.get_default() {
            let function: extern "C" fn(usize, usize, extern "C" fn()) -> i32 =
                core::mem::transmute(function);
            function(0, 0, begin_forked_process);
        }
    }
}

/// The first thread of a program.
pub fn begin_main_thread() {
    static STACK_END: Next = Next::new(c"__libc_stack_end");
    let thread = raw::this_thread();
    // SAFETY: glibc's variable holds where the stack began; this thread's own memory.
    unsafe {
        (*thread).stack_high = STACK_END.get_default().map_or(0, |variable| *(variable as *const usize));
        if !sampler::copies_through_kernel() {
            (*thread).stack_low = stack_low_from_libc();
        }
    }
    sampler::arm();
    announce::notice(KIND_THREAD_START, 0);
}

/// In the child of `fork`: timers stayed with the parent, threads too.
extern "C" fn begin_forked_process() {
    if !sampler::is_active() {
        return;
    }
    sampler::take_ownership();
    sampler::forget_timer();
    for start in &STARTS {
        start.used.store(0, Ordering::Relaxed);
    }
    let thread = raw::this_thread();
    // SAFETY: this thread's own memory.
    unsafe {
        (*thread).tid = raw::gettid();
        (*thread).in_call = 0;
        (*thread).interrupted = 0;
    }
    announce::notice(KIND_FORK, raw::getppid() as u32);
    sampler::arm();
    announce::notice(KIND_THREAD_START, 0);
}

fn set_exit_key() {
    static SET_SPECIFIC: Next = Next::new(c"pthread_setspecific");
    let key = EXIT_KEY.load(Ordering::Relaxed);
    if let (Some(function), true) = (SET_SPECIFIC.get_default(), key != u32::MAX) {
        // SAFETY: pthread_setspecific(3) has this signature; any value but null runs the destructor.
        unsafe {
            let function: extern "C" fn(u32, usize) -> i32 = core::mem::transmute(function);
            function(key, 1);
        }
    }
}

extern "C" fn thread_ends(_: usize) {
    if sampler::is_active() && sampler::is_owner() {
        sampler::disarm();
        announce::notice(KIND_THREAD_EXIT, 0);
    }
}

/// Before the process ends by its own will: the CPU time of all its threads.
pub extern "C" fn end_process() {
    if sampler::is_active() && sampler::is_owner() {
        sampler::disarm();
        announce::end_of_process();
    }
}

type CreateFunction = unsafe extern "C" fn(*mut usize, *const u8, usize, usize) -> i32;

/// Starts a thread by `create(function, argument)` so that it gets a timer.
unsafe fn create_with(function: usize, argument: usize, create: impl FnOnce(usize, usize) -> i32) -> i32 {
    if !sampler::is_active() {
        return create(function, argument);
    }
    if !sampler::is_owner() {
        // A raw fork, which runs no handlers; a child of vfork may not start threads.
        begin_forked_process();
    }
    let free = STARTS.iter().find(|start| {
        start.used.load(Ordering::Relaxed) == 0
            && start.used.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    });
    let Some(start) = free else {
        crate::ring::count(HEADER_UNARMED_THREADS, 1);
        return create(function, argument);
    };
    start.function.store(function, Ordering::Relaxed);
    start.argument.store(argument, Ordering::Relaxed);
    let answer =
        create(fathom_preload_thread_start as *const () as usize, core::ptr::from_ref(start) as usize);
    if answer != 0 {
        start.used.store(0, Ordering::Release);
    }
    answer
}

/// Interposed: the new thread gets a timer.
///
/// # Safety
/// As pthread_create(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_create(
    thread: *mut usize,
    attributes: *const u8,
    function: usize,
    argument: usize,
) -> i32 {
    static NEXT: Next = Next::new(c"pthread_create");
    let Some(next) = NEXT.get_from_pthread() else { return raw::EAGAIN };
    // SAFETY: the next definition has this signature; the arguments are the program's own.
    unsafe {
        let next: CreateFunction = core::mem::transmute(next);
        create_with(function, argument, |function, argument| next(thread, attributes, function, argument))
    }
}

/// Interposed: the new thread gets a timer. C11's functions answer an `int`, in the same register.
///
/// # Safety
/// As thrd_create(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn thrd_create(thread: *mut usize, function: usize, argument: usize) -> i32 {
    static NEXT: Next = Next::new(c"thrd_create");
    const THRD_ERROR: i32 = 2;
    let Some(next) = NEXT.get_from_pthread() else { return THRD_ERROR };
    // SAFETY: the next definition has this signature; the arguments are the program's own.
    unsafe {
        let next: unsafe extern "C" fn(*mut usize, usize, usize) -> i32 = core::mem::transmute(next);
        create_with(function, argument, |function, argument| next(thread, function, argument))
    }
}

macro_rules! exit_functions {
    ($($name:ident $text:literal,)*) => {$(
        /// Interposed: the exact CPU times are told first.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name(status: i32) -> ! {
            static NEXT: Next = Next::new($text);
            const SYS_EXIT_GROUP: usize = 231;
            end_process();
            if let Some(function) = NEXT.get() {
                // SAFETY: _exit(2) has this signature.
                unsafe {
                    let function: extern "C" fn(i32) = core::mem::transmute(function);
                    function(status);
                }
            }
            loop {
                // SAFETY: ends the process.
                unsafe { raw::syscall(SYS_EXIT_GROUP, [status as usize, 0, 0, 0, 0, 0]) };
            }
        }
    )*};
}

exit_functions!(
    _exit c"_exit",
    _Exit c"_Exit",
);
