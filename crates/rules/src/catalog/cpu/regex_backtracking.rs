//! A regular expression that can match the same text in very many ways, and an engine that tries them all.

use fathom_code::{Hit, Language, Pattern};

use crate::context::CodeFile;
use crate::prelude::*;

threshold! {
    /// An expression that is ambiguous costs nothing on texts that fit; below this the texts of this run do fit.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// The matching part of engines that go back and try again: CPython's `sre` and V8's Irregexp. Those of Go, Rust and
/// RE2 never do; the JDK's remembers, from version 9 on, where most repeated groups have failed.
const ENGINES: &[&str] = &[
    "_sre_SRE_Pattern_*",
    "pattern_match",
    "pattern_search",
    "pattern_subx",
    "sre_match*",
    "sre_search*",
    "sre_ucs1_*",
    "sre_ucs2_*",
    "sre_ucs4_*",
    "v8::internal::Runtime_RegExp*",
    "v8::internal::RegExpImpl::IrregexpExec*",
    "v8::internal::RegExp::Exec*",
    "v8::internal::NativeRegExpMacroAssembler::*",
    "v8::internal::IrregexpInterpreter::*",
    "Builtins_RegExp*",
];

declare_rule! {
    /// ## What it finds
    /// Time in the engine of regular expressions, for an expression whose repeated group holds another repetition of
    /// the same characters: `(a+)+`, `(\w+ ?)*`.
    /// ## Why it matters
    /// There are very many ways to divide a text among the two repetitions. If the end does not fit, the engine tries
    /// all of them: each character more can double the time. Who sends such a text stops the program.
    /// ## How it is measured
    /// Samples inside the engine are counted for the line of own code that matches. The expression is read from the
    /// source: on that line, or where the name on that line is made.
    /// ## When it is wrong
    /// The engines of Go, Rust and RE2 take time in proportion to the text, whatever the expression; the JDK's (from
    /// version 9 on) remembers failures, so that it is not asked here. A long text with a
    /// sound expression takes time too; that is not meant.
    /// ## What to do
    /// Write the expression so that each character can be matched in one way only.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 check.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@check.py:8{user,python};check@check.py:6{user,python};_sre_SRE_Pattern_match[python3]{interpreter};sre_ucs1_match[python3]{interpreter} 9s n=4500
    /// cpu <module>@check.py:8{user,python} 1s n=500
    /// ```
    /// ```python check.py
    /// import re
    ///
    /// TITLE = re.compile(r"^(\w+ ?)+$")
    ///
    /// def check(titles):
    ///     return [title for title in titles if TITLE.match(title)]
    ///
    /// print(check(open("titles").readlines()))
    /// ```
    /// ## References
    /// MITRE CWE-1333 (inefficient regular expression complexity); R. Cox, "Regular expression matching can be simple
    /// and fast", 2007.
    RegexBacktracking = "cpu/regex-backtracking" {
        summary: "a regular expression tries very many ways to match",
        effort: Small,
        risk: Review,
        languages: [Python, JavaScript, TypeScript],
        needs: [CpuSamples],
        patterns: [NestedQuantifier],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for RegexBacktracking {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(ENGINES));
        let mut found = Vec::new();
        for mut place in cost.places.into_iter().filter(|place| place.share.low >= least_share) {
            let Some((hit, line, mut grade)) = expression(cx, &place) else { continue };
            if matches!(place.language, Some(Language::JavaScript | Language::TypeScript)) {
                match compiled(cx, &place, hit) {
                    Some(of_hit) if of_hit.share.low >= least_share => place = of_hit,
                    Some(_) => continue,
                    // Others are seen by name, and this one is not: it costs nothing, or was changed at run time.
                    None if has_expressions(cx) => continue,
                    None => grade = Grade::E1,
                }
            }
            place.location.line = Some(line);
            found.push(draft(cx, &place, hit, grade));
        }
        if found.is_empty() {
            return Verdict::Clear(format!(
                "regular expressions take {} of {}, and none that is matched there is ambiguous",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(found)
    }
}

/// What of a place is spent in the code that V8 made of an expression, which has the expression's name; `None` where there
/// is no such code. A function matches many expressions as a rule, and all of them count for it.
fn compiled(cx: &Context<'_>, place: &Place, hit: &Hit) -> Option<Place> {
    let code = cx.functions_where(|function| function.name == hit.subject);
    if code.is_empty() {
        return None;
    }
    let places = cx.cost_under(cx.goal_ledger(), &code).places;
    let here = places.into_iter().find(|other| other.function == place.function);
    Some(here.unwrap_or_else(|| Place { share: cx.goal_ledger().share(0), ..place.clone() }))
}

/// Whether the code of any expression is seen by its name: no function of a program is called like one.
fn has_expressions(cx: &Context<'_>) -> bool {
    let is_expression = |name: &str| name.starts_with('^') || name.contains("(?") || name.contains("[^");
    !cx.functions_where(|function| function.resolved && is_expression(&function.name)).is_empty()
}

/// The ambiguous expression that a place matches, and how sure that is: on its line, or by a name on its line or in
/// its function (seen), or somewhere in another file (likely, as names travel). With the line that matches.
fn expression<'c>(cx: &'c Context<'_>, place: &Place) -> Option<(&'c Hit, u32, Grade)> {
    let (file, line) = cx.file_of(place)?;
    let of = |file: &'c CodeFile| file.hits.iter().filter(|hit| hit.pattern == Pattern::NestedQuantifier);
    if let Some(hit) = of(file).find(|hit| hit.lines.contains(line)) {
        return Some((hit, line, Grade::E2));
    }
    let function = file.source.functions().iter().filter(|function| function.lines.contains(line));
    let function = function.min_by_key(|function| function.lines.last - function.lines.first);
    let near = function.map_or(line..=line, |function| function.lines.first..=function.lines.last);
    let is_whole = !cx.has_lines(place.function);
    for hit in of(file) {
        let Some(name) = made_name(file.line(hit.lines.first)) else { continue };
        if has_word(file.line(line), name) {
            return Some((hit, line, Grade::E2));
        }
        if let Some(uses) = near.clone().find(|at| has_word(file.line(*at), name)) {
            return Some((hit, if is_whole { uses } else { line }, Grade::E2));
        }
    }
    let mut elsewhere = cx.files().filter(|(_, other)| !std::ptr::eq(*other, file)).flat_map(|(_, other)| {
        of(other).filter(|hit| {
            made_name(other.line(hit.lines.first)).is_some_and(|name| has_word(file.line(line), name))
        })
    });
    elsewhere.next().map(|hit| (hit, line, Grade::E1))
}

/// The name that a line gives to what it makes: the last word before its first `=` or `:`.
fn made_name(line: &str) -> Option<&str> {
    let (head, _) = line.split_once(['=', ':'])?;
    let name = head.trim_end().rsplit(|c: char| !is_of_word(c)).next()?;
    (!name.is_empty()).then_some(name)
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_of_word) && !text[at + word.len()..].starts_with(is_of_word))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn draft(cx: &Context<'_>, place: &Place, hit: &Hit, grade: Grade) -> Draft {
    let regex = words::quoted(&hit.subject);
    let mut draft = Draft::at(place, format!("{regex} tries very many ways to match"), grade)
        .evidence(
            "samples",
            format!(
                "{} of {} ({}) is spent in the engine of regular expressions at {}",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                place.words(),
            ),
        )
        .evidence("source", format!("line {} makes the expression {regex}: a repeated group of a repetition", hit.lines.first))
        .cause(format!("{regex} can match one text in very many ways, and the engine tries all of them where the end of the text does not fit"))
        .advice("write it so that each character fits in one place only: `(a+)+` is `a+`, `(\\w+ ?)*` is `\\w+( \\w+)*`")
        .assuming("the texts of this run stay; a longer one can take much longer")
        .alternative("the texts are long, and the expression fits them at once");
    draft.subject.clone_from(&hit.subject);
    match place.language {
        Some(Language::Python) => draft
            .advice("from Python 3.11 on a possessive repetition never goes back: `(?>a+)`, `a++`")
            .advice("limit the length of texts from outside before they are matched"),
        _ => draft.advice("limit the length of texts from outside before they are matched"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    fn python(matching: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:6{{user,python}};f@a.py:4{{user,python}};sre_ucs1_match[python3]{{interpreter}} {matching}ms n={matching}
            cpu <module>@a.py:6{{user,python}} {rest}ms n={rest}"
        )
    }

    fn source(regex: &str) -> String {
        format!("import re\nP = re.compile(r'{regex}')\ndef f(x):\n    return P.match(x)\n\nf('a')\n")
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&RegexBacktracking);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E2, Severity::Critical));
        assert_eq!(found[0].title, "`^(\\w+ ?)+$` tries very many ways to match");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
    }

    #[test]
    fn quiet_about_a_sound_expression() {
        assert_eq!(
            findings(&RegexBacktracking, &python(4000, 1000), &[("a.py", &source("(a+)+$"))]).len(),
            1
        );
        assert!(
            findings(&RegexBacktracking, &python(4000, 1000), &[("a.py", &source("(a+b)+$"))]).is_empty()
        );
    }

    #[test]
    fn quiet_about_an_expression_that_another_line_matches() {
        let other = source("a+b").replace("import re", "Q = re.compile(r'(a+)+$')");
        assert!(findings(&RegexBacktracking, &python(4000, 1000), &[("a.py", &other)]).is_empty());
    }

    /// V8 names the code of an expression by the expression, and the function around it has no lines.
    fn javascript(code: &str) -> (String, String) {
        let profile = format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu check@a.js:1^1{{jit,node}};Builtins_RegExpPrototypeTest[node]{{runtime,node}};{code}{{library,node}} 4s n=4000
            cpu check@a.js:1^1{{jit,node}} 1s n=1000"
        );
        let source = "function check(lines) {\n  const sound = /^[a-z]b+$/;\n  const bad = /(a+)+$/;\n  return lines.filter((l) => sound.test(l) || bad.test(l));\n}\ncheck(read());\n";
        (profile, source.to_owned())
    }

    #[test]
    fn blames_the_expression_whose_code_is_seen() {
        let grades = |code: &str| -> Vec<Grade> {
            let (profile, source) = javascript(code);
            let found = findings(&RegexBacktracking, &profile, &[("a.js", &source)]);
            found.iter().map(|finding| finding.grade).collect()
        };
        assert_eq!(grades("(a+)+$"), [Grade::E2]);
        // The engine works for another expression, which is seen by its name.
        assert_eq!(grades("^[a-z]b+$"), []);
        let (profile, source) = javascript("^[a-z]b+$");
        let elsewhere = "\ncpu other@b.js:1^1{jit,node};Builtins_RegExpPrototypeTest[node]{runtime,node};(a+)+${library,node} 1s n=1000";
        assert!(findings(&RegexBacktracking, &(profile + elsewhere), &[("a.js", &source)]).is_empty());
        // No expression is seen by its name: which of them it is stays open.
        assert_eq!(grades("IrregexpInterpreter"), [Grade::E1]);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&RegexBacktracking, &python(250, 4750), &[("a.py", &source("(a+)+$"))]).is_empty());
        assert_eq!(findings(&RegexBacktracking, &python(320, 4680), &[("a.py", &source("(a+)+$"))]).len(), 1);
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(standing(&RegexBacktracking, &python(4000, 1000), &[]), "checked");
        let waits = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&RegexBacktracking, waits, &[]), "unsure");
    }

    #[test]
    fn names_are_words() {
        assert_eq!(made_name("    static final Pattern ADDRESS = Pattern.compile(\"=\")"), Some("ADDRESS"));
        assert_eq!(made_name("const r = /(a+)+/"), Some("r"));
        assert_eq!(made_name("re.match(x)"), None);
        assert!(has_word("if r.test(x)", "r") && !has_word("error(x)", "r"));
    }
}
