//! The Java, JavaScript, Python and Go programs that know their truth, and the interpreters and virtual machines that run them.

use super::super::tools::Tools;
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A CPython or a Java virtual machine to run the programs with.
#[derive(Clone, Debug)]
pub(in crate::bench) struct Interpreter {
    pub(super) language: Language,
    /// `3.12.1`.
    pub(in crate::bench) version: String,
    /// Its executable.
    pub(super) path: PathBuf,
}

impl Interpreter {
    /// Asks an executable for its version.
    pub(super) fn at(path: &Path) -> Result<Self> {
        let output =
            Command::new(path).args(["-c", "import platform; print(platform.python_version())"]).output();
        let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        match version {
            Ok(version) if version.starts_with("3.") => {
                Ok(Self { language: Language::Python, version, path: path.to_owned() })
            }
            _ => bail!("{} is not a Python 3\n\nhint: name one with `--python FILE`", path.display()),
        }
    }

    /// The given ones; without any, pyenv's 3.11 and its newest; without those, `python3`.
    pub(in crate::bench) fn all(given: &[PathBuf]) -> Result<Vec<Self>> {
        if !given.is_empty() {
            return given.iter().map(|path| Self::at(path)).collect();
        }
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let root = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
        let folders = std::fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
        let minor = |version: &str| version.split('.').nth(1)?.parse::<u32>().ok();
        let mut found: Vec<Self> = folders
            .filter_map(|folder| Self::at(&folder.path().join("bin/python3")).ok())
            .filter(|interpreter| minor(&interpreter.version) >= Some(11))
            .collect();
        found.sort_by_key(|interpreter| minor(&interpreter.version));
        // The first with frames of its own kind, and the one whose offsets it tells itself; more take too long.
        if found.len() > 2 {
            found.drain(1..found.len() - 1);
        }
        if found.is_empty() {
            found.push(Self::at(Path::new("python3"))?);
        }
        Ok(found)
    }
}

impl Interpreter {
    /// Asks a `java` for its version.
    fn java_at(path: &Path) -> Result<Self> {
        let output = Command::new(path).arg("-version").output();
        // `openjdk version "17.0.15" 2025-04-15`
        let version = output.ok().and_then(|output| {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            Some(text.split('"').nth(1).filter(|_| text.contains("version"))?.to_owned())
        });
        let Some(version) = version else {
            bail!("{} is not a Java virtual machine\n\nhint: name one with `--java FILE`", path.display());
        };
        Ok(Self { language: Language::Java, version, path: path.to_owned() })
    }

    /// The given ones; without any, the oldest and the newest of those below `/usr/lib/jvm`; without those, `java`.
    pub(in crate::bench) fn javas(given: &[PathBuf]) -> Result<Vec<Self>> {
        if !given.is_empty() {
            return given.iter().map(|path| Self::java_at(path)).collect();
        }
        let folders = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten();
        let mut homes: Vec<PathBuf> =
            folders.filter_map(|folder| std::fs::canonicalize(folder.path()).ok()).collect();
        homes.sort();
        homes.dedup();
        let mut found: Vec<Self> =
            homes.iter().filter_map(|home| Self::java_at(&home.join("bin/java")).ok()).collect();
        let major = |version: &str| version.split('.').next()?.parse::<u32>().ok();
        found.retain(|java| major(&java.version) >= Some(11));
        found.sort_by_key(|java| major(&java.version));
        if found.len() > 2 {
            found.drain(1..found.len() - 1);
        }
        if found.is_empty() {
            found.push(Self::java_at(Path::new("java"))?);
        }
        Ok(found)
    }

    /// The given ones; without any, `node` if there is one.
    pub(in crate::bench) fn nodes(given: &[PathBuf]) -> Result<Vec<Self>> {
        if given.is_empty() {
            return Ok(Self::node_at(Path::new("node")).into_iter().collect());
        }
        given.iter().map(|path| Self::node_at(path)).collect()
    }

    /// Asks a `node` for its version.
    fn node_at(path: &Path) -> Result<Self> {
        let output = Command::new(path).arg("--version").output();
        let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        match version.as_deref().map(|version| version.strip_prefix('v')) {
            Ok(Some(version)) => {
                Ok(Self { language: Language::Node, version: version.to_owned(), path: path.to_owned() })
            }
            _ => bail!("{} is not Node.js\n\nhint: name one with `--node FILE`", path.display()),
        }
    }

    /// A tool of the JDK beside its `java`.
    pub(in crate::bench) fn tool(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// `Python 3.12.1`.
    pub(in crate::bench) fn name(&self) -> String {
        let language = match self.language {
            Language::Java => "Java",
            Language::Node => "Node.js",
            Language::Python => "Python",
            Language::Go => "Go",
        };
        format!("{language} {}", self.version)
    }
}

/// What runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bench) enum Language {
    Java,
    Node,
    Python,
    Go,
}

/// A program, and what its run needs.
pub(super) struct Subject {
    /// The row's name.
    pub(super) name: &'static str,
    pub(super) language: Language,
    file: &'static str,
    /// Arguments after the seconds.
    more: &'static [&'static str],
    /// Programs that wait a part of the time run longer, so that they reach the same number of samples.
    pub(super) seconds_factor: f64,
    /// Its processes are not all its own descendants, so that it does not know their CPU time.
    pub(super) is_total_known: bool,
}

const fn python(name: &'static str) -> Subject {
    Subject {
        name,
        language: Language::Python,
        file: name,
        more: &[],
        seconds_factor: 1.0,
        is_total_known: true,
    }
}

const fn java(name: &'static str) -> Subject {
    Subject { language: Language::Java, ..python(name) }
}

const fn node(name: &'static str) -> Subject {
    Subject { language: Language::Node, ..python(name) }
}

const fn go(name: &'static str) -> Subject {
    Subject { language: Language::Go, ..python(name) }
}

/// Every program, by language.
pub(super) const SUBJECTS: &[Subject] = &[
    java("JavaShares"),
    java("JavaThreads"),
    Subject { seconds_factor: 1.5, ..java("JavaWaits") },
    Subject { seconds_factor: 1.5, ..java("JavaLocks") },
    java("JavaGc"),
    node("node_shares"),
    // Its child processes are awaited by a spawnSync, which has a loop of its own.
    Subject { seconds_factor: 1.5, is_total_known: false, ..node("node_waits") },
    python("py_shares"),
    python("py_native"),
    python("py_calls"),
    Subject { seconds_factor: 1.5, ..python("py_waits") },
    python("py_gil"),
    Subject { seconds_factor: 1.4, ..python("py_asyncio") },
    python("py_gc"),
    Subject { file: "py_pool", more: &["fork"], ..python("py_pool fork") },
    Subject { file: "py_pool", more: &["spawn"], ..python("py_pool spawn") },
    Subject { file: "py_pool", more: &["forkserver"], is_total_known: false, ..python("py_pool forkserver") },
    go("goinlined"),
    go("goroutines"),
    go("gowaits"),
    go("gochannels"),
    go("gogc"),
    go("goassist"),
];

impl Subject {
    /// The command that runs it for about `seconds`; Java and Python under `interpreter`.
    pub(super) fn command(
        &self,
        tools: &Tools,
        interpreter: Option<&Interpreter>,
        seconds: f64,
    ) -> Vec<OsString> {
        let arguments =
            std::iter::once(format!("{seconds:.2}").into()).chain(self.more.iter().map(OsString::from));
        program(tools, self.file, interpreter).into_iter().chain(arguments).collect()
    }
}

/// A program of `target/truth`: a Java or Python one when there is an interpreter, else an executable.
pub(in crate::bench) fn program(
    tools: &Tools,
    file: &str,
    interpreter: Option<&Interpreter>,
) -> Vec<OsString> {
    match interpreter {
        Some(java) if java.language == Language::Java => {
            vec![java.path.clone().into(), "-cp".into(), tools.program("java"), file.into()]
        }
        Some(node) if node.language == Language::Node => {
            vec![node.path.clone().into(), tools.program(&format!("node/{file}.js"))]
        }
        // Without -B the first run would write compiled modules beside the programs, and only the first.
        Some(python) => {
            vec![python.path.clone().into(), "-B".into(), tools.program(&format!("python/{file}.py"))]
        }
        None => vec![tools.program(file)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_go_programs_have_no_arguments() {
        let mut names: Vec<&str> = SUBJECTS.iter().map(|subject| subject.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SUBJECTS.len());
        assert!(SUBJECTS.iter().all(|subject| subject.language != Language::Go || subject.more.is_empty()));
    }

    #[test]
    fn an_executable_that_is_no_python_is_named() {
        let error = Interpreter::at(Path::new("/nonexistent")).expect_err("no file");
        assert!(error.to_string().starts_with("/nonexistent is not a Python 3"));
        let error = Interpreter::java_at(Path::new("/nonexistent")).expect_err("no file");
        assert!(error.to_string().starts_with("/nonexistent is not a Java virtual machine"));
    }
}
