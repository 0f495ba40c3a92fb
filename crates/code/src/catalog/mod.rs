//! The patterns, in alphabetical order. To add one: a file here, a name in [`Pattern`](crate::Pattern), and a line in
//! the list.

mod linear_search_in_loop;

use crate::pattern::Entry;

/// Every pattern.
pub const PATTERNS: &[&Entry] = &[&linear_search_in_loop::ENTRY];
