//! The contract of a pattern: its name, and a function from the model of a file to the places where it fires.

use std::collections::BTreeSet;

use crate::model::{Kind, LineSpan, Place, Shape, Source};

macro_rules! patterns {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What code patterns there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Pattern {
            $($(#[$doc])* $variant,)*
        }

        impl Pattern {
            /// Every pattern, by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name, in kebab case.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

patterns! {
    /// Spread or concatenation that copies all that was gathered so far, in each round.
    AccumulatingSpread = "accumulating-spread",
    /// Memory taken in each round for something that does not outlive it.
    AllocationInLoop = "allocation-in-loop",
    /// A numpy array walked element by element.
    ArrayScalarLoop = "array-scalar-loop",
    /// One answer waited for after the other, though they do not depend on each other.
    AwaitInLoop = "await-in-loop",
    /// Numbers as objects in a loop.
    BoxingInLoop = "boxing-in-loop",
    /// A call over the network or to a database in a loop.
    CallInLoop = "call-in-loop",
    /// Copies of owned values in a loop.
    CloneInLoop = "clone-in-loop",
    /// A copy of a whole object tree.
    DeepCopy = "deep-copy",
    /// The standard hasher in a loop.
    DefaultHasher = "default-hasher",
    /// `defer` in a loop.
    DeferInLoop = "defer-in-loop",
    /// `std::endl` or a flush in a loop.
    EndlInLoop = "endl-in-loop",
    /// Exceptions for the ordinary course of a loop.
    ExceptionInLoop = "exception-in-loop",
    /// Data forced to disk in a loop.
    FlushInLoop = "flush-in-loop",
    /// Text formatted in a loop.
    FormatInLoop = "format-in-loop",
    /// A table or array grown by copying in a loop.
    FrameGrowth = "frame-growth",
    /// A container that grows to a length that is known before.
    GrowthWithoutCapacity = "growth-without-capacity",
    /// A module that takes long to import.
    HeavyImport = "heavy-import",
    /// An import that is run with each call.
    ImportInFunction = "import-in-function",
    /// Waiting for devices or others while a lock is held.
    IoUnderLock = "io-under-lock",
    /// The same kind of text encoded or decoded in a loop.
    JsonInLoop = "json-in-loop",
    /// A search from the first element on, in a loop.
    LinearSearchInLoop = "linear-search-in-loop",
    /// An element put or taken at the front of a list, in a loop.
    ListFront = "list-front",
    /// A lock taken in a loop.
    LockInLoop = "lock-in-loop",
    /// Log calls in a loop.
    LoggingInLoop = "logging-in-loop",
    /// Two loops, one inside the other, over the same thing.
    NestedLoopsSameData = "nested-loops-same-data",
    /// A regular expression that can take exponential time.
    NestedQuantifier = "nested-quantifier",
    /// The same file opened or asked for in each round.
    OpenInLoop = "open-in-loop",
    /// A container passed by value.
    PassByValue = "pass-by-value",
    /// A loop that looks again and again whether something holds.
    PollingLoop = "polling-loop",
    /// Names looked up at run time, in a loop.
    ReflectionInLoop = "reflection-in-loop",
    /// A table walked row by row.
    RowIteration = "row-iteration",
    /// Something that is made once for many uses, made in each round.
    SetupInLoop = "setup-in-loop",
    /// Sorting in a loop, or sorting to take one element.
    SortInLoop = "sort-in-loop",
    /// A process started in each round.
    SpawnInLoop = "spawn-in-loop",
    /// Strings converted to bytes and back in a loop.
    StringBytesConversion = "string-bytes-conversion",
    /// A string that is copied to be made longer, in each round.
    StringConcatInLoop = "string-concat-in-loop",
    /// A call that blocks the thread all tasks run on.
    SyncInAsync = "sync-in-async",
    /// Small reads or writes without a buffer, in a loop.
    UnbufferedIo = "unbuffered-io",
}

/// One pattern: an entry of [`crate::PATTERNS`].
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which one.
    pub pattern: Pattern,
    pub(crate) find: fn(&mut Search<'_>),
}

/// A place where a pattern fires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Where.
    pub lines: LineSpan,
    /// Which pattern.
    pub pattern: Pattern,
    /// The innermost loop around it that may make many rounds.
    pub loop_lines: Option<LineSpan>,
    /// How many such loops are around it, within its function.
    pub loop_depth: u32,
    /// The function that it is in.
    pub function: Option<String>,
    /// The thing: a container, a regular expression, what is called.
    pub subject: String,
    /// Whether the file tells for certain; not so where it hangs on a type that is declared elsewhere.
    pub is_certain: bool,
}

/// One search through a file, with what the patterns share.
pub(crate) struct Search<'s> {
    pub(crate) source: &'s Source,
    /// Functions of this file, by their bare names, that it calls in a loop itself.
    called_in_loops: BTreeSet<&'s str>,
    hits: Vec<Hit>,
}

/// How often a place runs, as far as the file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Often {
    /// In a loop.
    Loop,
    /// In a function that is called in a loop of the same file.
    CalledInLoop,
    No,
}

impl<'s> Search<'s> {
    pub(crate) fn new(source: &'s Source) -> Self {
        let calls = source.calls.iter().filter(|call| source.is_hot(&call.place));
        let called_in_loops = calls.map(|call| call.name.as_str()).collect();
        Self { source, called_in_loops, hits: Vec::new() }
    }

    pub(crate) fn often(&self, place: &Place) -> Often {
        if self.source.is_hot(place) {
            return Often::Loop;
        }
        let function = place.function.map(|function| &self.source.functions[function]);
        let bare = function.map(|function| crate::text::last_part(&function.name));
        let is_called = bare.is_some_and(|bare| self.called_in_loops.contains(bare));
        if is_called { Often::CalledInLoop } else { Often::No }
    }

    /// The pattern fires at a place.
    pub(crate) fn hit(&mut self, pattern: Pattern, place: &Place, subject: &str, is_certain: bool) {
        if self.source.is_in_test(place) {
            return;
        }
        let function = place.function.map(|function| self.source.functions[function].name.clone());
        self.hits.push(Hit {
            lines: place.lines,
            pattern,
            loop_lines: self.source.hot_loop(place).map(|found| found.lines),
            loop_depth: self.source.loop_depth(place),
            function,
            subject: subject.to_owned(),
            is_certain,
        });
    }

    /// What a container is at a place: told by its name, or by what makes it.
    pub(crate) fn shape_of(&self, text: &str, kind: Kind, place: &Place) -> Option<Shape> {
        match kind {
            Kind::List(_) => Some(Shape::List),
            Kind::Set(_) => Some(Shape::Set),
            Kind::Map(_) => Some(Shape::Map),
            Kind::Text | Kind::Format | Kind::Concat => Some(Shape::Text),
            Kind::Bytes => Some(Shape::Bytes),
            _ => self.source.shape(text, place),
        }
    }

    /// The hits, by line, each once.
    pub(crate) fn finish(mut self) -> Vec<Hit> {
        self.hits.sort();
        // Where something is found twice, the certain one stays.
        self.hits.reverse();
        self.hits.dedup_by(|a, b| {
            (a.pattern, a.lines.first, &a.subject) == (b.pattern, b.lines.first, &b.subject)
        });
        self.hits.reverse();
        self.hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_in_kebab_case() {
        let names: Vec<&str> = Pattern::ALL.iter().map(|pattern| pattern.as_str()).collect();
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }

    #[test]
    fn every_pattern_has_one_entry() {
        let entries: Vec<Pattern> = crate::PATTERNS.iter().map(|entry| entry.pattern).collect();
        assert_eq!(entries, Pattern::ALL);
    }
}
