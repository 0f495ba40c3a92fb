//! The text of a screen as it grows: lines, headings, paragraphs, colours of kinds. Knows no facts but their number.

use crate::facts::ReportJson;
use crate::output::Options;
use crate::text::{Color, Paint, fit, pad, plain};

/// Narrower screens than this get lines that are too long.
const LEAST_WIDTH: usize = 60;
/// Wider ones leave room free: eyes lose the line.
const MOST_WIDTH: usize = 140;

/// `QUALITY` and its like, and a gap.
pub(super) const LABEL_COLUMNS: usize = 9;

/// The text so far, and how to add to it.
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) width: usize,
    pub(crate) paint: Paint,
}

impl Page {
    pub(crate) fn new(options: &Options) -> Self {
        let paint = Paint { enabled: options.color };
        Self { text: String::new(), width: options.width.clamp(LEAST_WIDTH, MOST_WIDTH), paint }
    }

    /// A line as it is.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// An empty line and a heading: a word, and what belongs to it.
    pub(crate) fn heading(&mut self, word: &str, rest: &str) {
        let rest = fit(&plain(rest), self.width.saturating_sub(word.chars().count() + 2));
        let line =
            format!("{}  {}", self.paint.paint(Color::Bold, word), self.paint.paint(Color::Dim, &rest));
        self.text.push('\n');
        self.line(&line);
    }

    /// Words filled into lines, indented by two.
    pub(crate) fn paragraph(&mut self, text: &str) {
        for line in fill(text, self.width - 2) {
            self.line(&format!("  {line}"));
        }
    }

    /// Words filled into lines, indented by some columns.
    pub(crate) fn indented(&mut self, columns: usize, text: &str) {
        for line in fill(text, self.width - columns) {
            self.line(&format!("{}{line}", " ".repeat(columns)));
        }
    }

    /// A line beside a label; the label stands at the first line of a block only, so it may be empty.
    pub(crate) fn labelled(&mut self, label: &str, line: &str) {
        let line = format!("{}{line}", self.paint.paint(Color::Bold, &pad(label, LABEL_COLUMNS)));
        self.line(&line);
    }

    /// Words filled into lines beside a label.
    pub(crate) fn labelled_paragraph(&mut self, label: &str, text: &str) {
        let lines = fill(text, self.width - LABEL_COLUMNS);
        for (at, line) in lines.iter().enumerate() {
            self.labelled(if at == 0 { label } else { "" }, line);
        }
    }
}

/// Words in lines of at most `width`; a longer word has its own line.
fn fill(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in plain(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The colour of a kind of time.
pub(super) fn kind_color(kind: &str) -> Color {
    match kind {
        "cpu.user" | "cpu.jit" => Color::Green,
        "cpu.library" | "cpu.native" => Color::Blue,
        "cpu.kernel" => Color::Red,
        "runnable" => Color::Magenta,
        "missing" | "cpu.unsampled" | "blocked.unsampled" | "cpu.unknown" => Color::Dim,
        kind if kind.starts_with("cpu.") => Color::Yellow,
        _ => Color::Cyan,
    }
}

/// Whether a report is about several threads.
pub(super) fn has_several_threads(facts: &ReportJson) -> bool {
    facts.threads.len() > 1
}
