//! Processes, threads and mappings while recording: the kernel's reusable numbers to ids that are not.

use crate::interval_strata::IntervalStrata;
use crate::modules::{FileIdentity, LoadedModule, Modules};
use crate::redact::redact_command;
use crate::thread_clock::{FirstState, ThreadClock};
use fathom_model::{
    Mapping, ModuleId, ModuleKind, Pid, Process, ProcessId, Record, Sink, SinkError, Thread, ThreadId, Tid,
};
use fathom_sys::proc;
use fathom_unwind::{AddressSpace, ModuleUnwinder};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

/// Ended threads remembered: more than end within one look at the rings.
const MAX_ENDED: usize = 512;

/// One executable mapping.
#[derive(Clone, Debug)]
pub struct MappedModule {
    end: u64,
    /// What is mapped.
    pub module: Rc<LoadedModule>,
    /// Run-time address minus module address.
    pub load_bias: u64,
    file: FileIdentity,
}

impl MappedModule {
    fn is_same(&self, end: u64, file: FileIdentity) -> bool {
        self.end == end && self.file == file
    }
}

/// The executable mappings of a process, by first address.
#[derive(Clone, Debug, Default)]
pub struct Mappings(BTreeMap<u64, MappedModule>);

impl Mappings {
    /// The mapping that covers `address`.
    pub fn at(&self, address: u64) -> Option<&MappedModule> {
        self.0.range(..=address).next_back().map(|(_, mapped)| mapped).filter(|mapped| address < mapped.end)
    }

    fn insert(&mut self, start: u64, mapped: MappedModule) {
        // What the new mapping covers is gone; what it covers in part keeps its uncovered head and tail.
        let end = mapped.end;
        let covered: Vec<u64> =
            self.0.range(..end).filter(|(_, old)| old.end > start).map(|(first, _)| *first).collect();
        for first in covered {
            let Some(old) = self.0.remove(&first) else { continue };
            if old.end > end {
                self.0.insert(end, MappedModule { end: old.end, ..old.clone() });
            }
            if first < start {
                self.0.insert(first, MappedModule { end: start, ..old });
            }
        }
        self.0.insert(start, mapped);
    }
}

impl AddressSpace for Mappings {
    fn find(&self, address: u64) -> Option<(&ModuleUnwinder, u64)> {
        self.at(address).map(|mapped| (mapped.module.unwinder(), mapped.load_bias))
    }
}

/// A process alive.
#[derive(Debug)]
pub struct LiveProcess {
    /// Its id.
    pub id: ProcessId,
    /// Its code. Shared between a parent and its forked children until one of them changes it.
    pub mappings: Rc<Mappings>,
    row: Process,
    command: Rc<[String]>,
    n_threads: usize,
}

impl LiveProcess {
    fn record(&self) -> Record {
        Record::Process(Process { command: self.command.to_vec(), ..self.row.clone() })
    }

    pub(crate) fn n_threads(&self) -> usize {
        self.n_threads
    }

    /// The program and its libraries, the program first.
    pub(crate) fn code_files(&self) -> Vec<Rc<LoadedModule>> {
        let is_file = |mapped: &&MappedModule| mapped.module.kind == ModuleKind::Elf;
        let mut files: Vec<_> =
            self.mappings.0.values().filter(is_file).map(|mapped| mapped.module.clone()).collect();
        // The kernel maps the program before its loader and libraries, and modules are numbered as they come.
        files.sort_by_key(|module| module.id);
        files.dedup_by_key(|module| module.id);
        files
    }
}

/// A thread alive.
#[derive(Debug)]
pub struct LiveThread {
    /// Its id.
    pub id: ThreadId,
    /// Its process.
    pub pid: Pid,
    /// Its accounts.
    pub clock: ThreadClock,
    /// Its chosen intervals off the CPU that are not written yet.
    pub(crate) intervals: IntervalStrata,
    /// When it was first seen.
    pub start_nanos: i64,
    name: String,
}

impl LiveThread {
    pub(crate) fn write_intervals(&mut self, is_end: bool, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.intervals.take(is_end).into_iter().try_for_each(|sample| sink.record(&Record::Sample(sample)))
    }
}

/// Everything alive, and the counters for new ids.
#[derive(Debug, Default)]
pub struct Registry {
    /// By process number.
    pub processes: HashMap<Pid, LiveProcess>,
    /// By thread number.
    pub threads: HashMap<Tid, LiveThread>,
    /// Files with code.
    pub modules: Modules,
    n_processes: usize,
    n_threads: usize,
    /// Threads that ended lately: what is left of them on a CPU is the kernel's clearing up.
    ended: VecDeque<Tid>,
    /// A launched child that has not yet become the program: it exists from its exec on.
    pub(crate) held: Option<Pid>,
    /// Follow only these processes' threads, not their children.
    pub only_roots: bool,
    /// Processes with new files mapped since the last [`Registry::take_changed`].
    changed: BTreeSet<Pid>,
}

impl Registry {
    /// Adds a process that exists already (launch target before exec, or attach) with its mappings.
    pub fn add_existing(
        &mut self,
        pid: Pid,
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<ProcessId, SinkError> {
        if let Some(known) = self.processes.get(&pid) {
            return Ok(known.id);
        }
        let parent = read(pid, "stat").and_then(|bytes| proc::parse_stat(&bytes).ok()).map(|stat| stat.ppid);
        let parent = parent.and_then(|pid| self.processes.get(&pid)).map(|process| process.id);
        let id = self.add_process(pid, parent, 0, comm_of(pid, pid), command_of(pid), now_nanos, sink)?;
        self.read_mappings(pid, now_nanos, sink)?;
        Ok(id)
    }

    /// The recording begins now, for the processes that are known already too. What they have mapped since they were
    /// added is read.
    pub(crate) fn begin_now(&mut self, now_nanos: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        for pid in pids {
            if let Some(process) = self.processes.get_mut(&pid) {
                process.row.start_nanos = now_nanos;
                sink.record(&process.record())?;
            }
            self.read_mappings(pid, now_nanos, sink)?;
        }
        Ok(())
    }

    /// Adds a thread of a known process, with what `/proc` says it is doing.
    pub fn add_thread(
        &mut self,
        pid: Pid,
        tid: Tid,
        now_nanos: i64,
        state: FirstState,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        if self.threads.contains_key(&tid) {
            return Ok(());
        }
        let name = comm_of(pid, tid);
        self.new_thread(pid, tid, name, now_nanos, state, sink)
    }

    /// The kernel says that `tid` of process `pid` was made by `parent_pid`.
    pub fn forked(
        &mut self,
        pid: Pid,
        parent_pid: Pid,
        tid: Tid,
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        if self.threads.contains_key(&tid) {
            // The number is being used again, or the thread was already found in /proc.
            if self.threads[&tid].pid == pid && self.threads[&tid].start_nanos >= now_nanos - 1_000_000_000 {
                return Ok(());
            }
            self.thread_ended(tid, now_nanos, sink)?;
        }
        if pid == parent_pid {
            let name = self.threads.get(&pid).map_or_else(String::new, |leader| leader.name.clone());
            return self.new_thread(pid, tid, name, now_nanos, FirstState::New, sink);
        }
        // A forked process goes on in its parent's program: nothing has to be read, which matters to programs
        // that fork thousands of times.
        match self.processes.get(&parent_pid) {
            Some(parent) => {
                let (mappings, name, command) =
                    (parent.mappings.clone(), parent.row.name.clone(), parent.command.clone());
                self.add_process(pid, Some(parent.id), 0, name, command, now_nanos, sink)?;
                if let Some(process) = self.processes.get_mut(&pid) {
                    process.mappings = mappings;
                }
            }
            None => {
                let name = comm_of(pid, pid);
                self.add_process(pid, None, 0, name, command_of(pid), now_nanos, sink)?;
            }
        }
        let name = self.processes.get(&pid).map_or_else(String::new, |process| process.row.name.clone());
        self.new_thread(pid, tid, name, now_nanos, FirstState::New, sink)
    }

    /// A new name, or with `exec` a new program in the process.
    pub fn renamed(
        &mut self,
        pid: Pid,
        tid: Tid,
        exec: bool,
        name: &[u8],
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let name = String::from_utf8_lossy(name).into_owned();
        if exec && self.held == Some(pid) {
            self.held = None;
            self.add_process(pid, None, 0, name.clone(), command_of(pid), now_nanos, sink)?;
            return self.new_thread(pid, pid, name, now_nanos, FirstState::Awake, sink);
        }
        if exec && let Some(old) = self.processes.get(&pid) {
            let (old_id, generation) = (old.id, old.row.exec_generation + 1);
            // Other threads end with an exec; their exit records come as well. The calling thread goes on
            // under the process's number and becomes a thread of the new program.
            let clock = self.threads.get(&pid).map(|leader| leader.clock);
            self.thread_ended_as_exec(pid, now_nanos, sink)?;
            sink.record(&Record::ProcessEnd { id: old_id, time_nanos: now_nanos, exit_status: None })?;
            self.processes.remove(&pid);
            self.add_process(pid, Some(old_id), generation, name.clone(), command_of(pid), now_nanos, sink)?;
            self.new_thread(pid, pid, name, now_nanos, FirstState::Awake, sink)?;
            if let (Some(mut clock), Some(leader)) = (clock, self.threads.get_mut(&pid)) {
                clock.restart_accounts(now_nanos);
                leader.clock = clock;
            }
            return Ok(());
        }
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.name = name;
            let thread = &self.threads[&tid];
            self.write_thread(tid, thread, sink)?;
        }
        Ok(())
    }

    /// An executable mapping appeared.
    #[allow(clippy::too_many_arguments)] // The fields of the kernel's record, passed on one by one.
    pub fn mapped(
        &mut self,
        pid: Pid,
        start: u64,
        length: u64,
        file_offset: u64,
        identity: FileIdentity,
        path: &str,
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let Some(process) = self.processes.get(&pid) else { return Ok(()) };
        let (id, end) = (process.id, start.saturating_add(length));
        let module = if path == "[vdso]" {
            self.modules.named(path, ModuleKind::Vdso)
        } else if path.starts_with('/') && !path.starts_with("//anon") && !path.starts_with("/dev/zero") {
            self.changed.insert(pid);
            self.modules.file(pid, path, identity, (start, end))
        } else if path == "[vsyscall]" || path == "[uprobes]" {
            self.modules.named(path, ModuleKind::Unknown)
        } else {
            // Anonymous, heap or stack memory with code in it: compiled while running.
            self.modules.named(&jit_name(id), ModuleKind::Jit)
        };
        let load_bias = module.load_bias(start, file_offset);
        for record in self.modules.take_records() {
            sink.record(&record)?;
        }
        sink.record(&Record::Mapping(Mapping {
            process: id,
            module: module.id,
            start,
            end,
            load_bias,
            time_nanos: now_nanos,
        }))?;
        if let Some(process) = self.processes.get_mut(&pid) {
            Rc::make_mut(&mut process.mappings)
                .insert(start, MappedModule { end, module, load_bias, file: identity });
        }
        Ok(())
    }

    /// The module of what a process compiles while it runs.
    pub(crate) fn jit_module(&mut self, process: ProcessId) -> ModuleId {
        self.modules.named(&jit_name(process), ModuleKind::Jit).id
    }

    /// Processes that mapped files with code since the last call.
    pub(crate) fn take_changed(&mut self) -> BTreeSet<Pid> {
        std::mem::take(&mut self.changed)
    }

    /// A process turned out to run a language runtime.
    pub(crate) fn runs(
        &mut self,
        pid: Pid,
        runtime: &str,
        version: Option<String>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let Some(process) = self.processes.get_mut(&pid) else { return Ok(()) };
        (process.row.runtime, process.row.runtime_version) = (Some(runtime.to_owned()), version);
        sink.record(&process.record())
    }

    /// A thread ended; with the last one its process.
    pub fn thread_ended(&mut self, tid: Tid, now_nanos: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let Some(mut thread) = self.threads.remove(&tid) else { return Ok(()) };
        if self.ended.len() >= MAX_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(tid);
        thread.clock.finish(now_nanos);
        thread.write_intervals(true, sink)?;
        sink.record(&Record::ThreadTimes {
            id: thread.id,
            times: thread.clock.times_at(now_nanos),
            switches: Some(thread.clock.switches()),
            time_nanos: now_nanos,
            ended: true,
        })?;
        if let Some(process) = self.processes.get_mut(&thread.pid) {
            process.n_threads = process.n_threads.saturating_sub(1);
            if process.n_threads == 0 {
                let id = process.id;
                self.processes.remove(&thread.pid);
                sink.record(&Record::ProcessEnd { id, time_nanos: now_nanos, exit_status: None })?;
            }
        }
        Ok(())
    }

    /// Whether a thread that nothing announced may be taken up: it is alive and has not just ended.
    pub(crate) fn may_take_up(&self, pid: Pid, tid: Tid) -> bool {
        let known = self.processes.contains_key(&pid);
        let wanted = known || !self.only_roots;
        let alive = || std::fs::exists(format!("/proc/{pid}/task/{tid}")).unwrap_or(false);
        wanted && !self.ended.contains(&tid) && alive()
    }

    /// Reads the mappings of a process from `/proc` and adds those that are not known.
    pub fn read_mappings(&mut self, pid: Pid, now_nanos: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        read(pid, "maps").map_or(Ok(()), |bytes| self.add_mappings(pid, &bytes, now_nanos, sink))
    }

    /// Adds the executable mappings in the text of a `maps` file that are not known.
    pub(crate) fn add_mappings(
        &mut self,
        pid: Pid,
        text: &[u8],
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        for map in proc::parse_maps(text).0.iter().filter(|map| map.executable) {
            let device = u64::from(map.device.0) << 32 | u64::from(map.device.1);
            let identity = FileIdentity { device, inode: map.inode };
            let length = map.size_bytes();
            let mappings = self.processes.get(&pid).map(|process| &process.mappings);
            if mappings.and_then(|m| m.at(map.start)).is_some_and(|known| known.is_same(map.end, identity)) {
                continue;
            }
            self.mapped(pid, map.start, length, map.file_offset, identity, &map.path, now_nanos, sink)?;
        }
        Ok(())
    }

    /// Compares our CPU times with the kernel's, for as many threads as is cheap; the others go on as they are.
    pub(crate) fn compare_with_kernel(&mut self) {
        const MAX_THREADS: usize = 256;
        for (tid, thread) in self.threads.iter_mut().take(MAX_THREADS) {
            let Ok(bytes) = std::fs::read(format!("/proc/{}/task/{tid}/schedstat", thread.pid)) else {
                continue;
            };
            if let Ok(totals) = proc::parse_schedstat(&bytes) {
                let now = fathom_sys::clock::monotonic_nanos();
                thread.clock.compare(now, i64::try_from(totals.running_nanos).unwrap_or(i64::MAX));
            }
        }
    }

    /// Writes the times so far of every thread.
    pub fn checkpoint(&self, now_nanos: i64, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let mut threads: Vec<_> = self.threads.values().collect();
        threads.sort_by_key(|thread| thread.id);
        for thread in threads {
            sink.record(&Record::ThreadTimes {
                id: thread.id,
                times: thread.clock.times_at(now_nanos),
                switches: Some(thread.clock.switches()),
                time_nanos: now_nanos,
                ended: false,
            })?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)] // The fields of a row.
    fn add_process(
        &mut self,
        pid: Pid,
        parent: Option<ProcessId>,
        exec_generation: u32,
        name: String,
        command: Rc<[String]>,
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<ProcessId, SinkError> {
        let id = ProcessId::from_index(self.n_processes);
        self.n_processes += 1;
        let row = Process {
            id,
            pid,
            parent,
            exec_generation,
            name,
            command: Vec::new(),
            runtime: None,
            runtime_version: None,
            start_nanos: now_nanos,
            end_nanos: None,
            exit_status: None,
        };
        let process = LiveProcess { id, mappings: Rc::default(), row, command, n_threads: 0 };
        sink.record(&process.record())?;
        self.processes.insert(pid, process);
        Ok(id)
    }

    fn new_thread(
        &mut self,
        pid: Pid,
        tid: Tid,
        name: String,
        now_nanos: i64,
        state: FirstState,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let Some(process) = self.processes.get_mut(&pid) else { return Ok(()) };
        process.n_threads += 1;
        let id = ThreadId::from_index(self.n_threads);
        self.n_threads += 1;
        let clock = ThreadClock::new(now_nanos, state);
        let thread =
            LiveThread { id, pid, clock, intervals: IntervalStrata::default(), start_nanos: now_nanos, name };
        self.write_thread(tid, &thread, sink)?;
        self.threads.insert(tid, thread);
        Ok(())
    }

    fn thread_ended_as_exec(
        &mut self,
        pid: Pid,
        now_nanos: i64,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        let others: Vec<Tid> =
            self.threads.iter().filter(|(_, t)| t.pid == pid).map(|(tid, _)| *tid).collect();
        // Keep the process alive while its threads are closed; the caller replaces it.
        if let Some(process) = self.processes.get_mut(&pid) {
            process.n_threads = usize::MAX;
        }
        others.into_iter().try_for_each(|tid| self.thread_ended(tid, now_nanos, sink))
    }

    fn write_thread(&self, tid: Tid, thread: &LiveThread, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let Some(process) = self.processes.get(&thread.pid) else { return Ok(()) };
        sink.record(&Record::Thread(Thread {
            id: thread.id,
            process: process.id,
            tid,
            name: thread.name.clone(),
            start_nanos: thread.start_nanos,
            end_nanos: None,
            times: Default::default(),
            switches: None,
        }))
    }
}

fn jit_name(process: ProcessId) -> String {
    format!("[jit of process {}]", process.0)
}

/// What `/proc` says a thread is doing.
pub(crate) fn first_state(pid: Pid, tid: Tid) -> FirstState {
    let stat = std::fs::read(format!("/proc/{pid}/task/{tid}/stat")).ok();
    match stat.and_then(|bytes| proc::parse_stat(&bytes).ok()).map(|stat| stat.state) {
        Some(proc::TaskState::Running) | None => FirstState::Awake,
        Some(_) => FirstState::Asleep,
    }
}

fn comm_of(pid: Pid, tid: Tid) -> String {
    let bytes = std::fs::read(format!("/proc/{pid}/task/{tid}/comm")).unwrap_or_default();
    proc::parse_comm(&bytes)
}

/// The command line of a process, without secrets.
fn command_of(pid: Pid) -> Rc<[String]> {
    read(pid, "cmdline").map(|bytes| redact_command(&proc::parse_cmdline(&bytes))).unwrap_or_default().into()
}

fn read(pid: Pid, file: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/{file}")).ok()
}
