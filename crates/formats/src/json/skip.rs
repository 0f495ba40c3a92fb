//! Skips values, however deep they are, without keeping them; or copies one as it stands.

use super::text::{is_of_word, plain_bytes};
use super::{JsonTokens, Token};
use std::io::Read;

/// What is skipped, without white space, up to a length.
pub(super) struct Copy {
    bytes: Vec<u8>,
    most: usize,
    is_too_long: bool,
}

impl Copy {
    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > self.most {
            self.is_too_long = true;
        } else if !self.is_too_long {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

impl<R: Read> JsonTokens<R> {
    /// Reads to the end of the value whose first token is `first`.
    pub(crate) fn skip(&mut self, first: Token) {
        if matches!(first, Token::Object | Token::Array) {
            self.skip_open();
        }
    }

    /// Reads a value and forgets it.
    pub(crate) fn skip_value(&mut self) {
        // Most of what is skipped are plain values of members, which need not be kept.
        if self.peeked.is_none() && self.after_key && !self.is_over {
            match self.next_word() {
                Some(b'"') => {
                    match self.skip_text() {
                        Some(()) => self.value_ends(),
                        None => _ = self.end(),
                    }
                    return;
                }
                Some(byte) if is_of_word(byte) => {
                    self.skip_run(is_of_word);
                    self.value_ends();
                    return;
                }
                _ => {}
            }
        }
        let first = self.token();
        self.skip(first);
    }

    /// Reads a value; its own text, if that is valid and has at most `most` bytes without its white space.
    pub(crate) fn raw(&mut self, most: usize) -> Option<String> {
        let first = self.token();
        let mut copy = Copy { bytes: Vec::new(), most, is_too_long: false };
        match first {
            Token::Object => copy.push(b"{"),
            Token::Array => copy.push(b"["),
            Token::Text => copy.push(serde_json::to_string(&self.text).unwrap_or_default().as_bytes()),
            Token::Number => copy.push(self.text.as_bytes()),
            Token::Bool(value) => copy.push(value.to_string().as_bytes()),
            Token::Null => copy.push(b"null"),
            Token::Key | Token::ObjectEnd | Token::ArrayEnd | Token::End => return None,
        }
        self.copy = Some(copy);
        self.skip(first);
        let copy = self.copy.take().filter(|copy| !copy.is_too_long)?;
        let text = String::from_utf8(copy.bytes).ok()?;
        serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok().then_some(text)
    }

    /// Reads to the end of the innermost container. Within it only brackets and quotes are looked at.
    fn skip_open(&mut self) {
        let outside = self.open.len().saturating_sub(1);
        while self.open.len() > outside {
            let Some(byte) = self.byte() else {
                self.end();
                return;
            };
            let goes_on = match byte {
                b'"' => {
                    let skipped = self.skip_text();
                    if skipped.is_none() {
                        self.end();
                    }
                    skipped.is_some()
                }
                b'{' | b'[' => {
                    self.keep(&[byte]);
                    self.open(byte)
                }
                b'}' | b']' => {
                    self.keep(&[byte]);
                    self.close(byte)
                }
                b' ' | b'\n' | b'\r' | b'\t' => {
                    self.at += 1;
                    true
                }
                _ if is_between(byte) => {
                    self.skip_run(is_between);
                    true
                }
                _ => {
                    self.unexpected(byte, "a value");
                    false
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    fn skip_run(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.byte().is_some() {
            let rest = &self.block[self.at..self.length];
            let n = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
            if let Some(copy) = &mut self.copy {
                copy.push(&rest[..n]);
            }
            let is_over = n < rest.len();
            self.at += n;
            if is_over {
                return;
            }
        }
    }

    /// Goes behind a text, on whose first quote reading is; `None` if the file ends before.
    fn skip_text(&mut self) -> Option<()> {
        self.keep(b"\"");
        self.at += 1;
        loop {
            self.byte()?;
            let rest = &self.block[self.at..self.length];
            let plain = plain_bytes(rest);
            let stop = rest.get(plain).copied();
            let n = plain + usize::from(stop.is_some());
            if let Some(copy) = &mut self.copy {
                copy.push(&rest[..n]);
            }
            self.at += n;
            if stop == Some(b'"') {
                return Some(());
            }
            if stop.is_some() {
                // What is escaped is no end.
                let escaped = self.byte()?;
                self.keep(&[escaped]);
                self.at += 1;
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if let Some(copy) = &mut self.copy {
            copy.push(bytes);
        }
    }
}

/// Words and what stands between them.
fn is_between(byte: u8) -> bool {
    is_of_word(byte) || matches!(byte, b',' | b':')
}
