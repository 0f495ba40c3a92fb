//! Texts that are put together with a format, one for each turn of a hot loop.

use fathom_code::Language;

use crate::prelude::*;

threshold! {
    /// Something has to make the text; below it another way saves less than it costs to read.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, between the 3 % and 10 % of the pprof advisers"
}

/// What reads formats and puts texts together: the JDK's `Formatter`, Go's `fmt`, Rust's `core::fmt`.
const FORMATS: &[&str] = &[
    "java.lang.String.format",
    "java.lang.String.formatted",
    "java.util.Formatter.*",
    "java.util.Formatter$*",
    "java.text.MessageFormat.format",
    "fmt.Sprintf",
    "fmt.Sprint",
    "fmt.Sprintln",
    "fmt.Errorf",
    "alloc::fmt::format",
    "alloc::fmt::format::format_inner",
    "core::fmt::write",
    "core::fmt::num::*",
];

/// What makes and drops a stream that writes to a text: libstdc++'s and libc++'s.
const STREAMS: &[&str] = &[
    "*basic_ostringstream*",
    "*basic_stringstream*",
    "*basic_stringbuf*",
    "std::basic_ios::init",
    "std::ios_base::ios_base",
    "std::ios_base::~ios_base",
    "std::ios_base::_M_init",
    "std::ostream::_M_insert",
    "std::ostream::operator<<",
    "std::basic_ostream::operator<<",
    "std::basic_ostream::_M_insert",
    "std::operator<<",
    "std::__ostream_insert",
    "std::num_put::*",
    "std::locale::*",
];

declare_rule! {
    /// ## What it finds
    /// `String.format`, `fmt.Sprintf` or `format!` in a loop, or in a function that a loop calls; in C++ a string stream
    /// that is made in each turn.
    /// ## Why it matters
    /// A format is read anew with each call, each value goes through a path made for all types, and each call allocates
    /// its text. Joining the same parts directly does none of that, and a text that is only a key need not be made.
    /// ## How it is measured
    /// Samples inside the formatting functions of the runtime or library are counted for the line of own code that
    /// asked. Where the source is there, that line has to format in a loop. In C++ all lines of the turn that write to the
    /// stream count.
    /// ## When it is wrong
    /// If the text is what the program is for (a report of a million lines), it has to be made; then only how it is made
    /// can be cheaper. Messages of errors are not counted: they end the loop.
    /// ## What to do
    /// Use the values themselves as the key, or append them to one buffer that all turns share.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./tiles
    /// process tiles runtime=go
    /// thread main
    /// cpu main.main@tiles.go:14{user,go};main.count@tiles.go:8{user,go};fmt.Sprintf{library,go};fmt.(*pp).doPrintf{library,go} 6s n=3000
    /// cpu main.main@tiles.go:14{user,go};main.count@tiles.go:9{user,go} 4s n=2000
    /// ```
    /// ```go tiles.go
    /// package main
    ///
    /// import "fmt"
    ///
    /// func count(points []Point) map[string]int {
    /// 	tiles := map[string]int{}
    /// 	for _, point := range points {
    /// 		key := fmt.Sprintf("%d/%d", point.X, point.Y)
    /// 		tiles[key]++
    /// 	}
    /// 	return tiles
    /// }
    ///
    /// func main() { println(len(count(read()))) }
    /// ```
    /// ## References
    /// Documentation of `java.util.Formatter`, of Go's `strconv` (conversions without `fmt`), of Rust's `std::fmt`
    /// (`write!`); golangci-lint, "perfsprint".
    FormatInLoop = "cpu/format-in-loop" {
        summary: "a text is put together with a format in each turn of a loop",
        effort: Small,
        risk: Low,
        languages: [Java, Go, Rust, Cpp],
        needs: [CpuSamples],
        patterns: [FormatInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for FormatInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let mechanism = Mechanism {
            functions: FORMATS,
            patterns: self.info().patterns,
            least_share,
            functions_tell: false,
            pattern_tells: false,
        };
        let mut drafts: Vec<Draft> = mechanism.seen(cx).iter().map(|seen| finding(cx, seen)).collect();
        drafts.extend(streams(cx, least_share));
        if drafts.is_empty() {
            return Verdict::Clear("no line in a loop spends much on formats".to_owned());
        }
        Verdict::Found(drafts)
    }
}

/// A stream is made on one line, written to on others and dropped at the end of the turn: all of it is one thing.
fn streams(cx: &Context<'_>, least_share: f64) -> Vec<Draft> {
    let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(STREAMS));
    let mut drafts = Vec::new();
    for (path, file) in cx.files().filter(|(_, file)| file.language == Language::Cpp) {
        for hit in file.hits.iter().filter(|hit| hit.pattern == fathom_code::Pattern::FormatInLoop) {
            let turn = hit.loop_lines.unwrap_or(hit.lines);
            let is_in = |place: &&Place| {
                place.location.file.as_deref() == Some(path)
                    && place.location.line.is_some_and(|line| turn.contains(line))
            };
            let Some(mut sum) = cx.joined(cost.places.iter().filter(is_in)) else { continue };
            sum.location.line = Some(hit.lines.first);
            if sum.share.low >= least_share {
                drafts.push(finding(cx, &Seen { place: sum, hit: Some(hit), grade: Grade::E2 }));
            }
        }
    }
    drafts
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let what = words::quoted(seen.hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str()));
    let turns = cx.each_turn(place).unwrap_or_else(|| format!("each call of `{}`", place.location.function));
    let (title, cause) = match place.language {
        Some(Language::Cpp) => (
            format!("a new {what} for each text, in `{}`", place.location.function),
            format!("{turns} makes a stream with its buffer and its locale, writes one text and drops both"),
        ),
        Some(Language::Java) => (
            format!("{what} makes a text in each turn, in `{}`", place.location.function),
            format!(
                "{turns} makes a `Formatter`, reads the format again and puts each value into an object for it"
            ),
        ),
        Some(Language::Go) => (
            format!("{what} makes a text in each turn, in `{}`", place.location.function),
            format!(
                "{turns} reads the format again, asks for the type of each value and allocates a new string"
            ),
        ),
        _ => (
            format!("{what} makes a text in each turn, in `{}`", place.location.function),
            format!("{turns} allocates a new text and writes each value through a path made for all types"),
        ),
    };
    let mut draft = seen.draft(cx, title).cause(cause);
    // What hashes, compares or sends the text costs less or nothing with another.
    draft.is_whole_loop = true;
    let draft = match place.language {
        Some(Language::Java) => draft
            .advice("if the text is only a key, make a `record` of the values the key")
            .advice("if it is read by people, join it with `+`, or append to one `StringBuilder` and `setLength(0)` for each turn")
            .advice("keep the format where it pads or rounds, and only there"),
        Some(Language::Go) => draft
            .advice("if the text is only a key, make a struct of the values the key: `map[struct{ x, y int }]int`")
            .advice("else append to one buffer that all turns share: `buf = strconv.AppendInt(buf[:0], int64(n), 10)`"),
        Some(Language::Rust) => draft
            .advice("if the text is only a key, make a tuple of the values the key")
            .advice("else keep one `String`, `clear()` it in each turn and write into it: `write!(text, ...)`")
            .advice("what goes on into a longer text can be written there at once, without a text of its own"),
        Some(Language::Cpp) => draft
            .advice("join with `std::to_string` and `+=`, or write numbers with `std::to_chars` into a buffer on the stack")
            .advice("or make one stream before the loop and empty it in each turn: `stream.str(\"\")`")
            .advice("if the text is only a key, make a `std::pair` or `std::tuple` of the values the key"),
        _ => draft.advice("append the values to one buffer that all turns share"),
    };
    draft
        .assuming("what takes the place of the format costs less, but not nothing; that part is not taken off")
        .alternative("the text is what the program is for: then this is its work, and only how it is made can be cheaper")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const JAVA: &str = "class A {\n  void f(List<P> ps) {\n    for (P p : ps) {\n      String key = String.format(\"%d/%d\", p.x(), p.y());\n      seen.add(key);\n    }\n  }\n}\n";
    const CPP: &str = "void f(const std::vector<P>& ps) {\n    for (const P& p : ps) {\n        std::ostringstream out;\n        out << p.x << '/' << p.y;\n        seen.insert(out.str());\n    }\n}\n";

    fn profile(formatting: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.f@A.java:4{{jit,jvm}};java.lang.String.format{{library,jvm}};java.util.Formatter.format{{library,jvm}} {formatting}ms n={formatting}
            cpu A.f@A.java:5{{jit,jvm}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&FormatInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`fmt.Sprintf` makes a text in each turn, in `main.count`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(8));
        assert!(found[0].advice[0].contains("struct"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_on_all_lines_of_a_stream() {
        let profile = "wall 10s\ncommand ./a\nthread main
            cpu f@a.cpp:3;std::__cxx11::basic_ostringstream<char>::basic_ostringstream()[libstdcxx.so.6]{library} 1s n=500
            cpu f@a.cpp:4;std::ostream::operator<<(int)[libstdcxx.so.6]{library} 2s n=1000
            cpu f@a.cpp:6;std::__cxx11::basic_ostringstream<char>::~basic_ostringstream()[libstdcxx.so.6]{library} 1s n=500
            cpu g@a.cpp:9 6s n=3000";
        let found = findings(&FormatInLoop, profile, &[("a.cpp", CPP)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(3));
        assert!((found[0].impact.share.point - 0.4).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&FormatInLoop, &profile(250, 4750), &[("A.java", JAVA)]).is_empty());
        assert_eq!(findings(&FormatInLoop, &profile(320, 4680), &[("A.java", JAVA)]).len(), 1);
    }

    #[test]
    fn quiet_for_the_message_of_an_error() {
        let source = JAVA.replace(
            "String key = String.format(\"%d/%d\", p.x(), p.y());",
            "throw new E(String.format(\"%d\", p.x()));",
        );
        assert!(findings(&FormatInLoop, &profile(4000, 1000), &[("A.java", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&FormatInLoop, &profile(4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&FormatInLoop, waits, &[]), "unsure");
    }
}
