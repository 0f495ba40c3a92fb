//! `fathom dump`: what every thread of a process does at this moment, in its runtime's words.

use crate::attach::check_target;
use crate::error::SessionError;
use fathom_collect::redact_command;
use fathom_model::{Pid, Tid};
use fathom_runtimes::{Detection, GilState, Locals, ManagedFrame, TaskDump, ThreadDump, Variable, catalog};
use fathom_sys::proc::TaskState;
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;

/// A process at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessDump {
    /// Its number.
    pub pid: Pid,
    /// The command line, secrets redacted.
    pub command: Vec<String>,
    /// Runtimes found in it.
    pub runtimes: Vec<RuntimeFound>,
    /// By number; threads that the system does not know (any more) last.
    pub threads: Vec<DumpedThread>,
    /// Goroutines, asyncio tasks and the like, by runtime and number.
    pub tasks: Vec<DumpedTask>,
    /// What could not be read, a sentence each.
    pub issues: Vec<String>,
}

/// A runtime in a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFound {
    /// Its id.
    pub id: &'static str,
    /// Version, if known.
    pub version: Option<String>,
    /// How it was read; or why it cannot be.
    pub method: Result<String, String>,
}

/// A thread at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct DumpedThread {
    /// Its number, as we see it.
    pub tid: Option<Tid>,
    /// Its name.
    pub name: String,
    /// Whether it runs or could, by `/proc/PID/task/TID/stat`; `None` if that cannot be read.
    pub runs: Option<bool>,
    /// The kernel function in which it waits, where that may be seen.
    pub waits_in: Option<String>,
    /// The interpreter and the lock, if a runtime knows the thread.
    pub managed: Option<Managed>,
}

/// A thread as its runtime sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Managed {
    /// The runtime's id.
    pub runtime: &'static str,
    /// Number of the interpreter.
    pub interpreter: u64,
    /// How it stands to the interpreter's lock.
    pub gil: GilState,
    /// Innermost first.
    pub frames: Vec<ManagedFrame>,
    /// Variables of each of `frames`; empty unless they were asked for.
    pub locals: Vec<Vec<Variable>>,
    /// The inner frames changed each time they were read, and are missing.
    pub torn: bool,
    /// What the runtime says of its state and of what it waits for, a clause each.
    pub said: Vec<String>,
}

/// A unit of work that a runtime schedules itself.
#[derive(Clone, Debug, PartialEq)]
pub struct DumpedTask {
    /// The runtime's id.
    pub runtime: &'static str,
    /// What it does.
    pub task: TaskDump,
}

/// The runtimes that [`dump`] reads: ids, and their versions for people.
pub fn dump_runtimes() -> Vec<(&'static str, &'static str)> {
    let readable = catalog::all().iter().filter(|runtime| runtime.reads_stacks());
    readable.map(|runtime| (runtime.id(), runtime.tested_versions())).collect()
}

/// Looks at a process once. It is not stopped. `locals` says whether the values of variables are read.
///
/// # Errors
/// There is no such process, or it is another user's.
pub fn dump(pid: Pid, locals: Locals) -> Result<ProcessDump, SessionError> {
    check_target(pid)?;
    let process = ProcessView::Live(pid);
    let command = redact_command(&process.command_line().unwrap_or_default());
    let mut dump = ProcessDump {
        pid,
        command,
        runtimes: Vec::new(),
        threads: Vec::new(),
        tasks: Vec::new(),
        issues: Vec::new(),
    };
    let mut managed: Vec<(&'static str, ThreadDump)> = Vec::new();
    for runtime in catalog::all() {
        let (version, method) = match runtime.detect(&process) {
            Detection::Absent => continue,
            Detection::Unreadable { version, why } => (version, Err(why)),
            Detection::Ready(mut reader) => {
                reader.read_locals(locals);
                let read = match reader.dump(&process) {
                    Ok(read) => read,
                    Err(error) => {
                        let version = Some(reader.version());
                        let method = Err(error.to_string());
                        dump.runtimes.push(RuntimeFound { id: runtime.id(), version, method });
                        continue;
                    }
                };
                dump.issues.extend(read.issues);
                managed.extend(read.threads.into_iter().map(|thread| (runtime.id(), thread)));
                let tasks = read.tasks.into_iter();
                dump.tasks.extend(tasks.map(|task| DumpedTask { runtime: runtime.id(), task }));
                (Some(reader.version()), Ok(reader.method()))
            }
        };
        dump.runtimes.push(RuntimeFound { id: runtime.id(), version, method });
    }
    dump.threads = threads(&process, managed);
    Ok(dump)
}

fn threads(process: &ProcessView, managed: Vec<(&'static str, ThreadDump)>) -> Vec<DumpedThread> {
    let mut by_tid: BTreeMap<Tid, Managed> = BTreeMap::new();
    let mut unknown = Vec::new();
    // The kernel keeps 15 bytes of a name.
    let mut names: BTreeMap<Tid, String> = BTreeMap::new();
    for (runtime, thread) in managed {
        let ThreadDump { tid, interpreter, gil, frames, locals, torn, name, said, .. } = thread;
        let seen = Managed { runtime, interpreter, gil, frames, locals, torn, said };
        if let (Some(tid), Some(name)) = (tid, name) {
            names.entry(tid).or_insert(name);
        }
        match tid {
            Some(tid) if !by_tid.contains_key(&tid) => drop(by_tid.insert(tid, seen)),
            // A second interpreter's view of the same thread, or one whose number is not known.
            tid => unknown.push(DumpedThread {
                tid,
                name: String::new(),
                runs: None,
                waits_in: None,
                managed: Some(seen),
            }),
        }
    }
    let known = process.threads().unwrap_or_default().into_iter().map(|tid| {
        let stat = process.thread_stat(tid).ok();
        let runs = stat.as_ref().map(|stat| stat.state == TaskState::Running);
        DumpedThread {
            tid: Some(tid),
            name: names.remove(&tid).or(stat.map(|stat| stat.comm)).unwrap_or_default(),
            runs,
            waits_in: process.thread_wait_function(tid).ok().flatten().filter(|_| runs == Some(false)),
            managed: by_tid.remove(&tid),
        }
    });
    known.collect::<Vec<_>>().into_iter().chain(unknown).collect()
}
