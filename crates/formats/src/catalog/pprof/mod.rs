//! pprof's `profile.proto`, gzipped: of Go, and of many profilers; for `go tool pprof`, Speedscope, Grafana, and as Go's
//! `default.pgo`. Also what gperftools and old releases of Go wrote before there was such a thing.
//!
//! Source: <https://github.com/google/pprof/blob/main/proto/profile.proto>, and `profile/legacy_profile.go` there.
//! Inlined frames are several lines of one location. `function.start_line` is set, because Go's profile-guided
//! optimisation needs it. Reading is in one pass over a stream: locations, functions and texts come behind the samples
//! that name them, so that samples are added up by numbers (`stack_ids`, `rows`) and named at the end (`resolve`).

mod blocks;
mod collected;
mod decode;
mod key_table;
mod legacy;
mod places;
mod read;
mod resolve;
mod rows;
mod signals;
mod stack_ids;
mod tables;
mod tasks;
mod tree;
mod write;

pub use decode::{PprofFrame, PprofProfile, PprofSample, ValueType, read_pprof};

use crate::format::{Format, Sniff};
use crate::protobuf::{Fields, Value};

pub(super) const FORMAT: Format = Format {
    name: "pprof",
    summary: "gzipped profile.proto, for go tool pprof and as default.pgo; reads gperftools' files too",
    extensions: &["pb.gz", "pprof", "pgo", "prof"],
    keeps: "stacks with inlining, files, lines, columns, modules and build ids; every signal; labels, thread and process \
            as labels",
    loses: "time of each sample, CPU numbers, states, time series, events; kinds and runtimes of frames; all but the \
            first load address of a module; how often an observation was made, but for CPU time and waiting",
    sniff,
    read: Some(read::read),
    write: Some(write::write),
    writes_directory: false,
};

/// What issues say they are about.
const SOURCE: &str = "pprof profile";
/// Begin of the comment that names the version of Fathom which wrote a profile.
const RECORDED_BY: &str = "recorded by fathom ";

/// Fields of the messages in `profile.proto`.
mod field {
    pub(super) const PROFILE_SAMPLE_TYPE: u64 = 1;
    pub(super) const PROFILE_SAMPLE: u64 = 2;
    pub(super) const PROFILE_MAPPING: u64 = 3;
    pub(super) const PROFILE_LOCATION: u64 = 4;
    pub(super) const PROFILE_FUNCTION: u64 = 5;
    pub(super) const PROFILE_STRING_TABLE: u64 = 6;
    pub(super) const PROFILE_TIME_NANOS: u64 = 9;
    pub(super) const PROFILE_DURATION_NANOS: u64 = 10;
    pub(super) const PROFILE_PERIOD_TYPE: u64 = 11;
    pub(super) const PROFILE_PERIOD: u64 = 12;
    pub(super) const PROFILE_COMMENT: u64 = 13;
    pub(super) const PROFILE_DEFAULT_SAMPLE_TYPE: u64 = 14;
    pub(super) const VALUE_TYPE_KIND: u64 = 1;
    pub(super) const VALUE_TYPE_UNIT: u64 = 2;
    pub(super) const SAMPLE_LOCATION: u64 = 1;
    pub(super) const SAMPLE_VALUE: u64 = 2;
    pub(super) const SAMPLE_LABEL: u64 = 3;
    pub(super) const LABEL_KEY: u64 = 1;
    pub(super) const LABEL_TEXT: u64 = 2;
    pub(super) const LABEL_NUMBER: u64 = 3;
    pub(super) const LABEL_UNIT: u64 = 4;
    pub(super) const MAPPING_ID: u64 = 1;
    pub(super) const MAPPING_START: u64 = 2;
    pub(super) const MAPPING_LIMIT: u64 = 3;
    pub(super) const MAPPING_OFFSET: u64 = 4;
    pub(super) const MAPPING_FILE: u64 = 5;
    pub(super) const MAPPING_BUILD_ID: u64 = 6;
    pub(super) const LOCATION_ID: u64 = 1;
    pub(super) const LOCATION_MAPPING: u64 = 2;
    pub(super) const LOCATION_ADDRESS: u64 = 3;
    pub(super) const LOCATION_LINE: u64 = 4;
    pub(super) const LINE_FUNCTION: u64 = 1;
    pub(super) const LINE_LINE: u64 = 2;
    pub(super) const LINE_COLUMN: u64 = 3;
    pub(super) const FUNCTION_ID: u64 = 1;
    pub(super) const FUNCTION_NAME: u64 = 2;
    pub(super) const FUNCTION_SYSTEM_NAME: u64 = 3;
    pub(super) const FUNCTION_FILE: u64 = 4;
    pub(super) const FUNCTION_START_LINE: u64 = 5;
}

/// Fields of these numbers are messages, texts or lists; the others of a profile are numbers.
const PARTS: std::ops::RangeInclusive<u64> = field::PROFILE_SAMPLE_TYPE..=field::PROFILE_STRING_TABLE;
/// The last field of a profile that there is: `doc_url`.
const LAST_FIELD: u64 = 15;

/// Protobuf has no signature: it is a profile if it can be read as one up to the end of these bytes.
fn sniff(head: &[u8]) -> Sniff {
    if legacy::is_legacy(head) {
        return Sniff::Yes;
    }
    let mut n_parts = 0;
    let mut fields = Fields::new(head);
    for (number, value) in fields.by_ref() {
        match (number, value) {
            (number, Value::Bytes(part)) if PARTS.contains(&number) && is_part(number, part) => {
                n_parts += usize::from(number != field::PROFILE_STRING_TABLE);
            }
            (field::PROFILE_PERIOD_TYPE, Value::Bytes(part)) if is_part(field::PROFILE_SAMPLE_TYPE, part) => {
            }
            (field::PROFILE_COMMENT, Value::Bytes(_)) => {}
            (number, Value::Number(_)) if !PARTS.contains(&number) && (7..=LAST_FIELD).contains(&number) => {}
            _ => return Sniff::No,
        }
    }
    // The last field of a head is cut off.
    let is_whole = fields.broken_at().is_none_or(|_| head.len() >= crate::HEAD_BYTES);
    match n_parts {
        0 => Sniff::No,
        1 => Sniff::Maybe,
        _ if is_whole => Sniff::Yes,
        _ => Sniff::Maybe,
    }
}

/// Whether a part holds nothing but fields that such a part has.
fn is_part(number: u64, part: &[u8]) -> bool {
    // The number of its last field, and those fields that may be messages or lists.
    let (last, lists): (u64, &[u64]) = match number {
        field::PROFILE_SAMPLE_TYPE => (2, &[]),
        field::PROFILE_SAMPLE => (3, &[1, 2, 3]),
        field::PROFILE_MAPPING => (10, &[]),
        field::PROFILE_LOCATION => (5, &[4]),
        field::PROFILE_FUNCTION => (5, &[]),
        _ => return true,
    };
    let mut fields = Fields::new(part);
    let fits = fields.by_ref().all(|(number, value)| {
        (1..=last).contains(&number) && (matches!(value, Value::Number(_)) || lists.contains(&number))
    });
    fits && fields.broken_at().is_none()
}

#[cfg(test)]
mod tests;
