//! Which way of recording to take, and why not a better one.

use crate::options::Options;
use fathom_collect::collector::{Readiness, Rung};
use fathom_collect::perf::{Access, Capability};
use fathom_collect::{Method, Recorder, RecorderSettings, catalog};
use fathom_model::{CollectorUse, Signal};

/// The best method that works here. Timers are set by a library in the target: not where nothing may run in it.
pub(crate) fn method(capability: &Capability, launching: bool, is_passive: bool) -> Method {
    match (capability.access, launching && !is_passive) {
        (Access::Full | Access::UserOnly, _) => Method::Perf,
        (Access::None, true) => Method::Timers,
        (Access::None, false) => Method::Proc,
    }
}

/// Settings of the recorder.
pub(crate) fn recorder_settings(options: &Options) -> RecorderSettings {
    RecorderSettings {
        rate_hz: options.signals.contains(&Signal::Cpu).then_some(options.rate_hz),
        off_cpu: options.signals.contains(&Signal::OffCpu),
        task_waits: options.signals.contains(&Signal::TaskWait),
        children: options.children,
        max_overhead: options.max_overhead,
        pprof: options.pprof.clone(),
        is_passive: options.is_passive,
        guardian: options.guardian.clone(),
    }
}

/// The signals that the recording will have, as far as they are asked for.
pub(crate) fn signals(options: &Options) -> Vec<Signal> {
    let told = catalog::all().iter().filter(|collector| collector.asked_by().is_some());
    let told = told.flat_map(|collector| collector.provides()).copied();
    let told = told.filter(|_| options.pprof.is_some());
    options.signals.iter().copied().chain(told).collect()
}

/// Every collector with how it is used, or why not. Those that ask the target say so themselves at the end.
pub(crate) fn collector_uses(recorder: &Recorder, options: &Options) -> Vec<CollectorUse> {
    let methods = recorder.methods();
    catalog::all()
        .iter()
        .filter(|collector| !collector.is_active())
        .map(|collector| {
            let provides = collector.provides();
            let wanted =
                provides.is_empty() || provides.iter().any(|signal| options.signals.contains(signal));
            let how = if wanted { collector.how(&methods) } else { "not asked for".to_owned() };
            let fix = if wanted && !provides.is_empty() { better_rung(&collector.probe()) } else { None };
            CollectorUse { id: collector.id().to_owned(), used: wanted, how, fix }
        })
        .collect()
}

/// The command for the best rung that a command can unlock. What the hardware lacks none mends.
fn better_rung(rungs: &[Rung]) -> Option<String> {
    rungs.iter().take_while(|rung| !rung.is_ready()).find_map(|rung| match &rung.readiness {
        Readiness::Missing { fix, .. } if !fix.is_empty() => Some(fix.clone()),
        _ => None,
    })
}
