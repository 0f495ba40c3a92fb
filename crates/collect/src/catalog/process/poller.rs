//! Reads `/proc/PID` of every process within a budget of time.

use crate::collector::{Poller, Tick};
use fathom_model::{Pid, ProcessId, Record, SeriesPoint, Sink, SinkError, Tid, Unit};
use fathom_sys::host::page_bytes;
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(1);

/// Time for all processes in one tick: 1 % of a core. What does not fit comes first in the next tick.
const TICK_BUDGET: Duration = Duration::from_millis(10);

/// Up to so many processes are read in full at first sight; of more (builds, fork storms) only those that
/// live for a second tick are.
const FEW_PROCESSES: usize = 8;

/// An expensive file is read so rarely that it costs 0.2 % of a core a process at most.
const COST_FACTOR: i64 = 500;

/// `smaps_rollup` walks page tables under `mmap_lock`, on which page faults of the target wait (measured: 10
/// ms a resident GB and more): never more often than this.
const PSS_INTERVAL_NANOS: i64 = 10_000_000_000;

/// A file that took longer than this is not read again: it holds the target up.
const PSS_MAX_COST: Duration = Duration::from_millis(20);

/// The poller of [`super::Process`].
pub(crate) struct ProcessPoller {
    view: Box<dyn Fn(Pid) -> ProcessView>,
    page_bytes: u64,
    known: BTreeMap<ProcessId, Known>,
    /// The first process that the last tick had no time for.
    resume_at: Option<ProcessId>,
}

/// What is kept of a process between ticks.
#[derive(Default)]
struct Known {
    last: BTreeMap<&'static str, f64>,
    switches: Switches,
    switches_due_nanos: i64,
    pss_due_nanos: i64,
}

/// Switches are counted by thread; those of ended threads are kept, so that the sum never falls.
#[derive(Default)]
struct Switches {
    threads: BTreeMap<Tid, [u64; 2]>,
    ended: [u64; 2],
}

impl Default for ProcessPoller {
    fn default() -> Self {
        Self::new(ProcessView::Live)
    }
}

impl ProcessPoller {
    /// A poller that sees processes through `view`.
    pub(crate) fn new(view: impl Fn(Pid) -> ProcessView + 'static) -> Self {
        Self { view: Box::new(view), page_bytes: page_bytes(), known: BTreeMap::new(), resume_at: None }
    }
}

impl Poller for ProcessPoller {
    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn poll(&mut self, tick: &mut Tick<'_>) -> Result<(), SinkError> {
        let started = Instant::now();
        let alive: BTreeSet<ProcessId> = tick.processes.iter().map(|(id, _)| *id).collect();
        self.known.retain(|id, _| alive.contains(id));
        let mut queue: Vec<(ProcessId, Pid)> = tick.processes.to_vec();
        queue.sort_unstable();
        if let Some(resume_at) = self.resume_at.take() {
            let position = queue.partition_point(|(id, _)| *id < resume_at);
            let n_processes = queue.len().max(1);
            queue.rotate_left(position % n_processes);
        }
        let is_few = queue.len() <= FEW_PROCESSES;
        for (id, pid) in queue {
            if started.elapsed() > TICK_BUDGET {
                self.resume_at = Some(id);
                break;
            }
            let in_full = is_few || self.known.contains_key(&id);
            let view = (self.view)(pid);
            let known = self.known.entry(id).or_default();
            let mut out =
                Out { process: id, now_nanos: tick.now_nanos, last: &mut known.last, sink: tick.sink };
            cheap(&view, self.page_bytes, &mut out)?;
            if in_full {
                detailed(&view, &mut out)?;
                switches(&view, &mut known.switches, &mut known.switches_due_nanos, &mut out)?;
                proportional_memory(&view, &mut known.pss_due_nanos, &mut out)?;
            }
        }
        Ok(())
    }
}

/// Where the values of one process go.
struct Out<'a> {
    process: ProcessId,
    now_nanos: i64,
    last: &'a mut BTreeMap<&'static str, f64>,
    sink: &'a mut dyn Sink,
}

impl Out<'_> {
    fn put(&mut self, name: &'static str, unit: Unit, value: u64) -> Result<(), SinkError> {
        let value = value as f64;
        if self.last.insert(name, value) == Some(value) {
            return Ok(());
        }
        self.sink.record(&Record::Series(SeriesPoint {
            name: name.to_owned(),
            unit,
            time_nanos: self.now_nanos,
            value,
            process: Some(self.process),
        }))
    }
}

/// One system call and one small file.
fn cheap(view: &ProcessView, page_bytes: u64, out: &mut Out<'_>) -> Result<(), SinkError> {
    let Ok(stat) = view.stat() else { return Ok(()) };
    if let Ok(cpu_nanos) = view.cpu_nanos() {
        out.put("process.cpu_total", Unit::Nanoseconds, cpu_nanos)?;
    }
    out.put("process.minor_faults_total", Unit::Count, stat.minor_faults)?;
    out.put("process.major_faults_total", Unit::Count, stat.major_faults)?;
    // A zombie has no memory any more; its last real value stands.
    if !stat.state.has_ended() {
        out.put("process.rss", Unit::Bytes, stat.resident_pages.saturating_mul(page_bytes))?;
        out.put("process.threads", Unit::Count, u64::from(stat.threads))?;
    }
    Ok(())
}

fn detailed(view: &ProcessView, out: &mut Out<'_>) -> Result<(), SinkError> {
    if let Ok(io) = view.io() {
        out.put("process.read_total", Unit::Bytes, io.read_call_bytes)?;
        out.put("process.write_total", Unit::Bytes, io.write_call_bytes)?;
    }
    if let Ok(count) = view.descriptor_count() {
        out.put("process.fds", Unit::Count, count)?;
    }
    Ok(())
}

fn switches(
    view: &ProcessView,
    switches: &mut Switches,
    due_nanos: &mut i64,
    out: &mut Out<'_>,
) -> Result<(), SinkError> {
    if out.now_nanos < *due_nanos {
        return Ok(());
    }
    let started = Instant::now();
    let Ok(tids) = view.threads() else { return Ok(()) };
    let counts = tids.into_iter().filter_map(|tid| {
        let status = view.thread_status(tid).ok()?;
        Some((tid, [status.voluntary_switches?, status.involuntary_switches?]))
    });
    let [voluntary, involuntary] = switches.update(counts.collect());
    *due_nanos = out.now_nanos.saturating_add(cost_nanos(started).saturating_mul(COST_FACTOR));
    out.put("process.voluntary_switches_total", Unit::Count, voluntary)?;
    out.put("process.involuntary_switches_total", Unit::Count, involuntary)
}

impl Switches {
    /// Takes the counts of the threads alive; returns the totals.
    fn update(&mut self, now: BTreeMap<Tid, [u64; 2]>) -> [u64; 2] {
        for (tid, before) in &self.threads {
            // A number that is used again starts from 0.
            let ended = now.get(tid).is_none_or(|counts| counts[0] < before[0] || counts[1] < before[1]);
            if ended {
                self.ended[0] += before[0];
                self.ended[1] += before[1];
            }
        }
        self.threads = now;
        self.threads.values().fold(self.ended, |sum, counts| [sum[0] + counts[0], sum[1] + counts[1]])
    }
}

fn proportional_memory(view: &ProcessView, due_nanos: &mut i64, out: &mut Out<'_>) -> Result<(), SinkError> {
    if out.now_nanos < *due_nanos {
        return Ok(());
    }
    let started = Instant::now();
    let rollup = view.memory_rollup();
    let pause = cost_nanos(started).saturating_mul(COST_FACTOR).max(PSS_INTERVAL_NANOS);
    *due_nanos = match started.elapsed() > PSS_MAX_COST {
        true => i64::MAX,
        false => out.now_nanos.saturating_add(pause),
    };
    match rollup {
        Ok(rollup) => out.put("process.pss", Unit::Bytes, rollup.proportional_bytes),
        Err(_) => Ok(()),
    }
}

fn cost_nanos(started: Instant) -> i64 {
    i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::RecordedProcess;

    #[derive(Default)]
    struct Lines(Vec<String>);

    impl Sink for Lines {
        fn record(&mut self, record: &Record) -> Result<(), SinkError> {
            let Record::Series(point) = record else { panic!("{record:?} from a collector of series") };
            let process = point.process.map(|id| id.0);
            self.0.push(format!("{process:?} {} {} {}", point.name, point.value, point.unit));
            Ok(())
        }
    }

    fn recorded(pid: Pid) -> RecordedProcess {
        let mut process = RecordedProcess::new(pid, BTreeMap::new());
        let stat = format!(
            "{pid} (a b) S 1 1 1 0 -1 0 99 0 7 0 12 34 0 0 20 0 3 0 135 3133440 390 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1"
        );
        process.add_file("stat", stat.into_bytes());
        process.add_file(
            "io",
            b"rchar: 100\nwchar: 20\nsyscr: 3\nsyscw: 1\nread_bytes: 0\nwrite_bytes: 0\n".into(),
        );
        process.add_file("fd/0", b"/dev/null".into());
        process.add_file("fd/1", b"pipe:[1]".into());
        process.add_file("smaps_rollup", b"Rss: 10 kB\nPss: 7 kB\n".into());
        for tid in [7, 8] {
            let status =
                format!("Pid: {tid}\nvoluntary_ctxt_switches: {tid}\nnonvoluntary_ctxt_switches: 1\n");
            process.add_file(&format!("task/{tid}/status"), status.into_bytes());
        }
        process
    }

    fn poll(poller: &mut ProcessPoller, now_nanos: i64, processes: &[(ProcessId, Pid)]) -> Vec<String> {
        let mut lines = Lines::default();
        poller.poll(&mut Tick { now_nanos, processes, sink: &mut lines }).unwrap();
        lines.0
    }

    #[test]
    fn one_process_is_read_in_full_and_then_only_where_it_changed() {
        let mut poller = ProcessPoller::new(|pid| ProcessView::Recorded(recorded(pid)));
        poller.page_bytes = 4096;
        let lines = poll(&mut poller, 1, &[(ProcessId(3), 7)]);
        assert_eq!(
            lines,
            [
                "Some(3) process.cpu_total 460000000 nanoseconds",
                "Some(3) process.minor_faults_total 99 count",
                "Some(3) process.major_faults_total 7 count",
                "Some(3) process.rss 1597440 bytes",
                "Some(3) process.threads 3 count",
                "Some(3) process.read_total 100 bytes",
                "Some(3) process.write_total 20 bytes",
                "Some(3) process.fds 2 count",
                "Some(3) process.voluntary_switches_total 15 count",
                "Some(3) process.involuntary_switches_total 2 count",
                "Some(3) process.pss 7168 bytes",
            ]
        );
        assert!(poll(&mut poller, 1_000_000_001, &[(ProcessId(3), 7)]).is_empty());
    }

    #[test]
    fn many_processes_get_the_cheap_values_first() {
        let mut poller = ProcessPoller::new(|pid| ProcessView::Recorded(recorded(pid)));
        let processes: Vec<(ProcessId, Pid)> = (0..20).map(|i| (ProcessId(i), 100 + i as Pid)).collect();
        let first = poll(&mut poller, 1, &processes);
        assert!(first.iter().all(|line| !line.contains("pss") && !line.contains("read_total")), "{first:?}");
        let second = poll(&mut poller, 1_000_000_001, &processes);
        assert!(second.iter().any(|line| line.contains("process.pss")));
    }

    #[test]
    fn a_process_that_is_gone_is_absent_and_not_an_error() {
        let mut poller =
            ProcessPoller::new(|pid| ProcessView::Recorded(RecordedProcess::new(pid, BTreeMap::new())));
        assert!(poll(&mut poller, 1, &[(ProcessId(0), 1)]).is_empty());
        assert!(poll(&mut poller, 2, &[]).is_empty());
        assert!(poller.known.is_empty());
    }

    #[test]
    fn a_tick_that_ran_out_of_time_goes_on_where_it_stopped() {
        let mut poller = ProcessPoller::new(|pid| {
            std::thread::park_timeout(Duration::from_millis(4));
            ProcessView::Recorded(recorded(pid))
        });
        let processes: Vec<(ProcessId, Pid)> = (0..9).map(|i| (ProcessId(i), 100 + i as Pid)).collect();
        let mut seen = BTreeSet::new();
        for tick in 0..9 {
            for line in poll(&mut poller, tick * 1_000_000_000, &processes) {
                seen.insert(line.split(' ').next().unwrap().to_owned());
            }
            if seen.len() == 9 {
                assert!(tick > 0, "nine processes of 4 ms do not fit into one tick");
                return;
            }
        }
        panic!("only {seen:?} after nine ticks");
    }

    #[test]
    fn switches_never_fall_when_threads_end() {
        let mut switches = Switches::default();
        assert_eq!(switches.update(BTreeMap::from([(1, [5, 1]), (2, [7, 0])])), [12, 1]);
        assert_eq!(switches.update(BTreeMap::from([(1, [6, 1])])), [13, 1]);
        assert_eq!(switches.update(BTreeMap::from([(1, [6, 1]), (2, [1, 0])])), [14, 1]);
        assert_eq!(switches.update(BTreeMap::from([(1, [0, 0]), (2, [1, 0])])), [14, 1]);
    }

    #[test]
    fn this_process_has_all_of_it() {
        let mut poller = ProcessPoller::default();
        let pid = std::process::id() as Pid;
        let lines = poll(&mut poller, 1, &[(ProcessId(0), pid)]);
        assert_eq!(lines.len(), 11, "{lines:?}");
    }
}
