//! A table of either form: rows under a schema, or columns.

use crate::json::{JsonTokens, Number, Token};
use std::io::Read;

/// Reads a value, given its column's name and row.
type ReadCell<'t, R> = &'t mut dyn FnMut(&mut JsonTokens<R>, &str, usize);
/// Reads a member that is no column.
type ReadMember<'t, R> = &'t mut dyn FnMut(&mut JsonTokens<R>, &str);

/// Reads a table. `cell` gets each value with its column's name and row; `other` each member that is no column.
pub(super) fn read_table<R: Read>(json: &mut JsonTokens<R>, cell: ReadCell<'_, R>, other: ReadMember<'_, R>) {
    if !json.enter(Token::Object) {
        return;
    }
    let mut schema: Vec<String> = Vec::new();
    while let Some(name) = json.next_key() {
        let name = name.to_owned();
        match (name.as_str(), json.peek()) {
            (_, Token::End) => return,
            ("schema", Token::Object) => read_schema(json, &mut schema),
            ("data", Token::Array) if !schema.is_empty() => {
                json.enter(Token::Array);
                let mut row = 0;
                while json.next_item() {
                    read_row(json, &schema, row, cell);
                    row += 1;
                }
            }
            (_, Token::Array) => {
                json.enter(Token::Array);
                let mut row = 0;
                while json.next_item() {
                    cell(json, &name, row);
                    row += 1;
                }
            }
            _ => other(json, &name),
        }
    }
}

/// The names of columns by their places in a row.
fn read_schema<R: Read>(json: &mut JsonTokens<R>, schema: &mut Vec<String>) {
    json.enter(Token::Object);
    while let Some(name) = json.next_key() {
        let name = name.to_owned();
        let place = json.number().and_then(Number::as_index);
        // Real tables have at most a dozen columns.
        if let Some(place) = place.filter(|place| *place < 64) {
            if schema.len() <= place {
                schema.resize(place + 1, String::new());
            }
            schema[place] = name;
        }
    }
}

fn read_row<R: Read>(json: &mut JsonTokens<R>, schema: &[String], row: usize, cell: ReadCell<'_, R>) {
    if !json.enter(Token::Array) {
        return;
    }
    let mut place = 0;
    while json.next_item() {
        match schema.get(place) {
            Some(name) => cell(json, name, row),
            None => json.skip_value(),
        }
        place += 1;
    }
}
