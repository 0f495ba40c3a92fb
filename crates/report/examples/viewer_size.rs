//! Measures the viewer's data of a large recording: `viewer_size STACKS DEPTH FUNCTIONS [view|dump FILE]`.
//!
//! Every stack is distinct. The first levels branch little and the last ones much, as in servers.

use std::io::Write;
use std::time::Instant;

use fathom_model::{
    Frame, FrameId, FrameKind, ProcessId, Recording, Sample, Signal, Thread, ThreadId, ThreadState,
};
use fathom_report::{ViewerData, ViewerMode, ViewerOptions, viewer_page};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |at: usize, usual: u32| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let recording = generated(number(0, 1_000_000), number(1, 60), number(2, 20_000).max(2));
    let mode = if arguments.iter().any(|text| text == "view") { ViewerMode::View } else { ViewerMode::File };
    let begin = Instant::now();
    let data = ViewerData::build(&recording, &ViewerOptions::of(mode)).bytes;
    let seconds = begin.elapsed().as_secs_f64();
    let page = viewer_page("generated", Some(&data)).html;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} samples, {} stack nodes: {} bytes compressed, {} bytes as a page, {seconds:.2} s",
        recording.samples.len(),
        recording.stacks.nodes().len(),
        data.len(),
        page.len()
    )?;
    match arguments.iter().position(|text| text == "dump").and_then(|at| arguments.get(at + 1)) {
        Some(file) => std::fs::write(file, page),
        None => Ok(()),
    }
}

fn generated(stacks: u32, depth: u32, functions: u32) -> Recording {
    let mut recording = Recording::default();
    recording.meta.duration_nanos = 600_000_000_000;
    let name = |at: u32| format!("service::module_{}::Handler<T>::method_{at}", at % 997);
    recording.frames = (0..functions).map(|at| Frame::named(name(at), FrameKind::User)).collect();
    recording.threads = (0..64)
        .map(|at| Thread {
            id: ThreadId(at),
            process: ProcessId(0),
            tid: 1000 + at.cast_signed(),
            name: format!("worker-{at}"),
            start_nanos: 0,
            end_nanos: None,
            times: Default::default(),
            switches: None,
        })
        .collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below.max(1))) as u32
    };
    for at in 0..stacks {
        // A third of the levels has a choice of two, the rest of more and more.
        let frames: Vec<FrameId> = (0..depth)
            .map(|level| {
                let choices = if level % 3 == 0 { 2 + level / 4 } else { 1 };
                let last = level + 1 == depth;
                let choice = if last { random(functions) } else { random(choices) * 7_919 + level * 131 };
                FrameId(choice % functions)
            })
            .collect();
        recording.samples.push(Sample {
            signal: Signal::Cpu,
            time_nanos: i64::from(at) * 600_000_000_000 / i64::from(stacks),
            process: ProcessId(0),
            thread: ThreadId(random(64)),
            cpu: None,
            stack: recording.stacks.intern_path(frames),
            value: 2_000_000 + i64::from(random(100_000)),
            n: 1,
            state: ThreadState::Running,
            labels: None,
        });
    }
    recording
}
