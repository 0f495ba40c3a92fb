//! Lowering: the syntax tree of a language to the model that is common to all.
//!
//! Each language is a table ([`grammar::Grammar`]); what is done with the parts that the table names is the same for
//! all and lies in `functions.rs`, `loops.rs`, `calls.rs`, `values.rs` and `scopes.rs`. The nodes are visited once, in
//! the order of the text.

mod c;
mod calls;
mod cpp;
mod functions;
mod go;
mod grammar;
mod java;
mod javascript;
mod loops;
mod lowerer;
mod python;
mod refine;
mod rust;
mod scopes;
mod shapes;
mod values;

use grammar::Grammar;
use lowerer::Lowerer;

use crate::language::Language;
use crate::model::Source;
use crate::role::Role;
use crate::syntax::{CodeError, Tree};

impl Source {
    /// Reads a file. Text that is wrong in places yields what can be read of the rest.
    ///
    /// # Errors
    /// If the file is longer than 4 MiB, has more than two million syntax nodes, or has so many possible readings
    /// that the parser does not get through.
    pub fn parse(language: Language, text: &str) -> Result<Self, CodeError> {
        Self::parse_as(language, text, false)
    }

    /// As [`Source::parse`], with the name of the file: `.tsx` and `.ts` differ in what they mean by `<`.
    ///
    /// # Errors
    /// See [`Source::parse`].
    pub fn parse_file(language: Language, path: &str, text: &str) -> Result<Self, CodeError> {
        Self::parse_as(language, text, path.ends_with(".tsx"))
    }

    fn parse_as(language: Language, text: &str, is_tsx: bool) -> Result<Self, CodeError> {
        let (parser, grammar) = of_language(language, is_tsx);
        let tree = Tree::parse(parser, language.name(), text, grammar.roles)?;
        let mut lowerer = Lowerer::new(&tree, grammar, language);
        for node in 0..tree.len() {
            lowerer.arrive(node);
            lowerer.visit(node);
        }
        let mut source = lowerer.source;
        source.is_generated = refine::is_generated(text);
        refine::mark_small_loops(&mut source);
        Ok(source)
    }
}

fn of_language(language: Language, is_tsx: bool) -> (tree_sitter::Language, &'static Grammar) {
    match language {
        Language::C => (tree_sitter_c::LANGUAGE.into(), &c::GRAMMAR),
        Language::Cpp => (tree_sitter_cpp::LANGUAGE.into(), &cpp::GRAMMAR),
        Language::Go => (tree_sitter_go::LANGUAGE.into(), &go::GRAMMAR),
        Language::Java => (tree_sitter_java::LANGUAGE.into(), &java::GRAMMAR),
        Language::JavaScript => (tree_sitter_javascript::LANGUAGE.into(), &javascript::GRAMMAR),
        Language::Python => (tree_sitter_python::LANGUAGE.into(), &python::GRAMMAR),
        Language::Rust => (tree_sitter_rust::LANGUAGE.into(), &rust::GRAMMAR),
        Language::TypeScript if is_tsx => (tree_sitter_typescript::LANGUAGE_TSX.into(), &javascript::GRAMMAR),
        Language::TypeScript => (tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), &javascript::GRAMMAR),
    }
}

impl Lowerer<'_> {
    fn visit(&mut self, node: usize) {
        match self.tree.role(node) {
            Role::Function => self.function(node),
            Role::Closure => self.closure(node),
            Role::Container => self.container(node),
            Role::Block => self.block(node),
            Role::Each => self.each(node),
            Role::Counted => self.counted(node),
            Role::While | Role::Forever => self.while_(node),
            Role::GoFor => self.go_for(node),
            Role::Comprehension => self.comprehension(node),
            Role::Call | Role::New => self.call(node),
            Role::Conversion => self.conversion(node),
            Role::Macro => self.macro_call(node),
            Role::Tokens => self.calls_in_tokens(node),
            Role::Assign => self.assign(node),
            Role::Declaration => self.declaration(node),
            Role::Subscript => self.subscript(node),
            Role::Binary => self.binary(node),
            Role::Throw => self.throw(node),
            Role::Try => self.try_(node),
            Role::Spread => self.spread(node),
            Role::With => self.with(node),
            Role::Synchronized => self.synchronized(node),
            Role::Import => self.import(node),
            Role::Break => self.break_(),
            Role::Return => self.hand_on(node),
            Role::Regex => self.regex(node),
            Role::None
            | Role::Comment
            | Role::Await
            | Role::Wrapper
            | Role::Text
            | Role::Number
            | Role::List
            | Role::Map
            | Role::Set
            | Role::Member
            | Role::Name
            | Role::Defer
            | Role::Spawn
            | Role::Statement => {}
        }
    }
}
