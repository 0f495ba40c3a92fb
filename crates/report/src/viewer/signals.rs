//! The signals of a recording in words.

use fathom_model::{Recording, Signal, Unit};

use crate::text::{count_text, plain};
use crate::viewer::header::SignalHeader;

/// The signals with samples, in their fixed order; never none, because a viewer shows one.
pub(crate) fn signals(recording: &Recording) -> Vec<Signal> {
    let mut has = [false; Signal::ALL.len()];
    recording.samples.iter().for_each(|sample| has[sample.signal as usize] = true);
    let mut signals: Vec<Signal> = Signal::ALL.iter().copied().filter(|at| has[*at as usize]).collect();
    if signals.is_empty() {
        signals.push(Signal::Cpu);
    }
    signals
}

/// One signal with what was written of it.
pub(crate) fn header(recording: &Recording, signal: Signal, total: i64, n: u64) -> SignalHeader {
    let (name, description) = words(signal);
    let name = if name.is_empty() { plain(recording.meta.name_of(signal)) } else { name.to_owned() };
    SignalHeader {
        id: signal.as_str(),
        name,
        unit: match recording.meta.unit_of(signal) {
            Unit::Ratio => Unit::Count.as_str(),
            unit => unit.as_str(),
        },
        total,
        n,
        side: 0,
        sample_count_text: format!("{} {}", count_text(n), if n == 1 { "sample" } else { "samples" }),
        description,
    }
}

/// Name and meaning; of columns only the tool knows the name.
fn words(signal: Signal) -> (&'static str, &'static str) {
    match signal {
        Signal::Cpu => ("CPU time", "Time that threads ran on a CPU."),
        Signal::OffCpu => ("Time off CPU", "Time that threads did not run: blocked, or waiting for a CPU."),
        Signal::AllocBytes => ("Allocated bytes", "Bytes allocated, whether they were freed or not."),
        Signal::AllocCount => ("Allocations", "Allocations, whether they were freed or not."),
        Signal::LiveBytes => ("Bytes in use", "Bytes allocated and not freed at the end."),
        Signal::LiveCount => ("Objects in use", "Allocations not freed at the end."),
        Signal::TaskWait => ("Waits of tasks", "Time that tasks without threads of their own waited."),
        Signal::TaskBlock => {
            ("Blocked tasks", "Time that tasks waited for one another, as the program counted.")
        }
        Signal::Tasks => ("Tasks", "Tasks that there were at one moment."),
        Signal::LeakedTasks => ("Leaked tasks", "Tasks that wait for what nothing can bring any more."),
        Signal::Lock => ("Waits for locks", "Time waited for locks, by who waited."),
        Signal::Contention => ("Contention", "Time that others waited for a lock, by who let it go."),
        Signal::Gc => ("Garbage collection", "Time of garbage collection."),
        Signal::Fault => ("Page faults", "Page faults."),
        Signal::Syscall => ("System calls", "System calls."),
        Signal::BlockIo => ("Block I/O", "Bytes read from and written to block devices."),
        Signal::Net => ("Network", "Bytes sent and received."),
        Signal::ProgramCpu => ("CPU time by itself", "CPU time that the program sampled of itself."),
        Signal::ProgramWall => ("Wall time by itself", "Time between looks of the program's own sampler."),
        Signal::Samples => ("Samples", "Observations; the profile does not say what one stands for."),
        Signal::Column1
        | Signal::Column2
        | Signal::Column3
        | Signal::Column4
        | Signal::Column5
        | Signal::Column6
        | Signal::Column7
        | Signal::Column8 => ("", "What the tool counted that made the profile."),
    }
}
