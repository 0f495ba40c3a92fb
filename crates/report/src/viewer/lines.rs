//! Lines of the functions that matter, and the source around them where the caller has it.

use std::collections::{BTreeMap, BTreeSet};

use fathom_analysis::{Filter, FunctionIndex, LineRow, line_table};
use fathom_model::{Recording, Signal};

use crate::viewer::header::SourceHeader;
use crate::viewer::limits::ViewerLimits;
use crate::viewer::sections::Sections;
use crate::viewer::strings::Strings;
use crate::viewer::tree::Functions;

/// Lines shown before and after a costly one.
const AROUND: u32 = 12;

/// The lines of all signals.
pub(crate) struct Lines {
    /// With the number of the signal, by function, line and signal.
    rows: Vec<(usize, LineRow)>,
    /// Lines by file with the largest share of any signal that passes through them.
    costly: Vec<(String, u32, f64)>,
}

impl Lines {
    pub(crate) fn build(
        recording: &Recording,
        index: &FunctionIndex,
        signals: &[Signal],
        limits: &ViewerLimits,
    ) -> Self {
        let mut rows = Vec::new();
        let mut shares: BTreeMap<(&str, u32), f64> = BTreeMap::new();
        for (at, signal) in signals.iter().enumerate() {
            let of_signal = |sample: &&fathom_model::Sample| sample.signal == *signal;
            let values = recording.samples.iter().filter(of_signal).map(|sample| sample.value.max(0));
            let whole = values.fold(0_i64, i64::saturating_add) as f64;
            for row in line_table(recording, index, &Filter::of(*signal), limits.line_share) {
                rows.push((at, row));
                let costly = row.function_total as f64 >= whole * limits.source_share;
                if let Some(file) = index.get(row.function).file.as_deref().filter(|_| costly) {
                    let share = shares.entry((file, row.line)).or_default();
                    *share = share.max(row.total_value as f64 / whole);
                }
            }
        }
        let costly = shares.into_iter().map(|((file, line), share)| (file.to_owned(), line, share)).collect();
        Self { rows, costly }
    }

    /// Writes the heaviest lines.
    pub(crate) fn write(&self, sections: &mut Sections, functions: &mut Functions<'_>, most: usize) {
        let mut rows: Vec<&(usize, LineRow)> = self.rows.iter().collect();
        if rows.len() > most {
            rows.sort_by_key(|(signal, row)| {
                (std::cmp::Reverse(row.total_value), *signal, row.function, row.line)
            });
            rows.truncate(most);
        }
        let mut rows: Vec<(u32, usize, &LineRow)> =
            rows.into_iter().map(|(signal, row)| (functions.number(row.function), *signal, row)).collect();
        rows.sort_by_key(|(function, signal, row)| (*function, row.line, *signal));
        sections.delta("line.fn", rows.iter().map(|(function, ..)| *function));
        sections.delta("line.line", rows.iter().map(|(.., row)| row.line));
        sections.u8("line.signal", rows.iter().map(|(_, signal, _)| *signal as u8));
        sections.varint("line.self", rows.iter().map(|(.., row)| row.self_value.max(0).unsigned_abs()));
        sections.varint("line.total", rows.iter().map(|(.., row)| row.total_value.max(0).unsigned_abs()));
    }

    /// Snippets around costly lines, the costliest first until the room is used up; by file and line.
    pub(crate) fn snippets(
        &self,
        sources: &BTreeMap<String, String>,
        room: usize,
        strings: &mut Strings,
    ) -> Vec<SourceHeader> {
        let texts: BTreeMap<&str, Vec<&str>> =
            sources.iter().map(|(file, text)| (file.as_str(), text.split('\n').collect())).collect();
        let mut costly: Vec<&(String, u32, f64)> = self.costly.iter().collect();
        costly.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (&a.0, a.1).cmp(&(&b.0, b.1))));
        let mut shown: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        let mut left = room;
        for (file, line, _) in costly {
            let Some(text) = texts.get(file.as_str()) else { continue };
            let of_file = shown.entry(file).or_default();
            let around = line.saturating_sub(AROUND).max(1)..=line.saturating_add(AROUND);
            let more: Vec<u32> =
                around.filter(|line| (*line as usize) <= text.len() && !of_file.contains(line)).collect();
            let bytes: usize = more.iter().map(|line| text[*line as usize - 1].len() + 1).sum();
            if bytes <= left {
                left -= bytes;
                of_file.extend(more);
            }
        }
        let mut snippets = Vec::new();
        for (file, lines) in shown {
            let text = &texts[file];
            let mut lines = lines.into_iter().peekable();
            while let Some(first_line) = lines.next() {
                let mut last = first_line;
                while let Some(next) = lines.next_if_eq(&(last + 1)) {
                    last = next;
                }
                let snippet = text[first_line as usize - 1..last as usize].join("\n");
                snippets.push(SourceHeader {
                    file: strings.name(file),
                    first_line,
                    text: strings.add(snippet),
                });
            }
        }
        snippets
    }
}
