//! What a file is, told by its first bytes and never by its name.

use crate::error::StoreError;
use crate::spool;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Enough for every signature.
const HEAD_BYTES: u64 = 4096;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A spool: a recording that was not finished.
    Spool,
    /// A recording.
    Fathom,
    /// None of these: a profile of another tool, or no profile.
    Other,
}

/// Looks at a file's first bytes.
///
/// # Errors
/// [`StoreError::Io`] if it cannot be read.
pub fn sniff(path: &Path) -> Result<FileKind, StoreError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(StoreError::io("read", path))?;
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(StoreError::io("read", path))?;
    Ok(kind_of(&head))
}

fn kind_of(head: &[u8]) -> FileKind {
    let holds = |name: &[u8]| head.windows(name.len()).any(|bytes| bytes == name);
    if head.starts_with(spool::MAGIC) {
        return FileKind::Spool;
    }
    // A local header of ZIP, then the name of one of our files.
    if head.starts_with(b"PK\x03\x04") && (holds(b"meta.json") || holds(b".parquet")) {
        return FileKind::Fathom;
    }
    FileKind::Other
}
