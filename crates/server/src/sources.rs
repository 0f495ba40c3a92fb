//! Source files that the frames of a recording name. Nothing else is ever opened: a name is looked up, not resolved.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use fathom_model::Recording;

/// More than the longest generated source that anybody reads.
const MOST_BYTES: u64 = 8 << 20;

/// The files, and where relative names begin.
pub(crate) struct Sources {
    named: BTreeSet<String>,
    working_directory: Option<PathBuf>,
}

impl Sources {
    pub(crate) fn of(recording: &Recording) -> Self {
        let named = recording.frames.iter().filter_map(|frame| frame.file.clone()).collect();
        Self { named, working_directory: recording.meta.target.working_directory.as_ref().map(PathBuf::from) }
    }

    /// The path that was read and its text; or why not.
    pub(crate) fn read(&self, name: &str) -> Result<(String, String), String> {
        if !self.named.contains(name) {
            return Err("the recording does not name this file".into());
        }
        let bare = name.strip_prefix("file://").unwrap_or(name);
        let path = match &self.working_directory {
            Some(directory) if !bare.starts_with('/') => directory.join(bare),
            _ => PathBuf::from(bare),
        };
        if !path.is_absolute() {
            return Err(format!("{name} is relative to a directory that is not known"));
        }
        let text = read_text(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Ok((path.display().to_string(), text))
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    // Asked before it is opened: opening a pipe would wait, and a device could act.
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("not a regular file".into());
    }
    if metadata.len() > MOST_BYTES {
        return Err(format!("{} bytes are more than {MOST_BYTES}", metadata.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.contains(&0) {
        return Err("not text".into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
