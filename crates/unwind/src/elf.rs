//! The parts of an ELF file that unwinding needs, read through any `object::ReadRef`.

use crate::module::UnwindSections;
use object::elf::{PF_X, PT_LOAD};
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Endianness, Object, ObjectSection, ReadRef, SectionFlags};
use std::sync::Arc;

/// Unwind tables larger than this are not read; the largest seen (a browser with everything linked in) has
/// 60 MB.
const MAX_SECTION_BYTES: u64 = 256 << 20;
/// The signal trampoline of x86_64: `mov $15,%rax; syscall` (rt_sigreturn), in glibc, musl and Go alike.
const TRAMPOLINE: &[u8] = &[0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05];
/// Begin of `_dl_runtime_resolve_*`: `push %rbx; mov %rsp,%rbx; and $..,%rsp`.
const RESOLVER: &[u8] = &[0x53, 0x48, 0x89, 0xe3, 0x48, 0x83, 0xe4];
/// Only code up to this size is searched for the trampoline: libc and static programs, not browsers.
const MAX_TRAMPOLINE_SEARCH_BYTES: u64 = 8 << 20;

/// A program has one trampoline and three resolvers; more matches are something else.
const MAX_MATCHES: usize = 16;

/// A loadable segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Offset in the file.
    pub file_offset: u64,
    /// Bytes in the file.
    pub file_bytes: u64,
    /// Virtual address.
    pub address: u64,
    /// Bytes in memory.
    pub memory_bytes: u64,
    /// Whether it holds code.
    pub executable: bool,
}

/// What a module's file says about loading and unwinding.
#[derive(Clone, Debug, Default)]
pub struct ElfImage {
    /// Loadable segments in file order.
    pub segments: Vec<Segment>,
    /// GNU build id.
    pub build_id: Option<Vec<u8>>,
    /// Tables for [`crate::ModuleUnwinder`].
    pub sections: UnwindSections,
    /// Where `.gopclntab` lies in the file (offset, bytes, address), if this is a Go program.
    pub go_pclntab: Option<(u64, u64, u64)>,
    /// Address of `.text`.
    pub text_address: u64,
}

impl ElfImage {
    /// Reads a 64-bit ELF file; `None` if it is not one.
    pub fn parse<'d, R: ReadRef<'d>>(data: R) -> Option<Self> {
        let file = ElfFile64::<Endianness, R>::parse(data).ok()?;
        let endian = file.endian();
        let segments: Vec<Segment> = file
            .elf_program_headers()
            .iter()
            .filter(|header| header.p_type(endian) == PT_LOAD)
            .map(|header| Segment {
                file_offset: header.p_offset(endian),
                file_bytes: header.p_filesz(endian),
                address: header.p_vaddr(endian),
                memory_bytes: header.p_memsz(endian),
                executable: header.p_flags(endian).0 & PF_X.0 != 0,
            })
            .collect();
        let section = |name: &str| {
            let section = file.section_by_name(name)?;
            let compressed =
                matches!(section.flags(), SectionFlags::Elf { sh_flags, .. } if sh_flags.0 & 0x800 != 0);
            if compressed || section.size() > MAX_SECTION_BYTES {
                return None;
            }
            let bytes: Arc<[u8]> = Arc::from(section.data().ok()?);
            (!bytes.is_empty()).then(|| (section.address(), bytes))
        };
        let text = file
            .section_by_name(".text")
            .map(|text| text.address()..text.address().saturating_add(text.size()));
        let base = segments.iter().map(|segment| segment.address).min().unwrap_or(0);
        let end = segments.iter().map(|s| s.address.saturating_add(s.memory_bytes)).max().unwrap_or(0);
        let sections = UnwindSections {
            addresses: base..end,
            eh_frame: section(".eh_frame"),
            eh_frame_hdr: section(".eh_frame_hdr"),
            debug_frame: section(".debug_frame"),
            text: text.clone(),
            got: file
                .section_by_name(".got")
                .map(|got| got.address()..got.address().saturating_add(got.size())),
            signal_trampoline: find_code(&file, TRAMPOLINE).first().copied(),
            resolvers: find_code(&file, RESOLVER),
            entry: (file.entry() != 0).then(|| file.entry()),
        };
        let go_pclntab = file
            .section_by_name(".gopclntab")
            .or_else(|| file.section_by_name(".data.rel.ro.gopclntab"))
            .and_then(|s| s.file_range().map(|(offset, bytes)| (offset, bytes, s.address())));
        Some(Self {
            segments,
            build_id: file.build_id().ok().flatten().map(<[u8]>::to_vec),
            sections,
            go_pclntab,
            text_address: text.map_or(0, |text| text.start),
        })
    }

    /// The difference between run-time and file addresses for a mapping of `file_offset` at `start`.
    pub fn load_bias(&self, start: u64, file_offset: u64) -> Option<u64> {
        const PAGE: u64 = 4096;
        let covers = |segment: &&Segment| {
            let first = segment.file_offset & !(PAGE - 1);
            (first..segment.file_offset.saturating_add(segment.file_bytes.max(1))).contains(&file_offset)
        };
        let segment = self
            .segments
            .iter()
            .filter(|segment| segment.executable)
            .find(covers)
            .or_else(|| self.segments.iter().find(covers))?;
        Some(start.wrapping_sub(segment.address.wrapping_add(file_offset).wrapping_sub(segment.file_offset)))
    }
}

/// Addresses in `.text` where these instructions begin, ascending.
fn find_code<'d, R: ReadRef<'d>>(file: &ElfFile64<'d, Endianness, R>, instructions: &[u8]) -> Vec<u64> {
    let Some(text) = file.section_by_name(".text").filter(|text| text.size() <= MAX_TRAMPOLINE_SEARCH_BYTES)
    else {
        return Vec::new();
    };
    let code = text.data().unwrap_or_default();
    let address = text.address();
    memchr::memmem::find_iter(code, instructions)
        .map(|at| address.saturating_add(at as u64))
        .take(MAX_MATCHES)
        .collect()
}
