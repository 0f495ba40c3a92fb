//! How things look: with colour or without, with Unicode's lines or ASCII's, and numbers as words.

use fathom_model::FrameKind;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use std::env;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The eight colours that every colour terminal has.
    pub(crate) color: bool,
    /// Characters beyond ASCII.
    pub(crate) unicode: bool,
}

impl Look {
    /// What the environment says of the terminal. `color` is what `NO_COLOR` and the like leave of it.
    pub(crate) fn of_environment(color: bool) -> Self {
        let term = env::var("TERM").unwrap_or_default();
        // DEC's and the kernel's monochrome terminals; everything else that is in use has colours.
        let is_monochrome =
            ["vt100", "vt102", "vt220", "dumb", "ansi-m", "xterm-mono"].contains(&term.as_str());
        // As setlocale(3): the first that is set and not empty counts.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| env::var(name).ok());
        let locale = locale.into_iter().find(|value| !value.is_empty()).unwrap_or_default().to_lowercase();
        let unicode = locale.contains("utf-8") || locale.contains("utf8");
        Self { color: color && !is_monochrome, unicode: unicode && !term.starts_with("vt") }
    }

    /// Ordinary text of lesser importance.
    pub(crate) fn dim(self) -> Style {
        if self.color { Style::new().fg(Color::DarkGray) } else { Style::new() }
    }

    /// Names of things.
    pub(crate) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What the eye should find first.
    pub(crate) fn accent(self) -> Style {
        if self.color { Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD) } else { self.strong() }
    }

    /// Good to know, not good to have.
    pub(crate) fn warning(self) -> Style {
        if self.color { Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD) } else { self.strong() }
    }

    /// The row or the tab that is chosen.
    pub(crate) fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Heads of columns.
    pub(crate) fn title(self) -> Style {
        if self.color {
            Style::new().fg(Color::Cyan).add_modifier(Modifier::UNDERLINED)
        } else {
            Style::new().add_modifier(Modifier::UNDERLINED)
        }
    }

    /// A share: the larger, the louder.
    pub(crate) fn heat(self, share: f64) -> Style {
        match self.color {
            true if share >= 0.20 => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
            true if share >= 0.05 => Style::new().fg(Color::Yellow),
            false if share >= 0.20 => self.strong(),
            _ => Style::new(),
        }
    }

    /// A kind of code in a flame graph; neighbours are told apart by `odd`.
    pub(crate) fn kind(self, kind: FrameKind, odd: bool) -> Style {
        if !self.color {
            return if odd {
                Style::new().add_modifier(Modifier::REVERSED)
            } else {
                Style::new().add_modifier(Modifier::REVERSED | Modifier::DIM)
            };
        }
        let back = match kind {
            FrameKind::User | FrameKind::Jit => [Color::Yellow, Color::LightYellow],
            FrameKind::Kernel => [Color::Red, Color::LightRed],
            FrameKind::Library | FrameKind::Native => [Color::Green, Color::LightGreen],
            FrameKind::Gc => [Color::Magenta, Color::LightMagenta],
            FrameKind::Runtime | FrameKind::Interpreter => [Color::Cyan, Color::LightCyan],
            FrameKind::Unknown => [Color::Gray, Color::White],
        };
        Style::new().fg(Color::Black).bg(back[usize::from(odd)])
    }

    /// A bar of `width` cells, filled to `share`.
    pub(crate) fn bar(self, share: f64, width: usize) -> String {
        let eighths = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
        let filled = share.clamp(0.0, 1.0) * width as f64;
        let whole = filled as usize;
        if !self.unicode {
            let whole = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
            return "#".repeat(whole) + &" ".repeat(width - whole);
        }
        let mut bar = "█".repeat(whole);
        let rest = ((filled - whole as f64) * 8.0) as usize;
        if rest > 0 {
            bar.push(eighths[rest - 1]);
        }
        let used = whole + usize::from(rest > 0);
        bar + &" ".repeat(width.saturating_sub(used))
    }

    /// The last `width` values as a line of bars between the least of 0 and them, and the most of them.
    pub(crate) fn spark(self, values: &[f64], width: usize) -> String {
        let steps: &[char] = if self.unicode {
            &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
        } else {
            &['_', '.', '-', '=', '*', '#']
        };
        let shown = &values[values.len().saturating_sub(width)..];
        let most = shown.iter().copied().fold(0.0, f64::max);
        let least = shown.iter().copied().fold(0.0, f64::min);
        let span = most - least;
        let step = |value: &f64| {
            let part = if span > 0.0 { (value - least) / span } else { 0.0 };
            steps[((part * (steps.len() - 1) as f64).round() as usize).min(steps.len() - 1)]
        };
        let line: String = shown.iter().map(step).collect();
        " ".repeat(width - shown.len()) + &line
    }
}

/// A column of a table.
pub(crate) struct Column {
    /// Its head.
    pub(crate) title: &'static str,
    /// Cells; 0 for what the others leave.
    pub(crate) width: u16,
    /// Numbers stand on the right.
    pub(crate) right: bool,
}

/// Columns by their heads and widths; negative widths stand on the right.
pub(crate) fn columns<const N: usize>(parts: [(&'static str, i16); N]) -> [Column; N] {
    parts.map(|(title, width)| Column { title, width: width.unsigned_abs(), right: width < 0 })
}

/// Where each column begins, and how wide it is.
pub(crate) fn places(columns: &[Column], area: Rect) -> Vec<(u16, u16)> {
    let gaps = columns.len().saturating_sub(1) as u16;
    let fixed: u16 = columns.iter().map(|column| column.width).sum::<u16>() + gaps;
    let flexible = columns.iter().filter(|column| column.width == 0).count().max(1) as u16;
    let mut left = area.width.saturating_sub(fixed);
    let share = left / flexible;
    let mut x = area.x;
    let mut places = Vec::with_capacity(columns.len());
    let mut n_left = flexible;
    for column in columns {
        let width = if column.width > 0 {
            column.width
        } else {
            n_left -= 1;
            // The last one takes what rounding has left.
            let width = if n_left == 0 { left } else { share };
            left -= width;
            width
        };
        let room = area.right().saturating_sub(x);
        places.push((x, width.min(room)));
        x = x.saturating_add(width + 1).min(area.right());
    }
    places
}

/// Writes text into `width` cells of a row, cut with an ellipsis where it is longer.
pub(crate) fn put(
    buffer: &mut Buffer,
    look: Look,
    at: (u16, u16),
    width: u16,
    text: &str,
    style: Style,
    right: bool,
) {
    let (x, y) = at;
    if width == 0 || y >= buffer.area.bottom() || x >= buffer.area.right() {
        return;
    }
    let length = ratatui::text::Span::raw(text).width();
    let shown = fit(text, usize::from(width), look);
    let start = if right { x + width.saturating_sub(length.min(usize::from(width)) as u16) } else { x };
    buffer.set_stringn(start, y, shown, usize::from(width), style);
}

/// Text that is at most `width` cells wide.
pub(crate) fn fit(text: &str, width: usize, look: Look) -> String {
    if ratatui::text::Span::raw(text).width() <= width {
        return if look.unicode { text.to_owned() } else { ascii(text) };
    }
    let ellipsis = if look.unicode { "…" } else { "~" };
    let mut shown = String::new();
    let mut used = 0;
    for c in text.chars() {
        let cells = ratatui::text::Span::raw(c.to_string()).width();
        if used + cells + 1 > width {
            break;
        }
        used += cells;
        shown.push(c);
    }
    let shown = shown + ellipsis;
    if look.unicode { shown } else { ascii(&shown) }
}

fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// `12.3 %`, without the sign where the column says it.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 99.95 { format!("{percent:.0}") } else { format!("{percent:.1}") }
}

/// `1.5 s`, `12 ms`, `3m20s`.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 3600.0 => format!("{}h{:02}m", s as u64 / 3600, s as u64 % 3600 / 60),
        s if s >= 60.0 => format!("{}m{:02}s", s as u64 / 60, s as u64 % 60),
        s if s >= 9.95 => format!("{s:.0} s"),
        s if s >= 0.9995 => format!("{s:.1} s"),
        s if s >= 0.001 => format!("{:.0} ms", s * 1e3),
        s if s > 0.0 => format!("{:.0} us", s * 1e6),
        _ => "0 s".to_owned(),
    }
}

/// `12.3 MB`.
pub(crate) fn bytes(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes;
    let mut at = 0;
    while value.abs() >= 1000.0 && at + 1 < units.len() {
        value /= 1000.0;
        at += 1;
    }
    if at == 0 || value.abs() >= 99.95 {
        format!("{value:.0} {}", units[at])
    } else {
        format!("{value:.1} {}", units[at])
    }
}

/// A value in its unit.
pub(crate) fn quantity(value: f64, unit: &str, is_rate: bool) -> String {
    match unit {
        // Time per time is a share of a core.
        "nanoseconds" if is_rate => format!("{} %", percent(value / 1e9)),
        "nanoseconds" => time(value / 1e9),
        "bytes" if is_rate => format!("{}/s", bytes(value)),
        "bytes" => bytes(value),
        "ratio" => format!("{value:.2}"),
        _ => {
            let number = match value.abs() {
                v if v >= 1e6 => format!("{:.1}M", value / 1e6),
                v if v >= 1e4 => format!("{:.1}k", value / 1e3),
                v if v >= 10.0 || value.fract() == 0.0 => format!("{value:.0}"),
                _ => format!("{value:.1}"),
            };
            if is_rate { format!("{number}/s") } else { number }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { color: false, unicode: false };
    const RICH: Look = Look { color: true, unicode: true };

    #[test]
    fn bars_and_sparks_have_their_width_whatever_the_values() {
        for share in [-1.0, 0.0, 0.01, 0.5, 0.99, 1.0, 7.0, f64::NAN] {
            assert_eq!(PLAIN.bar(share, 10).chars().count(), 10, "{share}");
            assert_eq!(RICH.bar(share, 10).chars().count(), 10, "{share}");
        }
        assert_eq!(RICH.spark(&[0.0, 1.0, 2.0], 5), "  ▁▅█");
        assert_eq!(PLAIN.spark(&[f64::NAN, 5.0], 2), "_#");
    }

    #[test]
    fn long_and_wide_text_is_cut_to_its_cells() {
        assert_eq!(fit("abcdef", 4, RICH), "abc…");
        assert_eq!(fit("日本語の関数", 7, RICH), "日本語…");
        assert_eq!(fit("日本語の関数", 6, RICH), "日本…");
        assert_eq!(fit("naïve", 9, PLAIN), "na?ve");
    }

    #[test]
    fn quantities_are_short() {
        assert_eq!(quantity(2.5e9, "nanoseconds", true), "250 %");
        assert_eq!(quantity(1_234_567.0, "bytes", true), "1.2 MB/s");
        assert_eq!(quantity(12_345.0, "count", false), "12.3k");
        assert_eq!((time(0.25), time(75.0), time(7200.0)), ("250 ms".into(), "1m15s".into(), "2h00m".into()));
    }
}
