//! The header of the viewer's data, as `web/src/data/header.ts` reads it. Data only.

use fathom_model::Judgement;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Header {
    pub(crate) version: u32,
    pub(crate) mode: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) fathom: &'static str,
    pub(crate) duration_nanos: i64,
    pub(crate) realtime_start_nanos: Option<String>,
    pub(crate) signals: Vec<SignalHeader>,
    pub(crate) threads: Vec<ThreadHeader>,
    pub(crate) processes: Vec<ProcessHeader>,
    pub(crate) states: Vec<&'static str>,
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) regions: Vec<&'static str>,
    pub(crate) bin_nanos: i64,
    pub(crate) folded: Option<FoldedHeader>,
    pub(crate) timeline: Option<TimelineHeader>,
    pub(crate) series: Vec<SeriesHeader>,
    pub(crate) shapes: Vec<ShapeHeader>,
    pub(crate) quality: Vec<QualityHeader>,
    pub(crate) notes: Vec<String>,
    pub(crate) sources: Vec<SourceHeader>,
    /// What the rules say, as in the JSON report.
    pub(crate) judgement: Option<Judgement>,
    /// What a comparison says; a report has none.
    pub(crate) diff: Option<Value>,
    pub(crate) sections: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignalHeader {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) total: i64,
    pub(crate) n: u64,
    pub(crate) side: u8,
    pub(crate) sample_count_text: String,
    pub(crate) description: &'static str,
}

#[derive(Clone, Serialize)]
pub(crate) struct ThreadHeader {
    pub(crate) name: String,
    pub(crate) tid: i32,
    pub(crate) process: u32,
}

#[derive(Clone, Serialize)]
pub(crate) struct ProcessHeader {
    pub(crate) name: String,
    pub(crate) pid: i32,
    pub(crate) command: String,
}

#[derive(Serialize)]
pub(crate) struct FoldedHeader {
    pub(crate) nodes: usize,
    pub(crate) text: String,
}

#[derive(Clone, Serialize)]
pub(crate) struct TimelineHeader {
    pub(crate) bins: usize,
    pub(crate) rows: Vec<TimelineRowHeader>,
    pub(crate) states: Vec<&'static str>,
    pub(crate) text: String,
}

#[derive(Clone, Serialize)]
pub(crate) struct TimelineRowHeader {
    pub(crate) thread: Option<u32>,
    pub(crate) label: String,
    pub(crate) process: u32,
}

#[derive(Clone, Serialize)]
pub(crate) struct SeriesHeader {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) process: Option<u32>,
}

#[derive(Serialize)]
pub(crate) struct ShapeHeader {
    pub(crate) signal: usize,
    pub(crate) node: usize,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) text: &'static str,
}

#[derive(Serialize)]
pub(crate) struct QualityHeader {
    pub(crate) label: &'static str,
    pub(crate) text: String,
    pub(crate) bad: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceHeader {
    pub(crate) file: u32,
    pub(crate) first_line: u32,
    pub(crate) text: u32,
}
