//! Whose time the time of an interpreter is.
//!
//! While an interpreter runs a managed function, the innermost frames are the interpreter's own: its loop, its
//! allocator, its integers. That time is the managed function's own time to whoever wrote it. Extension modules and
//! other libraries keep theirs, and so does the garbage collector.

use fathom_model::{Frame, FrameKind, ModuleKind, Recording, StackId};

/// For every stack the one whose innermost frame the time is counted for.
#[derive(Clone, Debug, Default)]
pub struct Payers(Vec<u32>);

impl Payers {
    /// Looks through the stacks of a recording once.
    pub fn of(recording: &Recording) -> Self {
        let nodes = recording.stacks.nodes();
        let mut payers: Vec<u32> = Vec::with_capacity(nodes.len());
        let frame_of = |at: usize| recording.frames.get(nodes[at].frame.index());
        for (at, node) in nodes.iter().enumerate() {
            let own = at as u32;
            let is_interpreter = frame_of(at).is_some_and(|frame| frame.kind == FrameKind::Interpreter);
            let caller =
                node.parent.filter(|_| is_interpreter).and_then(|id| payers.get(id.index()).copied());
            let payer = caller.filter(|caller| {
                frame_of(*caller as usize)
                    .is_some_and(|frame| frame.kind == FrameKind::Gc || is_managed(recording, frame))
            });
            payers.push(payer.unwrap_or(own));
        }
        Self(payers)
    }

    /// The stack that pays for this one: itself, or the managed function that the interpreter runs.
    pub fn of_stack(&self, stack: StackId) -> StackId {
        self.0.get(stack.index()).map_or(stack, |payer| StackId(*payer))
    }
}

/// Whether a frame was named by a language runtime.
pub fn is_managed(recording: &Recording, frame: &Frame) -> bool {
    let module = frame.module.and_then(|id| recording.modules.get(id.index()));
    module.is_some_and(|module| module.kind == ModuleKind::Managed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{FrameId, Module, ModuleId};

    #[test]
    fn the_interpreter_works_for_the_function_it_runs() {
        let mut recording = Recording::default();
        recording.modules.push(Module {
            path: "[python]".into(),
            build_id: None,
            kind: ModuleKind::Managed,
            load_addresses: vec![],
        });
        let managed = Frame { module: Some(ModuleId(0)), ..Frame::named("leaf", FrameKind::User) };
        recording.frames = vec![
            Frame::named("main", FrameKind::Runtime),
            Frame::named("_PyEval_EvalFrameDefault", FrameKind::Interpreter),
            managed,
            Frame::named("PyNumber_Add", FrameKind::Interpreter),
            Frame::named("memcpy", FrameKind::Library),
            Frame::named("gc_collect_main", FrameKind::Gc),
        ];
        let mut path = |frames: &[u32]| {
            recording.stacks.intern_path(frames.iter().map(|at| FrameId(*at))).expect("a stack")
        };
        let (start, leaf, add) = (path(&[0, 1]), path(&[0, 2]), path(&[0, 2, 3]));
        let (deeper, copy) = (path(&[0, 2, 3, 3]), path(&[0, 2, 3, 4]));
        let (gc, in_gc) = (path(&[0, 2, 5]), path(&[0, 2, 5, 3]));
        let payers = Payers::of(&recording);
        assert_eq!([add, deeper, leaf].map(|stack| payers.of_stack(stack)), [leaf; 3]);
        assert_eq!([start, copy, gc, in_gc].map(|stack| payers.of_stack(stack)), [start, copy, gc, gc]);
    }
}
