//! What the viewer has chosen, and what a key changes in it. Draws nothing and reads nothing.

use super::look::Look;
use fathom_model::{Pid, Tid};
use fathom_session::top::view::{Ask, FunctionSort, Pattern, ThreadSort, Unfolded};
use fathom_session::top::{MAX_WINDOW_SECONDS, Snapshot};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::sync::Arc;

/// Lengths of the window, in seconds.
pub(crate) const WINDOWS: [usize; 4] = [1, 5, 30, MAX_WINDOW_SECONDS];

/// What fills the middle of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum View {
    #[default]
    Functions,
    Tree,
    Flame,
    Threads,
    Waits,
    Runtimes,
    Resources,
}

impl View {
    /// In the order of the keys.
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Functions, "functions"),
        (Self::Tree, "tree"),
        (Self::Flame, "flame"),
        (Self::Threads, "threads"),
        (Self::Waits, "waits"),
        (Self::Runtimes, "runtime"),
        (Self::Resources, "memory+io"),
    ];

    fn step(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|(view, _)| *view == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()].0
    }
}

/// What the loop around has to do after a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Draw again.
    Draw,
    /// Nothing has changed.
    Nothing,
    /// Leave.
    Quit,
    /// Step aside for the shell.
    Suspend,
    /// Keep what was seen.
    Freeze,
    /// Another window.
    Window(usize),
}

/// A row that can be chosen, as far as keys need to know it; the drawing leaves it here.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RowUnder {
    pub(crate) name: Option<String>,
    pub(crate) key: Option<u64>,
    pub(crate) is_open: bool,
    pub(crate) has_children: bool,
    pub(crate) pid: Option<Pid>,
    pub(crate) tid: Option<Tid>,
}

/// See the file's head.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) view: View,
    pub(crate) ask: Ask,
    /// Position in [`WINDOWS`].
    pub(crate) window: usize,
    /// The snapshot that is shown while the view stands still.
    pub(crate) paused: Option<Arc<Snapshot>>,
    /// Chosen row of each view.
    pub(crate) selected: [usize; 7],
    /// First row shown of each view.
    pub(crate) scroll: [usize; 7],
    /// Whether the viewer has moved in a view, or it may look where it thinks best.
    pub(crate) moved: [bool; 7],
    pub(crate) unfolded: Unfolded,
    /// Path keys of the functions zoomed to in the flame graph, the current one last.
    pub(crate) zoom: Vec<u64>,
    /// The box under the cursor.
    pub(crate) flame_at: Option<u64>,
    pub(crate) help: bool,
    /// Whether the chosen row's stack is shown.
    pub(crate) detail: bool,
    /// The pattern that is being typed.
    pub(crate) typing: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) look: Look,
    /// What the last drawing put under the cursor, and how many rows there are and fit.
    pub(crate) under: RowUnder,
    pub(crate) n_rows: usize,
    pub(crate) n_visible: usize,
    /// Where the cursor of the flame graph can go from where it is: up, down, left, right.
    pub(crate) flame_moves: [Option<u64>; 4],
}

impl App {
    /// As it begins.
    pub(crate) fn new(look: Look, window_seconds: usize) -> Self {
        Self {
            view: View::default(),
            ask: Ask::default(),
            window: WINDOWS
                .iter()
                .position(|seconds| *seconds >= window_seconds)
                .unwrap_or(WINDOWS.len() - 1),
            paused: None,
            selected: [0; 7],
            scroll: [0; 7],
            moved: [false; 7],
            unfolded: Unfolded::new(),
            zoom: Vec::new(),
            flame_at: None,
            help: false,
            detail: false,
            typing: None,
            message: None,
            look,
            under: RowUnder::default(),
            n_rows: 0,
            n_visible: 0,
            flame_moves: [None; 4],
        }
    }

    /// The number of the view.
    pub(crate) fn place(&self) -> usize {
        View::ALL.iter().position(|(view, _)| *view == self.view).unwrap_or(0)
    }

    /// Takes one key. `latest` is what is on the screen if it is not paused.
    pub(crate) fn key(&mut self, key: KeyEvent, latest: Option<&Arc<Snapshot>>) -> Action {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Action::Quit,
            KeyCode::Char('z') if control => return Action::Suspend,
            KeyCode::Char('l') if control => return Action::Draw,
            _ => {}
        }
        if self.typing.is_some() {
            return self.type_key(key.code);
        }
        self.message = None;
        if self.help {
            self.help = false;
            return if key.code == KeyCode::Char('q') { Action::Quit } else { Action::Draw };
        }
        match key.code {
            KeyCode::Char('q') => return Action::Quit,
            KeyCode::Char(digit @ '1'..='7') => self.show(View::ALL[digit as usize - '1' as usize].0),
            KeyCode::Tab => self.show(self.view.step(1)),
            KeyCode::BackTab => self.show(self.view.step(View::ALL.len() - 1)),
            KeyCode::Char('?' | 'h') => self.help = true,
            KeyCode::Char('/') => {
                self.typing =
                    Some(self.ask.pattern.as_ref().map_or_else(String::new, |p| p.text().to_owned()))
            }
            KeyCode::Char('p' | ' ') => {
                self.paused = if self.paused.is_some() { None } else { latest.cloned() }
            }
            KeyCode::Char('f') => return Action::Freeze,
            KeyCode::Char('w') => return self.next_window(1),
            KeyCode::Char('W') => return self.next_window(WINDOWS.len() - 1),
            KeyCode::Char('o') => self.ask.off_cpu = !self.ask.off_cpu,
            KeyCode::Char('s') => self.next_sort(),
            KeyCode::Char('t') => self.only_thread(),
            KeyCode::Char('P') => self.only_process(),
            KeyCode::Char('c') => self.clear(),
            KeyCode::Esc => return self.escape(),
            KeyCode::Enter => self.enter(),
            KeyCode::Backspace => self.back(),
            code => return self.travel(code),
        }
        Action::Draw
    }

    fn show(&mut self, view: View) {
        self.view = view;
        self.detail = false;
    }

    fn type_key(&mut self, code: KeyCode) -> Action {
        let Some(typed) = &mut self.typing else { return Action::Nothing };
        match code {
            KeyCode::Esc => self.typing = None,
            KeyCode::Enter => {
                self.ask.pattern = Pattern::new(typed);
                self.typing = None;
            }
            KeyCode::Backspace => {
                typed.pop();
            }
            KeyCode::Char(c) if typed.chars().count() < 100 && !c.is_control() => typed.push(c),
            _ => return Action::Nothing,
        }
        Action::Draw
    }

    fn next_window(&mut self, by: usize) -> Action {
        if self.paused.is_some() {
            self.message = Some("paused: the window is that of the moment; p goes on".to_owned());
            return Action::Draw;
        }
        self.window = (self.window + by) % WINDOWS.len();
        Action::Window(WINDOWS[self.window])
    }

    fn next_sort(&mut self) {
        match self.view {
            View::Functions => {
                self.ask.function_sort = match self.ask.function_sort {
                    FunctionSort::Own => FunctionSort::Total,
                    FunctionSort::Total => FunctionSort::Name,
                    FunctionSort::Name => FunctionSort::Own,
                }
            }
            View::Threads => {
                self.ask.thread_sort = match self.ask.thread_sort {
                    ThreadSort::Cpu => ThreadSort::Runnable,
                    ThreadSort::Runnable => ThreadSort::Name,
                    ThreadSort::Name => ThreadSort::Cpu,
                }
            }
            _ => {
                self.message =
                    Some("functions and threads can be sorted otherwise; the rest is by weight".to_owned())
            }
        }
    }

    /// Only the thread under the cursor, or all again.
    fn only_thread(&mut self) {
        match self.ask.tid.take() {
            Some(_) => {}
            None if self.under.tid.is_some() => self.ask.tid = self.under.tid,
            None => self.message = Some("choose a thread first: 4, then t".to_owned()),
        }
    }

    /// Only the process under the cursor, or all again.
    fn only_process(&mut self) {
        match self.ask.pid.take() {
            Some(_) => {}
            None if self.under.pid.is_some() => self.ask.pid = self.under.pid,
            None => self.message = Some("choose a row of the process first: 4 or 6, then P".to_owned()),
        }
    }

    fn clear(&mut self) {
        (self.ask.pattern, self.ask.tid, self.ask.pid) = (None, None, None);
        self.zoom.clear();
    }

    /// One step back from whatever is narrowest.
    fn escape(&mut self) -> Action {
        if self.detail {
            self.detail = false;
        } else if self.view == View::Flame && !self.zoom.is_empty() {
            self.zoom.pop();
        } else if self.ask.pattern.is_some() || self.ask.tid.is_some() || self.ask.pid.is_some() {
            self.clear();
        } else {
            self.message = Some("q leaves".to_owned());
        }
        Action::Draw
    }

    fn enter(&mut self) {
        match self.view {
            View::Tree => self.fold(!self.under.is_open),
            View::Flame => {
                if let Some(key) = self.flame_at.filter(|key| self.zoom.last() != Some(key)) {
                    self.zoom.push(key);
                }
            }
            // The paths that lead to it.
            View::Functions => {
                if let Some(name) = self.under.name.clone() {
                    self.ask.pattern = Some(Pattern::literal(&name));
                    self.show(View::Tree);
                }
            }
            View::Threads => {
                if self.under.tid.is_some() {
                    self.ask.tid = self.under.tid;
                    self.show(View::Functions);
                }
            }
            View::Waits => self.detail = !self.detail,
            View::Runtimes | View::Resources => {}
        }
    }

    fn back(&mut self) {
        match self.view {
            View::Flame => {
                self.zoom.pop();
            }
            View::Tree => self.fold(false),
            _ => {
                let _ = self.escape();
            }
        }
    }

    fn fold(&mut self, open: bool) {
        self.moved[1] = true;
        if let Some(key) = self.under.key.filter(|_| self.under.has_children || !open) {
            // More than anybody opens by hand.
            if self.unfolded.len() > 10_000 {
                self.unfolded.clear();
            }
            self.unfolded.insert(key, open);
        }
    }

    fn travel(&mut self, code: KeyCode) -> Action {
        let place = self.place();
        if self.view == View::Flame {
            let to = match code {
                KeyCode::Up | KeyCode::Char('k') => self.flame_moves[0],
                KeyCode::Down | KeyCode::Char('j') => self.flame_moves[1],
                KeyCode::Left => self.flame_moves[2],
                KeyCode::Right => self.flame_moves[3],
                _ => return Action::Nothing,
            };
            self.flame_at = to.or(self.flame_at);
            return Action::Draw;
        }
        let last = self.n_rows.saturating_sub(1);
        let page = self.n_visible.max(1);
        self.moved[place] = true;
        let at = &mut self.selected[place];
        match code {
            KeyCode::Up | KeyCode::Char('k') => *at = at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => *at = (*at + 1).min(last),
            KeyCode::PageUp => *at = at.saturating_sub(page),
            KeyCode::PageDown => *at = (*at + page).min(last),
            KeyCode::Home | KeyCode::Char('g') => *at = 0,
            KeyCode::End | KeyCode::Char('G') => *at = last,
            KeyCode::Left if self.view == View::Tree => self.fold(false),
            KeyCode::Right if self.view == View::Tree => self.fold(true),
            _ => return Action::Nothing,
        }
        Action::Draw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App::new(Look { color: false, unicode: false }, 5)
    }

    fn press(app: &mut App, code: KeyCode) -> Action {
        app.key(KeyEvent::new(code, KeyModifiers::NONE), None)
    }

    #[test]
    fn digits_and_tab_choose_the_view() {
        let mut app = app();
        press(&mut app, KeyCode::Char('4'));
        assert_eq!(app.view, View::Threads);
        press(&mut app, KeyCode::Tab);
        assert_eq!(app.view, View::Waits);
        press(&mut app, KeyCode::BackTab);
        press(&mut app, KeyCode::BackTab);
        assert_eq!(app.view, View::Flame);
    }

    #[test]
    fn a_filter_is_typed_and_taken_back() {
        let mut app = app();
        for c in "/q2".chars() {
            assert_eq!(press(&mut app, KeyCode::Char(c)), Action::Draw, "q is a letter while typing");
        }
        press(&mut app, KeyCode::Enter);
        assert!(app.ask.pattern.as_ref().is_some_and(|pattern| pattern.matches("fooQ2bar")));
        press(&mut app, KeyCode::Esc);
        assert!(app.ask.pattern.is_none());
        assert_eq!(press(&mut app, KeyCode::Char('q')), Action::Quit);
    }

    #[test]
    fn the_window_goes_round_and_stands_still_while_paused() {
        let mut app = app();
        assert_eq!(press(&mut app, KeyCode::Char('w')), Action::Window(30));
        assert_eq!(press(&mut app, KeyCode::Char('W')), Action::Window(5));
        let snapshot = Arc::new(Snapshot::of_recording(Default::default()));
        app.key(KeyEvent::new(KeyCode::Char('p'), KeyModifiers::NONE), Some(&snapshot));
        assert_eq!(press(&mut app, KeyCode::Char('w')), Action::Draw);
        press(&mut app, KeyCode::Char('p'));
        assert!(app.paused.is_none());
    }

    #[test]
    fn control_keys_work_whatever_is_open() {
        let mut app = app();
        press(&mut app, KeyCode::Char('/'));
        let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        assert_eq!(app.key(control('z'), None), Action::Suspend);
        assert_eq!(app.key(control('c'), None), Action::Quit);
    }

    #[test]
    fn enter_narrows_down_and_escape_widens_step_by_step() {
        let mut app = app();
        app.under.name = Some("Handle".to_owned());
        press(&mut app, KeyCode::Enter);
        assert_eq!(app.view, View::Tree);
        app.view = View::Threads;
        app.under.tid = Some(7);
        press(&mut app, KeyCode::Enter);
        assert_eq!((app.view, app.ask.tid), (View::Functions, Some(7)));
        press(&mut app, KeyCode::Esc);
        assert_eq!((app.ask.tid, app.ask.pattern.is_some()), (None, false));
    }
}
