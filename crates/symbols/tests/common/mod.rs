//! Builds small programs at test time and asks other readers about them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "shared by several test files, which use parts of it"
)]

use fathom_symbols::{Bytes, FileSource, ModuleSymbols, SymbolFrame};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file source over the machine's own files, with a directory standing in for `/`.
pub(crate) struct Rooted(pub(crate) PathBuf);

impl FileSource for Rooted {
    fn open(&self, path: &str) -> Option<Bytes> {
        let path = if path.starts_with(self.0.to_str()?) {
            PathBuf::from(path)
        } else {
            self.0.join(path.trim_start_matches('/'))
        };
        std::fs::read(path).ok().map(Bytes::from)
    }
}

/// The first of these tools that runs, or `None` with a reason printed.
pub(crate) fn tool(names: &[&str]) -> Option<String> {
    let found = names.iter().find(|name| {
        let mut command = Command::new(name);
        command.arg(if name.ends_with("go") { "version" } else { "--version" });
        command.output().is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        println!("skipped: none of {names:?} is on PATH");
    }
    found.map(|name| (*name).to_owned())
}

pub(crate) fn go() -> Option<String> {
    tool(&["go", "/usr/local/go/bin/go"])
}

/// Runs a command and returns its stdout; panics with its stderr if it fails.
pub(crate) fn run(directory: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.current_dir(directory).args(arguments);
    command
        .env("GOCACHE", std::env::temp_dir().join("fathom-symbols-go-cache"))
        .env("GOFLAGS", "-mod=mod")
        .env("GOTOOLCHAIN", "local");
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

pub(crate) fn load(path: &Path, root: &Path) -> (ModuleSymbols, Vec<fathom_model::Issue>) {
    let bytes = Bytes::from(std::fs::read(path).unwrap());
    ModuleSymbols::load(path.to_str().unwrap(), bytes, &Rooted(root.to_owned()))
}

/// Functions by `nm`: name to address and size.
pub(crate) fn nm(directory: &Path, file: &str) -> BTreeMap<String, (u64, u64)> {
    let text = run(directory, "nm", &["-S", "--defined-only", file]);
    let parse = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [address, size, kind, name] = words[..] else { return None };
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        matches!(kind, "t" | "T" | "W" | "w" | "i").then_some(())?;
        Some((name.to_owned(), (number(address)?, number(size)?)))
    };
    text.lines().filter_map(parse).collect()
}

/// `function file:line` of each frame, outermost first, the file without its directories.
pub(crate) fn text(frames: &[SymbolFrame]) -> Vec<String> {
    let one = |frame: &SymbolFrame| {
        let file = frame.file.as_deref().map_or("?", |file| file.rsplit('/').next().unwrap_or(file));
        format!(
            "{} {}:{}",
            frame.function.as_deref().unwrap_or("?"),
            file,
            frame.line.map_or("?".to_owned(), |line| line.to_string())
        )
    };
    frames.iter().map(one).collect()
}
