//! The files of a workspace as text.
//!
//! What is built or downloaded (`target`, `.git`, fuzz corpora) is not part of it, nor are files that are not UTF-8.
//! Checks take this instead of a folder, so their tests write a bad tree in three lines.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Folders that hold nothing written by hand, relative to the root or (without `/`) anywhere.
const SKIPPED_FOLDERS: &[&str] = &[
    ".fathom",
    ".git",
    "__pycache__",
    "corpus/programs",
    "corpus/recordings",
    "fuzz/artifacts",
    "fuzz/corpus",
    "node_modules",
    "target",
    "venv",
];

/// Larger files are data, not text that somebody wrote.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// Path (relative, with `/`) to contents.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads everything below `root`, without following symbolic links.
    ///
    /// # Errors
    /// A folder or a file cannot be read.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Tree::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let entries =
            std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !SKIPPED_FOLDERS.contains(&name.as_str()) && !SKIPPED_FOLDERS.contains(&path.as_str()) {
                    self.read_folder(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() && entry.metadata()?.len() <= MAX_TEXT_BYTES {
                let bytes = std::fs::read(entry.path()).with_context(|| format!("cannot read {path}"))?;
                if let Ok(text) = String::from_utf8(bytes) {
                    self.files.insert(path, text);
                }
            }
        }
        Ok(())
    }

    /// The contents of one file.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// All files, by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// All Rust sources, by path.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }
}

#[cfg(test)]
impl Tree {
    /// A tree written down in a test.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Tree { files: files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_and_leaves_out_what_is_built() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["src", "target/debug", "fuzz/corpus", "docs/corpus"] {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        for path in ["src/lib.rs", "target/debug/x.rs", "fuzz/corpus/seed", "docs/corpus/page.md"] {
            std::fs::write(folder.path().join(path), "text").unwrap();
        }
        std::fs::write(folder.path().join("image.png"), [0xff, 0xfe]).unwrap();
        std::os::unix::fs::symlink("lib.rs", folder.path().join("src/link.rs")).unwrap();
        let tree = Tree::read(folder.path()).unwrap();
        let paths: Vec<_> = tree.files().map(|(path, _)| path).collect();
        assert_eq!(paths, ["docs/corpus/page.md", "src/lib.rs"]);
    }
}
