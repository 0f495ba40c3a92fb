//! `docs/cli.md` from the argument definitions.

use clap::{Arg, Command};
use std::fmt::Write;

/// The page for a command and all its visible subcommands.
pub(super) fn render(mut root: Command) -> String {
    root.build();
    let mut page = String::from(
        "<!-- Made by `cargo xtask gen`; edit the definitions in crates/cli instead. -->\n# The command line\n\n\
        Data goes to stdout, talk to stderr. A broken pipe is not an error. Colour appears on a terminal only, and \
        not when `NO_COLOR` is set.\n\n\
        Settings: flags, then `FATHOM_*` variables, then the nearest `fathom.toml` up to the repository's root (outside \
        of a repository: the one in the current directory), then `$XDG_CONFIG_HOME/fathom/fathom.toml`. A key that is \
        not known is an error. The keys are in [schema/settings.schema.json](schema/settings.schema.json):\n\n\
        ```toml\n[record]\nrate = 499\nsignals = [\"cpu\", \"off-cpu\"]\nchildren = true\nmax-overhead = 1  # percent\n\
        ```\n\n\
        Exit codes: 0 done, 2 error; `fathom run` has its command's own (see there).\n",
    );
    for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
        section(&mut page, command);
    }
    page
}

fn section(page: &mut String, command: &Command) {
    // Writing to a string does not fail.
    let _ = writeln!(page, "\n## fathom {}\n", command.get_name());
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(page, "{}\n", with_stop(&about));
    let usage = command.clone().render_usage().to_string();
    let _ = writeln!(
        page,
        "```\n{}\n```\n\n| argument | meaning |\n|---|---|",
        usage.trim_start_matches("Usage: ")
    );
    for argument in
        command.get_arguments().filter(|argument| !argument.is_hide_set() && argument.get_id() != "help")
    {
        let _ = writeln!(page, "| {} | {} |", spelling(argument), meaning(argument));
    }
    if let Some(more) = command.get_after_long_help() {
        for part in more.to_string().split("\n\n") {
            match part.split_once(":\n") {
                Some((title, lines)) => {
                    let _ = writeln!(page, "\n{title}:\n\n```\n{}\n```", unindent(lines));
                }
                None => {
                    let _ = writeln!(page, "\n{part}");
                }
            }
        }
    }
}

fn spelling(argument: &Arg) -> String {
    let value = argument.get_value_names().map(|names| names.join(" ")).unwrap_or_default();
    let takes_value = argument.get_action().takes_values();
    let mut names = Vec::new();
    if let Some(short) = argument.get_short() {
        names.push(format!("-{short}"));
    }
    if let Some(long) = argument.get_long() {
        names.push(format!("--{long}"));
    }
    let text = match (names.is_empty(), takes_value) {
        (true, _) => value,
        (false, true) => format!("{} {value}", names.join(", ")),
        (false, false) => names.join(", "),
    };
    format!("`{}`", text.replace('|', "\\|"))
}

/// The long help if there is one; its first paragraph is the short help.
fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    with_stop(&help).replace('\n', " ").replace("  ", " ").replace('|', "\\|")
}

/// The first paragraph of help has no full stop, which reads badly once more follows.
fn with_stop(help: &str) -> String {
    match help.split_once("\n\n") {
        Some((first, rest)) => format!("{}.\n\n{rest}", first.trim_end_matches('.')),
        None => help.to_owned(),
    }
}

fn unindent(lines: &str) -> String {
    lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}
