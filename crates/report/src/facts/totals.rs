//! Time by kind: on-CPU by kind of code, runnable, blocked by class, missing; of all threads and of the main one.
//!
//! Exact thread times are the frame, samples fill it. Time that is exact but was not sampled is its own kind, so
//! that the kinds add up to the threads' lifetimes.

use fathom_analysis::{Accounting, Filter, Share, StateFilter, by_kind, by_state};
use fathom_model::{FrameKind, Recording, Signal, ThreadId, ThreadState, ThreadTimes, WaitClass};

use crate::facts::types::{KindTime, ShareFact, Totals};

/// The totals of a recording.
pub(crate) fn totals(recording: &Recording, accounting: &Accounting, main: Option<ThreadId>) -> Totals {
    let all = kinds(recording, None, accounting.times, accounting.missing_nanos);
    let of_main = main.and_then(|id| accounting.threads.get(id.index()));
    Totals {
        wall_nanos: recording.meta.duration_nanos,
        thread_nanos: accounting.lifetime_nanos,
        running_nanos: accounting.times.running_nanos,
        runnable_nanos: accounting.times.runnable_nanos,
        blocked_nanos: accounting.times.blocked_nanos,
        missing_nanos: accounting.missing_nanos,
        main_thread: of_main.map(|thread| kinds(recording, main, thread.times, thread.missing_nanos())),
        all_threads: all,
    }
}

fn kinds(
    recording: &Recording,
    thread: Option<ThreadId>,
    times: ThreadTimes,
    missing_nanos: i64,
) -> Vec<KindTime> {
    let narrow = |signal| {
        let filter = Filter::of(signal);
        thread.map_or(filter, |thread| filter.in_thread(thread))
    };
    let mut rows: Vec<(String, i64, Share)> = Vec::new();
    let mut sampled_cpu = 0_i64;
    let on_cpu = by_kind(recording, &narrow(Signal::Cpu));
    for kind in FrameKind::ALL {
        if let Some(part) = on_cpu.iter().find(|part| part.key == Some(*kind)) {
            rows.push((format!("cpu.{kind}"), part.value, part.share));
            sampled_cpu = sampled_cpu.saturating_add(part.value);
        }
    }
    let rest = times.running_nanos.saturating_sub(sampled_cpu);
    rows.push(("cpu.unsampled".into(), rest, exact()));
    let off_cpu = by_state(recording, &narrow(Signal::OffCpu));
    let runnable = off_cpu.iter().find(|part| part.key == ThreadState::Runnable).map_or(0, |part| part.value);
    rows.push(("runnable".into(), runnable.max(times.runnable_nanos), exact()));
    let blocked = by_state(recording, &narrow(Signal::OffCpu).in_state(StateFilter::AnyBlocked));
    let mut sampled_blocked = 0_i64;
    for class in WaitClass::ALL {
        let state = ThreadState::Blocked(*class);
        if let Some(part) = blocked.iter().find(|part| part.key == state) {
            rows.push((state.as_str().to_owned(), part.value, part.share));
            sampled_blocked = sampled_blocked.saturating_add(part.value);
        }
    }
    rows.push(("blocked.unsampled".into(), times.blocked_nanos.saturating_sub(sampled_blocked), exact()));
    rows.push(("missing".into(), missing_nanos, exact()));
    rows.retain(|(_, nanos, _)| *nanos > 0);
    let whole = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.1)).max(1) as f64;
    let kind_time = |(kind, nanos, share): (String, i64, Share)| {
        // The interval of a share of CPU time (or of blocked time) becomes one of the whole time.
        let ratio = nanos as f64 / whole;
        let scale = if share.ratio > 0.0 { ratio / share.ratio } else { 0.0 };
        let exact = share.ratio <= 0.0;
        let low = if exact { ratio } else { (share.low * scale).min(ratio) };
        let high = if exact { ratio } else { (share.high * scale).clamp(ratio, 1.0) };
        KindTime { kind, nanos, share: ShareFact { ratio, low, high } }
    };
    rows.into_iter().map(kind_time).collect()
}

/// Marks a time that does not come from sampling.
fn exact() -> Share {
    Share::default()
}
