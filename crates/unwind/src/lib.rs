//! Registers and stack bytes to addresses.
//!
//! **You give** unwind sections of modules, an address space that says which module covers an address, and
//! a callback that reads stack memory.
//!
//! **You get** the frames from the innermost outwards and how the walk ended: at a known root or not.
//!
//! **It does not** do I/O, know processes, or name anything.
//!
//! **Invariants**: every walk ends (bounded frames, the stack pointer only grows); any bytes are survived;
//! one [`ModuleUnwinder`] serves every process that maps the file, because rules depend on addresses within
//! the module only.

mod cfi;
mod elf;
mod module;
mod walk;

pub use elf::{ElfImage, Segment};
pub use module::{FrameStepper, ModuleUnwinder, Step, UnwindSections};
pub use walk::{AddressSpace, End, Frame, MAX_FRAMES, Registers, RuleCache, walk, walk_from_caller};
