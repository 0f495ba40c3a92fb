//! Lines and the words within them.

use std::borrow::Cow;

/// A line of a text, without its end.
pub(super) struct TextLine<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where it begins.
    pub(super) offset: usize,
    /// Where the next one begins.
    pub(super) end: usize,
}

impl TextLine<'_> {
    pub(super) fn is_empty_or_comment(&self) -> bool {
        let text = self.text.trim_start();
        text.is_empty() || text.starts_with('#')
    }
}

/// The lines of a text.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = TextLine<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let offset = self.at;
        self.at = (offset + length + 1).min(self.bytes.len());
        let line = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
        Some(TextLine { text: String::from_utf8_lossy(line), offset, end: self.at })
    }
}

/// Takes words off the front of a line.
pub(super) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { rest: line.trim_start() }
    }

    /// A decimal number, perhaps a negative one.
    pub(super) fn number(&mut self) -> Option<i64> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let n = digits.bytes().take_while(u8::is_ascii_digit).count() + self.rest.len() - digits.len();
        let (number, rest) = self.rest.split_at(n);
        let number = number.parse().ok()?;
        self.rest = rest.trim_start();
        Some(number)
    }

    /// This text.
    pub(super) fn sign(&mut self, sign: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(sign)?.trim_start();
        Some(())
    }

    /// Everything else.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }
}

/// Every `0x` number in a text; `None` if one is larger than an address.
pub(super) fn addresses(text: &str) -> Option<Vec<u64>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        rest = &rest[at + 2..];
        let n = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        if n > 0 {
            found.push(u64::from_str_radix(&rest[..n], 16).ok()?);
            rest = &rest[n..];
        }
    }
    Some(found)
}

/// Return addresses as addresses of the calls.
pub(super) fn calls(addresses: Option<Vec<u64>>) -> Option<Vec<u64>> {
    addresses.map(|list| list.into_iter().map(|address| address.wrapping_sub(1)).collect())
}

/// Whether the memory map begins behind this line.
pub(super) fn is_map_begin(line: &str) -> bool {
    line.contains("--- Memory map: ---") || line.contains("MAPPED_LIBRARIES:")
}
