//! A program's CPU profile, piece by piece: it samples itself while it is asked, and a recording ends when it ends.
//!
//! Only where Fathom itself gets no stacks of CPU time. Go takes one such profile at a time, so that a program that is
//! profiled already refuses; between two pieces it needs a tenth of a second or so to write one down.

use crate::loopback::http::{Client, MAX_PROFILE_BYTES, MAX_UNPACKED_BYTES};
use crate::profiles_url::ProfilesUrl;
use fathom_formats::pprof::{PprofFrame, PprofProfile, PprofSample, ValueType, read_pprof};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Length of a piece: the end of a recording waits for the last one. Go takes whole seconds.
const PIECE_SECONDS: u64 = 3;
/// For a piece to come, once it is over.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// Stacks of all pieces; real programs have some thousands.
const MAX_STACKS: usize = 200_000;
/// Name of the profile in addresses.
const PROFILE: &str = "profile";
/// Column with the time.
pub(super) const COLUMN: &str = "cpu";

/// The pieces of a recording put together.
#[derive(Debug, Default)]
pub(super) struct CpuPieces {
    frames: Vec<PprofFrame>,
    index: HashMap<PprofFrame, u32>,
    /// Time and samples by stack.
    stacks: BTreeMap<Vec<u32>, [i64; 2]>,
    pub(super) n_pieces: u64,
    /// Why it ended early: a clause.
    pub(super) problem: Option<String>,
}

impl CpuPieces {
    /// Asks for piece after piece until `stop`, or until there is none.
    pub(super) fn ask(url: &ProfilesUrl, stop: &AtomicBool) -> Self {
        let mut pieces = Self::default();
        while !stop.load(Ordering::Relaxed) && pieces.problem.is_none() {
            let limit = Duration::from_secs(PIECE_SECONDS) + ANSWER_LIMIT;
            let address = url.of(&format!("{PROFILE}?seconds={PIECE_SECONDS}"));
            match Client::new(limit).get(&address, MAX_PROFILE_BYTES, limit) {
                Ok(bytes) => pieces.add(&read_pprof(&bytes, MAX_UNPACKED_BYTES).0),
                Err(error) => pieces.problem = Some(format!("{PROFILE} {error}")),
            }
        }
        pieces
    }

    fn add(&mut self, piece: &PprofProfile) {
        let Some(time) = piece.column(COLUMN) else {
            self.problem = Some(format!("{PROFILE} has no column `{COLUMN}`"));
            return;
        };
        let samples = piece.column("samples");
        let numbers: Vec<u32> = piece.frames.iter().map(|frame| self.number(frame)).collect();
        for sample in &piece.samples {
            let stack: Vec<u32> =
                sample.frames.iter().filter_map(|at| numbers.get(*at as usize)).copied().collect();
            if self.stacks.len() >= MAX_STACKS && !self.stacks.contains_key(&stack) {
                self.problem = Some(format!("{PROFILE} has more than {MAX_STACKS} stacks"));
                continue;
            }
            let sums = self.stacks.entry(stack).or_default();
            for (sum, at) in sums.iter_mut().zip([Some(time), samples]) {
                let value = at.and_then(|at| sample.values.get(at)).copied().unwrap_or(0);
                *sum = sum.saturating_add(value.max(0));
            }
        }
        self.n_pieces += 1;
    }

    fn number(&mut self, frame: &PprofFrame) -> u32 {
        if let Some(number) = self.index.get(frame) {
            return *number;
        }
        let number = self.frames.len() as u32;
        self.frames.push(frame.clone());
        self.index.insert(frame.clone(), number);
        number
    }

    /// How much of the recording they cover, in seconds.
    pub(super) fn seconds(&self) -> u64 {
        self.n_pieces * PIECE_SECONDS
    }

    /// All pieces as one profile.
    pub(super) fn into_profile(self) -> PprofProfile {
        let column = |kind: &str| ValueType { kind: kind.to_owned(), unit: String::new() };
        PprofProfile {
            value_types: vec![column(COLUMN), column("samples")],
            frames: self.frames,
            samples: self
                .stacks
                .into_iter()
                .map(|(frames, values)| PprofSample { frames, values: values.to_vec() })
                .collect(),
            ..PprofProfile::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(functions: &[&str], samples: &[(&[u32], [i64; 2])]) -> PprofProfile {
        let mut pieces = CpuPieces::default();
        pieces.frames.extend(
            functions.iter().map(|name| PprofFrame { function: (*name).to_owned(), ..PprofFrame::default() }),
        );
        pieces.stacks.extend(samples.iter().map(|(stack, values)| (stack.to_vec(), *values)));
        pieces.into_profile()
    }

    #[test]
    fn pieces_add_up_by_name() {
        let mut pieces = CpuPieces::default();
        pieces.add(&piece(&["main.a", "main.b"], &[(&[0, 1], [30, 3]), (&[1], [10, 1])]));
        pieces.add(&piece(&["main.b", "main.a"], &[(&[1, 0], [20, 2]), (&[0], [i64::MAX, -5])]));
        let whole = pieces.into_profile();
        let names: Vec<&str> = whole.frames.iter().map(|frame| frame.function.as_str()).collect();
        assert_eq!(names, ["main.a", "main.b"]);
        let samples: Vec<_> =
            whole.samples.iter().map(|sample| (&sample.frames[..], &sample.values[..])).collect();
        assert_eq!(samples, [(&[0, 1][..], &[50, 5][..]), (&[1], &[i64::MAX, 1])]);
    }

    #[test]
    fn what_is_no_cpu_profile_ends_it() {
        let mut pieces = CpuPieces::default();
        pieces.add(&PprofProfile::default());
        assert_eq!(pieces.problem.as_deref(), Some("profile has no column `cpu`"));
        let stop = AtomicBool::new(false);
        let url = ProfilesUrl::parse("http://127.0.0.1:1/").expect("an address");
        let problem = CpuPieces::ask(&url, &stop).problem.expect("nobody is there");
        assert!(problem.starts_with("profile cannot be asked"), "{problem}");
        stop.store(true, Ordering::Relaxed);
        assert_eq!(CpuPieces::ask(&url, &stop).problem, None);
    }
}
