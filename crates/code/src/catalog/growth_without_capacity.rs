//! A container that grows element by element to a length that is known before the loop: it moves several times on the
//! way.

use crate::language::Language;
use crate::model::{Assign, AssignOp, Call, Loop, LoopKind, Shape, Source, Subscript};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::is_name;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::GrowthWithoutCapacity, find };

const GROWS: [&str; 10] =
    ["append", "push", "push_back", "emplace_back", "add", "put", "insert", "push_str", "emplace", "realloc"];
/// How an empty container is made.
const EMPTY: [&str; 17] = [
    "Vec::new()",
    "String::new()",
    "HashMap::new()",
    "HashSet::new()",
    "VecDeque::new()",
    "vec![]",
    "Vec::default()",
    "new ArrayList<>()",
    "new HashMap<>()",
    "new HashSet<>()",
    "new StringBuilder()",
    "new ArrayList()",
    "make(map[",
    "new LinkedHashMap<>()",
    "new Vector<>()",
    "String::default()",
    "HashMap::default()",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language == Language::Python || source.language.is_script() {
        return;
    }
    for call in source.calls.iter().filter(|call| GROWS.contains(&call.name.as_str())) {
        let Some((number, around)) = source.hot_loops(&call.place).next() else { continue };
        if source.language.is_c_family() && call.name == "realloc" {
            if is_by_constant(call) {
                search.hit(Pattern::GrowthWithoutCapacity, &call.place, call.argument(0), true);
            }
            continue;
        }
        let container = grown(source, call);
        let is_alone = source.hot_loops(&call.place).count() == 1;
        if is_name(container)
            && is_alone
            && knows_length(around)
            && is_empty_before(source, call, container, number)
        {
            search.hit(Pattern::GrowthWithoutCapacity, &call.place, container, is_each_round(call, around));
        }
    }
    map_stores(search);
}

/// Go appends by assignment.
fn grown<'s>(source: &Source, call: &'s Call) -> &'s str {
    if source.language == Language::Go {
        let target = call.assigned.as_deref().unwrap_or("");
        return if call.callee == "append" && call.argument(0) == target { target } else { "" };
    }
    &call.receiver
}

/// Go's maps are filled by assignment too.
fn map_stores(search: &mut Search<'_>) {
    let source = search.source;
    for store in
        source.subscripts.iter().filter(|store| source.language == Language::Go && store_of(source, store))
    {
        let Some((number, around)) = source.hot_loops(&store.place).next() else { continue };
        let is_map = source.shape(&store.base, &store.place) == Some(Shape::Map);
        let made = source.last_assign(&store.base, &store.place);
        let is_empty =
            made.is_some_and(|made| is_empty_value(source, made) && !source.is_in_loop(&made.place, number));
        if is_map && is_empty && knows_length(around) && source.hot_loops(&store.place).count() == 1 {
            search.hit(Pattern::GrowthWithoutCapacity, &store.place, &store.base, false);
        }
    }
}

/// A list of targets stands between the assignment and the element.
fn store_of(source: &Source, store: &Subscript) -> bool {
    source.assigns.iter().any(|assign| {
        assign.op == AssignOp::Set
            && assign.place.lines.first == store.place.lines.first
            && assign.target == format!("{}[{}]", store.base, store.index)
    })
}

/// Whether what the loop walks says how many rounds it makes.
fn knows_length(around: &Loop) -> bool {
    match around.kind {
        LoopKind::Each => {
            !around.over.is_empty() && !around.over.contains("lines()") && !around.over.contains("filter")
        }
        LoopKind::Counted => !around.over.is_empty(),
        _ => false,
    }
}

fn is_empty_before(source: &Source, call: &Call, container: &str, number: usize) -> bool {
    // Go's `append` is an assignment itself.
    let mut before = source.assigns.iter().filter(|assign| {
        assign.target == container
            && assign.op == AssignOp::Set
            && assign.place.function == call.place.function
            && assign.place.order < call.place.order
            && !assign.value.starts_with("append(")
    });
    let Some(made) = before.next_back() else { return false };
    let reserves = source.calls.iter().any(|other| {
        other.receiver == container
            && matches!(other.name.as_str(), "reserve" | "ensureCapacity" | "reserve_exact")
            || other.callee == "slices.Grow" && other.argument(0) == container
    });
    is_empty_value(source, made) && !reserves && !source.is_in_loop(&made.place, number)
}

fn is_empty_value(source: &Source, made: &Assign) -> bool {
    let value = made.value.as_str();
    match source.language {
        // `var x []T`, `[]T{}`, `make([]T, 0)`, `map[K]V{}`.
        Language::Go => {
            value.is_empty() && made.type_text.starts_with("[]")
                || value.ends_with("{}") && (value.starts_with("[]") || value.starts_with("map["))
                || value.starts_with("make([]") && value.ends_with(", 0)")
                || value.starts_with("make(map[") && !value.contains(',')
        }
        Language::Cpp => made.is_declaration && value.is_empty() && made.type_text.contains("vector<"),
        // The type arguments may be written out.
        Language::Java => {
            EMPTY.contains(&value)
                || value.ends_with(">()")
                    && value.starts_with("new ")
                    && made.shape.is_some_and(|shape| matches!(shape, Shape::List | Shape::Map | Shape::Set))
                    && !value.starts_with("new Tree")
                    && !value.starts_with("new Linked")
        }
        _ => EMPTY.contains(&value),
    }
}

/// Whether the element is added in each round: not below an `if`, as far as the block around it tells.
fn is_each_round(call: &Call, around: &Loop) -> bool {
    call.place.block_last >= around.lines.last
}

/// `realloc(p, n + 1)`.
fn is_by_constant(call: &Call) -> bool {
    let size = call.argument(1);
    size.contains('+') && !size.contains("* 2") && !size.contains("<<") && !size.contains("cap")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::GrowthWithoutCapacity;

    #[test]
    fn go() {
        let text = "func f(xs []T) {\n var out []int\n m := map[int]int{}\n for _, x := range xs {\n  out = append(out, x)\n  m[x] = 1\n }\n}";
        fires(P, Language::Go, text, &["5 out", "6 m?"]);
        quiet(
            P,
            Language::Go,
            "func f(xs []T) { out := make([]int, 0, len(xs)); for _, x := range xs { out = append(out, x) } }",
        );
        quiet(P, Language::Go, "func f() { var out []int; for cond() { out = append(out, 1) } }");
    }

    #[test]
    fn rust() {
        let text = "fn f(xs: &[T]) {\n let mut out = Vec::new();\n for x in xs {\n  out.push(x);\n }\n}";
        fires(P, Language::Rust, text, &["4 out"]);
        let text =
            "fn f(xs: &[T]) {\n let mut out = Vec::new();\n for x in xs {\n  if x.a { out.push(x); }\n }\n}";
        fires(P, Language::Rust, text, &["4 out?"]);
        quiet(
            P,
            Language::Rust,
            "fn f(xs: &[T]) { let mut out = Vec::with_capacity(9); for x in xs { out.push(x); } }",
        );
    }

    #[test]
    fn java_and_the_c_family() {
        let text =
            "class A { void f() { List<T> out = new ArrayList<>();\n for (T x : xs) { out.add(x); } } }";
        fires(P, Language::Java, text, &["2 out"]);
        quiet(
            P,
            Language::Java,
            "class A { void f() { List<T> out = new ArrayList<>(xs.size()); for (T x : xs) { out.add(x); } } }",
        );
        let text = "void f() { std::vector<int> v;\n for (auto& x : xs) { v.push_back(x); } }";
        fires(P, Language::Cpp, text, &["2 v"]);
        quiet(
            P,
            Language::Cpp,
            "void f() { std::vector<int> v; v.reserve(9); for (auto& x : xs) { v.push_back(x); } }",
        );
        fires(
            P,
            Language::C,
            "void f(void) { for (int i = 0; i < n; i++) p = realloc(p, i + 1); }",
            &["1 p"],
        );
        quiet(P, Language::C, "void f(void) { for (int i = 0; i < n; i++) p = realloc(p, cap * 2); }");
    }
}
