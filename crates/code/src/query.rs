//! Questions to a file's model: what is around a place, what a name stands for there.

use crate::language::Language;
use crate::model::{Assign, AssignOp, Call, Function, Loop, LoopKind, Place, Shape, Source};

impl Source {
    /// The innermost function that a line is in; one with a name rather than a closure on the same lines.
    pub fn function_at(&self, line: u32) -> Option<&Function> {
        let around = self.functions.iter().filter(|function| function.lines.contains(line));
        around.min_by_key(|function| (function.lines.last - function.lines.first, function.is_closure))
    }

    /// The loops around a place, innermost first, without those that are known to be short.
    pub(crate) fn hot_loops<'s>(
        &'s self,
        place: &Place,
    ) -> impl Iterator<Item = (usize, &'s Loop)> + use<'s> {
        self.loops_around(place.loop_).filter(|(_, found)| !found.is_small)
    }

    /// All loops from `innermost` outwards.
    pub(crate) fn loops_around(&self, innermost: Option<usize>) -> impl Iterator<Item = (usize, &Loop)> {
        std::iter::successors(innermost, |&number| self.loops[number].parent)
            .map(|number| (number, &self.loops[number]))
    }

    /// The innermost loop around a place that may make many rounds.
    pub(crate) fn hot_loop(&self, place: &Place) -> Option<&Loop> {
        self.hot_loops(place).next().map(|(_, found)| found)
    }

    pub(crate) fn is_hot(&self, place: &Place) -> bool {
        self.hot_loop(place).is_some()
    }

    pub(crate) fn loop_depth(&self, place: &Place) -> u32 {
        u32::try_from(self.hot_loops(place).count()).unwrap_or(u32::MAX)
    }

    /// Whether a place is in a certain loop, at any depth.
    pub(crate) fn is_in_loop(&self, place: &Place, number: usize) -> bool {
        self.loops_around(place.loop_).any(|(around, _)| around == number)
    }

    /// The names that loops around a place bind.
    pub(crate) fn loop_names(&self, place: &Place) -> Vec<String> {
        self.loops_around(place.loop_).flat_map(|(_, found)| found.binds.iter().cloned()).collect()
    }

    /// Names whose values differ from round to round of the loops around a place: bound by them, or assigned inside.
    pub(crate) fn varying_names(&self, place: &Place) -> Vec<String> {
        let mut names = self.loop_names(place);
        if let Some((outermost, _)) = self.loops_around(place.loop_).last() {
            let inside = self.assigns.iter().filter(|assign| self.is_in_loop(&assign.place, outermost));
            names.extend(inside.map(|assign| assign.target.clone()));
        }
        names
    }

    /// Whether a loop goes on as long as a condition holds.
    pub(crate) fn is_while(&self, number: usize) -> bool {
        self.loops[number].kind == LoopKind::While
    }

    /// What a name or a path such as `self.items` stands for at a place, if the file tells.
    pub(crate) fn shape(&self, name: &str, place: &Place) -> Option<Shape> {
        let bare = name.trim_start_matches(['&', '*']);
        let bare =
            ["this.", "self.", "this->"].iter().find_map(|prefix| bare.strip_prefix(prefix)).unwrap_or(bare);
        let facts = self.shapes.get(bare)?;
        let mut scope = place.function;
        loop {
            let here = facts.iter().filter(|fact| fact.function == scope);
            let before = here.clone().rev().find(|fact| fact.order <= place.order);
            if let Some(fact) = before.or_else(|| here.clone().next()) {
                return Some(fact.shape);
            }
            match scope {
                Some(function) => scope = self.functions[function].parent,
                None => break,
            }
        }
        // A field, declared or first assigned in another method of the class: the file has one of that name.
        let is_field = bare != name.trim_start_matches(['&', '*']) || self.language == Language::Java;
        let only = facts.first().filter(|first| facts.iter().all(|fact| fact.shape == first.shape));
        only.filter(|_| is_field).map(|fact| fact.shape)
    }

    /// The last assignment to a name in the function of a place before it, or the only one in the file's own scope.
    pub(crate) fn last_assign(&self, name: &str, place: &Place) -> Option<&Assign> {
        let to_name = |assign: &&Assign| assign.target == name && assign.op == AssignOp::Set;
        let mut here =
            self.assigns.iter().filter(to_name).filter(|assign| assign.place.function == place.function);
        let before = here.rfind(|assign| assign.place.order < place.order);
        before.or_else(|| {
            let mut outside =
                self.assigns.iter().filter(to_name).filter(|assign| assign.place.function.is_none());
            outside.next().filter(|_| outside.next().is_none())
        })
    }

    pub(crate) fn is_in_test(&self, place: &Place) -> bool {
        place.function.is_some_and(|function| self.functions[function].is_test)
    }

    /// Calls in a loop, at any depth.
    pub(crate) fn calls_in(&self, number: usize) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| self.is_in_loop(&call.place, number))
    }
}

impl Call {
    /// The argument at a position, or nothing.
    pub(crate) fn argument(&self, at: usize) -> &str {
        self.arguments.get(at).map_or("", String::as_str)
    }

    /// Whether the path is one of some: a whole path, or `.name` for a method of whatever it stands behind.
    pub(crate) fn is_any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| match path.strip_prefix('.') {
            Some(name) => self.name == name && !self.receiver.is_empty(),
            None => self.path == *path,
        })
    }

    /// The object that the method is called on, without what only leads to it.
    pub(crate) fn object(&self) -> &str {
        self.receiver.trim_start_matches(['&', '*'])
    }
}
