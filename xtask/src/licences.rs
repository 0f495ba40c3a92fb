//! Whether everything that is compiled into Fathom has a licence that `deny.toml` allows.
//!
//! `cargo deny` says more (advisories, sources, the text of licences); this needs nothing but cargo, so that every
//! test run has it. It believes what manifests say.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::process::Command;

/// The platform whose dependencies are looked at; others are never compiled.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Prints how many packages were looked at.
///
/// # Errors
/// cargo or `deny.toml` cannot be read, or a package has a licence that is not allowed.
pub(crate) fn run() -> Result<()> {
    let policy =
        std::fs::read_to_string(workspace::root().join("deny.toml")).context("cannot read deny.toml")?;
    let (n_packages, refused) = refused(workspace::cargo(), &allowed(&policy)?)?;
    if !refused.is_empty() {
        bail!(
            "licences that deny.toml does not allow: {}\n\nhint: cargo tree --invert NAME",
            refused.join(", ")
        );
    }
    println!("licences: {n_packages} packages, all allowed");
    Ok(())
}

fn allowed(policy: &str) -> Result<BTreeSet<String>> {
    let policy: toml::Table = policy.parse().context("deny.toml is not TOML")?;
    let list =
        policy.get("licenses").and_then(|section| section.get("allow")).and_then(toml::Value::as_array);
    let list = list.context("deny.toml has no licenses.allow")?;
    Ok(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// The number of packages, and `name version (licence)` of those refused.
fn refused(mut cargo: Command, allowed: &BTreeSet<String>) -> Result<(usize, Vec<String>)> {
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM]);
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    // The packages are those of every platform; the resolved graph has only ours.
    let nodes = metadata["resolve"]["nodes"].as_array().context("cargo metadata has no graph")?;
    let compiled: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    let mut n_packages = 0;
    let mut refused = Vec::new();
    for package in
        packages.iter().filter(|package| package["id"].as_str().is_some_and(|id| compiled.contains(id)))
    {
        n_packages += 1;
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !is_allowed(licence, allowed) {
            let text = |key: &str| package[key].as_str().unwrap_or("?").to_owned();
            refused.push(format!("{} {} ({licence})", text("name"), text("version")));
        }
    }
    Ok((n_packages, refused))
}

/// Evaluates an SPDX expression: `OR` needs one allowed side, `AND` both. The old `A/B` means `A OR B`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    let result = any(&mut rest, allowed);
    result && rest.is_empty()
}

fn any(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = all(words, allowed);
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        // Both sides are read, whatever the first says.
        result |= all(words, allowed);
    }
    result
}

fn all(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = one(words, allowed);
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        result &= one(words, allowed);
    }
    result
}

fn one(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    match **words {
        ["(", ..] => {
            *words = &words[1..];
            let result = any(words, allowed);
            let closed = words.first() == Some(&")");
            *words = words.get(1..).unwrap_or_default();
            result && closed
        }
        [licence, "WITH", exception, ..] => {
            *words = &words[3..];
            allowed.contains(&format!("{licence} WITH {exception}"))
        }
        [licence, ..] => {
            *words = &words[1..];
            allowed.contains(licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(expression: &str) -> bool {
        let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
        is_allowed(expression, &allowed)
    }

    #[test]
    fn expressions_are_evaluated() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(GPL-3.0 OR MIT) AND Zlib",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT AND",
            "(MIT",
            "MIT)",
            "Apache-2.0",
            "MIT WITH x",
            "none stated",
        ] {
            assert!(!is(bad), "{bad}");
        }
    }

    #[test]
    fn every_compiled_package_is_allowed() {
        run().unwrap();
    }

    #[test]
    fn a_policy_that_allows_nothing_refuses_everything() {
        let (n_packages, refused) = refused(workspace::cargo(), &BTreeSet::new()).unwrap();
        assert!(n_packages > 20);
        assert_eq!(refused.len(), n_packages);
    }
}
