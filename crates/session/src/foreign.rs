//! Profiles of other tools: told by content, read within the machine's memory, their frames classified.
//!
//! Knows no format; `fathom-formats` does.

use crate::error::SessionError;
use crate::foreign_names::name_addresses;
use fathom_analysis::{ClassifyHints, classify, own_installed_programs};
use fathom_formats::{HEAD_BYTES, Input, Limits, recognise};
use fathom_model::{FrameKind, Issue, ModuleKind, Recording};
use fathom_symbols::demangle;
use fathom_sys::host::available_memory_bytes;
use std::fs::File;

/// Told how far reading a profile of another tool has come: bytes done, of all.
pub type Reading<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Reads a file of another tool; `name` is what errors call it.
pub(crate) fn read(
    file: &File,
    name: &str,
    reading: Reading<'_>,
) -> Result<(Recording, Vec<Issue>), SessionError> {
    let input = Input::new(file).with_limits(limits()).with_progress(reading);
    let found = recognise(&input.head(HEAD_BYTES)).map(|(format, _)| format);
    let Some(format) = found else {
        return Err(SessionError::Unknown { path: name.to_owned(), length: input.length() });
    };
    let Some(read) = format.read else {
        return Err(SessionError::Foreign { path: name.to_owned(), format: format.name });
    };
    let (mut recording, mut issues) = read(&input);
    let is_empty = recording.samples.is_empty() && recording.events.is_empty() && recording.series.is_empty();
    if let (true, Some(issue)) = (is_empty, issues.first()) {
        let (path, why) = (name.to_owned(), issue.clone());
        return Err(SessionError::Unreadable { path, format: format.name, why });
    }
    let written = file.metadata().and_then(|found| found.modified()).ok();
    issues.extend(name_addresses(&mut recording, written));
    name_kinds(&mut recording);
    Ok((recording, issues))
}

/// Half of the memory that is there: the other half is for what is made of the profile.
fn limits() -> Limits {
    let usual = Limits::default();
    let half = available_memory_bytes().map_or(usual.model_bytes, |bytes| bytes / 2);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Limits { model_bytes: half, whole_bytes: half, threads }
}

/// Frames whose kind the format did not tell.
fn name_kinds(recording: &mut Recording) {
    let main = recording.modules.iter().find(|module| module.kind == ModuleKind::Elf);
    let hints =
        ClassifyHints { main_executable: main.map(|module| module.path.clone()), ..ClassifyHints::default() };
    for frame in recording.frames.iter_mut().filter(|frame| frame.kind == FrameKind::Unknown) {
        // Tools that print what the linker says leave this to whoever reads it.
        if let Some(name) =
            frame.function.as_deref().filter(|name| name.starts_with("_Z") || name.starts_with("_R"))
        {
            frame.function = Some(demangle(name));
        }
        let module = frame.module.and_then(|id| recording.modules.get(id.index()));
        frame.kind = classify(frame, module, &hints);
        // Code with a source file that is no library's was written by somebody who wants to see it.
        let is_somebodys =
            frame.file.as_deref().is_some_and(|file| !file.is_empty() && !file.starts_with('<'));
        if frame.kind == FrameKind::Unknown && is_somebodys {
            frame.kind = FrameKind::User;
        }
    }
    own_installed_programs(&mut recording.frames);
}
