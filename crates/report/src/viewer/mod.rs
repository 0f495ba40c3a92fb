//! A recording as data for the viewer: one gzip-compressed container of columns.
//!
//! The layout is read by `web/src/data/`. One tree serves all signals; samples are sums by node, thread, state and bin
//! of time. What is too small or too much is merged, and every total stays what it was.

pub(crate) mod header;
mod limits;
mod lines;
mod quality;
mod rows;
mod sections;
mod series;
pub(crate) mod signals;
mod strings;
mod threads;
mod timeline;
mod tree;

use std::collections::BTreeMap;
use std::io::Write;

use fathom_analysis::{
    FlameShape, Fold, FoldLimits, Folder, FunctionId, FunctionIndex, Granularity, PathTree, Region,
    ShapeKind, ShapeTree, flame_shapes,
};
use fathom_model::{FrameId, FrameKind, Judgement, Recording, Signal};
use flate2::{Compression, GzBuilder};

use crate::text::{count_text, date_text, nanos_text, percent_text, plain, target_text};
use crate::viewer::header::{FoldedHeader, Header, ShapeHeader};
pub use crate::viewer::limits::{ViewerLimits, ViewerMode};
use crate::viewer::lines::Lines;
use crate::viewer::rows::{Prepared, Row};
use crate::viewer::sections::Sections;
use crate::viewer::threads::Threads;
use crate::viewer::tree::Functions;

const MAGIC: &[u8; 8] = b"FTHMVW1\n";

/// What the viewer's data is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewerOptions {
    /// Where it goes.
    pub mode: ViewerMode,
    /// How much detail it has.
    pub limits: ViewerLimits,
    /// Text of source files, by the path that frames name; nothing is read here.
    pub sources: BTreeMap<String, String>,
    /// What the rules say.
    pub judgement: Option<Judgement>,
}

impl ViewerOptions {
    /// The usual bounds of a mode, without sources.
    pub fn of(mode: ViewerMode) -> Self {
        Self { mode, limits: ViewerLimits::of(mode), sources: BTreeMap::new(), judgement: None }
    }
}

/// The data of a viewer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ViewerData {
    /// The container, compressed.
    pub bytes: Vec<u8>,
    /// The functions of its tables, by number; `None` stands for small frames.
    pub functions: Vec<Option<FunctionId>>,
}

impl ViewerData {
    /// The data of one recording.
    pub fn build(recording: &Recording, options: &ViewerOptions) -> Self {
        Self::with(recording, options, &|_, _| {})
    }

    /// The same with the last word on the header, which gets the number of a frame's function.
    pub(crate) fn with(recording: &Recording, options: &ViewerOptions, finish: &Finish<'_>) -> Self {
        let index = FunctionIndex::new(recording);
        let scene = Scene::new(recording, &index, options);
        let folder = Folder::new(&scene.paths, scene.own.iter().map(Vec::as_slice));
        let mut limits = options.limits.clone();
        loop {
            let (container, functions) = scene.encode(&folder, &limits, finish);
            let bytes = compressed(&container, options.mode);
            match limits.halved() {
                Some(less) if bytes.len() > limits.most_bytes => limits = less,
                _ => return Self { bytes, functions },
            }
        }
    }
}

/// Changes a header that is otherwise complete; gets the number of the function of a frame, if it was written.
pub(crate) type Finish<'f> = dyn Fn(&mut Header, &dyn Fn(FrameId) -> Option<u32>) + 'f;

/// The title of a recording: what was recorded.
pub(crate) fn title(recording: &Recording) -> String {
    let processes = &recording.processes;
    let name_of =
        |pid| processes.iter().find(|process| process.pid == pid).map(|process| process.name.as_str());
    threads::short(&target_text(&recording.meta.target, name_of))
}

fn compressed(bytes: &[u8], mode: ViewerMode) -> Vec<u8> {
    // Data that is served from this machine is gone after use; a file is kept.
    let level = if mode == ViewerMode::File { Compression::best() } else { Compression::fast() };
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), level);
    // Memory does not fail to be written.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// What does not depend on how much detail fits.
struct Scene<'a> {
    recording: &'a Recording,
    index: &'a FunctionIndex,
    options: &'a ViewerOptions,
    signals: Vec<Signal>,
    paths: PathTree,
    /// Per signal the value that ends in each path.
    own: Vec<Vec<i64>>,
    threads: Threads,
    timeline: Option<timeline::Rows>,
    series: Vec<series::Series>,
    lines: Lines,
}

impl<'a> Scene<'a> {
    fn new(recording: &'a Recording, index: &'a FunctionIndex, options: &'a ViewerOptions) -> Self {
        let limits = &options.limits;
        let signals = signals::signals(recording);
        let lines = Lines::build(recording, index, &signals, limits);
        let threads = Threads::build(recording, limits.most_threads);
        let timeline = timeline::Rows::build(recording, index, &threads, limits);
        let series = series::series(recording, &threads, limits);
        let stacks = recording.samples.iter().filter_map(|sample| sample.stack);
        let paths = PathTree::build(recording, index, Granularity::Function, stacks);
        let mut own = vec![vec![0_i64; paths.nodes.len()]; signals.len()];
        for sample in &recording.samples {
            let Some(signal) = signals.iter().position(|signal| *signal == sample.signal) else { continue };
            let sum = &mut own[signal][paths.node_of(sample.stack)];
            *sum = sum.saturating_add(sample.value.max(0));
        }
        Self { recording, index, options, signals, paths, own, threads, timeline, series, lines }
    }

    fn encode(
        &self,
        folder: &Folder<'_>,
        limits: &ViewerLimits,
        finish: &Finish<'_>,
    ) -> (Vec<u8>, Vec<Option<FunctionId>>) {
        let (fold, rows, bin_nanos) = self.detail(folder, limits);
        let mut sections = Sections::default();
        let mut functions = Functions::new(self.recording, self.index);
        tree::write(&mut sections, &mut functions, &self.paths, &fold);
        self.lines.write(&mut sections, &mut functions, limits.most_lines);
        let mut strings = functions.strings(limits.name_bytes);
        functions.write(&mut sections, &mut strings);
        let sources = self.lines.snippets(&self.options.sources, limits.source_bytes, &mut strings);
        sections.text("str", strings.iter());

        let mut signals = Vec::new();
        let mut shapes = Vec::new();
        for (at, signal) in self.signals.iter().enumerate() {
            let begin = rows.partition_point(|row| row.signal() < at);
            let end = rows.partition_point(|row| row.signal() <= at);
            let of_signal = &rows[begin..end];
            rows::write(&mut sections, at, of_signal);
            let total = of_signal.iter().fold(0_i64, |sum, row| sum.saturating_add(row.value));
            let n = of_signal.iter().fold(0_u64, |sum, row| sum.saturating_add(row.n));
            signals.push(signals::header(self.recording, *signal, total, n));
            shapes.extend(self.shapes(at, &fold, of_signal, total));
        }
        if let Some(timeline) = &self.timeline {
            timeline.write(&mut sections);
        }
        for (at, series) in self.series.iter().enumerate() {
            series.write(&mut sections, at);
        }
        let mut header = Header {
            signals,
            bin_nanos,
            folded: folded(&fold, limits),
            shapes,
            sources,
            sections: sections.table,
            ..self.header()
        };
        finish(&mut header, &|frame| functions.written_number(self.index.of_frame(frame)));
        // Names and numbers, all of them finite: nothing in it can fail.
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + header.len() + sections.body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&sections.body);
        (bytes, functions.into_written())
    }

    /// A tree and its rows within the limits. Nodes are given up for bins of time, if that makes enough of them.
    fn detail(&self, folder: &Folder<'_>, limits: &ViewerLimits) -> (Fold, Vec<Row>, i64) {
        let duration = rows::duration_of(self.recording);
        let folded = |most_nodes: usize| {
            let fold = folder.fold(FoldLimits { least_share: limits.least_share, most_nodes });
            let samples = self.prepared(&fold);
            let bin_nanos = rows::bin_nanos(self.recording, &samples, limits);
            (fold, samples, bin_nanos)
        };
        let is_enough = |bin: i64| duration == 0 || duration / bin.max(1) >= limits.fewest_bins;
        // The largest tree whose rows fit at all.
        let mut fitting = None;
        let mut most_nodes = limits.most_nodes;
        loop {
            let (fold, samples, bin_nanos) = folded(most_nodes);
            let n_nodes = fold.nodes.len();
            let (fold, samples, bin_nanos) = match (bin_nanos, fitting) {
                (Some(bin), _) if is_enough(bin) => (fold, samples, bin),
                (Some(_), first) if n_nodes / 2 >= ViewerLimits::FEWEST_NODES => {
                    fitting = first.or(Some(n_nodes));
                    most_nodes = n_nodes / 2;
                    continue;
                }
                (Some(bin), None) => (fold, samples, bin),
                (_, Some(fitting)) => {
                    let (fold, samples, bin_nanos) = folded(fitting);
                    (fold, samples, bin_nanos.unwrap_or(duration))
                }
                (None, None) if n_nodes > 3 => {
                    most_nodes = n_nodes / 2;
                    continue;
                }
                // Rows that do not fit even so are those of very many threads: they have one bin.
                (None, None) => (fold, samples, duration),
            };
            return (fold, rows::merge(&samples, bin_nanos), bin_nanos);
        }
    }

    fn prepared(&self, fold: &Fold) -> Vec<Prepared> {
        let states = rows::states();
        let start = self.recording.meta.start_nanos;
        let last = rows::duration_of(self.recording).saturating_sub(1).max(0);
        let mut samples = Vec::with_capacity(self.recording.samples.len());
        for sample in &self.recording.samples {
            let Some(signal) = self.signals.iter().position(|signal| *signal == sample.signal) else {
                continue;
            };
            let node = fold.of_path[self.paths.node_of(sample.stack)];
            let state = states.iter().position(|state| *state == sample.state).unwrap_or(states.len() - 1);
            let offset = sample.time_nanos.saturating_sub(start).clamp(0, last);
            let prepared = Prepared::new(signal, self.threads.of_sample(sample), node, state);
            samples.push(prepared.with(offset, sample.value, sample.n));
        }
        samples
    }

    fn shapes(&self, signal: usize, fold: &Fold, rows: &[Row], total: i64) -> Vec<ShapeHeader> {
        let mut own = vec![0_i64; fold.nodes.len()];
        for row in rows {
            let sum = &mut own[row.node() as usize];
            *sum = sum.saturating_add(row.value);
        }
        let parent: Vec<u32> = fold.nodes.iter().map(|node| node.parent).collect();
        let path = |at: usize| fold.nodes[at].path.filter(|path| *path > 0);
        let function: Vec<_> = (0..fold.nodes.len())
            .map(|at| path(at).map(|path| self.paths.nodes[path as usize].function))
            .collect();
        let found = flame_shapes(ShapeTree { parent: &parent, function: &function, own: &own });
        let header = |shape: FlameShape| {
            let name = function[shape.node].map(|id| plain(&self.index.get(id).name)).unwrap_or_default();
            let name = name.chars().take(200).collect::<String>();
            let own = own[shape.node] as f64 / (total.max(1)) as f64;
            let title = match shape.kind {
                ShapeKind::Plateau => format!("{name}: {} in itself", percent_text(own)),
                ShapeKind::Tower => format!("{name}: deep and narrow"),
                ShapeKind::Sawtooth => format!("{name}: works at every level of recursion"),
            };
            ShapeHeader {
                signal,
                node: shape.node,
                kind: shape.kind.as_str(),
                title,
                text: shape.kind.text(),
            }
        };
        found.into_iter().map(header).collect()
    }

    /// The header's part that does not depend on the detail.
    fn header(&self) -> Header {
        let meta = &self.recording.meta;
        let realtime = meta.clock_pairs.first().map(|pair| {
            pair.realtime_nanos.saturating_add(meta.start_nanos.saturating_sub(pair.monotonic_nanos))
        });
        let duration = rows::duration_of(self.recording);
        let mut subtitle: Vec<String> = realtime.and_then(date_text).into_iter().collect();
        if duration > 0 {
            subtitle.push(nanos_text(duration));
        }
        if !meta.host.name.is_empty() {
            subtitle.push(plain(&meta.host.name));
        }
        let mut notes: Vec<String> = meta.quality.notes.iter().map(|note| plain(note)).collect();
        if self.threads.merged > 0 {
            let merged = count_text(self.threads.merged as u64);
            notes.push(format!("{merged} threads with few samples are shown together as `other threads`."));
        }
        Header {
            version: 1,
            mode: match self.options.mode {
                ViewerMode::File => "file",
                ViewerMode::View => "view",
            },
            kind: "report",
            title: title(self.recording),
            subtitle: subtitle.join(" · "),
            fathom: env!("CARGO_PKG_VERSION"),
            duration_nanos: duration,
            realtime_start_nanos: realtime.map(|nanos| nanos.to_string()),
            signals: Vec::new(),
            threads: self.threads.threads.clone(),
            processes: self.threads.processes.clone(),
            states: rows::states().into_iter().map(|state| state.as_str()).collect(),
            kinds: FrameKind::ALL.iter().map(|kind| kind.as_str()).collect(),
            regions: Region::ALL.iter().map(|region| region.as_str()).collect(),
            bin_nanos: 0,
            folded: None,
            timeline: self.timeline.as_ref().map(|timeline| timeline.header.clone()),
            series: self.series.iter().map(|series| series.header.clone()).collect(),
            shapes: Vec::new(),
            quality: quality::quality(meta),
            notes,
            sources: Vec::new(),
            judgement: self.options.judgement.clone(),
            diff: None,
            sections: serde_json::Map::new(),
        }
    }
}

fn folded(fold: &Fold, limits: &ViewerLimits) -> Option<FoldedHeader> {
    (fold.folded_paths > 0).then(|| FoldedHeader {
        nodes: fold.folded_paths,
        text: format!(
            "{} small frames (below {} % of every signal, or beyond the {} heaviest) are shown as `(small frames)` of \
             their callers; all sums are exact",
            count_text(fold.folded_paths as u64),
            limits.least_share * 100.0,
            count_text(fold.nodes.len() as u64),
        ),
    })
}
