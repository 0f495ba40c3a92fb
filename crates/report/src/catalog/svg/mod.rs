//! An interactive flame graph in one file: root on top, heaviest callee first, coloured by kind of code.
//!
//! It opens from disk without any network. Without script it is a still picture with titles. Names are data: in
//! markup they are escaped, for the script they are JSON, and the script puts them on the page as text only.
//! Very wide and very deep graphs are bounded: frames beyond the limits are part of their caller's bar, and the
//! footer says how many there are and how much time ends in them.

mod kinds;
mod layout;

use std::fmt::Write;

use fathom_analysis::{Evidence, Filter, FunctionIndex};
use fathom_model::{Recording, Signal, Unit};
use serde_json::json;

use crate::catalog::svg::kinds::{KIND_WORDS, kind_class, shade};
use crate::catalog::svg::layout::{Bar, Layout};
use crate::output::{Options, Output};
use crate::text::{count_text, fit, markup, percent_text, plain, target_text, value_text};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// Width of the still picture, in pixels.
const WIDTH: f64 = 1200.0;
/// These four agree with `page.js`.
const SIDE: f64 = 16.0;
const TOP: f64 = 100.0;
const ROW: f64 = 20.0;
const CHAR_WIDTH: f64 = 7.23;
/// Bars narrower than this are not drawn in the still picture; the script draws them when zoomed.
const NARROWEST: f64 = 0.8;
/// The `svg` output.
pub(crate) struct Svg;

impl Output for Svg {
    fn name(&self) -> &'static str {
        "svg"
    }

    fn extension(&self) -> &'static str {
        "svg"
    }

    fn summary(&self) -> &'static str {
        "an interactive flame graph in one file"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let index = FunctionIndex::new(recording);
        let signal = options.signal.unwrap_or_else(|| recording.main_signal());
        let filter = Filter::of(signal);
        let layout = Layout::build(recording, &index, &filter);
        let evidence = Evidence::of(recording, &filter);
        let deepest = layout.bars.iter().map(|bar| bar.depth).max().unwrap_or(0);
        let processes = &recording.processes;
        let name_of =
            |pid| processes.iter().find(|process| process.pid == pid).map(|process| process.name.as_str());
        let title = target_text(&recording.meta.target, name_of);
        let foot_y = TOP + (deepest as f64 + 1.0) * ROW;
        Graph { recording, signal, index, layout, evidence, title, foot_y }.document()
    }
}

/// Everything the parts of the document are made from.
struct Graph<'a> {
    recording: &'a Recording,
    signal: Signal,
    index: FunctionIndex,
    layout: Layout,
    evidence: Evidence,
    title: String,
    foot_y: f64,
}

impl Graph<'_> {
    fn unit(&self) -> Unit {
        self.recording.meta.unit_of(self.signal)
    }

    fn signal_words(&self) -> String {
        match self.signal {
            Signal::Cpu => "CPU time".into(),
            Signal::OffCpu => "time off CPU".into(),
            Signal::TaskWait => "waits of tasks".into(),
            signal => plain(self.recording.meta.name_of(signal)),
        }
    }

    fn document(&self) -> String {
        let notes = footer(&self.layout, self.unit());
        let foot_height = 14.0 + 18.0 * notes.len() as f64 + 10.0;
        let height = self.foot_y + foot_height;
        let total = value_text(self.unit(), self.layout.total());
        let subtitle = format!("{} · {total} · {} samples", self.signal_words(), count_text(self.evidence.n));

        let mut out = String::new();
        out += &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fathom\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\">\n"
        );
        out += &format!("<title>{} - {}</title>\n", markup(&self.title), markup(&subtitle));
        out += &format!("<style>{STYLE}</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
        out += &format!(
            "<text class=\"title\" x=\"{SIDE}\" y=\"30\">{}</text>\n",
            markup(&fit(&self.title, 112))
        );
        out += &format!("<text class=\"faint\" x=\"{SIDE}\" y=\"50\">{}</text>\n", markup(&subtitle));
        legend(&self.layout, &mut out);
        out += "<g id=\"frames\">\n";
        for bar in &self.layout.bars {
            self.still_bar(bar, &mut out);
        }
        out += "</g>\n<g id=\"foot\">\n";
        for (at, note) in notes.iter().enumerate() {
            let y = self.foot_y + 22.0 + 18.0 * at as f64;
            out += &format!("<text class=\"faint\" x=\"{SIDE}\" y=\"{y}\">{}</text>\n", markup(note));
        }
        out += "</g>\n<g id=\"tip\"/>\n";
        let data = self.script_data(foot_height);
        out += &format!("<script type=\"application/json\" id=\"data\">{data}</script>\n");
        out += &format!("<script><![CDATA[\n{SCRIPT}]]></script>\n</svg>\n");
        out
    }

    fn still_bar(&self, bar: &Bar, out: &mut String) {
        let (layout, index) = (&self.layout, &self.index);
        let total = layout.total();
        if total <= 0 && bar.depth > 0 {
            return;
        }
        let scale = if total > 0 { (WIDTH - 2.0 * SIDE) / total as f64 } else { 0.0 };
        let width = if bar.depth == 0 { WIDTH - 2.0 * SIDE } else { bar.total as f64 * scale };
        if width < NARROWEST {
            return;
        }
        let name = layout.name(index, bar);
        let x = SIDE + bar.begin as f64 * scale;
        let y = TOP + bar.depth as f64 * ROW;
        let share = if total > 0 { bar.total as f64 / total as f64 } else { 0.0 };
        let place = layout.place(self.recording, index, bar);
        let tip = format!("{name}\n{place}\n{} {}", value_text(self.unit(), bar.total), percent_text(share));
        let _ = write!(
            out,
            "<g class=\"f k{} s{}\"><title>{}</title><rect x=\"{x:.2}\" y=\"{y}\" width=\"{:.2}\" height=\"{}\" rx=\"2\"/>",
            kind_class(bar.kind),
            shade(&name),
            markup(&tip),
            (width - 0.6).max(0.3),
            ROW - 1.0
        );
        let room = ((width - 8.0) / CHAR_WIDTH) as usize;
        if room >= 3 {
            let _ = write!(
                out,
                "<text x=\"{:.2}\" y=\"{}\">{}</text>",
                x + 5.0,
                y + 14.0,
                markup(&fit(&name, room))
            );
        }
        *out += "</g>\n";
    }

    /// What the script draws from. Numbers above 2^53 (104 days in nanoseconds) lose their last digits there.
    fn script_data(&self, foot_height: f64) -> String {
        let (layout, index) = (&self.layout, &self.index);
        // Bars of one function share an entry.
        let mut functions = Vec::new();
        let mut known = std::collections::BTreeMap::new();
        let function: Vec<usize> = layout
            .bars
            .iter()
            .map(|bar| {
                *known.entry((bar.depth == 0, bar.function, bar.recursive)).or_insert_with(|| {
                    let name = layout.name(index, bar);
                    functions.push(json!({
                        "name": plain(&name),
                        "place": layout.place(self.recording, index, bar),
                        "module": index.get(bar.function).module_name.as_deref().map(plain),
                        "kind": kind_class(bar.kind),
                        "shade": shade(&name),
                    }));
                    functions.len() - 1
                })
            })
            .collect();
        let column = |value: fn(&Bar) -> i64| layout.bars.iter().map(value).collect::<Vec<_>>();
        let effective = self.evidence.effective_n();
        let data = json!({
            "title": plain(&self.title),
            "unit": self.unit(),
            "effectiveSamples": if effective.is_finite() { effective } else { 0.0 },
            "kinds": KIND_WORDS,
            "functions": functions,
            "function": function,
            "parent": layout.bars.iter().map(|bar| bar.parent.unwrap_or(0)).collect::<Vec<_>>(),
            "total": column(|bar| bar.total),
            "self": column(|bar| bar.own),
            "samples": layout.bars.iter().map(|bar| bar.samples).collect::<Vec<_>>(),
            "footY": self.foot_y,
            "footHeight": foot_height,
        });
        // Inside a script element neither XML nor HTML may see an end tag, a comment or a CDATA section.
        data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }
}

/// The kinds that occur, each with its share of the whole by the frame a sample ends in.
fn legend(layout: &Layout, out: &mut String) {
    let mut x = SIDE;
    for (class, (kind, own)) in KIND_WORDS.iter().zip(layout.self_by_kind).enumerate() {
        if !layout.bars.iter().any(|bar| bar.depth > 0 && kind_class(bar.kind) == class) {
            continue;
        }
        let share = if layout.total() > 0 { own as f64 / layout.total() as f64 } else { 0.0 };
        let words = format!("{kind} {}", percent_text(share));
        let _ = writeln!(
            out,
            "<g class=\"k{class}\"><rect x=\"{x}\" y=\"66\" width=\"12\" height=\"12\" rx=\"3\"/></g><text class=\"faint\" x=\"{}\" y=\"76\">{}</text>",
            x + 18.0,
            markup(&words)
        );
        x += 18.0 + words.chars().count() as f64 * CHAR_WIDTH + 18.0;
    }
}

fn footer(layout: &Layout, unit: Unit) -> Vec<String> {
    let mut notes = vec![
        "click zooms · Esc resets · / or Ctrl-F searches · width is total, bars by weight from the left"
            .to_owned(),
    ];
    if layout.folded_bars > 0 {
        notes.push(format!(
            "{} frames are part of their callers' bars: narrower than {} of all, beyond the heaviest {}, or deeper than {} levels; {} ({}) ends in them",
            count_text(layout.folded_bars),
            format_args!("{} %", layout::NARROWEST_SHARE * 100.0),
            count_text(layout::MOST_BARS as u64),
            layout::DEEPEST,
            value_text(unit, layout.folded_self),
            percent_text(if layout.total() > 0 { layout.folded_self as f64 / layout.total() as f64 } else { 0.0 }),
        ));
    }
    if layout.without_stack > 0 {
        notes.push(format!(
            "{} has no stack and is the bare end of the top bar",
            value_text(unit, layout.without_stack)
        ));
    }
    if layout.bars.len() <= 1 {
        notes.push("no sample of this signal has a stack".into());
    }
    notes
}
