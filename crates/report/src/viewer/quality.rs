//! How far the numbers can be trusted, in short texts.

use fathom_model::Meta;

use crate::text::{bytes_text, count_text, nanos_text, percent_text, plain};
use crate::viewer::header::QualityHeader;

/// Below this share of complete stacks the tree's lower part is guesswork.
const FEW_COMPLETE: f64 = 0.9;
/// Above this share of frames without a name functions hide behind `[module]`.
const MANY_UNRESOLVED: f64 = 0.1;
/// Above this share of its own CPU time the target was slowed down visibly.
const MUCH_COST: f64 = 0.05;

/// Labels and texts; `bad` where a reader should know before trusting a number.
pub(crate) fn quality(meta: &Meta) -> Vec<QualityHeader> {
    let quality = &meta.quality;
    let mut rows = Vec::new();
    let mut row = |label, text: String, bad| rows.push(QualityHeader { label, text, bad });
    if quality.cpu_samples > 0 {
        row("CPU samples", count_text(quality.cpu_samples), false);
    }
    if quality.off_cpu_intervals > 0 || quality.off_cpu_samples > 0 {
        let [recorded, seen] = [quality.off_cpu_samples, quality.off_cpu_intervals].map(count_text);
        row("waits", format!("{recorded} of {seen} recorded"), false);
    }
    row("lost", count_text(quality.lost), quality.lost > 0);
    if let Some(share) = quality.complete_share() {
        row("complete stacks", percent_text(share), share < FEW_COMPLETE);
    }
    if let Some(share) = quality.unresolved_share() {
        row("frames without a name", percent_text(share), share > MANY_UNRESOLVED);
    }
    if let Some(share) = quality.cost.target_share() {
        row("cost to the target", format!("{} of its CPU time", percent_text(share)), share > MUCH_COST);
    }
    if quality.cost.fathom_cpu_nanos > 0 {
        let cost = &quality.cost;
        let (time, peak) = (nanos_text(cost.fathom_cpu_nanos), bytes_text(cost.fathom_peak_rss_bytes));
        row("Fathom itself", format!("{time} of CPU time, {peak}"), false);
    }
    for collector in meta.collectors.iter().filter(|collector| !collector.used) {
        row("missing", plain(&format!("{}: {}", collector.id, collector.how)), true);
    }
    rows
}
