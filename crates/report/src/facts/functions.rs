//! The list of functions.

use fathom_analysis::{Filter, FunctionIndex, FunctionTable};
use fathom_model::{Recording, Signal};

use crate::facts::types::{FunctionFact, FunctionsFact};

/// Beyond this many functions nobody reads, and a list of tens of thousands makes documents slow.
const MOST_FUNCTIONS: usize = 1000;

/// The functions of a signal by self time, and those with much total time whatever their self time.
pub(crate) fn functions(recording: &Recording, index: &FunctionIndex, signal: Signal) -> FunctionsFact {
    let table = FunctionTable::build(recording, index, &Filter::of(signal));
    let left_out = table.rows.len().saturating_sub(MOST_FUNCTIONS) as u64;
    let rows = table.rows.iter().take(MOST_FUNCTIONS).map(|row| {
        let function = index.get(row.function);
        FunctionFact {
            name: function.name.clone(),
            resolved: function.resolved,
            file: function.file.clone(),
            line: row.hottest_line.or(function.start_line),
            module: function.module_name.clone(),
            kind: function.kind,
            self_value: row.self_value,
            total_value: row.total_value,
            self_samples: row.self_n,
            total_samples: row.total_n,
            self_share: row.self_share.into(),
            total_share: row.total_share.into(),
        }
    });
    let effective = table.evidence.effective_n();
    FunctionsFact {
        signal,
        name: recording.meta.name_of(signal).to_owned(),
        unit: recording.meta.unit_of(signal),
        samples: table.evidence.n,
        effective_samples: if effective.is_finite() { effective } else { table.evidence.n as f64 },
        total_value: table.evidence.total_value,
        without_stack_value: table.without_stack_value,
        rows: rows.collect(),
        left_out,
    }
}
