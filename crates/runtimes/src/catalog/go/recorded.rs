//! What goroutines wait for, read many times a second while their program is recorded.
//!
//! A look costs one pass over the list; names are not read, the recording has the addresses. A goroutine counts if
//! its structure says the same before and after its stack was read.

use super::goroutine::{self, RawGoroutine, Status};
use super::stack::{Chain, Walker};
use super::{GoReader, is_runtimes_own, layout};
use crate::Snapshot;
use crate::read_error::ReadError;
use crate::runtime::{RuntimeDump, TaskFrame, TaskSource, TaskWait};
use fathom_model::{ThreadState, WaitClass};
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, HashMap};

/// Goroutines of which the structures and stacks are read before the structures are read again.
const AT_ONCE: usize = 256;
/// What is read ahead of each stack, in bytes; most stacks of those that wait are not longer.
const INNER_STACK_BYTES: u64 = 1024;
/// Most functions that are kept as the first ones of goroutines.
const MAX_KEPT: usize = 100_000;
/// Frames of one look.
const MAX_FRAMES: usize = 4_000_000;

/// Reads the waits of one program.
#[derive(Debug)]
pub(super) struct Waits {
    reader: GoReader,
    walker: Walker,
    /// Whether the goroutines that begin at an address are the runtime's own.
    are_runtimes: HashMap<u64, bool>,
}

impl Waits {
    pub(super) fn new(reader: GoReader) -> Self {
        Self { reader, walker: Walker::new(0), are_runtimes: HashMap::new() }
    }

    fn is_runtimes(&mut self, start: u64) -> bool {
        if let Some(known) = self.are_runtimes.get(&start) {
            return *known;
        }
        let program = &self.reader.found.program;
        let begins_in = program.table.function_name(start.wrapping_sub(program.bias)).unwrap_or_default();
        let is_runtimes = is_runtimes_own(&begins_in);
        if self.are_runtimes.len() < MAX_KEPT {
            self.are_runtimes.insert(start, is_runtimes);
        }
        is_runtimes
    }

    /// State and reason of one that waits for something else than the end of a system call.
    fn state(&mut self, goroutine: &RawGoroutine) -> Option<(ThreadState, &'static str)> {
        if self.is_runtimes(goroutine.start) {
            return None;
        }
        if goroutine.status == Status::RUNNABLE {
            return Some((ThreadState::Runnable, "runnable"));
        }
        let reason = || layout::wait_reason(self.reader.minor, goroutine.wait_reason).unwrap_or("waiting");
        goroutine.status.has_reason().then(reason).map(|reason| (ThreadState::Blocked(class(reason)), reason))
    }
}

impl TaskSource for Waits {
    fn kind(&self) -> &'static str {
        "goroutines"
    }

    fn waits(&mut self, process: &ProcessView) -> Result<Vec<TaskWait>, ReadError> {
        let mut unused = RuntimeDump::default();
        let addresses: Vec<u64> = self.reader.addresses(process, &mut unused)?.into_iter().collect();
        let mut waits: BTreeMap<(ThreadState, &'static str, Chain), u32> = BTreeMap::new();
        self.walker.steps_left = MAX_FRAMES;
        for some in addresses.chunks(AT_ONCE) {
            let structures: Vec<(u64, usize)> =
                some.iter().map(|address| (*address, layout::G_BYTES)).collect();
            let mut before = Snapshot::new(process);
            before.read_ahead(&structures);
            let read = |address: &u64| goroutine::read(&before, &self.reader.layout, *address).ok();
            let waiting: Vec<RawGoroutine> =
                some.iter().filter_map(read).filter(|raw| raw.status.may_wait()).collect();
            let mut stacks = Snapshot::new(process);
            let inner = |raw: &RawGoroutine| {
                let from = raw.sched.stack_pointer;
                (from, raw.stack.1.saturating_sub(from).min(INNER_STACK_BYTES) as usize)
            };
            stacks.read_ahead(&waiting.iter().map(inner).collect::<Vec<_>>());
            let mut seen = Vec::with_capacity(waiting.len());
            for raw in waiting {
                let Some((state, reason)) = self.state(&raw) else { continue };
                let chain = self.walker.chain(&stacks, &self.reader.found.program, &raw, raw.sched);
                seen.push((raw, (state, reason, chain)));
            }
            let mut after = Snapshot::new(process);
            after.read_ahead(&structures);
            for (raw, wait) in seen {
                let again = goroutine::read(&after, &self.reader.layout, raw.address);
                if again.is_ok_and(|again| again == raw) {
                    *waits.entry(wait).or_default() += 1;
                }
            }
        }
        let bias = self.reader.found.program.bias;
        let frame = |place: &u64| TaskFrame::Address(place.wrapping_add(bias));
        let wait = |((state, reason, chain), tasks): ((_, &str, Chain), _)| TaskWait {
            tasks,
            state,
            reason: reason.to_owned(),
            frames: chain.places.iter().map(frame).collect(),
        };
        Ok(waits.into_iter().map(wait).collect())
    }
}

/// The class of a wait in the runtime's words.
fn class(reason: &str) -> WaitClass {
    const BEGINS: &[(&str, WaitClass)] = &[
        ("IO wait", WaitClass::Network),
        ("sleep", WaitClass::Timer),
        ("sync.WaitGroup", WaitClass::Task),
        ("sync.", WaitClass::Lock),
        ("semacquire", WaitClass::Lock),
        ("chan ", WaitClass::Task),
        ("select", WaitClass::Task),
        ("coroutine", WaitClass::Task),
        ("synctest", WaitClass::Task),
        ("GC ", WaitClass::Gc),
        ("garbage collection", WaitClass::Gc),
        ("wait for GC cycle", WaitClass::Gc),
        ("stopping the world", WaitClass::Gc),
    ];
    BEGINS.iter().find(|(begin, _)| reason.starts_with(begin)).map_or(WaitClass::Other, |(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_a_release_has_its_class() {
        let of = |text| class(text);
        assert_eq!(of("IO wait"), WaitClass::Network);
        assert_eq!(of("chan receive (nil chan)"), WaitClass::Task);
        assert_eq!(of("sync.WaitGroup.Wait (durable)"), WaitClass::Task);
        assert_eq!(of("sync.RWMutex.RLock"), WaitClass::Lock);
        assert_eq!(of("GC assist wait"), WaitClass::Gc);
        assert_eq!(of("debug call"), WaitClass::Other);
    }
}
