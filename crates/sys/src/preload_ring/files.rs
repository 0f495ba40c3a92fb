//! The two files: the library, which must be executable and may be readable by all, and the ring.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A file that is removed when it is dropped.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Nothing to be done if somebody else removed it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes the library into the first folder from which it can be executed.
///
/// It is readable by all, so that a program that changes its user does not make the dynamic linker complain.
pub(super) fn create_library(content: &[u8]) -> io::Result<TemporaryFile> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let folders = [
        variable("TMPDIR"),
        Some("/tmp".into()),
        Some("/var/tmp".into()),
        variable("XDG_RUNTIME_DIR"),
        Some("/dev/shm".into()),
    ];
    let mut tried = Vec::new();
    for folder in folders.into_iter().flatten() {
        match create_library_in(&folder, content) {
            Ok(file) => return Ok(file),
            Err(error) => tried.push(format!("{}: {error}", folder.display())),
        }
    }
    let message = format!(
        "no folder for the preload library: {}\n\nhint: set TMPDIR to a folder that is not mounted noexec",
        tried.join("; ")
    );
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

fn create_library_in(folder: &Path, content: &[u8]) -> io::Result<TemporaryFile> {
    // The dynamic linker splits LD_PRELOAD at blanks and colons, and takes it from any working directory.
    let is_usable = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b':';
    if !folder.is_absolute() || !folder.as_os_str().as_bytes().iter().all(is_usable) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not absolute, or a blank or colon in its path",
        ));
    }
    let mut created = create(folder, "preload.so", 0o700)?;
    created.file.write_all(content)?;
    created.file.set_permissions(fs::Permissions::from_mode(0o755))?;
    probe_executable(&created.file, content.len())?;
    Ok(created)
}

/// Maps the file as the dynamic linker would: `EPERM` on a file system mounted `noexec`.
fn probe_executable(file: &File, n_bytes: usize) -> io::Result<()> {
    let protection = libc::PROT_READ | libc::PROT_EXEC;
    // SAFETY: asks for a new mapping, which overlaps nothing; it is not used, only removed.
    unsafe {
        let address = libc::mmap(
            std::ptr::null_mut(),
            n_bytes.max(1),
            protection,
            libc::MAP_PRIVATE,
            file.as_raw_fd(),
            0,
        );
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        libc::munmap(address, n_bytes.max(1));
    }
    Ok(())
}

/// Makes the ring in memory (`/dev/shm`) where possible, for this user alone, with all of its room reserved.
pub(super) fn create_ring(n_bytes: u64) -> io::Result<TemporaryFile> {
    let on_disk = std::env::temp_dir();
    create_ring_in(Path::new("/dev/shm"), n_bytes).or_else(|_| create_ring_in(&on_disk, n_bytes)).map_err(
        |error| {
            io::Error::new(
                error.kind(),
                format!("{n_bytes} bytes for samples in /dev/shm or {}: {error}", on_disk.display()),
            )
        },
    )
}

fn create_ring_in(folder: &Path, n_bytes: u64) -> io::Result<TemporaryFile> {
    let created = create(folder, "ring", 0o600)?;
    let length = i64::try_from(n_bytes).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
    // SAFETY: takes a descriptor and two numbers.
    match unsafe { libc::posix_fallocate(created.file.as_raw_fd(), 0, length) } {
        0 => Ok(created),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

fn create(folder: &Path, kind: &str, mode: u32) -> io::Result<TemporaryFile> {
    let mut random = [0u8; 16];
    // SAFETY: the buffer is exclusive and as long as said.
    let n_bytes = unsafe { libc::getrandom(random.as_mut_ptr().cast(), random.len(), 0) };
    if n_bytes != random.len() as isize {
        return Err(io::Error::last_os_error());
    }
    let path = folder.join(format!("fathom-{:032x}.{kind}", u128::from_le_bytes(random)));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(mode)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(&path)?;
    Ok(TemporaryFile { path, file })
}
