//! Waiting for a device, for others or for time while a lock is held: whoever wants the lock waits as well.
//!
//! It sees what one function does; what it calls may do more.

use crate::language::Language;
use crate::locks::held;
use crate::model::Call;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::IoUnderLock, find };

const WAITS: Table = &[
    (
        Language::C,
        &[
            "read",
            "write",
            "fread",
            "fwrite",
            "printf",
            "fprintf",
            "sleep",
            "usleep",
            "nanosleep",
            "send",
            "recv",
            "fsync",
            "fopen",
            "open",
            "connect",
            "accept",
            "poll",
            "select",
        ],
    ),
    (
        Language::Cpp,
        &[
            "read",
            "write",
            "fread",
            "fwrite",
            "printf",
            "fprintf",
            "this_thread::sleep_for",
            "sleep",
            "usleep",
            "send",
            "recv",
            "fsync",
            "cout.operator<<",
            "ofstream",
            "ifstream",
            "getline",
            "fopen",
        ],
    ),
    (
        Language::Go,
        &[
            "time.Sleep",
            "http.Get",
            "http.Post",
            "log.Printf",
            "log.Println",
            "fmt.Println",
            "fmt.Printf",
            "os.ReadFile",
            "os.WriteFile",
            "os.Open",
            "os.Create",
            "net.Dial",
            ".Query",
            ".Exec",
            ".QueryRow",
            "io.ReadAll",
            "io.Copy",
        ],
    ),
    (
        Language::Java,
        &[
            "Thread.sleep",
            "System.out.println",
            "System.out.printf",
            ".executeQuery",
            ".executeUpdate",
            "Files.readAllBytes",
            "Files.write",
            "Files.readString",
            "FileInputStream",
            "FileOutputStream",
            ".getInputStream",
            "FileReader",
        ],
    ),
    (
        Language::Python,
        &[
            "time.sleep",
            "open",
            "print",
            "requests.get",
            "requests.post",
            "subprocess.run",
            "urllib.request.urlopen",
            "json.dump",
            "pickle.dump",
            "os.fsync",
            "input",
            ".sendall",
            ".recv",
            ".fetchall",
        ],
    ),
    (
        Language::Rust,
        &[
            "std::thread::sleep",
            "thread::sleep",
            "println!",
            "eprintln!",
            "std::fs::read",
            "std::fs::read_to_string",
            "std::fs::write",
            "std::fs::File::open",
            "File::open",
            "File::create",
            ".write_all",
            ".read_to_end",
            ".read_to_string",
            ".flush",
            "reqwest::blocking::get",
            ".sync_all",
        ],
    ),
];

/// Methods of whatever is called like a logger or a cursor.
fn is_of_helper(call: &Call) -> bool {
    let last =
        call.receiver.rsplit(['.', ':', '>']).next().unwrap_or("").trim_start_matches('_').to_lowercase();
    let logs = ["log", "logger"].contains(&last.as_str())
        && ["info", "debug", "warning", "warn", "error", "Info", "Printf", "Println"]
            .contains(&call.name.as_str());
    logs || ["cursor", "cur", "conn", "connection", "socket", "sock"].contains(&last.as_str())
        && ["execute", "query", "send", "recv", "read", "write", "commit"].contains(&call.name.as_str())
}

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(WAITS, source.language);
    for held in held(source) {
        for call in &source.calls {
            let inside =
                held.lines.contains(call.line) && call.function == held.place.function && !call.is_spawned;
            let is_later = call.place.order > held.place.order;
            if inside && is_later && (call.is_any(names) || is_of_helper(call)) && call.receiver != held.lock
            {
                search.hit(
                    Pattern::IoUnderLock,
                    &call.place,
                    &format!("{} under {}", call.callee, held.lock),
                    true,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::IoUnderLock;

    #[test]
    fn each_language() {
        let text = "import time\nwith self._lock:\n  time.sleep(1)\n";
        fires(P, Language::Python, text, &["3 time.sleep under self._lock"]);
        let text = "func (s *S) f() {\n s.mu.Lock()\n defer s.mu.Unlock()\n http.Get(u)\n}";
        fires(P, Language::Go, text, &["4 http.Get under s.mu"]);
        let text = "class A { void f() { synchronized (this) {\n Thread.sleep(1); } } }";
        fires(P, Language::Java, text, &["2 Thread.sleep under this"]);
        let text = "fn f() { let g = state.lock().unwrap();\n std::fs::read(p);\n drop(g);\n std::fs::write(p, x); }";
        fires(P, Language::Rust, text, &["2 std::fs::read under state"]);
        let text = "void f() { std::lock_guard<std::mutex> l(mu);\n std::cout << 1; }";
        fires(P, Language::Cpp, text, &["2 operator<< under mu"]);
        let text = "void f(void) { pthread_mutex_lock(&m);\n write(fd, b, 1);\n pthread_mutex_unlock(&m);\n write(fd, b, 1); }";
        fires(P, Language::C, text, &["2 write under &m"]);
    }

    #[test]
    fn quiet_before_and_after() {
        quiet(P, Language::Go, "func f() {\n mu.Lock()\n x++\n mu.Unlock()\n http.Get(u)\n}");
        quiet(
            P,
            Language::Python,
            "import time\nwith lock:\n  x += 1\ntime.sleep(1)\nwith open('a') as f:\n  print(f)\n",
        );
    }
}
