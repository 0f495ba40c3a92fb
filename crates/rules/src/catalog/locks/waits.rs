//! Who waits for whom at locks: the waits of the main thread, of the threads that work, and of tasks without a thread.

use std::collections::BTreeMap;

use fathom_analysis::FunctionId;
use fathom_model::{GoalMetric, Sample, StackId, ThreadId, ThreadState, WaitClass};

use crate::frame_set::FrameSet;
use crate::ledger::Ledger;
use crate::prelude::*;

/// A thread with less than this share of the program's own CPU time, and of its lock waits, does no work that matters.
const LEAST_WORK: f64 = 0.01;
/// From this share of its time on, a main thread that waits for others leaves the work to them.
const WAITS_FOR_OTHERS: f64 = 0.5;

/// What takes a lock for one thread at a time, or for one writer: glibc and musl, Rust's standard library and
/// parking_lot, Go's `sync` (where goroutines wait without a thread), CPython's lock objects (semaphores up to 3.12,
/// parking lots from 3.13 on), HotSpot's monitors and `java.util.concurrent`.
const ACQUIRES: &[&str] = &[
    "pthread_mutex_lock",
    "pthread_mutex_timedlock",
    "pthread_rwlock_rdlock",
    "pthread_rwlock_wrlock",
    "pthread_spin_lock",
    "mtx_lock",
    "std::mutex::lock",
    "std::__1::mutex::lock",
    "std::shared_mutex::lock",
    "*::lock_contended",
    "*::write_contended",
    "*::read_contended",
    "parking_lot::raw_mutex::RawMutex::lock_slow",
    "*RawMutex>::lock_slow",
    "*RawRwLock>::lock_*",
    "sync.Mutex.Lock",
    "sync.(*Mutex).Lock",
    "sync.RWMutex.Lock",
    "sync.RWMutex.RLock",
    "sync.(*RWMutex).Lock",
    "sync.(*RWMutex).RLock",
    "lock_PyThread_acquire_lock",
    "lock_acquire*",
    "rlock_acquire",
    "_threading_RLock_acquire*",
    "_thread_lock_acquire*",
    "_thread_RLock_acquire*",
    "ObjectMonitor::enter",
    "ObjectSynchronizer::enter",
    "SharedRuntime::complete_monitor_locking_C",
    "SharedRuntime::monitor_enter_helper",
    "InterpreterRuntime::monitorenter",
    "Runtime1::monitorenter",
    "java.util.concurrent.locks.ReentrantLock.lock*",
    "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock.lock*",
    "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock.lock*",
    "java.util.concurrent.locks.StampedLock.readLock*",
    "java.util.concurrent.locks.StampedLock.writeLock*",
];

/// What waits for something to happen and only takes a lock on the way: idle workers, joins, the interpreter's lock,
/// and what starts or ends a program.
const CONDITIONS: &[&str] = &[
    "pthread_cond_*",
    "__pthread_cond_*",
    "pthread_join",
    "pthread_clockjoin_ex",
    "__pthread_clockjoin_ex",
    "*std::condition_variable*",
    "*Condvar*",
    "take_gil",
    "drop_gil",
    "Thread.join",
    "Thread._wait_for_tstate_lock",
    "Thread._bootstrap_inner_wait",
    "ThreadHandle_join",
    "Condition.wait",
    "Condition.wait_for",
    "Event.wait",
    "Barrier.wait",
    "Queue.get",
    "Queue.put",
    "Future.result",
    "_shutdown",
    "_python_exit",
    "_worker",
    "ObjectMonitor::wait",
    "ObjectSynchronizer::wait",
    "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject.await*",
    "dl_open_worker*",
    "_dl_open*",
    "__run_exit_handlers",
];

/// Whose time the waits are held against.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    Goal,
    Threads(usize),
    Tasks,
}

pub(super) struct Waits<'c, 'r> {
    pub(super) cx: &'c Context<'r>,
    pub(super) acquires: FrameSet,
    /// What stands outermost on a stack of the two: HotSpot's monitors wait for conditions, and conditions take locks.
    pub(super) first: Vec<Outermost>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outermost {
    Neither,
    Lock,
    Condition,
}

impl<'c, 'r> Waits<'c, 'r> {
    pub(super) fn new(cx: &'c Context<'r>) -> Self {
        let acquires = cx.functions(ACQUIRES);
        let conditions = cx.functions(CONDITIONS);
        let nodes = cx.recording.stacks.nodes();
        let mut first = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            let function = cx.index.of_frame(node.frame);
            let above = cx.parent(at).map_or(Outermost::Neither, |parent| first[parent]);
            first.push(match above {
                Outermost::Neither if conditions.has(function) => Outermost::Condition,
                Outermost::Neither if acquires.has(function) => Outermost::Lock,
                known => known,
            });
        }
        Self { cx, acquires, first }
    }

    fn is_first(&self, what: Outermost, stack: Option<StackId>) -> bool {
        stack.is_some_and(|stack| self.first.get(stack.index()) == Some(&what))
    }

    pub(super) fn is_lock_wait(&self, sample: &Sample) -> bool {
        matches!(sample.state, ThreadState::Blocked(_)) && self.is_first(Outermost::Lock, sample.stack)
    }

    /// Whether the goal is what other threads than the main thread do.
    fn is_of_workers(&self) -> bool {
        match self.cx.goal.metric {
            GoalMetric::Cpu => true,
            GoalMetric::Profile => false,
            GoalMetric::Wall => {
                let waits = self.cx.goal_where(|sample| {
                    let for_others =
                        matches!(sample.state, ThreadState::Blocked(WaitClass::Lock | WaitClass::Task));
                    for_others && !self.is_first(Outermost::Lock, sample.stack)
                });
                let others = waits.values.iter().sum::<i64>();
                others as f64 >= WAITS_FOR_OTHERS * self.cx.goal.value.max(1) as f64
            }
        }
    }

    /// Waits of the thread that the goal is about.
    pub(super) fn of_goal(&self) -> Option<(Ledger, Of)> {
        (self.cx.goal.metric == GoalMetric::Wall)
            .then(|| (self.cx.goal_where(|sample| self.is_lock_wait(sample)), Of::Goal))
    }

    /// Waits of the threads that work, where the goal is what they do.
    pub(super) fn of_threads(&self) -> Option<(Ledger, Of)> {
        if !self.is_of_workers() {
            return None;
        }
        let mut work: BTreeMap<ThreadId, [i64; 2]> = BTreeMap::new();
        for sample in &self.cx.recording.samples {
            let of = work.entry(sample.thread).or_default();
            match sample.signal {
                Signal::Cpu if sample.stack.is_some_and(|stack| self.is_own_work(stack)) => {
                    of[0] = of[0].saturating_add(sample.value.max(0));
                }
                Signal::OffCpu if self.is_lock_wait(sample) => {
                    of[1] = of[1].saturating_add(sample.value.max(0))
                }
                _ => {}
            }
        }
        let whole = [0, 1].map(|at| work.values().map(|of| of[at]).sum::<i64>());
        let works = |thread: ThreadId| {
            let of = work.get(&thread).copied().unwrap_or_default();
            [0, 1].into_iter().any(|at| of[at] > 0 && of[at] as f64 >= LEAST_WORK * whole[at] as f64)
        };
        let count = |sample: &Sample| {
            matches!(sample.signal, Signal::Cpu | Signal::OffCpu)
                && works(sample.thread)
                && !self.is_first(Outermost::Condition, sample.stack)
        };
        let all = self.cx.ledger(GoalMetric::Wall, count);
        let waits = self.cx.ledger(GoalMetric::Wall, |sample| count(sample) && self.is_lock_wait(sample));
        let threads = work.keys().filter(|thread| works(**thread)).count();
        // One thread waits for nobody who works.
        (threads > 1).then_some((Ledger { evidence: all.evidence, ..waits }, Of::Threads(threads)))
    }

    /// Waits of tasks without a thread of their own (goroutines), held against the time of tasks of the same origin
    /// and the CPU time that tasks used.
    pub(super) fn of_tasks(&self) -> Option<(Ledger, Of)> {
        let is_task = |sample: &Sample| sample.signal == Signal::TaskWait;
        let is_wait = |sample: &Sample| is_task(sample) && self.is_lock_wait(sample);
        let samples = self.cx.recording.samples.iter();
        let mut origins: Vec<FunctionId> = samples
            .filter(|sample| is_wait(sample))
            .filter_map(|sample| self.origin(sample.stack?))
            .collect();
        origins.sort_unstable();
        origins.dedup();
        if origins.is_empty() {
            return None;
        }
        let is_of_origin = |sample: &Sample| {
            let origin = sample.stack.and_then(|stack| self.origin(stack));
            origin.is_some_and(|origin| origins.binary_search(&origin).is_ok())
        };
        let all = self.cx.ledger(GoalMetric::Wall, |sample| {
            (is_task(sample) || sample.signal == Signal::Cpu) && is_of_origin(sample)
        });
        let waits = self.cx.ledger(GoalMetric::Wall, is_wait);
        Some((Ledger { evidence: all.evidence, ..waits }, Of::Tasks))
    }

    /// The outermost own function of a stack.
    fn origin(&self, stack: StackId) -> Option<FunctionId> {
        self.cx.own_path(stack.index()).first().map(|(function, _)| *function)
    }

    fn is_own_work(&self, stack: StackId) -> bool {
        !self.cx.own_path(stack.index()).is_empty()
    }
}
