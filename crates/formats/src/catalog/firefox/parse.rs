//! From the JSON to columns.

use super::document::{Counter, Document, Group, Lib, Marker, Own, SampleTable, Tables, Thread};
use super::table::table;
use crate::input::Input;
use crate::pull_json::{Damage, Kind, Log, PullJson};
use fathom_model::Issue;
use std::io::Read;

/// Processes within processes; Gecko nests once.
const MOST_NESTED: u32 = 8;
/// The longest payload of a marker that is kept.
const MOST_PAYLOAD_BYTES: usize = 16 << 10;
/// Milliseconds have as many places above nanoseconds.
const NANO_PLACES: u32 = 6;

type Outcome = Result<(), Damage>;

/// The document, what was wrong with it, and with the stream.
pub(super) fn parse(input: &Input<'_>) -> (Document, Log, Vec<Issue>) {
    let mut log = Log::new(super::FORMAT.name);
    let mut json = PullJson::new(input.stream());
    let mut document = Document::default();
    match group(&mut json, &mut document, &mut log, 0) {
        Ok(()) if document.groups.is_empty() => log.of("no object", || "the file is no JSON object".into()),
        Ok(()) => {}
        Err(damage) => log.damage(damage),
    }
    document.groups.iter_mut().for_each(Group::index_libs);
    let issues = json.reader().issues();
    (document, log, issues)
}

/// A whole profile, or that of another process within it.
fn group<R: Read>(json: &mut PullJson<R>, document: &mut Document, log: &mut Log, depth: u32) -> Outcome {
    if json.kind()? != Kind::Object {
        return json.skip();
    }
    let number = document.groups.len();
    document.groups.push(Group::default());
    json.members(|json, name| {
        match name {
            "meta" => meta(json, &mut document.groups[number])?,
            "libs" => libs(json, &mut document.groups[number].libs)?,
            "threads" => {
                json.items(|json, _| {
                    if json.kind()? != Kind::Object {
                        let at = json.at();
                        log.at("threads that are no objects", at, || "a thread is no object".into());
                        return json.skip();
                    }
                    let mut new = Thread { group: number, ..Thread::default() };
                    let outcome = thread(json, &mut new);
                    document.threads.push(new);
                    outcome
                })?;
            }
            "shared" => shared(json, &mut document.shared)?,
            "counters" => {
                json.items(|json, _| {
                    let mut new = Counter::default();
                    let outcome = counter(json, &mut new);
                    document.counters.push((number, new));
                    outcome
                })?;
            }
            // The file of Firefox's own developer tools has the profile within.
            "profile" | "processes" if depth >= MOST_NESTED => {
                let at = json.at();
                log.at("processes too deep", at, || {
                    format!("processes are nested deeper than {MOST_NESTED}")
                });
                json.skip()?;
            }
            "profile" => {
                document.wrapper = Some(number);
                group(json, document, log, depth + 1)?;
            }
            "processes" => {
                json.items(|json, _| group(json, document, log, depth + 1))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(())
}

fn meta<R: Read>(json: &mut PullJson<R>, group: &mut Group) -> Outcome {
    json.members(|json, name| {
        match name {
            "startTime" => group.start = json.decimal(NANO_PLACES)?,
            "interval" => group.interval = json.decimal(NANO_PLACES)?,
            "product" => group.product = json.text()?.unwrap_or_default(),
            "importedFrom" => group.imported_from = json.text()?.unwrap_or_default(),
            "version" => group.gecko_version = json.decimal(0)?,
            "preprocessedProfileVersion" => group.processed_version = json.decimal(0)?,
            "abi" => group.architecture = json.text()?.unwrap_or_default(),
            "sampleUnits" => {
                json.members(|json, name| {
                    match name {
                        "threadCPUDelta" => group.cpu_unit = json.text()?.unwrap_or_default(),
                        _ => json.skip()?,
                    }
                    Ok(())
                })?;
            }
            "categories" => {
                json.items(|json, _| {
                    let mut category = String::new();
                    json.members(|json, name| {
                        match name {
                            "name" => category = json.text()?.unwrap_or_default(),
                            _ => json.skip()?,
                        }
                        Ok(())
                    })?;
                    group.categories.push(category);
                    Ok(())
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(())
}

fn libs<R: Read>(json: &mut PullJson<R>, libs: &mut Vec<Lib>) -> Outcome {
    json.items(|json, _| {
        let mut lib = Lib::default();
        json.members(|json, name| {
            match name {
                "path" => lib.path = json.text()?.unwrap_or_default(),
                "name" => lib.name = json.text()?.unwrap_or_default(),
                "codeId" => lib.code_id = json.text()?.unwrap_or_default(),
                "start" => lib.start = json.decimal(0)?,
                "end" => lib.end = json.decimal(0)?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        libs.push(lib);
        Ok(())
    })?;
    Ok(())
}

fn strings<R: Read>(json: &mut PullJson<R>, strings: &mut Vec<String>) -> Outcome {
    json.items(|json, _| {
        strings.push(json.text()?.unwrap_or_default());
        Ok(())
    })?;
    Ok(())
}

fn shared<R: Read>(json: &mut PullJson<R>, shared: &mut Tables) -> Outcome {
    json.members(|json, name| match name {
        "stringArray" => strings(json, &mut shared.strings),
        "sources" => numbers(json, &mut |name, row, value| {
            if name == "filename" {
                shared.source_name.set(row, value);
            }
        }),
        _ => code(json, name, shared),
    })?;
    Ok(())
}

/// A table of numbers and of words that stand for them.
fn numbers<R: Read>(json: &mut PullJson<R>, set: &mut dyn FnMut(&str, usize, Option<i64>)) -> Outcome {
    let mut cell = |json: &mut PullJson<R>, name: &str, row: usize| {
        let value = json.decimal(0)?;
        set(name, row, value);
        Ok(())
    };
    table(json, &mut cell, &mut |json, _| json.skip())
}

/// A table of stacks or code, wherever it stands.
fn code<R: Read>(json: &mut PullJson<R>, name: &str, tables: &mut Tables) -> Outcome {
    let Tables { frames, functions, stacks, resource_lib, native_lib, .. } = tables;
    match name {
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
        _ => json.skip(),
    }
}

fn thread<R: Read>(json: &mut PullJson<R>, thread: &mut Thread) -> Outcome {
    json.members(|json, name| {
        match name {
            "name" => thread.name = json.text()?.unwrap_or_default(),
            "processName" => thread.process_name = json.text()?,
            "processType" => thread.process_type = json.text()?.unwrap_or_default(),
            "pid" => thread.pid = number_or_text(json)?,
            "tid" => thread.tid = number_or_text(json)?,
            "libs" => libs(json, &mut thread.libs)?,
            "stringArray" | "stringTable" => strings(json, &mut thread.tables.strings)?,
            "samples" => samples(json, &mut thread.samples)?,
            "jsAllocations" => samples(json, &mut thread.js_allocations)?,
            "nativeAllocations" => samples(json, &mut thread.native_allocations)?,
            "markers" => markers(json, &mut thread.markers)?,
            "fathom" => thread.own = Some(own(json)?),
            _ => code(json, name, &mut thread.tables)?,
        }
        Ok(())
    })?;
    Ok(())
}

fn number_or_text<R: Read>(json: &mut PullJson<R>) -> Result<Option<String>, Damage> {
    match json.kind()? {
        Kind::Number => Ok(json.decimal(0)?.map(|number| number.to_string())),
        _ => json.text(),
    }
}

fn own<R: Read>(json: &mut PullJson<R>) -> Result<Own, Damage> {
    let mut own = Own::default();
    json.members(|json, name| {
        let text = json.text()?.unwrap_or_default();
        match name {
            "signal" => own.signal = text,
            "column" => own.column = text,
            "unit" => own.unit = text,
            "thread" => own.thread = text,
            _ => {}
        }
        Ok(())
    })?;
    Ok(own)
}

fn samples<R: Read>(json: &mut PullJson<R>, samples: &mut SampleTable) -> Outcome {
    let SampleTable { weight_type, stack, time, time_delta, weight, weight_millionths, cpu_delta_millionths } =
        samples;
    let mut cell = |json: &mut PullJson<R>, name: &str, row: usize| {
        match name {
            "stack" => stack.set(row, json.decimal(0)?),
            "time" => time.set(row, json.decimal(NANO_PLACES)?),
            "timeDeltas" => time_delta.set(row, json.decimal(NANO_PLACES)?),
            "threadCPUDelta" => cpu_delta_millionths.set(row, json.decimal(6)?),
            "weight" | "duration" => {
                let is_number = json.kind()? == Kind::Number;
                weight_millionths.set(row, json.decimal(6)?);
                weight.set(row, if is_number { json.last_whole() } else { None });
            }
            _ => json.skip()?,
        }
        Ok(())
    };
    table(json, &mut cell, &mut |json, name| {
        match name {
            "weightType" => *weight_type = json.text()?.unwrap_or_default(),
            _ => json.skip()?,
        }
        Ok(())
    })
}

fn markers<R: Read>(json: &mut PullJson<R>, markers: &mut Vec<Marker>) -> Outcome {
    let mut cell = |json: &mut PullJson<R>, name: &str, row: usize| {
        if markers.len() <= row {
            markers.resize_with(row + 1, Marker::default);
        }
        let marker = &mut markers[row];
        match name {
            "name" => marker.name = json.decimal(0)?,
            "startTime" | "time" => marker.start = json.decimal(NANO_PLACES)?,
            "endTime" => marker.end = json.decimal(NANO_PLACES)?,
            "phase" => marker.phase = json.decimal(0)?.unwrap_or(0),
            "data" if json.kind()? == Kind::Object => marker.data = json.raw(MOST_PAYLOAD_BYTES)?,
            _ => json.skip()?,
        }
        Ok(())
    };
    table(json, &mut cell, &mut |json, _| json.skip())
}

fn counter<R: Read>(json: &mut PullJson<R>, counter: &mut Counter) -> Outcome {
    json.members(|json, name| {
        match name {
            "name" => counter.name = json.text()?.unwrap_or_default(),
            "category" => counter.category = json.text()?.unwrap_or_default(),
            "pid" => counter.pid = number_or_text(json)?,
            "samples" => counter_samples(json, counter)?,
            // Before version 48 there could be several groups; Firefox never wrote more than one.
            "sampleGroups" | "sample_groups" => {
                json.items(|json, at| {
                    json.members(|json, name| match name {
                        "samples" if at == 0 => counter_samples(json, counter),
                        _ => json.skip(),
                    })?;
                    Ok(())
                })?;
            }
            "fathom" => {
                json.members(|json, name| {
                    counter.is_of_host |= name == "host";
                    json.skip()
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(())
}

fn counter_samples<R: Read>(json: &mut PullJson<R>, counter: &mut Counter) -> Outcome {
    let mut cell = |json: &mut PullJson<R>, name: &str, row: usize| {
        match name {
            "time" => counter.time.set(row, json.decimal(NANO_PLACES)?),
            "timeDeltas" => counter.time_delta.set(row, json.decimal(NANO_PLACES)?),
            "count" => {
                counter.count.resize(row, 0.0);
                counter.count.push(json.number()?.map_or(0.0, crate::pull_json::Number::as_f64));
            }
            _ => json.skip()?,
        }
        Ok(())
    };
    table(json, &mut cell, &mut |json, _| json.skip())
}
