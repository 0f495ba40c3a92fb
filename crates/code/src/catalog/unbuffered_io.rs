//! Small reads or writes in a loop, each of which is a call into the kernel (or takes a lock of its own), because no
//! buffer stands in between.

use crate::language::Language;
use crate::model::{Call, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::number;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::UnbufferedIo, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        if let Some(is_certain) = is_unbuffered(source, call) {
            search.hit(Pattern::UnbufferedIo, &call.place, &call.callee, is_certain);
        }
    }
}

/// Whether a call passes by any buffer, and whether that is certain.
fn is_unbuffered(source: &Source, call: &Call) -> Option<bool> {
    let name = call.name.as_str();
    let of_raw = || raw_file(source, call.object(), call);
    match source.language {
        Language::Python => match name {
            "print" => {
                call.arguments.iter().any(|text| text.replace(' ', "") == "flush=True").then_some(true)
            }
            "write" | "read" if call.path.starts_with("os.") => Some(true),
            "write" => opened_without_buffer(source, call).then_some(true),
            _ => None,
        },
        Language::Rust => match name {
            "println!" | "print!" | "eprintln!" => Some(true),
            "write_all" | "write" | "read" | "read_exact" => of_raw(),
            "write!" | "writeln!" => raw_file(source, call.argument(0).trim_start_matches("&mut "), call),
            _ => None,
        },
        Language::Go => match call.path.as_str() {
            "fmt.Println" | "fmt.Printf" | "fmt.Print" => Some(true),
            "fmt.Fprintf" | "fmt.Fprintln" | "fmt.Fprint" => match call.argument(0) {
                "os.Stdout" => Some(true),
                file => raw_file(source, file, call),
            },
            _ if matches!(name, "Write" | "WriteString" | "Read") && call.receiver == "os.Stdout" => {
                Some(true)
            }
            _ if matches!(name, "Write" | "WriteString" | "Read") => of_raw(),
            _ => None,
        },
        Language::Java => match name {
            "println" | "print" | "printf" if call.receiver == "System.out" => Some(true),
            "write" | "read" => of_raw(),
            _ => None,
        },
        // Descriptors have no buffer; a large piece needs none.
        Language::C | Language::Cpp => {
            let is_call = matches!(call.path.as_str(), "write" | "read") && call.arguments.len() == 3;
            let size = call.argument(2);
            let is_small = number(size).is_some_and(|size| size < 512) || size.contains("strlen");
            is_call
                .then_some(is_small)
                .filter(|is_small| *is_small || !size.contains(|c: char| c.is_ascii_uppercase()))
        }
        Language::JavaScript | Language::TypeScript => {
            matches!(call.path.as_str(), "fs.writeSync" | "fs.appendFileSync" | "fs.readSync").then_some(true)
        }
    }
}

/// Certain if the name stands for a file without a buffer; nothing if it does not.
fn raw_file(source: &Source, name: &str, call: &Call) -> Option<bool> {
    (source.shape(name, &call.place) == Some(Shape::RawFile)).then_some(true)
}

/// `open(path, 'wb', buffering=0)`.
fn opened_without_buffer(source: &Source, call: &Call) -> bool {
    let has_none = |text: &str| text.replace(' ', "").contains("buffering=0");
    let assigned =
        source.last_assign(&call.receiver, &call.place).is_some_and(|assign| has_none(&assign.value));
    let around =
        source.regions.iter().any(|region| region.body.contains(call.line) && has_none(&region.value));
    assigned || around
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::UnbufferedIo;

    #[test]
    fn each_language() {
        let text = "import os\nf = open('a', 'wb', buffering=0)\nfor x in xs:\n  print(x, flush=True)\n  f.write(x)\n  os.write(1, x)\n";
        fires(P, Language::Python, text, &["4 print", "5 f.write", "6 os.write"]);
        let text = "fn f() { let mut file = File::create(p)?; for x in xs {\n println!(\"{x}\");\n file.write_all(x);\n writeln!(file, \"a\"); } }";
        fires(P, Language::Rust, text, &["2 println!", "3 file.write_all", "4 writeln!"]);
        let text = "func f(xs []T) { file, err := os.Create(p); for _, x := range xs {\n fmt.Fprintln(os.Stdout, x)\n file.Write(x)\n } }";
        fires(P, Language::Go, text, &["2 fmt.Fprintln", "3 file.Write"]);
        let text = "class A { void f() { FileOutputStream out = new FileOutputStream(p); for (T x : xs) {\n out.write(x); System.out.println(x); } } }";
        fires(P, Language::Java, text, &["2 System.out.println", "2 out.write"]);
        fires(P, Language::C, "void f(void) { while (n--) write(fd, &c, 1); }", &["1 write"]);
        fires(
            P,
            Language::JavaScript,
            "const fs = require('fs'); for (const x of xs) fs.writeSync(fd, x);",
            &["1 fs.writeSync"],
        );
    }

    #[test]
    fn quiet_with_a_buffer() {
        quiet(P, Language::Python, "f = open('a', 'w')\nfor x in xs:\n  print(x)\n  f.write(x)\n");
        quiet(
            P,
            Language::Rust,
            "fn f() { let mut out = BufWriter::new(File::create(p)?); for x in xs { out.write_all(x); } println!(); }",
        );
        quiet(
            P,
            Language::Go,
            "func f(xs []T) { w := bufio.NewWriter(file); for _, x := range xs { w.Write(x) } }",
        );
        quiet(
            P,
            Language::Java,
            "class A { void f() { BufferedWriter out = g(); for (T x : xs) { out.write(x); } } }",
        );
        quiet(P, Language::C, "void f(void) { while (n--) write(fd, b, BUFFER_SIZE); }");
    }
}
