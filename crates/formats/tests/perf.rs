//! Profiles that perf records here, read and compared with what `perf script` prints of them.
//!
//! Runs with `SLOW=1` where perf is installed and may record.

use fathom_formats::{Input, by_name};
use fathom_model::{FrameKind, Recording, Sample};
use std::path::Path;
use std::process::{Command, Stdio};

/// Threads, processes, system calls and an `exec`.
const PROGRAM: &str = "for i in 1 2 3; do (sort /etc/services | sha256sum; ls -R /usr/include /usr/share/doc \
                       | sort -r | gzip | md5sum) > /dev/null & done; wait";

fn perf(arguments: &[&str], directory: &Path, output: Option<&Path>) -> bool {
    let mut command = Command::new("perf");
    command.args(arguments).current_dir(directory).stderr(Stdio::null()).stdin(Stdio::null());
    let stdout = output.map_or_else(Stdio::null, |path| std::fs::File::create(path).expect("a file").into());
    command.stdout(stdout).status().is_ok_and(|status| status.success())
}

fn read(name: &str, path: &Path) -> Recording {
    let bytes = std::fs::read(path).expect("recorded");
    let format = by_name(name).expect("it is in the list");
    assert_eq!((format.sniff)(&bytes[..bytes.len().min(65536)]), fathom_formats::Sniff::Yes);
    let (recording, issues) = (format.read.expect("it reads"))(&Input::new(&bytes));
    let are_known = issues.iter().all(|issue| issue.message.contains("copies of the stack"));
    assert!(are_known, "{issues:?}");
    recording
}

fn task(recording: &Recording, sample: &Sample) -> String {
    let thread = &recording.threads[sample.thread.index()];
    let pid = recording.processes[sample.process.index()].pid;
    format!("{} {pid}/{} {:?} {}", thread.name, thread.tid, sample.cpu, sample.time_nanos / 1_000)
}

/// Addresses as perf prints them: those within files, and of callers where the call returns to.
fn ours(recording: &Recording) -> Vec<String> {
    let line = |sample: &Sample| {
        let mut line =
            format!("{} {} {}", task(recording, sample), recording.meta.name_of(sample.signal), sample.value);
        let mut last = None;
        for id in sample.stack.into_iter().flat_map(|stack| recording.stacks.frames(stack)) {
            let frame = &recording.frames[id.index()];
            let is_kernel = frame.kind == FrameKind::Kernel;
            let is_caller = last.replace(is_kernel) == Some(is_kernel);
            let address = frame.relative_address.expect("every frame has one") + u64::from(is_caller);
            line.push_str(&format!(" {address:x}"));
        }
        line
    };
    let mut lines: Vec<String> = recording.samples.iter().map(line).collect();
    lines.sort();
    lines
}

/// The same lines from `perf script -F comm,pid,tid,cpu,time,period,event,ip`, by the simplest means.
fn theirs(text: &str, recording: &Recording) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix('\t') {
            Some(address) => {
                let last = lines.last_mut().expect("a sample");
                // From a stream perf prints names too.
                let address = address.split_whitespace().next().expect(line);
                // What follows a broken frame pointer; a call cannot return there.
                let address = if address == "0" { "1" } else { address };
                last.push_str(&format!(" {address}"));
            }
            None if line.is_empty() => {}
            None => {
                let (task, rest) = line.split_once(" [").expect(line);
                let (name, numbers) = task.trim().rsplit_once(' ').expect(line);
                let (cpu, rest) = rest.split_once("] ").expect(line);
                let words: Vec<&str> = rest.split_whitespace().collect();
                let time: String = words[0].chars().filter(char::is_ascii_digit).collect();
                let event = words[2].trim_end_matches(':');
                let is_cpu = !recording.meta.columns.iter().any(|column| column.name == event);
                let cpu: u32 = cpu.parse().expect(line);
                let time: u64 = time.parse().expect(line);
                let signal = if is_cpu { "cpu" } else { event };
                let name = name.trim();
                let numbers: Vec<&str> = numbers.split('/').map(str::trim).collect();
                let numbers = numbers.join("/");
                lines.push(format!("{name} {numbers} {:?} {time} {signal} {}", Some(cpu), words[1]));
            }
        }
    }
    lines.sort();
    lines
}

#[test]
fn recordings_are_read_as_perf_script_reads_them() {
    if std::env::var_os("SLOW").is_none() {
        println!("skipped: SLOW=1 is not set");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name);
    let run = ["--", "sh", "-c", PROGRAM];
    let clock = ["record", "-q", "-e", "cpu-clock", "-F", "997", "--sample-cpu"];
    let shapes: [(&str, &[&str], bool); 6] = [
        ("chains", &["-g"], false),
        ("packed", &["-g", "-z"], false),
        ("stream", &["-g"], true),
        ("packed-stream", &["-g", "-z"], true),
        ("system", &["-g", "-a", "--buildid-mmap"], false),
        ("events", &["-g", "-e", "page-faults,context-switches"], false),
    ];
    for (name, more, is_stream) in shapes {
        let file = format!("{name}.data");
        let output = if is_stream { "-" } else { file.as_str() };
        let arguments = [&clock[..], more, &["-o", output], &run].concat();
        let stdout = path(&file);
        if !perf(&arguments, directory.path(), is_stream.then_some(stdout.as_path())) {
            println!("skipped: perf is not there or may not record");
            return;
        }
        let text = path(&format!("{name}.txt"));
        let fields = ["script", "-i", &file, "-F", "comm,pid,tid,cpu,time,period,event,ip"];
        assert!(perf(&fields, directory.path(), Some(&text)), "{name}");
        let recording = read("perf-data", &path(&file));
        let bytes = std::fs::read(&text).expect("printed");
        let (ours, theirs) = (ours(&recording), theirs(&String::from_utf8_lossy(&bytes), &recording));
        assert!(!ours.is_empty());
        assert_eq!(ours.len(), theirs.len(), "{name}");
        // perf discards a whole chain for one number that cannot be; what stands before it is kept here.
        let is_wrong =
            |(ours, theirs): &(&String, &String)| ours != theirs && !ours.starts_with(&format!("{theirs} "));
        let wrong: Vec<_> = ours.iter().zip(&theirs).filter(is_wrong).collect();
        assert!(
            wrong.is_empty(),
            "{name}: {} of {}: {:#?}",
            wrong.len(),
            ours.len(),
            &wrong[..wrong.len().min(3)]
        );
        println!("{name}: {} samples agree", ours.len());

        // The text of the same samples: each with its task, time and value.
        assert!(perf(&["script", "-i", &file, "-F", "+pid"], directory.path(), Some(&text)));
        let printed = read("perf-script", &text);
        let lines = |recording: &Recording| {
            let line = |sample: &Sample| {
                let signal = recording.meta.name_of(sample.signal);
                format!("{} {signal} {}", task(recording, sample).replace("None", ""), sample.value)
            };
            let mut lines: Vec<String> = recording.samples.iter().map(line).collect();
            lines.sort();
            lines.iter().map(|line| line.replace(" Some(0)", "").replace(" Some(1)", "")).collect::<Vec<_>>()
        };
        assert_eq!(lines(&printed).len(), lines(&recording).len(), "{name}");
    }
}
