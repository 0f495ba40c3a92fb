//! Fathom's side of the preload library: its files, its environment, and what comes out of the ring.
//!
//! The targets map the ring file for writing and may put anything into it, by mistake or on purpose. So it
//! is read and written here by `pread`/`pwrite` only (a file that a target truncates gives short reads, not
//! SIGBUS), the sizes in use are Fathom's own, every field of a slot is checked, and one [`PreloadRing::drain`]
//! looks at each slot once.
//!
//! The file is preallocated: a target that wrote into a page the file system has no room for would die.
//! It does **not** unwind, and numbers of processes are those of the target's own pid namespace.

mod files;
#[allow(unreachable_pub)]
#[path = "../../../../preload/src/layout.rs"]
mod layout;
mod slot;

pub use slot::{PreloadRecord, PreloadSample};

use files::TemporaryFile;
use layout::*;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Environment variable that names the ring file.
pub const RING_VARIABLE: &str = "FATHOM_PRELOAD_RING";

/// A slot that a target claimed and did not publish for so long was left behind by a thread that died.
const ABANDONED_AFTER: Duration = Duration::from_secs(2);

/// How a ring is made.
#[derive(Clone, Copy, Debug)]
pub struct PreloadOptions {
    /// CPU time of a thread between two samples, nanoseconds.
    pub period_nanos: u64,
    /// The most that is copied of a stack, bytes.
    pub stack_bytes: u32,
    /// How many samples may wait to be read; all of them take room in memory at once in the worst case.
    pub n_slots: u32,
}

impl PreloadOptions {
    /// For a rate and a machine: 64 slots a CPU hold 128 ms of samples at 499 Hz on all CPUs.
    pub fn new(rate_hz: f64, stack_bytes: u32, cpus: u32) -> Self {
        let period_nanos = (1e9 / rate_hz.clamp(0.01, 100_000.0)) as u64;
        Self { period_nanos, stack_bytes, n_slots: (cpus.max(1) * 64).clamp(128, MAX_SLOTS as u32) }
    }

    fn slot_bytes(&self) -> usize {
        (SLOT_PAYLOAD + self.stack_bytes as usize).next_multiple_of(4096)
    }
}

/// What did not reach Fathom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreloadLost {
    /// Timer expirations that found the ring full.
    pub expirations: u64,
    /// Notices that found the ring full.
    pub notices: u64,
    /// Threads without a timer: the user's limit of pending signals (`ulimit -i`).
    pub unarmed_threads: u64,
    /// Slots with impossible or torn content.
    pub malformed: u64,
    /// Slots that were claimed and never published: their thread died meanwhile.
    pub abandoned: u64,
}

/// The ring and the library's file; both are removed when it is dropped.
#[derive(Debug)]
pub struct PreloadRing {
    library: TemporaryFile,
    ring: TemporaryFile,
    n_slots: usize,
    slot_bytes: usize,
    states: Vec<u8>,
    writing_since: Vec<Option<Instant>>,
    buffer: Vec<u8>,
    lost: PreloadLost,
}

impl PreloadRing {
    /// Writes the library (`fathom_collect::preload::library`) where it may be executed, and a ring where
    /// it stays in memory.
    ///
    /// Errors: no folder of `$TMPDIR`, `/tmp`, `/var/tmp`, `$XDG_RUNTIME_DIR` and `/dev/shm` can be written
    /// and executed from, or there is no room for the ring.
    pub fn create(library: &[u8], options: &PreloadOptions) -> io::Result<Self> {
        let slot_bytes = options.slot_bytes();
        let n_slots = options.n_slots as usize;
        if n_slots == 0 || n_slots > MAX_SLOTS || slot_bytes > MAX_SLOT_BYTES || options.period_nanos == 0 {
            let message = format!(
                "preload ring: {n_slots} slots of {slot_bytes} bytes every {} ns, needed 1 to {MAX_SLOTS} slots \
                 of at most {MAX_SLOT_BYTES} bytes and a period above 0",
                options.period_nanos
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let library = files::create_library(library)?;
        let ring = files::create_ring((SLOTS_OFFSET + n_slots * slot_bytes) as u64)?;
        let mut header = vec![0; SLOTS_OFFSET];
        let mut put =
            |offset: usize, bytes: &[u8]| header[offset..offset + bytes.len()].copy_from_slice(bytes);
        put(HEADER_VERSION, &VERSION.to_le_bytes());
        put(HEADER_SLOTS, &options.n_slots.to_le_bytes());
        put(HEADER_SLOT_BYTES, &(slot_bytes as u32).to_le_bytes());
        put(HEADER_STACK_BYTES, &options.stack_bytes.to_le_bytes());
        put(HEADER_PERIOD_NANOS, &options.period_nanos.to_le_bytes());
        put(HEADER_SECCOMP_FILTERS, &own_seccomp_filters().to_le_bytes());
        put(HEADER_MAGIC, &MAGIC.to_le_bytes());
        ring.file.write_all_at(&header, 0)?;
        Ok(Self {
            library,
            ring,
            n_slots,
            slot_bytes,
            states: vec![FREE; n_slots],
            writing_since: vec![None; n_slots],
            buffer: vec![0; slot_bytes],
            lost: PreloadLost::default(),
        })
    }

    /// The environment for the target: an existing `LD_PRELOAD` is kept, the library comes last.
    pub fn environment(&self, existing_preload: Option<&OsStr>) -> [(OsString, OsString); 2] {
        let mut preload = OsString::new();
        if let Some(existing) = existing_preload.filter(|existing| !existing.is_empty()) {
            preload.push(existing);
            preload.push(":");
        }
        preload.push(self.library_path());
        [("LD_PRELOAD".into(), preload), (RING_VARIABLE.into(), self.ring_path().into())]
    }

    /// The library's file; who cleans up after a killed Fathom removes it.
    pub fn library_path(&self) -> &Path {
        &self.library.path
    }

    /// The ring's file; who cleans up after a killed Fathom removes it.
    pub fn ring_path(&self) -> &Path {
        &self.ring.path
    }

    /// Tells all targets to end their timers at the next expiration.
    pub fn stop(&mut self) -> io::Result<()> {
        self.ring.file.write_all_at(&[1], HEADER_STOP as u64)
    }

    /// What was lost so far. The counters are the targets' and never seem to go back.
    pub fn lost(&self) -> PreloadLost {
        self.lost
    }

    /// Hands over everything that is ready, by time, and frees it. To be called every 20 ms or so.
    ///
    /// Returns how many records were handed over. Errors: reading or writing the file failed.
    pub fn drain(&mut self, mut take: impl FnMut(PreloadRecord<'_>)) -> io::Result<usize> {
        self.read_counters()?;
        read_full(&self.ring.file, &mut self.states, STATES_OFFSET as u64)?;
        let mut ready = Vec::new();
        for index in 0..self.n_slots {
            match self.states[index] {
                READY => ready.push((self.read_time(index)?, index)),
                WRITING => self.free_if_abandoned(index)?,
                FREE => {}
                // No target of ours writes anything else: make the slot usable again.
                _ => self.drop_malformed(index)?,
            }
            if self.states[index] != WRITING {
                self.writing_since[index] = None;
            }
        }
        ready.sort_unstable();
        let mut n_records = 0;
        for (_, index) in ready {
            self.read_slot(index)?;
            match slot::parse(&self.buffer) {
                Some(record) => {
                    n_records += 1;
                    take(record);
                    self.free(index)?;
                }
                None => self.drop_malformed(index)?,
            }
        }
        Ok(n_records)
    }

    fn slot_offset(&self, index: usize) -> u64 {
        (SLOTS_OFFSET + index * self.slot_bytes) as u64
    }

    fn read_time(&self, index: usize) -> io::Result<u64> {
        let mut bytes = [0; 8];
        read_full(&self.ring.file, &mut bytes, self.slot_offset(index) + SLOT_TIME_NANOS as u64)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Reads the slot's header, then as much payload as it says and a slot can have.
    fn read_slot(&mut self, index: usize) -> io::Result<()> {
        let offset = self.slot_offset(index);
        self.buffer.resize(SLOT_PAYLOAD, 0);
        read_full(&self.ring.file, &mut self.buffer, offset)?;
        let payload_bytes = slot::payload_bytes(&self.buffer).min(self.slot_bytes - SLOT_PAYLOAD);
        self.buffer.resize(SLOT_PAYLOAD + payload_bytes, 0);
        read_full(&self.ring.file, &mut self.buffer[SLOT_PAYLOAD..], offset + SLOT_PAYLOAD as u64)
    }

    fn free(&self, index: usize) -> io::Result<()> {
        // One byte, so that a target never sees half a state.
        self.ring.file.write_all_at(&[FREE], (STATES_OFFSET + index) as u64)
    }

    fn free_if_abandoned(&mut self, index: usize) -> io::Result<()> {
        let now = Instant::now();
        let since = *self.writing_since[index].get_or_insert(now);
        if now.duration_since(since) < ABANDONED_AFTER {
            return Ok(());
        }
        self.writing_since[index] = None;
        self.lost.abandoned += 1;
        self.free(index)
    }

    fn drop_malformed(&mut self, index: usize) -> io::Result<()> {
        self.lost.malformed += 1;
        self.free(index)
    }

    fn read_counters(&mut self) -> io::Result<()> {
        let mut counters = [0; 24];
        read_full(&self.ring.file, &mut counters, HEADER_LOST_SAMPLES as u64)?;
        let counter = |offset: usize| {
            let start = offset - HEADER_LOST_SAMPLES;
            u64::from_le_bytes(counters[start..start + 8].try_into().expect("eight bytes"))
        };
        self.lost.expirations = self.lost.expirations.max(counter(HEADER_LOST_SAMPLES));
        self.lost.notices = self.lost.notices.max(counter(HEADER_LOST_NOTICES));
        self.lost.unarmed_threads = self.lost.unarmed_threads.max(counter(HEADER_UNARMED_THREADS));
        Ok(())
    }
}

/// Reads all of `buffer`; what the file no longer has is 0.
fn read_full(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    match file.read_exact_at(buffer, offset) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            buffer.fill(0);
            Ok(())
        }
        result => result,
    }
}

/// Seccomp filters of this process; of kernels that do not count them, 1 for any.
fn own_seccomp_filters() -> u32 {
    let status =
        std::fs::read("/proc/self/status").ok().and_then(|bytes| crate::proc::parse_status(&bytes).ok());
    status.map_or(0, |status| status.seccomp_filters.unwrap_or(u32::from(status.seccomp == Some(2))))
}

#[cfg(test)]
mod tests;
