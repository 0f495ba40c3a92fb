//! The graph of calls in a file: functions, what their lines cost, and what the calls between them cost.
//!
//! Knows costs and who calls whom; not how lines of text look, and not what a stack is.

use fathom_model::Signal;
use hashbrown::HashMap;

/// Events whose costs are kept: as many as a recording has columns.
pub(super) const MOST_EVENTS: usize = Signal::COLUMNS.len();

/// A cost of each event.
pub(super) type Costs = [u64; MOST_EVENTS];

/// Number of a text in [`Texts`].
pub(super) type TextId = u32;
/// Position of a function in [`Graph::functions`].
pub(super) type FunctionId = u32;

/// A function is told by its name, the file it begins in, and its object file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Function {
    pub(super) object: TextId,
    pub(super) file: TextId,
    pub(super) name: TextId,
}

/// A line of a function; its file is another one in code that the compiler put there from elsewhere. Files without
/// lines have addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) function: FunctionId,
    pub(super) file: TextId,
    pub(super) position: u64,
}

/// What a line cost without the functions it called.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) costs: Costs,
}

/// What the calls from a line to a function cost, with all that was called from there.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) from: Place,
    pub(super) to: FunctionId,
    pub(super) costs: Costs,
}

/// Texts, each once.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<String>,
    ids: HashMap<String, TextId>,
}

impl Texts {
    pub(super) fn id(&mut self, text: &str) -> TextId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as TextId;
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    pub(super) fn get(&self, id: TextId) -> &str {
        self.texts.get(id as usize).map_or("", String::as_str)
    }
}

/// The graph of one thread, or of a program that tells none.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) functions: Vec<Function>,
    pub(super) lines: Vec<Line>,
    pub(super) calls: Vec<Call>,
    function_ids: HashMap<Function, FunctionId>,
    line_ids: HashMap<Place, u32>,
    call_ids: HashMap<(Place, FunctionId), u32>,
}

impl Graph {
    pub(super) fn function(&mut self, function: Function) -> FunctionId {
        let functions = &mut self.functions;
        *self.function_ids.entry(function).or_insert_with(|| {
            functions.push(function);
            functions.len() as FunctionId - 1
        })
    }

    pub(super) fn add_line(&mut self, place: Place, costs: &Costs) {
        let lines = &mut self.lines;
        let id = *self.line_ids.entry(place).or_insert_with(|| {
            lines.push(Line { place, costs: Costs::default() });
            lines.len() as u32 - 1
        });
        add(&mut self.lines[id as usize].costs, costs);
    }

    pub(super) fn add_call(&mut self, from: Place, to: FunctionId, costs: &Costs) {
        let calls = &mut self.calls;
        let id = *self.call_ids.entry((from, to)).or_insert_with(|| {
            calls.push(Call { from, to, costs: Costs::default() });
            calls.len() as u32 - 1
        });
        add(&mut self.calls[id as usize].costs, costs);
    }

    /// What the lines cost in all.
    pub(super) fn total(&self) -> Costs {
        let mut total = Costs::default();
        self.lines.iter().for_each(|line| add(&mut total, &line.costs));
        total
    }
}

pub(super) fn add(to: &mut Costs, more: &Costs) {
    for (sum, cost) in to.iter_mut().zip(more) {
        *sum = sum.saturating_add(*cost);
    }
}
