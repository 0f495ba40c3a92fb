//! The bytes of HotSpot's attach protocol: a request with a command, an answer with a number and a text.
//!
//! Version 1, which every release takes (later ones speak a second version too, for longer arguments:
//! `attachListener.hpp`): the version, the operation and three arguments, each ended by a zero byte. The answer is a
//! number and a line feed, then the operation's output up to the end of the connection.

/// Longest argument in version 1, without its zero byte (`AttachOperation::arg_length_max`).
const MAX_ARGUMENT_BYTES: usize = 1024;
/// Longest first line of an answer: a 32-bit number.
const MAX_NUMBER_BYTES: usize = 11;
/// Longest piece of a foreign answer that is repeated in a message.
const MAX_QUOTED: usize = 80;

/// Why bytes are no request or no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// The command cannot be sent.
    #[error("the command has {0} bytes or a zero byte, at most {MAX_ARGUMENT_BYTES} without one can be sent")]
    Command(usize),
    /// The answer does not begin with a number.
    #[error("the answer begins with {0:?}, not with a number and a line feed")]
    NoNumber(String),
    /// The answer is longer than was asked for.
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
}

/// The request for a diagnostic command, as `jcmd` sends it.
///
/// # Errors
/// The command is too long.
pub(super) fn diagnostic_command(command: &str) -> Result<Vec<u8>, ProtocolError> {
    if command.len() > MAX_ARGUMENT_BYTES || command.contains('\0') {
        return Err(ProtocolError::Command(command.len()));
    }
    let mut bytes = b"1\0jcmd\0".to_vec();
    bytes.extend_from_slice(command.as_bytes());
    bytes.extend_from_slice(b"\0\0\0");
    Ok(bytes)
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// 0 if the command was carried out.
    pub(super) code: i32,
    /// Its output.
    pub(super) text: String,
}

/// Collects an answer as it comes.
#[derive(Debug)]
pub(super) struct AnswerReader {
    bytes: Vec<u8>,
    max_bytes: usize,
}

impl AnswerReader {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { bytes: Vec::new(), max_bytes }
    }

    /// Takes the next bytes. What is no answer is known after its first bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), ProtocolError> {
        let room = self.max_bytes - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if self.bytes.len() > MAX_NUMBER_BYTES {
            self.number()?;
        }
        if bytes.len() > room { Err(ProtocolError::TooLong(self.max_bytes)) } else { Ok(()) }
    }

    /// The answer, once the connection has ended.
    pub(super) fn finish(self) -> Result<Answer, ProtocolError> {
        let (code, length) = self.number()?;
        let text = String::from_utf8_lossy(self.bytes.get(length..).unwrap_or_default()).into_owned();
        Ok(Answer { code, text })
    }

    /// The number, and how many bytes it takes with its line feed.
    fn number(&self) -> Result<(i32, usize), ProtocolError> {
        let first = &self.bytes[..self.bytes.len().min(MAX_NUMBER_BYTES + 1)];
        let end = first.iter().position(|byte| *byte == b'\n');
        let number = end.and_then(|end| std::str::from_utf8(&first[..end]).ok()?.parse().ok());
        match (number, end) {
            (Some(number), Some(end)) => Ok((number, end + 1)),
            _ => Err(ProtocolError::NoNumber(quoted(&String::from_utf8_lossy(first)))),
        }
    }
}

/// A foreign text, cut, without what would move a cursor.
pub(super) fn quoted(text: &str) -> String {
    let line = text.trim();
    let cut: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_QUOTED).collect();
    if line.chars().nth(MAX_QUOTED).is_some() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(pieces: &[&[u8]]) -> Result<Answer, ProtocolError> {
        let mut reader = AnswerReader::new(100);
        for piece in pieces {
            reader.push(piece)?;
        }
        reader.finish()
    }

    #[test]
    fn a_request_has_a_version_and_three_arguments() {
        assert_eq!(
            diagnostic_command("JFR.check verbose=true"),
            Ok(b"1\0jcmd\0JFR.check verbose=true\0\0\0".to_vec())
        );
        assert_eq!(diagnostic_command(&"x".repeat(1025)), Err(ProtocolError::Command(1025)));
        assert_eq!(diagnostic_command("a\0b"), Err(ProtocolError::Command(3)));
    }

    #[test]
    fn answers_come_in_pieces() {
        let found = answer(&[b"0", b"\nStarted ", b"recording 1.\n"]);
        assert_eq!(found, Ok(Answer { code: 0, text: "Started recording 1.\n".to_owned() }));
        assert_eq!(answer(&[b"101\n"]), Ok(Answer { code: 101, text: String::new() }));
        assert_eq!(answer(&[b"-1\nno"]).map(|answer| answer.code), Ok(-1));
    }

    #[test]
    fn what_is_no_answer_is_said() {
        assert_eq!(answer(&[]), Err(ProtocolError::NoNumber(String::new())));
        assert_eq!(answer(&[b"0"]), Err(ProtocolError::NoNumber("0".to_owned())));
        assert_eq!(
            answer(&[b"HTTP/1.1 400 Bad Request\r\n"]),
            Err(ProtocolError::NoNumber("HTTP/1.1 400".to_owned()))
        );
        assert_eq!(answer(&[b"0\n", &[b'x'; 99]]), Err(ProtocolError::TooLong(100)));
        assert_eq!(answer(&[&[b'x'; 99], b"yy"]), Err(ProtocolError::NoNumber("xxxxxxxxxxxx".to_owned())));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let _ = answer(&pieces);
        }

        #[test]
        fn what_was_answered_is_read(code in any::<i32>(), text in "[ -~\n]{0,60}") {
            let bytes = format!("{code}\n{text}");
            prop_assert_eq!(answer(&[bytes.as_bytes()]), Ok(Answer { code, text }));
        }
    }
}
