//! Layout of the ring file that the preload library writes and Fathom reads; shared by both as source.
//!
//! ```text
//! 0      header        what Fathom asks for, and the counters of the targets
//! 4096   states        one byte a slot: FREE -> (target) WRITING -> (target) READY -> (Fathom) FREE
//! 8192   slots         slot_bytes each: slot header, then the payload
//! ```
//!
//! It is a pool and not a queue: a target that dies while it writes loses one slot and blocks nobody, and
//! only as many pages are ever touched as samples wait at once. All numbers are little-endian.

#![allow(dead_code)]

/// First eight bytes.
pub const MAGIC: u64 = u64::from_le_bytes(*b"FTHMRNG1");
/// Version of this layout.
pub const VERSION: u32 = 1;

/// Header: `u64`.
pub const HEADER_MAGIC: usize = 0;
/// Header: `u32`.
pub const HEADER_VERSION: usize = 8;
/// Header: `u32`, how many slots.
pub const HEADER_SLOTS: usize = 12;
/// Header: `u32`, bytes of a slot with its header.
pub const HEADER_SLOT_BYTES: usize = 16;
/// Header: `u32`, the most that is copied of a stack.
pub const HEADER_STACK_BYTES: usize = 20;
/// Header: `u64`, CPU time between two samples of a thread.
pub const HEADER_PERIOD_NANOS: usize = 24;
/// Header: `u32`, seccomp filters of Fathom itself; a target with more of them is left alone.
pub const HEADER_SECCOMP_FILTERS: usize = 32;
/// Header: `u8`, 1 once Fathom wants no more samples.
pub const HEADER_STOP: usize = 36;
/// Header: `u64`, expirations that found no free slot.
pub const HEADER_LOST_SAMPLES: usize = 64;
/// Header: `u64`, notices that found no free slot.
pub const HEADER_LOST_NOTICES: usize = 72;
/// Header: `u64`, threads that got no timer (the limit of pending signals).
pub const HEADER_UNARMED_THREADS: usize = 80;

/// Where the states begin.
pub const STATES_OFFSET: usize = 4096;
/// Where the slots begin.
pub const SLOTS_OFFSET: usize = 8192;
/// The most slots there can be.
pub const MAX_SLOTS: usize = SLOTS_OFFSET - STATES_OFFSET;
/// The largest slot.
pub const MAX_SLOT_BYTES: usize = 1 << 20;

/// State: may be claimed.
pub const FREE: u8 = 0;
/// State: a target writes.
pub const WRITING: u8 = 1;
/// State: Fathom may read.
pub const READY: u8 = 2;

/// Slot: `u64`, drawn at the claim and written first; a slot whose two tokens differ is torn.
pub const SLOT_TOKEN_FIRST: usize = 0;
/// Slot: `u64`, the same, written last.
pub const SLOT_TOKEN_LAST: usize = 8;
/// Slot: `u32`, one of the `KIND_` numbers.
pub const SLOT_KIND: usize = 16;
/// Slot: `u32`, bytes of payload.
pub const SLOT_PAYLOAD_BYTES: usize = 20;
/// Slot: `i32`, in the target's pid namespace.
pub const SLOT_PID: usize = 24;
/// Slot: `i32`, in the target's pid namespace.
pub const SLOT_TID: usize = 28;
/// Slot: `u64`, `CLOCK_MONOTONIC`.
pub const SLOT_TIME_NANOS: usize = 32;
/// Slot: `u64`, CPU time of the thread so far.
pub const SLOT_CPU_NANOS: usize = 40;
/// Slot: `u32`, meaning by kind: expirations, parent pid, reason.
pub const SLOT_DETAIL: usize = 48;
/// Slot: `u64`, address of the payload's first byte in the target.
pub const SLOT_ADDRESS: usize = 56;
/// Slot: eight `u64`: rip, rsp, rbp, rbx, r12, r13, r14, r15.
pub const SLOT_REGISTERS: usize = 64;
/// Slot: where the payload begins.
pub const SLOT_PAYLOAD: usize = 128;
/// How many registers there are.
pub const N_REGISTERS: usize = 8;

/// A sample; detail = expirations, payload = stack.
pub const KIND_SAMPLE: u32 = 1;
/// A program was started by `exec`; detail = parent pid, payload = `/proc/self/cmdline`.
pub const KIND_EXEC: u32 = 2;
/// A process was forked and goes on with its parent's program; detail = parent pid.
pub const KIND_FORK: u32 = 3;
/// A thread begins.
pub const KIND_THREAD_START: u32 = 4;
/// A thread, or its process, ends; `cpu_nanos` is its whole CPU time.
pub const KIND_THREAD_EXIT: u32 = 5;
/// Executable lines of `/proc/self/maps`; several in a row belong together.
pub const KIND_MAPS: u32 = 6;
/// No more samples from this process; detail = one of the `STOPPED_` numbers.
pub const KIND_STOPPED: u32 = 7;

/// The program is about to install a seccomp filter, which could kill it for the sampler's system calls.
pub const STOPPED_SECCOMP: u32 = 1;

/// The red zone: bytes below the stack pointer that belong to the running function.
pub const RED_ZONE_BYTES: usize = 128;
