//! Texts of JSON: their escapes taken off, or skipped as they stand.

use super::{Outcome, PullJson};
use std::io::Read;

impl<R: Read> PullJson<R> {
    /// Takes a text without its quotes into the scratch; the next byte is its first quote.
    pub(super) fn scan_text(&mut self) -> Outcome<()> {
        self.advance();
        self.scratch.clear();
        loop {
            let Some(byte) = self.peek_byte() else { return Err(self.end("a text")) };
            match byte {
                b'"' => {
                    self.advance();
                    return Ok(());
                }
                b'\\' => {
                    self.advance();
                    self.scan_escape()?;
                }
                _ => {
                    let rest = &self.block[self.position..self.filled];
                    let n = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
                    self.scratch.extend_from_slice(&rest[..n]);
                    self.position += n;
                }
            }
        }
    }

    fn scan_escape(&mut self) -> Outcome<()> {
        let Some(byte) = self.peek_byte() else { return Err(self.end("an escape")) };
        self.advance();
        let simple = match byte {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                let mut code = self.scan_hex()?;
                // The second half of a pair must be the very next escape.
                if (0xd800..0xdc00).contains(&code) && self.peek_byte() == Some(b'\\') {
                    self.advance();
                    if self.peek_byte() == Some(b'u') {
                        self.advance();
                        let low = self.scan_hex()?;
                        code = match low {
                            0xdc00..0xe000 => 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00),
                            _ => 0xfffd,
                        };
                    } else {
                        self.push_char(code);
                        return self.scan_escape();
                    }
                }
                self.push_char(code);
                return Ok(());
            }
            other => other,
        };
        self.scratch.push(simple);
        Ok(())
    }

    fn push_char(&mut self, code: u32) {
        let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.scratch.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn scan_hex(&mut self) -> Outcome<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek_byte() else { return Err(self.end("an escape")) };
            let Some(digit) = (byte as char).to_digit(16) else {
                return Err(self.unexpected(byte, "a hexadecimal digit"));
            };
            code = code * 16 + digit;
            self.advance();
        }
        Ok(code)
    }

    pub(super) fn skip_text(&mut self) -> Outcome<()> {
        self.keep(b"\"");
        self.advance();
        let mut is_escaped = false;
        loop {
            if self.peek_byte().is_none() {
                return Err(self.end("a text"));
            }
            let rest = &self.block[self.position..self.filled];
            let end = rest.iter().position(|byte| {
                let is_end = *byte == b'"' && !is_escaped;
                is_escaped = *byte == b'\\' && !is_escaped;
                is_end
            });
            let n = end.map_or(rest.len(), |end| end + 1);
            if let Some(copy) = &mut self.copy {
                copy.push(&rest[..n]);
            }
            self.position += n;
            if end.is_some() {
                return Ok(());
            }
        }
    }
}
