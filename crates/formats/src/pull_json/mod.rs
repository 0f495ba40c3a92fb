//! A pull parser of JSON: members and items as they come, whatever is not wanted skipped without being kept.
//!
//! Knows the syntax only. It never recurses by itself, holds no more than one text at a time, and tells the byte at
//! which the text is damaged or ends. A value of another type than the one asked for is skipped: the caller sees
//! `None` or `false` and says what was wrong. `NaN` and `Infinity`, which some writers put out, read as numbers.

mod log;
mod number;
mod text;

pub(crate) use log::Log;
pub(crate) use number::Number;

use std::io::Read;

/// Bytes read from the stream at once.
const BLOCK_BYTES: usize = 64 << 10;

/// Where a document cannot be read any further, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Byte of the unpacked document.
    pub at: u64,
    /// What was found and what was expected.
    pub message: String,
}

/// What the next value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    /// `true`, `false` or `null`.
    Word,
}

/// A document that is read from its begin to its end.
pub(crate) struct PullJson<R> {
    reader: R,
    block: Box<[u8]>,
    position: usize,
    filled: usize,
    /// Document bytes before the block.
    before: u64,
    /// The last text or number.
    scratch: Vec<u8>,
    /// Copies what is skipped, without white space, up to a length.
    copy: Option<Copy>,
}

struct Copy {
    bytes: Vec<u8>,
    most: usize,
    is_too_long: bool,
}

type Outcome<T> = Result<T, Damage>;

impl<R: Read> PullJson<R> {
    /// A document; a byte order mark before it is skipped.
    pub(crate) fn new(reader: R) -> Self {
        let mut json = Self {
            reader,
            block: vec![0; BLOCK_BYTES].into_boxed_slice(),
            position: 0,
            filled: 0,
            before: 0,
            scratch: Vec::new(),
            copy: None,
        };
        if json.peek_byte() == Some(0xef) {
            json.block[..json.filled].starts_with(b"\xef\xbb\xbf").then(|| json.position = 3);
        }
        json
    }

    /// What it reads from, for what that has to say.
    pub(crate) fn reader(&self) -> &R {
        &self.reader
    }

    /// The byte that is read next.
    pub(crate) fn at(&self) -> u64 {
        self.before + self.position as u64
    }

    /// What the next value is.
    pub(crate) fn kind(&mut self) -> Outcome<Kind> {
        match self.peek_token()? {
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'"' => Ok(Kind::Text),
            b'-' | b'0'..=b'9' | b'N' | b'I' => Ok(Kind::Number),
            b't' | b'f' | b'n' => Ok(Kind::Word),
            other => Err(self.unexpected(other, "a value")),
        }
    }

    /// The members of an object, each to be read or skipped by `each`; `false` if it is none and was skipped.
    pub(crate) fn members(&mut self, mut each: impl FnMut(&mut Self, &str) -> Outcome<()>) -> Outcome<bool> {
        if self.kind()? != Kind::Object {
            self.skip()?;
            return Ok(false);
        }
        self.advance();
        let mut name = String::new();
        let mut is_first = true;
        while self.goes_on(b'}', is_first)? {
            is_first = false;
            match self.peek_token()? {
                b'"' => self.scan_text()?,
                other => return Err(self.unexpected(other, "the name of a member")),
            }
            name.clear();
            name.push_str(&String::from_utf8_lossy(&self.scratch));
            match self.peek_token()? {
                b':' => self.advance(),
                other => return Err(self.unexpected(other, "`:` behind a name")),
            }
            each(self, &name)?;
        }
        Ok(true)
    }

    /// The items of an array with their numbers, each to be read or skipped by `each`; `false` if it is none and was
    /// skipped.
    pub(crate) fn items(&mut self, mut each: impl FnMut(&mut Self, usize) -> Outcome<()>) -> Outcome<bool> {
        if self.kind()? != Kind::Array {
            self.skip()?;
            return Ok(false);
        }
        self.advance();
        let mut n = 0;
        while self.goes_on(b']', n == 0)? {
            each(self, n)?;
            n += 1;
        }
        Ok(true)
    }

    /// A number.
    pub(crate) fn number(&mut self) -> Outcome<Option<Number>> {
        if self.kind()? != Kind::Number {
            self.skip()?;
            return Ok(None);
        }
        let at = self.at();
        self.scratch.clear();
        // Most numbers are short, whole and within the block.
        let rest = &self.block[self.position..self.filled];
        let n_digits = rest.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
        if (1..=18).contains(&n_digits) && rest.get(n_digits).is_some_and(|byte| !number::may_hold(*byte)) {
            let digits = &rest[..n_digits];
            self.scratch.extend_from_slice(digits);
            let whole = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            self.position += n_digits;
            return Ok(Some(Number::Whole(whole)));
        }
        while let Some(byte) = self.peek_byte().filter(|byte| number::may_hold(*byte)) {
            self.scratch.push(byte);
            self.position += 1;
            if self.scratch.len() > number::MOST_BYTES {
                return Err(Damage { at, message: "a number of more than 400 digits".into() });
            }
        }
        match Number::parse(&self.scratch) {
            Some(number) => Ok(Some(number)),
            None if self.peek_byte().is_none() => Err(self.end("a number")),
            None => {
                let found = String::from_utf8_lossy(&self.scratch).chars().take(40).collect::<String>();
                Err(Damage { at, message: format!("`{found}` is no number") })
            }
        }
    }

    /// A text; what is not UTF-8 becomes the replacement character.
    pub(crate) fn text(&mut self) -> Outcome<Option<String>> {
        if self.kind()? != Kind::Text {
            self.skip()?;
            return Ok(None);
        }
        self.scan_text()?;
        Ok(Some(String::from_utf8_lossy(&self.scratch).into_owned()))
    }

    /// A number times ten to the power of `places`, rounded; exact where the file has it as a plain decimal.
    pub(crate) fn decimal(&mut self, places: u32) -> Outcome<Option<i64>> {
        let number = self.number()?;
        Ok(number.and_then(|number| {
            number::decimal(&self.scratch, places).or_else(|| number.scaled(10_i64.checked_pow(places)?))
        }))
    }

    /// The value that `decimal` or `number` gave last, without its places.
    pub(crate) fn last_whole(&self) -> Option<i64> {
        Number::parse(&self.scratch)?.scaled(1)
    }

    /// Skips the next value, however deep it is.
    pub(crate) fn skip(&mut self) -> Outcome<()> {
        let mut depth = 0_u64;
        loop {
            match self.peek_token()? {
                open @ (b'{' | b'[') => {
                    self.keep(&[open]);
                    self.advance();
                    depth += 1;
                    continue;
                }
                close @ (b'}' | b']') if depth > 0 => {
                    self.keep(&[close]);
                    self.advance();
                    depth -= 1;
                }
                between @ (b',' | b':') if depth > 0 => {
                    self.keep(&[between]);
                    self.advance();
                    continue;
                }
                b'"' => self.skip_text()?,
                b'-' | b'0'..=b'9' | b'a'..=b'z' | b'N' | b'I' => self.skip_word(),
                other => return Err(self.unexpected(other, "a value")),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The next value as its own text, if that is valid and has at most `most` bytes without its white space.
    pub(crate) fn raw(&mut self, most: usize) -> Outcome<Option<String>> {
        self.copy = Some(Copy { bytes: Vec::new(), most, is_too_long: false });
        let skipped = self.skip();
        let copy = self.copy.take();
        skipped?;
        let text = copy.filter(|copy| !copy.is_too_long).and_then(|copy| String::from_utf8(copy.bytes).ok());
        Ok(text.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()))
    }

    /// Whether another item follows, its comma taken; a comma before the end is forgiven.
    fn goes_on(&mut self, end: u8, is_first: bool) -> Outcome<bool> {
        let mut next = self.peek_token()?;
        if !is_first && next == b',' {
            self.advance();
            next = self.peek_token()?;
        } else if !is_first && next != end {
            return Err(self.unexpected(next, &format!("`,` or `{}`", end as char)));
        }
        if next == end {
            self.advance();
            return Ok(false);
        }
        Ok(true)
    }

    fn skip_word(&mut self) {
        while let Some(byte) =
            self.peek_byte().filter(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        {
            self.keep(&[byte]);
            self.position += 1;
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if let Some(copy) = &mut self.copy {
            copy.push(bytes);
        }
    }

    fn advance(&mut self) {
        self.position += 1;
    }

    /// The next byte that is not white space.
    fn peek_token(&mut self) -> Outcome<u8> {
        loop {
            match self.peek_byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                Some(byte) => return Ok(byte),
                None => return Err(self.end("a value")),
            }
        }
    }

    fn peek_byte(&mut self) -> Option<u8> {
        if self.position == self.filled {
            self.before += self.filled as u64;
            self.position = 0;
            // A stream has no errors; what was wrong with it is in its own list.
            self.filled = self.reader.read(&mut self.block).unwrap_or(0);
        }
        self.block[..self.filled].get(self.position).copied()
    }

    fn end(&self, inside: &str) -> Damage {
        Damage { at: self.at(), message: format!("the file ends where {inside} should go on") }
    }

    fn unexpected(&self, found: u8, expected: &str) -> Damage {
        let found = (found as char).escape_default();
        Damage { at: self.at(), message: format!("found `{found}` instead of {expected}") }
    }
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

#[cfg(test)]
mod tests;
