//! CPU time by stack.

use crate::collector::{Collector, Readiness, Rung};
use crate::ladder;
use crate::perf::Capability;
use fathom_model::Signal;

/// Samples of running threads.
pub(super) struct Cpu;

impl Collector for Cpu {
    fn id(&self) -> &'static str {
        "cpu"
    }

    fn summary(&self) -> &'static str {
        "CPU time by function: the stacks of running threads, user and kernel"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::Cpu]
    }

    fn overhead(&self) -> &'static str {
        "one stack copy per sample, 4-15 us; held under --max-overhead by the governor"
    }

    fn probe(&self) -> Vec<Rung> {
        let capability = Capability::probe();
        vec![
            Rung {
                name: "hardware cycles",
                gives: "samples driven by the CPU's own counter",
                readiness: if capability.cycles {
                    Readiness::Ready
                } else {
                    Readiness::Missing {
                        found: "no cycle counter, as in most virtual machines; cpu-clock is used".to_owned(),
                        needed: "a CPU or a virtual machine with a performance monitoring unit".to_owned(),
                        fix: "perf stat -e cycles true".to_owned(),
                    }
                },
            },
            Rung {
                name: "perf events",
                gives: "user and kernel stacks of all threads and children, launched or attached",
                readiness: ladder::full_perf(&capability),
            },
            Rung {
                name: "perf events of user code",
                gives: "user stacks; time in the kernel as one figure per thread",
                readiness: ladder::user_perf(&capability),
            },
            Rung {
                name: "timers in a preloaded library",
                gives: "user stacks of launched programs that are dynamically linked",
                readiness: Readiness::Ready,
            },
            Rung {
                name: "schedstat",
                gives: "CPU time by thread, without stacks",
                readiness: match std::fs::metadata("/proc/self/schedstat") {
                    Ok(_) => Readiness::Ready,
                    Err(error) => Readiness::Missing {
                        found: format!("/proc/self/schedstat: {error}"),
                        needed: "a kernel with CONFIG_SCHED_INFO".to_owned(),
                        fix: "zgrep SCHED_INFO /proc/config.gz".to_owned(),
                    },
                },
            },
        ]
    }
}
