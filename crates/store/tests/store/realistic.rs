//! A recording as real programs give them: stacks about 30 deep with shared callers, a few hot ones, jitter.

use fathom_model::*;

/// A fixed sequence of numbers that look random (the constants are those of Knuth's MMIX generator).
pub(crate) struct Sequence(u64);

impl Sequence {
    pub(crate) fn new() -> Self {
        Self(42)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Samples of four threads over about 2,000 distinct stacks.
pub(crate) fn recording(samples: usize) -> Recording {
    let mut random = Sequence::new();
    let mut recording = Recording::default();
    recording.meta.format_version = fathom_model::FORMAT_VERSION.into();
    recording.meta.epochs = vec![Epoch { rate_hz: 499.0, ..Epoch::default() }];
    recording.modules = (0..20u64)
        .map(|at| Module {
            path: format!("/usr/lib/x86_64-linux-gnu/libpart{at}.so.{at}"),
            build_id: Some(BuildId((0..20).map(|byte| (byte * 37 + at * 11) as u8).collect())),
            kind: ModuleKind::Elf,
            load_addresses: vec![0x7f00_0000_0000 + (at << 24)],
        })
        .collect();
    recording.frames = (0..6000)
        .map(|at| Frame {
            function_start_line: Some((at % 900) as u32),
            file: Some(format!("/build/src/component_{}/module_{}.cc", at % 13, at % 211)),
            line: Some((at % 900 + random.below(50)) as u32),
            column: Some(random.below(80) as u32),
            module: Some(ModuleId((at % 20) as u32)),
            relative_address: Some(0x1000 + at * 0x90 + random.below(64)),
            runtime: Some("native".into()),
            inlined: random.below(4) == 0,
            ..Frame::named(
                format!(
                    "component_{}::Worker{}<int, std::string>::step_{at}(int, char const*)",
                    at % 13,
                    at % 211
                ),
                FrameKind::ALL[random.below(3) as usize],
            )
        })
        .collect();
    let mut leaves: Vec<StackId> = Vec::new();
    while leaves.len() < 2000 {
        // A new stack leaves a known one somewhere, so that depth stays about 30 and callers are shared.
        let mut path: Vec<FrameId> = match leaves.len() {
            0 => Vec::new(),
            known => recording.stacks.frames(leaves[random.below(known as u64) as usize]).collect(),
        };
        path.reverse();
        path.truncate(random.below(path.len() as u64 + 1) as usize);
        let depth = 25 + random.below(10) as usize;
        while path.len() < depth {
            path.push(FrameId(random.below(6000) as u32));
        }
        leaves.extend(recording.stacks.intern_path(path));
    }
    recording.processes = vec![Process {
        id: ProcessId(0),
        pid: 4711,
        parent: None,
        exec_generation: 0,
        name: "app".into(),
        command: vec!["./app".into(), "--threads=4".into()],
        runtime: Some("native".into()),
        runtime_version: None,
        start_nanos: 0,
        end_nanos: None,
        exit_status: Some(0),
    }];
    recording.threads = (0..4)
        .map(|id| Thread {
            id: ThreadId(id),
            process: ProcessId(0),
            tid: 4711 + id as i32,
            name: format!("worker-{id}"),
            start_nanos: 0,
            end_nanos: None,
            times: ThreadTimes::default(),
            switches: Some(7),
        })
        .collect();
    let mut time_nanos = 1_000_000_000_000;
    for _ in 0..samples {
        time_nanos += 400_000 + random.below(200_000) as i64;
        let off_cpu = random.below(5) == 0;
        // Squared, so that some stacks are hot.
        let hot = random.below(2000) * random.below(2000) / 2000;
        recording.samples.push(Sample {
            signal: if off_cpu { Signal::OffCpu } else { Signal::Cpu },
            time_nanos,
            process: ProcessId(0),
            thread: ThreadId(random.below(4) as u32),
            cpu: Some(random.below(8) as u32),
            stack: Some(leaves[hot as usize]),
            value: if off_cpu { random.below(50_000_000) as i64 } else { 2_004_008 },
            n: 1,
            state: if off_cpu { ThreadState::Blocked(WaitClass::Lock) } else { ThreadState::Running },
            labels: None,
        });
        if recording.samples.len() % 50 == 0 {
            recording.series.push(SeriesPoint {
                name: ["process.rss", "process.cpu.total", "host.load"][random.below(3) as usize].into(),
                unit: Unit::Bytes,
                time_nanos,
                value: random.below(1 << 30) as f64,
                process: Some(ProcessId(0)),
            });
        }
    }
    recording
}
