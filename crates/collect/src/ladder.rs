//! The rungs that `cpu` and `off-cpu` share, each with the value found, the value needed, and the command.

use crate::collector::Readiness;
use crate::perf::{Access, Capability};
use fathom_sys::bpf_switch_filter::SwitchFilter;
use fathom_sys::proc::{self, Status};
use std::io;
use std::path::Path;

/// Docker's filter lets perf events and BPF pass for those who have these capabilities.
const CONTAINER_FIX: &str =
    "docker run --cap-add PERFMON --cap-add BPF --security-opt seccomp=unconfined IMAGE fathom run -- CMD";
const ROOT_FIX: &str = "sudo fathom run -- CMD";
const EPERM: i32 = 1;
const ENOSYS: i32 = 38;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_BPF: u32 = 39;

/// Who Fathom is, as far as it decides what the kernel permits.
#[derive(Debug, Default)]
struct Standing {
    uid: u32,
    seccomp_filter: bool,
    capabilities: u64,
}

impl Standing {
    fn read() -> Self {
        let status =
            std::fs::read("/proc/self/status").ok().and_then(|bytes| proc::parse_status(&bytes).ok());
        status.as_ref().map_or_else(Self::default, Self::of)
    }

    fn of(status: &Status) -> Self {
        Self {
            uid: status.uids[1],
            seccomp_filter: status.seccomp == Some(2),
            capabilities: status.capabilities_effective.unwrap_or(0),
        }
    }

    /// Whether a filter, and not the kernel's own rules, refused a system call. The kernel answers `EACCES`
    /// where `perf_event_paranoid` forbids (kernel/events/core.c, `perf_allow_kernel`); filters answer
    /// `EPERM` (Docker, Podman, systemd) or `ENOSYS`.
    fn filtered(&self, error: Option<i32>) -> bool {
        self.seccomp_filter && matches!(error, Some(EPERM | ENOSYS))
    }

    fn may_use_bpf(&self) -> bool {
        self.capabilities & (1 << CAP_BPF | 1 << CAP_SYS_ADMIN) != 0
    }
}

/// Full access to perf events.
pub(crate) fn full_perf(capability: &Capability) -> Readiness {
    if capability.access == Access::Full {
        return Readiness::Ready;
    }
    let needed = "root, CAP_PERFMON, or kernel.perf_event_paranoid <= 1";
    refused(capability, needed, "sudo sysctl kernel.perf_event_paranoid=1", &Standing::read())
}

/// Perf events of user code.
pub(crate) fn user_perf(capability: &Capability) -> Readiness {
    if capability.access >= Access::UserOnly {
        return Readiness::Ready;
    }
    let needed = "root, CAP_PERFMON, or kernel.perf_event_paranoid <= 2";
    refused(capability, needed, "sudo sysctl kernel.perf_event_paranoid=2", &Standing::read())
}

fn refused(capability: &Capability, needed: &str, fix: &str, standing: &Standing) -> Readiness {
    let code = capability.refusal.as_ref().and_then(io::Error::raw_os_error);
    let what = if capability.access == Access::UserOnly { " for kernel code" } else { "" };
    let answer = capability.refusal.as_ref().map_or(String::new(), |error| {
        format!("perf_event_open{what} is refused to user {} ({})", standing.uid, plain(error))
    });
    if standing.filtered(code) {
        return Readiness::Missing {
            found: format!("{answer} by a seccomp filter, as containers have"),
            needed: "a process without that filter, or one that lets perf_event_open pass".to_owned(),
            fix: CONTAINER_FIX.to_owned(),
        };
    }
    if code == Some(ENOSYS) {
        return Readiness::Missing {
            found: "this kernel has no perf_event_open".to_owned(),
            needed: "a kernel with CONFIG_PERF_EVENTS".to_owned(),
            fix: String::new(),
        };
    }
    let paranoid = capability.paranoid.map_or("kernel.perf_event_paranoid is not readable".to_owned(), |v| {
        format!("kernel.perf_event_paranoid = {v}")
    });
    Readiness::Missing {
        found: format!("{answer}; {paranoid}"),
        needed: needed.to_owned(),
        fix: fix.to_owned(),
    }
}

/// Hardware cycles. Where perf events are refused it is not known whether there are any.
pub(crate) fn cycles(capability: &Capability) -> Readiness {
    if capability.cycles {
        return Readiness::Ready;
    }
    if capability.access == Access::None {
        return full_perf(capability);
    }
    Readiness::Missing {
        found: "no cycle counter, as in most virtual machines; the kernel's cpu-clock is used instead"
            .to_owned(),
        needed: "a CPU or a virtual machine with a performance monitoring unit".to_owned(),
        // No command mends what the hardware lacks.
        fix: String::new(),
    }
}

/// The program in the kernel that chooses switches at random. Its stacks are perf events as well.
pub(crate) fn switch_filter(capability: &Capability) -> Readiness {
    if capability.access < Access::Full {
        return full_perf(capability);
    }
    SwitchFilter::load(None).map_or_else(|error| bpf_refused(&error, &Standing::read()), |_| Readiness::Ready)
}

fn bpf_refused(error: &io::Error, standing: &Standing) -> Readiness {
    let answer = format!("bpf is refused to user {} ({})", standing.uid, plain(error));
    if standing.may_use_bpf() && standing.filtered(error.raw_os_error()) {
        return Readiness::Missing {
            found: format!("{answer} by a seccomp filter, as containers have"),
            needed: "a process without that filter, or one that lets bpf pass".to_owned(),
            fix: CONTAINER_FIX.to_owned(),
        };
    }
    let fix = if standing.uid == 0 { CONTAINER_FIX } else { ROOT_FIX };
    let needed = "root, or CAP_BPF and CAP_PERFMON".to_owned();
    Readiness::Missing { found: answer, needed, fix: fix.to_owned() }
}

/// The tracepoint of wake-ups.
pub(crate) fn wakeups(capability: &Capability) -> Readiness {
    if capability.access < Access::Full {
        return full_perf(capability);
    }
    if capability.wakeup_tracepoint.is_some() {
        return Readiness::Ready;
    }
    let mounted = ["/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"];
    let folders = mounted.iter().map(|path| Path::new(path).try_exists());
    let (found, needed, fix) = match folders.into_iter().find(|exists| !matches!(exists, Ok(false))) {
        None => {
            let fix = "sudo mount -t tracefs nodev /sys/kernel/tracing";
            ("tracefs is not mounted", "tracefs at /sys/kernel/tracing", fix)
        }
        Some(Err(_)) => ("/sys/kernel/tracing is not readable", "root", ROOT_FIX),
        Some(Ok(_)) => {
            let needed = "root, or CAP_PERFMON and a readable /sys/kernel/tracing";
            ("the tracepoint sched:sched_wakeup cannot be read or opened", needed, ROOT_FIX)
        }
    };
    Readiness::Missing { found: found.to_owned(), needed: needed.to_owned(), fix: fix.to_owned() }
}

/// The system's words without their number, in lower case.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capability(code: i32, paranoid: i32) -> Capability {
        Capability {
            access: Access::None,
            cycles: false,
            wakeup_tracepoint: None,
            refusal: Some(io::Error::from_raw_os_error(code)),
            paranoid: Some(paranoid),
        }
    }

    fn missing(readiness: Readiness) -> (String, String) {
        match readiness {
            Readiness::Ready => panic!("it was refused"),
            Readiness::Missing { found, fix, .. } => (found, fix),
        }
    }

    #[test]
    fn the_kernel_s_refusal_names_the_setting() {
        let user = Standing { uid: 1000, ..Standing::default() };
        let (found, fix) =
            missing(refused(&capability(13, 3), "", "sudo sysctl kernel.perf_event_paranoid=2", &user));
        let expected =
            "perf_event_open is refused to user 1000 (permission denied); kernel.perf_event_paranoid = 3";
        assert_eq!(found, expected);
        assert_eq!(fix, "sudo sysctl kernel.perf_event_paranoid=2");
        // A filter is there, and it was not the one who refused.
        let filtered = Standing { seccomp_filter: true, ..user };
        assert_eq!(missing(refused(&capability(13, 3), "", "x", &filtered)).1, "x");
    }

    #[test]
    fn a_filter_s_refusal_names_the_filter_whoever_asks() {
        for uid in [0, 1000] {
            let standing = Standing { uid, seccomp_filter: true, capabilities: u64::MAX };
            for code in [EPERM, ENOSYS] {
                let (found, fix) = missing(refused(&capability(code, 2), "", "x", &standing));
                assert!(found.contains("by a seccomp filter"), "{found}");
                assert_eq!(fix, CONTAINER_FIX);
            }
            let (found, fix) = missing(bpf_refused(&io::Error::from_raw_os_error(EPERM), &standing));
            assert!(found.contains("by a seccomp filter") && fix == CONTAINER_FIX, "{found}");
        }
    }

    #[test]
    fn what_is_not_built_in_cannot_be_switched_on() {
        let (found, fix) = missing(refused(&capability(ENOSYS, 2), "", "x", &Standing::default()));
        assert_eq!((found.as_str(), fix.as_str()), ("this kernel has no perf_event_open", ""));
    }

    #[test]
    fn bpf_without_the_capability_is_a_matter_of_root() {
        let user = Standing { uid: 1000, seccomp_filter: true, capabilities: 0 };
        let (found, fix) = missing(bpf_refused(&io::Error::from_raw_os_error(EPERM), &user));
        assert_eq!(
            (found.as_str(), fix.as_str()),
            ("bpf is refused to user 1000 (operation not permitted)", ROOT_FIX)
        );
    }
}
