//! One event as it stands in the file.

use super::arguments::Arguments;
use crate::json::{JsonTokens, Token, decimal_scaled};
use hashbrown::DefaultHashBuilder;
use std::io::Read;

/// The members of an event. One is used for all, to keep its memory.
#[derive(Default)]
pub(super) struct TraceEvent {
    /// The first letter of `ph`; 0 without.
    pub(super) phase: u8,
    pub(super) name: Option<String>,
    pub(super) category: String,
    pub(super) id: Option<String>,
    pub(super) process: Word,
    pub(super) thread: Word,
    pub(super) time_nanos: Option<i64>,
    pub(super) duration_nanos: Option<i64>,
    /// Duration in CPU time, which some tools give alone.
    pub(super) thread_duration_nanos: Option<i64>,
    /// Number of the stack frame of a sample.
    pub(super) stack: Option<String>,
    pub(super) arguments: Arguments,
}

/// A number, or a text that is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Word {
    Number(i64),
    Text(String),
}

impl Default for Word {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl TraceEvent {
    /// Reads an event, whose object is open.
    pub(super) fn read<R: Read>(&mut self, tokens: &mut JsonTokens<R>, hasher: &DefaultHashBuilder) {
        self.clear();
        while let Some(name) = tokens.next_key() {
            match name {
                "ph" => self.phase = tokens.word().and_then(|word| word.bytes().next()).unwrap_or_default(),
                "name" => self.name = tokens.word().map(str::to_owned),
                "cat" => self.category = tokens.word().unwrap_or_default().to_owned(),
                "ts" => self.time_nanos = nanos(tokens),
                "dur" => self.duration_nanos = nanos(tokens),
                "tdur" => self.thread_duration_nanos = nanos(tokens),
                "pid" => self.process = word(tokens),
                "tid" => self.thread = word(tokens),
                "id" => self.id = tokens.word().map(str::to_owned),
                "sf" => self.stack = tokens.word().map(str::to_owned),
                "args" => self.arguments.read(tokens, hasher),
                _ => tokens.skip_value(),
            }
        }
    }

    fn clear(&mut self) {
        let mut arguments = std::mem::take(&mut self.arguments);
        arguments.clear();
        *self = Self { arguments, ..Self::default() };
    }
}

/// Microseconds to nanoseconds.
fn nanos<R: Read>(tokens: &mut JsonTokens<R>) -> Option<i64> {
    tokens.word().and_then(|word| decimal_scaled(word, 3))
}

fn word<R: Read>(tokens: &mut JsonTokens<R>) -> Word {
    match tokens.token() {
        Token::Number | Token::Text => match tokens.last_text().trim().parse() {
            Ok(number) => Word::Number(number),
            Err(_) => Word::Text(tokens.last_text().to_owned()),
        },
        other => {
            tokens.skip(other);
            Word::default()
        }
    }
}
