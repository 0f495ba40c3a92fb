//! The manifests of the workspace's crates, and the table of layers in `ARCHITECTURE.md`.
//!
//! Reads only what the checks and the drawing need. A manifest that does not parse counts as empty here; cargo
//! reports it far better.

use super::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// A crate of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Name without `fathom-`.
    pub(crate) name: String,
    /// Path of its `Cargo.toml`.
    pub(crate) manifest: String,
    /// `description`, for the drawing.
    pub(crate) description: String,
    /// `[package.metadata] layer`.
    pub(crate) layer: Option<i64>,
    /// Own crates used by the crate itself or its build script.
    pub(crate) uses: BTreeSet<String>,
    /// Own crates used by its tests only.
    pub(crate) uses_in_tests: BTreeSet<String>,
}

const PREFIX: &str = "fathom-";

/// The crates under `crates/`, by path.
pub(crate) fn members(tree: &Tree) -> Vec<Member> {
    let is_member = |path: &str| path.starts_with("crates/") && path.ends_with("/Cargo.toml");
    tree.files().filter(|(path, _)| is_member(path)).map(|(path, text)| member(path, text)).collect()
}

fn member(path: &str, text: &str) -> Member {
    let manifest: toml::Table = text.parse().unwrap_or_default();
    let package = manifest.get("package");
    let string =
        |key: &str| package.and_then(|package| package.get(key)).and_then(toml::Value::as_str).unwrap_or("");
    let own = |section: &str| -> BTreeSet<String> {
        dependencies(&manifest, section)
            .filter_map(|(name, _)| name.strip_prefix(PREFIX).map(str::to_owned))
            .collect()
    };
    let mut uses = own("dependencies");
    uses.append(&mut own("build-dependencies"));
    Member {
        name: string("name").trim_start_matches(PREFIX).to_owned(),
        manifest: path.to_owned(),
        description: string("description").to_owned(),
        layer: package.and_then(|p| p.get("metadata")?.get("layer")).and_then(toml::Value::as_integer),
        uses,
        uses_in_tests: own("dev-dependencies"),
    }
}

/// The entries of a dependency section, those under `[target.'…']` included.
pub(crate) fn dependencies<'a>(
    manifest: &'a toml::Table,
    section: &'a str,
) -> impl Iterator<Item = (&'a str, &'a toml::Value)> {
    let targets =
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|table| table.values());
    let direct = manifest.get(section).into_iter();
    direct
        .chain(targets.filter_map(move |target| target.get(section)))
        .filter_map(toml::Value::as_table)
        .flat_map(|table| table.iter().map(|(name, value)| (name.as_str(), value)))
}

/// A row of the table of layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LayerRow {
    pub(crate) layer: i64,
    pub(crate) may_use: BTreeSet<String>,
    /// 1-based, in [`LayerTable::PATH`].
    pub(crate) line: usize,
}

/// The table of layers: crate name to its row.
#[derive(Debug, Default)]
pub(crate) struct LayerTable {
    pub(crate) rows: BTreeMap<String, LayerRow>,
}

impl LayerTable {
    /// Where the table is written.
    pub(crate) const PATH: &'static str = "ARCHITECTURE.md";

    /// Reads the rows `| L3 | collect | what it is | model sys |`; the last cell `–` means none.
    pub(crate) fn read(tree: &Tree) -> Self {
        let mut table = LayerTable::default();
        for (index, line) in tree.get(Self::PATH).unwrap_or_default().lines().enumerate() {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let [layer, name, _, may_use] = cells[..] else { continue };
            let Some(layer) = layer.strip_prefix('L').and_then(|number| number.parse().ok()) else {
                continue;
            };
            let may_use = may_use.split_whitespace().filter(|&word| word != "–").map(str::to_owned).collect();
            table
                .rows
                .insert(name.trim_matches('`').to_owned(), LayerRow { layer, may_use, line: index + 1 });
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_has_layer_and_edges() {
        let tree = Tree::of(&[(
            "crates/a/Cargo.toml",
            "[package]\nname = \"fathom-a\"\ndescription = \"d\"\nmetadata.layer = 3\n\
             [dependencies]\nfathom-b.workspace = true\nserde.workspace = true\n\
             [build-dependencies]\nfathom-c.workspace = true\n\
             [dev-dependencies]\nfathom-d.workspace = true\n\
             [target.'cfg(unix)'.dependencies]\nfathom-e.workspace = true\n",
        )]);
        let [member] = &members(&tree)[..] else { panic!("one member") };
        assert_eq!((member.name.as_str(), member.layer), ("a", Some(3)));
        assert_eq!(member.uses.iter().collect::<Vec<_>>(), ["b", "c", "e"]);
        assert_eq!(member.uses_in_tests.iter().collect::<Vec<_>>(), ["d"]);
    }

    #[test]
    fn the_table_is_read_from_markdown() {
        let page = "| layer | crate | what | may use |\n|---|---|---|---|\n| L1 | `b` | bytes | model |\n| L0 | model | data | – |\n";
        let table = LayerTable::read(&Tree::of(&[(LayerTable::PATH, page)]));
        assert_eq!(table.rows["b"].may_use.iter().collect::<Vec<_>>(), ["model"]);
        assert_eq!((table.rows["model"].layer, table.rows["model"].line), (0, 4));
        assert!(table.rows["model"].may_use.is_empty());
    }
}
