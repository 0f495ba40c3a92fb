//! A call that blocks in a function that shares its thread with others: nothing else runs on that thread meanwhile.

use crate::language::Language;
use crate::model::{Call, Place, Source};
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::SyncInAsync, find };

const PYTHON: &[&str] = &[
    "time.sleep",
    "requests.get",
    "requests.post",
    "requests.put",
    "requests.delete",
    "requests.patch",
    "requests.head",
    "requests.request",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_output",
    "subprocess.check_call",
    "os.system",
    "urllib.request.urlopen",
    "sqlite3.connect",
    "psycopg2.connect",
    "pymysql.connect",
    "socket.create_connection",
    "httpx.get",
    "httpx.post",
    "open",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.rmtree",
    "input",
];
const RUST: &[&str] = &[
    "std::thread::sleep",
    "thread::sleep",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::fs::copy",
    "std::fs::read_dir",
    "std::fs::remove_file",
    "std::fs::File::open",
    "std::fs::File::create",
    "reqwest::blocking::get",
    "std::net::TcpStream::connect",
    "reqwest::blocking::Client::new",
    "std::process::Command::new",
];
/// Modules of Node whose functions that end with `Sync` block.
const NODE_MODULES: [&str; 5] = ["fs", "crypto", "child_process", "zlib", "dns"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for call in source.calls.iter().filter(|call| !call.is_awaited) {
        if shares_thread(source, &call.place)
            && blocks(source.language, call)
            && !is_handed_over(source, call)
        {
            // A file that lies in the page cache is read in microseconds.
            search.hit(Pattern::SyncInAsync, &call.place, &call.callee, call.path != "open");
        }
    }
}

fn blocks(language: Language, call: &Call) -> bool {
    match language {
        Language::Python => call.is_any(PYTHON),
        Language::Rust => call.is_any(RUST),
        Language::JavaScript | Language::TypeScript => {
            let module = call.path.split('.').next().unwrap_or("");
            let last = call.path.rsplit('.').next().unwrap_or("");
            last.ends_with("Sync") && NODE_MODULES.contains(&module)
        }
        _ => false,
    }
}

/// An async function, or one that a server calls with a request and a response.
fn shares_thread(source: &Source, place: &Place) -> bool {
    let Some(function) = place.function.map(|function| &source.functions[function]) else { return false };
    let is_handler = || {
        let names: Vec<&str> = function.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        matches!(names.as_slice(), ["req" | "request" | "_req", "res" | "response" | "reply", ..])
    };
    function.is_async || source.language.is_script() && is_handler()
}

/// Whether the call is in a closure that another thread runs, or given to one.
fn is_handed_over(source: &Source, call: &Call) -> bool {
    let hands_over = ["to_thread", "run_in_executor", "spawn_blocking", "block_in_place", "run_sync"];
    source.calls.iter().any(|other| {
        hands_over.contains(&other.name.as_str())
            && other.line <= call.line
            && call.end_line <= other.end_line
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::SyncInAsync;

    #[test]
    fn python() {
        let text = "import time, requests\nasync def f():\n  time.sleep(1)\n  requests.get(u)\n  with open('a') as g: pass\n";
        fires(P, Language::Python, text, &["3 time.sleep", "4 requests.get", "5 open?"]);
        for text in [
            "import time\ndef f():\n  time.sleep(1)\n",
            "import asyncio\nasync def f():\n  await asyncio.sleep(1)\n",
            "import asyncio, requests\nasync def f():\n  await asyncio.to_thread(lambda: requests.get(u))\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        let text = "const fs = require('fs');\nasync function f() { fs.readFileSync('a'); }\nfunction g(req, res) { fs.writeFileSync('b', x); }";
        fires(P, Language::JavaScript, text, &["2 fs.readFileSync", "3 fs.writeFileSync"]);
        let text = "import { readFileSync } from 'node:fs';\nconst f = async () => readFileSync('a');";
        fires(P, Language::TypeScript, text, &["2 readFileSync"]);
        quiet(
            P,
            Language::JavaScript,
            "const fs = require('fs'); fs.readFileSync('a'); async function f() { await fs.promises.readFile('a'); }",
        );
    }

    #[test]
    fn rust() {
        let text = "async fn f() {\n std::thread::sleep(d);\n let s = std::fs::read(p); }";
        fires(P, Language::Rust, text, &["2 std::thread::sleep", "3 std::fs::read"]);
        fires(P, Language::Rust, "use std::fs;\nasync fn f() { fs::write(p, s); }", &["2 fs::write"]);
        for text in [
            "fn f() { std::thread::sleep(d); }",
            "async fn f() { tokio::fs::read(p).await; tokio::task::spawn_blocking(|| std::fs::read(p)).await; }",
        ] {
            quiet(P, Language::Rust, text);
        }
    }
}
