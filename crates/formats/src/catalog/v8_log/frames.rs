//! From what V8 calls code to frames, and from its states to labels.

use crate::builder::RecordingBuilder;
use fathom_model::{Frame, FrameId, FrameKind, LabelsId, Module, ModuleKind, ThreadState, WaitClass};

/// V8's states by number (`src/logging/log.cc`, `tools/profile.mjs`).
const STATES: [&str; 8] =
    ["js", "gc", "parser", "bytecode-compiler", "compiler", "other", "external", "idle"];
const GC: u64 = 1;
const IDLE: u64 = 7;
/// What a function's name may be parted from its script by. Names and paths may have spaces, these do not end a name.
const SCRIPTS: [&str; 8] =
    [" file:", " node:", " http:", " https:", " /", " internal/", " native ", " evalmachine."];

/// What code is, and where its function is from.
pub(super) fn code_frame(code_type: &str, name: &str, is_function: bool) -> Frame {
    let runtime = Some("node".to_owned());
    if !is_function {
        let kind = if code_type == "RegExp" { FrameKind::Jit } else { FrameKind::Runtime };
        // Only expressions may look like functions.
        let name = if code_type == "RegExp" { format!("RegExp: {name}") } else { name.to_owned() };
        return Frame { runtime, ..Frame::named(name, kind) };
    }
    let kind = if code_type == "Builtin" { FrameKind::Runtime } else { FrameKind::Unknown };
    let (function, script, line) = split_name(name);
    Frame {
        function_start_line: line,
        file: Some(script.to_owned()).filter(|script| !script.is_empty()),
        runtime,
        ..Frame::named(if function.is_empty() { "(anonymous)" } else { function }, kind)
    }
}

/// `name script:line:column` to name, script and line.
fn split_name(text: &str) -> (&str, &str, Option<u32>) {
    let place = text.rsplit_once(':').and_then(|(before, column)| {
        let (before, line) = before.rsplit_once(':')?;
        column.parse::<u32>().ok()?;
        Some((before, line.parse().ok()?))
    });
    let Some((before, line)) = place else { return (text.trim(), "", None) };
    let known = SCRIPTS.iter().filter_map(|script| before.find(script)).min();
    match known.or_else(|| before.rfind(' ')) {
        Some(at) => (&before[..at], &before[at + 1..], Some(line)),
        None => ("", before, Some(line)),
    }
}

/// Whether code is a handler of a single bytecode.
pub(super) fn is_bytecode_handler(code_type: &str) -> bool {
    code_type == "BytecodeHandler"
}

/// The frame of a library, whose functions are not known.
pub(super) fn library_frame(path: &str, builder: &mut RecordingBuilder) -> FrameId {
    let module = builder.module(Module {
        path: path.to_owned(),
        build_id: None,
        kind: ModuleKind::Elf,
        load_addresses: Vec::new(),
    });
    builder.frame(Frame { function: None, module: Some(module), ..Frame::named("", FrameKind::Native) })
}

/// Code that nothing is known of.
pub(super) fn unknown_frame(builder: &mut RecordingBuilder) -> FrameId {
    builder.frame(Frame { function: None, ..Frame::named("", FrameKind::Unknown) })
}

/// The collector, which V8's state tells and no address does.
pub(super) fn collector_frame(builder: &mut RecordingBuilder) -> FrameId {
    let runtime = Some("node".to_owned());
    builder.frame(Frame { runtime, ..Frame::named("(garbage collector)", FrameKind::Gc) })
}

/// What a tick was in.
pub(super) fn labels(
    state: u64,
    tier: Option<&'static str>,
    builder: &mut RecordingBuilder,
) -> Option<LabelsId> {
    let name = usize::try_from(state).ok().and_then(|state| STATES.get(state)).copied().unwrap_or("unknown");
    let mut labels = vec![("v8.state".to_owned(), name.to_owned())];
    labels.extend(tier.map(|tier| ("v8.tier".to_owned(), tier.to_owned())));
    builder.labels(labels)
}

pub(super) fn is_collecting(state: u64) -> bool {
    state == GC
}

pub(super) fn thread_state(state: u64) -> ThreadState {
    match state {
        IDLE => ThreadState::Blocked(WaitClass::Poll),
        // `external` is native code that JavaScript called, which may wait as well.
        6 => ThreadState::Unknown,
        _ => ThreadState::Running,
    }
}

/// How a function was compiled, by the mark before its name.
pub(super) fn tier_of_mark(mark: u8) -> Option<&'static str> {
    match mark {
        b'~' => Some("interpreted"),
        b'^' => Some("baseline"),
        b'+' => Some("maglev"),
        b'*' => Some("optimized"),
        _ => None,
    }
}

/// How a function was compiled, as preprocessed logs say it.
pub(super) fn tier_of_kind(kind: &str) -> Option<&'static str> {
    match kind {
        "Unopt" => Some("interpreted"),
        "Sparkplug" => Some("baseline"),
        "Maglev" => Some("maglev"),
        "Opt" => Some("optimized"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted() {
        assert_eq!(split_name("inner /tmp/w.js:1:15"), ("inner", "/tmp/w.js", Some(1)));
        assert_eq!(split_name(" file:///a b.js:10:1"), ("", "file:///a b.js", Some(10)));
        assert_eq!(
            split_name("get size node:internal/util:3:4"),
            ("get size", "node:internal/util", Some(3))
        );
        assert_eq!(split_name("f native array.js:3:4"), ("f", "native array.js", Some(3)));
        assert_eq!(split_name("f repl:3:4"), ("f", "repl", Some(3)));
        assert_eq!(split_name("EmptyFunction"), ("EmptyFunction", "", None));
        assert_eq!(split_name(":1:2"), ("", "", Some(1)));
    }
}
