//! Code objects: names, file and table of locations, kept as long as they are the same.

use super::layout::Layout;
use super::line_table::{Place, line_of_byte, place_of_unit};
use super::text::{byte_string, text};
use crate::Snapshot;
use crate::read_error::ReadError;
use std::collections::HashMap;
use std::rc::Rc;

/// Most code objects that are kept, and the bytes of their names and tables; a large program has some 100,000 code
/// objects of some 300 bytes, of which a profile meets a part.
const MAX_CODES: usize = 200_000;
const MAX_BYTES: usize = 128 << 20;

/// A code object.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) function: String,
    pub(super) file: String,
    pub(super) first_line: u32,
    address: u64,
    locations: Vec<u8>,
    adaptive: Option<u64>,
    identity: Identity,
}

/// Tells whether the memory still holds the same code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    file: u64,
    name: u64,
    locations: u64,
    first_line: u32,
}

impl Code {
    /// Where an instruction of a frame is.
    pub(super) fn place(&self, instruction: u64) -> Place {
        match self.adaptive {
            Some(adaptive) => {
                let start = self.address.wrapping_add(adaptive);
                // Before the first instruction: the frame has not begun.
                let unit = instruction.checked_sub(start).map_or(0, |bytes| bytes / 2);
                place_of_unit(&self.locations, self.first_line, unit)
            }
            None => Place {
                line: line_of_byte(&self.locations, self.first_line, u64::from(instruction as u32) * 2),
                column: None,
            },
        }
    }
}

/// Code objects by address.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    codes: HashMap<u64, Option<Rc<Code>>>,
    /// Of names and tables that were ever read since the last time that all were forgotten.
    n_bytes: usize,
}

impl Codes {
    /// Reads a code object unless it is known and unchanged.
    pub(super) fn load(&mut self, snapshot: &Snapshot<'_>, layout: &Layout, address: u64) {
        let identity = identity(snapshot, layout, address).ok();
        let is_known = self
            .codes
            .get(&address)
            .is_some_and(|known| known.as_ref().map(|code| code.identity) == identity && identity.is_some());
        if is_known {
            return;
        }
        if self.codes.len() >= MAX_CODES || self.n_bytes >= MAX_BYTES {
            self.codes.clear();
            self.n_bytes = 0;
        }
        let code = identity.and_then(|identity| read(snapshot, layout, address, identity).ok()).map(Rc::new);
        let size = |code: &Rc<Code>| code.function.len() + code.file.len() + code.locations.len();
        self.n_bytes += code.as_ref().map_or(0, size);
        self.codes.insert(address, code);
    }

    /// Whether the code known at this address is still there; what cannot be read is taken to be.
    pub(super) fn is_current(&self, snapshot: &Snapshot<'_>, layout: &Layout, address: u64) -> bool {
        match (self.codes.get(&address), identity(snapshot, layout, address)) {
            (Some(Some(known)), Ok(identity)) => known.identity == identity,
            (known, _) => matches!(known, Some(Some(_))),
        }
    }

    pub(super) fn get(&self, address: u64) -> Option<&Code> {
        self.codes.get(&address)?.as_deref()
    }
}

fn identity(snapshot: &Snapshot<'_>, layout: &Layout, address: u64) -> Result<Identity, ReadError> {
    let word = |what, offset: u64| snapshot.u64(what, address.wrapping_add(offset));
    Ok(Identity {
        file: word("a code object's file", layout.code_filename)?,
        name: word("a code object's name", layout.code_qualname.unwrap_or(layout.code_name))?,
        locations: word("a code object's locations", layout.code_linetable)?,
        first_line: snapshot.u32("a code object's line", address.wrapping_add(layout.code_firstlineno))?,
    })
}

fn read(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    address: u64,
    identity: Identity,
) -> Result<Code, ReadError> {
    Ok(Code {
        function: text(snapshot, layout, identity.name)?,
        file: text(snapshot, layout, identity.file)?,
        first_line: identity.first_line,
        address,
        locations: byte_string(snapshot, layout, identity.locations)?,
        adaptive: layout.code_adaptive,
        identity,
    })
}
