//! Recordings as documents: a terminal summary, Markdown, JSON with a schema, an interactive flame graph,
//! and the viewer in one file.
//!
//! **You give** a recording whose frames have names and kinds, and [`Options`].
//!
//! **You get** text: pick an output of [`OUTPUTS`] and [`Output::render`] it. The facts that all of them print are
//! [`facts()`], a [`ReportJson`]; its JSON schema is [`schema`]. Data for a viewer that is served: [`ViewerData`] and
//! [`viewer_page`]. Two recordings compared have documents of their own: [`DIFF_OUTPUTS`], [`diff_facts`],
//! [`diff_schema`].
//!
//! **It does not** write files, read a clock or the environment, or know where its text goes: width and colour are
//! options.
//!
//! **Invariants**: output is deterministic; a number that the samples cannot carry is not printed; meaning survives
//! without colour; names from the target are data and never become markup, script or terminal control.

mod catalog;
mod diff;
mod facts;
mod output;
mod text;
mod viewer;

pub use catalog::{OUTPUTS, ViewerPage, find_output, viewer_page};
pub use diff::{
    ChangeFact, DIFF_OUTPUTS, DIFF_VERSION, DiffFunctionFact, DiffHeader, DiffJson, DiffNodeFact, DiffOutput,
    DiffRowHeader, DiffSideFact, DiffStackHeader, JudgedFact, ProvableFact, VerdictFact, diff_facts,
    diff_header, diff_schema, find_diff_output,
};
pub use facts::{
    CallNodeFact, CallTreeFact, EventFact, EventPlaceFact, FunctionFact, FunctionsFact, KindTime, ModuleFact,
    ProcessFact, QualityFact, REPORT_VERSION, ReportJson, ResourcesFact, SeriesFact, ShareFact, SignalFact,
    SignalRowFact, TaskWaitFact, TaskWaitsFact, ThreadFact, Totals, WaitFact, WaitThreadFact, WaitsFact,
    facts, schema,
};
pub use output::{Options, Output};
pub use text::plain;
pub use viewer::{ViewerData, ViewerLimits, ViewerMode, ViewerOptions};
