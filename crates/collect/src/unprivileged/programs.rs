//! Which program each process runs, so that an `exec` is noticed where nobody tells of it.

use crate::registry::Registry;
use fathom_model::Pid;
use fathom_sys::proc;
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;

/// Device and inode of a program's file.
type FileKey = (u64, u64);

#[derive(Clone, Copy, Debug)]
struct Program {
    file: Option<FileKey>,
    /// A look found that it had changed, and the program itself has not said so yet.
    noticed: bool,
}

/// The programs.
#[derive(Debug, Default)]
pub(crate) struct Programs(HashMap<Pid, Program>);

impl Programs {
    /// A launched child is a copy of Fathom until its `exec`.
    pub(crate) fn begins_as_fathom(&mut self, pid: Pid) {
        let own = std::process::id() as Pid;
        self.0.insert(pid, Program { file: file_of(own), noticed: false });
    }

    /// The program told of its own `exec`; whether a look had noticed it before.
    pub(crate) fn announced(&mut self, pid: Pid) -> bool {
        let file = file_of(pid);
        let before = self.0.insert(pid, Program { file, noticed: false });
        before.is_some_and(|before| before.noticed && before.file == file)
    }

    /// Processes that run another program than at the last look, ascending.
    pub(crate) fn changed(&mut self, registry: &Registry) -> Vec<Pid> {
        let mut pids: Vec<Pid> = registry.processes.keys().copied().chain(registry.held).collect();
        pids.sort_unstable();
        pids.dedup();
        self.0.retain(|pid, _| pids.binary_search(pid).is_ok());
        pids.retain(|pid| {
            let file = file_of(*pid);
            let changed = match (file, self.0.get(pid)) {
                (Some(_), Some(known)) => known.file.is_some() && known.file != file,
                (Some(_), None) => false,
                // Over before it was looked at: it has run nevertheless.
                (None, _) => return registry.held == Some(*pid) && has_ended(*pid),
            };
            if changed || !self.0.contains_key(pid) {
                self.0.insert(*pid, Program { file, noticed: changed });
            }
            changed
        });
        pids
    }
}

/// The file may be another user's to look at, or gone with its process.
fn file_of(pid: Pid) -> Option<FileKey> {
    std::fs::metadata(format!("/proc/{pid}/exe")).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Whether a process is over, waited for or not.
pub(crate) fn has_ended(pid: Pid) -> bool {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok();
    stat.and_then(|bytes| proc::parse_stat(&bytes).ok()).is_none_or(|stat| stat.state.has_ended())
}
