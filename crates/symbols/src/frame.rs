//! What a lookup answers, and how files beside the module are asked for.

use crate::Bytes;

/// One function at one place, as the debug information names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolFrame {
    /// Demangled name; `None` where only a source line is known.
    pub function: Option<String>,
    /// Line of the function's declaration.
    pub function_start_line: Option<u32>,
    /// Source file, joined from the unit's directory and the file's own path.
    pub file: Option<String>,
    /// Line of the instruction, or of the call if a further frame was inlined here.
    pub line: Option<u32>,
    /// Column in that line.
    pub column: Option<u32>,
    /// Whether the compiler put this function into its caller's body.
    pub inlined: bool,
}

impl SymbolFrame {
    /// A frame of which only the function is known.
    pub fn named(function: impl Into<String>) -> Self {
        Self { function: Some(function.into()), ..Self::default() }
    }
}

/// Where separate debug files are read from. The caller decides whose file system `path` is looked up in.
pub trait FileSource: Send + Sync {
    /// The bytes of the file at `path`, or `None` if there is none that may be read.
    fn open(&self, path: &str) -> Option<Bytes>;
}

/// A source without files: only what stands in the module itself is used.
pub struct NoFiles;

impl FileSource for NoFiles {
    fn open(&self, _path: &str) -> Option<Bytes> {
        None
    }
}
