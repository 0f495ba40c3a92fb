//! `fathom run`: start a command, record it to its end, pass everything through.

use crate::error::SessionError;
use crate::finish::finish;
use crate::host::host_info;
use crate::kernel_names::KernelNames;
use crate::options::{Finished, Options, Progress};
use crate::plan::{collector_uses, method, recorder_settings, signals};
use crate::spool_guard::Spool;
use fathom_collect::catalog::LaunchedMaps;
use fathom_collect::perf::Capability;
use fathom_collect::{Recorder, redact_command};
use fathom_model::{Meta, Record, Sink, TargetInfo};
use fathom_runtimes::catalog;
use fathom_store::RecordingDir;
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::launch::{HeldChild, LaunchError};
use fathom_sys::signals::{
    ArrivedSignal, SignalQueue, StartSignals, leads_session, poll_readable, send_signal, try_wait,
};
use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// Signals handed on to the target. Those that stop and continue are left alone: the terminal sends them to
/// Fathom and the target alike, and a stopped Fathom is what the shell expects.
const HANDED_ON: [i32; 8] = [1, 2, 3, 10, 12, 14, 15, 28];
const SIGCHLD: i32 = 17;
const SIGHUP: i32 = 1;

/// Runs `command` and records it.
///
/// # Errors
/// If the command or the recording cannot be started, or the recording cannot be written. The command has not
/// run then, or has run to its end.
pub fn run(
    command: &[OsString],
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Finished, SessionError> {
    let start_signals = StartSignals::read();
    let program = command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let capability = Capability::probe();
    let mut recorder = Recorder::new(
        method(&capability, true, options.is_passive),
        &capability,
        recorder_settings(options),
    )?;
    let path = match &options.output {
        Some(path) => path.clone(),
        None => new_path(&program)?,
    };
    let mut spool = Spool::create(&path)?;
    let mut meta = first_meta(&recorder, options);
    let arguments: Vec<String> = command.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    meta.target.command = redact_command(&arguments);
    meta.target.working_directory = std::env::current_dir().ok().map(|dir| dir.display().to_string());
    let signals = match SignalQueue::new(&HANDED_ON.iter().copied().chain([SIGCHLD]).collect::<Vec<_>>()) {
        Ok(signals) => signals,
        Err(source) => return abandon(spool, SessionError::Start { program, source }),
    };
    let maps = LaunchedMaps::from_now();
    let child = match HeldChild::fork(command, &environment(&recorder, options), &start_signals) {
        Ok(child) => child,
        Err(error) => return abandon(spool, launch_error(program, error)),
    };
    let pid = child.pid();
    meta.host = host_info(pid);
    meta.start_nanos = monotonic_nanos();
    let begun = spool.record(&Record::Meta(Box::new(meta.clone())));
    spool.note(begun);
    if let Err(error) = recorder.watch_launch(pid, &mut spool) {
        return abandon(spool, error.into());
    }
    if let Err(error) = child.release() {
        return abandon(spool, launch_error(program, error));
    }
    progress(Progress::Recording { path: &path });
    let mut kernel = KernelNames::new();
    let wait_status = watch(pid, &signals, &mut recorder, &mut spool, &mut kernel, progress);
    // From here on a signal ends Fathom itself; the spool stays then.
    drop(signals);
    progress(Progress::TargetEnded);
    meta.collectors = collector_uses(&recorder, options);
    meta.target.exit_status = wait_status;
    let finished = finish(recorder, spool, meta, path, wait_status, kernel, progress);
    if let (Ok(finished), true) = (&finished, makes_maps(options)) {
        finished.recording.processes.iter().for_each(|process| maps.remove(process.pid, &process.command));
    }
    finished.map_err(|source| SessionError::AfterTarget { source: Box::new(source), wait_status })
}

/// Watches until the command ends; its status, or `None` if somebody else waited for it.
fn watch(
    pid: i32,
    signals: &SignalQueue,
    recorder: &mut Recorder,
    spool: &mut Spool,
    kernel: &mut KernelNames,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Option<i32> {
    let mut fds = recorder.fds();
    fds.push(signals.as_raw_fd());
    let mut writing = true;
    loop {
        poll_readable(&fds, i32::try_from(recorder.tick().as_millis()).unwrap_or(100));
        while let Some(signal) = signals.next() {
            hand_on(pid, signal);
        }
        if writing && recorder.samples_kernel() {
            kernel.read_ahead();
        }
        if writing {
            let stepped = recorder.step(spool);
            writing = spool.note(stepped);
            if !writing {
                let why = spool.failure().unwrap_or("the recording cannot be written").to_owned();
                progress(Progress::Note(&format!("{why}; the command runs on unrecorded")));
                fds.retain(|fd| *fd == signals.as_raw_fd());
            }
        }
        match try_wait(pid) {
            Ok(None) => {}
            Ok(Some(status)) => return Some(status),
            Err(_) => return None,
        }
    }
}

/// A signal that another process sent to Fathom alone is meant for the command. What the terminal sends goes
/// to the whole group and has reached the command already; only its hangup goes to the session's leader alone.
fn hand_on(pid: i32, signal: ArrivedSignal) {
    let hangup_for_leader = signal.number == SIGHUP && leads_session();
    if signal.number != SIGCHLD && (signal.from_process || hangup_for_leader) {
        // The command may have ended meanwhile; nobody is left to be told then.
        let _ = send_signal(pid, signal.number);
    }
}

pub(crate) fn first_meta(recorder: &Recorder, options: &Options) -> Meta {
    Meta {
        fathom_version: env!("CARGO_PKG_VERSION").to_owned(),
        start_nanos: monotonic_nanos(),
        signals: signals(options),
        collectors: collector_uses(recorder, options),
        kernel_sampled: recorder.samples_kernel(),
        target: TargetInfo::default(),
        ..Meta::default()
    }
}

pub(crate) fn new_path(program: &str) -> Result<PathBuf, SessionError> {
    let name = Path::new(program).file_name().map_or("recording".into(), |name| name.to_string_lossy());
    Ok(RecordingDir::in_directory(Path::new(".")).new_path(&name)?)
}

/// The environment of the command: ours, what the engine needs, and what makes runtimes tell the names of their code.
fn environment(recorder: &Recorder, options: &Options) -> Vec<(OsString, OsString)> {
    let mut added = recorder.launch_environment();
    if makes_maps(options) {
        added.extend(catalog::all().iter().flat_map(|runtime| {
            runtime.launch_variables().iter().filter_map(|name| {
                let value = std::env::var(name).ok();
                Some((String::from(*name), runtime.launch_environment(name, value.as_deref())?))
            })
        }));
    }
    std::env::vars_os()
        .filter(|(name, _)| !added.iter().any(|(replaced, _)| name == replaced.as_str()))
        .chain(added.iter().map(|(name, value)| (name.into(), value.into())))
        .collect()
}

/// Whether runtimes are made to write down names. The files have to be removed, also if Fathom dies.
fn makes_maps(options: &Options) -> bool {
    !options.is_passive && options.guardian.is_some()
}

fn abandon<T>(spool: Spool, error: SessionError) -> Result<T, SessionError> {
    // The error at hand matters more than a spool that cannot be removed.
    let _ = spool.discard();
    Err(error)
}

fn launch_error(program: String, error: LaunchError) -> SessionError {
    match error {
        LaunchError::NotFound(source) => SessionError::NotFound { program, source },
        LaunchError::NotExecutable(source) => SessionError::NotExecutable { program, source },
        LaunchError::Own(source) => SessionError::Start { program, source },
    }
}
