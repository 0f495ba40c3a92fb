//! One statement: its words, its options, and typed access to them with messages that name the value.

use std::collections::BTreeMap;

use fathom_model::Unit;

use crate::quantity::{Quantity, parse_quantity};
use crate::words::split_words;

/// The words after the keyword, and the `key=value` options among them.
pub(crate) struct Statement {
    pub(crate) words: Vec<String>,
    options: BTreeMap<String, String>,
}

impl Statement {
    /// Reads the text after the keyword; a word is an option if its key is in `known_options`.
    pub(crate) fn parse(text: &str, known_options: &[&str]) -> Self {
        let mut words = Vec::new();
        let mut options = BTreeMap::new();
        for word in split_words(text) {
            match word.split_once('=').filter(|(key, _)| known_options.contains(key)) {
                Some((key, value)) => drop(options.insert(key.to_owned(), value.to_owned())),
                None => words.push(word),
            }
        }
        Self { words, options }
    }

    /// The word at `index`.
    pub(crate) fn word(&self, index: usize, what: &str) -> Result<&str, String> {
        self.words.get(index).map(String::as_str).ok_or_else(|| format!("{what} is missing"))
    }

    /// The words from `index` on, with single blanks.
    pub(crate) fn rest(&self, index: usize) -> String {
        self.words.get(index..).unwrap_or_default().join(" ")
    }

    /// Refuses words that nothing reads.
    pub(crate) fn no_more_words_than(&self, count: usize) -> Result<(), String> {
        match self.words.get(count) {
            Some(word) => Err(format!("`{word}` is not understood here")),
            None => Ok(()),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.options.get(key).cloned()
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>, String> {
        self.options.get(key).map(|text| number(text, key)).transpose()
    }

    pub(crate) fn time(&self, key: &str) -> Result<Option<i64>, String> {
        self.options.get(key).map(|text| time(text)).transpose()
    }

    pub(crate) fn bytes(&self, key: &str) -> Result<Option<u64>, String> {
        self.options.get(key).map(|text| bytes(text)).transpose()
    }
}

/// A plain number.
pub(crate) fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{what} `{text}` is not a number that fits"))
}

/// A time in nanoseconds.
pub(crate) fn time(text: &str) -> Result<i64, String> {
    let quantity = quantity(text)?;
    match quantity.unit {
        Unit::Nanoseconds => Ok(quantity.integer),
        Unit::Count if quantity.integer == 0 => Ok(0),
        _ => Err(format!("`{text}` is not a time; write it as 12ms, 1.5s ...")),
    }
}

/// A number of bytes.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let quantity = quantity(text)?;
    match quantity.unit {
        Unit::Bytes | Unit::Count => {
            u64::try_from(quantity.integer).map_err(|_| format!("`{text}` is negative"))
        }
        _ => Err(format!("`{text}` is not a number of bytes; write it as 4096B, 5MiB ...")),
    }
}

/// Any quantity.
pub(crate) fn quantity(text: &str) -> Result<Quantity, String> {
    parse_quantity(text).ok_or_else(|| format!("`{text}` is not a quantity; write it as 120ms, 5MiB, 31%, 7"))
}
