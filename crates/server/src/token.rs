//! The secret in the address. Knows no HTTP.

use std::fs::File;
use std::io::{self, Read};

/// 128 random bits as hexadecimal digits.
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn draw() -> io::Result<Self> {
        let mut bytes = [0_u8; 16];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes as long whatever part of `text` is right, so that the time tells nothing of the secret.
    pub(crate) fn is(&self, text: &str) -> bool {
        let (secret, text) = (self.0.as_bytes(), text.as_bytes());
        let differing = secret
            .iter()
            .enumerate()
            .fold(0_u8, |differing, (at, byte)| differing | (byte ^ text.get(at).copied().unwrap_or(!byte)));
        std::hint::black_box(differing) == 0 && secret.len() == text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_is_right() {
        let token = Token::draw().unwrap();
        let text = token.as_str().to_owned();
        assert!(text.len() == 32 && token.is(&text));
        for wrong in [
            "",
            &text[..31],
            &format!("{text}0"),
            &text.to_uppercase().replace(|c: char| c.is_ascii_digit(), "x"),
        ] {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert_ne!(text, Token::draw().unwrap().as_str());
    }
}
