//! `.heapprofile`: what V8 sampled of the heap, as JSON; of Node's `--heap-prof`, its inspector and Chromium.
//!
//! Source: the type `HeapProfiler.SamplingHeapProfile` of the Chrome DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/>). Nodes stand within each other; `selfSize`
//! is what was allocated there and not yet freed, in bytes, scaled up from the samples. How many allocations that were
//! is not said: a sample stands for all of one size, and its count stays behind in V8.

use crate::builder::RecordingBuilder;
use crate::catalog::cpuprofile::{Told, ToldNode, from_one};
use crate::format::{Format, Sniff};
use crate::input::Input;
use crate::json::{JsonTokens, Token};
use fathom_model::{Frame, FrameKind, Issue, Recording, Signal, StackId};
use hashbrown::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "heapprofile",
    summary: "sampled heap of V8, of node --heap-prof and Chromium",
    extensions: &["heapprofile"],
    keeps: "stacks, files, live bytes and how many samples they come from",
    loses: "the order of allocations",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

/// Deepest stack that is followed; V8 keeps 128 frames.
const MAX_DEPTH: u32 = 4_096;

fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    match has("head") && has("callFrame") && has("functionName") && has("selfSize") {
        true => Sniff::Yes,
        false => Sniff::No,
    }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut stream = input.stream();
    let mut tokens = JsonTokens::new(&mut stream);
    let mut told = Told::default();
    if tokens.token() == Token::Object {
        told.read(&mut tokens);
    }
    let mut issues = Vec::new();
    if !told.has_nodes {
        issues.push(Issue::of(FORMAT.name, "not a heap profile: it has no `head`"));
    }
    issues.extend(tokens.issues(FORMAT.name));
    drop(tokens);
    issues.extend(stream.issues());
    let mut builder = RecordingBuilder::new(FORMAT.name, input.limits());
    add_nodes(&told, &mut builder, &mut issues);
    let (recording, more) = builder.finish(false);
    issues.extend(more);
    (recording, issues)
}

/// Nodes stand behind the one they are within.
fn add_nodes(told: &Told, builder: &mut RecordingBuilder, issues: &mut Vec<Issue>) {
    let thread = builder.only_thread("JavaScript");
    if let Some(process) = builder.tasks_mut().0.first_mut() {
        process.runtime = Some("node".to_owned());
    }
    let mut samples_of: HashMap<u64, u32> = HashMap::new();
    for node in &told.heap_samples {
        let n = samples_of.entry(*node).or_default();
        *n = n.saturating_add(1);
    }
    let mut stacks: Vec<(Option<StackId>, u32)> = Vec::with_capacity(told.nodes.len());
    let (mut n_deep, mut n_negative) = (0_usize, 0_usize);
    for node in &told.nodes {
        let above = node.inside.and_then(|parent| stacks.get(parent as usize).copied());
        let (caller, depth) = above.unwrap_or((None, 0));
        if depth >= MAX_DEPTH {
            n_deep += 1;
        }
        let stack = if depth >= MAX_DEPTH || (node.inside.is_none() && node.function == "(root)") {
            caller
        } else {
            let frame = builder.frame(frame_of(node));
            Some(builder.stack(caller, frame))
        };
        stacks.push((stack, depth + 1));
        if node.self_bytes < 0 {
            n_negative += 1;
        } else if node.self_bytes > 0 {
            let n = samples_of.get(&node.id).copied().unwrap_or(1);
            builder.sum(Signal::LiveBytes, thread, stack, node.self_bytes, n);
        }
    }
    for (n, what) in [
        (told.n_wrong, "items of lists are of a wrong type"),
        (n_deep, "functions are called deeper than 4096 frames; their bytes are their callers'"),
        (n_negative, "nodes have less than 0 bytes"),
    ] {
        if n > 0 {
            issues.push(Issue::of(FORMAT.name, format!("{n} {what}")));
        }
    }
}

/// Names in brackets are V8's own.
fn frame_of(node: &ToldNode) -> Frame {
    let kind = match node.function.as_str() {
        "(GC)" | "(garbage collector)" => FrameKind::Gc,
        "(V8 API)" | "(BYTECODE_COMPILER)" | "(COMPILER)" | "(PARSER)" | "(EXTERNAL)" | "(IDLE)" => {
            FrameKind::Runtime
        }
        _ => FrameKind::Unknown,
    };
    let name = if node.function.is_empty() { "(anonymous)" } else { &node.function };
    Frame {
        function_start_line: from_one(node.line),
        file: Some(node.url.clone()).filter(|url| !url.is_empty()),
        runtime: Some("node".to_owned()),
        ..Frame::named(name, kind)
    }
}

#[cfg(test)]
mod tests;
