//! Two recordings compared, as documents: facts once, and every output from them. Knows no recording by itself.

mod build;
mod catalog;
mod merged;
mod types;
mod viewer;
mod words;

pub use build::{diff_facts, diff_schema};
pub use catalog::{DIFF_OUTPUTS, DiffOutput, find_diff_output};
pub use types::{
    ChangeFact, DIFF_VERSION, DiffFunctionFact, DiffJson, DiffNodeFact, DiffSideFact, JudgedFact,
    ProvableFact, VerdictFact,
};
pub use viewer::{DiffHeader, DiffRowHeader, DiffStackHeader, diff_header};
