//! A text that is copied whole to become a little longer, in each turn of a loop.

use crate::prelude::*;
use fathom_code::Language;

threshold! {
    /// Below it the texts are short, and a builder saves less than it costs to read.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What joins two texts into a new one: CPython's `+` on bytes and on text that somebody else holds, too; the JDK's
/// concatenation (of `+`, and of the builders that older compilers put in its place); Go's; libstdc++'s and libc++'s.
const JOINS: &[&str] = &[
    "bytes_concat",
    "PyBytes_Concat",
    "PyBytes_ConcatAndDel",
    "_PyBytes_Resize",
    "PyUnicode_Concat",
    "PyUnicode_Append",
    "unicode_concatenate",
    "resize_compact",
    "tuple_concat",
    "tupleconcat",
    "java.lang.StringConcatHelper.*",
    "java.lang.StringBuilder.append",
    "java.lang.StringBuilder.toString",
    "java.lang.StringBuilder.<init>",
    "java.lang.AbstractStringBuilder.*",
    "java.lang.String.concat",
    "java.lang.String.getBytes",
    "java.util.Arrays.copyOf*",
    "java.lang.invoke.LambdaForm*",
    "java.lang.invoke.DirectMethodHandle$Holder.*",
    "java.lang.invoke.Invokers$Holder.*",
    "*$$StringConcat.*",
    "runtime.concatstring*",
    "runtime.slicebytetostring",
    "std::operator+",
    "std::__cxx11::operator+",
    "std::__1::operator+",
    "*basic_string*::_M_append",
    "*basic_string*::append",
    "*basic_string*::basic_string",
    "*basic_string*::operator=",
    "*basic_string*::_M_construct",
    "*basic_string*::_M_assign",
    "*basic_string*::_M_mutate",
    "*basic_string*::reserve",
    "memcpy*",
    "__memcpy_*",
    "__memmove_*",
    "memmove*",
    "Builtins_StringAdd*",
];

declare_rule! {
    /// ## What it finds
    /// A string or a byte string that grows by `+` in a loop, where the language makes a new one of both parts each
    /// time.
    /// ## Why it matters
    /// Each turn copies all that was built so far: twice the parts are four times the work, and all but the last copy
    /// is garbage.
    /// ## How it is measured
    /// Samples inside the functions that join texts (`StringConcatHelper`, `runtime.concatstrings`, `bytes_concat`,
    /// `std::operator+` ...) and copy memory are counted for the line of own code. The source of that line has to make
    /// a text longer that outlives the turn.
    /// ## When it is wrong
    /// A handful of short parts is joined fastest by `+`. CPython grows a `str` in place as long as nothing else holds
    /// it, and JavaScript keeps the parts of a sum: there nothing is found unless copies were seen.
    /// ## What to do
    /// Append to a builder or buffer, or collect the parts and join them once.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./export
    /// process export runtime=go
    /// thread main
    /// cpu main.main@export.go:12{user,go};main.text@export.go:6{user,go};runtime.concatstrings{runtime,go};runtime.memmove{runtime,go} 7s n=3500
    /// cpu main.main@export.go:12{user,go};main.read@export.go:20{user,go} 3s n=1500
    /// ```
    /// ```go export.go
    /// package main
    ///
    /// func text(rows []string) string {
    /// 	out := ""
    /// 	for _, row := range rows {
    /// 		out += row + "\n"
    /// 	}
    /// 	return out
    /// }
    ///
    /// func main() {
    /// 	println(len(text(read())))
    /// }
    /// ```
    /// ## References
    /// Java Language Specification 15.18.1 (a sum of strings is a new string); Python documentation, "Common Sequence
    /// Operations", note 6; MITRE CWE-1046 (creation of immutable text using string concatenation).
    StringBuildingInLoop = "cpu/string-building-in-loop" {
        summary: "a text is copied whole to become longer, in each turn of a loop",
        effort: Small,
        risk: Low,
        needs: [CpuSamples],
        patterns: [StringConcatInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for StringBuildingInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: JOINS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: true,
        };
        // Without the source these functions may be at any work.
        let seen: Vec<Seen<'_>> = mechanism.seen(cx).into_iter().filter(|seen| seen.hit.is_some()).collect();
        if seen.is_empty() {
            return Verdict::Clear("no line was seen to copy a text in order to make it longer".to_owned());
        }
        Verdict::Found(seen.iter().map(|seen| finding(cx, seen)).collect())
    }
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let what = words::quoted(seen.hit.map_or("text", |hit| hit.subject.as_str()));
    let turns = cx.each_turn(&seen.place).unwrap_or_else(|| "each turn of the loop".to_owned());
    let title = format!("{what} is copied whole each time it grows in `{}`", seen.place.location.function);
    let (instead, end) = match seen.place.language {
        Some(Language::Java) => {
            ("append to one `StringBuilder` made before the loop", "call its `toString()` behind the loop")
        }
        Some(Language::Go) => {
            ("write to one `strings.Builder` made before the loop", "call its `String()` behind the loop")
        }
        Some(Language::Cpp) => (
            "append in place: `+=` for each part, without a sum on the right",
            "call `reserve` first if the length is known",
        ),
        Some(Language::Python) => (
            "collect the parts in a list, or extend a `bytearray`",
            "join the list once behind the loop: `b\"\".join(parts)`",
        ),
        Some(Language::Rust) => (
            "append in place: `push_str`, or `write!` into the same `String`",
            "make it `with_capacity` if the length is known",
        ),
        Some(Language::JavaScript | Language::TypeScript) => {
            ("collect the buffers in an array", "call `Buffer.concat` once behind the loop")
        }
        _ => (
            "keep the end of the text and append there",
            "make the buffer as large as the result at once if its length is known",
        ),
    };
    seen.draft(cx, title)
        .cause(format!("{turns} makes a new text of all that {what} holds and the next part"))
        .advice(format!("{instead} ({what} is what grows)"))
        .advice(end)
        .assuming("writing each part once is not counted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, no_sources, on_example, standing};

    fn example() -> (String, Vec<(String, String)>) {
        let example = crate::example(StringBuildingInLoop.info());
        (example.profile, example.sources.into_iter().collect())
    }

    fn found(profile: &str, sources: &[(String, String)]) -> usize {
        let sources: Vec<(&str, &str)> =
            sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        findings(&StringBuildingInLoop, profile, &sources).len()
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&StringBuildingInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].grade, found[0].title.as_str()),
            (Grade::E2, "`out` is copied whole each time it grows in `main.text`")
        );
        assert!(found[0].advice[0].contains("strings.Builder"));
    }

    #[test]
    fn quiet_at_the_threshold() {
        let (profile, sources) = example();
        let small = profile.replace("7s n=3500", "300ms n=150").replace("3s n=1500", "9700ms n=4850");
        assert_eq!(found(&small, &sources), 0);
    }

    #[test]
    fn quiet_where_the_text_ends_with_the_turn() {
        let (profile, sources) = example();
        let text = sources[0].1.replace("out += row", "out := row");
        assert_eq!(found(&profile, &[("export.go".to_owned(), text)]), 0);
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let (profile, _) = example();
        assert!(no_sources().is_empty());
        assert_eq!(found(&profile, &[]), 0);
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&StringBuildingInLoop, waits, &[]), "unsure");
    }
}
