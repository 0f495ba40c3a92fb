//! Names looked up at run time in a loop.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::ReflectionInLoop, find };

const LOOK_UPS: Table = &[
    (
        Language::Go,
        &[
            "reflect.ValueOf",
            "reflect.TypeOf",
            "reflect.DeepEqual",
            ".FieldByName",
            ".MethodByName",
            "reflect.New",
        ],
    ),
    (
        Language::Java,
        &[
            "Class.forName",
            ".getMethod",
            ".getDeclaredMethod",
            ".getField",
            ".getDeclaredField",
            ".newInstance",
            "Proxy.newProxyInstance",
            ".getAnnotation",
            ".getDeclaredFields",
            ".getMethods",
        ],
    ),
    (Language::JavaScript, &["eval", "Function", "Reflect.ownKeys"]),
    (
        Language::Python,
        &["eval", "exec", "getattr", "setattr", "hasattr", "inspect.signature", "importlib.import_module"],
    ),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(LOOK_UPS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        // `method.invoke(object, …)`; other things are invoked as well.
        let is_invoke = source.language == Language::Java
            && call.name == "invoke"
            && call.receiver.to_lowercase().contains("method");
        if call.is_any(names) || is_invoke {
            // Python's looks cost little more than the attribute itself.
            let is_light = matches!(call.name.as_str(), "getattr" | "setattr" | "hasattr");
            search.hit(Pattern::ReflectionInLoop, &call.place, &call.callee, !is_light);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::ReflectionInLoop;

    #[test]
    fn each_language() {
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { reflect.ValueOf(x) } }",
            &["1 reflect.ValueOf"],
        );
        let text = "class A { void f() { for (T x : xs) {\n x.getClass().getMethod(n);\n method.invoke(x); handler.invoke(x); } } }";
        fires(P, Language::Java, text, &["2 x.getClass().getMethod", "3 method.invoke"]);
        fires(P, Language::JavaScript, "for (const x of xs) { eval(x); }", &["1 eval"]);
        fires(P, Language::Python, "for x in xs:\n  eval(x)\n  getattr(x, n)\n", &["2 eval", "3 getattr?"]);
    }

    #[test]
    fn quiet_outside_of_loops() {
        quiet(P, Language::Python, "eval(x)\nfor x in xs:\n  model.eval()\n");
        quiet(P, Language::Java, "class A { void f() { Class.forName(x); } }");
    }
}
