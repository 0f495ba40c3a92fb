//! A socket of our own stands where a JVM's would.

use super::*;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread::JoinHandle;

const LIMIT: Duration = Duration::from_millis(300);

struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// This process as if it were a JVM that keeps its files in a folder of the test's.
fn attach(name: &str) -> (Attach, Place) {
    let path = std::env::temp_dir().join(format!("fathom-attach-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    let pid = std::process::id() as i32;
    let process = ProcessView::Live(pid);
    let status = process.status().expect("our status");
    let facts = Facts { version: None, flags: BTreeMap::from([("DisableAttachMechanism", false)]) };
    let attach = Attach {
        pid,
        start_ticks: process.stat().expect("our stat").start_ticks,
        innermost_pid: 7,
        owner: Owner { uid: status.uids[1], gid: status.gids[1] },
        temp: process.folder_in_root(&path).expect("the folder"),
        machine: Machine { facts, unreadable: None },
    };
    (attach, Place(path))
}

/// Serves one connection.
fn serve(place: &Place, act: impl FnOnce(UnixStream) + Send + 'static) -> JoinHandle<()> {
    let listener = UnixListener::bind(place.0.join(".java_pid7")).expect("a socket");
    std::thread::spawn(move || act(listener.accept().expect("a client").0))
}

fn read_request(stream: &mut UnixStream) -> Vec<u8> {
    let mut bytes = vec![0; b"1\0jcmd\0JFR.check\0\0\0".len()];
    stream.read_exact(&mut bytes).expect("a request");
    bytes
}

/// The answer to `JFR.check` of whoever listens.
fn ask(name: &str, act: impl FnOnce(UnixStream) + Send + 'static) -> Result<String, String> {
    let (attach, place) = attach(name);
    let server = serve(&place, act);
    let answer = attach.command("JFR.check", LIMIT, 1000).map_err(|error| error.to_string());
    drop(server.join());
    answer
}

#[test]
fn a_command_is_answered() {
    let answer = ask("good", |mut stream| {
        assert_eq!(read_request(&mut stream), b"1\0jcmd\0JFR.check\0\0\0");
        stream.write_all(b"0\nNo available recordings.\n").expect("written");
    });
    assert_eq!(answer, Ok("No available recordings.\n".to_owned()));
}

#[test]
fn a_refusal_is_told_in_its_words() {
    let error = ask("refusal", |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"1\njava.lang.IllegalArgumentException: Unknown\tcommand\n").expect("written");
    });
    let error = error.expect_err("refused");
    assert!(
        error.ends_with("refused `JFR.check` (1): java.lang.IllegalArgumentException: Unknown command"),
        "{error}"
    );
}

#[test]
fn silence_ends() {
    let error = ask("silence", |mut stream| {
        // Until the client has gone.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let error = error.expect_err("silence");
    assert!(error.contains("did not answer `JFR.check` within 0 s; 0 bytes came"), "{error}");
}

#[test]
fn a_slow_answer_ends_too() {
    let error = ask("slow", |mut stream| {
        let _ = stream.write_all(b"0\n");
        while stream.write_all(b".").is_ok() {
            std::thread::park_timeout(Duration::from_millis(20));
        }
    });
    assert!(error.expect_err("slow").contains("did not answer"));
}

#[test]
fn endless_data_ends() {
    let error = ask("endless", |mut stream| {
        let _ = stream.write_all(b"0\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let error = error.expect_err("endless");
    assert!(error.ends_with("the answer has more than 1000 bytes"), "{error}");
}

#[test]
fn nonsense_is_named() {
    let error = ask("nonsense", |mut stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let error = error.expect_err("nonsense");
    assert!(error.contains("is no JVM: the answer begins with \"SSH-2.0-Open\""), "{error}");
}

#[test]
fn an_early_end_is_named() {
    let error = ask("early", drop).expect_err("an early end");
    assert!(
        error.contains("the answer begins with \"\"") || error.contains("of process"),
        "an empty answer, or a broken connection: {error}"
    );
}

#[test]
fn what_is_no_socket_is_not_spoken_with() {
    let (attach, place) = attach("file");
    assert!(!attach.listens().expect("nothing there"));
    std::fs::write(place.0.join(".java_pid7"), "x").expect("written");
    let error = attach.command("JFR.check", LIMIT, 1000).expect_err("a file").to_string();
    assert!(
        error.contains("/tmp/.java_pid7 of process") && error.contains("is no socket; needed is"),
        "{error}"
    );
    std::fs::remove_file(place.0.join(".java_pid7")).expect("removed");
    std::os::unix::fs::symlink("/nowhere", place.0.join(".java_pid7")).expect("a link");
    assert!(attach.listens().is_err());
}

#[test]
fn the_socket_of_another_process_is_not_spoken_with() {
    let (mut attach, place) = attach("other");
    attach.pid = 1;
    let server = serve(&place, drop);
    let error = attach.command("JFR.check", LIMIT, 1000).expect_err("another's").to_string();
    assert!(error.contains(&format!("was opened by process {}", std::process::id())), "{error}");
    drop(server.join());
}

#[test]
fn the_signal_is_only_sent_to_who_expects_it() {
    let (mut attach, place) = attach("signal");
    // This process does not catch SIGQUIT, and is still there afterwards.
    let error = attach.listen().expect_err("not caught").to_string();
    assert!(error.contains("it does not catch SIGQUIT"), "{error}");
    attach.machine.facts.flags.insert("DisableAttachMechanism", true);
    let error = attach.listen().expect_err("switched off").to_string();
    assert!(error.contains("-XX:+DisableAttachMechanism"), "{error}");
    attach.machine.facts.flags.clear();
    let error = attach.listen().expect_err("not known").to_string();
    assert!(error.contains("cannot be read"), "{error}");
    let left = std::fs::read_dir(&place.0).expect("the folder").count();
    assert_eq!(left, 0, "no file is made for one who is not told");
}

#[test]
fn what_told_it_to_listen_goes_once_the_signal_is_taken() {
    let (attach, place) = attach("forget");
    attach.forget().expect("nothing is there");
    std::fs::write(place.0.join(".attach_pid7"), "").expect("written");
    attach.forget().expect("removed");
    assert!(!place.0.join(".attach_pid7").exists());
    assert!(is_pending(b"SigPnd:\t0000000000000004\n", SIGQUIT));
    assert!(is_pending(b"SigPnd:\t0\nShdPnd:\t0000000000000004\n", SIGQUIT));
    assert!(!is_pending(b"SigPnd:\t0000000000000002\nSigCgt:\t0000000000000004\n", SIGQUIT));
}
