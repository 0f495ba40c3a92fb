//! What holds for some lines: `try`, `with`, locks; and imports, which hold for the file.

use super::grammar::Imported;
use super::lowerer::{Enter, Lowerer};
use crate::model::{Import, Region, Throw, Try};
use crate::syntax::NodeId;
use crate::text::one_line;

impl Lowerer<'_> {
    pub(super) fn throw(&mut self, node: NodeId) {
        let place = self.place(node);
        let value = self.tree.named(node).next().map(|value| self.line_of(value)).unwrap_or_default();
        self.source.throws.push(Throw { place, value });
    }

    pub(super) fn try_(&mut self, node: NodeId) {
        let place = self.place(node);
        let handlers = self
            .tree
            .named(node)
            .filter(|&child| matches!(self.tree.kind(child), "except_clause" | "catch_clause"));
        let caught = handlers.map(|handler| self.caught(handler)).collect();
        self.source.tries.push(Try { place, caught });
        let number = self.source.tries.len() - 1;
        self.enter_at(self.tree.child(node, "body"), Enter::Try(number));
    }

    fn caught(&self, handler: NodeId) -> String {
        let body = self.tree.named(handler).last().filter(|&body| body > handler + 1);
        let head = body.map_or("", |body| self.tree.text_between(handler + 1, body - 1));
        one_line(head)
    }

    pub(super) fn with(&mut self, node: NodeId) {
        let Some(body) = self.tree.child(node, "body") else { return };
        let Some(clause) = self.tree.child_of_kind(node, "with_clause") else { return };
        for item in self.tree.named(clause) {
            let value = self.tree.child(item, "value").unwrap_or(item);
            let value = if self.tree.kind(value) == "as_pattern" {
                self.tree.named(value).next().unwrap_or(value)
            } else {
                value
            };
            let text = self.line_of(value);
            let is_lock = looks_like_lock(&text);
            let place = self.place(node);
            self.source.regions.push(Region { place, value: text, body: self.span(body), is_lock });
        }
    }

    pub(super) fn synchronized(&mut self, node: NodeId) {
        let Some(body) = self.tree.child(node, "body") else { return };
        let lock = self.tree.named(node).next().map(|lock| self.line_of(self.unwrapped(lock)));
        let (place, body) = (self.place(node), self.span(body));
        self.source.regions.push(Region { place, value: lock.unwrap_or_default(), body, is_lock: true });
    }

    pub(super) fn import(&mut self, node: NodeId) {
        for imported in (self.grammar.imports)(self.tree, node) {
            self.add_import(node, imported);
        }
    }

    pub(super) fn add_import(&mut self, node: NodeId, Imported { path, alias }: Imported) {
        let place = self.place(node);
        // `import a.b` makes only `a` known, which stands for itself.
        let stands_for_itself = path.split('.').next() == Some(&alias);
        if !alias.is_empty() && !stands_for_itself {
            self.aliases.insert(alias.clone(), path.clone());
        }
        self.source.imports.push(Import { place, path, alias });
    }
}

/// `self._lock`, `mutex`, `cache.lock()`: locks have no type in most files, but they are called so.
fn looks_like_lock(text: &str) -> bool {
    let last = text.trim_end_matches("()").rsplit('.').next().unwrap_or("").to_lowercase();
    let last = last.trim_matches('_');
    ["lock", "mutex", "rlock", "mu"].contains(&last) || last.ends_with("_lock") || last.ends_with("mutex")
}
