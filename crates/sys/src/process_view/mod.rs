//! A process as collectors and runtimes see it: live, or recorded for tests.
//!
//! Both forms answer the same questions by the same names (`stat`, `task/7/comm`, `root/tmp/perf-1.map`),
//! so that whoever uses a [`ProcessView`] is tested without the process, the runtime or any privilege.
//! It does **not** keep anything: each call reads anew.

mod folder;
mod in_root;
mod recorded;

pub use crate::owner::Owner;
pub use folder::{Entry, EntryKind, Folder};
pub use in_root::OpenRules;
pub use recorded::RecordedProcess;

use crate::proc;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Largest file below `/proc/PID` that is read: `maps` of a process with the kernel's maximum of 65,530 maps
/// of long paths stays below it.
const MAX_PROC_FILE_BYTES: u64 = 64 << 20;

/// A process, live or recorded.
#[derive(Clone, Debug)]
pub enum ProcessView {
    /// Through `/proc/PID` of this machine.
    Live(i32),
    /// From files kept earlier.
    Recorded(RecordedProcess),
}

impl ProcessView {
    /// The process's number.
    pub fn pid(&self) -> i32 {
        match self {
            Self::Live(pid) => *pid,
            Self::Recorded(process) => process.pid,
        }
    }

    /// The whole file `/proc/PID/<name>`. Errors: as `open(2)` and `read(2)`; `EFBIG` above 64 MiB.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_into(name, &mut bytes)?;
        Ok(bytes)
    }

    /// As [`Self::read`], into a buffer that is reused.
    pub fn read_into(&self, name: &str, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        match self {
            Self::Live(pid) => {
                let file = File::open(format!("/proc/{pid}/{name}"))?;
                let n_read = file.take(MAX_PROC_FILE_BYTES + 1).read_to_end(bytes)?;
                if n_read as u64 > MAX_PROC_FILE_BYTES {
                    return Err(io::Error::from_raw_os_error(libc::EFBIG));
                }
            }
            Self::Recorded(process) => bytes.extend_from_slice(process.file(name)?),
        }
        Ok(())
    }

    /// Where the symbolic link `/proc/PID/<name>` points to (`exe`, `cwd`, `fd/3`), as the kernel prints it.
    pub fn read_link(&self, name: &str) -> io::Result<PathBuf> {
        match self {
            Self::Live(pid) => fs::read_link(format!("/proc/{pid}/{name}")),
            Self::Recorded(process) => {
                Ok(PathBuf::from(String::from_utf8_lossy(process.file(name)?.trim_ascii_end()).into_owned()))
            }
        }
    }

    /// Names in the folder `/proc/PID/<name>`, sorted.
    pub fn list(&self, name: &str) -> io::Result<Vec<String>> {
        match self {
            Self::Live(pid) => {
                let entries = fs::read_dir(format!("/proc/{pid}/{name}"))?;
                let mut names: Vec<String> =
                    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
                names.sort_unstable();
                Ok(names)
            }
            Self::Recorded(process) => process.list(name),
        }
    }

    /// `stat`.
    pub fn stat(&self) -> io::Result<proc::Stat> {
        Ok(proc::parse_stat(&self.read("stat")?)?)
    }

    /// CPU time of the process and all its threads, ended ones included: exact for a live process, of a
    /// recorded one in steps of 10 ms.
    pub fn cpu_nanos(&self) -> io::Result<u64> {
        match self {
            Self::Live(pid) => proc::process_cpu_nanos(*pid),
            Self::Recorded(_) => {
                let stat = self.stat()?;
                Ok(stat.user_ticks.saturating_add(stat.system_ticks).saturating_mul(10_000_000))
            }
        }
    }

    /// `status`.
    pub fn status(&self) -> io::Result<proc::Status> {
        Ok(proc::parse_status(&self.read("status")?)?)
    }

    /// `statm`.
    pub fn memory_sizes(&self) -> io::Result<proc::MemorySizes> {
        Ok(proc::parse_statm(&self.read("statm")?)?)
    }

    /// `smaps_rollup`; expensive, see [`proc::MemoryRollup`].
    pub fn memory_rollup(&self) -> io::Result<proc::MemoryRollup> {
        Ok(proc::parse_smaps_rollup(&self.read("smaps_rollup")?)?)
    }

    /// `io`; needs the right to trace the process.
    pub fn io(&self) -> io::Result<proc::IoCounters> {
        Ok(proc::parse_io(&self.read("io")?)?)
    }

    /// `maps`, and how many lines were malformed.
    pub fn maps(&self) -> io::Result<(Vec<proc::MemoryMap>, usize)> {
        Ok(proc::parse_maps(&self.read("maps")?))
    }

    /// `cmdline`, with whatever secrets it holds; empty for kernel threads and zombies.
    pub fn command_line(&self) -> io::Result<Vec<String>> {
        Ok(proc::parse_cmdline(&self.read("cmdline")?))
    }

    /// `comm`.
    pub fn name(&self) -> io::Result<String> {
        Ok(proc::parse_comm(&self.read("comm")?))
    }

    /// Path of the program as the target sees it, ` (deleted)` included.
    pub fn executable(&self) -> io::Result<PathBuf> {
        self.read_link("exe")
    }

    /// `limits`.
    pub fn limits(&self) -> io::Result<proc::ResourceLimits> {
        Ok(proc::parse_limits(&self.read("limits")?))
    }

    /// `cgroup`.
    pub fn cgroup(&self) -> io::Result<crate::cgroup::Membership> {
        Ok(crate::cgroup::parse_membership(&self.read("cgroup")?))
    }

    /// The pid in the target's own pid namespace.
    pub fn innermost_pid(&self) -> io::Result<i32> {
        Ok(self.status()?.innermost_pid())
    }

    /// Open descriptors and what they point to, ascending; needs the right to trace the process.
    pub fn descriptors(&self) -> io::Result<Vec<(i32, PathBuf)>> {
        let mut descriptors: Vec<(i32, PathBuf)> = self
            .list("fd")?
            .iter()
            .filter_map(|name| Some((name.parse().ok()?, self.read_link(&format!("fd/{name}")).ok()?)))
            .collect();
        descriptors.sort();
        Ok(descriptors)
    }

    /// Addresses at which the process itself accepts TCP connections, in its own network namespace; sorted. Needs the
    /// right to trace the process.
    pub fn listening_addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let inodes: BTreeSet<u64> = self
            .descriptors()?
            .iter()
            .filter_map(|(_, path)| path.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
            .collect();
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for file in ["net/tcp", "net/tcp6"] {
            // A kernel without IPv6 has no such file.
            let sockets = self.read(file).map(|bytes| proc::parse_tcp(&bytes)).unwrap_or_default();
            let own = sockets.iter().filter(|socket| socket.is_listening && inodes.contains(&socket.inode));
            addresses.extend(own.map(|socket| socket.address));
        }
        addresses.sort_unstable();
        addresses.dedup();
        Ok(addresses)
    }

    /// Whether the process sees the network that we see, so that its addresses mean the same to us.
    pub fn shares_our_network(&self) -> io::Result<bool> {
        Ok(self.read_link("ns/net")? == fs::read_link("/proc/self/ns/net")?)
    }

    /// How many descriptors are open. Kernels from 6.2 on give it as the folder's size, without a walk.
    pub fn descriptor_count(&self) -> io::Result<u64> {
        if let Self::Live(pid) = self {
            let size = fs::metadata(format!("/proc/{pid}/fd"))?.len();
            if size > 0 {
                return Ok(size);
            }
        }
        Ok(self.list("fd")?.len() as u64)
    }

    /// Threads, ascending.
    pub fn threads(&self) -> io::Result<Vec<i32>> {
        let mut tids: Vec<i32> = self.list("task")?.iter().filter_map(|name| name.parse().ok()).collect();
        tids.sort_unstable();
        Ok(tids)
    }

    /// `task/TID/stat`.
    pub fn thread_stat(&self, tid: i32) -> io::Result<proc::Stat> {
        Ok(proc::parse_stat(&self.read(&format!("task/{tid}/stat"))?)?)
    }

    /// `task/TID/schedstat`.
    pub fn thread_schedstat(&self, tid: i32) -> io::Result<proc::SchedStat> {
        Ok(proc::parse_schedstat(&self.read(&format!("task/{tid}/schedstat"))?)?)
    }

    /// `task/TID/status`.
    pub fn thread_status(&self, tid: i32) -> io::Result<proc::Status> {
        Ok(proc::parse_status(&self.read(&format!("task/{tid}/status"))?)?)
    }

    /// `task/TID/comm`.
    pub fn thread_name(&self, tid: i32) -> io::Result<String> {
        Ok(proc::parse_comm(&self.read(&format!("task/{tid}/comm"))?))
    }

    /// `task/TID/wchan`: the kernel function it sleeps in, if it sleeps and that may be seen.
    pub fn thread_wait_function(&self, tid: i32) -> io::Result<Option<String>> {
        Ok(proc::parse_wchan(&self.read(&format!("task/{tid}/wchan"))?))
    }

    /// `task/TID/stack`: kernel functions, innermost first; root only.
    pub fn thread_kernel_stack(&self, tid: i32) -> io::Result<Vec<String>> {
        Ok(proc::parse_kernel_stack(&self.read(&format!("task/{tid}/stack"))?))
    }

    /// `task/TID/syscall`; needs the right to trace the process.
    pub fn thread_syscall(&self, tid: i32) -> io::Result<Option<proc::CurrentSyscall>> {
        Ok(proc::parse_syscall(&self.read(&format!("task/{tid}/syscall"))?))
    }

    /// Memory of the process; see [`crate::memory::read_process_memory`].
    pub fn read_memory(&self, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Live(pid) => crate::memory::read_process_memory(*pid, address, buffer),
            Self::Recorded(process) => process.read_memory(address, buffer),
        }
    }

    /// Several pieces of its memory at once; see [`crate::memory::read_process_memory_pieces`].
    pub fn read_memory_pieces(&self, pieces: &[(u64, usize)], buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Live(pid) => crate::memory::read_process_memory_pieces(*pid, pieces, buffer),
            Self::Recorded(process) => {
                let read = |address, part: &mut [u8]| process.read_memory(address, part);
                crate::memory::pieces_one_by_one(pieces, buffer, read)
            }
        }
    }

    /// Opens a file that the target controls, by its path as the target sees it; see [`OpenRules`].
    /// Errors: `ENOTSUP` for a recorded process (use [`Self::read_in_root`]), else as [`OpenRules`] says.
    pub fn open_in_root(&self, path: &Path, rules: &OpenRules) -> io::Result<File> {
        match self {
            Self::Live(pid) => in_root::open(Path::new(&format!("/proc/{pid}/root")), path, rules),
            Self::Recorded(_) => Err(io::Error::from_raw_os_error(libc::ENOTSUP)),
        }
    }

    /// Opens a folder by its path as the target sees it; links are followed inside the target's root.
    /// Errors: `ENOTDIR`, `ENOTSUP` for a recorded process, and as `open(2)`.
    pub fn folder_in_root(&self, path: &Path) -> io::Result<Folder> {
        match self {
            Self::Live(pid) => {
                let root = format!("/proc/{pid}/root");
                Ok(Folder::new(in_root::open_folder(Path::new(&root), path)?, path))
            }
            Self::Recorded(_) => Err(io::Error::from_raw_os_error(libc::ENOTSUP)),
        }
    }

    /// Opens the target's working folder. Errors: as [`Self::folder_in_root`].
    pub fn working_folder(&self) -> io::Result<Folder> {
        match self {
            Self::Live(pid) => {
                let link = format!("/proc/{pid}/cwd");
                let flags = libc::O_PATH | libc::O_DIRECTORY;
                let fd = in_root::open_at(libc::AT_FDCWD, std::ffi::OsStr::new(&link), flags)?;
                Ok(Folder::new(fd, &self.read_link("cwd")?))
            }
            Self::Recorded(_) => Err(io::Error::from_raw_os_error(libc::ENOTSUP)),
        }
    }

    /// Opens the very file that is mapped at `range`: by its path in the process's own root, then by the mapping
    /// itself, then as the program's, which needs fewer rights, then by its path in ours. Never a file with another
    /// inode (0 stands for any).
    ///
    /// Errors: `ENOENT` if no such file is found or none may be opened, `ENOTSUP` for a recorded process.
    pub fn open_mapped(&self, path: &str, inode: u64, range: (u64, u64)) -> io::Result<File> {
        let plain = Path::new(path.trim_end_matches(" (deleted)"));
        let same =
            |file: &File| file.metadata().is_ok_and(|m| m.is_file() && (inode == 0 || m.ino() == inode));
        let by_map = format!("/proc/{}/map_files/{:x}-{:x}", self.pid(), range.0, range.1);
        let in_own_root =
            || Self::Live(std::process::id() as i32).open_in_root(plain, &OpenRules::BINARY).ok();
        match self.open_in_root(plain, &OpenRules::BINARY) {
            Ok(file) if same(&file) => Ok(file),
            Err(error) if matches!(self, Self::Recorded(_)) => Err(error),
            _ => File::open(by_map)
                .ok()
                .filter(same)
                .or_else(|| {
                    File::open(format!("/proc/{}/exe", self.pid())).ok().filter(|_| inode != 0).filter(same)
                })
                .or_else(|| in_own_root().filter(same))
                .ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT)),
        }
    }

    /// The content of a file that the target controls; see [`OpenRules`].
    pub fn read_in_root(&self, path: &Path, rules: &OpenRules) -> io::Result<Vec<u8>> {
        match self {
            Self::Live(_) => {
                let mut bytes = Vec::new();
                let file = self.open_in_root(path, rules)?;
                // The file may grow after its size was checked.
                file.take(rules.max_bytes).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            Self::Recorded(process) => {
                let bytes = process.file(&format!("root{}", path.display()))?;
                in_root::check_size(bytes.len() as u64, path, rules)?;
                Ok(bytes.to_vec())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn live_and_recorded_give_the_same_answers() {
        let live = ProcessView::Live(std::process::id() as i32);
        let tid = live.threads().unwrap()[0];
        let names =
            ["stat", "status", "maps", "cmdline", "comm", "limits", "cgroup", &format!("task/{tid}/comm")];
        let files: BTreeMap<String, Vec<u8>> =
            names.iter().map(|name| (name.to_string(), live.read(name).unwrap())).collect();
        let recorded = ProcessView::Recorded(RecordedProcess::new(live.pid(), files));
        assert_eq!(recorded.stat().unwrap().start_ticks, live.stat().unwrap().start_ticks);
        assert_eq!(recorded.command_line().unwrap(), live.command_line().unwrap());
        assert_eq!(recorded.name().unwrap(), live.name().unwrap());
        assert_eq!(recorded.thread_name(tid).unwrap(), live.thread_name(tid).unwrap());
        assert_eq!(recorded.limits().unwrap(), live.limits().unwrap());
        assert_eq!(recorded.cgroup().unwrap(), live.cgroup().unwrap());
        assert_eq!(recorded.maps().unwrap().1, 0);
        assert_eq!(recorded.threads().unwrap(), [tid]);
        assert_eq!(recorded.io().unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn descriptors_are_counted_and_named() {
        let live = ProcessView::Live(std::process::id() as i32);
        let file = File::open("/proc/self/stat").unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&file);
        let descriptors = live.descriptors().unwrap();
        assert!(descriptors.iter().any(|(fd, path)| *fd == number && path.ends_with("stat")));
        assert!(live.descriptor_count().unwrap() >= 1);
    }

    #[test]
    fn only_sockets_of_the_process_itself_count() {
        let live = ProcessView::Live(std::process::id() as i32);
        assert!(live.shares_our_network().unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(live.listening_addresses().unwrap().contains(&address));
        drop(listener);
        assert!(!live.listening_addresses().unwrap().contains(&address));
    }

    #[test]
    fn every_reader_works_on_this_process_or_names_the_right_it_lacks() {
        let live = ProcessView::Live(std::process::id() as i32);
        let tid = live.threads().unwrap()[0];
        assert!(live.memory_sizes().unwrap().resident_pages > 0);
        assert!(live.memory_rollup().unwrap().proportional_bytes > 0);
        assert!(live.io().unwrap().read_calls > 0);
        assert_eq!(live.innermost_pid().unwrap(), *live.status().unwrap().namespace_pids.last().unwrap());
        assert!(live.executable().unwrap().is_absolute());
        assert_eq!(live.thread_status(tid).unwrap().pid, tid);
        assert_eq!(live.thread_stat(tid).unwrap().pid, tid);
        assert!(live.thread_schedstat(tid).unwrap().timeslices > 0);
        live.thread_wait_function(tid).unwrap();
        for error in
            [live.thread_kernel_stack(tid).err(), live.thread_syscall(tid).err()].into_iter().flatten()
        {
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        }
    }

    #[test]
    fn memory_of_both_forms() {
        let bytes = *b"fathom";
        let live = ProcessView::Live(std::process::id() as i32);
        let mut copy = [0; 6];
        assert_eq!(live.read_memory(bytes.as_ptr() as u64, &mut copy).unwrap(), 6);
        assert_eq!(copy, bytes);
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        recorded.add_memory(0x1000, bytes.to_vec());
        let recorded = ProcessView::Recorded(recorded);
        assert_eq!(recorded.read_memory(0x1002, &mut copy).unwrap(), 4);
        assert_eq!(&copy[..4], b"thom");
        assert_eq!(recorded.read_memory(0x1006, &mut copy).unwrap_err().raw_os_error(), Some(libc::EFAULT));
    }
}
