//! What kind of code a frame of `perf script` is, told by the name of its module.

use fathom_model::{FrameKind, Module, ModuleKind};

/// Where the kernel's half of the addresses begins on 64-bit machines.
const FIRST_KERNEL_ADDRESS: u64 = 0xffff_8000_0000_0000;

/// The module of a name as perf prints it; `None` for `[unknown]`.
pub(super) fn module(name: &str) -> Option<Module> {
    let path = name.strip_suffix(" (deleted)").unwrap_or(name);
    if path.is_empty() || path == "[unknown]" {
        return None;
    }
    Some(Module {
        path: path.to_owned(),
        build_id: None,
        kind: module_kind(path),
        load_addresses: Vec::new(),
    })
}

fn module_kind(path: &str) -> ModuleKind {
    let base = path.rsplit('/').next().unwrap_or(path);
    let is_perf_map = path.starts_with("/tmp/perf-") && path.ends_with(".map");
    let is_jitted = base.starts_with("jitted-") && base.ends_with(".so");
    if is_perf_map || is_jitted || path.starts_with("[JIT]") || matches!(path, "//anon" | "[anon]") {
        return ModuleKind::Jit;
    }
    match path {
        "[vdso]" | "[vdso32]" | "[vdsox32]" => return ModuleKind::Vdso,
        "[vsyscall]" | "[heap]" | "[stack]" | "[uprobes]" => return ModuleKind::Unknown,
        _ => {}
    }
    let is_image = base == "vmlinux" || base.starts_with("vmlinux-") || base.starts_with("bpf_prog_");
    let is_loaded = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"].iter().any(|end| base.ends_with(end));
    // `[kernel.kallsyms]`, `[guest.kernel.kallsyms.12]`, and modules by name: `[nf_tables]`, `[bpf]`.
    if is_image || is_loaded || path.starts_with('[') {
        return ModuleKind::Kernel;
    }
    if path.starts_with('/') { ModuleKind::Elf } else { ModuleKind::Unknown }
}

/// The kind of a frame in this module at this address.
pub(super) fn frame_kind(module: Option<&Module>, address: u64) -> FrameKind {
    match module.map(|module| module.kind) {
        Some(ModuleKind::Kernel) => FrameKind::Kernel,
        Some(ModuleKind::Jit) => FrameKind::Jit,
        None if address >= FIRST_KERNEL_ADDRESS => FrameKind::Kernel,
        _ => FrameKind::Unknown,
    }
}

/// Whether an event counts nanoseconds of CPU time: `cpu-clock`, `task-clock:ppp`, `cpu-clock/freq=99/u`.
pub(super) fn is_cpu_clock(event: &str) -> bool {
    let name = event.split([':', '/']).next().unwrap_or(event);
    matches!(name, "cpu-clock" | "task-clock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_modules() {
        for (name, kind) in [
            ("[kernel.kallsyms]", ModuleKind::Kernel),
            ("[nf_tables]", ModuleKind::Kernel),
            ("/lib/modules/6.1/kernel/fs/xfs.ko.xz", ModuleKind::Kernel),
            ("/tmp/perf-12.map", ModuleKind::Jit),
            ("[JIT] tid 12", ModuleKind::Jit),
            ("[vdso]", ModuleKind::Vdso),
            ("/usr/bin/a", ModuleKind::Elf),
            ("inlined", ModuleKind::Unknown),
        ] {
            assert_eq!(module(name).expect(name).kind, kind, "{name}");
        }
        assert_eq!(module("/bin/a (deleted)").expect("a module").path, "/bin/a");
        assert_eq!(module("[unknown]"), None);
        assert_eq!(frame_kind(None, 0xffff_ffff_8100_0000), FrameKind::Kernel);
        assert!(is_cpu_clock("task-clock:ppp") && !is_cpu_clock("cycles:u"));
    }
}
