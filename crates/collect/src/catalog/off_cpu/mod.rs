//! Time off the CPU by stack and reason.

use crate::collector::{Collector, Readiness, Rung};
use crate::ladder;
use crate::perf::{Access, Capability};
use fathom_model::Signal;
use fathom_sys::bpf_switch_filter::SwitchFilter;

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

    fn probe(&self) -> Vec<Rung> {
        let capability = Capability::probe();
        vec![
            Rung {
                name: "stacks at random",
                gives: "unbiased stacks at any switch rate",
                readiness: match SwitchFilter::load() {
                    Ok(_) => Readiness::Ready,
                    Err(error) => Readiness::Missing {
                        found: format!("bpf(BPF_PROG_LOAD) answered: {error}"),
                        needed: "root, or CAP_BPF and CAP_PERFMON".to_owned(),
                        fix: "sudo fathom ...".to_owned(),
                    },
                },
            },
            Rung {
                name: "wake-ups",
                gives: "the moment a blocked thread became runnable",
                readiness: if capability.wakeup_tracepoint.is_some() {
                    Readiness::Ready
                } else {
                    Readiness::Missing {
                        found: "the tracepoint sched:sched_wakeup cannot be read or opened".to_owned(),
                        needed: "tracefs mounted and readable, and full access to perf events".to_owned(),
                        fix: "sudo mount -t tracefs nodev /sys/kernel/tracing".to_owned(),
                    }
                },
            },
            Rung {
                name: "perf events",
                gives: "stacks and exact durations",
                readiness: ladder::full_perf(&capability),
            },
            Rung {
                name: "switch records",
                gives: "exact durations by thread, without stacks",
                readiness: if capability.access >= Access::UserOnly {
                    Readiness::Ready
                } else {
                    ladder::user_perf(&capability)
                },
            },
            Rung {
                name: "/proc",
                gives: "state of each thread 20 times a second, totals from schedstat",
                readiness: Readiness::Ready,
            },
        ]
    }
}
