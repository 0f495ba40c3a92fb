//! A module that takes long to import, imported when the file is loaded.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::HeavyImport, find };

/// Each takes a tenth of a second or more.
const HEAVY: [&str; 13] = [
    "pandas",
    "numpy",
    "torch",
    "tensorflow",
    "sklearn",
    "matplotlib",
    "scipy",
    "transformers",
    "jax",
    "keras",
    "sympy",
    "cv2",
    "pyspark",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if source.language != Language::Python {
        return;
    }
    for import in source.imports.iter().filter(|import| import.place.function.is_none()) {
        let module = import.path.split('.').next().unwrap_or("");
        if HEAVY.contains(&module) {
            search.hit(Pattern::HeavyImport, &import.place, module, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    #[test]
    fn at_the_head_of_the_file_only() {
        let text =
            "import pandas as pd\nfrom sklearn.svm import SVC\nimport matplotlib.pyplot as plt\nimport os\n";
        let expected = ["1 pandas", "2 sklearn", "3 matplotlib"];
        fires(Pattern::HeavyImport, Language::Python, text, &expected);
        quiet(Pattern::HeavyImport, Language::Python, "import json\ndef f():\n  import pandas\n");
    }
}
