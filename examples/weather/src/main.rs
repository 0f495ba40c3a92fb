//! A program to be profiled: it reads weather reports from a file and keeps statistics per station.
//!
//! Its faults are of the ordinary kind, and all of them are on purpose: a parser that copies every field, a lock that
//! is held while text is formatted, a journal that is flushed to the disk far too often, and a thread that polls.
//! It runs for about five seconds (`weather SECONDS` for another time) and needs nothing but the standard library.
//!
//! The functions that should be found in a report are kept out of line; otherwise the optimiser merges them into
//! their caller, and the report would show them as inlined frames of it.

// It is a program for the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const N_READERS: usize = 3;
const N_LINES: usize = 200_000;
/// A reader hands over its statistics after this many lines.
const BATCH_LINES: usize = 5_000;
const POLL: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Default)]
struct Station {
    n_reports: u64,
    sum_celsius: f64,
    warmest_celsius: f64,
}

type Stations = BTreeMap<String, Station>;

#[derive(Default)]
struct Desk {
    stations: Mutex<Stations>,
    n_lines: AtomicU64,
}

fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(5.0_f64);
    let folder = std::env::temp_dir().join(format!("weather-{}", std::process::id()));
    let result = run(&folder, Duration::from_secs_f64(seconds.clamp(0.1, 3600.0)));
    if let Err(error) = fs::remove_dir_all(&folder) {
        eprintln!("weather: cannot remove {}: {error}", folder.display());
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weather: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, duration: Duration) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let input = folder.join("reports.csv");
    write_reports(&input)?;
    let desk = Desk::default();
    let end = Instant::now() + duration;
    thread::scope(|scope| {
        let readers: Vec<_> = (0..N_READERS)
            .map(|number| {
                let (desk, input, journal) = (&desk, &input, folder.join(format!("journal-{number}")));
                let name = format!("reader-{number}");
                thread::Builder::new()
                    .name(name)
                    .spawn_scoped(scope, move || read_until(end, desk, input, &journal))
            })
            .collect();
        let poller = thread::Builder::new()
            .name("poller".to_owned())
            .spawn_scoped(scope, || poll_until(end, &desk))?;
        for reader in readers {
            reader?.join().unwrap_or_else(|_| Err(io::Error::other("a reader panicked")))?;
        }
        let n_polls = poller.join().map_err(|_| io::Error::other("the poller panicked"))?;
        println!("{} lines read, {n_polls} polls", desk.n_lines.load(Ordering::Relaxed));
        Ok(())
    })
}

/// The same file on every machine: a small linear generator stands for the weather.
fn write_reports(path: &Path) -> io::Result<()> {
    let mut out = io::BufWriter::new(File::create(path)?);
    let mut state = 1_u32;
    for _ in 0..N_LINES {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (station, tenths) = (state >> 24, (state >> 12) % 600);
        writeln!(out, "station-{station},{}.{},{}", tenths / 10, tenths % 10, state % 100)?;
    }
    out.flush()
}

fn read_until(end: Instant, desk: &Desk, input: &Path, journal: &PathBuf) -> io::Result<()> {
    let mut journal = File::create(journal)?;
    while Instant::now() < end {
        let mut batch = Stations::new();
        for (index, line) in BufReader::new(File::open(input)?).lines().enumerate() {
            if let Some((station, celsius)) = parse_line(&line?) {
                add(&mut batch, station, celsius);
            }
            if (index + 1) % BATCH_LINES == 0 {
                desk.n_lines.fetch_add(BATCH_LINES as u64, Ordering::Relaxed);
                let summary = merge_and_format(desk, std::mem::take(&mut batch));
                write_journal(&mut journal, &summary)?;
                if Instant::now() >= end {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Fault: copies every field before it looks at it.
#[inline(never)]
fn parse_line(line: &str) -> Option<(String, f64)> {
    let fields: Vec<String> = line.split(',').map(|field| field.trim().to_lowercase()).collect();
    let [station, celsius, _humidity] = &fields[..] else { return None };
    Some((station.clone(), parse_celsius(celsius)?))
}

#[inline(never)]
fn parse_celsius(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn add(stations: &mut Stations, name: String, celsius: f64) {
    let station = stations.entry(name).or_default();
    station.n_reports += 1;
    station.sum_celsius += celsius;
    station.warmest_celsius = station.warmest_celsius.max(celsius);
}

/// Fault: formats the whole summary, several times over, while everybody waits for the lock.
#[inline(never)]
fn merge_and_format(desk: &Desk, batch: Stations) -> String {
    let mut stations = desk.stations.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, part) in batch {
        let station = stations.entry(name).or_default();
        station.n_reports += part.n_reports;
        station.sum_celsius += part.sum_celsius;
        station.warmest_celsius = station.warmest_celsius.max(part.warmest_celsius);
    }
    let mut summary = String::new();
    for _ in 0..20 {
        summary = format_summary(&stations);
    }
    summary
}

#[inline(never)]
fn format_summary(stations: &Stations) -> String {
    let line = |(name, station): (&String, &Station)| {
        let mean = station.sum_celsius / station.n_reports.max(1) as f64;
        format!("{name}: {mean:.2} mean, {:.1} warmest of {}\n", station.warmest_celsius, station.n_reports)
    };
    stations.iter().map(line).collect()
}

/// Fault: waits for the disk after every batch.
#[inline(never)]
fn write_journal(journal: &mut File, summary: &str) -> io::Result<()> {
    journal.write_all(summary.as_bytes())?;
    journal.sync_data()
}

/// Fault: asks again and again instead of being told. Returns how often it asked.
fn poll_until(end: Instant, desk: &Desk) -> u64 {
    let mut n_polls = 0;
    while Instant::now() < end {
        thread::sleep(POLL);
        let _reports: u64 = {
            let stations = desk.stations.lock().unwrap_or_else(PoisonError::into_inner);
            stations.values().map(|station| station.n_reports).sum()
        };
        n_polls += 1;
    }
    n_polls
}
