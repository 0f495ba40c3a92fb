//! The small model of a file that all languages are lowered to: functions, loops, calls, and what else patterns look at.
//!
//! Texts are those of the file on one line, cut where they are long. Lines are counted from 1. Nothing here is
//! computed: see [`crate::lower`] for how it comes about and `query.rs` for questions to it.

use std::collections::BTreeMap;

use crate::language::Language;

/// Lines from the first to the last, both counted from 1 and included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineSpan {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

impl LineSpan {
    /// Whether a line is in it.
    pub fn contains(self, line: u32) -> bool {
        self.first <= line && line <= self.last
    }
}

/// A function, method or closure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, qualified as far as the file tells: `Class.method`, `Type::function`; `outer.<closure>` for one
    /// without a name.
    pub name: String,
    /// From its head to its end.
    pub lines: LineSpan,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is, or is inside, a test.
    pub is_test: bool,
    pub(crate) is_closure: bool,
    pub(crate) parent: Option<usize>,
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// All of it, as it stands in the file.
    pub(crate) text: String,
}

/// How a loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoopKind {
    /// Once for each element of something.
    Each,
    /// By a counter.
    Counted,
    /// As long as a condition holds, or for ever.
    While,
    /// An expression that makes a list, a set or the like out of another.
    Comprehension,
    /// A closure that another function calls for each element.
    Callback,
}

/// A loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// From its head to its end.
    pub lines: LineSpan,
    /// The line with its head.
    pub header_line: u32,
    /// The loop around it, within the same function.
    pub parent: Option<usize>,
    /// The function that it is in.
    pub function: Option<usize>,
    /// How it goes on.
    pub kind: LoopKind,
    /// What is walked, without what only says how: `a` for `enumerate(a)` and for `i < a.size()`; for `while` its
    /// condition.
    pub over: String,
    /// The names bound anew in each round.
    pub binds: Vec<String>,
    /// Whether it is known to make fewer than 16 rounds.
    pub is_small: bool,
    /// The text between the keyword and the body.
    pub(crate) header: String,
    pub(crate) has_break: bool,
    pub(crate) is_await: bool,
    /// Whether the bound of a counter is an expression that says how long something is.
    pub(crate) over_kind: Kind,
}

/// What an expression is, as far as its own text tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Other,
    Name,
    /// A constant string.
    Text,
    /// A string with values put in.
    Format,
    Bytes,
    Number,
    Regex,
    /// With so many elements.
    List(u32),
    Map(u32),
    Set(u32),
    Call,
    Closure,
    /// A `+` with a string in it.
    Concat,
}

/// What a value is, as far as the file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// A list, vector, slice or array of any values.
    List,
    Deque,
    Set,
    Map,
    Text,
    Bytes,
    /// A buffer that strings are built in.
    Builder,
    /// An array of numpy.
    NumpyArray,
    /// A table or column of pandas.
    Frame,
    Number,
    /// A number that is an object.
    Boxed,
    /// A file or stream without a buffer.
    RawFile,
    /// A file or stream with a buffer.
    File,
    Lock,
    Iterator,
    /// Another type with a name.
    Other,
}

/// Where something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) lines: LineSpan,
    pub(crate) function: Option<usize>,
    pub(crate) loop_: Option<usize>,
    /// The `try` whose body it is in, within the same function.
    pub(crate) try_: Option<usize>,
    /// The last line of the block around it.
    pub(crate) block_last: u32,
    /// Its number among all nodes of the file, to tell what comes first.
    pub(crate) order: usize,
}

/// A call, or the construction of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its first line.
    pub line: u32,
    /// Its last line.
    pub end_line: u32,
    /// What is called, as it stands in the file: `re.compile`, `new Foo` is `Foo`, `vec!`.
    pub callee: String,
    /// The last part of the callee.
    pub name: String,
    /// What stands before the last part, if there is anything.
    pub receiver: String,
    /// The arguments.
    pub arguments: Vec<String>,
    /// Whether its result is waited for.
    pub is_awaited: bool,
    /// Whether it is put off until the function ends (Go's `defer`).
    pub is_deferred: bool,
    /// Whether it constructs an object.
    pub is_new: bool,
    /// The function that it is in.
    pub function: Option<usize>,
    /// The loop that it is in, within the same function.
    pub loop_: Option<usize>,
    pub(crate) place: Place,
    /// The callee with names of imports put in full: `numpy.array` for `np.array`.
    pub(crate) path: String,
    pub(crate) argument_kinds: Vec<Kind>,
    /// The target that its result is assigned to at once.
    pub(crate) assigned: Option<String>,
    pub(crate) is_discarded: bool,
    pub(crate) is_returned: bool,
    pub(crate) is_spawned: bool,
}

/// What an assignment does with the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssignOp {
    Set,
    /// `+=`.
    Add,
    Other,
}

/// An assignment or a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assign {
    pub(crate) place: Place,
    pub(crate) target: String,
    pub(crate) op: AssignOp,
    pub(crate) value: String,
    pub(crate) kind: Kind,
    pub(crate) is_declaration: bool,
    /// The declared type, as it stands in the file.
    pub(crate) type_text: String,
    /// What the target is from here on.
    pub(crate) shape: Option<Shape>,
}

/// `needle in haystack`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) place: Place,
    pub(crate) needle: String,
    pub(crate) haystack: String,
    pub(crate) kind: Kind,
}

/// `left == right`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) place: Place,
    pub(crate) left: String,
    pub(crate) right: String,
}

/// `throw value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Throw {
    pub(crate) place: Place,
    pub(crate) value: String,
}

/// `try`, with what it catches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Try {
    pub(crate) place: Place,
    /// What stands between `catch` and the body of each handler.
    pub(crate) caught: Vec<String>,
}

/// `...value` in a list or a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spread {
    pub(crate) place: Place,
    pub(crate) value: String,
    /// What the literal around it is assigned to.
    pub(crate) assigned: Option<String>,
    /// Whether the literal is what the function or closure around it gives back.
    pub(crate) is_returned: bool,
}

/// `base[index]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscript {
    pub(crate) place: Place,
    pub(crate) base: String,
    pub(crate) index: String,
    pub(crate) is_store: bool,
}

/// `with value as alias:`, `synchronized (value)`: what holds for some lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) place: Place,
    pub(crate) value: String,
    pub(crate) body: LineSpan,
    pub(crate) is_lock: bool,
}

/// An imported name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) place: Place,
    /// What it stands for: `numpy`, `os.path.join`, `fs.readFileSync`.
    pub(crate) path: String,
    /// What it is called in this file; empty if everything of it is imported by its own name.
    pub(crate) alias: String,
}

/// A constant string or regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) place: Place,
    /// Without its quotes.
    pub(crate) text: String,
    pub(crate) is_regex: bool,
}

/// Something awaited that is no call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandedOn {
    pub(crate) place: Place,
    pub(crate) value: String,
}

/// The lowered syntax of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(crate) language: Language,
    pub(crate) is_generated: bool,
    pub(crate) functions: Vec<Function>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) calls: Vec<Call>,
    pub(crate) assigns: Vec<Assign>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) throws: Vec<Throw>,
    pub(crate) tries: Vec<Try>,
    pub(crate) spreads: Vec<Spread>,
    pub(crate) subscripts: Vec<Subscript>,
    pub(crate) regions: Vec<Region>,
    pub(crate) imports: Vec<Import>,
    pub(crate) literals: Vec<Literal>,
    pub(crate) handed_on: Vec<HandedOn>,
    /// For each name, the assignments and parameters that tell what it is, in the order of the file.
    pub(crate) shapes: BTreeMap<String, Vec<ShapeFact>>,
}

/// What a name stands for from some place on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShapeFact {
    pub(crate) function: Option<usize>,
    pub(crate) order: usize,
    pub(crate) shape: Shape,
}

impl Source {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            is_generated: false,
            functions: Vec::new(),
            loops: Vec::new(),
            calls: Vec::new(),
            assigns: Vec::new(),
            memberships: Vec::new(),
            comparisons: Vec::new(),
            throws: Vec::new(),
            tries: Vec::new(),
            spreads: Vec::new(),
            subscripts: Vec::new(),
            regions: Vec::new(),
            imports: Vec::new(),
            literals: Vec::new(),
            handed_on: Vec::new(),
            shapes: BTreeMap::new(),
        }
    }

    /// The language that the file is in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the file's head says that a program wrote it.
    pub fn is_generated(&self) -> bool {
        self.is_generated
    }

    /// The functions, in the order of the file.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The loops, in the order of the file; a loop stands behind the one around it.
    pub fn loops(&self) -> &[Loop] {
        &self.loops
    }

    /// The calls, in the order of the file.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }
}
