//! Values on the prefix tree of stacks as it stands in the recording, without building another tree.
//!
//! For sums over functions this is all that is needed, and it takes a few array passes where a call tree takes a
//! hash look-up per node.

use fathom_model::{Recording, StackId};

use crate::filter::Filter;
use crate::interpreted::Payers;

/// Value and observations of every stack; positions are those of the stack table.
pub(crate) struct StackSums {
    /// Of samples that end in this node, or in interpreter frames that work for it.
    pub(crate) own: Vec<(i64, u64)>,
    /// Of samples that pass through it.
    pub(crate) total: Vec<(i64, u64)>,
    /// Value of samples without a (known) stack.
    pub(crate) without_stack: i64,
    first_callee: Vec<u32>,
    next_sibling: Vec<u32>,
    first_root: u32,
}

const NONE: u32 = u32::MAX;

impl StackSums {
    /// Sums up the samples that a filter accepts.
    pub(crate) fn of(recording: &Recording, filter: &Filter) -> Self {
        let nodes = recording.stacks.nodes();
        let mut own = vec![(0_i64, 0_u64); nodes.len()];
        let mut without_stack = 0_i64;
        for sample in recording.samples.iter().filter(|sample| filter.accepts(sample)) {
            let value = sample.value.max(0);
            match sample.stack.and_then(|stack| own.get_mut(stack.index())) {
                Some(sum) => *sum = (sum.0.saturating_add(value), sum.1.saturating_add(u64::from(sample.n))),
                None => without_stack = without_stack.saturating_add(value),
            }
        }
        let mut sums = Self {
            total: own.clone(),
            own,
            without_stack,
            first_callee: vec![NONE; nodes.len()],
            next_sibling: vec![NONE; nodes.len()],
            first_root: NONE,
        };
        // Callees stand behind their callers; a parent that does not is damage and makes a root.
        for at in (0..nodes.len()).rev() {
            if sums.total[at] == (0, 0) {
                continue;
            }
            let parent = nodes[at].parent.map(|parent| parent.index()).filter(|parent| *parent < at);
            let first = parent.map_or(&mut sums.first_root, |parent| &mut sums.first_callee[parent]);
            sums.next_sibling[at] = std::mem::replace(first, at as u32);
            if let Some(parent) = parent {
                let (value, n) = sums.total[at];
                let sum = &mut sums.total[parent];
                *sum = (sum.0.saturating_add(value), sum.1.saturating_add(n));
            }
        }
        // The interpreter's own time goes to the function it runs; what passes through stays where it is.
        let payers = Payers::of(recording);
        for at in 0..nodes.len() {
            let payer = payers.of_stack(StackId(at as u32)).index();
            if payer != at {
                let (value, n) = std::mem::take(&mut sums.own[at]);
                let sum = &mut sums.own[payer];
                *sum = (sum.0.saturating_add(value), sum.1.saturating_add(n));
            }
        }
        sums
    }

    /// Visits every node that has a value, callers before callees: entered (`true`) and left.
    pub(crate) fn walk(&self, mut visit: impl FnMut(usize, bool)) {
        let mut open: Vec<u32> = Vec::new();
        let mut next = self.first_root;
        loop {
            while next != NONE {
                visit(next as usize, true);
                open.push(next);
                next = self.first_callee[next as usize];
            }
            let Some(left) = open.pop() else { return };
            visit(left as usize, false);
            next = self.next_sibling[left as usize];
        }
    }
}
