//! A numpy array walked element by element in Python: each element becomes an object.

use crate::language::Language;
use crate::model::{Kind, LoopKind, Place, Shape};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::mentions_any;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::ArrayScalarLoop, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python {
        return;
    }
    for (number, found) in source.loops.iter().enumerate().filter(|(_, found)| !found.is_small) {
        if matches!(found.kind, LoopKind::While | LoopKind::Callback) {
            continue;
        }
        let place = Place {
            lines: found.lines,
            function: found.function,
            loop_: Some(number),
            order: usize::MAX,
            ..Place::default()
        };
        let is_array = |name: &str| source.shape(name, &place) == Some(Shape::NumpyArray);
        let indexed = source.subscripts.iter().find(|subscript| {
            source.loops_around(subscript.place.loop_).next().is_some_and(|(inner, _)| inner == number)
                && mentions_any(&subscript.index, &found.binds)
                && !subscript.index.contains(':')
                && is_array(&subscript.base)
        });
        let walked = (is_array(&found.over) && found.over_kind != Kind::Number).then_some(&found.over);
        if let Some(array) = indexed.map(|subscript| &subscript.base).or(walked) {
            // Rows of a matrix are arrays again, and few; which one it is the file does not tell.
            search.hit(Pattern::ArrayScalarLoop, &place, array, indexed.is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::ArrayScalarLoop;

    #[test]
    fn elements_one_by_one() {
        let text = "import numpy as np\ndef f(n):\n  a = np.zeros(n)\n  for i in range(n):\n    a[i] = i * 2\n  for x in a:\n    g(x)\n";
        fires(P, Language::Python, text, &["4 a", "6 a?"]);
        fires(P, Language::Python, "def f(a: np.ndarray):\n  return [x + 1 for x in a]\n", &["2 a?"]);
        for text in [
            "import numpy as np\na = np.zeros(3)\nb = a * 2\n",
            "a = []\nfor i in range(n):\n  a[i] = 1\n",
            "import numpy as np\na = np.zeros(9)\nfor i in range(3):\n  a[i] = 1\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }
}
