//! A copy of a whole object tree; in a loop or not, which `loop_depth` says.

use crate::language::Language;
use crate::model::Call;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::DeepCopy, find };

const COPIERS: Table = &[
    (Language::Go, &["copystructure.Copy", "deepcopy.Copy", "copier.CopyWithOption"]),
    (Language::Java, &["SerializationUtils.clone", "BeanUtils.cloneBean"]),
    (
        Language::JavaScript,
        &[
            "structuredClone",
            "_.cloneDeep",
            "lodash.cloneDeep",
            "cloneDeep",
            "lodash/cloneDeep",
            "v8.deserialize",
            "rfdc",
        ],
    ),
    (Language::Python, &["copy.deepcopy"]),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(COPIERS, source.language);
    for call in &source.calls {
        if call.is_any(names) || is_by_text(call) {
            search.hit(Pattern::DeepCopy, &call.place, &call.callee, true);
        }
    }
}

/// `JSON.parse(JSON.stringify(x))`, `pickle.loads(pickle.dumps(x))`.
fn is_by_text(call: &Call) -> bool {
    let inner = match call.path.as_str() {
        "JSON.parse" => "JSON.stringify(",
        "json.loads" => "json.dumps(",
        "pickle.loads" => "pickle.dumps(",
        _ => return false,
    };
    call.argument(0).starts_with(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::DeepCopy;

    #[test]
    fn copies_of_trees() {
        fires(P, Language::Python, "from copy import deepcopy\nx = deepcopy(y)\n", &["2 deepcopy"]);
        fires(P, Language::Python, "import pickle\nx = pickle.loads(pickle.dumps(y))\n", &["2 pickle.loads"]);
        fires(P, Language::JavaScript, "const x = JSON.parse(JSON.stringify(y));", &["1 JSON.parse"]);
        fires(
            P,
            Language::TypeScript,
            "import _ from 'lodash'; _.cloneDeep(structuredClone(y));",
            &["1 _.cloneDeep", "1 structuredClone"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { SerializationUtils.clone(x); } }",
            &["1 SerializationUtils.clone"],
        );
        quiet(P, Language::Python, "import copy\nx = copy.copy(y)\n");
        quiet(P, Language::JavaScript, "const x = JSON.parse(text); const y = { ...x };");
    }
}
