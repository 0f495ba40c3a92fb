//! Exceptions for the ordinary course of a loop: thrown and caught in the same function, or by a number parser that is
//! tried on whatever comes.
//!
//! An exception that leaves the loop happens once, and is left alone.

use crate::language::Language;
use crate::model::{Kind, Place, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::ExceptionInLoop, find };

/// Parsers whose failure is an exception.
const PARSERS: Table = &[
    (Language::Cpp, &["stoi", "stol", "stod", "stoul"]),
    (Language::Java, &["Integer.parseInt", "Long.parseLong", "Double.parseDouble", "Integer.valueOf"]),
    (Language::JavaScript, &["JSON.parse", "URL", "decodeURIComponent", "BigInt"]),
    (Language::Python, &["int", "float"]),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if matches!(source.language, Language::C | Language::Go | Language::Rust) {
        return;
    }
    for throw in source.throws.iter().filter(|throw| source.is_hot(&throw.place)) {
        // Thrown on from a handler is not a new one.
        if !throw.value.is_empty() && is_caught_in_loop(source, &throw.place) {
            search.hit(Pattern::ExceptionInLoop, &throw.place, &throw.value, true);
        }
    }
    let names = names_for(PARSERS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(names)) {
        let is_constant = call.argument_kinds.first() == Some(&Kind::Number);
        if is_caught_in_loop(source, &call.place) && !is_constant {
            search.hit(Pattern::ExceptionInLoop, &call.place, &call.callee, false);
        }
    }
}

/// Whether a `try` with a handler stands between the place and the innermost loop around it.
fn is_caught_in_loop(source: &Source, place: &Place) -> bool {
    let Some(found) = place.try_.map(|number| &source.tries[number]) else { return false };
    let innermost = source.hot_loops(place).next().map(|(number, _)| number);
    !found.caught.is_empty() && innermost.is_some_and(|number| source.is_in_loop(&found.place, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::ExceptionInLoop;

    #[test]
    fn each_language() {
        let text = "for x in xs:\n  try:\n    if x: raise Skip(x)\n    n = int(x)\n  except Skip: pass\n";
        fires(P, Language::Python, text, &["3 Skip(x)", "4 int?"]);
        let text =
            "class A { void f() { for (T x : xs) { try {\n Integer.parseInt(x); } catch (E e) { } } } }";
        fires(P, Language::Java, text, &["2 Integer.parseInt?"]);
        let text = "for (const x of xs) { try {\n throw new Error('a'); } catch (e) { } }";
        fires(P, Language::JavaScript, text, &["2 new Error('a')"]);
        fires(
            P,
            Language::TypeScript,
            "for (const x of xs) { try { JSON.parse(x); } catch { } }",
            &["1 JSON.parse?"],
        );
        let text = "void f() { for (auto& x : xs) { try {\n throw E(1); } catch (const E& e) { } } }";
        fires(P, Language::Cpp, text, &["2 E(1)"]);
    }

    #[test]
    fn quiet_where_it_leaves_the_loop() {
        quiet(
            P,
            Language::Python,
            "for x in xs:\n  if x: raise E(x)\ntry:\n  for x in xs:\n    raise E\nexcept E: pass\n",
        );
        quiet(P, Language::Java, "class A { void f() { for (T x : xs) { throw new E(); } } }");
        quiet(P, Language::JavaScript, "try { JSON.parse(x); } catch (e) { throw e; }");
        quiet(P, Language::Python, "for x in xs:\n  try:\n    g(x)\n  except E:\n    raise\n");
    }
}
