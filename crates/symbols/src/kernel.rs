//! Names of kernel addresses from the text of `/proc/kallsyms`.

use crate::demangle::name_text;
use fathom_model::Issue;
use std::cmp::Ordering;

/// An address further than this behind the last symbol before it is not that symbol's. The table has no
/// sizes; the largest kernel functions are a few ten KiB, gaps between modules are larger.
const MAX_FUNCTION_BYTES: u64 = 256 << 10;

/// Issues that are reported line by line; the rest is counted.
const MAX_LINE_ISSUES: usize = 8;

/// The kernel's functions, by address.
#[derive(Clone, Debug, Default)]
pub struct KernelSymbols {
    symbols: Vec<Symbol>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Symbol {
    address: u64,
    /// The type letter; data symbols are kept because they end the function before them.
    kind: u8,
    name: Box<str>,
    module: Option<Box<str>>,
}

impl KernelSymbols {
    /// Reads lines of `address type name [module]`. Lines that are not such are skipped and reported.
    pub fn parse(kallsyms: &[u8]) -> (Self, Vec<Issue>) {
        let mut symbols = Vec::new();
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
                Some(symbol) if symbol.address == 0 => n_hidden += usize::from(symbol.is_code()),
                Some(symbol) => symbols.push(symbol),
                None => {
                    n_damaged += 1;
                    if n_damaged <= MAX_LINE_ISSUES {
                        issues.push(Issue::at(
                            "kallsyms",
                            at,
                            format!(
                                "`{}` is not `address type name [module]`",
                                name_text(&line[..line.len().min(80)])
                            ),
                        ));
                    }
                }
            }
        }
        if n_damaged > MAX_LINE_ISSUES {
            issues.push(Issue::of("kallsyms", format!("{} more damaged lines", n_damaged - MAX_LINE_ISSUES)));
        }
        if symbols.is_empty() && n_hidden > 0 {
            issues.push(Issue::of("kallsyms", format!("all {n_hidden} addresses are zero, the kernel hides them\n\nhint: sudo sysctl kernel.kptr_restrict=0")));
        }
        symbols.sort_by(|a, b| a.address.cmp(&b.address).then_with(|| a.preference(b)));
        symbols.dedup_by_key(|symbol| symbol.address);
        symbols.shrink_to_fit();
        (Self { symbols }, issues)
    }

    /// The function at `address` and the kernel module it belongs to (`None` for the kernel itself).
    pub fn lookup(&self, address: u64) -> Option<(&str, Option<&str>)> {
        let after = self.symbols.partition_point(|symbol| symbol.address <= address);
        let symbol = self.symbols.get(after.checked_sub(1)?)?;
        let is_near = address - symbol.address < MAX_FUNCTION_BYTES;
        (symbol.is_code() && is_near && !symbol.is_end_marker())
            .then_some((&*symbol.name, symbol.module.as_deref()))
    }

    /// Whether there is no name at all, for example because the kernel hides its addresses.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }
}

impl Symbol {
    fn is_code(&self) -> bool {
        matches!(self.kind, b't' | b'T' | b'w' | b'W')
    }

    /// `_etext` and its like stand at the end of a section and name nothing.
    fn is_end_marker(&self) -> bool {
        matches!(
            &*self.name,
            "_etext" | "_einittext" | "__entry_text_end" | "__irqentry_text_end" | "__softirqentry_text_end"
        )
    }

    /// Of symbols at one address: code, global, weak, few underscores, short, then by name.
    fn preference(&self, other: &Self) -> Ordering {
        let rank = |symbol: &Self| {
            let bind = match symbol.kind {
                b'T' => 0,
                b'W' | b'w' => 1,
                _ => 2,
            };
            let underscores = symbol.name.bytes().take_while(|byte| *byte == b'_').count();
            (!symbol.is_code(), symbol.is_end_marker(), bind, underscores, symbol.name.len())
        };
        rank(self)
            .cmp(&rank(other))
            .then_with(|| self.name.cmp(&other.name))
            .then_with(|| self.module.cmp(&other.module))
    }
}

fn parse_line(line: &[u8]) -> Option<Symbol> {
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    let address = u64::from_str_radix(std::str::from_utf8(words.next()?).ok()?, 16).ok()?;
    let &[kind] = words.next()? else { return None };
    let name = words.next()?;
    let module = match words.next() {
        Some(module) => Some(Box::from(&*name_text(module.strip_prefix(b"[")?.strip_suffix(b"]")?))),
        None => None,
    };
    (kind.is_ascii_alphabetic() && words.next().is_none()).then(|| Symbol {
        address,
        kind,
        name: Box::from(&*name_text(name)),
        module,
    })
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
