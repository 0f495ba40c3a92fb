//! Takes the primitive values of a recording from the front of bytes: integers, floating-point numbers, strings.
//!
//! Integers are compressed (seven bits a byte, lowest first, at most nine bytes of which the last has eight bits)
//! or, where the chunk's header says so, big-endian of fixed width. Source: `RecordingInput` and `StringParser` of
//! OpenJDK's `jdk.jfr.internal.consumer`.

use std::borrow::Cow;

/// Bytes, and whether integers in them are compressed. Every method gives `None` at the end of the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    is_compressed: bool,
}

/// A string as it stands in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawText<'a> {
    /// Java's null.
    Null,
    /// It stands in the constant pool of strings.
    Pooled(u64),
    /// It stands here.
    Here(Cow<'a, str>),
}

impl<'a> Cursor<'a> {
    pub(super) fn new(rest: &'a [u8], is_compressed: bool) -> Self {
        Self { rest, is_compressed }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn skip(&mut self, n: usize) -> Option<()> {
        self.take(n).map(drop)
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Java's `short` and `char`, without a sign.
    pub(super) fn short(&mut self) -> Option<u16> {
        match self.is_compressed {
            true => self.compressed().map(|value| value as u16),
            false => Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?)),
        }
    }

    /// Java's `int`, without a sign.
    pub(super) fn int(&mut self) -> Option<u32> {
        match self.is_compressed {
            true => self.compressed().map(|value| value as u32),
            false => Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?)),
        }
    }

    /// Java's `long`, without a sign.
    pub(super) fn long(&mut self) -> Option<u64> {
        match self.is_compressed {
            true => self.compressed(),
            false => Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?)),
        }
    }

    pub(super) fn float(&mut self) -> Option<f32> {
        Some(f32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn double(&mut self) -> Option<f64> {
        Some(f64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    /// A number of things of which each needs a byte: `None` too if there are fewer bytes.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = self.int()? as usize;
        (count <= self.rest.len()).then_some(count)
    }

    fn compressed(&mut self) -> Option<u64> {
        let mut value = 0;
        for (at, byte) in self.rest.iter().take(9).enumerate() {
            let shift = 7 * at as u32;
            if at == 8 {
                value |= u64::from(*byte) << shift;
            } else {
                value |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 != 0 {
                    continue;
                }
            }
            self.rest = &self.rest[at + 1..];
            return Some(value);
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<RawText<'a>> {
        let encoding = self.byte()?;
        Some(match encoding {
            text_encoding::NULL => RawText::Null,
            text_encoding::EMPTY => RawText::Here(Cow::Borrowed("")),
            text_encoding::POOLED => RawText::Pooled(self.long()?),
            text_encoding::UTF_8 => {
                let n = self.count()?;
                RawText::Here(String::from_utf8_lossy(self.take(n)?))
            }
            text_encoding::UTF_16 => {
                let n = self.count()?;
                let mut units = Vec::with_capacity(n);
                for _ in 0..n {
                    units.push(self.short()?);
                }
                RawText::Here(Cow::Owned(String::from_utf16_lossy(&units)))
            }
            text_encoding::LATIN_1 => {
                let n = self.count()?;
                let bytes = self.take(n)?;
                RawText::Here(match std::str::from_utf8(bytes) {
                    Ok(text) if text.is_ascii() => Cow::Borrowed(text),
                    _ => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
                })
            }
            _ => return None,
        })
    }

    /// Goes past a string without making one.
    pub(super) fn skip_text(&mut self) -> Option<()> {
        match self.byte()? {
            text_encoding::NULL | text_encoding::EMPTY => Some(()),
            text_encoding::POOLED => self.long().map(drop),
            text_encoding::UTF_8 | text_encoding::LATIN_1 => {
                let n = self.count()?;
                self.skip(n)
            }
            text_encoding::UTF_16 => {
                let n = self.count()?;
                (0..n).try_for_each(|_| self.short().map(drop))
            }
            _ => None,
        }
    }
}

mod text_encoding {
    pub(super) const NULL: u8 = 0;
    pub(super) const EMPTY: u8 = 1;
    pub(super) const POOLED: u8 = 2;
    pub(super) const UTF_8: u8 = 3;
    pub(super) const UTF_16: u8 = 4;
    pub(super) const LATIN_1: u8 = 5;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(bytes: &[u8]) -> Cursor<'_> {
        Cursor::new(bytes, true)
    }

    #[test]
    fn integers_have_one_to_nine_bytes() {
        assert_eq!(cursor(&[0x7f]).long(), Some(127));
        assert_eq!(cursor(&[0x80, 0x01]).long(), Some(128));
        // Padded, as the virtual machine writes the sizes of events.
        assert_eq!(cursor(&[0x85, 0x80, 0x80, 0x00]).long(), Some(5));
        // The ninth byte has eight bits and no mark.
        let mut nine = cursor(&[0xff; 10]);
        assert_eq!(nine.long(), Some(u64::MAX));
        assert_eq!(nine.rest(), [0xff]);
        assert_eq!(cursor(&[0xff; 9]).int().map(|value| value as i32), Some(-1));
        assert_eq!(cursor(&[0xff; 8]).long(), None);
        assert_eq!(cursor(&[]).long(), None);
    }

    #[test]
    fn integers_can_have_fixed_widths() {
        let mut plain = Cursor::new(&[1, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1, 0, 9], false);
        assert_eq!((plain.short(), plain.int(), plain.long()), (Some(0x102), Some(3), Some(256)));
        assert_eq!((plain.long(), plain.byte(), plain.byte()), (None, Some(9), None));
    }

    #[test]
    fn floating_point_numbers_are_big_endian() {
        assert_eq!(cursor(&[0x3f, 0x80, 0, 0]).float(), Some(1.0));
        assert_eq!(cursor(&[0xc0, 0, 0, 0, 0, 0, 0, 0]).double(), Some(-2.0));
        assert_eq!(cursor(&[0; 7]).double(), None);
    }

    #[test]
    fn strings_have_six_encodings() {
        let here = |text: &'static str| Some(RawText::Here(Cow::Borrowed(text)));
        let cases: [(&[u8], Option<RawText<'static>>); 12] = [
            (&[0], Some(RawText::Null)),
            (&[1], here("")),
            (&[2, 0x80, 0x01], Some(RawText::Pooled(128))),
            (&[3, 3, b'a', 0xc3, 0xa9], here("aé")),
            (&[3, 2, b'a', 0xc3], here("a\u{fffd}")),
            (&[4, 3, b'a', 0xe9, 0x01, 0xac, 0x41], here("aé€")),
            (&[5, 3, b'a', 0xe9, 0xa9], here("aé©")),
            (&[6], None),
            (&[3, 4, b'a', b'b', b'c'], None),
            (&[4, 2, 0x80, 0x80], None),
            (&[5, 0xff, 0xff, 0xff, 0xff, 0x0f], None),
            (&[], None),
        ];
        for (bytes, expected) in cases {
            let mut read = cursor(bytes);
            assert_eq!(read.text(), expected, "{bytes:?}");
            let mut skipped = cursor(bytes);
            assert_eq!(skipped.skip_text().is_some(), expected.is_some(), "{bytes:?}");
            if expected.is_some() {
                assert_eq!((read.rest(), skipped.rest()), (&[][..], &[][..]), "{bytes:?}");
            }
        }
    }
}
