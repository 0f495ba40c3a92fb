//! From the JSON of a CPU profile to nodes and samples.

use super::told::{Told, ToldNode};
use crate::json::{JsonTokens, Token};
use fathom_model::Issue;
use std::collections::HashMap;
use std::io::Read;

/// Deepest stack that is followed; V8's sampler stops at 255 frames, tools that merge profiles may go on.
const MAX_DEPTH: u32 = 4_096;
/// Profiles are of processes that ran for less than a century.
const MAX_MICROS: i64 = i64::MAX / 1_000_000;

/// A CPU profile as V8 gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuProfile {
    /// Begin in microseconds; of a program that gave it to its inspector `CLOCK_MONOTONIC`.
    pub start_micros: i64,
    /// End in microseconds.
    pub end_micros: i64,
    /// Functions by their callers, callers first.
    pub nodes: Vec<CpuProfileNode>,
    /// What was seen when, in the order of time.
    pub samples: Vec<CpuProfileSample>,
}

/// A function as one caller called it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuProfileNode {
    /// Position of the caller's node; `None` for the outermost.
    pub parent: Option<u32>,
    /// Name of the function; empty for one without.
    pub function: String,
    /// Where its script came from: `file:///a.js`, `node:internal/timers`, empty for what is no script's.
    pub url: String,
    /// Line of the function's begin, from 1.
    pub line: Option<u32>,
    /// Column of the function's begin, from 1.
    pub column: Option<u32>,
    /// V8's number of the script.
    pub script: String,
    /// Lines (from 1) at which samples were taken with this function innermost, and how many.
    pub line_ticks: Vec<(u32, u32)>,
    /// Why V8 gave the function's optimised code up, in its own words.
    pub deoptimised: Option<String>,
}

/// One look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuProfileSample {
    /// Position of the innermost function's node.
    pub node: u32,
    /// Microseconds of the same clock as the profile's begin.
    pub time_micros: i64,
    /// Line that was executed, from 1. V8 tells how often each line was, not when: within a node the samples have its
    /// lines one after the other.
    pub line: Option<u32>,
}

impl CpuProfileNode {
    /// Whether it is the root above all functions.
    pub fn is_root(&self) -> bool {
        self.is_of_v8("(root)")
    }

    /// Whether it stands for code that is not JavaScript, without a stack.
    pub fn is_program(&self) -> bool {
        self.is_of_v8("(program)")
    }

    /// Whether it stands for a thread that waits for events.
    pub fn is_idle(&self) -> bool {
        self.is_of_v8("(idle)")
    }

    /// Whether it stands for the garbage collector.
    pub fn is_garbage_collector(&self) -> bool {
        self.is_of_v8("(garbage collector)")
    }

    fn is_of_v8(&self, name: &str) -> bool {
        self.url.is_empty() && self.function == name
    }
}

/// Reads a CPU profile. What is damaged is left out and reported; time and memory are bounded by the size of `bytes`.
pub fn read_cpu_profile(bytes: &[u8]) -> (CpuProfile, Vec<Issue>) {
    read_from(bytes)
}

/// Reads a CPU profile from a stream, of which only what it says is kept.
pub(super) fn read_from(reader: impl Read) -> (CpuProfile, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut tokens = JsonTokens::new(reader);
    let mut told = Told::default();
    if tokens.token() == Token::Object {
        told.read(&mut tokens);
    }
    if !told.has_nodes {
        issues.push(Issue::of("cpuprofile", "not a CPU profile: it has neither `nodes` nor `head`"));
    }
    issues.extend(tokens.issues("cpuprofile"));
    (profile_of(told, &mut issues), issues)
}

/// Checks what a profile says.
pub(crate) fn profile_of(mut told: Told, issues: &mut Vec<Issue>) -> CpuProfile {
    if told.n_wrong > 0 {
        let message = format!("{} items of lists are of a wrong type", told.n_wrong);
        issues.push(Issue::of("cpuprofile", message));
    }
    let is_old = told.time_deltas.is_empty() && !told.timestamps.is_empty();
    // With times instead of differences go begin and end in seconds.
    let to_micros = if is_old { 1_000_000 } else { 1 };
    let micros_of = |time: Option<i64>| micros(time.unwrap_or_default().saturating_mul(to_micros));
    let mut profile = CpuProfile {
        start_micros: micros_of(told.start_time),
        end_micros: micros_of(told.end_time),
        ..CpuProfile::default()
    };
    if is_old {
        let mut before = profile.start_micros;
        told.time_deltas = std::mem::take(&mut told.timestamps);
        if told.time_deltas.len() == told.samples.len() + 1 {
            // The last time is the end, which these files give more exactly here than in whole seconds.
            profile.end_micros = told.time_deltas.pop().map_or(0, micros).max(profile.end_micros);
        }
        for time in &mut told.time_deltas {
            let now = micros(*time);
            *time = now - before;
            before = now;
        }
    }
    let places = ordered_nodes(&mut told.nodes, &mut profile, issues);
    samples(&told, &places, &mut profile, issues);
    profile
}

/// A number of microseconds, cut where it is beyond all clocks.
fn micros(value: i64) -> i64 {
    value.clamp(-MAX_MICROS, MAX_MICROS)
}

/// Puts nodes behind their callers. Gives the new position of each node by its id.
fn ordered_nodes(
    told: &mut [ToldNode],
    profile: &mut CpuProfile,
    issues: &mut Vec<Issue>,
) -> HashMap<u64, u32> {
    let by_id: HashMap<u64, usize> = told.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    if by_id.len() < told.len() {
        let n = told.len() - by_id.len();
        issues.push(Issue::of("cpuprofile", format!("{n} nodes have an id that another has too")));
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); told.len()];
    let mut has_parent = vec![false; told.len()];
    let mut n_bad = 0_usize;
    let position = |id: u64| by_id.get(&id).copied();
    let links = told.iter().enumerate().flat_map(|(at, node)| {
        let below: Vec<_> = node.children.iter().map(|child| (Some(at), position(*child))).collect();
        let above = node.parent.map(|parent| (position(parent), Some(at)));
        let around = node.inside.map(|parent| (Some(parent as usize), Some(at)));
        below.into_iter().chain(above).chain(around)
    });
    for (parent, child) in links {
        match (parent, child) {
            // Each node has one caller, the first that is told.
            (Some(parent), Some(child)) if parent != child && !has_parent[child] => {
                has_parent[child] = true;
                children[parent].push(child);
            }
            _ => n_bad += 1,
        }
    }
    let mut places: HashMap<u64, u32> = HashMap::new();
    // Nodes that only lead to each other are never reached from one without a caller.
    let mut pending: Vec<(usize, Option<u32>, u32)> =
        (0..told.len()).rev().filter(|at| !has_parent[*at]).map(|at| (at, None, 0)).collect();
    let mut n_deep = 0_usize;
    while let Some((at, parent, depth)) = pending.pop() {
        if depth >= MAX_DEPTH {
            n_deep += 1;
            continue;
        }
        let place = profile.nodes.len() as u32;
        places.entry(told[at].id).or_insert(place);
        profile.nodes.push(node(&mut told[at], parent));
        pending.extend(children[at].iter().rev().map(|child| (*child, Some(place), depth + 1)));
    }
    let n_lost = told.len() - profile.nodes.len();
    for (n, what) in [
        (n_bad, "links between nodes lead nowhere or twice to the same one"),
        (n_deep, "functions are called deeper than 4096 frames"),
        (n_lost, "nodes are not reached from the root"),
    ] {
        if n > 0 {
            issues.push(Issue::of("cpuprofile", format!("{n} {what}")));
        }
    }
    places
}

fn node(told: &mut ToldNode, parent: Option<u32>) -> CpuProfileNode {
    let told = std::mem::take(told);
    CpuProfileNode {
        parent,
        line: from_one(told.line),
        column: from_one(told.column),
        function: told.function,
        url: told.url,
        script: told.script,
        line_ticks: told.line_ticks,
        deoptimised: Some(told.deoptimised).filter(|reason| !reason.is_empty()),
    }
}

/// The protocol counts lines and columns from 0, and -1 stands for none.
pub(crate) fn from_one(number: Option<i64>) -> Option<u32> {
    number.and_then(|n| u32::try_from(n.checked_add(1)?).ok()).filter(|n| *n > 0)
}

/// Lines of a node that are not yet given to samples.
#[derive(Default)]
struct LinesLeft {
    at: usize,
    used: u32,
}

impl LinesLeft {
    fn next(&mut self, ticks: &[(u32, u32)]) -> Option<u32> {
        let (line, count) = ticks.get(self.at)?;
        self.used += 1;
        if self.used >= *count {
            self.at += 1;
            self.used = 0;
        }
        Some(*line)
    }
}

fn samples(told: &Told, places: &HashMap<u64, u32>, profile: &mut CpuProfile, issues: &mut Vec<Issue>) {
    let mut told_micros = profile.start_micros;
    let mut time_micros = i64::MIN;
    let mut lines: HashMap<u32, LinesLeft> = HashMap::new();
    let mut n_unknown = 0_usize;
    for (id, delta) in told.samples.iter().zip(&told.time_deltas) {
        told_micros = micros(told_micros.saturating_add(micros(*delta)));
        // V8 writes samples of its own between those of its sampler, with times that are a little behind: the order is
        // kept and the time waits, as in speedscope.
        time_micros = time_micros.max(told_micros);
        let Some(node) = places.get(id).copied() else {
            n_unknown += 1;
            continue;
        };
        let ticks = profile.nodes.get(node as usize).map_or(&[][..], |node| &node.line_ticks);
        let line = lines.entry(node).or_default().next(ticks);
        profile.samples.push(CpuProfileSample { node, time_micros, line });
    }
    if n_unknown > 0 {
        issues.push(Issue::of("cpuprofile", format!("{n_unknown} samples are of nodes that are not there")));
    }
    if told.samples.len() != told.time_deltas.len() {
        let (n_samples, n_times) = (told.samples.len(), told.time_deltas.len());
        issues.push(Issue::of("cpuprofile", format!("{n_samples} samples have {n_times} times")));
    }
}
