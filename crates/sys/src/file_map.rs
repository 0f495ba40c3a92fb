//! Bytes of a file for reading: small ones copied, large ones mapped.

use memmap2::Mmap;
use std::fs::File;
use std::io::{self, Read};

/// Up to this size a file is copied: a copy cannot change under the reader.
const COPY_BYTES: u64 = 64 << 20;

/// The bytes of a file.
#[derive(Debug)]
pub enum FileBytes {
    /// Copied.
    Copied(Vec<u8>),
    /// Mapped.
    Mapped(Mmap),
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Copied(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}

/// Reads or maps a regular file from its start.
///
/// # Errors
/// What the system answers; `InvalidInput` for what is no regular file.
pub fn file_bytes(mut file: File) -> io::Result<FileBytes> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    if metadata.len() <= COPY_BYTES {
        let mut bytes = Vec::with_capacity(metadata.len() as usize);
        file.by_ref().take(COPY_BYTES).read_to_end(&mut bytes)?;
        return Ok(FileBytes::Copied(bytes));
    }
    // SAFETY: a private read-only map. If another process truncates the file meanwhile, reading past its new
    // end raises SIGBUS; such files are installed by renaming, and a copy of hundreds of megabytes would
    // cost every user more than this rare case does.
    unsafe { Mmap::map(&file) }.map(FileBytes::Mapped)
}
