//! A call over the network or to a database in a loop: each round waits for an answer, where one request could ask
//! for all.
//!
//! Whether `x.get(…)` asks a database is seen only by the name of `x`. A constant statement that is run in each round
//! is the well known "n + 1".

use crate::language::Language;
use crate::model::{AssignOp, Call, LoopKind, Source};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::tables::{Table, names_for};
use crate::text::{last_part, mentions};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::CallInLoop, find };

const CALLS: Table = &[
    (Language::C, &["curl_easy_perform", "sqlite3_exec", "mysql_query", "PQexec", "getaddrinfo"]),
    (Language::Cpp, &["curl_easy_perform", "sqlite3_exec", "mysql_query", "PQexec", ".executeQuery"]),
    (
        Language::Go,
        &[
            "http.Get",
            "http.Post",
            "http.Head",
            "http.DefaultClient.Do",
            ".QueryRow",
            ".QueryRowContext",
            ".QueryContext",
            ".ExecContext",
            "net.Dial",
            "net.LookupHost",
        ],
    ),
    (
        Language::Java,
        &[
            ".executeQuery",
            ".executeUpdate",
            ".getForObject",
            ".postForObject",
            ".exchange",
            ".findById",
            ".findOne",
            "DriverManager.getConnection",
            ".queryForObject",
            ".openConnection",
        ],
    ),
    (
        Language::JavaScript,
        &["fetch", "axios", "axios.get", "axios.post", "axios.put", "axios.delete", "got"],
    ),
    (
        Language::Python,
        &[
            "requests.get",
            "requests.post",
            "requests.put",
            "requests.delete",
            "requests.patch",
            "requests.head",
            "requests.request",
            "urllib.request.urlopen",
            "httpx.get",
            "httpx.post",
            "socket.gethostbyname",
            ".objects.get",
            ".fetchone",
        ],
    ),
    (
        Language::Rust,
        &["reqwest::get", "reqwest::blocking::get", ".query_row", ".fetch_one", ".fetch_optional"],
    ),
];

/// Methods that ask something of what is called like a client.
const METHODS: [&str; 29] = [
    "execute",
    "query",
    "get",
    "post",
    "put",
    "delete",
    "find",
    "findOne",
    "findUnique",
    "findFirst",
    "findById",
    "Query",
    "Exec",
    "Do",
    "Get",
    "Post",
    "send",
    "request",
    "first",
    "save",
    "create",
    "update",
    "insert",
    "fetch",
    "scalar",
    "raw",
    "filter",
    "one",
    "prepare",
];
/// What such things are called.
const CLIENTS: [&str; 24] = [
    "cursor",
    "cur",
    "conn",
    "connection",
    "db",
    "client",
    "session",
    "http",
    "httpclient",
    "pool",
    "prisma",
    "knex",
    "redis",
    "objects",
    "repository",
    "repo",
    "statement",
    "stmt",
    "database",
    "axios",
    "tx",
    "collection",
    "dao",
    "sequelize",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(CALLS, source.language);
    for call in &source.calls {
        let is_listed = call.is_any(names);
        let is_client_call =
            METHODS.contains(&call.name.as_str()) && (is_client(&call.receiver) || is_statement(call));
        if !is_listed && !is_client_call {
            continue;
        }
        match search.often(&call.place) {
            Often::Loop if !is_innocent(source, call) => {
                search.hit(Pattern::CallInLoop, &call.place, &call.callee, is_listed || is_statement(call));
            }
            Often::CalledInLoop if is_called_freely(source, call) => {
                search.hit(Pattern::CallInLoop, &call.place, &call.callee, false);
            }
            _ => {}
        }
    }
}

/// Whether a loop of this file calls the function around a call without needing each answer for the next question.
fn is_called_freely(source: &Source, call: &Call) -> bool {
    let Some(function) = call.function.map(|function| &source.functions[function]) else { return false };
    let bare = last_part(&function.name);
    let sites = source.calls.iter().filter(|site| site.name == bare && source.is_hot(&site.place));
    sites.into_iter().any(|site| !is_innocent(source, site))
}

/// Whether what is asked comes out of the last answer: pages that name the next one, links that are followed.
fn needs_last_answer(source: &Source, call: &Call) -> bool {
    let Some((number, around)) = source.hot_loops(&call.place).next() else { return false };
    let inside = || {
        source.assigns.iter().filter(|assign| {
            assign.op == AssignOp::Set
                && source.is_in_loop(&assign.place, number)
                && !around.binds.contains(&assign.target)
        })
    };
    let asks_with = |name: &str| call.arguments.iter().any(|argument| mentions(argument, name));
    // What is assigned behind the call, or is its own answer, is known in the next round only.
    let is_later =
        |order: usize, target: &str| order > call.place.order || call.assigned.as_deref() == Some(target);
    inside().filter(|later| is_later(later.place.order, &later.target)).any(|later| {
        let made = inside()
            .filter(|made| made.place.order < call.place.order && mentions(&made.value, &later.target));
        asks_with(&later.target) || made.into_iter().any(|made| asks_with(&made.target))
    })
}

/// Whether the last name of what the method is called on sounds like a connection.
fn is_client(receiver: &str) -> bool {
    let receiver = receiver.trim_end_matches("()").to_lowercase();
    let last = receiver.rsplit(['.', ':', '>']).next().unwrap_or("").trim_start_matches(['_', '$', '&']);
    CLIENTS.contains(&last)
        || last.ends_with("_client")
        || last.ends_with("client")
        || last.ends_with("repository")
}

/// Whether the first argument is a statement of SQL.
fn is_statement(call: &Call) -> bool {
    let text = call.argument(0).trim_start_matches(['f', 'r', 'b', '"', '\'', '`', ' ']).to_uppercase();
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().any(|verb| text.starts_with(verb))
}

fn is_innocent(source: &Source, call: &Call) -> bool {
    let Some(around) = source.hot_loop(&call.place) else { return true };
    if needs_last_answer(source, call) {
        return true;
    }
    // A loop that stops with the first answer that will do tries again; one that pages has to ask again.
    let retries = around.kind == LoopKind::While && (around.has_break || call.place.try_.is_some());
    // Callbacks that are awaited together do not wait for each other.
    retries || around.kind == LoopKind::While && !is_statement(call) && source.language.is_script()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::CallInLoop;

    #[test]
    fn python() {
        let text = "import requests\nfor x in xs:\n  requests.get(x)\n  cursor.execute('SELECT a FROM b WHERE c = ?', (x,))\n  client.get(x)\n  cache.get(x)\n";
        fires(P, Language::Python, text, &["3 requests.get", "4 cursor.execute", "5 client.get?"]);
        quiet(
            P,
            Language::Python,
            "import requests\nwhile True:\n  try:\n    requests.get(u)\n    break\n  except E: pass\n",
        );
        fires(
            P,
            Language::Python,
            "for x in xs:\n  n = base.execute('SELECT a FROM b WHERE c = ?', (x,))\n",
            &["2 base.execute"],
        );
        let text = "import requests\ndef ask(x):\n  return requests.get(x)\nfor x in xs:\n  ask(x)\n";
        fires(P, Language::Python, text, &["3 requests.get?"]);
        for text in [
            "import requests\nwhile url:\n  page = requests.get(url)\n  url = page['next']\n",
            "import requests\nwhile mark:\n  url = f'/x/{mark}'\n  page = requests.get(url)\n  mark = page['next']\n",
            "import requests\ndef ask(x):\n  return requests.get(x)\nwhile len(out) < 9:\n  x = ask(x)\n  out.append(x)\n",
        ] {
            quiet(P, Language::Python, text);
        }
        quiet(P, Language::Python, "d = {}\nfor x in xs:\n  d.get(x)\ncursor.execute('SELECT 1')\n");
    }

    #[test]
    fn scripts() {
        fires(
            P,
            Language::TypeScript,
            "for (const x of xs) { await fetch(x); await db.query('SELECT 1'); }",
            &["1 db.query", "1 fetch"],
        );
        quiet(P, Language::JavaScript, "const m = new Map(); for (const x of xs) { m.get(x); } fetch(u);");
    }

    #[test]
    fn compiled_languages() {
        fires(P, Language::Go, "func f(xs []T) { for _, x := range xs { http.Get(x) } }", &["1 http.Get"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { stmt.executeQuery(q); } } }",
            &["1 stmt.executeQuery"],
        );
        fires(P, Language::Rust, "fn f() { for x in xs { conn.query_row(q); } }", &["1 conn.query_row"]);
        fires(
            P,
            Language::C,
            "void f(void) { for (int i = 0; i < n; i++) curl_easy_perform(c); }",
            &["1 curl_easy_perform"],
        );
        fires(P, Language::Cpp, "void f() { for (auto& x : xs) { PQexec(c, x); } }", &["1 PQexec"]);
        quiet(P, Language::Go, "func f() { http.Get(x) }");
    }
}
