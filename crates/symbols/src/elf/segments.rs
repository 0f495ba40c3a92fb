//! Where in memory the parts of an ELF file belong, for those who know only offsets in the file.

use object::Endianness;
use object::elf::{FileHeader32, FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};

/// A loaded part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSegment {
    /// Offset of its first byte in the file.
    pub offset: u64,
    /// Virtual address of that byte.
    pub address: u64,
    /// Bytes in the file.
    pub size: u64,
}

impl FileSegment {
    /// Whether the byte at this offset belongs to it.
    pub fn holds(&self, offset: u64) -> bool {
        offset.checked_sub(self.offset).is_some_and(|at| at < self.size)
    }

    /// The virtual address of the byte at an offset that it holds.
    pub fn address_of(&self, offset: u64) -> u64 {
        self.address.wrapping_add(offset.wrapping_sub(self.offset))
    }
}

/// The loaded parts of an ELF file in its own order; empty for other bytes.
pub fn elf_segments(bytes: &[u8]) -> Vec<FileSegment> {
    match object::FileKind::parse(bytes) {
        Ok(object::FileKind::Elf64) => of_class::<FileHeader64<Endianness>>(bytes),
        Ok(object::FileKind::Elf32) => of_class::<FileHeader32<Endianness>>(bytes),
        _ => Vec::new(),
    }
}

fn of_class<Header: FileHeader<Endian = Endianness>>(data: &[u8]) -> Vec<FileSegment> {
    let Ok(header) = Header::parse(data) else { return Vec::new() };
    let Ok(endian) = header.endian() else { return Vec::new() };
    let segments = header.program_headers(endian, data).unwrap_or_default().iter();
    segments
        .filter(|segment| segment.p_type(endian) == PT_LOAD)
        .map(|segment| FileSegment {
            offset: segment.p_offset(endian).into(),
            address: segment.p_vaddr(endian).into(),
            size: segment.p_filesz(endian).into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_s_own_code_is_where_its_segments_say() {
        let bytes = std::fs::read("/proc/self/exe").expect("readable");
        let segments = elf_segments(&bytes);
        assert!(segments.len() >= 2);
        let second = segments[1];
        assert!(second.holds(second.offset) && !second.holds(second.offset + second.size));
        assert_eq!(second.address_of(second.offset + 5), second.address + 5);
        assert_eq!(elf_segments(b"no elf"), []);
    }
}
