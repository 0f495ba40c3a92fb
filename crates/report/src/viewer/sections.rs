//! Columns of numbers and texts as bytes: LEB128, zigzag, differences. Knows no meaning.

use serde::Serialize;
use serde_json::{Map, Value};

/// Zigzag doubles a number and the reader counts in doubles, which hold whole numbers up to 2^53.
pub(crate) const LARGEST_ZIGZAG: i64 = (1 << 52) - 1;
const LARGEST_VARINT: u64 = (1 << 53) - 1;

#[derive(Serialize)]
struct Section {
    #[serde(rename = "type")]
    coding: &'static str,
    offset: usize,
    bytes: usize,
    count: usize,
}

/// Sections back to back, and what the header says about them.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) body: Vec<u8>,
    pub(crate) table: Map<String, Value>,
}

impl Sections {
    pub(crate) fn u8(&mut self, name: &str, values: impl IntoIterator<Item = u8>) {
        self.section(name, "u8", |body| {
            let before = body.len();
            body.extend(values);
            body.len() - before
        });
    }

    pub(crate) fn f64(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.section(name, "f64", |body| each(values, |value| body.extend_from_slice(&value.to_le_bytes())));
    }

    /// Larger numbers than the reader knows are held at the largest.
    pub(crate) fn varint(&mut self, name: &str, values: impl IntoIterator<Item = u64>) {
        self.section(name, "varint", |body| {
            each(values, |value| push_varint(body, value.min(LARGEST_VARINT)))
        });
    }

    pub(crate) fn zigzag(&mut self, name: &str, values: impl IntoIterator<Item = i64>) {
        self.section(name, "zigzag", |body| each(values, |value| push_zigzag(body, value)));
    }

    pub(crate) fn delta(&mut self, name: &str, values: impl IntoIterator<Item = u32>) {
        let mut previous = 0_i64;
        self.section(name, "delta", |body| {
            each(values, |value| {
                push_zigzag(body, i64::from(value) - previous);
                previous = i64::from(value);
            })
        });
    }

    pub(crate) fn text<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str> + Clone) {
        let strings = values.clone();
        self.section(name, "text", |body| each(strings, |text| body.extend_from_slice(text.as_bytes())));
        self.varint(&format!("{name}.lengths"), values.map(|text| text.len() as u64));
    }

    fn section(&mut self, name: &str, coding: &'static str, write: impl FnOnce(&mut Vec<u8>) -> usize) {
        let offset = self.body.len();
        let count = write(&mut self.body);
        let section = Section { coding, offset, bytes: self.body.len() - offset, count };
        // Numbers and a word: nothing in it can fail.
        let value = serde_json::to_value(section).unwrap_or_default();
        self.table.insert(name.to_owned(), value);
    }
}

fn each<T>(values: impl IntoIterator<Item = T>, mut write: impl FnMut(T)) -> usize {
    values.into_iter().map(&mut write).count()
}

fn push_zigzag(body: &mut Vec<u8>, value: i64) {
    let value = value.clamp(-LARGEST_ZIGZAG, LARGEST_ZIGZAG);
    push_varint(body, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

fn push_varint(body: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        body.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    body.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_leb128() {
        let mut sections = Sections::default();
        sections.varint("a", [0, 127, 128, 300, u64::MAX]);
        assert_eq!(sections.body[..6], [0, 127, 0x80, 1, 0xac, 2]);
        // At most 8 bytes, as the reader takes.
        assert_eq!(sections.body.len(), 6 + 8);
        sections.body.clear();
        sections.delta("b", [5, 3, 3, 200]);
        assert_eq!(sections.body, [10, 3, 0, 0x8a, 3]);
        sections.body.clear();
        sections.zigzag("c", [0, -1, 1, i64::MIN]);
        assert_eq!(sections.body[..3], [0, 1, 2]);
        assert_eq!(sections.body.len(), 3 + 8);
    }
}
