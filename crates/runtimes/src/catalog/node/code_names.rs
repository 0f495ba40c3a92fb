//! Names that V8 writes into perf maps, in the words of the program.
//!
//! `JS:*fn /srv/app.js:10:5`: kind of code, tier, function, file, line, column of the function's begin. Before V8 10.4
//! the kind is `LazyCompile`, `Function`, `Script` or `Eval`, and the column is missing. Tiers are marks of
//! `CodeKindToMarker` (`src/objects/code-kind.cc`): `~` interpreted, `^` baseline, `+` Maglev, `*` TurboFan, with `o`
//! before it for code that replaced a running loop's, and `'` behind it for code of one context.

use super::kind::kind_of;
use crate::file_url::path_of_url;
use crate::runtime::CodeName;
use fathom_model::FrameKind;

/// Kinds under which V8 lists functions of programs.
const FUNCTIONS: [&str; 5] = ["JS", "LazyCompile", "Function", "Script", "Eval"];
/// Names of built-in code that collects garbage or makes room.
const COLLECTING: [&str; 3] = ["Allocate", "RecordWrite", "EphemeronKeyBarrier"];

/// What a line of a perf map stands for; `None` for what V8 did not write.
pub(super) fn code_name(name: &str) -> Option<CodeName> {
    let (kind, rest) = name.split_once(':')?;
    if FUNCTIONS.contains(&kind) {
        return Some(function(rest));
    }
    let kind = match kind {
        // How one function gets to call the next.
        "Builtin" => built_in(rest),
        "BytecodeHandler" | "Stub" => FrameKind::Interpreter,
        "RegExp" => FrameKind::Library,
        "wasm" | "Wasm" => FrameKind::User,
        _ => return None,
    };
    Some(CodeName {
        function: rest.to_owned(),
        file: String::new(),
        line: None,
        column: None,
        tier: None,
        kind,
    })
}

/// Kind of a function that V8 has compiled beforehand (`Builtins_` in the symbols of the program).
pub(super) fn built_in(name: &str) -> FrameKind {
    if COLLECTING.iter().any(|start| name.starts_with(start)) {
        return FrameKind::Gc;
    }
    // `ArrayPrototypeMap`, `StringPrototypeSplit`: what a program calls by name. The others lead from one function to
    // the next.
    let is_called = name.contains("Prototype")
        || [
            "Array", "Json", "JSON", "Math", "Map", "Object", "Promise", "Reflect", "RegExp", "Set", "String",
        ]
        .iter()
        .any(|start| name.starts_with(start));
    if is_called { FrameKind::Library } else { FrameKind::Interpreter }
}

fn function(rest: &str) -> CodeName {
    let (tier, rest) = tier(rest);
    // The name has no blank in it but after `get ` and `set `; the file may have some, and is a path or an address.
    let at = place_start(rest);
    let (function, place) = match at {
        Some(at) => (&rest[..at], rest[at..].trim_start()),
        None => (rest, ""),
    };
    let (file, line, column) = split_place(place);
    let file = path_of_url(file);
    let function = match function.trim() {
        "" => "(anonymous)".to_owned(),
        name => name.to_owned(),
    };
    let kind = kind_of(&function, &file);
    CodeName { function, file, line, column, tier, kind }
}

/// What V8 writes in front of a function's name.
fn tier(rest: &str) -> (Option<&'static str>, &str) {
    let (after, _) = match rest.strip_prefix('o') {
        // A function whose name begins with an o has its tier before it.
        Some(after) if after.starts_with(['+', '*']) => (after, true),
        _ => (rest, false),
    };
    let tier = match after.chars().next() {
        Some('~') => "interpreted",
        Some('^') => "baseline",
        Some('+') => "optimised by Maglev",
        Some('*') => "optimised by TurboFan",
        _ => return (None, rest),
    };
    let after = &after[1..];
    (Some(tier), after.strip_prefix('\'').unwrap_or(after))
}

/// Where the file begins: behind the blank before the first path, address or known name.
fn place_start(rest: &str) -> Option<usize> {
    let begins = [" /", " file://", " node:", " evalmachine.", " webpack:", " wasm:", " data:", " http"];
    let first = begins.iter().filter_map(|begin| rest.find(begin)).min();
    first.or_else(|| rest.rfind(' '))
}

/// File, line and column of `file:10:5` or `file:10`.
fn split_place(place: &str) -> (&str, Option<u32>, Option<u32>) {
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
    let Some((before, last)) = place.rsplit_once(':') else { return (place, None, None) };
    let Some(last) = number(last) else { return (place, None, None) };
    match before.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
        Some((file, line)) => (file, Some(line), Some(last)),
        None => (before, Some(last), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_versions_are_understood() {
        let check = |name: &str, expected: &str| {
            let found = code_name(name).map(|code| {
                let CodeName { function, file, line, column, tier, kind } = code;
                let (line, column) = (line.unwrap_or(0), column.unwrap_or(0));
                format!("{function}|{file}|{line}|{column}|{}|{kind}", tier.unwrap_or("-"))
            });
            assert_eq!(found.as_deref().unwrap_or("none"), expected, "{name}");
        };
        check("LazyCompile:~fib /tmp/nx/t1.js:2", "fib|/tmp/nx/t1.js|2|0|interpreted|user");
        check("Function:^fib /tmp/nx/t1.js:2", "fib|/tmp/nx/t1.js|2|0|baseline|user");
        check("JS:+'fib /tmp/nx/t1.js:2:13", "fib|/tmp/nx/t1.js|2|13|optimised by Maglev|user");
        check("JS:o*hotA /tmp/nx/t1.js:3:14", "hotA|/tmp/nx/t1.js|3|14|optimised by TurboFan|user");
        check("JS:~ file:///srv/a%20b.mjs:1:1", "(anonymous)|/srv/a b.mjs|1|1|interpreted|user");
        check("JS:*outer o.js:7:9", "outer|o.js|7|9|optimised by TurboFan|user");
        check("JS:^get size /srv/my app/x.js:3:4", "get size|/srv/my app/x.js|3|4|baseline|user");
        check(
            "JS:*listOnTimeout node:internal/timers:551:25",
            "listOnTimeout|node:internal/timers|551|25|optimised by TurboFan|runtime",
        );
        check("Builtin:InterpreterEntryTrampoline", "InterpreterEntryTrampoline||0|0|-|interpreter");
        check("Builtin:ArrayPrototypePush", "ArrayPrototypePush||0|0|-|library");
        check("Builtin:RecordWriteIgnoreFP", "RecordWriteIgnoreFP||0|0|-|gc");
        check("BytecodeHandler:Add", "Add||0|0|-|interpreter");
        check("RegExp:a:b", "a:b||0|0|-|library");
        check("py::f:/a.py", "none");
        check("LazyMethod", "none");
        check("JS:", "(anonymous)||0|0|-|library");
    }
}
