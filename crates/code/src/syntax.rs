//! Text to a flat syntax tree: what tree-sitter parsed, as nodes in the order of their text.
//!
//! The tree is walked once with a cursor, so that nothing here or after it recurses on the depth of nesting. What is
//! read is bounded in bytes, in nodes, and in the time of the parser.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, TreeCursor};

use crate::role::Role;

/// Larger files are generated or data.
pub(crate) const MAX_BYTES: usize = 4 << 20;
/// What 4 MiB of ordinary code need, twice over.
const MAX_NODES: usize = 2_000_000;
/// Text that is not of the language at all, and nested deeply, costs tree-sitter's recovery from errors the cube of its
/// length (4 KB of `x => ` read as C: 13 s without optimisation), in one step at the end that nothing can interrupt. So
/// the beginning of a file is tried first, then four times as much, and so on; a text is refused when a part of it takes
/// ten times what ordinary code takes. What is read does not depend on the clock, only whether such a text is refused.
const FIRST_PART_BYTES: usize = 2 << 10;
const BASE_TIME: Duration = Duration::from_millis(250);
const NANOS_PER_BYTE: u64 = 10_000;

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The file is too long.
    #[error("source of {found} bytes, more than the {MAX_BYTES} that are read")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The file has too many syntax nodes.
    #[error("source with more than {MAX_NODES} syntax nodes")]
    TooManyNodes,
    /// The parser gave up: the text has too many possible readings.
    #[error("source that the {language} parser does not get through")]
    Unparsable {
        /// The language it was read as.
        language: &'static str,
    },
}

/// The number of a node, in the order of the text.
pub(crate) type NodeId = usize;

/// One node.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: u16,
    field: u16,
    role: Role,
    start: u32,
    end: u32,
    first_line: u32,
    last_line: u32,
    parent: u32,
    /// The first node that is not inside this one.
    after: u32,
}

/// A parsed file.
pub(crate) struct Tree<'t> {
    text: &'t str,
    language: tree_sitter::Language,
    entries: Vec<Entry>,
}

impl<'t> Tree<'t> {
    /// Parses `text`; `roles` says what each kind of node is for.
    pub(crate) fn parse(
        language: tree_sitter::Language,
        name: &'static str,
        text: &'t str,
        roles: &[(&str, Role)],
    ) -> Result<Self, CodeError> {
        if text.len() > MAX_BYTES {
            return Err(CodeError::TooLong { found: text.len() });
        }
        let unparsable = CodeError::Unparsable { language: name };
        let mut parser = Parser::new();
        parser.set_language(&language).map_err(|_| unparsable.clone())?;
        let mut part_bytes = FIRST_PART_BYTES;
        while part_bytes < text.len() {
            parse_in_time(&mut parser, &text.as_bytes()[..part_bytes]).ok_or(unparsable.clone())?;
            part_bytes *= 4;
        }
        let parsed = parse_in_time(&mut parser, text.as_bytes()).ok_or(unparsable)?;
        let role_of_kind = (0..language.node_kind_count())
            .map(|id| {
                let id = u16::try_from(id).unwrap_or(0);
                let kind = language.node_kind_for_id(id).unwrap_or("");
                let listed =
                    roles.iter().find(|(listed, _)| *listed == kind && language.node_kind_is_named(id));
                listed.map_or(Role::None, |(_, role)| *role)
            })
            .collect::<Vec<_>>();
        let mut entries = Vec::new();
        flatten(&mut parsed.walk(), &role_of_kind, &mut entries)?;
        Ok(Self { text, language, entries })
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn kind(&self, node: NodeId) -> &str {
        self.language.node_kind_for_id(self.entries[node].kind).unwrap_or("")
    }

    pub(crate) fn role(&self, node: NodeId) -> Role {
        self.entries[node].role
    }

    /// The field of its parent that the node stands in, or nothing.
    pub(crate) fn field(&self, node: NodeId) -> &str {
        self.language.field_name_for_id(self.entries[node].field).unwrap_or("")
    }

    pub(crate) fn parent(&self, node: NodeId) -> Option<NodeId> {
        (node > 0).then(|| self.entries[node].parent as usize)
    }

    /// The first node that is not inside `node`.
    pub(crate) fn after(&self, node: NodeId) -> NodeId {
        self.entries[node].after as usize
    }

    pub(crate) fn first_line(&self, node: NodeId) -> u32 {
        self.entries[node].first_line
    }

    pub(crate) fn last_line(&self, node: NodeId) -> u32 {
        self.entries[node].last_line
    }

    pub(crate) fn text(&self, node: NodeId) -> &'t str {
        let entry = self.entries[node];
        self.text.get(entry.start as usize..entry.end as usize).unwrap_or("")
    }

    /// The text from the beginning of one node to the end of another.
    pub(crate) fn text_between(&self, first: NodeId, last: NodeId) -> &'t str {
        let (start, end) = (self.entries[first].start as usize, self.entries[last].end as usize);
        self.text.get(start..end).unwrap_or("")
    }

    /// All children that were kept: named ones, keywords, and whatever has a field.
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.after(node);
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.after(child);
                child
            })
        })
    }

    /// Children that are not keywords, operators or comments.
    pub(crate) fn named(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(node).filter(|&child| {
            self.language.node_kind_is_named(self.entries[child].kind) && self.role(child) != Role::Comment
        })
    }

    pub(crate) fn child(&self, node: NodeId, field: &str) -> Option<NodeId> {
        self.children(node).find(|&child| self.field(child) == field)
    }

    /// The child in the first of `fields` that the node has.
    pub(crate) fn child_of(&self, node: NodeId, fields: &[&str]) -> Option<NodeId> {
        fields.iter().find_map(|field| self.child(node, field))
    }

    pub(crate) fn child_of_kind(&self, node: NodeId, kind: &str) -> Option<NodeId> {
        self.children(node).find(|&child| self.kind(child) == kind)
    }

    /// Whether a keyword stands directly in the node.
    pub(crate) fn has_word(&self, node: NodeId, word: &str) -> bool {
        self.children(node).any(|child| self.text(child) == word)
    }
}

/// The tree of some bytes, or nothing if that took too long.
fn parse_in_time(parser: &mut Parser, bytes: &[u8]) -> Option<tree_sitter::Tree> {
    let began = Instant::now();
    let limit = BASE_TIME + Duration::from_nanos(NANOS_PER_BYTE.saturating_mul(bytes.len() as u64));
    let mut watch = |_: &ParseState| {
        if began.elapsed() > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut watch);
    let parsed =
        parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
    parsed.filter(|_| began.elapsed() <= limit)
}

fn flatten(cursor: &mut TreeCursor<'_>, roles: &[Role], entries: &mut Vec<Entry>) -> Result<(), CodeError> {
    // The nodes whose children are being read, outermost first.
    let mut open: Vec<usize> = Vec::new();
    loop {
        let node = cursor.node();
        let kept = keep(&node, cursor.field_id().is_some(), in_tokens(entries, &open));
        if kept {
            if entries.len() >= MAX_NODES {
                return Err(CodeError::TooManyNodes);
            }
            let parent = open.last().copied();
            let after = as_u32(entries.len() + 1);
            entries.push(Entry { after, ..entry(&node, cursor, roles, parent) });
        }
        if kept && cursor.goto_first_child() {
            open.push(entries.len() - 1);
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                close(entries, &mut open);
                return Ok(());
            }
            if let Some(closed) = open.pop() {
                entries[closed].after = as_u32(entries.len());
            }
        }
    }
}

fn close(entries: &mut [Entry], open: &mut Vec<usize>) {
    let after = as_u32(entries.len());
    while let Some(closed) = open.pop() {
        entries[closed].after = after;
    }
}

/// The arguments of a Rust macro are tokens, where punctuation is all there is to go by.
fn in_tokens(entries: &[Entry], open: &[usize]) -> bool {
    open.last().is_some_and(|&parent| entries[parent].role == Role::Tokens)
}

fn keep(node: &Node<'_>, has_field: bool, in_tokens: bool) -> bool {
    node.is_named() || has_field || in_tokens || node.kind().starts_with(|c: char| c.is_ascii_alphabetic())
}

fn entry(node: &Node<'_>, cursor: &TreeCursor<'_>, roles: &[Role], parent: Option<usize>) -> Entry {
    let (start, end) = (node.start_byte(), node.end_byte());
    let first_line = node.start_position().row + 1;
    let last = node.end_position();
    // A node that ends with its line's end does not reach into the next one.
    let last_line = if last.column == 0 && last.row + 1 > first_line { last.row } else { last.row + 1 };
    Entry {
        kind: node.kind_id(),
        field: cursor.field_id().map_or(0, std::num::NonZero::get),
        role: roles.get(node.kind_id() as usize).copied().unwrap_or(Role::None),
        start: as_u32(start),
        end: as_u32(end),
        first_line: as_u32(first_line),
        last_line: as_u32(last_line),
        parent: parent.map_or(0, as_u32),
        after: 0,
    }
}

/// Files are far shorter than 4 GiB: see [`MAX_BYTES`].
fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
