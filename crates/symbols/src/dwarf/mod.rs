//! DWARF 2 to 5: functions, inlined calls, files and lines of an address.
//!
//! Nothing but unit headers is read at first. A unit's functions and lines are read when an address falls
//! into it, the inlined calls of a function when an address falls into that function. All of it is done
//! without recursion and under a [`budget`], because every table of DWARF may point at any other.

mod budget;
mod debug_file;
mod functions;
mod index;
mod lines;
mod names;
mod place;
mod ranges;
mod sections;
mod text;
mod unit;

pub(crate) use sections::DwarfBytes;

use fathom_model::Issue;
use index::{DwarfFrames, Index};
use self_cell::self_cell;

self_cell!(
    struct Cell {
        owner: DwarfBytes,
        #[not_covariant]
        dependent: Index,
    }
);

/// What DWARF says about one module.
pub(crate) struct Dwarf(Cell);

impl Dwarf {
    /// Reads the unit headers.
    pub(crate) fn new(bytes: DwarfBytes) -> (Self, Vec<Issue>) {
        let mut issues = Vec::new();
        let cell = Cell::new(bytes, |bytes| Index::new(bytes, &mut issues));
        (Self(cell), issues)
    }

    /// The frames at a virtual address; none where no unit covers it.
    pub(crate) fn lookup(&self, address: u64) -> DwarfFrames {
        self.0.with_dependent(|_, index| index.lookup(address))
    }

    /// Whether a limit on hostile input was hit, so that answers may be incomplete.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.0.with_dependent(|_, index| index.budget.is_exhausted())
    }
}
