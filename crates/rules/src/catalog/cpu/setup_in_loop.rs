//! Something made for many uses (a compiled pattern, a formatter, a client) that is made anew for each use.

use fathom_code::Language;

use crate::prelude::*;

threshold! {
    /// Making it once is a small change, so that already this much of the run is worth it.
    LEAST_SHARE = "least-share", Share(0.02), source: "our own choice, held by the corpus"
}

/// What makes such things in each runtime. Look-ups of what is kept (`re._compile`) are none of them: with a constant
/// pattern they are all that is left.
const MAKERS: &[&str] = &[
    // Python: a pattern that `re` has not kept; contexts, clients, parsers.
    "re/_compiler.py:compile",
    "sre_compile.py:compile",
    "regex/_main.py:_compile",
    "ssl.py:create_default_context",
    "requests/sessions.py:Session.__init__",
    "httpx/_client.py:*Client.__init__",
    "boto3/session.py:Session.*",
    "botocore/session.py:Session.create_client",
    "jinja2/environment.py:Environment.compile",
    "jinja2/environment.py:Environment.__init__",
    "sqlalchemy/engine/create.py:create_engine",
    "argparse.py:ArgumentParser.__init__",
    "zoneinfo_new_instance",
    // V8 and the ICU inside it.
    "v8::internal::JSNumberFormat::New",
    "v8::internal::JSDateTimeFormat::New",
    "v8::internal::JSDateTimeFormat::CreateDateTimeFormat",
    "v8::internal::JSCollator::New",
    "v8::internal::JSPluralRules::New",
    "v8::internal::JSRelativeTimeFormat::New",
    "v8::internal::JSListFormat::New",
    "v8::internal::JSSegmenter::New",
    "v8::internal::RegExp::Compile",
    // The JDK and what is often used with it.
    "java.util.regex.Pattern.compile",
    "java.util.regex.Pattern.<init>",
    "java.text.SimpleDateFormat.<init>",
    "java.text.SimpleDateFormat.initialize*",
    "java.text.DecimalFormat.<init>",
    "java.text.NumberFormat.getInstance",
    "java.time.format.DateTimeFormatter.ofPattern",
    "java.time.format.DateTimeFormatterBuilder.appendPattern",
    "java.security.MessageDigest.getInstance",
    "javax.crypto.Cipher.getInstance",
    "javax.xml.parsers.DocumentBuilderFactory.newInstance",
    "javax.xml.parsers.SAXParserFactory.newInstance",
    "javax.xml.transform.TransformerFactory.newInstance",
    "java.net.http.HttpClient.newHttpClient",
    "jdk.internal.net.http.HttpClientImpl.create",
    "com.fasterxml.jackson.databind.ObjectMapper.<init>",
    "com.google.gson.Gson.<init>",
    // Go.
    "regexp.compile",
    "text/template.(*Template).Parse",
    "html/template.(*Template).Parse",
    "time.LoadLocation",
    "crypto/aes.NewCipher",
    "compress/flate.NewWriter",
    "compress/flate.(*compressor).init",
    // libstdc++, libc++, Boost, RE2.
    "std::__cxx11::basic_regex::basic_regex",
    "std::__cxx11::basic_regex::_M_compile",
    "std::__detail::_Compiler::_Compiler",
    "std::__1::basic_regex::basic_regex",
    "std::__1::basic_regex::__init",
    "std::__1::basic_regex::__parse",
    "boost::basic_regex::*assign",
    "re2::RE2::Init",
    "std::random_device::_M_init*",
    "curl_easy_init",
    "iconv_open",
];

/// What some of them build when they are used for the first time: ICU's formatters of numbers.
const FIRST_USES: &[&str] = &[
    "*::number::impl::NumberFormatterImpl::macrosToMicroGenerator",
    "*::number::LocalizedNumberFormatter::computeCompiled",
];

declare_rule! {
    /// ## What it finds
    /// A regular expression, a formatter of dates or numbers, a client or a parser that is made in each turn of a loop,
    /// or in a function that a loop calls.
    /// ## Why it matters
    /// Such things are made for many uses: making one reads tables, compiles, or opens connections, and costs tens to
    /// thousands of times what one use costs.
    /// ## How it is measured
    /// Samples inside the functions of runtimes and libraries that make them are counted for the line of own code that
    /// asked. Where the source is there, the line has to make it in a loop. What a formatter builds on its first use
    /// counts too.
    /// ## When it is wrong
    /// A program that makes many different ones, each once, has to. Python's `re` keeps the last 512 patterns: with
    /// fewer, a constant pattern in a loop costs a look-up only, which is not counted here.
    /// ## What to do
    /// Make it once, before the loop or for the whole program, and use it in the loop.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 scan.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@scan.py:11{user,python};scan@scan.py:6{user,python};search@/usr/lib/python3.11/re/__init__.py:176{library,python};compile@/usr/lib/python3.11/re/_compiler.py:745{library,python} 6s n=3000
    /// cpu <module>@scan.py:11{user,python};scan@scan.py:7{user,python} 4s n=2000
    /// ```
    /// ```python scan.py
    /// import re
    ///
    /// def scan(lines, words):
    ///     for line in lines:
    ///         for word in words:
    ///             if re.search(r"\b%s\b" % word, line):
    ///                 yield word
    ///
    /// lines = open("a.log").readlines()
    /// words = open("words").read().split()
    /// print(list(scan(lines, words)))
    /// ```
    /// ## References
    /// Python's documentation of `re.compile`; Effective Java, item 6 (avoid creating unnecessary objects).
    SetupInLoop = "cpu/setup-in-loop" {
        summary: "something made for many uses is made anew for each",
        effort: Small,
        risk: Low,
        languages: [Python, JavaScript, TypeScript, Java, Go, Cpp],
        needs: [CpuSamples],
        patterns: [SetupInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for SetupInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: MAKERS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: false,
        };
        let first_uses = cx.cost_under(cx.goal_ledger(), &cx.functions(FIRST_USES));
        mechanism.verdict(cx, self.info(), |seen| {
            let place = &seen.place;
            let what = Made::of(seen);
            let subject = seen.hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str());
            let maker = words::quoted(subject);
            let mut draft = seen
                .draft(cx, format!("{maker} makes {} anew each time in `{}`", what.a(), place.location.function))
                .cause(format!("{} {maker} makes {} again", turns(cx, place), what.the()));
            for first in first_uses.places.iter().filter(|first| first.function == place.function) {
                draft.claim.join(&first.claim);
                if first.location.line != place.location.line {
                    draft = draft.evidence(
                        "samples",
                        format!("{} more is what {} builds on its first use, for {}", words::time(first.value), what.the(), first.words()),
                    );
                }
            }
            advice(draft, what, place.language)
                .assuming("what is made depends on nothing that changes between the turns, or can be kept by what it depends on")
        })
    }
}

/// What is made, as far as the words about it differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Pattern,
    Formatter,
    Client,
    Other,
}

impl Made {
    fn of(seen: &Seen<'_>) -> Self {
        let subject = seen.hit.map_or("", |hit| hit.subject.as_str());
        let text = format!("{subject} {}", seen.place.mechanism).to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        match () {
            () if has(&["regex", "pattern", "_compile", "re.", "sre_", "re2"]) => Self::Pattern,
            () if has(&["format", "collator", "locale", "pluralrules", "segmenter"]) => Self::Formatter,
            () if has(&["client", "session", "connect", "engine", "curl"]) => Self::Client,
            () => Self::Other,
        }
    }

    fn a(self) -> &'static str {
        match self {
            Self::Pattern => "its pattern",
            Self::Formatter => "a formatter",
            Self::Client => "a client",
            Self::Other => "its object",
        }
    }

    fn the(self) -> &'static str {
        match self {
            Self::Pattern => "the pattern",
            Self::Formatter => "the formatter",
            Self::Client => "the client",
            Self::Other => "the object",
        }
    }
}

/// When it is made: in each turn of a loop, or whenever the function is called.
fn turns(cx: &Context<'_>, place: &Place) -> String {
    let turn = cx.loops_at(place).filter(|nest| nest.degree > 0).and_then(|_| cx.each_turn(place));
    turn.map_or_else(
        || format!("whenever `{}` is called,", place.location.function),
        |turn| format!("in {turn}"),
    )
}

fn advice(draft: Draft, what: Made, language: Option<Language>) -> Draft {
    match (language, what) {
        (Some(Language::Python), Made::Pattern) => draft
            .advice("compile it once, before the loop or at the top of the module: `PATTERN = re.compile(...)`, then `PATTERN.search(text)`")
            .advice("with many patterns keep a list or a dict of compiled ones: `re` itself remembers 512 and compiles all others again")
            .advice("words that are only looked for as they stand need no pattern: `word in text`, or one pattern `a|b|c` for all"),
        (Some(Language::Python), Made::Client) => draft
            .advice("make one client when the program starts and hand it to the function: it keeps its connections"),
        (Some(Language::Java), Made::Pattern) => draft
            .advice("keep it in a field: `private static final Pattern PATTERN = Pattern.compile(...)`, then `PATTERN.matcher(text)`")
            .advice("`String.matches`, `replaceAll` and `split` compile their argument with each call: use the field's methods"),
        (Some(Language::Java), Made::Formatter) => draft
            .advice("keep a `static final DateTimeFormatter`: it may be used by many threads")
            .advice("`SimpleDateFormat` and `DecimalFormat` may not: keep one for each thread"),
        (Some(Language::JavaScript | Language::TypeScript), Made::Formatter) => draft
            .advice("make it once at the top of the module: `const money = new Intl.NumberFormat(...)`, then `money.format(value)`")
            .advice("with several languages or currencies keep a `Map` of formatters by their key"),
        (Some(Language::JavaScript | Language::TypeScript), Made::Pattern) => draft
            .advice("make it once, before the loop, or write it as a literal: `const pattern = /.../`"),
        (Some(Language::Go), Made::Pattern) => draft
            .advice("make it a variable of the package: `var pattern = regexp.MustCompile(...)`; it may be used by many goroutines")
            .advice("if it is rarely needed, wrap it: `sync.OnceValue(func() *regexp.Regexp { ... })`"),
        (Some(Language::Cpp), Made::Pattern) => draft
            .advice("make it once: `static const std::regex pattern(...)`; a `const` regex may be used by many threads"),
        _ => draft.advice(format!("make {} once, before the loop or for the whole program, and use it in the loop", what.the())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const GO: &str = "package main\nfunc slug(s string) string {\n\tp := regexp.MustCompile(`a+`)\n\treturn p.ReplaceAllString(s, \"\")\n}\nfunc main() {\n\tfor _, s := range read() {\n\t\tslug(s)\n\t}\n}\n";

    fn go(compiling: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.main@a.go:8{{user,go}};main.slug@a.go:3{{user,go}};regexp.MustCompile{{library,go}};regexp.compile{{library,go}} {compiling}ms n={compiling}
            cpu main.main@a.go:8{{user,go}};main.slug@a.go:4{{user,go}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&SetupInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`re.search` makes its pattern anew each time in `scan`");
        assert_eq!(
            found[0].cause,
            "Seen at work: in each turn of the loop over `words` `re.search` makes the pattern again."
        );
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
    }

    #[test]
    fn fires_in_a_function_that_a_loop_calls() {
        let found = findings(&SetupInLoop, &go(4000, 1000), &[("a.go", GO)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].advice[0].contains("var pattern"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&SetupInLoop, &go(100, 4900), &[("a.go", GO)]).is_empty());
        assert_eq!(findings(&SetupInLoop, &go(150, 4850), &[("a.go", GO)]).len(), 1);
    }

    #[test]
    fn quiet_where_it_is_made_once() {
        let source = "package main\n\nvar p = regexp.MustCompile(`a+`)\nfunc main() {}\n";
        assert!(findings(&SetupInLoop, &go(4000, 1000), &[("a.go", source)]).is_empty());
    }

    #[test]
    fn quiet_about_functions_of_the_program_with_such_names() {
        let profile = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:3{user,python};compile@/app/b/_compiler.py:5{user,python} 5s n=5000";
        assert!(findings(&SetupInLoop, profile, &[]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&SetupInLoop, &go(4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&SetupInLoop, waits, &[]), "unsure");
    }
}
