//! The `.fathom` file: a ZIP, stored, of `meta.json` and the Parquet tables.

use crate::error::StoreError;
use fathom_formats::parquet::{StackHashes, read_tables, write_tables};
use fathom_model::{Issue, Recording};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Writes a recording: under another name beside `path`, to disk, then renamed, so that `path` is never half
/// of a recording.
///
/// # Errors
/// [`StoreError::Io`]; nothing is left behind then.
pub fn write_recording(recording: &Recording, path: &Path) -> Result<(), StoreError> {
    // A rename would take the place of a device or link: as root, of /dev/null and /dev/stdout themselves.
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        let source = std::io::Error::other("something that is not a file is there");
        return Err(StoreError::io("write", path)(source));
    }
    let bytes = pack(recording).map_err(StoreError::io("write", path))?;
    let temporary = temporary_name(path);
    let written = write_durably(&temporary, &bytes).and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // The error that counts is the first one.
        let _ = fs::remove_file(&temporary);
        return Err(StoreError::io("write", path)(error));
    }
    // The name is in the directory; not every file system lets directories be synced.
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
    Ok(())
}

/// Reads a `.fathom` file; what is damaged in it is in the list, and ids are inside their tables.
///
/// # Errors
/// If the file cannot be read, is no recording, or is of a later major version.
pub fn read_recording(path: &Path) -> Result<(Recording, Vec<Issue>), StoreError> {
    let bytes = fs::read(path).map_err(StoreError::io("read", path))?;
    read_named(&bytes, &path.display().to_string())
}

/// The same for bytes: any bytes, without a panic; memory is bounded by their number.
///
/// # Errors
/// If the bytes are no recording, or one of a later major version.
pub fn read_recording_bytes(bytes: &[u8]) -> Result<(Recording, Vec<Issue>), StoreError> {
    read_named(bytes, "recording")
}

fn pack(recording: &Recording) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The tables are packed already; the fixed date keeps equal recordings equal.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for file in write_tables(recording, StackHashes::OfSamples) {
        zip.start_file(file.name, options)?;
        zip.write_all(&file.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn read_named(bytes: &[u8], name: &str) -> Result<(Recording, Vec<Issue>), StoreError> {
    let entries = entries(bytes).map_err(|found| StoreError::NotARecording { name: name.into(), found })?;
    let file = |name: &str| match entries.get(name) {
        Some(entry) => entry.content(bytes).map(Some),
        None => Ok(None),
    };
    read_tables(bytes.len(), file).map_err(|source| StoreError::Tables { name: name.into(), source })
}

/// Where a file lies in the ZIP.
struct Entry {
    /// `None` where the directory points outside or the file is packed.
    range: Option<Range<usize>>,
    crc32: u32,
    method: CompressionMethod,
}

impl Entry {
    /// Of a file whose content begins at `start`.
    fn new<R: std::io::Read>(file: &zip::read::ZipFile<'_, R>, start: Option<usize>) -> Self {
        let range = start
            .and_then(|start| Some(start..start.checked_add(usize::try_from(file.compressed_size()).ok()?)?));
        Self { range, crc32: file.crc32(), method: file.compression() }
    }

    fn content<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], String> {
        if self.method != CompressionMethod::Stored {
            return Err(format!("is packed in the ZIP ({}); stored files are needed", self.method));
        }
        let content = self.range.clone().and_then(|range| bytes.get(range)).ok_or("lies outside the ZIP")?;
        let found = crc32fast::hash(content);
        if found == self.crc32 {
            Ok(content)
        } else {
            Err(format!("is damaged: checksum {found:08x}, {:08x} is needed", self.crc32))
        }
    }
}

fn entries(bytes: &[u8]) -> Result<BTreeMap<String, Entry>, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            let found = entries_in_order(bytes);
            return if found.is_empty() { Err(error.to_string()) } else { Ok(found) };
        }
    };
    let mut entries = BTreeMap::new();
    for at in 0..archive.len() {
        let Ok(file) = archive.by_index_raw(at) else { continue };
        let entry = Entry::new(&file, file.data_start().and_then(|start| usize::try_from(start).ok()));
        if let Ok(name) = file.name() {
            entries.insert(name.into_owned(), entry);
        }
    }
    Ok(entries)
}

/// The files as they stand one behind the other, where the directory at the end of the ZIP is cut off.
fn entries_in_order(bytes: &[u8]) -> BTreeMap<String, Entry> {
    let mut rest = Cursor::new(bytes);
    let mut entries = BTreeMap::new();
    loop {
        let header = usize::try_from(rest.position()).ok().and_then(|at| Some((at, bytes.get(at..)?)));
        let Ok(Some(file)) = zip::read::read_zipfile_from_stream(&mut rest) else { return entries };
        let start = header.and_then(|(at, header)| {
            // Behind the 30 bytes of the header stand name and extra field, whose lengths are its last two numbers
            // (APPNOTE.TXT 6.3.10, section 4.3.7).
            let length =
                |at: usize| Some(usize::from(u16::from_le_bytes(header.get(at..at + 2)?.try_into().ok()?)));
            Some(at + 30 + length(26)? + length(28)?)
        });
        let entry = Entry::new(&file, start);
        if let Ok(name) = file.name() {
            entries.insert(name.into_owned(), entry);
        }
    }
}
