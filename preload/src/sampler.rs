//! The timer of a thread and the signal handler that takes a sample.
//!
//! The handler calls no libc function but `clock_gettime` (vDSO), so it leaves `errno` alone, and it holds
//! every other signal back while it runs (a few microseconds). The stack is copied by
//! `process_vm_readv(2)` on the process itself, which stops at a page that is not mapped instead of faulting.

use crate::layout::*;
use crate::raw::{self, Thread, Timespec};
use crate::ring::{self, Slot};
use crate::signals;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

static PID: AtomicI32 = AtomicI32::new(0);
static ACTIVE: AtomicBool = AtomicBool::new(false);
static COPIES_THROUGH_KERNEL: AtomicBool = AtomicBool::new(false);
static SAMPLED: AtomicU32 = AtomicU32::new(0);

/// Marks our timers: a signal of the same number from elsewhere is the program's own.
const TIMER_MARK: usize = 0x4661_7468_6f6d;
const SI_TIMER: i32 = -2;

/// Whether this process takes samples.
pub fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Begins or ends the taking of samples in this process; timers that still run do nothing after the end.
pub fn set_active(active: bool) {
    ACTIVE.store(active, Ordering::Relaxed);
}

/// The process that this memory belongs to. A child of `vfork` runs in it with another pid.
pub fn owner_pid() -> i32 {
    PID.load(Ordering::Relaxed)
}

/// Whether the calling process owns this memory; false in a child of `vfork` or of a raw `clone`.
pub fn is_owner() -> bool {
    raw::getpid() == owner_pid()
}

/// Makes the calling process the owner.
pub fn take_ownership() {
    PID.store(raw::getpid(), Ordering::Relaxed);
    SAMPLED.store(0, Ordering::Relaxed);
}

/// Whether a sample was taken in this process.
pub fn has_sampled() -> bool {
    SAMPLED.load(Ordering::Relaxed) != 0
}

/// Finds out how stacks can be copied.
pub fn probe_copy() {
    let source = 0x5au8;
    let mut target = 0u8;
    let n_read = copy_through_kernel(&raw const source as usize, &raw mut target, 1);
    COPIES_THROUGH_KERNEL.store(n_read == 1, Ordering::Relaxed);
}

/// Whether stacks are copied by the kernel, so that bounds are a matter of economy and not of safety.
pub fn copies_through_kernel() -> bool {
    COPIES_THROUGH_KERNEL.load(Ordering::Relaxed)
}

/// Copies own memory without faulting; how many bytes were there.
fn copy_through_kernel(address: usize, target: *mut u8, n_bytes: usize) -> usize {
    let local = [target as usize, n_bytes];
    let remote = [address, n_bytes];
    // SAFETY: both arrays are valid `iovec`s; `target` is valid for `n_bytes` by the callers; the kernel
    // checks `remote`.
    let n_read = unsafe {
        raw::syscall(
            raw::SYS_PROCESS_VM_READV,
            [owner_pid() as usize, local.as_ptr() as usize, 1, remote.as_ptr() as usize, 1, 0],
        )
    };
    usize::try_from(n_read).unwrap_or(0)
}

/// Starts the calling thread's timer, if samples are wanted and it has none.
pub fn arm() {
    let thread = raw::this_thread();
    let tid = raw::gettid();
    // SAFETY: this thread's own memory; the handler only reads `timer`.
    unsafe {
        (*thread).tid = tid;
        if (*thread).timer != 0 || !is_active() || ring::is_stopped() {
            return;
        }
    }
    signals::ensure_installed();
    let mut event = [0u64; 8];
    event[0] = TIMER_MARK as u64;
    const SIGEV_THREAD_ID: u64 = 4;
    event[1] = signals::sampling_signal() as u64 | SIGEV_THREAD_ID << 32;
    event[2] = tid as u64;
    let mut timer = 0i32;
    // SAFETY: `event` is as large as `struct sigevent` (64 bytes), `timer` receives the id.
    let answer = unsafe {
        raw::syscall(
            raw::SYS_TIMER_CREATE,
            [raw::CLOCK_THREAD_CPUTIME_ID, &raw const event as usize, &raw mut timer as usize, 0, 0, 0],
        )
    };
    if answer < 0 {
        ring::count(HEADER_UNARMED_THREADS, 1);
        return;
    }
    // SAFETY: as above. The id is stored before the first expiration can happen.
    unsafe { (&raw mut (*thread).timer).write_volatile(timer as u32 + 1) };
    let period = ring::period_nanos().max(1);
    // The first expiration is drawn from the whole period, so that threads and processes that do the same
    // are not sampled at the same places.
    let first = 1 + mix(raw::monotonic_nanos() ^ (tid as u64) << 32) % period;
    set_timer(timer, Timespec::from_nanos(period), Timespec::from_nanos(first));
}

fn set_timer(timer: i32, interval: Timespec, first: Timespec) {
    let setting = [interval, first];
    // SAFETY: two timespecs are a `struct itimerspec`.
    unsafe { raw::syscall(raw::SYS_TIMER_SETTIME, [timer as usize, 0, setting.as_ptr() as usize, 0, 0, 0]) };
}

/// Ends the calling thread's timer.
pub fn disarm() {
    let thread = raw::this_thread();
    // SAFETY: this thread's own memory. The id is taken away before the timer is deleted, so that a handler
    // in between does not delete it again.
    unsafe {
        let timer = (&raw mut (*thread).timer).read_volatile();
        (&raw mut (*thread).timer).write_volatile(0);
        if timer != 0 {
            raw::syscall(raw::SYS_TIMER_DELETE, [timer as usize - 1, 0, 0, 0, 0, 0]);
        }
    }
}

/// Forgets the timer of the calling thread: after `fork` it exists in the parent only.
pub fn forget_timer() {
    let thread = raw::this_thread();
    // SAFETY: this thread's own memory.
    unsafe { (&raw mut (*thread).timer).write_volatile(0) };
}

/// splitmix64's finaliser: spreads a clock value over all bits.
fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

/// Offsets in `siginfo_t` of a timer signal.
const INFO_CODE: usize = 8;
const INFO_OVERRUN: usize = 20;
const INFO_VALUE: usize = 24;
/// Offsets in `ucontext_t`: registers (`r8` first), then the signal mask to return to.
const CONTEXT_REGISTERS: usize = 40;
const CONTEXT_MASK: usize = 296;
/// Positions of rip, rsp, rbp, rbx, r12, r13, r14, r15 among the registers of `ucontext_t`.
const SAVED: [usize; N_REGISTERS] = [16, 15, 10, 11, 4, 5, 6, 7];
const SAVED_RAX: usize = 13;
const SAVED_RSP: usize = 15;
/// A system call farther than this below the wrapper is made by a handler of the program on top of it: the
/// frame of a signal takes more, the C library's functions for these calls take less.
const CALL_DEPTH_BYTES: usize = 1024;

/// The handler of the sampling signal.
pub extern "C" fn handle(signal: i32, info: *mut u8, context: *mut u8) {
    // SAFETY: the kernel passes valid `siginfo_t` and `ucontext_t` to a handler with SA_SIGINFO.
    let (code, overrun, value) = unsafe {
        (
            info.add(INFO_CODE).cast::<i32>().read(),
            info.add(INFO_OVERRUN).cast::<i32>().read(),
            info.add(INFO_VALUE).cast::<usize>().read(),
        )
    };
    if code != SI_TIMER || value != TIMER_MARK {
        signals::forward(signal, info, context);
        return;
    }
    // After a stop not one system call more: a seccomp filter may be in force.
    if !is_active() {
        return;
    }
    let thread = raw::this_thread();
    if ring::is_stopped() {
        disarm();
    } else {
        take_sample(thread, overrun, context);
    }
    // Last, because a signal of the program's that comes after this is not seen.
    note_interruption(thread, context);
}

fn take_sample(thread: *mut Thread, overrun: i32, context: *mut u8) {
    let weight = 1 + overrun.max(0) as u32;
    let now = raw::monotonic_nanos();
    // SAFETY: this thread's own memory.
    let (tid, low, high) = unsafe { ((*thread).tid, (*thread).stack_low, (*thread).stack_high) };
    let Some(slot) = Slot::claim(KIND_SAMPLE, tid, now) else {
        ring::count(HEADER_LOST_SAMPLES, u64::from(weight));
        if ring::is_abandoned(now) {
            disarm();
        }
        return;
    };
    SAMPLED.store(1, Ordering::Relaxed);
    slot.put(SLOT_PID, owner_pid());
    slot.put(SLOT_CPU_NANOS, raw::thread_cpu_nanos());
    slot.put(SLOT_DETAIL, weight);
    let mut stack_pointer = 0;
    for (index, position) in SAVED.iter().enumerate() {
        // SAFETY: `ucontext_t` holds 23 registers from CONTEXT_REGISTERS on.
        let value = unsafe { context.add(CONTEXT_REGISTERS).cast::<u64>().add(*position).read() };
        slot.put(SLOT_REGISTERS + 8 * index, value);
        if index == 1 {
            stack_pointer = value as usize;
        }
    }
    let begin = stack_pointer.saturating_sub(RED_ZONE_BYTES);
    let limit = ring::stack_bytes().min(slot.payload_capacity);
    // A stack pointer above the known end is on another stack (a coroutine's, the one for signals).
    let is_own_stack = high != 0 && begin < high;
    let wanted = if is_own_stack { limit.min(high - begin) } else { limit };
    let n_bytes = if copies_through_kernel() {
        copy_through_kernel(begin, slot.payload(), wanted)
    } else if is_own_stack && low != 0 && begin >= low {
        // SAFETY: [begin, begin + wanted) is within [low, high), which is this thread's stack; the slot has
        // room for `limit` bytes.
        unsafe { core::ptr::copy_nonoverlapping(begin as *const u8, slot.payload(), wanted) };
        wanted
    } else {
        0
    };
    slot.put(SLOT_ADDRESS, begin as u64);
    slot.put(SLOT_PAYLOAD_BYTES, n_bytes as u32);
    slot.publish();
}

/// Remembers for the wrappers of `interrupts` that a system call ended with EINTR because of this signal
/// alone. The kernel has already put `-EINTR` into `rax` when the handler starts.
fn note_interruption(thread: *mut Thread, context: *mut u8) {
    // SAFETY: this thread's own memory; `ucontext_t` holds the registers and the mask at these offsets.
    unsafe {
        let wrapper = (&raw const (*thread).in_call).read_volatile();
        let register = |position| context.add(CONTEXT_REGISTERS).cast::<u64>().add(position).read();
        let depth = wrapper.wrapping_sub(register(SAVED_RSP) as usize);
        if wrapper == 0 || depth > CALL_DEPTH_BYTES || register(SAVED_RAX) as i64 != -i64::from(raw::EINTR) {
            return;
        }
        let mask_after = context.add(CONTEXT_MASK).cast::<u64>().read();
        let mut pending = 0u64;
        raw::syscall(raw::SYS_RT_SIGPENDING, [&raw mut pending as usize, 8, 0, 0, 0, 0]);
        // Another signal that will be delivered when this handler returns interrupts the call as well.
        if pending & !mask_after & !signals::sampling_bit() == 0 {
            (&raw mut (*thread).interrupted).write_volatile(1);
        }
    }
}
