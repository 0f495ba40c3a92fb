//! The languages that can be read, and how a file's name tells which one it is in.

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// C.
    C,
    /// C++.
    Cpp,
    /// Go.
    Go,
    /// Java.
    Java,
    /// JavaScript, with JSX.
    JavaScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// TypeScript, and TSX.
    TypeScript,
}

impl Language {
    /// Every language, in the order of their names.
    pub const ALL: [Self; 8] = [
        Self::C,
        Self::Cpp,
        Self::Go,
        Self::Java,
        Self::JavaScript,
        Self::Python,
        Self::Rust,
        Self::TypeScript,
    ];

    /// The language of a file, by the end of its name. A `.h` may be either; C++ reads nearly all of C.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let extension = name.rsplit_once('.')?.1;
        Some(match extension {
            "c" => Self::C,
            "C" | "cc" | "cpp" | "cxx" | "c++" | "h" | "H" | "hh" | "hpp" | "hxx" | "inl" | "ipp" | "tpp"
            | "cu" | "cuh" => Self::Cpp,
            "go" => Self::Go,
            "java" => Self::Java,
            "js" | "cjs" | "mjs" | "jsx" => Self::JavaScript,
            "py" | "pyw" | "pyi" => Self::Python,
            "rs" => Self::Rust,
            "ts" | "cts" | "mts" | "tsx" => Self::TypeScript,
            _ => return None,
        })
    }

    /// The name that people write.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
            Self::Rust => "Rust",
            Self::TypeScript => "TypeScript",
        }
    }

    /// Whether the language is JavaScript with or without types.
    pub(crate) fn is_script(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript)
    }

    /// Whether the language is C or C++.
    pub(crate) fn is_c_family(self) -> bool {
        matches!(self, Self::C | Self::Cpp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_the_end_of_the_name() {
        for (path, language) in [
            ("src/a.py", Some(Language::Python)),
            ("C:\\a\\b.TSX.tsx", Some(Language::TypeScript)),
            ("x.hpp", Some(Language::Cpp)),
            ("x.c", Some(Language::C)),
            ("Makefile", None),
            ("a.py/b", None),
            ("", None),
        ] {
            assert_eq!(Language::of_path(path), language, "{path}");
        }
    }

    #[test]
    fn all_are_listed_by_name() {
        let names: Vec<_> = Language::ALL.iter().map(|language| language.name()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
