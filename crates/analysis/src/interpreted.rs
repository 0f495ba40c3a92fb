//! Whose time the time of an interpreter is.
//!
//! While an interpreter runs a managed function, the innermost frames are the interpreter's own: its loop, its
//! allocator, its integers, and the C library that copies for them. That time is the managed function's own time to
//! whoever wrote it; or the extension module's that called into the interpreter. Extension modules and other libraries
//! keep their time, and so do the garbage collector and the kernel.

use fathom_model::{Frame, FrameKind, Module, ModuleKind, Recording, StackId};

/// For every stack the one whose innermost frame the time is counted for. Empty where each pays for itself.
#[derive(Clone, Debug, Default)]
pub struct Payers(Vec<u32>);

impl Payers {
    /// Looks through the stacks of a recording once; not at all where nothing managed ran.
    pub fn of(recording: &Recording) -> Self {
        let of_frames = |is: fn(&Recording, &Frame) -> bool| -> Vec<bool> {
            recording.frames.iter().map(|frame| is(recording, frame)).collect()
        };
        let managed = of_frames(|recording, frame| is_managed(&recording.modules, frame));
        if !managed.contains(&true) {
            return Self::default();
        }
        let helpers = of_frames(is_helper);
        let nodes = recording.stacks.nodes();
        let mut payers: Vec<u32> = Vec::with_capacity(nodes.len());
        let mut in_managed: Vec<bool> = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            let parent = node.parent.map(|parent| parent.index()).filter(|parent| *parent < at);
            let is_one = |of: &[bool]| of.get(node.frame.index()).copied().unwrap_or(false);
            let below = parent.is_some_and(|parent| in_managed[parent]);
            let payer = parent.filter(|_| below && is_one(&helpers));
            payers.push(payer.map_or(at as u32, |parent| payers[parent]));
            in_managed.push(below || is_one(&managed));
        }
        Self(payers)
    }

    /// The stack that pays for this one: itself, or the managed function that the interpreter runs.
    pub fn of_stack(&self, stack: StackId) -> StackId {
        self.0.get(stack.index()).map_or(stack, |payer| StackId(*payer))
    }
}

/// The interpreter's own code, and what it has the C library do for it.
fn is_helper(recording: &Recording, frame: &Frame) -> bool {
    frame.kind == FrameKind::Interpreter || frame.kind != FrameKind::Kernel && is_c_library(recording, frame)
}

/// Whether a frame is of the C library, its loader or the kernel's page of user code.
pub(crate) fn is_c_library(recording: &Recording, frame: &Frame) -> bool {
    const C_LIBRARY: &[&str] =
        &["libc.so", "libc-2", "ld-linux", "ld-musl", "libm.so", "libpthread", "[vdso]"];
    let module = frame.module.and_then(|id| recording.modules.get(id.index()));
    module.is_some_and(|module| C_LIBRARY.iter().any(|start| module.name().starts_with(start)))
}

/// Whether a frame was named by a language runtime.
pub fn is_managed(modules: &[Module], frame: &Frame) -> bool {
    let module = frame.module.and_then(|id| modules.get(id.index()));
    module.is_some_and(|module| module.kind == ModuleKind::Managed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{FrameId, Module, ModuleId};

    #[test]
    fn the_interpreter_works_for_the_function_it_runs() {
        let mut recording = Recording::default();
        let module =
            |path: &str, kind| Module { path: path.into(), build_id: None, kind, load_addresses: vec![] };
        recording.modules =
            vec![module("[python]", ModuleKind::Managed), module("/lib/libc.so.6", ModuleKind::Elf)];
        let managed = Frame { module: Some(ModuleId(0)), ..Frame::named("leaf", FrameKind::User) };
        recording.frames = vec![
            Frame::named("main", FrameKind::Runtime),
            Frame::named("_PyEval_EvalFrameDefault", FrameKind::Interpreter),
            managed,
            Frame::named("PyNumber_Add", FrameKind::Interpreter),
            Frame::named("sha256", FrameKind::Library),
            Frame::named("gc_collect_main", FrameKind::Gc),
            Frame { module: Some(ModuleId(1)), ..Frame::named("memcpy", FrameKind::Library) },
        ];
        let mut path = |frames: &[u32]| {
            recording.stacks.intern_path(frames.iter().map(|at| FrameId(*at))).expect("a stack")
        };
        let (start, leaf, add) = (path(&[0, 1]), path(&[0, 2]), path(&[0, 2, 3]));
        let (deeper, hash) = (path(&[0, 2, 3, 3]), path(&[0, 2, 3, 4]));
        let (copy, copy_for_hash) = (path(&[0, 2, 3, 6]), path(&[0, 2, 3, 4, 6]));
        let (gc, in_gc) = (path(&[0, 2, 5]), path(&[0, 2, 5, 3]));
        let payers = Payers::of(&recording);
        assert_eq!([add, deeper, copy, leaf].map(|stack| payers.of_stack(stack)), [leaf; 4]);
        assert_eq!([start, hash, gc, in_gc].map(|stack| payers.of_stack(stack)), [start, hash, gc, gc]);
        assert_eq!(payers.of_stack(copy_for_hash), hash);
    }
}
