//! `std::endl` where a line end would do.

use crate::prelude::*;

threshold! {
    /// Below it, the difference between `'\n'` and `std::endl` is one of style.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// `std::endl` and explicit flushes of streams in libstdc++ and libc++.
const FLUSHES: &[&str] = &[
    "std::endl",
    "std::flush",
    "std::ostream::flush",
    "std::basic_ostream::flush",
    "std::__1::endl",
    "std::__1::basic_ostream::flush",
];

declare_rule! {
    /// ## What it finds
    /// A line that ends each line of output with `std::endl`, or flushes the stream, inside a loop.
    /// ## Why it matters
    /// `std::endl` writes the line end and then empties the stream's buffer: one system call for each line instead of
    /// one for some hundred.
    /// ## How it is measured
    /// Time inside `std::endl` and `flush` of output streams is counted for the line of own code that asked.
    /// ## When it is wrong
    /// Whoever reads the output may wait for each line: progress, or another process.
    /// ## What to do
    /// Write `'\n'`. The buffer is emptied when it is full and when the stream ends.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./list
    /// thread main
    /// cpu main@list.cpp:6;std::endl<char, std::char_traits<char> >[libstd.so]{library};std::ostream::flush()[libstd.so]{library};write[libc.so.6]{library} 7s n=3500
    /// cpu main@list.cpp:6 3s n=1500
    /// ```
    /// ```cpp list.cpp
    /// #include <fstream>
    /// #include <vector>
    /// int main() {
    ///     std::ofstream out("list.txt");
    ///     for (const auto &row : rows()) {
    ///         out << row.name << std::endl;
    ///     }
    /// }
    /// ```
    /// ## References
    /// C++ Core Guidelines, SL.io.50: "Avoid endl".
    EndlInLoop = "native/endl-in-loop" {
        summary: "each line of output empties the stream's buffer",
        effort: Small,
        risk: Low,
        languages: [Cpp],
        needs: [CpuSamples],
        patterns: [EndlInLoop],
        thresholds: [LEAST_SHARE],
        silences: ["io/unbuffered-io"],
    }
}

impl Rule for EndlInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: FLUSHES,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: true,
            pattern_tells: false,
        };
        let seen: Vec<Seen<'_>> = mechanism
            .seen(cx)
            .into_iter()
            .filter(|seen| seen.hit.is_some() || cx.is_in_loop(&seen.place) != Some(false))
            .collect();
        if seen.is_empty() {
            return Verdict::Clear("no loop of own code spends its time emptying streams".to_owned());
        }
        let draft = |seen: &Seen<'_>| {
            let stream = seen.hit.map_or_else(|| "the stream".to_owned(), |hit| words::quoted(&hit.subject));
            seen.draft(
                cx,
                format!("`{}` empties the buffer of {stream} after each line", seen.place.location.function),
            )
            .cause(format!(
                "`{}` at {} writes out what {stream} holds, line by line",
                seen.place.mechanism,
                seen.place.words()
            ))
            .advice("write `'\\n'` instead of `std::endl`, and leave out `std::flush`")
            .advice("flush once, where somebody has to see the output")
            .assuming("the bytes are still written, a buffer at a time, which is not counted")
            .alternative("a person or another process waits for each line")
        };
        Verdict::Found(seen.iter().map(draft).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&EndlInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|location| location.line)),
            (Grade::E2, Some(6))
        );
    }

    #[test]
    fn quiet_outside_of_loops_and_below_the_threshold() {
        let example = crate::example(EndlInLoop.info()).profile;
        let once =
            "\n\nint main() {\n    std::ofstream out(\"list.txt\");\n\n    out << text << std::endl;\n}\n";
        assert!(findings(&EndlInLoop, &example, &[("list.cpp", once)]).is_empty());
        let little = example.replace("7s n=3500", "250ms n=125").replace("3s n=1500", "9750ms n=4875");
        assert!(findings(&EndlInLoop, &little, &[]).is_empty());
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.cpp:2;sleep 10s n=5000";
        assert_eq!(standing(&EndlInLoop, waits, &[]), "unsure");
    }
}
