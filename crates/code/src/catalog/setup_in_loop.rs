//! Something that is made once for many uses (a compiled pattern, a client with its connections, a formatter), made
//! in each round of a loop.
//!
//! What depends on the loop's own names has to be made anew, unless it is of a kind that costs far more than the
//! round: such a hit is not certain. A function that makes one with each call counts only where the same file calls
//! it in a loop.

use crate::language::Language;
use crate::model::{Call, Kind, Source};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::text::{mentions_any, unquoted};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::SetupInLoop, find };

/// What is made: by the full path, or `.name` for a method.
const MAKERS: &[(Language, &[&str])] = &[
    (
        Language::C,
        &["regcomp", "curl_easy_init", "iconv_open", "mysql_init", "PQconnectdb", "EVP_CIPHER_CTX_new"],
    ),
    (
        Language::Cpp,
        &[
            "regex",
            "wregex",
            "boost::regex",
            "locale",
            "random_device",
            "mt19937",
            "curl_easy_init",
            "stringstream",
            "ostringstream",
            "istringstream",
            "RE2",
        ],
    ),
    (
        Language::Go,
        &[
            "regexp.MustCompile",
            "regexp.Compile",
            "regexp.MatchString",
            "regexp.MustCompilePOSIX",
            "http.Client",
            "http.Transport",
            "template.New",
            "template.Must",
            "sql.Open",
            "aes.NewCipher",
            "time.LoadLocation",
            "gzip.NewWriter",
            "flate.NewWriter",
            "grpc.Dial",
            "grpc.NewClient",
            "redis.NewClient",
        ],
    ),
    (
        Language::Java,
        &[
            "Pattern.compile",
            "Pattern.matches",
            "SimpleDateFormat",
            "DecimalFormat",
            "DateTimeFormatter.ofPattern",
            "ObjectMapper",
            "Gson",
            "JsonMapper",
            "HttpClient.newHttpClient",
            "HttpClient.newBuilder",
            "OkHttpClient",
            "RestTemplate",
            "DocumentBuilderFactory.newInstance",
            "SAXParserFactory.newInstance",
            "TransformerFactory.newInstance",
            "JAXBContext.newInstance",
            "Cipher.getInstance",
            "MessageDigest.getInstance",
            "DriverManager.getConnection",
            "NumberFormat.getInstance",
            "SecureRandom",
            "ThreadLocal",
            "Executors.newFixedThreadPool",
            "Executors.newCachedThreadPool",
        ],
    ),
    (
        Language::JavaScript,
        &[
            "RegExp",
            "Intl.NumberFormat",
            "Intl.DateTimeFormat",
            "Intl.Collator",
            "Intl.PluralRules",
            "Intl.RelativeTimeFormat",
            "Intl.ListFormat",
            "Intl.Segmenter",
            "TextEncoder",
            "TextDecoder",
            "Ajv",
            "axios.create",
            "PrismaClient",
            "MongoClient",
            "Handlebars.compile",
            "ejs.compile",
            "pug.compile",
            "_.template",
            "crypto.createCipheriv",
            "DOMParser",
            ".toLocaleString",
            ".toLocaleDateString",
            ".toLocaleTimeString",
            ".localeCompare",
        ],
    ),
    (
        Language::Python,
        &[
            "re.compile",
            "requests.Session",
            "requests.session",
            "httpx.Client",
            "httpx.AsyncClient",
            "aiohttp.ClientSession",
            "boto3.client",
            "boto3.resource",
            "boto3.Session",
            "boto3.session.Session",
            "jinja2.Template",
            "jinja2.Environment",
            "string.Template",
            "sqlite3.connect",
            "psycopg2.connect",
            "psycopg.connect",
            "pymysql.connect",
            "redis.Redis",
            "pymongo.MongoClient",
            "sqlalchemy.create_engine",
            "ssl.create_default_context",
            "json.JSONDecoder",
            "json.JSONEncoder",
            "zoneinfo.ZoneInfo",
            "pytz.timezone",
            "babel.Locale.parse",
            "Crypto.Cipher.AES.new",
            "cryptography.fernet.Fernet",
            "lxml.etree.XPath",
            "argparse.ArgumentParser",
            "concurrent.futures.ThreadPoolExecutor",
            "concurrent.futures.ProcessPoolExecutor",
            "multiprocessing.Pool",
            "spacy.load",
            "yaml.SafeLoader",
            "random.SystemRandom",
        ],
    ),
    (
        Language::Rust,
        &[
            "Regex::new",
            "regex::Regex::new",
            "RegexBuilder::new",
            "RegexSet::new",
            "GlobSet::new",
            "Glob::new",
            "Client::new",
            "reqwest::Client::new",
            "reqwest::blocking::Client::new",
            "reqwest::get",
            "reqwest::blocking::get",
            "Runtime::new",
            "tokio::runtime::Runtime::new",
            "Connection::open",
            "rusqlite::Connection::open",
            "Tera::new",
            "Handlebars::new",
        ],
    ),
];

/// Calls that look a compiled pattern up by its text; with a pattern that varies they compile it each time.
const PYTHON_BY_TEXT: &[&str] =
    &["re.match", "re.search", "re.sub", "re.findall", "re.fullmatch", "re.split", "re.finditer", "re.subn"];
/// Java's strings compile their argument with each call.
const JAVA_BY_TEXT: &[&str] = &[".matches", ".replaceAll", ".replaceFirst", ".split"];
/// Calls that connect anew each time, where a session would keep the connection.
const PYTHON_CONNECT: &[&str] = &[
    "requests.get",
    "requests.post",
    "requests.put",
    "requests.delete",
    "requests.head",
    "requests.patch",
    "httpx.get",
    "httpx.post",
];

/// Python keeps so many compiled patterns.
const KEPT_PATTERNS: usize = 512;

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let language =
        if source.language == Language::TypeScript { Language::JavaScript } else { source.language };
    let makers = MAKERS.iter().find(|(of, _)| *of == language).map_or(&[] as &[&str], |(_, makers)| makers);
    for call in &source.calls {
        let by_text = is_costly_by_text(source, call);
        let is_connection = language == Language::Python && call.is_any(PYTHON_CONNECT);
        // Lists of C++'s streams and locales are types as well; only their construction counts.
        if !(call.is_any(makers) || by_text || is_connection) {
            continue;
        }
        let often = search.often(&call.place);
        if often == Often::No || is_innocent(source, call) {
            continue;
        }
        let varies = mentions_any(&call.arguments.join(","), &source.varying_names(&call.place));
        let is_certain = often == Often::Loop && (!varies || by_text || is_connection);
        search.hit(Pattern::SetupInLoop, &call.place, &call.callee, is_certain);
    }
}

/// Whether the pattern of a function that takes it as text is compiled with each call.
fn is_costly_by_text(source: &Source, call: &Call) -> bool {
    match source.language {
        Language::Python if call.is_any(PYTHON_BY_TEXT) => {
            // A constant one is found in the cache; so are a few names.
            let varies = mentions_any(call.argument(0), &source.varying_names(&call.place));
            let is_made =
                matches!(call.argument_kinds.first(), Some(Kind::Format | Kind::Concat | Kind::Call));
            let n_constant = source.calls.iter().filter(|other| other.is_any(PYTHON_BY_TEXT)).count();
            varies || is_made || n_constant > KEPT_PATTERNS
        }
        Language::Java if call.is_any(JAVA_BY_TEXT) => {
            let pattern = call.argument(0);
            match unquoted(pattern) {
                // One character that is no operator is split at without a pattern.
                Some(text) if call.name == "split" => {
                    text.chars().count() > 2 || text.chars().count() == 1 && ".$|()[{^?*+\\".contains(text)
                }
                Some(_) => true,
                None => false,
            }
        }
        _ => false,
    }
}

fn is_innocent(source: &Source, call: &Call) -> bool {
    // Made for the life of the program: a field, a constant, or kept once it is there.
    let kept = call.assigned.as_deref().is_some_and(|target| {
        target.starts_with("self.")
            || target.starts_with("this.")
            || target.contains('[')
            || target.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    });
    let in_while = source.hot_loop(&call.place).is_some_and(|around| {
        // `while True: connect(); …` tries again after a failure, and a loop of workers has few rounds.
        around.kind == crate::model::LoopKind::While
            && !matches!(call.name.as_str(), "compile" | "MustCompile" | "RegExp" | "Compile")
            && call.place.try_.is_some()
    });
    // Local streams of C++ are cheap next to what is written to them, once they are not in a loop.
    kept || in_while
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::SetupInLoop;

    #[test]
    fn python() {
        let text = "import re\ndef f(lines):\n  for line in lines:\n    p = re.compile('a+')\n";
        fires(P, Language::Python, text, &["4 re.compile"]);
        let text = "from re import compile as c\nfor line in lines:\n  c('a')\n";
        fires(P, Language::Python, text, &["3 c"]);
        let text = "import re, requests\nfor w in words:\n  re.search(f'a{w}', t)\n  requests.get(w)\n";
        fires(P, Language::Python, text, &["3 re.search", "4 requests.get"]);
        let text =
            "import boto3\ndef put(x):\n  c = boto3.client('s3')\ndef f(xs):\n  for x in xs:\n    put(x)\n";
        fires(P, Language::Python, text, &["3 boto3.client?"]);
        for text in [
            "import re\nP = re.compile('a+')\nfor line in lines:\n  P.search(line)\n",
            "import re\nfor line in lines:\n  re.search('a', line)\n",
            "import re\nfor name in ('a', 'b'):\n  re.compile(name)\n",
            "import re\ndef f():\n  return re.compile('a')\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        let text = "for (const x of xs) { const f = new Intl.NumberFormat('de'); if (new RegExp('a').test(x)) g(f); }";
        fires(P, Language::JavaScript, text, &["1 Intl.NumberFormat", "1 RegExp"]);
        fires(
            P,
            Language::TypeScript,
            "xs.map((x: Date) => x.toLocaleDateString('de'));",
            &["1 x.toLocaleDateString"],
        );
        quiet(
            P,
            Language::JavaScript,
            "const f = new Intl.NumberFormat('de'); for (const x of xs) { f.format(x); /a/.test(x); }",
        );
    }

    #[test]
    fn compiled_languages() {
        let text = "func f(xs []T) { for _, x := range xs {\n re := regexp.MustCompile(`a`)\n c := &http.Client{} } }";
        fires(P, Language::Go, text, &["2 regexp.MustCompile", "3 http.Client"]);
        let text = "class A { void f() { for (T x : xs) {\n Pattern.compile(\"a\"); new SimpleDateFormat(\"y\");\n s.replaceAll(\"a\", b); } } }";
        fires(P, Language::Java, text, &["2 Pattern.compile", "2 SimpleDateFormat", "3 s.replaceAll"]);
        let text = "use regex::Regex;\nfn f() { for x in xs {\n let r = Regex::new(\"a\").unwrap(); } }";
        fires(P, Language::Rust, text, &["3 Regex::new"]);
        fires(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) {\n std::regex r(\"a\"); } }",
            &["2 std::regex"],
        );
        fires(P, Language::C, "void f(void) { while (n--) {\n regcomp(&r, \"a\", 0); } }", &["2 regcomp"]);
    }

    #[test]
    fn quiet_in_compiled_languages() {
        quiet(
            P,
            Language::Go,
            "var re = regexp.MustCompile(`a`)\nfunc f(xs []T) { for _, x := range xs { re.MatchString(x) } }",
        );
        quiet(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { s.split(\",\"); s.replace(\"a\", b); } } }",
        );
        quiet(P, Language::Rust, "fn f() { let r = Regex::new(\"a\"); for x in xs { r.is_match(x); } }");
        quiet(
            P,
            Language::Cpp,
            "void f() { std::regex r(\"a\"); for (auto& x : xs) { std::regex_match(x, r); } }",
        );
        quiet(P, Language::C, "void f(void) { regcomp(&r, \"a\", 0); while (n--) regexec(&r, s, 0, 0, 0); }");
    }
}
