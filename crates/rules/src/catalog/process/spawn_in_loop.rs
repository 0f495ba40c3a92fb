//! A process that is started in each turn of a loop, and lives for a moment only.

use std::collections::BTreeMap;

use fathom_code::Language;
use fathom_model::{GoalMetric, Pid, ThreadState, WaitClass};

use crate::prelude::*;

threshold! {
    /// Doing the same without a process is a change in one place.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}
threshold! {
    /// Fewer processes are a program that calls others, not a loop that lives of it.
    LEAST_PROCESSES = "least-processes", Count(20.0), source: "our own choice, held by the corpus"
}
threshold! {
    /// Interpreters need up to a tenth of a second before they begin with their work; a process that lives longer works.
    LONGEST_LIFE = "longest-life", Nanos(100_000_000), source: "python3, node and java take 20 to 100 ms to start on current machines"
}

/// What starts a process, and often waits for its end, too.
const STARTERS: &[&str] = &[
    "subprocess.py:run",
    "subprocess.py:call",
    "subprocess.py:check_call",
    "subprocess.py:check_output",
    "subprocess.py:getoutput",
    "subprocess.py:getstatusoutput",
    "subprocess.py:Popen.__init__",
    "os.py:popen",
    "os.py:spawn*",
    "os_system*",
    "os_fork*",
    "os_posix_spawn*",
    "node::SyncProcessRunner::*",
    "node::*SyncProcessRunner::*",
    "system",
    "do_system",
    "popen",
    "_IO_popen",
    "_IO_new_popen",
    "posix_spawn",
    "posix_spawnp",
    "fork",
    "vfork",
    "os/exec.(*Cmd).Start",
    "os/exec.(*Cmd).Run",
    "os/exec.(*Cmd).Output",
    "os/exec.(*Cmd).CombinedOutput",
    "os.StartProcess",
];
/// What waits for its answer or its end.
const WAITERS: &[&str] = &[
    "subprocess.py:Popen.wait",
    "subprocess.py:Popen.communicate",
    "subprocess.py:Popen.__exit__",
    "os_wait*",
    "pclose",
    "_IO_proc_close",
    "_IO_new_proc_close",
    "wait",
    "wait3",
    "wait4",
    "waitpid",
    "os/exec.(*Cmd).Wait",
    "os.(*Process).Wait",
];

declare_rule! {
    /// ## What it finds
    /// A line in a loop that starts a process each time: `subprocess.run`, `execFileSync`, `popen`, `system`.
    /// ## Why it matters
    /// The kernel makes a process, loads a program and its libraries, and takes all of it down again, while the loop
    /// waits: a millisecond or more for what a call within the program does in microseconds. Interpreters and shells
    /// take many times that.
    /// ## How it is measured
    /// The time in the functions that start processes, the waits for their output and their end beside them, and, where
    /// CPU time is the goal, what the processes use themselves, are counted for the line of own code that starts them.
    /// The processes that were started are counted, too: there have to be many, and they have to be short. Where the
    /// source is there, the line has to stand in a loop, or in a function that a loop calls.
    /// ## When it is wrong
    /// A tool without a counterpart in the language has to be started; then fewer starts with more work each help.
    /// ## What to do
    /// Do the work within the program, or hand all of it to one process.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 check.py
    /// process python3 runtime=python pid=1000
    /// thread main
    /// cpu <module>@check.py:8{user,python};check@check.py:6{user,python};run@/usr/lib/python3.11/subprocess.py:550{library,python};vfork[libc.so.6]{library} 3s n=1500
    /// off-cpu blocked.pipe <module>@check.py:8{user,python};check@check.py:6{user,python};run@/usr/lib/python3.11/subprocess.py:550{library,python};read[libc.so.6]{library} 5s n=900
    /// cpu <module>@check.py:9{user,python} 2s n=1000
    /// ```
    /// ```python check.py
    /// import subprocess
    ///
    /// def check(names):
    ///     sums = {}
    ///     for name in names:
    ///         sums[name] = subprocess.run(["sha256sum", name], capture_output=True).stdout
    ///     return sums
    /// sums = check(open("names").read().split())
    /// print(len(set(sums.values())))
    /// ```
    /// ## References
    /// fork(2), execve(2), ld.so(8).
    SpawnInLoop = "process/spawn-in-loop" {
        summary: "a process is started in each turn of a loop",
        effort: Small,
        risk: Review,
        languages: [Python, JavaScript, TypeScript, C, Go],
        needs: [CpuSamples],
        patterns: [SpawnInLoop],
        thresholds: [LEAST_SHARE, LEAST_PROCESSES, LONGEST_LIFE],
    }
}

impl Rule for SpawnInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        let goal = cx.goal_ledger();
        let (starters, waiters) = (cx.functions(STARTERS), cx.functions(WAITERS));
        let started = cx.cost_under(goal, &starters);
        if started.places.is_empty() {
            return Verdict::NotApplicable("no process was seen to be started".to_owned());
        }
        let children = Children::of(cx);
        if children.is_known && (children.count as f64) < cx.limit(info.id, &LEAST_PROCESSES) {
            return Verdict::Clear(format!("{} processes were started, no more", children.count));
        }
        if children.is_known && children.life as f64 > cx.limit(info.id, &LONGEST_LIFE) {
            return Verdict::Clear(format!(
                "the processes that were started live for {} on average: most of that is their work",
                words::time(children.life)
            ));
        }
        let waited = cx.cost_under(goal, &waiters);
        let piped = cx.own_lines_of(&cx.goal_where(|sample| {
            matches!(sample.state, ThreadState::Blocked(WaitClass::Pipe | WaitClass::Child))
        }));
        let mut drafts = Vec::new();
        for place in started.places.iter().filter(|place| place.is_own) {
            // One function is one finding: it may start on one line and wait on the next.
            if drafts.iter().any(|(known, _): &(Place, Draft)| known.function == place.function) {
                continue;
            }
            let hit = cx.hits_at(place, info.patterns).into_iter().next();
            let is_in_loop = if hit.is_some() { Some(true) } else { cx.is_in_loop(place) };
            if is_in_loop == Some(false) {
                continue;
            }
            let mut place = cx.at_hit(place.clone(), hit);
            let beside = [&started, &waited, &piped].into_iter().flat_map(|cost| &cost.places);
            beside
                .filter(|other| other.function == place.function)
                .for_each(|other| place.claim.join(&other.claim));
            let is_most = place.value > started.value / 2;
            if cx.goal.metric == GoalMetric::Cpu && is_most {
                children.claim(cx, &mut place);
            }
            place.recount(goal);
            if place.share.low < cx.limit(info.id, &LEAST_SHARE) {
                continue;
            }
            let grade = if is_in_loop.is_some() { Grade::E2 } else { Grade::E1 };
            let subject = hit.map_or(place.mechanism.clone(), |hit| hit.subject.clone());
            drafts.push((place.clone(), draft(cx, &place, &subject, grade, &children)));
        }
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "starting processes takes {} of {}",
                words::share(started.share),
                cx.goal.metric
            ));
        }
        drafts.sort_by_key(|(place, _)| std::cmp::Reverse(place.value));
        Verdict::Found(drafts.into_iter().map(|(_, draft)| draft).collect())
    }
}

/// The processes that the command started.
struct Children {
    /// Whether they were recorded at all.
    is_known: bool,
    count: usize,
    /// From start to end, on average.
    life: i64,
    /// The program that most of them run.
    program: String,
}

impl Children {
    fn of(cx: &Context<'_>) -> Self {
        let processes = &cx.recording.processes;
        let first = processes.first().map(|first| first.pid);
        let mut lives: BTreeMap<Pid, (i64, i64, &str)> = BTreeMap::new();
        for process in processes.iter().filter(|process| Some(process.pid) != first) {
            let end = process.end_nanos.unwrap_or(process.start_nanos);
            let life = lives.entry(process.pid).or_insert((process.start_nanos, end, ""));
            *life = (life.0.min(process.start_nanos), life.1.max(end), process.name.as_str());
        }
        let mut programs: BTreeMap<&str, usize> = BTreeMap::new();
        lives.values().for_each(|(_, _, name)| *programs.entry(name).or_default() += 1);
        let most = programs.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
        let whole: i64 = lives.values().map(|(start, end, _)| end.saturating_sub(*start).max(0)).sum();
        Self {
            is_known: !lives.is_empty(),
            count: lives.len(),
            life: whole / i64::try_from(lives.len().max(1)).unwrap_or(i64::MAX),
            program: most.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        }
    }

    /// Adds what they use themselves.
    fn claim(&self, cx: &Context<'_>, place: &mut Place) {
        let first = cx.recording.processes.first().map(|first| first.pid);
        let is_child = |at: usize| cx.recording.processes.get(at).map(|process| process.pid) != first;
        let samples = cx
            .recording
            .samples
            .iter()
            .filter(|sample| sample.signal == Signal::Cpu && is_child(sample.process.index()));
        samples.filter_map(|sample| sample.stack).for_each(|stack| place.claim.add(stack.index()));
    }
}

fn draft(cx: &Context<'_>, place: &Place, subject: &str, grade: Grade, children: &Children) -> Draft {
    let call = words::quoted(subject);
    let mut draft = Draft::at(place, format!("{call} starts a process in each turn of a loop in `{}`", place.location.function), grade)
        .evidence(
            "samples",
            format!(
                "{} of {} ({}, {} observations) goes into starting processes and waiting for them, asked for by {}",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                words::count(place.n),
                place.words(),
            ),
        )
        .cause(format!("{call} makes a new process each time, which loads its program, does very little, and ends"));
    if children.is_known {
        draft = draft.evidence(
            "processes",
            format!(
                "{} processes were started, most of them {}; they live for {} on average",
                words::count(children.count as u64),
                words::quoted(&children.program),
                words::time(children.life),
            ),
        );
    }
    if !cx.has_source(place) {
        draft = draft
            .alternative("the source of this line was not read, so that the loop around it is not known");
    }
    draft.subject = subject.to_owned();
    let within = within(&children.program, place.language);
    draft = match within {
        Some(within) => draft.advice(format!("do it within the program: {within}")),
        None => draft.advice("if the language or a library has a call for it, use that instead of a process"),
    };
    draft
        .advice("or start one process for all: most tools take many file names, or a list of them on standard input")
        .advice("if each has to be started and they do not depend on each other, let as many run at the same time as there are CPUs")
        .assuming("doing the same within the program costs little, which is not counted")
        .alternative("what the processes do is itself long: then their work and not their start is what is waited for")
}

/// Well-known tools, and what does their work within a program in Python, JavaScript, C and Go.
const STAND_INS: &[(&[&str], [&str; 4])] = &[
    (
        &["md5sum", "sha1sum", "sha256sum", "sha512sum", "openssl"],
        [
            "`hashlib.sha256(data).hexdigest()`, or `hashlib.file_digest(file, \"sha256\")` for a large file",
            "`crypto.createHash(\"sha256\").update(data).digest(\"hex\")`",
            "OpenSSL's `EVP_Digest` computes it",
            "`sha256.Sum256(data)` of `crypto/sha256`, or `io.Copy` into `sha256.New()`",
        ],
    ),
    (
        &["stat", "ls", "test", "find", "du"],
        [
            "`os.stat`, `os.scandir` and `pathlib.Path` ask the same of the kernel",
            "`fs.statSync` and `fs.readdirSync` ask the same of the kernel",
            "`stat`, `opendir` and `nftw` ask the same of the kernel",
            "`os.Stat`, `os.ReadDir` and `filepath.WalkDir` ask the same of the kernel",
        ],
    ),
    (
        &["cp", "mv", "rm", "mkdir", "ln", "chmod", "touch"],
        [
            "`shutil` and `os` have a function for each of these",
            "`fs` has a function for each of these",
            "`rename`, `unlink`, `mkdir` and `copy_file_range` do it",
            "`os.Rename`, `os.RemoveAll`, `os.MkdirAll` and `io.Copy` do it",
        ],
    ),
    (
        &["cat", "head", "tail", "wc", "cut", "sort", "uniq", "tr", "grep", "sed", "awk", "mawk", "gawk"],
        [
            "read the file and work on its lines; `re.compile` makes a pattern once for all of them",
            "read the file with `fs` and work on its lines",
            "read the file and work on its lines; `regcomp` makes a pattern once for all of them",
            "read the file with `os.ReadFile` or `bufio.Scanner` and work on its lines",
        ],
    ),
    (
        &["date"],
        [
            "`datetime` reads, formats and adds dates",
            "`Date` and `Intl.DateTimeFormat` read and format dates",
            "`strptime` reads dates, `strftime` formats them",
            "`time.Parse` reads dates, `Format` formats them",
        ],
    ),
];

/// What does the work of a well-known tool within a program.
fn within(program: &str, language: Option<Language>) -> Option<&'static str> {
    let column = match language? {
        Language::Python => 0,
        Language::JavaScript | Language::TypeScript => 1,
        Language::C | Language::Cpp => 2,
        Language::Go => 3,
        _ => return None,
    };
    match (program, column) {
        ("sh" | "bash" | "dash", _) => {
            return Some(
                "a shell was started, which starts the program in turn: call a function instead, or at least start the program without a shell",
            );
        }
        ("python" | "python3", 0) => {
            return Some(
                "import the script as a module and call its function, or keep workers in a `ProcessPoolExecutor`",
            );
        }
        ("node", 1) => {
            return Some("`require` the script and call its function, or keep workers in `worker_threads`");
        }
        _ => {}
    }
    STAND_INS.iter().find(|(tools, _)| tools.contains(&program)).map(|(_, words)| words[column])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "#include <stdio.h>\nlong size(const char *s) {\n  FILE *f = popen(s, \"r\");\n  fgets(b, 9, f);\n  pclose(f);\n  return 1;\n}\nint main(int n, char **v) {\n  while (n--) size(*v++);\n}\n";

    /// A program in C that starts processes, each of some length in milliseconds.
    fn profile(starting: u32, reading: u32, rest: u32, processes: u32, life: u32) -> String {
        let mut text = format!(
            "wall 10s\ncommand ./a\nprocess a pid=1000 end=10s\nthread main
            cpu main@a.c:9;size@a.c:3;popen[libc.so.6]{{library}};posix_spawn[libc.so.6]{{library}} {starting}ms n={starting}
            off-cpu blocked.pipe main@a.c:9;size@a.c:4;fgets[libc.so.6]{{library}};read[libc.so.6]{{library}} {reading}ms n={reading}
            cpu main@a.c:9 {rest}ms n={rest}"
        );
        for number in 0..processes {
            let (start, pid) = (number * 10, 1001 + number);
            text += &format!("\nprocess stat pid={pid} start={start}ms end={}ms", start + life);
        }
        text
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&SpawnInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`subprocess.run` starts a process in each turn of a loop in `check`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        assert!((found[0].impact.share.point - 0.8).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_in_a_function_that_a_loop_calls_with_the_wait_for_the_answer() {
        let found = findings(&SpawnInLoop, &profile(2000, 2000, 1000, 100, 8), &[("a.c", SOURCE)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(3));
        assert!((found[0].impact.share.point - 0.8).abs() < 0.01, "{:?}", found[0].impact);
        assert!(found[0].advice[0].contains("`nftw`"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_thresholds() {
        let of = |starting, processes, life| {
            findings(
                &SpawnInLoop,
                &profile(starting, 0, 5000 - starting, processes, life),
                &[("a.c", SOURCE)],
            )
            .len()
        };
        assert_eq!((of(250, 100, 8), of(350, 100, 8)), (0, 1));
        assert_eq!((of(2000, 19, 8), of(2000, 20, 8)), (0, 1));
        assert_eq!((of(2000, 100, 101), of(2000, 100, 99)), (0, 1));
    }

    #[test]
    fn quiet_where_nothing_repeats_the_call() {
        let source = SOURCE.replace("while (n--) ", "");
        assert!(findings(&SpawnInLoop, &profile(2000, 2000, 1000, 100, 8), &[("a.c", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let profile = profile(2000, 2000, 1000, 100, 8);
        assert_eq!(findings(&SpawnInLoop, &profile, &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.c:3;sleep 10s n=5000";
        assert_eq!(standing(&SpawnInLoop, waits, &[]), "unsure");
    }
}
