//! Interpreters for tests: pyenv's, the system's, those that `FATHOM_PYTHONS` names (paths, with colons between), and
//! with `SLOW=1` those of Debian suites, unpacked with debootstrap and run in mount and pid namespaces of their own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// Longest time that a program takes to begin, to be read as it should be, or to end. A machine that is busy with
/// other things needs a few seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What may be run.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    pub(crate) minor: u32,
    /// Of its own root, if it has one.
    pub(crate) program: PathBuf,
    pub(crate) root: Option<PathBuf>,
}

impl Interpreter {
    pub(crate) fn name(&self) -> String {
        let root = self.root.iter().flat_map(|root| root.file_name());
        root.map(|suite| format!("{} in {}", self.program.display(), suite.to_string_lossy()))
            .next()
            .unwrap_or(self.program.display().to_string())
    }

    /// Runs a program until it prints `ready`.
    pub(crate) fn start(&self, text: &str, arguments: &[&str]) -> Running {
        self.start_with(text, arguments, &[])
    }

    /// The same with environment variables.
    pub(crate) fn start_with(&self, text: &str, arguments: &[&str], variables: &[(&str, &Path)]) -> Running {
        let (mut command, folder) = self.command(text);
        let mut child = command
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter starts");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        // From here on it is killed when the test fails.
        let mut running =
            Running { pid: child.id() as i32, child, stdin, output: lines(stdout), _folder: folder };
        assert_eq!(running.output.recv_timeout(PATIENCE).as_deref(), Ok("ready"), "{}", self.name());
        if self.root.is_some() {
            running.pid = only_child(running.pid);
        }
        running
    }

    /// What runs a program, and the folder that it is in.
    pub(crate) fn command(&self, text: &str) -> (Command, tempfile::TempDir) {
        let parent = self.root.as_ref().map(|root| root.join("tmp"));
        let folder = parent.map_or_else(tempfile::tempdir, tempfile::tempdir_in).expect("a folder");
        let file = folder.path().join("program.py");
        std::fs::write(&file, text).expect("the program can be written");
        let command = match &self.root {
            None => {
                let mut command = Command::new(&self.program);
                command.arg(&file);
                command
            }
            Some(root) => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", PIVOT, "pivot"]);
                let inside = file.strip_prefix(root).expect("it is in the root");
                command.arg(root).arg(&self.program).arg(Path::new("/").join(inside));
                command
            }
        };
        (command, folder)
    }
}

/// A root of its own, of which nothing of ours can be seen; `$1` is the folder, the rest the command.
const PIVOT: &str = r#"
root=$1; shift
mount --bind "$root" "$root"; cd "$root"
mount -t proc proc proc
pivot_root . mnt
exec chroot . sh -ec 'umount -l /mnt; exec "$@"' sh "$@"
"#;

/// The first line that a program prints; the channel closes when the program closes its output.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    // Ends at the latest when the program does, which the guard sees to.
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

fn only_child(parent: i32) -> i32 {
    let file = format!("/proc/{parent}/task/{parent}/children");
    let children = std::fs::read_to_string(file).expect("it lives");
    children.trim().parse().expect("one child")
}

/// A program that waits for a line.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    output: Receiver<String>,
    pub(crate) pid: i32,
    _folder: tempfile::TempDir,
}

impl Running {
    pub(crate) fn ends_well(mut self) {
        self.stdin.take().expect("a pipe").write_all(b"\n").expect("it still reads");
        let status = self.end().unwrap_or_else(|| panic!("{} has not ended after {PATIENCE:?}", self.pid));
        assert!(status.success(), "{status}");
    }

    /// How it ended; `None` if it does not in time.
    fn end(&mut self) -> Option<ExitStatus> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return Some(status);
            }
            // It closes its output just before it is gone.
            if self.output.recv_timeout(PATIENCE.saturating_sub(start.elapsed())).is_err() {
                std::thread::yield_now();
            }
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After a failed assertion; a program that ended well is not there any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn is_slow() -> bool {
    std::env::var_os("SLOW").is_some()
}

/// Interpreters of 3.10 to 3.15, those of each minor version once per place.
pub(crate) fn interpreters() -> Vec<Interpreter> {
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")))
        .map(|root| root.join("versions"));
    let versions = pyenv.and_then(|folder| std::fs::read_dir(folder).ok());
    let mut folders: Vec<PathBuf> =
        versions.into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.extend(["/usr/local/bin".into(), "/usr/bin".into()]);
    let debian = if is_slow() { debian() } else { Vec::new() };
    let mut found = Vec::new();
    for minor in 10..=15 {
        let name = format!("python3.{minor}");
        let here = folders.iter().map(|folder| folder.join(&name)).find(|path| path.exists());
        let here = here.map(|program| Interpreter { minor, program, root: None });
        let there = debian.iter().filter_map(|root| {
            let program = Path::new("/usr/bin").join(&name);
            root.join(format!("usr/bin/{name}")).exists().then_some(Interpreter {
                minor,
                program,
                root: Some(root.clone()),
            })
        });
        let of_minor: Vec<Interpreter> = here.into_iter().chain(there).collect();
        if of_minor.is_empty() {
            let slow = if is_slow() { "nor in a Debian suite" } else { "and SLOW is not set" };
            println!("skipped: {name} is not in a folder of pyenv or of the system, {slow}");
        }
        found.extend(of_minor);
    }
    let extra = std::env::var_os("FATHOM_PYTHONS");
    for program in extra.iter().flat_map(std::env::split_paths) {
        let version = Command::new(&program).arg("-c").arg("import sys; print(sys.version_info[1])").output();
        let minor =
            version.ok().and_then(|output| String::from_utf8(output.stdout).ok()?.trim().parse().ok());
        found.push(Interpreter {
            minor: minor.expect("FATHOM_PYTHONS names interpreters"),
            program,
            root: None,
        });
    }
    println!("interpreters: {}", found.iter().map(Interpreter::name).collect::<Vec<_>>().join(", "));
    assert!(!found.is_empty(), "no interpreter of 3.10 to 3.15 on this machine");
    found
}

/// Folders with Debian suites and their interpreters, made once and kept in `FATHOM_SUITES` or the target folder.
fn debian() -> Vec<PathBuf> {
    static MADE: std::sync::OnceLock<Vec<PathBuf>> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = std::env::var_os("FATHOM_SUITES")
            .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites"), PathBuf::from);
        [("trixie", "python3.13"), ("forky", "python3.13,python3.14,python3.15")]
            .into_iter()
            .filter_map(|(suite, packages)| match unpack(&folder, suite, packages) {
                Ok(root) => Some(root),
                Err(why) => {
                    println!("skipped: Debian {suite}: {why}");
                    None
                }
            })
            .collect()
    })
    .clone()
}

fn unpack(folder: &Path, suite: &str, packages: &str) -> Result<PathBuf, String> {
    let root = folder.join(suite);
    let whole = root.join(".fathom-whole");
    if !root.join("proc").exists() && !Path::new("/usr/sbin/debootstrap").exists() {
        return Err("debootstrap is not installed".to_owned());
    }
    if !std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        return Err("only root can unpack and run it".to_owned());
    }
    if whole.exists() {
        return Ok(root);
    }
    // One process of several that test at once unpacks it.
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let lock =
        std::fs::File::create(folder.join(format!("{suite}.lock"))).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if whole.exists() {
        return Ok(root);
    }
    // What an earlier run left half done.
    let _ = std::fs::remove_dir_all(&root);
    // A mirror that does not answer ends it.
    let mut command = Command::new("timeout");
    command
        .args(["1200", "debootstrap"])
        .arg("--variant=minbase")
        .arg(format!("--include={packages}"))
        .arg(suite)
        .arg(&root);
    command.arg(mirror().ok_or("apt names no mirror of Debian")?);
    // An older debootstrap does not know newer suites; they are made as sid is.
    if !Path::new("/usr/share/debootstrap/scripts").join(suite).exists() {
        command.arg("/usr/share/debootstrap/scripts/sid");
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout);
        return Err(format!("debootstrap: {}", text.lines().last().unwrap_or("failed")));
    }
    std::fs::write(&whole, "").map_err(|error| error.to_string())?;
    Ok(root)
}

/// Where this machine gets Debian's packages from.
fn mirror() -> Option<String> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)", "Label: Debian"])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
}
