//! All collectors. To add one, add its folder and its line here.

mod cpu;
mod host;
mod inspector;
mod jfr;
mod off_cpu;
mod perf_map;
mod pprof;
mod process;
mod runtime_counters;
mod task_wait;

#[doc(hidden)]
pub use inspector::read_hostile as read_hostile_inspector;
pub use perf_map::LaunchedMaps;
pub use pprof::{PprofAsk, ProfilesUrl};

use crate::collector::{Ask, Collector, Inquiry, Poller};

/// Every collector, by id.
pub fn all() -> &'static [&'static dyn Collector] {
    &[
        &cpu::Cpu,
        &host::Host,
        &inspector::Inspector,
        &jfr::Jfr,
        &off_cpu::OffCpu,
        &perf_map::PerfMaps,
        &pprof::Pprof,
        &process::Process,
        &runtime_counters::RuntimeCounters,
        &task_wait::TaskWait,
    ]
}

/// Fresh pollers of the collectors that have one.
pub fn pollers() -> Vec<Box<dyn Poller>> {
    vec![
        Box::new(host::HostPoller::default()),
        Box::new(process::ProcessPoller::default()),
        Box::new(runtime_counters::RuntimeCountersPoller::default()),
    ]
}

/// Fresh inquiries of the collectors that have one.
pub(crate) fn inquiries(ask: &Ask) -> Vec<Box<dyn Inquiry>> {
    vec![
        Box::new(inspector::InspectorInquiry::new(ask)),
        Box::new(jfr::JfrInquiry::new(ask)),
        Box::new(perf_map::PerfMapInquiry::new(ask)),
        Box::new(pprof::PprofInquiry::new(ask.pprof.clone(), ask.lacks_cpu)),
    ]
}

/// Takes back a step of a collector that was promised to the guardian.
///
/// # Errors
/// What is left in the target, and why.
pub fn undo(collector: &str, step: &str) -> Result<(), String> {
    match all().iter().find(|known| known.id() == collector) {
        Some(known) => known.undo(step),
        None => Err(format!("there is no collector {collector:?} to take back {step}")),
    }
}
