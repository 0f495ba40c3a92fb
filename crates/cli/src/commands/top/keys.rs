//! Keys, read from a terminal without ever waiting for it, and seen to end when it has gone.
//!
//! The sequences are those of ECMA-48 as xterm, the kernel's console, tmux and VT100 send them. What is not known is
//! passed over.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

/// An escape that nothing follows for so long is the key.
const ALONE: Duration = Duration::from_millis(60);
/// No sequence is longer.
const MAX_SEQUENCE: usize = 32;

/// The reading side of a terminal.
#[derive(Debug)]
pub(crate) struct Keys {
    file: File,
    bytes: Vec<u8>,
    last: Instant,
}

impl Keys {
    /// Opens the terminal at stdin, else the controlling one, anew: not to wait is our business alone.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn open() -> io::Result<Self> {
        // O_NONBLOCK | O_NOCTTY, the same numbers on x86-64 and arm64.
        let open = |path: &str| OpenOptions::new().read(true).custom_flags(0o4000 | 0o400).open(path);
        let own = if io::stdin().is_terminal() { open("/proc/self/fd/0").ok() } else { None };
        let file = own.map_or_else(|| open("/dev/tty"), Ok)?;
        Ok(Self { file, bytes: Vec::new(), last: Instant::now() })
    }

    /// What becomes readable when a key is pressed, or the terminal has gone.
    pub(crate) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    /// The keys pressed since the last call; `None` when the terminal has gone.
    pub(crate) fn read(&mut self) -> Option<Vec<KeyEvent>> {
        let mut buffer = [0; 1024];
        match self.file.read(&mut buffer) {
            Ok(0) => return None,
            Ok(n) => {
                self.bytes.extend_from_slice(&buffer[..n]);
                self.last = Instant::now();
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return None,
        }
        let (keys, used) = parse(&self.bytes, self.last.elapsed() >= ALONE);
        self.bytes.drain(..used);
        Some(keys)
    }
}

/// Keys from bytes, and how many bytes they took. With `is_all` nothing follows soon: what has begun is over.
fn parse(bytes: &[u8], is_all: bool) -> (Vec<KeyEvent>, usize) {
    let mut keys = Vec::new();
    let mut used = 0;
    while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
        let Some((key, length)) = one(rest, is_all) else { break };
        keys.extend(key);
        used += length;
    }
    (keys, used)
}

/// One key (or something that is none) and its length; `None` where more has to come.
fn one(bytes: &[u8], is_all: bool) -> Option<(Option<KeyEvent>, usize)> {
    let plain = |code: KeyCode| Some(KeyEvent::new(code, KeyModifiers::NONE));
    let first = *bytes.first()?;
    match first {
        0x1b => sequence(bytes, is_all),
        b'\r' | b'\n' => Some((plain(KeyCode::Enter), 1)),
        b'\t' => Some((plain(KeyCode::Tab), 1)),
        0x7f | 0x08 => Some((plain(KeyCode::Backspace), 1)),
        1..=26 => {
            let letter = char::from(b'a' + first - 1);
            Some((Some(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)), 1))
        }
        0..=0x1f => Some((None, 1)),
        0x20..=0x7e => Some((plain(KeyCode::Char(char::from(first))), 1)),
        _ => {
            let length = match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => return Some((None, 1)),
            };
            if bytes.len() < length {
                return is_all.then_some((None, bytes.len()));
            }
            let letter = std::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next());
            // A byte that begins nothing is passed over alone.
            Some(letter.map_or((None, 1), |letter| (plain(KeyCode::Char(letter)), length)))
        }
    }
}

/// What begins with an escape.
fn sequence(bytes: &[u8], is_all: bool) -> Option<(Option<KeyEvent>, usize)> {
    let plain = |code: KeyCode| Some(KeyEvent::new(code, KeyModifiers::NONE));
    let introducer = match bytes.get(1) {
        None => return is_all.then(|| (plain(KeyCode::Esc), 1)),
        Some(0x1b) => return Some((plain(KeyCode::Esc), 1)),
        Some(byte @ (b'[' | b'O')) => *byte,
        // Alt and a letter is no key of ours.
        Some(_) => return Some((None, 2)),
    };
    let body = &bytes[2..bytes.len().min(MAX_SEQUENCE)];
    let Some(end) = body.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        return (is_all || bytes.len() >= MAX_SEQUENCE).then_some((None, bytes.len().min(MAX_SEQUENCE)));
    };
    let number = body[..end].split(|byte| *byte == b';').next().unwrap_or_default();
    let code = match (introducer, body[end], number) {
        (_, b'A', _) => KeyCode::Up,
        (_, b'B', _) => KeyCode::Down,
        (_, b'C', _) => KeyCode::Right,
        (_, b'D', _) => KeyCode::Left,
        (_, b'H', _) | (b'[', b'~', b"1" | b"7") => KeyCode::Home,
        (_, b'F', _) | (b'[', b'~', b"4" | b"8") => KeyCode::End,
        (b'[', b'Z', _) => KeyCode::BackTab,
        (b'O', b'M', _) => KeyCode::Enter,
        (b'[', b'~', b"5") => KeyCode::PageUp,
        (b'[', b'~', b"6") => KeyCode::PageDown,
        _ => return Some((None, end + 3)),
    };
    Some((plain(code), end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bytes: &[u8], is_all: bool) -> (Vec<KeyCode>, usize) {
        let (keys, used) = parse(bytes, is_all);
        (keys.into_iter().map(|key| key.code).collect(), used)
    }

    #[test]
    fn keys_of_several_terminals_are_the_same_keys() {
        use KeyCode::{BackTab, Char, Down, End, Enter, Home, PageDown, PageUp, Up};
        assert_eq!(codes(b"\x1b[A\x1bOB\x1b[1;5Aq", true).0, [Up, Down, Up, Char('q')]);
        assert_eq!(codes(b"\x1b[H\x1b[1~\x1b[F\x1b[4~", true).0, [Home, Home, End, End]);
        assert_eq!(codes(b"\x1b[5~\x1b[6~\x1b[Z\r", true).0, [PageUp, PageDown, BackTab, Enter]);
        assert_eq!(codes("é日".as_bytes(), true).0, [Char('é'), Char('日')]);
    }

    #[test]
    fn an_escape_waits_for_what_may_follow() {
        assert_eq!(codes(b"\x1b", false), (vec![], 0));
        assert_eq!(codes(b"\x1b", true), (vec![KeyCode::Esc], 1));
        assert_eq!(codes(b"\x1b[", false), (vec![], 0));
        assert_eq!(codes(b"q\x1b[5", false), (vec![KeyCode::Char('q')], 1));
    }

    #[test]
    fn any_bytes_are_used_up() {
        for first in 0..=255_u8 {
            for second in 0..=255_u8 {
                let bytes = [first, second, 0x1b, b'[', b'9', 0xff];
                assert_eq!(parse(&bytes, true).1, bytes.len(), "{bytes:?}");
            }
        }
        assert_eq!(parse(&[b"\x1b[".as_slice(), &[b'1'; 100]].concat(), false).1, 102);
    }

    #[test]
    fn control_letters_are_known() {
        let (keys, _) = parse(&[3, 26], true);
        assert!(keys.iter().all(|key| key.modifiers == KeyModifiers::CONTROL));
        assert_eq!(keys[1].code, KeyCode::Char('z'));
    }
}
