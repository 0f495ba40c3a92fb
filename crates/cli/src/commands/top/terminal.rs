//! The terminal while the live view has it: taken, written to without ever waiting for it, and given back.
//!
//! Output goes to a descriptor of its own that does not block. What a slow line or a stopped terminal does not take
//! waits here, and no new frame is drawn before the last one has gone out; so nothing piles up, and signals and keys
//! are answered meanwhile.

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::rc::Rc;
use std::sync::Once;
use std::time::{Duration, Instant};

/// How long the last words to a terminal that takes nothing are tried.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// `O_NONBLOCK | O_NOCTTY`, the same numbers on x86-64 and arm64.
const WITHOUT_WAITING: i32 = 0o4000 | 0o400;

/// What has been drawn and not yet been taken by the terminal.
#[derive(Debug)]
struct Pending {
    file: Option<File>,
    bytes: Vec<u8>,
    written: usize,
    is_gone: bool,
}

impl Pending {
    fn push_out(&mut self) {
        while self.written < self.bytes.len() {
            let rest = &self.bytes[self.written..];
            let outcome = match &mut self.file {
                Some(file) => file.write(rest),
                None => io::stdout().write_all(rest).and_then(|()| io::stdout().flush()).map(|()| rest.len()),
            };
            match outcome {
                Ok(0) => self.is_gone = true,
                Ok(n) => {
                    self.written += n;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.is_gone = true,
            }
            break;
        }
        self.bytes.clear();
        self.written = 0;
    }
}

/// A writer that keeps until the end of a frame.
#[derive(Clone, Debug)]
pub(crate) struct Output(Rc<RefCell<Pending>>);

impl Output {
    fn to_stdout() -> Self {
        let open = |path: &str| OpenOptions::new().write(true).custom_flags(WITHOUT_WAITING).open(path).ok();
        // Opened anew, so that not to wait is our own business and not that of whoever shares stdout.
        let file = open("/proc/self/fd/1").or_else(|| open("/dev/tty"));
        Self(Rc::new(RefCell::new(Pending { file, bytes: Vec::new(), written: 0, is_gone: false })))
    }

    /// Whether the terminal has taken everything; tries once more.
    pub(crate) fn is_ready(&self) -> bool {
        let mut pending = self.0.borrow_mut();
        pending.push_out();
        pending.bytes.is_empty()
    }

    /// Whether there is no terminal any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.borrow().is_gone
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().push_out();
        Ok(())
    }
}

/// The terminal, taken.
pub(crate) struct Taken {
    pub(crate) terminal: Terminal<CrosstermBackend<Output>>,
    pub(crate) output: Output,
}

impl Taken {
    /// Takes the terminal.
    ///
    /// # Errors
    /// It is none, or has gone.
    pub(crate) fn take() -> io::Result<Self> {
        give_back_on_panic();
        let output = Output::to_stdout();
        let backend = CrosstermBackend::new(output.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport: Viewport::Fullscreen })?;
        let mut taken = Self { terminal, output };
        taken.enter()?;
        Ok(taken)
    }

    /// Takes it (again): nothing of what is on it is ours.
    pub(crate) fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        queue!(self.output, EnterAlternateScreen, Hide)?;
        self.output.flush()?;
        // `clear` would ask the terminal where its cursor is and wait for the answer, which a slow line gives late.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Gives it back as it was.
    pub(crate) fn leave(&mut self) {
        // Half a frame first: it may end within a sequence.
        let until = Instant::now() + LAST_WORDS;
        let _ = queue!(self.output, LeaveAlternateScreen, Show);
        while !self.output.is_ready() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = disable_raw_mode();
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A panic should be read on the terminal as it was before.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let _ = disable_raw_mode();
            let _ = execute!(io::stderr(), LeaveAlternateScreen, Show);
            before(panic);
        }));
    });
}
