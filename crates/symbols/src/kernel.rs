//! Names of kernel addresses from the text of `/proc/kallsyms`.

use crate::demangle::name_text;
use fathom_model::Issue;
use std::collections::BTreeMap;

/// An address further than this behind the last symbol before it is not that symbol's. The table has no
/// sizes; the largest kernel functions are a few ten KiB, gaps between modules are larger.
const MAX_FUNCTION_BYTES: u64 = 256 << 10;

/// Issues that are reported line by line; the rest is counted.
const MAX_LINE_ISSUES: usize = 8;

/// The kernel's functions, by address.
///
/// A kernel has some 200,000; they take 24 bytes each beside the text of their names.
#[derive(Clone, Debug, Default)]
pub struct KernelSymbols {
    symbols: Vec<Symbol>,
    names: String,
    modules: Vec<Box<str>>,
}

#[derive(Clone, Copy, Debug)]
struct Symbol {
    address: u64,
    name_start: u32,
    name_size: u32,
    /// Position in `modules` plus one; 0 for the kernel itself.
    module: u32,
    /// The type letter; data symbols are kept because they end the function before them.
    kind: u8,
}

/// One line of the text.
struct Line<'a> {
    address: u64,
    kind: u8,
    name: &'a [u8],
    module: Option<&'a [u8]>,
}

impl KernelSymbols {
    /// Reads lines of `address type name [module]`. Lines that are not such are skipped and reported.
    pub fn parse(kallsyms: &[u8]) -> (Self, Vec<Issue>) {
        let mut found = Self::default();
        let mut modules: BTreeMap<&[u8], u32> = BTreeMap::new();
        let mut issues = Vec::new();
        let (mut n_damaged, mut n_hidden) = (0, 0);
        let mut offset = 0;
        for line in kallsyms.split_inclusive(|byte| *byte == b'\n') {
            let at = offset;
            offset += line.len() as u64;
            let line = line.trim_ascii_end();
            if line.is_empty() {
                continue;
            }
            match parse_line(line) {
                Some(line) if line.address == 0 => n_hidden += usize::from(is_code(line.kind)),
                Some(line) => found.push(&line, &mut modules),
                None => {
                    n_damaged += 1;
                    if n_damaged <= MAX_LINE_ISSUES {
                        let shown = name_text(&line[..line.len().min(80)]);
                        let message = format!("`{shown}` is not `address type name [module]`");
                        issues.push(Issue::at("kallsyms", at, message));
                    }
                }
            }
        }
        if n_damaged > MAX_LINE_ISSUES {
            let message = format!("{} more damaged lines", n_damaged - MAX_LINE_ISSUES);
            issues.push(Issue::of("kallsyms", message));
        }
        if found.symbols.is_empty() && n_hidden > 0 {
            let message = format!(
                "all {n_hidden} addresses are zero, the kernel hides them\n\nhint: sudo sysctl kernel.kptr_restrict=0"
            );
            issues.push(Issue::of("kallsyms", message));
        }
        found.sort();
        (found, issues)
    }

    /// The function at `address` and the kernel module it belongs to (`None` for the kernel itself).
    pub fn lookup(&self, address: u64) -> Option<(&str, Option<&str>)> {
        let after = self.symbols.partition_point(|symbol| symbol.address <= address);
        let symbol = self.symbols.get(after.checked_sub(1)?)?;
        let name = self.name(symbol);
        let is_near = address - symbol.address < MAX_FUNCTION_BYTES;
        let module = (symbol.module as usize).checked_sub(1).and_then(|module| self.modules.get(module));
        let is_named = is_code(symbol.kind) && is_near && !is_end_marker(name);
        is_named.then_some((name, module.map(|module| &**module)))
    }

    /// Whether there is no name at all, for example because the kernel hides its addresses.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    fn push<'a>(&mut self, line: &Line<'a>, modules: &mut BTreeMap<&'a [u8], u32>) {
        let name = name_text(line.name);
        // Positions are 32 bits: text of 4 GiB is no kernel's.
        let (Ok(name_start), Ok(name_size)) = (u32::try_from(self.names.len()), u32::try_from(name.len()))
        else {
            return;
        };
        self.names.push_str(&name);
        let module = line.module.map_or(0, |module| {
            *modules.entry(module).or_insert_with(|| {
                self.modules.push(Box::from(&*name_text(module)));
                self.modules.len() as u32
            })
        });
        self.symbols.push(Symbol { address: line.address, name_start, name_size, module, kind: line.kind });
    }

    fn sort(&mut self) {
        let mut symbols = std::mem::take(&mut self.symbols);
        symbols.sort_by(|a, b| {
            a.address.cmp(&b.address).then_with(|| self.preference(a).cmp(&self.preference(b)))
        });
        symbols.dedup_by_key(|symbol| symbol.address);
        symbols.shrink_to_fit();
        self.symbols = symbols;
    }

    fn name(&self, symbol: &Symbol) -> &str {
        let start = symbol.name_start as usize;
        self.names.get(start..start + symbol.name_size as usize).unwrap_or("")
    }

    /// Less is better among symbols at one address: code, global, weak, few underscores, short, then by name.
    fn preference(&self, symbol: &Symbol) -> impl Ord + use<'_> {
        let name = self.name(symbol);
        let bind = match symbol.kind {
            b'T' => 0,
            b'W' | b'w' => 1,
            _ => 2,
        };
        let underscores = name.bytes().take_while(|byte| *byte == b'_').count();
        (!is_code(symbol.kind), is_end_marker(name), bind, underscores, name.len(), name, symbol.module)
    }
}

fn is_code(kind: u8) -> bool {
    matches!(kind, b't' | b'T' | b'w' | b'W')
}

/// `_etext` and its like stand at the end of a section and name nothing.
fn is_end_marker(name: &str) -> bool {
    matches!(
        name,
        "_etext" | "_einittext" | "__entry_text_end" | "__irqentry_text_end" | "__softirqentry_text_end"
    )
}

fn parse_line(line: &[u8]) -> Option<Line<'_>> {
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    let address = u64::from_str_radix(std::str::from_utf8(words.next()?).ok()?, 16).ok()?;
    let &[kind] = words.next()? else { return None };
    let name = words.next()?;
    let module = match words.next() {
        Some(module) => Some(module.strip_prefix(b"[")?.strip_suffix(b"]")?),
        None => None,
    };
    let is_whole = kind.is_ascii_alphabetic() && words.next().is_none();
    is_whole.then_some(Line { address, kind, name, module })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"0000000000000000 A fixed_percpu_data\n\
        ffffffff81000000 T _text\nffffffff81000000 T _stext\nffffffff81000040 T secondary_startup_64\n\
        ffffffff81001000 t __do_sys_read\nffffffff81001000 T do_sys_read\nffffffff81002000 T _etext\nffffffff82000000 D data_here\n\
        not a line at all\n\
        ffffffffc0000000 t ext4_read\t[ext4]\nffffffffc0000100 d ext4_data\t[ext4]\n";

    #[test]
    fn functions_modules_and_gaps() {
        let (symbols, issues) = KernelSymbols::parse(TEXT);
        assert_eq!(issues.len(), 1);
        assert_eq!(symbols.lookup(0xffff_ffff_8100_1fff), Some(("do_sys_read", None)));
        assert_eq!(symbols.lookup(0xffff_ffff_8100_2000), None, "behind the end of the text");
        assert_eq!(symbols.lookup(0xffff_ffff_8200_0000), None, "data");
        assert_eq!(symbols.lookup(0xffff_ffff_c000_00ff), Some(("ext4_read", Some("ext4"))));
        assert_eq!(symbols.lookup(0xffff_ffff_c000_0100), None);
        assert_eq!(symbols.lookup(5), None);
    }

    #[test]
    fn hidden_addresses_are_told() {
        let (symbols, issues) =
            KernelSymbols::parse(b"0000000000000000 T _text\n0000000000000000 T do_fork\n");
        assert!(symbols.is_empty());
        assert!(issues[0].message.contains("kptr_restrict"), "{issues:?}");
    }
}
