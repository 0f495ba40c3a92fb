//! Which functions of two recordings are the same. Knows names, modules and files, no samples and no build ids.
//!
//! Native code is matched by name and module, managed code by name and the last part of its file, because a module of a
//! runtime stands for all of it. Where each side ran one program and the two files have different names, the programs
//! are the same module: `./old` and `./new`.

use std::collections::{BTreeSet, HashMap};

use fathom_model::{FrameKind, ModuleKind, Recording};

use super::key::{base_name, is_program_name, stable_function_name, stable_module_name};
use crate::functions::{Function, FunctionId, FunctionIndex};

/// A function of either side or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedFunction {
    /// The name as the later side has it, without what changes from build to build.
    pub name: String,
    /// Whether the name is a symbol.
    pub resolved: bool,
    /// The last part of the module's path.
    pub module_name: Option<String>,
    /// Source file, of B where it names one.
    pub file: Option<String>,
    /// The line it starts at, of B where it is known.
    pub start_line: Option<u32>,
    /// What kind of code it is.
    pub kind: FrameKind,
    /// How many functions of A and of B became this one; more than one where a name is not unique.
    pub merged: [u32; 2],
}

/// The functions of two recordings under common numbers.
pub(crate) struct Matching {
    /// Position 0 stands for frames outside any table.
    pub(crate) functions: Vec<MatchedFunction>,
    of_side: [Vec<u32>; 2],
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    name: String,
    place: String,
    is_managed: bool,
}

impl Matching {
    pub(crate) fn new(recordings: [&Recording; 2], indices: [&FunctionIndex; 2]) -> Self {
        let programs = recordings.map(only_program);
        let same_program = programs[0].is_some() && programs[1].is_some();
        let mut known: HashMap<Key, u32> = HashMap::new();
        let mut functions: Vec<MatchedFunction> = Vec::new();
        let mut of_side = [Vec::new(), Vec::new()];
        for side in 0..2 {
            for function in indices[side].functions() {
                let is_managed = is_managed(recordings[side], function);
                let program = programs[side].as_deref().filter(|_| same_program);
                let key = key_of(function, is_managed, program);
                let next = functions.len() as u32;
                let at = *known.entry(key).or_insert(next);
                if at == next {
                    functions.push(new_match(function));
                }
                let matched = &mut functions[at as usize];
                matched.merged[side] += 1;
                if side == 1 && matched.merged[1] == 1 {
                    // B is what the reader has at hand.
                    matched.file = function.file.clone().or_else(|| matched.file.take());
                    matched.start_line = function.start_line.or(matched.start_line);
                    matched.module_name = function.module_name.clone().or_else(|| matched.module_name.take());
                    matched.kind = function.kind;
                }
                of_side[side].push(at);
            }
        }
        Self { functions, of_side }
    }

    /// The common number of a side's function.
    pub(crate) fn of(&self, side: usize, function: FunctionId) -> u32 {
        self.of_side[side].get(function.index()).copied().unwrap_or(0)
    }
}

fn new_match(function: &Function) -> MatchedFunction {
    MatchedFunction {
        name: if function.resolved { stable_function_name(&function.name) } else { function.name.clone() },
        resolved: function.resolved,
        module_name: function.module_name.clone(),
        file: function.file.clone(),
        start_line: function.start_line,
        kind: function.kind,
        merged: [0, 0],
    }
}

fn key_of(function: &Function, is_managed: bool, program: Option<&str>) -> Key {
    let module = function.module_name.as_deref().unwrap_or_default();
    let module = if !module.is_empty() && program == Some(module) {
        // No file can be called that.
        "/program".to_owned()
    } else {
        stable_module_name(module)
    };
    let file = function.file.as_deref().map(base_name).unwrap_or_default();
    Key {
        // What has no name is the rest of its module, whatever the module's name is.
        name: if function.resolved { stable_function_name(&function.name) } else { String::new() },
        place: if is_managed { file.to_owned() } else { module },
        is_managed,
    }
}

/// Code that a runtime named, or that comes without a module from a profile of other tools.
fn is_managed(recording: &Recording, function: &Function) -> bool {
    let module = function.module.and_then(|id| recording.modules.get(id.index()));
    match module {
        Some(module) => matches!(module.kind, ModuleKind::Managed | ModuleKind::Jit),
        None => function.file.is_some(),
    }
}

/// The name of the program if there is one only.
fn only_program(recording: &Recording) -> Option<String> {
    let programs = recording.modules.iter().filter(|module| module.kind == ModuleKind::Elf);
    let names: BTreeSet<&str> =
        programs.map(|module| module.name()).filter(|name| is_program_name(name)).collect();
    match Vec::from_iter(names).as_slice() {
        [name] => Some((*name).to_owned()),
        _ => None,
    }
}
