//! One goroutine as its memory has it: the structure `g` of the runtime.

use super::layout::{self, Layout};
use crate::Snapshot;
use crate::read_error::ReadError;

/// What is read of a `g`. Addresses are the process's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawGoroutine {
    pub(super) address: u64,
    pub(super) stack: (u64, u64),
    /// Structure of the thread that runs it, or 0.
    pub(super) m: u64,
    pub(super) sched: Registers,
    /// Set while it is in a system call or in C.
    pub(super) syscall: Registers,
    pub(super) status: Status,
    pub(super) id: u64,
    /// Nanoseconds of the monotonic clock, or 0: only a garbage collection notes it.
    pub(super) wait_since: i64,
    pub(super) wait_reason: u8,
    pub(super) locked_m: u64,
    pub(super) parent: u64,
    pub(super) created_at: u64,
    pub(super) start: u64,
    pub(super) waiting: u64,
    pub(super) labels: u64,
}

/// Where a stack begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Registers {
    pub(super) stack_pointer: u64,
    pub(super) instruction: u64,
}

/// State of a goroutine, `_Gidle` and so on in `runtime2.go`; the bit of the collector's scan left off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(u32);

impl Status {
    pub(super) const RUNNABLE: Self = Self(1);
    pub(super) const RUNNING: Self = Self(2);
    pub(super) const SYSCALL: Self = Self(3);
    const WAITING: Self = Self(4);
    const PREEMPTED: Self = Self(9);
    const LEAKED: Self = Self(10);
    const SCAN: u32 = 0x1000;

    /// In the words of the runtime's own tracebacks.
    pub(super) fn text(self) -> String {
        match self.0 {
            1 => "runnable".to_owned(),
            2 => "running".to_owned(),
            3 => "syscall".to_owned(),
            4 => "waiting".to_owned(),
            8 => "copystack".to_owned(),
            9 => "preempted".to_owned(),
            10 => "leaked".to_owned(),
            number => format!("status {number}"),
        }
    }

    /// Not begun yet, or ended and kept for the next one.
    pub(super) fn is_nobody(self) -> bool {
        matches!(self.0, 0 | 6 | 11)
    }

    /// Whether `waitreason` is of now.
    pub(super) fn has_reason(self) -> bool {
        [Self::WAITING, Self::PREEMPTED, Self::LEAKED].contains(&self)
    }

    /// Whether it waits for something else than the end of a system call.
    pub(super) fn may_wait(self) -> bool {
        self == Self::RUNNABLE || self.has_reason()
    }

    /// Whether `waitsince` is of now, if set.
    pub(super) fn has_since(self) -> bool {
        self.has_reason() || self == Self::SYSCALL
    }

    /// Below the largest number that any release uses.
    fn is_known(self) -> bool {
        self.0 <= 11
    }
}

/// Reads the structure at `address`.
pub(super) fn read(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    address: u64,
) -> Result<RawGoroutine, ReadError> {
    let mut bytes = [0; layout::G_BYTES];
    snapshot.read("a goroutine", address, &mut bytes)?;
    let word = |at: usize| {
        let word = bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).unwrap_or_default();
        u64::from_le_bytes(word)
    };
    let own_address = word(layout::SCHED_G);
    let status = Status(word(layout.status) as u32 & !Status::SCAN);
    let goroutine = RawGoroutine {
        address,
        stack: (word(layout::STACK_LOW), word(layout::STACK_HIGH)),
        m: word(layout::M),
        sched: Registers { stack_pointer: word(layout::SCHED_SP), instruction: word(layout::SCHED_PC) },
        syscall: Registers {
            stack_pointer: word(layout.syscall_sp),
            instruction: word(layout.syscall_sp + 8),
        },
        status,
        id: word(layout.id),
        wait_since: word(layout.wait_since) as i64,
        wait_reason: word(layout.wait_reason) as u8,
        locked_m: word(layout.locked_m),
        parent: layout.parent.map(word).unwrap_or_default(),
        created_at: word(layout.created_at),
        start: word(layout.start),
        waiting: word(layout.waiting),
        labels: word(layout.labels),
    };
    if !status.is_known() {
        return Err(unexpected(address, format!("in status {}", status.0)));
    }
    // The one that is being made has none of it yet.
    if !status.is_nobody() && own_address != address {
        return Err(unexpected(address, format!("one that calls itself {own_address:#x}")));
    }
    Ok(goroutine)
}

fn unexpected(address: u64, found: String) -> ReadError {
    ReadError::Unexpected { what: "a goroutine", address, found, wanted: "one of this release" }
}
