//! Properties: sums are kept, and nothing panics on a damaged recording.

use fathom_analysis::*;
use fathom_model::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn any_frame() -> impl Strategy<Value = Frame> {
    let name = of("[a-c<>():.@_]{0,6}|futex_wait|read|runtime.gc|std::rt::x");
    (name, of(0u32..4), of(0u32..6), 0..FrameKind::ALL.len(), of("[/a.]{0,5}"), of(any::<u64>())).prop_map(
        |(function, line, module, kind, file, address)| Frame {
            function,
            function_start_line: line,
            file,
            line,
            column: None,
            module: module.map(ModuleId),
            relative_address: address,
            runtime: None,
            kind: FrameKind::ALL[kind],
            inlined: false,
        },
    )
}

fn any_state() -> impl Strategy<Value = ThreadState> {
    let blocked = (0..WaitClass::ALL.len()).prop_map(|at| ThreadState::Blocked(WaitClass::ALL[at]));
    prop_oneof![Just(ThreadState::Running), Just(ThreadState::Runnable), Just(ThreadState::Unknown), blocked]
}

fn any_nanos() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -1_000i64..1_000_000_000, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let signal = prop_oneof![Just(Signal::Cpu), Just(Signal::OffCpu), Just(Signal::AllocBytes)];
    (signal, any_nanos(), 0u32..5, 0u32..6, of(0u32..40), any_nanos(), any::<u32>(), any_state()).prop_map(
        |(signal, time_nanos, process, thread, stack, value, n, state)| Sample {
            signal,
            time_nanos,
            process: ProcessId(process),
            thread: ThreadId(thread),
            cpu: None,
            stack: stack.map(StackId),
            value,
            n,
            state,
            labels: None,
        },
    )
}

fn any_times() -> impl Strategy<Value = ThreadTimes> {
    (any_nanos(), any_nanos(), any_nanos(), any_nanos()).prop_map(|(running, runnable, blocked, missing)| {
        ThreadTimes {
            running_nanos: running,
            runnable_nanos: runnable,
            blocked_nanos: blocked,
            missing_nanos: missing,
        }
    })
}

fn any_thread() -> impl Strategy<Value = Thread> {
    (0u32..5, 0u32..4, any_nanos(), of(any_nanos()), any_times()).prop_map(
        |(id, process, start_nanos, end_nanos, times)| Thread {
            id: ThreadId(id),
            process: ProcessId(process),
            tid: 7,
            name: "t".into(),
            start_nanos,
            end_nanos,
            times,
            switches: None,
        },
    )
}

fn any_recording() -> impl Strategy<Value = Recording> {
    let node = (of(0u32..40), 0u32..12)
        .prop_map(|(parent, frame)| StackNode { parent: parent.map(StackId), frame: FrameId(frame) });
    let tables =
        (vec(any_frame(), 0..10), vec(node, 0..36), vec(any_thread(), 0..5), vec(any_sample(), 0..40));
    (tables, any_nanos(), any_nanos(), any::<u64>(), any::<u64>()).prop_map(
        |((frames, nodes, threads, samples), start_nanos, duration_nanos, taken, seen)| {
            let module = |path: &str| Module {
                path: path.into(),
                build_id: None,
                kind: ModuleKind::Elf,
                load_addresses: Vec::new(),
            };
            let mut recording = Recording {
                samples,
                stacks: nodes.into_iter().collect(),
                frames,
                modules: vec![module("/usr/lib/a.so"), module("")],
                threads,
                ..Recording::default()
            };
            recording.meta.start_nanos = start_nanos;
            recording.meta.duration_nanos = duration_nanos;
            recording.meta.quality.off_cpu_samples = taken;
            recording.meta.quality.off_cpu_intervals = seen;
            recording
        },
    )
}

proptest! {
    #[test]
    fn nothing_panics_on_damage(recording in any_recording(), bins in 0usize..50) {
        let index = FunctionIndex::new(&recording);
        for signal in [Signal::Cpu, Signal::OffCpu] {
            let filter = Filter::of(signal);
            for granularity in [Granularity::Function, Granularity::Line] {
                let tree = CallTree::build(&recording, &index, &filter, granularity);
                for at in 0..tree.nodes.len() {
                    prop_assert_eq!(tree.path(at).len(), tree.nodes[at].depth);
                }
                for at in 0..index.functions().len() {
                    neighbours(&tree, FunctionId(at as u32));
                }
            }
            for row in FunctionTable::build(&recording, &index, &filter).rows {
                for share in [row.self_share, row.total_share] {
                    prop_assert!(0.0 <= share.low && share.low <= share.ratio, "{:?}", share);
                    prop_assert!(share.ratio <= share.high && share.high <= 1.0, "{:?}", share);
                }
            }
            waits(&recording, &index, &filter);
            by_kind(&recording, &filter);
            by_module(&recording, &filter);
        }
        account(&recording);
        timeline(&recording, bins);
        calibrate(&recording.samples, &recording.threads, &[Signal::Cpu, Signal::OffCpu]);
        for frame in &recording.frames {
            let module = frame.module.and_then(|id| recording.modules.get(id.index()));
            classify(frame, module, &ClassifyHints::default());
        }
    }

    /// Callers add up to the total, callees and self add up to the total, whatever recurses.
    #[test]
    fn both_sides_of_a_function_add_up(paths in vec((vec(0u32..4, 0..7), 1i64..1000), 1..12)) {
        let frames = (0..4).map(|at| Frame::named(format!("f{at}"), FrameKind::User)).collect();
        let mut recording = Recording { frames, ..Recording::default() };
        for (path, value) in &paths {
            let stack = recording.stacks.intern_path(path.iter().map(|at| FrameId(*at)));
            recording.samples.push(Sample {
                signal: Signal::Cpu, time_nanos: 0, process: ProcessId(0), thread: ThreadId(0), cpu: None, stack,
                value: *value, n: 1, state: ThreadState::Running, labels: None,
            });
        }
        let index = FunctionIndex::new(&recording);
        let filter = Filter::of(Signal::Cpu);
        let tree = CallTree::build(&recording, &index, &filter, Granularity::Function);
        let table = FunctionTable::build(&recording, &index, &filter);
        prop_assert_eq!(tree.root().total_value, paths.iter().map(|(_, value)| value).sum::<i64>());
        prop_assert_eq!(table.rows.iter().map(|row| row.self_value).sum::<i64>() + table.without_stack_value, tree.root().total_value);
        for row in &table.rows {
            // The definition, sample by sample.
            let at = row.function.0 - 1;
            let total: i64 = paths.iter().filter(|(path, _)| path.contains(&at)).map(|(_, value)| value).sum();
            let own: i64 = paths.iter().filter(|(path, _)| path.last() == Some(&at)).map(|(_, value)| value).sum();
            prop_assert_eq!((row.self_value, row.total_value), (own, total));
            let found = neighbours(&tree, row.function);
            prop_assert_eq!(found.callers.iter().map(|(_, value)| value).sum::<i64>(), total);
            prop_assert_eq!(found.callees.iter().map(|(_, value)| value).sum::<i64>() + own, total);
        }
    }

    /// Sums are exact, no value moves further than its quota and one unit, `n` and order stay.
    #[test]
    fn calibration_is_exact(
        values in vec(0i64..1_000_000_000_000, 1..30),
        running in 1i64..i64::MAX,
        blocked in 0i64..1_000_000_000,
    ) {
        let sample = |value: i64, signal, state| Sample {
            signal, time_nanos: 0, process: ProcessId(0), thread: ThreadId(0), cpu: None, stack: None, value, n: 3, state,
            labels: None,
        };
        let mut samples: Vec<Sample> = values.iter().map(|value| sample(*value, Signal::Cpu, ThreadState::Running)).collect();
        samples.extend(values.iter().map(|value| sample(*value, Signal::OffCpu, ThreadState::Blocked(WaitClass::Lock))));
        let thread = Thread {
            id: ThreadId(0), process: ProcessId(0), tid: 1, name: "t".into(), start_nanos: 0, end_nanos: None,
            times: ThreadTimes { running_nanos: running, blocked_nanos: blocked, ..ThreadTimes::default() }, switches: None,
        };
        let calibrated = calibrate(&samples, &[thread], &[Signal::Cpu, Signal::OffCpu]);
        let sum = |signal| calibrated.iter().filter(|s| s.signal == signal).map(|s| s.value).sum::<i64>();
        prop_assert_eq!(sum(Signal::Cpu), running);
        prop_assert_eq!(sum(Signal::OffCpu), blocked);
        prop_assert!(calibrated.iter().all(|s| s.n == 3));
        let whole: i128 = values.iter().map(|value| i128::from(*value)).sum();
        if whole > 0 {
            for (value, scaled) in values.iter().zip(&calibrated) {
                let quota = i128::from(*value) * i128::from(running) / whole;
                prop_assert!((i128::from(scaled.value) - quota).abs() <= 1);
            }
        }
    }

    #[test]
    fn a_timeline_keeps_every_threads_sum(
        samples in vec((0i64..1_000, 1i64..5_000, 0u32..3, 0u32..3), 0..20),
        bins in 1usize..40,
    ) {
        let mut recording = Recording::default();
        recording.meta.duration_nanos = 1_000;
        for (time_nanos, value, thread, n) in samples {
            recording.samples.push(Sample {
                signal: Signal::OffCpu, time_nanos, process: ProcessId(0), thread: ThreadId(thread), cpu: None, stack: None,
                value, n, state: ThreadState::Runnable, labels: None,
            });
        }
        let timeline = timeline(&recording, bins);
        for row in &timeline.threads {
            let binned: f64 = row.bins.iter().map(|bin| bin.runnable_nanos).sum();
            let given: i64 = recording.samples.iter().filter(|s| s.thread == row.key).map(|s| s.value).sum();
            prop_assert!((binned - given as f64).abs() < 1e-3 * given as f64 + 1e-6, "{} {}", binned, given);
        }
    }
}
