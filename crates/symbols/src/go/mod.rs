//! The function table of Go programs (`.gopclntab`): names, files, lines, inlined calls, stack depths.
//!
//! Every Go binary has it, stripped ones too, because the runtime's own tracebacks need it. Layouts of
//! Go 1.2, 1.16, 1.18 and 1.20 and later; the source is `src/runtime/symtab.go` and
//! `src/cmd/link/internal/ld/pcln.go` of each release.

mod find;
mod header;

pub(crate) use find::find;

use crate::{Bytes, SymbolFrame};
use fathom_model::Issue;
use header::{Header, Version};
use std::ops::Range;

/// Deepest chain of inlined calls that is followed. The compiler's own budget ends far below.
const MAX_INLINE_DEPTH: usize = 256;

/// Longest name or path that is read. Names of instantiated generics are the longest real ones.
const MAX_TEXT_BYTES: usize = 16 << 10;

/// Index of the inline tree among a function's data, and of its positions among the tables by address.
const FUNCDATA_INLINE_TREE: u32 = 3;
const PCDATA_INLINE_INDEX: u32 = 2;

/// A parsed function table.
#[derive(Debug)]
pub struct Pclntab {
    data: Bytes,
    header: Header,
    text_start: u64,
    inline_trees: Option<Bytes>,
}

/// What the runtime must know to unwind through a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoFunctionFlags {
    /// The outermost frame of a stack (`runtime.goexit`, `runtime.mstart` ...).
    pub is_top_frame: bool,
    /// The function sets the stack pointer to another stack, so that [`Pclntab::stack_delta`] does not
    /// lead to its caller (`runtime.systemstack`, `runtime.mcall` ...).
    pub writes_stack_pointer: bool,
}

/// One function's record.
#[derive(Clone, Copy, Debug)]
struct Function {
    entry: u64,
    end: u64,
    /// Offset of the record in the data.
    at: usize,
}

impl Pclntab {
    /// Reads a table that begins at the first byte of `pclntab`.
    ///
    /// `text_start` is the virtual address of `runtime.text`; older tables hold addresses and ignore it.
    /// `inline_trees` are the bytes from the symbol `go:func.*` on; without them no inlined call is named.
    /// Damaged bytes give a table without functions and an issue.
    pub fn parse(pclntab: Bytes, text_start: u64, inline_trees: Option<Bytes>) -> (Self, Vec<Issue>) {
        let (header, issues) = match Header::parse(&pclntab) {
            Ok(header) => (header, Vec::new()),
            Err(reason) => (Header::default(), vec![Issue::at(".gopclntab", 0, reason)]),
        };
        (Self { data: pclntab, header, text_start, inline_trees }, issues)
    }

    /// How many functions the table names.
    pub fn n_functions(&self) -> usize {
        self.header.n_functions
    }

    /// The frames at `pc`, outermost first; empty where no Go function is.
    pub fn lookup(&self, pc: u64) -> Vec<SymbolFrame> {
        let Some(function) = self.function(pc) else { return Vec::new() };
        let mut frames = Vec::new();
        let mut place = pc;
        while frames.len() < MAX_INLINE_DEPTH {
            let Some(call) = self.inlined_call(function, place) else { break };
            frames.push(self.frame(function, place, call.name, call.start_line, true));
            place = call.parent_pc;
        }
        frames.push(self.frame(
            function,
            place,
            self.function_name_of(function),
            self.start_line(function),
            false,
        ));
        frames.reverse();
        frames
    }

    /// The name of the function at `pc`, inlined calls left aside.
    pub fn function_name(&self, pc: u64) -> Option<String> {
        self.function_name_of(self.function(pc)?)
    }

    /// Address of the first instruction of the function at `pc`.
    pub fn function_entry(&self, pc: u64) -> Option<u64> {
        Some(self.function(pc)?.entry)
    }

    /// Addresses of the code of the function with this name; the first one, if several have it.
    pub fn function_range(&self, name: &str) -> Option<Range<u64>> {
        let starts_with_name = |function: &Function| {
            let offset = self.field(*function, Field::Name)? as usize;
            let rest =
                self.data.get(self.header.names.checked_add(offset)?..)?.strip_prefix(name.as_bytes())?;
            (rest.first() == Some(&0)).then_some(())
        };
        (0..self.header.n_functions).find_map(|index| {
            let (entry, end) = (self.entry(index)?, self.entry(index + 1)?);
            let function = Function { entry, end, at: self.header.function_record(&self.data, index)? };
            (entry < end && starts_with_name(&function).is_some()).then_some(entry..end)
        })
    }

    /// Bytes between the stack pointer at `pc` and the slot with the return address (x86-64; on machines
    /// with a link register: to the caller's frame).
    pub fn stack_delta(&self, pc: u64) -> Option<u32> {
        let function = self.function(pc)?;
        let table = self.field(function, Field::StackDeltas)?;
        u32::try_from(self.value_at(table, function, pc)?).ok()
    }

    /// How the function at `pc` treats the stack; all false before Go 1.17.
    pub fn function_flags(&self, pc: u64) -> Option<GoFunctionFlags> {
        if self.header.version == Version::Go12 {
            return Some(GoFunctionFlags::default());
        }
        let flags = *self.data.get(self.id_place(self.function(pc)?)?.checked_add(1)?)?;
        Some(GoFunctionFlags { is_top_frame: flags & 1 != 0, writes_stack_pointer: flags & 2 != 0 })
    }

    /// Number by which the runtime knows the function at `pc` as a special one (`internal/abi/symtab.go`); the
    /// numbers change between releases, 0 is an ordinary function. `None` before Go 1.17 and where none is.
    pub fn function_id(&self, pc: u64) -> Option<u8> {
        self.data.get(self.id_place(self.function(pc)?)?).copied()
    }

    fn id_place(&self, function: Function) -> Option<usize> {
        let offset = match self.header.version {
            Version::Go12 => return None,
            Version::Go116 => self.header.pointer_size + 32,
            Version::Go118 => 36,
            Version::Go120 => 40,
        };
        function.at.checked_add(offset)
    }

    fn frame(
        &self,
        function: Function,
        pc: u64,
        name: Option<String>,
        start_line: Option<u32>,
        inlined: bool,
    ) -> SymbolFrame {
        let value = |field| self.value_at(self.field(function, field)?, function, pc);
        SymbolFrame {
            function: name,
            function_start_line: start_line,
            file: value(Field::Files).and_then(|number| self.file(function, number)),
            line: value(Field::Lines).and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0),
            column: None,
            inlined,
        }
    }

    /// The function whose code holds `pc`. Padding behind it counts as its own: the table has no ends.
    fn function(&self, pc: u64) -> Option<Function> {
        let (mut low, mut high) = (0, self.header.n_functions);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle)? <= pc { low = middle + 1 } else { high = middle }
        }
        let index = low.checked_sub(1)?;
        let (entry, end) = (self.entry(index)?, self.entry(index + 1)?);
        let at = self.header.function_record(&self.data, index)?;
        (entry..end).contains(&pc).then_some(Function { entry, end, at })
    }

    /// Entry address of the function `index`; behind the last one stands the end of the code.
    fn entry(&self, index: usize) -> Option<u64> {
        let value = self.header.function_entry(&self.data, index)?;
        if self.header.version >= Version::Go118 { self.text_start.checked_add(value) } else { Some(value) }
    }

    fn field(&self, function: Function, field: Field) -> Option<u32> {
        let entry_bytes = if self.header.version >= Version::Go118 { 4 } else { self.header.pointer_size };
        self.header.u32(&self.data, function.at.checked_add(entry_bytes + field as usize)?)
    }

    fn start_line(&self, function: Function) -> Option<u32> {
        (self.header.version >= Version::Go120)
            .then(|| self.field(function, Field::StartLine))?
            .filter(|line| (1..1 << 31).contains(line))
    }

    fn function_name_of(&self, function: Function) -> Option<String> {
        self.name(self.field(function, Field::Name)?)
    }

    fn name(&self, offset: u32) -> Option<String> {
        text(self.data.get(self.header.names.checked_add(offset as usize)?..)?)
    }

    fn file(&self, function: Function, number: i32) -> Option<String> {
        let number = usize::try_from(number).ok()?;
        if self.header.version == Version::Go12 {
            let offset =
                self.header.u32(&self.data, self.header.files.checked_add(number.checked_mul(4)?)?)?;
            return text(self.data.get(offset as usize..)?);
        }
        let index = (self.field(function, Field::CompileUnit)? as usize).checked_add(number)?;
        let offset =
            self.header.u32(&self.data, self.header.compile_units.checked_add(index.checked_mul(4)?)?)?;
        if offset == u32::MAX {
            return None;
        }
        text(self.data.get(self.header.files.checked_add(offset as usize)?..)?)
    }

    /// The value of a table by address at `pc`.
    fn value_at(&self, table: u32, function: Function, pc: u64) -> Option<i32> {
        self.values(table, function)?.find(|(_, until)| pc < *until).map(|(value, _)| value)
    }

    /// The values of a table by address, each with the address behind its last byte. Stored as pairs of a
    /// zigzag difference and a distance, both varints; a difference of zero ends the table.
    fn values(&self, table: u32, function: Function) -> Option<impl Iterator<Item = (i32, u64)>> {
        let mut input = self.data.get(self.header.values.checked_add(table as usize)?..)?;
        let mut value: i32 = -1;
        let mut address = function.entry;
        let mut is_first = true;
        let pairs = std::iter::from_fn(move || {
            let difference = varint(&mut input)?;
            if difference == 0 && !std::mem::take(&mut is_first) {
                return None;
            }
            is_first = false;
            let difference = if difference & 1 != 0 { !(difference >> 1) } else { difference >> 1 };
            value = value.wrapping_add(difference as i32);
            let distance = u64::from(varint(&mut input)?) * u64::from(self.header.quantum);
            address = address.checked_add(distance)?;
            Some((value, address))
        });
        // Each pair moves on by an instruction at least, so that a function has no more of them than bytes.
        let most = usize::try_from(function.end - function.entry).ok()?;
        (table != 0).then_some(pairs.take(most))
    }

    /// The inlined call whose body `pc` is in.
    fn inlined_call(&self, function: Function, pc: u64) -> Option<InlinedCall> {
        let record_bytes = match self.header.version {
            Version::Go120 => 44,
            Version::Go118 => 40,
            _ => return None,
        };
        let trees = self.inline_trees.as_ref()?;
        let n_tables = self.field(function, Field::TableCount)?;
        let n_data = u32::from(*self.data.get(function.at.checked_add(record_bytes - 1)?)?);
        if n_tables <= PCDATA_INLINE_INDEX || n_data <= FUNCDATA_INLINE_TREE {
            return None;
        }
        let word = |index: u32| {
            self.header.u32(
                &self.data,
                function.at.checked_add(record_bytes)?.checked_add((index as usize).checked_mul(4)?)?,
            )
        };
        let index = usize::try_from(self.value_at(word(PCDATA_INLINE_INDEX)?, function, pc)?).ok()?;
        let tree = word(n_tables.checked_add(FUNCDATA_INLINE_TREE)?)?;
        if tree == u32::MAX {
            return None;
        }
        let call_bytes = if self.header.version == Version::Go120 { 16 } else { 20 };
        let at = (tree as usize).checked_add(index.checked_mul(call_bytes)?)?;
        let number = |offset: usize| self.header.u32(trees, at.checked_add(offset)?);
        let (name, parent, start_line) = match self.header.version {
            Version::Go120 => (number(4)?, number(8)?, number(12)),
            _ => (number(12)?, number(16)?, None),
        };
        let parent_pc = function.entry.checked_add(u64::from(parent))?;
        if parent_pc >= function.end {
            return None;
        }
        Some(InlinedCall {
            name: self.name(name),
            start_line: start_line.filter(|line| (1..1 << 31).contains(line)),
            parent_pc,
        })
    }

    /// Whether the inline trees make sense: of the first functions that have one, nearly all must name
    /// their calls. Guards against a module data layout of a later release.
    fn inline_trees_are_sound(&self) -> bool {
        const ENOUGH: usize = 64;
        let (mut n_seen, mut n_sound) = (0, 0);
        for index in 0..self.header.n_functions.min(20_000) {
            let (Some(entry), Some(end), Some(at)) =
                (self.entry(index), self.entry(index + 1), self.header.function_record(&self.data, index))
            else {
                break;
            };
            if end <= entry {
                continue;
            }
            let function = Function { entry, end, at };
            let Some(call) = self.first_inlined_call(function) else { continue };
            n_seen += 1;
            let is_name =
                |name: &String| !name.is_empty() && name.contains('.') && !name.contains(char::is_control);
            n_sound += usize::from(call.is_some_and(|call| call.name.is_some_and(|name| is_name(&name))));
            if n_seen == ENOUGH {
                break;
            }
        }
        n_sound * 10 >= n_seen * 9
    }

    /// `None` for a function without inlined calls, `Some(None)` where the tree cannot be read.
    fn first_inlined_call(&self, function: Function) -> Option<Option<InlinedCall>> {
        if self.header.version < Version::Go118
            || self.field(function, Field::TableCount)? <= PCDATA_INLINE_INDEX
        {
            return None;
        }
        let record_bytes = if self.header.version == Version::Go120 { 44 } else { 40 };
        let table =
            self.header.u32(&self.data, function.at + record_bytes + 4 * PCDATA_INLINE_INDEX as usize)?;
        let mut start = function.entry;
        let (_, pc) = self.values(table, function)?.find_map(|(index, until)| {
            let pc = std::mem::replace(&mut start, until);
            (index >= 0).then_some((index, pc))
        })?;
        Some(self.inlined_call(function, pc))
    }
}

struct InlinedCall {
    name: Option<String>,
    start_line: Option<u32>,
    /// An instruction whose place in the source is the call's.
    parent_pc: u64,
}

/// Offsets in a function's record, counted from behind its entry address.
#[derive(Clone, Copy)]
enum Field {
    Name = 0,
    StackDeltas = 12,
    Files = 16,
    Lines = 20,
    TableCount = 24,
    CompileUnit = 28,
    StartLine = 32,
}

fn varint(input: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn text(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(MAX_TEXT_BYTES)];
    let end = bytes.iter().position(|byte| *byte == 0)?;
    (end > 0).then(|| String::from_utf8_lossy(&bytes[..end]).into_owned())
}
