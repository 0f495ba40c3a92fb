//! Splits a statement into words and `key=value` options. Knows no statement.

/// Splits at blanks; a word (or the value of an option) in double quotes keeps its blanks.
/// Inside quotes a backslash takes the next character as it is.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => word.get_or_insert_default().extend(characters.next()),
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Quotes a word where it needs it.
pub(crate) fn quote(word: &str) -> String {
    let plain = !word.is_empty()
        && !word.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '=' | '#'));
    if plain {
        return word.to_owned();
    }
    let mut out = String::from("\"");
    for c in word.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        // A statement is one line: line ends inside a word become blanks.
        out.push(if matches!(c, '\n' | '\r') { ' ' } else { c });
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_read_back() {
        for word in ["", "a b", "plain", "quo\"te", "back\\slash", "k=v"] {
            assert_eq!(split_words(&quote(word)), [word], "{word}");
        }
    }
}
