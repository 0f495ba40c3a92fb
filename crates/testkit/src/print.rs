//! Recording to text: the statements that [`crate::parse()`] reads back to an equal recording, as far as the
//! grammar reaches. References to rows that do not exist are left out.

use fathom_model::{Event, Meta, Process, Recording, Sample, Signal, Thread, ThreadId, ThreadState, Unit};

use crate::frame_text::{FrameText, default_module_kind, print_frame};
use crate::parse::{counted_quality, counted_signals, counted_times};
use crate::quantity::{print_float, print_integer};
use crate::words::quote;

/// The text of a recording.
pub fn print(recording: &Recording) -> String {
    let mut out = String::new();
    print_meta(recording, &mut out);
    for module in &recording.modules {
        out += &format!("module {}", quote(&module.path));
        if module.kind != default_module_kind(&module.path) {
            out += &format!(" kind={}", module.kind);
        }
        if let Some(id) = &module.build_id {
            out += &format!(" build-id={id}");
        }
        out.push('\n');
    }
    let counted = counted_times(recording);
    for process in &recording.processes {
        print_process(recording, process, &mut out);
        for (thread, counted) in recording.threads.iter().zip(&counted) {
            if thread.process == process.id {
                out += &thread_line(recording, thread);
                let times = [
                    ("running", thread.times.running_nanos, counted.running_nanos),
                    ("runnable", thread.times.runnable_nanos, counted.runnable_nanos),
                    ("blocked", thread.times.blocked_nanos, counted.blocked_nanos),
                    ("missing", thread.times.missing_nanos, 0),
                ];
                for (name, nanos, default) in times {
                    if nanos != default {
                        out += &format!(" {name}={}", nanos_text(nanos));
                    }
                }
                if let Some(switches) = thread.switches {
                    out += &format!(" switches={switches}");
                }
                out.push('\n');
            }
        }
    }
    let mut open = None;
    for sample in &recording.samples {
        print_sample(recording, sample, &mut open, &mut out);
    }
    for point in &recording.series {
        if let Some(process) = point.process.and_then(|id| recording.processes.get(id.index())) {
            out += &process_reference(process);
        }
        let at = nanos_text(point.time_nanos - recording.meta.start_nanos);
        out += &format!("series {} {at} {}\n", quote(&point.name), print_float(point.unit, point.value));
    }
    for event in &recording.events {
        print_event(recording, event, &mut out);
    }
    out
}

fn print_meta(recording: &Recording, out: &mut String) {
    let meta = &recording.meta;
    if meta.start_nanos != 0 {
        *out += &format!("start {}\n", nanos_text(meta.start_nanos));
    }
    *out += &format!("wall {}\n", nanos_text(meta.duration_nanos));
    for pair in &meta.clock_pairs {
        let offset = nanos_text(pair.monotonic_nanos - meta.start_nanos);
        *out += &format!("clock {offset} {}\n", nanos_text(pair.realtime_nanos));
    }
    if !meta.target.command.is_empty() {
        *out += &format!("command {}\n", join(meta.target.command.iter().map(|word| quote(word))));
    }
    if !meta.target.pids.is_empty() {
        *out += &format!("pids {}\n", join(meta.target.pids.iter().map(ToString::to_string)));
    }
    if let Some(directory) = &meta.target.working_directory {
        *out += &format!("cwd {}\n", quote(directory));
    }
    match meta.target.exit_status {
        Some(status) if status & 0xff == 0 => *out += &format!("exit {}\n", status >> 8),
        Some(status) => *out += &format!("killed {status}\n"),
        None => {}
    }
    print_host(meta, out);
    if meta.signals != counted_signals(recording) {
        *out += &format!("signals {}\n", join(meta.signals.iter().map(ToString::to_string)));
    }
    if meta.recovered {
        *out += "recovered\n";
    }
    print_quality(recording, out);
    for collector in &meta.collectors {
        let used = if collector.used { "used" } else { "missing" };
        *out += &format!("collector {} {used} {}", quote(&collector.id), quote(&collector.how));
        if let Some(fix) = &collector.fix {
            *out += &format!(" fix={}", quote(fix));
        }
        out.push('\n');
    }
    for epoch in &meta.epochs {
        let at = nanos_text(epoch.start_nanos - meta.start_nanos);
        *out += &format!("epoch {at} rate={}", epoch.rate_hz);
        *out += &format!(" stack={}", print_integer(Unit::Bytes, i64::from(epoch.stack_bytes)));
        *out += &format!(" off-cpu={} gap={}", epoch.off_cpu_stacks_hz, nanos_text(epoch.gap_nanos));
        *out += &format!(" {}\n", quote(&epoch.reason));
    }
}

fn print_host(meta: &Meta, out: &mut String) {
    let host = &meta.host;
    if *host == fathom_model::HostInfo::default() {
        return;
    }
    *out += &format!("host {} cpus={}", quote(&host.name), host.cpus);
    let texts = [("kernel", &host.kernel), ("arch", &host.architecture), ("cpu-model", &host.cpu_model)];
    for (key, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
        *out += &format!(" {key}={}", quote(text));
    }
    if host.memory_bytes != 0 {
        *out += &format!(" memory={}B", host.memory_bytes);
    }
    if let Some(quota) = host.limits.cpu_quota {
        *out += &format!(" cpu-quota={quota}");
    }
    if let Some(limit) = host.limits.memory_bytes {
        *out += &format!(" memory-limit={limit}B");
    }
    out.push('\n');
}

fn print_quality(recording: &Recording, out: &mut String) {
    let quality = &recording.meta.quality;
    let counted = fathom_model::Quality {
        cost: quality.cost.clone(),
        notes: quality.notes.clone(),
        ..counted_quality(recording)
    };
    if *quality != counted {
        let counts = [
            ("cpu-samples", quality.cpu_samples),
            ("off-cpu-samples", quality.off_cpu_samples),
            ("off-cpu-intervals", quality.off_cpu_intervals),
            ("lost", quality.lost),
            ("truncated", quality.truncated),
            ("spliced", quality.spliced),
            ("without-stack", quality.without_stack),
            ("frames", quality.frames),
            ("unresolved", quality.unresolved_frames),
            ("unmerged", quality.unmerged),
        ];
        *out += "quality";
        for (key, count) in counts.iter().filter(|(_, count)| *count != 0) {
            *out += &format!(" {key}={count}");
        }
        out.push('\n');
    }
    let cost = &quality.cost;
    if *cost != fathom_model::Cost::default() {
        *out +=
            &format!("cost cpu={} rss={}B", nanos_text(cost.fathom_cpu_nanos), cost.fathom_peak_rss_bytes);
        *out += &format!(" sampling={}", nanos_text(cost.target_sampling_nanos));
        *out += &format!(" switches={}", nanos_text(cost.target_switch_nanos));
        *out += &format!(
            " wall={} target-cpu={}\n",
            nanos_text(cost.wall_nanos),
            nanos_text(cost.target_cpu_nanos)
        );
    }
    for note in &quality.notes {
        *out += &format!("note {}\n", note.replace(['\n', '\r'], " "));
    }
}

fn print_process(recording: &Recording, process: &Process, out: &mut String) {
    let start = recording.meta.start_nanos;
    *out += process_reference(process).trim_end();
    if let Some(parent) = process.parent {
        *out += &format!(" parent={}", parent.0);
    }
    if !process.command.is_empty() {
        *out += &format!(" command={}", quote(&join(process.command.iter().map(|word| quote(word)))));
    }
    let texts = [("runtime", &process.runtime), ("version", &process.runtime_version)];
    for (key, text) in texts {
        if let Some(text) = text {
            *out += &format!(" {key}={}", quote(text));
        }
    }
    *out += &span(process.start_nanos, process.end_nanos, start);
    if let Some(status) = process.exit_status {
        *out += &format!(" exit={status}");
    }
    out.push('\n');
}

fn process_reference(process: &Process) -> String {
    let mut out = format!("process {} pid={}", quote(&process.name), process.pid);
    if process.exec_generation != 0 {
        out += &format!(" exec={}", process.exec_generation);
    }
    out + "\n"
}

fn thread_line(recording: &Recording, thread: &Thread) -> String {
    let span = span(thread.start_nanos, thread.end_nanos, recording.meta.start_nanos);
    format!("thread {} tid={}{span}", quote(&thread.name), thread.tid)
}

fn span(begin: i64, end: Option<i64>, start_of_recording: i64) -> String {
    let mut out = String::new();
    if begin != start_of_recording {
        out += &format!(" start={}", nanos_text(begin - start_of_recording));
    }
    if let Some(end) = end {
        out += &format!(" end={}", nanos_text(end - start_of_recording));
    }
    out
}

fn print_sample(recording: &Recording, sample: &Sample, open: &mut Option<ThreadId>, out: &mut String) {
    let Some(thread) = recording.threads.get(sample.thread.index()) else { return };
    if *open != Some(sample.thread) {
        if let Some(process) = recording.processes.get(thread.process.index()) {
            *out += &process_reference(process);
        }
        *out += &format!("thread {} tid={}\n", quote(&thread.name), thread.tid);
        *open = Some(sample.thread);
    }
    *out += sample.signal.as_str();
    let default = match sample.signal {
        Signal::Cpu => Some(ThreadState::Running),
        Signal::OffCpu => None,
        _ => Some(ThreadState::Unknown),
    };
    if default != Some(sample.state) {
        *out += &format!(" {}", sample.state.as_str());
    }
    *out +=
        &format!(" {} {}", stack_text(recording, sample), print_integer(sample.signal.unit(), sample.value));
    if sample.n != 1 {
        *out += &format!(" n={}", sample.n);
    }
    if sample.time_nanos != recording.meta.start_nanos {
        *out += &format!(" at={}", nanos_text(sample.time_nanos - recording.meta.start_nanos));
    }
    if let Some(cpu) = sample.cpu {
        *out += &format!(" cpu={cpu}");
    }
    for label in recording.labels.iter().filter(|label| Some(label.id) == sample.labels) {
        *out += &format!(" label.{}={}", label.key, label.value);
    }
    out.push('\n');
}

fn stack_text(recording: &Recording, sample: &Sample) -> String {
    let Some(stack) = sample.stack else { return "-".into() };
    let mut frames: Vec<String> = recording
        .stacks
        .frames(stack)
        .filter_map(|id| recording.frames.get(id.index()))
        .map(|frame| {
            let module = frame.module.and_then(|id| recording.modules.get(id.index()));
            print_frame(&FrameText {
                frame: frame.clone(),
                module_path: module.map(|module| module.path.clone()),
            })
        })
        .collect();
    frames.reverse();
    if frames.is_empty() { "-".into() } else { frames.join(";") }
}

fn print_event(recording: &Recording, event: &Event, out: &mut String) {
    // Opening a process closes the thread, so that an event without a thread reads back as one.
    let thread = event.thread.and_then(|id| recording.threads.get(id.index()));
    let process =
        thread.map_or(recording.processes.first(), |thread| recording.processes.get(thread.process.index()));
    if let Some(process) = process {
        *out += &process_reference(process);
    }
    if let Some(thread) = thread {
        *out += &format!("thread {} tid={}\n", quote(&thread.name), thread.tid);
    }
    let at = nanos_text(event.start_nanos - recording.meta.start_nanos);
    *out += &format!("event {} {at} {} {}\n", event.kind, nanos_text(event.duration_nanos), event.attributes);
}

fn nanos_text(nanos: i64) -> String {
    print_integer(Unit::Nanoseconds, nanos)
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}
