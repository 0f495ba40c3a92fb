//! The lower rungs of the ladder with the real binary: as an ordinary user, where perf events are refused, in
//! other namespaces. What works there, and what is said about what does not.
//!
//! Needs `cc`. What needs root (`setpriv`, `unshare`) says so and is passed over without it.

// clippy knows only functions marked as tests, not their helpers.
#![allow(clippy::unwrap_used)]
// Why a test is passed over.
#![allow(clippy::print_stderr)]

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

const AS_USER: [&str; 5] = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--"];
const IN_NAMESPACE: [&str; 4] = ["unshare", "--fork", "--pid", "--mount-proc"];

/// Fathom and the programs of this test where any user may run them.
struct Programs {
    folder: tempfile::TempDir,
}

impl Programs {
    /// Made by the first test that asks and gone with the last one that holds it.
    fn get() -> Arc<Self> {
        static PROGRAMS: Mutex<Weak<Programs>> = Mutex::new(Weak::new());
        let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
        programs.upgrade().unwrap_or_else(|| {
            let folder = tempfile::Builder::new().prefix("fathom-rungs-").tempdir_in("/tmp").unwrap();
            Command::new("chmod").arg("755").arg(folder.path()).status().unwrap();
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unprivileged");
            let compile = |source: &str, program: &str, arguments: &[&str]| {
                let mut cc = Command::new("cc");
                cc.args(["-O2", "-g", "-pthread"]).args(arguments).arg("-o").arg(folder.path().join(program));
                let output = cc.arg(sources.join(source)).output().expect("cc is installed");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            };
            compile("guest.c", "guest", &[]);
            compile("guest.c", "static-guest", &["-static"]);
            compile("refuse.c", "refuse", &[]);
            let binary = assert_cmd::cargo::cargo_bin("fathom");
            // A name of its own on the same disk costs nothing; a copy of a debug build takes a second.
            let to = folder.path().join("fathom");
            if std::fs::hard_link(&binary, &to).is_err() {
                std::fs::copy(&binary, &to).unwrap();
            }
            let made = Arc::new(Self { folder });
            *programs = Arc::downgrade(&made);
            made
        })
    }

    fn path(name: &str) -> String {
        Self::get().folder.path().join(name).display().to_string()
    }
}

/// A folder that everybody may write to, for one recording.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    Command::new("chmod").arg("777").arg(folder.path()).status().unwrap();
    folder
}

fn command(prefix: &[&str], place: &Path) -> Command {
    let mut words = prefix
        .iter()
        .map(|word| if *word == "refuse" { Programs::path("refuse") } else { (*word).to_owned() });
    let mut command = match words.next() {
        Some(first) => Command::new(first),
        None => return clean(Command::new(Programs::path("fathom")), place),
    };
    command.args(words).arg(Programs::path("fathom"));
    clean(command, place)
}

fn clean(mut command: Command, place: &Path) -> Command {
    command.current_dir(place).env("HOME", place).env_remove("XDG_CACHE_HOME");
    command
}

/// Runs Fathom with a report in JSON; the report and what was said.
fn fathom(prefix: &[&str], arguments: &[&str]) -> (Value, Output) {
    let place = place();
    let (first, rest) = arguments.split_first().unwrap();
    let mut command = command(prefix, place.path());
    command.args([*first, "-o", "x.fathom", "--json", "x.json"]).args(rest);
    let output = command.output().unwrap();
    let report = std::fs::read(place.path().join("x.json")).unwrap_or_default();
    (serde_json::from_slice(&report).unwrap_or(Value::Null), output)
}

fn is_root() -> bool {
    let own = std::fs::metadata("/proc/self").unwrap();
    std::os::unix::fs::MetadataExt::uid(&own) == 0
}

fn passed_over_without_root(what: &str) -> bool {
    if !is_root() {
        eprintln!("passed over: {what} needs root");
    }
    !is_root()
}

/// A guest that is ready; it ends with its stdin or is killed.
struct Guest(Child, Option<ChildStdin>);

impl Guest {
    fn start(prefix: &[&str], arguments: &[&str]) -> Self {
        let guest = Programs::path("guest");
        let words: Vec<&str> =
            prefix.iter().copied().chain([guest.as_str()]).chain(arguments.iter().copied()).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let stdin = child.stdin.take();
        Self(child, stdin)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        drop(self.1.take());
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn collector<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["meta"]["collectors"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()
}

fn how<'a>(report: &'a Value, id: &str) -> &'a str {
    collector(report, id)["how"].as_str().unwrap()
}

fn notes(report: &Value) -> String {
    report["meta"]["quality"]["notes"].to_string()
}

/// The share of `burn_heavy` among both, which is three quarters.
fn assert_shares(report: &Value) {
    let rows = report["functions"]["rows"].as_array().unwrap();
    let nanos = |name: &str| {
        rows.iter()
            .filter(|row| row["name"] == name)
            .map(|row| row["total_value"].as_f64().unwrap())
            .sum::<f64>()
    };
    let (heavy, light) = (nanos("burn_heavy"), nanos("burn_light"));
    let share = heavy / (heavy + light);
    let samples = report["meta"]["quality"]["cpu_samples"].as_u64().unwrap();
    // On a busy machine the governor thins them out.
    assert!(samples >= 15, "{samples} samples");
    let standard_deviation = (0.75 * 0.25 / samples as f64).sqrt();
    assert!(
        (share - 0.75).abs() < 4.0 * standard_deviation,
        "burn_heavy has {share} of {samples} samples: {rows:?}"
    );
}

/// CPU time of the threads against what the program measured, which begins a little later.
fn assert_cpu_time(report: &Value, output: &Output) {
    let told: f64 = String::from_utf8_lossy(&output.stdout).lines().last().unwrap().parse().unwrap();
    let rows = report["threads"].as_array().unwrap();
    let of_guest = rows.iter().filter(|row| row["name"].as_str().unwrap().contains("guest"));
    let running: f64 = of_guest.map(|row| row["running_nanos"].as_f64().unwrap()).sum();
    // Switch records count the time that the hypervisor or an interrupt takes as well, the kernel's sums do not: on a
    // shared host with nothing to spare that is a tenth.
    let tolerance = if how(report, "cpu").starts_with("perf events") { 0.1 } else { 0.01 };
    assert!((running - told).abs() < tolerance * told + 10e6, "found {running}, told {told}: {rows:?}");
    for row in rows {
        let account = |name: &str| row[name].as_f64().unwrap();
        let sum: f64 = ["running_nanos", "runnable_nanos", "blocked_nanos", "missing_nanos"]
            .into_iter()
            .map(account)
            .sum();
        assert!((sum - account("lifetime_nanos")).abs() <= 0.01 * sum, "{row}");
    }
}

/// Whether an ordinary user may use perf events here.
fn users_have_perf_events() -> bool {
    let setting = std::fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").unwrap_or_default();
    let have = setting.trim().parse::<i32>().is_ok_and(|value| value == 2);
    if !have {
        eprintln!("passed over: kernel.perf_event_paranoid is {:?}, needed is 2", setting.trim());
    }
    have
}

#[test]
fn a_user_sees_user_code_and_durations() {
    let _programs = Programs::get();
    if passed_over_without_root("another user") || !users_have_perf_events() {
        return;
    }
    let (report, output) = fathom(&AS_USER, &["run", "--", &Programs::path("guest"), "work", "400"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(how(&report, "cpu").contains("user code only"), "{}", how(&report, "cpu"));
    assert!(how(&report, "off-cpu").contains("without stacks"), "{}", how(&report, "off-cpu"));
    assert_eq!(collector(&report, "cpu")["fix"], "sudo sysctl kernel.perf_event_paranoid=1");
    assert_shares(&report);
    assert_cpu_time(&report, &output);
}

#[test]
fn where_perf_is_refused_timers_sample_what_is_launched() {
    let _programs = Programs::get();
    let guest = Programs::path("guest");
    let users: &[&[&str]] = if is_root() { &[&[], &AS_USER] } else { &[&[]] };
    for user in users {
        let prefix = [user, ["refuse"].as_slice()].concat();
        let (report, output) = fathom(&prefix, &["run", "--", &guest, "work", "400"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(how(&report, "cpu").contains("preloaded library"), "{}", how(&report, "cpu"));
        let fix = collector(&report, "cpu")["fix"].as_str().unwrap();
        assert!(fix.starts_with("docker run") && fix.contains("seccomp"), "{fix}");
        assert_shares(&report);
        assert_cpu_time(&report, &output);
        assert_eq!(notes(&report), "[]");
    }
}

#[test]
fn a_static_program_without_perf_has_totals_and_a_note() {
    let _programs = Programs::get();
    let (report, output) =
        fathom(&["refuse"], &["run", "--", &Programs::path("static-guest"), "work", "400"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(report["meta"]["quality"]["cpu_samples"], 0);
    assert!(notes(&report).contains("No CPU sample of static-guest"), "{}", notes(&report));
    assert!(notes(&report).contains("it is statically linked"), "{}", notes(&report));
    assert_cpu_time(&report, &output);
    let modules = report["modules"].to_string();
    assert!(!modules.contains("/fathom\""), "Fathom's own mappings are not the program's: {modules}");
}

#[test]
fn attached_without_perf_there_are_totals_by_thread_and_a_note() {
    let _programs = Programs::get();
    let guest = Guest::start(&[], &["work", "60000"]);
    let (report, output) = fathom(&["refuse"], &["attach", &guest.pid(), "-d", "400ms"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(how(&report, "cpu"), "schedstat totals by thread, no stacks");
    assert!(notes(&report).contains("`fathom run` can give them"), "{}", notes(&report));
    let totals = &report["totals"];
    let (running, wall) =
        (totals["running_nanos"].as_f64().unwrap(), totals["thread_nanos"].as_f64().unwrap());
    assert!(running > 0.02 * wall && running <= wall, "{totals}");
}

#[test]
fn a_program_in_a_pid_namespace_keeps_its_samples_to_itself() {
    let _programs = Programs::get();
    if passed_over_without_root("a pid namespace") {
        return;
    }
    let guest = Programs::path("guest");
    let mut arguments = vec!["run", "--"];
    arguments.extend(IN_NAMESPACE);
    arguments.extend([guest.as_str(), "work", "400"]);
    // From outside with every engine, and from inside.
    let inside: Vec<&str> = IN_NAMESPACE.to_vec();
    let launches: [(&[&str], &[&str]); 3] =
        [(&["refuse"], &arguments), (&[], &arguments), (&inside, &["run", "--", &guest, "work", "400"])];
    for (prefix, arguments) in launches {
        let (report, output) = fathom(prefix, arguments);
        assert!(output.status.success(), "{}", said(&output));
        assert_shares(&report);
        assert_cpu_time(&report, &output);
        for process in report["processes"].as_array().unwrap() {
            let from_outside = prefix.is_empty() || prefix == ["refuse"];
            assert!(!from_outside || process["pid"].as_i64().unwrap() > 1, "{process}");
        }
    }
}

#[test]
fn a_binary_is_read_as_its_own_namespace_shows_it() {
    let _programs = Programs::get();
    if passed_over_without_root("a mount namespace") {
        return;
    }
    // In the namespace the guest lies over the program that everybody else sees at this path.
    let folder = place();
    let program = folder.path().join("program").display().to_string();
    std::fs::copy(Programs::path("refuse"), &program).unwrap();
    let script = format!("mount --bind {} {program} && exec {program} work 60000", Programs::path("guest"));
    let mut child = Command::new("unshare")
        .args(["--mount", "sh", "-c", &script])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (report, output) = fathom(&[], &["attach", &child.id().to_string(), "-d", "500ms"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    if how(&report, "cpu").starts_with("perf events") {
        assert_shares(&report);
    }
}

#[test]
fn another_user_s_process_and_one_that_is_gone_are_clear_errors() {
    let _programs = Programs::get();
    if passed_over_without_root("another user") {
        return;
    }
    let guest = Guest::start(&[], &["threads", "1"]);
    let pid = guest.pid();
    let (_, output) = fathom(&AS_USER, &["attach", &pid]);
    let expected = format!(
        "error: process {pid} belongs to user 0, and Fathom runs as user 1000\n\nhint: sudo fathom attach {pid}\n"
    );
    assert_eq!((output.status.code(), said(&output)), (Some(2), expected));
    drop(guest);
    let (_, output) = fathom(&AS_USER, &["attach", &pid]);
    assert_eq!(
        (output.status.code(), said(&output)),
        (Some(2), format!("error: no process {pid}\n\nhint: ps -e\n"))
    );
}

#[test]
fn too_few_open_files_are_an_error_with_the_number_needed() {
    let _programs = Programs::get();
    let guest = Guest::start(&[], &["threads", "80"]);
    let (report, output) = fathom(&["prlimit", "--nofile=64:64"], &["attach", &guest.pid(), "-d", "200ms"]);
    let said = said(&output);
    if output.status.success() {
        // Not an event for each thread, or none at all.
        let how = how(&report, "cpu");
        assert!(!how.contains("tasks sampled"), "{how}: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("the limit is 64") && said.contains("hint: sudo prlimit --pid $$ --nofile="),
        "{said}"
    );
}

#[test]
fn doctor_names_the_filter_and_the_rung_in_use() {
    let _programs = Programs::get();
    let place = place();
    let output = command(&["refuse"], place.path()).args(["doctor", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let collectors = report["collectors"].as_array().unwrap();
    for (id, uses) in [("cpu", "timers in a preloaded library"), ("off-cpu", "/proc")] {
        let collector = collectors.iter().find(|collector| collector["id"] == id).unwrap();
        assert_eq!(collector["uses"], uses);
        for rung in collector["rungs"].as_array().unwrap().iter().filter(|rung| rung["ready"] == false) {
            let (found, fix) = (rung["found"].as_str().unwrap(), rung["fix"].as_str().unwrap());
            assert!(found.contains("(operation not permitted) by a seccomp filter"), "{rung}");
            assert!(fix.starts_with("docker run --cap-add PERFMON"), "{rung}");
        }
    }
}

#[test]
fn doctor_names_the_setting_to_an_ordinary_user() {
    let _programs = Programs::get();
    if passed_over_without_root("another user") || !users_have_perf_events() {
        return;
    }
    let place = place();
    let output = command(&AS_USER, place.path()).args(["doctor", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cpu = report["collectors"].as_array().unwrap().iter().find(|c| c["id"] == "cpu").unwrap();
    assert_eq!(cpu["uses"], "perf events of user code");
    let full = cpu["rungs"].as_array().unwrap().iter().find(|rung| rung["name"] == "perf events").unwrap();
    assert_eq!(
        full["found"],
        "perf_event_open for kernel code is refused to user 1000 (permission denied); kernel.perf_event_paranoid = 2"
    );
    assert_eq!(full["fix"], "sudo sysctl kernel.perf_event_paranoid=1");
}
