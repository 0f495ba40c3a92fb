//! Log calls in a hot loop: messages that are written in each turn, and messages that are built and then dropped.

use crate::prelude::*;
use fathom_code::{Hit, Language, Pattern};

threshold! {
    /// Below it nobody would notice that the messages are gone.
    LEAST_SHARE = "least-share", Share(0.05), source: "the lower limit for logging of the pprof advisers"
}

/// What takes a message: Python's `logging`, the loggers of Java, Go's `log` and `slog` and what is often used with them.
const LOGS: &[&str] = &[
    "logging/__init__.py:Logger.debug",
    "logging/__init__.py:Logger.info",
    "logging/__init__.py:Logger.warning",
    "logging/__init__.py:Logger.error",
    "logging/__init__.py:Logger.log",
    "logging/__init__.py:LoggerAdapter.info",
    "logging/__init__.py:LoggerAdapter.debug",
    "logging/__init__.py:info",
    "logging/__init__.py:debug",
    "java.util.logging.Logger.*",
    "org.slf4j.*",
    "ch.qos.logback.classic.Logger.*",
    "org.apache.logging.log4j.*",
    "org.apache.log4j.*",
    "log.Printf",
    "log.Println",
    "log.Print",
    "log.(*Logger).*",
    "log/slog.*",
    "github.com/sirupsen/logrus.*",
    "go.uber.org/zap.*",
    "github.com/rs/zerolog.*",
];

/// What is only called for a message whose level is on.
const WRITERS: &[&str] = &[
    "logging/__init__.py:Logger._log",
    "logging/__init__.py:Logger.handle",
    "java.util.logging.Logger.doLog",
    "java.util.logging.Handler.*",
    "java.util.logging.StreamHandler.*",
    "java.util.logging.ConsoleHandler.*",
    "java.util.logging.FileHandler.*",
    "ch.qos.logback.core.*",
    "org.apache.logging.log4j.core.*",
    "log.(*Logger).output",
    "log.(*Logger).Output",
    "log/slog.(*Logger).log",
    "log/slog.(*Logger).logAttrs",
    "github.com/sirupsen/logrus.(*Entry).log",
];

declare_rule! {
    /// ## What it finds
    /// A log call in a loop that costs a noticeable part of the run: because each turn writes a message, or because the
    /// arguments are built for a level that is off.
    /// ## Why it matters
    /// A written message is a record, a format, a lock and mostly a system call. A message that is not written still
    /// costs what its arguments cost: they are there before the logger looks at its level.
    /// ## How it is measured
    /// Samples inside the functions of the logging library are counted for the line of own code that logs. If there are
    /// none of those that write, all that the line pays, with what it calls, is the building of arguments.
    /// ## When it is wrong
    /// A log that has to hold each turn (an audit) has to be written. A level that was on for this run only costs
    /// nothing otherwise.
    /// ## What to do
    /// Log a sum behind the loop instead of each turn; for levels that are mostly off hand over what builds the message
    /// instead of the message.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 book.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@book.py:11{user,python};book@book.py:7{user,python};Logger.info@/usr/lib/python3.11/logging/__init__.py:1479{library,python};Logger._log@/usr/lib/python3.11/logging/__init__.py:1624{library,python} 6s n=3000
    /// cpu <module>@book.py:11{user,python};book@book.py:8{user,python} 4s n=2000
    /// ```
    /// ```python book.py
    /// import logging
    ///
    /// log = logging.getLogger("book")
    ///
    /// def book(entries):
    ///     for entry in entries:
    ///         log.info("entry %s", entry)
    ///         entry.apply()
    ///
    /// logging.basicConfig(level=logging.INFO)
    /// book(read())
    /// ```
    /// ## References
    /// Python documentation, "Logging HOWTO: optimization"; documentation of `java.util.logging.Logger` (methods with a
    /// `Supplier`) and of Go's `log/slog` ("Performance considerations").
    LoggingInLoop = "cpu/logging-in-loop" {
        summary: "a loop logs in each turn, or builds messages that are not written",
        effort: Small,
        risk: Low,
        languages: [Python, Java, Go],
        needs: [CpuSamples],
        patterns: [LoggingInLoop],
        thresholds: [LEAST_SHARE],
        silences: ["io/flush-in-loop", "io/unbuffered-io"],
    }
}

impl Rule for LoggingInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let mechanism = Mechanism {
            functions: LOGS,
            patterns: self.info().patterns,
            least_share,
            functions_tell: false,
            pattern_tells: false,
        };
        let seen = mechanism.seen(cx);
        let mut drafts: Vec<Draft> = seen.iter().map(|seen| written(cx, seen)).collect();
        let is_known =
            |hit: &Hit| seen.iter().any(|seen| seen.hit.is_some_and(|known| std::ptr::eq(known, hit)));
        for (place, hit) in dropped(cx, least_share) {
            if !is_known(hit) {
                drafts.push(built(cx, &place, hit));
            }
        }
        if drafts.is_empty() {
            let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(LOGS));
            return Verdict::Clear(format!(
                "log calls are {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

/// Lines with a log call whose message is built and was never seen to be written.
fn dropped<'c>(cx: &'c Context<'_>, least_share: f64) -> Vec<(Place, &'c Hit)> {
    let ledger = cx.goal_ledger();
    let writes = cx.stacks_through(&cx.functions(WRITERS));
    let mut found = Vec::new();
    for (path, file) in cx.files() {
        for hit in file.hits.iter().filter(|hit| hit.pattern == Pattern::LoggingInLoop) {
            // Only lines that hold nothing but the call: what they pay is what the call pays.
            if !file.line(hit.lines.first).trim_start().starts_with(&hit.subject) {
                continue;
            }
            let Some(place) = cx.cost_of_lines(ledger, path, hit.lines, |_, _| true) else { continue };
            let is_written = place.claim.stacks().any(|at| writes[at] && ledger.values[at] > 0);
            if place.share.low >= least_share && !is_written {
                found.push((place, hit));
            }
        }
    }
    found
}

fn turns(cx: &Context<'_>, place: &Place) -> String {
    cx.each_turn(place).unwrap_or_else(|| "each turn of the loop".to_owned())
}

fn written(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let call = words::quoted(seen.hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str()));
    let draft = seen
        .draft(cx, format!("{call} logs in each turn, in `{}`", place.location.function))
        .cause(format!("{} makes a record, formats it and hands it to the log", turns(cx, place)))
        .advice("say it once: count in the loop and log the sums behind it, or each ten-thousandth turn")
        .advice("if only somebody who looks for an error reads it, lower it to a level that is off");
    match place.language {
        Some(Language::Python) => draft.advice(
            "if each message is needed, let another thread write: `logging.handlers.QueueHandler` with a `QueueListener`",
        ),
        Some(Language::Go) => draft
            .advice("if each message is needed, let `log.SetOutput` write to a `bufio.Writer` that is flushed at the end"),
        _ => draft.advice("if each message is needed, write through an appender that runs in a thread of its own"),
    }
    .alternative("the log has to hold each turn, as an audit has to: then this is the program's work")
}

fn built(cx: &Context<'_>, place: &Place, hit: &Hit) -> Draft {
    let call = words::quoted(&hit.subject);
    let draft = Draft::at(
        place,
        format!("{call} builds a message that is not written, in `{}`", place.location.function),
        Grade::E2,
    )
    .evidence(
        "samples",
        format!(
            "{} of {} ({}, {} observations) is spent at {}, and none of it in what writes a message",
            words::share(place.share),
            cx.goal.metric,
            words::time(place.value),
            words::count(place.n),
            place.words(),
        ),
    )
    .evidence("source", format!("line {} is nothing but the call of {call}, in a loop", hit.lines.first))
    .cause(format!(
        "{} builds the arguments of {call} before the logger looks at its level, which is off",
        turns(cx, place)
    ));
    match place.language {
        Some(Language::Python) => draft
            .advice("hand over the values instead of the text: `log.debug(\"order %s\", order)`, not an f-string")
            .advice("where a value itself is costly: `if log.isEnabledFor(logging.DEBUG):` around the call"),
        Some(Language::Java) => draft
            .advice("hand over what builds the text: `logger.fine(() -> \"order \" + order)`; with SLF4J `log.debug(\"order {}\", order)`")
            .advice("where a value itself is costly: `if (logger.isLoggable(Level.FINE))` around the call"),
        _ => draft.advice("ask for the level first: `if logger.Enabled(ctx, slog.LevelDebug)` around the call"),
    }
    .assuming("asking for the level costs next to nothing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const JAVA: &str = "class A {\n  void f(List<P> ps) {\n    for (P p : ps) {\n      LOG.fine(\"p \" + text(p));\n      run(p);\n    }\n  }\n  String text(P p) {\n    return p.x + p.y;\n  }\n}\n";

    fn profile(building: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.f@A.java:4{{jit,jvm}};A.text@A.java:9{{jit,jvm}} {building}ms n={building}
            cpu A.f@A.java:5{{jit,jvm}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&LoggingInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`log.info` logs in each turn, in `book`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(7));
    }

    #[test]
    fn fires_on_messages_that_are_built_and_dropped() {
        let found = findings(&LoggingInLoop, &profile(4000, 1000), &[("A.java", JAVA)]);
        assert_eq!(found[0].title, "`LOG.fine` builds a message that is not written, in `A.f`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(4));
        assert!(found[0].advice[0].contains("() ->"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&LoggingInLoop, &profile(250, 4750), &[("A.java", JAVA)]).is_empty());
        assert_eq!(findings(&LoggingInLoop, &profile(320, 4680), &[("A.java", JAVA)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_source_logs_behind_the_loop() {
        let source = JAVA.replace("LOG.fine(\"p \" + text(p));", "sum += text(p);");
        assert!(findings(&LoggingInLoop, &profile(4000, 1000), &[("A.java", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let profile = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.f@a.go:4{user,go};log.Printf{library,go} 5s n=5000";
        assert_eq!(findings(&LoggingInLoop, profile, &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&LoggingInLoop, waits, &[]), "unsure");
    }
}
