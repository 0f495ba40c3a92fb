//! What the machine and the control group do to the target: steal, load, pressure, throttling.
//!
//! Series without a process: `host.steal_share`, `host.load1`, `host.psi_cpu_some`, `host.psi_memory_some`,
//! `host.psi_io_some` (ratio; of the time since the tick before, but the load, which is the kernel's mean
//! over a minute and may be above 1). With the first process of each control group: `cgroup.throttled_total`
//! (ns), `cgroup.memory` (bytes). What the kernel does not have is absent.

mod poller;

pub(super) use poller::HostPoller;

use crate::collector::{Collector, Methods, Readiness, Rung};
use fathom_model::Signal;
use fathom_sys::psi::{Resource, read_pressure};

/// Series of the machine and of control groups.
pub(super) struct Host;

impl Collector for Host {
    fn id(&self) -> &'static str {
        "host"
    }

    fn summary(&self) -> &'static str {
        "steal, load and pressure of the machine; quota, throttling and memory of the control group"
    }

    fn provides(&self) -> &'static [Signal] {
        &[]
    }

    fn overhead(&self) -> &'static str {
        "0.2 ms a second"
    }

    fn how(&self, _: &Methods) -> String {
        "/proc, once a second".to_owned()
    }

    fn probe(&self) -> Vec<Rung> {
        let load = match fathom_sys::host::read_load() {
            Ok(_) => Readiness::Ready,
            Err(error) => Readiness::Missing {
                found: format!("/proc/loadavg: {error}"),
                needed: "a mounted /proc".to_owned(),
                fix: "sudo mount -t proc proc /proc".to_owned(),
            },
        };
        let pressure = match read_pressure(Resource::Cpu) {
            Ok(Some(_)) => Readiness::Ready,
            Ok(None) => Readiness::Missing {
                found: "/proc/pressure/cpu is missing or switched off".to_owned(),
                needed: "psi=1 on the kernel's command line".to_owned(),
                fix: "sudo sed -i 's/GRUB_CMDLINE_LINUX=\"/&psi=1 /' /etc/default/grub && sudo update-grub && sudo reboot".to_owned(),
            },
            Err(error) => Readiness::Missing {
                found: format!("/proc/pressure/cpu: {error}"),
                needed: "a readable /proc/pressure".to_owned(),
                fix: String::new(),
            },
        };
        vec![
            Rung {
                name: "pressure",
                gives: "time in which tasks waited for CPU, memory, storage",
                readiness: pressure,
            },
            Rung {
                name: "/proc and cgroups",
                gives: "steal, load, throttling, memory of the group",
                readiness: load,
            },
        ]
    }
}
