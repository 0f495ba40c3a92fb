//! Names of address ranges from the symbol tables of one module and its debug files.
//!
//! It keeps where a name stands, not the name: tables of half a million symbols are common and few of
//! them are ever looked up. An address behind the end of a sized symbol has no name.

use super::Elf;
use crate::Bytes;
use crate::demangle::{MAX_NAME_BYTES, name_text};
use object::Endianness;
use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, SectionHeader, Sym};
use std::cmp::{Ordering, Reverse};

/// Disjoint named ranges, sorted by address.
#[derive(Debug, Default)]
pub(crate) struct SymbolTable {
    ranges: Vec<NamedRange>,
    symbols: Vec<Symbol>,
    strings: Vec<Bytes>,
    extra_names: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct NamedRange {
    start: u64,
    end: u64,
    symbol: u32,
}

#[derive(Clone, Copy, Debug)]
struct Symbol {
    start: u64,
    size: u64,
    name: NamePlace,
    is_function: bool,
    bind: u8,
    /// Tables in the order they were added: the fuller ones come first.
    table: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NamePlace {
    InStrings { table: u8, offset: u32 },
    Extra(u32),
}

impl SymbolTable {
    /// The raw name at `address`, version suffix removed.
    pub(crate) fn lookup(&self, address: u64) -> Option<String> {
        let after = self.ranges.partition_point(|range| range.start <= address);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        if address >= range.end {
            return None;
        }
        let bytes = name_bytes(
            self.symbols.get(range.symbol as usize)?.name,
            &self.strings,
            &self.extra_names,
            MAX_NAME_BYTES,
        );
        let bytes = without_version(bytes);
        (!bytes.is_empty()).then(|| name_text(bytes).into_owned())
    }

    /// How many ranges have a name.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }
}

/// Collects symbols of several files, then decides which of them names what.
pub(crate) struct SymbolTableBuilder {
    code: Vec<(u64, u64)>,
    symbols: Vec<Symbol>,
    strings: Vec<Bytes>,
    extra_names: Vec<String>,
    n_tables: u8,
}

impl SymbolTableBuilder {
    /// `code` are the sorted address ranges that may be named.
    pub(crate) fn new(code: Vec<(u64, u64)>) -> Self {
        Self { code, symbols: Vec::new(), strings: Vec::new(), extra_names: Vec::new(), n_tables: 0 }
    }

    /// Adds the symbol tables of `elf`: `.symtab` first, then `.dynsym`. Returns how many were taken.
    pub(crate) fn add_elf(&mut self, elf: &Elf) -> usize {
        let before = self.symbols.len();
        for kind in [elf::SHT_SYMTAB, elf::SHT_DYNSYM] {
            if elf.is_64 {
                self.add_table::<FileHeader64<Endianness>>(elf, kind);
            } else {
                self.add_table::<FileHeader32<Endianness>>(elf, kind);
            }
        }
        self.symbols.len() - before
    }

    /// Adds a name that no table holds, such as that of a PLT stub.
    pub(crate) fn add_name(&mut self, start: u64, size: u64, name: String) {
        let place = NamePlace::Extra(u32::try_from(self.extra_names.len()).unwrap_or(u32::MAX));
        self.extra_names.push(name);
        self.symbols.push(Symbol {
            start,
            size,
            name: place,
            is_function: true,
            bind: elf::STB_LOCAL.0,
            table: u8::MAX,
        });
    }

    fn add_table<Header: FileHeader<Endian = Endianness>>(&mut self, elf: &Elf, kind: elf::SectionType) {
        let data: &[u8] = &elf.bytes;
        let Ok(header) = Header::parse(data) else { return };
        let Ok(sections) = header.sections(elf.endian, data) else { return };
        // A file has one table of each kind; more are damage, and each would be read in full.
        let Some(section) = sections.iter().find(|section| section.sh_type(elf.endian) == kind) else {
            return;
        };
        let Ok(symbols) = section.data_as_array::<Header::Sym, _>(elf.endian, data) else { return };
        let Some(strings) =
            elf.sections.get(section.sh_link(elf.endian) as usize).and_then(|strings| strings.data.clone())
        else {
            return;
        };
        let (Ok(strings_index), false) = (u8::try_from(self.strings.len()), self.n_tables == u8::MAX) else {
            return;
        };
        self.strings.push(strings);
        let strings = self.strings.last().map_or(&[][..], |bytes| bytes);
        for symbol in symbols {
            let start: u64 = symbol.st_value(elf.endian).into();
            let is_function = matches!(symbol.st_type(), elf::STT_FUNC | elf::STT_GNU_IFUNC);
            let may_be_code = is_function || symbol.st_type() == elf::STT_NOTYPE;
            if !may_be_code || symbol.is_undefined(elf.endian) || code_end(&self.code, start).is_none() {
                continue;
            }
            let offset = symbol.st_name(elf.endian);
            if !is_function && is_marker(string_at(strings, offset, 4))
                || string_at(strings, offset, 1).is_empty()
            {
                continue;
            }
            self.symbols.push(Symbol {
                // Bit 0 of an ARM function's address says Thumb.
                start: if elf.machine == elf::EM_ARM && is_function { start & !1 } else { start },
                size: symbol.st_size(elf.endian).into(),
                name: NamePlace::InStrings { table: strings_index, offset },
                is_function,
                bind: symbol.st_bind().0,
                table: self.n_tables,
            });
        }
        self.n_tables += 1;
    }

    /// Sorts what was collected into disjoint ranges: the symbol that starts last wins, and among those
    /// that start together the better one (see `preference`).
    pub(crate) fn build(mut self) -> SymbolTable {
        self.symbols.truncate(u32::MAX as usize);
        let mut order: Vec<u32> = (0..self.symbols.len() as u32).collect();
        let by_start = |index: &u32| self.symbols[*index as usize].start;
        order.sort_unstable_by_key(|index| (by_start(index), *index));
        let best: Vec<u32> = order
            .chunk_by(|a, b| by_start(a) == by_start(b))
            .filter_map(|aliases| aliases.iter().copied().min_by(|a, b| self.preference(*a, *b)))
            .collect();
        let ranges = self.sweep(&best);
        SymbolTable { ranges, symbols: self.symbols, strings: self.strings, extra_names: self.extra_names }
    }

    /// Less is better: functions, sized ones, global, weak, few leading underscores, the fuller table,
    /// then the name itself, so that the choice does not depend on the order in the file.
    fn preference(&self, a: u32, b: u32) -> Ordering {
        let [a, b] = [a, b].map(|index| {
            let symbol = &self.symbols[index as usize];
            // 256 bytes decide between aliases; reading whole names would be quadratic in hostile tables.
            let name = name_bytes(symbol.name, &self.strings, &self.extra_names, 256);
            let bind_rank = match elf::SymbolBind(symbol.bind) {
                elf::STB_GLOBAL => 0,
                elf::STB_WEAK => 1,
                _ => 2,
            };
            let underscores = name.iter().take_while(|byte| **byte == b'_').count();
            // A mangled name begins with `_Z` or `_R`: that underscore says nothing.
            let is_mangled = name.starts_with(b"_Z") || name.starts_with(b"_R");
            let rank =
                (!symbol.is_function, symbol.size == 0, bind_rank, if is_mangled { 0 } else { underscores });
            (rank, symbol.table, name.len(), name, Reverse(symbol.size), index)
        });
        a.cmp(&b)
    }

    fn sweep(&self, best: &[u32]) -> Vec<NamedRange> {
        let mut sweep = Sweep::default();
        let mut sized_until = 0;
        for (at, index) in best.iter().enumerate() {
            let symbol = &self.symbols[*index as usize];
            let Some(section_end) = code_end(&self.code, symbol.start) else { continue };
            let end = if symbol.size > 0 {
                symbol.start.saturating_add(symbol.size).min(section_end)
            } else if symbol.start < sized_until {
                // A label inside a sized function does not end it.
                continue;
            } else {
                let next =
                    best[at + 1..].first().map_or(section_end, |next| self.symbols[*next as usize].start);
                next.min(section_end)
            };
            if symbol.size > 0 {
                sized_until = sized_until.max(end);
            }
            sweep.open(symbol.start, end, *index);
        }
        sweep.finish()
    }
}

/// Cuts overlapping ranges, given by ascending start, into disjoint ones; the latest start wins.
#[derive(Default)]
struct Sweep {
    open: Vec<(u64, u32)>,
    position: u64,
    done: Vec<NamedRange>,
}

impl Sweep {
    fn open(&mut self, start: u64, end: u64, symbol: u32) {
        self.advance(start);
        self.position = start;
        self.open.push((end, symbol));
    }

    fn advance(&mut self, limit: u64) {
        while let Some(&(end, symbol)) = self.open.last() {
            if end <= self.position {
                self.open.pop();
                continue;
            }
            if self.position >= limit {
                return;
            }
            self.done.push(NamedRange { start: self.position, end: end.min(limit), symbol });
            self.position = end.min(limit);
        }
    }

    fn finish(mut self) -> Vec<NamedRange> {
        self.advance(u64::MAX);
        self.done
    }
}

/// The end of the code range that holds `address`.
pub(crate) fn code_end(code: &[(u64, u64)], address: u64) -> Option<u64> {
    let after = code.partition_point(|(start, _)| *start <= address);
    let (_, end) = code.get(after.checked_sub(1)?)?;
    (address < *end).then_some(*end)
}

fn name_bytes<'a>(place: NamePlace, strings: &'a [Bytes], extra: &'a [String], limit: usize) -> &'a [u8] {
    match place {
        NamePlace::InStrings { table, offset } => {
            strings.get(usize::from(table)).map_or(&[], |bytes| string_at(bytes, offset, limit))
        }
        NamePlace::Extra(index) => {
            extra.get(index as usize).map_or(&[], |name| &name.as_bytes()[..name.len().min(limit)])
        }
    }
}

/// The string at `offset`, up to its NUL or to `limit` bytes.
pub(crate) fn string_at(strings: &[u8], offset: u32, limit: usize) -> &[u8] {
    let tail = strings.get(offset as usize..).unwrap_or(&[]);
    let tail = &tail[..tail.len().min(limit)];
    &tail[..tail.iter().position(|byte| *byte == 0).unwrap_or(tail.len())]
}

/// ARM, AArch64 and RISC-V mapping symbols (`$a`, `$x`, `$d` ...) and local assembler labels.
fn is_marker(name: &[u8]) -> bool {
    matches!(name, [b'$', b'a' | b'd' | b't' | b'x', ..] | [b'.', b'L', ..])
}

/// `memcpy@@GLIBC_2.14` is `memcpy`; a leading `@` belongs to the name, and so does our own `@plt`.
fn without_version(name: &[u8]) -> &[u8] {
    if name.ends_with(b"@plt") {
        return name;
    }
    match name.iter().position(|byte| *byte == b'@') {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(symbols: &[(u64, u64, &str)]) -> SymbolTable {
        let mut builder = SymbolTableBuilder::new(vec![(100, 200), (300, 400)]);
        for (start, size, name) in symbols {
            builder.add_name(*start, *size, (*name).to_owned());
        }
        builder.build()
    }

    #[test]
    fn a_gap_has_no_name() {
        let table = table(&[(100, 10, "sized"), (150, 0, "unsized"), (300, 1000, "too_long")]);
        let name = |address| table.lookup(address);
        assert_eq!(name(109).as_deref(), Some("sized"));
        assert_eq!(name(110), None);
        assert_eq!(name(149), None);
        assert_eq!(name(150).as_deref(), Some("unsized"));
        assert_eq!(name(199).as_deref(), Some("unsized"));
        assert_eq!(name(200), None, "an unsized symbol ends with its section");
        assert_eq!(name(399).as_deref(), Some("too_long"));
        assert_eq!(name(400), None, "a size cannot reach outside the section");
        assert_eq!(name(99), None);
    }

    #[test]
    fn inner_symbols_win_and_labels_do_not() {
        let table = table(&[(100, 50, "outer"), (110, 10, "inner"), (115, 0, "label"), (115, 40, "across")]);
        let names: Vec<_> =
            [100, 110, 114, 115, 119, 120, 154, 155].map(|address| table.lookup(address)).into();
        let names: Vec<_> = names.iter().map(|name| name.as_deref().unwrap_or("-")).collect();
        assert_eq!(names, ["outer", "inner", "inner", "across", "across", "across", "across", "-"]);
    }

    #[test]
    fn aliases_are_chosen_alike_in_any_order() {
        let mut symbols =
            [(100, 10, "__write"), (100, 10, "write"), (100, 10, "_IO_write"), (100, 10, "_ZN1a1bEv")];
        for _ in 0..symbols.len() {
            symbols.rotate_left(1);
            assert_eq!(table(&symbols).lookup(105).as_deref(), Some("write"));
        }
    }

    #[test]
    fn versions_are_cut_and_plt_is_kept() {
        assert_eq!(without_version(b"memcpy@@GLIBC_2.14"), b"memcpy");
        assert_eq!(without_version(b"memcpy@plt"), b"memcpy@plt");
        assert_eq!(without_version(b"@odd"), b"@odd");
    }
}
