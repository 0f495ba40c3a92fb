//! Exceptions for what happens all the time.

use crate::prelude::*;
use fathom_code::Language;

threshold! {
    /// An exception that nobody meets costs nothing; at this share they are part of the ordinary course.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// Functions that run only while an exception is made, thrown or looked for: they tell by themselves.
const THROWS: &[&str] = &[
    // The JDK and HotSpot.
    "java.lang.Throwable.fillInStackTrace",
    "java.lang.Throwable.<init>",
    "java_lang_Throwable::*",
    "JVM_FillInStackTrace",
    "OptoRuntime::handle_exception_C*",
    "OptoRuntime::rethrow_C",
    "SharedRuntime::raw_exception_handler_for_return_address",
    "SharedRuntime::compute_compiled_exc_handler",
    "InterpreterRuntime::exception_handler_for_exception",
    "InterpreterRuntime::throw_*",
    "Exceptions::_throw*",
    // The C++ ABI.
    "__cxa_throw",
    "__cxa_rethrow",
    "__cxa_allocate_exception",
    "__cxa_free_exception",
    "__cxa_begin_catch",
    "__cxa_end_catch",
    "_Unwind_RaiseException",
    "_Unwind_Resume",
    "_Unwind_Find_FDE",
    "__gxx_personality_v0",
    // V8.
    "Builtins_ErrorConstructor",
    "v8::internal::ErrorUtils::*",
    "v8::internal::Builtin_ErrorConstructor",
    "v8::internal::Builtin_ErrorCaptureStackTrace",
    "v8::internal::Isolate::CaptureAndSetErrorStack",
    "v8::internal::Isolate::CaptureSimpleStackTrace",
    "v8::internal::Isolate::Throw",
    "v8::internal::Isolate::ThrowInternal",
    "v8::internal::Isolate::ReThrow",
    "v8::internal::Isolate::UnwindAndFindHandler",
    "v8::internal::Isolate::CreateMessage*",
    "v8::internal::Runtime_Throw*",
    "v8::internal::Runtime_ReThrow*",
    "v8::internal::Runtime_UnwindAndFindExceptionHandler",
    "*JsonParser*::ReportUnexpectedToken",
];

/// What catching costs, on the line that catches or where a runtime looks for it.
const CATCHES: &[&str] = &[
    "__cxa_begin_catch",
    "__cxa_end_catch",
    "__cxa_free_exception",
    "OptoRuntime::handle_exception_C*",
    "OptoRuntime::rethrow_C",
    "SharedRuntime::raw_exception_handler_for_return_address",
    "Runtime1::exception_handler_for_pc",
    "InterpreterRuntime::exception_handler_for_exception",
];

/// CPython sets and clears exceptions in its own course as well (the end of a generator, an attribute that is not
/// there): here the source has to show the `try`.
const RAISES: &[&str] = &[
    "_PyErr_SetObject",
    "_PyErr_SetString",
    "_PyErr_SetNone",
    "_PyErr_SetKeyError",
    "_PyErr_Format",
    "_PyErr_FormatV",
    "PyErr_SetObject",
    "PyErr_SetString",
    "PyErr_Format",
    "PyErr_FormatV",
    "PyErr_GivenExceptionMatches",
    "_PyErr_NormalizeException",
    "PyErr_NormalizeException",
    "_PyErr_SetRaisedException",
    "PyTraceBack_Here",
    "tb_create_raw",
    "tb_dealloc",
    "do_raise",
    "get_exception_handler",
    "BaseException_new",
    "BaseException_init",
    "BaseException_dealloc",
    "ValueError_*",
    "KeyError_*",
    "PyException_*",
];

declare_rule! {
    /// ## What it finds
    /// A line that throws, or calls what throws, so often that making and catching exceptions is a part of the run.
    /// ## Why it matters
    /// An exception is made for the rare case: the runtime walks the stack to describe it and again to find who
    /// catches it. That is some hundred times the price of a return value, and more the deeper the stack is.
    /// ## How it is measured
    /// Samples inside the functions that make, throw and catch exceptions (`Throwable.fillInStackTrace`,
    /// `_Unwind_RaiseException`, `Isolate::UnwindAndFindHandler` ...) are counted for the line of own code that threw,
    /// or that called the library function which did. The constructor of an own exception counts for the line that
    /// made it. In Python the line has to stand in a `try` within a loop, too.
    /// ## When it is wrong
    /// Where something is broken, all those exceptions are the news, not their price.
    /// ## What to do
    /// Test before, or return a value that says "no": `Optional`, `None`, `std::optional`, an error code.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command java -cp . Load
    /// process java runtime=jvm
    /// thread main
    /// cpu Load.main@Load.java:12{user,jvm};Load.number@Load.java:4{user,jvm};java.lang.Integer.parseInt{library,jvm};java.lang.Throwable.fillInStackTrace{library,jvm} 6s n=3000
    /// cpu Load.main@Load.java:12{user,jvm} 4s n=2000
    /// ```
    /// ```java Load.java
    /// class Load {
    ///     static int number(String text) {
    ///         try {
    ///             return Integer.parseInt(text);
    ///         } catch (NumberFormatException e) {
    ///             return 0;
    ///         }
    ///     }
    ///
    ///     public static void main(String[] args) {
    ///         int sum = 0;
    ///         for (String text : args) sum += number(text);
    ///         System.out.println(sum);
    ///     }
    /// }
    /// ```
    /// ## References
    /// A. Shipilev, "The exceptional performance of Lil' Exception" (2014); Itanium C++ ABI, exception handling.
    ExceptionsInLoop = "cpu/exceptions-in-loop" {
        summary: "exceptions are thrown and caught in the ordinary course",
        effort: Small,
        risk: Review,
        languages: [Java, Cpp, JavaScript, TypeScript, Python],
        needs: [CpuSamples],
        patterns: [ExceptionInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for ExceptionsInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        let telling = Mechanism {
            functions: THROWS,
            patterns: info.patterns,
            least_share: cx.limit(info.id, &LEAST_SHARE),
            functions_tell: true,
            pattern_tells: false,
        };
        let asking = Mechanism { functions: RAISES, functions_tell: false, ..telling };
        let mut seen = telling.seen(cx);
        seen.extend(asking.seen(cx).into_iter().filter(|seen| seen.hit.is_some()));
        let drafts: Vec<Draft> = seen
            .into_iter()
            .filter(|seen| seen.place.is_own)
            .map(|mut seen| {
                at_the_caller_of_a_constructor(cx, &mut seen);
                finding(cx, &seen)
            })
            .collect();
        if drafts.is_empty() {
            let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(THROWS));
            return Verdict::Clear(format!(
                "exceptions cost {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

/// What matters is who makes an exception of one's own, not its constructor.
fn at_the_caller_of_a_constructor<'c>(cx: &'c Context<'_>, seen: &mut Seen<'c>) {
    let is_constructor = |function: &str| {
        let (class, method) = function.rsplit_once('.').unwrap_or(("", function));
        matches!(method, "<init>" | "__init__" | "constructor")
            || method.starts_with("new ")
            || class.ends_with("Error") && method == "Error"
    };
    while is_constructor(&seen.place.location.function) {
        seen.place.path.pop();
        let Some(caller) = seen.place.path.last() else { return };
        seen.place.location = caller.location.clone();
        seen.hit = cx.hits_at(&seen.place, ExceptionsInLoop.info().patterns).into_iter().next();
    }
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let function = &seen.place.location.function;
    let what = seen.hit.map(|hit| words::quoted(&hit.subject));
    let title = format!("exceptions are the ordinary course in `{function}`");
    let asks = what.clone().unwrap_or_else(|| "the call".to_owned());
    let (first, second) = match seen.place.language {
        Some(Language::Java) => (
            format!(
                "test what is passed to {asks} first, or return an `Optional` or a special value for \"no\""
            ),
            "if an exception has to stay, give it no stack trace: the constructor of `Exception` with `writableStackTrace` false",
        ),
        Some(Language::Cpp) => (
            format!(
                "let {asks} return `std::optional` or an error code; to read numbers, `std::from_chars` does"
            ),
            "keep exceptions for what ends the work",
        ),
        Some(Language::JavaScript | Language::TypeScript) => (
            format!("let {asks} return `null` or `undefined` for \"no\" instead of throwing"),
            "if it has to throw, throw one error made before: the stack trace is what costs",
        ),
        _ => (
            format!(
                "ask before {asks}: `str.isdigit()`, `dict.get()`, `in`; or let a function return `None`"
            ),
            "a `try` without an exception costs nothing: only the turns that raise do",
        ),
    };
    let mut draft = seen.draft(cx, title);
    // Thrown here, caught elsewhere.
    draft.beside = Some(cx.cost_under(cx.goal_ledger(), &cx.functions(CATCHES)).claim);
    draft
        .cause(match &what {
            Some(what) => format!("{what} throws in so many turns that making and catching exceptions is work of its own"),
            None => format!("what `{function}` calls here throws so often that making and catching exceptions is work of its own"),
        })
        .advice(first)
        .advice(second)
        .alternative("something is broken, and the exceptions are what tells: look at one of them first")
        .assuming("asking instead costs nothing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&ExceptionsInLoop);
        assert_eq!(found.len(), 1);
        let line = found[0].location.as_ref().and_then(|location| location.line);
        assert_eq!((found[0].grade, line), (Grade::E2, Some(4)));
    }

    #[test]
    fn fires_at_the_line_that_makes_an_exception_of_its_own() {
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.main@A.java:9{user,jvm};A.find@A.java:5{user,jvm};Missing.<init>@A.java:20{user,jvm};java.lang.Throwable.<init>{library,jvm} 5s n=2500
            cpu A.main@A.java:9{user,jvm} 5s n=2500";
        let found = findings(&ExceptionsInLoop, profile, &[]);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(5));
    }

    #[test]
    fn what_is_thrown_here_is_caught_elsewhere() {
        let profile = "wall 10s\ncommand ./a\nthread main
            cpu main@a.cpp:9;f@a.cpp:5;__cxa_throw[libcxx.so]{library} 5s n=5000
            cpu main@a.cpp:11;__cxa_end_catch[libcxx.so]{library} 100ms n=100
            cpu main@a.cpp:20 4900ms n=4900";
        let found = findings(&ExceptionsInLoop, profile, &[]);
        let at_most = found[0].estimate.at_most.as_ref().map(|at_most| at_most.point);
        assert!(at_most.is_some_and(|at_most| (at_most - 0.51).abs() < 0.001), "{at_most:?}");
    }

    #[test]
    fn quiet_at_the_threshold() {
        let small = crate::example(ExceptionsInLoop.info())
            .profile
            .replace("6s n=3000", "250ms n=150")
            .replace("4s n=2000", "9750ms n=4850");
        assert!(findings(&ExceptionsInLoop, &small, &[]).is_empty());
    }

    #[test]
    fn quiet_about_what_python_raises_for_itself() {
        let profile = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:3{user,python};_PyErr_SetObject[python3]{interpreter} 5s n=2500
            cpu <module>@a.py:4{user,python} 5s n=2500";
        let source = "for x in xs:\n\n    y = getattr(x, name, None)\n    use(y)\n";
        assert!(findings(&ExceptionsInLoop, profile, &[("a.py", source)]).is_empty());
        let source = "for x in xs:\n  try:\n    y = int(x)\n  except ValueError: pass\n";
        assert_eq!(findings(&ExceptionsInLoop, profile, &[("a.py", source)]).len(), 1);
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&ExceptionsInLoop, waits, &[]), "unsure");
    }
}
