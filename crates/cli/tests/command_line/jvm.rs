//! Java functions in what `fathom run`, `fathom attach` and `fathom dump` tell of a HotSpot that was started without any
//! flag, and that it is left as it was.

// A test that cannot run here says so; the matrix prints a row for each JDK.
#![allow(clippy::print_stdout)]

use crate::bench::{Folder, Stream, kill, run, until};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Three quarters of its CPU time in `heavy`, a quarter in `light`; two threads wait for one another's lock, and one
/// allocates. Works for so many seconds, or until its input ends.
const PROGRAM: &str = "
import java.util.concurrent.atomic.AtomicBoolean;

public class Program {
    static final Object LOCK = new Object();
    static volatile long sink;

    static long spin(int n) {
        long s = 0;
        for (int i = 0; i < n; i++) { s += (s ^ i) * 31; s ^= s >>> 3; }
        return s;
    }

    static long heavy() { return spin(300000) + spin(300000) + spin(300000); }

    static long light() {
        long s = 1;
        for (int i = 0; i < 300000; i++) { s += (s ^ i) * 31; s ^= s >>> 3; }
        return s;
    }

    static void holds() throws Exception { synchronized (LOCK) { Thread.sleep(30); } }

    static void waits() { synchronized (LOCK) { sink++; } }

    static void allocates() { byte[][] kept = new byte[64][]; for (int i = 0; i < 2000; i++) kept[i % 64] = new byte[4096]; sink += kept.length; }

    interface Step { void run() throws Exception; }

    static void daemon(String name, AtomicBoolean done, int pause, Step step) {
        Thread thread = new Thread(() -> {
            try {
                while (!done.get()) { step.run(); Thread.sleep(pause); }
            } catch (Exception e) { throw new RuntimeException(e); }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    public static void main(String[] words) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        daemon(\"holder with a long name\", done, 3, Program::holds);
        daemon(\"waiter\", done, 3, Program::waits);
        daemon(\"allocator\", done, 10, Program::allocates);
        long end = System.nanoTime() + (words.length > 0 ? (long) (Double.parseDouble(words[0]) * 1e9) : 120_000_000_000L);
        Thread reader = new Thread(() -> { try { while (System.in.read() >= 0) { } } catch (Exception e) { } done.set(true); });
        reader.setDaemon(true);
        if (words.length == 0) reader.start();
        System.out.println(\"ready\");
        while (!done.get() && System.nanoTime() < end) { sink += heavy() + light(); }
        System.out.println(\"done\");
    }
}
";

/// Fewer samples tell nothing; there are none at all where neither perf events nor timers work.
const FEWEST_SAMPLES: u64 = 100;
/// The same of JFR's own: on a busy machine it takes seconds to begin.
const FEWEST_LOOKS: u64 = 60;

/// A Java to test with.
#[derive(Clone)]
struct Jdk {
    /// `java` as it is called.
    java: PathBuf,
    /// Folder in which it has to be run as its root.
    root: Option<PathBuf>,
    name: String,
}

impl Jdk {
    fn usual() -> Option<Self> {
        let found = Command::new("java").arg("-version").output().ok()?;
        let name = String::from_utf8_lossy(&found.stderr).lines().next()?.to_owned();
        Some(Self { java: "java".into(), root: None, name })
    }

    /// A command that runs the program of the folder.
    fn command(&self, folder: &Folder, flags: &[&str], seconds: Option<&str>) -> Command {
        let classes = match &self.root {
            None => folder.to_path_buf(),
            Some(root) => {
                let to = root.join("tmp");
                for entry in fs::read_dir(&**folder).unwrap().flatten() {
                    if entry.path().extension().is_some_and(|extension| extension == "class") {
                        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
                    }
                }
                "/tmp".into()
            }
        };
        let mut command = match &self.root {
            None => folder.command(self.java.to_str().unwrap()),
            Some(root) => {
                let mut command = folder.command("chroot");
                command.arg(root).arg(&self.java);
                command
            }
        };
        command.args(flags).arg("-cp").arg(classes).arg("Program").args(seconds);
        command
    }
}

/// The program, compiled for every JDK; `None` where nothing compiles it.
fn program() -> Option<Folder> {
    let folder = Folder::new();
    fs::write(folder.join("Program.java"), PROGRAM).unwrap();
    let built = Command::new("javac")
        .args(["--release", "11", "Program.java"])
        .current_dir(&*folder)
        .output()
        .ok()?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(folder)
}

/// A Java that has said that it is ready. It is ended with the value.
struct Running {
    child: Child,
    stdout: Stream,
    stderr: Stream,
    /// Its number as we have it.
    pid: i32,
}

impl Running {
    fn start(jdk: &Jdk, folder: &Folder, flags: &[&str]) -> Self {
        let mut child = jdk
            .command(folder, flags, None)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = Stream::of(child.stderr.take().unwrap());
        let mut stdout = Stream::of(child.stdout.take().unwrap());
        stdout.expect("ready\n");
        // chroot(1) becomes the program.
        let pid = child.id() as i32;
        Self { child, stdout, stderr, pid }
    }

    /// Ends it: exit code, what it wrote after it was ready, what it wrote as errors.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.child.stdin.take());
        let stdout = self.stdout.rest().to_owned();
        let stderr = self.stderr.rest().to_owned();
        (self.child.wait().unwrap().code(), stdout, stderr)
    }

    /// Our folders in its `/tmp` that were made for it, by the files of the recording in its own.
    fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid)).unwrap().count()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nobody behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Folders of ours in a `/tmp`, of whatever recording.
fn our_folders(temp: &Path) -> Vec<String> {
    let names =
        fs::read_dir(temp).unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| is_ours(name)).collect()
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix("fathom-")
        .is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap()
}

/// How the collector was used.
fn jfr(report: &Value) -> &Value {
    let collectors = report["meta"]["collectors"].as_array().unwrap();
    collectors.iter().find(|collector| collector["id"] == "jfr").unwrap_or(&Value::Null)
}

fn line_of(mark: &str) -> u64 {
    PROGRAM.lines().position(|line| line.contains(mark)).expect("it is there") as u64 + 1
}

/// Checks what was recorded, and says what it found in a row.
fn check(folder: &Folder, jdk: &Jdk, how: &str) {
    let report = report(folder);
    let told = jfr(&report)["how"].as_str().unwrap_or_default();
    if told.contains("ended while") {
        // A machine so busy that the program was faster than the start of JFR in it.
        return println!("skipped: {}, {how}: {told}", jdk.name);
    }
    assert_eq!(jfr(&report)["used"], true, "{}, {how}: {}", jdk.name, jfr(&report));
    let n_samples = report["meta"]["quality"]["cpu_samples"].as_u64().unwrap();
    let n_looks = told.split(" samples").next().and_then(|text| text.rsplit(' ').next()?.parse::<u64>().ok());
    if n_samples < FEWEST_SAMPLES || n_looks.unwrap_or(0) < FEWEST_LOOKS {
        println!("skipped: {}, {how}: {n_samples} CPU samples, {n_looks:?} looks", jdk.name);
        return;
    }
    let rows = report["functions"]["rows"].as_array().unwrap();
    let own = |function: &str| -> f64 {
        let of = rows.iter().filter(|row| row["name"] == function);
        of.map(|row| row["self_value"].as_f64().unwrap()).sum()
    };
    let (spin, light) = (own("Program.spin"), own("Program.light"));
    let share = spin / (spin + light);
    println!("| {} | {how} | {n_samples} | {:.0} % |", jdk.name, share * 100.0);
    assert!((0.5..0.95).contains(&share), "{}, {how}: spin has {share}\n{rows:#?}", jdk.name);
    let folded = run(&mut folder.fathom(["export", "x.fathom", "--format", "folded"])).stdout;
    assert!(folded.contains("Program.main;Program.heavy;Program.spin"), "{}, {how}\n{folded}", jdk.name);
    let row = rows.iter().find(|row| row["name"] == "Program.light").unwrap();
    assert_eq!(row["file"], "Program.java", "{}, {how}", jdk.name);
    let line = row["line"].as_u64().unwrap();
    assert!((line_of("long light")..=line_of("void holds")).contains(&line), "{}, {how}: {line}", jdk.name);
}

fn attached(jdk: &Jdk, folder: &Folder) {
    let running = Running::start(jdk, folder, &[]);
    let temp = format!("/proc/{}/root/tmp", running.pid);
    let pid = running.pid.to_string();
    let ended = run(&mut folder.fathom(["attach", &pid, "-d", "8s", "-o", "x.fathom", "--json", "x.json"]));
    assert_eq!(ended.code, 0, "{}: {}", jdk.name, ended.stderr);
    // Others may be recorded at the same time, and theirs go as well.
    let before = our_folders(Path::new(&temp));
    until("our folders are gone", || !our_folders(Path::new(&temp)).iter().any(|name| before.contains(name)));
    assert_eq!(running.end(), (Some(0), "ready\ndone\n".to_owned(), String::new()), "{}", jdk.name);
    check(folder, jdk, "attach");
}

fn launched(jdk: &Jdk, folder: &Folder) {
    let mut fathom = folder.fathom(["run", "-o", "x.fathom", "--json", "x.json", "--"]);
    let command = jdk.command(folder, &[], Some("10"));
    fathom.arg(command.get_program()).args(command.get_args());
    let ended = run(&mut fathom);
    assert_eq!(ended.code, 0, "{}: {}", jdk.name, ended.stderr);
    assert_eq!(ended.stdout, "ready\ndone\n", "{}", jdk.name);
    check(folder, jdk, "run");
}

/// The JDK of this machine and the compiled program; says so where there is none.
fn here() -> Option<(Jdk, Folder)> {
    let found = Jdk::usual().and_then(|jdk| Some((jdk, program()?)));
    if found.is_none() {
        println!("skipped: no java and javac on PATH");
    }
    found
}

/// What `jcmd` says of the recordings of a JVM.
fn recordings(pid: i32) -> Option<String> {
    let output = Command::new("jcmd").args([&pid.to_string(), "JFR.check"]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn java_functions_of_a_jvm_that_runs_already() {
    let Some((jdk, folder)) = here() else { return };
    attached(&jdk, &folder);
}

#[test]
fn java_functions_of_a_jvm_that_is_launched() {
    let Some((jdk, folder)) = here() else { return };
    launched(&jdk, &folder);
    // One that ends at once pays nothing and is not spoken of.
    let ended =
        run(&mut folder.fathom(["run", "-o", "y.fathom", "--json", "x.json", "--", "java", "-version"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(jfr(&report(&folder)), &Value::Null);
}

#[test]
fn a_recording_of_the_user_goes_on() {
    let Some((jdk, folder)) = here() else { return };
    let flags = ["-XX:StartFlightRecording=name=mine,settings=default", "-Xlog:disable", "-Xlog:all=off"];
    let running = Running::start(&jdk, &folder, &flags);
    let pid = running.pid.to_string();
    let ended =
        run(&mut folder.fathom(["attach", &pid, "-d", "1500ms", "-o", "x.fathom", "--json", "x.json"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let report = report(&folder);
    assert_eq!(jfr(&report)["used"], true, "{}", jfr(&report));
    assert!(report["meta"]["quality"]["notes"].to_string().contains("1 other recording ran beside ours"));
    let Some(list) = recordings(running.pid) else { return println!("skipped: no jcmd on PATH") };
    assert!(
        list.contains("name=mine") && list.contains("(running)") && !list.contains("name=fathom-"),
        "{list}"
    );
    running.end();
}

#[test]
fn nothing_is_done_where_it_must_not_be() {
    let Some((jdk, folder)) = here() else { return };
    let cases = [
        (Vec::new(), Some("--passive"), "--passive forbids"),
        (vec!["-XX:+DisableAttachMechanism"], None, "-XX:+DisableAttachMechanism"),
    ];
    for (flags, option, wanted) in cases {
        let running = Running::start(&jdk, &folder, &flags);
        let (pid, n_files) = (running.pid.to_string(), running.open_files());
        let mut fathom = folder.fathom(["attach", &pid, "-d", "300ms", "-o", "x.fathom", "--json", "x.json"]);
        let ended = run(fathom.args(option));
        assert_eq!(ended.code, 0, "{flags:?}: {}", ended.stderr);
        let report = report(&folder);
        assert_eq!(jfr(&report)["used"], false, "{flags:?}");
        assert!(jfr(&report)["how"].to_string().contains(wanted), "{flags:?}: {}", jfr(&report));
        assert!(!Path::new(&format!("/tmp/.java_pid{pid}")).exists(), "{flags:?}: it listens");
        assert!(!Path::new(&format!("/tmp/.attach_pid{pid}")).exists(), "{flags:?}: a file is left");
        assert_eq!(running.open_files(), n_files, "{flags:?}");
        let ended = running.end();
        assert_eq!(
            ended,
            (Some(0), "ready\ndone\n".to_owned(), String::new()),
            "{flags:?}: it printed or ended"
        );
        for file in ["x.fathom", "x.json"] {
            fs::remove_file(folder.join(file)).unwrap();
        }
    }
}

#[test]
fn the_guardian_ends_what_a_killed_fathom_began() {
    let Some((jdk, folder)) = here() else { return };
    let running = Running::start(&jdk, &folder, &[]);
    let pid = running.pid.to_string();
    if recordings(running.pid).is_none() {
        return println!("skipped: no jcmd on PATH");
    }
    let before = our_folders(Path::new("/tmp"));
    let ours = || -> Vec<String> {
        our_folders(Path::new("/tmp")).into_iter().filter(|name| !before.contains(name)).collect()
    };
    let mut fathom = folder
        .fathom(["attach", &pid, "-d", "60s", "-o", "x.fathom"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let list = || recordings(running.pid).unwrap_or_default();
    until("a recording runs", || list().contains("name=fathom-"));
    let name = list()
        .lines()
        .find_map(|line| line.split("name=").nth(1)?.split(' ').next().map(str::to_owned))
        .unwrap();
    assert!(ours().contains(&name));
    kill("-KILL", fathom.id());
    fathom.wait().unwrap();
    until("the recording has ended", || !list().contains("name=fathom-"));
    until("our folder is gone", || !ours().contains(&name));
    assert_eq!(running.end(), (Some(0), "ready\ndone\n".to_owned(), String::new()));
}

#[test]
fn a_dump_has_the_frames_of_all_threads() {
    let Some((jdk, folder)) = here() else { return };
    let running = Running::start(&jdk, &folder, &[]);
    let pid = running.pid.to_string();
    let ended = run(&mut folder.fathom(["dump", "--json", &pid]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let dump: Value = serde_json::from_str(&ended.stdout).unwrap();
    let threads = dump["processes"][0]["threads"].as_array().unwrap();
    let has = |function: &str| {
        threads.iter().any(|thread| {
            thread["frames"].as_array().unwrap().iter().any(|frame| frame["function"] == function)
        })
    };
    assert!(has("Program.main") && has("java.lang.Thread.run"), "{dump:#}");
    assert!(threads.iter().any(|thread| thread["name"] == "holder with a long name"), "{dump:#}");
    assert!(threads.iter().any(|thread| thread["said"][0] == "runnable"), "{dump:#}");
    assert_eq!(running.end(), (Some(0), "ready\ndone\n".to_owned(), String::new()));
}

/// Other JDKs: those of the machine's folder for them, and with `SLOW=1` those of Debian's unstable suite.
fn others() -> Vec<Jdk> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/jvm")
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    folders.sort();
    let mut seen = Vec::new();
    for folder in folders {
        let java = folder.join("bin/java");
        let Ok(real) = fs::canonicalize(&java) else { continue };
        if seen.contains(&real) {
            continue;
        }
        seen.push(real);
        found.push(Jdk {
            java,
            root: None,
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        });
    }
    found
}

/// Folders of Debian suites with JDKs, unpacked before: `FATHOM_SUITES` names where.
fn unpacked() -> Vec<Jdk> {
    let Some(suites) = std::env::var_os("FATHOM_SUITES").map(PathBuf::from) else {
        println!("skipped: JDKs of other suites: FATHOM_SUITES names no folder that has them unpacked");
        return Vec::new();
    };
    let mut found = Vec::new();
    for suite in fs::read_dir(suites).unwrap().flatten() {
        let Ok(machines) = fs::read_dir(suite.path().join("usr/lib/jvm")) else { continue };
        let mut names: Vec<String> = machines
            .flatten()
            .filter(|entry| entry.path().join("bin/java").exists() && !entry.path().is_symlink())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        for name in names {
            let java = PathBuf::from(format!("/usr/lib/jvm/{name}/bin/java"));
            found.push(Jdk { java, root: Some(suite.path()), name });
        }
    }
    found
}

#[test]
fn every_jdk_that_can_be_had() {
    if std::env::var_os("SLOW").is_none() {
        return println!("skipped: the matrix of JDKs, SLOW=1 runs it");
    }
    let Some((_, folder)) = here() else { return };
    println!("| JDK | how | CPU samples | spin of spin and light |");
    for jdk in others().into_iter().chain(unpacked()) {
        attached(&jdk, &folder);
        for file in ["x.fathom", "x.json"] {
            fs::remove_file(folder.join(file)).unwrap();
        }
        launched(&jdk, &folder);
        for file in ["x.fathom", "x.json"] {
            fs::remove_file(folder.join(file)).unwrap();
        }
    }
}
