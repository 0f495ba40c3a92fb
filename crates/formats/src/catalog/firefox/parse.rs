//! From the JSON to columns.

use super::document::{Counter, Document, Group, Lib, Marker, Own, SampleTable, Tables, Thread};
use super::table::read_table;
use crate::input::Input;
use crate::json::{JsonTokens, Number, Token};
use crate::notes::Notes;
use fathom_model::Issue;
use std::io::Read;

/// Processes within processes; Gecko nests once.
const MOST_NESTED: u32 = 8;
/// The longest payload of a marker that is kept.
const MOST_PAYLOAD_BYTES: usize = 16 << 10;
/// Milliseconds have as many places above nanoseconds.
const NANO_PLACES: u32 = 6;

/// The document, what was wrong with it, and with the stream.
pub(super) fn parse(input: &Input<'_>) -> (Document, Notes, Vec<Issue>) {
    let mut notes = Notes::new(super::FORMAT.name);
    let mut json = JsonTokens::new(input.stream());
    let mut document = Document::default();
    group(&mut json, &mut document, &mut notes, 0);
    if document.groups.is_empty() && !json.is_broken() {
        notes.of("the file is no JSON object".into());
    }
    document.groups.iter_mut().for_each(Group::index_libs);
    let mut issues = json.reader().issues();
    issues.extend(json.issues(super::FORMAT.name));
    (document, notes, issues)
}

/// A whole profile, or that of another process within it.
fn group<R: Read>(json: &mut JsonTokens<R>, document: &mut Document, notes: &mut Notes, depth: u32) {
    if !json.enter(Token::Object) {
        return;
    }
    let number = document.groups.len();
    document.groups.push(Group::default());
    while let Some(name) = json.next_key() {
        match name {
            "meta" => meta(json, &mut document.groups[number]),
            "libs" => libs(json, &mut document.groups[number].libs),
            "threads" => threads(json, number, document, notes),
            "shared" => shared(json, &mut document.shared),
            "counters" => {
                if json.enter(Token::Array) {
                    while json.next_item() {
                        document.counters.push((number, counter(json)));
                    }
                }
            }
            // The file of Firefox's own developer tools has the profile within.
            "profile" | "processes" if depth >= MOST_NESTED => {
                json.peek();
                notes.say_at(json.token_at(), "processes too deep", || {
                    format!("processes are nested deeper than {MOST_NESTED}")
                });
                json.skip_value();
            }
            "profile" => {
                document.wrapper = Some(number);
                group(json, document, notes, depth + 1);
            }
            "processes" => {
                if json.enter(Token::Array) {
                    while json.next_item() {
                        group(json, document, notes, depth + 1);
                    }
                }
            }
            _ => json.skip_value(),
        }
    }
}

fn threads<R: Read>(json: &mut JsonTokens<R>, group: usize, document: &mut Document, notes: &mut Notes) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let at = json.token_at();
        if json.enter(Token::Object) {
            // One that the file is cut in keeps what was read of it.
            document.threads.push(thread(json, group));
        } else {
            notes.say_at(at, "threads that are no objects", || "a thread is no object".into());
        }
    }
}

fn meta<R: Read>(json: &mut JsonTokens<R>, group: &mut Group) {
    if !json.enter(Token::Object) {
        return;
    }
    while let Some(name) = json.next_key() {
        match name {
            "startTime" => group.start = json.decimal(NANO_PLACES),
            "interval" => group.interval = json.decimal(NANO_PLACES),
            "product" => group.product = json.text_or_empty(),
            "importedFrom" => group.imported_from = json.text_or_empty(),
            "version" => group.gecko_version = json.decimal(0),
            "preprocessedProfileVersion" => group.processed_version = json.decimal(0),
            "abi" => group.architecture = json.text_or_empty(),
            "sampleUnits" => {
                if let Some(unit) = member_text(json, "threadCPUDelta") {
                    group.cpu_unit = unit;
                }
            }
            "categories" => {
                if json.enter(Token::Array) {
                    while json.next_item() {
                        group.categories.push(member_text(json, "name").unwrap_or_default());
                    }
                }
            }
            _ => json.skip_value(),
        }
    }
}

/// Reads an object, of which one member is a text that matters.
fn member_text<R: Read>(json: &mut JsonTokens<R>, wanted: &str) -> Option<String> {
    if !json.enter(Token::Object) {
        return None;
    }
    let mut found = None;
    while let Some(name) = json.next_key() {
        if name == wanted {
            found = Some(json.text_or_empty());
        } else {
            json.skip_value();
        }
    }
    found
}

fn libs<R: Read>(json: &mut JsonTokens<R>, libs: &mut Vec<Lib>) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let mut lib = Lib::default();
        if json.enter(Token::Object) {
            while let Some(name) = json.next_key() {
                match name {
                    "path" => lib.path = json.text_or_empty(),
                    "name" => lib.name = json.text_or_empty(),
                    "codeId" => lib.code_id = json.text_or_empty(),
                    "start" => lib.start = json.decimal(0),
                    "end" => lib.end = json.decimal(0),
                    _ => json.skip_value(),
                }
            }
        }
        libs.push(lib);
    }
}

fn strings<R: Read>(json: &mut JsonTokens<R>, strings: &mut Vec<String>) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        strings.push(json.text_or_empty());
    }
}

fn shared<R: Read>(json: &mut JsonTokens<R>, shared: &mut Tables) {
    if !json.enter(Token::Object) {
        return;
    }
    while let Some(name) = json.next_key() {
        match name {
            "stringArray" => strings(json, &mut shared.strings),
            "sources" => numbers(json, &mut |name, row, value| {
                if name == "filename" {
                    shared.source_name.set(row, value);
                }
            }),
            _ => code(json, shared),
        }
    }
}

/// A table of numbers and of words that stand for them.
fn numbers<R: Read>(json: &mut JsonTokens<R>, set: &mut dyn FnMut(&str, usize, Option<i64>)) {
    let mut cell = |json: &mut JsonTokens<R>, name: &str, row: usize| {
        let value = json.decimal(0);
        if !json.is_broken() {
            set(name, row, value);
        }
    };
    read_table(json, &mut cell, &mut |json, _| json.skip_value());
}

/// Reads a member of a thread, or of what all share, if it is a table of stacks or code.
fn code<R: Read>(json: &mut JsonTokens<R>, tables: &mut Tables) {
    let Tables { frames, functions, stacks, resource_lib, native_lib, .. } = tables;
    match json.key() {
        "frameTable" => numbers(json, &mut |name, row, value| {
            let column = match name {
                "location" => &mut frames.location,
                "func" => &mut frames.function,
                "address" => &mut frames.address,
                "line" => &mut frames.line,
                "column" => &mut frames.column,
                "category" => &mut frames.category,
                "nativeSymbol" => &mut frames.native_symbol,
                "inlineDepth" => &mut frames.inline_depth,
                "lib" => &mut frames.lib,
                "flags" => &mut frames.flags,
                _ => return,
            };
            column.set(row, value);
        }),
        "funcTable" => numbers(json, &mut |name, row, value| {
            let column = match name {
                "name" => &mut functions.name,
                "resource" => &mut functions.resource,
                "fileName" => &mut functions.file,
                "source" => &mut functions.source,
                "lineNumber" => &mut functions.line,
                "flags" => &mut functions.flags,
                _ => return,
            };
            column.set(row, value);
        }),
        "stackTable" => numbers(json, &mut |name, row, value| {
            let column = match name {
                "frame" => &mut stacks.frame,
                "prefix" => &mut stacks.prefix,
                "prefixOffset" => &mut stacks.prefix_offset,
                _ => return,
            };
            column.set(row, value);
        }),
        "resourceTable" => numbers(json, &mut |name, row, value| {
            if name == "lib" {
                resource_lib.set(row, value);
            }
        }),
        "nativeSymbols" => numbers(json, &mut |name, row, value| {
            if name == "libIndex" {
                native_lib.set(row, value);
            }
        }),
        _ => json.skip_value(),
    }
}

/// A thread, whose object is open.
fn thread<R: Read>(json: &mut JsonTokens<R>, group: usize) -> Thread {
    let mut thread = Thread { group, ..Thread::default() };
    while let Some(name) = json.next_key() {
        match name {
            "name" => thread.name = json.text_or_empty(),
            "processName" => thread.process_name = json.text().map(str::to_owned),
            "processType" => thread.process_type = json.text_or_empty(),
            "pid" => thread.pid = number_or_text(json),
            "tid" => thread.tid = number_or_text(json),
            "libs" => libs(json, &mut thread.libs),
            "stringArray" | "stringTable" => strings(json, &mut thread.tables.strings),
            "samples" => samples(json, &mut thread.samples),
            "jsAllocations" => samples(json, &mut thread.js_allocations),
            "nativeAllocations" => samples(json, &mut thread.native_allocations),
            "markers" => markers(json, &mut thread.markers),
            "fathom" => thread.own = Some(own(json)),
            _ => code(json, &mut thread.tables),
        }
    }
    thread
}

fn number_or_text<R: Read>(json: &mut JsonTokens<R>) -> Option<String> {
    match json.peek() {
        Token::Number => json.decimal(0).map(|number| number.to_string()),
        _ => json.text().map(str::to_owned),
    }
}

fn own<R: Read>(json: &mut JsonTokens<R>) -> Own {
    let mut own = Own::default();
    if !json.enter(Token::Object) {
        return own;
    }
    while let Some(name) = json.next_key() {
        match name {
            "signal" => own.signal = json.text_or_empty(),
            "column" => own.column = json.text_or_empty(),
            "unit" => own.unit = json.text_or_empty(),
            "thread" => own.thread = json.text_or_empty(),
            _ => json.skip_value(),
        }
    }
    own
}

fn samples<R: Read>(json: &mut JsonTokens<R>, samples: &mut SampleTable) {
    let SampleTable { weight_type, stack, time, time_delta, weight, weight_millionths, cpu_delta_millionths } =
        samples;
    let mut cell = |json: &mut JsonTokens<R>, name: &str, row: usize| {
        let (column, places) = match name {
            "stack" => (&mut *stack, 0),
            "time" => (&mut *time, NANO_PLACES),
            "timeDeltas" => (&mut *time_delta, NANO_PLACES),
            "threadCPUDelta" => (&mut *cpu_delta_millionths, 6),
            "weight" | "duration" => (&mut *weight_millionths, 6),
            _ => return json.skip_value(),
        };
        let is_number = json.peek() == Token::Number;
        let value = json.decimal(places);
        if json.is_broken() {
            return;
        }
        column.set(row, value);
        if matches!(name, "weight" | "duration") {
            weight.set(row, if is_number { json.last_whole() } else { None });
        }
    };
    read_table(json, &mut cell, &mut |json, name| match name {
        "weightType" => *weight_type = json.text_or_empty(),
        _ => json.skip_value(),
    });
}

fn markers<R: Read>(json: &mut JsonTokens<R>, markers: &mut Vec<Marker>) {
    let mut cell = |json: &mut JsonTokens<R>, name: &str, row: usize| {
        if markers.len() <= row {
            markers.resize_with(row + 1, Marker::default);
        }
        let marker = &mut markers[row];
        match name {
            "name" => marker.name = json.decimal(0),
            "startTime" | "time" => marker.start = json.decimal(NANO_PLACES),
            "endTime" => marker.end = json.decimal(NANO_PLACES),
            "phase" => marker.phase = json.decimal(0).unwrap_or(0),
            "data" if json.peek() == Token::Object => marker.data = json.raw(MOST_PAYLOAD_BYTES),
            _ => json.skip_value(),
        }
    };
    read_table(json, &mut cell, &mut |json, _| json.skip_value());
}

fn counter<R: Read>(json: &mut JsonTokens<R>) -> Counter {
    let mut counter = Counter::default();
    if !json.enter(Token::Object) {
        return counter;
    }
    while let Some(name) = json.next_key() {
        match name {
            "name" => counter.name = json.text_or_empty(),
            "category" => counter.category = json.text_or_empty(),
            "pid" => counter.pid = number_or_text(json),
            "samples" => counter_samples(json, &mut counter),
            // Before version 48 there could be several groups; Firefox never wrote more than one.
            "sampleGroups" | "sample_groups" => {
                if json.enter(Token::Array) {
                    let mut is_first = true;
                    while json.next_item() {
                        if is_first {
                            sample_group(json, &mut counter);
                        } else {
                            json.skip_value();
                        }
                        is_first = false;
                    }
                }
            }
            "fathom" => {
                if json.enter(Token::Object) {
                    while let Some(name) = json.next_key() {
                        counter.is_of_host |= name == "host";
                        json.skip_value();
                    }
                }
            }
            _ => json.skip_value(),
        }
    }
    counter
}

fn sample_group<R: Read>(json: &mut JsonTokens<R>, counter: &mut Counter) {
    if !json.enter(Token::Object) {
        return;
    }
    while let Some(name) = json.next_key() {
        match name {
            "samples" => counter_samples(json, counter),
            _ => json.skip_value(),
        }
    }
}

fn counter_samples<R: Read>(json: &mut JsonTokens<R>, counter: &mut Counter) {
    let mut cell = |json: &mut JsonTokens<R>, name: &str, row: usize| match name {
        "time" => counter.time.set(row, json.decimal(NANO_PLACES)),
        "timeDeltas" => counter.time_delta.set(row, json.decimal(NANO_PLACES)),
        "count" => {
            let count = json.number().map_or(0.0, Number::as_f64);
            if !json.is_broken() {
                counter.count.resize(row, 0.0);
                counter.count.push(count);
            }
        }
        _ => json.skip_value(),
    };
    read_table(json, &mut cell, &mut |json, _| json.skip_value());
}
