//! Names for the stubs of the procedure linkage table: `memcpy@plt`.
//!
//! On x86-64 each stub is decoded: it jumps through a word of the global offset table, and the relocation
//! of that word names the function. On AArch64 the order of the relocations is the order of the stubs.

use super::symbol_table::string_at;
use super::{Elf, Section, dynamic_relocations, read_number};
use object::elf;
use std::collections::BTreeMap;

/// A stub's address, size and name.
pub(crate) struct Stub {
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) name: String,
}

/// All stubs that can be named; empty on other machines.
pub(crate) fn plt_stubs(elf: &Elf) -> Vec<Stub> {
    // By name, one each: a file with thousands of such sections over the same bytes is not a real one.
    let plt_sections = || {
        [".plt", ".plt.sec", ".plt.got"]
            .iter()
            .filter_map(|name| elf.section(name))
            .filter(|section| section.executable)
    };
    if plt_sections().next().is_none() || !matches!(elf.machine, elf::EM_X86_64 | elf::EM_AARCH64) {
        return Vec::new();
    }
    let Some(names) = DynamicNames::of(elf) else { return Vec::new() };
    let relocations = dynamic_relocations(elf);
    if elf.machine == elf::EM_AARCH64 {
        return aarch64_stubs(elf, &names, &relocations);
    }
    let by_address: BTreeMap<u64, u32> = relocations
        .iter()
        .filter(|relocation| relocation.symbol != 0)
        .map(|relocation| (relocation.address, relocation.symbol))
        .collect();
    let mut stubs = Vec::new();
    for section in plt_sections() {
        x86_64_stubs(section, &names, &by_address, &mut stubs);
    }
    stubs
}

/// Finds each `jmp *offset(%rip)` (ff 25). Stubs are 8 bytes in `.plt.got`, else 16, and the jump stands
/// somewhere in its stub, behind an `endbr64` if there is one.
fn x86_64_stubs(
    section: &Section,
    names: &DynamicNames<'_>,
    by_address: &BTreeMap<u64, u32>,
    stubs: &mut Vec<Stub>,
) {
    let Some(data) = section.data.as_ref() else { return };
    let has_short_stubs = section.name == ".plt.got" && !data.starts_with(&[0xf3, 0x0f, 0x1e, 0xfa]);
    let size = if has_short_stubs { 8 } else { 16 };
    for (index, stub) in data.chunks(size).enumerate() {
        let Some(jump) = stub.windows(6).position(|window| window.starts_with(&[0xff, 0x25])) else {
            continue;
        };
        let address = section.address.wrapping_add((index * size) as u64);
        let Some(offset) = stub.get(jump + 2..jump + 6).and_then(|bytes| bytes.first_chunk::<4>()) else {
            continue;
        };
        let word =
            address.wrapping_add(jump as u64 + 6).wrapping_add(i64::from(i32::from_le_bytes(*offset)) as u64);
        if let Some(name) = by_address.get(&word).and_then(|symbol| names.stub(*symbol)) {
            stubs.push(Stub { address, size: size as u64, name });
        }
    }
}

fn aarch64_stubs(elf: &Elf, names: &DynamicNames<'_>, relocations: &[super::Relocation]) -> Vec<Stub> {
    const HEADER_BYTES: u64 = 32;
    const STUB_BYTES: u64 = 16;
    let Some(plt) = elf.section(".plt") else { return Vec::new() };
    let Some(list) = elf.sections.iter().position(|section| section.name == ".rela.plt") else {
        return Vec::new();
    };
    let end = plt.address.saturating_add(plt.size);
    let first = plt.address.saturating_add(HEADER_BYTES);
    (relocations.iter().filter(|relocation| relocation.section == list).enumerate())
        .map(|(index, relocation)| (first.saturating_add(index as u64 * STUB_BYTES), relocation.symbol))
        .take_while(|(address, _)| address.saturating_add(STUB_BYTES) <= end)
        .filter_map(|(address, symbol)| Some(Stub { address, size: STUB_BYTES, name: names.stub(symbol)? }))
        .collect()
}

/// `.dynsym` and its strings.
struct DynamicNames<'a> {
    symbols: &'a [u8],
    strings: &'a [u8],
    endian: object::Endianness,
}

impl<'a> DynamicNames<'a> {
    fn of(elf: &'a Elf) -> Option<Self> {
        let table = elf.sections.iter().find(|section| section.kind == elf::SHT_DYNSYM.0)?;
        let strings = elf.sections.get(table.link)?.data.as_ref()?;
        Some(Self { symbols: table.data.as_ref()?, strings, endian: elf.endian })
    }

    fn stub(&self, symbol: u32) -> Option<String> {
        /// Size of a 64-bit `Sym`; its first word is the name.
        const SYMBOL_BYTES: usize = 24;
        let offset = read_number(self.symbols, (symbol as usize).checked_mul(SYMBOL_BYTES)?, 4, self.endian)?;
        // Enough for any imported name; the cap keeps stubs that share one long name from multiplying it.
        let name = string_at(self.strings, u32::try_from(offset).ok()?, 1024);
        let name = name.split(|byte| *byte == b'@').next().unwrap_or_default();
        (!name.is_empty()).then(|| format!("{}@plt", String::from_utf8_lossy(name)))
    }
}
