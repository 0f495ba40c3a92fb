//! The reader: unpacks in one thread, takes apart in another, and adds up in a third.

use super::blocks::cut_into_blocks;
use super::collected::{Batch, Collected};
use super::{legacy, resolve};
use crate::input::Input;
use fathom_model::{Issue, Recording};
use std::sync::mpsc::{channel, sync_channel};

/// Bytes that tell an old kind of file.
const LEGACY_HEAD_BYTES: usize = 4096;
/// Blocks that are unpacked ahead, and that are taken apart ahead.
const BLOCKS_AHEAD: usize = 4;

/// A recording of sums without times.
pub(super) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (collected, mut issues) = if legacy::is_legacy(&input.head(LEGACY_HEAD_BYTES)) {
        let (bytes, mut issues) = input.whole();
        let (collected, more) = legacy::read(&bytes, input.limits());
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
    let mut collected = Collected::new(input.limits());
    let Collected { parsed, sums } = &mut collected;
    let most = usize::try_from(input.limits().whole_bytes).unwrap_or(usize::MAX);
    if input.limits().threads < 2 {
        let mut stream = input.stream();
        let mut batch = Batch::default();
        let mut issues = cut_into_blocks(&mut stream, most, |block| {
            parsed.take(&block, &mut batch);
            sums.take(&batch);
            Some(block)
        });
        issues.splice(0..0, stream.issues());
        return (collected, issues);
    }
    let issues = std::thread::scope(|scope| {
        let (give_block, blocks) = sync_channel::<Vec<u8>>(BLOCKS_AHEAD);
        let (give_block_back, used_blocks) = channel::<Vec<u8>>();
        let (give_batch, batches) = sync_channel::<Batch>(BLOCKS_AHEAD);
        let (give_batch_back, used_batches) = channel::<Batch>();
        let reader = scope.spawn(move || {
            // A stream stays in the thread that reads it.
            let mut stream = input.stream();
            let mut issues = cut_into_blocks(&mut stream, most, |block| {
                give_block.send(block).ok()?;
                Some(used_blocks.try_recv().unwrap_or_default())
            });
            issues.splice(0..0, stream.issues());
            issues
        });
        scope.spawn(move || {
            for block in blocks {
                let mut batch = used_batches.try_recv().unwrap_or_default();
                parsed.take(&block, &mut batch);
                // Nobody waits for it behind the last one.
                let _ = give_block_back.send(block);
                if give_batch.send(batch).is_err() {
                    return;
                }
            }
        });
        for batch in batches {
            sums.take(&batch);
            let _ = give_batch_back.send(batch);
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    (collected, issues)
}

#[cfg(test)]
pub(super) mod tests;
