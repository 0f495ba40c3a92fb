//! Which frames are the same function. Knows names and modules, no samples.
//!
//! A function is its name, its module and the line it starts at: two static functions of one name in one
//! module are told apart where the debug information gives start lines, else they are one. Frames without a
//! name are one function per module, because their addresses say nothing to a reader.

use std::collections::HashMap;

use fathom_model::{Frame, FrameId, FrameKind, Module, ModuleId, ModuleKind, Recording};

/// Position in [`FunctionIndex::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

impl FunctionId {
    /// What frames outside the table belong to.
    pub const UNKNOWN: Self = Self(0);

    /// The position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Demangled name, or `[libfoo.so]` where frames of that module have none.
    pub name: String,
    /// Whether `name` is a symbol.
    pub resolved: bool,
    /// The module.
    pub module: Option<ModuleId>,
    /// The last part of the module's path.
    pub module_name: Option<String>,
    /// The source file of the first of its frames that names one, or of the first that is own code.
    pub file: Option<String>,
    /// The line it starts at.
    pub start_line: Option<u32>,
    /// What kind of code it is.
    pub kind: FrameKind,
}

/// Every frame's function.
#[derive(Clone, Debug)]
pub struct FunctionIndex {
    functions: Vec<Function>,
    of_frame: Vec<FunctionId>,
}

/// Name, module, first line, and the file where the module is none of its own.
type Key<'a> = (Option<&'a str>, Option<ModuleId>, Option<u32>, Option<&'a str>);

impl FunctionIndex {
    /// Groups the frames of a recording; ids follow first appearance in the frame table.
    pub fn new(recording: &Recording) -> Self {
        let mut functions = vec![unknown_function()];
        let mut known: HashMap<Key<'_>, FunctionId> = HashMap::new();
        let mut of_frame = Vec::with_capacity(recording.frames.len());
        for frame in &recording.frames {
            let module = frame.module.filter(|id| id.index() < recording.modules.len());
            let start_line = frame.function.as_ref().and(frame.function_start_line);
            let is_managed = |id: ModuleId| {
                recording.modules.get(id.index()).is_some_and(|module| module.kind == ModuleKind::Managed)
            };
            let file = frame.file.as_deref().filter(|_| module.is_some_and(is_managed));
            let key = (frame.function.as_deref(), module, start_line, file);
            let id = *known.entry(key).or_insert_with(|| {
                functions.push(new_function(frame, module, recording));
                FunctionId(u32::try_from(functions.len() - 1).unwrap_or(u32::MAX))
            });
            if let Some(function) = functions.get_mut(id.index()) {
                // Lines that a macro of a library expands to stand in the library's file, and are no library.
                let is_own = frame.kind == FrameKind::User && function.kind == FrameKind::Library;
                if is_own {
                    function.kind = frame.kind;
                }
                if function.file.is_none() || is_own && frame.file.is_some() {
                    function.file.clone_from(&frame.file);
                }
            }
            of_frame.push(id);
        }
        Self { functions, of_frame }
    }

    /// All functions; the first is [`FunctionId::UNKNOWN`].
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The function of a frame; [`FunctionId::UNKNOWN`] for an id outside the table.
    pub fn of_frame(&self, frame: FrameId) -> FunctionId {
        self.of_frame.get(frame.index()).copied().unwrap_or(FunctionId::UNKNOWN)
    }

    /// The function with this id; the unknown one for an id outside the table.
    pub fn get(&self, id: FunctionId) -> &Function {
        self.functions.get(id.index()).unwrap_or(&self.functions[0])
    }

    /// The functions with this name, in the order of ids.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = FunctionId> + 'a {
        let found = self.functions.iter().enumerate().filter(move |(_, function)| function.name == name);
        found.map(|(at, _)| FunctionId(u32::try_from(at).unwrap_or(u32::MAX)))
    }
}

fn unknown_function() -> Function {
    Function {
        name: "[unknown]".into(),
        resolved: false,
        module: None,
        module_name: None,
        file: None,
        start_line: None,
        kind: FrameKind::Unknown,
    }
}

fn new_function(frame: &Frame, module: Option<ModuleId>, recording: &Recording) -> Function {
    let module_name = module.and_then(|id| recording.modules.get(id.index())).map(Module::name);
    let unnamed = || match module_name {
        Some(name) if name.starts_with('[') => name.to_owned(),
        Some(name) => format!("[{name}]"),
        None => "[unknown]".to_owned(),
    };
    Function {
        name: frame.function.clone().unwrap_or_else(unnamed),
        resolved: frame.function.is_some(),
        module,
        module_name: module_name.map(str::to_owned),
        file: frame.file.clone(),
        start_line: frame.function.as_ref().and(frame.function_start_line),
        kind: frame.kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_with_lines_of_a_librarys_macro_is_the_programs_own() {
        let text = "cpu main@a.rs:1;parse@serde/macros.rs:40{library} 1s\ncpu main@a.rs:1;parse@a.rs:9 1s
            cpu main@a.rs:1;read@io.rs:3{library} 1s";
        let recording = fathom_testkit::recording(text);
        let index = FunctionIndex::new(&recording);
        let of = |name: &str| {
            let function = index.get(index.named(name).next().expect("it is there"));
            (function.kind, function.file.as_deref())
        };
        assert_eq!(of("parse"), (FrameKind::User, Some("a.rs")));
        assert_eq!(of("read"), (FrameKind::Library, Some("io.rs")));
    }
}
