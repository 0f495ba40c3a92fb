//! Time off the CPU by stack and reason.

use crate::collector::{Collector, Methods, Readiness, Rung};
use crate::ladder;
use crate::perf::Capability;
use fathom_model::Signal;

/// Intervals in which a thread was not running.
pub(super) struct OffCpu;

impl Collector for OffCpu {
    fn id(&self) -> &'static str {
        "off-cpu"
    }

    fn summary(&self) -> &'static str {
        "waiting by stack and reason: blocked (lock, disk, network, timer ...) told from runnable"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::OffCpu]
    }

    fn overhead(&self) -> &'static str {
        "below 1 us per switch, and one stack copy for each chosen one"
    }

    fn how(&self, methods: &Methods) -> String {
        methods.off_cpu.clone()
    }

    fn probe(&self) -> Vec<Rung> {
        let capability = Capability::probe();
        vec![
            Rung {
                name: "perf events, BPF, wake-ups",
                gives: "unbiased stacks at any switch rate; blocked told from runnable at the wake-up",
                readiness: match ladder::switch_filter(&capability) {
                    Readiness::Ready => ladder::wakeups(&capability),
                    missing => missing,
                },
            },
            Rung {
                name: "perf events, BPF",
                gives: "unbiased stacks at any switch rate",
                readiness: ladder::switch_filter(&capability),
            },
            Rung {
                name: "perf events, wake-ups",
                gives: "stacks and exact durations; blocked told from runnable at the wake-up",
                readiness: ladder::wakeups(&capability),
            },
            Rung {
                name: "perf events",
                gives: "stacks and exact durations",
                readiness: ladder::full_perf(&capability),
            },
            Rung {
                name: "switch records",
                gives: "exact durations by thread, without stacks",
                readiness: ladder::user_perf(&capability),
            },
            Rung {
                name: "/proc",
                gives: "state of each thread 20 times a second, totals from schedstat",
                readiness: Readiness::Ready,
            },
        ]
    }
}
