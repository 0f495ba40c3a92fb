//! Source maps: from lines of generated JavaScript to the lines that people wrote.
//!
//! Source: ECMA-426 (<https://tc39.es/ecma426/>), version 3 of the format. Lines alone are mapped, because profiles tell
//! no columns within functions: a generated line belongs to the first place that its mappings name. That fails for code
//! that was packed into few lines, for which no place is given.

use serde::Deserialize;
use std::collections::HashMap;

/// Mappings on one line above which it is packed code.
const MOST_ON_A_LINE: u32 = 200;
/// Most mappings that are read.
const MOST_MAPPINGS: usize = 20_000_000;
/// Nesting of maps of sections.
const MAX_SECTIONS: usize = 10_000;

/// Lines of a generated file and where they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    sources: Vec<String>,
    /// By generated line, counted from 1: a position in `sources` and a line there.
    lines: HashMap<u32, (u32, u32)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    version: Option<u32>,
    #[serde(default)]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    mappings: String,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    offset: Offset,
    map: Box<Text>,
}

#[derive(Deserialize)]
struct Offset {
    line: u32,
}

impl SourceMap {
    /// Reads a map; `None` for what is none. Memory is bounded by the size of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        // Some servers put this in front against other sites.
        let bytes = bytes.strip_prefix(b")]}'").unwrap_or(bytes);
        let text: Text = serde_json::from_slice(bytes).ok()?;
        (text.version == Some(3)).then_some(())?;
        let mut map = Self::default();
        map.take(&text, 0);
        for section in text.sections.iter().take(MAX_SECTIONS) {
            map.take(&section.map, section.offset.line);
        }
        Some(map)
    }

    /// The source and the line (from 1) that a generated line (from 1) comes from. The source is as the map names it,
    /// relative to the map's folder or absolute.
    pub fn line(&self, line: u32) -> Option<(&str, u32)> {
        let (source, line) = self.lines.get(&line)?;
        Some((self.sources.get(*source as usize)?, *line))
    }

    fn take(&mut self, text: &Text, first_line: u32) {
        let first_source = self.sources.len() as i64;
        let root = text.source_root.as_deref().unwrap_or_default();
        self.sources.extend(text.sources.iter().map(|source| match source.as_deref().unwrap_or_default() {
            name if root.is_empty() => name.to_owned(),
            name => format!("{}/{name}", root.trim_end_matches('/')),
        }));
        let n_sources = text.sources.len() as i64;
        let (mut source, mut line, mut n) = (0_i64, 0_i64, 0);
        for (at, mappings) in text.mappings.split(';').enumerate() {
            let Some(generated) =
                u32::try_from(at).ok().and_then(|at| first_line.checked_add(at)?.checked_add(1))
            else {
                return;
            };
            let (mut on_line, mut first) = (0_u32, None);
            for mapping in mappings.split(',').filter(|mapping| !mapping.is_empty()) {
                n += 1;
                on_line += 1;
                let Some(fields) = fields(mapping).filter(|_| n <= MOST_MAPPINGS) else { return };
                if let [_, Some(by), Some(lines), ..] = fields {
                    source = source.saturating_add(by);
                    line = line.saturating_add(lines);
                    first.get_or_insert((source, line));
                }
            }
            if let Some((source, line)) = first.filter(|_| on_line <= MOST_ON_A_LINE)
                && (0..n_sources).contains(&source)
                && let Ok(line) = u32::try_from(line.saturating_add(1))
                && line > 0
            {
                self.lines.insert(generated, ((first_source + source) as u32, line));
            }
        }
    }
}

/// The address of the map that the last lines of a generated file name.
pub fn source_map_url(generated: &[u8]) -> Option<&str> {
    const TAIL_BYTES: usize = 64 << 20;
    let tail = &generated[generated.len().saturating_sub(TAIL_BYTES)..];
    let line = tail.rsplit(|byte| *byte == b'\n').take(20).find_map(|line| {
        let rest =
            line.strip_prefix(b"//# sourceMappingURL=").or(line.strip_prefix(b"//@ sourceMappingURL="))?;
        Some(rest.trim_ascii())
    })?;
    std::str::from_utf8(line).ok().filter(|url| !url.is_empty())
}

/// The bytes of a `data:` address in base64; `None` for any other.
pub fn data_url(url: &str) -> Option<Vec<u8>> {
    let (head, text) = url.strip_prefix("data:")?.split_once(',')?;
    head.ends_with(";base64").then_some(())?;
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | u32::from(digit(byte)?);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    Some(bytes)
}

/// A digit of base64.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// The first three numbers of a mapping: five bits a digit, the lowest first, the sign in the lowest bit of all.
fn fields(mapping: &str) -> Option<[Option<i64>; 3]> {
    let mut fields = [None; 3];
    let mut at = 0;
    let (mut value, mut shift) = (0_i64, 0);
    for byte in mapping.bytes() {
        let digit = digit(byte)?;
        (shift <= 40).then_some(())?;
        value |= i64::from(digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            let signed = if value & 1 == 1 { -(value >> 1) } else { value >> 1 };
            if let Some(field) = fields.get_mut(at) {
                *field = Some(signed);
            }
            (at, value, shift) = (at + 1, 0, 0);
        }
    }
    (shift == 0).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What tsc 5 makes of four lines.
    const OF_TSC: &str = r#"{"version":3,"file":"a.js","sourceRoot":"","sources":["../src/a.ts"],"names":[],"mappings":";;AAGA,SAAS,KAAK;IACZ,OAAO,CAAC,CAAC;AACX,CAAC"}"#;

    #[test]
    fn lines_of_a_compiler_are_mapped() {
        let map = SourceMap::parse(OF_TSC.as_bytes()).expect("a map");
        let lines: Vec<_> = (1..=6).map(|line| map.line(line)).collect();
        let source = |line| Some(("../src/a.ts", line));
        assert_eq!(lines, [None, None, source(4), source(5), source(6), None]);
    }

    #[test]
    fn sections_and_roots_are_joined() {
        let text = r#"{"version":3,"sections":[
            {"offset":{"line":0,"column":0},"map":{"version":3,"sources":["a.ts"],"mappings":"AAAA"}},
            {"offset":{"line":9,"column":0},"map":{"version":3,"sourceRoot":"/r/","sources":[null,"b.ts"],"mappings":"ACEA"}}]}"#;
        let map = SourceMap::parse(text.as_bytes()).expect("a map");
        assert_eq!((map.line(1), map.line(10)), (Some(("a.ts", 1)), Some(("/r/b.ts", 3))));
    }

    #[test]
    fn packed_code_and_damage_give_no_place() {
        let packed = format!(r#"{{"version":3,"sources":["a"],"mappings":"{}"}}"#, "AAAA,".repeat(201));
        assert_eq!(SourceMap::parse(packed.as_bytes()).expect("a map").line(1), None);
        for mappings in ["A!", "ggggggggggggg", "AADA", "AAD", "ACAA", "A"] {
            let text = format!(r#"{{"version":3,"sources":["a"],"mappings":"{mappings}"}}"#);
            assert_eq!(SourceMap::parse(text.as_bytes()).expect("a map").line(1), None, "{mappings}");
        }
        assert_eq!(SourceMap::parse(br#"{"version":2}"#), None);
        assert_eq!(SourceMap::parse(b"[]"), None);
    }

    #[test]
    fn the_address_stands_at_the_end() {
        assert_eq!(source_map_url(b"f()\n//# sourceMappingURL=a.js.map\n"), Some("a.js.map"));
        assert_eq!(source_map_url(b"f() //# sourceMappingURL=a\n//# sourceMappingURL=\n"), None);
        assert_eq!(
            data_url("data:application/json;base64,eyJ2IjozfQ==").as_deref(),
            Some(&br#"{"v":3}"#[..])
        );
        assert_eq!(data_url("data:application/json,{}"), None);
        assert_eq!(data_url("a.js.map"), None);
    }

    proptest! {
        #[test]
        fn any_mappings_do_not_panic(mappings in "[A-Za-z0-9+/,;!]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = format!(r#"{{"version":3,"sources":["a","b"],"mappings":"{mappings}"}}"#);
            let map = SourceMap::parse(text.as_bytes()).expect("a map");
            prop_assert!((0..300).filter_map(|line| map.line(line)).all(|(_, line)| line > 0));
            let _ = (SourceMap::parse(&bytes), source_map_url(&bytes), data_url(&String::from_utf8_lossy(&bytes)));
        }
    }
}
