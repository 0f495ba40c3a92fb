//! What a value is, as far as its declared type or the expression that makes it tells.

use super::lowerer::Lowerer;
use crate::language::Language;
use crate::model::{Kind, Shape};
use crate::role::Role;
use crate::syntax::NodeId;
use crate::text::{last_part, without_generics};

impl Lowerer<'_> {
    /// What a declared type is; nothing for types that say nothing (`auto`, `var`, `any`).
    pub(super) fn shape_of_type(&self, text: &str) -> Option<Shape> {
        let mut text = text.trim();
        for _ in 0..8 {
            let before = text;
            for prefix in [
                "&'static ",
                "&mut ",
                "&",
                "*",
                "const ",
                "final ",
                "mut ",
                ":",
                "...",
                "static ",
                "readonly ",
            ] {
                text = text.strip_prefix(prefix).unwrap_or(text).trim_start();
            }
            // What is inside counts: it may be absent, or shared.
            for outer in ["Optional", "Arc", "Rc", "Box", "Final", "ClassVar", "Annotated", "Promise"] {
                let inner = text.strip_prefix(outer).and_then(|rest| rest.strip_prefix(['[', '<']));
                text = inner.map_or(text, |inner| inner.trim_end_matches([']', '>']));
            }
            text = text.split(" | ").next().unwrap_or(text).trim_end_matches(['&', '*', ' ']);
            if text == before {
                break;
            }
        }
        if text.is_empty()
            || ["auto", "var", "any", "unknown", "object", "Any", "T", "Object", "_"].contains(&text)
        {
            return None;
        }
        match self.source.language {
            Language::Go if text.starts_with("map[") => return Some(Shape::Map),
            Language::Go if text.starts_with("[]byte") => return Some(Shape::Bytes),
            Language::Go | Language::Rust if text.starts_with('[') => return Some(Shape::List),
            Language::Java | Language::TypeScript | Language::C | Language::Cpp if text.ends_with(']') => {
                return Some(Shape::List);
            }
            _ => {}
        }
        let base = text.split(['<', '[', '(', ' ', '|']).next().unwrap_or(text);
        let last = last_part(base);
        let known = self.grammar.types.iter().find(|(name, _)| *name == last || *name == base);
        Some(known.map_or(Shape::Other, |(_, shape)| *shape))
    }

    pub(super) fn shape_of_parameter(&self, text: &str) -> Option<Shape> {
        let text = text.split('=').next().unwrap_or(text).trim();
        match self.source.language {
            Language::Python | Language::TypeScript | Language::Rust => {
                self.shape_of_type(text.split_once(':')?.1)
            }
            // `a, b []string` and `rest ...int`.
            Language::Go => {
                let at = text.rfind(", ").map_or(0, |at| at + 2);
                let (_, of_type) = text[at..].split_once(' ')?;
                if of_type.starts_with("...") { Some(Shape::List) } else { self.shape_of_type(of_type) }
            }
            Language::JavaScript => None,
            Language::C | Language::Cpp | Language::Java => {
                let at = text.rfind([' ', '*', '&'])?;
                let name = &text[at + 1..];
                let of_type = text[..=at].trim();
                if name.ends_with("[]") || text.contains("...") {
                    return Some(Shape::List);
                }
                // A pointer to characters is C's string.
                let of_type = of_type.strip_prefix("const ").unwrap_or(of_type);
                self.shape_of_type(of_type)
            }
        }
    }

    pub(super) fn shape_of_value(&self, node: NodeId) -> Option<Shape> {
        let node = self.unwrapped(node);
        match self.kind(node) {
            Kind::List(_) => Some(Shape::List),
            Kind::Map(_) => Some(Shape::Map),
            Kind::Set(_) => Some(Shape::Set),
            Kind::Text | Kind::Format | Kind::Concat => Some(Shape::Text),
            Kind::Bytes => Some(Shape::Bytes),
            Kind::Number => Some(Shape::Number),
            Kind::Call => self.shape_of_call(node),
            _ => match self.tree.kind(node) {
                "list_comprehension" => Some(Shape::List),
                "set_comprehension" => Some(Shape::Set),
                "dictionary_comprehension" => Some(Shape::Map),
                "generator_expression" => Some(Shape::Iterator),
                "array_creation_expression" => Some(Shape::List),
                "type_conversion_expression" => self
                    .tree
                    .child(node, "type")
                    .and_then(|of_type| self.shape_of_type(self.tree.text(of_type))),
                _ => None,
            },
        }
    }

    fn shape_of_call(&self, node: NodeId) -> Option<Shape> {
        let (callee, name, receiver) = self.callee_parts(node)?;
        let path = self.path_of(&callee);
        let by_name = format!(".{name}");
        let is_method = !receiver.is_empty();
        let results = self.grammar.results;
        let known = results
            .iter()
            .find(|(listed, _)| *listed == path)
            .or_else(|| results.iter().find(|(listed, _)| is_method && *listed == by_name));
        if let Some((_, shape)) = known {
            return Some(*shape);
        }
        if self.tree.role(node) == Role::New {
            let of_type = self.tree.child_of(node, &["type", "constructor"])?;
            return self.shape_of_type(self.tree.text(of_type));
        }
        match self.source.language {
            Language::Rust if receiver.starts_with(char::is_uppercase) || receiver.contains("::") => {
                self.shape_of_type(&without_generics(&receiver))
            }
            Language::Rust if name == "collect" => {
                let (_, of_type) = self.tree.text(node).rsplit_once("collect::<")?;
                self.shape_of_type(of_type)
            }
            Language::Go if name == "make" => {
                let arguments = self.tree.child(node, "arguments")?;
                let of_type = self.tree.named(arguments).next()?;
                self.shape_of_type(self.tree.text(of_type))
            }
            _ => None,
        }
    }
}
