//! What Callgrind writes of a program of this machine, against `callgrind_annotate`. Skips where they are not installed.

use fathom_formats::{FORMATS, Input, WriteOptions};
use fathom_model::{Recording, Signal};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Costs = BTreeMap<String, i64>;

/// `file:function` and its cost, as `callgrind_annotate` prints them.
fn annotated(file: &Path, inclusive: &str) -> Option<Costs> {
    let output = Command::new("callgrind_annotate")
        .current_dir("/")
        .args(["--threshold=100", "--auto=no", "--show-percs=no", "--show=Ir", inclusive])
        .arg(file)
        .output()
        .ok()?;
    let mut costs = Costs::new();
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        let Some((cost, name)) = line.trim_start().split_once("  ") else { continue };
        let Ok(cost) = cost.replace(',', "").parse::<i64>() else { continue };
        // Behind it stands the object file.
        let name = name.rsplit_once(" [").map_or(name, |(name, _)| name);
        if name != "PROGRAM TOTALS" {
            costs.insert(name.trim().to_owned(), cost);
        }
    }
    Some(costs)
}

fn place(recording: &Recording, frame: fathom_model::FrameId) -> String {
    let frame = &recording.frames[frame.index()];
    format!("{}:{}", frame.file.as_deref().unwrap_or("???"), frame.function.as_deref().unwrap_or("???"))
}

/// Costs by `file:function` of the innermost frame, and by function of every frame.
fn ours(recording: &Recording) -> (Costs, Costs) {
    let (mut own, mut inclusive) = (Costs::new(), Costs::new());
    for sample in recording.samples.iter().filter(|sample| sample.signal == Signal::Column1) {
        let frames: Vec<_> = recording.stacks.frames(sample.stack.expect("a stack")).collect();
        *own.entry(place(recording, frames[0])).or_default() += sample.value;
        let functions: BTreeSet<_> =
            frames.iter().filter_map(|id| recording.frames[id.index()].function.as_deref()).collect();
        for function in functions {
            *inclusive.entry(function.to_owned()).or_default() += sample.value;
        }
    }
    (own, inclusive)
}

/// Functions that `callgrind_annotate` knows in one file only, and that are not called by themselves: it counts the
/// others again for each file, and for each call within another.
fn comparable(costs: &Costs) -> Costs {
    let mut files: BTreeMap<&str, u32> = BTreeMap::new();
    let function = |name: &'_ str| name.split_once(':').map_or(0, |(file, _)| file.len() + 1);
    for name in costs.keys() {
        *files.entry(&name[function(name)..]).or_default() += 1;
    }
    costs
        .iter()
        .map(|(name, cost)| (&name[function(name)..], *cost))
        .filter(|(name, _)| files[name] == 1 && !name.contains('\''))
        .map(|(name, cost)| (name.to_owned(), cost))
        .collect()
}

#[test]
fn what_callgrind_writes_costs_what_callgrind_annotate_says() {
    let directory = tempfile::tempdir().expect("a directory");
    let format = FORMATS.iter().find(|format| format.name == "callgrind").expect("it is there");
    let (read, write) = (format.read.expect("it reads"), format.write.expect("it writes"));
    for options in [&[][..], &["--dump-instr=yes", "--collect-jumps=yes"], &["--separate-threads=yes"]] {
        let file = directory.path().join("callgrind.out");
        let ran = Command::new("valgrind")
            .args(["--tool=callgrind", &format!("--callgrind-out-file={}", file.display())])
            .args(options)
            .args(["/bin/ls", "/"])
            .output();
        if !ran.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: valgrind is not installed or does not run");
            return;
        }
        let threads = directory.path().join("callgrind.out-01");
        let file = if options.contains(&"--separate-threads=yes") { threads } else { file };
        let bytes = std::fs::read(&file).expect("written by valgrind");
        assert_eq!(fathom_formats::recognise(&bytes[..4096]).map(|found| found.0.name), Some("callgrind"));
        let (recording, issues) = read(&Input::new(&bytes));
        assert_eq!(issues, [], "{options:?}");
        let Some(theirs) = annotated(&file, "--inclusive=no") else {
            eprintln!("skipped: callgrind_annotate is not installed");
            return;
        };
        let (own, inclusive) = ours(&recording);
        assert!(theirs.len() > 50, "{options:?}: {}", theirs.len());
        assert_eq!(own, theirs, "{options:?}");
        let theirs = comparable(&annotated(&file, "--inclusive=yes").expect("it ran before"));
        assert!(theirs.len() > 40, "{options:?}: {}", theirs.len());
        let differing: Vec<_> =
            theirs.iter().filter(|(name, cost)| inclusive.get(*name) != Some(cost)).collect();
        assert!(differing.is_empty(), "{options:?}: {differing:?}");

        // And back again.
        let written = write(&recording, &WriteOptions::default()).expect("it has samples").remove(0);
        let back = directory.path().join("back.out");
        std::fs::write(&back, &written.bytes).expect("written");
        let mut theirs = annotated(&back, "--inclusive=no").expect("it ran before");
        theirs.retain(|_, cost| *cost > 0);
        assert_eq!(theirs, own, "{options:?}, written");
        let theirs = comparable(&annotated(&back, "--inclusive=yes").expect("it ran before"));
        let differing: Vec<_> = theirs
            .iter()
            .filter(|(name, cost)| *name != "(root)" && inclusive.get(*name) != Some(cost))
            .collect();
        assert!(differing.is_empty(), "{options:?}, written: {differing:?}");
    }
}
