//! Requests as they come over the wire: what is refused, and what is served.

// clippy knows only functions marked as tests, not their helpers.
#![allow(clippy::unwrap_used)]

use fathom_analysis::FunctionId;
use fathom_model::{BuildId, ModuleId, Recording};
use fathom_server::{Page, Server, Site};
use object::{Architecture, Object, ObjectSymbol};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any wait of the server for a slow head.
const PATIENCE: Duration = Duration::from_secs(30);

struct Bench {
    folder: tempfile::TempDir,
    port: u16,
    /// `/SECRET`.
    root: String,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("named.rs"), "fn main() {}\n").unwrap();
        fs::write(folder.path().join("secret.txt"), "not for you\n").unwrap();
        let cwd = folder.path().display();
        let text = format!(
            "cwd {cwd}\nwall 1s\ncpu main@named.rs:1;work@{cwd}/../x.rs:1;pipe@/dev/null:1 1s n=10\n"
        );
        let mut recording = fathom_testkit::recording(&text);
        // The test itself is a program whose build is known, or is not: both are answered.
        let own = std::env::current_exe().unwrap();
        recording.modules.push(fathom_model::Module {
            path: own.display().to_string(),
            build_id: Some(BuildId(vec![1, 2, 3])),
            kind: fathom_model::ModuleKind::Elf,
            load_addresses: Vec::new(),
        });
        recording.frames[0].module = Some(ModuleId::from_index(recording.modules.len() - 1));
        recording.frames[0].relative_address = Some(0x1000);
        let functions = vec![Some(FunctionId(1)), None, Some(FunctionId(2))];
        Self::of(recording, functions, folder)
    }

    fn of(recording: Recording, functions: Vec<Option<FunctionId>>, folder: tempfile::TempDir) -> Self {
        let page = Page {
            html: "<!doctype html><title>page</title>".into(),
            content_security_policy: "default-src 'none'; connect-src 'self'".into(),
        };
        let site = Site::new(recording, page, b"the data".to_vec(), functions);
        let server = Server::bind(0).unwrap();
        let url = server.url();
        let rest = url.strip_prefix("http://127.0.0.1:").unwrap();
        let (port, secret) = rest.trim_end_matches('/').split_once('/').unwrap();
        let (port, root) = (port.parse().unwrap(), format!("/{secret}"));
        // Ends with the tests.
        std::thread::spawn(move || server.run(site));
        Self { folder, port, root }
    }

    /// Sends bytes and reads to the end; what was read before a reset counts.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        // A server that has seen enough closes while more is on its way.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => answer.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("{error}"),
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn request(&self, method: &str, path: &str, headers: &[&str]) -> String {
        let host = format!("Host: 127.0.0.1:{}", self.port);
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Connection: close".into()];
        if !headers.iter().any(|header| header.starts_with("Host")) {
            lines.push(host);
        }
        lines.extend(headers.iter().map(|header| header.to_string()));
        self.send((lines.join("\r\n") + "\r\n\r\n").as_bytes())
    }

    fn get(&self, path: &str) -> String {
        self.request("GET", &format!("{}{path}", self.root), &[])
    }
}

#[track_caller]
fn check(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "needed {status}: {answer}");
}

#[test]
fn page_and_data_are_served() {
    let bench = Bench::new();
    let page = bench.get("/");
    check(&page, 200);
    for part in [
        "<title>page</title>",
        "content-security-policy: default-src 'none'; connect-src 'self'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
        "x-frame-options: DENY",
    ] {
        assert!(page.contains(part), "no `{part}` in {page}");
    }
    let data = bench.get("/data");
    check(&data, 200);
    assert!(data.ends_with("the data"), "{data}");
    let (host, origin) =
        (format!("Host: localhost:{}", bench.port), format!("Origin: http://localhost:{}", bench.port));
    check(&bench.request("GET", &format!("{}/data", bench.root), &[&host, &origin]), 200);
}

#[test]
fn without_the_secret_nothing_is_there() {
    let bench = Bench::new();
    let longer = format!("{}0/", bench.root);
    let shorter = format!("{}/", &bench.root[..bench.root.len() - 1]);
    let other = format!("/{}/", "0".repeat(32));
    for path in ["/", "/data", "//", &longer, &shorter, &other, &bench.root] {
        check(&bench.request("GET", path, &[]), 404);
    }
    check(&bench.get("/nothing"), 404);
    check(&bench.get("//data"), 404);
}

#[test]
fn other_names_and_origins_are_refused() {
    let bench = Bench::new();
    let path = format!("{}/", bench.root);
    let ours = format!("Host: 127.0.0.1:{}", bench.port);
    for headers in [
        &["Host: evil.example"][..],
        &[&format!("Host: evil.example:{}", bench.port)],
        &["Host: 127.0.0.1"],
        &["Host: 127.0.0.1:1"],
        &["Host:"],
        &[&ours, "Host: evil.example"],
        &["Origin: http://evil.example"],
        &["Origin: null"],
        &["Origin: https://127.0.0.1"],
        &[&format!("Origin: http://127.0.0.1:{}.evil.example", bench.port)],
        &["Sec-Fetch-Site: cross-site"],
        &["Sec-Fetch-Site: same-site"],
    ] {
        let answer = bench.request("GET", &path, headers);
        assert!(
            answer.starts_with("HTTP/1.1 403 ") || answer.starts_with("HTTP/1.1 400 "),
            "{headers:?}: {answer}"
        );
    }
    check(&bench.request("GET", &format!("http://evil.example{path}"), &[]), 403);
    check(
        &bench.send(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).replace("HTTP/1.0", "HTTP/1.1"),
        403,
    );
}

#[test]
fn only_get_is_answered() {
    let bench = Bench::new();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"] {
        check(&bench.request(method, &format!("{}/", bench.root), &["Content-Length: 0"]), 405);
    }
}

#[test]
fn only_named_files_are_read() {
    let bench = Bench::new();
    let served = bench.get("/source?file=named.rs");
    check(&served, 200);
    assert!(served.contains("fn main() {}"), "{served}");
    let secret = bench.folder.path().join("secret.txt").display().to_string();
    for file in [
        "secret.txt",
        "./named.rs",
        "..%2fsecret.txt",
        "named.rs%00",
        "../../../../../../etc/passwd",
        "/etc/passwd",
        &secret,
        "/dev/null",
        "",
    ] {
        let answer = bench.get(&format!("/source?file={file}"));
        check(&answer, 200);
        assert!(answer.contains("{\"error\":"), "{file}: {answer}");
    }
    for path in ["/source", "/source?file", "/source?file=%ff", "/asm", "/asm?fn=x", "/asm?fn=-1"] {
        check(&bench.get(path), 400);
    }
    for path in ["/../etc/passwd", "/%2e%2e/etc/passwd", "/source/../../etc/passwd"] {
        check(&bench.get(path), 404);
    }
}

#[test]
fn machine_code_of_another_build_is_refused() {
    let bench = Bench::new();
    for (number, error) in
        [(0, "recorded"), (1, "no such function"), (2, "no address"), (4_294_967_295_u32, "no such")]
    {
        let answer = bench.get(&format!("/asm?fn={number}"));
        check(&answer, 200);
        assert!(answer.contains("{\"error\":") && answer.contains(error), "{answer}");
    }
}

#[test]
fn machine_code_of_the_recorded_build_has_lines_and_costs() {
    let folder = tempfile::tempdir().unwrap();
    let (source, library) = (folder.path().join("mix.c"), folder.path().join("mix.so"));
    fs::write(
        &source,
        "unsigned mix(unsigned value) {\n  value *= 2654435761u;\n  return value ^ 0x5bd1e995u;\n}\n",
    )
    .unwrap();
    let compile = ["-shared", "-nostdlib", "-O1", "-g", "-Wl,--build-id", "-o"];
    let gcc = std::process::Command::new("gcc").args(compile).args([&library, &source]).status().unwrap();
    assert!(gcc.success());
    let bytes = fs::read(&library).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    if file.architecture() != Architecture::X86_64 {
        eprintln!("skipped: machine code of {:?} is not read", file.architecture());
        return;
    }
    let start = file.symbols().find(|symbol| symbol.name() == Ok("mix")).unwrap().address();

    let mut recording = fathom_testkit::recording("wall 1s\ncpu mix 250ms n=10\n");
    recording.modules.push(fathom_model::Module {
        path: library.display().to_string(),
        build_id: fathom_symbols::elf_build_id(&bytes),
        kind: fathom_model::ModuleKind::Elf,
        load_addresses: Vec::new(),
    });
    recording.frames[0].module = Some(ModuleId::from_index(recording.modules.len() - 1));
    recording.frames[0].relative_address = Some(start);
    let bench = Bench::of(recording, vec![Some(FunctionId(1))], folder);
    let answer = bench.get("/asm?fn=0");
    check(&answer, 200);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let rows = body["rows"].as_array().unwrap_or_else(|| panic!("{body}"));
    assert_eq!((&rows[0]["address"], &rows[0]["self"]), (&start.into(), &250_000_000.into()));
    let row = |text: &str| {
        let found = rows.iter().find(|row| row["text"].as_str().unwrap().starts_with(text));
        found.unwrap_or_else(|| panic!("no {text}: {rows:?}"))
    };
    assert_eq!((&row("imul")["line"], &row("xor")["line"]), (&2.into(), &3.into()));
    assert_eq!(row("ret")["bytes"], "c3");
    assert!(row("imul")["file"].as_str().unwrap().ends_with("mix.c"));
    // Nothing of what follows the function.
    assert!(rows.last().unwrap()["text"].as_str().unwrap().starts_with("ret"));

    // Another build in its place: refused.
    let mut other = bytes.clone();
    let id = fathom_symbols::elf_build_id(&bytes).unwrap().0;
    let at = other.windows(id.len()).position(|window| window == id).unwrap();
    other[at] ^= 1;
    fs::write(&library, other).unwrap();
    assert!(bench.get("/asm?fn=0").contains("was recorded"));
}

#[test]
fn large_heads_are_refused() {
    let bench = Bench::new();
    let large = format!("X-Large: {}", "x".repeat(1 << 20));
    let answer = bench.request("GET", &format!("{}/", bench.root), &[&large]);
    assert!(!answer.contains("200 OK"), "{answer}");
    let many: Vec<String> = (0..1000).map(|at| format!("X-{at}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let answer = bench.request("GET", &format!("{}/", bench.root), &many);
    assert!(!answer.contains("200 OK"), "{answer}");
    check(&bench.get("/"), 200);
}

#[test]
fn slow_clients_are_sent_away_and_keep_nobody_waiting() {
    let bench = Bench::new();
    // As many as the server serves at a time, each with half a head.
    let mut slow: Vec<TcpStream> = (0..32)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", bench.port)).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream
        })
        .collect();
    check(&bench.get("/"), 200);
    for stream in &mut slow {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the server closes");
        assert!(!answer.contains("200 OK"), "{answer}");
    }
}
