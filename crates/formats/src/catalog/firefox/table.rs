//! A table of either form: rows under a schema, or columns.

use crate::pull_json::{Damage, Kind, PullJson};
use std::io::Read;

/// Takes a value, given its column's name and row.
type TakeCell<'t, R> = &'t mut dyn FnMut(&mut PullJson<R>, &str, usize) -> Result<(), Damage>;
/// Takes a member that is no column.
type TakeMember<'t, R> = &'t mut dyn FnMut(&mut PullJson<R>, &str) -> Result<(), Damage>;

/// Reads a table. `cell` gets each value with its column's name and row; `other` each member that is no column.
pub(super) fn table<R: Read>(
    json: &mut PullJson<R>,
    cell: TakeCell<'_, R>,
    other: TakeMember<'_, R>,
) -> Result<(), Damage> {
    let mut schema: Vec<String> = Vec::new();
    json.members(|json, name| match (name, json.kind()?) {
        ("schema", Kind::Object) => {
            json.members(|json, name| {
                let place = json.number()?.and_then(crate::pull_json::Number::as_index);
                // Real tables have at most a dozen columns.
                if let Some(place) = place.filter(|place| *place < 64) {
                    if schema.len() <= place {
                        schema.resize(place + 1, String::new());
                    }
                    name.clone_into(&mut schema[place]);
                }
                Ok(())
            })?;
            Ok(())
        }
        ("data", Kind::Array) if !schema.is_empty() => {
            json.items(|json, row| {
                json.items(|json, place| match schema.get(place) {
                    Some(name) => cell(json, name, row),
                    None => json.skip(),
                })?;
                Ok(())
            })?;
            Ok(())
        }
        (_, Kind::Array) => {
            json.items(|json, row| cell(json, name, row))?;
            Ok(())
        }
        _ => other(json, name),
    })?;
    Ok(())
}
