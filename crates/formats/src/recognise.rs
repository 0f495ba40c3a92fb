//! Finds a format: by name, or by what a file begins with.

use crate::catalog::FORMATS;
use crate::format::{Format, Sniff};

/// The format with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name).copied()
}

/// The format that is surest about these first bytes of a file; the first in the list among equals.
pub fn recognise(head: &[u8]) -> Option<(&'static Format, Sniff)> {
    let mut best: Option<(&'static Format, Sniff)> = None;
    for format in FORMATS {
        let answer = (format.sniff)(head);
        if answer > best.map_or(Sniff::No, |(_, sniff)| sniff) {
            best = Some((format, answer));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let name = |head: &[u8]| recognise(head).map(|(format, sniff)| (format.name, sniff));
        assert_eq!(name(b"PAR1...."), Some(("parquet", Sniff::Yes)));
        assert_eq!(name(b"main;work;inner 120\nmain 3\n"), Some(("folded", Sniff::Maybe)));
        assert_eq!(name(b"hello world\n"), None);
        assert_eq!(name(b""), None);
    }

    #[test]
    fn the_list_is_alphabetical() {
        assert!(FORMATS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(FORMATS.iter().all(|format| by_name(format.name).is_some()));
    }
}
