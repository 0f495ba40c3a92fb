//! A file of `perf script` text to parts, one for each thread: where it is cut, and how its bytes arrive.

use super::part::Part;
use crate::input::{Compression, Input, Limits};
use memchr::memmem;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at once.
const BLOCK_BYTES: usize = 1 << 20;
/// A stack is shorter; text without a blank line for so long is read line by line.
const LONGEST_BLOCK_BYTES: usize = 4 << 20;
/// Shorter files are not worth a thread.
const LEAST_PART_BYTES: u64 = 4 << 20;

/// Reads the file: its parts in order.
pub(super) fn parts(input: &Input<'_>) -> (Vec<Part>, Vec<fathom_model::Issue>) {
    if input.compression() != Compression::None {
        let mut stream = input.stream();
        let mut part = Part::new(input.limits());
        // A stream has no errors.
        read_all(&mut part, 0, |buffer| std::io::Read::read(&mut stream, buffer).unwrap_or(0));
        return (vec![part], stream.issues());
    }
    let cuts = cuts(input);
    let n_parts = cuts.len() - 1;
    let done = AtomicU64::new(0);
    let read = |at: usize, range: &[u64]| {
        // The first part becomes the whole; the tables of the others are taken over by it.
        let share = if at == 0 { 1 } else { n_parts as u64 };
        let limits = Limits { model_bytes: input.limits().model_bytes / share, ..input.limits() };
        let mut part = Part::new(limits);
        let mut failure = None;
        let mut at = range[0];
        read_all(&mut part, range[0], |buffer| {
            let room = buffer.len().min((range[1] - at) as usize);
            let n = input.bytes().read_at(at, &mut buffer[..room]).unwrap_or_else(|error| {
                failure = Some((at, error));
                0
            });
            at += n as u64;
            input.tell(done.fetch_add(n as u64, Ordering::Relaxed) + n as u64);
            n
        });
        if let Some((at, error)) = failure {
            part.wrong(at, "cannot read", error.to_string().as_bytes());
        }
        part
    };
    let read = &read;
    let parts = std::thread::scope(|scope| {
        let others: Vec<_> = cuts
            .windows(2)
            .enumerate()
            .skip(1)
            .map(|(at, range)| scope.spawn(move || read(at, range)))
            .collect();
        let mut parts = vec![read(0, &cuts[..2])];
        for other in others {
            match other.join() {
                Ok(part) => parts.push(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parts
    });
    (parts, Vec::new())
}

/// Where parts begin, and the end of the last: behind blank lines, as evenly as these allow.
fn cuts(input: &Input<'_>) -> Vec<u64> {
    let length = input.length();
    let n = (input.limits().threads as u64).min(length / LEAST_PART_BYTES).max(1);
    let mut cuts = vec![0];
    for at in (1..n).map(|part| length / n * part) {
        let mut window = vec![0; BLOCK_BYTES];
        let got = input.bytes().read_at(at, &mut window).unwrap_or(0);
        let cut = memmem::find(&window[..got], b"\n\n").map(|found| at + found as u64 + 2);
        cuts.extend(cut.filter(|cut| *cut < length && cuts.last() < Some(cut)));
    }
    cuts.push(length);
    cuts
}

/// Gives a part its text in pieces that end between samples, as long as `read` brings bytes.
fn read_all(part: &mut Part, mut offset: u64, mut read: impl FnMut(&mut [u8]) -> usize) {
    let mut buffer = vec![0; BLOCK_BYTES];
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(buffer.len() * 2, 0);
        }
        let n = read(&mut buffer[filled..]);
        filled += n;
        let text = &buffer[..filled];
        let used = if n == 0 {
            part.samples(text, offset);
            let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            if !last.is_empty() && !last.trim_ascii_end().ends_with(b")") {
                part.wrong(offset + filled as u64, "the text ends within a line", last);
            }
            part.close();
            return;
        } else if let Some(blank) = memmem::rfind(text, b"\n\n") {
            part.samples(&text[..blank + 2], offset);
            blank + 2
        } else if filled < LONGEST_BLOCK_BYTES {
            0
        } else if let Some(end) = memchr::memrchr(b'\n', text) {
            part.lines(&text[..=end], offset);
            end + 1
        } else {
            part.wrong(offset, "a line of more than 4 MiB is skipped", text);
            filled
        };
        buffer.copy_within(used..filled, 0);
        filled -= used;
        offset += used as u64;
    }
}
