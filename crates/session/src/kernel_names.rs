//! The kernel's symbols: read while the target still runs, because the kernel takes a tenth of a second to print
//! them, which nobody should have to wait for at the end.

use fathom_model::Issue;
use fathom_symbols::KernelSymbols;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::raise_priority;
use std::thread::JoinHandle;

/// A recording shorter than this reads them at its end: it may need none.
const CALM_NANOS: i64 = 1_000_000_000;
/// Nice value of the reading: after everybody else.
const NICE: i32 = 19;

type Read = (KernelSymbols, Option<Issue>);

/// Symbols of the kernel, asked for early and taken late.
#[derive(Debug)]
pub(crate) struct KernelNames {
    since_nanos: i64,
    reading: Option<JoinHandle<Read>>,
}

impl KernelNames {
    /// Nothing is read yet.
    pub(crate) fn new() -> Self {
        Self { since_nanos: monotonic_nanos(), reading: None }
    }

    /// Starts to read once the target has run for a second, beside it and at the lowest priority.
    pub(crate) fn read_ahead(&mut self) {
        if self.reading.is_none() && monotonic_nanos() - self.since_nanos >= CALM_NANOS {
            self.start(Some(NICE));
        }
    }

    /// Starts to read now, unless that has been done.
    pub(crate) fn read_now(&mut self) {
        if self.reading.is_none() {
            self.start(None);
        }
    }

    fn start(&mut self, nice: Option<i32>) {
        let reads = move || {
            // Without the lower priority it takes the CPU from the target for a moment; no more.
            nice.map(raise_priority);
            read()
        };
        self.reading = std::thread::Builder::new().name("kallsyms".to_owned()).spawn(reads).ok();
    }

    /// The symbols. Those read ahead are read again if they lack one of `addresses`: code may have been loaded
    /// into the kernel meanwhile.
    pub(crate) fn take(self, addresses: &[u64]) -> Read {
        let ahead = self.reading.and_then(|reading| reading.join().ok());
        match ahead {
            Some(ahead) if ahead.1.is_some() || addresses.iter().all(|at| ahead.0.lookup(*at).is_some()) => {
                ahead
            }
            _ => read(),
        }
    }
}

pub(crate) fn read() -> Read {
    let issue = |message: String| Some(Issue::of("/proc/kallsyms", message));
    match std::fs::read("/proc/kallsyms").map(|bytes| KernelSymbols::parse(&bytes).0) {
        Ok(symbols) if symbols.is_empty() => {
            let message = "addresses are hidden: found kernel.kptr_restrict > 0 or no privilege, needed root";
            (symbols, issue(message.to_owned()))
        }
        Ok(symbols) => (symbols, None),
        Err(error) => (KernelSymbols::default(), issue(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_before_a_second_is_over_and_then_once() {
        let mut names = KernelNames::new();
        names.read_ahead();
        assert!(names.reading.is_none());
        names.since_nanos -= CALM_NANOS;
        names.read_ahead();
        let id = names.reading.as_ref().map(|reading| reading.thread().id());
        names.read_ahead();
        names.read_now();
        assert!(id.is_some() && names.reading.as_ref().map(|reading| reading.thread().id()) == id);
        let (symbols, issue) = names.take(&[]);
        assert_eq!(symbols.is_empty(), issue.is_some());
    }
}
