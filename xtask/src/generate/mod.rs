//! Pages that are made, not written: `cargo xtask gen` writes them, `gen --check` fails on a stale one.
//!
//! The picture of the layers is drawn from the manifests; the reference pages come from `fathom docs`, which knows
//! its own options, collectors and schema.

mod layers;
mod layout;
mod rules;

use crate::tidy::Tree;
use crate::workspace;
use anyhow::{Context, Result, bail};

/// Arguments of `gen`.
#[derive(clap::Args)]
pub(crate) struct Generate {
    /// Write nothing; fail when a page differs from what would be written.
    #[arg(long)]
    check: bool,
}

/// How a page comes to be.
enum Source {
    /// Drawn from the files of the workspace.
    Tree(fn(&Tree) -> String),
    /// The stdout of `fathom docs WHAT`.
    Fathom(&'static str),
}

struct Page {
    /// Relative to the root.
    path: &'static str,
    source: Source,
}

/// Every page, by path.
const PAGES: &[Page] = &[
    Page { path: "docs/cli.md", source: Source::Fathom("cli") },
    Page { path: "docs/collectors.md", source: Source::Fathom("collectors") },
    Page { path: "docs/formats.md", source: Source::Fathom("formats") },
    Page { path: "docs/layers.svg", source: Source::Tree(layers::draw) },
    Page { path: "docs/schema/diff.schema.json", source: Source::Fathom("diff-schema") },
    Page { path: "docs/schema/report.schema.json", source: Source::Fathom("schema") },
    Page { path: "docs/schema/settings.schema.json", source: Source::Fathom("settings") },
];

impl Generate {
    /// Writes or compares all pages.
    ///
    /// # Errors
    /// `fathom` does not build or fails, a page cannot be written, or (with `--check`) a page is stale.
    pub(crate) fn run(self) -> Result<()> {
        let tree = Tree::read(workspace::root())?;
        let mut stale = Vec::new();
        let mut failed = None;
        for page in PAGES {
            // One page that cannot be made does not keep the others from being written.
            match page.source.text(&tree).with_context(|| format!("cannot make {}", page.path)) {
                Ok(text) if tree.get(page.path) == Some(&text) => {}
                Ok(_) if self.check => stale.push(page.path.to_owned()),
                Ok(text) => write(page.path, &text)?,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        for (path, text) in rules::pages()? {
            match tree.get(&path) {
                Some(found) if *found == text => {}
                _ if self.check => stale.push(path),
                _ => write(&path, &text)?,
            }
        }
        for path in abandoned(&tree) {
            if self.check {
                stale.push(path);
            } else {
                std::fs::remove_file(workspace::root().join(&path))
                    .with_context(|| format!("cannot remove {path}"))?;
                println!("gen: removed {path}");
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if !stale.is_empty() {
            bail!("stale: {}\n\nhint: cargo xtask gen", stale.join(", "));
        }
        println!("gen: {} pages are fresh", PAGES.len());
        Ok(())
    }
}

fn write(page: &str, text: &str) -> Result<()> {
    let path = workspace::root().join(page);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {page}"))?;
    println!("gen: wrote {page}");
    Ok(())
}

/// Pages of rules that are no more.
fn abandoned(tree: &Tree) -> Vec<String> {
    let is_rule = |path: &str| fathom_rules::find_rule(path).is_some();
    let pages = tree.files().filter_map(|(path, _)| path.strip_prefix(rules::FOLDER)?.strip_suffix(".md"));
    pages
        .filter(|page| *page != "README" && !is_rule(page))
        .map(|page| format!("{}{page}.md", rules::FOLDER))
        .collect()
}

impl Source {
    fn text(&self, tree: &Tree) -> Result<String> {
        match self {
            Source::Tree(draw) => Ok(draw(tree)),
            Source::Fathom(what) => {
                let arguments = ["run", "--quiet", "--package", "fathom-cli", "--", "docs", what];
                let output = workspace::cargo().args(arguments).output().context("cannot start cargo")?;
                if !output.status.success() {
                    bail!(
                        "fathom docs {what}: {}\n{}",
                        output.status,
                        String::from_utf8_lossy(&output.stderr).trim()
                    );
                }
                if output.stdout.is_empty() {
                    bail!("fathom docs {what} printed nothing");
                }
                String::from_utf8(output.stdout).context("fathom printed what is not UTF-8")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pages made by `fathom` are compared by `cargo xtask gen --check`, because that needs its binary.
    #[test]
    fn pages_drawn_from_the_tree_are_fresh() {
        let tree = Tree::read(workspace::root()).unwrap();
        for page in PAGES {
            if let Source::Tree(draw) = page.source {
                let is_fresh = tree.get(page.path) == Some(draw(&tree).as_str());
                assert!(is_fresh, "{} is stale\n\nhint: cargo xtask gen", page.path);
            }
        }
    }

    #[test]
    fn pages_are_listed_by_path() {
        assert!(PAGES.is_sorted_by_key(|page| page.path));
    }
}
