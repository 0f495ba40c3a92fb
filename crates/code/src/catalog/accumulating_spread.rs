//! All that was gathered so far is copied in each round, to add one element: a spread of the accumulator, or a sum of
//! a list and one more.

use crate::language::Language;
use crate::model::{AssignOp, Kind, LoopKind, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::{is_name, mentions};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::AccumulatingSpread, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python && !source.language.is_script() {
        return;
    }
    for spread in &source.spreads {
        let Some((number, around)) = source.hot_loops(&spread.place).next() else { continue };
        let in_reduce = around.kind == LoopKind::Callback
            && around.binds.first() == Some(&spread.value)
            && around.header.contains("=>")
            && spread.is_returned
            && is_reduced(source, number);
        let grows = spread.assigned.as_deref() == Some(spread.value.as_str());
        if in_reduce || grows && is_carried(source, &spread.value, number) {
            search.hit(Pattern::AccumulatingSpread, &spread.place, &spread.value, true);
        }
    }
    for call in &source.calls {
        let Some((number, around)) = source.hot_loops(&call.place).next() else { continue };
        let copied = match call.path.as_str() {
            "Object.assign" if call.argument(0) == "{}" => call.argument(1),
            _ if call.name == "concat" && source.language.is_script() => call.object(),
            _ => continue,
        };
        let grows = call.assigned.as_deref() == Some(copied);
        let in_reduce =
            around.binds.first().is_some_and(|first| first == copied) && is_reduced(source, number);
        let is_list = source.shape(copied, &call.place) != Some(Shape::Text) && is_name(copied);
        if is_list && (in_reduce || grows && is_carried(source, copied, number)) {
            search.hit(Pattern::AccumulatingSpread, &call.place, copied, call.name == "assign" || in_reduce);
        }
    }
    sums_of_lists(search);
}

/// `x = x + [y]`.
fn sums_of_lists(search: &mut Search<'_>) {
    let source = search.source;
    for assign in source
        .assigns
        .iter()
        .filter(|assign| source.language == Language::Python && assign.op == AssignOp::Set)
    {
        let Some((number, _)) = source.hot_loops(&assign.place).next() else { continue };
        let rest = assign.value.strip_prefix(assign.target.as_str()).map(str::trim_start);
        let added = rest.and_then(|rest| rest.strip_prefix('+')).map(str::trim);
        if added.is_some_and(|added| added.starts_with('[')) && is_carried(source, &assign.target, number) {
            search.hit(Pattern::AccumulatingSpread, &assign.place, &assign.target, true);
        }
    }
}

/// Whether the callback's loop is that of a `reduce`.
fn is_reduced(source: &Source, number: usize) -> bool {
    let lines = source.loops[number].lines;
    let is_around = |first: u32, last: u32| first <= lines.first && lines.last <= last;
    source.calls.iter().any(|call| {
        matches!(call.name.as_str(), "reduce" | "reduceRight")
            && is_around(call.line, call.end_line)
            && call.argument_kinds.contains(&Kind::Closure)
    })
}

/// Whether the name lives longer than the round.
fn is_carried(source: &Source, name: &str, number: usize) -> bool {
    !source.assigns.iter().any(|assign| {
        assign.target == name && source.is_in_loop(&assign.place, number) && !mentions(&assign.value, name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::AccumulatingSpread;

    #[test]
    fn scripts() {
        fires(P, Language::JavaScript, "xs.reduce((acc, x) => ({ ...acc, [x.id]: x }), {});", &["1 acc"]);
        fires(
            P,
            Language::TypeScript,
            "let out: X[] = []; for (const x of xs) { out = [...out, x]; }",
            &["1 out"],
        );
        fires(P, Language::JavaScript, "xs.reduce((acc, x) => acc.concat(x), []);", &["1 acc"]);
        fires(
            P,
            Language::JavaScript,
            "xs.reduce((a, x) => { return Object.assign({}, a, x); }, {});",
            &["1 a"],
        );
        for text in [
            "xs.map(x => ({ ...x, y: 1 }));",
            "const y = { ...x };",
            "xs.reduce((acc, x) => { acc[x] = { ...x }; return acc; }, {});",
            "for (const x of xs) { let y = {}; y = { ...z }; }",
        ] {
            quiet(P, Language::JavaScript, text);
        }
    }

    #[test]
    fn python() {
        fires(P, Language::Python, "out = []\nfor x in xs:\n  out = out + [x]\n", &["3 out"]);
        fires(P, Language::Python, "d = {}\nfor x in xs:\n  d = {**d, x: 1}\n", &["3 d"]);
        quiet(P, Language::Python, "out = []\nfor x in xs:\n  out += [x]\n  y = {**x}\n");
    }
}
