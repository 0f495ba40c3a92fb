//! One connection to an inspector, which may answer anything, or never.
//!
//! The protocol is the Chrome DevTools one: JSON messages in a WebSocket, requests with numbers, answers with the same
//! numbers, events between them.

use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tungstenite::client::client_with_config;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

/// Longest answer; a probe keeps less than this (see [`super::probe`]).
pub(super) const MAX_ANSWER_BYTES: usize = 96 << 20;
/// For the connection and its handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// What came of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evaluated {
    /// It gave this value.
    Value(Value),
    /// The inspector was closed before it answered.
    Closed,
}

/// A connection.
pub(super) struct Talk {
    socket: WebSocket<Bounded>,
    next_number: u64,
}

/// A stream on which nothing lasts beyond a deadline, also if the other end sends a byte now and then.
struct Bounded {
    stream: TcpStream,
    deadline: Instant,
}

impl Bounded {
    fn left(&self) -> io::Result<Duration> {
        match self.deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(left),
        }
    }
}

/// Whoever waits longer than the deadline is told so in one way.
fn late(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.stream.set_read_timeout(Some(self.left()?))?;
            match self.stream.read(buffer).map_err(late) {
                // A signal for Fathom is no answer.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        loop {
            self.stream.set_write_timeout(Some(self.left()?))?;
            match self.stream.write(buffer).map_err(late) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[derive(Deserialize)]
struct Answer {
    id: Option<u64>,
    result: Option<AnswerResult>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerResult {
    result: Option<RemoteObject>,
    exception_details: Option<Value>,
}

#[derive(Deserialize)]
struct RemoteObject {
    #[serde(default)]
    value: Value,
}

impl Talk {
    /// Connects to the inspector at `address`; `path` is that of its one target.
    ///
    /// # Errors
    /// A clause about the inspector.
    pub(super) fn connect(address: SocketAddr, path: &str) -> Result<Self, String> {
        let stream = TcpStream::connect_timeout(&address, CONNECT_LIMIT)
            .map_err(|error| format!("cannot be connected to ({})", error.kind()))?;
        // Requests are small, and the port is open while they wait.
        let _ = stream.set_nodelay(true);
        let stream = Bounded { stream, deadline: Instant::now() + CONNECT_LIMIT };
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_ANSWER_BYTES))
            .max_frame_size(Some(MAX_ANSWER_BYTES));
        match client_with_config(format!("ws://{address}{path}"), stream, Some(config)) {
            Ok((socket, _)) => Ok(Self { socket, next_number: 1 }),
            Err(HandshakeError::Failure(error)) => Err(words(&error, CONNECT_LIMIT)),
            Err(HandshakeError::Interrupted(_)) => Err(too_late(CONNECT_LIMIT)),
        }
    }

    /// Evaluates an expression in the target's main thread, also while its event loop is blocked.
    ///
    /// # Errors
    /// A clause about the inspector: what it answered instead, or that it did not within `limit`.
    pub(super) fn evaluate(&mut self, expression: &str, limit: Duration) -> Result<Evaluated, String> {
        let number = self.next_number;
        self.next_number += 1;
        self.socket.get_mut().deadline = Instant::now() + limit;
        let request = json!({
            "id": number,
            "method": "Runtime.evaluate",
            "params": {
                "expression": expression,
                // `require` and the like.
                "includeCommandLineAPI": true,
                "returnByValue": true,
                "silent": true,
            },
        });
        match self.socket.send(Message::text(request.to_string())) {
            Ok(()) => {}
            Err(error) if is_end(&error) => return Ok(Evaluated::Closed),
            Err(error) => return Err(words(&error, limit)),
        }
        loop {
            let text = match self.socket.read() {
                Ok(Message::Text(text)) => text,
                Ok(Message::Close(_)) => return Ok(Evaluated::Closed),
                Ok(_) => continue,
                Err(error) if is_end(&error) => return Ok(Evaluated::Closed),
                Err(error) => return Err(words(&error, limit)),
            };
            if let Some(value) = read(&text, number)? {
                return Ok(Evaluated::Value(value));
            }
        }
    }
}

/// The value in an answer, if it is the answer to this request.
pub(super) fn read(text: &str, number: u64) -> Result<Option<Value>, String> {
    let answer: Answer =
        serde_json::from_str(text).map_err(|error| format!("answers what is not understood: {error}"))?;
    if answer.id == Some(number) { value(answer).map(Some) } else { Ok(None) }
}

fn value(answer: Answer) -> Result<Value, String> {
    let refused = |what: &Value| format!("refuses: {}", super::quoted(&what.to_string()));
    match answer {
        Answer { error: Some(error), .. } => Err(refused(&error)),
        Answer { result: Some(AnswerResult { exception_details: Some(details), .. }), .. } => {
            let said = details.pointer("/exception/description").unwrap_or(&details);
            Err(refused(said))
        }
        Answer { result: Some(AnswerResult { result: Some(object), .. }), .. } => Ok(object.value),
        _ => Err("answers without a result".to_owned()),
    }
}

/// Whether the other end is gone, as it is after it closed itself.
fn is_end(error: &Error) -> bool {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => true,
        Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => true,
        Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof
        ),
        _ => false,
    }
}

fn words(error: &Error, limit: Duration) -> String {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => too_late(limit),
        Error::Io(error) => format!("cannot be talked to ({})", error.kind()),
        Error::Capacity(_) => format!("answers with more than {MAX_ANSWER_BYTES} bytes"),
        other => format!("does not speak as an inspector does: {}", super::quoted(&other.to_string())),
    }
}

fn too_late(limit: Duration) -> String {
    format!("did not answer within {} s", limit.as_secs_f32())
}

#[cfg(test)]
mod tests;
