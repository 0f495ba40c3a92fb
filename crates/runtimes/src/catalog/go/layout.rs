//! Where the runtime keeps what is read of a goroutine: offsets by release, x86-64.
//!
//! Taken from the DWARF of programs built with each release; `runtime2.go` has the structures.

/// Words at the same place in every release: `g.stack`, `g.m`, `g.sched`.
pub(super) const STACK_LOW: usize = 0;
pub(super) const STACK_HIGH: usize = 8;
pub(super) const M: usize = 48;
pub(super) const SCHED_SP: usize = 56;
pub(super) const SCHED_PC: usize = 64;
/// `g.sched.g`: the goroutine's own address.
pub(super) const SCHED_G: usize = 72;
/// Bytes of a goroutine that are read; no release has a field of interest behind them.
pub(super) const G_BYTES: usize = 384;

/// First and last release with a row below.
pub(super) const FIRST_MINOR: u32 = 18;
pub(super) const LAST_MINOR: u32 = 27;

/// Offsets within the structures `g`, `m` and `sudog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// `g.syscallsp`; `g.syscallpc` is the next word.
    pub(super) syscall_sp: usize,
    /// `g.atomicstatus`.
    pub(super) status: usize,
    pub(super) id: usize,
    /// `g.waitsince`, nanoseconds of the monotonic clock.
    pub(super) wait_since: usize,
    pub(super) wait_reason: usize,
    /// `g.lockedm`.
    pub(super) locked_m: usize,
    /// `g.parentGoid`, from Go 1.21 on.
    pub(super) parent: Option<usize>,
    /// `g.gopc`: the return address of the `go` statement.
    pub(super) created_at: usize,
    pub(super) start: usize,
    /// `g.waiting`, the first `sudog`.
    pub(super) waiting: usize,
    pub(super) labels: usize,
    /// `m.procid`, the thread's number.
    pub(super) m_thread: u64,
    pub(super) sudog_link: u64,
    pub(super) sudog_channel: u64,
    /// How `runtime/pprof` keeps labels.
    pub(super) label_style: LabelStyle,
}

/// How `runtime/pprof` keeps labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelStyle {
    /// A pointer to a `map[string]string`, a table of buckets.
    Map,
    /// A pointer to a slice of pairs of strings, from Go 1.24 on.
    List,
}

/// The offsets of Go 1.`minor`.
pub(super) fn table_of(minor: u32) -> Option<Layout> {
    // `g` up to `waitreason` moves as a block; so does what lies between `parentGoid` and `labels`.
    let (syscall_sp, status, locked_m, created_at, m_thread) = match minor {
        18..=20 => (112, 144, 232, 296, 72),
        21..=22 => (112, 144, 208, 280, 72),
        23..=24 => (112, 152, 216, 288, 72),
        25 => (104, 144, 208, 280, 64),
        26..=27 => (104, 144, 208, 288, 64),
        _ => return None,
    };
    let (sudog_link, sudog_channel) = if minor >= 26 { (72, 88) } else { (64, 80) };
    Some(Layout {
        syscall_sp,
        status,
        id: status + 8,
        wait_since: status + 24,
        wait_reason: status + 32,
        locked_m,
        parent: (minor >= 21).then_some(created_at - 8),
        created_at,
        start: created_at + 16,
        waiting: created_at + 32,
        labels: created_at + 64,
        m_thread,
        sudog_link,
        sudog_channel,
        label_style: if minor >= 24 { LabelStyle::List } else { LabelStyle::Map },
    })
}

/// The words that `runtime/traceback.go` prints for a wait, by the number in `g.waitreason` (`waitReasonStrings`).
pub(super) fn wait_reason(minor: u32, number: u8) -> Option<&'static str> {
    let names = match minor {
        18..=19 => REASONS_18,
        20..=21 => REASONS_20,
        22 => REASONS_22.get(..REASONS_22.len() - 1)?,
        23 => REASONS_22,
        24 => REASONS_24,
        25 => REASONS_25,
        26..=27 => REASONS_26,
        _ => return None,
    };
    names.get(usize::from(number).checked_sub(1)?).copied()
}

const REASONS_18: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "select",
    "select (no cases)",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "chan receive",
    "chan send",
    "finalizer wait",
    "force gc (idle)",
    "semacquire",
    "sleep",
    "sync.Cond.Wait",
    "timer goroutine (idle)",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "preempted",
    "debug call",
];

const REASONS_20: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "select",
    "select (no cases)",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "chan receive",
    "chan send",
    "finalizer wait",
    "force gc (idle)",
    "semacquire",
    "sleep",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "GC worker (active)",
    "preempted",
    "debug call",
    "GC mark termination",
    "stopping the world",
];

/// Of Go 1.23; 1.22 lacks the last.
const REASONS_22: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "select",
    "select (no cases)",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "chan receive",
    "chan send",
    "finalizer wait",
    "force gc (idle)",
    "semacquire",
    "sleep",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "GC worker (active)",
    "preempted",
    "debug call",
    "GC mark termination",
    "stopping the world",
    "flushing proc caches",
    "trace goroutine status",
    "trace proc status",
    "page trace flush",
    "coroutine",
    "GC weak to strong wait",
];

const REASONS_24: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "select",
    "select (no cases)",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "chan receive",
    "chan send",
    "finalizer wait",
    "force gc (idle)",
    "semacquire",
    "sleep",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "sync.WaitGroup.Wait",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "GC worker (active)",
    "preempted",
    "debug call",
    "GC mark termination",
    "stopping the world",
    "flushing proc caches",
    "trace goroutine status",
    "trace proc status",
    "page trace flush",
    "coroutine",
    "GC weak to strong wait",
    "synctest.Run",
    "synctest.Wait",
    "chan receive (synctest)",
    "chan send (synctest)",
    "select (synctest)",
];

const REASONS_25: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "select",
    "select (no cases)",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "chan receive",
    "chan send",
    "finalizer wait",
    "force gc (idle)",
    "GOMAXPROCS updater (idle)",
    "semacquire",
    "sleep",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "sync.WaitGroup.Wait",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "GC worker (active)",
    "preempted",
    "debug call",
    "GC mark termination",
    "stopping the world",
    "flushing proc caches",
    "trace goroutine status",
    "trace proc status",
    "page trace flush",
    "coroutine",
    "GC weak to strong wait",
    "synctest.Run",
    "synctest.Wait",
    "chan receive (durable)",
    "chan send (durable)",
    "select (durable)",
    "sync.WaitGroup.Wait (durable)",
    "cleanup wait",
];

const REASONS_26: &[&str] = &[
    "GC assist marking",
    "IO wait",
    "dumping heap",
    "garbage collection",
    "garbage collection scan",
    "panicwait",
    "GC assist wait",
    "GC sweep wait",
    "GC scavenge wait",
    "finalizer wait",
    "force gc (idle)",
    "GOMAXPROCS updater (idle)",
    "semacquire",
    "sleep",
    "chan receive (nil chan)",
    "chan send (nil chan)",
    "select (no cases)",
    "select",
    "chan receive",
    "chan send",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.RLock",
    "sync.RWMutex.Lock",
    "sync.WaitGroup.Wait",
    "trace reader (blocked)",
    "wait for GC cycle",
    "GC worker (idle)",
    "GC worker (active)",
    "preempted",
    "debug call",
    "GC mark termination",
    "stopping the world",
    "flushing proc caches",
    "trace goroutine status",
    "trace proc status",
    "page trace flush",
    "coroutine",
    "GC weak to strong wait",
    "synctest.Run",
    "synctest.Wait",
    "chan receive (durable)",
    "chan send (durable)",
    "select (durable)",
    "sync.WaitGroup.Wait (durable)",
    "cleanup wait",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_has_offsets_and_reasons() {
        for minor in FIRST_MINOR..=LAST_MINOR {
            let layout = table_of(minor).unwrap();
            assert!(layout.labels + 8 <= G_BYTES, "1.{minor}");
            assert_eq!(wait_reason(minor, 0), None);
            assert_eq!(wait_reason(minor, 2), Some("IO wait"));
        }
        assert_eq!((table_of(FIRST_MINOR - 1), table_of(LAST_MINOR + 1)), (None, None));
    }

    #[test]
    fn reasons_by_number() {
        let last = |minor| (0..=255).filter_map(|number| wait_reason(minor, number)).next_back();
        assert_eq!(last(18), Some("debug call"));
        assert_eq!(last(21), Some("stopping the world"));
        assert_eq!(last(22), Some("coroutine"));
        assert_eq!(last(23), Some("GC weak to strong wait"));
        assert_eq!(last(24), Some("select (synctest)"));
        assert_eq!(last(27), Some("cleanup wait"));
        assert_eq!(wait_reason(24, 24), Some("sync.WaitGroup.Wait"));
    }
}
