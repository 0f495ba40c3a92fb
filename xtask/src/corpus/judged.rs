//! The kept recordings, and what the rules say about each.

use super::RECORDINGS;
use crate::workspace;
use anyhow::{Context, Result};
use fathom_model::{Finding, Judgement};
use fathom_rules::{Settings, judge};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A recording with its source.
pub(super) struct Kept {
    /// `topic/rule/language-variant`.
    pub(super) name: String,
    /// File name of the source, as frames name it.
    pub(super) file: String,
    /// The lines that a finding has to name.
    pub(super) planted: Vec<u32>,
    /// What the rules say.
    pub(super) judgement: Judgement,
}

/// Reads and judges the recording at a path without its extension; `None` if it is not there.
///
/// # Errors
/// It is there and cannot be read.
pub(super) fn kept(name: &str) -> Result<Option<Kept>> {
    let path = workspace::root().join(RECORDINGS).join(name);
    if !path.with_extension("fathom").is_file() {
        return Ok(None);
    }
    let (recording, _) = fathom_store::read_recording(&path.with_extension("fathom"))
        .with_context(|| format!("cannot read {name}"))?;
    let line =
        std::fs::read_to_string(path.with_extension("planted")).with_context(|| format!("{name}.planted"))?;
    let mut words = line.split_whitespace();
    let file = words.next().unwrap_or_default().to_owned();
    let planted = words.filter_map(|word| word.parse().ok()).collect();
    let extension = file.rsplit('.').next().unwrap_or_default();
    let text = std::fs::read_to_string(path.with_extension(extension))
        .with_context(|| format!("{name}.{extension}"))?;
    // Frames name the file as the compiler or the runtime was given it.
    let names = recording.frames.iter().filter_map(|frame| frame.file.as_deref());
    let own = names.filter(|name| name.rsplit('/').next() == Some(file.as_str()));
    let sources: BTreeMap<String, String> = own.map(|name| (name.to_owned(), text.clone())).collect();
    let judgement = judge(&recording, &sources, &Settings::default());
    Ok(Some(Kept { name: name.to_owned(), file, planted, judgement }))
}

/// What the rules say about every recording, one line for each finding, without what changes with every recording.
///
/// # Errors
/// A recording cannot be read.
pub(super) fn all() -> Result<String> {
    let mut names = Vec::new();
    collect(&workspace::root().join(RECORDINGS), &mut names)?;
    names.sort_unstable();
    let mut text = String::new();
    for name in names {
        let Some(kept) = kept(&name)? else { continue };
        let findings = &kept.judgement.findings;
        if findings.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}: –", kept.name);
        }
        for finding in findings {
            let _ = writeln!(text, "{}: {}", kept.name, line(finding));
        }
    }
    Ok(text)
}

fn line(finding: &Finding) -> String {
    let place = finding.location.as_ref();
    let at = place.and_then(|place| place.line).map_or_else(|| "-".to_owned(), |line| line.to_string());
    let share = finding.impact.share.point * 100.0;
    format!("{} {} {} line {at}, {share:.0} %", finding.rule, finding.grade, finding.severity)
}

fn collect(folder: &Path, names: &mut Vec<String>) -> Result<()> {
    let root = workspace::root().join(RECORDINGS);
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "fathom") {
            let inside = path.strip_prefix(&root)?.with_extension("");
            names.push(inside.display().to_string());
        }
    }
    Ok(())
}
