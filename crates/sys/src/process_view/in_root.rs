//! Opening files that the target controls without being led astray.
//!
//! A path is resolved below `/proc/PID/root`, never above, never through `/proc`'s magic links, and where
//! [`OpenRules::follow_links`] is off through no symbolic link at all. The file is looked at through an
//! `O_PATH` descriptor before it is opened, so that a fifo does not block and a device does not act.
//! `openat2(2)` does the resolving; where it is missing (before kernel 5.6) or refused (`EPERM` of older
//! container filters) the path is walked one component at a time with the same result.

use std::ffi::{CString, OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

/// The kernel's own maximum of symbolic links in one path.
const MAX_LINKS: usize = 40;

/// What a file must be like to be opened.
///
/// Errors of whoever uses it: `ELOOP` for a link that is not allowed; `InvalidInput` for what is not a
/// regular file, `PermissionDenied` for another owner, `FileTooLarge` for too many bytes, each with the path
/// and the values.
#[derive(Clone, Copy, Debug)]
pub struct OpenRules {
    /// Symbolic links inside the target's root are followed: right for binaries, wrong for files in `/tmp`.
    pub follow_links: bool,
    /// The file must belong to this user, or to root.
    pub owner: Option<u32>,
    /// Largest size in bytes.
    pub max_bytes: u64,
}

impl OpenRules {
    /// For programs and libraries: links are followed, any owner, up to 8 GiB.
    pub const BINARY: Self = Self { follow_links: true, owner: None, max_bytes: 8 << 30 };

    /// For files that programs write where all users may (perf maps, attach files): no links, this owner,
    /// at most `max_bytes`.
    pub fn written_by(owner: u32, max_bytes: u64) -> Self {
        Self { follow_links: false, owner: Some(owner), max_bytes }
    }
}

/// Opens `path` below the folder `root` for reading.
pub(super) fn open(root: &Path, path: &Path, rules: &OpenRules) -> io::Result<File> {
    let root = open_at(libc::AT_FDCWD, root.as_os_str(), libc::O_PATH | libc::O_DIRECTORY)?;
    let found = match open_by_kernel(&root, path, rules.follow_links) {
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)) => {
            open_by_walk(&root, path, rules.follow_links)
        }
        result => result,
    }?;
    let looked_at = File::from(found);
    check_metadata(&looked_at.metadata()?, path, rules)?;
    open_found(&looked_at)
}

/// Opens for reading the very file that an `O_PATH` descriptor stands for, which cannot be read itself.
pub(super) fn open_found(looked_at: &File) -> io::Result<File> {
    File::open(format!("/proc/self/fd/{}", looked_at.as_raw_fd()))
}

/// Opens a folder below the folder `root`; links inside it are followed.
pub(super) fn open_folder(root: &Path, path: &Path) -> io::Result<OwnedFd> {
    let root = open_at(libc::AT_FDCWD, root.as_os_str(), libc::O_PATH | libc::O_DIRECTORY)?;
    let found = match open_by_kernel(&root, path, true) {
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)) => {
            open_by_walk(&root, path, true)
        }
        result => result,
    }?;
    let found = File::from(found);
    match found.metadata()?.is_dir() {
        true => Ok(found.into()),
        false => Err(io::Error::from_raw_os_error(libc::ENOTDIR)),
    }
}

pub(super) fn check_metadata(metadata: &Metadata, path: &Path, rules: &OpenRules) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(refused(libc::EINVAL, path, "is not a regular file"));
    }
    if let Some(owner) = rules.owner
        && metadata.uid() != owner
        && metadata.uid() != 0
    {
        let message = format!("belongs to user {}, not to {owner} or 0", metadata.uid());
        return Err(refused(libc::EACCES, path, &message));
    }
    check_size(metadata.len(), path, rules)
}

pub(super) fn check_size(size_bytes: u64, path: &Path, rules: &OpenRules) -> io::Result<()> {
    if size_bytes > rules.max_bytes {
        let message = format!("has {size_bytes} bytes, at most {} are read", rules.max_bytes);
        return Err(refused(libc::EFBIG, path, &message));
    }
    Ok(())
}

fn refused(errno: i32, path: &Path, message: &str) -> io::Error {
    io::Error::new(io::Error::from_raw_os_error(errno).kind(), format!("{}: {message}", path.display()))
}

fn open_by_kernel(root: &OwnedFd, path: &Path, follow_links: bool) -> io::Result<OwnedFd> {
    let path = c_string(path.as_os_str())?;
    // SAFETY: all-zero is a valid `open_how` (plain integers).
    let mut how: libc::open_how = unsafe { std::mem::zeroed() };
    how.flags = (libc::O_PATH | libc::O_CLOEXEC) as u64;
    how.resolve = libc::RESOLVE_IN_ROOT | libc::RESOLVE_NO_MAGICLINKS;
    if !follow_links {
        how.resolve |= libc::RESOLVE_NO_SYMLINKS;
    }
    // SAFETY: `path` is NUL-terminated and `how` is a valid struct of the size given; both outlive the call.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_openat2,
            root.as_raw_fd(),
            path.as_ptr(),
            &how as *const libc::open_how,
            size_of::<libc::open_how>(),
        )
    };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just gave this descriptor to us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// The same by hand: a stack of folders, so that `..` goes back to where the walk came from and never
/// above the root, whatever is renamed meanwhile.
fn open_by_walk(root: &OwnedFd, path: &Path, follow_links: bool) -> io::Result<OwnedFd> {
    let mut folders = vec![root.try_clone()?];
    let mut pending: Vec<OsString> = components(path).rev().collect();
    let mut n_links = 0;
    while let Some(name) = pending.pop() {
        if name == ".." {
            if folders.len() > 1 {
                folders.pop();
            }
            continue;
        }
        if name == "/" {
            folders.truncate(1);
            continue;
        }
        let parent = folders.last().expect("the root is never popped");
        let entry = open_at(parent.as_raw_fd(), &name, libc::O_PATH | libc::O_NOFOLLOW)?;
        let entry = File::from(entry);
        if !entry.metadata()?.is_symlink() {
            folders.push(entry.into());
            continue;
        }
        n_links += 1;
        if !follow_links || n_links > MAX_LINKS || is_proc(&entry)? {
            return Err(io::Error::from_raw_os_error(libc::ELOOP));
        }
        let target = read_link_at(parent, &name)?;
        pending.extend(components(Path::new(&target)).rev());
    }
    Ok(folders.pop().expect("the root is never popped"))
}

/// Components with `/` for the root of an absolute path.
fn components(path: &Path) -> impl DoubleEndedIterator<Item = OsString> {
    path.components().filter_map(|part| match part {
        Component::CurDir | Component::Prefix(_) => None,
        Component::RootDir => Some(OsString::from("/")),
        Component::ParentDir => Some(OsString::from("..")),
        Component::Normal(name) => Some(name.to_os_string()),
    })
}

/// Links on procfs may be magic; ordinary ones there (`/proc/self`) are of no use to us either.
fn is_proc(file: &File) -> io::Result<bool> {
    // SAFETY: all-zero is a valid `statfs` (plain integers).
    let mut statistics: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open and `statistics` is exclusive and outlives the call.
    if unsafe { libc::fstatfs(file.as_raw_fd(), &mut statistics) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(statistics.f_type == libc::PROC_SUPER_MAGIC)
}

fn read_link_at(folder: &OwnedFd, name: &OsStr) -> io::Result<OsString> {
    let name = c_string(name)?;
    let mut target = vec![0u8; libc::PATH_MAX as usize];
    // SAFETY: `name` is NUL-terminated; `target` is exclusive and as long as said.
    let n_bytes = unsafe {
        libc::readlinkat(folder.as_raw_fd(), name.as_ptr(), target.as_mut_ptr().cast(), target.len())
    };
    if n_bytes < 0 {
        return Err(io::Error::last_os_error());
    }
    target.truncate(n_bytes as usize);
    Ok(OsString::from_vec(target))
}

pub(super) fn open_at(folder: i32, name: &OsStr, flags: i32) -> io::Result<OwnedFd> {
    let name = c_string(name)?;
    // SAFETY: `name` is NUL-terminated and outlives the call.
    let fd = unsafe { libc::openat(folder, name.as_ptr(), flags | libc::O_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just gave this descriptor to us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

pub(super) fn c_string(text: &OsStr) -> io::Result<CString> {
    CString::new(text.as_bytes()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("fathom-in-root-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("tmp")).unwrap();
            fs::write(path.join("tmp/file"), "inside").unwrap();
            symlink("/tmp/file", path.join("tmp/absolute")).unwrap();
            symlink("../../../tmp/file", path.join("tmp/upward")).unwrap();
            symlink("loop", path.join("tmp/loop")).unwrap();
            symlink("tmp", path.join("folder")).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const LINKS: OpenRules = OpenRules::BINARY;
    const NO_LINKS: OpenRules = OpenRules { follow_links: false, owner: None, max_bytes: 100 };

    fn content(result: io::Result<File>) -> Result<String, io::ErrorKind> {
        let mut text = String::new();
        result.map_err(|error| error.kind())?.read_to_string(&mut text).unwrap();
        Ok(text)
    }

    #[test]
    fn links_stay_inside_the_root_in_both_ways() {
        let folder = Folder::new("links");
        let root = open_at(libc::AT_FDCWD, folder.0.as_os_str(), libc::O_PATH).unwrap();
        for path in ["/tmp/file", "tmp/absolute", "/tmp/upward", "/folder/file", "/../../tmp/./file"] {
            assert_eq!(content(open(&folder.0, Path::new(path), &LINKS)), Ok("inside".into()), "{path}");
            let walked = File::from(open_by_walk(&root, Path::new(path), true).unwrap());
            let metadata = walked.metadata().unwrap();
            assert_eq!(metadata.ino(), fs::metadata(folder.0.join("tmp/file")).unwrap().ino(), "{path}");
        }
        for path in ["/tmp/loop", "/nothing", "/tmp/file/x"] {
            assert!(open(&folder.0, Path::new(path), &LINKS).is_err(), "{path}");
            assert!(open_by_walk(&root, Path::new(path), true).is_err(), "{path}");
        }
    }

    #[test]
    fn no_link_is_followed_where_none_is_allowed() {
        let folder = Folder::new("no-links");
        let root = open_at(libc::AT_FDCWD, folder.0.as_os_str(), libc::O_PATH).unwrap();
        assert_eq!(content(open(&folder.0, Path::new("/tmp/file"), &NO_LINKS)), Ok("inside".into()));
        for path in ["/tmp/absolute", "/tmp/upward", "/folder/file"] {
            let error = open(&folder.0, Path::new(path), &NO_LINKS).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::ELOOP), "{path}");
            let error = open_by_walk(&root, Path::new(path), false).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::ELOOP), "{path}");
        }
    }

    #[test]
    fn magic_links_are_never_followed() {
        for root in ["/", "/proc/self/root"] {
            let error = open(Path::new(root), Path::new("/proc/self/exe"), &LINKS).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::ELOOP));
        }
        let root = open_at(libc::AT_FDCWD, OsStr::new("/"), libc::O_PATH).unwrap();
        let error = open_by_walk(&root, Path::new("/proc/self/exe"), true).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ELOOP));
    }

    #[test]
    fn fifos_folders_big_files_and_foreign_owners_are_refused() {
        let folder = Folder::new("kinds");
        let fifo = c_string(folder.0.join("tmp/fifo").as_os_str()).unwrap();
        // SAFETY: the path is NUL-terminated.
        assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
        let error = open(&folder.0, Path::new("/tmp/fifo"), &LINKS).unwrap_err();
        assert_eq!(error.to_string(), "/tmp/fifo: is not a regular file");
        assert!(open(&folder.0, Path::new("/tmp"), &LINKS).is_err());
        let error =
            open(&folder.0, Path::new("/tmp/file"), &OpenRules { max_bytes: 5, ..NO_LINKS }).unwrap_err();
        assert_eq!(error.to_string(), "/tmp/file: has 6 bytes, at most 5 are read");
        let me = fs::metadata(&folder.0).unwrap().uid();
        assert!(open(&folder.0, Path::new("/tmp/file"), &OpenRules::written_by(me, 100)).is_ok());
        let stranger = if me == 0 {
            std::os::unix::fs::chown(folder.0.join("tmp/file"), Some(12345), None).unwrap();
            me
        } else {
            me + 1
        };
        let error =
            open(&folder.0, Path::new("/tmp/file"), &OpenRules::written_by(stranger, 100)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
    }
}
