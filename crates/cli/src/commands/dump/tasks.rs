//! Tasks of a dump, as text and as JSON: goroutines, asyncio tasks.

use super::{FrameJson, frame_json, frames_text, paint, place};
use crate::screen::Screen;
use fathom_model::FrameKind;
use fathom_report::plain;
use fathom_runtimes::ManagedFrame;
use fathom_session::DumpedTask;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// Numbers and sets of labels that a heading names.
const SHOWN_NUMBERS: usize = 8;
const SHOWN_LABELS: usize = 3;

/// A task in `--json`.
#[derive(Serialize)]
pub(super) struct TaskJson<'a> {
    runtime: &'a str,
    kind: &'a str,
    id: u64,
    name: Option<&'a str>,
    state: &'a str,
    wait_reason: Option<&'a str>,
    waited_nanos: Option<u64>,
    thread: Option<i32>,
    tied_to_thread: bool,
    runtimes_own: bool,
    labels: BTreeMap<&'a str, &'a str>,
    awaits: &'a [u64],
    awaited_by: &'a [u64],
    parent: Option<u64>,
    created_by: Option<FrameJson<'a>>,
    /// The lock's owner, or the address of what is waited for.
    waits_for: Option<&'a str>,
    /// Innermost first.
    frames: Vec<FrameJson<'a>>,
    /// Why frames are missing; null where none are.
    incomplete: Option<&'a str>,
    /// It changed each time it was read.
    torn: bool,
}

/// The task for `--json`.
pub(super) fn json(dumped: &DumpedTask) -> TaskJson<'_> {
    let task = &dumped.task;
    TaskJson {
        runtime: dumped.runtime,
        kind: task.kind,
        id: task.id,
        name: task.name.as_deref(),
        state: &task.state,
        wait_reason: task.wait_reason.as_deref(),
        waited_nanos: task.waited_nanos,
        thread: task.thread,
        tied_to_thread: task.is_tied_to_thread,
        runtimes_own: task.is_runtimes_own,
        labels: task.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        awaits: &task.awaits,
        awaited_by: &task.awaited_by,
        parent: task.parent,
        created_by: task.created_by.as_ref().map(frame_json),
        waits_for: task.waits_for.as_deref(),
        frames: task.frames.iter().map(frame_json).collect(),
        incomplete: task.incomplete.as_deref(),
        torn: task.torn,
    }
}

/// Tasks that do the same together; those of the runtime itself are counted, or with `all` stand last.
pub(super) fn text(text: &mut String, tasks: &[DumpedTask], screen: &Screen, all: bool) {
    for group in groups(tasks, all) {
        let Some(first) = group.first().map(|dumped| &dumped.task) else { continue };
        let _ = writeln!(text, "\n{}", heading(&group));
        for line in [labels(&group), awaits(&group)].into_iter().flatten() {
            let _ = writeln!(text, "    {}", paint(screen, "2", &line));
        }
        frames_text(text, shown(&first.frames, all), &[], screen);
        if first.frames.is_empty() && first.incomplete.is_none() && !first.torn {
            let _ = writeln!(text, "    {}", paint(screen, "2", "no function of the runtime"));
        }
        if let Some(why) = &first.incomplete {
            let _ = writeln!(text, "    {}", paint(screen, "2", &format!("... ({})", plain(why))));
        }
        if first.torn {
            let _ = writeln!(text, "    {}", paint(screen, "2", "... (changed each time it was read)"));
        }
        if let Some(frame) = &first.created_by {
            let _ = writeln!(
                text,
                "    {}",
                paint(screen, "2", &format!("created by {}", created_by(&group, frame)))
            );
        }
    }
    let mut hidden: BTreeMap<&str, usize> = BTreeMap::new();
    for dumped in tasks.iter().filter(|dumped| !all && dumped.task.is_runtimes_own) {
        *hidden.entry(dumped.task.kind).or_default() += 1;
    }
    for (kind, n) in hidden {
        let what = format!("and {} of the runtime's own, shown with --all", counted(n, kind));
        let _ = writeln!(text, "\n{}", paint(screen, "2", &what));
    }
}

/// In the order of what a reader looks for: running ones, those in the kernel, then by their lowest number.
fn groups(tasks: &[DumpedTask], all: bool) -> Vec<Vec<&DumpedTask>> {
    let mut groups: Vec<Vec<&DumpedTask>> = Vec::new();
    let mut index_of: HashMap<Alike<'_>, usize> = HashMap::new();
    for dumped in tasks.iter().filter(|dumped| all || !dumped.task.is_runtimes_own) {
        let index = *index_of.entry(Alike::of(dumped)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.push(dumped),
            None => groups.push(vec![dumped]),
        }
    }
    groups.sort_by_key(|group| {
        group.first().map(|dumped| {
            let task = &dumped.task;
            let rank = match task.state.as_str() {
                "running" => 0,
                "syscall" => 1,
                "runnable" => 2,
                _ => 3,
            };
            (task.is_runtimes_own, rank, dumped.runtime, task.id)
        })
    });
    groups
}

/// What tasks have in common that stand together.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'a> {
    runtime: &'a str,
    kind: &'a str,
    name: Option<&'a str>,
    state: &'a str,
    wait_reason: Option<&'a str>,
    flags: [bool; 3],
    created_by: Option<&'a ManagedFrame>,
    incomplete: Option<&'a str>,
    frames: &'a [ManagedFrame],
}

impl<'a> Alike<'a> {
    fn of(dumped: &'a DumpedTask) -> Self {
        let task = &dumped.task;
        Self {
            runtime: dumped.runtime,
            kind: task.kind,
            name: task.name.as_deref(),
            state: &task.state,
            wait_reason: task.wait_reason.as_deref(),
            flags: [task.is_tied_to_thread, task.is_runtimes_own, task.torn],
            created_by: task.created_by.as_ref(),
            incomplete: task.incomplete.as_deref(),
            frames: &task.frames,
        }
    }
}

/// The frames without those of the runtime at both ends, if any others are between: how a task came to wait, and who
/// called its first function.
fn shown(frames: &[ManagedFrame], all: bool) -> &[ManagedFrame] {
    let is_others = |frame: &ManagedFrame| frame.kind != FrameKind::Runtime;
    let first = frames.iter().position(is_others);
    match (first, frames.iter().rposition(is_others)) {
        (Some(first), Some(last)) if !all => &frames[first..=last],
        _ => frames,
    }
}

fn heading(group: &[&DumpedTask]) -> String {
    let Some(first) = group.first().map(|dumped| &dumped.task) else { return String::new() };
    let numbers = listed(&group.iter().map(|dumped| dumped.task.id).collect::<Vec<_>>());
    let mut words = match group.len() {
        1 => vec![format!("{} {numbers}", first.kind)],
        n => vec![counted(n, first.kind)],
    };
    if let Some(name) = &first.name {
        words.push(plain(name));
    }
    let mut what = plain(first.wait_reason.as_ref().unwrap_or(&first.state));
    if let Some(target) = shared(group, |dumped| dumped.task.waits_for.as_ref()) {
        let _ = write!(what, " ({})", plain(target));
    }
    words.push(what);
    if let Some(nanos) = group.iter().filter_map(|dumped| dumped.task.waited_nanos).max() {
        let longest = if group.len() > 1 { " longest" } else { "" };
        words.push(format!("{}{longest}", duration(nanos)));
    }
    match shared(group, |dumped| dumped.task.thread.as_ref()) {
        Some(tid) if first.is_tied_to_thread => words.push(format!("tied to thread {tid}")),
        Some(tid) => words.push(format!("on thread {tid}")),
        None if first.is_tied_to_thread => words.push("each tied to a thread".to_owned()),
        None => {}
    }
    let heading = words.join(", ");
    if group.len() > 1 { format!("{heading}: ids {numbers}") } else { heading }
}

fn created_by(group: &[&DumpedTask], frame: &ManagedFrame) -> String {
    match shared(group, |dumped| dumped.task.parent.as_ref()) {
        Some(parent) => {
            let kind = group.first().map_or("task", |dumped| dumped.task.kind);
            format!("{} in {kind} {parent}", place(frame))
        }
        None => place(frame),
    }
}

/// What all of a group have, where it is the same.
fn shared<'a, T: PartialEq>(
    group: &[&'a DumpedTask],
    of: impl Fn(&'a DumpedTask) -> Option<&'a T>,
) -> Option<&'a T> {
    let first = of(group.first()?)?;
    group.iter().all(|dumped| of(dumped) == Some(first)).then_some(first)
}

/// The labels of a group, the most frequent set first.
fn labels(group: &[&DumpedTask]) -> Option<String> {
    let mut sets: BTreeMap<&[(String, String)], usize> = BTreeMap::new();
    for dumped in group.iter().filter(|dumped| !dumped.task.labels.is_empty()) {
        *sets.entry(&dumped.task.labels).or_default() += 1;
    }
    let mut sets: Vec<_> = sets.into_iter().collect();
    sets.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let n_more = sets.len().saturating_sub(SHOWN_LABELS);
    let mut words: Vec<String> = sets
        .into_iter()
        .take(SHOWN_LABELS)
        .map(|(set, n)| {
            let set: Vec<String> =
                set.iter().map(|(name, value)| format!("{}={}", plain(name), plain(value))).collect();
            let times = if group.len() > 1 { format!(" ({n} of {})", group.len()) } else { String::new() };
            format!("{}{times}", set.join(" "))
        })
        .collect();
    if n_more > 0 {
        words.push(format!("and {n_more} other sets"));
    }
    (!words.is_empty()).then(|| format!("labels: {}", words.join("; ")))
}

/// Whom the tasks of a group wait for, and who waits for them.
fn awaits(group: &[&DumpedTask]) -> Option<String> {
    let all = |of: fn(&DumpedTask) -> &[u64]| {
        let mut ids: Vec<u64> = group.iter().flat_map(|dumped| of(dumped)).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (awaits, awaited_by) = (all(|dumped| &dumped.task.awaits), all(|dumped| &dumped.task.awaited_by));
    let words: Vec<String> = [("awaits", awaits), ("awaited by", awaited_by)]
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(word, ids)| format!("{word} {}", listed(&ids)))
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn listed(ids: &[u64]) -> String {
    let mut words: Vec<String> = ids.iter().take(SHOWN_NUMBERS).map(u64::to_string).collect();
    if ids.len() > SHOWN_NUMBERS {
        words.push("...".to_owned());
    }
    words.join(", ")
}

/// `1 goroutine`, `3 asyncio tasks`.
fn counted(n: usize, kind: &str) -> String {
    if n == 1 { format!("1 {kind}") } else { format!("{n} {kind}s") }
}

/// `3 m 12 s`: the two largest units.
fn duration(nanos: u64) -> String {
    let seconds = nanos / 1_000_000_000;
    match seconds {
        0 => format!("{} ms", nanos / 1_000_000),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} m {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_runtimes::TaskDump;

    fn frame(function: &str, line: u32) -> ManagedFrame {
        ManagedFrame {
            function: function.to_owned(),
            file: "/src/main.go".to_owned(),
            line: Some(line),
            column: None,
            first_line: line,
            kind: FrameKind::User,
            is_entry: false,
        }
    }

    fn receiver(id: u64, seconds: u64) -> TaskDump {
        TaskDump {
            kind: "goroutine",
            id,
            state: "waiting".to_owned(),
            wait_reason: Some("chan receive".to_owned()),
            waited_nanos: Some(seconds * 1_000_000_000),
            frames: vec![frame("main.worker", 7)],
            created_by: Some(frame("main.main", 20)),
            parent: Some(1),
            ..TaskDump::default()
        }
    }

    fn printed(tasks: Vec<TaskDump>, all: bool) -> String {
        let tasks: Vec<DumpedTask> =
            tasks.into_iter().map(|task| DumpedTask { runtime: "go", task }).collect();
        let mut printed = String::new();
        text(&mut printed, &tasks, &Screen::file(), all);
        printed
    }

    #[test]
    fn equal_tasks_stand_together_under_the_longest_wait() {
        let tasks = (18..30).map(|id| receiver(id, 300 - id * 6)).collect();
        assert_eq!(
            printed(tasks, false),
            "\n12 goroutines, chan receive, 3 m 12 s longest: ids 18, 19, 20, 21, 22, 23, 24, 25, ...\n    \
             main.worker (/src/main.go:7)\n    created by main.main (/src/main.go:20) in goroutine 1\n"
        );
    }

    #[test]
    fn running_ones_stand_first_and_the_runtimes_own_are_counted() {
        let running = TaskDump {
            kind: "goroutine",
            id: 9,
            state: "running".to_owned(),
            thread: Some(77),
            incomplete: Some("it runs".to_owned()),
            ..TaskDump::default()
        };
        let own = TaskDump { is_runtimes_own: true, ..receiver(2, 0) };
        let tasks = vec![receiver(1, 0), own, running];
        let text = printed(tasks.clone(), false);
        assert!(text.starts_with("\ngoroutine 9, running, on thread 77\n    ... (it runs)\n"), "{text}");
        assert!(text.ends_with("\nand 1 goroutine of the runtime's own, shown with --all\n"), "{text}");
        assert!(printed(tasks, true).contains("\ngoroutine 2, "));
    }

    #[test]
    fn frames_of_the_runtime_at_the_ends_are_left_out() {
        let of_runtime = |name: &str| ManagedFrame { kind: FrameKind::Runtime, ..frame(name, 1) };
        let names = |frames: &[ManagedFrame]| -> Vec<String> {
            frames.iter().map(|frame| frame.function.clone()).collect()
        };
        let stack = [
            of_runtime("runtime.gopark"),
            frame("main.b", 2),
            of_runtime("runtime.gopanic"),
            frame("main.a", 1),
            of_runtime("runtime.main"),
        ];
        assert_eq!(names(shown(&stack, false)), ["main.b", "runtime.gopanic", "main.a"]);
        assert_eq!(shown(&stack, true).len(), 5);
        assert_eq!(shown(&stack[..1], false).len(), 1, "there is nothing else");
    }

    #[test]
    fn labels_and_the_tasks_that_are_awaited() {
        let labelled = |id, value: &str| TaskDump {
            labels: vec![("job".to_owned(), value.to_owned())],
            awaits: vec![id + 10],
            waits_for: Some("0xc000".to_owned()),
            ..receiver(id, 0)
        };
        let text = printed(vec![labelled(1, "a"), labelled(2, "b"), labelled(3, "b")], false);
        assert!(text.contains("chan receive (0xc000)"), "{text}");
        assert!(text.contains("labels: job=b (2 of 3); job=a (1 of 3)\n"), "{text}");
        assert!(text.contains("awaits 11, 12, 13\n"), "{text}");
    }
}
