//! `perf.data`: what `perf record` writes, to a file or to a pipe, packed with `-z` or not, of either byte order.
//!
//! Source: `tools/perf/Documentation/perf.data-file-format.txt` of Linux 6.1 and `include/uapi/linux/perf_event.h`.
//! The reader is our own because the public one allocates by numbers that the file claims.
//!
//! Frames have no names: modules with their build ids and addresses within them are kept, for whoever has the files
//! (see `frames.rs` for what an address is). Copies of user stacks (`--call-graph dwarf`) are counted and not unwound.
//! A clock event gives CPU time in nanoseconds, others a column of the event's name whose value is the period.

mod attribute;
mod events;
mod fields;
mod frames;
mod header;
mod issues;
mod order;
mod profile;
mod records;
mod sample;
mod spaces;
mod tasks;

use crate::format::{Format, Sniff};
use crate::input::{Compression, Input};
use fathom_model::{Issue, Recording};
use profile::Profile;
use records::TakeRecord;

pub(super) const FORMAT: Format = Format {
    name: "perf-data",
    summary: "perf.data of perf record",
    extensions: &["data"],
    keeps: "addresses by module and build id, processes, threads, processors, the time and period of each sample",
    loses: "copies of stacks, registers, branches, what tracepoints tell, counts of perf stat",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

fn sniff(head: &[u8]) -> Sniff {
    if header::is_perf_data(head) { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    if input.compression() == Compression::None {
        return read_file(input);
    }
    // Sections are read out of order.
    let (bytes, mut issues) = input.whole();
    let (recording, more) = read_file(&Input::new(&bytes).with_limits(input.limits()));
    issues.extend(more);
    (recording, issues)
}

fn read_file(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let file = input.bytes();
    let header = match header::header(file) {
        Ok(header) => header,
        Err(what) => return (Recording::default(), vec![Issue::at("file", 0, what)]),
    };
    let mut profile = Profile::new(header.is_big, input.limits());
    for (attribute, ids) in header.attributes(file) {
        profile.attribute(attribute, &ids);
    }
    let mut end = header.data.offset.saturating_add(header.data.length);
    if header.data.length > 0 {
        // They stand behind the records.
        for (number, bytes) in header.features(file) {
            profile.feature(number, &bytes);
        }
    } else {
        profile
            .issues()
            .at(header.data.offset, "perf record was ended before it wrote the file's head".into());
        end = input.length();
    }
    if end > input.length() {
        let missing = end - input.length();
        profile
            .issues()
            .at(input.length(), format!("the file is cut: {missing} bytes of records are missing"));
        end = input.length();
    }
    records::each(input, header.data.offset, end, header.is_big, &mut profile);
    profile.finish()
}

#[cfg(test)]
mod tests;
