//! Programs of the corpus as something that can be started.

use super::program::{Case, Prepared, Variant};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that can be started, in its folder.
pub(super) struct Built {
    pub(super) prepared: Prepared,
    pub(super) folder: PathBuf,
    pub(super) command: Vec<String>,
}

/// Writes a program with other names into a folder of its own and compiles it.
///
/// # Errors
/// The compiler fails, or something is missing that the program needs.
pub(super) fn build(case: &Case, variant: Variant, python: &Path, seed: u64) -> Result<Built> {
    let prepared = case.prepare(variant, seed)?;
    let folder = std::env::temp_dir().join("fathom-corpus").join(format!(
        "{}-{}-{}",
        case.rule.replace('/', "-"),
        case.language,
        variant.name()
    ));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(&prepared.file), &prepared.text)?;
    let file = prepared.file.clone();
    let stem = file.split('.').next().unwrap_or_default().to_owned();
    let flags: Vec<&str> =
        prepared.settings.get("build").map_or("", String::as_str).split_whitespace().collect();
    let has =
        |default: &'static [&'static str]| if flags.is_empty() { default.to_vec() } else { flags.clone() };
    let compile = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        run(command.args(&words[1..]).current_dir(&folder), &case.name())
    };
    let mut command: Vec<String> = match case.language.as_str() {
        "python" => {
            for module in prepared.settings.get("needs").map_or("", String::as_str).split_whitespace() {
                let mut probe = Command::new(python);
                let found = probe.args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status()?;
                if !found.success() {
                    bail!("skipped: {} has no {module} (--python)", python.display());
                }
            }
            vec![python.display().to_string(), file]
        }
        "javascript" => vec!["node".into(), file],
        "go" => {
            compile(&["go", "build", "-o", &stem, &file])?;
            vec![format!("./{stem}")]
        }
        "rust" => {
            let flags = has(&["-O", "-g"]);
            compile(&[&["rustc", "--edition=2021", "-o", &stem], &flags[..], &[&file]].concat())?;
            vec![format!("./{stem}")]
        }
        "java" => {
            compile(&["javac", "-g", &file])?;
            vec!["java".into(), "-cp".into(), ".".into(), stem]
        }
        "c" => {
            let flags = has(&["-O2", "-g"]);
            compile(&[&["gcc"], &flags[..], &["-o", &stem, &file, "-lpthread", "-lm"]].concat())?;
            vec![format!("./{stem}")]
        }
        "cpp" => {
            let flags = has(&["-O2", "-g", "-std=c++17"]);
            compile(&[&["g++"], &flags[..], &["-o", &stem, &file, "-lpthread"]].concat())?;
            vec![format!("./{stem}")]
        }
        other => bail!("{other} is no language of the corpus"),
    };
    let arguments = prepared.settings.get("arguments").map_or("", String::as_str);
    command.extend(arguments.split_whitespace().map(str::to_owned));
    Ok(Built { prepared, folder, command })
}

/// Runs a command to its end; its words are shown if it fails.
///
/// # Errors
/// It cannot be started or ends with something else than 0.
pub(super) fn run(command: &mut Command, what: &str) -> Result<()> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{what}: cannot start {command:?}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let tail: Vec<&str> = text.lines().rev().take(12).collect();
        bail!("{what}: {}\n{}", output.status, tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}
