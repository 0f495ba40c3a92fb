//! The target's side of the ring: claim a slot, fill it, publish it.

use crate::layout::*;
use crate::raw;
use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};

static BASE: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());
static N_SLOTS: AtomicUsize = AtomicUsize::new(0);
static SLOT_BYTES: AtomicUsize = AtomicUsize::new(0);
static STACK_BYTES: AtomicUsize = AtomicUsize::new(0);
static PERIOD_NANOS: AtomicU64 = AtomicU64::new(0);
static FULL_SINCE_NANOS: AtomicU64 = AtomicU64::new(0);
static CLAIMS: AtomicU32 = AtomicU32::new(0);

/// A ring that stays full that long has no reader any more.
const ABANDONED_AFTER_NANOS: u64 = 30_000_000_000;

/// Maps the ring file; `false` if it is not one. `path` is NUL-terminated.
pub fn map(path: *const u8) -> bool {
    const O_RDWR: usize = 2;
    const PROT_READ_WRITE: usize = 3;
    const MAP_SHARED: usize = 1;
    let descriptor = raw::open(path, O_RDWR);
    if descriptor < 0 {
        return false;
    }
    let mut stat = [0u64; 18];
    // SAFETY: `struct stat` of x86_64 has 144 bytes, `st_size` is at 48.
    let failed =
        unsafe { raw::syscall(raw::SYS_FSTAT, [descriptor as usize, &raw mut stat as usize, 0, 0, 0, 0]) };
    let size = stat[6] as usize;
    if failed != 0 || size < SLOTS_OFFSET {
        raw::close(descriptor);
        return false;
    }
    // SAFETY: asks for a new mapping, which overlaps nothing.
    let base = unsafe {
        raw::syscall(raw::SYS_MMAP, [0, size, PROT_READ_WRITE, MAP_SHARED, descriptor as usize, 0])
    };
    raw::close(descriptor);
    if base <= 0 {
        return false;
    }
    let base = base as *mut u8;
    // SAFETY: the mapping has at least SLOTS_OFFSET bytes, so the header is in it and aligned.
    let (magic, version, n_slots, slot_bytes, stack_bytes, period) = unsafe {
        (
            base.add(HEADER_MAGIC).cast::<u64>().read_volatile(),
            base.add(HEADER_VERSION).cast::<u32>().read_volatile(),
            base.add(HEADER_SLOTS).cast::<u32>().read_volatile() as usize,
            base.add(HEADER_SLOT_BYTES).cast::<u32>().read_volatile() as usize,
            base.add(HEADER_STACK_BYTES).cast::<u32>().read_volatile() as usize,
            base.add(HEADER_PERIOD_NANOS).cast::<u64>().read_volatile(),
        )
    };
    let fits = n_slots <= MAX_SLOTS
        && slot_bytes <= MAX_SLOT_BYTES
        && SLOTS_OFFSET + n_slots * slot_bytes <= size
        && slot_bytes.is_multiple_of(8)
        && SLOT_PAYLOAD + stack_bytes <= slot_bytes;
    if magic != MAGIC || version != VERSION || !fits || period == 0 {
        return false;
    }
    N_SLOTS.store(n_slots, Ordering::Relaxed);
    SLOT_BYTES.store(slot_bytes, Ordering::Relaxed);
    STACK_BYTES.store(stack_bytes, Ordering::Relaxed);
    PERIOD_NANOS.store(period, Ordering::Relaxed);
    BASE.store(base, Ordering::Release);
    true
}

/// CPU time between two samples.
pub fn period_nanos() -> u64 {
    PERIOD_NANOS.load(Ordering::Relaxed)
}

/// The most that is copied of a stack.
pub fn stack_bytes() -> usize {
    STACK_BYTES.load(Ordering::Relaxed)
}

/// Seccomp filters of Fathom.
pub fn seccomp_filters_of_fathom() -> u32 {
    let base = BASE.load(Ordering::Acquire);
    if base.is_null() {
        return 0;
    }
    // SAFETY: the header is mapped for good.
    unsafe { base.add(HEADER_SECCOMP_FILTERS).cast::<u32>().read_volatile() }
}

/// Whether Fathom wants no more, or there is no ring.
pub fn is_stopped() -> bool {
    let base = BASE.load(Ordering::Acquire);
    // SAFETY: the header is mapped for good.
    base.is_null() || unsafe { base.add(HEADER_STOP).read_volatile() } != 0
}

/// Adds to one of the header's counters.
pub fn count(offset: usize, n: u64) {
    let base = BASE.load(Ordering::Acquire);
    if !base.is_null() {
        // SAFETY: the header is mapped for good; the counters are aligned and only used atomically.
        unsafe { (*base.add(offset).cast::<AtomicU64>()).fetch_add(n, Ordering::Relaxed) };
    }
}

/// Whether the ring has been full for so long that nobody reads it.
pub fn is_abandoned(now_nanos: u64) -> bool {
    let since = FULL_SINCE_NANOS.load(Ordering::Relaxed);
    since != 0 && now_nanos.saturating_sub(since) > ABANDONED_AFTER_NANOS
}

/// A slot that is ours until it is published.
pub struct Slot {
    state: *const AtomicU8,
    memory: *mut u8,
    token: u64,
    /// Bytes after the slot's header.
    pub payload_capacity: usize,
}

impl Slot {
    /// Claims a slot. Samples leave the last eighth to notices, of which there are few.
    pub fn claim(kind: u32, tid: i32, now_nanos: u64) -> Option<Self> {
        let base = BASE.load(Ordering::Acquire);
        if base.is_null() {
            return None;
        }
        let n_slots = N_SLOTS.load(Ordering::Relaxed);
        let n_usable = if kind == KIND_SAMPLE { n_slots - n_slots / 8 } else { n_slots };
        let slot_bytes = SLOT_BYTES.load(Ordering::Relaxed);
        for index in 0..n_usable {
            // SAFETY: `index` < MAX_SLOTS, so the state byte is within the mapping; only used atomically.
            let state = unsafe { &*base.add(STATES_OFFSET + index).cast::<AtomicU8>() };
            if state.load(Ordering::Relaxed) == FREE
                && state.compare_exchange(FREE, WRITING, Ordering::Acquire, Ordering::Relaxed).is_ok()
            {
                if FULL_SINCE_NANOS.load(Ordering::Relaxed) != 0 {
                    FULL_SINCE_NANOS.store(0, Ordering::Relaxed);
                }
                let claims = CLAIMS.fetch_add(1, Ordering::Relaxed);
                let token = (now_nanos << 24) ^ ((tid as u64) << 8) ^ u64::from(claims) ^ 1 << 63;
                // SAFETY: `map` checked that all slots are within the mapping.
                let memory = unsafe { base.add(SLOTS_OFFSET + index * slot_bytes) };
                let slot = Self { state, memory, token, payload_capacity: slot_bytes - SLOT_PAYLOAD };
                slot.put(SLOT_TOKEN_FIRST, token);
                slot.put(SLOT_TOKEN_LAST, 0u64);
                slot.put(SLOT_KIND, kind);
                slot.put(SLOT_TID, tid);
                slot.put(SLOT_TIME_NANOS, now_nanos);
                slot.put(SLOT_PAYLOAD_BYTES, 0u32);
                slot.put(SLOT_ADDRESS, 0u64);
                return Some(slot);
            }
        }
        let _ = FULL_SINCE_NANOS.compare_exchange(0, now_nanos, Ordering::Relaxed, Ordering::Relaxed);
        None
    }

    /// Writes a field of the slot's header.
    pub fn put<T: Copy>(&self, offset: usize, value: T) {
        // SAFETY: offsets are the `SLOT_` constants, all within the slot's header and aligned for their type.
        unsafe { self.memory.add(offset).cast::<T>().write_volatile(value) };
    }

    /// Where the payload goes.
    pub fn payload(&self) -> *mut u8 {
        // SAFETY: a slot is longer than its header.
        unsafe { self.memory.add(SLOT_PAYLOAD) }
    }

    /// Hands the slot to Fathom.
    pub fn publish(self) {
        self.put(SLOT_TOKEN_LAST, self.token);
        // SAFETY: the state byte is within the mapping, which lives for good.
        unsafe { (*self.state).store(READY, Ordering::Release) };
    }
}
