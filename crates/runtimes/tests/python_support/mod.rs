//! Interpreters for tests, and what is read of programs that run in them.

pub(crate) mod interpreters;

use fathom_runtimes::{Detection, ManagedFrame, Reader, Runtime, RuntimeDump, catalog};
use fathom_sys::process_view::ProcessView;
pub(crate) use interpreters::{PATIENCE, Running, interpreters};
use std::time::Instant;

impl Running {
    pub(crate) fn view(&self) -> ProcessView {
        ProcessView::Live(self.pid)
    }
}

pub(crate) fn python() -> &'static dyn Runtime {
    *catalog::all().iter().find(|runtime| runtime.id() == "python").expect("it is in the catalog")
}

pub(crate) fn reader(view: &ProcessView) -> Box<dyn Reader> {
    match python().detect(view) {
        Detection::Ready(reader) => reader,
        Detection::Absent => panic!("it is not recognised"),
        Detection::Unreadable { version, why } => panic!("{version:?} cannot be read: {why}"),
    }
}

pub(crate) fn read(view: &ProcessView) -> (String, RuntimeDump) {
    let mut reader = reader(view);
    (reader.version(), reader.dump(view).expect("it can be read"))
}

/// Dumps until `is_it` finds what it looks for; fails after [`PATIENCE`] with what it said was missing.
pub(crate) fn poll<T>(running: &Running, mut is_it: impl FnMut(&RuntimeDump) -> Result<T, String>) -> T {
    let start = Instant::now();
    let mut reader = reader(&running.view());
    loop {
        let dump = reader.dump(&running.view()).expect("it can be read");
        match is_it(&dump) {
            Ok(found) => return found,
            Err(missing) => assert!(start.elapsed() < PATIENCE, "{missing}"),
        }
    }
}

/// `function:line` of the program's own frames, innermost first.
pub(crate) fn own(frames: &[ManagedFrame]) -> Vec<String> {
    frames
        .iter()
        .filter(|frame| frame.file.ends_with("/program.py"))
        .map(|frame| format!("{}:{}", frame.function, frame.line.unwrap_or(0)))
        .collect()
}

/// The line of a program that ends in `# name`.
pub(crate) fn line_of(text: &str, name: &str) -> u32 {
    let mark = format!("# {name}");
    let at = text.lines().position(|line| line.ends_with(&mark));
    at.unwrap_or_else(|| panic!("no line is marked {name}")) as u32 + 1
}
