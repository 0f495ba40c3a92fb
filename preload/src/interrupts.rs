//! Blocking calls that must not see the sampling signal.
//!
//! A timer of CPU time can fire while a thread is on its way to sleep. `SA_RESTART` lets most system calls go
//! on, but some end with EINTR after any handler (signal(7), "Interruption of system calls"): sleeps, polls,
//! waits for signals, System V IPC, sockets with a timeout. EINTR of the program's own signals passes through.
//!
//! Calls that only sleep, and calls that take a signal mask, run with the sampling signal blocked
//! ([`undisturbed`], [`undisturbed_under`]): an expiration waits until they return, when the stack is the same.
//! To the others two more system calls would be a cost that shows; they are called again, with what is left
//! of their time, if the sampling signal alone interrupted them ([`uninterrupted`]). A signal of the program
//! that arrives between the end of the sampling handler and the second call runs its handler, but does not
//! end the call: some 0.3 us, in which a program that waits so without a mask can lose it anyway before the
//! call.

use crate::raw::{self, EINTR, Next, Timespec};
use crate::sampler;
use crate::signals::{self, Set, with_stripped_set};

/// Answers that tell of an error by -1 and `errno`.
trait Answer: Copy {
    fn is_interrupted(self) -> bool;
}

impl Answer for i32 {
    fn is_interrupted(self) -> bool {
        self == -1 && raw::errno() == EINTR
    }
}

impl Answer for isize {
    fn is_interrupted(self) -> bool {
        self == -1 && raw::errno() == EINTR
    }
}

/// `clock_nanosleep` returns its error instead.
#[derive(Clone, Copy)]
struct ErrorNumber(i32);

impl Answer for ErrorNumber {
    fn is_interrupted(self) -> bool {
        self.0 == EINTR
    }
}

/// Calls with the sampling signal blocked. A program that leaves the call by `longjmp` from a handler keeps it
/// blocked in this thread until it sets its mask again, which `siglongjmp` does: samples are missing then.
fn undisturbed<R: Answer>(call: impl FnMut() -> R) -> R {
    if !sampler::is_active() || signals::has_program_handler() {
        return uninterrupted(call);
    }
    signals::block();
    let (answer, _) = with_call_at(0, call);
    // Not one system call more after a stop, see `seccomp`.
    if sampler::is_active() {
        signals::unblock();
    }
    answer
}

/// Calls with the mask, and the sampling signal in it; without a mask as [`uninterrupted`]. Here EINTR is never
/// the sampling signal's doing, though it often comes right behind, with the mask of before.
unsafe fn undisturbed_under<R: Answer>(mask: *const Set, mut call: impl FnMut(*const Set) -> R) -> R {
    if mask.is_null() || !sampler::is_active() || signals::has_program_handler() {
        return uninterrupted(|| call(mask));
    }
    // SAFETY: not null, and the program's own.
    let mask = unsafe { signals::with_ours(mask) };
    with_call_at(0, || call(&mask)).0
}

/// Calls again as long as only the sampling signal interrupts.
fn uninterrupted<R: Answer>(mut call: impl FnMut() -> R) -> R {
    if !sampler::is_active() {
        return call();
    }
    let errno_before = raw::errno();
    loop {
        let here = 0u8;
        let (answer, was_interrupted) = with_call_at(&raw const here as usize, &mut call);
        if !was_interrupted || !answer.is_interrupted() {
            return answer;
        }
        raw::set_errno(errno_before);
    }
}

/// Calls while the handler knows where on the stack the wrapper is (0: it is to note nothing); whether the
/// sampling signal, and no other, interrupted the call. A wrapper that runs in a handler of the program, on top
/// of another, leaves the outer one's state as it found it.
fn with_call_at<R>(stack_address: usize, mut call: impl FnMut() -> R) -> (R, bool) {
    let thread = raw::this_thread();
    // SAFETY: this thread's own memory; volatile, because the handler looks at it.
    unsafe {
        let before = (&raw const (*thread).in_call).read_volatile();
        (&raw mut (*thread).interrupted).write_volatile(0);
        (&raw mut (*thread).in_call).write_volatile(stack_address);
        let answer = call();
        (&raw mut (*thread).in_call).write_volatile(before);
        let interrupted = (&raw const (*thread).interrupted).read_volatile();
        (&raw mut (*thread).interrupted).write_volatile(0);
        (answer, interrupted != 0)
    }
}

/// What is left of a time, in nanoseconds.
struct Remaining {
    deadline_nanos: u64,
    nanos: u64,
    first: bool,
}

impl Remaining {
    fn of(nanos: u64) -> Self {
        let now = if sampler::is_active() { raw::monotonic_nanos() } else { 0 };
        Self { deadline_nanos: now.saturating_add(nanos), nanos, first: true }
    }

    /// The whole time at first, then what is left.
    fn next(&mut self) -> u64 {
        if self.first {
            self.first = false;
            return self.nanos;
        }
        self.deadline_nanos.saturating_sub(raw::monotonic_nanos())
    }

    /// The same in milliseconds, rounded up as the kernel does.
    fn next_millis(&mut self) -> i32 {
        self.next().div_ceil(1_000_000) as i32
    }
}

/// A time of the program; `None` is for ever. What is not a valid time is passed on, for its EINVAL.
unsafe fn remaining_of(time: *const Timespec) -> Option<Remaining> {
    if time.is_null() {
        return None;
    }
    // SAFETY: not null, and the program's own.
    let time = unsafe { *time };
    let is_valid =
        (0..i64::MAX / 2_000_000_000).contains(&time.seconds) && (0..1_000_000_000).contains(&time.nanos);
    is_valid.then(|| Remaining::of(time.as_nanos()))
}

/// The time to pass on: a fresh one in `storage`, or the program's own.
fn timeout(
    remaining: &mut Option<Remaining>,
    storage: &mut Timespec,
    own: *const Timespec,
) -> *const Timespec {
    match remaining {
        None => own,
        Some(remaining) => {
            *storage = Timespec::from_nanos(remaining.next());
            storage
        }
    }
}

macro_rules! interposed {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty |$next:ident| $body:block)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// As the function of the C library with this name.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $answer {
            // SAFETY: the string ends with NUL.
            static NEXT: Next = Next::new(unsafe {
                core::ffi::CStr::from_bytes_with_nul_unchecked(concat!(stringify!($name), "\0").as_bytes())
            });
            let Some(function) = NEXT.get() else { return crate::fail(raw::ENOSYS) as $answer };
            // SAFETY: the next definition has the same signature.
            let $next = unsafe {
                core::mem::transmute::<usize, unsafe extern "C" fn($($type),*) -> $answer>(function)
            };
            // SAFETY: passes on the program's own arguments, or copies of them.
            unsafe { $body }
        }
    )*};
}

/// Functions whose arguments are the same at the second try.
macro_rules! repeated {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        interposed! {$(
            /// Interposed, see the module.
            fn $name($($argument: $type),*) -> $answer |next| { uninterrupted(|| next($($argument),*)) }
        )*}
    };
}

type Pointer = *mut u8;

repeated! {
    fn accept(socket: i32, address: Pointer, length: Pointer) -> i32;
    fn accept4(socket: i32, address: Pointer, length: Pointer, flags: i32) -> i32;
    fn msgrcv(queue: i32, message: Pointer, size: usize, kind: i64, flags: i32) -> isize;
    fn msgsnd(queue: i32, message: Pointer, size: usize, flags: i32) -> i32;
    fn read(descriptor: i32, buffer: Pointer, size: usize) -> isize;
    fn __read_chk(descriptor: i32, buffer: Pointer, size: usize, room: usize) -> isize;
    fn recv(socket: i32, buffer: Pointer, size: usize, flags: i32) -> isize;
    fn __recv_chk(socket: i32, buffer: Pointer, size: usize, room: usize, flags: i32) -> isize;
    fn recvfrom(socket: i32, buffer: Pointer, size: usize, flags: i32, address: Pointer, length: Pointer) -> isize;
    fn recvmsg(socket: i32, message: Pointer, flags: i32) -> isize;
    fn sem_clockwait(semaphore: Pointer, clock: i32, deadline: *const Timespec) -> i32;
    fn sem_timedwait(semaphore: Pointer, deadline: *const Timespec) -> i32;
    fn sem_wait(semaphore: Pointer) -> i32;
    fn semop(set: i32, operations: Pointer, count: usize) -> i32;
    fn send(socket: i32, buffer: Pointer, size: usize, flags: i32) -> isize;
    fn sendmsg(socket: i32, message: Pointer, flags: i32) -> isize;
    fn sendto(socket: i32, buffer: Pointer, size: usize, flags: i32, address: Pointer, length: u32) -> isize;
    fn write(descriptor: i32, buffer: Pointer, size: usize) -> isize;
}

interposed! {
    /// Interposed, see the module.
    fn poll(descriptors: Pointer, count: usize, millis: i32) -> i32 |next| {
        let mut remaining = remaining_of_millis(millis);
        uninterrupted(|| next(descriptors, count, remaining.as_mut().map_or(millis, Remaining::next_millis)))
    }

    /// Interposed, see the module.
    fn __poll_chk(descriptors: Pointer, count: usize, millis: i32, room: usize) -> i32 |next| {
        let mut remaining = remaining_of_millis(millis);
        uninterrupted(|| {
            next(descriptors, count, remaining.as_mut().map_or(millis, Remaining::next_millis), room)
        })
    }

    /// Interposed, see the module.
    fn ppoll(descriptors: Pointer, count: usize, time: *const Timespec, mask: *const Set) -> i32 |next| {
        let (mut remaining, mut left) = (remaining_of(time), Timespec::default());
        undisturbed_under(mask, |mask| {
            next(descriptors, count, timeout(&mut remaining, &mut left, time), mask)
        })
    }

    /// Interposed, see the module.
    fn pselect(count: i32, read: Pointer, write: Pointer, except: Pointer, time: *const Timespec, mask: *const Set) -> i32 |next| {
        let (mut remaining, mut left) = (remaining_of(time), Timespec::default());
        undisturbed_under(mask, |mask| {
            next(count, read, write, except, timeout(&mut remaining, &mut left, time), mask)
        })
    }

    /// Interposed; Linux writes back what is left of the time, which is what the second try needs.
    fn select(count: i32, read: Pointer, write: Pointer, except: Pointer, time: Pointer) -> i32 |next| {
        uninterrupted(|| next(count, read, write, except, time))
    }

    /// Interposed, see the module.
    fn epoll_wait(epoll: i32, events: Pointer, count: i32, millis: i32) -> i32 |next| {
        let mut remaining = remaining_of_millis(millis);
        uninterrupted(|| next(epoll, events, count, remaining.as_mut().map_or(millis, Remaining::next_millis)))
    }

    /// Interposed, see the module.
    fn epoll_pwait(epoll: i32, events: Pointer, count: i32, millis: i32, mask: *const Set) -> i32 |next| {
        let mut remaining = remaining_of_millis(millis);
        undisturbed_under(mask, |mask| {
            next(epoll, events, count, remaining.as_mut().map_or(millis, Remaining::next_millis), mask)
        })
    }

    /// Interposed, see the module.
    fn epoll_pwait2(epoll: i32, events: Pointer, count: i32, time: *const Timespec, mask: *const Set) -> i32 |next| {
        let (mut remaining, mut left) = (remaining_of(time), Timespec::default());
        undisturbed_under(mask, |mask| {
            next(epoll, events, count, timeout(&mut remaining, &mut left, time), mask)
        })
    }

    /// Interposed, see the module.
    fn semtimedop(set: i32, operations: Pointer, count: usize, time: *const Timespec) -> i32 |next| {
        let (mut remaining, mut left) = (remaining_of(time), Timespec::default());
        uninterrupted(|| next(set, operations, count, timeout(&mut remaining, &mut left, time)))
    }

    /// Interposed: waits for everything but the sampling signal.
    fn sigwaitinfo(set: *const Set, info: Pointer) -> i32 |next| {
        with_stripped_set(set, |set| uninterrupted(|| next(set, info)))
    }

    /// Interposed: waits for everything but the sampling signal.
    fn sigtimedwait(set: *const Set, info: Pointer, time: *const Timespec) -> i32 |next| {
        let (mut remaining, mut left) = (remaining_of(time), Timespec::default());
        with_stripped_set(set, |set| {
            uninterrupted(|| next(set, info, timeout(&mut remaining, &mut left, time)))
        })
    }

    /// Interposed, see the module.
    fn sigsuspend(mask: *const Set) -> i32 |next| {
        undisturbed_under(mask, |mask| next(mask))
    }

    /// Interposed: `sigsuspend` with the mask as it is, which is the same but takes a mask.
    fn pause() -> i32 |next| {
        static SIGSUSPEND: Next = Next::new(c"sigsuspend");
        match SIGSUSPEND.get() {
            Some(function) if sampler::is_active() => {
                let sigsuspend: unsafe extern "C" fn(*const Set) -> i32 = core::mem::transmute(function);
                undisturbed_under(&signals::current_mask(), |mask| sigsuspend(mask))
            }
            _ => next(),
        }
    }

    /// Interposed; the kernel says what is left.
    fn nanosleep(time: *const Timespec, left: *mut Timespec) -> i32 |next| {
        if time.is_null() || !sampler::is_active() {
            return next(time, left);
        }
        let (mut wanted, mut rest) = (*time, Timespec::default());
        undisturbed(|| {
            let answer = next(&raw const wanted, &raw mut rest);
            if answer == -1 && raw::errno() == EINTR {
                wanted = rest;
                if !left.is_null() {
                    *left = rest;
                }
            }
            answer
        })
    }

    /// Interposed; a time to wait until is simply used again.
    fn clock_nanosleep(clock: i32, flags: i32, time: *const Timespec, left: *mut Timespec) -> i32 |next| {
        const TIMER_ABSTIME: i32 = 1;
        if time.is_null() || flags & TIMER_ABSTIME != 0 || !sampler::is_active() {
            return undisturbed(|| ErrorNumber(next(clock, flags, time, left))).0;
        }
        let (mut wanted, mut rest) = (*time, Timespec::default());
        let answer = undisturbed(|| {
            let answer = next(clock, flags, &raw const wanted, &raw mut rest);
            if answer == EINTR {
                wanted = rest;
                if !left.is_null() {
                    *left = rest;
                }
            }
            ErrorNumber(answer)
        });
        answer.0
    }

    /// Interposed: the C library's own calls a nanosleep that cannot be interposed.
    fn usleep(micros: u32) -> i32 |next| {
        if !sampler::is_active() {
            return next(micros);
        }
        let time = Timespec::from_nanos(u64::from(micros) * 1000);
        nanosleep(&raw const time, core::ptr::null_mut())
    }

    /// Interposed as `usleep`; answers the whole seconds left.
    fn sleep(seconds: u32) -> u32 |next| {
        if !sampler::is_active() {
            return next(seconds);
        }
        let before = raw::errno();
        let time = Timespec { seconds: i64::from(seconds), nanos: 0 };
        let mut left = Timespec::default();
        if nanosleep(&raw const time, &raw mut left) != 0 {
            return left.seconds as u32;
        }
        raw::set_errno(before);
        0
    }
}

/// As [`remaining_of`], for milliseconds; 0 and below need no clock.
fn remaining_of_millis(millis: i32) -> Option<Remaining> {
    (millis > 0).then(|| Remaining::of(millis as u64 * 1_000_000))
}
