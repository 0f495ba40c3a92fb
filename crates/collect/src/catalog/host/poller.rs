//! Reads the machine's few files once a second.

use crate::collector::{Poller, Tick};
use fathom_model::{Pid, ProcessId, Record, SeriesPoint, Sink, SinkError, Unit};
use fathom_sys::cgroup::{Cgroup, CgroupUsage};
use fathom_sys::host::{CpuTimes, read_cpu_times, read_load};
use fathom_sys::psi::{Resource, read_pressure};
use std::collections::BTreeMap;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_secs(1);

/// Control groups are looked up for the first processes only: children stay in their parent's group as a
/// rule, and a lookup costs 0.1 ms.
const MAX_GROUPED_PROCESSES: usize = 8;

const PRESSURES: [(Resource, &str); 3] = [
    (Resource::Cpu, "host.psi_cpu_some"),
    (Resource::Memory, "host.psi_memory_some"),
    (Resource::Io, "host.psi_io_some"),
];

/// The poller of [`super::Host`].
#[derive(Default)]
pub(crate) struct HostPoller {
    cpu_times: Option<CpuTimes>,
    pressure_micros: BTreeMap<&'static str, u64>,
    last_nanos: Option<i64>,
    groups: BTreeMap<ProcessId, Option<Cgroup>>,
    last_usage: BTreeMap<ProcessId, CgroupUsage>,
}

impl Poller for HostPoller {
    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn poll(&mut self, tick: &mut Tick<'_>) -> Result<(), SinkError> {
        let readings = Readings {
            cpu_times: read_cpu_times().ok(),
            load: read_load().ok().map(|load| load[0]),
            pressures: PRESSURES.map(|(resource, name)| {
                let pressure = read_pressure(resource).ok().flatten();
                (name, pressure.map(|pressure| pressure.some.total_micros))
            }),
        };
        self.host(readings, tick)?;
        self.groups(tick)
    }
}

/// What was read in one tick.
struct Readings {
    cpu_times: Option<CpuTimes>,
    load: Option<f64>,
    pressures: [(&'static str, Option<u64>); 3],
}

impl HostPoller {
    fn host(&mut self, readings: Readings, tick: &mut Tick<'_>) -> Result<(), SinkError> {
        let now_nanos = tick.now_nanos;
        let mut put = |name: &str, value: f64| record(tick.sink, name, Unit::Ratio, now_nanos, value, None);
        let elapsed_nanos =
            self.last_nanos.map(|last| now_nanos.saturating_sub(last)).filter(|nanos| *nanos > 0);
        if let Some(times) = readings.cpu_times {
            if let Some(share) = self.cpu_times.and_then(|earlier| times.steal_share_since(&earlier)) {
                put("host.steal_share", share)?;
            }
            self.cpu_times = Some(times);
        }
        if let Some(load) = readings.load {
            put("host.load1", load)?;
        }
        for (name, total_micros) in readings.pressures {
            let Some(total_micros) = total_micros else { continue };
            let before = self.pressure_micros.insert(name, total_micros);
            if let (Some(before), Some(elapsed_nanos)) = (before, elapsed_nanos) {
                let waited_nanos = total_micros.saturating_sub(before) as f64 * 1000.0;
                // The kernel updates the totals every 2 s at the latest: a step may be larger than the time.
                put(name, (waited_nanos / elapsed_nanos as f64).min(1.0))?;
            }
        }
        self.last_nanos = Some(now_nanos);
        Ok(())
    }

    fn groups(&mut self, tick: &mut Tick<'_>) -> Result<(), SinkError> {
        let mut processes: Vec<(ProcessId, Pid)> = tick.processes.to_vec();
        processes.sort_unstable();
        processes.truncate(MAX_GROUPED_PROCESSES);
        self.groups.retain(|id, _| processes.iter().any(|(alive, _)| alive == id));
        self.last_usage.retain(|id, _| self.groups.contains_key(id));
        for (id, pid) in &processes {
            self.groups.entry(*id).or_insert_with(|| Cgroup::of_process(*pid).ok());
        }
        let mut told: Vec<&Cgroup> = Vec::new();
        for (id, group) in &self.groups {
            let Some(group) = group.as_ref().filter(|group| !told.contains(group)) else { continue };
            told.push(group);
            let usage = group.usage();
            let before = self.last_usage.insert(*id, usage).unwrap_or_default();
            let values = [
                ("cgroup.throttled_total", Unit::Nanoseconds, usage.throttled_nanos, before.throttled_nanos),
                ("cgroup.memory", Unit::Bytes, usage.memory_bytes, before.memory_bytes),
            ];
            for (name, unit, value, before) in values {
                if let Some(value) = value.filter(|_| value != before) {
                    record(tick.sink, name, unit, tick.now_nanos, value as f64, Some(*id))?;
                }
            }
        }
        Ok(())
    }
}

fn record(
    sink: &mut dyn Sink,
    name: &str,
    unit: Unit,
    time_nanos: i64,
    value: f64,
    process: Option<ProcessId>,
) -> Result<(), SinkError> {
    sink.record(&Record::Series(SeriesPoint { name: name.to_owned(), unit, time_nanos, value, process }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Lines(Vec<String>);

    impl Sink for Lines {
        fn record(&mut self, record: &Record) -> Result<(), SinkError> {
            let Record::Series(point) = record else { panic!("{record:?} from a collector of series") };
            self.0.push(format!("{} {} {}", point.name, point.value, point.unit));
            Ok(())
        }
    }

    fn readings(steal_ticks: u64, psi_micros: Option<u64>) -> Readings {
        let cpu_times = CpuTimes { user_ticks: 10 + steal_ticks, steal_ticks, ..CpuTimes::default() };
        Readings {
            cpu_times: Some(cpu_times),
            load: Some(2.5),
            pressures: PRESSURES
                .map(|(resource, name)| (name, psi_micros.filter(|_| resource == Resource::Cpu))),
        }
    }

    #[test]
    fn shares_are_of_the_time_between_ticks() {
        let mut poller = HostPoller::default();
        let mut lines = Lines::default();
        let mut tick = Tick { now_nanos: 1_000_000_000, processes: &[], sink: &mut lines };
        poller.host(readings(0, Some(1000)), &mut tick).unwrap();
        tick.now_nanos = 2_000_000_000;
        poller.host(readings(50, Some(251_000)), &mut tick).unwrap();
        assert_eq!(
            lines.0,
            [
                "host.load1 2.5 ratio",
                "host.steal_share 0.5 ratio",
                "host.load1 2.5 ratio",
                "host.psi_cpu_some 0.25 ratio"
            ]
        );
    }

    #[test]
    fn a_kernel_without_pressure_says_nothing_about_it() {
        let mut poller = HostPoller::default();
        let mut lines = Lines::default();
        for second in 1..4 {
            let mut tick = Tick { now_nanos: second * 1_000_000_000, processes: &[], sink: &mut lines };
            poller.host(readings(0, None), &mut tick).unwrap();
        }
        assert!(lines.0.iter().all(|line| !line.contains("psi")), "{:?}", lines.0);
    }

    #[test]
    fn a_group_is_told_once_and_when_it_changes() {
        let mut poller = HostPoller::default();
        let pid = std::process::id() as Pid;
        let mut lines = Lines::default();
        let processes = [(ProcessId(1), pid), (ProcessId(2), pid)];
        let mut tick = Tick { now_nanos: 1, processes: &processes, sink: &mut lines };
        poller.poll(&mut tick).unwrap();
        let n_groups = lines.0.iter().filter(|line| line.starts_with("cgroup.memory")).count();
        assert!(n_groups <= 1, "{:?}", lines.0);
        assert!(lines.0.iter().any(|line| line.starts_with("host.load1")));
        let mut tick = Tick { now_nanos: 2, processes: &[], sink: &mut lines };
        poller.poll(&mut tick).unwrap();
        assert!(poller.groups.is_empty() && poller.last_usage.is_empty());
    }
}
