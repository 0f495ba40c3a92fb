//! A call over the network or to a database in a loop: each round waits for an answer, where one request could ask
//! for all.
//!
//! Whether `x.get(…)` asks a database is seen only by the name of `x`. A constant statement that is run in each round
//! is the well known "n + 1".

use crate::language::Language;
use crate::model::{Call, LoopKind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

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
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let is_listed = call.is_any(names);
        let is_client_call = METHODS.contains(&call.name.as_str()) && is_client(&call.receiver);
        if (is_listed || is_client_call) && !is_innocent(source, call) {
            search.hit(Pattern::CallInLoop, &call.place, &call.callee, is_listed || is_statement(call));
        }
    }
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
