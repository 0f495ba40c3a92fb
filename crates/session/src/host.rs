//! The machine and the limits of the target's control group, for `meta.json`.

use fathom_model::{HostInfo, Limits, Pid};
use fathom_sys::cgroup::Cgroup;
use fathom_sys::host::HostFacts;

/// The machine, and the limits that hold for `pid`.
pub(crate) fn host_info(pid: Pid) -> HostInfo {
    let facts = HostFacts::read();
    let limits = Cgroup::of_process(pid).map(|group| group.limits()).unwrap_or_default();
    HostInfo {
        name: facts.name,
        kernel: facts.kernel,
        architecture: facts.architecture,
        cpu_model: facts.cpu_model,
        cpus: facts.cpus,
        memory_bytes: facts.memory_bytes,
        limits: Limits {
            cgroup: limits.path,
            cpu_quota: limits.cpu_quota,
            memory_bytes: limits.memory_bytes,
            pids: limits.pids,
        },
    }
}
