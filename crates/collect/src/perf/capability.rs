//! What the kernel permits, found by trying.

use fathom_sys::perf_attr::{EventSpec, Pace, Source};
use fathom_sys::perf_event::PerfEvent;
use std::io;

/// How far perf events may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Not at all.
    None,
    /// User space only: CPU samples of user code, switch records without stacks.
    UserOnly,
    /// Everything: kernel frames, stacks of switches.
    Full,
}

/// The outcome of the trials.
#[derive(Debug)]
pub struct Capability {
    /// How far perf events may be used.
    pub access: Access,
    /// Whether there are hardware cycles.
    pub cycles: bool,
    /// Number of the `sched:sched_wakeup` tracepoint, where it can be read and opened.
    pub wakeup_tracepoint: Option<u64>,
    /// What the kernel answered where access is not full.
    pub refusal: Option<io::Error>,
    /// `perf_event_paranoid`, where it can be read.
    pub paranoid: Option<i32>,
}

impl Capability {
    /// Tries each event on this process.
    pub fn probe() -> Self {
        let paranoid = std::fs::read_to_string("/proc/sys/kernel/perf_event_paranoid")
            .ok()
            .and_then(|t| t.trim().parse().ok());
        let mut spec = EventSpec::new(Source::CpuClock, Pace::Period(1_000_000));
        spec.stack_bytes = 4096;
        spec.kernel_callchain = true;
        spec.switches = true;
        let mut capability =
            Self { access: Access::Full, cycles: false, wakeup_tracepoint: None, refusal: None, paranoid };
        if let Err(error) = PerfEvent::open(&spec, 0, -1) {
            capability.refusal = Some(error);
            spec.exclude_kernel = true;
            spec.kernel_callchain = false;
            capability.access = match PerfEvent::open(&spec, 0, -1) {
                Ok(_) => Access::UserOnly,
                Err(error) => {
                    capability.refusal = Some(error);
                    Access::None
                }
            };
        }
        if capability.access > Access::None {
            spec.source = Source::CpuCycles;
            spec.pace = Pace::Frequency(99);
            capability.cycles = PerfEvent::open(&spec, 0, -1).is_ok();
        }
        if capability.access == Access::Full {
            capability.wakeup_tracepoint = wakeup_tracepoint();
        }
        capability
    }
}

fn wakeup_tracepoint() -> Option<u64> {
    let id = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
        .iter()
        .find_map(|root| std::fs::read_to_string(format!("{root}/events/sched/sched_wakeup/id")).ok())?;
    let id = id.trim().parse().ok()?;
    let mut spec = EventSpec::new(Source::Tracepoint(id), Pace::Period(1));
    spec.raw = true;
    PerfEvent::open(&spec, 0, -1).ok().map(|_| id)
}
