//! The live view of running processes: recorded without an end, kept for some minutes, named while it is seen.
//!
//! Four threads: the recorder's, which nothing may hold up; the keeper's, which sums up and makes snapshots; one that
//! names addresses; and the caller's, which draws when it likes. What is shown is made by the pure functions of
//! [`view`] out of a [`Snapshot`].

mod feed;
mod freeze;
mod history;
mod keeper;
mod live_names;
mod rehearsal;
mod snapshot;
mod tables;
pub mod view;

pub use freeze::Frozen;
pub use keeper::MAX_WINDOW_SECONDS;
pub use rehearsal::Rehearsal;
pub use snapshot::{Health, OffCpuNow, SeriesLine, Snapshot};

use crate::attach::{check_target, name_of};
use crate::error::SessionError;
use crate::launch::new_path;
use crate::options::Options;
use fathom_model::Pid;
use fathom_sys::limits::raise_priority;
use feed::Queue;
use keeper::Keeper;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The keeper empties the queue this often.
const KEEP: Duration = Duration::from_millis(200);
/// Nice value of the keeper.
const NICE: i32 = 5;
/// A snapshot may take this part of the keeper's time; one that is dearer is made less often.
const MAX_SNAPSHOT_PART: u32 = 20;

/// What the caller and the keeper share.
#[derive(Default)]
struct Desk {
    window_seconds: AtomicUsize,
    refresh_millis: AtomicUsize,
    wanted: Mutex<Wanted>,
    changed: Condvar,
    latest: Mutex<Option<Arc<Snapshot>>>,
    frozen: Mutex<Option<Arc<Mutex<Option<Frozen>>>>>,
    n_entries: AtomicUsize,
}

#[derive(Debug, Default)]
struct Wanted {
    freeze: Option<PathBuf>,
    now: bool,
    is_over: bool,
}

/// A live view that runs.
pub struct Top {
    desk: Arc<Desk>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    name: String,
    output: Option<PathBuf>,
}

impl Top {
    /// Begins to watch processes, with a window of `window_seconds`, and a new snapshot every `refresh`.
    ///
    /// # Errors
    /// If a process does not exist or is not ours to watch.
    pub fn start(
        pids: &[Pid],
        options: &Options,
        window_seconds: usize,
        refresh: Duration,
    ) -> Result<Self, SessionError> {
        for pid in pids {
            check_target(*pid)?;
        }
        let (queue, stop) = (Arc::<Queue>::default(), Arc::<AtomicBool>::default());
        let (tell, told) = std::sync::mpsc::channel();
        let record = {
            let (queue, stop, pids, options) = (queue.clone(), stop.clone(), pids.to_vec(), options.clone());
            move || feed::record(&pids, &options, &queue, &stop, &tell)
        };
        let recorder = spawn("fathom-record", record)?;
        let lost = || SessionError::Start {
            program: "the recorder".to_owned(),
            source: std::io::Error::other("its thread ended"),
        };
        let meta = told.recv().map_err(|_| lost())??;
        let desk = Arc::<Desk>::default();
        desk.window_seconds.store(window_seconds, Ordering::Relaxed);
        desk.refresh_millis.store(refresh.as_millis() as usize, Ordering::Relaxed);
        let keep = {
            let (desk, queue) = (desk.clone(), queue.clone());
            move || keep(Keeper::new(meta), &queue, &desk)
        };
        let name = pids.first().map_or_else(|| "top".to_owned(), |pid| name_of(*pid));
        let mut top = Self { desk, stop, threads: vec![recorder], name, output: options.output.clone() };
        top.threads.push(spawn("fathom-keep", keep)?);
        Ok(top)
    }

    /// The latest snapshot.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.desk.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks for a snapshot of this moment and waits for it, at most `patience`.
    pub fn refresh(&self, patience: Duration) {
        let before = self.snapshot();
        self.desk.wanted.lock().unwrap_or_else(PoisonError::into_inner).now = true;
        self.desk.changed.notify_one();
        let until = Instant::now() + patience;
        let is_same = |latest: Option<Arc<Snapshot>>| match (&latest, &before) {
            (Some(latest), Some(before)) => Arc::ptr_eq(latest, before),
            (latest, _) => latest.is_none(),
        };
        while is_same(self.snapshot()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sets the length of the window, at most [`MAX_WINDOW_SECONDS`]; a snapshot of it follows at once.
    pub fn set_window(&self, seconds: usize) {
        self.desk.window_seconds.store(seconds.clamp(1, MAX_WINDOW_SECONDS), Ordering::Relaxed);
        self.desk.wanted.lock().unwrap_or_else(PoisonError::into_inner).now = true;
        self.desk.changed.notify_one();
    }

    /// Writes what is kept as a recording: to the output of the options, with a number from the second on, else to a
    /// new file in `./.fathom/`.
    ///
    /// # Errors
    /// If there is no place for it.
    pub fn freeze(&self) -> Result<(), SessionError> {
        let path = match &self.output {
            Some(path) => numbered(path),
            None => new_path(&self.name)?,
        };
        self.desk.wanted.lock().unwrap_or_else(PoisonError::into_inner).freeze = Some(path);
        self.desk.changed.notify_one();
        Ok(())
    }

    /// How the last request to freeze went.
    pub fn frozen(&self) -> Option<Frozen> {
        let state = self.desk.frozen.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Entries held in memory, of all kinds.
    pub fn n_entries(&self) -> usize {
        self.desk.n_entries.load(Ordering::Relaxed)
    }
}

impl Drop for Top {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let mut threads = std::mem::take(&mut self.threads).into_iter();
        if let Some(recorder) = threads.next() {
            let _ = recorder.join();
        }
        self.desk.wanted.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        self.desk.changed.notify_one();
        threads.for_each(|thread| {
            let _ = thread.join();
        });
    }
}

/// The keeper's thread.
fn keep(mut keeper: Keeper, queue: &Queue, desk: &Desk) {
    raise_priority(NICE);
    *desk.frozen.lock().unwrap_or_else(PoisonError::into_inner) = Some(keeper.freezer.state());
    let mut next = Instant::now() + KEEP;
    loop {
        let mut wanted = desk.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if !wanted.now && !wanted.is_over && wanted.freeze.is_none() {
            wanted = desk.changed.wait_timeout(wanted, KEEP).unwrap_or_else(PoisonError::into_inner).0;
        }
        let Wanted { freeze, now, is_over } = std::mem::take(&mut *wanted);
        wanted.is_over = is_over;
        drop(wanted);
        queue.take().into_iter().for_each(|told| keeper.take(told));
        keeper.tidy();
        if let Some(path) = freeze {
            keeper.freeze(path);
        }
        if is_over {
            break;
        }
        let begun = Instant::now();
        if now || begun >= next {
            let snapshot = keeper.snapshot(desk.window_seconds.load(Ordering::Relaxed));
            *desk.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
            desk.n_entries.store(keeper.n_entries(), Ordering::Relaxed);
            let refresh = Duration::from_millis(desk.refresh_millis.load(Ordering::Relaxed) as u64);
            next = begun + refresh.max(begun.elapsed() * MAX_SNAPSHOT_PART);
        }
    }
    keeper.freezer.wait();
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, SessionError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|source| SessionError::Start { program: format!("the thread {name}"), source })
}

/// The path itself if nothing is there, else the first free `name-2`, `name-3`...
fn numbered(path: &std::path::Path) -> PathBuf {
    if !path.exists() {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension =
        path.extension().map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    let free = (2..10_000).map(|n| path.with_file_name(format!("{stem}-{n}{extension}")));
    free.into_iter().find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}
