//! How much detail the viewer gets: what a file can carry, or everything for a viewer that is served.

/// Where the viewer's data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerMode {
    /// Into a file that is mailed, attached to tickets and kept.
    File,
    /// To a browser on this machine, on demand.
    View,
}

/// Bounds of the viewer's data. What is beyond them is merged, never dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewerLimits {
    /// Smallest share of a signal that has a node of its own.
    pub least_share: f64,
    /// Most nodes of the tree.
    pub most_nodes: usize,
    /// Most rows of all signals together.
    pub most_rows: usize,
    /// Narrowest bin of time, in nanoseconds.
    pub least_bin_nanos: i64,
    /// The tree gives up nodes, down to [`ViewerLimits::FEWEST_NODES`], until time has this many bins.
    pub fewest_bins: i64,
    /// Most threads with a name of their own.
    pub most_threads: usize,
    /// Most rows of the timeline.
    pub timeline_rows: usize,
    /// Bins of the timeline, and most points of a series.
    pub timeline_bins: usize,
    /// Most series.
    pub most_series: usize,
    /// Smallest share of a signal that a function has whose lines are written.
    pub line_share: f64,
    /// Most lines.
    pub most_lines: usize,
    /// Smallest share of a signal that a function has whose source is written.
    pub source_share: f64,
    /// Most bytes of source.
    pub source_bytes: usize,
    /// Bytes of names above which long ones are cut.
    pub name_bytes: usize,
    /// Bytes of the compressed data above which detail is given up.
    pub most_bytes: usize,
}

impl ViewerLimits {
    /// A tree is not made smaller than this for the sake of bins or bytes.
    pub const FEWEST_NODES: usize = 10_000;

    /// Bounds for a mode.
    pub fn of(mode: ViewerMode) -> Self {
        let file = Self {
            // A tenth of a pixel of a wide screen.
            least_share: 1.0 / 20_000.0,
            most_nodes: 150_000,
            most_rows: 300_000,
            least_bin_nanos: 1_000,
            fewest_bins: 100,
            most_threads: 2_000,
            timeline_rows: 200,
            timeline_bins: 600,
            most_series: 40,
            line_share: 0.001,
            most_lines: 50_000,
            source_share: 0.01,
            source_bytes: 400_000,
            name_bytes: 6_000_000,
            // 5 MB in base64, which takes four bytes for three, less half a megabyte for the viewer itself.
            most_bytes: 3_400_000,
        };
        match mode {
            ViewerMode::File => file,
            ViewerMode::View => Self {
                least_share: 0.0,
                // Positions of nodes have 21 bits in the keys by which rows are merged.
                most_nodes: 2_000_000,
                most_rows: 5_000_000,
                least_bin_nanos: 100_000,
                most_lines: 1_000_000,
                most_series: 1_000,
                name_bytes: 256_000_000,
                most_bytes: usize::MAX,
                ..file
            },
        }
    }

    /// The same with half the detail; `None` where that is not sensible any more.
    pub(crate) fn halved(&self) -> Option<Self> {
        (self.most_nodes / 2 >= Self::FEWEST_NODES).then(|| Self {
            most_nodes: self.most_nodes / 2,
            most_rows: self.most_rows / 2,
            name_bytes: self.name_bytes / 2,
            most_lines: self.most_lines / 2,
            ..self.clone()
        })
    }
}
