//! The arguments of an event: which of them matter is known only when the whole event is read.

use crate::catalog::cpuprofile::Told;
use crate::json::{JsonTokens, Token};
use hashbrown::DefaultHashBuilder;
use std::hash::{BuildHasher, Hasher};
use std::io::Read;

/// Counters with more values than these are none.
const MAX_NUMBERS: usize = 64;

/// What an event says beside its own members. One is used for all events, to keep its memory.
#[derive(Default)]
pub(super) struct Arguments {
    /// `name`: of a process, of a thread; of a function in Hermes' traces.
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) function_line: Option<u32>,
    /// Values of counters.
    pub(super) numbers: Vec<(String, f64)>,
    /// Nodes and samples of a CPU profile.
    pub(super) profile: Option<Told>,
    /// Tells different arguments apart; 0 without any.
    pub(super) hash: u64,
}

impl Arguments {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        *self = Self { numbers, ..Self::default() };
    }

    /// Reads the value of `args`.
    pub(super) fn read<R: Read>(&mut self, tokens: &mut JsonTokens<R>, hasher: &DefaultHashBuilder) {
        if !tokens.enter(Token::Object) {
            return;
        }
        let mut hash = hasher.build_hasher();
        while let Some(name) = tokens.next_key() {
            hash.write(name.as_bytes());
            hash.write_u8(0);
            match name {
                "name" => self.name = hashed_word(tokens, &mut hash),
                "url" => self.url = hashed_word(tokens, &mut hash),
                "line" => self.line = hashed_line(tokens, &mut hash),
                "column" => self.column = hashed_line(tokens, &mut hash),
                "funcLine" => self.function_line = hashed_line(tokens, &mut hash),
                "data" => self.read_data(tokens, &mut hash),
                _ => self.read_number(tokens, &mut hash),
            }
        }
        self.hash = hash.finish();
    }

    fn read_data<R: Read>(&mut self, tokens: &mut JsonTokens<R>, hash: &mut impl Hasher) {
        match tokens.token() {
            Token::Object => {
                let mut told = Told::default();
                told.read(tokens);
                self.profile = Some(told);
            }
            first => hash_value(tokens, first, hash),
        }
    }

    fn read_number<R: Read>(&mut self, tokens: &mut JsonTokens<R>, hash: &mut impl Hasher) {
        let first = tokens.token();
        hash_value(tokens, first, hash);
        if matches!(first, Token::Number | Token::Text) && self.numbers.len() < MAX_NUMBERS {
            let value = tokens.last_text().parse::<f64>().ok().filter(|value| value.is_finite());
            if let Some(value) = value {
                self.numbers.push((tokens.key().to_owned(), value));
            }
        }
    }
}

fn hashed_word<R: Read>(tokens: &mut JsonTokens<R>, hash: &mut impl Hasher) -> Option<String> {
    let first = tokens.token();
    hash_value(tokens, first, hash);
    matches!(first, Token::Number | Token::Text).then(|| tokens.last_text().to_owned())
}

fn hashed_line<R: Read>(tokens: &mut JsonTokens<R>, hash: &mut impl Hasher) -> Option<u32> {
    let first = tokens.token();
    hash_value(tokens, first, hash);
    let line =
        matches!(first, Token::Number | Token::Text).then(|| tokens.last_text().parse().ok()).flatten();
    line.filter(|line| *line > 0)
}

/// Reads a value to its end.
fn hash_value<R: Read>(tokens: &mut JsonTokens<R>, first: Token, hash: &mut impl Hasher) {
    let outside = match first {
        Token::Object | Token::Array => tokens.depth() - 1,
        _ => tokens.depth(),
    };
    let mut token = first;
    loop {
        match token {
            Token::Key => {
                hash.write(tokens.key().as_bytes());
                hash.write_u8(0);
            }
            Token::Text | Token::Number => {
                hash.write(tokens.last_text().as_bytes());
                hash.write_u8(0);
            }
            Token::Bool(value) => hash.write_u8(1 + u8::from(value)),
            Token::Object | Token::ObjectEnd => hash.write_u8(3),
            Token::Array | Token::ArrayEnd => hash.write_u8(4),
            Token::Null => hash.write_u8(5),
            Token::End => return,
        }
        if tokens.depth() <= outside {
            return;
        }
        token = tokens.token();
    }
}
