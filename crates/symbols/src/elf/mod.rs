//! The parts of an ELF file that naming needs: sections, segments, build id, links to debug files.
//!
//! It reads headers only; symbols are read by `symbol_table`, relocations by `relocations`.

mod plt;
mod relocations;
mod segments;
mod symbol_table;

pub(crate) use plt::plt_stubs;
pub(crate) use relocations::{Relocation, dynamic_relocations};
pub use segments::{FileSegment, elf_segments};
pub(crate) use symbol_table::{SymbolTable, SymbolTableBuilder, code_end};

use crate::Bytes;
use crate::decompress::{self, Compression};
use fathom_model::{BuildId, Issue};
use object::Endianness;
use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

/// One section header.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) kind: u32,
    pub(crate) link: usize,
    pub(crate) executable: bool,
    pub(crate) allocated: bool,
    pub(crate) data: Option<Bytes>,
    pub(crate) compressed: bool,
}

/// One loadable segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) address: u64,
    pub(crate) memory_size: u64,
    pub(crate) executable: bool,
    pub(crate) writable: bool,
    pub(crate) data: Bytes,
}

/// The headers of one file, and its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Elf {
    pub(crate) bytes: Bytes,
    pub(crate) sections: Vec<Section>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) build_id: Option<BuildId>,
    pub(crate) machine: elf::Machine,
    pub(crate) endian: Endianness,
    pub(crate) is_64: bool,
    pub(crate) is_relocatable: bool,
}

impl Elf {
    /// Reads the headers; `Err` says why the bytes are not an ELF file.
    pub(crate) fn parse(bytes: Bytes) -> Result<Self, String> {
        match object::FileKind::parse(&*bytes) {
            Ok(object::FileKind::Elf64) => Self::parse_class::<FileHeader64<Endianness>>(bytes),
            Ok(object::FileKind::Elf32) => Self::parse_class::<FileHeader32<Endianness>>(bytes),
            _ => Err(format!("not an ELF file (begins with {:02x?})", &bytes[..bytes.len().min(4)])),
        }
    }

    fn parse_class<Header: FileHeader<Endian = Endianness>>(bytes: Bytes) -> Result<Self, String> {
        let data: &[u8] = &bytes;
        let header = Header::parse(data).map_err(|error| error.to_string())?;
        let endian = header.endian().map_err(|error| error.to_string())?;
        let mut build_id = None;
        let mut segments = Vec::new();
        for segment in header.program_headers(endian, data).unwrap_or_default() {
            if build_id.is_none() {
                build_id = segment_build_id::<Header>(segment, endian, data);
            }
            if segment.p_type(endian) != elf::PT_LOAD {
                continue;
            }
            let flags = segment.p_flags(endian);
            let (offset, size) = segment.file_range(endian);
            segments.push(Segment {
                address: segment.p_vaddr(endian).into(),
                memory_size: segment.p_memsz(endian).into(),
                executable: flags.contains(elf::PF_X),
                writable: flags.contains(elf::PF_W),
                data: bytes.slice_u64(offset, size).unwrap_or_default(),
            });
        }
        let mut sections = Vec::new();
        if let Ok(table) = header.sections(endian, data) {
            for section in table.iter() {
                if build_id.is_none() {
                    build_id = section_build_id::<Header>(section, endian, data);
                }
                let flags = section.sh_flags(endian);
                // Names are short; the cap keeps a table of a million headers that share one long
                // name from growing past the file.
                let name = table.section_name(endian, section).unwrap_or_default();
                sections.push(Section {
                    name: String::from_utf8_lossy(&name[..name.len().min(64)]).into_owned(),
                    address: section.sh_addr(endian).into(),
                    size: section.sh_size(endian).into(),
                    kind: section.sh_type(endian).0,
                    link: section.sh_link(endian) as usize,
                    executable: flags.contains(elf::SHF_EXECINSTR),
                    allocated: flags.contains(elf::SHF_ALLOC),
                    compressed: flags.contains(elf::SHF_COMPRESSED),
                    data: section.file_range(endian).and_then(|(offset, size)| bytes.slice_u64(offset, size)),
                });
            }
        }
        Ok(Self {
            sections,
            segments,
            build_id,
            machine: header.e_machine(endian),
            endian,
            is_64: header.is_type_64(),
            is_relocatable: header.e_type(endian) == elf::ET_REL,
            bytes,
        })
    }

    /// The first section of this name.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// Whether the file holds `.debug_info`, in any of its stored forms.
    pub(crate) fn has_debug_info(&self) -> bool {
        let holds = |name: &str| {
            self.section(name)
                .is_some_and(|section| section.data.as_ref().is_some_and(|data| !data.is_empty()))
        };
        holds(".debug_info") || holds(".zdebug_info")
    }

    /// Whether the file holds a full symbol table.
    pub(crate) fn has_symtab(&self) -> bool {
        self.sections.iter().any(|section| section.kind == elf::SHT_SYMTAB.0)
    }

    /// The uncompressed bytes of `.debug_<suffix>`; `None` if there is no such section.
    pub(crate) fn debug_section(&self, suffix: &str) -> Option<Result<Bytes, Issue>> {
        let plain = self.sections.iter().find(|section| section.name.strip_prefix(".debug_") == Some(suffix));
        let (section, old_style) = match plain {
            Some(section) => (section, false),
            None => (
                self.sections.iter().find(|section| section.name.strip_prefix(".zdebug_") == Some(suffix))?,
                true,
            ),
        };
        let data = section.data.clone()?;
        let parts = if old_style {
            gnu_compression(&data)
        } else if section.compressed {
            self.compression_header(&data)
        } else {
            return Some(Ok(data));
        };
        let outcome = match parts {
            Some((compression, start, claimed)) => decompress::section(compression, &data[start..], claimed),
            None => Err("has a damaged compression header".to_owned()),
        };
        Some(outcome.map(Bytes::from).map_err(|reason| Issue::of(&section.name, reason)))
    }

    fn compression_header(&self, data: &[u8]) -> Option<(Compression, usize, u64)> {
        let number = |at: usize, size: usize| read_number(data, at, size, self.endian);
        let compression = match number(0, 4)? {
            1 => Compression::Zlib,
            2 => Compression::Zstd,
            _ => Compression::Unknown,
        };
        if self.is_64 {
            Some((compression, 24, number(8, 8)?)).filter(|_| data.len() >= 24)
        } else {
            Some((compression, 12, number(4, 4)?)).filter(|_| data.len() >= 12)
        }
    }

    /// Name and CRC of the file that `.gnu_debuglink` points to.
    pub(crate) fn debug_link(&self) -> Option<(String, u32)> {
        let data = self.section(".gnu_debuglink")?.data.as_ref()?;
        let end = data.iter().position(|byte| *byte == 0)?;
        let crc = read_number(data, (end + 1).next_multiple_of(4), 4, self.endian)?;
        Some((String::from_utf8_lossy(&data[..end]).into_owned(), crc as u32))
            .filter(|(name, _)| !name.is_empty())
    }

    /// Path and build id of the file that `.gnu_debugaltlink` points to (written by dwz).
    pub(crate) fn debug_alt_link(&self) -> Option<(String, BuildId)> {
        let data = self.section(".gnu_debugaltlink")?.data.as_ref()?;
        let end = data.iter().position(|byte| *byte == 0)?;
        let id = &data[end + 1..];
        Some((
            String::from_utf8_lossy(&data[..end]).into_owned(),
            BuildId(id[..id.len().min(MAX_BUILD_ID_BYTES)].to_vec()),
        ))
    }

    /// Address ranges that hold code, sorted and disjoint: from sections, or from segments where the
    /// section headers were removed.
    pub(crate) fn code_ranges(&self) -> Vec<(u64, u64)> {
        let from_sections = self
            .sections
            .iter()
            .filter(|section| section.executable && section.allocated)
            .map(|section| (section.address, section.size));
        let mut ranges: Vec<(u64, u64)> = from_sections.collect();
        if ranges.is_empty() {
            ranges = self
                .segments
                .iter()
                .filter(|segment| segment.executable)
                .map(|segment| (segment.address, segment.memory_size))
                .collect();
        }
        let mut ranges: Vec<(u64, u64)> = ranges
            .into_iter()
            .filter_map(|(start, size)| Some((start, start.checked_add(size)?)))
            .filter(|(start, end)| start < end)
            .collect();
        ranges.sort_unstable();
        let mut last_end = 0;
        ranges.retain(|(start, end)| {
            let keep = *start >= last_end;
            last_end = if keep { *end } else { last_end };
            keep
        });
        ranges
    }

    /// The bytes of the file from virtual address `address` to the end of what is stored there.
    pub(crate) fn bytes_at(&self, address: u64) -> Option<Bytes> {
        let from = |start: u64, data: &Bytes| {
            let skip = usize::try_from(address.checked_sub(start)?).ok()?;
            if skip < data.len() { data.slice(skip..data.len()) } else { None }
        };
        let in_section = self
            .sections
            .iter()
            .filter(|section| section.allocated)
            .find_map(|section| from(section.address, section.data.as_ref()?));
        in_section.or_else(|| self.segments.iter().find_map(|segment| from(segment.address, &segment.data)))
    }
}

/// Longest build id that is kept. Linkers write 8 to 32 bytes.
const MAX_BUILD_ID_BYTES: usize = 64;

/// The GNU build id of an ELF file, from its segments or, failing that, its sections.
pub fn elf_build_id(bytes: &[u8]) -> Option<BuildId> {
    match object::FileKind::parse(bytes) {
        Ok(object::FileKind::Elf64) => build_id_of_class::<FileHeader64<Endianness>>(bytes),
        Ok(object::FileKind::Elf32) => build_id_of_class::<FileHeader32<Endianness>>(bytes),
        _ => None,
    }
}

fn build_id_of_class<Header: FileHeader<Endian = Endianness>>(data: &[u8]) -> Option<BuildId> {
    let header = Header::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, data).unwrap_or_default();
    segments.iter().find_map(|segment| segment_build_id::<Header>(segment, endian, data)).or_else(|| {
        let sections = header.sections(endian, data).ok()?;
        sections.iter().find_map(|section| section_build_id::<Header>(section, endian, data))
    })
}

fn segment_build_id<Header: FileHeader>(
    segment: &Header::ProgramHeader,
    endian: Header::Endian,
    data: &[u8],
) -> Option<BuildId> {
    note_build_id::<Header>(segment.notes(endian, data).ok()??, endian)
}

fn section_build_id<Header: FileHeader>(
    section: &Header::SectionHeader,
    endian: Header::Endian,
    data: &[u8],
) -> Option<BuildId> {
    note_build_id::<Header>(section.notes(endian, data).ok()??, endian)
}

fn note_build_id<Header: FileHeader>(
    mut notes: object::read::elf::NoteIterator<'_, Header>,
    endian: Header::Endian,
) -> Option<BuildId> {
    while let Ok(Some(note)) = notes.next() {
        if note.name() == elf::ELF_NOTE_GNU
            && note.n_type(endian) == elf::NT_GNU_BUILD_ID
            && !note.desc().is_empty()
        {
            let id = note.desc();
            return Some(BuildId(id[..id.len().min(MAX_BUILD_ID_BYTES)].to_vec()));
        }
    }
    None
}

/// `.zdebug_*`: the letters `ZLIB` and the size as eight big-endian bytes.
fn gnu_compression(data: &[u8]) -> Option<(Compression, usize, u64)> {
    let claimed = data.strip_prefix(b"ZLIB")?.first_chunk::<8>()?;
    Some((Compression::Zlib, 12, u64::from_be_bytes(*claimed)))
}

/// An unsigned number of 4 or 8 bytes at `at`.
pub(crate) fn read_number(data: &[u8], at: usize, size: usize, endian: Endianness) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(size)?)?;
    let fold = |value: u64, byte: &u8| (value << 8) | u64::from(*byte);
    Some(match endian {
        Endianness::Little => bytes.iter().rev().fold(0, fold),
        Endianness::Big => bytes.iter().fold(0, fold),
    })
}
