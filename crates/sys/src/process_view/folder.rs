//! Folders of a process in which Fathom leaves files for it, and what it leaves for us.
//!
//! A folder is held open: its files are found in it whatever is renamed meanwhile, and also after the process has
//! ended. Names are single components, and no link is followed for them. What is made is made new (`O_EXCL`), is
//! readable by the owner that is given alone, and is given away only after it was looked at.

use super::in_root::{OpenRules, c_string, check_metadata, open_at, open_found};
use crate::local_socket::{self, LocalSocket};
use crate::owner::Owner;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket.
    Socket,
    /// A link, a fifo, a device.
    Other,
}

/// A name in a folder: not followed if it is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Whose it is.
    pub uid: u32,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// A folder of a process, held open.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    /// As the process sees it, for messages.
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(fd: OwnedFd, path: &Path) -> Self {
        Self { fd, path: path.to_owned() }
    }

    /// Its path as the process sees it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stands under `name`; `None` if there is nothing. Errors: as `fstatat(2)`.
    pub fn entry(&self, name: &str) -> io::Result<Option<Entry>> {
        let flags = libc::O_PATH | libc::O_NOFOLLOW;
        let found = match open_at(self.fd.as_raw_fd(), component(name)?, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => File::from(found?),
        };
        let metadata = found.metadata()?;
        let kind = match metadata.mode() & libc::S_IFMT {
            libc::S_IFREG => EntryKind::File,
            libc::S_IFDIR => EntryKind::Folder,
            libc::S_IFSOCK => EntryKind::Socket,
            _ => EntryKind::Other,
        };
        Ok(Some(Entry { kind, uid: metadata.uid(), size_bytes: metadata.len() }))
    }

    /// Makes a folder that `owner` alone may enter. Errors: `EEXIST` if the name is taken, and as `mkdirat(2)`.
    pub fn create_folder(&self, name: &str, owner: Owner) -> io::Result<Self> {
        let name = component(name)?;
        let c_name = c_string(name)?;
        // SAFETY: the name is NUL-terminated and outlives the call.
        if unsafe { libc::mkdirat(self.fd.as_raw_fd(), c_name.as_ptr(), 0o700) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let fd = open_at(self.fd.as_raw_fd(), name, flags)?;
        give_away(&fd, owner)?;
        Ok(Self { fd, path: self.path.join(name) })
    }

    /// Opens a folder in it that belongs to `owner`'s user. Errors: `ENOTDIR`, `ELOOP`, another owner.
    pub fn open_folder(&self, name: &str, owner: Owner) -> io::Result<Self> {
        let name = component(name)?;
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let file = File::from(open_at(self.fd.as_raw_fd(), name, flags)?);
        let path = self.path.join(name);
        let uid = file.metadata()?.uid();
        if uid != owner.uid {
            let message = format!("{}: belongs to user {uid}, not to {}", path.display(), owner.uid);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        Ok(Self { fd: file.into(), path })
    }

    /// Makes a file with this content that `owner` alone may read. Errors: `EEXIST` if the name is taken, and as
    /// `openat(2)` and `write(2)`; then the file is gone again.
    pub fn create_file(&self, name: &str, owner: Owner, bytes: &[u8]) -> io::Result<()> {
        let name = component(name)?;
        let c_name = c_string(name)?;
        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW | libc::O_CLOEXEC;
        // SAFETY: the name is NUL-terminated and outlives the call; the mode is the variadic argument of O_CREAT.
        let fd = unsafe { libc::openat(self.fd.as_raw_fd(), c_name.as_ptr(), flags, 0o600) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel just gave this descriptor to us alone.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let mut file = File::from(fd.try_clone()?);
        let done = file.write_all(bytes).and_then(|()| give_away(&fd, owner));
        if done.is_err() {
            let _ = self.unlink(name, 0);
        }
        done
    }

    /// Opens a file in it for reading; [`OpenRules::follow_links`] is taken as off. Errors: as [`OpenRules`] says.
    pub fn open_file(&self, name: &str, rules: &OpenRules) -> io::Result<File> {
        let found = open_at(self.fd.as_raw_fd(), component(name)?, libc::O_PATH | libc::O_NOFOLLOW)?;
        let file = File::from(found);
        check_metadata(&file.metadata()?, &self.path.join(name), rules)?;
        open_found(&file)
    }

    /// Removes what is no folder; a link itself, not what it points to. Errors: as `unlinkat(2)`.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        self.unlink(component(name)?, 0)
    }

    /// Removes an empty folder. Errors: as `unlinkat(2)`.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        self.unlink(component(name)?, libc::AT_REMOVEDIR)
    }

    fn unlink(&self, name: &OsStr, flags: i32) -> io::Result<()> {
        let name = c_string(name)?;
        // SAFETY: the name is NUL-terminated and outlives the call.
        match unsafe { libc::unlinkat(self.fd.as_raw_fd(), name.as_ptr(), flags) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Connects to a socket in it, whatever the length of its path, as the user `owner`, whom the listener will see;
    /// changing the user needs root. Errors: `EAGAIN` if nobody accepts until `deadline`, and as `connect(2)`.
    pub fn connect(&self, name: &str, owner: Owner, deadline: Instant) -> io::Result<LocalSocket> {
        component(name)?;
        let path = format!("/proc/self/fd/{}/{name}", self.fd.as_raw_fd());
        local_socket::connect_as(Path::new(&path), owner, deadline)
    }
}

/// Gives what was just made to its owner, if it is what was made: in a folder without the sticky bit somebody else
/// may have put something in its place.
fn give_away(fd: &OwnedFd, owner: Owner) -> io::Result<()> {
    let metadata = File::from(fd.try_clone()?).metadata()?;
    // SAFETY: takes no arguments and cannot fail.
    let me = unsafe { libc::geteuid() };
    if metadata.uid() != me {
        let message = format!("what was made belongs to user {}, not to {me}", metadata.uid());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    if (metadata.uid(), metadata.gid()) == (owner.uid, owner.gid) {
        return Ok(());
    }
    // SAFETY: takes three integers.
    match unsafe { libc::fchown(fd.as_raw_fd(), owner.uid, owner.gid) } {
        0 => Ok(()),
        // Without root only the group can differ, and who has our user's rights may read it anyway.
        _ if metadata.uid() == owner.uid => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn component(name: &str) -> io::Result<&OsStr> {
    match name {
        "" | "." | ".." => Err(io::Error::from_raw_os_error(libc::EINVAL)),
        name if name.contains(['/', '\0']) => Err(io::Error::from_raw_os_error(libc::EINVAL)),
        name => Ok(OsStr::new(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process_view::ProcessView;
    use std::io::Read;
    use std::os::unix::fs::symlink;

    fn me() -> Owner {
        let metadata = std::fs::metadata("/proc/self").unwrap();
        Owner { uid: metadata.uid(), gid: metadata.gid() }
    }

    fn in_temp(name: &str) -> (Folder, String) {
        let process = ProcessView::Live(std::process::id() as i32);
        let temp = process.folder_in_root(&std::env::temp_dir()).unwrap();
        let name = format!("fathom-folder-{name}-{}", std::process::id());
        temp.create_folder(&name, me()).unwrap();
        (temp, name)
    }

    #[test]
    fn files_come_and_go() {
        let (temp, name) = in_temp("files");
        let folder = temp.open_folder(&name, me()).unwrap();
        folder.create_file("a", me(), b"content").unwrap();
        let taken = folder.create_file("a", me(), b"other").unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        let entry = folder.entry("a").unwrap().unwrap();
        assert_eq!((entry.kind, entry.uid, entry.size_bytes), (EntryKind::File, me().uid, 7));
        let mode = std::fs::metadata(folder.path().join("a")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o700);
        let mut text = String::new();
        let rules = OpenRules::written_by(me().uid, 100);
        folder.open_file("a", &rules).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        assert!(folder.open_file("a", &OpenRules { max_bytes: 3, ..rules }).is_err());
        assert!(temp.remove_folder(&name).is_err(), "it is not empty");
        folder.remove_file("a").unwrap();
        assert_eq!(folder.entry("a").unwrap(), None);
        temp.remove_folder(&name).unwrap();
    }

    #[test]
    fn links_are_never_followed_and_names_are_single() {
        let (temp, name) = in_temp("links");
        let folder = temp.open_folder(&name, me()).unwrap();
        symlink("/etc/passwd", folder.path().join("link")).unwrap();
        symlink("/etc", folder.path().join("folder")).unwrap();
        assert_eq!(folder.entry("link").unwrap().unwrap().kind, EntryKind::Other);
        assert!(folder.create_file("link", me(), b"x").is_err());
        assert!(folder.open_file("link", &OpenRules::BINARY).is_err());
        assert!(folder.open_folder("folder", me()).is_err());
        for bad in ["", ".", "..", "a/b", "/etc", "a\0"] {
            assert!(folder.create_file(bad, me(), b"x").is_err(), "{bad:?}");
            assert!(folder.entry(bad).is_err(), "{bad:?}");
        }
        let stranger = Owner { uid: me().uid + 1, gid: 0 };
        assert!(temp.open_folder(&name, stranger).is_err());
        folder.remove_file("link").unwrap();
        folder.remove_file("folder").unwrap();
        temp.remove_folder(&name).unwrap();
        assert!(std::path::Path::new("/etc/passwd").exists());
    }
}
