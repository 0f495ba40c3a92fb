//! The contract of a format: what it is called, how its bytes are told, what it reads, writes and loses.

use crate::input::Input;
use fathom_model::{Issue, Recording, Signal};

/// As many first bytes as a format may look at to recognise its own.
pub const HEAD_BYTES: usize = 64 << 10;

/// How sure a format is that bytes are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sniff {
    /// They are not.
    No,
    /// They may be: nothing contradicts, but others begin like this too.
    Maybe,
    /// They are: a signature says so.
    Yes,
}

/// A file to a recording; what is wrong with it is in the list. A recording without samples and a list that is not
/// empty means that nothing could be read.
pub type ReadFn = fn(&Input<'_>) -> (Recording, Vec<Issue>);
/// A recording to one or more files.
pub type WriteFn = fn(&Recording, &WriteOptions) -> Result<Vec<OutputFile>, WriteError>;

/// One format: an entry of [`crate::FORMATS`].
#[derive(Clone, Copy)]
pub struct Format {
    /// The name in `--format` and in messages.
    pub name: &'static str,
    /// One line for a list of formats.
    pub summary: &'static str,
    /// Usual ends of file names, without the dot. Never used to recognise a file.
    pub extensions: &'static [&'static str],
    /// What of a recording survives.
    pub keeps: &'static str,
    /// What of a recording is lost.
    pub loses: &'static str,
    /// Looks at the first bytes of a file, its compression taken off: up to [`HEAD_BYTES`].
    pub sniff: fn(head: &[u8]) -> Sniff,
    /// The reader, if there is one.
    pub read: Option<ReadFn>,
    /// The writer, if there is one.
    pub write: Option<WriteFn>,
    /// Whether the writer makes several files, which need a directory.
    pub writes_directory: bool,
}

/// What a writer should put out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The signals to write; empty: what suits the format best (see [`WriteOptions::one_signal`]).
    pub signals: Vec<Signal>,
    /// Put a frame with the process's name and pid outermost.
    pub process_root: bool,
    /// Put a frame with the thread's name and tid outermost (inside the process's).
    pub thread_root: bool,
}

impl WriteOptions {
    /// The only signal for formats that hold one: the one asked for, else the main one, else the first that was
    /// recorded.
    ///
    /// # Errors
    /// [`WriteError::OneSignal`] if several were asked for, [`WriteError::NoSamples`] if the recording has
    /// none of it.
    pub fn one_signal(&self, recording: &Recording, format: &'static str) -> Result<Signal, WriteError> {
        match self.signals.as_slice() {
            [] => {
                let present = self.present_signals(recording)?;
                let main = recording.main_signal();
                Ok(if present.contains(&main) { main } else { present[0] })
            }
            [_] => self.present_signals(recording).map(|signals| signals[0]),
            several => Err(WriteError::OneSignal { format, found: names(several) }),
        }
    }

    /// The signals asked for, or all that were recorded, in their fixed order.
    ///
    /// # Errors
    /// [`WriteError::NoSamples`] if the recording has no samples of any of them.
    pub fn present_signals(&self, recording: &Recording) -> Result<Vec<Signal>, WriteError> {
        let mut recorded = vec![false; Signal::ALL.len()];
        for sample in &recording.samples {
            recorded[sample.signal as usize] = true;
        }
        let wanted = |signal: Signal| self.signals.is_empty() || self.signals.contains(&signal);
        let present: Vec<Signal> = Signal::ALL
            .iter()
            .copied()
            .filter(|signal| recorded[*signal as usize] && wanted(*signal))
            .collect();
        if present.is_empty() {
            Err(WriteError::NoSamples { signals: names(&self.signals) })
        } else {
            Ok(present)
        }
    }
}

fn names(signals: &[Signal]) -> String {
    signals.iter().map(|signal| signal.as_str()).collect::<Vec<_>>().join(", ")
}

/// A file that a writer made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Name within the output directory; formats of one file use `profile.<extension>`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a recording cannot be written in a format.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The format holds one signal.
    #[error(
        "{format} holds one signal, but {found} were asked for\n\nhint: fathom export --format {format} --signal cpu"
    )]
    OneSignal {
        /// The format's name.
        format: &'static str,
        /// The signals asked for.
        found: String,
    },
    /// There is nothing to write.
    #[error("the recording has no samples{}{signals}\n\nhint: fathom report shows what was recorded and why not more", if signals.is_empty() { "" } else { " of " })]
    NoSamples {
        /// The signals asked for; empty for any.
        signals: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_what_was_asked_for() {
        let recording = Recording::default();
        let two = WriteOptions { signals: vec![Signal::Cpu, Signal::OffCpu], ..WriteOptions::default() };
        let error = two.one_signal(&recording, "folded").expect_err("two signals");
        assert!(error.to_string().starts_with("folded holds one signal, but cpu, off-cpu were asked for"));
        let error = WriteOptions::default().one_signal(&recording, "folded").expect_err("nothing there");
        assert!(error.to_string().starts_with("the recording has no samples\n"), "{error}");
    }
}
