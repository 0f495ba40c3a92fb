//! What is run in a target, and what comes back from it.

use super::talk::MAX_ANSWER_BYTES;
use fathom_formats::cpuprofile::{CpuProfile, read_cpu_profile};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The script; its head says what it does.
const SCRIPT: &str = include_str!("probe.js");
/// The script that closes the port.
const CLOSE: &str = include_str!("close.js");
/// The property of the global object under which it is reached.
const PLACE: &str = "globalThis[Symbol.for('fathom.probe')]";

/// Most text of profiles that one JavaScript thread keeps; older pieces are dropped.
const MOST_CHARS: usize = 16 << 20;
/// Most happenings that one JavaScript thread keeps.
const MOST_EVENTS: u32 = 20_000;
/// Above this rate requests and connections are not told any more: each costs some microseconds.
const MOST_EVENTS_PER_SECOND: u32 = 500;
/// One point a second for ten hours.
const MOST_POINTS: u32 = 36_000;
/// V8 keeps some 40 bytes for each sample until a piece is ended.
const MOST_SAMPLES_OF_PIECE: u64 = 60_000;
/// How long samples are taken if the target cannot see whether Fathom is still there.
const UNWATCHED_LIMIT: Duration = Duration::from_secs(3600);
/// The same if it can.
const WATCHED_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Between two looks at how late timers are; 50 wake-ups a second.
const DELAY_MILLIS: u32 = 20;

// The answer holds the pieces as text within text, whose quotation marks are escaped twice.
const _: () = assert!(MOST_CHARS * 4 < MAX_ANSWER_BYTES);

/// What a probe is told.
#[derive(Clone, Debug)]
pub(super) struct ProbeOptions {
    /// Between two samples.
    pub(super) interval_micros: u64,
    /// Close the inspector as soon as the probe is there.
    pub(super) closes: bool,
    /// Number and begin (ticks) of the Fathom process, if the target can see it.
    pub(super) watcher: Option<(i32, u64)>,
}

/// The expression that begins it.
pub(super) fn begin(options: &ProbeOptions) -> String {
    let source = without_head(SCRIPT);
    let limit = if options.watcher.is_some() { WATCHED_LIMIT } else { UNWATCHED_LIMIT };
    let told = json!({
        "intervalMicros": options.interval_micros,
        "watcher": options.watcher.map(|(pid, ticks)| json!([pid, ticks.to_string()])),
        "mostChars": MOST_CHARS,
        "mostEvents": MOST_EVENTS,
        "mostEventsPerSecond": MOST_EVENTS_PER_SECOND,
        "mostPoints": MOST_POINTS,
        "pieceMicros": MOST_SAMPLES_OF_PIECE * options.interval_micros,
        "limitMillis": limit.as_millis() as u64,
        "delayMillis": DELAY_MILLIS,
        "source": source,
    });
    // The port is closed before anything that takes time.
    let close = if options.closes { close() } else { "" };
    format!("{close}\n{source}({told})")
}

/// A script without the comment in front, which is for readers here.
fn without_head(script: &str) -> &str {
    script.find("\n(").map_or(script, |at| &script[at..]).trim()
}

/// Ends it, workers too, which takes a moment. Gives whether it was there.
pub(super) fn stop() -> String {
    format!("{PLACE} !== undefined && ({PLACE}.stop(), true)")
}

/// Gives the number of workers; -1 while one has not ended, unless it `is_last` asked.
pub(super) fn ready(is_last: bool) -> String {
    format!("{PLACE}.ready({is_last})")
}

/// Gives what a worker kept, as a text.
pub(super) fn worker(at: u64) -> String {
    format!("{PLACE}.worker({at})")
}

/// Gives what the main thread kept, as a text, and removes the probe.
pub(super) fn take() -> String {
    format!("{PLACE}.take()")
}

/// Ends it without an answer, if it is there.
pub(super) fn discard() -> String {
    format!("{PLACE}?.discard()")
}

/// Closes the inspector, also if it opens once more.
pub(super) fn close() -> &'static str {
    without_head(CLOSE)
}

/// Gives the number of the process in its own pid namespace. An earlier [`close`] is over by it, so that it does not
/// end this connection.
pub(super) fn greet() -> &'static str {
    "(globalThis[Symbol.for('fathom.closing')]?.(), process.pid)"
}

/// What one JavaScript thread kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Number of the thread in its own pid namespace.
    pub(super) tid: Option<i32>,
    /// Title of a worker; empty for the main thread.
    pub(super) title: String,
    pub(super) profiles: Vec<CpuProfile>,
    pub(super) happenings: Vec<Happening>,
    pub(super) points: Vec<LoopPoint>,
    pub(super) lost_pieces: u64,
    pub(super) lost_events: u64,
    /// Clauses.
    pub(super) problems: Vec<String>,
}

/// Something of the program's that took time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Happening {
    /// `gc`, `http`, `net`, `dns`.
    pub(super) kind: String,
    pub(super) start_micros: i64,
    pub(super) duration_micros: i64,
    pub(super) values: Vec<Value>,
}

/// How the event loop was in one second.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoopPoint {
    pub(super) time_micros: i64,
    pub(super) utilization: f64,
    /// How late timers were, nanoseconds: mean, median, 99 of 100, the latest.
    pub(super) late_nanos: [f64; 4],
}

#[derive(Deserialize)]
struct ToldText {
    tid: String,
    #[serde(default)]
    pieces: Vec<String>,
    #[serde(default)]
    counts: Counts,
    #[serde(default)]
    events: Vec<Vec<Value>>,
    #[serde(default)]
    series: Vec<(f64, f64, f64, f64, f64, f64)>,
    #[serde(default)]
    problems: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Counts {
    lost_pieces: u64,
    lost_events: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkerText {
    #[serde(default)]
    title: String,
    told: Option<String>,
    #[serde(default)]
    is_open: bool,
}

/// Reads what [`take`] gave.
///
/// # Errors
/// A clause about the probe.
pub(super) fn read(text: &str) -> Result<Told, String> {
    let text: ToldText =
        serde_json::from_str(text).map_err(|error| format!("gave what is not understood: {error}"))?;
    Ok(told(text))
}

/// Reads what [`worker`] gave.
///
/// # Errors
/// A clause about the worker.
pub(super) fn read_worker(text: &str) -> Result<Told, String> {
    let worker: WorkerText =
        serde_json::from_str(text).map_err(|error| format!("gave what is not understood: {error}"))?;
    let title = super::quoted(&worker.title);
    match worker.told {
        Some(text) => Ok(Told { title, ..read(&text)? }),
        None if worker.is_open => Err(format!("{title} did not answer")),
        None => Err(format!("{title} ended, or refused, before it was asked")),
    }
}

fn told(text: ToldText) -> Told {
    let mut told = Told {
        // `4711/task/4712`.
        tid: text.tid.rsplit('/').next().and_then(|tid| tid.parse().ok()),
        lost_pieces: text.counts.lost_pieces,
        lost_events: text.counts.lost_events,
        problems: text.problems.iter().map(|problem| super::quoted(problem)).collect(),
        ..Told::default()
    };
    for piece in &text.pieces {
        let (profile, issues) = read_cpu_profile(piece.as_bytes());
        told.problems.extend(issues.into_iter().take(3).map(|issue| super::quoted(&issue.message)));
        told.profiles.push(profile);
    }
    told.happenings = text.events.into_iter().filter_map(happening).collect();
    let point = |(time, utilization, mean, median, most, latest): (f64, f64, f64, f64, f64, f64)| LoopPoint {
        time_micros: time as i64,
        utilization,
        late_nanos: [mean, median, most, latest],
    };
    told.points = text.series.into_iter().map(point).collect();
    told
}

fn happening(row: Vec<Value>) -> Option<Happening> {
    let mut row = row.into_iter();
    let kind = super::quoted(row.next()?.as_str()?);
    let mut micros = || row.next().and_then(|value| value.as_f64()).map(|micros| micros as i64);
    let (start_micros, duration_micros) = (micros()?, micros()?.max(0));
    Some(Happening { kind, start_micros, duration_micros, values: row.take(8).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_and_its_options_are_one_expression() {
        let options = ProbeOptions { interval_micros: 2004, closes: true, watcher: Some((7, 99)) };
        let expression = begin(&options);
        assert!(expression.contains("})();\n((options) =>"), "{}", &expression[..40]);
        assert!(!begin(&ProbeOptions { closes: false, ..options }).contains("inspector.close()"));
        assert!(expression.contains(r#""watcher":[7,"99"]"#));
        // The script has itself among its options, for workers.
        // And what closes the port stands in front.
        assert_eq!(expression.matches("'use strict'").count(), 3);
    }

    #[test]
    fn what_a_probe_gives_is_read() {
        let text = r#"{"tid":"12/task/34","counts":{"lostPieces":1,"lostEvents":2,"eventsOfSecond":9},
            "pieces":["{\"nodes\":[],\"startTime\":5}","no profile"],
            "events":[["gc",1000,20,4],["http",2000,-3,"HttpRequest","GET","/a",200],["bad"],[7]],
            "series":[[3000,0.5,1,2,3,4]],"problems":["tick: why\u0007"]}"#;
        let told = read(text).expect("it is whole");
        assert_eq!((told.tid, told.lost_pieces, told.lost_events), (Some(34), 1, 2));
        assert_eq!(told.profiles.len(), 2);
        let happenings: Vec<_> =
            told.happenings.iter().map(|h| (h.kind.as_str(), h.start_micros, h.duration_micros)).collect();
        assert_eq!(happenings, [("gc", 1000, 20), ("http", 2000, 0)]);
        assert_eq!(told.points[0].late_nanos, [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(told.problems[0], "tick: why");
        assert!(told.problems[1].starts_with("not a CPU profile"), "{:?}", told.problems);
        assert!(read("[]").is_err() && read(r#"{"tid":7}"#).is_err());
    }

    #[test]
    fn workers_may_have_nothing_to_tell() {
        let told = read_worker(r#"{"title":"[worker 1]","isOpen":false,"told":"{\"tid\":\"1/task/2\"}"}"#);
        assert_eq!(told.map(|told| (told.title, told.tid)), Ok(("[worker 1]".to_owned(), Some(2))));
        let why = |text: &str| read_worker(text).err();
        assert_eq!(why(r#"{"title":"w","isOpen":true,"told":null}"#).as_deref(), Some("w did not answer"));
        let ended = why(r#"{"title":"w","isOpen":false,"told":null}"#);
        assert_eq!(ended.as_deref(), Some("w ended, or refused, before it was asked"));
    }
}
