//! Dynamic relocations: which words the loader fills in, and with what.

use super::Elf;
use object::Endianness;
use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, Rel, Rela, SectionHeader};

/// One relocation of an allocated section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Relocation {
    /// Address of the word.
    pub(crate) address: u64,
    /// Index in `.dynsym`, 0 for none.
    pub(crate) symbol: u32,
    /// What is added, and for a relative relocation the whole value.
    pub(crate) addend: u64,
    /// Index of the section that lists it.
    pub(crate) section: usize,
}

/// Every dynamic relocation, section by section. Packed forms (RELR) are left out: they keep the value in
/// the word itself.
pub(crate) fn dynamic_relocations(elf: &Elf) -> Vec<Relocation> {
    if elf.is_64 {
        of_class::<FileHeader64<Endianness>>(elf)
    } else {
        of_class::<FileHeader32<Endianness>>(elf)
    }
}

fn of_class<Header: FileHeader<Endian = Endianness>>(elf: &Elf) -> Vec<Relocation> {
    let data: &[u8] = &elf.bytes;
    let mut found = Vec::new();
    let Ok(header) = Header::parse(data) else { return found };
    let Ok(sections) = header.sections(elf.endian, data) else { return found };
    let mut read_until = 0;
    for (section, header) in sections.iter().enumerate() {
        if !header.sh_flags(elf.endian).contains(elf::SHF_ALLOC) {
            continue;
        }
        // Real relocation sections do not share bytes; ones that do would multiply the file's size.
        let (offset, size): (u64, u64) =
            (header.sh_offset(elf.endian).into(), header.sh_size(elf.endian).into());
        if offset < read_until {
            continue;
        }
        if let Ok(Some((list, _))) = header.rela(elf.endian, data) {
            read_until = offset.saturating_add(size);
            found.extend(list.iter().map(|rela| Relocation {
                address: rela.r_offset(elf.endian).into(),
                symbol: rela.r_sym(elf.endian, false),
                addend: rela.r_addend(elf.endian).into() as u64,
                section,
            }));
        } else if let Ok(Some((list, _))) = header.rel(elf.endian, data) {
            read_until = offset.saturating_add(size);
            found.extend(list.iter().map(|rel| Relocation {
                address: rel.r_offset(elf.endian).into(),
                symbol: rel.r_sym(elf.endian),
                addend: 0,
                section,
            }));
        }
    }
    found
}
