//! Texts and words: taken from the stream, escapes taken off.

use super::{JsonTokens, MAX_TEXT_BYTES};
use std::io::Read;

/// Whether a byte can belong to a number or a word.
pub(super) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// How many bytes of a text are neither a quote nor a backslash. Most texts end within a few bytes, where a search that
/// is made for long ones costs more than it saves.
pub(super) fn plain_bytes(rest: &[u8]) -> usize {
    let (head, tail) = rest.split_at(rest.len().min(16));
    let short = head.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    short.unwrap_or_else(|| head.len() + memchr::memchr2(b'"', b'\\', tail).unwrap_or(tail.len()))
}

impl<R: Read> JsonTokens<R> {
    /// Reads a quoted text, on whose first quote reading is, into the memory of `room`; and whether it is whole. What
    /// is not UTF-8 becomes the replacement character.
    pub(super) fn read_string(&mut self, room: String) -> (String, bool) {
        self.at += 1;
        let mut bytes = room.into_bytes();
        bytes.clear();
        let is_whole = self.read_string_bytes(&mut bytes).is_some();
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        (text, is_whole)
    }

    /// Reads letters and digits up to what cannot belong to a number or a word.
    pub(super) fn read_word(&mut self) {
        self.text.clear();
        while self.byte().is_some() {
            let rest = &self.block[self.at..self.length];
            let n = rest.iter().position(|byte| !is_of_word(*byte)).unwrap_or(rest.len());
            let room = MAX_TEXT_BYTES.saturating_sub(self.text.len());
            // All of it is ASCII.
            self.text.push_str(std::str::from_utf8(&rest[..n.min(room)]).unwrap_or_default());
            let is_over = n < rest.len();
            self.at += n;
            if is_over {
                break;
            }
        }
    }

    /// Reads up to behind the last quote; `None` if the file ends before.
    fn read_string_bytes(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        loop {
            self.byte()?;
            let rest = &self.block[self.at..self.length];
            let plain = plain_bytes(rest);
            let room = MAX_TEXT_BYTES.saturating_sub(bytes.len());
            bytes.extend_from_slice(&rest[..plain.min(room)]);
            let stop = rest.get(plain).copied();
            self.at += plain + usize::from(stop.is_some());
            match stop {
                None => {}
                Some(b'"') => return Some(()),
                Some(_) => self.read_escape(bytes)?,
            }
        }
    }

    /// Reads what stands behind a backslash; `None` if the file ends before.
    fn read_escape(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        // The first half of a pair, whose second half must be the very next escape.
        let mut half: Option<u32> = None;
        loop {
            let byte = self.byte()?;
            self.at += 1;
            if byte != b'u' {
                if half.is_some() {
                    put(char::REPLACEMENT_CHARACTER, bytes);
                }
                let plain = match byte {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                };
                if bytes.len() < MAX_TEXT_BYTES {
                    bytes.push(plain);
                }
                return Some(());
            }
            let mut code = self.hexadecimal()?;
            match (half.take(), code) {
                (None, _) => {}
                (Some(high), 0xdc00..0xe000) => code = 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00),
                (Some(_), _) => put(char::REPLACEMENT_CHARACTER, bytes),
            }
            if (0xd800..0xdc00).contains(&code) && self.byte() == Some(b'\\') {
                self.at += 1;
                half = Some(code);
                continue;
            }
            put(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), bytes);
            return Some(());
        }
    }

    /// Up to four hexadecimal digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.byte()?).to_digit(16) else { break };
            value = value * 16 + digit;
            self.at += 1;
        }
        Some(value)
    }
}

fn put(char: char, bytes: &mut Vec<u8>) {
    if bytes.len() < MAX_TEXT_BYTES {
        bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}
