//! `cargo xtask corpus`: programs with a planted cause, their fixed twins, and traps that look alike, against the rules.
//!
//! `corpus/programs/<topic>/<rule>/<language>/` holds `bug.EXT`, `twin.EXT` and `trap.EXT`. `--live` renames their
//! identifiers, changes their constants, builds and runs them, records them with Fathom and keeps the recordings, without
//! what tells of this machine, in `corpus/recordings/`; `--gains` times bugs and twins without a profiler. Without it the
//! kept recordings are judged again. Either way `corpus/findings.txt` holds what the rules say about every recording; a
//! test fails if that changes.

mod build;
mod gain;
mod judged;
mod program;
mod record;
mod score;
mod slim;

use crate::workspace;
use anyhow::{Context, Result, bail};
use program::Case;
use std::path::PathBuf;

/// What the rules say about every recording, one line for each finding.
const FINDINGS: &str = "corpus/findings.txt";
/// The kept recordings.
const RECORDINGS: &str = "corpus/recordings";

/// Arguments of `corpus`.
#[derive(clap::Args)]
pub(crate) struct Corpus {
    /// Build, run and record the programs again.
    #[arg(long)]
    live: bool,
    /// Only rules or languages whose `rule/language` has this part.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// The fathom that records; default: what `cargo build --release` has built.
    #[arg(long, value_name = "FILE", default_value = "target/release/fathom")]
    fathom: PathBuf,
    /// The seed of names and constants; default: the time.
    #[arg(long)]
    seed: Option<u64>,
    /// Measure again what the twins really save; kept in corpus/gains.txt.
    #[arg(long)]
    gains: bool,
    /// Recordings of each program, of which the middle one is kept, and runs of bug and twin that measure the true gain.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// A Python that has pandas and numpy.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    python: PathBuf,
    /// Write what the rules say to corpus/findings.txt.
    #[arg(long)]
    update: bool,
    /// Write the table to this file, too.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Corpus {
    /// Records and judges.
    ///
    /// # Errors
    /// A program does not build or run, a recording cannot be read, or (without `--update`) the findings differ from
    /// those that are written down.
    pub(crate) fn run(self) -> Result<()> {
        let cases: Vec<Case> = program::cases()?.into_iter().filter(|case| self.wants(case)).collect();
        if cases.is_empty() {
            bail!("no case has {:?} in its rule/language", self.only);
        }
        let mut gains = gain::Gains::read()?;
        let mut rows = Vec::new();
        for case in &cases {
            // What could not be measured has no row: an older recording says nothing about this run.
            if let Err(error) = self.measure(case, &mut gains) {
                eprintln!("{}: {error:#}", case.name());
                continue;
            }
            rows.push(score::score(case, gains.of(&case.name()))?);
        }
        let table = score::table(&rows);
        println!("{table}");
        if let Some(path) = &self.output {
            std::fs::write(path, &table).with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.compare()
    }

    fn measure(&self, case: &Case, gains: &mut gain::Gains) -> Result<()> {
        let seed = self.seed.unwrap_or_else(random_seed);
        if self.live {
            eprintln!("{} is recorded ...", case.name());
            record::record(case, &self.fathom, &self.python, seed, self.runs.max(1))?;
        }
        if self.gains {
            eprintln!("{} is timed ...", case.name());
            gains.keep(&case.name(), gain::gain(case, &self.python, seed, self.runs.max(1))?)?;
        }
        Ok(())
    }

    fn wants(&self, case: &Case) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| case.name().contains(part.as_str()))
    }

    /// What has changed in the findings over the whole corpus.
    fn compare(&self) -> Result<()> {
        let found = judged::all()?;
        let path = workspace::root().join(FINDINGS);
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        for line in difference(&written, &found) {
            println!("{line}");
        }
        if self.update {
            return std::fs::write(&path, &found).with_context(|| format!("cannot write {FINDINGS}"));
        }
        if written != found {
            bail!("the findings differ from {FINDINGS}\n\nhint: read them, then cargo xtask corpus --update");
        }
        Ok(())
    }
}

fn random_seed() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |time| time.as_nanos() as u64)
}

/// Lines that are gone with `-`, new ones with `+`.
fn difference(before: &str, after: &str) -> Vec<String> {
    let gone = before
        .lines()
        .filter(|line| !after.lines().any(|other| other == *line))
        .map(|line| format!("- {line}"));
    let new = after
        .lines()
        .filter(|line| !before.lines().any(|other| other == *line))
        .map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::Variant;

    #[test]
    fn rules_say_about_the_recordings_what_is_written_down() {
        let found = judged::all().unwrap();
        let written = std::fs::read_to_string(workspace::root().join(FINDINGS)).unwrap_or_default();
        let changes = difference(&written, &found);
        assert!(
            changes.is_empty(),
            "{}\n\nhint: read them, then cargo xtask corpus --update",
            changes.join("\n")
        );
    }

    #[test]
    fn every_case_has_bug_and_twin() {
        for case in program::cases().unwrap() {
            for variant in [Variant::Bug, Variant::Twin] {
                assert!(case.path(variant).is_file(), "{} has no {}", case.name(), variant.name());
            }
            assert!(fathom_rules::find_rule(&case.rule).is_some(), "there is no rule {}", case.rule);
            let marked = case.text(Variant::Bug).unwrap().lines().any(|line| line.contains(program::PLANTED));
            assert!(marked, "{} marks no line as {}", case.name(), program::PLANTED);
        }
    }
}
