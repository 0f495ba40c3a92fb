//! What HotSpot says of itself to debuggers: its version and its flags, read from its memory.
//!
//! The library exports a table of fields, each with the names of its type and its own, and the address of a static
//! one (`src/hotspot/share/runtime/vmStructs.hpp`, the same from JDK 8 on). The flags are an array whose stride stands
//! in a second table. This is what the JDK's own `jhsdb` reads; nothing runs in the process.

use super::find::Found;
use crate::Snapshot;
use crate::read_error::ReadError;
use std::collections::BTreeMap;

/// Longest table that is followed: HotSpot's have some 2,000 entries.
const MAX_ENTRIES: u64 = 20_000;
/// Flags: some 1,500.
const MAX_FLAGS: u64 = 10_000;
const MAX_NAME_BYTES: usize = 128;
const MAX_VERSION_BYTES: usize = 100;

/// What is known of a virtual machine without asking it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// `17.0.15+6-Debian-1deb12u1`.
    pub(super) version: Option<String>,
    /// Flags of type bool that were asked for, by name; one that this version does not have is missing.
    pub(super) flags: BTreeMap<&'static str, bool>,
}

/// Flags that decide what may be done.
const WANTED_FLAGS: [&str; 4] =
    ["DisableAttachMechanism", "ReduceSignalUsage", "PreserveFramePointer", "DebugNonSafepoints"];

/// A field of the table.
#[derive(Clone, Copy)]
struct Field {
    offset: u64,
    address: u64,
}

/// Reads version and flags.
///
/// # Errors
/// A table that is not there or is none.
pub(super) fn read(snapshot: &Snapshot<'_>, found: &Found) -> Result<Facts, ReadError> {
    let fields = fields(snapshot, found)?;
    let field = |type_name: &str, name: &str| fields.get(&(type_name.to_owned(), name.to_owned())).copied();
    let version = field("Abstract_VM_Version", "_s_vm_release").and_then(|field| {
        let text = snapshot.u64("HotSpot's version", field.address).ok()?;
        let version = snapshot.c_string("HotSpot's version", text, MAX_VERSION_BYTES).ok()?;
        let is_plain = version.chars().all(|c| c.is_ascii_graphic());
        (is_plain && !version.is_empty()).then_some(version)
    });
    let mut facts = Facts { version, flags: BTreeMap::new() };
    let (Some(flags), Some(count), Some(name), Some(address)) = (
        field("JVMFlag", "flags"),
        field("JVMFlag", "numFlags"),
        field("JVMFlag", "_name"),
        field("JVMFlag", "_addr"),
    ) else {
        return Ok(facts);
    };
    let what = "HotSpot's flags";
    let stride = type_size(snapshot, found, "JVMFlag")?;
    let first = snapshot.u64(what, flags.address)?;
    let n_flags = snapshot.u64(what, count.address)?.min(MAX_FLAGS);
    for at in 0..n_flags {
        let flag = first.wrapping_add(at.wrapping_mul(stride));
        let text = snapshot.u64(what, flag.wrapping_add(name.offset))?;
        if text == 0 {
            // The last one ends the list.
            continue;
        }
        let text = snapshot.c_string(what, text, MAX_NAME_BYTES)?;
        let Some(wanted) = WANTED_FLAGS.into_iter().find(|wanted| *wanted == text) else { continue };
        let value = snapshot.u64(what, flag.wrapping_add(address.offset))?;
        let mut byte = [0];
        snapshot.read(what, value, &mut byte)?;
        facts.flags.insert(wanted, byte[0] != 0);
        if facts.flags.len() == WANTED_FLAGS.len() {
            break;
        }
    }
    Ok(facts)
}

fn symbol(snapshot: &Snapshot<'_>, found: &Found, name: &'static str) -> Result<u64, ReadError> {
    let address = found.symbols.get(name).copied().unwrap_or(0);
    snapshot.u64(name, address)
}

/// The fields of the types that are read here.
fn fields(snapshot: &Snapshot<'_>, found: &Found) -> Result<BTreeMap<(String, String), Field>, ReadError> {
    let table = symbol(snapshot, found, "gHotSpotVMStructs")?;
    let stride = symbol(snapshot, found, "gHotSpotVMStructEntryArrayStride")?;
    let type_name = symbol(snapshot, found, "gHotSpotVMStructEntryTypeNameOffset")?;
    let field_name = symbol(snapshot, found, "gHotSpotVMStructEntryFieldNameOffset")?;
    let offset = symbol(snapshot, found, "gHotSpotVMStructEntryOffsetOffset")?;
    let address = symbol(snapshot, found, "gHotSpotVMStructEntryAddressOffset")?;
    let what = "HotSpot's table of fields";
    let mut fields = BTreeMap::new();
    for at in 0..MAX_ENTRIES {
        let entry = table.wrapping_add(at.wrapping_mul(stride));
        let name = snapshot.u64(what, entry.wrapping_add(type_name))?;
        if name == 0 {
            return Ok(fields);
        }
        let of_type = snapshot.c_string(what, name, MAX_NAME_BYTES)?;
        if !matches!(of_type.as_str(), "Abstract_VM_Version" | "JVMFlag") {
            continue;
        }
        let name = snapshot.u64(what, entry.wrapping_add(field_name))?;
        let name = snapshot.c_string(what, name, MAX_NAME_BYTES)?;
        let field = Field {
            offset: snapshot.u64(what, entry.wrapping_add(offset))?,
            address: snapshot.u64(what, entry.wrapping_add(address))?,
        };
        fields.insert((of_type, name), field);
    }
    Err(ReadError::Unexpected {
        what,
        address: table,
        found: format!("more than {MAX_ENTRIES} entries"),
        wanted: "a list that ends",
    })
}

/// Size of a type in bytes.
fn type_size(snapshot: &Snapshot<'_>, found: &Found, wanted: &str) -> Result<u64, ReadError> {
    let table = symbol(snapshot, found, "gHotSpotVMTypes")?;
    let stride = symbol(snapshot, found, "gHotSpotVMTypeEntryArrayStride")?;
    let type_name = symbol(snapshot, found, "gHotSpotVMTypeEntryTypeNameOffset")?;
    let size = symbol(snapshot, found, "gHotSpotVMTypeEntrySizeOffset")?;
    let what = "HotSpot's table of types";
    for at in 0..MAX_ENTRIES {
        let entry = table.wrapping_add(at.wrapping_mul(stride));
        let name = snapshot.u64(what, entry.wrapping_add(type_name))?;
        if name == 0 {
            break;
        }
        if snapshot.c_string(what, name, MAX_NAME_BYTES)? == wanted {
            return snapshot.u64(what, entry.wrapping_add(size));
        }
    }
    Err(ReadError::Unexpected {
        what,
        address: table,
        found: "no entry of the name".to_owned(),
        wanted: "the type of flags",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::{ProcessView, RecordedProcess};
    use proptest::prelude::*;

    const BASE: u64 = 0x10_000;

    /// Memory with both tables as HotSpot lays them out, two flags and a version.
    fn memory() -> (Vec<u8>, Found) {
        let mut bytes = vec![0u8; 0x2000];
        let mut text_at = 0x1000;
        let mut put_text = |bytes: &mut Vec<u8>, text: &str| {
            let at = text_at;
            bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
            text_at += text.len() + 1;
            BASE + at as u64
        };
        let put = |bytes: &mut Vec<u8>, at: usize, word: u64| {
            bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        };
        let mut symbols = BTreeMap::new();
        let words = [
            ("gHotSpotVMStructs", BASE + 0x200),
            ("gHotSpotVMStructEntryArrayStride", 48),
            ("gHotSpotVMStructEntryTypeNameOffset", 0),
            ("gHotSpotVMStructEntryFieldNameOffset", 8),
            ("gHotSpotVMStructEntryOffsetOffset", 32),
            ("gHotSpotVMStructEntryAddressOffset", 40),
            ("gHotSpotVMTypes", BASE + 0x600),
            ("gHotSpotVMTypeEntryArrayStride", 40),
            ("gHotSpotVMTypeEntryTypeNameOffset", 0),
            ("gHotSpotVMTypeEntrySizeOffset", 32),
        ];
        for (at, (name, value)) in words.into_iter().enumerate() {
            put(&mut bytes, at * 8, value);
            symbols.insert(name.to_owned(), BASE + at as u64 * 8);
        }
        let entries = [
            ("Other", "field", 4, 0),
            ("Abstract_VM_Version", "_s_vm_release", 0, BASE + 0x100),
            ("JVMFlag", "flags", 0, BASE + 0x108),
            ("JVMFlag", "numFlags", 0, BASE + 0x110),
            ("JVMFlag", "_name", 8, 0),
            ("JVMFlag", "_addr", 0, 0),
        ];
        for (at, (of_type, name, offset, address)) in entries.into_iter().enumerate() {
            let entry = 0x200 + at * 48;
            let (of_type, name) = (put_text(&mut bytes, of_type), put_text(&mut bytes, name));
            put(&mut bytes, entry, of_type);
            put(&mut bytes, entry + 8, name);
            put(&mut bytes, entry + 32, offset);
            put(&mut bytes, entry + 40, address);
        }
        let of_type = put_text(&mut bytes, "JVMFlag");
        put(&mut bytes, 0x600, of_type);
        put(&mut bytes, 0x600 + 32, 24);
        let version = put_text(&mut bytes, "17.0.15+6-Debian");
        put(&mut bytes, 0x100, version);
        put(&mut bytes, 0x108, BASE + 0x700);
        put(&mut bytes, 0x110, 4);
        bytes[0x800] = 1;
        for (at, (name, value)) in
            [("Other", 0x801), ("DisableAttachMechanism", 0x800), ("PreserveFramePointer", 0x801)]
                .into_iter()
                .enumerate()
        {
            let name = put_text(&mut bytes, name);
            put(&mut bytes, 0x700 + at * 24, BASE + value);
            put(&mut bytes, 0x700 + at * 24 + 8, name);
        }
        (bytes, Found { path: "libjvm.so".to_owned(), symbols })
    }

    fn facts(bytes: Vec<u8>, found: &Found) -> Result<Facts, ReadError> {
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        recorded.add_memory(BASE, bytes);
        read(&Snapshot::new(&ProcessView::Recorded(recorded)), found)
    }

    #[test]
    fn version_and_flags_are_read() {
        let (bytes, found) = memory();
        let facts = facts(bytes, &found).expect("readable");
        assert_eq!(facts.version.as_deref(), Some("17.0.15+6-Debian"));
        let expected = [("DisableAttachMechanism", true), ("PreserveFramePointer", false)];
        assert_eq!(facts.flags.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_table_without_end_is_an_error() {
        let (mut bytes, found) = memory();
        // A stride of zero shows the same entry again and again.
        bytes[8..16].fill(0);
        let error = facts(bytes, &found).expect_err("endless").to_string();
        assert!(error.contains("more than 20000 entries"), "{error}");
    }

    proptest! {
        #[test]
        fn damaged_memory_neither_panics_nor_hangs(at in 0usize..0x900, byte in any::<u8>()) {
            let (mut bytes, found) = memory();
            bytes[at] = byte;
            let _ = facts(bytes, &found);
        }
    }
}
