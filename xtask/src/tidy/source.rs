//! Rust source as text: what is code, and what belongs to tests.
//!
//! A scanner, not a parser: it knows comments, strings and character literals, enough for a search that a comment
//! cannot fool. It relies on rustfmt's layout to find the end of a test module.

use std::ops::Range;

/// `text` with the contents of comments, strings and character literals turned into spaces. Same length, same lines.
pub(crate) fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut masked = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(bytes, at);
        if end > at {
            for byte in &mut masked[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            at = end;
        } else if is_word(bytes[at]) {
            // A whole word at once, so that the `r` of `for` does not begin a raw string.
            at += bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
        } else {
            at += 1;
        }
    }
    // Only ASCII was written over whole literals, so this cannot fail; keep the text if it does.
    String::from_utf8(masked).unwrap_or_else(|_| text.to_owned())
}

/// The end of the comment, string or character literal that begins at `at`, or `at` if none does.
fn literal_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    }
    if rest.starts_with(b"/*") {
        return block_comment_end(bytes, at);
    }
    if rest[0] == b'\'' {
        return character_end(bytes, at);
    }
    let prefix = rest.iter().take_while(|byte| matches!(byte, b'b' | b'c' | b'r')).count();
    let raw = rest[..prefix].contains(&b'r');
    let hashes = if raw { rest[prefix..].iter().take_while(|&&byte| byte == b'#').count() } else { 0 };
    match rest.get(prefix + hashes) {
        Some(b'"') if prefix <= 2 => string_end(bytes, at + prefix + hashes + 1, raw, hashes),
        Some(b'\'') if prefix == 1 && rest[0] == b'b' => character_end(bytes, at + 1),
        _ => at,
    }
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(bytes: &[u8], mut at: usize, raw: bool, hashes: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !raw => at += 2,
            b'"' if bytes[at + 1..].iter().take(hashes).filter(|&&byte| byte == b'#').count() == hashes => {
                return at + 1 + hashes;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `'x'`, `'\n'`, `'é'`; but `'a` of a lifetime ends where it begins.
fn character_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let close = bytes.get(at + 3..).and_then(|rest| rest.iter().position(|&byte| byte == b'\''));
        return close.map_or(bytes.len(), |close| at + 3 + close + 1);
    }
    // One character has at most four bytes.
    match (2..=5).find(|&n| bytes.get(at + n) == Some(&b'\'')) {
        Some(n) if n == 2 || bytes[at + 1] >= 0x80 => at + n + 1,
        _ => at,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// 1-based lines on which `word` stands as a word of its own in `masked`.
pub(crate) fn lines_with_word(masked: &str, word: &str) -> Vec<usize> {
    let has_word = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = at.checked_sub(1).map(|i| line.as_bytes()[i]);
            let after = line.as_bytes().get(at + word.len()).copied();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    masked.lines().enumerate().filter(|(_, line)| has_word(line)).map(|(index, _)| index + 1).collect()
}

/// 1-based, half-open ranges of the lines of `#[cfg(test)]` items at the outermost level.
///
/// Such an item ends at the first line that is `}` or ends in `;` without indentation, as rustfmt writes it.
pub(crate) fn test_lines(masked: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = None;
    for (index, line) in masked.lines().enumerate() {
        let outermost = !line.starts_with([' ', '\t']);
        match start {
            None if line.starts_with("#[cfg(test)]") => start = Some(index + 1),
            Some(first) if outermost && (line.starts_with('}') || line.trim_end().ends_with([';', '}'])) => {
                ranges.push(first..index + 2);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(first) = start {
        ranges.push(first..masked.lines().count() + 1);
    }
    ranges
}

/// Whether the whole file is tests: under a `tests` folder or named so.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_comments_strings_and_characters_only() {
        let quoted = r##"let a = "x\"y"; // unsafe
let b = r#"un"safe"#; /* a /* b */ c */ let c: &'static str = 'u';
let d = ('\'', b'"', 'é', b"unsafe", for_r"z");"##;
        let masked = mask(quoted);
        assert_eq!(masked.len(), quoted.len());
        assert_eq!(masked.lines().count(), 3);
        assert!(lines_with_word(&masked, "unsafe").is_empty());
        for kept in ["let a =", "let c: &'static str =", "let d = ("] {
            assert!(masked.contains(kept), "{kept} is missing in {masked}");
        }
        for gone in ["x", "safe", "é", "a /*", "c */"] {
            assert!(!masked.contains(gone), "{gone} is left in {masked}");
        }
    }

    #[test]
    fn unterminated_literals_end_with_the_file() {
        for text in ["\"abc", "r#\"abc\"", "/* abc", "'\\", "b'", "'", "\"\\"] {
            assert_eq!(mask(text).len(), text.len());
        }
    }

    #[test]
    fn a_word_is_not_a_part_of_a_word() {
        assert_eq!(lines_with_word("unsafe_code\nunsafe {\nan unsafe", "unsafe"), [2, 3]);
    }

    #[test]
    fn finds_the_lines_of_test_items() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n#[cfg(test)]\nmod d;\n";
        assert_eq!(test_lines(text), [2..7, 8..10]);
    }
}
