//! A comparison on one screen: both sides, what is proved, what is not and what would prove it.

use fathom_analysis::short_function_name;

use crate::catalog::Page;
use fathom_analysis::Diff;

use crate::diff::catalog::DiffOutput;
use crate::diff::types::{DiffFunctionFact, DiffJson, VerdictFact};
use crate::diff::words::{
    amount_text, difference_text, needed, provable_text, scale_text, side_summary, side_text,
};
use crate::output::Options;
use crate::text::{Color, count_text, fit, nanos_text, pad, pad_left, plain};

const PROVED: usize = 14;
const CALLERS: usize = 4;
const NEEDED: usize = 3;

/// The `terminal` output.
pub(crate) struct Terminal;

impl DiffOutput for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn summary(&self) -> &'static str {
        "what is proved, on one screen"
    }

    fn render(&self, _: &Diff, facts: &DiffJson, options: &Options) -> String {
        let mut page = Page::new(options);
        head(facts, &mut page);
        proved(facts, &mut page);
        callers(facts, &mut page);
        unproved(facts, &mut page);
        page.text
    }
}

fn head(facts: &DiffJson, page: &mut Page) {
    let line = format!("{} · {}", page.paint.paint(Color::Bold, "fathom diff"), scale_text(facts));
    page.line(&line);
    for (label, side) in [("A", &facts.a), ("B", &facts.b)] {
        let what = format!("{}: {} · {}", side.recording, side.target, side_summary(facts, side));
        let what = fit(&plain(&what), page.width.saturating_sub(9));
        page.labelled(label, &what);
    }
    let whole = &facts.whole;
    let text = |value: f64| crate::diff::words::signed_text(facts.unit, value);
    page.labelled(
        "TOTAL",
        &format!(
            "{} to {}: {} [{}, {}]",
            amount_text(facts.unit, whole.a as f64),
            amount_text(facts.unit, whole.b as f64),
            text(whole.difference),
            text(whole.low),
            text(whole.high)
        ),
    );
}

fn proved(facts: &DiffJson, page: &mut Page) {
    let of = facts.functions.len() as u64 + facts.functions_left_out;
    page.heading(
        "PROVED",
        &format!(
            "{} of {} functions, by self; with 95 % intervals",
            count_text(facts.proved),
            count_text(of)
        ),
    );
    let rows: Vec<&DiffFunctionFact> =
        facts.functions.iter().filter(|row| row.own.verdict.is_change()).collect();
    if rows.is_empty() {
        page.line("  no difference is proved");
    } else {
        table(facts, page, rows.iter().take(PROVED).copied(), |row| &row.own);
        rest(page, rows.len().saturating_sub(PROVED));
    }
}

/// Functions that changed with what they call: self value says nothing of them.
fn callers(facts: &DiffJson, page: &mut Page) {
    let mut rows: Vec<&DiffFunctionFact> = facts
        .functions
        .iter()
        .filter(|row| row.total.verdict.is_change() && !row.own.verdict.is_change())
        .collect();
    if rows.is_empty() {
        return;
    }
    let size = |row: &DiffFunctionFact| row.total.change.difference.abs();
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    page.heading("WITH WHAT THEY CALL", &format!("{} functions, by total", count_text(rows.len() as u64)));
    table(facts, page, rows.iter().take(CALLERS).copied(), |row| &row.total);
    rest(page, rows.len().saturating_sub(CALLERS));
}

fn table<'a>(
    facts: &DiffJson,
    page: &mut Page,
    rows: impl Iterator<Item = &'a DiffFunctionFact>,
    of: impl Fn(&DiffFunctionFact) -> &crate::diff::types::JudgedFact,
) {
    // Two values, a difference with its interval, a word: what is left is the name's.
    const DIFFERENCE: usize = 32;
    let name = page.width.saturating_sub(2 + 9 * 2 + DIFFERENCE + 3 + 6).max(12);
    let row = |a: &str, b: &str, difference: &str, word: &str, who: &str| {
        format!(
            "  {} {} {} {} {}",
            pad_left(a, 8),
            pad_left(b, 8),
            pad_left(difference, DIFFERENCE),
            pad(word, 4),
            fit(who, name)
        )
    };
    let heading = page.paint.paint(Color::Dim, &row("A", "B", "B - A", "", "function"));
    page.line(&heading);
    for fact in rows {
        let judged = of(fact);
        let change = &judged.change;
        let line = row(
            &side_text(facts, change.a, facts.a.total),
            &side_text(facts, change.b, facts.b.total),
            &difference_text(facts, change),
            judged.verdict.word(),
            &name_text(fact),
        );
        let line = page.paint.paint(color(judged.verdict), &line);
        page.line(&line);
    }
}

fn rest(page: &mut Page, left_out: usize) {
    if left_out > 0 {
        page.line(&format!("  and {} more: --output md or json", count_text(left_out as u64)));
    }
}

fn unproved(facts: &DiffJson, page: &mut Page) {
    page.heading(
        "NOT PROVED",
        &format!("{} functions; {} the same within 10 %", count_text(facts.unproved), count_text(facts.same)),
    );
    page.paragraph(&provable_text(facts));
    for (row, samples) in needed(facts).take(NEEDED) {
        let change = &row.own.change;
        let values = format!(
            "{} to {}",
            side_text(facts, change.a, facts.a.total),
            side_text(facts, change.b, facts.b.total)
        );
        let text = format!("{values} would take {} samples a side: {}", count_text(samples), name_text(row));
        let text = fit(&text, page.width - 2);
        page.line(&format!("  {text}"));
    }
    page.line("");
    page.labelled_paragraph("CAUTION", &facts.caution);
    page.labelled_paragraph("METHOD", &format!("{}; {}", facts.variance, facts.correction));
    if facts.a.duration_nanos > 0 && !facts.normalised && differ_in_length(facts) {
        let text = format!(
            "the recordings are {} and {} long; --normalised compares shares",
            nanos_text(facts.a.duration_nanos),
            nanos_text(facts.b.duration_nanos)
        );
        page.labelled_paragraph("", &text);
    }
    if !facts.ambiguous.is_empty() {
        let some = facts.ambiguous.iter().take(3).map(|name| short_function_name(name));
        let text = format!(
            "{} names stand for several functions each, compared together: {}",
            count_text(facts.ambiguous.len() as u64),
            some.collect::<Vec<_>>().join(", ")
        );
        page.labelled_paragraph("", &text);
    }
}

/// A tenth more or less is more than the end of a run makes.
fn differ_in_length(facts: &DiffJson) -> bool {
    let [a, b] = [&facts.a, &facts.b].map(|side| side.duration_nanos as f64);
    (a - b).abs() > 0.1 * a.max(b)
}

fn name_text(row: &DiffFunctionFact) -> String {
    let module = row.module.as_deref().filter(|name| !name.starts_with('[')).map(|name| format!("  {name}"));
    plain(&format!("{}{}", short_function_name(&row.name), module.unwrap_or_default()))
}

fn color(verdict: VerdictFact) -> Color {
    match verdict {
        VerdictFact::More | VerdictFact::New => Color::Red,
        VerdictFact::Less | VerdictFact::Gone => Color::Green,
        VerdictFact::Same | VerdictFact::Unproved => Color::Dim,
    }
}
