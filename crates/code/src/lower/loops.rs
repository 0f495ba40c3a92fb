//! Loops: what they walk, what they bind, and which of their parts run in each round.

use super::lowerer::{Enter, Lowerer};
use crate::model::{HandedOn, Kind, Loop, LoopKind};
use crate::role::Role;
use crate::syntax::NodeId;
use crate::text::{is_name, is_range, number, one_line, split_arguments, walked, words};

/// A loop of fewer rounds costs what straight code costs.
pub(super) const SMALL_ROUNDS: i64 = 16;

/// What a handler found out about its loop.
struct Parts {
    kind: LoopKind,
    over: String,
    over_kind: Kind,
    binds: Vec<String>,
    is_small: bool,
}

impl Lowerer<'_> {
    pub(super) fn each(&mut self, node: NodeId) {
        let left = self.line_of_child(node, &["left", "pattern", "name", "declarator"]);
        let Some(right) = self.tree.child_of(node, &["right", "value"]) else { return };
        self.each_over(node, &left, right);
    }

    fn each_over(&mut self, node: NodeId, left: &str, right: NodeId) {
        let text = self.line_of(right);
        let parts = Parts {
            kind: if is_range(&text) { LoopKind::Counted } else { LoopKind::Each },
            over_kind: self.kind(right),
            is_small: is_small_range(&text, self.kind(right)),
            over: walked(&text),
            binds: names_in(left),
        };
        self.begin_loop(node, parts, &["body"]);
    }

    pub(super) fn counted(&mut self, node: NodeId) {
        let initializer = self.tree.child_of(node, &["initializer", "init"]);
        let condition = self.tree.child(node, "condition").map(|condition| self.unwrapped(condition));
        self.counted_by(node, initializer, condition);
    }

    fn counted_by(&mut self, node: NodeId, initializer: Option<NodeId>, condition: Option<NodeId>) {
        let start = initializer.map(|initializer| self.line_of(initializer)).unwrap_or_default();
        let (names, first) = start.trim_end_matches(';').split_once('=').unwrap_or((&start, ""));
        let binds: Vec<String> = names
            .rsplit([' ', '*', ':', '('])
            .find(|name| is_name(name))
            .map(str::to_owned)
            .into_iter()
            .collect();
        let condition = condition.map(|condition| self.line_of(condition)).unwrap_or_default();
        let bound = bound_of(&condition, &binds);
        let (kind, over) = match bound {
            _ if condition.trim_matches(';').trim().is_empty() => (LoopKind::While, String::new()),
            Some("NULL" | "nullptr" | "nil" | "null") | None => (LoopKind::Counted, walked(first)),
            // Counting down: what it began with is what is walked.
            Some(bound) if condition.contains('>') => {
                (LoopKind::Counted, walked(if number(bound).is_some() { first } else { bound }))
            }
            Some(bound) => (LoopKind::Counted, walked(bound)),
        };
        let rounds = bound.and_then(number).zip(number(first)).map(|(last, first)| (last - first).abs());
        let is_small = rounds.is_some_and(|rounds| rounds < SMALL_ROUNDS);
        let over_kind = if number(&over).is_some() { Kind::Number } else { Kind::Other };
        let parts = Parts { kind, over, over_kind, binds, is_small };
        self.begin_loop(node, parts, &["body", "condition", "update", "increment"]);
    }

    pub(super) fn while_(&mut self, node: NodeId) {
        let condition = self.tree.child(node, "condition").map(|condition| self.unwrapped(condition));
        self.while_condition(node, condition);
    }

    fn while_condition(&mut self, node: NodeId, condition: Option<NodeId>) {
        let over = condition.map(|condition| self.line_of(condition)).unwrap_or_default();
        let is_once = matches!(over.trim_matches(['(', ')']), "0" | "false");
        let binds = over.strip_prefix("let ").and_then(|rest| rest.split_once('='));
        let parts = Parts {
            kind: LoopKind::While,
            binds: binds.map(|(pattern, _)| names_in(pattern)).unwrap_or_default(),
            over,
            over_kind: Kind::Other,
            // `do { … } while (0)` is no loop.
            is_small: is_once,
        };
        self.begin_loop(node, parts, &["body", "condition"]);
    }

    /// Go has one word for all loops.
    pub(super) fn go_for(&mut self, node: NodeId) {
        let mut head = self.tree.named(node).filter(|&child| self.tree.field(child) != "body");
        match head.next() {
            None => self.while_condition(node, None),
            Some(head) if self.tree.kind(head) == "range_clause" => {
                let left = self.line_of_child(head, &["left"]);
                match self.tree.child(head, "right") {
                    Some(right) => self.each_over(node, &left, right),
                    None => self.while_condition(node, None),
                }
            }
            Some(head) if self.tree.kind(head) == "for_clause" => {
                let initializer = self.tree.child(head, "initializer");
                let condition = self.tree.child(head, "condition");
                self.counted_by(node, initializer, condition);
                let number = self.source.loops.len() - 1;
                self.enter_at(condition, Enter::Loop(number));
                self.enter_at(self.tree.child(head, "update"), Enter::Loop(number));
            }
            Some(head) => {
                self.while_condition(node, Some(head));
                let number = self.source.loops.len() - 1;
                self.enter_at(Some(head), Enter::Loop(number));
            }
        }
    }

    pub(super) fn comprehension(&mut self, node: NodeId) {
        let mut outer = None;
        for clause in self.tree.named(node).collect::<Vec<_>>() {
            if self.tree.kind(clause) == "for_in_clause" {
                let Some(right) = self.tree.child(clause, "right") else { continue };
                self.enter_in(clause, outer);
                let text = self.line_of(right);
                let over_kind = self.kind(right);
                let left = self.line_of_child(clause, &["left"]);
                self.push_loop(
                    node,
                    Parts {
                        kind: LoopKind::Comprehension,
                        is_small: is_small_range(&text, over_kind),
                        over: walked(&text),
                        over_kind,
                        binds: names_in(&left),
                    },
                    outer.or(self.context.loop_),
                );
                outer = Some(self.source.loops.len() - 1);
            } else if self.tree.field(clause) != "body" {
                self.enter_in(clause, outer);
            }
        }
        self.enter_in_body(node, outer);
    }

    fn enter_in(&mut self, node: NodeId, number: Option<usize>) {
        if let Some(number) = number {
            self.enter_at(Some(node), Enter::Loop(number));
        }
    }

    fn enter_in_body(&mut self, node: NodeId, number: Option<usize>) {
        if let Some(body) = self.tree.child(node, "body") {
            self.enter_in(body, number);
        }
    }

    fn begin_loop(&mut self, node: NodeId, parts: Parts, inside: &[&str]) {
        self.push_loop(node, parts, self.context.loop_);
        let number = self.source.loops.len() - 1;
        for field in inside {
            self.enter_at(self.tree.child(node, field), Enter::Loop(number));
        }
    }

    fn push_loop(&mut self, node: NodeId, parts: Parts, parent: Option<usize>) {
        let lines = self.span(node);
        let body = self.tree.child(node, "body");
        let header = match body {
            Some(body) if body > node + 1 => self.tree.text_between(node, body - 1),
            _ => "",
        };
        self.source.loops.push(Loop {
            lines,
            header_line: lines.first,
            parent,
            function: self.context.function,
            kind: parts.kind,
            over: parts.over,
            binds: parts.binds,
            is_small: parts.is_small,
            header: one_line(header),
            has_break: false,
            is_await: self.tree.has_word(node, "await") || self.tree.has_word(node, "async"),
            over_kind: parts.over_kind,
        });
    }

    /// The innermost loop that `break` leaves.
    pub(super) fn break_(&mut self) {
        let mut at = self.context.loop_;
        while let Some(number) = at {
            let found = &mut self.source.loops[number];
            if !matches!(found.kind, LoopKind::Callback | LoopKind::Comprehension) {
                found.has_break = true;
                return;
            }
            at = found.parent;
        }
    }

    /// `return` leaves every loop; so does a thrown value, and `yield` and a send hand something on.
    pub(super) fn hand_on(&mut self, node: NodeId) {
        let place = self.place(node);
        let value = self.tree.named(node).next().map(|value| self.line_of(value)).unwrap_or_default();
        let is_return = self.tree.text(node).starts_with("return");
        if is_return && self.tree.role(node) == Role::Return {
            let mut at = self.context.loop_;
            while let Some(number) = at {
                let found = &mut self.source.loops[number];
                if found.kind == LoopKind::Callback {
                    break;
                }
                found.has_break = true;
                at = found.parent;
            }
        }
        self.source.handed_on.push(HandedOn { place, value });
    }
}

/// What a counter is compared with.
fn bound_of<'a>(condition: &'a str, binds: &[String]) -> Option<&'a str> {
    let first = condition.split("&&").next().unwrap_or(condition);
    let (left, right) =
        ["<=", ">=", "!=", "<", ">"].iter().find_map(|operator| first.split_once(operator))?;
    let is_counter =
        |side: &str| words(side).next().is_some_and(|word| binds.iter().any(|name| name == word));
    let right = right.trim_start_matches('=').trim().trim_end_matches(';').trim();
    if is_counter(left) || !is_counter(right) { Some(right) } else { Some(left.trim()) }
}

/// The names in a pattern: `i, (k, v)`, `const [k, v]`, `Some(x)`.
fn names_in(pattern: &str) -> Vec<String> {
    words(pattern)
        .filter(|word| {
            is_name(word)
                && !["mut", "ref", "const", "let", "var", "auto", "_"].contains(word)
                && !word.starts_with(char::is_uppercase)
        })
        .map(str::to_owned)
        .collect()
}

/// `range(3)`, `0..10`, `3`, `[a, b]`, `"abc"`.
fn is_small_range(text: &str, kind: Kind) -> bool {
    let few = |rounds: i64| rounds.abs() < SMALL_ROUNDS;
    if let Some(inner) = text.strip_prefix("range(").and_then(|rest| rest.strip_suffix(')')) {
        let bounds: Option<Vec<i64>> = split_arguments(inner).into_iter().map(number).collect();
        return match bounds.as_deref() {
            Some([end]) => few(*end),
            Some([start, end, ..]) => few(end - start),
            _ => false,
        };
    }
    if let Some((start, end)) = text.trim_matches(['(', ')']).split_once("..") {
        let bounds = number(start).zip(number(end.trim_start_matches('=')));
        return bounds.is_some_and(|(start, end)| few(end.saturating_sub(start)));
    }
    match kind {
        // A spread may bring any number.
        Kind::List(n) | Kind::Set(n) | Kind::Map(n) => i64::from(n) < SMALL_ROUNDS && !text.contains("..."),
        Kind::Text => text.chars().count() < 18,
        Kind::Number => number(text).is_some_and(few),
        _ => false,
    }
}
