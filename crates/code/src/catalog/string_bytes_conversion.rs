//! Strings converted to bytes, or bytes to strings, in a loop: each conversion copies. In Go what is kept is left
//! alone: it has to be a copy.

use super::clone_in_loop::is_needed;
use crate::language::Language;
use crate::model::{Call, Kind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::StringBytesConversion, find };

const CONVERSIONS: Table = &[
    (Language::Java, &[".getBytes", ".toCharArray"]),
    (Language::JavaScript, &["Buffer.from", ".toString"]),
    (Language::Python, &[".encode", ".decode"]),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(CONVERSIONS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let is_listed = call.is_any(names) && is_of_text(source, call);
        let is_go =
            source.language == Language::Go && call.callee == "string" && call.argument_kinds == [Kind::Name];
        let is_java = source.language == Language::Java
            && call.is_new
            && call.callee == "String"
            && !call.arguments.is_empty();
        let to_bytes = matches!(call.callee.as_str(), "[]byte" | "[]rune");
        let is_kept = source.language == Language::Go && is_needed(source, call);
        if (is_listed || is_go || is_java || to_bytes) && !is_kept {
            // `string(x)` of a number or a byte is another thing.
            search.hit(Pattern::StringBytesConversion, &call.place, &call.callee, !is_go);
        }
    }
}

/// `toString` is a method of everything, with an encoding only of buffers; models encode as well.
fn is_of_text(source: &Source, call: &Call) -> bool {
    let encoding = call.argument(0).to_lowercase();
    let names_encoding =
        ["utf", "ascii", "latin", "hex", "base64", "binary"].iter().any(|name| encoding.contains(name));
    match call.name.as_str() {
        "toString" => names_encoding && source.language.is_script(),
        "encode" | "decode" => call.arguments.is_empty() || names_encoding,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::StringBytesConversion;

    #[test]
    fn each_language() {
        let text = "func f(xs [][]byte) { for _, x := range xs {\n s := string(x)\n w.Write([]byte(s)) } }";
        fires(P, Language::Go, text, &["2 string?", "3 []byte"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { for (String x : xs) { g(x.getBytes(), new String(y)); } } }",
            &["1 String", "1 x.getBytes"],
        );
        fires(
            P,
            Language::JavaScript,
            "for (const x of xs) { Buffer.from(x); x.toString('utf8'); x.toString(); }",
            &["1 Buffer.from", "1 x.toString"],
        );
        fires(
            P,
            Language::Python,
            "for x in xs:\n  y = x.encode('utf-8')\n  model.encode(x)\n",
            &["2 x.encode"],
        );
    }

    #[test]
    fn quiet_about_what_is_kept() {
        quiet(
            P,
            Language::Go,
            "func f(xs [][]byte) { for _, x := range xs { out = append(out, string(x)) } }",
        );
        quiet(
            P,
            Language::Go,
            "func f(xs [][]byte) { for _, x := range xs { s := string(x); out = append(out, s) } }",
        );
        quiet(P, Language::Go, "func f(xs [][]byte) { for _, x := range xs { m[1] = string(x) } }");
        quiet(
            P,
            Language::Go,
            "func f(xs [][]byte) { for _, x := range xs { out = append(out, Row{name: string(x)}) } }",
        );
    }

    #[test]
    fn quiet_outside_of_loops() {
        quiet(P, Language::Go, "func f(x string) { g([]byte(x)) }");
        quiet(P, Language::Python, "x.encode()\nfor i in range(3):\n  x.encode()\n");
    }
}
