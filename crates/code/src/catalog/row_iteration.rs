//! A table of pandas walked row by row: each row becomes an object of its own.

use crate::language::Language;
use crate::model::{Shape, Source, Subscript};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::mentions_any;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::RowIteration, find };

/// Ways to one element or row.
const ACCESSORS: [&str; 4] = [".iloc", ".loc", ".iat", ".at"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python {
        return;
    }
    for call in &source.calls {
        match call.name.as_str() {
            "iterrows" | "itertuples" if !call.receiver.is_empty() => {
                search.hit(Pattern::RowIteration, &call.place, &call.callee, true);
            }
            "apply" if call.arguments.iter().any(|argument| is_by_row(argument)) => {
                search.hit(Pattern::RowIteration, &call.place, &call.callee, true);
            }
            _ => {}
        }
    }
    for subscript in source.subscripts.iter().filter(|subscript| source.is_hot(&subscript.place)) {
        let Some(frame) = ACCESSORS.iter().find_map(|accessor| subscript.base.strip_suffix(accessor)) else {
            continue;
        };
        let by_element = mentions_any(&subscript.index, &source.loop_names(&subscript.place));
        // A slice or a mask takes many rows at once.
        let is_one =
            !subscript.index.contains([':', '=', '<', '>', '[']) && !is_growth(frame, &subscript.index);
        if by_element && is_one && may_be_frame(source, frame, subscript) {
            search.hit(Pattern::RowIteration, &subscript.place, &subscript.base, true);
        }
    }
}

fn may_be_frame(source: &Source, frame: &str, subscript: &Subscript) -> bool {
    matches!(source.shape(frame, &subscript.place), None | Some(Shape::Frame | Shape::Other))
}

fn is_by_row(argument: &str) -> bool {
    let plain = argument.replace(' ', "");
    plain == "axis=1" || plain == "axis=\"columns\"" || plain == "axis='columns'"
}

/// `df.loc[len(df)] = …` is another pattern's.
fn is_growth(frame: &str, index: &str) -> bool {
    index.contains(&format!("len({frame})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::RowIteration;

    #[test]
    fn rows_one_by_one() {
        fires(P, Language::Python, "for i, row in df.iterrows():\n  f(row)\n", &["1 df.iterrows"]);
        fires(P, Language::Python, "df.apply(lambda r: r.a, axis=1)\n", &["1 df.apply"]);
        fires(
            P,
            Language::Python,
            "for i in range(len(df)):\n  x = df.iloc[i]\n  df.at[i, 'a'] = 1\n",
            &["2 df.iloc", "3 df.at"],
        );
        for text in [
            "df.apply(f)\n",
            "x = df.iloc[0]\n",
            "for k in ks:\n  y = df.loc[df.a == k]\n",
            "for x in xs:\n  y = df.loc[0]\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }
}
