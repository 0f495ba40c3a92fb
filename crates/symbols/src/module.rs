//! All names of one module: the best of DWARF, Go's function table and the symbol tables.

use crate::Bytes;
use crate::debug_files::{find_debug_file, find_supplementary_file};
use crate::decompress;
use crate::demangle::{demangle, try_demangle};
use crate::dwarf::{Dwarf, DwarfBytes};
use crate::elf::{Elf, SymbolTable, SymbolTableBuilder, plt_stubs};
use crate::frame::{FileSource, SymbolFrame};
use crate::go::{self, Pclntab};
use fathom_model::{BuildId, Issue};

/// The names of one ELF file.
///
/// Lookups may run in several threads at once: what they read is kept, each part once.
#[derive(Default)]
pub struct ModuleSymbols {
    build_id: Option<BuildId>,
    dwarf: Option<Dwarf>,
    go: Option<Pclntab>,
    symbols: SymbolTable,
    sources: SymbolSources,
}

/// Where the names of a module come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolSources {
    /// Inlined calls, files and lines are known.
    pub has_debug_info: bool,
    /// Go's function table was found.
    pub has_go_table: bool,
    /// Ranges named by symbol tables.
    pub n_symbols: usize,
    /// The separate debug file that was used.
    pub debug_file: Option<String>,
}

impl ModuleSymbols {
    /// Reads the headers of the module at `path` and sorts its symbols; DWARF is read by lookups.
    ///
    /// `path` is the module's absolute path as `files` understands paths; it leads to separate debug files.
    /// Bytes that are no ELF file give a module without names and an issue.
    pub fn load(path: &str, elf: Bytes, files: &dyn FileSource) -> (Self, Vec<Issue>) {
        let mut issues = Vec::new();
        let mut module = Self::default();
        match Elf::parse(elf) {
            Ok(elf) => module.fill(path, &elf, files, &mut issues),
            Err(reason) => issues.push(Issue::of(path, reason)),
        }
        for issue in &mut issues {
            if !issue.source.starts_with('/') && issue.source != path {
                issue.source = format!("{path} {}", issue.source);
            }
        }
        (module, issues)
    }

    fn fill(&mut self, path: &str, elf: &Elf, files: &dyn FileSource, issues: &mut Vec<Issue>) {
        self.build_id = elf.build_id.clone();
        let code = elf.code_ranges();
        let mut debug_file = None;
        if !elf.has_debug_info() {
            let (found, found_issues) = find_debug_file(path, elf, files);
            debug_file = found;
            issues.extend(found_issues);
        }
        let mut builder = SymbolTableBuilder::new(code.clone());
        builder.add_elf(elf);
        if let Some((_, debug)) = &debug_file {
            builder.add_elf(debug);
        }
        let has_symtab = elf.has_symtab() || debug_file.as_ref().is_some_and(|(_, debug)| debug.has_symtab());
        if !has_symtab && let Some(mini) = mini_debug_info(elf, issues) {
            builder.add_elf(&mini);
        }
        for stub in plt_stubs(elf) {
            builder.add_name(stub.address, stub.size, stub.name);
        }
        self.symbols = builder.build();

        let (dwarf_path, dwarf_elf) = match &debug_file {
            Some((debug_path, debug)) if debug.has_debug_info() => (debug_path.as_str(), debug),
            _ => (path, elf),
        };
        if dwarf_elf.has_debug_info() && dwarf_elf.is_relocatable {
            issues.push(Issue::of(
                dwarf_path,
                "debug information of an object file is not read: its addresses are not final",
            ));
        } else if dwarf_elf.has_debug_info() {
            let (supplementary, issue) = find_supplementary_file(dwarf_path, dwarf_elf, files);
            issues.extend(issue);
            let (bytes, bytes_issues) = DwarfBytes::load(dwarf_elf, supplementary.as_ref(), code);
            let (dwarf, dwarf_issues) = Dwarf::new(bytes);
            issues.extend(bytes_issues.into_iter().chain(dwarf_issues));
            self.dwarf = Some(dwarf);
        }
        let (go, go_issues) = go::find(elf);
        issues.extend(go_issues);
        self.go = go;
        self.sources = SymbolSources {
            has_debug_info: self.dwarf.is_some(),
            has_go_table: self.go.is_some(),
            n_symbols: self.symbols.len(),
            debug_file: debug_file.map(|(path, _)| path),
        };
    }

    /// The build id of the module itself.
    pub fn build_id(&self) -> Option<&BuildId> {
        self.build_id.as_ref()
    }

    /// Where its names come from.
    pub fn sources(&self) -> &SymbolSources {
        &self.sources
    }

    /// Go's function table, for unwinding.
    pub fn go_table(&self) -> Option<&Pclntab> {
        self.go.as_ref()
    }

    /// The functions at `relative_address` (the virtual address in the ELF file, as `nm` prints it),
    /// outermost first, the innermost inlined one last. Empty where nothing is known.
    pub fn lookup(&self, relative_address: u64) -> Vec<SymbolFrame> {
        let mut answer = self.dwarf.as_ref().map(|dwarf| dwarf.lookup(relative_address)).unwrap_or_default();
        if let Some(outermost) = answer.frames.first_mut().filter(|outermost| outermost.function.is_some()) {
            if answer.outermost_is_short
                && let Some(long) = self.symbols.lookup(relative_address).and_then(|name| try_demangle(&name))
            {
                outermost.function = Some(long);
            }
            return answer.frames;
        }
        if let Some(frames) =
            self.go.as_ref().map(|go| go.lookup(relative_address)).filter(|frames| !frames.is_empty())
        {
            return frames;
        }
        if let Some(function) = self.function_at(relative_address) {
            match answer.frames.first_mut() {
                Some(outermost) => outermost.function = Some(function),
                None => answer.frames.push(SymbolFrame::named(function)),
            }
        }
        answer.frames
    }

    /// The function at `relative_address` by the symbol tables alone, and Go's table if they have none:
    /// no inlined calls, no lines, but cheap.
    pub fn function_at(&self, relative_address: u64) -> Option<String> {
        match self.symbols.lookup(relative_address) {
            Some(name) => Some(demangle(&name)),
            None => self.go.as_ref()?.function_name(relative_address),
        }
    }

    /// What lookups could not read because the debug information refers to itself without end; `None` in
    /// every sound file.
    pub fn lookup_issue(&self) -> Option<Issue> {
        let is_exhausted = self.dwarf.as_ref().is_some_and(Dwarf::is_exhausted);
        is_exhausted.then(|| {
            Issue::of(
                ".debug_info",
                "its tables overlap: reading was stopped, inlined calls and lines may be missing",
            )
        })
    }
}

/// The symbol table that Fedora and others leave in stripped files: a small ELF file, xz-compressed.
fn mini_debug_info(elf: &Elf, issues: &mut Vec<Issue>) -> Option<Elf> {
    let data = elf.section(".gnu_debugdata")?.data.as_ref()?;
    match decompress::xz(data).and_then(|bytes| Elf::parse(Bytes::from(bytes))) {
        Ok(mini) => Some(mini),
        Err(reason) => {
            issues.push(Issue::of(".gnu_debugdata", reason));
            None
        }
    }
}
