//! One ring per CPU, merged by time.

use fathom_sys::perf_attr::{EventSpec, Pace, Source};
use fathom_sys::perf_event::PerfEvent;
use fathom_sys::perf_records::{TimedRecord, parse, record_time};
use fathom_sys::perf_ring::PerfRing;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

/// What a sample of an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The thread is on a CPU here.
    OnCpu,
    /// The same with the frames of an interpreter; the period stands in the raw data.
    OnCpuWalked,
    /// The same with what the program's frame pointers lead to.
    OnCpuChained,
    /// The thread leaves its CPU here; the sample stands for so many switches.
    SwitchByPeriod(u64),
    /// The same; the weight stands in the raw data, and the frames of an interpreter may.
    SwitchByFilter,
    /// A thread was made runnable; the raw data says which.
    Wakeup,
    /// Only side records.
    Side,
}

/// Ring sizes tried, largest first; the locked-memory budget decides. At 499 Hz and 16 KiB per sample the
/// largest holds two seconds; at 400,000 switch records a second, half a second of a CPU stolen by the host.
const RING_BYTES: [usize; 8] =
    [16 << 20, 8 << 20, 4 << 20, 2 << 20, 1 << 20, 512 << 10, 256 << 10, 128 << 10];
/// All rings together stay below this, because they count as resident memory of Fathom.
const TOTAL_RING_BYTES: usize = 48 << 20;
/// Records are given back to the kernel in portions, so that it can go on writing.
const RELEASE_EVERY: u32 = 32;

/// The rings and who writes into them.
#[derive(Debug)]
pub(super) struct Rings {
    cpus: Vec<i32>,
    owners: Vec<PerfEvent>,
    rings: Vec<PerfRing>,
    roles: HashMap<u64, (Role, u64)>,
}

impl Rings {
    /// Maps one ring per CPU.
    pub(super) fn new(cpus: Vec<i32>) -> io::Result<Self> {
        let mut owner = EventSpec::new(Source::Dummy, Pace::Period(1));
        owner.exclude_kernel = true;
        let mut error = io::Error::other("no ring size was tried");
        for bytes in RING_BYTES {
            if bytes > RING_BYTES[RING_BYTES.len() - 1] && bytes * cpus.len() > TOTAL_RING_BYTES {
                continue;
            }
            owner.wakeup_bytes = (bytes / 2) as u32;
            let owners =
                cpus.iter().map(|cpu| PerfEvent::open(&owner, 0, *cpu)).collect::<io::Result<Vec<_>>>()?;
            match owners.iter().map(|event| PerfRing::map(event, bytes)).collect::<io::Result<Vec<_>>>() {
                Ok(rings) => return Ok(Self { cpus, owners, rings, roles: HashMap::new() }),
                Err(refused) => error = refused,
            }
        }
        Err(error)
    }

    pub(super) fn cpus(&self) -> &[i32] {
        &self.cpus
    }

    pub(super) fn fds(&self) -> Vec<RawFd> {
        self.owners.iter().map(AsRawFd::as_raw_fd).collect()
    }

    /// Bytes that make a poller wake up.
    pub(super) fn wakeup_bytes(&self) -> u32 {
        self.rings.first().map_or(0, |ring| (ring.capacity_bytes() / 2) as u32)
    }

    /// Sends an event's records to the ring of the CPU with this index.
    pub(super) fn connect(
        &mut self,
        event: &PerfEvent,
        cpu_index: usize,
        role: Role,
        spec: &EventSpec,
    ) -> io::Result<()> {
        event.redirect_to(&self.owners[cpu_index])?;
        self.roles.insert(event.id()?, (role, spec.sample_type()));
        Ok(())
    }

    /// Hands every record up to `horizon_nanos` to `take`, in the order of time; returns how many.
    ///
    /// A record's time is read before it is written, so only what is older than a moment before the heads
    /// were read is sure to be complete in all rings.
    pub(super) fn drain<E>(
        &mut self,
        horizon_nanos: i64,
        mut take: impl FnMut(Option<Role>, TimedRecord<'_>) -> Result<(), E>,
    ) -> Result<u64, E> {
        for ring in &mut self.rings {
            ring.refresh();
        }
        let mut next: Vec<Option<i64>> = self.rings.iter_mut().map(next_time).collect();
        let mut unreleased = 0;
        let mut n_records = 0;
        let mut outcome = Ok(());
        while let Some((index, time)) =
            next.iter().enumerate().filter_map(|(i, time)| Some((i, (*time)?))).min_by_key(|(_, time)| *time)
        {
            if time > horizon_nanos {
                break;
            }
            let ring = &mut self.rings[index];
            let roles = &self.roles;
            if let Some(bytes) = ring.current()
                && let Some(record) = parse(bytes, |id| roles.get(&id).map(|(_, sample_type)| *sample_type))
            {
                let role = match &record.record {
                    fathom_sys::perf_records::PerfRecord::Sample(sample) => {
                        roles.get(&sample.event_id).map(|(role, _)| *role)
                    }
                    _ => None,
                };
                outcome = take(role, record);
            }
            ring.advance();
            n_records += 1;
            unreleased += 1;
            if unreleased >= RELEASE_EVERY {
                self.rings.iter_mut().for_each(PerfRing::release);
                unreleased = 0;
            }
            if outcome.is_err() {
                break;
            }
            next[index] = next_time(&mut self.rings[index]);
        }
        self.rings.iter_mut().for_each(PerfRing::release);
        outcome.map(|()| n_records)
    }
}

/// Time of the ring's next record; one without a time is handed out at once.
fn next_time(ring: &mut PerfRing) -> Option<i64> {
    ring.current().map(|bytes| record_time(bytes).unwrap_or(i64::MIN))
}
