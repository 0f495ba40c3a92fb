//! `fathom attach`: record processes that run already, and leave them as they were.

use crate::error::SessionError;
use crate::finish::finish;
use crate::host::host_info;
use crate::kernel_names::KernelNames;
use crate::launch::{first_meta, new_path};
use crate::options::{Finished, Options, Progress};
use crate::plan::{method, recorder_settings};
use crate::spool_guard::Spool;
use fathom_collect::Recorder;
use fathom_collect::perf::{Capability, EngineError};
use fathom_model::{Pid, Record, Sink};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::{effective_uid, raise_priority};
use fathom_sys::proc;
use fathom_sys::signals::{SignalQueue, poll_readable};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

/// Signals that end the recording: SIGHUP, SIGINT, SIGTERM.
const ENDING: [i32; 3] = [1, 2, 15];

/// Perf events of one thread: samples, side records, wake-ups.
const FILES_PER_THREAD: u64 = 3;
/// Rings, modules that are kept open, the recording.
const FILES_OF_FATHOM: u64 = 256;

/// Records running processes until `duration` is over, they have all ended, or Fathom is told to stop.
///
/// # Errors
/// If a process does not exist or is not ours to watch, or the recording cannot be written.
pub fn attach(
    pids: &[Pid],
    duration: Option<Duration>,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Finished, SessionError> {
    for pid in pids {
        check_target(*pid)?;
    }
    // Before the probes: next to a program with many busy threads they would take seconds.
    raise_priority(-10);
    let capability = Capability::probe();
    let mut recorder = Recorder::new(
        method(&capability, false, options.is_passive),
        &capability,
        recorder_settings(options),
    )?;
    let path = match &options.output {
        Some(path) => path.clone(),
        None => new_path(&pids.first().map_or("attach".to_owned(), |pid| name_of(*pid)))?,
    };
    let mut spool = Spool::create(&path)?;
    let signals = SignalQueue::new(&ENDING)
        .map_err(|source| SessionError::Start { program: "the signal queue".to_owned(), source })?;
    let mut meta = first_meta(&recorder, options);
    meta.target.pids = pids.to_vec();
    meta.host = host_info(pids.first().copied().unwrap_or(0));
    let begun = spool.record(&Record::Meta(Box::new(meta.clone())));
    spool.note(begun);
    if let Err(error) = recorder.watch_running(pids, &mut spool) {
        let _ = spool.discard();
        return Err(refine(error, pids, options.children));
    }
    progress(Progress::Recording { path: &path });
    let end =
        duration.map(|length| monotonic_nanos() + i64::try_from(length.as_nanos()).unwrap_or(i64::MAX / 2));
    let mut fds = recorder.fds();
    fds.push(signals.as_raw_fd());
    let mut kernel = KernelNames::new();
    loop {
        let now = monotonic_nanos();
        let left = end.map_or(i64::MAX, |end| end - now);
        let tick = i64::try_from(recorder.tick().as_millis()).unwrap_or(100);
        poll_readable(&fds, i32::try_from(tick.min(left / 1_000_000 + 1).max(0)).unwrap_or(100));
        if recorder.samples_kernel() {
            kernel.read_ahead();
        }
        let stepped = recorder.step(&mut spool);
        if !spool.note(stepped) || signals.next().is_some() || !recorder.anything_alive() {
            break;
        }
        if end.is_some_and(|end| monotonic_nanos() >= end) {
            break;
        }
    }
    // From here on a signal ends Fathom itself; the spool stays then.
    drop(signals);
    progress(Progress::TargetEnded);
    finish(recorder, spool, meta, path, None, kernel, progress)
}

/// Processes whose name, or the last part of whose program path, is `name`; Fathom itself left out.
pub fn find_processes(name: &str) -> Vec<Pid> {
    let own = std::process::id() as Pid;
    let is_named = |pid: &Pid| {
        let program = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let program = proc::parse_cmdline(&program).into_iter().next().unwrap_or_default();
        name_of(*pid) == name || program.rsplit('/').next() == Some(name)
    };
    proc::list_processes()
        .unwrap_or_default()
        .into_iter()
        .filter(|pid| *pid != own && is_named(pid))
        .collect()
}

pub(crate) fn name_of(pid: Pid) -> String {
    proc::parse_comm(&std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default())
}

pub(crate) fn check_target(pid: Pid) -> Result<(), SessionError> {
    let Ok(metadata) = std::fs::metadata(format!("/proc/{pid}")) else {
        return Err(SessionError::NoProcess(pid));
    };
    let (owner, own) = (metadata.uid(), effective_uid());
    if (own != 0 || !is_root_everywhere()) && owner != own {
        Err(SessionError::NotPermitted { pid, owner, own })
    } else {
        Ok(())
    }
}

/// Whether user 0 is root of the machine: in a user namespace others' processes stay out of reach.
fn is_root_everywhere() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.is_empty() || map.split_whitespace().collect::<Vec<_>>() == ["0", "0", "4294967295"]
}

/// The threads of all processes.
fn n_threads(pids: &[Pid], children: bool) -> u64 {
    let of_tree =
        |pid: &Pid| if children { proc::process_tree(*pid).unwrap_or_default() } else { vec![*pid] };
    let threads =
        pids.iter().flat_map(of_tree).map(|pid| proc::list_threads(pid).map_or(0, |list| list.len() as u64));
    threads.sum()
}

/// A refusal although the user is the same: name the owner if it is another's after all (setuid programs).
pub(crate) fn refine(error: EngineError, pids: &[Pid], children: bool) -> SessionError {
    if let EngineError::OpenFiles { tid, open, limit, needed } = error {
        let needed = needed.max(n_threads(pids, children) * FILES_PER_THREAD + FILES_OF_FATHOM);
        return EngineError::OpenFiles { tid, open, limit, needed }.into();
    }
    if let EngineError::Open { source, .. } = &error
        && source.kind() == std::io::ErrorKind::PermissionDenied
        && let Some(Err(refused)) = pids.iter().map(|pid| check_target(*pid)).find(Result::is_err)
    {
        return refused;
    }
    error.into()
}
