//! The line table of one unit.

use super::budget::Limits;
use super::sections::Slice;
use super::text::{capped_string, push_path};
use crate::elf::code_end;
use gimli::{AttributeValue, Reader, Section, UnitRef};
use std::sync::{Arc, OnceLock};

/// Sequences of rows, sorted by address, and the files they name.
pub(super) struct Lines<'a> {
    sequences: Vec<Sequence>,
    rows: Vec<Row>,
    directories: Vec<AttributeValue<Slice<'a>>>,
    files: Vec<File<'a>>,
    /// Number of the first entry of `files`: 0 from version 5 on, else 1.
    first_file: u64,
}

/// A place in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) file: Option<Arc<str>>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
}

struct Sequence {
    start: u64,
    end: u64,
    first_row: u32,
    end_row: u32,
}

/// 16 bytes, because a large program has tens of millions of rows.
struct Row {
    offset: u32,
    file: u32,
    line: u32,
    column: u16,
}

struct File<'a> {
    directory: u32,
    path: AttributeValue<Slice<'a>>,
    /// The joined path, made when first asked for.
    full: OnceLock<Option<Arc<str>>>,
}

impl<'a> Lines<'a> {
    /// Runs the unit's line program; `None` if its header is damaged.
    pub(super) fn parse(
        unit: UnitRef<'_, Slice<'a>>,
        offset: gimli::DebugLineOffset,
        limits: Limits<'_>,
    ) -> Option<Self> {
        let mut input = *unit.dwarf.debug_line.reader();
        input.skip(offset.0).ok()?;
        let size = check_header(input)?;
        if !limits.budget.take_line_bytes(size) {
            return None;
        }
        let program = unit
            .dwarf
            .debug_line
            .program(offset, unit.header.address_size(), unit.comp_dir, unit.name)
            .ok()?;
        let mut lines = Self {
            sequences: Vec::new(),
            rows: Vec::new(),
            directories: Vec::new(),
            files: Vec::new(),
            first_file: 1,
        };
        let mut rows = program.rows();
        let mut start = None;
        let mut first_row = 0;
        // An error ends the table, what was read before it stands.
        while let Ok(Some((_, row))) = rows.next_row() {
            let address = row.address();
            let sequence_start = *start.get_or_insert(address);
            if row.end_sequence() {
                if sequence_start < address && code_end(limits.code, sequence_start).is_some() {
                    let end_row = lines.rows.len() as u32;
                    lines.sequences.push(Sequence {
                        start: sequence_start,
                        end: address,
                        first_row,
                        end_row,
                    });
                } else {
                    lines.rows.truncate(first_row as usize);
                }
                start = None;
                first_row = u32::try_from(lines.rows.len()).ok()?;
                continue;
            }
            // Functions of 4 GiB do not exist; such a row belongs to nothing that can be looked up.
            let Some(offset) =
                address.checked_sub(sequence_start).and_then(|offset| u32::try_from(offset).ok())
            else {
                continue;
            };
            let new = Row {
                offset,
                file: u32::try_from(row.file_index()).unwrap_or(u32::MAX),
                line: row.line().and_then(|line| u32::try_from(line.get()).ok()).unwrap_or(0),
                column: match row.column() {
                    gimli::ColumnType::LeftEdge => 0,
                    gimli::ColumnType::Column(column) => u16::try_from(column.get()).unwrap_or(0),
                },
            };
            lines.push_row(new, first_row as usize);
        }
        lines.rows.truncate(lines.sequences.last().map_or(0, |sequence| sequence.end_row as usize));
        lines.rows.shrink_to_fit();
        lines.sequences.sort_by_key(|sequence| (sequence.start, sequence.end));
        lines.take_files(rows.header());
        Some(lines)
    }

    /// Of several rows at one address the last one counts; a row that changes nothing is dropped.
    fn push_row(&mut self, new: Row, first_row: usize) {
        if self.rows.len() > first_row
            && let Some(last) = self.rows.last_mut()
        {
            if last.offset == new.offset {
                *last = new;
                return;
            }
            if (last.file, last.line, last.column) == (new.file, new.line, new.column) {
                return;
            }
        }
        self.rows.push(new);
    }

    fn take_files(&mut self, header: &gimli::LineProgramHeader<Slice<'a>, usize>) {
        self.first_file = u64::from(header.version() < 5);
        let directories = header.include_directories().iter().cloned();
        // Before version 5, directory 0 is the unit's own and not in the list.
        let unit_directory = (header.version() < 5)
            .then(|| AttributeValue::String(Slice::new(&[], gimli::RunTimeEndian::Little)));
        self.directories = unit_directory.into_iter().chain(directories).collect();
        self.files = (header.file_names().iter())
            .map(|file| File {
                directory: u32::try_from(file.directory_index()).unwrap_or(u32::MAX),
                path: file.path_name(),
                full: OnceLock::new(),
            })
            .collect();
    }

    /// The place of an instruction.
    pub(super) fn find(&self, unit: UnitRef<'_, Slice<'a>>, address: u64) -> Option<Location> {
        let after = self.sequences.partition_point(|sequence| sequence.start <= address);
        let sequence = self.sequences.get(after.checked_sub(1)?)?;
        let offset = u32::try_from(address - sequence.start).ok()?;
        if address >= sequence.end {
            return None;
        }
        let rows = self.rows.get(sequence.first_row as usize..sequence.end_row as usize)?;
        let row = rows.get(rows.partition_point(|row| row.offset <= offset).checked_sub(1)?)?;
        let known = |number: u32| (number != 0).then_some(number);
        let column = if row.line == 0 { None } else { known(u32::from(row.column)) };
        Some(Location { file: self.file(unit, u64::from(row.file)), line: known(row.line), column })
    }

    /// The path of a file by its number.
    pub(super) fn file(&self, unit: UnitRef<'_, Slice<'a>>, number: u64) -> Option<Arc<str>> {
        let file = self.files.get(usize::try_from(number.checked_sub(self.first_file)?).ok()?)?;
        let join = || {
            let mut path = unit
                .comp_dir
                .map(|directory| crate::demangle::name_text(directory.slice()).into_owned())
                .unwrap_or_default();
            if let Some(directory) = self.directories.get(file.directory as usize) {
                push_path(&mut path, &capped_string(unit, *directory)?);
            }
            push_path(&mut path, &capped_string(unit, file.path)?);
            Some(Arc::from(path))
        };
        file.full.get_or_init(join).clone()
    }

    /// Address ranges of all sequences, for units whose root entry names none.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.sequences.iter().map(|sequence| (sequence.start, sequence.end))
    }
}

/// Size of the whole program. Refuses a version 5 header in which an entry of a table takes no bytes: a
/// reader would make as many entries as its 64-bit count says.
fn check_header(mut input: Slice<'_>) -> Option<usize> {
    let before = input.len();
    let (length, format) = input.read_initial_length().ok()?;
    let size = (before - input.len()).checked_add(length)?;
    let version = input.read_u16().ok()?;
    if version < 5 {
        return Some(size);
    }
    input.skip(2).ok()?;
    input.read_length(format).ok()?;
    input.skip(5).ok()?;
    let opcode_base = input.read_u8().ok()?;
    input.skip(usize::from(opcode_base.checked_sub(1)?)).ok()?;
    let encoding = gimli::Encoding { address_size: 8, format, version };
    for _ in ["directories", "files"] {
        let n_forms = input.read_u8().ok()?;
        let mut forms = Vec::with_capacity(usize::from(n_forms));
        for _ in 0..n_forms {
            input.read_uleb128().ok()?;
            forms.push(gimli::DwForm(u16::try_from(input.read_uleb128().ok()?).ok()?));
        }
        let count = input.read_uleb128().ok()?;
        let takes_no_bytes = |form: &gimli::DwForm| {
            matches!(*form, gimli::DW_FORM_flag_present | gimli::DW_FORM_implicit_const)
        };
        if count > 0 && forms.iter().all(takes_no_bytes) {
            return None;
        }
        for _ in 0..count {
            for form in &forms {
                skip_form(&mut input, encoding, *form)?;
            }
        }
    }
    Some(size)
}

/// Moves past one value of the forms that line tables use.
fn skip_form(input: &mut Slice<'_>, encoding: gimli::Encoding, form: gimli::DwForm) -> Option<()> {
    let size = match form {
        gimli::DW_FORM_flag_present | gimli::DW_FORM_implicit_const => 0,
        gimli::DW_FORM_data1 | gimli::DW_FORM_flag | gimli::DW_FORM_strx1 => 1,
        gimli::DW_FORM_data2 | gimli::DW_FORM_strx2 => 2,
        gimli::DW_FORM_strx3 => 3,
        gimli::DW_FORM_data4 | gimli::DW_FORM_strx4 => 4,
        gimli::DW_FORM_data8 => 8,
        gimli::DW_FORM_data16 => 16,
        gimli::DW_FORM_strp
        | gimli::DW_FORM_line_strp
        | gimli::DW_FORM_strp_sup
        | gimli::DW_FORM_sec_offset => usize::from(encoding.format.word_size()),
        gimli::DW_FORM_udata | gimli::DW_FORM_strx => return input.skip_leb128().ok(),
        gimli::DW_FORM_sdata => return input.skip_leb128().ok(),
        gimli::DW_FORM_string => return input.read_null_terminated_slice().ok().map(|_| ()),
        gimli::DW_FORM_block => {
            let size = input.read_uleb128().ok()?;
            usize::try_from(size).ok()?
        }
        gimli::DW_FORM_block1 => usize::from(input.read_u8().ok()?),
        gimli::DW_FORM_block2 => usize::from(input.read_u16().ok()?),
        gimli::DW_FORM_block4 => input.read_u32().ok()? as usize,
        _ => return None,
    };
    input.skip(size).ok()
}
