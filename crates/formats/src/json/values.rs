//! Values, members and items by what the caller needs them to be. One of another type is read to its end, and `None`
//! or `false` says that it was not what was asked for.

use super::number::{self, Number};
use super::{JsonTokens, Token};
use std::io::Read;

impl<R: Read> JsonTokens<R> {
    /// Within an object: the name of the next member; `None` at the object's end. Its value must be read.
    pub(crate) fn next_key(&mut self) -> Option<&str> {
        match self.token() {
            Token::Key => Some(&self.key),
            _ => None,
        }
    }

    /// Within an array: whether another value comes next, which must be read; if not, the array's end is taken.
    pub(crate) fn next_item(&mut self) -> bool {
        let token = self.token();
        if matches!(token, Token::ArrayEnd | Token::ObjectEnd | Token::End) {
            return false;
        }
        self.peeked = Some(token);
        true
    }

    /// Reads a value; whether it is a container of this kind, which is then open.
    pub(crate) fn enter(&mut self, wanted: Token) -> bool {
        let found = self.token();
        if found != wanted {
            self.skip(found);
        }
        found == wanted
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

    /// Reads a value; the text if it is one.
    pub(crate) fn text(&mut self) -> Option<&str> {
        match self.token() {
            Token::Text => Some(&self.text),
            other => {
                self.skip(other);
                None
            }
        }
    }

    /// Reads a value; the text if it is one, else an empty one.
    pub(crate) fn text_or_empty(&mut self) -> String {
        self.text().unwrap_or_default().to_owned()
    }

    /// Reads a number. One that is written as none can be is damage.
    pub(crate) fn number(&mut self) -> Option<Number> {
        match self.token() {
            Token::Number => {}
            other => {
                self.skip(other);
                return None;
            }
        }
        if self.text.len() > number::MOST_BYTES {
            self.fail_at(self.token_at, format!("a number of more than {} digits", number::MOST_BYTES));
            return None;
        }
        let number = Number::parse(&self.text);
        if number.is_none() && self.byte().is_none() {
            self.end();
        } else if number.is_none() {
            let found: String = self.text.chars().take(40).collect();
            self.fail_at(self.token_at, format!("`{found}` is no number"));
        }
        number
    }

    /// Reads a number; it times ten to the power of `places`, rounded; exact where the file has it as a plain decimal.
    pub(crate) fn decimal(&mut self, places: u32) -> Option<i64> {
        match self.number()? {
            Number::Whole(whole) => whole.checked_mul(10_i64.checked_pow(places)?),
            fraction => number::decimal_rounded(&self.text, places)
                .or_else(|| fraction.scaled(10_i64.checked_pow(places)?)),
        }
    }

    /// The number that was read last, rounded.
    pub(crate) fn last_whole(&self) -> Option<i64> {
        Number::parse(&self.text)?.scaled(1)
    }
}
