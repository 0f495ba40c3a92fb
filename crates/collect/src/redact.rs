//! Takes secrets out of command lines before they are written anywhere.
//!
//! Heuristic: it knows the usual shapes (`--password X`, `token=X`, `user:pass@host`, `-pX` of MySQL) and
//! misses unusual ones; what it takes out becomes `***`.

use fathom_model::secrets::{looks_secret, names_secret};

const MASK: &str = "***";
/// Longer command lines are cut; `ps` users know the habit.
const MAX_ARGUMENTS: usize = 64;
const MAX_ARGUMENT_CHARS: usize = 400;

/// The command line with secrets replaced and lengths bounded.
pub fn redact_command(arguments: &[String]) -> Vec<String> {
    let mut redacted = Vec::with_capacity(arguments.len().min(MAX_ARGUMENTS));
    let mut next_is_secret = false;
    for argument in arguments.iter().take(MAX_ARGUMENTS) {
        if next_is_secret && !argument.starts_with('-') {
            redacted.push(MASK.to_owned());
            next_is_secret = false;
            continue;
        }
        next_is_secret = argument.starts_with('-') && !argument.contains('=') && names_secret(argument);
        redacted.push(cut(&redact_argument(argument)));
    }
    if arguments.len() > MAX_ARGUMENTS {
        redacted.push(format!("... ({} more)", arguments.len() - MAX_ARGUMENTS));
    }
    redacted
}

fn redact_argument(argument: &str) -> String {
    if let Some((name, value)) = argument.split_once('=')
        && !value.is_empty()
        && names_secret(name)
    {
        return format!("{name}={MASK}");
    }
    if let Some((scheme, rest)) = argument.split_once("://")
        && let Some((user_info, host)) = rest.split_once('@')
        && let Some((user, _)) = user_info.split_once(':')
        && !user_info.contains('/')
    {
        return format!("{scheme}://{user}:{MASK}@{host}");
    }
    if looks_secret(argument) {
        return MASK.to_owned();
    }
    argument.to_owned()
}

fn cut(argument: &str) -> String {
    if argument.chars().count() <= MAX_ARGUMENT_CHARS {
        return argument.to_owned();
    }
    argument.chars().take(MAX_ARGUMENT_CHARS).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(line: &str) -> String {
        redact_command(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).join(" ")
    }

    #[test]
    fn secrets_are_taken_out() {
        assert_eq!(redacted("psql --password hunter2 -h db"), "psql --password *** -h db");
        assert_eq!(redacted("x --api-key=abc DB_TOKEN=1 plain=2"), "x --api-key=*** DB_TOKEN=*** plain=2");
        assert_eq!(redacted("c postgres://me:pw@h/db?x=y"), "c postgres://me:***@h/db?x=y");
        assert_eq!(redacted(&format!("deploy AKIA{}", "ABCDEFGHIJKLMNOP")), "deploy ***");
    }

    #[test]
    fn ordinary_lines_stay() {
        for line in ["ls -l /tmp", "curl http://h:80/a@b", "a --tokens", "git log --format=%h"] {
            assert_eq!(redacted(line), line);
        }
    }
}
