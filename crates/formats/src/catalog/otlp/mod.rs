//! OpenTelemetry's profiles, as protobuf and as JSON: package `opentelemetry.proto.profiles.v1development`.
//!
//! Source: `opentelemetry/proto/profiles/v1development/profiles.proto` of
//! <https://github.com/open-telemetry/opentelemetry-proto>, versions 1.10 and 1.11; JSON by the OTLP specification.
//! [`schema`] lists the fields once; JSON is turned into protobuf and back by it ([`json`]), so that there is one reader
//! ([`read`]) and one writer ([`write`]). `ProfilesData` and `ExportProfilesServiceRequest` are the same bytes. There is
//! no standard for several of them in one file: lengths before them are understood as varints and as four bytes, JSON
//! one behind the other. Older shapes of the schema (before 1.8) are not read.

mod attributes;
mod dictionary;
mod json;
mod messages;
mod read;
mod schema;
mod tables;
#[cfg(test)]
mod tests;
mod write;

use crate::format::{Format, Sniff};

const KEEPS: &str = "stacks with inlining, files, lines, modules and build ids; every signal, time, thread, process, \
                     CPU, state and labels of each sample";
const LOSES: &str =
    "raw observations behind a sample, series, events, quality, addresses of modules but the first";

pub(super) const FORMAT: Format = Format {
    name: "otlp",
    summary: "OpenTelemetry profiles, protobuf",
    extensions: &["otlp"],
    keeps: KEEPS,
    loses: LOSES,
    sniff: messages::sniff,
    read: Some(read::read_protobuf),
    write: Some(write::write_protobuf),
    writes_directory: false,
};

pub(super) const JSON_FORMAT: Format = Format {
    name: "otlp-json",
    summary: "OpenTelemetry profiles, JSON",
    extensions: &["otlp.json"],
    keeps: KEEPS,
    loses: LOSES,
    sniff: sniff_json,
    read: Some(read::read_json),
    write: Some(write::write_json),
    writes_directory: false,
};

/// What `scope.name` says in files that Fathom writes.
const SCOPE: &str = "fathom";

/// A JSON object with a member that only this format has, of which nothing else is an array.
fn sniff_json(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(head);
    if !text.trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str, opening: char| {
        text.match_indices(member).any(|(at, _)| {
            let behind = text[at + member.len()..].trim_start().strip_prefix(':').map(str::trim_start);
            behind.is_some_and(|value| value.starts_with(opening))
        })
    };
    let profiles = has("\"resourceProfiles\"", '[') || has("\"resource_profiles\"", '[');
    // The dictionary may stand first, and be longer than the head.
    let dictionary = has("\"dictionary\"", '{')
        && [
            "\"mappingTable\"",
            "\"mapping_table\"",
            "\"stringTable\"",
            "\"string_table\"",
            "\"locationTable\"",
        ]
        .iter()
        .any(|table| has(table, '['));
    if profiles || dictionary { Sniff::Yes } else { Sniff::No }
}
