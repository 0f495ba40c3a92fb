//! Names, paths and commands of the target, made safe and short. They are data: a name may hold anything.

use crate::facts::WaitThreadFact;

/// Without characters that a terminal or an editor would act on: controls, and the marks that turn the direction
/// of text (Unicode TR 36, section 2.2), each replaced by `·`.
pub fn plain(text: &str) -> String {
    let is_active = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().map(|c| if is_active(c) { '·' } else { c }).collect()
}

/// Text that is no markup, neither between tags nor inside quotes. Characters that XML 1.0 does not allow
/// (section 2.2) are already gone with the controls; the two non-characters are taken here.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::new();
    for line in text.split('\n').enumerate() {
        if line.0 > 0 {
            out.push_str("&#10;");
        }
        for c in plain(line.1).chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                '\u{fffe}' | '\u{ffff}' => out.push('·'),
                c => out.push(c),
            }
        }
    }
    out
}

/// A command line; words with blanks are quoted as a shell would take them.
pub(crate) fn command_text(command: &[String]) -> String {
    let quote = |word: &String| {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@%^".contains(c) || !c.is_ascii();
        let safe = !word.is_empty() && word.chars().all(is_safe);
        if safe { word.clone() } else { format!("'{}'", word.replace('\'', r"'\''")) }
    };
    plain(&command.iter().map(quote).collect::<Vec<_>>().join(" "))
}

/// A path relative to the working directory, or its last three parts.
pub(crate) fn short_path(path: &str, working_directory: Option<&str>) -> String {
    let inside = working_directory
        .map(|directory| directory.trim_end_matches('/'))
        .filter(|directory| !directory.is_empty())
        .and_then(|directory| path.strip_prefix(directory))
        .and_then(|rest| rest.strip_prefix('/'));
    if let Some(inside) = inside {
        return plain(inside);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() <= 3 { plain(path) } else { plain(&format!("…/{}", parts[parts.len() - 3..].join("/"))) }
}

/// `src/a.rs:12`; empty without a file.
pub(crate) fn location_text(
    file: Option<&str>,
    line: Option<u32>,
    working_directory: Option<&str>,
) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!("{}:{line}", short_path(file, working_directory)),
        (Some(file), None) => short_path(file, working_directory),
        (None, _) => String::new(),
    }
}

/// The last part of a function's name, for chains: `server::cache::get` → `get`, `net/http.(*conn).serve` →
/// `http.(*conn).serve`.
pub(crate) fn last_part(short_name: &str) -> &str {
    if short_name.starts_with('<') {
        return short_name;
    }
    let part = short_name.rsplit("::").find(|part| !part.starts_with('{')).unwrap_or(short_name);
    part.rsplit('/').next().unwrap_or(part)
}

/// Names of threads with their number: `main, worker ×3`. Digits at the end of names that several share are folded.
pub(crate) fn thread_names(threads: &[WaitThreadFact], most: usize) -> String {
    // Without digits, the first in full, and how many there are.
    let mut names: Vec<(&str, &str, usize)> = Vec::new();
    for thread in threads {
        let full = thread.name.as_str();
        let bare = full.trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = bare.trim_end_matches(['-', '_', '/', ':', ' ', '#']);
        let name = if bare.is_empty() { full } else { bare };
        match names.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, _, count)) => *count += 1,
            None => names.push((name, full, 1)),
        }
    }
    let rest = names.len().saturating_sub(most);
    let shown = names.iter().take(most).map(|(name, full, count)| match count {
        // The digits of a single one belong to its name: `sqlite3`.
        1 => plain(full),
        _ => format!("{} ×{count}", plain(name)),
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if rest > 0 {
        text += &format!(", +{rest}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\n"), "a·[31mb·c·");
        assert_eq!(
            command_text(&["./a".into(), "b c".into(), "it's".into(), String::new()]),
            r"./a 'b c' 'it'\''s' ''"
        );
    }

    #[test]
    fn chains_name_last_parts() {
        let names =
            ["server::cache::get", "net/http.(*conn).serve", "work", "<A as B>::f", "app::run::{{closure}}"];
        assert_eq!(names.map(last_part), ["get", "http.(*conn).serve", "work", "<A as B>::f", "run"]);
    }

    #[test]
    fn paths_are_short() {
        assert_eq!(short_path("/home/me/p/src/a.rs", Some("/home/me/p")), "src/a.rs");
        assert_eq!(short_path("/home/me/parts/src/a.rs", Some("/home/me/p")), "…/parts/src/a.rs");
        assert_eq!(short_path("src/a.rs", Some("/")), "src/a.rs");
        assert_eq!(location_text(Some("a.c"), Some(3), None), "a.c:3");
    }

    #[test]
    fn pools_are_folded() {
        let thread = |name: &str| WaitThreadFact { name: name.into(), tid: 0, nanos: 0 };
        let threads = ["main", "worker-1", "worker-2", "tokio 3", "42"].map(thread);
        assert_eq!(thread_names(&threads, 9), "main, worker ×2, tokio 3, 42");
        assert_eq!(thread_names(&threads, 1), "main, +3");
    }
}
