//! A comparison as Markdown, for a change request: what the terminal shows and more of it.

use crate::catalog::{MarkdownPage, code, escape};
use fathom_analysis::Diff;

use crate::diff::catalog::DiffOutput;
use crate::diff::types::{DiffFunctionFact, DiffJson, JudgedFact, VerdictFact};
use crate::diff::words::{difference_text, needed, provable_text, scale_text, side_summary, side_text};
use crate::output::Options;
use crate::text::{count_text, location_text};

const ROWS: usize = 60;
const NEEDED: usize = 20;

/// The `markdown` output.
pub(crate) struct Markdown;

impl DiffOutput for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn summary(&self) -> &'static str {
        "what is proved and what is not, as text with tables"
    }

    fn render(&self, _: &Diff, facts: &DiffJson, _: &Options) -> String {
        let mut page = MarkdownPage::default();
        head(facts, &mut page);
        page.heading("Proved, by self");
        changes(facts, &mut page, |row| Some(&row.own).filter(|judged| judged.verdict.is_change()));
        page.heading("Proved, with what they call");
        changes(facts, &mut page, |row| {
            Some(&row.total).filter(|judged| judged.verdict.is_change() && !row.own.verdict.is_change())
        });
        page.heading("Proved to be the same within 10 %");
        changes(facts, &mut page, |row| Some(&row.own).filter(|judged| judged.verdict == VerdictFact::Same));
        unproved(facts, &mut page);
        page.text
    }
}

fn head(facts: &DiffJson, page: &mut MarkdownPage) {
    page.line(&format!("# What changed from {} to {}", code(&facts.a.recording), code(&facts.b.recording)));
    page.line("");
    let side = |label: &str, side: &crate::diff::types::DiffSideFact| {
        [label.to_owned(), code(&side.target), escape(&side_summary(facts, side))]
    };
    page.table(["side", "target", "what"], [side("A", &facts.a), side("B", &facts.b)]);
    page.line("");
    page.line(&format!(
        "**{}.** {}. {}.",
        capital(&facts.caution),
        capital(&scale_text(facts)),
        facts.variance
    ));
    page.line("");
    page.line(&format!("{}.", facts.correction));
}

fn changes<'a>(
    facts: &'a DiffJson,
    page: &mut MarkdownPage,
    of: impl Fn(&'a DiffFunctionFact) -> Option<&'a JudgedFact>,
) {
    let rows: Vec<_> = facts.functions.iter().filter_map(|row| Some((row, of(row)?))).collect();
    if rows.is_empty() {
        page.line("None.");
        return;
    }
    let shown = rows.iter().take(ROWS).map(|(row, judged)| {
        let change = &judged.change;
        [
            code(&row.name),
            escape(&place(row)),
            side_text(facts, change.a, facts.a.total),
            side_text(facts, change.b, facts.b.total),
            difference_text(facts, change),
            judged.verdict.word().to_owned(),
        ]
    });
    page.table(["function", "where", "A:", "B:", "B - A:", "verdict"], shown);
    if rows.len() > ROWS {
        page.line("");
        page.line(&format!("{} more are in the JSON.", count_text((rows.len() - ROWS) as u64)));
    }
}

fn unproved(facts: &DiffJson, page: &mut MarkdownPage) {
    page.heading("Not proved");
    page.line(&format!("{} functions; {}.", count_text(facts.unproved), provable_text(facts)));
    let rows: Vec<[String; 4]> = needed(facts)
        .take(NEEDED)
        .map(|(row, samples)| {
            let change = &row.own.change;
            [
                code(&row.name),
                side_text(facts, change.a, facts.a.total),
                side_text(facts, change.b, facts.b.total),
                count_text(samples),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.line("");
        page.table(["function", "A:", "B:", "samples a side to prove as much:"], rows);
    }
}

fn place(row: &DiffFunctionFact) -> String {
    match location_text(row.file.as_deref(), row.line, None) {
        place if place.is_empty() => row.module.clone().unwrap_or_default(),
        place => place,
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
