//! Pure functions over a [`Recording`](fathom_model::Recording): where the time went, and how sure that is.
//!
//! **You give** a recording whose frames have names and kinds, and a [`Filter`].
//!
//! **You get** the call tree ([`CallTree`]), functions with 95 % intervals ([`FunctionTable`]), callers and callees
//! ([`neighbours`]), splits by thread, module, kind and state ([`split_by`]), waits in plain words ([`waits`]), those
//! of tasks without threads ([`task_waits`]), the account of every thread's life ([`account`]), a timeline
//! ([`timeline`], [`state_timeline`]), the same tree with less detail and the same sums ([`PathTree`], [`Folder`]),
//! two recordings compared ([`diff()`]), values per line ([`line_table`]), what functions do ([`region`]), shapes of flame graphs ([`flame_shapes`]); and,
//! for those who make recordings, [`classify`], [`own_installed_programs`], [`wait_class`], [`calibrate`], [`interleave`] and the in-memory sink
//! [`LiveAggregate`].
//!
//! **It does not** do I/O, read a clock or the environment, or render anything.
//!
//! **Invariants**: output is deterministic; nothing panics on a damaged recording (ids outside tables, negative
//! values, cyclic stacks): such references count as unknown and such values as 0; nothing recurses on the depth of
//! a stack.

mod accounting;
mod breakdown;
mod calibrate;
mod call_tree;
mod classify;
mod diff;
mod filter;
mod flame_shapes;
mod fold;
mod function_table;
mod functions;
mod installed;
mod interleave;
mod interpreted;
mod line_table;
mod live;
mod names;
mod path_tree;
mod region_names;
mod region_of;
mod regions;
mod share;
mod stack_sums;
mod state_timeline;
mod task_waits;
mod timeline;
mod wait_class;
mod wait_names;
mod waits;

pub use accounting::{Accounting, ThreadAccount, account, lifetime_nanos};
pub use breakdown::{Part, by_kind, by_module, by_process, by_state, by_thread, leaf_frame, split_by};
pub use calibrate::calibrate;
pub use call_tree::{CallNode, CallTree};
pub use classify::{ClassifyHints, classify};
pub use diff::{
    Change, Chunks, Diff, DiffFunction, DiffNode, DiffOptions, Judged, MatchedFunction, Verdict, diff,
    is_whole_run, provable_growth, samples_needed,
};
pub use filter::{Filter, StateFilter};
pub use flame_shapes::{FlameShape, ShapeKind, ShapeTree, flame_shapes};
pub use fold::{Fold, FoldLimits, FoldNode, Folder};
pub use function_table::{FunctionRow, FunctionTable, Neighbours, neighbours};
pub use functions::{Function, FunctionId, FunctionIndex};
pub use installed::own_installed_programs;
pub use interleave::{Interleaved, interleave};
pub use interpreted::{Payers, is_managed};
pub use line_table::{LineRow, line_table};
pub use live::{LiveAggregate, LiveKey, LiveLimits, LiveSnapshot};
pub use names::{bare_function_name, short_function_name};
pub use path_tree::{Granularity, PathNode, PathTree};
pub use region_of::region;
pub use regions::Region;
pub use share::{Evidence, Share, wilson};
pub use state_timeline::{StateBins, StateTimeline, TimelineState, busy_nanos, state_timeline};
pub use task_waits::{TaskWaitSum, task_waits};
pub use timeline::{Bin, Timeline, TimelineRow, timeline};
pub use wait_class::{class_of_kernel_function, class_of_user_function, wait_class};
pub use waits::{Wait, WaitReason, blame_frame, own_code_chain, wait_reason, waits};
