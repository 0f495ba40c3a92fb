//! Reads JSON a token at a time from a stream, without recursion and without a tree.
//!
//! Knows the syntax only, and takes more than it allows: commas too many or too few, a byte order mark, `NaN`, a file
//! that ends in the middle. What is not JSON ends the tokens, and [`JsonTokens::issues`] says where and why; what came
//! before stays with the caller, and whatever is asked afterwards is an end or nothing. Memory: a byte for each level
//! of nesting, one name and one text, each up to [`MAX_TEXT_BYTES`].

mod number;
mod skip;
mod text;
mod values;

pub(crate) use number::{Number, decimal_scaled, integer};

use fathom_model::Issue;
use std::io::Read;

/// Longest text or number that is kept; names and addresses of scripts are far shorter, but sources may be inline.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// Deepest nesting that is followed; a packed file of brackets only would else take as much memory as it unpacks to.
const MAX_DEPTH: usize = 4 << 20;
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
    /// The name of a member, which is in [`JsonTokens::key`].
    Key,
    /// A text, which is in [`JsonTokens::last_text`].
    Text,
    /// A number, as it is written, or what floats of C and JavaScript print that are none: `NaN`, `-inf`.
    Number,
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// The end of the value, of the file, or of what can be read of it.
    End,
}

/// Where a document is not as it must be, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Damage {
    /// Byte of the file without its compression.
    at: u64,
    /// What was found and what was expected.
    message: String,
}

/// The tokens of one JSON value.
pub(crate) struct JsonTokens<R> {
    reader: R,
    block: Box<[u8]>,
    at: usize,
    length: usize,
    /// Offset of the block's begin in the file.
    base: u64,
    /// Open containers, `{` or `[`.
    open: Vec<u8>,
    /// Whether a key was read and its value was not.
    after_key: bool,
    /// Whether a comma must stand before what comes next.
    needs_comma: bool,
    /// A token that was looked at and not taken.
    peeked: Option<Token>,
    /// Where the last token begins.
    token_at: u64,
    key: String,
    text: String,
    /// Copies what is skipped.
    copy: Option<skip::Copy>,
    comma_missing_at: Option<u64>,
    damage: Option<Damage>,
    is_over: bool,
}

impl<'a> JsonTokens<&'a [u8]> {
    /// The tokens of a text, which may be one of many: it takes no more memory than it needs.
    pub(crate) fn of_text(text: &'a str) -> Self {
        Self::with_block(text.as_bytes(), text.len().min(BLOCK_BYTES))
    }
}

impl<R: Read> JsonTokens<R> {
    /// The tokens of what `reader` gives.
    pub(crate) fn new(reader: R) -> Self {
        Self::with_block(reader, BLOCK_BYTES)
    }

    fn with_block(reader: R, block_bytes: usize) -> Self {
        let mut tokens = Self {
            reader,
            block: vec![0; block_bytes].into_boxed_slice(),
            at: 0,
            length: 0,
            base: 0,
            open: Vec::new(),
            after_key: false,
            needs_comma: false,
            peeked: None,
            token_at: 0,
            key: String::new(),
            text: String::new(),
            copy: None,
            comma_missing_at: None,
            damage: None,
            is_over: false,
        };
        // A byte order mark, which editors of Windows put there.
        for byte in [0xef, 0xbb, 0xbf] {
            if tokens.byte() == Some(byte) {
                tokens.at += 1;
            }
        }
        tokens
    }

    /// What it reads from, for what that has to say.
    pub(crate) fn reader(&self) -> &R {
        &self.reader
    }

    /// The name of the last member.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The last text or number.
    pub(crate) fn last_text(&self) -> &str {
        &self.text
    }

    /// The byte of the file at which the last token begins, be it taken or only looked at.
    pub(crate) fn token_at(&self) -> u64 {
        self.token_at
    }

    /// How many containers are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the tokens ended before the value.
    pub(crate) fn is_broken(&self) -> bool {
        self.damage.is_some()
    }

    /// What is wrong with the syntax.
    pub(crate) fn issues(&self, source: &str) -> Vec<Issue> {
        let comma = self.comma_missing_at.map(|at| Issue::at(source, at, "a comma is missing"));
        let damage = self.damage.as_ref().map(|damage| Issue::at(source, damage.at, damage.message.clone()));
        comma.into_iter().chain(damage).collect()
    }

    /// The next token; [`Token::End`] again and again at the end.
    pub(crate) fn token(&mut self) -> Token {
        match self.peeked.take() {
            Some(token) => token,
            None => self.read_token(),
        }
    }

    /// The next token, which stays the next one. Its text is there already.
    pub(crate) fn peek(&mut self) -> Token {
        let token = self.token();
        self.peeked = Some(token);
        token
    }

    fn read_token(&mut self) -> Token {
        if self.is_over {
            return Token::End;
        }
        loop {
            let Some(byte) = self.next_word() else {
                return self.end();
            };
            let container = self.open.last().copied();
            match byte {
                b',' if !self.after_key && container.is_some() => {
                    self.at += 1;
                    self.needs_comma = false;
                }
                b'}' | b']' => {
                    self.token_at = self.offset();
                    let token = if byte == b'}' { Token::ObjectEnd } else { Token::ArrayEnd };
                    if self.after_key {
                        return self.fail(format!("found `{}` instead of a value", char::from(byte)));
                    }
                    return if self.close(byte) { token } else { Token::End };
                }
                b'"' if container == Some(b'{') && !self.after_key => return self.read_key(),
                _ if container == Some(b'{') && !self.after_key => {
                    return self.unexpected(byte, "the name of a member");
                }
                _ => return self.read_value(byte),
            }
        }
    }

    fn read_key(&mut self) -> Token {
        self.expect_comma();
        self.token_at = self.offset();
        let key = std::mem::take(&mut self.key);
        let (key, is_whole) = self.read_string(key);
        self.key = key;
        if !is_whole {
            return self.end();
        }
        match self.next_word() {
            Some(b':') => {
                self.at += 1;
                self.after_key = true;
                Token::Key
            }
            Some(byte) => self.unexpected(byte, "`:` behind a name"),
            None => self.end(),
        }
    }

    fn read_value(&mut self, byte: u8) -> Token {
        self.expect_comma();
        self.token_at = self.offset();
        let token = match byte {
            b'{' | b'[' => {
                if !self.open(byte) {
                    return Token::End;
                }
                return if byte == b'{' { Token::Object } else { Token::Array };
            }
            b'"' => {
                let text = std::mem::take(&mut self.text);
                let (text, is_whole) = self.read_string(text);
                self.text = text;
                if !is_whole {
                    return self.end();
                }
                Token::Text
            }
            b'-' | b'0'..=b'9' => {
                self.read_word();
                Token::Number
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                self.read_word();
                match self.text.as_str() {
                    "true" => Token::Bool(true),
                    "false" => Token::Bool(false),
                    "null" => Token::Null,
                    "NaN" | "nan" | "Infinity" | "inf" => Token::Number,
                    word => {
                        let word: String = word.chars().take(20).collect();
                        if self.byte().is_none() {
                            return self.end();
                        }
                        return self.fail_at(self.token_at, format!("found `{word}` instead of a value"));
                    }
                }
            }
            _ => return self.unexpected(byte, "a value"),
        };
        self.value_ends();
        token
    }

    /// Opens a container, on whose bracket reading is.
    fn open(&mut self, bracket: u8) -> bool {
        if self.open.len() >= MAX_DEPTH {
            self.fail(format!("objects and arrays are nested deeper than {MAX_DEPTH}"));
            return false;
        }
        self.at += 1;
        self.open.push(bracket);
        self.after_key = false;
        self.needs_comma = false;
        true
    }

    /// Closes the innermost container with the bracket that reading is on.
    fn close(&mut self, bracket: u8) -> bool {
        let opens = if bracket == b'}' { b'{' } else { b'[' };
        if self.open.last() != Some(&opens) {
            self.fail(format!("`{}` closes nothing here", char::from(bracket)));
            return false;
        }
        self.at += 1;
        self.open.pop();
        self.value_ends();
        true
    }

    fn value_ends(&mut self) {
        self.after_key = false;
        self.needs_comma = true;
        self.is_over = self.open.is_empty();
    }

    /// Notes the first place where a comma is missing.
    fn expect_comma(&mut self) {
        if self.needs_comma && !self.after_key && self.comma_missing_at.is_none() {
            self.comma_missing_at = Some(self.offset());
        }
        self.needs_comma = false;
    }

    /// The byte that is read next.
    fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The next byte that is not white space.
    fn next_word(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// The next byte, which stays the next one.
    fn byte(&mut self) -> Option<u8> {
        if self.at == self.length {
            self.base += self.length as u64;
            self.at = 0;
            // Streams of inputs have no errors; of others one is an end.
            self.length = self.reader.read(&mut self.block).unwrap_or(0);
        }
        self.block[..self.length].get(self.at).copied()
    }

    fn end(&mut self) -> Token {
        let message = match self.open.len() {
            0 => "the file ends where a value should go on".to_owned(),
            n => format!("the file ends where a value should go on, within {n} open objects and arrays"),
        };
        self.fail(message)
    }

    fn unexpected(&mut self, found: u8, expected: &str) -> Token {
        self.fail(format!("found `{}` instead of {expected}", char::from(found).escape_default()))
    }

    fn fail(&mut self, message: String) -> Token {
        self.fail_at(self.offset(), message)
    }

    /// Ends the tokens.
    fn fail_at(&mut self, at: u64, message: String) -> Token {
        self.is_over = true;
        self.peeked = None;
        self.damage.get_or_insert(Damage { at, message });
        Token::End
    }
}

#[cfg(test)]
mod tests;
