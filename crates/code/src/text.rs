//! Small questions to pieces of source text: what they mention, what they walk, how they look on one line.

/// Longer texts are cut; what is compared or shown is shorter.
const MAX_CHARS: usize = 300;

/// On one line, with single spaces, and cut where it is long.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut n_chars = 0;
    let mut after_space = true;
    for c in text.chars() {
        if n_chars >= MAX_CHARS {
            line.push('…');
            break;
        }
        let is_space = c.is_whitespace();
        if !(is_space && after_space) {
            line.push(if is_space { ' ' } else { c });
            n_chars += 1;
        }
        after_space = is_space;
    }
    if line.ends_with(' ') {
        line.pop();
    }
    line
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Whether a text is one name.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) && text.chars().all(is_word)
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

/// Whether `name` (a name, or a path such as `self.x`) stands in `text` as a whole.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            // `...name` is the name, `x.name` another.
            let before = text[..at].trim_end_matches("...").chars().next_back();
            let after = text[at + name.len()..].chars().next();
            !before.is_some_and(|c| is_word(c) || c == '.') && !after.is_some_and(is_word)
        })
}

/// Whether a text mentions any of some names.
pub(crate) fn mentions_any(text: &str, names: &[String]) -> bool {
    names.iter().any(|name| mentions(text, name))
}

/// The last part of a path: `c` of `a.b::c`.
pub(crate) fn last_part(path: &str) -> &str {
    path.rsplit(['.', ':', '>', '/']).next().unwrap_or(path)
}

/// Without what stands between angle brackets: `Vec::new` of `Vec::<u8>::new`.
pub(crate) fn without_generics(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_usize;
    let mut previous = ' ';
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            // The arrow of a pointer or of a return type closes nothing.
            '>' if previous != '-' && previous != '=' && depth > 0 => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
        previous = c;
    }
    plain.replace("::::", "::").trim_end_matches("::").to_owned()
}

/// Functions that give what they are given, in another order or with numbers beside it.
const VIEWS: [&str; 16] = [
    "range",
    "len",
    "enumerate",
    "list",
    "tuple",
    "sorted",
    "reversed",
    "iter",
    "zip",
    "tqdm",
    "Object.keys",
    "Object.values",
    "Object.entries",
    "Array.from",
    "std::size",
    "strlen",
];
/// Methods that do the same; also how long a thing is.
const VIEW_METHODS: [&str; 34] = [
    ".items()",
    ".keys()",
    ".values()",
    ".entries()",
    ".iter()",
    ".iter_mut()",
    ".into_iter()",
    ".enumerate()",
    ".len()",
    ".length()",
    ".length",
    ".size()",
    ".size",
    ".count()",
    ".Length",
    ".entrySet()",
    ".keySet()",
    ".stream()",
    ".parallelStream()",
    ".begin()",
    ".end()",
    ".cbegin()",
    ".cend()",
    ".copied()",
    ".cloned()",
    ".rev()",
    ".values_mut()",
    ".drain(..)",
    ".iterator()",
    ".as_slice()",
    ".peekable()",
    ".clone()",
    ".slice()",
    ".reverse()",
];

/// The thing that an expression walks: `a` for `enumerate(a)`, `a.iter()`, `len(a) - 1` and `0..a.len()`.
pub(crate) fn walked(text: &str) -> String {
    let mut text = text.trim();
    // Each turn takes something away; a text of at most MAX_CHARS has room for so many.
    for _ in 0..24 {
        let before = text;
        for prefix in ["&mut ", "&", "*", "(int)", "(int) ", "0..=", "0..", "..."] {
            text = text.strip_prefix(prefix).unwrap_or(text).trim();
        }
        if let Some((_, end)) = text.split_once("..").filter(|_| is_range(text) && !text.starts_with('(')) {
            text = end.trim_start_matches('=').trim();
        }
        for suffix in ["- 1", "-1", "!", "?"] {
            text = text.strip_suffix(suffix).unwrap_or(text).trim();
        }
        for method in VIEW_METHODS {
            text = text.strip_suffix(method).unwrap_or(text);
        }
        if let Some((head, rest)) = text.split_once('(')
            && VIEWS.contains(&head)
            && let Some(inner) = rest.strip_suffix(')')
        {
            text = last_bound(head, inner);
        } else if text.starts_with('(') && text.ends_with(')') && closes_at_end(text) {
            text = &text[1..text.len() - 1];
        }
        if text == before || text.is_empty() {
            return before.to_owned();
        }
    }
    text.to_owned()
}

/// Whether numbers are walked: Python's `range(n)`, Rust's `0..n`.
pub(crate) fn is_range(text: &str) -> bool {
    text.starts_with("range(")
        || text.contains("..") && !text.contains("...") && !text.contains(['[', '"', '\''])
}

/// The argument that says what is walked: the first, but the end of a range.
fn last_bound<'a>(head: &str, inner: &'a str) -> &'a str {
    let parts = split_arguments(inner);
    match (head, parts.as_slice()) {
        ("range", [_, end, ..]) => end,
        (_, [first, ..]) => first,
        _ => inner,
    }
}

fn closes_at_end(text: &str) -> bool {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}

/// The arguments in the text between brackets.
pub(crate) fn split_arguments(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quote) = (0_i32, 0, None);
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if let Some(open) = quote {
            if c == open && !escaped {
                quote = None;
            }
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' | '`' => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// The content of a constant string, or nothing if the text is none.
pub(crate) fn unquoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '\'', '`'])?;
    let is_prefix = |c: char| c.is_ascii_alphabetic() || c == '#' || c == '@';
    if start > 3 || !text[..start].chars().all(is_prefix) {
        return None;
    }
    let body = text[start..].trim_end_matches('#');
    for quote in ["\"\"\"", "'''", "\"", "'", "`"] {
        if let Some(rest) = body.strip_prefix(quote) {
            return rest.strip_suffix(quote);
        }
    }
    None
}

/// A whole number, as languages write them.
pub(crate) fn number(text: &str) -> Option<i64> {
    let digits = text.trim().trim_end_matches(['u', 'U', 'l', 'L', 'n']);
    let digits = digits.split(['u', 'i']).next().unwrap_or(digits);
    digits.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_walked_is_bare() {
        for (text, bare) in [
            ("enumerate(a)", "a"),
            ("range(len(self.rows))", "self.rows"),
            ("range(i + 1, len(a))", "a"),
            ("a.iter().enumerate()", "a"),
            ("0..a.len()", "a"),
            ("a.size() - 1", "a"),
            ("Object.entries(a.b)", "a.b"),
            ("&mut a", "a"),
            ("(a)", "a"),
            ("(a)(b)", "(a)(b)"),
            ("load(a)", "load(a)"),
            ("", ""),
        ] {
            assert_eq!(walked(text), bare, "{text}");
        }
    }

    #[test]
    fn names_are_found_as_a_whole() {
        assert!(mentions("f(a, b)", "a") && mentions("self.x + 1", "self.x") && mentions("[...a]", "a"));
        assert!(!mentions("f(ab)", "a") && !mentions("x.a", "a") && !mentions("f()", ""));
    }

    #[test]
    fn texts_are_cut_and_quotes_taken_off() {
        assert_eq!(one_line(" a\n  b "), "a b");
        assert_eq!(one_line(&"é".repeat(900)).chars().count(), MAX_CHARS + 1);
        assert_eq!(unquoted("r\"a+\""), Some("a+"));
        assert_eq!(unquoted("r#\"a\"#"), Some("a"));
        assert_eq!(unquoted("f(\"a\")"), None);
        assert_eq!(unquoted("\""), None);
        assert_eq!(split_arguments("a, f(b, c), \"d,\", [e, f]"), ["a", "f(b, c)", "\"d,\"", "[e, f]"]);
        assert_eq!(without_generics("Vec::<u8>::new"), "Vec::new");
        assert_eq!(number("10_000usize"), Some(10_000));
    }
}
