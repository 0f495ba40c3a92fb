//! The same file opened, or asked for, in each round of a loop: its name does not depend on the loop.

use crate::language::Language;
use crate::model::{Call, Kind, LoopKind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};
use crate::text::mentions_any;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::OpenInLoop, find };

const OPENS: Table = &[
    (Language::C, &["open", "fopen", "stat", "access", "lstat", "opendir", "openat"]),
    (
        Language::Cpp,
        &["open", "fopen", "stat", "ifstream", "ofstream", "fstream", "filesystem::exists", "access"],
    ),
    (
        Language::Go,
        &["os.Open", "os.OpenFile", "os.Create", "os.Stat", "os.ReadFile", "os.WriteFile", "os.Lstat"],
    ),
    (
        Language::Java,
        &[
            "FileReader",
            "FileWriter",
            "FileInputStream",
            "FileOutputStream",
            "Files.readAllBytes",
            "Files.readString",
            "Files.exists",
            "Files.newBufferedReader",
            "Files.newBufferedWriter",
            "RandomAccessFile",
            "Files.write",
        ],
    ),
    (
        Language::JavaScript,
        &[
            "fs.readFileSync",
            "fs.writeFileSync",
            "fs.appendFileSync",
            "fs.openSync",
            "fs.statSync",
            "fs.existsSync",
            "fs.promises.readFile",
            "fs/promises.readFile",
            "fs.appendFile",
        ],
    ),
    (
        Language::Python,
        &["open", "os.stat", "os.path.exists", "os.path.isfile", "os.path.getsize", "io.open", "os.open"],
    ),
    (
        Language::Rust,
        &[
            "File::open",
            "File::create",
            "std::fs::File::open",
            "std::fs::File::create",
            "std::fs::read",
            "std::fs::read_to_string",
            "std::fs::metadata",
            "OpenOptions::new",
            "std::fs::OpenOptions::new",
            "std::fs::write",
        ],
    ),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(OPENS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(names)) {
        let name = if call.name == "openat" { call.argument(1) } else { path_of(source, call) };
        if name.is_empty() || mentions_any(name, &source.varying_names(&call.place)) {
            continue;
        }
        // What is made anew by a call may be another name each time; a name or a constant is not.
        let is_certain = matches!(call.argument_kinds.first(), Some(Kind::Text | Kind::Name));
        let polls = source.hot_loops(&call.place).next().is_some_and(|(number, around)| {
            around.kind == LoopKind::While
                && source.calls_in(number).any(|other| other.name.to_lowercase().contains("sleep"))
        });
        if !polls {
            search.hit(Pattern::OpenInLoop, &call.place, name, is_certain);
        }
    }
}

/// A builder is given the name at the end of the chain.
fn path_of<'s>(source: &'s Source, call: &'s Call) -> &'s str {
    if call.receiver != "OpenOptions" {
        return call.argument(0);
    }
    let open =
        source.calls.iter().find(|other| other.name == "open" && other.receiver.starts_with(&call.callee));
    open.map_or("", |open| open.argument(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::OpenInLoop;

    #[test]
    fn each_language() {
        fires(
            P,
            Language::C,
            "void f(void) { for (int i = 0; i < n; i++) { FILE *g = fopen(\"a\", \"a\"); } }",
            &["1 \"a\""],
        );
        fires(P, Language::Cpp, "void f() { for (auto& x : xs) { std::ofstream out(path); } }", &["1 path"]);
        fires(P, Language::Go, "func f(xs []T) { for _, x := range xs { os.Stat(path) } }", &["1 path"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { new FileWriter(path, true); } } }",
            &["1 path"],
        );
        fires(
            P,
            Language::JavaScript,
            "const fs = require('fs'); for (const x of xs) fs.appendFileSync('log', x);",
            &["1 'log'"],
        );
        fires(
            P,
            Language::Python,
            "for x in xs:\n  with open(path, 'a') as f:\n    f.write(x)\n",
            &["2 path"],
        );
        fires(
            P,
            Language::Rust,
            "use std::fs::File;\nfn f() { for x in xs { File::open(path); } }",
            &["2 path"],
        );
        let text = "fn f() { for x in xs { OpenOptions::new().append(true).open(\"log\"); } }";
        fires(P, Language::Rust, text, &["1 \"log\"?"]);
    }

    #[test]
    fn quiet_where_each_round_has_its_own() {
        quiet(P, Language::Python, "for p in ps:\n  open(p)\n  q = p + 'a'\n  open(q)\nopen('b')\n");
        quiet(P, Language::Go, "func f(xs []string) { for _, x := range xs { os.Stat(x) } }");
        quiet(P, Language::Python, "import os, time\nwhile not os.path.exists(p):\n  time.sleep(1)\n");
    }
}
