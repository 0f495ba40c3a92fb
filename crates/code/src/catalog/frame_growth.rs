//! A table of pandas or an array of numpy made longer in each round: all of it is copied each time.

use crate::language::Language;
use crate::model::{Call, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::mentions;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::FrameGrowth, find };

const GROWERS: &[&str] = &[
    "numpy.append",
    "numpy.concatenate",
    "numpy.vstack",
    "numpy.hstack",
    "numpy.row_stack",
    "numpy.column_stack",
    "numpy.insert",
    "numpy.r_",
    "pandas.concat",
    "torch.cat",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python {
        return;
    }
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let Some(target) = call.assigned.as_deref() else { continue };
        let is_listed = call.is_any(GROWERS) && mentions(&call.arguments.join(","), target);
        if is_listed || is_own_method(source, call, target) {
            search.hit(Pattern::FrameGrowth, &call.place, target, true);
        }
    }
    for subscript in
        source.subscripts.iter().filter(|subscript| subscript.is_store && source.is_hot(&subscript.place))
    {
        let frame = subscript.base.strip_suffix(".loc").unwrap_or("");
        if !frame.is_empty() && subscript.index.contains(&format!("len({frame})")) {
            search.hit(Pattern::FrameGrowth, &subscript.place, frame, true);
        }
    }
}

/// `df = df.append(row)`: lists have the method as well, but give nothing back.
fn is_own_method(source: &Source, call: &Call, target: &str) -> bool {
    let is_growth = matches!(call.name.as_str(), "append" | "join" | "merge" | "_append");
    is_growth
        && call.receiver == target
        && match call.name.as_str() {
            "append" | "_append" => true,
            _ => source.shape(target, &call.place) == Some(Shape::Frame),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::FrameGrowth;

    #[test]
    fn tables_and_arrays_that_grow() {
        let text = "import numpy as np, pandas as pd\nfor x in xs:\n  a = np.append(a, x)\n  df = pd.concat([df, x])\n  df.loc[len(df)] = x\n  t = t.append(x)\n";
        fires(P, Language::Python, text, &["3 a", "4 df", "5 df", "6 t"]);
        for text in [
            "import pandas as pd\nfor x in xs:\n  parts.append(x)\ndf = pd.concat(parts)\n",
            "import numpy as np\nfor x in xs:\n  y = np.concatenate([x, x])\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }
}
