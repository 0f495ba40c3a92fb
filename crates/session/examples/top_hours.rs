//! Prints what the memory of a live view comes to over simulated hours; `cargo xtask bench top` runs it.

// It has a terminal of its own: printing is its job.
#![allow(clippy::print_stdout)]

use fathom_session::top::Rehearsal;
use fathom_session::top::view::{Ask, document};
use std::time::Instant;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse().ok());
    let hours: u32 = numbers.next().flatten().unwrap_or(8);
    let density: u32 = numbers.next().flatten().unwrap_or(100);
    let mut rehearsal = Rehearsal::default();
    println!("| hour | entries | resident | stacks so far | processes so far | slowest picture |");
    println!("|---:|---:|---:|---:|---:|---:|");
    for hour in 1..=hours {
        let mut slowest_millis = 0.0_f64;
        let mut most_entries = 0;
        for second in 0..3600 {
            rehearsal.second(density);
            most_entries = most_entries.max(rehearsal.n_entries());
            if second % 60 == 0 {
                let begun = Instant::now();
                let rows = document(&rehearsal.snapshot(120), &Ask::default(), 20);
                assert!(!rows.functions.is_empty());
                slowest_millis = slowest_millis.max(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
        let (stacks, processes, _) = rehearsal.n_told();
        let resident = resident_bytes() as f64 / 1e6;
        println!(
            "| {hour} | {most_entries} | {resident:.1} MB | {stacks} | {processes} | {slowest_millis:.0} ms |"
        );
    }
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
