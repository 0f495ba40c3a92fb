//! The programs that accuracy is measured on: those that know their own truth, and those that nobody here wrote.
//!
//! It says how each is started, not what is made of it.

use super::launch::Launch;
use super::tools::Tools;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// A truth program: its file in `target/truth`, its language, and its arguments.
pub(crate) struct TruthProgram {
    /// The row's name.
    pub(crate) name: &'static str,
    /// The language it is written in.
    pub(crate) language: &'static str,
    file: &'static str,
    /// Arguments after the seconds.
    more: &'static [&'static str],
    /// Programs that wait a part of the time run longer, so that they reach the same number of samples.
    pub(crate) seconds_factor: f64,
}

const fn program(name: &'static str, language: &'static str) -> TruthProgram {
    TruthProgram { name, language, file: name, more: &[], seconds_factor: 1.0 }
}

/// Every truth program, by language.
pub(crate) const TRUTH_PROGRAMS: &[TruthProgram] = &[
    program("shares", "C"),
    program("recursion", "C"),
    program("fork_storm", "C"),
    program("exec_chain", "C"),
    program("plugins", "C"),
    program("signals", "C"),
    program("threads64", "C"),
    program("longjmp", "C"),
    program("vfork_exec", "C"),
    program("static_pie", "C"),
    program("stripped", "C"),
    program("waits", "C"),
    TruthProgram {
        name: "pingpong 20k/s",
        language: "C",
        file: "pingpong",
        more: &["20000"],
        seconds_factor: 1.0,
    },
    TruthProgram {
        name: "pingpong 200k/s",
        language: "C",
        file: "pingpong",
        more: &["200000"],
        seconds_factor: 1.0,
    },
    TruthProgram {
        name: "pingpong 200k/s, processes",
        language: "C",
        file: "pingpong",
        more: &["200000", "process"],
        seconds_factor: 1.0,
    },
    program("exceptions", "C++"),
    program("templates", "C++"),
    program("virtuals", "C++"),
    TruthProgram { seconds_factor: 1.4, ..program("contention", "C++") },
    program("generics", "Rust"),
    program("panics", "Rust"),
    program("channels", "Rust"),
    program("dwarf_heavy", "Rust"),
    program("goroutines", "Go"),
    TruthProgram { seconds_factor: 1.2, ..program("gowaits", "Go") },
    program("gogc", "Go"),
    program("gostripped", "Go"),
];

impl TruthProgram {
    /// The command that runs it for about `seconds`.
    pub(crate) fn command(&self, tools: &Tools, seconds: f64) -> Vec<OsString> {
        let seconds = format!("{:.2}", seconds * self.seconds_factor);
        let words = std::iter::once(seconds.into()).chain(self.more.iter().map(OsString::from));
        std::iter::once(tools.program(self.file)).chain(words).collect()
    }
}

/// A program of others, and what is prepared for it in its folder.
pub(crate) struct ForeignProgram {
    /// The row's name.
    pub(crate) name: &'static str,
    /// Makes the command, or says why it cannot be run here.
    pub(crate) command: fn(&Path, f64) -> Result<Vec<OsString>>,
}

/// Every program that nobody here wrote.
pub(crate) const FOREIGN_PROGRAMS: &[ForeignProgram] = &[
    ForeignProgram { name: "cargo build", command: cargo_build },
    ForeignProgram { name: "CPython", command: python },
    ForeignProgram { name: "Node", command: node },
    ForeignProgram { name: "OpenJDK", command: java },
    ForeignProgram { name: "PostgreSQL", command: postgres },
    ForeignProgram { name: "ripgrep", command: ripgrep },
];

fn words<const N: usize>(words: [&str; N]) -> Vec<OsString> {
    words.map(OsString::from).into()
}

/// The first line that `program` prints when asked with `argument`; an error when it is missing.
fn ask(program: &str, argument: &str) -> Result<String> {
    let output = Command::new(program)
        .arg(argument)
        .output()
        .with_context(|| format!("{program} is not installed"))?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
}

fn python(folder: &Path, seconds: f64) -> Result<Vec<OsString>> {
    ask("python3", "--version")?;
    let script = "import json, re, sys, time, zlib\n\
        end = time.monotonic() + float(sys.argv[1])\n\
        rows = [{'n': n, 'text': 'row %d of many' % n, 'parts': list(range(n % 20))} for n in range(2000)]\n\
        while time.monotonic() < end:\n\
        \x20   text = json.dumps(rows, indent=1)\n\
        \x20   assert json.loads(text) == rows\n\
        \x20   sorted(re.findall(r'row (\\d+) of', text), key=lambda found: found[::-1])\n\
        \x20   zlib.compress(text.encode())\n\
        \x20   sum(n * n % 7 for n in range(100000))\n";
    std::fs::write(folder.join("load.py"), script)?;
    Ok(words(["python3", "load.py", &seconds.to_string()]))
}

fn node(folder: &Path, seconds: f64) -> Result<Vec<OsString>> {
    ask("node", "--version")?;
    let script = "const zlib = require('zlib');\n\
        const end = Date.now() + 1000 * Number(process.argv[2]);\n\
        const rows = Array.from({ length: 2000 }, (_, n) => ({ n, text: `row ${n} of many`, parts: [...Array(n % 20).keys()] }));\n\
        let kept = 0;\n\
        while (Date.now() < end) {\n\
        \x20 const text = JSON.stringify(rows);\n\
        \x20 kept += JSON.parse(text).filter((row) => /row \\d+ of/.test(row.text)).sort((a, b) => b.n - a.n).length;\n\
        \x20 kept += zlib.deflateSync(text).length;\n\
        \x20 for (let n = 0; n < 300000; n++) kept = (kept * 31 + n) % 1000003;\n\
        }\n";
    std::fs::write(folder.join("load.js"), script)?;
    Ok(words(["node", "load.js", &seconds.to_string()]))
}

fn java(folder: &Path, seconds: f64) -> Result<Vec<OsString>> {
    ask("javac", "-version")?;
    let source = "import java.util.*;\n\
        import java.util.stream.*;\n\
        public class Load {\n\
        \x20 public static void main(String[] arguments) {\n\
        \x20   long end = System.nanoTime() + (long) (1e9 * Double.parseDouble(arguments[0]));\n\
        \x20   long kept = 0;\n\
        \x20   while (System.nanoTime() < end) {\n\
        \x20     Map<Integer, List<String>> groups = IntStream.range(0, 20000).mapToObj(n -> \"row \" + n)\n\
        \x20       .collect(Collectors.groupingBy(text -> text.hashCode() % 97));\n\
        \x20     List<String> all = new ArrayList<>();\n\
        \x20     groups.values().forEach(all::addAll);\n\
        \x20     Collections.sort(all);\n\
        \x20     for (int n = 0; n < 300000; n++) kept = (kept * 31 + n) % 1000003;\n\
        \x20     kept += all.size();\n\
        \x20   }\n\
        \x20   System.out.println(kept);\n\
        \x20 }\n\
        }\n";
    std::fs::write(folder.join("Load.java"), source)?;
    Launch::new(["javac", "Load.java"], folder).run_well()?;
    Ok(words(["java", "-cp", ".", "Load", &seconds.to_string()]))
}

fn ripgrep(_: &Path, seconds: f64) -> Result<Vec<OsString>> {
    ask("rg", "--version")?;
    let script = "end=$(($(date +%s) + $1)); \
        while [ $(date +%s) -lt $end ]; do rg --count-matches --no-ignore '[a-z]+_(\\w+)\\(' /usr/include /usr/share/doc >/dev/null; done";
    Ok(words(["sh", "-c", script, "sh", &format!("{}", seconds.ceil())]))
}

/// A build from nothing of `xtask` and what it needs: hundreds of processes, most of them short.
fn cargo_build(folder: &Path, _: f64) -> Result<Vec<OsString>> {
    let manifest = crate::workspace::root().join("Cargo.toml");
    let target = folder.join("target");
    let mut command =
        words(["cargo", "build", "--quiet", "--offline", "--package", "xtask", "--manifest-path"]);
    command.extend([manifest.into_os_string(), "--target-dir".into(), target.into_os_string()]);
    Ok(command)
}

/// A cluster of its own, loaded by pgbench over a socket in the run's folder; stopped at the end.
fn postgres(_: &Path, seconds: f64) -> Result<Vec<OsString>> {
    ask("pgbench", "--version")?;
    let bin = Command::new("pg_config").arg("--bindir").output().context("pg_config is not installed")?;
    let bin = String::from_utf8_lossy(&bin.stdout).trim().to_owned();
    // PostgreSQL refuses to run as root; its folder must belong to the user that runs it.
    let script = "set -e; data=$(mktemp -d); bin=$1; \
        if [ $(id -u) = 0 ]; then chown postgres $data; as='runuser -u postgres --'; else as=; fi; \
        cd $data; $as $bin/initdb -D $data/db -A trust >/dev/null; \
        $as $bin/pg_ctl -w -s -D $data/db -o \"-k $data -c listen_addresses=''\" -l $data/log start; \
        $as pgbench -h $data -i -s 5 -q postgres 2>/dev/null; \
        $as pgbench -h $data -c 4 -T $2 postgres >/dev/null 2>&1; \
        $as pgbench -h $data -S -c 4 -T $2 postgres >/dev/null 2>&1; \
        $as $bin/pg_ctl -s -D $data/db -m fast stop; rm -rf $data";
    Ok(words(["sh", "-c", script, "sh", &bin, &format!("{}", (seconds / 2.0).ceil())]))
}
