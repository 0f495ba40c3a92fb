//! Which code lies where at the moment of the log that is read.
//!
//! Functions and code lie in one map, as in V8's own tools: a function has an address and no length, and its name may
//! change. What new code covers is gone.

use super::addresses::Libraries;
use std::collections::BTreeMap;

/// What an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A library, by its number.
    Library(u32),
    /// Code that V8 made.
    Code(CodeName),
}

/// What tells code of V8 from other code in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CodeName {
    /// Number of the name of the type: `JS`, `LazyCompile`, `Builtin` ...
    pub(super) code_type: u32,
    /// Number of the name.
    pub(super) name: u32,
    /// Whether it is a function's, and compiled how: `~`, `^`, `+`, `*` or nothing.
    pub(super) tier: Option<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    /// A function, by its position in the list of their names.
    Function(u32),
    /// Code, its length, its function and how it was compiled.
    Code { size: u64, code_type: u32, name: u32, function: Option<(u32, u8)> },
}

impl Entry {
    fn size(&self) -> u64 {
        match self {
            Self::Function(_) => 0,
            Self::Code { size, .. } => *size,
        }
    }
}

/// Code by address.
#[derive(Default)]
pub(super) struct CodeMap {
    pub(super) libraries: Libraries,
    dynamic: BTreeMap<u64, Entry>,
    /// Names of functions, which may change.
    functions: Vec<u32>,
}

impl CodeMap {
    /// Code that is no function's.
    pub(super) fn add_code(&mut self, start: u64, size: u64, code_type: u32, name: u32) {
        self.insert(start, Entry::Code { size, code_type, name, function: None });
    }

    /// Code of the function at `function_address`.
    pub(super) fn add_function_code(
        &mut self,
        start: u64,
        size: u64,
        code_type: u32,
        name: u32,
        (function_address, tier): (u64, u8),
    ) {
        let function = match self.dynamic.get(&function_address) {
            Some(Entry::Function(function)) => *function,
            other => {
                let function = self.functions.len() as u32;
                self.functions.push(name);
                if other.is_none() {
                    self.insert(function_address, Entry::Function(function));
                }
                function
            }
        };
        // A function's memory may have become another one's.
        self.functions[function as usize] = name;
        self.dynamic.remove(&start);
        self.insert(start, Entry::Code { size, code_type, name, function: Some((function, tier)) });
    }

    /// Moves code or a function; false if there is none.
    pub(super) fn move_entry(&mut self, from: u64, to: u64) -> bool {
        let Some(entry) = self.dynamic.remove(&from) else { return false };
        self.insert(to, entry);
        true
    }

    /// Takes code away; false if there is none.
    pub(super) fn delete(&mut self, start: u64) -> bool {
        self.dynamic.remove(&start).is_some()
    }

    /// What lies at an address now.
    pub(super) fn find(&self, address: u64) -> Option<Place> {
        if self.libraries.has_page_of(address) {
            return self.libraries.find(address).map(Place::Library);
        }
        let (start, entry) = self.dynamic.range(..=address).next_back()?;
        let Entry::Code { size, code_type, name, function } = *entry else { return None };
        if address - start >= size {
            return None;
        }
        Some(Place::Code(match function {
            Some((function, tier)) => {
                let name = self.functions.get(function as usize).copied().unwrap_or(name);
                CodeName { code_type, name, tier: Some(tier) }
            }
            None => CodeName { code_type, name, tier: None },
        }))
    }

    fn insert(&mut self, start: u64, entry: Entry) {
        let end = start.saturating_add(entry.size());
        let mut covered = Vec::new();
        // Only the nearest one below can reach in.
        if end > start {
            for (other, found) in self.dynamic.range(..end).rev() {
                if start < other.saturating_add(found.size()) {
                    covered.push(*other);
                }
                if *other <= start {
                    break;
                }
            }
        }
        for other in covered {
            self.dynamic.remove(&other);
        }
        self.dynamic.entry(start).or_insert(entry);
    }
}
