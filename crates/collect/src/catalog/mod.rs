//! All collectors. To add one, add its folder and its line here.

mod cpu;
mod host;
mod off_cpu;
mod pprof;
mod process;

pub use pprof::{PprofAsk, ProfilesUrl};

use crate::collector::{Collector, Inquiry, Poller};
use crate::recorder::RecorderSettings;

/// Every collector, by id.
pub fn all() -> &'static [&'static dyn Collector] {
    &[&cpu::Cpu, &host::Host, &off_cpu::OffCpu, &pprof::Pprof, &process::Process]
}

/// Fresh pollers of the collectors that have one.
pub fn pollers() -> Vec<Box<dyn Poller>> {
    vec![Box::new(host::HostPoller::default()), Box::new(process::ProcessPoller::default())]
}

/// Fresh inquiries of the collectors that have one. `takes_stacks` says that CPU time is sampled with stacks anyway.
pub(crate) fn inquiries(settings: &RecorderSettings, takes_stacks: bool) -> Vec<Box<dyn Inquiry>> {
    let wants_cpu = settings.rate_hz.is_some() && !takes_stacks;
    vec![Box::new(pprof::PprofInquiry::new(settings.pprof.clone(), wants_cpu))]
}
