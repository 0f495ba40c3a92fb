//! Threads that wait for each other.

mod contended_lock;

pub(crate) use contended_lock::ContendedLock;
