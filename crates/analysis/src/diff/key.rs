//! What a function is called whatever build it comes from: names without what a compiler draws anew each time.
//!
//! Knows spellings of Rust, C++, Java and of ELF files. Does not know what the functions do: two that differ in a number
//! only which is taken off here become one, and whoever matches counts such merges. Go's closures (`main.work.func1`)
//! keep their number: they are the bodies of goroutines, and a program often has several of one parent.

/// A name without hashes, clone suffixes and numbers of closures.
pub(crate) fn stable_function_name(name: &str) -> String {
    let name = without_clone_suffixes(without_rust_hash(name));
    let name = without_java_lambda_class(name);
    without_ordinals(&name)
}

/// The last part of a path without versions and build hashes: `libfoo.so.1.2` and `libfoo-2.31.so` are `libfoo.so`,
/// `app-0123456789abcdef` is `app`.
pub(crate) fn stable_module_name(name: &str) -> String {
    if let Some(at) = name.find(".so").filter(|at| matches!(name.as_bytes().get(at + 3), None | Some(b'.'))) {
        let stem = &name[..at];
        let version = stem.rfind('-').filter(|dash| {
            let version = &stem[dash + 1..];
            version.starts_with(|c: char| c.is_ascii_digit())
                && version.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
        return format!("{}.so", &stem[..version.unwrap_or(stem.len())]);
    }
    match name.rsplit_once('-') {
        Some((stem, hash)) if !stem.is_empty() && is_hash(hash) => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether an ELF file is a program as far as its name tells.
pub(crate) fn is_program_name(name: &str) -> bool {
    !name.contains(".so") && !name.starts_with('[') && !name.starts_with("ld-")
}

/// The last part of a path or URL.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path)
}

/// Sixteen digits, as rustc's legacy names and Cargo's test binaries have them.
fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn without_rust_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if is_hash(hash) && !rest.is_empty() => rest,
        _ => name,
    }
}

/// GCC and LLVM put these behind the name of a copy that they made of a function.
fn without_clone_suffixes(name: &str) -> &str {
    const CLONES: [&str; 7] = [".llvm.", ".isra.", ".constprop.", ".part.", ".cold", ".lto_priv.", " [clone"];
    let cut = CLONES.iter().filter_map(|clone| name.find(clone)).filter(|at| *at > 0).min();
    name[..cut.unwrap_or(name.len())].trim_end()
}

/// HotSpot numbers hidden classes: `app.Main$$Lambda$14/0x00007f.run`, `app.Main$$Lambda.0x00007f.run`.
fn without_java_lambda_class(name: &str) -> String {
    const MARK: &str = "$$Lambda";
    let Some(at) = name.find(MARK) else { return name.to_owned() };
    let (head, tail) = name.split_at(at + MARK.len());
    let number = tail.strip_prefix(['$', '.', '/']).map_or(0, |digits| {
        let is_number = |c: char| c.is_ascii_hexdigit() || matches!(c, 'x' | '/' | '+');
        1 + digits.find(|c| !is_number(c)).unwrap_or(digits.len())
    });
    format!("{head}{}", &tail[number..])
}

/// `{closure#3}`, `{{closure}}#3`, `{lambda(int)#2}`, `lambda$main$4`, `$_7`, and the crate hashes of Rust's v0 names.
///
/// Looks at each byte a bounded number of times: a name may be a megabyte.
fn without_ordinals(name: &str) -> String {
    const HANGING: [&str; 3] = ["$_", "'lambda", "lambda$"];
    let mut out = String::with_capacity(name.len());
    // Whether the last brace that opened is one of the compiler's own and has not closed.
    let mut is_inside_braces = false;
    let mut has_lambda = false;
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let follows_braces = is_inside_braces || out.ends_with('}');
        if c == '#' && follows_braces && after.starts_with(|c: char| c.is_ascii_digit()) {
            rest = without_digits(after);
            continue;
        }
        if c == '[' && !out.is_empty() {
            // `alloc[8a3f]::vec`: a crate and its disambiguator.
            let length = after.bytes().take_while(u8::is_ascii_hexdigit).count();
            if length > 0 && after[length..].starts_with("]::") {
                rest = &after[length + 1..];
                continue;
            }
        }
        match c {
            '{' => is_inside_braces = opens_own_name(rest),
            '}' => is_inside_braces = false,
            _ => {}
        }
        out.push(c);
        rest = after;
        has_lambda = has_lambda || out.ends_with("lambda$");
        if c == '$' && has_lambda || HANGING.iter().any(|mark| out.ends_with(mark)) {
            rest = without_digits(after);
        }
    }
    out
}

fn without_digits(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_digit())
}

/// Whether text begins with a brace that opens one of the compiler's own names.
fn opens_own_name(text: &str) -> bool {
    ["{closure", "{lambda", "{unnamed", "{impl", "{shim"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_a_build_draws_anew() {
        for (name, stable) in [
            ("app::work::h0123456789abcdef", "app::work"),
            ("app::half::h0123", "app::half::h0123"),
            ("app::work::{{closure}}::h0123456789abcdef", "app::work::{{closure}}"),
            ("app::work::{closure#3}", "app::work::{closure}"),
            ("app::work::{{closure}}#3", "app::work::{{closure}}"),
            ("alloc[8a3f0c]::vec::push", "alloc::vec::push"),
            ("main::{lambda(int)#2}::operator()(int) const", "main::{lambda(int)}::operator()(int) const"),
            ("run()::$_7::operator()", "run()::$_::operator()"),
            ("app.Main.lambda$main$4", "app.Main.lambda$main$"),
            ("app.Main$$Lambda$14/0x00007f12.run", "app.Main$$Lambda.run"),
            ("app.Main$$Lambda.0x00007f12.run", "app.Main$$Lambda.run"),
            ("work.llvm.1234567", "work"),
            ("work.isra.0.cold", "work"),
            ("work(int) [clone .part.0]", "work(int)"),
            ("main.work.func1.2", "main.work.func1.2"),
            ("channel #3", "channel #3"),
            ("int[4]", "int[4]"),
            ("", ""),
        ] {
            assert_eq!(stable_function_name(name), stable);
        }
    }

    #[test]
    fn long_names_take_no_longer_than_their_length() {
        // Would take minutes each if letters before or after were looked at again for each letter.
        for piece in ["N", "1", "#1", "{", "{closure#1", "}#1", "[a", "[", "$1", "lambda$1", ".", "::h"] {
            let name = piece.repeat((1 << 20) / piece.len());
            assert!(stable_function_name(&name).len() <= name.len());
        }
    }

    #[test]
    fn modules_lose_versions() {
        for (name, stable) in [
            ("libfoo.so.1.2.3", "libfoo.so"),
            ("libc-2.31.so", "libc.so"),
            ("libabc-x86.so", "libabc-x86.so"),
            ("app-0123456789abcdef", "app"),
            ("app-server", "app-server"),
            ("[kernel]", "[kernel]"),
            ("a.sound", "a.sound"),
        ] {
            assert_eq!(stable_module_name(name), stable);
        }
        assert_eq!(["/a/b.js", "file:///x/y.py", "z", "/"].map(base_name), ["b.js", "y.py", "z", "/"]);
    }
}
