//! Images of processes that runtimes were recorded from, damaged by the input.
//!
//! The first byte chooses the image, the rest are changes of 8 bytes each.

#[path = "../crates/runtimes/tests/images/mod.rs"]
mod image;

use fathom_runtimes::{Detection, FrameSource, Locals, ReadError, Snapshot, catalog};
use fathom_sys::process_view::ProcessView;
use image::{Image, damage};
use std::path::Path;
use std::sync::OnceLock;

/// More changes leave nothing of an image.
const MAX_CHANGES: usize = 512;

/// Reads everything that the runtime `id` finds in a damaged image, and holds it to its promises.
pub fn read_damaged(id: &str, data: &[u8]) {
    let images = images(id);
    let Some((first, changes)) = data.split_first() else { return };
    let mut image = images[usize::from(*first) % images.len()].clone();
    damage(&mut image, &changes[..changes.len().min(MAX_CHANGES * 8)]);
    let view = image.view();
    let runtime = catalog::all().iter().find(|runtime| runtime.id() == id).expect("it is in the catalog");
    let Detection::Ready(mut reader) = runtime.detect(&view) else { return };
    reader.read_locals(Locals::Redacted);
    match reader.dump(&view) {
        Ok(dump) => {
            assert!(dump.issues.len() <= 1_001);
            for thread in &dump.threads {
                assert!(thread.locals.is_empty() || thread.locals.len() == thread.frames.len());
            }
        }
        Err(ReadError::Memory { .. } | ReadError::Unexpected { .. } | ReadError::NotTold(_)) => {}
    }
    let mut sources = reader.into_sources();
    if let Some(tasks) = &mut sources.tasks {
        let _ = tasks.waits(&view);
    }
    if let Some(source) = sources.frames {
        walk(source, &view);
    }
}

/// As while it is recorded.
fn walk(mut source: Box<dyn FrameSource>, view: &ProcessView) {
    let memory = Snapshot::new(view);
    let _ = source.walk_plan();
    for (_, thread) in source.thread_addresses(view).into_iter().take(8) {
        let Some(mut record) = source.read_thread(view, thread) else { continue };
        // As if the walker had left the rest unread.
        let n_walked = record.frames.len() / 2;
        if let Some(next) = record.frames.get(n_walked) {
            record.next = next.address;
            record.frames.truncate(n_walked);
        }
        let outer = source.outer_frames(view, &record);
        record.frames.extend(outer);
        let activations = source.activations(&record, &mut |place| memory.u64("a word", place).ok());
        for frame in activations.iter().flat_map(|activation| &activation.frames).take(1_000) {
            let _ = source.traces(&memory, frame);
            if source.name(&memory, frame).is_some() {
                assert!(source.is_current(&memory, frame.code));
            }
        }
    }
}

fn images(id: &str) -> &'static [Image] {
    static IMAGES: OnceLock<Vec<Image>> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/runtimes/tests/images");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the images are in the repository")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(id) && name.ends_with(".image")
            })
            .collect();
        files.sort();
        let images: Vec<Image> = files
            .iter()
            .map(|file| Image::parse(&std::fs::read(file).expect("a file")).expect("an image"))
            .collect();
        assert!(!images.is_empty());
        images
    })
}
