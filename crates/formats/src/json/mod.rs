//! Reads JSON a token at a time from a stream, without recursion and without a tree.
//!
//! Knows the syntax only, and takes more than it allows: a comma too many, a byte order mark, a file that ends in the
//! middle. What is not JSON ends the tokens, and [`JsonTokens::broken`] says where and why; what came before stays
//! with the caller. Nesting costs a byte a level; a text is kept up to [`MAX_TEXT_BYTES`].

mod number;

pub(crate) use number::{decimal_scaled, integer};

use std::io::Read;

/// Longest text or number that is kept; names and addresses of scripts are far shorter, but sources may be inline.
const MAX_TEXT_BYTES: usize = 1 << 20;
const BLOCK_BYTES: usize = 1 << 16;

/// What comes next in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// `{`
    Object,
    /// `}`
    ObjectEnd,
    /// `[`
    Array,
    /// `]`
    ArrayEnd,
    /// The name of a member; its text is in [`JsonTokens::text`].
    Key,
    /// A text.
    Text,
    /// A number, as it is written.
    Number,
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// The end of the value, of the file, or of what can be read of it.
    End,
}

/// Why the tokens end before the value does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where, in bytes of the file without its compression.
    pub(crate) offset: u64,
    /// What was found and what was expected.
    pub(crate) message: String,
}

/// The tokens of one JSON value.
pub(crate) struct JsonTokens<R> {
    reader: R,
    block: Vec<u8>,
    at: usize,
    length: usize,
    /// Offset of the block's begin in the file.
    base: u64,
    /// Open containers, `{` or `[`.
    open: Vec<u8>,
    /// Whether a key was read and its value was not.
    after_key: bool,
    text: String,
    broken: Option<Broken>,
    is_over: bool,
}

impl<R: Read> JsonTokens<R> {
    /// The tokens of what `reader` gives.
    pub(crate) fn new(reader: R) -> Self {
        let mut tokens = Self {
            reader,
            block: vec![0; BLOCK_BYTES],
            at: 0,
            length: 0,
            base: 0,
            open: Vec::new(),
            after_key: false,
            text: String::new(),
            broken: None,
            is_over: false,
        };
        if tokens.peek() == Some(0xef) {
            // A byte order mark, which editors of Windows put there.
            (0..3).for_each(|_| tokens.step());
        }
        tokens
    }

    /// The text of the last key, text or number.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Why the tokens ended, if it was not with the value.
    pub(crate) fn broken(&self) -> Option<&Broken> {
        self.broken.as_ref()
    }

    /// Where reading is, in bytes of the file without its compression.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// How many containers are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next token; [`Token::End`] again and again at the end.
    pub(crate) fn token(&mut self) -> Token {
        if self.is_over {
            return Token::End;
        }
        loop {
            let Some(byte) = self.next_word() else {
                return self.end();
            };
            let container = self.open.last().copied();
            match byte {
                b',' if !self.after_key && container.is_some() => self.step(),
                b'}' | b']' => {
                    let (begin, token) =
                        if byte == b'}' { (b'{', Token::ObjectEnd) } else { (b'[', Token::ArrayEnd) };
                    if container != Some(begin) || self.after_key {
                        return self.fail(format!("`{}` closes nothing here", char::from(byte)));
                    }
                    self.step();
                    self.open.pop();
                    self.is_over = self.open.is_empty();
                    return token;
                }
                b'"' if container == Some(b'{') && !self.after_key => return self.key(),
                _ if container == Some(b'{') && !self.after_key => {
                    return self.fail(format!("`{}` found, the name of a member needed", printable(byte)));
                }
                _ => return self.value(byte),
            }
        }
    }

    /// Within an object: reads the name of the next member to [`JsonTokens::text`]; false at the object's end.
    pub(crate) fn next_key(&mut self) -> bool {
        self.token() == Token::Key
    }

    /// Within an array: the first token of the next value; `None` at the array's end.
    pub(crate) fn next_item(&mut self) -> Option<Token> {
        match self.token() {
            Token::ArrayEnd | Token::ObjectEnd | Token::End => None,
            token => Some(token),
        }
    }

    /// Reads to the end of the value whose first token is `first`.
    pub(crate) fn skip(&mut self, first: Token) {
        if !matches!(first, Token::Object | Token::Array) {
            return;
        }
        let outside = self.open.len().saturating_sub(1);
        while self.open.len() > outside && self.token() != Token::End {}
    }

    /// Reads a value and forgets it.
    pub(crate) fn skip_value(&mut self) {
        let first = self.token();
        self.skip(first);
    }

    /// Reads a value; its text if it is a text or a number.
    pub(crate) fn word(&mut self) -> Option<&str> {
        match self.token() {
            Token::Text | Token::Number => Some(&self.text),
            other => {
                self.skip(other);
                None
            }
        }
    }

    /// Reads a value; whether it is a container of this kind, which is then open. Anything else is skipped.
    pub(crate) fn enter(&mut self, wanted: Token) -> bool {
        let found = self.token();
        if found != wanted {
            self.skip(found);
        }
        found == wanted
    }

    fn key(&mut self) -> Token {
        if !self.string() {
            return Token::End;
        }
        if self.next_word() != Some(b':') {
            return match self.next_word() {
                Some(byte) => self.fail(format!("`{}` found, `:` needed", printable(byte))),
                None => self.end(),
            };
        }
        self.step();
        self.after_key = true;
        Token::Key
    }

    fn value(&mut self, byte: u8) -> Token {
        let token = match byte {
            b'{' | b'[' => {
                self.step();
                self.open.push(byte);
                self.after_key = false;
                return if byte == b'{' { Token::Object } else { Token::Array };
            }
            b'"' => {
                if !self.string() {
                    return Token::End;
                }
                Token::Text
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.bare_word();
                match self.text.as_str() {
                    "true" => Token::Bool(true),
                    "false" => Token::Bool(false),
                    // Tools that print floats as C or JavaScript do write these, which no number of JSON is.
                    "null" | "NaN" | "nan" | "-nan" | "Infinity" | "-Infinity" | "inf" | "-inf" => {
                        Token::Null
                    }
                    text if text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) => {
                        Token::Number
                    }
                    text => {
                        let text: String = text.chars().take(20).collect();
                        return self.fail(format!("`{text}` found, a value needed"));
                    }
                }
            }
            _ => return self.fail(format!("`{}` found, a value needed", printable(byte))),
        };
        self.after_key = false;
        self.is_over = self.open.is_empty();
        token
    }

    /// Letters and digits up to what cannot belong to a number or a word.
    fn bare_word(&mut self) {
        self.text.clear();
        while let Some(byte) = self.peek() {
            if !matches!(byte, b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') {
                break;
            }
            if self.text.len() < MAX_TEXT_BYTES {
                self.text.push(char::from(byte));
            }
            self.step();
        }
    }

    /// Reads a quoted text; false if the file ends within.
    fn string(&mut self) -> bool {
        self.step();
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        let is_whole = self.string_bytes(&mut bytes);
        self.text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        if !is_whole {
            self.end();
        }
        is_whole
    }

    fn string_bytes(&mut self, bytes: &mut Vec<u8>) -> bool {
        loop {
            if self.peek().is_none() {
                return false;
            }
            let rest = &self.block[self.at..self.length];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
            let room = MAX_TEXT_BYTES.saturating_sub(bytes.len());
            bytes.extend_from_slice(&rest[..plain.min(room)]);
            let stop = rest.get(plain).copied();
            self.at += plain;
            match stop {
                None => {}
                Some(b'"') => {
                    self.step();
                    return true;
                }
                Some(_) => {
                    self.step();
                    let Some(escaped) = self.escape() else { return false };
                    if bytes.len() < MAX_TEXT_BYTES {
                        bytes.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
            }
        }
    }

    /// The character behind a backslash; `None` at the end of the file.
    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.step();
        Some(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let high = self.hexadecimal()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                // The second half of a pair; another escape in its place is taken with it.
                if self.peek() != Some(b'\\') {
                    return Some(char::REPLACEMENT_CHARACTER);
                }
                self.step();
                if self.peek()? != b'u' {
                    return self.escape_once();
                }
                self.step();
                let low = self.hexadecimal()?;
                let both = 0x10000 + ((high - 0xd800) << 10) + low.wrapping_sub(0xdc00);
                let is_pair = (0xdc00..0xe000).contains(&low);
                is_pair.then(|| char::from_u32(both)).flatten().unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => char::from(other),
        })
    }

    /// An escape that stands where half a pair should: it is taken, the pair is lost.
    fn escape_once(&mut self) -> Option<char> {
        self.peek()?;
        self.step();
        Some(char::REPLACEMENT_CHARACTER)
    }

    /// Up to four hexadecimal digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.peek()?).to_digit(16) else { break };
            value = value * 16 + digit;
            self.step();
        }
        Some(value)
    }

    /// The next byte that is not white space.
    fn next_word(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.step(),
                byte => return Some(byte),
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        if self.at == self.length {
            self.base += self.length as u64;
            self.at = 0;
            // Streams of inputs have no errors; of others one is an end.
            self.length = self.reader.read(&mut self.block).unwrap_or(0);
        }
        self.block[..self.length].get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = (self.at + 1).min(self.length);
    }

    fn end(&mut self) -> Token {
        let message = match self.open.len() {
            0 => "the file ends before a value".to_owned(),
            n => format!("the file ends within {n} open objects and arrays"),
        };
        self.fail(message)
    }

    fn fail(&mut self, message: String) -> Token {
        self.is_over = true;
        self.broken = Some(Broken { offset: self.offset(), message });
        Token::End
    }
}

fn printable(byte: u8) -> char {
    let letter = char::from(byte);
    if letter.is_ascii_graphic() { letter } else { char::REPLACEMENT_CHARACTER }
}

#[cfg(test)]
mod tests;
