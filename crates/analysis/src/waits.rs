//! Waits of threads, grouped by what they wait for and by whose code asked for it. Knows no rendering.

use std::collections::BTreeMap;
use std::fmt;

use fathom_model::{FrameId, FrameKind, Recording, Signal, StackId, ThreadId, ThreadState, WaitClass};

use crate::filter::{Filter, StateFilter};
use crate::functions::{FunctionId, FunctionIndex};
use crate::interpreted::is_c_library;
use crate::names::{bare_function_name, short_function_name};
use crate::share::{Evidence, Share};
use crate::wait_class::{class_of_kernel_function, class_of_user_function};

/// Why a thread waits, in plain words: `lock: pthread_mutex_lock`, `timer: sleep`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitReason {
    /// The class.
    pub class: WaitClass,
    /// What was called, or which kernel function it sleeps in; `no stack` where neither is known.
    pub what: String,
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.what)
    }
}

/// How many frames between the kernel and the program's own code are searched for a well-known name.
const LIBRARY_FRAMES_ASKED: usize = 24;

/// Well-known calls in words that everybody knows, by bare name. Internal helpers are not in the list, so that
/// the call people make stands in the report and not the one libc makes on their behalf.
const WORDS: &[(&str, &str)] = &[
    ("pthread_mutex_lock", "pthread_mutex_lock"),
    ("pthread_cond_wait", "pthread_cond_wait"),
    ("pthread_cond_timedwait", "pthread_cond_timedwait"),
    ("pthread_cond_clockwait", "pthread_cond_clockwait"),
    ("pthread_rwlock_rdlock", "pthread_rwlock_rdlock"),
    ("pthread_rwlock_wrlock", "pthread_rwlock_wrlock"),
    ("pthread_barrier_wait", "pthread_barrier_wait"),
    ("pthread_join", "join a thread"),
    ("pthread_clockjoin_ex", "join a thread"),
    ("pthread_timedjoin_np", "join a thread"),
    ("sem_wait", "sem_wait"),
    ("new_sem_wait", "sem_wait"),
    ("new_sem_wait_slow", "sem_wait"),
    ("sem_timedwait", "sem_wait"),
    ("sem_clockwait", "sem_wait"),
    ("std::thread::park", "std::thread::park"),
    ("std::thread::sleep", "sleep"),
    ("clock_nanosleep", "sleep"),
    ("nanosleep", "sleep"),
    ("usleep", "sleep"),
    ("sleep", "sleep"),
    ("time.Sleep", "sleep"),
    ("runtime.usleep", "Go scheduler pauses"),
    ("runtime.stopm", "idle Go worker"),
    ("runtime.notetsleepg", "Go timer or signal thread"),
    ("runtime.notetsleep", "Go monitor thread pauses"),
    ("runtime.netpoll", "Go network poller"),
    ("sync.(*Mutex).Lock", "sync.Mutex.Lock"),
    ("epoll_wait", "epoll_wait"),
    ("epoll_pwait", "epoll_wait"),
    ("poll", "poll"),
    ("ppoll", "poll"),
    ("select", "select"),
    ("pselect", "select"),
    ("read", "read"),
    ("write", "write"),
    ("readv", "read"),
    ("writev", "write"),
    ("pread", "read"),
    ("pwrite", "write"),
    ("recv", "recv"),
    ("recvfrom", "recv"),
    ("recvmsg", "recv"),
    ("send", "send"),
    ("sendto", "send"),
    ("sendmsg", "send"),
    ("accept", "accept"),
    ("accept4", "accept"),
    ("connect", "connect"),
    ("fsync", "fsync"),
    ("fdatasync", "fdatasync"),
    ("open", "open"),
    ("openat", "open"),
    ("wait4", "wait for a child process"),
    ("waitpid", "wait for a child process"),
    ("waitid", "wait for a child process"),
    ("wait", "wait for a child process"),
    ("syscall.wait4", "wait for a child process"),
    ("vfork", "start a child process"),
    ("posix_spawn", "start a child process"),
    ("pause", "wait for a signal"),
    ("sigsuspend", "wait for a signal"),
    ("sigwait", "wait for a signal"),
    ("flock", "flock"),
    ("time_sleep", "sleep"),
    ("pysleep", "sleep"),
];

/// What CPython waits for with a call of the C library, which tells it also in an interpreter without symbols: its
/// interpreter lock is a condition (Python/ceval_gil.c), the locks it gives to programs are semaphores
/// (Python/thread_pthread.h).
fn python_lock(words: &str) -> Option<&'static str> {
    match words {
        "pthread_cond_wait" | "pthread_cond_timedwait" | "pthread_cond_clockwait" => Some("Python GIL"),
        "sem_wait" => Some("Python lock"),
        _ => None,
    }
}

/// Kernel functions in words, for stacks without a well-known call.
const KERNEL_WORDS: &[(&str, &str)] = &[
    ("futex_", "futex"),
    ("__futex_", "futex"),
    ("do_futex", "futex"),
    ("hrtimer_nanosleep", "sleep"),
    ("do_nanosleep", "sleep"),
    ("common_nsleep", "sleep"),
    ("ep_poll", "epoll_wait"),
    ("do_sys_poll", "poll"),
    ("do_poll", "poll"),
    ("do_select", "select"),
    ("do_wait", "wait for a child process"),
    ("kernel_wait", "wait for a child process"),
    ("anon_pipe_read", "pipe read"),
    ("anon_pipe_write", "pipe write"),
    ("pipe_read", "pipe read"),
    ("pipe_write", "pipe write"),
    ("n_tty_read", "terminal read"),
    ("inet_csk_accept", "accept"),
    ("tcp_recvmsg", "tcp receive"),
    ("tcp_sendmsg", "tcp send"),
    ("do_fsync", "fsync"),
];

/// Why a thread with this stack waits.
pub fn wait_reason(recording: &Recording, stack: Option<StackId>, class: WaitClass) -> WaitReason {
    let frames = stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
    let frames = frames.filter_map(|id| recording.frames.get(id.index()));
    let mut kernel_words = None;
    let mut innermost_kernel = None;
    let mut innermost_user = None;
    let mut outermost_library = None;
    let mut asked_by_own_code = false;
    let mut calls_c_library = true;
    let mut words = None;
    let mut asked = 0;
    for frame in frames {
        let is_python = frame.kind == FrameKind::Interpreter || frame.runtime.as_deref() == Some("python");
        if is_python
            && calls_c_library
            && let Some(lock) = words.and_then(python_lock)
        {
            words = Some(lock);
            break;
        }
        calls_c_library &= frame.kind == FrameKind::Kernel || is_c_library(recording, frame);
        let Some(name) = frame.function.as_deref() else { continue };
        if frame.kind == FrameKind::Kernel {
            let in_words = KERNEL_WORDS.iter().find(|(start, _)| name.starts_with(start));
            // The outermost match is nearest to the call: `tcp_recvmsg` over `sk_wait_data`.
            kernel_words = in_words.map(|(_, words)| *words).or(kernel_words);
            if innermost_kernel.is_none() && class_of_kernel_function(name).is_some() {
                innermost_kernel = Some(name);
            }
            continue;
        }
        asked_by_own_code = frame.kind == FrameKind::User;
        if asked_by_own_code && innermost_user.is_some() || asked == LIBRARY_FRAMES_ASKED {
            break;
        }
        asked += 1;
        let bare = bare_function_name(name);
        innermost_user = innermost_user.or(Some(bare));
        words = WORDS.iter().find(|(known, _)| *known == bare).map(|(_, words)| *words).or(words);
        if asked_by_own_code {
            break;
        }
        if matches!(frame.kind, FrameKind::Library | FrameKind::Native) {
            outermost_library = Some(name);
        }
    }
    // A page fault has no call of its own: the user frames are whatever touched the memory.
    let what = if class == WaitClass::PageFault {
        "memory brought in"
    } else {
        // Without a well-known name, the library function that own code called is what its author knows.
        let called = outermost_library.filter(|_| asked_by_own_code && words.is_none());
        if let Some(called) = called {
            return WaitReason { class, what: short_function_name(called) };
        }
        let user = innermost_user.filter(|name| class_of_user_function(name).is_some());
        words.or(kernel_words).or(user).or(innermost_kernel).or(innermost_user).unwrap_or("no stack")
    };
    WaitReason { class, what: what.to_owned() }
}

/// The frame of the program's own code that is nearest to the wait: whom to ask about it.
pub fn blame_frame(recording: &Recording, stack: StackId) -> Option<FrameId> {
    let is_own = |id: &FrameId| {
        let frame = recording.frames.get(id.index());
        // Compiled code without a name may be anybody's.
        frame.is_some_and(|frame| {
            frame.kind == FrameKind::User || frame.kind == FrameKind::Jit && frame.function.is_some()
        })
    };
    recording.stacks.frames(stack).find(is_own)
}

/// The functions of the program's own code on a stack, outermost first; direct recursion is one entry.
pub fn own_code_chain(recording: &Recording, index: &FunctionIndex, stack: StackId) -> Vec<FunctionId> {
    let mut chain: Vec<FunctionId> = recording
        .stacks
        .frames(stack)
        .filter(|id| recording.frames.get(id.index()).is_some_and(|frame| frame.kind == FrameKind::User))
        .map(|id| index.of_frame(id))
        .collect();
    chain.dedup();
    chain.reverse();
    chain
}

/// Time that threads spent blocked for one reason, asked for by one function.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Why.
    pub reason: WaitReason,
    /// The own-code function nearest to the wait; `None` for idle threads of libraries and runtimes, and where
    /// there is no stack.
    pub blame: Option<FunctionId>,
    /// The line of the call in `blame`, of the heaviest stack.
    pub blame_line: Option<u32>,
    /// Nanoseconds.
    pub value: i64,
    /// Intervals observed.
    pub n: u64,
    /// Share of all blocked time that the filter accepts.
    pub share: Share,
    /// Threads and their nanoseconds, largest first.
    pub threads: Vec<(ThreadId, i64)>,
    /// The stack with the most time.
    pub stack: Option<StackId>,
}

/// All waits of the off-CPU samples that a filter accepts (its signal and state are set here), largest first.
pub fn waits(recording: &Recording, index: &FunctionIndex, filter: &Filter) -> Vec<Wait> {
    let filter = Filter { signal: Signal::OffCpu, ..*filter }.in_state(StateFilter::AnyBlocked);
    let evidence = Evidence::of(recording, &filter);
    let mut by_stack: BTreeMap<(Option<StackId>, WaitClass), StackSum> = BTreeMap::new();
    for sample in filter.samples(recording) {
        let ThreadState::Blocked(class) = sample.state else { continue };
        let sum = by_stack.entry((sample.stack, class)).or_default();
        sum.value = sum.value.saturating_add(sample.value.max(0));
        sum.n = sum.n.saturating_add(u64::from(sample.n));
        let thread = sum.threads.entry(sample.thread).or_default();
        *thread = thread.saturating_add(sample.value.max(0));
    }
    let mut groups: BTreeMap<(WaitReason, Option<FunctionId>), Group> = BTreeMap::new();
    for ((stack, class), sum) in by_stack {
        let reason = wait_reason(recording, stack, class);
        let blame = stack.and_then(|stack| blame_frame(recording, stack));
        let group = groups.entry((reason, blame.map(|frame| index.of_frame(frame)))).or_default();
        if group.stack.is_none() || sum.value > group.heaviest {
            group.heaviest = sum.value;
            group.stack = stack;
            group.line = blame.and_then(|id| recording.frames.get(id.index())).and_then(|frame| frame.line);
        }
        group.sum.value = group.sum.value.saturating_add(sum.value);
        group.sum.n = group.sum.n.saturating_add(sum.n);
        for (thread, value) in sum.threads {
            let total = group.sum.threads.entry(thread).or_default();
            *total = total.saturating_add(value);
        }
    }
    let mut waits: Vec<Wait> = groups
        .into_iter()
        .map(|((reason, blame), group)| {
            let mut threads: Vec<(ThreadId, i64)> = group.sum.threads.into_iter().collect();
            threads.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            let share = evidence.share(group.sum.value);
            Wait {
                reason,
                blame,
                blame_line: group.line,
                value: group.sum.value,
                n: group.sum.n,
                share,
                threads,
                stack: group.stack,
            }
        })
        .collect();
    waits.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| (&a.reason, a.blame).cmp(&(&b.reason, b.blame))));
    waits
}

#[derive(Default)]
struct StackSum {
    value: i64,
    n: u64,
    threads: BTreeMap<ThreadId, i64>,
}

#[derive(Default)]
struct Group {
    sum: StackSum,
    heaviest: i64,
    stack: Option<StackId>,
    line: Option<u32>,
}
