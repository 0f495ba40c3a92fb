//! What samples and events refer to: threads, classes, frames, stacks; each once, however many chunks name it.
//!
//! A constant is decoded once a chunk. Text is bounded by a multiple of the recording's size, since a few bytes can
//! refer to a long constant again and again.

use super::Sampler;
use crate::jfr::event::{Event, JavaCode, JavaFrame, JavaMethod};
use fathom_model::{FrameKind, NamedFrame};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Bytes of a name that are kept.
const MAX_TEXT_BYTES: usize = 4 << 10;
/// Frames of a stack; the virtual machine's own limit is 2048.
const MAX_FRAMES: usize = 2048;
/// What stands for names for which there is no room: only in recordings that were made to be too large.
const LEFT_OUT: &str = "[left out]";
/// The runtime of every frame.
pub(super) const RUNTIME: &str = "jvm";
/// Packages of the JDK itself.
const JDK_PACKAGES: [&str; 6] = ["java.", "javax.", "jdk.", "sun.", "com.sun.", "oracle.jrockit."];

/// A thread of a recording.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileThread {
    /// The kernel's number, as the target's own pid namespace has it; `None` for a virtual thread.
    pub os_thread_id: Option<i64>,
    /// Java's number; `None` for threads of the virtual machine itself.
    pub java_thread_id: Option<i64>,
    /// Java's name or else the virtual machine's.
    pub name: String,
    /// Whether it is a virtual thread.
    pub is_virtual: bool,
}

/// A method at a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileFrame {
    /// Position in [`Names::methods`].
    pub method: u32,
    /// Line in its file, from 1.
    pub line: Option<u32>,
    /// How its code was run.
    pub code: JavaCode,
}

/// Threads, classes, methods, frames and stacks of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Every distinct thread.
    pub threads: Vec<ProfileThread>,
    /// Names of the classes of allocated objects, with dots; arrays as `byte[]`.
    pub classes: Vec<String>,
    /// Every distinct method.
    pub methods: Vec<JavaMethod>,
    /// Every distinct frame.
    pub frames: Vec<ProfileFrame>,
    /// Stacks as a prefix tree: the caller's position and the frame's. Callers stand before their callees.
    pub stacks: Vec<(Option<u32>, u32)>,
    /// Innermost nodes of stacks whose outer frames were cut off.
    pub truncated: std::collections::BTreeSet<u32>,
    /// Nanoseconds for which a sample of a sampler stands that has a fixed period.
    pub periods: BTreeMap<Sampler, i64>,
    /// Samples that the virtual machine says it lost.
    pub n_lost_samples: u64,
    /// Bytes of events that the virtual machine says it lost.
    pub n_lost_bytes: u64,
    /// Version of the virtual machine, as it calls itself.
    pub version: Option<String>,
    /// Its process, as the target's own pid namespace has it.
    pub pid: Option<i64>,
    text_left: u64,
    index: Index,
}

/// What is known already, by value and by the keys of the chunk.
#[derive(Clone, Debug, Default, PartialEq)]
struct Index {
    threads: HashMap<ProfileThread, u32>,
    classes: HashMap<String, u32>,
    methods: HashMap<JavaMethod, u32>,
    frames: HashMap<ProfileFrame, u32>,
    stacks: HashMap<(Option<u32>, u32), u32>,
    chunk: u32,
    thread_keys: HashMap<u64, Option<u32>>,
    class_keys: HashMap<u64, Option<u32>>,
    method_keys: HashMap<u64, Option<u32>>,
    stack_keys: HashMap<u64, Option<u32>>,
}

impl Names {
    /// Of a recording of this many bytes.
    pub(super) fn new(n_bytes: u64) -> Self {
        // Sixteen copies of everything, and room for what a small recording says again and again.
        Self { text_left: n_bytes.saturating_mul(16).saturating_add(1 << 20), ..Self::default() }
    }

    /// The frame as reports name it: `com.example.Shop.checkout`.
    pub fn named(&self, frame: u32) -> Option<NamedFrame> {
        let frame = self.frames.get(frame as usize)?;
        let method = self.methods.get(frame.method as usize)?;
        Some(NamedFrame {
            function: function_name(method),
            file: None,
            line: frame.line,
            column: None,
            function_start_line: None,
            kind: frame_kind(method),
            runtime: RUNTIME.into(),
            inlined: frame.code == JavaCode::Inlined,
        })
    }

    /// The frames of a stack from the innermost outwards: positions in [`Names::frames`].
    pub fn stack_frames(&self, stack: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = Some(stack);
        std::iter::from_fn(move || {
            let (parent, frame) = *self.stacks.get(next? as usize)?;
            next = parent;
            Some(frame)
        })
    }

    pub(super) fn enter_chunk(&mut self, chunk: u32) {
        if self.index.chunk != chunk {
            self.index.chunk = chunk;
            self.index.thread_keys.clear();
            self.index.class_keys.clear();
            self.index.method_keys.clear();
            self.index.stack_keys.clear();
        }
    }

    pub(super) fn virtual_machine(&mut self, event: &Event<'_>) {
        if let Some(version) = event.text("jvmVersion") {
            self.version = self.text(&version);
        }
        self.pid = event.integer("pid").or(self.pid);
    }

    /// A copy of a text, cut where it is too long; `None` if there is no room for it.
    pub(super) fn text(&mut self, text: &str) -> Option<String> {
        let end = text.floor_char_boundary(MAX_TEXT_BYTES);
        self.text_left = self.text_left.checked_sub(end as u64)?;
        Some(text[..end].to_owned())
    }

    pub(super) fn thread(&mut self, event: &Event<'_>) -> Option<u32> {
        let key = event.thread_key().filter(|key| *key != 0)?;
        if let Some(known) = self.index.thread_keys.get(&key) {
            return *known;
        }
        let found = event.thread().map(|thread| {
            let name = self.text(&thread.name).unwrap_or_else(|| LEFT_OUT.into());
            let (os_thread_id, java_thread_id) = (thread.os_thread_id, thread.java_thread_id);
            let thread = ProfileThread { os_thread_id, java_thread_id, name, is_virtual: thread.is_virtual };
            intern(&mut self.threads, &mut self.index.threads, thread)
        });
        self.index.thread_keys.insert(key, found);
        found
    }

    pub(super) fn class(&mut self, event: &Event<'_>, field: &str) -> Option<u32> {
        let key = event.key(field).filter(|key| *key != 0)?;
        if let Some(known) = self.index.class_keys.get(&key) {
            return *known;
        }
        let found = event.class(field).map(|class| {
            let class = self.text(&class_shown(&class)).unwrap_or_else(|| LEFT_OUT.into());
            intern(&mut self.classes, &mut self.index.classes, class)
        });
        self.index.class_keys.insert(key, found);
        found
    }

    /// The innermost node of an event's stack.
    pub(super) fn stack(&mut self, event: &Event<'_>) -> Option<u32> {
        let key = event.stack_key().filter(|key| *key != 0)?;
        if let Some(known) = self.index.stack_keys.get(&key) {
            return *known;
        }
        let stack = event.stack()?;
        let mut frames: Vec<u32> = Vec::new();
        for frame in stack.frames().take(MAX_FRAMES) {
            frames.extend(self.frame(&frame));
        }
        let found = frames.into_iter().rev().fold(None, |parent, frame| {
            Some(intern(&mut self.stacks, &mut self.index.stacks, (parent, frame)))
        });
        if (stack.is_truncated || stack.n_frames() > MAX_FRAMES)
            && let Some(found) = found
        {
            self.truncated.insert(found);
        }
        self.index.stack_keys.insert(key, found);
        found
    }

    fn frame(&mut self, frame: &JavaFrame<'_>) -> Option<u32> {
        let key = frame.method_key()?;
        let method = match self.index.method_keys.get(&key) {
            Some(known) => *known,
            None => {
                let found = frame.method().map(|method| self.method(method));
                self.index.method_keys.insert(key, found);
                found
            }
        }?;
        let frame = ProfileFrame { method, line: frame.line(), code: frame.code() };
        Some(intern(&mut self.frames, &mut self.index.frames, frame))
    }

    fn method(&mut self, method: JavaMethod) -> u32 {
        let mut kept = |text: &str| self.text(text).unwrap_or_else(|| LEFT_OUT.into());
        let method = JavaMethod {
            class: kept(&method.class),
            name: kept(&method.name),
            descriptor: kept(&method.descriptor),
            is_hidden: method.is_hidden,
        };
        intern(&mut self.methods, &mut self.index.methods, method)
    }
}

fn intern<T: Clone + Eq + std::hash::Hash>(all: &mut Vec<T>, index: &mut HashMap<T, u32>, value: T) -> u32 {
    if let Some(known) = index.get(&value) {
        return *known;
    }
    let at = all.len() as u32;
    all.push(value.clone());
    index.insert(value, at);
    at
}

/// `class.method`. What the virtual machine makes up while running (`Shop$$Lambda/0x7f12...`) loses its number, so that
/// names are the same in every run.
pub(super) fn function_name(method: &JavaMethod) -> String {
    let class = stable_class(&method.class);
    if class.is_empty() { method.name.clone() } else { format!("{class}.{}", method.name) }
}

fn stable_class(class: &str) -> &str {
    let end = ["$$Lambda", "+0x", ".0x"]
        .iter()
        .filter_map(|mark| class.find(mark).map(|at| if *mark == "$$Lambda" { at + mark.len() } else { at }))
        .min();
    &class[..end.unwrap_or(class.len())]
}

pub(super) fn frame_kind(method: &JavaMethod) -> FrameKind {
    if JDK_PACKAGES.iter().any(|package| method.class.starts_with(package)) {
        FrameKind::Library
    } else if method.class.contains("$$Lambda") || method.class.starts_with("$Proxy") {
        // Made up by the virtual machine to call the user's code.
        FrameKind::Runtime
    } else {
        FrameKind::User
    }
}

/// `[B` and `[[Ljava.lang.String;` as `byte[]` and `java.lang.String[][]`.
fn class_shown(class: &str) -> String {
    let element = class.trim_start_matches('[');
    let n_dimensions = class.len() - element.len();
    if n_dimensions == 0 {
        return stable_class(class).to_owned();
    }
    let element = match element {
        "B" => "byte",
        "C" => "char",
        "D" => "double",
        "F" => "float",
        "I" => "int",
        "J" => "long",
        "S" => "short",
        "Z" => "boolean",
        name => stable_class(name.strip_prefix('L').and_then(|name| name.strip_suffix(';')).unwrap_or(name)),
    };
    // Java has at most 255 dimensions.
    format!("{element}{}", "[]".repeat(n_dimensions.min(255)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_every_run() {
        let name = |class: &str| {
            let method = JavaMethod { class: class.into(), name: "run".into(), ..JavaMethod::default() };
            (function_name(&method), frame_kind(&method))
        };
        assert_eq!(name("shop.Cart"), ("shop.Cart.run".into(), FrameKind::User));
        assert_eq!(
            name("shop.Cart$$Lambda.0x0057045210"),
            ("shop.Cart$$Lambda.run".into(), FrameKind::Runtime)
        );
        assert_eq!(name("T$$Lambda$88+0x00007f.846"), ("T$$Lambda.run".into(), FrameKind::Runtime));
        let form = ("java.lang.invoke.LambdaForm$MH.run".into(), FrameKind::Library);
        assert_eq!(name("java.lang.invoke.LambdaForm$MH.0x0057001000"), form);
        assert_eq!(name(""), ("run".into(), FrameKind::User));
    }

    #[test]
    fn arrays_are_shown_as_in_java() {
        let shown = ["[B", "[[Ljava.lang.String;", "java.util.HashMap$Node", "[[[J", "["].map(class_shown);
        assert_eq!(
            shown,
            ["byte[]", "java.lang.String[][]", "java.util.HashMap$Node", "long[][][]", "[]"]
                .map(String::from)
        );
    }
}
