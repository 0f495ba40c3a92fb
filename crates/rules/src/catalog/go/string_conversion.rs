//! Go strings that are copied into bytes and bytes that are copied into strings, in a loop.

use crate::prelude::*;

threshold! {
    /// The same functions are there for both kinds, so that the change is small; below a thirtieth of the run nobody sees it.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What the compiler calls for a conversion that it cannot leave out.
const TO_STRING: &[&str] = &["runtime.slicebytetostring", "runtime.slicerunetostring"];
const TO_BYTES: &[&str] = &["runtime.stringtoslicebyte", "runtime.stringtoslicerune"];
const CONVERSIONS: &[&str] = &[
    "runtime.slicebytetostring",
    "runtime.slicerunetostring",
    "runtime.stringtoslicebyte",
    "runtime.stringtoslicerune",
];

declare_rule! {
    /// ## What it finds
    /// `string(b)` of bytes and `[]byte(s)` of a string inside a loop, where the result is only read.
    /// ## Why it matters
    /// A string never changes and bytes may, so each conversion takes new memory and copies all of it; the garbage
    /// collector then cleans up after it.
    /// ## How it is measured
    /// Time inside the runtime's conversion functions (`runtime.slicebytetostring`, `runtime.stringtoslicebyte`) is
    /// counted for the line of own code that converts. Conversions that the compiler leaves out, such as
    /// `m[string(b)]` and `string(b) == "x"`, call none of them and cost nothing. The source has to show that the line
    /// converts in a loop and that nobody keeps the result.
    /// ## When it is wrong
    /// Bytes that the next read overwrites have to be copied before somebody keeps them. A function of another package
    /// may take only one of the two kinds.
    /// ## What to do
    /// Stay with one kind: `bytes` has nearly every function of `strings`, and writers take both.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./scan
    /// process scan runtime=go
    /// thread main
    /// cpu main.main@scan.go:12{user,go};main.count@scan.go:6{user,go};runtime.slicebytetostring{runtime,go};runtime.mallocgc{runtime,go} 5s n=2500
    /// cpu main.main@scan.go:12{user,go};main.count@scan.go:6{user,go};strings.Contains{library,go} 5s n=2500
    /// ```
    /// ```go scan.go
    /// package main
    ///
    /// func count(lines [][]byte, word string) int {
    ///     n := 0
    ///     for _, line := range lines {
    ///         if strings.Contains(string(line), word) {
    ///             n++
    ///         }
    ///     }
    ///     return n
    /// }
    /// func main() { println(count(read(), "error")) }
    /// ```
    /// ## References
    /// "The Go programming language specification", conversions to and from a string type; the Go wiki, "Compiler and
    /// runtime optimizations".
    StringConversion = "go/string-conversion" {
        summary: "a loop copies bytes into strings or strings into bytes",
        effort: Small,
        risk: Low,
        languages: [Go],
        needs: [CpuSamples],
        patterns: [StringBytesConversion],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for StringConversion {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: CONVERSIONS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: false,
        };
        mechanism.verdict(cx, self.info(), |seen| {
            let function = &seen.place.location.function;
            let is = |names: &[&str]| names.contains(&seen.place.mechanism.as_str());
            let draft = if is(TO_STRING) {
                seen.draft(cx, format!("`{function}` copies bytes into a string in each round of a loop"))
                    .cause("`string(...)` takes memory for a new string and copies the bytes into it, only to have them read once")
                    .advice("keep the bytes and use `bytes.Contains`, `bytes.Fields`, `bytes.Equal`, `bytes.Cut` ...: they do what `strings` does")
                    .advice("numbers: `strconv` takes strings only; convert the few bytes of the number instead of the whole line")
                    .advice("as the key of a map write the conversion inside the brackets, `m[string(b)]`: to look up, Go then copies nothing")
                    .assuming("the functions for bytes take as long as those for strings")
                    .alternative("the result is handed to another package that keeps it, or takes strings only")
            } else if is(TO_BYTES) {
                seen.draft(cx, format!("`{function}` copies a string into bytes in each round of a loop"))
                    .cause("`[]byte(...)` takes memory for new bytes and copies the string into them, only to have them read once")
                    .advice("if the string was bytes before, hand those on and leave out both conversions")
                    .advice("to write it, call the writer's own `WriteString` (`bufio.Writer`, `strings.Builder`, `os.File` have one)")
                    .advice("for what takes bytes only, such as a hash, copy into one buffer that is kept: `buffer = append(buffer[:0], s...)`")
                    .advice("to read its bytes one by one, index the string: `s[i]` is a byte")
                    .assuming("what reads the bytes can read the string, or has them already")
                    .alternative("the bytes are changed afterwards, or another package takes bytes only")
            } else {
                seen.draft(cx, format!("`{function}` copies between text and characters in each round of a loop"))
                    .cause("the conversion takes memory for each text and decodes all of it")
                    .advice("walk the string with `for _, r := range s`: it decodes without a copy")
            };
            // A fresh copy is not in the cache, and what reads it waits for that.
            Draft { is_whole_loop: true, ..draft }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "package main\n\nfunc f(xs []string) {\n\tfor _, x := range xs {\n\t\tsum([]byte(x))\n\t}\n}\nfunc main() { f(read()) }\n";

    fn profile(converting: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.main@a.go:8{{user,go}};main.f@a.go:5{{user,go}};runtime.stringtoslicebyte{{runtime,go}} {converting}ms n={converting}
            cpu main.main@a.go:8{{user,go}};main.f@a.go:5{{user,go}};main.sum@a.go:9{{user,go}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&StringConversion);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`main.count` copies bytes into a string in each round of a loop");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(6))
        );
    }

    #[test]
    fn fires_on_bytes_with_other_advice() {
        let found = findings(&StringConversion, &profile(4000, 1000), &[("a.go", SOURCE)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].advice[1].contains("WriteString"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&StringConversion, &profile(150, 4850), &[("a.go", SOURCE)]).is_empty());
        assert_eq!(findings(&StringConversion, &profile(200, 4800), &[("a.go", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_result_is_kept() {
        let kept = SOURCE.replace("sum([]byte(x))", "out = append(out, []byte(x))");
        assert!(findings(&StringConversion, &profile(4000, 1000), &[("a.go", &kept)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&StringConversion, &profile(4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&StringConversion, waits, &[]), "unsure");
    }
}
