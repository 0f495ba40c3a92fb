//! The state of lowering: what is read so far, and what stands around the node that is being looked at.

use std::collections::BTreeMap;

use super::grammar::Grammar;
use crate::language::Language;
use crate::model::{Kind, LineSpan, Place, Source};
use crate::role::Role;
use crate::syntax::{NodeId, Tree};
use crate::text::{one_line, unquoted};

/// Longer qualified names begin anew.
const MAX_NAME_BYTES: usize = 400;

/// What stands around a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) function: Option<usize>,
    pub(super) loop_: Option<usize>,
    pub(super) try_: Option<usize>,
    pub(super) block_last: u32,
    /// Index of the qualified name in `Lowerer::names`.
    pub(super) name: usize,
    pub(super) is_test: bool,
}

/// Reads one tree into a [`Source`].
pub(super) struct Lowerer<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) grammar: &'static Grammar,
    pub(super) source: Source,
    pub(super) context: Context,
    /// Qualified names of classes, modules and functions; the first is that of the file, which is empty.
    pub(super) names: Vec<String>,
    /// What an imported name stands for.
    pub(super) aliases: BTreeMap<String, String>,
    /// Contexts to go back to, with the first node that is theirs again.
    saved: Vec<(NodeId, Context)>,
    /// Parts of loops and `try`s that lie ahead, with what changes when they begin.
    ahead: BTreeMap<NodeId, Vec<Enter>>,
}

/// What begins at a node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Enter {
    Loop(usize),
    Try(usize),
}

impl<'t> Lowerer<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, grammar: &'static Grammar, language: Language) -> Self {
        let context = Context {
            function: None,
            loop_: None,
            try_: None,
            block_last: u32::MAX,
            name: 0,
            is_test: false,
        };
        Self {
            tree,
            grammar,
            source: Source::new(language),
            context,
            names: vec![String::new()],
            aliases: BTreeMap::new(),
            saved: Vec::new(),
            ahead: BTreeMap::new(),
        }
    }

    /// Brings the context to `node`, which is the one behind the last.
    pub(super) fn arrive(&mut self, node: NodeId) {
        while let Some(&(end, context)) = self.saved.last() {
            if end > node {
                break;
            }
            self.context = context;
            self.saved.pop();
        }
        for enter in self.ahead.remove(&node).unwrap_or_default() {
            self.open(node);
            match enter {
                Enter::Loop(number) => self.context.loop_ = Some(number),
                Enter::Try(number) => self.context.try_ = Some(number),
            }
        }
    }

    /// The context may change now; it is the present one again behind `node`.
    pub(super) fn open(&mut self, node: NodeId) {
        self.saved.push((self.tree.after(node), self.context));
    }

    /// Has the context change when `node` begins, which lies ahead.
    pub(super) fn enter_at(&mut self, node: Option<NodeId>, enter: Enter) {
        if let Some(node) = node {
            self.ahead.entry(node).or_default().push(enter);
        }
    }

    pub(super) fn qualified(&self, name: &str) -> String {
        let outer = &self.names[self.context.name];
        // Names of functions that are nested without end would fill the memory.
        if outer.len() + name.len() > MAX_NAME_BYTES {
            return name.to_owned();
        }
        if outer.is_empty() { name.to_owned() } else { format!("{outer}{}{name}", self.grammar.separator) }
    }

    pub(super) fn span(&self, node: NodeId) -> LineSpan {
        LineSpan { first: self.tree.first_line(node), last: self.tree.last_line(node) }
    }

    pub(super) fn place(&self, node: NodeId) -> Place {
        Place {
            lines: self.span(node),
            function: self.context.function,
            loop_: self.context.loop_,
            try_: self.context.try_,
            block_last: self.context.block_last,
            order: node,
        }
    }

    pub(super) fn line_of(&self, node: NodeId) -> String {
        one_line(self.tree.text(node))
    }

    pub(super) fn line_of_child(&self, node: NodeId, fields: &[&str]) -> String {
        self.tree.child_of(node, fields).map(|child| self.line_of(child)).unwrap_or_default()
    }

    /// The expression inside brackets and the like.
    pub(super) fn unwrapped(&self, node: NodeId) -> NodeId {
        let mut node = node;
        while matches!(self.tree.role(node), Role::Wrapper | Role::Await) {
            let inner = self.tree.child(node, "value").or_else(|| self.tree.named(node).next());
            let Some(inner) = inner else { break };
            node = inner;
        }
        node
    }

    /// The node around `node` that is no wrapper, and the child of it that holds `node`.
    pub(super) fn holder(&self, node: NodeId) -> Option<(NodeId, NodeId)> {
        let mut inner = node;
        loop {
            let outer = self.tree.parent(inner)?;
            match self.tree.role(outer) {
                Role::Wrapper | Role::Await => inner = outer,
                // `x.lock().unwrap()` is the lock, as far as anybody is concerned.
                Role::Member => match self.tree.parent(outer) {
                    Some(call)
                        if self.tree.role(call) == Role::Call
                            && ["unwrap", "expect", "await"].contains(&self.last_name(outer)) =>
                    {
                        inner = call;
                    }
                    _ => return Some((outer, inner)),
                },
                _ => return Some((outer, inner)),
            }
        }
    }

    /// The last name of a path: `c` of `a.b.c`.
    pub(super) fn last_name(&self, node: NodeId) -> &'t str {
        match self.tree.role(node) {
            Role::Member => self.tree.named(node).last().map_or("", |name| self.tree.text(name)),
            _ => self.tree.text(node),
        }
    }

    /// What an expression is by its own text.
    pub(super) fn kind(&self, node: NodeId) -> Kind {
        let node = self.unwrapped(node);
        let n_children = || u32::try_from(self.tree.named(node).count()).unwrap_or(u32::MAX);
        match self.tree.role(node) {
            Role::Name => Kind::Name,
            Role::Number => Kind::Number,
            Role::Regex => Kind::Regex,
            Role::List => Kind::List(n_children()),
            Role::Map => Kind::Map(n_children()),
            Role::Set => Kind::Set(n_children()),
            Role::Closure => Kind::Closure,
            Role::Text => self.text_kind(node),
            Role::New => self.composite_kind(node),
            Role::Call | Role::Macro => Kind::Call,
            Role::Binary if self.is_concat(node) => Kind::Concat,
            _ => Kind::Other,
        }
    }

    /// Go's literals of lists and maps are written as those of objects are.
    fn composite_kind(&self, node: NodeId) -> Kind {
        let of_type = self.tree.child(node, "type").map_or("", |of_type| self.tree.kind(of_type));
        let body = self.tree.child(node, "body");
        let n_elements =
            body.map_or(0, |body| u32::try_from(self.tree.named(body).count()).unwrap_or(u32::MAX));
        match of_type {
            "slice_type" | "array_type" | "implicit_length_array_type" => Kind::List(n_elements),
            "map_type" => Kind::Map(n_elements),
            _ => Kind::Call,
        }
    }

    fn text_kind(&self, node: NodeId) -> Kind {
        let holds_values = self
            .tree
            .named(node)
            .any(|part| matches!(self.tree.kind(part), "interpolation" | "template_substitution"));
        let text = self.tree.text(node);
        let is_bytes = text.starts_with(['b', 'B']) && unquoted(text).is_some();
        match (holds_values, is_bytes) {
            (true, _) => Kind::Format,
            (_, true) => Kind::Bytes,
            _ => Kind::Text,
        }
    }

    /// A sum (or Python's `%`) with a string in it.
    fn is_concat(&self, node: NodeId) -> bool {
        let mut node = node;
        // Sums lean to the left; what is deeper than this is rarely written.
        for _ in 0..16 {
            let operator = self.tree.child(node, "operator").map_or("", |operator| self.tree.text(operator));
            if operator != "+" && operator != "%" {
                return false;
            }
            let children: Vec<NodeId> = self.tree.named(node).collect();
            if children.iter().any(|&child| self.tree.role(child) == Role::Text) {
                return true;
            }
            match children.first() {
                Some(&left) if self.tree.role(left) == Role::Binary => node = left,
                _ => return false,
            }
        }
        false
    }
}
