//! Numbers as objects in a loop of Java: each step of an accumulator, each key, may allocate one.

use crate::language::Language;
use crate::model::{AssignOp, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::BoxingInLoop, find };

const BOXES: [&str; 6] = ["Integer", "Long", "Double", "Float", "Short", "Character"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Java {
        return;
    }
    for assign in
        source.assigns.iter().filter(|assign| source.is_hot(&assign.place) && !assign.is_declaration)
    {
        let is_boxed = source.shape(&assign.target, &assign.place) == Some(Shape::Boxed);
        if is_boxed && (assign.op != AssignOp::Set || assign.value.contains(&assign.target)) {
            search.hit(Pattern::BoxingInLoop, &assign.place, &assign.target, true);
        }
    }
    for call in &source.calls {
        let is_hot = source.is_hot(&call.place);
        if call.name == "boxed" && call.arguments.is_empty() && !call.receiver.is_empty() {
            search.hit(Pattern::BoxingInLoop, &call.place, &call.callee, true);
        } else if is_hot
            && matches!(call.name.as_str(), "put" | "add" | "merge" | "get" | "containsKey" | "getOrDefault")
            && holds_boxes(source, &call.receiver)
        {
            // Small numbers are kept ready by the class library.
            search.hit(Pattern::BoxingInLoop, &call.place, &call.receiver, false);
        }
    }
}

/// Whether a container of that name is declared with numbers as keys or elements.
fn holds_boxes(source: &Source, name: &str) -> bool {
    let bare = name.strip_prefix("this.").unwrap_or(name);
    let is_of_boxes = |text: &str| {
        // Keys and elements: values of a map with other keys cannot stand in an array.
        let inside = text.split_once('<').map_or("", |(_, inside)| inside);
        inside.split([',', '>']).next().is_some_and(|first| BOXES.contains(&first.trim()))
    };
    source.assigns.iter().any(|assign| assign.target == bare && is_of_boxes(&assign.type_text))
        || source
            .functions
            .iter()
            .flat_map(|function| &function.parameters)
            .any(|parameter| parameter.name == bare && is_of_boxes(&parameter.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::BoxingInLoop;

    #[test]
    fn java() {
        let text = "class A { void f(Map<Integer, String> m) { Long sum = 0L; for (int i = 0; i < n; i++) {\n sum += i;\n m.put(i, s); } } }";
        fires(P, Language::Java, text, &["2 sum", "3 m?"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { IntStream.range(0, n).boxed(); } }",
            &["1 IntStream.range(0, n).boxed"],
        );
        quiet(
            P,
            Language::Java,
            "class A { void f(Map<String, Integer> m) { long sum = 0; for (T x : xs) { sum += 1; m.put(s, x); } Long y = 1L; } }",
        );
    }
}
