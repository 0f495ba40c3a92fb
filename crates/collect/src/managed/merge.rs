//! One stack of native and managed frames.
//!
//! The native stack and the managed frames come from one moment. An activation of the interpreter's loop is a
//! native frame, and the address that anchors it lies in that frame's own part of the stack: between its stack
//! pointer and its caller's. There the managed frames stand in the place of the loop.

use fathom_unwind::Frame;

/// A frame of a merged stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The native frame with this index.
    Native(usize),
    /// The managed frame with this number.
    Managed(u64),
}

/// An activation: its anchor, and its frames innermost first.
pub(crate) type Numbered = (Option<u64>, Vec<u64>);

/// Puts activations among native frames, both innermost first. `None` if they do not fit together: an anchor lies
/// in no native frame although the native stack is complete, or in none of those it should lie between.
pub(crate) fn merge(native: &[Frame], activations: &[Numbered], is_complete: bool) -> Option<Vec<Merged>> {
    let mut merged = Vec::with_capacity(native.len() + activations.len() * 4);
    let mut waiting = activations.iter().peekable();
    for (at, frame) in native.iter().enumerate() {
        let end = native.get(at + 1).map_or(u64::MAX, |caller| caller.sp);
        // A stack of its own (of a signal handler) may lie anywhere.
        let own_part = if end > frame.sp { frame.sp..end } else { frame.sp..u64::MAX };
        let is_last = at + 1 == native.len();
        match waiting.peek() {
            // What the last frame of a cut stack reaches is not known.
            Some((Some(anchor), frames)) if own_part.contains(anchor) && (is_complete || !is_last) => {
                merged.extend(frames.iter().map(|number| Merged::Managed(*number)));
                waiting.next();
            }
            _ => merged.push(Merged::Native(at)),
        }
    }
    if waiting.peek().is_some() && is_complete {
        return None;
    }
    merged.extend(waiting.flat_map(|(_, frames)| frames.iter().map(|number| Merged::Managed(*number))));
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Merged::{Managed, Native};

    fn stack(sps: &[u64]) -> Vec<Frame> {
        sps.iter().map(|sp| Frame { address: 1, sp: *sp }).collect()
    }

    #[test]
    fn the_loop_gives_way_to_what_it_runs() {
        // A C function, the loop, a C function, the loop, main.
        let native = stack(&[100, 200, 300, 400, 500]);
        let activations = [(Some(250), vec![1, 2]), (Some(420), vec![3])];
        let merged = merge(&native, &activations, true).expect("they fit");
        assert_eq!(merged, [Native(0), Managed(1), Managed(2), Native(2), Managed(3), Native(4)]);
    }

    #[test]
    fn an_anchor_outside_means_that_they_are_not_of_one_moment() {
        let native = stack(&[100, 200, 300]);
        assert_eq!(merge(&native, &[(Some(50), vec![1])], true), None);
        assert_eq!(merge(&native, &[(Some(250), vec![1]), (Some(150), vec![2])], true), None);
        assert_eq!(merge(&native, &[(None, vec![1])], true), None);
    }

    #[test]
    fn beyond_a_cut_only_managed_frames_are_known() {
        let native = stack(&[100, 200]);
        let activations = [(Some(150), vec![1]), (Some(900), vec![2, 3])];
        let merged = merge(&native, &activations, false).expect("they fit");
        assert_eq!(merged, [Managed(1), Native(1), Managed(2), Managed(3)]);
    }

    #[test]
    fn nothing_managed_leaves_the_stack_as_it_is() {
        assert_eq!(merge(&stack(&[1, 2]), &[], true), Some(vec![Native(0), Native(1)]));
    }
}
