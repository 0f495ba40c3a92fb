//! The guardian: a small process that takes back what Fathom did in a target, when Fathom is gone.
//!
//! Before the first side effect in a target (an inspector that opens a port, a recording inside a JVM, a file in its
//! `/tmp`) the step that takes it back is promised here. The guardian reads promises from a pipe and says that it has
//! each of them before the side effect happens. When the pipe closes (Fathom ended, crashed, or was killed with
//! SIGKILL) it carries out what is still promised, the latest first, and ends. It is Fathom's own program, started
//! only when the first promise is made, in a session of its own, so that a signal for the terminal's group does not
//! reach it.
//!
//! It also holds the turns: of two Fathoms that ask one target at the same time, each would take the other's changes
//! for the program's own. The guardian has the turn, not Fathom, because it is the one that lives until everything is
//! taken back. A turn is a name in the kernel's list of local sockets, which goes with its holder.
//!
//! Both directions are lines: `promise NUMBER COLLECTOR STEP`, `turn NUMBER NAME` and `done NUMBER` there, `NUMBER`
//! back for a promise or a turn, and `NUMBER busy` for a turn that another guardian has.

use fathom_sys::signals::outlive_session;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// Longest line: a step names processes and files, nothing large.
const MAX_LINE_BYTES: u64 = 64 << 10;
/// How long one step may take. A target that does not answer must not keep the guardian for ever.
const UNDO_LIMIT: Duration = Duration::from_secs(120);
/// How long Fathom waits at its end for what is still to be taken back; then the guardian goes on alone.
const END_LIMIT: Duration = Duration::from_secs(3);
const END_PAUSE: Duration = Duration::from_millis(5);
/// Between two looks whether it is our turn.
const TURN_PAUSE: Duration = Duration::from_millis(20);

/// Fathom's end of the guardian; clones share one process.
#[derive(Clone)]
pub struct Guardian {
    command: Vec<OsString>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    running: Option<Running>,
    next_number: u64,
}

struct Running {
    child: Child,
    /// `None` only while it ends.
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl std::fmt::Debug for Guardian {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guardian").field("command", &self.command).finish_non_exhaustive()
    }
}

/// A step that is taken back unless [`Promise::done`] is called, also if this value is dropped: then when Fathom
/// ends. Or a turn, which is kept as long.
#[derive(Debug)]
#[must_use = "without `done` the step is taken back when Fathom ends"]
pub struct Promise {
    number: u64,
    guardian: Guardian,
}

impl Guardian {
    /// A guardian that is started by `command` (Fathom's own program and the word that makes it [`guard`]) at the
    /// first promise.
    pub fn new(command: Vec<OsString>) -> Self {
        Self { command, shared: Arc::default() }
    }

    /// Makes sure that `step` of a collector is taken back whatever happens to Fathom. Call it before the step.
    ///
    /// # Errors
    /// The guardian cannot be started or does not answer: the step must not be taken then.
    pub fn promise(&self, collector: &str, step: &str) -> io::Result<Promise> {
        let (promise, answer) = self.ask("promise", &format!("{collector} {step}"))?;
        answer.then_some(promise).ok_or_else(|| io::Error::other("the guardian does not take a promise"))
    }

    /// Waits until no other Fathom has the turn called `name`; `None` if that does not happen within `limit`. It is
    /// given away by [`Promise::done`], and else when everything was taken back after Fathom's end.
    ///
    /// # Errors
    /// As for [`Self::promise`].
    pub fn take_turn(&self, name: &str, limit: Duration) -> io::Result<Option<Promise>> {
        let begun = Instant::now();
        loop {
            let (turn, is_ours) = self.ask("turn", name)?;
            if is_ours {
                return Ok(Some(turn));
            }
            if begun.elapsed() >= limit {
                return Ok(None);
            }
            std::thread::sleep(TURN_PAUSE);
        }
    }

    /// Sends a line, and gives whether the answer is yes.
    fn ask(&self, what: &str, rest: &str) -> io::Result<(Promise, bool)> {
        if rest.contains('\n') {
            return Err(io::Error::other("what a guardian is told has to be one line"));
        }
        let mut shared = self.shared.lock().map_err(|_| io::Error::other("the guardian's lock is lost"))?;
        let number = shared.next_number;
        shared.next_number += 1;
        let mut running = match shared.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        // Kept only if it answers: the next one is asked of a new one.
        let answer = running.ask(number, what, rest)?;
        shared.running = Some(running);
        drop(shared);
        Ok((Promise { number, guardian: self.clone() }, answer))
    }

    fn start(&self) -> io::Result<Running> {
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| io::Error::other("the guardian has no command"))?;
        let mut child = Command::new(program)
            .arg0("fathom")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => Ok(Running { child, to: Some(to), from: BufReader::new(from) }),
            _ => Err(io::Error::other("the guardian has no pipes")),
        }
    }
}

impl Running {
    fn ask(&mut self, number: u64, what: &str, rest: &str) -> io::Result<bool> {
        self.write(&format!("{what} {number} {rest}\n"))?;
        let mut line = String::new();
        self.from.by_ref().take(64).read_line(&mut line)?;
        match line.trim_end() {
            yes if yes == number.to_string() => Ok(true),
            no if no == format!("{number} busy") => Ok(false),
            other => Err(io::Error::other(format!("the guardian answered {other:?}, needed is {number}"))),
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        self.to.as_mut().map_or(Ok(()), |to| to.write_all(line.as_bytes()))
    }
}

impl Drop for Running {
    /// Waits a moment, so that usually nothing of Fathom is left when it has ended. What is still promised is taken
    /// back now; a target that does not answer is waited for by the guardian alone.
    fn drop(&mut self) {
        // The closed pipe is the guardian's sign.
        self.to = None;
        let deadline = Instant::now() + END_LIMIT;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(END_PAUSE);
        }
    }
}

impl Promise {
    /// The step was taken back, or never taken; the turn is given away.
    pub fn done(self) {
        if let Ok(mut shared) = self.guardian.shared.lock()
            && let Some(running) = &mut shared.running
        {
            // A guardian that is gone has nothing left to undo, and one that takes back twice does no harm.
            let _ = running.write(&format!("done {}\n", self.number));
        }
    }
}

/// How the steps of each collector are taken back: its id, and what does it.
pub type Undo = fn(collector: &str, step: &str) -> Result<(), String>;

/// The whole of the guardian process, on its stdin and stdout. Gives what could not be taken back, in sentences.
pub fn guard(undo: Undo) -> Vec<String> {
    outlive_session();
    serve(&mut io::stdin().lock(), &mut io::stdout(), undo)
}

/// Takes promises until `input` ends, then takes back what is left, the latest first.
fn serve(mut input: &mut dyn BufRead, output: &mut dyn Write, undo: Undo) -> Vec<String> {
    let mut promises: BTreeMap<u64, (String, String)> = BTreeMap::new();
    let mut turns: BTreeMap<u64, UnixListener> = BTreeMap::new();
    let mut failures = Vec::new();
    loop {
        let mut line = String::new();
        // An error of the pipe is its end as well: nobody is there any more.
        let n_bytes = (&mut input).take(MAX_LINE_BYTES).read_line(&mut line).unwrap_or(0);
        if n_bytes == 0 || !line.ends_with('\n') {
            break;
        }
        let mut words = line.trim_end_matches('\n').splitn(4, ' ');
        let (what, number) = (words.next(), words.next().and_then(|number| number.parse::<u64>().ok()));
        match (what, number, words.next(), words.next()) {
            (Some("promise"), Some(number), Some(collector), Some(step)) => {
                promises.insert(number, (collector.to_owned(), step.to_owned()));
                // Who does not hear this does not take the step.
                let _ = writeln!(output, "{number}").and_then(|()| output.flush());
            }
            (Some("turn"), Some(number), Some(name), None) => {
                let turn = take_turn(name);
                let answer = if turn.is_ok() { "" } else { " busy" };
                turns.extend(turn.map(|turn| (number, turn)));
                let _ = writeln!(output, "{number}{answer}").and_then(|()| output.flush());
            }
            (Some("done"), Some(number), None, None) => {
                promises.remove(&number);
                turns.remove(&number);
            }
            _ => failures.push(format!("the guardian does not understand {:?}", line.trim_end())),
        }
    }
    let undone = promises.into_values().rev().map(|(collector, step)| within_limit(undo, collector, step));
    failures.extend(undone.filter_map(Result::err));
    drop(turns);
    failures
}

fn take_turn(name: &str) -> io::Result<UnixListener> {
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(format!("fathom/{name}"))?)
}

fn within_limit(undo: Undo, collector: String, step: String) -> Result<(), String> {
    let (done, wait) = mpsc::channel();
    let text = format!("{collector} did not take back {step} within {UNDO_LIMIT:?}");
    std::thread::spawn(move || {
        let _ = done.send(undo(&collector, &step));
    });
    wait.recv_timeout(UNDO_LIMIT).unwrap_or(Err(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    static UNDONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

    fn undo(collector: &str, step: &str) -> Result<(), String> {
        match (collector, step) {
            ("notes", "bad") => Err("bad stays".to_owned()),
            ("notes", step) => UNDONE
                .lock()
                .map(|mut undone| undone.push(step.to_owned()))
                .map_err(|error| error.to_string()),
            (other, _) => Err(format!("there is no collector {other:?}")),
        }
    }

    #[test]
    fn what_is_still_promised_at_the_end_is_taken_back_latest_first() {
        let text = "promise 0 notes {\"a\": 1}\npromise 1 notes two words\npromise 2 notes bad\npromise 3 other x\n\
                    promise 4 notes four\ndone 1\nnonsense\npromise 5 notes cut off";
        let mut output = Vec::new();
        let failures = serve(&mut text.as_bytes(), &mut output, undo);
        assert_eq!(String::from_utf8_lossy(&output), "0\n1\n2\n3\n4\n");
        assert_eq!(*UNDONE.lock().expect("no test panicked"), ["four", "{\"a\": 1}"]);
        assert_eq!(
            failures,
            ["the guardian does not understand \"nonsense\"", "there is no collector \"other\"", "bad stays"]
        );
    }

    #[test]
    fn a_turn_is_given_to_one_at_a_time() {
        let name = format!("turn/{}", std::process::id());
        let ask = |text: String| {
            let mut output = Vec::new();
            assert_eq!(serve(&mut text.as_bytes(), &mut output, undo), [""; 0]);
            String::from_utf8(output).expect("lines")
        };
        let other = take_turn(&name).expect("nobody has it");
        assert_eq!(ask(format!("turn 0 {name}\n")), "0 busy\n");
        drop(other);
        // Nobody has two of the same name, and one that is given away can be taken.
        let text = format!("turn 0 {name}\nturn 1 {name}\ndone 0\nturn 2 {name}\n");
        assert_eq!(ask(text), "0\n1 busy\n2\n");
        // It ends with the guardian.
        take_turn(&name).expect("nobody has it");
    }

    #[test]
    fn a_guardian_that_does_not_answer_is_no_guardian() {
        for command in [vec!["/bin/true".into()], vec!["/does/not/exist".into()], vec![]] {
            assert!(Guardian::new(command).promise("notes", "step").is_err());
        }
        // It answers something else.
        assert!(Guardian::new(vec!["/bin/cat".into()]).promise("notes", "step").is_err());
    }
}
