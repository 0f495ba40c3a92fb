//! Recordings that real Java virtual machines make while the test runs, held against what the JDK's own reader says
//! of them: every event, every field.

#![allow(clippy::print_stdout)]

use fathom_formats::jfr::profile::{Profile, Sampler, read_whole};
use fathom_formats::jfr::{Event, SeekSource, Value, read_events};
use fathom_model::{FrameKind, Signal};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A recording by each JDK, made once for all tests.
fn recordings() -> &'static [(PathBuf, PathBuf)] {
    static RECORDINGS: OnceLock<(tempfile::TempDir, Vec<(PathBuf, PathBuf)>)> = OnceLock::new();
    let (_, made) = RECORDINGS.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let made = jdks().into_iter().enumerate().map(|(at, home)| {
            let file = record(&home, directory.path(), at);
            (home, file)
        });
        let made = made.collect();
        (directory, made)
    });
    made
}

/// Every JDK of the system that has `java` and `jfr`.
fn jdks() -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = std::fs::read_dir("/usr/lib/jvm")
        .into_iter()
        .flatten()
        .filter_map(|entry| std::fs::canonicalize(entry.ok()?.path()).ok())
        .filter(|home| home.join("bin/java").exists() && home.join("bin/jfr").exists())
        .collect();
    homes.sort();
    homes.dedup();
    if homes.is_empty() {
        println!("skipped: no JDK below /usr/lib/jvm\n\nhint: apt-get install openjdk-17-jdk-headless");
    }
    homes
}

/// A recording with the settings `profile` of the program that does some of everything.
fn record(home: &Path, directory: &Path, at: usize) -> PathBuf {
    let file = directory.join(format!("recorded{at}.jfr"));
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/Recorded.java");
    let status = Command::new(home.join("bin/java"))
        .arg(format!("-XX:StartFlightRecording=filename={},settings=profile", file.display()))
        .arg(program)
        .arg("3")
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("java starts");
    assert!(status.success(), "{status}");
    file
}

/// The recordings, and one of the corpus with a JDK to read it.
fn files() -> Vec<(PathBuf, PathBuf)> {
    let mut files = recordings().to_vec();
    let heavy = "../../../shared/corpus/speedscope/java-flight-recorder/heavy.jfr";
    let heavy = Path::new(env!("CARGO_MANIFEST_DIR")).join(heavy);
    match (heavy.exists(), files.first().cloned()) {
        (true, Some((home, _))) => files.push((home, heavy)),
        _ => println!("skipped: {} is not there", heavy.display()),
    }
    files
}

fn jfr(home: &Path, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(home.join("bin/jfr"))
        .args(arguments)
        .arg(file)
        .env("TZ", "UTC")
        .output()
        .expect("jfr starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Events by type as `jfr summary` counts them, those without any and the two kinds of the format itself left out.
fn counted(summary: &str) -> BTreeMap<String, u64> {
    let rows = summary.lines().skip_while(|line| !line.starts_with("====")).skip(1);
    rows.filter_map(|line| {
        let mut parts = line.split_whitespace();
        Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?))
    })
    .filter(|(name, n)| {
        *n > 0 && !matches!(name.as_str(), "jdk.Metadata" | "jdk.CheckPoint" | "jdk.Checkpoint")
    })
    .collect()
}

#[test]
fn every_event_is_counted_as_the_jdk_counts() {
    for (home, file) in &files() {
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        let mut source = SeekSource(File::open(file).expect("recorded"));
        let summary =
            read_events(&mut source, &mut |event| *found.entry(event.name.into()).or_default() += 1);
        assert_eq!(summary.issues, [], "{}", home.display());
        assert_eq!(found, counted(&jfr(home, &["summary"], file)), "{}", home.display());
        assert!(found["jdk.ExecutionSample"] > 0, "{found:?}");
    }
}

#[test]
fn every_field_is_what_the_jdk_prints() {
    for (home, file) in recordings() {
        let printed: Json =
            serde_json::from_str(&jfr(home, &["print", "--json", "--stack-depth", "64"], file))
                .expect("json");
        // The JDK sorts by time, and gives events of one moment in any order: each is looked for by name and time.
        let mut by_name: BTreeMap<String, Vec<&Json>> = BTreeMap::new();
        for event in printed["recording"]["events"].as_array().expect("events") {
            by_name.entry(event["type"].as_str().expect("a type").into()).or_default().push(event);
        }
        let (mut n_same, mut n_leaves) = (0_u64, 0_u64);
        let mut source = SeekSource(File::open(file).expect("recorded"));
        let summary = read_events(&mut source, &mut |event| {
            let candidates = by_name.get_mut(event.name).expect("the type is printed");
            let mut differences = Vec::new();
            let at = candidates.iter().position(|candidate| {
                let mut here = 0;
                match compare(event, &candidate["values"], &mut here) {
                    Ok(()) => {
                        n_leaves += here;
                        true
                    }
                    Err(difference) => {
                        differences.push(difference);
                        false
                    }
                }
            });
            let at = at.unwrap_or_else(|| panic!("{} at {}: {differences:?}", event.name, event.start_nanos));
            candidates.swap_remove(at);
            n_same += 1;
        });
        assert_eq!(n_same, summary.n_events);
        let left: usize = by_name.values().map(Vec::len).sum();
        assert_eq!(left, 0);
        println!("{}: {n_same} events with {n_leaves} values are the same", home.display());
        assert!(n_leaves > 10 * n_same);
    }
}

/// The events of one type as the JDK prints them.
fn printed(home: &Path, file: &Path, name: &str) -> Vec<Json> {
    let text = jfr(home, &["print", "--json", "--stack-depth", "64", "--events", name], file);
    let json: Json = serde_json::from_str(&text).expect("json");
    let events = json["recording"]["events"].as_array().expect("events");
    events.iter().map(|event| event["values"].clone()).collect()
}

/// `class.method:line` outwards, as the JDK prints it and as the profile has it: how often each stack was seen.
fn printed_stacks(events: &[Json]) -> BTreeMap<String, i64> {
    let mut out = BTreeMap::new();
    for event in events {
        let frames = event["stackTrace"]["frames"].as_array().expect("frames");
        let line = |frame: &Json| {
            let class = frame["method"]["type"]["name"].as_str().expect("a class").replace('/', ".");
            // What is made up while running has another number in each run: `Form$MH/0x71`, `Form$MH+0x71`.
            let class = class.find("0x").map_or(&*class, |at| &class[..at.saturating_sub(1)]);
            let class = match class.split_once("$$Lambda") {
                Some((class, _)) => format!("{class}$$Lambda"),
                None => class.to_owned(),
            };
            let name = frame["method"]["name"].as_str().expect("a name");
            format!("{class}.{name}:{}", frame["lineNumber"].as_i64().unwrap_or(0).max(0))
        };
        let lines: Vec<String> = frames.iter().map(line).collect();
        *out.entry(lines.join(" < ")).or_default() += 1;
    }
    out
}

fn profile_stacks(profile: &Profile, sampler: Sampler) -> BTreeMap<String, i64> {
    let mut out = BTreeMap::new();
    for sample in profile.samples.iter().filter(|sample| sample.sampler == sampler) {
        let frames = sample.stack.into_iter().flat_map(|stack| profile.names.stack_frames(stack));
        let line = |frame: u32| {
            let frame = profile.names.named(frame).expect("it is in the profile");
            format!("{}:{}", frame.function, frame.line.unwrap_or(0))
        };
        let lines: Vec<String> = frames.map(line).collect();
        *out.entry(lines.join(" < ")).or_default() += 1;
    }
    out
}

#[test]
fn stacks_weights_and_waits_are_what_the_jdk_prints() {
    for (home, file) in recordings() {
        let (profile, summary) = read_whole(&mut SeekSource(File::open(file).expect("recorded")));
        assert_eq!(summary.issues, []);

        let samples = printed(home, file, "jdk.ExecutionSample");
        let (ours, theirs) = (profile_stacks(&profile, Sampler::Execution), printed_stacks(&samples));
        let differing: Vec<_> = ours.iter().filter(|(stack, n)| theirs.get(*stack) != Some(n)).collect();
        assert!(differing.is_empty() && ours.len() == theirs.len(), "{differing:?}\nof {theirs:?}");
        // The settings `profile` look every 10 ms (20 ms before JDK 14).
        let period = profile.names.periods[&Sampler::Execution];
        assert!([10_000_000, 20_000_000].contains(&period), "{period}");
        assert!(profile.samples.iter().any(|sample| sample.value == period));

        let allocations = printed(home, file, "jdk.ObjectAllocationSample");
        let weight: i64 = allocations.iter().filter_map(|event| event["weight"].as_i64()).sum();
        let ours: i64 = profile
            .samples
            .iter()
            .filter(|sample| sample.sampler == Sampler::Allocation)
            .map(|sample| sample.value)
            .sum();
        assert_eq!(ours, weight);
        assert!(profile.names.classes.iter().any(|class| class == "byte[]"), "{:?}", profile.names.classes);

        let waits = printed(home, file, "jdk.JavaMonitorEnter");
        let nanos = |event: &Json| event["duration"].as_str().and_then(duration_nanos).expect("a duration");
        let waited: i64 = waits.iter().map(nanos).sum();
        let ours: i64 = profile
            .events
            .iter()
            .filter(|event| event.kind == "lock.wait")
            .map(|event| event.duration_nanos)
            .sum();
        assert!((ours - waited).abs() <= 2 * waits.len() as i64, "{ours} {waited}");
        let owner = |event: &fathom_formats::jfr::profile::ProfileEvent| {
            serde_json::from_str::<Json>(&event.attributes).expect("json")["lock.owner"] == "holder-é€"
        };
        assert!(profile.events.iter().any(|event| event.kind == "lock.wait" && owner(event)));

        let recursive =
            profile.names.frames.iter().enumerate().filter_map(|(at, _)| profile.names.named(at as u32));
        let kinds: BTreeMap<String, FrameKind> =
            recursive.map(|frame| (frame.function, frame.kind)).collect();
        assert_eq!(kinds["Recorded.fib"], FrameKind::User);
        assert!(kinds.iter().any(|(name, kind)| name.starts_with("java.") && *kind == FrameKind::Library));
        let heap = profile.series.iter().filter(|point| point.name == "jvm.memory.used");
        assert!(heap.clone().count() > 0 && heap.clone().all(|point| point.value > 1e6));
    }
}

#[test]
fn a_file_becomes_a_recording_that_names_the_virtual_machine() {
    for (_, file) in recordings() {
        let bytes = std::fs::read(file).expect("recorded");
        let (format, _) = fathom_formats::recognise(&bytes).expect("it is recognised");
        assert_eq!(format.name, "jfr");
        let (recording, issues) = format.read.expect("it reads")(&fathom_formats::Input::new(&bytes));
        assert_eq!(issues, []);
        for signal in [Signal::ProgramCpu, Signal::AllocBytes, Signal::Lock] {
            assert!(recording.total(signal) > 0, "{signal}");
        }
        let version = recording.processes[0].runtime_version.as_deref().expect("a version");
        assert!(version.starts_with("OpenJDK"), "{version}");
        let kinds: std::collections::BTreeSet<&str> =
            recording.events.iter().map(|event| event.kind.as_str()).collect();
        for kind in ["gc.pause", "gc.collection", "lock.wait", "thread.sleep", "thread.start", "vm.operation"]
        {
            assert!(kinds.contains(kind), "{kind} in {kinds:?}");
        }
        assert!(recording.samples.windows(2).all(|pair| pair[0].time_nanos <= pair[1].time_nanos));
    }
}

fn compare(event: &Event<'_>, values: &Json, n_leaves: &mut u64) -> Result<(), String> {
    let values = values.as_object().ok_or("no object")?;
    let start = values.get("startTime").and_then(Json::as_str).and_then(wall_nanos).ok_or("no start")?;
    // The JDK computes with floating-point numbers.
    if (event.start_nanos - start).abs() > 2 {
        return Err(format!("start {start}"));
    }
    if values.len() != event.of().fields.len() {
        return Err(format!("{} fields", values.len()));
    }
    for (name, printed) in values {
        let found = event.field(name).ok_or_else(|| format!("no field {name}"))?;
        let nanos = event.nanos(name);
        same(found, printed, nanos, n_leaves).map_err(|difference| format!("{name}: {difference}"))?;
    }
    Ok(())
}

fn same(found: Value<'_>, printed: &Json, nanos: Option<i64>, n_leaves: &mut u64) -> Result<(), String> {
    *n_leaves += 1;
    let differs = |found: &dyn std::fmt::Debug| Err(format!("{found:?} is not {printed}"));
    match (found, printed) {
        (Value::Null, Json::Null) => Ok(()),
        (Value::Integer(number), Json::Bool(is)) if number == i64::from(*is) => Ok(()),
        (Value::Integer(number), Json::Number(_)) => {
            // Java prints unsigned 64-bit numbers as signed ones or not, by version.
            let same = printed.as_i64() == Some(number) || printed.as_u64() == Some(number as u64);
            if same { Ok(()) } else { differs(&number) }
        }
        (Value::Integer(_), Json::String(text)) => {
            let printed = duration_nanos(text).or_else(|| wall_nanos(text));
            match (nanos, printed) {
                (Some(nanos), Some(printed)) if (nanos - printed).abs() <= 2 + nanos.abs() / (1 << 50) => {
                    Ok(())
                }
                // "Not available" and "for ever" are words of the JDK.
                (None, None) => Ok(()),
                (Some(i64::MAX), _) => Ok(()),
                _ => differs(&nanos),
            }
        }
        (Value::Integer(_), Json::Null) if nanos.is_none() => Ok(()),
        (Value::Float(number), Json::Number(printed)) => {
            let printed = printed.as_f64().unwrap_or(f64::NAN);
            // A `float` is printed with as few digits as tell it from others.
            let same = (number - printed).abs() <= 1e-6 * number.abs();
            if same { Ok(()) } else { differs(&number) }
        }
        (Value::Float(number), Json::Null) if !number.is_finite() => Ok(()),
        (Value::Text(text), Json::String(printed)) if text == printed.as_str() => Ok(()),
        (Value::Composite(composite), Json::Object(printed)) => {
            for (name, printed) in printed {
                let Some(found) = composite.field(name) else { return Err(format!("no field {name}")) };
                same(found, printed, composite.nanos(name), n_leaves)
                    .map_err(|difference| format!("{name}: {difference}"))?;
            }
            Ok(())
        }
        (Value::List(list), Json::Array(printed)) => {
            if list.len() != printed.len() {
                return Err(format!("{} values, not {}", list.len(), printed.len()));
            }
            list.zip(printed).try_for_each(|(found, printed)| same(found, printed, None, n_leaves))
        }
        (found, _) => differs(&found),
    }
}

/// `2026-01-02T03:04:05.123456789Z` as nanoseconds since 1970.
fn wall_nanos(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let mut date = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse::<i64>().ok()?, time.next()?.parse::<i64>().ok()?);
    let second = decimal_nanos(time.next().unwrap_or("0"))?;
    // Days since 1970 of the civil calendar, years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000_000_000 + second)
}

/// `PT1M2.5S` in nanoseconds.
fn duration_nanos(text: &str) -> Option<i64> {
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let mut rest = text.strip_prefix("PT")?;
    let mut nanos = 0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let number = decimal_nanos(&rest[..end])?;
        nanos += number.checked_mul(match &rest[end..=end] {
            "H" => 3600,
            "M" => 60,
            "S" => 1,
            _ => return None,
        })?;
        rest = &rest[end + 1..];
    }
    Some(if is_negative { -nanos } else { nanos })
}

/// `1.25` in billionths.
fn decimal_nanos(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let billionths = format!("{fraction:0<9}").parse::<i64>().ok()?;
    let whole_nanos = whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
    Some(whole_nanos + if whole.starts_with('-') { -billionths } else { billionths })
}
