//! `fathom doctor`: what each collector can do on this machine, found by trying.

use fathom_collect::catalog;
use fathom_collect::collector::Rung;

/// One collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorReport {
    /// Its id.
    pub id: &'static str,
    /// What it measures.
    pub summary: &'static str,
    /// What it costs.
    pub overhead: &'static str,
    /// The ways it can work, best first.
    pub rungs: Vec<Rung>,
}

/// Tries every way of every collector.
pub fn doctor() -> Vec<CollectorReport> {
    catalog::all()
        .iter()
        .map(|collector| CollectorReport {
            id: collector.id(),
            summary: collector.summary(),
            overhead: collector.overhead(),
            rungs: collector.probe(),
        })
        .collect()
}
