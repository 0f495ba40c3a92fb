//! Addresses to frames: the module of each and the address within it.
//!
//! perf tells where a file was mapped from which offset on, not where its segments belong: `relative_address` is the
//! offset in the file, which is the virtual address `nm` prints where a segment's offset and address are equal. For
//! others whoever has the file must add the difference (`p_vaddr - p_offset` of the segment that holds the offset).
//! Addresses in the kernel, in code that was compiled while running, and in no module at all stay as they are.

use super::spaces::Spaces;
use crate::builder::RecordingBuilder;
use fathom_model::{BuildId, Frame, FrameId, FrameKind, Module, ModuleId, ModuleKind, ProcessId};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// From here on a number in a chain is a mark (`PERF_CONTEXT_MAX`).
const FIRST_MARK: u64 = (-4095_i64).cast_unsigned();
const MARK_KERNEL: u64 = (-128_i64).cast_unsigned();
const MARK_HYPERVISOR: u64 = (-32_i64).cast_unsigned();
/// Those two, and the marks of users and guests.
const MARKS: [u64; 6] = [
    MARK_KERNEL,
    MARK_HYPERVISOR,
    (-512_i64).cast_unsigned(),
    (-2048_i64).cast_unsigned(),
    (-2176_i64).cast_unsigned(),
    (-2560_i64).cast_unsigned(),
];
/// Where the kernel's half of the addresses begins on 64-bit machines.
const FIRST_KERNEL_ADDRESS: u64 = 0xffff_8000_0000_0000;
/// As many load addresses of a module are kept.
const MOST_LOAD_ADDRESSES: usize = 256;
const KERNEL: &str = "[kernel]";

/// The path of a file that the kernel marks as deleted.
pub(super) fn without_mark(path: &str) -> &str {
    path.trim_end_matches(" (deleted)")
}

#[derive(Default)]
pub(super) struct Frames {
    pub(super) spaces: Spaces,
    kernel: Option<ModuleId>,
    known: HashMap<(Option<ModuleId>, u64), FrameId>,
    biases: BTreeMap<ModuleId, BTreeSet<u64>>,
    path: Vec<FrameId>,
}

impl Frames {
    pub(super) fn has_kernel(&self) -> bool {
        self.kernel.is_some()
    }

    /// Takes a mapping of code; `addresses` are the first and the one behind the last.
    pub(super) fn map(
        &mut self,
        builder: &mut RecordingBuilder,
        (pid, process): (i32, ProcessId),
        path: &str,
        addresses: (u64, u64),
        offset: u64,
    ) {
        let (name, kind) = match path {
            "[vdso]" => (path.to_owned(), ModuleKind::Vdso),
            "[vsyscall]" | "[uprobes]" => (path.to_owned(), ModuleKind::Unknown),
            _ if path.starts_with('/') && !path.starts_with("//anon") && !path.starts_with("/dev/zero") => {
                (without_mark(path).to_owned(), ModuleKind::Elf)
            }
            // Anonymous memory, heap or stack with code in it: compiled while running.
            _ => (format!("[jit of process {}]", process.0), ModuleKind::Jit),
        };
        // A file of nothing but mappings ends here too.
        if builder.is_full() {
            return;
        }
        let module = Module { path: name, build_id: None, kind, load_addresses: Vec::new() };
        let id = builder.module(module);
        let bias = if kind == ModuleKind::Jit { 0 } else { addresses.0.wrapping_sub(offset) };
        let biases = self.biases.entry(id).or_default();
        if kind != ModuleKind::Jit && biases.len() < MOST_LOAD_ADDRESSES {
            biases.insert(bias);
        }
        self.spaces.map(pid, addresses.0, addresses.1, id, bias);
    }

    /// The frames of a chain, innermost first; without a chain that of the address itself.
    pub(super) fn path(
        &mut self,
        builder: &mut RecordingBuilder,
        pid: i32,
        address: Option<u64>,
        chain: impl Iterator<Item = u64>,
    ) -> Vec<FrameId> {
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        let (mut is_kernel, mut is_caller) = (None, false);
        for number in chain {
            if number >= FIRST_MARK {
                is_kernel = Some(matches!(number, MARK_KERNEL | MARK_HYPERVISOR));
                is_caller = false;
                if !MARKS.contains(&number) {
                    // Something else was taken for a frame; nothing behind it is one.
                    break;
                }
                continue;
            }
            // The address behind a call is that of the next instruction, which may belong to another function.
            let inside = if is_caller { number.saturating_sub(1) } else { number };
            let in_kernel = is_kernel.unwrap_or(number >= FIRST_KERNEL_ADDRESS);
            path.push(self.frame(builder, pid, inside, in_kernel));
            is_caller = true;
        }
        if let Some(address) = address.filter(|_| path.is_empty()) {
            path.push(self.frame(builder, pid, address, address >= FIRST_KERNEL_ADDRESS));
        }
        path
    }

    /// Gives back the room of a path.
    pub(super) fn reuse(&mut self, path: Vec<FrameId>) {
        self.path = path;
    }

    fn frame(&mut self, builder: &mut RecordingBuilder, pid: i32, address: u64, is_kernel: bool) -> FrameId {
        let mapped = if is_kernel { None } else { self.spaces.at(pid, address) };
        let module = match mapped {
            Some(mapped) => Some(mapped.module),
            None if is_kernel => Some(self.kernel(builder)),
            None => None,
        };
        let relative_address = address.wrapping_sub(mapped.map_or(0, |mapped| mapped.bias));
        *self.known.entry((module, relative_address)).or_insert_with(|| {
            let of_module = module.and_then(|id| builder.recording().modules.get(id.index()));
            let kind = match of_module.map(|module| module.kind) {
                Some(ModuleKind::Kernel) => FrameKind::Kernel,
                Some(ModuleKind::Jit) => FrameKind::Jit,
                _ => FrameKind::Unknown,
            };
            builder.frame(Frame {
                function: None,
                function_start_line: None,
                file: None,
                line: None,
                column: None,
                module,
                relative_address: Some(relative_address),
                runtime: None,
                kind,
                inlined: false,
            })
        })
    }

    fn kernel(&mut self, builder: &mut RecordingBuilder) -> ModuleId {
        *self.kernel.get_or_insert_with(|| {
            builder.module(Module {
                path: KERNEL.into(),
                build_id: None,
                kind: ModuleKind::Kernel,
                load_addresses: Vec::new(),
            })
        })
    }

    /// What is known of modules at the end only.
    pub(super) fn fill_in(self, modules: &mut [Module], build_ids: &BTreeMap<String, BuildId>) {
        for (id, biases) in self.biases {
            if let Some(module) = modules.get_mut(id.index()) {
                module.load_addresses = biases.into_iter().collect();
            }
        }
        for module in modules {
            let name = if module.path == KERNEL { "[kernel.kallsyms]" } else { &module.path };
            module.build_id = build_ids.get(name).cloned();
        }
    }
}
