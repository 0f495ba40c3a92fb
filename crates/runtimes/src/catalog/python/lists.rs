//! The lists that lead to everything else: interpreters, their threads; and who holds an interpreter's lock.

use super::layout::Gil;
use super::{MAX_THREADS, PythonReader};
use crate::Snapshot;
use crate::read_error::ReadError;
use crate::runtime::RuntimeDump;
use std::collections::BTreeSet;

/// Longest list that is followed.
const MAX_INTERPRETERS: usize = 10_000;

/// The lock of an interpreter.
pub(super) enum GilNow {
    Unknown,
    Off,
    Free,
    HeldBy(u64),
}

impl PythonReader {
    pub(super) fn interpreters(
        &self,
        snapshot: &Snapshot<'_>,
        dump: &mut RuntimeDump,
    ) -> Result<Vec<u64>, ReadError> {
        let head = self.found.runtime.wrapping_add(self.layout.interpreters_head);
        let first = snapshot.u64("the first interpreter", head)?;
        Ok(self.list(snapshot, "an interpreter", first, self.layout.interpreter_next, MAX_INTERPRETERS, dump))
    }

    pub(super) fn threads(
        &self,
        snapshot: &Snapshot<'_>,
        interpreter: u64,
        dump: &mut RuntimeDump,
    ) -> Vec<u64> {
        let head = interpreter.wrapping_add(self.layout.threads_head);
        match snapshot.u64("the first thread", head) {
            Ok(first) => self.list(snapshot, "a thread", first, self.layout.thread_next, MAX_THREADS, dump),
            Err(error) => {
                dump.issue(error.to_string());
                Vec::new()
            }
        }
    }

    /// A linked list up to its end, to what cannot be read, or to a member met before.
    fn list(
        &self,
        snapshot: &Snapshot<'_>,
        what: &'static str,
        first: u64,
        next: u64,
        max: usize,
        dump: &mut RuntimeDump,
    ) -> Vec<u64> {
        let (mut members, mut seen, mut at) = (Vec::new(), BTreeSet::new(), first);
        while at != 0 {
            if members.len() >= max || !seen.insert(at) {
                dump.issue(format!("the list with {what} at {at:#x} has no end"));
                break;
            }
            match snapshot.u64(what, at.wrapping_add(next)) {
                Ok(following) => {
                    members.push(at);
                    at = following;
                }
                Err(error) => {
                    dump.issue(error.to_string());
                    break;
                }
            }
        }
        members
    }

    pub(super) fn gil(&self, snapshot: &Snapshot<'_>, interpreter: u64) -> GilNow {
        let read = || -> Result<GilNow, ReadError> {
            let (locked, holder) = match self.layout.gil {
                Gil::InRuntime { locked, holder } => {
                    (self.found.runtime.wrapping_add(locked), self.found.runtime.wrapping_add(holder))
                }
                Gil::BehindPointer { pointer, locked, holder, enabled } => {
                    let lock = snapshot.u64("the lock", interpreter.wrapping_add(pointer))?;
                    if let Some(enabled) = enabled
                        && snapshot.u32("whether there is a lock", lock.wrapping_add(enabled))? == 0
                    {
                        return Ok(GilNow::Off);
                    }
                    (lock.wrapping_add(locked), lock.wrapping_add(holder))
                }
            };
            Ok(match snapshot.u32("whether the lock is held", locked)? {
                1 => GilNow::HeldBy(snapshot.u64("the lock's holder", holder)?),
                _ => GilNow::Free,
            })
        };
        read().unwrap_or(GilNow::Unknown)
    }
}
