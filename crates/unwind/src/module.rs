//! Unwinding within one module, shared by every process that maps it.

use crate::cfi::CallFrames;
use framehop::x86_64::UnwinderX86_64;
use framehop::{ExplicitModuleSectionInfo, MayAllocateDuringUnwind, Module, Unwinder};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub(crate) type Rules = UnwinderX86_64<Arc<[u8]>, MayAllocateDuringUnwind>;

/// Unwind tables of a module with their addresses in the module's own address space.
#[derive(Clone, Debug, Default)]
pub struct UnwindSections {
    /// First address and the one after the last.
    pub addresses: Range<u64>,
    /// `.eh_frame`
    pub eh_frame: Option<(u64, Arc<[u8]>)>,
    /// `.eh_frame_hdr`
    pub eh_frame_hdr: Option<(u64, Arc<[u8]>)>,
    /// `.debug_frame`, not compressed.
    pub debug_frame: Option<(u64, Arc<[u8]>)>,
    /// `.text`
    pub text: Option<Range<u64>>,
    /// `.got`
    pub got: Option<Range<u64>>,
    /// Address of the code that a signal handler returns to.
    pub signal_trampoline: Option<u64>,
    /// Where the kernel starts the program or its loader.
    pub entry: Option<u64>,
    /// Entries of the dynamic linker's resolver of lazily bound calls (`_dl_runtime_resolve_*`), ascending.
    pub resolvers: Vec<u64>,
}

/// How a frame of a runtime with its own tables is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The return address lies this many bytes above the stack pointer.
    ReturnAddressAt(u64),
    /// This function is the outermost of its stack.
    Root,
    /// This function goes over to another stack; its caller lies on the first one.
    OtherStack,
}

/// A source of frame sizes besides DWARF, for example Go's pcsp tables.
pub trait FrameStepper: Send + Sync {
    /// How the frame at this address of the module is left; `None` if the tables do not cover it.
    fn step(&self, relative_address: u64) -> Option<Step>;
}

/// The rules of one module.
pub struct ModuleUnwinder {
    pub(crate) rules: Rules,
    pub(crate) stepper: Option<Box<dyn FrameStepper>>,
    pub(crate) signal_trampoline: Option<u64>,
    pub(crate) entry: Option<Range<u64>>,
    resolvers: Vec<u64>,
    /// Code without tables, compiled while running.
    pub(crate) compiled_while_running: bool,
    pub(crate) call_frames: Option<CallFrames>,
}

/// Start code is shorter than this; glibc's `_start` has 34 bytes, its loader's `_dl_start_user` 90.
const ENTRY_BYTES: u64 = 96;
/// Longest of the three resolvers of glibc (sysdeps/x86_64/dl-trampoline.h).
const RESOLVER_BYTES: u64 = 0x140;

impl fmt::Debug for ModuleUnwinder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModuleUnwinder").field("stepper", &self.stepper.is_some()).finish_non_exhaustive()
    }
}

impl ModuleUnwinder {
    /// Rules from unwind tables; where the tables say nothing, frame pointers are followed.
    pub fn new(sections: UnwindSections, stepper: Option<Box<dyn FrameStepper>>) -> Self {
        let mut rules = Rules::new();
        let UnwindSections {
            addresses,
            eh_frame,
            eh_frame_hdr,
            debug_frame,
            text,
            got,
            signal_trampoline,
            entry,
            resolvers,
        } = sections;
        let entry = entry.map(|entry| entry..entry.saturating_add(ENTRY_BYTES));
        let range = |section: &Option<(u64, Arc<[u8]>)>| {
            section.as_ref().map(|(address, bytes)| *address..address.saturating_add(bytes.len() as u64))
        };
        let call_frames = eh_frame.clone().zip(eh_frame_hdr.clone()).map(|(eh_frame, eh_frame_hdr)| {
            CallFrames { eh_frame, eh_frame_hdr, text_address: text.as_ref().map_or(0, |text| text.start) }
        });
        if addresses.start < addresses.end {
            let info = ExplicitModuleSectionInfo {
                base_svma: addresses.start,
                text_svma: text,
                got_svma: got,
                eh_frame_svma: range(&eh_frame),
                eh_frame: eh_frame.map(|(_, bytes)| bytes),
                eh_frame_hdr_svma: range(&eh_frame_hdr),
                eh_frame_hdr: eh_frame_hdr.map(|(_, bytes)| bytes),
                debug_frame: debug_frame.map(|(_, bytes)| bytes),
                ..Default::default()
            };
            rules.add_module(Module::new(String::new(), addresses.clone(), addresses.start, info));
        }
        Self {
            rules,
            stepper,
            signal_trampoline,
            entry,
            resolvers,
            compiled_while_running: false,
            call_frames,
        }
    }

    /// Whether the runtime's own tables say that nothing called the function here.
    pub fn is_root(&self, relative_address: u64) -> bool {
        self.stepper.as_ref().and_then(|stepper| stepper.step(relative_address)) == Some(Step::Root)
    }

    /// Whether an address lies in the resolver of lazily bound calls.
    pub(crate) fn in_resolver(&self, relative_address: u64) -> bool {
        let at = self.resolvers.partition_point(|entry| *entry <= relative_address);
        at > 0 && relative_address - self.resolvers[at - 1] < RESOLVER_BYTES
    }

    /// Rules for code without tables, such as code compiled while running: frame pointers only.
    pub fn frame_pointers_only() -> Self {
        Self {
            rules: Rules::new(),
            stepper: None,
            signal_trampoline: None,
            entry: None,
            resolvers: Vec::new(),
            compiled_while_running: true,
            call_frames: None,
        }
    }
}
