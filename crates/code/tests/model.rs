//! The model of small files in every language, through the public interface only.

use fathom_code::{Language, LoopKind, Source};

fn source(language: Language, text: &str) -> Source {
    Source::parse(language, text).expect("a short text")
}

/// Each function as `name first-last`, with marks.
fn functions(source: &Source) -> Vec<String> {
    let mark = |set: bool, mark: &'static str| if set { mark } else { "" };
    let line = |function: &fathom_code::Function| {
        let (first, last) = (function.lines.first, function.lines.last);
        let marks = format!("{}{}", mark(function.is_async, " async"), mark(function.is_test, " test"));
        format!("{} {first}-{last}{marks}", function.name)
    };
    source.functions().iter().map(line).collect()
}

/// Each loop as `first-last kind over [binds]`, with the number of its parent and whether it is small.
fn loops(source: &Source) -> Vec<String> {
    let line = |found: &fathom_code::Loop| {
        let parent = found.parent.map(|parent| format!(" in {parent}")).unwrap_or_default();
        let small = if found.is_small { " small" } else { "" };
        let (first, last) = (found.lines.first, found.lines.last);
        format!("{first}-{last} {:?} {} {:?}{parent}{small}", found.kind, found.over, found.binds)
    };
    source.loops().iter().map(line).collect()
}

#[test]
fn functions_have_qualified_names() {
    for (language, text, expected) in [
        (
            Language::Python,
            "class A:\n    def m(self):\n        def inner():\n            pass\n\nasync def f():\n    pass\n\ndef test_f():\n    pass\n",
            &["A.m 2-4", "A.m.inner 3-4", "f 6-7 async", "test_f 9-10 test"] as &[&str],
        ),
        (
            Language::JavaScript,
            "class A { static async m() {} h = (x) => x; }\nconst f = async () => {};\nit('x', () => {});\nbutton.on('a', function () {});\n",
            &["A.m 1-1 async", "A.h 1-1", "f 2-2 async", "<closure> 3-3 test", "<closure> 4-4"],
        ),
        (
            Language::TypeScript,
            "namespace N { export class A { private m(x?: number): void {} } }",
            &["N.A.m 1-1"],
        ),
        (
            Language::Go,
            "package p\nfunc (s *S[T]) M() {\n}\nfunc f() { go func() {}() }\nfunc TestF(t *testing.T) {}\n",
            &["S.M 2-3", "f 4-4", "TestF 5-5 test"],
        ),
        (
            Language::Rust,
            "impl<T> Foo for Bar<T> {\n    async fn m(&self) {}\n}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n}\n",
            &["Bar::m 2-2 async", "tests::t 7-7 test"],
        ),
        (
            Language::Java,
            "class A { A() {} void m() { run(() -> g()); } @Test void t() {} }",
            &["A.A 1-1", "A.m 1-1", "A.m.<closure> 1-1", "A.t 1-1 test"],
        ),
        (Language::C, "static int *f(char *s) {\n return 0;\n}\n", &["f 1-3"]),
        (
            Language::Cpp,
            "namespace n { class A { void m() {} }; }\nint n::A::f() { return 0; }\nint &g() { }\n",
            &["n::A::m 1-1", "n::A::f 2-2", "g 3-3"],
        ),
    ] {
        assert_eq!(functions(&source(language, text)), expected, "{language:?}");
    }
}

#[test]
fn loops_say_what_they_walk() {
    for (language, text, expected) in [
        (
            Language::Python,
            "for i, x in enumerate(xs):\n    while x:\n        y = [z for z in range(3)]\n",
            &["1-3 Each xs [\"i\", \"x\"]", "2-3 While x [] in 0", "3-3 Comprehension 3 [\"z\"] in 1 small"]
                as &[&str],
        ),
        (
            Language::JavaScript,
            "for (let i = 0; i < a.length; i++) {\n  for (const k of Object.keys(b)) c.forEach(d => {});\n}",
            &["1-3 Counted a [\"i\"]", "2-2 Each b [\"k\"] in 0", "2-2 Callback c [\"d\"] in 1"],
        ),
        (
            Language::TypeScript,
            "for (const x of xs) {}\ndo { } while (y);",
            &["1-1 Each xs [\"x\"]", "2-2 While y []"],
        ),
        (
            Language::Go,
            "package p\nfunc f() {\n for i, v := range xs {}\n for i := 0; i < n; i++ {}\n for ok() {}\n for {}\n for range 10 {}\n}",
            &[
                "3-3 Each xs [\"i\", \"v\"]",
                "4-4 Counted n [\"i\"]",
                "5-5 While ok() []",
                "6-6 While  []",
                "7-7 Each 10 [] small",
            ],
        ),
        (
            Language::Rust,
            "fn f() { for (i, x) in a.iter().enumerate() {\n  while let Some(q) = it.next() {} }\n a.iter().for_each(|e| {});\n opt.map(|x| x); for i in 0..9 {} }",
            &[
                "1-2 Each a [\"i\", \"x\"]",
                "2-2 While let Some(q) = it.next() [\"q\"] in 0",
                "3-3 Callback a [\"e\"]",
                "4-4 Counted 9 [\"i\"] small",
            ],
        ),
        (
            Language::Java,
            "class A { void f() { for (T x : xs) { xs.stream().map(y -> y); } for (int i = 0; i < 4; i++) {} } }",
            &["1-1 Each xs [\"x\"]", "1-1 Callback xs [\"y\"] in 0", "1-1 Counted 4 [\"i\"] small"],
        ),
        (
            Language::C,
            "void f(void) { for (int i = 0; i < strlen(s); i++) {} do {} while (0); for (p = head; p; p = p->next) {} }",
            &["1-1 Counted s [\"i\"]", "1-1 While 0 [] small", "1-1 Counted head [\"p\"]"],
        ),
        (
            Language::Cpp,
            "void f() { for (const auto& x : xs) {} std::for_each(a.begin(), a.end(), [&](int y) { g(y); }); }",
            &["1-1 Each xs [\"x\"]", "1-1 Callback a [\"y\"]"],
        ),
    ] {
        assert_eq!(loops(&source(language, text)), expected, "{language:?}");
    }
}

#[test]
fn calls_say_what_becomes_of_them() {
    let file = source(
        Language::Python,
        "import re\nasync def f():\n    p = re.compile(\n        'a')\n    await g.h(1, k=2)\n",
    );
    let [compile, awaited] = file.calls() else { panic!("{:?}", file.calls()) };
    assert_eq!((compile.line, compile.end_line, compile.callee.as_str()), (3, 4, "re.compile"));
    assert_eq!((compile.name.as_str(), compile.receiver.as_str()), ("compile", "re"));
    assert_eq!(awaited.arguments, ["1", "k=2"]);
    assert!(awaited.is_awaited && !compile.is_awaited && !awaited.is_new);
    let go = source(Language::Go, "func f() { defer x.Close() }");
    assert!(go.calls()[0].is_deferred);
    let java = source(Language::Java, "class A { void f() { for (T x : xs) { new B<C>(1).run(); } } }");
    let names: Vec<_> =
        java.calls().iter().map(|call| (call.callee.as_str(), call.is_new, call.loop_)).collect();
    assert_eq!(names, [("new B<C>(1).run", false, Some(0)), ("B", true, Some(0))]);
    let rust = source(Language::Rust, "fn f() { println!(\"{}\", a.b(c).d()); }");
    let names: Vec<_> = rust.calls().iter().map(|call| call.callee.as_str()).collect();
    assert_eq!(names, ["println!", "a.b", "a.b(c).d"]);
}

#[test]
fn nests_say_how_work_grows() {
    let order = |text: &str, line: u32| {
        let nest = source(Language::Python, text).loop_nest_at(line);
        nest.map(|nest| (nest.order, nest.over.join(" "), nest.degree, nest.is_exact))
    };
    let expected = |order: &str, over: &str, degree, is_exact| {
        Some((order.to_owned(), over.to_owned(), degree, is_exact))
    };
    let text = "def f(xs, ys):\n  for x in xs:\n    for i in range(3):\n      for y in ys:\n        g()\n    while x:\n      g()\n  g()\n";
    assert_eq!(order(text, 5), expected("O(n*m)", "xs ys", 2, true));
    assert_eq!(order(text, 3), expected("O(n)", "xs", 1, true));
    assert_eq!(order(text, 7), expected("O(n*m)", "xs x", 2, false));
    assert_eq!(order(text, 8), None);
    let twice = "for i in range(len(a)):\n  for j in range(i, len(a)):\n    g()\n";
    assert_eq!(order(twice, 3), expected("O(n^2)", "a", 2, true));
    assert_eq!(order("for i in range(3):\n  g()\n", 2), expected("O(1)", "", 0, true));
}

#[test]
fn the_innermost_function_of_a_line() {
    let file = source(Language::Python, "def f():\n  def g():\n    pass\n  pass\nx = 1\n");
    assert_eq!(file.function_at(3).map(|function| function.name.as_str()), Some("f.g"));
    assert_eq!(file.function_at(4).map(|function| function.name.as_str()), Some("f"));
    assert_eq!(file.function_at(5), None);
}

#[test]
fn hits_come_by_line_with_what_is_around_them() {
    let text = "def f(xs, seen: list):\n  for x in xs:\n    for y in x:\n      if y in seen: pass\n";
    let hits = source(Language::Python, text).hits();
    let [hit] = hits.as_slice() else { panic!("{hits:?}") };
    assert_eq!(
        (hit.pattern.as_str(), hit.subject.as_str(), hit.loop_depth),
        ("linear-search-in-loop", "seen", 2)
    );
    assert_eq!(hit.function.as_deref(), Some("f"));
    assert_eq!(hit.loop_lines.map(|lines| (lines.first, lines.last)), Some((3, 4)));
    let generated = format!("# Code generated by a tool. DO NOT EDIT.\n{text}");
    assert!(source(Language::Python, &generated).hits().is_empty());
    assert!(source(Language::Python, &generated).is_generated());
}

#[test]
fn broken_text_yields_what_can_be_read() {
    let file = source(
        Language::Go,
        "func f( {\n}}}\nfunc g(xs []int) {\n for _, x := range xs {\n  defer h(x)\n }\n}\n",
    );
    assert!(file.functions().iter().any(|function| function.name == "g"), "{:?}", functions(&file));
    assert!(file.loops().iter().any(|found| found.kind == LoopKind::Each));
}

#[test]
fn depth_does_not_matter() {
    for language in Language::ALL {
        for unit in
            ["(", "[", "{", "f(", "a.b(", "if (x) {", "!", "for (;;) {", "/*", "a[", "x => ", "<a>", "- "]
        {
            let text = unit.repeat(2_000);
            // Either outcome will do; what matters is that it comes.
            let _ = Source::parse(language, &text).map(|file| file.hits());
        }
    }
}

#[test]
fn files_that_are_too_long_are_refused() {
    let error = Source::parse(Language::C, &" ".repeat((4 << 20) + 1)).expect_err("5 MB");
    assert_eq!(error.to_string(), "source of 4194305 bytes, more than the 4194304 that are read");
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]
        #[test]
        fn is_survived_and_read_the_same_twice(text in "[\\PC\\n]{0,200}") {
            for language in Language::ALL {
                let (first, second) = (Source::parse(language, &text), Source::parse(language, &text));
                // A text at the limit of the parser's time may be refused once.
                if let (Ok(first), Ok(second)) = (first, second) {
                    prop_assert_eq!(first.hits(), second.hits());
                    prop_assert_eq!(first, second);
                }
            }
        }
    }
}
