//! CPU samples that were due and did not come, with the cause: never passed over in silence.

use crate::gather::Gathered;
use fathom_model::{ProcessId, Recording, Signal};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer samples than this may fail to come by chance: a process between two looks, a short program.
const DUE: f64 = 20.0;
/// Processes named in one note.
const MAX_NAMED: usize = 5;

/// What the mappings tell about how a process was started.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    with_loader: BTreeSet<ProcessId>,
    with_library: BTreeSet<ProcessId>,
}

impl Loaded {
    /// Looks through the mappings.
    pub(crate) fn of(gathered: &Gathered) -> Self {
        let mut loaded = Self::default();
        for mapping in &gathered.mappings {
            let Some(module) = gathered.modules.get(mapping.module.index()) else { continue };
            let file = module.path.rsplit('/').next().unwrap_or_default();
            if file.starts_with("ld-") || file.starts_with("ld.so") {
                loaded.with_loader.insert(mapping.process);
            }
            if is_preload_library(&module.path) {
                loaded.with_library.insert(mapping.process);
            }
        }
        loaded
    }
}

/// Whether a module is the library that Fathom puts into launched programs.
pub(crate) fn is_preload_library(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    file.starts_with("fathom-") && file.ends_with(".preload.so")
}

/// Adds notes for the processes that used the CPU and have no sample.
pub(crate) fn explain_absent_samples(recording: &mut Recording, loaded: &Loaded) {
    if !recording.meta.signals.contains(&Signal::Cpu) {
        return;
    }
    let cpu = recording.meta.collectors.iter().find(|collector| collector.id == "cpu");
    let (how, fix) = cpu.map_or(("", None), |cpu| (cpu.how.as_str(), cpu.fix.as_deref()));
    // The lowest rate, so that nothing is missed that was not due.
    let rate_hz =
        recording.meta.epochs.iter().map(|epoch| epoch.rate_hz).min_by(f64::total_cmp).unwrap_or(0.0);
    let mut causes: BTreeMap<&str, (f64, Vec<String>)> = BTreeMap::new();
    let mut running: BTreeMap<ProcessId, i64> = BTreeMap::new();
    for thread in &recording.threads {
        *running.entry(thread.process).or_default() += thread.times.running_nanos;
    }
    let on_cpu = recording.samples.iter().filter(|sample| sample.signal == Signal::Cpu && sample.n > 0);
    let sampled: BTreeSet<ProcessId> = on_cpu.map(|sample| sample.process).collect();
    for process in &recording.processes {
        let due = running.get(&process.id).map_or(0.0, |nanos| *nanos as f64 / 1e9 * rate_hz);
        if due < DUE || sampled.contains(&process.id) {
            continue;
        }
        let cause = if how.starts_with("schedstat") {
            "perf events are refused, and a process that runs already can be given no timers; \
             `fathom run` can give them to a program that it starts, with a folder for their library"
        } else if how.contains("preloaded library") {
            if loaded.with_library.contains(&process.id) {
                "its threads were not reached by the timers"
            } else if loaded.with_loader.contains(&process.id) {
                "it did not load the library with the timers: it was given another environment, \
                 or its file has a set-user-id bit or capabilities"
            } else {
                "it is statically linked, as Go programs are, and perf events are refused"
            }
        } else {
            "its threads were not reached by the perf events"
        };
        let (sum, named) = causes.entry(cause).or_default();
        *sum += due;
        named.push(format!("{} {}", process.name, process.pid));
    }
    let notes = causes.into_iter().map(|(cause, (due, named))| {
        let shown = named.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = named.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let fix = fix.map_or(String::new(), |fix| format!(" What helps: `{fix}`."));
        format!("No CPU sample of {shown}{more}, although about {due:.0} were due: {cause}.{fix}")
    });
    recording.meta.quality.notes.extend(notes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{CollectorUse, Epoch, Process, Thread, ThreadId, ThreadTimes};

    fn recording(how: &str) -> Recording {
        let mut recording = Recording::default();
        recording.meta.signals = vec![Signal::Cpu];
        recording.meta.collectors = vec![CollectorUse {
            id: "cpu".into(),
            used: true,
            how: how.into(),
            fix: Some("sudo sysctl kernel.perf_event_paranoid=2".into()),
        }];
        recording.meta.epochs = vec![Epoch {
            start_nanos: 0,
            rate_hz: 100.0,
            stack_bytes: 0,
            off_cpu_stacks_hz: 0.0,
            gap_nanos: 0,
            reason: "start".into(),
        }];
        for (at, running_nanos) in [2_000_000_000, 100_000_000].into_iter().enumerate() {
            let process = ProcessId::from_index(at);
            recording.processes.push(Process {
                id: process,
                pid: at as i32 + 7,
                parent: None,
                exec_generation: 0,
                name: "server".into(),
                command: Vec::new(),
                runtime: None,
                runtime_version: None,
                start_nanos: 0,
                end_nanos: None,
                exit_status: None,
            });
            recording.threads.push(Thread {
                id: ThreadId::from_index(at),
                process,
                tid: at as i32 + 7,
                name: "server".into(),
                start_nanos: 0,
                end_nanos: None,
                times: ThreadTimes { running_nanos, ..ThreadTimes::default() },
                switches: None,
            });
        }
        recording
    }

    fn notes(how: &str, loaded: &Loaded) -> Vec<String> {
        let mut recording = recording(how);
        explain_absent_samples(&mut recording, loaded);
        recording.meta.quality.notes
    }

    #[test]
    fn a_static_program_is_named_with_what_helps() {
        let expected = "No CPU sample of server 7, although about 200 were due: it is statically linked, as Go programs \
                        are, and perf events are refused. What helps: `sudo sysctl kernel.perf_event_paranoid=2`.";
        assert_eq!(notes("per-thread CPU timers in a preloaded library", &Loaded::default()), [expected]);
    }

    #[test]
    fn causes_are_told_apart() {
        let first = BTreeSet::from([ProcessId::from_index(0)]);
        let dynamic = Loaded { with_loader: first.clone(), with_library: BTreeSet::new() };
        let reached = Loaded { with_loader: first.clone(), with_library: first };
        let timers = "per-thread CPU timers in a preloaded library";
        assert!(notes(timers, &dynamic)[0].contains("it did not load the library"));
        assert!(notes(timers, &reached)[0].contains("not reached by the timers"));
        assert!(notes("schedstat totals", &reached)[0].contains("runs already"));
        assert!(notes("perf events, cpu-clock", &reached)[0].contains("not reached by the perf events"));
    }

    #[test]
    fn a_recording_without_the_signal_owes_nothing() {
        let mut recording = recording("perf events");
        recording.meta.signals.clear();
        explain_absent_samples(&mut recording, &Loaded::default());
        assert!(recording.meta.quality.notes.is_empty());
    }
}
