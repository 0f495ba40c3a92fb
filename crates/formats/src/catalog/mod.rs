//! The formats, in alphabetical order. To add one: a file or folder here, and one line in each list.

mod bolt;
mod callgrind;
mod chrome_trace;
pub mod cpuprofile;
mod firefox;
mod folded;
mod heapprofile;
pub mod jfr;
mod otlp;
mod otlp_json;
pub mod parquet;
mod perf_data;
mod perf_script;
pub mod pprof;
mod pstats;
mod speedscope;
mod stackprof;
mod v8_log;

use crate::format::Format;

/// Every format.
pub const FORMATS: &[&Format] = &[
    &bolt::FORMAT,
    &callgrind::FORMAT,
    &chrome_trace::FORMAT,
    &cpuprofile::FORMAT,
    &firefox::FORMAT,
    &folded::FORMAT,
    &heapprofile::FORMAT,
    &jfr::FORMAT,
    &otlp::FORMAT,
    &otlp_json::FORMAT,
    &parquet::FORMAT,
    &perf_data::FORMAT,
    &perf_script::FORMAT,
    &pprof::FORMAT,
    &pstats::FORMAT,
    &speedscope::FORMAT,
    &stackprof::FORMAT,
    &v8_log::FORMAT,
];
