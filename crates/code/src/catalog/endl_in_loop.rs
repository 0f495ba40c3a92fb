//! `std::endl`, or another flush of a C++ stream, in a loop: each is a system call.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::EndlInLoop, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Cpp {
        return;
    }
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let ends_line = call.name == "operator<<"
            && call
                .arguments
                .iter()
                .any(|text| matches!(text.as_str(), "std::endl" | "endl" | "std::flush" | "flush"));
        // Errors are meant to be seen at once.
        let is_error = matches!(call.receiver.as_str(), "std::cerr" | "cerr");
        if ends_line && !is_error {
            search.hit(Pattern::EndlInLoop, &call.place, &call.receiver, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::EndlInLoop;

    #[test]
    fn cpp() {
        let text =
            "void f() { for (auto& x : xs) {\n std::cout << x << std::endl;\n out << 1 << std::flush; } }";
        fires(P, Language::Cpp, text, &["2 std::cout", "3 out"]);
        quiet(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) { std::cout << x << '\\n'; std::cerr << std::endl; } }",
        );
        quiet(P, Language::Cpp, "void f() { std::cout << 1 << std::endl; int y = 1 << 3; }");
    }
}
