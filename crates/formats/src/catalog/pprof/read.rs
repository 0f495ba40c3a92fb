//! The reader: unpacks in one thread and adds up in another.

use super::blocks::cut_into_blocks;
use super::collected::Collected;
use super::{legacy, resolve};
use crate::input::Input;
use fathom_model::{Issue, Recording};
use std::sync::mpsc::{channel, sync_channel};

/// Bytes that tell an old kind of file.
const LEGACY_HEAD_BYTES: usize = 4096;
/// Blocks that are unpacked ahead.
const BLOCKS_AHEAD: usize = 4;

/// A recording of sums without times.
pub(super) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (collected, mut issues) = if legacy::is_legacy(&input.head(LEGACY_HEAD_BYTES)) {
        let (bytes, mut issues) = input.whole();
        let (collected, more) = legacy::read(&bytes);
        issues.extend(more);
        (collected, issues)
    } else {
        stream(input)
    };
    let (recording, more) = resolve::recording(collected, input.limits());
    issues.extend(more);
    (recording, issues)
}

fn stream(input: &Input<'_>) -> (Collected, Vec<Issue>) {
    let mut collected = Collected::default();
    let most = usize::try_from(input.limits().whole_bytes).unwrap_or(usize::MAX);
    if input.limits().threads < 2 {
        let mut stream = input.stream();
        let mut issues = cut_into_blocks(&mut stream, most, |block| {
            collected.take(&block);
            Some(block)
        });
        issues.splice(0..0, stream.issues());
        return (collected, issues);
    }
    let issues = std::thread::scope(|scope| {
        let (give, blocks) = sync_channel::<Vec<u8>>(BLOCKS_AHEAD);
        let (give_back, used) = channel::<Vec<u8>>();
        let reader = scope.spawn(move || {
            // A stream stays in the thread that reads it.
            let mut stream = input.stream();
            let mut issues = cut_into_blocks(&mut stream, most, |block| {
                give.send(block).ok()?;
                Some(used.try_recv().unwrap_or_default())
            });
            issues.splice(0..0, stream.issues());
            issues
        });
        for block in blocks {
            collected.take(&block);
            // Nobody waits for it behind the last one.
            let _ = give_back.send(block);
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    (collected, issues)
}

#[cfg(test)]
pub(super) mod tests;
