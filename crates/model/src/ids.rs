//! Identifiers: dense indices into the tables of a recording, and the kernel's own numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! dense_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table this id belongs to.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of the row at `index`; tables hold fewer than 2^32 rows.
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table holds fewer than 2^32 rows"))
            }
        }
    };
}

dense_id!(
    /// Row of the `frames` table.
    FrameId
);
dense_id!(
    /// Row of the `stacks` table: the innermost frame of a stack, its callers follow by `parent`.
    StackId
);
dense_id!(
    /// Row of the `modules` table.
    ModuleId
);
dense_id!(
    /// Row of the `processes` table; never reused, also when the kernel reuses the pid or the process execs.
    ProcessId
);
dense_id!(
    /// Row of the `threads` table; never reused.
    ThreadId
);
dense_id!(
    /// A set of labels in the `labels` table.
    LabelsId
);

/// A process number of the kernel, as seen from Fathom's own pid namespace.
pub type Pid = i32;
/// A thread number of the kernel, as seen from Fathom's own pid namespace.
pub type Tid = i32;
