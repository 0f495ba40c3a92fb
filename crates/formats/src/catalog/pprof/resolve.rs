//! From what was collected to a recording: ids become frames, modules, threads, labels and signals.

use super::collected::Collected;
use super::places::{Places, Texts};
use super::rows::Rows;
use super::signals::{self, Plan, SIGNALS_COMMENT};
use super::stack_ids::NONE;
use super::tables::Tables;
use super::tasks::Tasks;
use super::tree::{FrameLists, Tree};
use super::{RECORDED_BY, SOURCE};
use crate::builder::RecordingBuilder;
use crate::input::Limits;
use crate::names::NO_STACK;
use fathom_model::{ClockPair, Epoch, FrameId, Issue, Recording, Sample, Signal, StackId, ThreadState};

/// Nodes of the tree of stacks for each byte of the profile, at most: every location of a stack is at least a byte, and
/// has few functions inlined.
const MOST_NODES_PER_BYTE: u64 = 8;
/// Bytes of the tree's nodes, with what is needed to put them together.
const NODE_BYTES: u64 = 24;

/// The recording, and what is wrong with it.
pub(super) fn recording(collected: Collected, limits: Limits) -> (Recording, Vec<Issue>) {
    let Collected { parsed, sums } = collected;
    let mut issues = parsed.issues();
    let mut builder = RecordingBuilder::new("pprof", limits);
    // What found stacks and rows is given back before more is made.
    let (mut tables, slots, labels, n_bytes) = parsed.into_parts();
    tables.sort();
    let (stacks, mut rows) = sums.into_parts();
    let n_cut_stacks = stacks.n_cut;
    let locations = stacks.into_nodes();
    let is_own = signals::comment_with(&tables, SIGNALS_COMMENT).is_some();
    let mut texts = Texts::new(&tables, n_bytes);
    head(&tables, &mut builder);
    let program = tables.mappings.first().map(|mapping| texts.get(mapping.path)).unwrap_or_default();
    let mut places = Places::new(&tables, is_own, &mut texts, &mut builder);

    let mut lists = FrameLists::default();
    for id in slots.ids {
        lists.push(places.frames(id, &mut texts, &mut builder));
    }
    let most = (n_bytes.saturating_mul(MOST_NODES_PER_BYTE)).saturating_add(1 << 16);
    let most = most.min(limits.model_bytes / NODE_BYTES).min(u64::from(NONE - 1));
    let Tree { stacks, ends, n_cut, has_doubles } = Tree::build(&locations, &lists, most as usize);
    drop((locations, lists));
    builder.replace_stacks(stacks);

    let has_unlabelled = rows.keys.iter().any(|(_, labels)| *labels == NONE);
    let tasks = Tasks::new(&tables, &labels, name_of(&program), has_unlabelled, &mut texts, &mut builder);
    for (stack, _) in &mut rows.keys {
        *stack = ends.get(*stack as usize).copied().unwrap_or(NONE);
    }
    if has_doubles {
        rows.add_up();
    }
    drop(ends);
    if !tables.value_types.is_empty() && tables.value_types.len() != rows.width && !rows.keys.is_empty() {
        let (n, needed) = (rows.keys.len(), tables.value_types.len());
        issues.push(Issue::of(SOURCE, format!("{n} samples do not have {needed} values and are left out")));
    } else {
        let plans = signals::plans(&tables, rows.width, &mut builder);
        let plans = named_by_stacks(plans, &rows, &builder);
        samples(&rows, &plans, &tasks, &mut builder);
    }

    issues.extend(places.issues());
    if n_cut_stacks > 0 || n_cut > 0 {
        let n = n_cut_stacks.max(n_cut as u64);
        issues.push(Issue::of(SOURCE, format!("{n} stacks have more frames than are kept")));
    }
    issues.extend(texts.issue());
    let (recording, more) = builder.finish(false);
    issues.extend(more);
    (recording, issues)
}

/// Times, the period, and who wrote it.
fn head(tables: &Tables, builder: &mut RecordingBuilder) {
    let written_by = signals::comment_with(tables, RECORDED_BY);
    if let Some(version) = &written_by {
        builder.tool(format!("fathom {version}"));
    }
    let meta = builder.meta();
    if let Some(version) = written_by {
        meta.fathom_version = version;
    }
    meta.duration_nanos = tables.duration_nanos.max(0);
    if tables.time_nanos != 0 {
        meta.clock_pairs = vec![ClockPair { monotonic_nanos: 0, realtime_nanos: tables.time_nanos }];
    }
    let (kind, unit) = (tables.text(tables.period_type.0), tables.text(tables.period_type.1));
    if kind == "cpu" && unit == "nanoseconds" && tables.period > 0 {
        let rate_hz = 1e9 / tables.period as f64;
        meta.epochs = vec![Epoch { rate_hz, reason: "period of the profile".to_owned(), ..Epoch::default() }];
    }
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    match path.rsplit('/').next().unwrap_or(path) {
        "" => "program",
        name => name,
    }
}

/// Go calls the time on a lock `delay` in two profiles: of those who held it (`mutex`), on the stack that let it go,
/// and of those who waited for anything (`block`). The innermost functions tell which of them it is.
fn named_by_stacks(mut plans: Vec<Plan>, rows: &Rows, builder: &RecordingBuilder) -> Vec<Plan> {
    for plan in plans.iter_mut().filter(|plan| plan.may_be_waiting) {
        let (mut waiting, mut letting_go) = (0_i128, 0_i128);
        for (at, (stack, _)) in rows.keys.iter().enumerate() {
            let value = i128::from(rows.of(at).get(plan.at).copied().unwrap_or(0));
            match is_waiting(*stack, builder.recording()) {
                Some(true) => waiting += value,
                Some(false) => letting_go += value,
                None => {}
            }
        }
        if waiting > letting_go {
            plan.signal = Signal::TaskBlock;
        }
    }
    plans
}

/// Whether a stack waits for something or lets a lock go, if one of its innermost functions tells.
fn is_waiting(stack: u32, recording: &Recording) -> Option<bool> {
    let mut innermost = recording.stacks.frames(StackId(stack)).take(4);
    innermost.find_map(|id| {
        let name = recording.frames.get(id.index())?.function.as_deref()?;
        let last = name.rsplit(['.', ':']).next().unwrap_or(name);
        if last.to_ascii_lowercase().contains("unlock") || name.contains("LostContended") {
            return Some(false);
        }
        let waits = last.contains("Lock") || last.contains("Wait") || name == "runtime.gopark";
        (waits || ["chan", "select", "sema"].iter().any(|begin| last.starts_with(begin))).then_some(true)
    })
}

fn samples(rows: &Rows, plans: &[Plan], tasks: &Tasks, builder: &mut RecordingBuilder) {
    let is_there = |plan: &&Plan, at: usize| {
        let value = |at: usize| rows.of(at).get(plan.at).copied().unwrap_or(0);
        value(at) != 0 || plan.counts.is_some_and(|counts| rows.of(at).get(counts).is_some_and(|n| *n > 0))
    };
    let n_samples =
        (0..rows.keys.len()).map(|at| plans.iter().filter(|plan| is_there(plan, at)).count()).sum();
    builder.expect_samples(n_samples);
    // Mostly there is none, and looking at every stack for it takes long.
    let has_no_stack =
        builder.recording().frames.iter().any(|frame| frame.function.as_deref() == Some(NO_STACK));
    for (at, (stack, labels)) in rows.keys.iter().enumerate() {
        let stack = (*stack != NONE)
            .then_some(StackId(*stack))
            .filter(|id| !has_no_stack || !is_no_stack(*id, builder.recording()));
        let task = tasks.of(*labels);
        for plan in plans.iter().filter(|plan| is_there(plan, at)) {
            let values = rows.of(at);
            let value = values.get(plan.at).copied().unwrap_or(0).saturating_mul(plan.factor);
            let counted = plan.counts.and_then(|counts| values.get(counts)).copied();
            let of_period = (plan.period > 0).then(|| (value / plan.period).max(1));
            let n = counted.or(of_period).unwrap_or(1).clamp(0, i64::from(u32::MAX)) as u32;
            let is_on_cpu = matches!(plan.signal, Signal::Cpu | Signal::ProgramCpu) && task.is_thread;
            builder.sample(Sample {
                signal: plan.signal,
                time_nanos: 0,
                process: task.process,
                thread: task.thread,
                cpu: None,
                stack,
                value,
                n,
                // Of no single thread the state is not known.
                state: if is_on_cpu { ThreadState::Running } else { ThreadState::Unknown },
                labels: task.labels,
            });
        }
    }
}

/// Whether a stack is what Fathom's writer puts where there is none.
fn is_no_stack(stack: StackId, recording: &Recording) -> bool {
    let is_name = |id: FrameId| {
        recording.frames.get(id.index()).is_some_and(|frame| frame.function.as_deref() == Some(NO_STACK))
    };
    recording.stacks.get(stack).is_some_and(|node| node.parent.is_none() && is_name(node.frame))
}
