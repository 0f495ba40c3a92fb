//! gperftools' CPU profile: words of the machine's size and order, then the memory map as text; of Java, names.
//!
//! Source: <https://gperftools.github.io/gperftools/cpuprofile-fileformat.html>. Header words 0, 3, 0 (1 of Java), the
//! period in microseconds, 0; then count, depth and addresses of each stack, innermost first; 0, 1, 0 ends them.

use super::{Old, java};
use std::collections::HashMap;

/// How words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Words {
    bytes: usize,
    is_little: bool,
}

const KINDS: [Words; 4] = [
    Words { bytes: 4, is_little: true },
    Words { bytes: 4, is_little: false },
    Words { bytes: 8, is_little: true },
    Words { bytes: 8, is_little: false },
];

impl Words {
    fn take(self, rest: &mut &[u8]) -> Option<u64> {
        let (word, behind) = rest.split_at_checked(self.bytes)?;
        *rest = behind;
        let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if self.is_little { word.iter().rev().fold(0, add) } else { word.iter().fold(0, add) })
    }
}

/// What the header says.
struct Header {
    words: Words,
    is_java: bool,
    period_micros: u64,
}

fn header(rest: &mut &[u8]) -> Option<Header> {
    for words in KINDS {
        let mut behind = *rest;
        let mut found = [0; 5];
        for word in &mut found {
            let Some(value) = words.take(&mut behind) else { break };
            *word = value;
        }
        if let [0, 3, language @ 0..=1, period_micros, 0] = found
            && period_micros > 0
            && rest.len() - behind.len() == 5 * words.bytes
        {
            *rest = behind;
            return Some(Header { words, is_java: language == 1, period_micros });
        }
    }
    None
}

/// Whether a file begins like this.
pub(super) fn is_header(mut head: &[u8]) -> bool {
    header(&mut head).is_some()
}

/// Reads samples and what is behind them.
pub(super) fn read(bytes: &[u8], old: &mut Old) {
    let mut rest = bytes;
    let Some(header) = header(&mut rest) else { return };
    let period = i64::try_from(header.period_micros.saturating_mul(1000)).unwrap_or(i64::MAX);
    old.types(&[("samples", "count"), ("cpu", "nanoseconds")]);
    old.period("cpu", "nanoseconds", period);
    let mut samples = samples(&mut rest, &header, bytes.len(), old);
    if !header.is_java {
        remove_handlers(&mut samples);
        samples.iter_mut().for_each(|(_, addresses)| without_double(addresses));
    }
    for (count, addresses) in samples {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        old.sample(&addresses, &[count, count.saturating_mul(period)], None);
    }
    if header.is_java { java::names(rest, old) } else { old.maps(rest) }
}

type Samples = Vec<(u64, Vec<u64>)>;

fn samples(rest: &mut &[u8], header: &Header, length: usize, old: &mut Old) -> Samples {
    let mut samples = Samples::new();
    while !rest.is_empty() {
        let offset = (length - rest.len()) as u64;
        let head = (header.words.take(rest), header.words.take(rest));
        let (Some(count), Some(depth)) = head else {
            old.issue(offset, "the file ends in the middle of a stack".to_owned());
            break;
        };
        if depth > (rest.len() / header.words.bytes) as u64 {
            old.issue(offset, format!("a stack has {depth} addresses, for which the file is too short"));
            *rest = &[];
            break;
        }
        let mut addresses: Vec<u64> = (0..depth).filter_map(|_| header.words.take(rest)).collect();
        if count == 0 && addresses == [0] {
            break;
        }
        if !header.is_java {
            // Callers' are return addresses.
            addresses.iter_mut().skip(1).for_each(|address| *address = address.wrapping_sub(1));
        }
        samples.push((count, addresses));
    }
    samples
}

/// Takes the signal handler's frames off: if almost all stacks have the same second frame, it is one of the handler.
fn remove_handlers(samples: &mut Samples) {
    // One other stack in so many.
    let needed = samples.len() - samples.len() / 32;
    for _ in 0..2 {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for (_, addresses) in samples.iter() {
            if let Some(second) = addresses.get(1) {
                *counts.entry(*second).or_default() += 1;
            }
        }
        // Of equals the smallest address: the order of a map is not the same twice.
        let found = counts.iter().filter(|(_, n)| **n >= needed).map(|(address, _)| *address).min();
        let Some(handler) = found else { continue };
        for (_, addresses) in samples.iter_mut().filter(|(_, addresses)| addresses.get(1) == Some(&handler)) {
            addresses.remove(1);
        }
    }
}

/// The innermost address may stand there twice, the second time one back: from the signal and from unwinding.
pub(super) fn without_double(addresses: &mut Vec<u64>) {
    if let [first, second, ..] = addresses.as_slice()
        && *first == second.wrapping_add(1)
    {
        addresses.remove(1);
    }
}
