//! Everything of a profile but its samples, as it stands in the bytes: texts, functions, locations, mappings, the head.
//!
//! Takes field by field in any order and keeps numbers; what they refer to is looked up once all of them are there.
//! What refers to nothing is an empty text, or no function.

use super::field;
use crate::protobuf::{Fields, Value};
use std::borrow::Cow;

/// Bytes of a name or a path that are kept.
const MAX_TEXT_BYTES: usize = 16 << 10;
/// Functions inlined into one another at one place; compilers stop at some dozens.
const MAX_LINES_OF_LOCATION: usize = 1000;

/// A call within a location: innermost first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) function: u64,
    pub(super) line: i64,
    pub(super) column: i64,
}

/// A place in the program.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Location {
    pub(super) id: u64,
    pub(super) mapping: u64,
    pub(super) address: u64,
    first_line: u32,
    end_line: u32,
}

/// A function; texts by their number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Function {
    pub(super) id: u64,
    pub(super) name: u64,
    pub(super) system_name: u64,
    pub(super) file: u64,
    pub(super) start_line: i64,
}

/// A file with code; texts by their number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mapping {
    pub(super) id: u64,
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) path: u64,
    pub(super) build_id: u64,
}

/// The tables and the head of a profile.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) value_types: Vec<(u64, u64)>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) time_nanos: i64,
    pub(super) duration_nanos: i64,
    pub(super) period: i64,
    pub(super) period_type: (u64, u64),
    pub(super) comments: Vec<u64>,
    /// Locations whose lines were not all kept.
    pub(super) n_cut: usize,
    lines: Vec<Line>,
    locations: Vec<Location>,
    functions: Vec<Function>,
    text: Vec<u8>,
    text_ends: Vec<usize>,
}

impl Tables {
    /// Takes a field of a profile.
    pub(super) fn take(&mut self, number: u64, value: Value<'_>) {
        match (number, value) {
            (field::PROFILE_SAMPLE_TYPE, Value::Bytes(message)) => self.value_types.push(pair(message)),
            (field::PROFILE_MAPPING, Value::Bytes(message)) => self.take_mapping(message),
            (field::PROFILE_LOCATION, Value::Bytes(message)) => self.take_location(message),
            (field::PROFILE_FUNCTION, Value::Bytes(message)) => self.take_function(message),
            (field::PROFILE_STRING_TABLE, Value::Bytes(text)) => {
                self.add_text(text);
            }
            (field::PROFILE_TIME_NANOS, Value::Number(time)) => self.time_nanos = time as i64,
            (field::PROFILE_DURATION_NANOS, Value::Number(length)) => self.duration_nanos = length as i64,
            (field::PROFILE_PERIOD_TYPE, Value::Bytes(message)) => self.period_type = pair(message),
            (field::PROFILE_PERIOD, Value::Number(period)) => self.period = period as i64,
            (field::PROFILE_COMMENT, value) => value.numbers(|text| self.comments.push(text)),
            _ => {}
        }
    }

    fn take_mapping(&mut self, message: &[u8]) {
        let mut mapping = Mapping::default();
        for (number, value) in Fields::new(message) {
            let Value::Number(found) = value else { continue };
            match number {
                field::MAPPING_ID => mapping.id = found,
                field::MAPPING_START => mapping.start = found,
                field::MAPPING_LIMIT => mapping.limit = found,
                field::MAPPING_OFFSET => mapping.offset = found,
                field::MAPPING_FILE => mapping.path = found,
                field::MAPPING_BUILD_ID => mapping.build_id = found,
                _ => {}
            }
        }
        self.mappings.push(mapping);
    }

    fn take_location(&mut self, message: &[u8]) {
        let mut location = Location { first_line: self.lines.len() as u32, ..Location::default() };
        for (number, value) in Fields::new(message) {
            match (number, value) {
                (field::LOCATION_ID, Value::Number(found)) => location.id = found,
                (field::LOCATION_MAPPING, Value::Number(found)) => location.mapping = found,
                (field::LOCATION_ADDRESS, Value::Number(found)) => location.address = found,
                (field::LOCATION_LINE, Value::Bytes(line)) => {
                    if self.lines.len() - location.first_line as usize == MAX_LINES_OF_LOCATION {
                        self.n_cut += 1;
                        break;
                    }
                    self.lines.push(line_of(line));
                }
                _ => {}
            }
        }
        location.end_line = self.lines.len() as u32;
        self.locations.push(location);
    }

    fn take_function(&mut self, message: &[u8]) {
        let mut function = Function::default();
        for (number, value) in Fields::new(message) {
            let Value::Number(found) = value else { continue };
            match number {
                field::FUNCTION_ID => function.id = found,
                field::FUNCTION_NAME => function.name = found,
                field::FUNCTION_SYSTEM_NAME => function.system_name = found,
                field::FUNCTION_FILE => function.file = found,
                field::FUNCTION_START_LINE => function.start_line = found as i64,
                _ => {}
            }
        }
        self.functions.push(function);
    }

    /// Adds a text and gives its number.
    pub(super) fn add_text(&mut self, text: &[u8]) -> u64 {
        self.text.extend_from_slice(text);
        self.text_ends.push(self.text.len());
        self.text_ends.len() as u64 - 1
    }

    /// Adds a location of a profile that is not in protobuf.
    pub(super) fn add_location(&mut self, id: u64, mapping: u64, address: u64, lines: &[Line]) {
        let first_line = self.lines.len() as u32;
        self.lines.extend_from_slice(lines);
        let end_line = self.lines.len() as u32;
        self.locations.push(Location { id, mapping, address, first_line, end_line });
    }

    /// Adds a function of a profile that is not in protobuf.
    pub(super) fn add_function(&mut self, function: Function) {
        self.functions.push(function);
    }

    /// Makes locations and functions ready to be looked up. Of several with one id the first counts.
    pub(super) fn sort(&mut self) {
        if !self.locations.is_sorted_by_key(|location| location.id) {
            self.locations.sort_by_key(|location| location.id);
        }
        if !self.functions.is_sorted_by_key(|function| function.id) {
            self.functions.sort_by_key(|function| function.id);
        }
    }

    /// The text with this number; empty if there is none.
    pub(super) fn text(&self, number: u64) -> Cow<'_, str> {
        let bytes = usize::try_from(number).ok().and_then(|at| {
            let end = *self.text_ends.get(at)?;
            let start = at.checked_sub(1).and_then(|before| self.text_ends.get(before)).copied().unwrap_or(0);
            self.text.get(start..end.min(start + MAX_TEXT_BYTES))
        });
        String::from_utf8_lossy(bytes.unwrap_or_default())
    }

    /// The location with this id. Only behind [`Tables::sort`].
    pub(super) fn location(&self, id: u64) -> Option<&Location> {
        // Most writers count ids from 1.
        let guess = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let has_id = |at: usize| self.locations.get(at).is_some_and(|location| location.id == id);
        if let Some(at) = guess.filter(|at| has_id(*at) && !at.checked_sub(1).is_some_and(has_id)) {
            return self.locations.get(at);
        }
        let at = self.locations.partition_point(|location| location.id < id);
        self.locations.get(at).filter(|location| location.id == id)
    }

    /// The lines of a location, innermost first.
    pub(super) fn lines(&self, location: &Location) -> &[Line] {
        self.lines.get(location.first_line as usize..location.end_line as usize).unwrap_or_default()
    }

    /// The function with this id. Only behind [`Tables::sort`].
    pub(super) fn function(&self, id: u64) -> Option<&Function> {
        let at = self.functions.partition_point(|function| function.id < id);
        self.functions.get(at).filter(|function| function.id == id)
    }
}

fn line_of(message: &[u8]) -> Line {
    let mut line = Line::default();
    for (number, value) in Fields::new(message) {
        let Value::Number(found) = value else { continue };
        match number {
            field::LINE_FUNCTION => line.function = found,
            field::LINE_LINE => line.line = found as i64,
            field::LINE_COLUMN => line.column = found as i64,
            _ => {}
        }
    }
    line
}

/// The two texts of a value type.
fn pair(message: &[u8]) -> (u64, u64) {
    let of = |number| Fields::new(message).number(number).unwrap_or(0);
    (of(field::VALUE_TYPE_KIND), of(field::VALUE_TYPE_UNIT))
}
