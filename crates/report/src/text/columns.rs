//! Text cut and filled to columns. A character is taken as one column wide; wide scripts in names shift a line.

/// Cut at the end to at most `width` characters, with `…` where something went.
pub(crate) fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    if width > 0 {
        out.push('…');
    }
    out
}

/// The same, cut at the start.
pub(crate) fn fit_left(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = text.chars().skip(length - width.saturating_sub(1));
    if width > 0 { std::iter::once('…').chain(kept).collect() } else { String::new() }
}

/// Cut and filled at the end.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let text = fit(text, width);
    let fill = width - text.chars().count();
    text + &" ".repeat(fill)
}

/// Cut and filled at the start, for numbers.
pub(crate) fn pad_left(text: &str, width: usize) -> String {
    let text = fit(text, width);
    " ".repeat(width - text.chars().count()) + &text
}

/// Items joined by a separator, in lines of at most `width`; an item is never broken.
pub(crate) fn wrap(items: &[String], separator: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + separator.chars().count() + item.chars().count() <= width =>
            {
                line.push_str(separator);
                line.push_str(item);
            }
            _ => lines.push(item.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits() {
        assert_eq!([fit("abcdef", 4), fit("abc", 4), fit("ab", 0)], ["abc…", "abc", ""]);
        assert_eq!([fit_left("abcdef", 4), fit_left("abc", 4)], ["…def", "abc"]);
        assert_eq!([pad("ä", 3), pad_left("7", 3)], ["ä  ", "  7"]);
        assert_eq!(wrap(&["aa".into(), "bb".into(), "cc".into()], "  ", 6), ["aa  bb", "cc"]);
    }
}
