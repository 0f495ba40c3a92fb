//! Which events of the JDK are told, under what name, and with which of their fields.
//!
//! Names follow OpenTelemetry's semantic conventions for the JVM where there is one. Left out on purpose: messages of
//! exceptions, environment variables, system properties and command lines, which hold what is nobody's business.

use super::At;
use super::names::Names;
use crate::jfr::event::Event;
use crate::jfr::metadata::FieldUnit;
use crate::jfr::value::Value;
use fathom_model::{Unit, secrets};
use serde_json::{Map, Value as Json};

/// An event that is told as one.
pub(super) struct EventKind {
    /// Its name in the recording.
    name: &'static str,
    /// Its kind here.
    pub(super) kind: &'static str,
    /// Key, field, and how the field is shown.
    pub(super) attributes: &'static [(&'static str, &'static str, Shown)],
}

/// How a field becomes an attribute.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    Text,
    Number,
    Nanos,
    Truth,
    Class,
    Thread,
    Method,
}

use Shown::{Class, Method, Nanos, Number, Text, Thread, Truth};

const fn event(
    name: &'static str,
    kind: &'static str,
    attributes: &'static [(&'static str, &'static str, Shown)],
) -> EventKind {
    EventKind { name, kind, attributes }
}

const GC_PHASE: &[(&str, &str, Shown)] = &[("jvm.gc.id", "gcId", Number), ("jvm.gc.phase", "name", Text)];

/// By name.
pub(super) const EVENTS: &[EventKind] = &[
    event("jdk.ClassLoad", "class.load", &[("class", "loadedClass", Class)]),
    event(
        "jdk.CodeCacheFull",
        "code_cache.full",
        &[("pool", "codeBlobType", Text), ("free_bytes", "unallocatedCapacity", Number)],
    ),
    event(
        "jdk.Compilation",
        "compilation",
        &[
            ("method", "method", Method),
            ("compiler", "compiler", Text),
            ("level", "compileLevel", Number),
            ("succeeded", "succeded", Truth),
            ("on_stack_replacement", "isOsr", Truth),
            ("code_bytes", "codeSize", Number),
            ("inlined_bytes", "inlinedBytes", Number),
        ],
    ),
    event("jdk.ConcurrentModeFailure", "gc.failure", &[("jvm.gc.id", "gcId", Number)]),
    event(
        "jdk.Deoptimization",
        "deoptimization",
        &[("method", "method", Method), ("reason", "reason", Text), ("action", "action", Text)],
    ),
    event("jdk.EvacuationFailed", "gc.failure", &[("jvm.gc.id", "gcId", Number)]),
    event(
        "jdk.ExecuteVMOperation",
        "vm.operation",
        &[
            ("operation", "operation", Text),
            ("safepoint", "safepoint", Truth),
            ("caller", "caller", Thread),
            ("safepoint.id", "safepointId", Number),
        ],
    ),
    event("jdk.FileForce", "io.file.force", &[("file.path", "path", Text)]),
    event("jdk.FileRead", "io.file.read", &[("file.path", "path", Text), ("bytes", "bytesRead", Number)]),
    event(
        "jdk.FileWrite",
        "io.file.write",
        &[("file.path", "path", Text), ("bytes", "bytesWritten", Number)],
    ),
    event("jdk.GCPhaseConcurrent", "gc.concurrent", GC_PHASE),
    event("jdk.GCPhasePause", "gc.pause", GC_PHASE),
    event("jdk.GCPhasePauseLevel1", "gc.phase", GC_PHASE),
    event("jdk.GCPhasePauseLevel2", "gc.phase", GC_PHASE),
    event("jdk.GCPhasePauseLevel3", "gc.phase", GC_PHASE),
    event("jdk.GCPhasePauseLevel4", "gc.phase", GC_PHASE),
    event(
        "jdk.GarbageCollection",
        "gc.collection",
        &[
            ("jvm.gc.id", "gcId", Number),
            ("jvm.gc.name", "name", Text),
            ("jvm.gc.cause", "cause", Text),
            ("pause_sum_nanos", "sumOfPauses", Nanos),
            ("pause_longest_nanos", "longestPause", Nanos),
        ],
    ),
    event("jdk.JavaErrorThrow", "exception", &[("exception.type", "thrownClass", Class)]),
    event("jdk.JavaExceptionThrow", "exception", &[("exception.type", "thrownClass", Class)]),
    event(
        "jdk.JavaMonitorEnter",
        "lock.wait",
        &[
            ("lock.class", "monitorClass", Class),
            ("lock.address", "address", Number),
            ("lock.owner", "previousOwner", Thread),
        ],
    ),
    event(
        "jdk.JavaMonitorWait",
        "monitor.wait",
        &[
            ("lock.class", "monitorClass", Class),
            ("lock.address", "address", Number),
            ("notifier", "notifier", Thread),
            ("timeout_nanos", "timeout", Nanos),
            ("timed_out", "timedOut", Truth),
        ],
    ),
    event("jdk.PromotionFailed", "gc.failure", &[("jvm.gc.id", "gcId", Number)]),
    event(
        "jdk.SafepointBegin",
        "safepoint",
        &[("safepoint.id", "safepointId", Number), ("threads", "totalThreadCount", Number)],
    ),
    event(
        "jdk.SocketRead",
        "io.socket.read",
        &[
            ("server.address", "host", Text),
            ("network.peer.address", "address", Text),
            ("network.peer.port", "port", Number),
            ("bytes", "bytesRead", Number),
        ],
    ),
    event(
        "jdk.SocketWrite",
        "io.socket.write",
        &[
            ("server.address", "host", Text),
            ("network.peer.address", "address", Text),
            ("network.peer.port", "port", Number),
            ("bytes", "bytesWritten", Number),
        ],
    ),
    event(
        "jdk.ThreadAllocationStatistics",
        "thread.allocation",
        &[("thread", "thread", Thread), ("allocated_bytes_total", "allocated", Number)],
    ),
    event("jdk.ThreadCPULoad", "thread.cpu_load", &[("user", "user", Number), ("system", "system", Number)]),
    event("jdk.ThreadEnd", "thread.end", &[("thread", "thread", Thread)]),
    event(
        "jdk.ThreadPark",
        "thread.park",
        &[
            ("lock.class", "parkedClass", Class),
            ("lock.address", "address", Number),
            ("timeout_nanos", "timeout", Nanos),
        ],
    ),
    event("jdk.ThreadSleep", "thread.sleep", &[("wanted_nanos", "time", Nanos)]),
    event(
        "jdk.ThreadStart",
        "thread.start",
        &[("thread", "thread", Thread), ("parent", "parentThread", Thread)],
    ),
    event(
        "jdk.VirtualThreadPinned",
        "thread.pinned",
        &[
            ("operation", "blockingOperation", Text),
            ("reason", "pinnedReason", Text),
            ("carrier", "carrierThread", Thread),
        ],
    ),
    event("jdk.VirtualThreadSubmitFailed", "thread.submit_failed", &[]),
    event("jdk.ZAllocationStall", "gc.stall", &[("bytes", "size", Number), ("page", "type", Text)]),
];

/// An event whose numbers are points of series.
pub(super) struct SeriesKind {
    name: &'static str,
    pub(super) points: &'static [PointKind],
}

/// One point.
pub(super) struct PointKind {
    name: &'static str,
    pub(super) unit: Unit,
    /// Field; of a composite one, its field behind a dot.
    field: &'static str,
    /// A field that is taken away from it, or added.
    other: Option<(&'static str, f64)>,
    /// A field whose text tells one series from another.
    by: Option<&'static str>,
}

const fn point(name: &'static str, unit: Unit, field: &'static str) -> PointKind {
    PointKind { name, unit, field, other: None, by: None }
}

/// By name.
pub(super) const SERIES: &[SeriesKind] = &[
    SeriesKind {
        name: "jdk.CPULoad",
        points: &[
            PointKind {
                other: Some(("jvmSystem", 1.0)),
                ..point("jvm.cpu.recent_utilization", Unit::Ratio, "jvmUser")
            },
            point("jvm.system.cpu.utilization", Unit::Ratio, "machineTotal"),
        ],
    },
    SeriesKind {
        name: "jdk.ClassLoadingStatistics",
        points: &[
            PointKind {
                other: Some(("unloadedClassCount", -1.0)),
                ..point("jvm.class.count", Unit::Count, "loadedClassCount")
            },
            point("jvm.class.loaded_total", Unit::Count, "loadedClassCount"),
        ],
    },
    SeriesKind {
        name: "jdk.CodeCacheStatistics",
        points: &[
            PointKind {
                by: Some("codeBlobType"),
                ..point("jvm.code_cache.free", Unit::Bytes, "unallocatedCapacity")
            },
            PointKind {
                by: Some("codeBlobType"),
                ..point("jvm.code_cache.methods", Unit::Count, "methodCount")
            },
        ],
    },
    SeriesKind {
        name: "jdk.CompilerStatistics",
        points: &[
            point("jvm.compilation.count_total", Unit::Count, "compileCount"),
            point("jvm.compilation.time_total", Unit::Nanoseconds, "totalTimeSpent"),
        ],
    },
    SeriesKind {
        name: "jdk.DirectBufferStatistics",
        points: &[
            point("jvm.buffer.memory.used", Unit::Bytes, "memoryUsed"),
            point("jvm.buffer.count", Unit::Count, "count"),
        ],
    },
    SeriesKind {
        name: "jdk.ExceptionStatistics",
        points: &[point("jvm.exception.count_total", Unit::Count, "throwables")],
    },
    SeriesKind {
        name: "jdk.GCHeapSummary",
        points: &[
            point("jvm.memory.used", Unit::Bytes, "heapUsed"),
            point("jvm.memory.committed", Unit::Bytes, "heapSpace.committedSize"),
        ],
    },
    SeriesKind {
        name: "jdk.JavaThreadStatistics",
        points: &[
            point("jvm.thread.count", Unit::Count, "activeCount"),
            point("jvm.thread.daemon_count", Unit::Count, "daemonCount"),
        ],
    },
    SeriesKind {
        name: "jdk.MetaspaceSummary",
        points: &[point("jvm.memory.metaspace.used", Unit::Bytes, "metaspace.used")],
    },
    SeriesKind { name: "jdk.ResidentSetSize", points: &[point("jvm.memory.resident", Unit::Bytes, "size")] },
];

/// Where an event of this name is listed.
pub(super) fn of_event(name: &str) -> Option<At> {
    if let Ok(at) = EVENTS.binary_search_by(|kind| kind.name.cmp(name)) {
        return Some(At::Event(at));
    }
    SERIES.binary_search_by(|kind| kind.name.cmp(name)).ok().map(At::Series)
}

/// The attributes of an event as a JSON object.
pub(super) fn attributes(
    event: &Event<'_>,
    wanted: &[(&'static str, &'static str, Shown)],
    names: &mut Names,
) -> String {
    let mut out = Map::new();
    for (key, field, shown) in wanted {
        let text = |names: &mut Names, text: &str| names.text(text).map(Json::from);
        let value = match shown {
            Text => event.text(field).and_then(|found| text(names, &found)),
            Number => number(event.field(field)),
            Nanos => event.nanos(field).map(Json::from),
            Truth => event.integer(field).map(|truth| Json::from(truth != 0)),
            Class => names.class(event, field).map(|at| Json::from(names.classes[at as usize].as_str())),
            Thread => event.thread_in(field).and_then(|thread| text(names, &thread.name)),
            Method => event.method(field).and_then(|method| {
                let class = method.class;
                text(names, &format!("{class}.{}", method.name))
            }),
        };
        if let Some(value) = value {
            out.insert((*key).to_owned(), value);
        }
    }
    Json::Object(out).to_string()
}

/// The attributes of an event that the program defined itself: what is no composite, and looks like no secret.
pub(super) fn own_attributes(event: &Event<'_>, names: &mut Names) -> String {
    const USUAL: [&str; 4] = ["startTime", "duration", "eventThread", "stackTrace"];
    let mut out = Map::new();
    for field in &event.of().fields {
        if USUAL.contains(&&*field.name) || secrets::names_secret(&field.name) {
            continue;
        }
        let value = match event.field(&field.name) {
            Some(Value::Text(text)) if !secrets::looks_secret(&text) => names.text(&text).map(Json::from),
            Some(value) if field.unit == FieldUnit::None => number(Some(value)),
            Some(_) => event.nanos(&field.name).map(Json::from),
            None => None,
        };
        if let (Some(value), Some(key)) = (value, names.text(&field.name)) {
            out.insert(key, value);
        }
    }
    Json::Object(out).to_string()
}

fn number(value: Option<Value<'_>>) -> Option<Json> {
    match value? {
        Value::Integer(number) => Some(Json::from(number)),
        // What is no number has no place in JSON.
        Value::Float(number) => serde_json::Number::from_f64(number).map(Json::Number),
        _ => None,
    }
}

/// Name and value of a point.
pub(super) fn point_of(event: &Event<'_>, kind: &PointKind, names: &mut Names) -> Option<(String, f64)> {
    let number = |field: &str| match field.split_once('.') {
        Some((outer, inner)) => event.field(outer)?.composite()?.field(inner)?.float(),
        None if event.unit(field) != Some(FieldUnit::None) => event.nanos(field).map(|nanos| nanos as f64),
        None => event.float(field),
    };
    let mut value = number(kind.field)?;
    if let Some((other, factor)) = kind.other {
        value += factor * number(other)?;
    }
    let name = match kind.by {
        // `CodeHeap 'profiled nmethods'`
        Some(by) => {
            let by = names.text(&event.text(by)?)?;
            let inner = by.split('\'').nth(1).unwrap_or(&by).replace(' ', "_");
            format!("{}.{inner}", kind.name)
        }
        None => kind.name.to_owned(),
    };
    Some((name, value)).filter(|(_, value)| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(EVENTS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(SERIES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(EVENTS.iter().all(|kind| matches!(of_event(kind.name), Some(At::Event(_)))));
        assert!(SERIES.iter().all(|kind| matches!(of_event(kind.name), Some(At::Series(_)))));
        assert!(of_event("jdk.Flush").is_none());
    }
}
