//! The rungs that `cpu` and `off-cpu` share, each with the value found, the value needed, and the command.

use crate::collector::Readiness;
use crate::perf::{Access, Capability};

/// Full access to perf events.
pub(crate) fn full_perf(capability: &Capability) -> Readiness {
    if capability.access == Access::Full {
        return Readiness::Ready;
    }
    Readiness::Missing {
        found: found(capability),
        needed: "root, CAP_PERFMON, or kernel.perf_event_paranoid <= 1".to_owned(),
        fix: "sudo sysctl kernel.perf_event_paranoid=1".to_owned(),
    }
}

/// Perf events of user code.
pub(crate) fn user_perf(capability: &Capability) -> Readiness {
    if capability.access >= Access::UserOnly {
        return Readiness::Ready;
    }
    Readiness::Missing {
        found: found(capability),
        needed: "kernel.perf_event_paranoid <= 2 and no seccomp filter on perf_event_open".to_owned(),
        fix: if refused_by_seccomp(capability) {
            "docker run --security-opt seccomp=unconfined --cap-add PERFMON ...".to_owned()
        } else {
            "sudo sysctl kernel.perf_event_paranoid=2".to_owned()
        },
    }
}

fn found(capability: &Capability) -> String {
    let paranoid =
        capability.paranoid.map_or("not readable".to_owned(), |value| format!("kernel.perf_event_paranoid = {value}"));
    match &capability.refusal {
        Some(error) => format!("{paranoid}; perf_event_open answered: {error}"),
        None => paranoid,
    }
}

/// The value would permit it and it is refused all the same: a filter stands in between.
fn refused_by_seccomp(capability: &Capability) -> bool {
    capability.paranoid.is_some_and(|value| value <= 2)
}
