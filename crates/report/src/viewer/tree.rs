//! The tree and its functions as columns.

use fathom_analysis::{Fold, FunctionId, FunctionIndex, PathTree, Region, region};
use fathom_model::{FrameId, FrameKind, Recording};

use crate::viewer::sections::Sections;
use crate::viewer::strings::{Strings, longest_name};

/// The name of nodes that stand for small paths. One for all, so that tables of functions have one line for it.
const SMALL_FRAMES: &str = "(small frames)";
const FOLDED: u8 = 1;
const INLINED: u8 = 2;

/// Functions that are written, by their number in the data.
pub(crate) struct Functions<'a> {
    recording: &'a Recording,
    index: &'a FunctionIndex,
    /// `None` stands for small frames.
    written: Vec<Option<FunctionId>>,
    number: Vec<Option<u32>>,
    small: Option<u32>,
}

impl<'a> Functions<'a> {
    pub(crate) fn new(recording: &'a Recording, index: &'a FunctionIndex) -> Self {
        let number = vec![None; index.functions().len()];
        Self { recording, index, written: Vec::new(), number, small: None }
    }

    /// The number of a function; in the order in which they are asked for.
    pub(crate) fn number(&mut self, function: FunctionId) -> u32 {
        let next = self.written.len() as u32;
        let Some(number) = self.number.get_mut(function.index()) else { return 0 };
        *number.get_or_insert_with(|| {
            self.written.push(Some(function));
            next
        })
    }

    /// The number of a function that was asked for before.
    pub(crate) fn written_number(&self, function: FunctionId) -> Option<u32> {
        self.number.get(function.index()).copied().flatten()
    }

    /// All functions that have numbers, in their order.
    pub(crate) fn into_written(self) -> Vec<Option<FunctionId>> {
        self.written
    }

    fn small(&mut self) -> u32 {
        let next = self.written.len() as u32;
        *self.small.get_or_insert_with(|| {
            self.written.push(None);
            next
        })
    }

    /// A table of strings whose names fit into the budget.
    pub(crate) fn strings(&self, budget: usize) -> Strings {
        let functions = self.written.iter().flatten().map(|id| self.index.get(*id));
        let names = functions.flat_map(|function| [Some(function.name.as_str()), function.file.as_deref()]);
        Strings::new(longest_name(names.flatten(), budget))
    }

    pub(crate) fn write(&self, sections: &mut Sections, strings: &mut Strings) {
        let runtimes = self.runtimes();
        let mut columns: [Vec<u64>; 5] = Default::default();
        let (mut kinds, mut regions) = (Vec::new(), Vec::new());
        for id in &self.written {
            let function = id.map(|id| self.index.get(id));
            let name = function.map_or(SMALL_FRAMES, |function| &function.name);
            let file = function.and_then(|function| function.file.as_deref()).unwrap_or("");
            let module = function.and_then(|function| function.module_name.as_deref()).unwrap_or("");
            let runtime = id.and_then(|id| runtimes[id.index()]).unwrap_or("");
            for (column, text) in columns.iter_mut().zip([name, file, module, runtime]) {
                column.push(u64::from(strings.name(text)));
            }
            columns[4].push(u64::from(function.and_then(|function| function.start_line).unwrap_or(0)));
            kinds.push(function.map_or(FrameKind::Unknown, |function| function.kind) as u8);
            regions.push(function.map_or(Region::None, region) as u8);
        }
        let names = ["fn.name", "fn.file", "fn.module", "fn.runtime", "fn.line"];
        for (name, column) in names.into_iter().zip(columns) {
            sections.varint(name, column);
        }
        sections.u8("fn.kind", kinds);
        sections.u8("fn.region", regions);
    }

    fn runtimes(&self) -> Vec<Option<&str>> {
        let mut runtimes = vec![None; self.index.functions().len()];
        for (at, frame) in self.recording.frames.iter().enumerate() {
            let function = self.index.of_frame(FrameId::from_index(at)).index();
            runtimes[function] = runtimes[function].or(frame.runtime.as_deref());
        }
        runtimes
    }
}

/// Writes the nodes.
pub(crate) fn write(sections: &mut Sections, functions: &mut Functions<'_>, paths: &PathTree, fold: &Fold) {
    let mut numbers = Vec::with_capacity(fold.nodes.len());
    let mut flags = Vec::with_capacity(fold.nodes.len());
    for (at, node) in fold.nodes.iter().enumerate() {
        let path = node.path.and_then(|path| paths.nodes.get(path as usize));
        let frame = path.and_then(|path| path.frame);
        let frame = frame.and_then(|id| functions.recording.frames.get(id.index()));
        numbers.push(match path {
            _ if at == 0 => 0,
            Some(path) => functions.number(path.function),
            None => functions.small(),
        });
        let inlined = if frame.is_some_and(|frame| frame.inlined) { INLINED } else { 0 };
        flags.push(if node.path.is_none() { FOLDED } else { inlined });
    }
    sections.delta("node.fn", numbers);
    sections.delta("node.depth", fold.nodes.iter().map(|node| node.depth));
    sections.u8("node.flags", flags);
}
