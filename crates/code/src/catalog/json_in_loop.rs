//! Text encoded or decoded (JSON, pickle, YAML) in a loop.
//!
//! What is read line by line, or once for each message, has to be decoded: where the argument is the loop's own
//! element the hit is not certain. The same value that does not change in the loop is certain.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};
use crate::text::mentions_any;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::JsonInLoop, find };

const CODECS: Table = &[
    (Language::C, &["cJSON_Parse", "cJSON_Print", "json_loads", "json_dumps"]),
    (Language::Cpp, &["json::parse", "nlohmann::json::parse", ".dump"]),
    (
        Language::Go,
        &["json.Marshal", "json.Unmarshal", "json.MarshalIndent", "yaml.Unmarshal", "yaml.Marshal"],
    ),
    (
        Language::Java,
        &[
            ".readValue",
            ".writeValueAsString",
            ".writeValueAsBytes",
            ".readTree",
            ".fromJson",
            ".toJson",
            "JSONObject",
        ],
    ),
    (Language::JavaScript, &["JSON.parse", "JSON.stringify"]),
    (
        Language::Python,
        &[
            "json.loads",
            "json.dumps",
            "json.load",
            "json.dump",
            "pickle.loads",
            "pickle.dumps",
            "yaml.load",
            "yaml.safe_load",
            "yaml.dump",
            "simplejson.loads",
            "simplejson.dumps",
            "marshal.loads",
        ],
    ),
    (
        Language::Rust,
        &[
            "serde_json::from_str",
            "serde_json::to_string",
            "serde_json::from_slice",
            "serde_json::to_vec",
            "serde_json::to_string_pretty",
            "serde_json::from_value",
            "serde_json::to_value",
            "serde_yaml::from_str",
        ],
    ),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(CODECS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(names)) {
        let varies = mentions_any(&call.arguments.join(","), &source.varying_names(&call.place));
        search.hit(Pattern::JsonInLoop, &call.place, &call.callee, !varies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::JsonInLoop;

    #[test]
    fn python_and_scripts() {
        let text = "import json\nfor x in xs:\n  a = json.loads(text)\n  b = json.dumps(x)\n";
        fires(P, Language::Python, text, &["3 json.loads", "4 json.dumps?"]);
        fires(
            P,
            Language::TypeScript,
            "for (const x of xs) { f(JSON.stringify(all)); }",
            &["1 JSON.stringify"],
        );
        quiet(P, Language::Python, "import json\na = json.loads(t)\nfor x in (1, 2):\n  json.dumps(x)\n");
        quiet(P, Language::JavaScript, "const a = JSON.parse(t);");
    }

    #[test]
    fn compiled_languages() {
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { b, _ := json.Marshal(x) } }",
            &["1 json.Marshal?"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { m.readValue(s, T.class); } } }",
            &["1 m.readValue"],
        );
        let text = "fn f(xs: &[T]) { for x in xs { let s = serde_json::to_string(&all); } }";
        fires(P, Language::Rust, text, &["1 serde_json::to_string"]);
        fires(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) { auto j = json::parse(s); } }",
            &["1 json::parse"],
        );
        fires(P, Language::C, "void f(void) { while (n--) cJSON_Parse(s); }", &["1 cJSON_Parse"]);
        quiet(P, Language::Go, "func f() { json.Marshal(x) }");
    }
}
