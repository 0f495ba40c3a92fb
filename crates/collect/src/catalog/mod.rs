//! All collectors. To add one, add its folder and its line here.

mod cpu;
mod host;
mod off_cpu;
mod process;

use crate::collector::{Collector, Poller};

/// Every collector, by id.
pub fn all() -> &'static [&'static dyn Collector] {
    &[&cpu::Cpu, &host::Host, &off_cpu::OffCpu, &process::Process]
}

/// Fresh pollers of the collectors that have one.
pub fn pollers() -> Vec<Box<dyn Poller>> {
    vec![Box::new(host::HostPoller::default()), Box::new(process::ProcessPoller::default())]
}
