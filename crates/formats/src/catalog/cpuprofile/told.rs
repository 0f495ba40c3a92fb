//! From the JSON of profiles of V8 to what it says, a token at a time: CPU profiles of all ages and heap profiles.
//!
//! Nodes stand in a list and name each other by number, or stand within each other. Neither is followed here.

use crate::json::{JsonTokens, Token, integer};
use std::io::Read;

/// What a profile says, not checked.
#[derive(Default)]
pub(crate) struct Told {
    /// Whether there was a list or a tree of nodes.
    pub(crate) has_nodes: bool,
    pub(crate) nodes: Vec<ToldNode>,
    pub(crate) start_time: Option<i64>,
    pub(crate) end_time: Option<i64>,
    pub(crate) samples: Vec<u64>,
    pub(crate) time_deltas: Vec<i64>,
    /// Times instead of differences, in files of Chrome before version 58 and of Node up to 10.
    pub(crate) timestamps: Vec<i64>,
    /// Numbers of the nodes that the samples of a heap profile are of.
    pub(crate) heap_samples: Vec<u64>,
    /// Things in lists that are of another type than they must be.
    pub(crate) n_wrong: usize,
}

/// A function as one caller called it.
#[derive(Default)]
pub(crate) struct ToldNode {
    pub(crate) id: u64,
    pub(crate) function: String,
    pub(crate) script: String,
    pub(crate) url: String,
    /// From 0.
    pub(crate) line: Option<i64>,
    /// From 0.
    pub(crate) column: Option<i64>,
    /// Numbers of the nodes below.
    pub(crate) children: Vec<u64>,
    /// Number of the node above, in traces and in files of some tools.
    pub(crate) parent: Option<u64>,
    /// Position of the node that this one stands within.
    pub(crate) inside: Option<u32>,
    pub(crate) line_ticks: Vec<(u32, u32)>,
    pub(crate) deoptimised: String,
    /// Bytes of a heap profile.
    pub(crate) self_bytes: i64,
}

impl Told {
    /// Reads the members of a profile, whose object is open, up to its end.
    pub(crate) fn read<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        while let Some(name) = tokens.next_key() {
            match name {
                "nodes" => self.read_node_list(tokens),
                "head" => {
                    if tokens.enter(Token::Object) {
                        self.has_nodes = true;
                        self.read_node(tokens);
                    }
                }
                // Of the chunks in a trace.
                "cpuProfile" => {
                    if tokens.enter(Token::Object) {
                        self.read_chunk(tokens);
                    }
                }
                _ => self.read_member(tokens),
            }
        }
    }

    /// What a chunk of a trace has within its profile.
    fn read_chunk<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        while let Some(name) = tokens.next_key() {
            match name {
                "nodes" => self.read_node_list(tokens),
                _ => self.read_member(tokens),
            }
        }
    }

    fn read_member<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        match tokens.key() {
            "startTime" => self.start_time = tokens.word().and_then(integer),
            "endTime" => self.end_time = tokens.word().and_then(integer),
            "samples" => self.read_samples(tokens),
            "timeDeltas" => numbers(tokens, &mut self.n_wrong, |n| self.time_deltas.push(n)),
            "timestamps" => numbers(tokens, &mut self.n_wrong, |n| self.timestamps.push(n)),
            _ => tokens.skip_value(),
        }
    }

    /// Numbers of nodes; of a heap profile objects with such a number.
    fn read_samples<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        if !tokens.enter(Token::Array) {
            return;
        }
        while tokens.next_item() {
            let token = tokens.token();
            match token {
                Token::Object => {
                    while let Some(name) = tokens.next_key() {
                        if name == "nodeId" {
                            self.heap_samples.extend(tokens.word().and_then(integer).map(|id| id as u64));
                        } else {
                            tokens.skip_value();
                        }
                    }
                }
                other => match item_number(tokens, other) {
                    Some(id) => self.samples.push(id as u64),
                    // The place of a sample counts: times are beside.
                    None => {
                        self.samples.push(u64::MAX);
                        self.n_wrong += 1;
                    }
                },
            }
        }
    }

    /// Puts a later part of the same profile behind.
    pub(crate) fn append(&mut self, part: Told) {
        self.has_nodes |= part.has_nodes;
        self.start_time = self.start_time.or(part.start_time);
        self.end_time = part.end_time.or(self.end_time);
        // What stands within another one is told by its position.
        let base = self.nodes.len() as u32;
        self.nodes.extend(
            part.nodes
                .into_iter()
                .map(|node| ToldNode { inside: node.inside.map(|inside| inside + base), ..node }),
        );
        self.samples.extend(part.samples);
        self.time_deltas.extend(part.time_deltas);
        self.timestamps.extend(part.timestamps);
        self.n_wrong += part.n_wrong;
    }

    fn read_node_list<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        if !tokens.enter(Token::Array) {
            return;
        }
        self.has_nodes = true;
        while tokens.next_item() {
            let token = tokens.token();
            if token == Token::Object {
                self.read_node(tokens);
            } else {
                tokens.skip(token);
                self.n_wrong += 1;
            }
        }
    }

    /// A node, whose object is open, and those within it.
    fn read_node<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        let mut open = Vec::new();
        self.open_node(&mut open);
        while let Some(at) = open.last().map(|at| *at as usize) {
            match tokens.token() {
                Token::Key => self.node_member(at, tokens),
                // What follows can only be in the list of children, which stays open.
                Token::Object => self.open_node(&mut open),
                Token::ObjectEnd => {
                    open.pop();
                }
                Token::ArrayEnd => {}
                Token::End => return,
                other => match item_number(tokens, other) {
                    Some(id) => self.nodes[at].children.push(id as u64),
                    None => self.n_wrong += 1,
                },
            }
        }
    }

    fn open_node(&mut self, open: &mut Vec<u32>) {
        let inside = open.last().copied();
        open.push(self.nodes.len() as u32);
        self.nodes.push(ToldNode { inside, ..ToldNode::default() });
    }

    fn node_member<R: Read>(&mut self, at: usize, tokens: &mut JsonTokens<R>) {
        let node = &mut self.nodes[at];
        match tokens.key() {
            "id" => node.id = tokens.word().and_then(integer).unwrap_or_default() as u64,
            "parent" => node.parent = tokens.word().and_then(integer).map(|id| id as u64),
            "children" => {
                // Stays open: its items are read like members.
                tokens.enter(Token::Array);
            }
            "callFrame" => {
                if tokens.enter(Token::Object) {
                    while tokens.next_key().is_some() {
                        node.frame_member(tokens);
                    }
                }
            }
            "positionTicks" => node.read_ticks(tokens),
            "deoptReason" | "bailoutReason" => node.deoptimised = text(tokens),
            "selfSize" => node.self_bytes = tokens.word().and_then(integer).unwrap_or_default(),
            _ => node.frame_member(tokens),
        }
    }
}

impl ToldNode {
    fn frame_member<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        match tokens.key() {
            "functionName" => self.function = text(tokens),
            "scriptId" => self.script = text(tokens),
            "url" => self.url = text(tokens),
            "lineNumber" => self.line = tokens.word().and_then(integer),
            "columnNumber" => self.column = tokens.word().and_then(integer),
            _ => tokens.skip_value(),
        }
    }

    fn read_ticks<R: Read>(&mut self, tokens: &mut JsonTokens<R>) {
        if !tokens.enter(Token::Array) {
            return;
        }
        while tokens.next_item() {
            let token = tokens.token();
            if token != Token::Object {
                tokens.skip(token);
                continue;
            }
            let (mut line, mut ticks) = (0, 0);
            while let Some(name) = tokens.next_key() {
                let place = match name {
                    "line" => &mut line,
                    "ticks" => &mut ticks,
                    _ => {
                        tokens.skip_value();
                        continue;
                    }
                };
                let number = tokens.word().and_then(integer);
                *place = number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
            }
            if line > 0 && ticks > 0 {
                self.line_ticks.push((line, ticks));
            }
        }
    }
}

fn text<R: Read>(tokens: &mut JsonTokens<R>) -> String {
    tokens.word().unwrap_or_default().to_owned()
}

/// The number that an item of a list is; anything else is read to its end.
fn item_number<R: Read>(tokens: &mut JsonTokens<R>, first: Token) -> Option<i64> {
    match first {
        Token::Number | Token::Text => integer(tokens.last_text()),
        other => {
            tokens.skip(other);
            None
        }
    }
}

/// The numbers of a list; in the place of what is none stands 0.
fn numbers<R: Read>(tokens: &mut JsonTokens<R>, n_wrong: &mut usize, mut take: impl FnMut(i64)) {
    if !tokens.enter(Token::Array) {
        return;
    }
    while tokens.next_item() {
        let number = tokens.word().and_then(integer);
        *n_wrong += usize::from(number.is_none());
        take(number.unwrap_or_default());
    }
}
