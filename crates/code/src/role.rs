//! What a node of a syntax tree is for, the same in every language.

/// The part that a kind of node plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Nothing that the model holds.
    None,
    /// A note for people.
    Comment,
    /// A function or method with a name.
    Function,
    /// A function without a name of its own.
    Closure,
    /// A class, a struct with methods, an `impl`, a module or a namespace: its name is part of those inside.
    Container,
    /// `for x in y`.
    Each,
    /// `for (a; b; c)`.
    Counted,
    /// `while`, `do`.
    While,
    /// A loop without a condition.
    Forever,
    /// Go's `for`, which is any of the above.
    GoFor,
    /// A list, set, map or generator made by `for` inside an expression.
    Comprehension,
    /// A call.
    Call,
    /// The construction of an object.
    New,
    /// A value turned into another type, by the name of a type that is no word.
    Conversion,
    /// The call of a macro, whose arguments are tokens.
    Macro,
    /// Tokens between brackets.
    Tokens,
    /// A target and its value.
    Assign,
    /// A declaration of one or more variables behind one type (C, C++).
    Declaration,
    /// `a[b]`.
    Subscript,
    /// An operator between two values.
    Binary,
    /// `throw`, `raise`.
    Throw,
    /// `try`.
    Try,
    /// `await`.
    Await,
    /// `...x`, `*x`, `**x` in a literal.
    Spread,
    /// `with x:`.
    With,
    /// `synchronized (x)`.
    Synchronized,
    /// The import of other modules.
    Import,
    /// `break`.
    Break,
    /// `return`, and what hands a value on to others: `yield`, a send to a channel.
    Return,
    /// Statements with a scope of their own.
    Block,
    /// Stands around one expression without changing what it is: brackets, `&x`, `x?`, `x as T`.
    Wrapper,
    /// A string.
    Text,
    /// A number.
    Number,
    /// A regular expression of the language itself.
    Regex,
    /// A list or an array.
    List,
    /// A map or an object.
    Map,
    /// A set.
    Set,
    /// `a.b`, `a::b`, `a->b`.
    Member,
    /// A name.
    Name,
    /// `defer`.
    Defer,
    /// `go`.
    Spawn,
    /// An expression whose value nobody takes.
    Statement,
}
