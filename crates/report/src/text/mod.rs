//! Numbers, shares, names and places as people read them. Knows no document.

mod columns;
mod findings;
mod human;
mod names;
mod paint;
mod signals;
mod words;

pub(crate) use columns::{fit, fit_left, pad, pad_left, wrap};
pub(crate) use findings::{
    full_place_text, goal_text, interval_text, model_text, place_text, severities_text, worth_text,
};
pub(crate) use human::{
    bytes_text, count_text, date_text, exit_text, kind_glyph, kind_name, nanos_text, percent_text,
    share_text, share_text_short,
};
pub use names::plain;
pub(crate) use names::{command_text, last_part, location_text, markup, thread_names};
pub(crate) use paint::{Color, Paint};
pub(crate) use signals::{SignalHeading, signal_headings, value_text};
pub(crate) use words::{
    FEWEST_SAMPLES, average_text, epochs_line, imported_text, many_text, next_commands, number_text,
    quality_lines, resource_items, runtime_series, target_of, target_text, tasks_text, why_no_samples,
};
