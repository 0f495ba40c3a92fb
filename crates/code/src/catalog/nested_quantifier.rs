//! A regular expression that a backtracking engine may need exponential time for: a repeated group whose inside can
//! match the same text in several ways, such as `(a+)+`, `(\w+\s?)*` or `(a|a)*`.
//!
//! It is a heuristic on the text of the expression. Go's and Rust's engines are linear and left alone; possessive and
//! atomic groups end the doubt.

use crate::language::Language;
use crate::model::{Call, Kind, Place, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::unquoted;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::NestedQuantifier, find };

/// Functions whose first argument is a regular expression.
const TAKERS: &[&str] = &[
    "re.compile",
    "re.match",
    "re.search",
    "re.sub",
    "re.findall",
    "re.fullmatch",
    "re.split",
    "re.finditer",
    "regex.compile",
    "RegExp",
    "Pattern.compile",
    "Pattern.matches",
    "regex",
    "wregex",
    "boost::regex",
];
/// Methods of Java's strings that take one.
const JAVA_METHODS: &[&str] = &[".matches", ".replaceAll", ".replaceFirst", ".split"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    if matches!(source.language, Language::Go | Language::Rust | Language::C) {
        return;
    }
    for literal in source.literals.iter().filter(|literal| literal.is_regex) {
        report(search, &literal.place, &literal.text);
    }
    for call in &source.calls {
        let takes = call.is_any(TAKERS) || source.language == Language::Java && call.is_any(JAVA_METHODS);
        if takes && let Some(text) = constant(source, call) {
            // A backslash is two characters in a string that is not raw.
            let is_raw = call.argument(0).starts_with(['r', 'R']);
            let text = if is_raw { text } else { text.replace("\\\\", "\\") };
            report(search, &call.place, &text);
        }
    }
}

/// The first argument, or what the name that stands for it was assigned.
fn constant(source: &Source, call: &Call) -> Option<String> {
    let argument = call.argument(0);
    if let Some(text) = unquoted(argument) {
        return Some(text.to_owned());
    }
    let assign = source.last_assign(argument, &call.place).filter(|assign| assign.kind == Kind::Text)?;
    unquoted(&assign.value).map(str::to_owned)
}

fn report(search: &mut Search<'_>, place: &Place, regex: &str) {
    // A text that was cut is not an expression any more.
    if !regex.ends_with('…') && is_ambiguous(regex) {
        search.hit(Pattern::NestedQuantifier, place, regex, true);
    }
}

/// What a group holds, as it is read.
#[derive(Clone, Debug, Default)]
struct Group {
    is_atomic: bool,
    /// The branches so far, each as its elements.
    branches: Vec<Vec<Element>>,
}

/// One element of a branch: which characters it matches, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    class: String,
    /// Whether it may match again and again.
    repeats: bool,
    /// Whether it may match nothing.
    is_optional: bool,
}

fn is_ambiguous(regex: &str) -> bool {
    let chars: Vec<char> = regex.chars().collect();
    let mut open = vec![Group { branches: vec![Vec::new()], ..Group::default() }];
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let mut group = None;
        match chars[at] {
            '\\' => at = (at + 2).min(chars.len()),
            '[' => at = class_end(&chars, at),
            '(' => {
                let rest: String = chars[at..].iter().take(3).collect();
                // A look-around matches no text, so nothing is matched twice.
                let is_atomic = ["(?>", "(?=", "(?!", "(?<"].iter().any(|head| rest.starts_with(head));
                let is_named = rest.starts_with("(?<") && !matches!(chars.get(at + 3), Some('=' | '!'));
                open.push(Group { is_atomic: is_atomic && !is_named, branches: vec![Vec::new()] });
                at += group_head(&chars[at..]);
                continue;
            }
            ')' if open.len() > 1 => {
                at += 1;
                group = open.pop();
            }
            '|' => {
                if let Some(group) = open.last_mut() {
                    group.branches.push(Vec::new());
                }
                at += 1;
                continue;
            }
            _ => at += 1,
        }
        let (repeats, is_optional, is_possessive, after) = quantifier(&chars, at);
        let text: String = chars[start..at].iter().collect();
        let inside = group.as_ref().filter(|group| !group.is_atomic);
        let is_doubtful = inside.is_some_and(is_doubtful);
        if is_doubtful && repeats && !is_possessive {
            return true;
        }
        at = after;
        let class = match &group {
            Some(group) => only_class(group).unwrap_or_default(),
            None => text,
        };
        let inner_repeats = inside.is_some_and(|group| only_class(group).is_some() && group_repeats(group));
        let element = Element { class, repeats: (repeats || inner_repeats) && !is_possessive, is_optional };
        if let Some(branch) = open.last_mut().and_then(|group| group.branches.last_mut()) {
            branch.push(element);
        }
    }
    false
}

/// The single element of a group, as the class it matches.
fn only_class(group: &Group) -> Option<String> {
    match group.branches.as_slice() {
        [branch] if branch.len() == 1 => Some(branch[0].class.clone()),
        _ => None,
    }
}

fn group_repeats(group: &Group) -> bool {
    group.branches.iter().flatten().any(|element| element.repeats)
}

/// Whether a repeated group could match one text in two ways.
fn is_doubtful(group: &Group) -> bool {
    let twins = group.branches.iter().enumerate().any(|(at, branch)| {
        // Two branches that are the same, or begin with the same class and end there.
        !branch.is_empty() && group.branches[..at].iter().any(|other| overlaps(other, branch))
    });
    twins || group.branches.iter().any(|branch| is_doubtful_branch(branch))
}

fn overlaps(left: &[Element], right: &[Element]) -> bool {
    left.len() == 1
        && right.len() == 1
        && (left[0].class == right[0].class
            || includes(&left[0].class, &right[0].class)
            || includes(&right[0].class, &left[0].class))
}

/// A branch is doubtful if one element repeats and nothing that has to be there, and differs from it, stands beside it.
fn is_doubtful_branch(branch: &[Element]) -> bool {
    branch.iter().enumerate().any(|(at, element)| {
        element.repeats
            && branch.iter().enumerate().all(|(other_at, other)| {
                other_at == at
                    || other.is_optional
                    || other.class == element.class
                    || includes(&element.class, &other.class)
            })
    })
}

/// Whether a class holds all that another one matches, as far as their texts tell.
fn includes(class: &str, other: &str) -> bool {
    let is_word =
        |text: &str| text.chars().count() == 1 && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    match class {
        "." | "[^]" | "[\\s\\S]" => true,
        "\\w" => {
            other == "\\d" || is_word(other) || matches!(other, "[a-z]" | "[A-Z]" | "[a-zA-Z]" | "[0-9]")
        }
        "\\d" | "[0-9]" => {
            other == "\\d" || other == "[0-9]" || is_word(other) && other.chars().all(|c| c.is_ascii_digit())
        }
        "\\S" => other != "\\s" && other != " " && !other.is_empty(),
        "\\s" => other == " " || other == "\\n" || other == "\\t",
        "[a-z]" => other.chars().count() == 1 && other.chars().all(|c| c.is_ascii_lowercase()),
        _ => false,
    }
}

/// How many characters the head of a group takes: `(`, `(?:`, `(?P<name>`.
fn group_head(chars: &[char]) -> usize {
    if chars.get(1) != Some(&'?') {
        return 1;
    }
    match chars.get(2) {
        Some('<') if !matches!(chars.get(3), Some('=' | '!')) => named_end(chars),
        Some('P') => named_end(chars),
        Some('<') => 4,
        Some(_) => 3,
        None => 2,
    }
}

fn named_end(chars: &[char]) -> usize {
    chars.iter().position(|&c| c == '>').map_or(chars.len(), |at| at + 1)
}

fn class_end(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    // A bracket that closes at once is one of the class's own.
    if chars.get(at) == Some(&'^') {
        at += 1;
    }
    if chars.get(at) == Some(&']') {
        at += 1;
    }
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            ']' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// Whether what stands before is repeated without a bound, may be absent, gives nothing back; and where that ends.
fn quantifier(chars: &[char], at: usize) -> (bool, bool, bool, usize) {
    let (repeats, is_optional, mut after) = match chars.get(at) {
        Some('*') => (true, true, at + 1),
        Some('+') => (true, false, at + 1),
        Some('?') => (false, true, at + 1),
        Some('{') => {
            let Some(length) = chars[at..].iter().position(|&c| c == '}') else {
                return (false, false, false, at);
            };
            let inside: String = chars[at + 1..at + length].iter().collect();
            if !inside.chars().all(|c| c.is_ascii_digit() || c == ',') {
                return (false, false, false, at);
            }
            let open = inside.ends_with(',');
            let many = inside
                .split(',')
                .nth(1)
                .and_then(|most| most.parse::<u32>().ok())
                .is_some_and(|most| most > 20);
            (open || many, inside.starts_with('0'), at + length + 1)
        }
        _ => return (false, false, false, at),
    };
    let is_possessive = chars.get(after) == Some(&'+');
    if matches!(chars.get(after), Some('?' | '+')) {
        after += 1;
    }
    (repeats, is_optional, is_possessive, after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::NestedQuantifier;

    #[test]
    fn ambiguous_expressions() {
        for regex in [
            "(a+)+",
            "(a*)*$",
            "^(.*)*x",
            "(\\w+\\s?)*$",
            "(a|a)*",
            "(?:a+)+b",
            "([a-z]+)+",
            "((a+))+",
            "(\\d+,?)+",
            "(\\w|\\d)+$",
            "^(\\S+)*@",
            "(x+x+)+y",
            "(?P<n>a+)+",
            "(a+){2,}",
        ] {
            assert!(is_ambiguous(regex), "{regex}");
        }
    }

    #[test]
    fn sound_expressions() {
        for regex in [
            "a+",
            "(a+)",
            "(a+b)+",
            "(ab)*",
            "(\\w+\\s)*",
            "(a|b)*",
            "(\\.\\d+)+",
            "(?>a+)+",
            "(a++)+",
            "[(a+)+]",
            "\\(a+\\)+",
            "(a+)?",
            "(a{1,3}){2}",
            "(?=a+)*",
            "(",
            ")",
            "[",
            "a{",
            "\\",
            "(?",
            "(,\\s*\\w+)*",
            "",
        ] {
            assert!(!is_ambiguous(regex), "{regex}");
        }
    }

    #[test]
    fn python() {
        fires(P, Language::Python, "import re\nre.match(r'(a+)+$', x)\n", &["2 (a+)+$"]);
        fires(P, Language::Python, "import re\nP = r'(\\w+)*$'\nre.compile(P)\n", &["3 (\\w+)*$"]);
        quiet(P, Language::Python, "import re\nre.match(r'(a+b)+$', x)\nprint('(a+)+')\n");
    }

    #[test]
    fn scripts() {
        fires(
            P,
            Language::JavaScript,
            "const r = /(a+)+$/;\nnew RegExp('(\\\\d+)*');",
            &["1 (a+)+$", "2 (\\d+)*"],
        );
        quiet(P, Language::TypeScript, "const r = /(a|b)+$/; const t: string = '(a+)+';");
    }

    #[test]
    fn java_and_cpp() {
        fires(
            P,
            Language::Java,
            "class A { void f() { Pattern.compile(\"(\\\\w+)+\"); s.matches(\"(a*)*\"); } }",
            &["1 (\\w+)+", "1 (a*)*"],
        );
        fires(P, Language::Cpp, "void f() { std::regex r(\"(a+)+\"); }", &["1 (a+)+"]);
        quiet(P, Language::Java, "class A { void f() { Pattern.compile(\"a+b+\"); } }");
        quiet(P, Language::Cpp, "void f() { std::regex r(\"(a+b)+\"); g(\"(a+)+\"); }");
        quiet(P, Language::Go, "func f() { regexp.MustCompile(`(a+)+`) }");
        quiet(P, Language::Rust, "fn f() { Regex::new(\"(a+)+\"); }");
    }
}
