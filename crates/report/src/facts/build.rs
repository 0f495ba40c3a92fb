//! Puts the facts together. The limits of the lists are here; everything else is beside its list.

use fathom_analysis::{Filter, FunctionIndex, account, by_module};
use fathom_model::{Meta, ModuleId, Recording};
use serde_json::Value;

use crate::facts::events::events;
use crate::facts::functions::functions;
use crate::facts::resources::{resources, series};
use crate::facts::signals::signals;
use crate::facts::threads::{main_thread, processes, threads};
use crate::facts::totals::totals;
use crate::facts::tree::call_trees;
use crate::facts::types::{ModuleFact, QualityFact, REPORT_VERSION, ReportJson};
use crate::facts::waits::{task_waits, waits};

/// Longest list of threads, and of processes; a build of thousands of compilers stays readable by machines.
const MOST_THREADS: usize = 10_000;

/// Everything a report says about a recording.
pub fn facts(recording: &Recording) -> ReportJson {
    let index = FunctionIndex::new(recording);
    ReportJson { call_trees: call_trees(recording, &index), ..build(recording, &index) }
}

/// The same without call trees, which take most of the time and are on no page.
pub(crate) fn facts_of_pages(recording: &Recording) -> ReportJson {
    build(recording, &FunctionIndex::new(recording))
}

fn build(recording: &Recording, index: &FunctionIndex) -> ReportJson {
    let accounting = account(recording);
    let main = main_thread(recording);
    let (threads, threads_left_out) = threads(recording, &accounting, main, MOST_THREADS);
    let (processes, processes_left_out) = processes(recording, MOST_THREADS);
    let quality = &recording.meta.quality;
    ReportJson {
        report_version: REPORT_VERSION.into(),
        meta: finite_meta(&recording.meta),
        quality: QualityFact {
            complete_stacks_share: quality.complete_share(),
            unresolved_frames_share: quality.unresolved_share(),
            target_cost_share: quality.cost.target_share(),
            fathom_core_share: quality.cost.fathom_core_share(),
        },
        judgement: None,
        totals: totals(recording, &accounting, main),
        functions: functions(recording, index, recording.main_signal()),
        waits: waits(recording, index, main),
        task_waits: task_waits(recording, index),
        signals: signals(recording, index),
        events: events(recording, index),
        threads,
        threads_left_out,
        processes,
        processes_left_out,
        modules: modules(recording),
        resources: resources(recording),
        series: series(recording),
        call_trees: Vec::new(),
    }
}

/// The JSON schema of [`ReportJson`], as committed in `docs/schema/report.schema.json`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(ReportJson).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Fathom report".into());
    }
    schema
}

fn modules(recording: &Recording) -> Vec<ModuleFact> {
    let parts = by_module(recording, &Filter::of(recording.main_signal()));
    let fact = |part: fathom_analysis::Part<Option<ModuleId>>| {
        let module = part.key.and_then(|id| recording.modules.get(id.index()));
        ModuleFact {
            path: module.map(|module| module.path.clone()),
            build_id: module.and_then(|module| module.build_id.clone()),
            kind: module.map(|module| module.kind),
            self_nanos: part.value,
            samples: part.n,
            self_share: part.share.into(),
        }
    };
    parts.into_iter().map(fact).collect()
}

/// JSON has no infinity and no NaN, and damaged files have both: such settings read as 0 or as not set.
fn finite_meta(meta: &Meta) -> Meta {
    let mut meta = meta.clone();
    for epoch in &mut meta.epochs {
        for rate in [&mut epoch.rate_hz, &mut epoch.off_cpu_stacks_hz] {
            if !rate.is_finite() {
                *rate = 0.0;
            }
        }
    }
    let quota = &mut meta.host.limits.cpu_quota;
    *quota = quota.filter(|quota| quota.is_finite());
    meta
}
