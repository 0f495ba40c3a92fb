//! From an instruction to a line and column.
//!
//! 3.11 on: the location table of `Objects/locations.md` (PEP 657). 3.10: pairs of address and line deltas
//! (PEP 626, `Objects/lnotab_notes.txt`).

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1; `None` where the compiler says that the code has no line.
    pub(super) line: Option<u32>,
    /// In bytes, from 1.
    pub(super) column: Option<u32>,
}

/// The place of the code unit (2 bytes) `unit` in a location table. A table that breaks off yields nothing.
pub(super) fn place_of_unit(table: &[u8], first_line: u32, unit: u64) -> Place {
    let mut bytes = Varints { bytes: table };
    let mut line = i64::from(first_line);
    let mut at = 0;
    while let Some(head) = bytes.next() {
        if head & 0x80 == 0 {
            // Not the start of an entry: whatever follows cannot be told apart.
            return Place::default();
        }
        let (code, end) = (head >> 3 & 15, at + u64::from(head & 7) + 1);
        let Some(column) = bytes.entry(code, &mut line) else { return Place::default() };
        if unit < end {
            let known = code != 15;
            return Place {
                line: u32::try_from(line).ok().filter(|line| known && *line > 0),
                column: column.and_then(|column| column.checked_add(1)),
            };
        }
        at = end;
    }
    Place::default()
}

struct Varints<'a> {
    bytes: &'a [u8],
}

impl Varints<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    /// 6 bits a byte, least first, bit 6 says that more follow.
    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in (0..32).step_by(6) {
            let byte = self.next()?;
            value |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
            if byte & 64 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        let size = i64::from(value >> 1);
        Some(if value & 1 == 1 { -size } else { size })
    }

    /// Reads the rest of an entry; the column, `Some(None)` for none, `None` at the table's end.
    fn entry(&mut self, code: u8, line: &mut i64) -> Option<Option<u32>> {
        match code {
            0..=9 => {
                let second = self.next()?;
                Some(Some(u32::from(code) << 3 | u32::from(second >> 4 & 7)))
            }
            10..=12 => {
                *line += i64::from(code - 10);
                let column = self.next()?;
                self.next()?;
                Some(Some(u32::from(column)))
            }
            13 => {
                *line += self.signed()?;
                Some(None)
            }
            14 => {
                *line += self.signed()?;
                self.unsigned()?;
                let column = self.unsigned()?;
                self.unsigned()?;
                Some(column.checked_sub(1))
            }
            _ => Some(None),
        }
    }
}

/// The line of byte `offset` of the code in a table of 3.10.
pub(super) fn line_of_byte(table: &[u8], first_line: u32, offset: u64) -> Option<u32> {
    const NO_LINE: i8 = -128;
    let (mut line, mut at) = (i64::from(first_line), 0u64);
    for pair in table.chunks_exact(2) {
        let (length, delta) = (u64::from(pair[0]), pair[1] as i8);
        if delta != NO_LINE {
            line += i64::from(delta);
        }
        if offset < at + length {
            return (delta != NO_LINE).then(|| u32::try_from(line).ok()).flatten();
        }
        at += length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry() {
        // Short form, one unit: column 8 + 3; one line on, columns 4 to 9, two units; no column, back one line;
        // long form: +70 lines, column 100; none.
        let table = [
            0x80 | 1 << 3,
            0x35, //
            0x80 | 11 << 3 | 1,
            4,
            9, //
            0x80 | 13 << 3,
            0b11, //
            0x80 | 14 << 3,
            0x40 | 12,
            2,
            0,
            0x40 | 37,
            1,
            1, //
            0x80 | 15 << 3 | 7,
        ];
        let at = |unit| {
            let place = place_of_unit(&table, 10, unit);
            (place.line, place.column)
        };
        assert_eq!(at(0), (Some(10), Some(12)));
        assert_eq!(at(1), (Some(11), Some(5)));
        assert_eq!(at(2), (Some(11), Some(5)));
        assert_eq!(at(3), (Some(10), None));
        assert_eq!(at(4), (Some(80), Some(101)));
        assert_eq!(at(5), (None, None));
        assert_eq!(at(12), (None, None));
        assert_eq!(at(13), (None, None), "behind the end");
    }

    #[test]
    fn pairs_of_3_10() {
        let table = [4, 1, 2, 0x80, 6, 255];
        assert_eq!(line_of_byte(&table, 7, 0), Some(8));
        assert_eq!(line_of_byte(&table, 7, 4), None, "no line");
        assert_eq!(line_of_byte(&table, 7, 6), Some(7));
        assert_eq!(line_of_byte(&table, 7, 12), None);
    }
}
