//! Files and devices.

mod flush_in_loop;
mod open_in_loop;
mod unbuffered_io;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] =
    &[&flush_in_loop::FlushInLoop, &open_in_loop::OpenInLoop, &unbuffered_io::UnbufferedIo];
