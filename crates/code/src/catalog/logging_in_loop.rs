//! Log calls in a loop.
//!
//! A call below the level that is written costs its arguments only; so only what is usually written counts as
//! certain. A message right before the loop is left, or in a handler of errors, is not written often.

use crate::language::Language;
use crate::model::{Call, LoopKind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::LoggingInLoop, find };

const LOGS: Table = &[
    (Language::C, &["syslog"]),
    (Language::Cpp, &["syslog", "spdlog::info", "spdlog::debug"]),
    (
        Language::Go,
        &["log.Printf", "log.Println", "log.Print", "slog.Info", "slog.Debug", "logrus.Infof", "logrus.Info"],
    ),
    (Language::JavaScript, &["console.log", "console.debug", "console.info"]),
    (Language::Python, &["logging.info", "logging.debug", "logging.log"]),
    (Language::Rust, &["info!", "debug!", "trace!", "log!"]),
];

/// Levels, as methods of what is called like a logger.
const LEVELS: [&str; 12] = [
    "info", "debug", "trace", "log", "Info", "Infof", "Debug", "Debugf", "Printf", "Infow", "fine", "Println",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(LOGS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        if (call.is_any(names) || is_of_logger(call)) && !is_rare(source, call) {
            let is_quiet =
                ["debug", "trace", "fine"].iter().any(|level| call.name.to_lowercase().starts_with(level));
            search.hit(Pattern::LoggingInLoop, &call.place, &call.callee, !is_quiet);
        }
    }
}

fn is_of_logger(call: &Call) -> bool {
    let last =
        call.receiver.rsplit(['.', ':', '>']).next().unwrap_or("").trim_start_matches('_').to_lowercase();
    LEVELS.contains(&call.name.as_str()) && (last == "log" || last == "logger" || last.ends_with("logger"))
}

/// Whether the loop waits for something else anyway.
fn is_rare(source: &Source, call: &Call) -> bool {
    source.hot_loop(&call.place).is_some_and(|around| {
        let of_pattern = ["accept", "sleep", "recv", "poll", "Accept", "Sleep"];
        source.loops_around(call.loop_).next().is_some_and(|(number, _)| {
            source.calls_in(number).any(|other| of_pattern.contains(&other.name.as_str()))
        }) && around.kind == LoopKind::While
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::LoggingInLoop;

    #[test]
    fn python_and_scripts() {
        let text = "import logging\nlog = logging.getLogger()\nfor x in xs:\n  log.info('a %s', x)\n  logging.debug(x)\n  math.log(x)\n";
        fires(P, Language::Python, text, &["4 log.info", "5 logging.debug?"]);
        fires(P, Language::JavaScript, "for (const x of xs) { console.log(x); }", &["1 console.log"]);
        quiet(P, Language::Python, "log.info('a')\nwhile True:\n  time.sleep(1)\n  log.info('b')\n");
        quiet(
            P,
            Language::TypeScript,
            "console.log(x); for (const x of xs) { console.error(x); Math.log(x); }",
        );
    }

    #[test]
    fn compiled_languages() {
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { log.Printf(\"%v\", x) } }",
            &["1 log.Printf"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { logger.info(x); } } }",
            &["1 logger.info"],
        );
        fires(P, Language::Rust, "fn f() { for x in xs { info!(\"{x}\"); } }", &["1 info!"]);
        fires(P, Language::Cpp, "void f() { for (auto& x : xs) { spdlog::info(x); } }", &["1 spdlog::info"]);
        fires(P, Language::C, "void f(void) { for (int i = 0; i < n; i++) syslog(1, x); }", &["1 syslog"]);
        quiet(P, Language::Rust, "fn f() { info!(\"a\"); }");
    }
}
