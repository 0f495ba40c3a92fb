//! The recorder's thread of a live view: it reads the rings in time whatever the rest of the program does.
//!
//! What it hears goes into a queue that never makes it wait. Nobody but a stuck keeper can let the queue grow; then
//! samples are dropped and counted, and what introduces ids is kept.

use crate::attach::refine;
use crate::error::SessionError;
use crate::host::host_info;
use crate::launch::first_meta;
use crate::options::Options;
use crate::plan::{method, recorder_settings};
use fathom_collect::perf::Capability;
use fathom_collect::{Recorder, ThreadOffCpu};
use fathom_model::{Meta, Pid, Quality, Record, Sink, SinkError, StackId};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::raise_priority;
use fathom_sys::signals::poll_readable;
use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

/// Records that may wait for the keeper: some seconds of a hundred busy threads.
const MAX_WAITING: usize = 400_000;
/// How often the state of the recorder itself is told.
const STATUS_NANOS: i64 = 250_000_000;
/// Stacks, names and files that the recorder remembers: about 20 MB.
const MAX_REMEMBERED: usize = 150_000;
/// Threads off the CPU that are told of.
const MAX_OFF_CPU: usize = 4096;

/// How the recorder is at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecorderStatus {
    /// When, `CLOCK_MONOTONIC` nanoseconds.
    pub(crate) now_nanos: i64,
    pub(crate) quality: Quality,
    pub(crate) off_cpu: Vec<ThreadOffCpu>,
    /// CPU samples per second and thread that are taken now.
    pub(crate) rate_hz: f64,
    /// Why it is that many, if the governor changed it.
    pub(crate) governed: Option<String>,
    /// Samples that never reached the keeper.
    pub(crate) dropped: u64,
}

/// What the recorder's thread says.
#[derive(Debug)]
pub(crate) enum Told {
    Records(Vec<Record>),
    Status(Box<RecorderStatus>),
    /// The recorder has forgotten what it knew; stacks from this id on are new.
    Forgot(StackId),
    /// The targets have ended, or the view; the files of the modules stay open with it.
    Ended(Box<Meta>, Arc<Vec<File>>),
}

/// What waits for the keeper.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<(Vec<Told>, usize)>,
}

impl Queue {
    /// Everything that waits.
    pub(crate) fn take(&self) -> Vec<Told> {
        let mut waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        waiting.1 = 0;
        std::mem::take(&mut waiting.0)
    }

    /// Adds one thing; gives the samples that had to be dropped.
    pub(crate) fn put(&self, mut told: Told) -> u64 {
        let mut waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut dropped = 0;
        if let Told::Records(records) = &mut told {
            if waiting.1 > MAX_WAITING {
                let before = records.len();
                records.retain(|record| {
                    !matches!(record, Record::Sample(_) | Record::Series(_) | Record::Event(_))
                        && !matches!(record, Record::ThreadTimes { ended: false, .. })
                });
                dropped = (before - records.len()) as u64;
            }
            waiting.1 += records.len();
        }
        waiting.0.push(told);
        dropped
    }
}

/// The sink of the recorder: a batch that is handed over after each step.
#[derive(Default)]
struct Batch(Vec<Record>);

impl Sink for Batch {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        self.0.push(record.clone());
        Ok(())
    }
}

/// Records until everything has ended or `stop` is set. Says through `begun` whether it could begin.
pub(crate) fn record(
    pids: &[Pid],
    options: &Options,
    queue: &Queue,
    stop: &AtomicBool,
    begun: &Sender<Result<Meta, SessionError>>,
) {
    raise_priority(-10);
    let mut sink = Batch::default();
    let (mut recorder, meta) = match begin(pids, options, &mut sink) {
        Ok(begun) => begun,
        Err(error) => {
            // Who asked is gone only if the whole program is.
            let _ = begun.send(Err(error));
            return;
        }
    };
    let _ = begun.send(Ok(meta.clone()));
    let (mut dropped, mut told_nanos) = (0, 0);
    let fds = recorder.fds();
    while !stop.load(Ordering::Relaxed) {
        poll_readable(&fds, i32::try_from(recorder.tick().as_millis()).unwrap_or(100));
        // The sink is memory: it takes everything.
        let _ = recorder.step(&mut sink);
        if !sink.0.is_empty() {
            dropped += queue.put(Told::Records(std::mem::take(&mut sink.0)));
        }
        let now = monotonic_nanos();
        if now - told_nanos >= STATUS_NANOS {
            told_nanos = now;
            queue.put(Told::Status(Box::new(status(&recorder, now, dropped))));
            if let Some(first) = recorder.forget_above(MAX_REMEMBERED) {
                queue.put(Told::Forgot(first));
            }
        }
        if !recorder.anything_alive() {
            break;
        }
    }
    let mut last = status(&recorder, monotonic_nanos(), dropped);
    last.off_cpu.clear();
    let outcome = recorder.finish(&mut sink).unwrap_or_default();
    let mut meta = meta;
    meta.epochs = outcome.epochs;
    meta.clock_pairs = outcome.clock_pairs;
    meta.collectors.extend(outcome.inquiries);
    last.quality = outcome.quality;
    queue.put(Told::Records(sink.0));
    queue.put(Told::Status(Box::new(last)));
    queue.put(Told::Ended(Box::new(meta), outcome.files));
}

fn begin(pids: &[Pid], options: &Options, sink: &mut dyn Sink) -> Result<(Recorder, Meta), SessionError> {
    let capability = Capability::probe();
    let mut recorder = Recorder::new(
        method(&capability, false, options.is_passive),
        &capability,
        recorder_settings(options),
    )?;
    let mut meta = first_meta(&recorder, options);
    meta.target.pids = pids.to_vec();
    meta.host = host_info(pids.first().copied().unwrap_or(0));
    recorder.watch_running(pids, sink).map_err(|error| refine(error, pids, options.children))?;
    Ok((recorder, meta))
}

fn status(recorder: &Recorder, now_nanos: i64, dropped: u64) -> RecorderStatus {
    let epochs = recorder.epochs();
    RecorderStatus {
        now_nanos,
        quality: recorder.quality_so_far(),
        off_cpu: recorder.threads_off_cpu(MAX_OFF_CPU),
        rate_hz: epochs.last().map_or(0.0, |epoch| epoch.rate_hz),
        governed: (epochs.len() > 1).then(|| epochs[epochs.len() - 1].reason.clone()),
        dropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{ProcessId, RawSample, Signal, ThreadId, ThreadState};

    #[test]
    fn a_queue_that_nobody_empties_drops_samples_and_keeps_what_gives_ids() {
        let queue = Queue::default();
        let sample = Record::Sample(RawSample {
            signal: Signal::Cpu,
            time_nanos: 0,
            process: ProcessId(0),
            thread: ThreadId(0),
            cpu: None,
            stack: None,
            value: 1,
            n: 1,
            state: ThreadState::Running,
        });
        let stack = Record::Stack {
            id: StackId(0),
            parent: None,
            frame: fathom_model::RawFrame { module: None, address: 0 },
        };
        assert_eq!(queue.put(Told::Records(vec![sample.clone(); MAX_WAITING + 1])), 0);
        assert_eq!(queue.put(Told::Records(vec![sample.clone(), stack, sample.clone()])), 2);
        assert_eq!(queue.take().len(), 2);
        assert_eq!(queue.put(Told::Records(vec![sample])), 0, "there is room again");
    }
}
