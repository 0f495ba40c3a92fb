//! On a terminal: Ctrl-C, Ctrl-Z, job control, colour, and what a terminal must not get.

use crate::bench::{Folder, Terminal, run};
use std::fs;

#[test]
fn the_command_has_the_terminal() {
    let folder = Folder::new();
    let script =
        "$FATHOM run -- sh -c 'test -t 0 && test -t 1 && test -t 2 && stty size >/dev/null && exit 9'";
    let (code, screen) = Terminal::start(&folder, script).end();
    assert_eq!(code, 9, "{screen}");
}

#[test]
fn ctrl_c_reaches_the_command_once_and_is_reported() {
    let folder = Folder::new();
    let script = "n=0; trap 'n=$((n+1)); echo interrupted-$n' INT; echo rea''dy
        while [ $n -lt 1 ]; do sleep 0.05; done; sleep 0.3; echo total-$n; exit 4";
    let mut terminal = Terminal::start(
        &folder,
        &format!("$FATHOM run -o x.fathom -- sh -c \"{}\"", script.replace('$', "\\$")),
    );
    terminal.screen.expect("ready");
    terminal.type_in("\x03");
    terminal.screen.expect("total-1");
    let (code, screen) = terminal.end();
    assert_eq!(code, 4, "{screen}");
    assert!(!screen.contains("interrupted-2"), "{screen}");
    assert!(folder.join("x.fathom").is_file(), "{screen}");
}

#[test]
fn ctrl_c_that_ends_the_command_ends_the_recording() {
    let folder = Folder::new();
    let mut terminal =
        Terminal::start(&folder, "$FATHOM run -o x.fathom -- sh -c 'echo rea\"\"dy; read never'");
    terminal.screen.expect("ready");
    terminal.type_in("\x03");
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    assert!(folder.join("x.fathom").is_file(), "{screen}");
}

#[test]
fn job_control_stops_and_continues_both() {
    let folder = Folder::new();
    // Not the terminal: the command may take a key from the shell if it is woken by it before it has stopped.
    let gate = folder.join("gate");
    assert!(folder.command("mkfifo").arg(&gate).status().unwrap().success());
    // A shell that edits its line loses what is typed while it changes the terminal's mode.
    let mut shell = Terminal::start(&folder, "PS1='next: ' bash --norc --noprofile --noediting -i");
    shell.screen.expect("next: ");
    shell.type_in("$FATHOM run -- sh -c 'echo rea\"\"dy; read word <gate; echo \"got\"-$word; exit 6'\n");
    shell.screen.expect("ready");
    shell.type_in("\x1a");
    shell.screen.expect("Stopped");
    shell.screen.expect("next: ");
    shell.type_in("jobs -s | wc -l | sed s/^/stopped-jobs-/\n");
    shell.screen.expect("stopped-jobs-1");
    shell.screen.expect("next: ");
    shell.type_in("fg\n");
    shell.screen.expect("run --");
    fs::write(&gate, "hello\n").unwrap();
    shell.screen.expect("got-hello");
    shell.screen.expect("next: ");
    shell.type_in("echo code-$?\n");
    shell.screen.expect("code-6");
    shell.screen.expect("next: ");
    shell.type_in("exit\n");
    shell.end();
}

#[test]
fn colour_is_for_terminals_without_no_color() {
    let folder = Folder::new();
    let name = folder.record();
    let (code, screen) = Terminal::start(&folder, &format!("$FATHOM report {name}")).end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains('\x1b'), "{screen}");
    for script in [
        "NO_COLOR=1 $FATHOM report x.fathom",
        "TERM=dumb $FATHOM report x.fathom",
        "NO_COLOR=1 $FATHOM --help",
    ] {
        let (_, screen) = Terminal::start(&folder, script).end();
        assert!(!screen.contains('\x1b'), "{script}: {screen}");
    }
    let ended = run(&mut folder.fathom(["report", name]));
    assert!(!ended.stdout.contains('\x1b'), "{}", ended.stdout);
    let ended = run(&mut folder.fathom(["report", "not-there.fathom"]));
    assert!(!ended.stderr.contains('\x1b'), "{}", ended.stderr);
}

#[test]
fn a_terminal_gets_no_binary_data() {
    let folder = Folder::new();
    folder.record();
    let (code, screen) = Terminal::start(&folder, "$FATHOM export x.fathom --format pprof").end();
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("pprof is binary and stdout is a terminal"), "{screen}");
    assert!(screen.contains("fathom export x.fathom --format pprof -o profile."), "{screen}");
}
