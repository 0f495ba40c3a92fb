//! Values on the prefix tree of stacks as it stands in the recording, without building another tree.
//!
//! For sums over functions this is all that is needed, and it takes a few array passes where a call tree takes a
//! hash look-up per node.

use fathom_model::{Recording, StackId};

use crate::filter::Filter;
use crate::interpreted::Payers;

/// Value and observations of every stack; positions are those of the stack table.
pub(crate) struct StackSums {
    /// By frame: of samples that end in it, or in interpreter frames that work for it. The last row is of all frames
    /// outside the table.
    pub(crate) own: Vec<(i64, u64)>,
    /// By stack: of samples that pass through it.
    pub(crate) total: Vec<(i64, u64)>,
    /// Value of samples without a (known) stack.
    pub(crate) without_stack: i64,
    links: Vec<Links>,
    first_root: u32,
}

/// Where a walk goes on from a node.
#[derive(Clone, Copy)]
struct Links {
    first_callee: u32,
    next_sibling: u32,
}

const NONE: u32 = u32::MAX;

impl StackSums {
    /// Sums up the samples that a filter accepts.
    pub(crate) fn of(recording: &Recording, filter: &Filter) -> Self {
        let nodes = recording.stacks.nodes();
        let mut total = vec![(0_i64, 0_u64); nodes.len()];
        let mut without_stack = 0_i64;
        for sample in recording.samples.iter().filter(|sample| filter.accepts(sample)) {
            let value = sample.value.max(0);
            match sample.stack.and_then(|stack| total.get_mut(stack.index())) {
                Some(sum) => add(sum, (value, u64::from(sample.n))),
                None => without_stack = without_stack.saturating_add(value),
            }
        }
        let own = own_of_frames(recording, &total);
        let links = vec![Links { first_callee: NONE, next_sibling: NONE }; nodes.len()];
        let mut sums = Self { own, total, without_stack, links, first_root: NONE };
        // Callees stand behind their callers; a parent that does not is damage and makes a root.
        for at in (0..nodes.len()).rev() {
            let of_node = sums.total[at];
            if of_node == (0, 0) {
                continue;
            }
            let parent = nodes[at].parent.map(|parent| parent.index()).filter(|parent| *parent < at);
            let first = parent.map_or(&mut sums.first_root, |parent| &mut sums.links[parent].first_callee);
            sums.links[at].next_sibling = std::mem::replace(first, at as u32);
            if let Some(parent) = parent {
                add(&mut sums.total[parent], of_node);
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
                next = self.links[next as usize].first_callee;
            }
            let Some(left) = open.pop() else { return };
            visit(left as usize, false);
            next = self.links[left as usize].next_sibling;
        }
    }
}

/// Of sums by stack those by frame. The interpreter's own time goes to the function it runs; what passes through stays
/// where it is.
fn own_of_frames(recording: &Recording, of_stacks: &[(i64, u64)]) -> Vec<(i64, u64)> {
    let nodes = recording.stacks.nodes();
    let payers = Payers::of(recording);
    let n_frames = recording.frames.len();
    let mut own = vec![(0_i64, 0_u64); n_frames + 1];
    for (at, sum) in of_stacks.iter().enumerate().filter(|(_, sum)| **sum != (0, 0)) {
        let payer = payers.of_stack(StackId(at as u32));
        add(&mut own[nodes[payer.index()].frame.index().min(n_frames)], *sum);
    }
    own
}

fn add(sum: &mut (i64, u64), more: (i64, u64)) {
    *sum = (sum.0.saturating_add(more.0), sum.1.saturating_add(more.1));
}
