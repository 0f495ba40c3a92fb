//! Four threads in much generic, inlined code with full debug information: regular expressions, JSON, sorting.

use fathom_truth as truth;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

const THREADS: u32 = 4;

fn text() -> String {
    let mut state = 0x277u64;
    (0..2_000)
        .map(|line| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(line);
            format!("2024-05-{:02} host{} GET /path/{:x}?q={} {} ms\n", line % 28 + 1, state % 17, state, state % 997, state % 90)
        })
        .collect()
}

#[inline(never)]
fn regex_work(patterns: &[Regex], text: &str) -> usize {
    patterns.iter().map(|pattern| pattern.captures_iter(text).filter(|found| found.len() > 1).count()).sum()
}

#[inline(never)]
fn json_work(text: &str) -> usize {
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::json!({ "line": line, "length": line.len(), "words": line.split(' ').collect::<Vec<_>>() }))
        .collect();
    let written = serde_json::to_string_pretty(&rows).unwrap_or_default();
    let read: Vec<BTreeMap<String, Value>> = serde_json::from_str(&written).unwrap_or_default();
    read.iter().map(BTreeMap::len).sum()
}

#[inline(never)]
fn sort_work(text: &str) -> usize {
    let mut words: Vec<String> = text.split([' ', '/', '?', '=']).map(str::to_owned).collect();
    words.sort_by_cached_key(|word| word.chars().rev().collect::<String>());
    words.dedup();
    words.iter().enumerate().filter(|(at, word)| at % 2 == word.len() % 2).count()
}

fn main() {
    let until = truth::deadline();
    let text = text();
    let patterns: Vec<Regex> = [r"(\d+)-(\d+)-(\d+)", r"host(\d+)\s+(GET|PUT)", r"/path/([0-9a-f]+)\?q=(\d+)", r"(\d+) ms"]
        .iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while Instant::now() < until {
                    truth::cpu("regex_work", || black_box(regex_work(&patterns, &text)));
                    truth::cpu("json_work", || black_box(json_work(&text)));
                    truth::cpu("sort_work", || black_box(sort_work(&text)));
                }
            });
        }
    });
    truth::write("dwarf_heavy", THREADS + 1);
}
