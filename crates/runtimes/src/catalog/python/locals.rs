//! Variables of a frame: their names from the code object, their values from the frame.

use super::frames::{RawFrame, TAGS};
use super::object_layout::Names;
use super::objects::Objects;
use super::values::show;
use crate::read_error::ReadError;
use crate::runtime::{Locals, Variable};

/// Most variables of one frame; functions that a program wrote for itself have more now and then.
const MAX_VARIABLES: usize = 200;
/// `CO_FAST_HIDDEN`, `CO_FAST_CELL`, `CO_FAST_FREE`.
const HIDDEN: u8 = 0x10;
const CELL_OR_FREE: u8 = 0x40 | 0x80;
/// `Py_INT_TAG`: a small number instead of a pointer.
const INT_TAG: u64 = 3;

/// The variables that have a value, in the order of the code object: arguments first.
pub(super) fn variables(
    objects: &Objects<'_>,
    frame: &RawFrame,
    locals: Locals,
) -> Result<Vec<Variable>, ReadError> {
    // The frame may have gone since it was read.
    let (now, _) = RawFrame::read(objects.snapshot, objects.layout, frame.address)?;
    if now.code != frame.code {
        return Ok(Vec::new());
    }
    let fields = &objects.layout.objects;
    let first = frame.address.wrapping_add(fields.frame_variables);
    let mut found = Vec::new();
    for (at, (name, kind)) in names(objects, frame.code)?.into_iter().enumerate() {
        let Ok(name) = objects.text(name) else { continue };
        // `.0` is what a comprehension walks through.
        if kind & HIDDEN != 0 || name.starts_with('.') {
            continue;
        }
        let word = objects.word("a variable", first, at as u64 * 8)?;
        if fields.is_tagged && word & INT_TAG == INT_TAG {
            found.push(Variable { name, value: ((word as i64) >> 2).to_string() });
            continue;
        }
        let mut value = word & !TAGS;
        if value != 0
            && kind & CELL_OR_FREE != 0
            && objects.type_of(value).is_ok_and(|class| class.name == "cell")
        {
            value = objects.word("a variable", value, fields.head)?;
        }
        if value != 0 {
            let value = show(objects, &name, value, locals);
            found.push(Variable { name, value });
        }
    }
    Ok(found)
}

/// Addresses of the names, each with its kind, in the order in which a frame keeps the values.
fn names(objects: &Objects<'_>, code: u64) -> Result<Vec<(u64, u8)>, ReadError> {
    let tuple = |offset| {
        let tuple = objects.word("names of variables", code, offset)?;
        Ok(objects.tuple(tuple, MAX_VARIABLES)?.0)
    };
    match objects.layout.objects.names {
        Names::Three { variables, cells, free } => {
            let plain = tuple(variables)?.into_iter().map(|name| (name, 0));
            let shared = tuple(cells)?.into_iter().chain(tuple(free)?);
            Ok(plain.chain(shared.map(|name| (name, CELL_OR_FREE))).collect())
        }
        Names::One { names, kinds } => {
            let names = tuple(names)?;
            let kinds = objects.word("kinds of variables", code, kinds)?;
            let data = kinds.wrapping_add(objects.layout.bytes_data);
            let kinds = objects.snapshot.bytes("kinds of variables", data, names.len())?;
            Ok(names.into_iter().zip(kinds).collect())
        }
    }
}
