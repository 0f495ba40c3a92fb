//! A string or container of C++ as a parameter by value: the caller's is copied with each call.
//!
//! A function that moves it on or changes it wants it so, and is left alone. Beside the parameter, calls are found that
//! run often and give such a function something that lives on, so that it is copied; their subject is the function.

use super::clone_in_loop::is_changed;
use crate::language::Language;
use crate::model::{Call, LineSpan, Place, Shape};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::text::{is_word, last_part};

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
            let changed = is_changed(source, Some(number), &parameter.name);
            if !is_container || text.contains(['&', '*']) || moved || changed {
                continue;
            }
            let first = function.lines.first;
            let place =
                Place { lines: LineSpan { first, last: first }, function: Some(number), ..Place::default() };
            let is_known = source.shape(&parameter.name, &Place { order: usize::MAX, ..place });
            search.hit(Pattern::PassByValue, &place, &parameter.name, is_known != Some(Shape::Other));
            let at = function.parameters.iter().position(|other| other.name == parameter.name).unwrap_or(0);
            let calls = source.calls.iter().filter(|call| call.name == last_part(&function.name));
            for call in calls.filter(|call| copies(call, at)).collect::<Vec<_>>() {
                if search.often(&call.place) != Often::No {
                    search.hit(Pattern::PassByValue, &call.place, &call.name, true);
                }
            }
        }
    }
}

/// Whether an argument is something with a name, and not made for this call or moved into it.
fn copies(call: &Call, at: usize) -> bool {
    let argument = call.argument(at).trim_start_matches('*');
    argument.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && argument.chars().all(|c| is_word(c) || ".[]:->".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::PassByValue;

    #[test]
    fn calls_that_copy() {
        let text = "int f(std::vector<int> v) { return v[0]; }\nint g() { int n = 0; for (auto& x : xs) {\n n += f(x.all);\n n += f({1});\n n += f(make(x)); }\n return n + f(v); }";
        fires(P, Language::Cpp, text, &["1 v", "3 f"]);
    }

    #[test]
    fn quiet_about_functions_that_change_their_own() {
        let text = "int f(std::vector<int> v) { std::sort(v.begin(), v.end()); return v[0]; }\nint g() { for (auto& x : xs) { f(x); } }";
        quiet(P, Language::Cpp, text);
    }

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
