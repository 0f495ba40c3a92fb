//! Calls: what is called, with what, and what becomes of the result.

use super::lowerer::Lowerer;
use crate::language::Language;
use crate::model::{Call, Kind};
use crate::role::Role;
use crate::syntax::NodeId;
use crate::text::{is_name, last_part, one_line, split_arguments, unquoted, without_generics};

/// What becomes of a call's result.
#[derive(Default)]
struct Use {
    assigned: Option<String>,
    is_awaited: bool,
    is_discarded: bool,
    is_returned: bool,
    is_deferred: bool,
    is_spawned: bool,
}

impl Lowerer<'_> {
    pub(super) fn call(&mut self, node: NodeId) {
        let Some((callee, name, receiver)) = self.callee_parts(node) else { return };
        let arguments = self.argument_nodes(node);
        let texts = arguments.iter().map(|&argument| self.line_of(argument)).collect();
        let kinds = arguments.iter().map(|&argument| self.argument_kind(argument)).collect();
        let is_new = self.tree.role(node) == Role::New;
        self.push_call(node, (callee, name, receiver), texts, kinds, is_new);
    }

    fn push_call(
        &mut self,
        node: NodeId,
        (callee, name, receiver): (String, String, String),
        arguments: Vec<String>,
        argument_kinds: Vec<Kind>,
        is_new: bool,
    ) {
        let place = self.place(node);
        let used = self.use_of(node);
        let path = self.path_of(&callee);
        self.source.calls.push(Call {
            line: place.lines.first,
            end_line: place.lines.last,
            callee,
            name,
            receiver,
            arguments,
            is_awaited: used.is_awaited,
            is_deferred: used.is_deferred,
            is_new,
            function: place.function,
            loop_: place.loop_,
            place,
            path,
            argument_kinds,
            assigned: used.assigned,
            is_discarded: used.is_discarded,
            is_returned: used.is_returned,
            is_spawned: used.is_spawned,
        });
    }

    /// What is called: all of it, its last part, and what stands before that.
    pub(super) fn callee_parts(&self, node: NodeId) -> Option<(String, String, String)> {
        // Java has the parts of a call in the call itself.
        if self.source.language == Language::Java && self.tree.role(node) == Role::Call {
            let name = self.line_of(self.tree.child(node, "name")?);
            let receiver = self.line_of_child(node, &["object"]);
            let callee = if receiver.is_empty() { name.clone() } else { format!("{receiver}.{name}") };
            return Some((callee, name, receiver));
        }
        let mut callee = self.tree.child_of(node, &["function", "constructor", "type", "macro"])?;
        // `collect::<Vec<_>>` and `make_unique<T>` are wrapped once more.
        if let Some(inner) = self.tree.child(callee, "function")
            && self.tree.role(callee) == Role::None
        {
            callee = inner;
        }
        callee = if self.tree.role(callee) == Role::Wrapper { self.unwrapped(callee) } else { callee };
        let is_member = self.tree.role(callee) == Role::Member;
        let parts: Vec<NodeId> = if is_member { self.tree.named(callee).collect() } else { Vec::new() };
        if let (Some(&first), Some(&last)) = (parts.first(), parts.last())
            && first != last
        {
            let name = without_generics(self.tree.text(last));
            let receiver = self.line_of(first);
            let text = self.line_of(callee);
            return Some((plain(&text), one_line(last_part(&name)), receiver));
        }
        let callee = plain(&self.line_of(callee));
        let name = last_part(&callee).to_owned();
        let receiver = callee[..callee.len() - name.len()].trim_end_matches(['.', ':', '>', '-']).to_owned();
        Some((callee, name, receiver))
    }

    fn argument_nodes(&self, node: NodeId) -> Vec<NodeId> {
        match self.tree.child(node, "arguments") {
            // `sum(x for x in y)` has no brackets of its own.
            Some(list) if self.tree.role(list) == Role::Comprehension => vec![list],
            Some(list) => self.tree.named(list).collect(),
            None => Vec::new(),
        }
    }

    fn argument_kind(&self, node: NodeId) -> Kind {
        match self.tree.kind(node) {
            "keyword_argument" => {
                self.tree.child(node, "value").map(|value| self.kind(value)).unwrap_or_default()
            }
            _ => self.kind(node),
        }
    }

    /// The callee with an imported first part put in full.
    pub(super) fn path_of(&self, callee: &str) -> String {
        let (head, rest) = match callee.find(['.', ':']) {
            Some(at) => callee.split_at(at),
            None => (callee, ""),
        };
        let path = match self.aliases.get(head) {
            Some(full) => format!("{full}{rest}"),
            None => callee.to_owned(),
        };
        match self.source.language {
            Language::Cpp => path.trim_start_matches("::").trim_start_matches("std::").to_owned(),
            _ => path,
        }
    }

    fn use_of(&self, node: NodeId) -> Use {
        let mut used = Use::default();
        let Some((holder, inner)) = self.holder(node) else { return used };
        used.is_awaited = (0..64)
            .try_fold(node, |at, _| if at == inner { Err(false) } else { self.await_above(at) })
            .is_err_and(|found| found);
        let is_value = matches!(self.tree.field(inner), "right" | "value");
        match self.tree.role(holder) {
            Role::Assign if is_value => {
                let target =
                    self.line_of_child(holder, &["left", "name", "pattern", "declarator", "property"]);
                used.assigned = Some(bare_target(&target));
            }
            _ if is_value && self.tree.kind(holder) == "init_declarator" => {
                used.assigned = Some(self.declared_name(holder));
            }
            Role::Statement => used.is_discarded = true,
            Role::Return => used.is_returned = true,
            Role::Defer => used.is_deferred = true,
            Role::Spawn => used.is_spawned = true,
            Role::Closure => used.is_returned = true,
            _ => {}
        }
        used
    }

    /// The name inside a declarator of C.
    fn declared_name(&self, node: NodeId) -> String {
        let mut at = node;
        while let Some(inner) = self.tree.child(at, "declarator").or_else(|| self.reference_inside(at)) {
            at = inner;
        }
        self.line_of(at)
    }

    /// One step towards the holder: goes on with the parent, or ends with whether it was an `await`.
    fn await_above(&self, node: NodeId) -> Result<NodeId, bool> {
        let parent = self.tree.parent(node).ok_or(false)?;
        if self.tree.role(parent) == Role::Await { Err(true) } else { Ok(parent) }
    }

    /// `[]byte(s)`.
    pub(super) fn conversion(&mut self, node: NodeId) {
        let callee = self.line_of_child(node, &["type"]);
        let kinds = self.tree.child(node, "operand").map(|operand| self.kind(operand)).into_iter().collect();
        let arguments = vec![self.line_of_child(node, &["operand"])];
        self.push_call(node, (callee.clone(), callee, String::new()), arguments, kinds, false);
    }

    /// A macro's arguments are tokens; commas tell them apart.
    pub(super) fn macro_call(&mut self, node: NodeId) {
        let name = self.line_of_child(node, &["macro"]);
        let tokens = self.tree.named(node).find(|&child| self.tree.role(child) == Role::Tokens);
        let text = tokens.map(|tokens| self.line_of(tokens)).unwrap_or_default();
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        let arguments: Vec<String> = split_arguments(inner).into_iter().map(str::to_owned).collect();
        let kinds = arguments.iter().map(|argument| kind_of_text(argument)).collect();
        let name = format!("{}!", last_part(&name));
        self.push_call(node, (name.clone(), name, String::new()), arguments, kinds, false);
    }

    /// Calls among tokens: a name with round brackets behind it.
    pub(super) fn calls_in_tokens(&mut self, node: NodeId) {
        let children: Vec<NodeId> = self.tree.children(node).collect();
        let text = |at: usize| self.tree.text(children[at]);
        let mut found = Vec::new();
        for at in 1..children.len() {
            let is_call = self.tree.role(children[at]) == Role::Tokens && text(at).starts_with('(');
            if !is_call || !is_name(text(at - 1)) {
                continue;
            }
            // Back over `a.b(c)::d`, as long as names, brackets and separators take turns.
            let mut start = at - 1;
            while start >= 2 && matches!(text(start - 1), "." | "::") {
                start -= 2;
                while start > 0 && self.tree.role(children[start]) == Role::Tokens {
                    start -= 1;
                }
            }
            let name = text(at - 1).to_owned();
            let callee = plain(&one_line(self.tree.text_between(children[start], children[at - 1])));
            let receiver = callee.strip_suffix(&name).unwrap_or("").trim_end_matches(['.', ':']).to_owned();
            let inner = one_line(text(at));
            let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or("");
            let arguments: Vec<String> = split_arguments(inner).into_iter().map(str::to_owned).collect();
            found.push((children[at], (callee, name, receiver), arguments));
        }
        for (node, parts, arguments) in found {
            let kinds = arguments.iter().map(|argument| kind_of_text(argument)).collect();
            self.push_call(node, parts, arguments, kinds, false);
        }
    }

    /// A call that is written in another way: a declaration that constructs, an operator that prints.
    pub(super) fn call_like(
        &mut self,
        node: NodeId,
        callee: &str,
        arguments: &[NodeId],
        target: Option<String>,
    ) {
        let callee = plain(callee);
        let name = last_part(&callee).to_owned();
        let receiver = callee[..callee.len() - name.len()].trim_end_matches([':', '.']).to_owned();
        let texts = arguments.iter().map(|&argument| self.line_of(argument)).collect();
        let kinds = arguments.iter().map(|&argument| self.kind_like(argument)).collect();
        self.push_call(node, (callee, name, receiver), texts, kinds, true);
        if let Some(call) = self.source.calls.last_mut() {
            call.assigned = target;
        }
    }
}

impl Lowerer<'_> {
    /// `A b(c);` may declare a function whose parameter has the type `c`: inside of functions it does not.
    fn kind_like(&self, node: NodeId) -> Kind {
        let is_parameter = self.tree.kind(node) == "parameter_declaration";
        if is_parameter { kind_of_text(self.tree.text(node)) } else { self.kind(node) }
    }
}

/// Without type arguments, and without the marks of an optional chain.
fn plain(callee: &str) -> String {
    let callee = callee.replace("?.", ".");
    if callee.contains('<') && !callee.starts_with("operator") { without_generics(&callee) } else { callee }
}

/// The first name of a target: `x` of `x, err` and of `mut x`.
pub(super) fn bare_target(target: &str) -> String {
    let first = target.split(',').next().unwrap_or(target).trim();
    let first = first.strip_prefix("mut ").unwrap_or(first);
    first.trim_start_matches(['*', '&']).trim().to_owned()
}

fn kind_of_text(text: &str) -> Kind {
    if unquoted(text).is_some() {
        Kind::Text
    } else if is_name(text) {
        Kind::Name
    } else {
        Kind::Other
    }
}
