//! `fathom top PID...`: what running processes do, as it happens.

mod app;
mod draw;
mod keys;
mod look;
mod plain;
mod terminal;

use crate::destination;
use crate::failure::Failure;
use crate::record_options::RecordOptions;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::talk;
use crate::values;
use app::{Action, App, WINDOWS};
use fathom_model::Pid;
use fathom_session::SessionError;
use fathom_session::top::view::{Ask, document};
use fathom_session::top::{Frozen, MAX_WINDOW_SECONDS, Snapshot, Top as Watch};
use fathom_sys::signals::{SignalQueue, poll_readable, send_signal};
use keys::Keys;
use look::Look;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use terminal::Taken;

/// Signals that end the view (SIGHUP, SIGINT, SIGTERM), SIGTSTP, before which the terminal has to be given back, and
/// SIGWINCH.
const SIGNALS: [i32; 5] = [1, 2, 15, SIGTSTP, SIGWINCH];
const SIGWINCH: i32 = 28;
const SIGTSTP: i32 = 20;
const SIGSTOP: i32 = 19;
/// Longest time until a signal is answered.
const PATIENCE: Duration = Duration::from_millis(100);

/// Watch running processes as they go
///
/// Hottest functions, call tree, flame graph, threads, waits, language runtimes, memory and I/O of the last seconds;
/// `f` keeps the last minutes as a recording. Press `?` for the keys. Where stdout is no terminal, the same as text,
/// every two seconds.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom top 4711
  fathom top --name postgres --window 30
  fathom top 4711 --plain -d 10s
  fathom top 4711 --json -d 5s | jq .functions")]
pub(crate) struct Top {
    /// Processes to watch
    #[arg(value_name = "PID", required_unless_present = "name", value_parser = values::pid)]
    pids: Vec<Pid>,

    /// All processes with this name (as in `ps -e`)
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,

    /// How long: 500ms, 30s, 2m, 1h; default: until q, Ctrl-C, or without a terminal the processes' end
    #[arg(short, long, value_name = "TIME", value_parser = values::duration)]
    duration: Option<Duration>,

    /// Seconds that the values are of
    ///
    /// On a terminal 1, 5, 30 or 120, which `w` changes; default 5. As text from 1 to 120.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=120))]
    window: u16,

    /// Time between two pictures; default 1s on a terminal, 2s without
    ///
    /// What takes long to draw or to send is shown less often.
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    interval: Option<Duration>,

    /// Text instead of a screen, again and again
    #[arg(long, conflicts_with = "json")]
    plain: bool,

    /// A JSON document a line instead of a screen
    #[arg(long)]
    json: bool,

    /// Most rows of a table in text and in JSON
    #[arg(long, value_name = "N", default_value_t = 15)]
    rows: usize,

    /// CPU samples per second and thread
    ///
    /// From 1 to 10000, default 499. FATHOM_RATE and `rate` of fathom.toml say the same.
    #[arg(long, value_name = "HZ", env = "FATHOM_RATE", hide_env = true, value_parser = values::rate)]
    rate: Option<f64>,

    /// Leave out the processes that the targets start
    #[arg(long)]
    no_children: bool,

    /// Most that watching may cost the targets
    ///
    /// In percent of their CPU time, default 1; see `fathom attach --help`.
    #[arg(
        long,
        value_name = "PERCENT",
        env = "FATHOM_MAX_OVERHEAD",
        hide_env = true,
        value_parser = values::percent
    )]
    max_overhead: Option<f64>,

    /// Where `f` keeps what was seen; default: a new file in ./.fathom/
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Top {
    /// Shows until it is told to stop.
    ///
    /// # Errors
    /// There is nothing to watch, it may not be watched, or the terminal or stdout cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let record = RecordOptions {
            rate: self.rate,
            no_children: self.no_children,
            max_overhead: self.max_overhead,
            output: self.output.clone(),
            ..RecordOptions::default()
        };
        let mut options = record.over(&Settings::load()?.record)?;
        // A view of one signal would be half empty; the settings' choice is for recordings.
        options.signals = fathom_session::Options::default().signals;
        // What runtimes are asked comes at the end, which a view does not have: nothing is done in the targets.
        (options.is_passive, options.guardian) = (true, None);
        let pids = super::attach::all_pids(&self.pids, &self.name)?;
        // Before any thread is started, so that none of them takes a signal.
        let signals = SignalQueue::new(&SIGNALS).map_err(|error| {
            Failure::new(format!("cannot receive signals: {}", crate::failure::plain(&error)))
        })?;
        let screen = Screen::stdout();
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        let is_text = self.plain || self.json || !screen.is_terminal || is_dumb;
        let interval = self.interval.unwrap_or(Duration::from_secs(if is_text { 2 } else { 1 }));
        let interval = interval.max(Duration::from_millis(100));
        let window = if is_text { usize::from(self.window) } else { window_of_screen(self.window) };
        let watch = Watch::start(&pids, &options, window, interval).map_err(|error| match &error {
            SessionError::NotPermitted { pid, .. } => {
                let hint = format!("sudo fathom top {pid}");
                Failure::from(error).hint(hint)
            }
            _ => Failure::from(error),
        })?;
        let end = self.duration.map(|duration| Instant::now() + duration);
        if is_text {
            self.as_text(&watch, &signals, interval, end)
        } else {
            as_screen(&watch, &signals, interval, end, Look::of_environment(screen.color), window)?;
            tell_frozen(&watch);
            Ok(ExitCode::SUCCESS)
        }
    }

    /// Prints every interval.
    fn as_text(
        &self,
        watch: &Watch,
        signals: &SignalQueue,
        interval: Duration,
        end: Option<Instant>,
    ) -> Result<ExitCode, Failure> {
        // The first seconds are those of the first picture.
        let mut next = Instant::now() + interval.min(end.map_or(interval, |end| end - Instant::now()));
        loop {
            let wait = next.saturating_duration_since(Instant::now());
            poll_readable(&[signals.as_raw_fd()], i32::try_from(wait.as_millis() + 1).unwrap_or(i32::MAX));
            let is_told = signals.next().is_some_and(|signal| ![SIGTSTP, SIGWINCH].contains(&signal.number));
            if is_told {
                return Ok(ExitCode::SUCCESS);
            }
            if Instant::now() < next {
                continue;
            }
            next += interval;
            let Some(snapshot) = fresh(watch) else { continue };
            let text = if self.json {
                let document = document(&snapshot, &Ask::default(), self.rows);
                serde_json::to_string(&document).map_err(|error| Failure::new(error.to_string()))? + "\n"
            } else {
                plain::plain(&snapshot, self.rows) + "\n"
            };
            destination::print(text.as_bytes())?;
            if snapshot.is_ended {
                return Ok(ExitCode::SUCCESS);
            }
            match end {
                Some(end) if Instant::now() >= end => return Ok(ExitCode::SUCCESS),
                Some(end) => next = next.min(end),
                None => {}
            }
        }
    }
}

/// A snapshot of this moment, as far as the keeper is quick.
fn fresh(watch: &Watch) -> Option<Arc<Snapshot>> {
    watch.refresh(Duration::from_secs(1));
    watch.snapshot()
}

fn window_of_screen(seconds: u16) -> usize {
    let at_least = |window: &&usize| **window >= usize::from(seconds);
    WINDOWS.iter().find(at_least).copied().unwrap_or(MAX_WINDOW_SECONDS)
}

/// Draws and listens until q.
fn as_screen(
    watch: &Watch,
    signals: &SignalQueue,
    interval: Duration,
    end: Option<Instant>,
    look: Look,
    window: usize,
) -> Result<(), Failure> {
    let lost = |error: std::io::Error| {
        Failure::new(format!("cannot use the terminal: {}", crate::failure::plain(&error)))
    };
    let mut app = App::new(look, window);
    let mut keys = Keys::open().map_err(lost)?;
    let mut taken = Taken::take().map_err(lost)?;
    let mut shown: Option<Arc<Snapshot>> = None;
    let (mut is_due, mut has_ended) = (true, false);
    let mut said: Option<Frozen> = None;
    loop {
        let latest = watch.snapshot();
        let is_new = match (&latest, &shown) {
            (Some(latest), Some(shown)) => !Arc::ptr_eq(latest, shown),
            (latest, _) => latest.is_some(),
        };
        if is_new
            && latest.as_ref().is_some_and(|latest| latest.is_ended)
            && !std::mem::replace(&mut has_ended, true)
        {
            app.message = Some("the target has ended; what was seen stays, f keeps it, q leaves".to_owned());
        }
        let frozen = watch.frozen();
        if frozen != said {
            app.message = frozen.as_ref().map(words).or(app.message);
            said = frozen;
            is_due = true;
        }
        is_due |= is_new && app.paused.is_none();
        if is_due && taken.output.is_ready() {
            is_due = false;
            shown.clone_from(&latest);
            taken.terminal.draw(|frame| draw::draw(frame, &mut app, latest.as_deref())).map_err(lost)?;
        }
        if taken.output.is_gone() || end.is_some_and(|end| Instant::now() >= end) {
            return Ok(());
        }
        poll_readable(&[signals.as_raw_fd(), keys.fd()], PATIENCE.min(interval).as_millis() as i32);
        let mut actions = Vec::new();
        while let Some(signal) = signals.next() {
            match signal.number {
                SIGTSTP => actions.push(Action::Suspend),
                SIGWINCH => actions.push(Action::Draw),
                _ => return Ok(()),
            }
        }
        let Some(pressed) = keys.read() else { return Ok(()) };
        for key in pressed {
            actions.push(app.key(key, latest.as_ref()));
            // The next key acts on what this one has changed.
            if actions.last() == Some(&Action::Draw) && taken.output.is_ready() {
                taken.terminal.draw(|frame| draw::draw(frame, &mut app, latest.as_deref())).map_err(lost)?;
            }
        }
        for action in actions {
            is_due |= action != Action::Nothing;
            match action {
                Action::Nothing | Action::Draw => {}
                Action::Quit => return Ok(()),
                Action::Window(seconds) => watch.set_window(seconds),
                Action::Freeze => {
                    if let Err(error) = watch.freeze() {
                        app.message = Some(error.to_string());
                    }
                }
                Action::Suspend => suspend(&mut taken).map_err(lost)?,
            }
        }
    }
}

/// Gives the terminal back, stops until somebody says `fg`, and takes it again. The target runs on; what the kernel's
/// buffers do not hold meanwhile is lost, and counted.
fn suspend(taken: &mut Taken) -> std::io::Result<()> {
    taken.leave();
    // Of the whole process, by the kernel, at once.
    send_signal(std::process::id() as i32, SIGSTOP)?;
    taken.enter()
}

fn words(frozen: &Frozen) -> String {
    match frozen {
        Frozen::Writing { path } => format!("writing {} ...", path.display()),
        Frozen::Written { path, covers_nanos } => {
            format!("kept the last {} in {}", look::time(*covers_nanos as f64 / 1e9), path.display())
        }
        Frozen::Failed { why } => why.clone(),
    }
}

/// Where the recording is, once the screen is gone.
fn tell_frozen(watch: &Watch) {
    match watch.frozen() {
        Some(Frozen::Failed { why }) => talk::error(&why),
        Some(frozen) => talk::say(&words(&frozen)),
        None => {}
    }
}

#[cfg(test)]
mod tests;
