//! The header of a function table, in its four layouts.

use crate::elf::read_number;
use object::Endianness;

/// Layouts, named by the first release that wrote them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    #[default]
    Go12,
    Go116,
    Go118,
    Go120,
}

/// Where the parts of a table are: offsets from its first byte.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) version: Version,
    pub(super) endian: Endianness,
    /// Instruction addresses are multiples of this.
    pub(super) quantum: u8,
    pub(super) pointer_size: usize,
    pub(super) n_functions: usize,
    /// Address of the code, where the header has it (Go 1.18 to 1.25).
    pub(super) text_start: Option<u64>,
    pub(super) names: usize,
    pub(super) compile_units: usize,
    pub(super) files: usize,
    pub(super) values: usize,
    pub(super) functions: usize,
}

impl Default for Header {
    /// A table without functions.
    fn default() -> Self {
        Self {
            version: Version::default(),
            endian: Endianness::Little,
            quantum: 1,
            pointer_size: 8,
            n_functions: 0,
            text_start: None,
            names: 0,
            compile_units: 0,
            files: 0,
            values: 0,
            functions: 0,
        }
    }
}

impl Header {
    /// Reads and checks the header; the error says what was found.
    pub(super) fn parse(data: &[u8]) -> Result<Self, String> {
        let start = data
            .first_chunk::<8>()
            .ok_or_else(|| format!("{} bytes, a function table has 8 at least", data.len()))?;
        let (version, endian) = version(start)
            .ok_or_else(|| format!("magic {:02x?} is that of no known function table", &start[..4]))?;
        let [.., pad1, pad2, quantum, pointer_size] = *start;
        if (pad1, pad2) != (0, 0) || !matches!(quantum, 1 | 2 | 4) || !matches!(pointer_size, 4 | 8) {
            return Err(format!("header bytes {:02x?} are not those of a function table", &start[4..]));
        }
        let mut header =
            Self { version, endian, quantum, pointer_size: usize::from(pointer_size), ..Self::default() };
        header
            .read_offsets(data)
            .ok_or_else(|| "offsets in the header reach outside the table".to_owned())?;
        Ok(header)
    }

    fn read_offsets(&mut self, data: &[u8]) -> Option<()> {
        let word = |index: usize| self.word(data, 8 + index * self.pointer_size);
        let offset = |index: usize| {
            word(index).and_then(|offset| usize::try_from(offset).ok()).filter(|offset| *offset < data.len())
        };
        let n_functions = usize::try_from(word(0)?).ok()?;
        let first = match self.version {
            Version::Go12 => {
                self.functions = 8 + self.pointer_size;
                self.n_functions = n_functions;
                let behind = self.functions.checked_add(self.entries_bytes()?)?;
                self.files =
                    usize::try_from(self.u32(data, behind)?).ok().filter(|offset| *offset < data.len())?;
                return Some(());
            }
            Version::Go116 => 2,
            Version::Go118 | Version::Go120 => 3,
        };
        let text_start = (first == 3).then(|| word(2)).flatten().filter(|address| *address != 0);
        let [names, compile_units, files, values, functions] =
            [offset(first)?, offset(first + 1)?, offset(first + 2)?, offset(first + 3)?, offset(first + 4)?];
        *self =
            Self { n_functions, text_start, names, compile_units, files, values, functions, ..self.clone() };
        (self.functions.checked_add(self.entries_bytes()?)? <= data.len()).then_some(())
    }

    /// Size of the list of functions: a pair for each, and the end of the last one.
    fn entries_bytes(&self) -> Option<usize> {
        self.n_functions.checked_mul(2)?.checked_add(1)?.checked_mul(self.entry_size())
    }

    fn entry_size(&self) -> usize {
        if self.version >= Version::Go118 { 4 } else { self.pointer_size }
    }

    /// First half of pair `index`: the entry's address, or its distance from the start of the code.
    pub(super) fn function_entry(&self, data: &[u8], index: usize) -> Option<u64> {
        if index > self.n_functions {
            return None;
        }
        let size = self.entry_size();
        read_number(data, self.functions.checked_add(index.checked_mul(2 * size)?)?, size, self.endian)
    }

    /// Second half of pair `index`, as an offset from the first byte of the table.
    pub(super) fn function_record(&self, data: &[u8], index: usize) -> Option<usize> {
        let size = self.entry_size();
        let at = self.functions.checked_add(index.checked_mul(2 * size)?)?.checked_add(size)?;
        let offset = usize::try_from(read_number(data, at, size, self.endian)?).ok()?;
        if self.version == Version::Go12 { Some(offset) } else { self.functions.checked_add(offset) }
    }

    pub(super) fn u32(&self, data: &[u8], at: usize) -> Option<u32> {
        u32::try_from(read_number(data, at, 4, self.endian)?).ok()
    }

    fn word(&self, data: &[u8], at: usize) -> Option<u64> {
        read_number(data, at, self.pointer_size, self.endian)
    }
}

/// The magic numbers differ when read in the wrong byte order, so that they tell the order too.
fn version(start: &[u8; 8]) -> Option<(Version, Endianness)> {
    let little = u32::from_le_bytes([start[0], start[1], start[2], start[3]]);
    [(little, Endianness::Little), (little.swap_bytes(), Endianness::Big)].into_iter().find_map(
        |(magic, endian)| {
            let version = match magic {
                0xffff_fffb => Version::Go12,
                0xffff_fffa => Version::Go116,
                0xffff_fff0 => Version::Go118,
                0xffff_fff1 => Version::Go120,
                _ => return None,
            };
            Some((version, endian))
        },
    )
}
