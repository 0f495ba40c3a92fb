//! Assignments, declarations, indexing, comparisons and literals.

use super::calls::bare_target;
use super::javascript;
use super::lowerer::Lowerer;
use crate::language::Language;
use crate::model::{Assign, AssignOp, Comparison, Literal, Membership, ShapeFact, Spread, Subscript};
use crate::role::Role;
use crate::syntax::NodeId;
use crate::text::one_line;

impl Lowerer<'_> {
    pub(super) fn assign(&mut self, node: NodeId) {
        let fields = ["left", "name", "pattern", "declarator", "property"];
        let Some(left) = self.tree.child_of(node, &fields) else { return };
        let right = self.tree.child_of(node, &["right", "value"]);
        let operator = self.tree.child(node, "operator").map_or("", |operator| self.tree.text(operator));
        let op = match operator {
            "" | "=" | ":=" => AssignOp::Set,
            "+=" => AssignOp::Add,
            _ => AssignOp::Other,
        };
        let parent = self.tree.parent(node);
        let declared = self.tree.child(node, "type").or_else(|| {
            parent.filter(|_| self.is_declarator(node)).and_then(|parent| self.tree.child(parent, "type"))
        });
        let type_text = declared.map(|declared| self.line_of(declared)).unwrap_or_default();
        let is_declaration = declared.is_some() || self.is_declarator(node) || operator == ":=";
        self.push_assign(node, left, right, op, &type_text, is_declaration);
    }

    fn is_declarator(&self, node: NodeId) -> bool {
        matches!(
            self.tree.kind(node),
            "variable_declarator" | "let_declaration" | "var_spec" | "short_var_declaration"
        )
    }

    fn push_assign(
        &mut self,
        node: NodeId,
        left: NodeId,
        right: Option<NodeId>,
        op: AssignOp,
        type_text: &str,
        is_declaration: bool,
    ) {
        let place = self.place(node);
        let whole = self.line_of(left);
        let right = right.map(|right| self.only(right));
        let value = right.map(|right| self.line_of(right)).unwrap_or_default();
        if self.source.language.is_script() {
            for imported in javascript::required(&whole, &value) {
                self.add_import(node, imported);
            }
        }
        let target = if whole.starts_with(['[', '{', '(']) { whole } else { bare_target(&whole) };
        let kind = right.map(|right| self.kind(right)).unwrap_or_default();
        let of_type = self.shape_of_type(type_text);
        let of_value = || right.and_then(|right| self.shape_of_value(right));
        let shape = if op == AssignOp::Set { of_type.or_else(of_value) } else { None };
        if let Some(shape) = shape {
            let fact = ShapeFact { function: place.function, order: node, shape };
            let name = target.strip_prefix("this.").or_else(|| target.strip_prefix("self."));
            let is_field = name.is_some();
            let fact = if is_field { ShapeFact { function: None, ..fact } } else { fact };
            self.source.shapes.entry(name.unwrap_or(&target).to_owned()).or_default().push(fact);
        }
        let type_text = type_text.to_owned();
        self.source.assigns.push(Assign { place, target, op, value, kind, is_declaration, type_text, shape });
    }

    /// Go puts even one value into a list.
    fn only(&self, node: NodeId) -> NodeId {
        if self.tree.kind(node) != "expression_list" {
            return node;
        }
        let mut values = self.tree.named(node);
        match (values.next(), values.next()) {
            (Some(value), None) => value,
            _ => node,
        }
    }

    /// `type a = x, *b, c(y);`
    pub(super) fn declaration(&mut self, node: NodeId) {
        let Some(declared) = self.tree.child(node, "type") else { return };
        let type_text = self.line_of(declared);
        for child in self.tree.children(node).collect::<Vec<_>>() {
            if self.tree.field(child) != "declarator" {
                continue;
            }
            let (mut at, mut value, mut arguments) = (child, None, None);
            let mut is_pointer = false;
            while let Some(inner) = self.tree.child(at, "declarator").or_else(|| self.reference_inside(at)) {
                value = value.or(self.tree.child(at, "value"));
                arguments = arguments.or(self.tree.child(at, "parameters"));
                is_pointer |= matches!(self.tree.kind(at), "pointer_declarator" | "reference_declarator");
                at = inner;
            }
            let in_function = self.context.function.is_some();
            let name = self.line_of(at);
            let is_array = self.tree.kind(child) == "array_declarator";
            let text = if is_array { format!("{type_text}[]") } else { type_text.clone() };
            let list =
                arguments.filter(|_| in_function).or(value
                    .filter(|&value| matches!(self.tree.kind(value), "argument_list" | "initializer_list")));
            if !is_pointer && !is_array && in_function && self.is_class_like(&type_text) {
                let arguments: Vec<NodeId> =
                    list.map(|list| self.tree.named(list).collect()).unwrap_or_default();
                if value.is_none() || list.is_some() {
                    self.call_like(child, &type_text, &arguments, Some(name));
                }
            } else if arguments.is_some() {
                // The declaration of a function.
                continue;
            }
            self.push_assign(child, at, value, AssignOp::Set, &text, true);
        }
    }

    /// A reference holds its declarator without a name for the place.
    pub(super) fn reference_inside(&self, node: NodeId) -> Option<NodeId> {
        (self.tree.kind(node) == "reference_declarator").then(|| self.tree.named(node).next()).flatten()
    }

    fn is_class_like(&self, type_text: &str) -> bool {
        let plain =
            ["int", "char", "bool", "auto", "float", "double", "long", "short", "unsigned", "size_t", "void"];
        let first = type_text.split([' ', '<']).next().unwrap_or("");
        self.source.language == Language::Cpp
            && !plain.contains(&first)
            && !first.ends_with("_t")
            && first != "struct"
    }

    pub(super) fn subscript(&mut self, node: NodeId) {
        let place = self.place(node);
        let mut parts = self.tree.named(node);
        let (Some(base), Some(index)) = (parts.next(), parts.next()) else { return };
        let is_store = self.tree.field(node) == "left";
        let index = one_line(self.tree.text(index).trim_matches(['[', ']']));
        let base = self.line_of(base);
        self.source.subscripts.push(Subscript { place, base, index, is_store });
    }

    pub(super) fn binary(&mut self, node: NodeId) {
        let place = self.place(node);
        let parts: Vec<NodeId> =
            self.tree.named(node).filter(|&part| self.tree.field(part) != "operators").collect();
        let (Some(&left), Some(&right)) = (parts.first(), parts.last()) else { return };
        let operator = self.tree.child_of(node, &["operator", "operators"]);
        let operator = operator.map_or("", |operator| self.tree.text(operator));
        match operator {
            "in" | "not in" if !self.source.language.is_script() => {
                let kind = self.kind(right);
                let (needle, haystack) = (self.line_of(left), self.line_of(right));
                self.source.memberships.push(Membership { place, needle, haystack, kind });
            }
            "==" | "===" | "is" => {
                let (left, right) = (self.line_of(left), self.line_of(right));
                self.source.comparisons.push(Comparison { place, left, right });
            }
            "<<" if self.source.language.is_c_family() => self.stream_output(node),
            _ => {}
        }
    }

    /// `std::cout << a << b` is a call of `operator<<` on `std::cout`.
    fn stream_output(&mut self, node: NodeId) {
        let is_inner = self
            .tree
            .parent(node)
            .is_some_and(|parent| self.tree.role(parent) == Role::Binary && self.tree.field(node) == "left");
        if is_inner {
            return;
        }
        let (mut at, mut arguments) = (node, Vec::new());
        while self.tree.role(at) == Role::Binary {
            let (Some(left), Some(right)) = (self.tree.child(at, "left"), self.tree.child(at, "right"))
            else {
                break;
            };
            arguments.push(right);
            at = left;
        }
        arguments.reverse();
        let stream = self.line_of(at);
        self.call_like(node, "operator<<", &arguments, None);
        let path = self.path_of(&stream);
        if let Some(call) = self.source.calls.last_mut() {
            call.receiver = stream;
            call.path = format!("{path}.operator<<");
            call.is_new = false;
        }
    }

    pub(super) fn spread(&mut self, node: NodeId) {
        let Some(literal) = self.tree.parent(node) else { return };
        if !matches!(self.tree.role(literal), Role::List | Role::Map | Role::Set) {
            return;
        }
        let place = self.place(node);
        let value = self.tree.named(node).next().map(|value| self.line_of(value)).unwrap_or_default();
        let (mut assigned, mut is_returned) = (None, false);
        if let Some((holder, inner)) = self.holder(literal) {
            let fields = ["left", "name", "pattern"];
            match self.tree.role(holder) {
                Role::Assign if inner > holder => {
                    assigned = Some(bare_target(&self.line_of_child(holder, &fields)));
                }
                Role::Return | Role::Closure => is_returned = true,
                _ => {}
            }
        }
        self.source.spreads.push(Spread { place, value, assigned, is_returned });
    }

    pub(super) fn regex(&mut self, node: NodeId) {
        let pattern = self.tree.child(node, "pattern").unwrap_or(node);
        let place = self.place(node);
        let text = self.tree.text(pattern).to_owned();
        self.source.literals.push(Literal { place, text, is_regex: true });
    }
}
