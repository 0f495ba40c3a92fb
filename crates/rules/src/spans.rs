//! What some lines of a file pay with everything that they call, own code too: loops and the calls in them. `costs`
//! gives each stack to its innermost line of own code instead.

use fathom_code::LineSpan;
use fathom_model::FrameId;

use crate::context::Context;
use crate::costs::cost;
use crate::ledger::Ledger;
use crate::place::Place;

impl Context<'_> {
    /// What some lines pay, of the stacks that count; `counts` is given the frame of the lines on a stack, and the
    /// stack. The place is the costliest of the lines, with the stacks of all.
    pub(crate) fn cost_of_lines(
        &self,
        ledger: &Ledger,
        file: &str,
        lines: LineSpan,
        counts: impl Fn(usize, usize) -> bool,
    ) -> Option<Place> {
        let nodes = self.recording.stacks.nodes();
        let cost = cost(self, ledger, |at| {
            let top = self.frame_of_lines(at, file, lines)?;
            counts(top, at).then(|| (top, self.index.of_frame(nodes[at].frame)))
        });
        let mut place = cost.places.into_iter().next()?;
        place.value = cost.value;
        place.n = cost.n;
        place.claim = cost.claim;
        place.share = cost.share;
        Some(place)
    }

    /// The innermost frame of a stack that stands in some lines of a file of own code.
    pub(crate) fn frame_of_lines(&self, at: usize, file: &str, lines: LineSpan) -> Option<usize> {
        let nodes = self.recording.stacks.nodes();
        let mut own = std::iter::successors(self.own_of(at), |own| self.own_of(self.parent(*own)?));
        own.find(|own| {
            let frame = nodes[*own].frame;
            let line = self.recording.frames.get(frame.index()).and_then(|frame| frame.line);
            line.is_some_and(|line| lines.contains(line)) && self.file_of_frame(frame) == Some(file)
        })
    }

    /// The frames of a stack below one of them, innermost first.
    pub(crate) fn frames_below(&self, top: usize, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |at| self.parent(*at)).take_while(move |at| *at != top)
    }

    /// The source file of a frame's function.
    pub(crate) fn file_of_frame(&self, frame: FrameId) -> Option<&str> {
        self.index.get(self.index.of_frame(frame)).file.as_deref()
    }
}
