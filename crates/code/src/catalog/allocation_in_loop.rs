//! Memory taken in each round for something that does not outlive the round, so that one taken before the loop would
//! do.
//!
//! What is put into another container, returned, stored or handed on outlives the round, as far as its text tells;
//! escape analysis may keep even the rest on the stack.

use crate::language::Language;
use crate::model::{Call, Kind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};
use crate::text::{is_name, mentions};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::AllocationInLoop, find };

const ALLOCATORS: Table = &[
    (Language::C, &["malloc", "calloc", "strdup", "realloc"]),
    (
        Language::Cpp,
        &[
            "malloc",
            "calloc",
            "vector",
            "string",
            "make_unique",
            "make_shared",
            "map",
            "unordered_map",
            "set",
        ],
    ),
    (Language::Go, &["make", "bytes.NewBuffer", "bufio.NewReader"]),
    (
        Language::Java,
        &["ArrayList", "HashMap", "HashSet", "StringBuilder", "LinkedList", "StringBuffer", "TreeMap"],
    ),
    (
        Language::Rust,
        &[
            "Vec::new",
            "Vec::with_capacity",
            "String::new",
            "String::with_capacity",
            "HashMap::new",
            "HashSet::new",
            "Box::new",
            "vec!",
            "BTreeMap::new",
            "VecDeque::new",
        ],
    ),
];

/// Methods and functions that keep what they are given.
const KEEPERS: [&str; 18] = [
    "append",
    "push",
    "push_back",
    "add",
    "put",
    "insert",
    "send",
    "emplace_back",
    "offer",
    "extend",
    "set",
    "store",
    "move",
    "Store",
    "entry",
    "Send",
    "Put",
    "Some",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(ALLOCATORS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        if !call.is_any(names) || call.is_returned {
            continue;
        }
        let Some(name) = call.assigned.as_deref().filter(|name| is_name(name)) else { continue };
        // Channels are made to be handed on; so is what the loop before keeps.
        let is_channel = call.argument(0).starts_with("chan");
        if !is_channel && is_local(source, call, name) && !outlives(source, call, name) {
            search.hit(Pattern::AllocationInLoop, &call.place, name, is_freed(source, call, name));
        }
    }
}

/// Whether the name is declared in the same round.
fn is_local(source: &Source, call: &Call, name: &str) -> bool {
    let Some((number, _)) = source.hot_loops(&call.place).next() else { return false };
    source.assigns.iter().any(|assign| {
        assign.target == name && assign.is_declaration && source.is_in_loop(&assign.place, number)
    })
}

/// Whether a method or function of this name keeps what it is given.
pub(super) fn keeps(name: &str) -> bool {
    KEEPERS.contains(&name)
}

/// Whether what a call gives, under this name, is put, handed or kept somewhere.
pub(super) fn outlives(source: &Source, call: &Call, name: &str) -> bool {
    let here = |function: Option<usize>| function == call.function;
    let is_stored = source.assigns.iter().any(|assign| {
        let is_other = assign.target != name && assign.kind != Kind::Call;
        here(assign.place.function)
            && is_other
            && mentions(&assign.value, name)
            && !is_part_of(&assign.value, name)
    });
    let is_handed_on =
        source.handed_on.iter().any(|handed| here(handed.place.function) && mentions(&handed.value, name));
    let is_kept = source.calls.iter().any(|other| {
        let gives = other.arguments.iter().any(|argument| mentions(argument, name));
        here(other.function) && gives && (keeps(&other.name) || other.is_new || other.is_spawned)
    });
    is_stored || is_handed_on || is_kept
}

/// Whether a value is taken out of a container or a structure: what is read there is not the thing itself.
fn is_part_of(value: &str, name: &str) -> bool {
    [".", "[", "->"].iter().any(|access| value.contains(&format!("{name}{access}")))
}

/// What is given back in the same function certainly does not outlive it; for the rest the compiler may know more.
fn is_freed(source: &Source, call: &Call, name: &str) -> bool {
    source
        .calls
        .iter()
        .any(|other| other.name == "free" && other.argument(0) == name && other.function == call.function)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::AllocationInLoop;

    #[test]
    fn each_language() {
        fires(
            P,
            Language::C,
            "void f(void) { while (n--) {\n char *p = malloc(9); g(p); free(p); } }",
            &["2 p"],
        );
        fires(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) {\n std::vector<int> v; v.push_back(1); g(v); } }",
            &["2 v?"],
        );
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs {\n b := make([]byte, 9); x.Read(b) } }",
            &["2 b?"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) {\n List<T> l = new ArrayList<>(); l.add(x); g(l.size()); } } }",
            &["2 l?"],
        );
        fires(
            P,
            Language::Rust,
            "fn f() { for x in xs {\n let mut v = Vec::new(); v.push(x); g(&v); } }",
            &["2 v?"],
        );
        fires(
            P,
            Language::C,
            "void f(void) { while (n--) {\n int *p = malloc(9); fill(p); best = p[n]; free(p); } }",
            &["2 p"],
        );
    }

    #[test]
    fn quiet_for_what_outlives_the_round() {
        quiet(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { b := make([]byte, 9); out = append(out, b) } }",
        );
        quiet(
            P,
            Language::Rust,
            "fn f() { for x in xs { let v = Vec::new(); out.push(v); } let w = Vec::new(); }",
        );
        quiet(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { List<T> l = new ArrayList<>(); m.put(x, l); } } }",
        );
        quiet(P, Language::C, "void f(void) { while (n--) { char *p = malloc(9); head->next = p; } }");
        quiet(P, Language::Cpp, "void f() { std::vector<int> v; for (auto& x : xs) { v.push_back(x); } }");
    }
}
