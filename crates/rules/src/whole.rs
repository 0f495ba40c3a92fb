//! Places that name a function as a whole. Runtimes that compile while the program runs (V8 without its own profiler)
//! tell where a function starts, not which of its lines runs: then a pattern anywhere in the function is meant, and
//! the line is the pattern's.

use fathom_code::{Hit, LineSpan};

use crate::context::Context;
use crate::place::Place;

impl Context<'_> {
    /// The lines of the function that a place names as a whole; nothing where its lines are told apart.
    pub(crate) fn whole_function(&self, place: &Place) -> Option<LineSpan> {
        let (file, line) = self.file_of(place)?;
        let starting = file.source.functions().iter().filter(|function| function.lines.first == line);
        // Of several on one line the longest: what is inside of it may have become part of it.
        let lines = starting.max_by_key(|function| function.lines.last).map(|function| function.lines)?;
        let is_told_apart = self.recording.frames.iter().enumerate().any(|(at, frame)| {
            let id = fathom_model::FrameId(u32::try_from(at).unwrap_or(u32::MAX));
            frame.line.is_some_and(|other| other != line) && self.index.of_frame(id) == place.function
        });
        (lines.last > lines.first && !is_told_apart).then_some(lines)
    }

    /// What the innermost function around a pattern pays, where it is only known as a whole; with the pattern's line.
    pub(crate) fn place_of_whole(&self, file: &str, hit: &Hit) -> Option<Place> {
        let of_file =
            self.own_lines().places.iter().filter(|place| place.location.file.as_deref() == Some(file));
        let around = of_file.filter_map(|place| {
            let lines = self.whole_function(place).filter(|lines| lines.contains(hit.lines.first))?;
            Some((lines.last - lines.first, place))
        });
        let mut place = around.min_by_key(|(length, _)| *length).map(|(_, place)| place.clone())?;
        place.location.line = Some(hit.lines.first);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::RULES;
    use crate::testing::findings;
    use fathom_model::Grade;

    const SOURCE: &str = "function f(xs) {\n  let seen = [];\n  for (const x of xs) {\n    if (seen.includes(x)) continue;\n    seen.push(x);\n  }\n}\nfunction g(xs) {\n  xs.sort();\n}\nf(read());\n";

    fn searching(function: &str, line: u32, more: &str) -> Vec<fathom_model::Finding> {
        let rule = RULES
            .iter()
            .find(|rule| rule.info().id == "cpu/linear-search-in-loop")
            .expect("it is in the list");
        let profile = format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu {function}@a.js:{line}{{user,node}};Builtins_ArrayIncludesSmiOrObject[node]{{runtime}} 9s n=4500
            cpu {function}@a.js:{line}{{user,node}} 1s n=500{more}"
        );
        findings(*rule, &profile, &[("a.js", SOURCE)])
    }

    #[test]
    fn a_pattern_of_a_function_that_is_known_as_a_whole_gives_the_line() {
        let found = searching("f", 1, "");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(4));
    }

    #[test]
    fn other_functions_and_lines_that_are_known_stay_what_they_are() {
        assert!(searching("g", 8, "").is_empty());
        let known = "\ncpu f@a.js:5{user,node} 10ms n=5";
        assert!(searching("f", 1, known).is_empty());
    }
}
