//! Numbers that a runtime keeps for others to read: HotSpot's heap, collections, safepoints, threads and classes.
//!
//! Series are named by their runtime (`jvm.heap.used`). Nothing is asked of the target and nothing runs in it, so that
//! `top` and `--passive` have them too.

use crate::collector::{Collector, Methods, Poller, Readiness, Rung, Tick};
use fathom_model::{ProcessId, Record, SeriesPoint, Signal, SinkError};
use fathom_runtimes::{CounterSource, catalog};
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(1);
/// Looks whether a process keeps counters: at its first so many ticks.
const N_LOOKS: u32 = 5;
/// And then at every so many: a program may load its runtime late.
const RARE_LOOKS: u32 = 30;
/// Time for all processes in one tick. What does not fit comes in the next.
const TICK_BUDGET: Duration = Duration::from_millis(5);

/// Series of a runtime's own counters.
pub(super) struct RuntimeCounters;

impl Collector for RuntimeCounters {
    fn id(&self) -> &'static str {
        "runtime-counters"
    }

    fn summary(&self) -> &'static str {
        "heap, garbage collections, safepoints, threads and classes that a Java virtual machine counts for others"
    }

    fn provides(&self) -> &'static [Signal] {
        &[]
    }

    fn overhead(&self) -> &'static str {
        "a file of 32 KiB is read once a second; nothing in the target"
    }

    fn how(&self, _: &Methods) -> String {
        "files of virtual machines that keep one, once a second".to_owned()
    }

    fn probe(&self) -> Vec<Rung> {
        vec![Rung {
            name: "hsperfdata",
            gives: "counters of HotSpot, unless it was started with -XX:-UsePerfData",
            readiness: Readiness::Ready,
        }]
    }
}

/// The poller of [`RuntimeCounters`].
#[derive(Default)]
pub(crate) struct RuntimeCountersPoller {
    known: BTreeMap<ProcessId, Known>,
}

#[derive(Default)]
struct Known {
    n_ticks: u32,
    source: Option<Box<dyn CounterSource>>,
    last: BTreeMap<&'static str, f64>,
}

impl Poller for RuntimeCountersPoller {
    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn poll(&mut self, tick: &mut Tick<'_>) -> Result<(), SinkError> {
        let started = Instant::now();
        let alive: BTreeSet<ProcessId> = tick.processes.iter().map(|(process, _)| *process).collect();
        self.known.retain(|process, _| alive.contains(process));
        for (process, pid) in tick.processes {
            if started.elapsed() > TICK_BUDGET {
                break;
            }
            let known = self.known.entry(*process).or_default();
            known.n_ticks += 1;
            let is_look = known.n_ticks <= N_LOOKS || known.n_ticks.is_multiple_of(RARE_LOOKS);
            if known.source.is_none() && is_look {
                let view = ProcessView::Live(*pid);
                known.source = catalog::all().iter().find_map(|runtime| runtime.counters(&view));
            }
            for counter in known.source.iter_mut().flat_map(|source| source.read()) {
                // A value is not repeated while it stays the same.
                if known.last.insert(counter.name, counter.value) == Some(counter.value) {
                    continue;
                }
                tick.sink.record(&Record::Series(SeriesPoint {
                    name: counter.name.to_owned(),
                    unit: counter.unit,
                    time_nanos: tick.now_nanos,
                    value: counter.value,
                    process: Some(*process),
                }))?;
            }
        }
        Ok(())
    }
}
