//! What `Thread.print` prints: threads with their numbers and frames.
//!
//! The text is for people and changes a little with each release; what is not understood is left out. Names of threads
//! are the program's and may hold anything but a line feed that was not meant to be seen as a thread's end.

use super::names::{file_of_class, kind_of_class};
use crate::runtime::{GilState, ManagedFrame, RuntimeDump, ThreadDump};

/// Frames of one thread; HotSpot prints 1,024 unless told otherwise.
const MAX_FRAMES: usize = 4096;
/// Threads of one process.
const MAX_THREADS: usize = 100_000;

/// Reads the text.
pub(super) fn read(text: &str) -> RuntimeDump {
    let mut dump = RuntimeDump::default();
    let mut current: Option<ThreadDump> = None;
    for line in text.lines() {
        if let Some(thread) = head(line) {
            dump.threads.extend(current.replace(thread));
            if dump.threads.len() >= MAX_THREADS {
                dump.issue(format!("there are more than {MAX_THREADS} threads"));
                return dump;
            }
        } else if let (Some(thread), Some(text)) = (&mut current, line.trim_start().strip_prefix("at "))
            && thread.frames.len() < MAX_FRAMES
        {
            thread.frames.extend(frame(text));
        }
    }
    dump.threads.extend(current);
    if dump.threads.is_empty() {
        dump.issue("the JVM printed no thread".to_owned());
    }
    dump
}

/// `"main" #1 prio=5 os_prio=0 … tid=0x… nid=0x74d6 runnable  [0x…]`.
fn head(line: &str) -> Option<ThreadDump> {
    let rest = line.strip_prefix('"')?;
    let (_, words) = rest.rsplit_once('"')?;
    let number = words.split_whitespace().find_map(|word| word.strip_prefix("nid="))?;
    let tid = match number.strip_prefix("0x") {
        Some(hexadecimal) => i32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    };
    Some(ThreadDump {
        tid: tid.filter(|tid| *tid > 0),
        pthread: 0,
        interpreter: 0,
        gil: GilState::NoLock,
        frames: Vec::new(),
        locals: Vec::new(),
        torn: false,
    })
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
    fn another_text_is_said_to_be_none() {
        assert_eq!(read("Unknown diagnostic command\n").issues, ["the JVM printed no thread"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\"[a-z\"]{0,4} nid=(0x)?[0-9a-z]{0,12}|\\tat [a-z.(/:)]{0,20}|[ -~]{0,10}|\\n){0,20}") {
            let _ = read(&text);
        }
    }
}
