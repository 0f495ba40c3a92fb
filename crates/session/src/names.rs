//! Finding the file that gives a module its names, and never another one.

use crate::absent::is_preload_library;
use crate::gather::RawModule;
use fathom_model::{BuildId, ModuleKind};
use fathom_symbols::{Bytes, FileSource, elf_build_id};
use fathom_sys::file_map::file_bytes;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

/// Separate debug files on this machine.
pub(crate) struct LocalFiles;

impl FileSource for LocalFiles {
    fn open(&self, path: &str) -> Option<Bytes> {
        file_bytes(open_without_waiting(path).ok()?).ok().map(Bytes::new)
    }
}

/// The bytes of a module's file, if it is proved to be the one that was mapped: the same file (device, inode,
/// size, time) or the same build id. The descriptor kept open while recording is tried before the path.
pub(crate) fn module_bytes(module: &RawModule) -> Option<Bytes> {
    if module.kind == ModuleKind::Vdso {
        return fathom_collect::own_vdso().map(Bytes::from);
    }
    // Fathom's own library is no longer on the disk when the recording is over.
    if is_preload_library(&module.path) {
        let own = fathom_collect::preload::library();
        return same_build(module.build_id.as_ref(), own).then(|| Bytes::from(own.to_vec()));
    }
    let candidates = module.local_path.iter().chain([&module.path]);
    candidates.into_iter().find_map(|path| {
        let file = open_without_waiting(path).ok()?;
        let same_file = file.metadata().is_ok_and(|m| {
            let found = [m.dev(), m.ino(), m.size(), (m.mtime() * 1_000_000_000 + m.mtime_nsec()) as u64];
            module.identity == Some(found)
        });
        let bytes = Bytes::new(file_bytes(file).ok()?);
        (same_file || same_build(module.build_id.as_ref(), &bytes)).then_some(bytes)
    })
}

/// Opens for reading. Where a library was, the target may have put a fifo, whose open waits for a writer for ever.
pub(crate) fn open_without_waiting(path: &str) -> io::Result<File> {
    // O_NONBLOCK | O_NOCTTY, the same numbers on x86-64 and arm64.
    OpenOptions::new().read(true).custom_flags(0o4000 | 0o400).open(path)
}

fn same_build(wanted: Option<&BuildId>, bytes: &[u8]) -> bool {
    wanted.is_some_and(|wanted| elf_build_id(bytes).as_ref() == Some(wanted))
}

/// Where names found earlier are kept: `$XDG_CACHE_HOME/fathom/symbols`, else below `~/.cache`.
pub(crate) fn cache_file(build_id: &BuildId) -> Option<PathBuf> {
    // A build id is the file's name: short ones and what stands in for one could collide.
    if build_id.0.len() < 8 {
        return None;
    }
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("fathom/symbols").join(format!("{build_id}.symbols")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_in_a_library_s_place_is_not_waited_for() {
        let path = std::env::temp_dir().join(format!("fathom-fifo-{}.so", std::process::id()));
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let opened = LocalFiles.open(path.to_str().unwrap());
        std::fs::remove_file(&path).unwrap();
        assert!(opened.is_none());
    }
}
