//! What `Thread.print` prints: threads with their numbers, states and frames, and who holds what they wait for.
//!
//! The text is for people and changes a little with each release; what is not understood is left out. Names of threads
//! are the program's and may hold anything but a line feed that was not meant to be seen as a thread's end.

use super::names::{file_of_class, kind_of_class};
use crate::runtime::{GilState, ManagedFrame, RuntimeDump, ThreadDump};
use std::collections::BTreeMap;

/// Frames of one thread; HotSpot prints 1,024 unless told otherwise.
const MAX_FRAMES: usize = 4096;
/// Threads of one process.
const MAX_THREADS: usize = 100_000;

/// Reads the text.
pub(super) fn read(text: &str) -> RuntimeDump {
    let mut dump = RuntimeDump::default();
    let mut threads: Vec<Printed> = Vec::new();
    for line in text.lines() {
        if let Some(thread) = head(line) {
            if threads.len() >= MAX_THREADS {
                dump.issue(format!("there are more than {MAX_THREADS} threads"));
                break;
            }
            threads.push(thread);
        } else if let Some(thread) = threads.last_mut() {
            thread.line(line);
        }
    }
    let owners = owners(&threads);
    dump.threads = threads.into_iter().map(|thread| thread.told(&owners)).collect();
    if dump.threads.is_empty() {
        dump.issue("the JVM printed no thread".to_owned());
    }
    dump
}

/// A thread as it is printed.
#[derive(Default)]
struct Printed {
    tid: Option<i32>,
    name: String,
    state: Option<String>,
    frames: Vec<ManagedFrame>,
    /// Addresses of what it holds.
    holds: Vec<String>,
    /// Address and class of what it waits for, and how.
    waits: Option<(&'static str, String, String)>,
}

/// How a line begins that tells of a lock, and what that means; the object stands behind it.
const WAITS: [(&str, &str); 4] = [
    ("- waiting to re-lock in wait() ", "waits to lock"),
    ("- waiting to lock ", "waits to lock"),
    ("- waiting on ", "waits to be notified by"),
    ("- parking to wait for ", "is parked for"),
];

impl Printed {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("at ") {
            if self.frames.len() < MAX_FRAMES {
                self.frames.extend(frame(text));
            }
        } else if let Some(state) = line.strip_prefix("java.lang.Thread.State: ") {
            self.state = Some(state.to_lowercase());
        } else if let Some((how, object)) =
            WAITS.iter().find_map(|(begin, how)| Some((*how, object(line.strip_prefix(begin)?)?)))
        {
            self.waits.get_or_insert((how, object.0, object.1));
        } else if let Some((address, _)) =
            line.strip_prefix("- locked ").or(line.strip_prefix("- ")).and_then(object)
        {
            self.holds.push(address);
        }
    }

    fn told(self, owners: &BTreeMap<String, String>) -> ThreadDump {
        let mut said: Vec<String> = self.state.into_iter().collect();
        if let Some((how, address, class)) = self.waits {
            let owner = owners.get(&address).filter(|owner| **owner != self.name);
            let owner = owner.map(|owner| format!(" held by {owner:?}")).unwrap_or_default();
            said.push(format!("{how} a {class}{owner}"));
        }
        ThreadDump {
            tid: self.tid,
            pthread: 0,
            interpreter: 0,
            gil: GilState::NoLock,
            frames: self.frames,
            locals: Vec::new(),
            torn: false,
            name: Some(self.name),
            said,
        }
    }
}

/// Who holds what, by address. Who waits to be notified by an object has let it go, though it is printed as locked.
fn owners(threads: &[Printed]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for thread in threads {
        let own = thread.waits.as_ref().map(|(_, address, _)| address);
        for address in thread.holds.iter().filter(|address| Some(*address) != own) {
            owners.entry(address.clone()).or_insert_with(|| thread.name.clone());
        }
    }
    owners
}

/// `<0x00000006874007e0> (a java.lang.Object)`: address and class.
fn object(text: &str) -> Option<(String, String)> {
    let (address, rest) = text.trim_start().strip_prefix('<')?.split_once('>')?;
    let class = rest.trim().strip_prefix("(a ")?.strip_suffix(')')?;
    Some((address.to_owned(), class.to_owned()))
}

/// `"main" #1 prio=5 os_prio=0 … tid=0x… nid=0x74d6 runnable  [0x…]`.
fn head(line: &str) -> Option<Printed> {
    let rest = line.strip_prefix('"')?;
    let (name, words) = rest.rsplit_once('"')?;
    let number = words.split_whitespace().find_map(|word| word.strip_prefix("nid="))?;
    let tid = match number.strip_prefix("0x") {
        Some(hexadecimal) => i32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    };
    Some(Printed { tid: tid.filter(|tid| *tid > 0), name: name.to_owned(), ..Printed::default() })
}

/// `java.lang.Object.wait(java.base@17.0.15/Object.java:338)`, `Work.main(Work.java)`, `…(Native Method)`.
fn frame(text: &str) -> Option<ManagedFrame> {
    let (function, place) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    // `app//Work.main`: the loader of the class.
    let function = function.rsplit_once("//").map_or(function, |(_, name)| name);
    let (class, _) = function.rsplit_once('.')?;
    let place = place.rsplit_once('/').map_or(place, |(_, file)| file);
    let (file, line) = match place.rsplit_once(':') {
        Some((file, line)) => (file, line.parse().ok()),
        None => (place, None),
    };
    let is_file = !matches!(file, "Native Method" | "Unknown Source" | "");
    // The file's name as the class has it; its folder is the package's.
    let file = match (is_file, file_of_class(class)) {
        (true, Some(path)) => match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{file}"),
            None => file.to_owned(),
        },
        (true, None) => file.to_owned(),
        (false, path) => path.unwrap_or_default(),
    };
    Some(ManagedFrame {
        function: function.to_owned(),
        file,
        line: line.filter(|line| *line > 0),
        column: None,
        first_line: 0,
        kind: kind_of_class(class),
        is_entry: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::FrameKind;
    use proptest::prelude::*;

    const OF_17: &str = "2026-11-21 12:08:25\nFull thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode):\n\n\
        \"main \"quoted\"\" #1 prio=5 os_prio=0 cpu=8586.86ms tid=0x00007f73e8017ed0 nid=0x74d6 runnable  [0x0]\n   \
        java.lang.Thread.State: RUNNABLE\n\tat com.example.Work.hotInner(Work.java:5)\n\t\
        at app//Work.main(Unknown Source)\n\n\
        \"Finalizer\" #3 daemon prio=8 os_prio=0 tid=0x1 nid=0x74f6 in Object.wait()  [0x00007f73c12fe000]\n   \
        java.lang.Thread.State: WAITING (on object monitor)\n\tat java.lang.Object.wait(java.base@17.0.15/Native \
        Method)\n\t- waiting on <0x00000006874007e0> (a java.lang.ref.ReferenceQueue$Lock)\n\
        \"VM Thread\" os_prio=0 cpu=25.20ms elapsed=18.05s tid=0x00007fd3f00afdd0 nid=29927 runnable\n";

    #[test]
    fn threads_and_frames_are_read() {
        let dump = read(OF_17);
        let tids: Vec<Option<i32>> = dump.threads.iter().map(|thread| thread.tid).collect();
        assert_eq!(tids, [Some(0x74d6), Some(0x74f6), Some(29927)]);
        let of = |at: usize| -> Vec<(String, String, Option<u32>)> {
            let frames = dump.threads[at].frames.iter();
            frames.map(|frame| (frame.function.clone(), frame.file.clone(), frame.line)).collect()
        };
        assert_eq!(
            of(0),
            [
                ("com.example.Work.hotInner".to_owned(), "com/example/Work.java".to_owned(), Some(5)),
                ("Work.main".to_owned(), "Work.java".to_owned(), None),
            ]
        );
        assert_eq!(of(1), [("java.lang.Object.wait".to_owned(), "java/lang/Object.java".to_owned(), None)]);
        assert_eq!(dump.threads[1].frames[0].kind, FrameKind::Library);
        assert!(of(2).is_empty() && dump.issues.is_empty());
    }

    #[test]
    fn owners_of_locks_are_found() {
        let text = "\"holder\" #1 tid=0x1 nid=0x10 waiting on condition  [0x1]\n   java.lang.Thread.State: \
            TIMED_WAITING (sleeping)\n\tat java.lang.Thread.sleep(java.base@17/Native Method)\n\t- locked <0x0a> (a \
            java.lang.Object)\n\n   Locked ownable synchronizers:\n\t- <0x0b> (a X$Sync)\n\
            \"waiter\" #2 tid=0x2 nid=0x11 waiting for monitor entry  [0x2]\n   java.lang.Thread.State: BLOCKED (on \
            object monitor)\n\t- waiting to lock <0x0a> (a java.lang.Object)\n\
            \"parked\" #3 tid=0x3 nid=0x12 waiting on condition  [0x3]\n\t- parking to wait for  <0x0b> (a X$Sync)\n\
            \"sleeper\" #4 tid=0x4 nid=0x13 in Object.wait()  [0x4]\n\t- waiting on <0x0c> (a Q)\n\t- locked <0x0c> (a Q)\n\
            \"notifier\" #5 tid=0x5 nid=0x14 waiting for monitor entry  [0x5]\n\t- waiting to lock <0x0c> (a Q)\n";
        let said: Vec<Vec<String>> = read(text).threads.into_iter().map(|thread| thread.said).collect();
        assert_eq!(
            said,
            [
                vec!["timed_waiting (sleeping)"],
                vec!["blocked (on object monitor)", "waits to lock a java.lang.Object held by \"holder\""],
                vec!["is parked for a X$Sync held by \"holder\""],
                vec!["waits to be notified by a Q"],
                vec!["waits to lock a Q"],
            ]
        );
    }

    #[test]
    fn another_text_is_said_to_be_none() {
        assert_eq!(read("Unknown diagnostic command\n").issues, ["the JVM printed no thread"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\"[a-z\"]{0,4} nid=(0x)?[0-9a-z]{0,12}|\\tat [a-z.(/:)]{0,20}|- (locked )?<[0-9a-z>]{0,4} \\(a [a-z)]{0,4}|[ -~]{0,10}|\\n){0,20}") {
            let _ = read(&text);
        }
    }
}
