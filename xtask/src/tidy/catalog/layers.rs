//! Crates depend downwards only, and only along the edges of the table in `ARCHITECTURE.md`.
//!
//! A layer stands in `[package.metadata] layer`; the table repeats it for readers, and this check holds the two
//! together. Tests may use `testkit` from anywhere, because cargo never links it into the product.

use crate::tidy::manifests::{LayerTable, Member, members};
use crate::tidy::{Check, Problem, Tree};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check { name: "layers", run };

const TEST_ONLY: &str = "testkit";
const HINT: &str =
    "move what is shared down, or pass it in; a new edge needs its own commit and a row in ARCHITECTURE.md";

fn run(tree: &Tree) -> Vec<Problem> {
    let table = LayerTable::read(tree);
    let members = members(tree);
    let layers: BTreeMap<&str, i64> =
        members.iter().filter_map(|member| Some((member.name.as_str(), member.layer?))).collect();
    let mut problems = Vec::new();
    for member in &members {
        check_member(member, &table, &layers, &mut problems);
    }
    for (name, row) in &table.rows {
        if !members.iter().any(|member| &member.name == name) {
            let message = format!("the table names the crate {name}, which does not exist");
            problems.push(Problem::error(LayerTable::PATH, message, "remove the row").at(row.line));
        }
    }
    problems
}

fn check_member(
    member: &Member,
    table: &LayerTable,
    layers: &BTreeMap<&str, i64>,
    problems: &mut Vec<Problem>,
) {
    let mut fail = |message: String, hint| problems.push(Problem::error(&member.manifest, message, hint));
    let name = &member.name;
    let Some(layer) = member.layer else {
        return fail(format!("{name} has no layer"), "add `[package.metadata]` with `layer = N`");
    };
    let Some(row) = table.rows.get(name) else {
        return fail(format!("{name} is missing in the table of layers"), "add a row to ARCHITECTURE.md");
    };
    if row.layer != layer {
        fail(format!("{name} says layer {layer}, the table says {}", row.layer), "make both the same");
    }
    let edges = member.uses.iter().map(|used| (used, false));
    for (used, in_tests) in edges.chain(member.uses_in_tests.iter().map(|used| (used, true))) {
        if used == TEST_ONLY {
            if !in_tests {
                fail(format!("{name} uses {TEST_ONLY} outside its tests"), "move it to [dev-dependencies]");
            }
            continue;
        }
        match layers.get(used.as_str()) {
            Some(&below) if below >= layer => {
                fail(
                    format!("{name} (layer {layer}) uses {used} (layer {below}), which is not below it"),
                    HINT,
                );
            }
            // Tests may reach anything below: they are not part of the shape.
            Some(_) if !in_tests && !row.may_use.contains(used) => {
                fail(format!("{name} uses {used}, an edge that the table of layers does not have"), HINT);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| L2 | top | t | middle |\n| L1 | middle | m | base |\n| L0 | base | b | – |\n";

    fn manifest(name: &str, layer: &str, sections: &str) -> String {
        format!("[package]\nname = \"fathom-{name}\"\n{layer}\n{sections}\n")
    }

    fn messages(table: &str, crates: &[(&str, &str, &str)]) -> Vec<String> {
        let mut files = vec![("ARCHITECTURE.md".to_owned(), table.to_owned())];
        for (name, layer, sections) in crates {
            files.push((format!("crates/{name}/Cargo.toml"), manifest(name, layer, sections)));
        }
        let borrowed: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        run(&Tree::of(&borrowed)).into_iter().map(|problem| problem.message).collect()
    }

    fn with_middle(sections: &str) -> Vec<String> {
        let layer = "metadata.layer = ";
        messages(
            TABLE,
            &[
                ("base", &format!("{layer}0"), ""),
                ("middle", &format!("{layer}1"), sections),
                ("top", &format!("{layer}2"), "[dependencies]\nfathom-middle = {}"),
            ],
        )
    }

    #[test]
    fn quiet_when_edges_go_down_the_table() {
        assert_eq!(with_middle("[dependencies]\nfathom-base = {}"), [] as [String; 0]);
        assert_eq!(with_middle("[dev-dependencies]\nfathom-testkit = {}"), [] as [String; 0]);
    }

    #[test]
    fn fires_on_an_edge_upwards() {
        assert_eq!(
            with_middle("[dependencies]\nfathom-top = {}"),
            ["middle (layer 1) uses top (layer 2), which is not below it"]
        );
        assert_eq!(with_middle("[dev-dependencies]\nfathom-top = {}").len(), 1);
    }

    #[test]
    fn fires_on_an_edge_that_the_table_lacks() {
        let table = TABLE.replace("middle |\n", "base |\n");
        let found = messages(
            &table,
            &[
                ("base", "metadata.layer = 0", ""),
                ("middle", "metadata.layer = 1", ""),
                ("top", "metadata.layer = 2", "[dependencies]\nfathom-middle = {}"),
            ],
        );
        assert_eq!(found, ["top uses middle, an edge that the table of layers does not have"]);
    }

    #[test]
    fn fires_on_test_code_in_the_product() {
        assert_eq!(
            with_middle("[dependencies]\nfathom-testkit = {}"),
            ["middle uses testkit outside its tests"]
        );
    }

    #[test]
    fn fires_when_table_and_manifest_disagree() {
        let found = messages(
            TABLE,
            &[("base", "metadata.layer = 1", ""), ("middle", "", ""), ("new", "metadata.layer = 0", "")],
        );
        assert_eq!(
            found,
            [
                "base says layer 1, the table says 0",
                "middle has no layer",
                "new is missing in the table of layers",
                "the table names the crate top, which does not exist",
            ]
        );
    }
}
