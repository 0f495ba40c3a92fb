//! The address spaces of processes: which module lies where.
//!
//! An `exec` does not empty one: what it runs first still has addresses of the program before, and what the new one
//! maps takes their place (perf does the same).

use fathom_model::ModuleId;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Copies of maps for forked processes may have as many entries in all; a hostile file asks for squares of them.
const MOST_COPIES: usize = 1 << 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mapped {
    end: u64,
    pub(super) module: ModuleId,
    /// Run-time address minus the place in the file.
    pub(super) bias: u64,
}

#[derive(Default)]
pub(super) struct Spaces {
    by_pid: HashMap<i32, Rc<BTreeMap<u64, Mapped>>>,
    n_copied: usize,
}

impl Spaces {
    /// Puts a module between two addresses, in place of what was there.
    pub(super) fn map(&mut self, pid: i32, start: u64, end: u64, module: ModuleId, bias: u64) {
        if end <= start {
            return;
        }
        let space = self.by_pid.entry(pid).or_default();
        if Rc::strong_count(space) > 1 {
            self.n_copied = self.n_copied.saturating_add(space.len());
            if self.n_copied > MOST_COPIES {
                *space = Rc::default();
            }
        }
        let space = Rc::make_mut(space);
        if let Some((_, mapped)) = space.range_mut(..start).next_back()
            && mapped.end > start
        {
            let tail = *mapped;
            mapped.end = start;
            if tail.end > end {
                space.insert(end, tail);
            }
        }
        while let Some((&at, &mapped)) = space.range(start..end).next() {
            space.remove(&at);
            if mapped.end > end {
                space.insert(end, mapped);
            }
        }
        space.insert(start, Mapped { end, module, bias });
    }

    pub(super) fn at(&self, pid: i32, address: u64) -> Option<Mapped> {
        let (_, mapped) = self.by_pid.get(&pid)?.range(..=address).next_back()?;
        (address < mapped.end).then_some(*mapped)
    }

    /// A new process has what its parent has, until one of them changes it.
    pub(super) fn fork(&mut self, parent: i32, child: i32) {
        if let Some(space) = self.by_pid.get(&parent).cloned() {
            self.by_pid.insert(child, space);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_mappings_cut_earlier_ones() {
        let mut spaces = Spaces::default();
        let at = |spaces: &Spaces, pid, address| spaces.at(pid, address).map(|mapped| mapped.module.0);
        spaces.map(1, 100, 200, ModuleId(0), 0);
        spaces.map(1, 140, 150, ModuleId(1), 0);
        spaces.fork(1, 2);
        spaces.map(1, 145, 300, ModuleId(2), 0);
        let all = |pid| [99, 100, 139, 140, 144, 145, 150, 199, 200].map(|address| at(&spaces, pid, address));
        let [none, a, b, c] = [None, Some(0), Some(1), Some(2)];
        assert_eq!(all(1), [none, a, a, b, b, c, c, c, c]);
        assert_eq!(all(2), [none, a, a, b, b, b, a, a, none]);
    }
}
