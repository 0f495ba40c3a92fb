//! A string or container of C++ as a parameter by value: the caller's is copied with each call.
//!
//! A function that moves it on wants it so, and is left alone.

use crate::language::Language;
use crate::model::{LineSpan, Place, Shape};
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::PassByValue, find };

/// The types, as they stand at the beginning of a parameter.
const CONTAINERS: [&str; 11] = [
    "std::string ",
    "std::vector<",
    "std::map<",
    "std::unordered_map<",
    "std::set<",
    "std::unordered_set<",
    "std::list<",
    "std::deque<",
    "std::wstring ",
    "vector<",
    "string ",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Cpp {
        return;
    }
    for (number, function) in source.functions.iter().enumerate() {
        for parameter in &function.parameters {
            let text = parameter.text.strip_prefix("const ").unwrap_or(&parameter.text);
            let is_container = CONTAINERS.iter().any(|container| text.starts_with(container));
            let moved = source.calls.iter().any(|call| {
                call.name == "move" && call.argument(0) == parameter.name && call.function == Some(number)
            });
            if !is_container || text.contains(['&', '*']) || moved {
                continue;
            }
            let first = function.lines.first;
            let place =
                Place { lines: LineSpan { first, last: first }, function: Some(number), ..Place::default() };
            let is_known = source.shape(&parameter.name, &Place { order: usize::MAX, ..place });
            search.hit(Pattern::PassByValue, &place, &parameter.name, is_known != Some(Shape::Other));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::PassByValue;

    #[test]
    fn cpp() {
        let text = "int f(std::vector<int> v, const std::string s, int n) { return v[n]; }";
        fires(P, Language::Cpp, text, &["1 s", "1 v"]);
        for text in [
            "int f(const std::vector<int>& v, std::string* s, std::string&& t) { return v[0]; }",
            "struct A { A(std::string s) : s_(std::move(s)) {} std::string s_; };",
        ] {
            quiet(P, Language::Cpp, text);
        }
    }
}
