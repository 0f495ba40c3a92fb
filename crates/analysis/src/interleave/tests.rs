//! Scenes of one thread, told and sampled.

use super::*;
use fathom_model::{Event, Module, ModuleId, ProcessId, WaitClass};

const MS: i64 = 1_000_000;

/// A recording of one thread; stacks are written outermost first: `k:` kernel, `j:` compiled code, `m:` told.
#[derive(Default)]
struct Scene {
    recording: Recording,
}

impl Scene {
    fn new() -> Self {
        let mut scene = Self::default();
        let module = |path: &str, kind| Module {
            path: path.to_owned(),
            build_id: None,
            kind,
            load_addresses: Vec::new(),
        };
        scene.recording.modules =
            vec![module("[jit]", ModuleKind::Jit), module("[java]", ModuleKind::Managed)];
        scene
    }

    fn stack(&mut self, text: &str) -> StackId {
        let mut stack = None;
        for word in text.split(' ') {
            let (kind, module) = match word.split_once(':').map(|(kind, _)| kind) {
                Some("k") => (FrameKind::Kernel, None),
                Some("j") => (FrameKind::Jit, Some(ModuleId(0))),
                Some("m") => (FrameKind::User, Some(ModuleId(1))),
                _ => (FrameKind::Native, None),
            };
            let name = if word == "..." { NOT_COMPLETE } else { word };
            let frame = Frame { module, ..Frame::named(name, kind) };
            let frames = &mut self.recording.frames;
            let at = frames.iter().position(|known| *known == frame).unwrap_or_else(|| {
                frames.push(frame);
                frames.len() - 1
            });
            stack = Some(self.recording.stacks.intern(stack, FrameId::from_index(at)));
        }
        stack.expect("a stack has frames")
    }

    fn sample(&mut self, signal: Signal, millis: i64, state: ThreadState, stack: &str) -> &mut Self {
        let stack = Some(self.stack(stack));
        self.recording.samples.push(Sample {
            signal,
            time_nanos: millis * MS,
            process: ProcessId(0),
            thread: ThreadId(0),
            cpu: None,
            stack,
            value: 2 * MS,
            n: 1,
            state,
            labels: None,
        });
        self
    }

    fn cpu(&mut self, millis: i64, stack: &str) -> &mut Self {
        self.sample(Signal::Cpu, millis, ThreadState::Running, stack)
    }

    fn blocked(&mut self, millis: i64, stack: &str) -> &mut Self {
        self.sample(Signal::OffCpu, millis, ThreadState::Blocked(WaitClass::Lock), stack)
    }

    fn look(&mut self, millis: i64, stack: &str) -> &mut Self {
        self.sample(Signal::ProgramCpu, millis, ThreadState::Running, stack)
    }

    fn event(&mut self, millis: std::ops::Range<i64>, stack: &str) -> &mut Self {
        let stack = Some(self.stack(stack));
        self.recording.events.push(Event {
            id: 0,
            parent: None,
            kind: "thread.park".to_owned(),
            start_nanos: millis.start * MS,
            duration_nanos: (millis.end - millis.start) * MS,
            thread: Some(ThreadId(0)),
            stack,
            trace_id: None,
            span_id: None,
            attributes: "{}".to_owned(),
        });
        self
    }

    /// The kernel's samples after the fact.
    fn joined(&mut self) -> (Interleaved, Vec<String>) {
        let outcome = interleave(&mut self.recording);
        let recording = &self.recording;
        let name = |id: FrameId| recording.frames[id.index()].function.clone().expect("all have names");
        let of_kernel = |sample: &&Sample| matches!(sample.signal, Signal::Cpu | Signal::OffCpu);
        let text = |sample: &Sample| {
            let mut names: Vec<String> =
                recording.stacks.frames(sample.stack.expect("all have stacks")).map(name).collect();
            names.reverse();
            names.join(" ")
        };
        (outcome, recording.samples.iter().filter(of_kernel).map(text).collect())
    }
}

#[test]
fn runtime_frames_get_the_names_of_the_nearest_look_and_keep_what_is_around_them() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:parse").look(20, "m:main m:write");
    scene.cpu(12, "start call j:1 stub j:2 malloc k:fault").cpu(19, "start call j:3").cpu(14, "start gc");
    let (outcome, stacks) = scene.joined();
    assert_eq!(stacks, ["start call m:main m:parse malloc k:fault", "start call m:main m:write", "start gc"]);
    assert_eq!(outcome, Interleaved { named: 2, ..Interleaved::default() });
}

#[test]
fn a_look_that_is_far_away_names_nothing_but_the_same_addresses_do() {
    let mut scene = Scene::new();
    scene.look(2_010, "m:main m:parse");
    scene.cpu(11, "start j:1").cpu(1_900, "start j:1").cpu(4_900, "start j:1").cpu(4_900, "start j:2");
    let (outcome, stacks) = scene.joined();
    let named = "start m:main m:parse";
    assert_eq!(stacks, [named, named, named, "start j:2"]);
    assert_eq!((outcome.named, outcome.unnamed), (3, 1));
}

#[test]
fn a_look_has_to_hold_the_method_that_a_perf_map_names() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:Busy.hot m:inlined").look(20, "m:main m:Busy.warm");
    let method = |name: &str| format!("start stub j:double\u{a0}{name}(int) k:tick").replace('\u{a0}', "_");
    scene.cpu(19, &method("Busy.hot")).cpu(9, &method("Busy.warm")).cpu(19, &method("Busy.cold"));
    for frame in &mut scene.recording.frames {
        let Some(name) = frame.function.as_mut() else { continue };
        frame.inlined = name == "m:inlined";
        *name = name.replace("j:double_", "double ").replace("m:", "");
    }
    let (outcome, stacks) = scene.joined();
    assert_eq!(
        stacks,
        [
            "start stub main Busy.hot inlined k:tick",
            "start stub main Busy.warm k:tick",
            "start stub double Busy.cold(int) k:tick"
        ]
    );
    assert_eq!((outcome.named, outcome.unnamed), (2, 1));
    assert_eq!(method_name("StubRoutines (1)"), None);
    assert_eq!(method_name("void a.B$C.<init>(java.lang.String, int)"), Some("a.B$C.<init>"));
}

#[test]
fn a_stack_cut_in_compiled_code_is_whole_with_the_look() {
    let mut scene = Scene::new();
    scene.recording.meta.quality.truncated = 2;
    scene.look(10, "m:main m:parse").look(50, "... m:deep");
    scene.cpu(10, "... j:1 k:fault").cpu(50, "... j:2");
    let (outcome, stacks) = scene.joined();
    assert_eq!(stacks, ["m:main m:parse k:fault", "[stack not complete] m:deep"]);
    assert_eq!(outcome.completed, 1);
    assert_eq!(scene.recording.meta.quality.truncated, 1);
}

#[test]
fn an_interval_goes_by_the_event_that_covers_it_and_not_by_where_the_thread_ran_before() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:parse").look(12, "m:main m:parse");
    scene.event(10..40, "m:main m:outer").event(13..30, "m:main m:lock").event(14..15, "m:main m:short");
    scene.blocked(12, "start j:1 k:futex").blocked(16, "start j:2 k:futex").blocked(60, "start j:3 k:futex");
    scene.blocked(35, "start j:4 k:futex");
    let (outcome, stacks) = scene.joined();
    assert_eq!(
        stacks,
        [
            "start m:main m:outer k:futex",
            "start m:main m:lock k:futex",
            "start j:3 k:futex",
            "start m:main m:outer k:futex"
        ]
    );
    assert_eq!((outcome.named, outcome.unnamed), (3, 1));
}

#[test]
fn without_stacks_of_the_kernel_looks_stand_for_cpu_time() {
    let mut scene = Scene::new();
    scene.recording.meta.signals = vec![Signal::Cpu];
    scene.look(10, "m:main m:parse");
    scene.sample(Signal::ProgramWall, 11, ThreadState::Blocked(WaitClass::Other), "m:main m:wait");
    scene.recording.samples.push(Sample {
        signal: Signal::Cpu,
        stack: None,
        n: 0,
        ..scene.recording.samples[0]
    });
    let outcome = interleave(&mut scene.recording);
    assert_eq!(outcome.stand_in, 1);
    let signals: Vec<Signal> = scene.recording.samples.iter().map(|sample| sample.signal).collect();
    assert_eq!(signals, [Signal::ProgramCpu, Signal::Cpu, Signal::Cpu]);
}

#[test]
fn what_is_said_of_a_whole_process_names_no_thread() {
    let mut scene = Scene::new();
    scene.sample(Signal::ProgramCpu, 10, ThreadState::Unknown, "m:main").cpu(10, "start j:1");
    let (outcome, stacks) = scene.joined();
    assert_eq!((outcome, stacks), (Interleaved::default(), vec!["start j:1".to_owned()]));
}

#[test]
fn stacks_named_at_the_sample_stay() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:parse").cpu(10, "start m:known j:1");
    assert_eq!(scene.joined().1, ["start m:known j:1"]);
}

#[test]
fn a_method_that_runs_itself_has_not_called_what_a_look_saw_it_call() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:A.outer m:A.inner").look(300, "m:main m:A.outer m:A.put");
    scene.cpu(11, "start j:A.outer k:tick").cpu(12, "start j:A.inner k:tick").cpu(301, "start j:A.outer");
    // The interpreter runs something that it called.
    scene.cpu(13, "start j:A.outer i:interpreter");
    for frame in &mut scene.recording.frames {
        let Some(name) = frame.function.as_mut() else { continue };
        frame.inlined = name == "m:A.put";
        if name == "i:interpreter" {
            frame.kind = FrameKind::Interpreter;
        }
        *name = name.replace("j:", "").replace("m:", "");
    }
    assert_eq!(
        scene.joined().1,
        [
            "start main A.outer k:tick",
            "start main A.outer A.inner k:tick",
            "start main A.outer A.put",
            "start main A.outer A.inner"
        ]
    );
}

#[test]
fn a_wait_from_before_the_runtime_told_of_any_is_like_a_later_one() {
    let mut scene = Scene::new();
    scene.look(4_900, "m:main m:A.run").event(5_000..5_040, "m:main m:A.lock");
    scene.event(5_100..5_140, "m:main m:A.take");
    scene.blocked(5_010, "start j:1 park k:futex").blocked(5_110, "start j:2 park k:futex");
    // Through the same native functions: the nearest, unless a method is known that it lacks.
    scene.blocked(10, "start j:3 park k:futex").blocked(20, "start j:A.take j:4 park k:futex");
    scene.blocked(25, "start j:A.take j:B.park park k:futex");
    scene.blocked(30, "start j:5 read k:pipe").blocked(40, "start j:A.other j:6 park k:futex");
    for frame in &mut scene.recording.frames {
        let name = frame.function.as_mut().expect("all have names");
        *name = name.replace("m:", "").replace("j:A", "A").replace("j:B", "B");
    }
    let (outcome, stacks) = scene.joined();
    let (lock, take) = ("start main A.lock park k:futex", "start main A.take park k:futex");
    let unnamed = ["start j:5 read k:pipe", "start A.other j:6 park k:futex"];
    // The native method, B.park, is not in what is told.
    assert_eq!(stacks, [lock, take, lock, take, take, unnamed[0], unnamed[1]]);
    assert_eq!((outcome.named, outcome.unnamed), (5, 2));
}

#[test]
fn the_same_addresses_of_an_interpreter_are_not_the_same_code() {
    let mut scene = Scene::new();
    scene.sample(Signal::ProgramWall, 10, ThreadState::Blocked(WaitClass::Other), "m:main m:A.take");
    scene.blocked(11, "start i:interpreter k:futex").blocked(4_000, "start i:interpreter k:futex");
    // Nor is a look that lacks a method which is known to be on the stack.
    scene.blocked(12, "start j:A.lock k:futex");
    for frame in &mut scene.recording.frames {
        let Some(name) = frame.function.as_mut() else { continue };
        if name == "i:interpreter" {
            frame.kind = FrameKind::Interpreter;
        }
        *name = name.replace("j:", "").replace("m:", "");
    }
    let unnamed = "start i:interpreter k:futex";
    assert_eq!(scene.joined().1, ["start main A.take k:futex", unnamed, "start A.lock k:futex"]);
}

#[test]
fn callers_that_the_kernel_saw_choose_the_look_or_stand_for_it() {
    let mut scene = Scene::new();
    scene.look(10, "m:main m:A.read m:A.put").look(12, "m:main m:A.write m:A.put");
    // The nearest has another caller.
    scene.cpu(12, "start j:A.read j:A.put").cpu(11, "start j:A.write j:A.put k:tick");
    // Nobody saw it, but somebody its caller.
    scene.cpu(12, "start j:A.read j:A.new j:stub k:tick").cpu(12, "... j:A.write j:A.new");
    for frame in &mut scene.recording.frames {
        let Some(name) = frame.function.as_mut() else { continue };
        *name = name.replace("j:", "").replace("m:", "");
    }
    assert_eq!(
        scene.joined().1,
        [
            "start main A.read A.put",
            "start main A.write A.put k:tick",
            "start main A.read A.new stub k:tick",
            "main A.write A.new"
        ]
    );
}

#[test]
fn an_event_that_covers_a_wait_goes_before_one_that_begins_right_after_it() {
    let mut scene = Scene::new();
    scene.event(10..11, "m:main m:sleep").event(11..30, "m:main m:lock");
    scene.blocked(10, "start j:1 k:futex").blocked(11, "start j:2 k:futex").blocked(9, "start j:3 k:futex");
    let (sleep, lock) = ("start m:main m:sleep k:futex", "start m:main m:lock k:futex");
    assert_eq!(scene.joined().1, [sleep, lock, lock]);
}
