//! An element put or taken at the front of a list, in a loop: all others are moved each time.

use crate::language::Language;
use crate::model::{Call, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::ListFront, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let Some(is_certain) = front(source, call) else { continue };
        let list = call.object().trim_end_matches(".begin()");
        let name = if source.language == Language::Cpp { call.object() } else { list };
        match source.shape(name, &call.place) {
            // What else has these methods with these arguments is no list.
            Some(Shape::List) => search.hit(Pattern::ListFront, &call.place, name, true),
            Some(_) => {}
            None => search.hit(Pattern::ListFront, &call.place, name, is_certain),
        }
    }
}

/// Whether the call works at the front, and whether its name alone says so of a list.
fn front(source: &Source, call: &Call) -> Option<bool> {
    if call.receiver.is_empty() {
        return None;
    }
    let first = call.argument(0);
    let n_arguments = call.arguments.len();
    match (source.language, call.name.as_str()) {
        (Language::Python, "pop") if n_arguments == 1 && first == "0" => Some(true),
        (Language::Python, "insert") if n_arguments == 2 && first == "0" => Some(true),
        (Language::JavaScript | Language::TypeScript, "shift") if n_arguments == 0 => Some(true),
        (Language::JavaScript | Language::TypeScript, "unshift") => Some(true),
        (Language::JavaScript | Language::TypeScript, "splice") if first == "0" => Some(true),
        (Language::Java, "remove") if first == "0" => Some(false),
        (Language::Java, "add") if n_arguments == 2 && first == "0" => Some(false),
        (Language::Rust, "remove") if n_arguments == 1 && first == "0" => Some(false),
        (Language::Rust, "insert") if n_arguments == 2 && first == "0" => Some(false),
        (Language::Cpp, "erase" | "insert") if first == format!("{}.begin()", call.receiver) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::ListFront;

    #[test]
    fn python() {
        fires(
            P,
            Language::Python,
            "while queue:\n  x = queue.pop(0)\n  out.insert(0, x)\n",
            &["2 queue", "3 out"],
        );
        for text in [
            "while queue:\n  x = queue.pop()\n",
            "x = queue.pop(0)\n",
            "d = {}\nfor x in xs:\n  d.pop(0)\n",
            "for x in range(4):\n  q.pop(0)\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        fires(
            P,
            Language::JavaScript,
            "while (q.length) { const x = q.shift(); out.unshift(x); }",
            &["1 out", "1 q"],
        );
        quiet(
            P,
            Language::TypeScript,
            "while (q.length) { const x = q.pop(); out.push(x); q.splice(3, 1); }",
        );
    }

    #[test]
    fn compiled_languages() {
        let text = "class A { void f(List<T> q) { while (g()) {\n q.remove(0); q.add(0, x); } } }";
        fires(P, Language::Java, text, &["2 q"]);
        fires(P, Language::Rust, "fn f(v: &mut Vec<T>) { while g() {\n v.remove(0); } }", &["2 v"]);
        fires(
            P,
            Language::Cpp,
            "void f(std::vector<int>& v) { while (g()) {\n v.erase(v.begin()); } }",
            &["2 v"],
        );
        quiet(
            P,
            Language::Rust,
            "fn f(v: &mut VecDeque<T>, m: &mut HashMap<u8, T>) { while g() { v.remove(0); m.insert(0, x); } }",
        );
        quiet(
            P,
            Language::Java,
            "class A { void f(Map<Integer, T> m, List<T> l) { while (g()) { m.remove(0); l.remove(x); } } }",
        );
        quiet(P, Language::Cpp, "void f(std::vector<int>& v) { while (g()) { v.erase(v.end() - 1); } }");
    }
}
