//! Values on the prefix tree of stacks as it stands in the recording, without building another tree.
//!
//! For sums over functions this is all that is needed, and it takes a few array passes where a call tree takes a
//! hash look-up per node.

use fathom_model::{FrameId, Recording, StackId, StackNode};

use crate::filter::Filter;
use crate::interpreted::Payers;

/// Value and observations of every stack; positions are those of the stack table.
pub(crate) struct StackSums<'a> {
    /// By frame: of samples that end in it, or in interpreter frames that work for it. The last row is of all frames
    /// outside the table.
    pub(crate) own: Vec<(i64, u64)>,
    /// Value of samples without a (known) stack.
    pub(crate) without_stack: i64,
    nodes: &'a [StackNode],
    sums: Vec<Sum>,
    first_root: u32,
}

/// Of samples that pass through a node, and where a walk goes on from it. In one place, because in a large profile each
/// step of a walk may have to wait for memory.
#[derive(Clone, Copy)]
struct Sum {
    value: i64,
    n: u64,
    first_callee: u32,
    next_sibling: u32,
}

const NONE: u32 = u32::MAX;

impl<'a> StackSums<'a> {
    /// Sums up the samples that a filter accepts.
    pub(crate) fn of(recording: &'a Recording, filter: &Filter) -> Self {
        let nodes = recording.stacks.nodes();
        let mut sums = vec![Sum { value: 0, n: 0, first_callee: NONE, next_sibling: NONE }; nodes.len()];
        let mut without_stack = 0_i64;
        for sample in filter.samples(recording) {
            let value = sample.value.max(0);
            match sample.stack.and_then(|stack| sums.get_mut(stack.index())) {
                Some(sum) => sum.add(value, u64::from(sample.n)),
                None => without_stack = without_stack.saturating_add(value),
            }
        }
        let own = own_of_frames(recording, &sums);
        let mut first_root = NONE;
        // Callees stand behind their callers; a parent that does not is damage and makes a root.
        for at in (0..nodes.len()).rev() {
            let Sum { value, n, .. } = sums[at];
            if (value, n) == (0, 0) {
                continue;
            }
            let parent = nodes[at].parent.map(|parent| parent.index()).filter(|parent| *parent < at);
            let first = parent.map_or(&mut first_root, |parent| &mut sums[parent].first_callee);
            let next_sibling = std::mem::replace(first, at as u32);
            sums[at].next_sibling = next_sibling;
            if let Some(parent) = parent {
                sums[parent].add(value, n);
            }
        }
        Self { own, without_stack, nodes, sums, first_root }
    }

    /// Visits every node that has a value, callers before callees: its frame with value and observations when it is
    /// entered, and the frame alone when it is left.
    pub(crate) fn walk(&self, mut visit: impl FnMut(FrameId, Option<(i64, u64)>)) {
        let mut open: Vec<(FrameId, u32)> = Vec::new();
        let mut next = self.first_root;
        loop {
            while next != NONE {
                let (sum, frame) = (self.sums[next as usize], self.nodes[next as usize].frame);
                // What comes behind this node's callees is far away; until they are done its memory will be at hand.
                if let Some(sibling) = self.sums.get(sum.next_sibling as usize) {
                    std::hint::black_box((sibling.value, self.nodes[sum.next_sibling as usize].frame));
                }
                visit(frame, Some((sum.value, sum.n)));
                open.push((frame, sum.next_sibling));
                next = sum.first_callee;
            }
            let Some((frame, next_sibling)) = open.pop() else { return };
            visit(frame, None);
            next = next_sibling;
        }
    }
}

impl Sum {
    fn add(&mut self, value: i64, n: u64) {
        self.value = self.value.saturating_add(value);
        self.n = self.n.saturating_add(n);
    }
}

/// Of sums by stack those by frame. The interpreter's own time goes to the function it runs; what passes through stays
/// where it is.
fn own_of_frames(recording: &Recording, of_stacks: &[Sum]) -> Vec<(i64, u64)> {
    let nodes = recording.stacks.nodes();
    let payers = Payers::of(recording);
    let n_frames = recording.frames.len();
    let mut own = vec![(0_i64, 0_u64); n_frames + 1];
    for (at, sum) in of_stacks.iter().enumerate().filter(|(_, sum)| (sum.value, sum.n) != (0, 0)) {
        let payer = payers.of_stack(StackId(at as u32));
        let own = &mut own[nodes[payer.index()].frame.index().min(n_frames)];
        *own = (own.0.saturating_add(sum.value), own.1.saturating_add(sum.n));
    }
    own
}
