//! Functions, closures and what gives them their names: classes, modules, namespaces.

use super::lowerer::Lowerer;
use crate::language::Language;
use crate::model::{Function, Kind, Loop, LoopKind, Parameter, ShapeFact};
use crate::role::Role;
use crate::syntax::NodeId;
use crate::text::{is_name, one_line, walked, without_generics};

impl Lowerer<'_> {
    pub(super) fn container(&mut self, node: NodeId) {
        // A type that is only mentioned (`struct x *p`) has no body and holds nothing.
        if self.tree.child(node, "body").is_none() {
            return;
        }
        let name = self.tree.child_of(node, &["type", "name"]).map_or("", |name| self.tree.text(name));
        let name = without_generics(name);
        let is_test = self.context.is_test || (self.grammar.is_test)(self.tree, node, &name);
        self.open(node);
        if !name.is_empty() {
            self.names.push(self.qualified(&name));
            self.context.name = self.names.len() - 1;
        }
        self.context.is_test = is_test;
        // A class in a loop or a function runs by itself.
        self.context.loop_ = None;
        self.context.try_ = None;
    }

    pub(super) fn block(&mut self, node: NodeId) {
        self.open(node);
        self.context.block_last = self.tree.last_line(node);
    }

    pub(super) fn function(&mut self, node: NodeId) {
        let mut name = without_generics(&self.function_name(node));
        // A method of Go names its type before itself.
        if let Some(receiver) = self.tree.child(node, "receiver") {
            let text = self.tree.text(receiver).trim_matches(['(', ')']);
            let of_type = text.split_whitespace().last().unwrap_or("").trim_start_matches('*');
            name = format!("{}.{name}", of_type.split('[').next().unwrap_or(of_type));
        }
        self.begin_function(node, &name, false);
    }

    /// The `name`, or what stands innermost in the declarator, as C has it.
    fn function_name(&self, node: NodeId) -> String {
        if let Some(name) = self.tree.child(node, "name") {
            return self.line_of(name);
        }
        let mut at = node;
        while let Some(inner) = self.tree.child(at, "declarator").or_else(|| self.reference_inside(at)) {
            at = inner;
        }
        if at == node { String::new() } else { self.line_of(at) }
    }

    pub(super) fn closure(&mut self, node: NodeId) {
        if self.is_called_at_once(node) {
            // It runs where it stands.
            return;
        }
        if let Some(over) = self.walked_by_caller(node) {
            return self.begin_callback(node, over);
        }
        match self.name_of_holder(node) {
            Some(name) => self.begin_function(node, &name, false),
            None => self.begin_function(node, "<closure>", true),
        }
    }

    /// `const f = () => …`, `f: function () …`, `let f = || …`.
    fn name_of_holder(&self, node: NodeId) -> Option<String> {
        let (holder, inner) = self.holder(node)?;
        let is_pair = self.tree.kind(holder) == "pair";
        let is_assign = matches!(self.tree.role(holder), Role::Assign) || is_pair;
        if !is_assign || !matches!(self.tree.field(inner), "right" | "value") {
            return None;
        }
        let fields = ["left", "name", "pattern", "declarator", "property", "key"];
        let name = self.line_of_child(holder, &fields);
        let last = name.rsplit(['.', '>', ':']).next().unwrap_or("");
        is_name(last.trim_matches(['\'', '"', '#'])).then_some(name)
    }

    fn is_called_at_once(&self, node: NodeId) -> bool {
        self.holder(node).is_some_and(|(holder, inner)| {
            matches!(self.tree.role(holder), Role::Call) && self.tree.field(inner) == "function"
        })
    }

    /// If the closure is an argument of a function that calls it for each element: what that one walks.
    fn walked_by_caller(&self, node: NodeId) -> Option<String> {
        let parent = self.tree.parent(node)?;
        // Keyword arguments of Python stand in a node of their own.
        let arguments =
            if self.tree.kind(parent) == "keyword_argument" { self.tree.parent(parent)? } else { parent };
        if self.tree.field(arguments) != "arguments" {
            return None;
        }
        let call = self.tree.parent(arguments)?;
        let (callee, name, receiver) = self.callee_parts(call)?;
        if !self.grammar.walkers.contains(&name.as_str()) {
            return None;
        }
        let is_shared = self.grammar.shared_walkers.contains(&name.as_str());
        if is_shared && !self.grammar.streams.iter().any(|stream| receiver.contains(stream)) {
            return None;
        }
        // `map(f, a)`, `std::for_each(a.begin(), a.end(), f)`: the first argument that is no closure.
        let is_function =
            receiver.is_empty() || receiver == "std" || receiver == "slices" || receiver == "ranges";
        if is_function && !self.source.language.is_script() {
            let first = self.tree.named(arguments).find(|&argument| argument != node && argument != parent);
            return first.map(|first| walked(&self.line_of(first)));
        }
        Some(walked(&receiver)).filter(|over| !over.is_empty() && !callee.is_empty())
    }

    fn begin_callback(&mut self, node: NodeId, over: String) {
        let lines = self.span(node);
        let parameters = self.parameters(node);
        let number = self.source.loops.len();
        let over_node = self.tree.parent(node);
        self.source.loops.push(Loop {
            lines,
            header_line: lines.first,
            parent: self.context.loop_,
            function: self.context.function,
            kind: LoopKind::Callback,
            is_small: over.starts_with('[') && over.matches(',').count() < 15 && over.ends_with(']'),
            header: over_node.map(|node| self.line_of(node)).unwrap_or_default(),
            over,
            binds: parameters.into_iter().map(|parameter| parameter.name).collect(),
            has_break: false,
            is_await: self.is_async(node),
            over_kind: Kind::Other,
        });
        self.open(node);
        self.context.loop_ = Some(number);
    }

    fn begin_function(&mut self, node: NodeId, name: &str, is_closure: bool) {
        let name = self.qualified(name);
        let is_test = self.context.is_test || (self.grammar.is_test)(self.tree, node, &name);
        let parameters = self.parameters(node);
        let number = self.source.functions.len();
        for parameter in &parameters {
            if let Some(shape) = self.shape_of_parameter(&parameter.text) {
                let fact = ShapeFact { function: Some(number), order: node, shape };
                self.source.shapes.entry(parameter.name.clone()).or_default().push(fact);
            }
        }
        self.source.functions.push(Function {
            name: name.clone(),
            lines: self.span(node),
            is_async: self.is_async(node),
            is_test,
            is_closure,
            parent: self.context.function,
            parameters,
        });
        self.open(node);
        self.names.push(name);
        self.context.name = self.names.len() - 1;
        self.context.function = Some(number);
        self.context.loop_ = None;
        self.context.try_ = None;
        self.context.is_test = is_test;
        self.context.block_last = self.tree.last_line(node);
    }

    fn is_async(&self, node: NodeId) -> bool {
        let modifiers = self.tree.child_of_kind(node, "function_modifiers");
        self.tree.has_word(node, "async")
            || modifiers.is_some_and(|modifiers| self.tree.text(modifiers).contains("async"))
    }

    fn parameters(&self, node: NodeId) -> Vec<Parameter> {
        // C has them in the declarator, one or more pointers deep.
        let mut at = node;
        let list = loop {
            if let Some(list) = self.tree.child_of(at, &["parameters", "parameter"]) {
                break list;
            }
            match self.tree.child(at, "declarator").or_else(|| self.reference_inside(at)) {
                Some(inner) => at = inner,
                None => return Vec::new(),
            }
        };
        if self.tree.role(list) == Role::Name {
            let name = self.line_of(list);
            return vec![Parameter { text: name.clone(), name }];
        }
        self.tree.named(list).flat_map(|parameter| self.parameter(parameter)).collect()
    }

    fn parameter(&self, node: NodeId) -> Vec<Parameter> {
        let text = self.line_of(node);
        if self.source.language == Language::Go {
            // `a, b []string` is one node with two names.
            let names = self.tree.children(node).filter(|&child| self.tree.field(child) == "name");
            return names.map(|name| Parameter { name: self.line_of(name), text: text.clone() }).collect();
        }
        let mut at = node;
        while let Some(inner) = self.tree.child_of(at, &["name", "pattern", "left", "declarator"]) {
            at = inner;
        }
        // `*args`, `&name`, `x: int`: the name is the first thing inside.
        if self.tree.role(at) != Role::Name
            && let Some(inner) = self.tree.named(at).find(|&child| self.tree.role(child) == Role::Name)
        {
            at = inner;
        }
        vec![Parameter { name: one_line(self.tree.text(at)), text }]
    }
}
