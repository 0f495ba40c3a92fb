//! Frames and the modules they come from.

use crate::hash::{ContentHash, ContentHasher};
use crate::ids::ModuleId;
use crate::signal::named_list;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

named_list!(
    /// What kind of code a frame is, by meaning and not by runtime.
    FrameKind {
        /// The user's own code.
        User = "user",
        /// A third-party or system library.
        Library = "library",
        /// A language runtime at work: scheduler, loader, start-up.
        Runtime = "runtime",
        /// Garbage collection or allocation by a runtime.
        Gc = "gc",
        /// Code compiled while running.
        Jit = "jit",
        /// An interpreter's own loop.
        Interpreter = "interpreter",
        /// Native code that is neither clearly the user's nor a known library.
        Native = "native",
        /// The kernel.
        Kernel = "kernel",
        /// Not known: no module, or no symbol and no hint.
        Unknown = "unknown",
    }
);

/// One function at one place: a row of the `frames` table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Demangled function name; `None` where no symbol was found.
    pub function: Option<String>,
    /// First line of the function in its file.
    pub function_start_line: Option<u32>,
    /// Source file as the debug information names it.
    pub file: Option<String>,
    /// Line of the sample in `file`.
    pub line: Option<u32>,
    /// Column of the sample in `file`.
    pub column: Option<u32>,
    /// The module that holds the code.
    pub module: Option<ModuleId>,
    /// Address within the module: the virtual address of the ELF file (what `nm` prints). For callers it is
    /// the return address minus one, so that it lies inside the call instruction.
    pub relative_address: Option<u64>,
    /// The language runtime the frame belongs to (`native`, `go`, `python` ...); an open list.
    pub runtime: Option<String>,
    /// What kind of code this is.
    pub kind: FrameKind,
    /// Whether the compiler put this function into its caller's body.
    pub inlined: bool,
}

impl Frame {
    /// A frame that has only a name, as the readers of simple formats make them.
    pub fn named(function: impl Into<String>, kind: FrameKind) -> Self {
        Self {
            function: Some(function.into()),
            function_start_line: None,
            file: None,
            line: None,
            column: None,
            module: None,
            relative_address: None,
            runtime: None,
            kind,
            inlined: false,
        }
    }

    /// Content hash: function, file, line and module name; equal across runs of an unchanged program.
    /// Addresses count only where there is no function name, because they change with every build.
    pub fn content_hash(&self, module_name: Option<&str>) -> ContentHash {
        let mut hasher = ContentHasher::default();
        hasher.field(self.function.as_deref().unwrap_or("").as_bytes());
        hasher.field(self.file.as_deref().unwrap_or("").as_bytes());
        hasher.field(&self.line.unwrap_or(0).to_le_bytes());
        hasher.field(module_name.unwrap_or("").as_bytes());
        if self.function.is_none() {
            hasher.field(&self.relative_address.unwrap_or(0).to_le_bytes());
        }
        hasher.finish()
    }
}

/// A GNU build id, or what stands in for one: raw bytes, printed as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId(pub Vec<u8>);

impl BuildId {
    /// Reads hexadecimal digits; `None` for an odd number of digits or other characters.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
            .collect::<Option<Vec<u8>>>()
            .map(Self)
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for BuildId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BuildId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("build id `{text}` is not hexadecimal")))
    }
}

impl JsonSchema for BuildId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BuildId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9a-f]{2})*$" })
    }
}

named_list!(
    /// Where the code of a module comes from.
    ModuleKind {
        /// An ELF file.
        Elf = "elf",
        /// The kernel's page of user code.
        Vdso = "vdso",
        /// The kernel and its modules.
        Kernel = "kernel",
        /// Anonymous executable memory: compiled while running (named by perf map or jitdump if at all).
        Jit = "jit",
        /// A mapping that is none of these.
        Unknown = "unknown",
        /// No memory at all: functions that a language runtime runs by interpreting them.
        Managed = "managed",
    }
);

/// A file (or pseudo file) with code: a row of the `modules` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    /// Path as the target saw it, or a name in brackets (`[vdso]`, `[kernel]`, `[anon]`).
    pub path: String,
    /// GNU build id where the file has one.
    pub build_id: Option<BuildId>,
    /// Where the code comes from.
    pub kind: ModuleKind,
    /// Every distinct load bias at which a process had it: run-time address minus `relative_address`.
    pub load_addresses: Vec<u64>,
}

impl Module {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_ids_read_back() {
        let id = BuildId(vec![0x00, 0xab, 0x7f]);
        assert_eq!(id.to_string(), "00ab7f");
        assert_eq!(BuildId::parse("00ab7f"), Some(id));
        assert_eq!(BuildId::parse("0"), None);
        assert_eq!(BuildId::parse("é0"), None);
    }
}
