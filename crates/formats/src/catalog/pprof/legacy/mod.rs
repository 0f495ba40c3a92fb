//! What was written before there was `profile.proto`: gperftools' files, those of old Java agents, and the texts that
//! Go gives with `debug=1`.
//!
//! Source: `profile/legacy_profile.go` and `profile/legacy_java_profile.go` of <https://github.com/google/pprof>, whose
//! meaning of values and addresses is followed: callers' addresses are return addresses and go one back, counts of
//! sampled heaps are scaled up. Unlike there, a line that cannot be read is left out, not the whole file; and names that
//! Go puts into comments are taken.

mod binary;
mod counts;
mod heap;
mod java;
mod maps;
mod scan;
mod waiting;

use super::SOURCE;
use super::collected::Collected;
use super::tables::{Function, Line};
use crate::input::Limits;
use crate::protobuf::Message;
use crate::varint::write_varint;
use fathom_model::Issue;
use maps::Maps;
use scan::Lines;
use std::collections::{BTreeMap, HashMap};

/// Issues that are listed one by one.
const MOST_ISSUES: usize = 20;

/// Reads the rest of a file behind its first line.
type Reader = fn(&[u8], &mut Old);

/// Whether these first bytes of a file are of one of the old kinds.
pub(super) fn is_legacy(head: &[u8]) -> bool {
    reader(head).is_some()
}

/// Reads a file of one of the old kinds.
pub(super) fn read(bytes: &[u8], limits: Limits) -> (Collected, Vec<Issue>) {
    let mut old = Old::new(bytes.len() as u64, limits);
    match reader(&bytes[..bytes.len().min(4096)]) {
        Some(reader) => reader(bytes, &mut old),
        None => old.issue(0, "no profile begins like this".to_owned()),
    }
    old.finish()
}

fn reader(head: &[u8]) -> Option<Reader> {
    if binary::is_header(head) {
        return Some(binary::read);
    }
    let first = Lines::new(head).next()?.text;
    if heap::is_header(&first) {
        return Some(heap::read);
    }
    if java::is_header(&first) && java::is_header_of_java(head) {
        return Some(java::read);
    }
    if waiting::is_header(&first) {
        return Some(waiting::read);
    }
    // The others may have comments in front.
    let first = Lines::new(head).find(|line| !line.is_empty_or_comment())?.text;
    match () {
        () if counts::is_header(&first) => Some(counts::read),
        () if counts::is_threads_header(&first) => Some(counts::read_threads),
        () => None,
    }
}

/// A function at a line as a comment or a table of an old file names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Named {
    function: String,
    file: String,
    line: i64,
}

/// A profile of an old kind being read. Locations are told by their address.
struct Old {
    collected: Collected,
    issues: Vec<Issue>,
    n_issues: usize,
    /// Names of addresses, innermost first, and in which sample they were told.
    names: HashMap<u64, (usize, Vec<Named>)>,
    /// Addresses of samples; in Java's files they are numbers without a meaning.
    addresses: BTreeMap<u64, ()>,
    are_addresses: bool,
    n_samples: usize,
    bytes_key: u64,
}

impl Old {
    fn new(n_bytes: u64, limits: Limits) -> Self {
        let mut collected = Collected::new(limits);
        collected.parsed.n_bytes = n_bytes;
        collected.parsed.tables.add_text(b"");
        let bytes_key = collected.parsed.tables.add_text(b"bytes");
        Self {
            collected,
            issues: Vec::new(),
            n_issues: 0,
            names: HashMap::new(),
            addresses: BTreeMap::new(),
            are_addresses: true,
            n_samples: 0,
            bytes_key,
        }
    }

    /// Says what the values of a sample are.
    fn types(&mut self, types: &[(&str, &str)]) {
        for (kind, unit) in types {
            let pair = self.pair(kind, unit);
            self.collected.parsed.tables.value_types.push(pair);
        }
    }

    fn period(&mut self, kind: &str, unit: &str, period: i64) {
        self.collected.parsed.tables.period_type = self.pair(kind, unit);
        self.collected.parsed.tables.period = period;
    }

    fn pair(&mut self, kind: &str, unit: &str) -> (u64, u64) {
        let tables = &mut self.collected.parsed.tables;
        (tables.add_text(kind.as_bytes()), tables.add_text(unit.as_bytes()))
    }

    /// Adds a sample, innermost address first. `block_bytes`: the size of its allocations.
    fn sample(&mut self, addresses: &[u64], values: &[i64], block_bytes: Option<i64>) {
        self.n_samples += 1;
        self.addresses.extend(addresses.iter().map(|address| (*address, ())));
        let mut labels = Vec::new();
        if let Some(bytes) = block_bytes {
            let mut label = Message::default();
            label.uint(super::field::LABEL_KEY, self.bytes_key).int(super::field::LABEL_NUMBER, bytes);
            let label = label.into_bytes();
            write_varint(&mut labels, label.len() as u64);
            labels.extend_from_slice(&label);
        }
        self.collected.add_sample(addresses, values, &labels);
    }

    /// Names an address; of several names in one sample the first is inlined into the next.
    fn name(&mut self, address: u64, named: Named) {
        let (sample, names) = self.names.entry(address).or_insert_with(|| (self.n_samples, Vec::new()));
        if *sample == self.n_samples && names.len() < 100 && !names.contains(&named) {
            names.push(named);
        }
    }

    /// A comment in which Go names an address: `#\t0x46ac2f\tmain.work+0x5f\t/src/main.go:12`.
    fn comment(&mut self, line: &str) {
        let mut parts =
            line.trim_start_matches('#').split('\t').map(str::trim).filter(|part| !part.is_empty());
        let address = parts.next().and_then(|part| u64::from_str_radix(part.strip_prefix("0x")?, 16).ok());
        let (Some(address), Some(function)) = (address, parts.next()) else { return };
        let function = function.rsplit_once("+0x").map_or(function, |(name, _)| name);
        let (file, line) = parts.next().and_then(|place| place.rsplit_once(':')).unwrap_or_default();
        let named =
            Named { function: function.to_owned(), file: file.to_owned(), line: line.parse().unwrap_or(0) };
        self.name(address, named);
    }

    fn issue(&mut self, offset: u64, message: String) {
        self.n_issues += 1;
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(Issue::at(SOURCE, offset, message));
        }
    }

    /// Takes what comes behind the samples: the memory map.
    fn maps(&mut self, bytes: &[u8]) {
        let maps = Maps::read(bytes);
        let tables = &mut self.collected.parsed.tables;
        for (at, map) in maps.list.iter().enumerate() {
            let (path, build_id) =
                (tables.add_text(map.path.as_bytes()), tables.add_text(map.build_id.as_bytes()));
            tables.mappings.push(super::tables::Mapping {
                id: at as u64 + 1,
                start: map.start,
                limit: map.limit,
                offset: map.offset,
                path,
                build_id,
            });
        }
        let addresses = std::mem::take(&mut self.addresses);
        for address in addresses.into_keys() {
            let mapping = maps.find(address).map_or(0, |at| at as u64 + 1);
            self.location(address, mapping);
        }
    }

    fn location(&mut self, address: u64, mapping: u64) {
        let names = self.names.remove(&address).map(|(_, names)| names).unwrap_or_default();
        let tables = &mut self.collected.parsed.tables;
        let mut lines = Vec::new();
        for named in names {
            let function = tables.add_text(named.function.as_bytes());
            let file = tables.add_text(named.file.as_bytes());
            // Each is a function of its own here; equal ones become one by their names.
            tables.add_function(Function { id: function, name: function, file, ..Function::default() });
            lines.push(Line { function, line: named.line, column: 0 });
        }
        let known = if self.are_addresses { address } else { 0 };
        tables.add_location(address, mapping, known, &lines);
    }

    fn finish(mut self) -> (Collected, Vec<Issue>) {
        // Of files without a memory map.
        let addresses = std::mem::take(&mut self.addresses);
        addresses.into_keys().for_each(|address| self.location(address, 0));
        if self.n_issues > self.issues.len() {
            let n = self.n_issues - self.issues.len();
            self.issues.push(Issue::of(SOURCE, format!("{n} more lines could not be read")));
        }
        (self.collected, self.issues)
    }
}

/// Scales what a heap sampler took to the whole: an allocation of `size` bytes is taken with the probability
/// `1 - exp(-size / rate)`.
fn scaled(count: i64, size: i64, rate: i64) -> (i64, i64) {
    if count == 0 || size == 0 {
        return (0, 0);
    }
    if rate <= 1 {
        return (count, size);
    }
    let mean = size as f64 / count as f64;
    let scale = 1.0 / (1.0 - (-mean / rate as f64).exp());
    ((count as f64 * scale) as i64, (size as f64 * scale) as i64)
}

#[cfg(test)]
mod tests;
