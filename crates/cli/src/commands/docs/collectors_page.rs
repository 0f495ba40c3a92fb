//! `docs/collectors.md` from the collectors' own words.

use fathom_collect::catalog;
use fathom_collect::collector::Collector;
use std::fmt::Write;

const HEAD: &str = "\
<!-- Made by `cargo xtask gen`; edit the collectors in crates/collect/src/catalog instead. -->
# Collectors

What Fathom measures, and how. Each collector has a ladder of ways, best first; a recording takes the first that works
and says which. `fathom doctor` tries all of them here and prints the command that unlocks the next.
";

/// The page. Only the names of the rungs are printed, not whether they are ready on the machine that made it.
pub(super) fn render() -> String {
    catalog::all().iter().fold(HEAD.to_owned(), |page, collector| page + &section(*collector))
}

fn section(collector: &dyn Collector) -> String {
    let signals: Vec<String> = collector.provides().iter().map(|signal| format!("`{signal}`")).collect();
    let provides = if signals.is_empty() { "time series".to_owned() } else { signals.join(", ") };
    let mut text = format!("\n## {}\n\n{}\n\n", collector.id(), sentence(collector.summary()));
    // Writing to a string does not fail.
    let _ = writeln!(text, "Provides: {provides}. Cost: {}", sentence(collector.overhead()));
    let rungs = collector.probe();
    if !rungs.is_empty() {
        let _ = writeln!(text, "\n| way | what it gives |\n|---|---|");
        for rung in rungs {
            let _ = writeln!(text, "| {} | {} |", rung.name, rung.gives);
        }
    }
    text
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
