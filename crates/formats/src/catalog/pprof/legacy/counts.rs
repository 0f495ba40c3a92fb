//! Profiles that count: Go's goroutines and thread creations, and the threads of C++ programs (`--- threadz 1 ---`).

use super::heap::quoted;
use super::scan::{Lines, Scan, addresses, calls, is_map_begin};
use super::{Old, binary};

/// `goroutine profile: total 7`: what is counted.
fn counted(line: &str) -> Option<&str> {
    let (name, total) = line.trim_end().split_once(" profile: total ")?;
    let fits = !name.is_empty() && !name.contains(char::is_whitespace) && total.parse::<u64>().is_ok();
    fits.then_some(name)
}

/// Whether this line, the first that is no comment, begins a file of counts.
pub(super) fn is_header(line: &str) -> bool {
    counted(line).is_some()
}

/// Reads counts and the memory map.
pub(super) fn read(bytes: &[u8], old: &mut Old) {
    let mut lines = Lines::new(bytes).skip_while(|line| line.is_empty_or_comment());
    let Some(first) = lines.next() else { return };
    let name = counted(&first.text).unwrap_or("count");
    old.types(&[(name, "count")]);
    old.period(name, "count", 1);
    let mut is_behind_samples = false;
    for line in lines {
        let text = line.text.trim();
        if is_map_begin(text) {
            return old.maps(&bytes[line.end..]);
        }
        is_behind_samples |= text.starts_with("---");
        if text.starts_with('#') {
            old.comment(text);
        } else if !text.is_empty() && !is_behind_samples {
            let mut scan = Scan::new(text);
            let count = scan.number().filter(|_| scan.sign("@").is_some());
            match (count, calls(addresses(scan.rest()))) {
                (Some(count), Some(addresses)) if !addresses.is_empty() => {
                    old.sample(&addresses, &[count], None)
                }
                _ => old.issue(line.offset as u64, format!("no count of stacks: {}", quoted(text))),
            }
        }
    }
}

/// Whether this line, the first that is no comment, begins a list of threads.
pub(super) fn is_threads_header(line: &str) -> bool {
    let is_list = line.strip_prefix("--- threadz ").and_then(|rest| rest.strip_suffix(" ---"));
    is_list.is_some_and(|number| number.parse::<u64>().is_ok()) || is_thread(line)
}

/// `--- Thread 7f794ab90940 (name: main/14748) stack: ---`.
fn is_thread(line: &str) -> bool {
    line.starts_with("--- Thread ") && line.contains(" (name: ") && line.trim_end().ends_with(") stack: ---")
}

/// Reads threads and the memory map.
pub(super) fn read_threads(bytes: &[u8], old: &mut Old) {
    old.types(&[("thread", "count")]);
    old.period("thread", "count", 1);
    let mut threads = Threads::default();
    let mut is_behind_threads = false;
    for line in Lines::new(bytes) {
        let text = line.text.trim();
        if is_map_begin(text) {
            threads.end(old);
            return old.maps(&bytes[line.end..]);
        }
        if text.starts_with("---- no stack trace for") {
            is_behind_threads = true;
        }
        if is_behind_threads || text.is_empty() {
            continue;
        }
        if is_thread(text) {
            threads.end(old);
            threads.is_open = true;
        } else if text.starts_with("---") {
            threads.end(old);
        } else if threads.is_open {
            if text.contains("same as previous thread") {
                threads.is_same = true;
            } else if let Some(found) = addresses(text) {
                threads.addresses.extend(found);
            } else {
                old.issue(line.offset as u64, format!("no addresses of a thread: {}", quoted(text)));
            }
        }
    }
    threads.end(old);
}

/// The thread that is being read.
#[derive(Default)]
struct Threads {
    is_open: bool,
    is_same: bool,
    addresses: Vec<u64>,
    /// Of the last thread that had addresses.
    before: Vec<u64>,
}

impl Threads {
    fn end(&mut self, old: &mut Old) {
        let mut addresses = std::mem::take(&mut self.addresses);
        let (was_open, was_same) = (std::mem::take(&mut self.is_open), std::mem::take(&mut self.is_same));
        if !was_open {
            return;
        }
        if was_same || addresses.is_empty() {
            if old.n_samples > 0 {
                old.sample(&self.before.clone(), &[1], None);
            }
            return;
        }
        addresses.iter_mut().skip(1).for_each(|address| *address = address.wrapping_sub(1));
        binary::without_double(&mut addresses);
        old.sample(&addresses, &[1], None);
        self.before = addresses;
    }
}
