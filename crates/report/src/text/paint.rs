//! Colour on a terminal, or none. Meaning never depends on it.

/// What colours stand for; the 16 colours every terminal has, as the user set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    /// Headings.
    Bold,
    /// What matters less.
    Dim,
    /// Own code.
    Green,
    /// Libraries.
    Blue,
    /// Runtimes.
    Yellow,
    /// The kernel, and trouble.
    Red,
    /// Waiting.
    Cyan,
    /// Waiting for a CPU.
    Magenta,
}

/// Wraps text in colour if that is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    pub(crate) enabled: bool,
}

impl Paint {
    /// The text in a colour (ECMA-48, section 8.3.117).
    pub(crate) fn paint(self, color: Color, text: &str) -> String {
        if !self.enabled || text.is_empty() {
            return text.to_owned();
        }
        let code = match color {
            Color::Bold => 1,
            Color::Dim => 2,
            Color::Red => 31,
            Color::Green => 32,
            Color::Yellow => 33,
            Color::Blue => 34,
            Color::Magenta => 35,
            Color::Cyan => 36,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
