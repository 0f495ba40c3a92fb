//! A process started in each round of a loop: a millisecond or more each, before it does anything.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, listed_calls_in_loops};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::SpawnInLoop, find };

const SPAWNS: Table = &[
    (Language::C, &["fork", "vfork", "system", "popen", "posix_spawn", "execvp", "execv"]),
    (Language::Cpp, &["fork", "vfork", "system", "popen", "posix_spawn"]),
    (Language::Go, &["exec.Command", "exec.CommandContext", "os.StartProcess"]),
    (Language::Java, &["ProcessBuilder", "Runtime.getRuntime().exec"]),
    (
        Language::JavaScript,
        &[
            "child_process.exec",
            "child_process.execSync",
            "child_process.spawn",
            "child_process.spawnSync",
            "child_process.fork",
            "child_process.execFile",
            "child_process.execFileSync",
            "execa",
        ],
    ),
    (
        Language::Python,
        &[
            "subprocess.run",
            "subprocess.call",
            "subprocess.check_output",
            "subprocess.check_call",
            "subprocess.Popen",
            "os.system",
            "os.popen",
            "os.fork",
            "multiprocessing.Process",
            "asyncio.create_subprocess_exec",
            "asyncio.create_subprocess_shell",
        ],
    ),
    (Language::Rust, &["std::process::Command::new", "Command::new", "process::Command::new"]),
];

fn find(search: &mut Search<'_>) {
    // `accept` in the same loop: a server that starts one process for each connection.
    listed_calls_in_loops(search, Pattern::SpawnInLoop, SPAWNS, |source, call| {
        let around = source.hot_loops(&call.place).next();
        around.is_some_and(|(number, _)| {
            source.calls_in(number).any(|other| other.name.eq_ignore_ascii_case("accept"))
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::SpawnInLoop;

    #[test]
    fn each_language() {
        fires(P, Language::C, "void f(void) { while (n--) system(s); }", &["1 system"]);
        fires(P, Language::Cpp, "void f() { for (auto& x : xs) { popen(x, y); } }", &["1 popen"]);
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { exec.Command(x).Run() } }",
            &["1 exec.Command"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { new ProcessBuilder(x).start(); } } }",
            &["1 ProcessBuilder"],
        );
        let text = "const { execSync } = require('child_process'); for (const x of xs) { execSync(x); }";
        fires(P, Language::JavaScript, text, &["1 execSync"]);
        fires(
            P,
            Language::Python,
            "import subprocess\nfor x in xs:\n  subprocess.run(x)\n",
            &["3 subprocess.run"],
        );
        fires(
            P,
            Language::Rust,
            "use std::process::Command;\nfn f() { for x in xs { Command::new(x).spawn(); } }",
            &["2 Command::new"],
        );
    }

    #[test]
    fn quiet_outside_and_in_servers() {
        quiet(
            P,
            Language::Python,
            "import subprocess\nsubprocess.run(x)\nfor x in (1, 2):\n  subprocess.run(x)\n",
        );
        quiet(P, Language::C, "void f(void) { for (;;) { int c = accept(s, 0, 0); if (!fork()) g(c); } }");
    }
}
