//! All collectors. To add one, add its folder and its line here.

mod cpu;
mod off_cpu;

use crate::collector::{Collector, Poller};

/// Every collector, by id.
pub fn all() -> &'static [&'static dyn Collector] {
    &[&cpu::Cpu, &off_cpu::OffCpu]
}

/// Fresh pollers of the collectors that have one.
pub fn pollers() -> Vec<Box<dyn Poller>> {
    vec![]
}
