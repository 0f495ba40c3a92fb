//! Makes stacks of a graph of calls, one event at a time.
//!
//! What a function is called for (its callers' calls) and what it spends (its lines and its own calls) are equal, so
//! the graph is a flow from the outermost functions to the lines, and a flow is a sum of paths. Each path becomes a
//! stack. **Exact**, as numbers of the file: the cost of every line, of every call from a line to a function, and of
//! every function with all that it calls. **Not in the file**, therefore assumed: which caller's share of a function
//! went to which of its lines and calls. A share is split in proportion as long as it is at least a
//! [`PROPORTIONAL_SHARE`]th of the whole and there is room; behind that it takes what is left, in the order of the
//! file, so that there are no more paths than lines and calls together.
//!
//! Three things in files are no such flow. What goes round in a circle of recursive calls is taken out: functions in
//! the circle are then counted once. A function that spends more than it is called for is (also) an outermost one. For
//! one that spends less, the rest is put on the frame [`NOT_TOLD`] below it, and is an issue.

use super::graph::{FunctionId, Graph, Place, TextId, Texts};
use crate::builder::RecordingBuilder;
use crate::notes::Notes;
use fathom_model::{Frame, FrameId, FrameKind, Module, ModuleKind, Signal, StackId, ThreadId};
use hashbrown::HashMap;

/// The frame of costs that a file has in calls of a function and in none of its lines.
pub(super) const NOT_TOLD: &str = "[cost without a line]";
/// Shares below this part of the whole are not split in proportion any more: they are too small to be looked at.
const PROPORTIONAL_SHARE: u128 = 4096;
/// Frames of a stack; deeper ones begin anew.
const MAX_FRAMES: u32 = 2048;
/// Steps for each line and call of the file, and those that are always allowed: a bound for graphs made to be costly.
const STEPS_PER_ROW: u64 = 64;
const STEPS: u64 = 4 << 20;

/// How the costs of an event become values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) signal: Signal,
    /// What one of the file is in the signal's unit.
    pub(super) factor: u64,
    /// Whether each of it is an observation.
    pub(super) is_count: bool,
}

/// Puts stacks of a graph into a recording. Frames are made once for all events.
pub(super) struct Stacks<'a> {
    pub(super) graph: &'a Graph,
    pub(super) texts: &'a Texts,
    pub(super) thread: ThreadId,
    /// Whether positions are lines, not addresses.
    pub(super) has_lines: bool,
    /// The function that is no frame.
    pub(super) root: Option<FunctionId>,
    pub(super) builder: &'a mut RecordingBuilder,
    pub(super) notes: &'a mut Notes,
    pub(super) frames: HashMap<Place, FrameId>,
}

/// What one event does in one function.
#[derive(Clone, Debug, Default)]
struct Node {
    /// Positions in the list of lines, and of calls, of the graph.
    lines: Vec<u32>,
    calls: Vec<u32>,
    /// The first of them with something left.
    next_line: usize,
    next_call: usize,
    /// What is called from nowhere, and what is in no line.
    outermost: u64,
    not_told: u64,
}

/// What is left of one event.
struct Flow {
    nodes: Vec<Node>,
    lines: Vec<u64>,
    calls: Vec<u64>,
}

/// A share of a function's cost that comes down one stack.
struct Share {
    function: FunctionId,
    amount: u64,
    caller: Option<StackId>,
    depth: u32,
}

impl Stacks<'_> {
    /// Adds what one event cost.
    pub(super) fn add(&mut self, event: usize, scale: Scale) {
        let n_rows = (self.graph.lines.len() + self.graph.calls.len()) as u64;
        let mut steps = n_rows.saturating_mul(STEPS_PER_ROW).saturating_add(STEPS);
        let mut flow = Flow::new(self.graph, event);
        flow.take_circles_out(self.graph, &mut steps);
        let not_told = flow.balance(self.graph);
        if not_told > 0 {
            self.notes.of(format!(
                "calls of functions cost {not_told} more than their lines and calls, which is shown as `{NOT_TOLD}`"
            ));
        }
        let total: u128 = flow.nodes.iter().map(|node| u128::from(node.outermost)).sum();
        let least = total / PROPORTIONAL_SHARE;
        let mut shares: Vec<Share> = Vec::new();
        let mut n_cut = 0_u64;
        for function in 0..flow.nodes.len() {
            let amount = flow.nodes[function].outermost;
            if amount == 0 {
                continue;
            }
            shares.push(Share { function: function as FunctionId, amount, caller: None, depth: 0 });
            while let Some(mut share) = shares.pop() {
                if share.depth >= MAX_FRAMES || (steps == 0 && share.depth > 0) {
                    n_cut += 1;
                    (share.caller, share.depth) = (None, 0);
                }
                let is_split = steps > 0 && u128::from(share.amount) >= least.max(1);
                self.spend(&mut flow, &share, is_split, scale, &mut steps, &mut shares);
            }
        }
        if n_cut > 0 {
            self.notes
                .of(format!("the outer frames of {n_cut} stacks are left out: there are too many of them"));
        }
    }

    /// Gives a share to the lines and calls of its function.
    fn spend(
        &mut self,
        flow: &mut Flow,
        share: &Share,
        is_split: bool,
        scale: Scale,
        steps: &mut u64,
        shares: &mut Vec<Share>,
    ) {
        let graph = self.graph;
        let mut cut = flow.cut(share, is_split, steps);
        while let Some((row, amount)) = cut.next(flow) {
            *steps = steps.saturating_sub(1);
            let (place, called) = match row {
                Row::Line(at) => (graph.lines[at as usize].place, None),
                Row::Call(at) => (graph.calls[at as usize].from, Some(graph.calls[at as usize].to)),
                Row::NotTold => {
                    let frame = self.builder.named_frame(NOT_TOLD);
                    let function = Place { function: share.function, file: 0, position: 0 };
                    let caller = self.stack(share.caller, function, Some(0));
                    let stack = self.builder.stack(caller, frame);
                    self.put(stack, amount, scale);
                    continue;
                }
            };
            let stack = self.stack(share.caller, place, None);
            match called {
                Some(function) => {
                    shares.push(Share { function, amount, caller: stack, depth: share.depth + 1 });
                }
                None => match stack {
                    Some(stack) => self.put(stack, amount, scale),
                    // The root has no lines; a file that gives it some means no stack.
                    None => self.builder.sum(scale.signal, self.thread, None, value(amount, scale), 1),
                },
            }
        }
    }

    fn put(&mut self, stack: StackId, amount: u64, scale: Scale) {
        let n = if scale.is_count { u32::try_from(amount).unwrap_or(u32::MAX) } else { 1 };
        self.builder.sum(scale.signal, self.thread, Some(stack), value(amount, scale), n);
    }

    /// The stack of a place called from another; with a line of its own only where the file has one.
    fn stack(&mut self, caller: Option<StackId>, place: Place, position: Option<u64>) -> Option<StackId> {
        if self.root == Some(place.function) {
            return caller;
        }
        let frame = match position {
            // No line of it is known: the function's own file.
            Some(position) => {
                let file = self.graph.functions[place.function as usize].file;
                self.frame(Place { file, position, ..place })
            }
            None => self.frame(place),
        };
        Some(self.builder.stack(caller, frame))
    }

    fn frame(&mut self, place: Place) -> FrameId {
        if let Some(id) = self.frames.get(&place) {
            return *id;
        }
        let function = self.graph.functions[place.function as usize];
        let module = self.module(function.object);
        let file = Some(self.texts.get(place.file)).filter(|file| !file.is_empty() && *file != "???");
        let frame = Frame {
            file: file.map(str::to_owned),
            line: if self.has_lines {
                u32::try_from(place.position).ok().filter(|line| *line > 0)
            } else {
                None
            },
            relative_address: (!self.has_lines).then_some(place.position),
            module,
            ..Frame::named(self.texts.get(function.name), FrameKind::Unknown)
        };
        let id = self.builder.frame(frame);
        self.frames.insert(place, id);
        id
    }

    fn module(&mut self, object: TextId) -> Option<fathom_model::ModuleId> {
        let path = self.texts.get(object);
        if path.is_empty() || path == "???" {
            return None;
        }
        let kind = if path.starts_with('/') { ModuleKind::Elf } else { ModuleKind::Unknown };
        let module = Module { path: path.to_owned(), build_id: None, kind, load_addresses: Vec::new() };
        Some(self.builder.module(module))
    }
}

fn value(amount: u64, scale: Scale) -> i64 {
    i64::try_from(amount.saturating_mul(scale.factor)).unwrap_or(i64::MAX)
}

impl Flow {
    fn new(graph: &Graph, event: usize) -> Self {
        let mut nodes = vec![Node::default(); graph.functions.len()];
        let lines: Vec<u64> = graph.lines.iter().map(|line| line.costs[event]).collect();
        let calls: Vec<u64> = graph.calls.iter().map(|call| call.costs[event]).collect();
        for (at, line) in graph.lines.iter().enumerate().filter(|(at, _)| lines[*at] > 0) {
            nodes[line.place.function as usize].lines.push(at as u32);
        }
        for (at, call) in graph.calls.iter().enumerate().filter(|(at, _)| calls[*at] > 0) {
            nodes[call.from.function as usize].calls.push(at as u32);
        }
        Self { nodes, lines, calls }
    }

    /// Lessens the calls of each circle by the least of them, until none is left. When there are no steps left, the
    /// call that closes a circle is taken out whole.
    fn take_circles_out(&mut self, graph: &Graph, steps: &mut u64) {
        const NEW: u32 = u32::MAX;
        const DONE: u32 = u32::MAX - 1;
        // Where a function stands on the path, or one of the marks above.
        let mut places = vec![NEW; self.nodes.len()];
        let mut next = vec![0_usize; self.nodes.len()];
        // Functions, and the call that led to each of them but the first.
        let mut path: Vec<(FunctionId, u32)> = Vec::new();
        for start in 0..self.nodes.len() {
            if places[start] != NEW {
                continue;
            }
            places[start] = 0;
            path.push((start as FunctionId, u32::MAX));
            while let Some((function, _)) = path.last().copied() {
                let function = function as usize;
                let Some(call) = self.nodes[function].calls.get(next[function]).copied() else {
                    places[function] = DONE;
                    path.pop();
                    continue;
                };
                let to = graph.calls[call as usize].to;
                match places[to as usize] {
                    _ if self.calls[call as usize] == 0 => next[function] += 1,
                    DONE => next[function] += 1,
                    NEW => {
                        places[to as usize] = path.len() as u32;
                        path.push((to, call));
                    }
                    first => {
                        let round = &path[first as usize + 1..];
                        if *steps < round.len() as u64 + 1 {
                            *steps = 0;
                            self.calls[call as usize] = 0;
                            continue;
                        }
                        *steps -= round.len() as u64 + 1;
                        let of_round = round.iter().map(|(_, call)| self.calls[*call as usize]);
                        let least = of_round.min().unwrap_or(u64::MAX).min(self.calls[call as usize]);
                        self.calls[call as usize] -= least;
                        for (_, call) in round {
                            self.calls[*call as usize] -= least;
                        }
                        // Back to where the path still has something to go on with.
                        let open = round.iter().position(|(_, call)| self.calls[*call as usize] == 0);
                        let keep = open.map_or(path.len(), |open| first as usize + 1 + open);
                        for (function, _) in path.drain(keep..) {
                            places[function as usize] = NEW;
                        }
                    }
                }
            }
        }
    }

    /// Notes what comes from outside and what goes nowhere; the sum of the latter.
    fn balance(&mut self, graph: &Graph) -> u64 {
        let mut called = vec![0_u64; self.nodes.len()];
        for (at, call) in graph.calls.iter().enumerate() {
            let sum = &mut called[call.to as usize];
            *sum = sum.saturating_add(self.calls[at]);
        }
        let mut sum = 0_u64;
        for (node, called) in self.nodes.iter_mut().zip(called) {
            let lines = node.lines.iter().map(|at| self.lines[*at as usize]);
            let calls = node.calls.iter().map(|at| self.calls[*at as usize]);
            let spent = lines.chain(calls).fold(0_u64, u64::saturating_add);
            node.outermost = spent.saturating_sub(called);
            node.not_told = called.saturating_sub(spent);
            sum = sum.saturating_add(node.not_told);
        }
        sum
    }

    /// How a share is cut; with `is_split` each row gets its part, else the first ones all they can take.
    fn cut(&self, share: &Share, is_split: bool, steps: &mut u64) -> Cut {
        let node = &self.nodes[share.function as usize];
        let whole = if is_split {
            let rows = node.lines.len() + node.calls.len();
            *steps = steps.saturating_sub(rows as u64);
            let lines = node.lines[node.next_line..].iter().map(|at| self.lines[*at as usize]);
            let calls = node.calls[node.next_call..].iter().map(|at| self.calls[*at as usize]);
            let whole = lines.chain(calls).map(u128::from).sum::<u128>() + u128::from(node.not_told);
            // Products of more than that could overflow; no counter comes near.
            if whole <= u128::from(u64::MAX) { whole } else { 0 }
        } else {
            0
        };
        Cut {
            function: share.function as usize,
            amount: share.amount,
            left: share.amount,
            whole,
            before: 0,
            line: node.next_line,
            call: node.next_call,
            is_over: false,
        }
    }
}

/// One thing that a function spends on.
#[derive(Clone, Copy)]
enum Row {
    Line(u32),
    Call(u32),
    NotTold,
}

/// A share being cut into what goes to each row.
struct Cut {
    function: usize,
    amount: u64,
    left: u64,
    /// What all rows together have left, where each gets its part; else 0.
    whole: u128,
    /// What the rows before this one had left.
    before: u128,
    line: usize,
    call: usize,
    is_over: bool,
}

impl Cut {
    /// The next row that gets something, which it has less of then.
    fn next(&mut self, flow: &mut Flow) -> Option<(Row, u64)> {
        let Flow { nodes, lines, calls } = flow;
        let node = &mut nodes[self.function];
        while self.left > 0 && !self.is_over {
            let (row, rest) = if let Some(at) = node.lines.get(self.line) {
                (Row::Line(*at), &mut lines[*at as usize])
            } else if let Some(at) = node.calls.get(self.call) {
                (Row::Call(*at), &mut calls[*at as usize])
            } else {
                self.is_over = true;
                (Row::NotTold, &mut node.not_told)
            };
            let amount = self.part(*rest);
            *rest -= amount;
            let is_spent = *rest == 0;
            match row {
                Row::Line(_) => {
                    // What is spent is not looked at again.
                    node.next_line += usize::from(is_spent && node.next_line == self.line);
                    self.line += 1;
                }
                Row::Call(_) => {
                    node.next_call += usize::from(is_spent && node.next_call == self.call);
                    self.call += 1;
                }
                Row::NotTold => {}
            }
            if amount > 0 {
                self.left -= amount;
                return Some((row, amount));
            }
        }
        None
    }

    /// Rounded so that all parts together are the share.
    fn part(&mut self, rest: u64) -> u64 {
        if self.whole == 0 {
            return rest.min(self.left);
        }
        let upto = |rows: u128| u128::from(self.amount) * rows / self.whole;
        let part = upto(self.before + u128::from(rest)) - upto(self.before);
        self.before += u128::from(rest);
        u64::try_from(part).unwrap_or(u64::MAX).min(rest).min(self.left)
    }
}
