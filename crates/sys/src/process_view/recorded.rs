//! A process kept as files and pieces of memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// The recorded form of a [`super::ProcessView`].
///
/// Files are named as below `/proc/PID`; a symbolic link is a file that holds its target; files of the
/// target's root are `root/<path>`; memory is in files `memory/<address in hexadecimal>`.
#[derive(Clone, Debug, Default)]
pub struct RecordedProcess {
    pub(super) pid: i32,
    files: BTreeMap<String, Vec<u8>>,
    memory: BTreeMap<u64, Vec<u8>>,
}

impl RecordedProcess {
    /// From files in memory.
    pub fn new(pid: i32, files: BTreeMap<String, Vec<u8>>) -> Self {
        Self { pid, files, memory: BTreeMap::new() }
    }

    /// From a folder; symbolic links are kept as their targets and not followed.
    /// Errors: as reading the folder.
    pub fn from_folder(pid: i32, folder: &Path) -> io::Result<Self> {
        let mut process = Self::new(pid, BTreeMap::new());
        process.load(folder, "")?;
        Ok(process)
    }

    fn load(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.load(&entry.path(), &format!("{name}/"))?;
                continue;
            }
            let bytes = if kind.is_symlink() {
                fs::read_link(entry.path())?.into_os_string().into_encoded_bytes()
            } else {
                fs::read(entry.path())?
            };
            match name.strip_prefix("memory/").map(|address| u64::from_str_radix(address, 16)) {
                Some(Ok(address)) => self.add_memory(address, bytes),
                _ => self.add_file(&name, bytes),
            }
        }
        Ok(())
    }

    /// Adds or replaces a file.
    pub fn add_file(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_string(), bytes);
    }

    /// Adds a piece of memory; pieces do not overlap.
    pub fn add_memory(&mut self, address: u64, bytes: Vec<u8>) {
        self.memory.insert(address, bytes);
    }

    pub(super) fn file(&self, name: &str) -> io::Result<&[u8]> {
        self.files.get(name).map(Vec::as_slice).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("{name}: not in the recorded process {}", self.pid),
            )
        })
    }

    pub(super) fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = format!("{folder}/");
        let names: BTreeSet<&str> = self
            .files
            .range(prefix.clone()..)
            .map_while(|(name, _)| name.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('/').next())
            .collect();
        if names.is_empty() {
            let message = format!("{folder}: not in the recorded process {}", self.pid);
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        Ok(names.into_iter().map(str::to_string).collect())
    }

    pub(super) fn read_memory(&self, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let piece = self.memory.range(..=address).next_back();
        let rest = piece.and_then(|(start, bytes)| bytes.get(usize::try_from(address - start).ok()?..));
        match rest {
            Some(rest) if !rest.is_empty() => {
                let n_bytes = rest.len().min(buffer.len());
                buffer[..n_bytes].copy_from_slice(&rest[..n_bytes]);
                Ok(n_bytes)
            }
            _ => Err(io::Error::from_raw_os_error(libc::EFAULT)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_becomes_a_process() {
        let folder = std::env::temp_dir().join(format!("fathom-recorded-{}", std::process::id()));
        fs::create_dir_all(folder.join("task/7")).unwrap();
        fs::create_dir_all(folder.join("memory")).unwrap();
        fs::write(folder.join("task/7/comm"), "worker\n").unwrap();
        fs::write(folder.join("memory/10"), [1, 2, 3]).unwrap();
        std::os::unix::fs::symlink("/nowhere/bin (deleted)", folder.join("exe")).unwrap();
        let process = RecordedProcess::from_folder(7, &folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(process.file("task/7/comm").unwrap(), b"worker\n");
        assert_eq!(process.list("task").unwrap(), ["7"]);
        assert_eq!(process.file("exe").unwrap(), b"/nowhere/bin (deleted)");
        let mut bytes = [0; 8];
        assert_eq!(process.read_memory(0x11, &mut bytes).unwrap(), 2);
        assert_eq!(bytes[..2], [2, 3]);
        assert!(process.list("fd").is_err());
    }
}
