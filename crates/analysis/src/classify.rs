//! Own code, library, runtime or kernel: one frame at a time, from its module, its source file and its name.
//!
//! Heuristics, from the surest to the weakest: kind of the module, names of start-up code and of the Go runtime,
//! the source file, the module's path, the name's namespace. It fails where a program is built in a place that
//! looks like a library's (`/usr/lib/...`), where a vendored library lies in the working directory, and where a
//! static binary carries libraries without debug information under plain C names.

use fathom_model::{Frame, FrameKind, Module, ModuleKind};

/// What is known about the target; all paths absolute and without a trailing slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassifyHints {
    /// Where the target was started, or where Fathom was on attach.
    pub working_directory: Option<String>,
    /// The user's home directory.
    pub home: Option<String>,
    /// Path of the main executable, as `Module::path` gives it.
    pub main_executable: Option<String>,
    /// `GOROOT` of the Go toolchain, if it is in an unusual place.
    pub goroot: Option<String>,
}

/// The kind of code that a frame is.
pub fn classify(frame: &Frame, module: Option<&Module>, hints: &ClassifyHints) -> FrameKind {
    match module.map(|module| module.kind) {
        Some(ModuleKind::Kernel) => return FrameKind::Kernel,
        Some(ModuleKind::Vdso) => return FrameKind::Library,
        Some(ModuleKind::Jit) => return FrameKind::Jit,
        Some(ModuleKind::Elf | ModuleKind::Unknown | ModuleKind::Managed) | None => {}
    }
    if let Some(name) = frame.function.as_deref()
        && let Some(kind) = kind_of_runtime_name(name, frame, module)
    {
        return kind;
    }
    if module.is_some_and(is_python) {
        return match frame.function.as_deref() {
            Some(name) if PYTHON_GC.iter().any(|start| name.starts_with(start)) => FrameKind::Gc,
            Some("main") => FrameKind::Runtime,
            _ => FrameKind::Interpreter,
        };
    }
    if module.is_some_and(|module| module.name().trim_end_matches(" (deleted)") == "libjvm.so") {
        let is_gc = |name: &str| HOTSPOT_GC.iter().any(|start| name.starts_with(start));
        let is_collector = frame.function.as_deref().is_some_and(is_gc);
        return if is_collector { FrameKind::Gc } else { FrameKind::Runtime };
    }
    if module.is_some_and(is_node)
        && let Some(kind) = frame.function.as_deref().and_then(kind_in_node)
    {
        return kind;
    }
    if let Some(file) = frame.file.as_deref()
        && let Some(kind) = kind_of_source_file(file, hints)
    {
        return kind;
    }
    if is_go(frame)
        && let Some(kind) = frame.function.as_deref().and_then(kind_of_go_package)
    {
        return kind;
    }
    let Some(module) = module else { return FrameKind::Unknown };
    let own_module = kind_of_module(module, hints);
    // A statically linked standard library has no module of its own; its namespace tells it apart. A stub of the procedure
    // linkage table is the way into a library.
    let is_librarys = |name: &str| is_standard_library_name(name) || name.ends_with("@plt");
    let library_name = frame.file.is_none() && frame.function.as_deref().is_some_and(is_librarys);
    if own_module == FrameKind::User && library_name { FrameKind::Library } else { own_module }
}

/// Entry points of CPython's collector (Modules/gcmodule.c, Python/gc.c, Python/gc_free_threading.c).
const PYTHON_GC: &[&str] =
    &["gc_collect_", "_PyGC_Collect", "PyGC_Collect", "_Py_RunGC", "gc_alloc_collect", "_PyGC_RunGC"];

/// Classes of HotSpot's collectors (src/hotspot/share/gc).
const HOTSPOT_GC: &[&str] = &[
    "G1",
    "VM_G1",
    "VM_GenCollect",
    "VM_Parallel",
    "VM_Serial",
    "VM_CollectForAllocation",
    "GenCollectedHeap",
    "SerialHeap",
    "SerialFullGC",
    "DefNewGeneration",
    "TenuredGeneration",
    "GenMarkSweep",
    "PSScavenge",
    "PSPromotion",
    "PSParallelCompact",
    "ParCompaction",
    "ScavengeRoots",
    "ZMark",
    "ZRelocate",
    "ZDriver",
    "ZGeneration",
    "XMark",
    "XRelocate",
    "XDriver",
    "Shenandoah",
];

/// Whether a module is CPython itself: `libpython3.12.so.1.0`, or the program `python3`, `python3.13t`.
fn is_python(module: &Module) -> bool {
    let name = module.name().trim_end_matches(" (deleted)");
    let version = name.strip_prefix("python").map(|rest| rest.trim_end_matches(['t', 'd', 'm']));
    name.starts_with("libpython3")
        || version.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether a module is Node.js itself: the program `node`, or `libnode.so.115` of distributions.
fn is_node(module: &Module) -> bool {
    let name = module.name().trim_end_matches(" (deleted)");
    name == "node" || name == "nodejs" || name.starts_with("libnode.so")
}

/// Classes of V8 that collect garbage (`src/heap/`); their names follow `v8::internal::` or `cppgc::`.
const V8_GC: &[&str] = &[
    "Heap::CollectGarbage",
    "Heap::PerformGarbageCollection",
    "Heap::Scavenge",
    "Heap::MarkCompact",
    "Heap::FinalizeIncrementalMarking",
    "Scaveng",
    "MarkCompact",
    "Mark",
    "ConcurrentMark",
    "IncrementalMark",
    "MainMark",
    "Sweeper",
    "Evacuat",
    "YoungGeneration",
    "MinorMark",
    "MinorMS",
    "PointersUpdat",
    "RememberedSetUpdat",
    "ArrayBufferSweep",
];

/// Code that V8 has compiled beforehand which a program calls by name; the rest of `Builtins_` leads from one function
/// to the next.
const V8_CALLED: &[&str] = &[
    "Array",
    "Atomics",
    "BigInt",
    "DataView",
    "Date",
    "JSON",
    "Json",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "Reflect",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "TypedArray",
    "WeakMap",
    "WeakSet",
];

/// Kind of a function of Node.js. What is not V8's or Node's own is told by its module.
fn kind_in_node(name: &str) -> Option<FrameKind> {
    if let Some(built_in) = name.strip_prefix("Builtins_") {
        let is_called = built_in.contains("Prototype")
            || V8_CALLED.iter().any(|start| built_in.starts_with(start)) && !built_in.contains("Trampoline");
        let is_gc = built_in.starts_with("RecordWrite") || built_in.starts_with("Allocate");
        return Some(match (is_gc, is_called) {
            (true, _) => FrameKind::Gc,
            (false, true) => FrameKind::Library,
            (false, false) => FrameKind::Interpreter,
        });
    }
    // Templates have their return type in front: `auto v8::internal::compiler::PipelineImpl::Run<...>(...)`.
    let head = name.find(['(', '<']).map_or(name, |end| &name[..end]);
    let name = head.rfind(' ').map_or(name, |blank| &name[blank + 1..]);
    if let Some(rest) = name.strip_prefix("v8::internal::") {
        let is_gc = V8_GC.iter().any(|start| rest.starts_with(start));
        return Some(if is_gc { FrameKind::Gc } else { FrameKind::Runtime });
    }
    if name.starts_with("cppgc::") || name.starts_with("heap::base::") {
        return Some(FrameKind::Gc);
    }
    let is_runtime = ["v8::", "node::", "uv_", "uv__"].iter().any(|start| name.starts_with(start));
    is_runtime.then_some(FrameKind::Runtime)
}

/// Start-up code between the kernel's entry and `main`, and the first frames of a thread: glibc
/// (csu/libc-start.c, nptl/pthread_create.c, sysdeps/x86_64/start.S, clone.S), musl (src/env/__libc_start_main.c).
const START_CODE: &[&str] = &[
    "_start",
    "__libc_start_main",
    "__libc_start_main_impl",
    "__libc_start_call_main",
    "__libc_csu_init",
    "_init",
    "libc_start_main_stage2",
    "call_init",
    "start_thread",
    "clone",
    "clone3",
    "__clone",
    "__clone3",
    "__clone_internal",
    "_dl_start",
    "_dl_start_user",
    "_dl_start_final",
    "_dl_sysdep_start",
    "dl_main",
    "_dl_init",
    "call_user_main",
    "__libc_start_main@@GLIBC_2.34",
    "_rt0_amd64",
    "_rt0_amd64_linux",
    "_rt0_arm64_linux",
];

/// What runs before and around `main` and a thread's closure in Rust (library/std/src/rt.rs, thread/, sys/).
const RUST_START: &[&str] = &[
    "std::rt::",
    "std::sys::backtrace::__rust_begin_short_backtrace",
    "std::sys_common::backtrace::__rust_begin",
    "std::panicking::try",
    "std::panicking::catch_unwind",
    "std::panic::catch_unwind",
    "__rust_try",
    "std::sys::pal::unix::thread::Thread::new::thread_start",
    "std::sys::thread::unix::Thread::new::thread_start",
    "std::thread::Builder::spawn_unchecked_",
    "std::thread::lifecycle::",
];

fn kind_of_runtime_name(name: &str, frame: &Frame, module: Option<&Module>) -> Option<FrameKind> {
    let bare = name.trim_start_matches('<');
    if START_CODE.contains(&name) || RUST_START.iter().any(|start| bare.starts_with(start)) {
        return Some(FrameKind::Runtime);
    }
    // The dynamic loader at work, whoever called it.
    if module
        .is_some_and(|module| module.name().starts_with("ld-linux") || module.name().starts_with("ld-musl"))
    {
        return Some(FrameKind::Runtime);
    }
    if !is_go(frame) {
        return None;
    }
    // Go's own names; `runtime.` alone would also match the suffixes that GCC and LLVM append to C functions.
    let in_runtime = name.strip_prefix("runtime.").or_else(|| name.strip_prefix("runtime/internal/"));
    let in_runtime = in_runtime.or_else(|| name.strip_prefix("internal/runtime/"));
    let rest =
        in_runtime.or_else(|| (name == "gogo" || name == "gosave_systemstack_switch").then_some(name))?;
    // Entry points of the collector and the allocator (src/runtime/mgc*.go, mbitmap.go, malloc.go).
    const GO_GC: &[&str] = &[
        "gc",
        "mallocgc",
        "scan",
        "greyobject",
        "mark",
        "sweep",
        "bgsweep",
        "bgscavenge",
        "wbBuf",
        "heapBits",
        "(*gcWork)",
        "(*mspan).sweep",
        "(*sweepLocked)",
        "newobject",
        "makeslice",
        "growslice",
        "findObject",
        "(*mheap)",
        "(*mcache)",
        "(*mcentral)",
        "typePointers",
        "spanOf",
        "tryDeferToSpanScan",
    ];
    let gc = GO_GC.iter().any(|start| rest.starts_with(start));
    Some(if gc { FrameKind::Gc } else { FrameKind::Runtime })
}

fn is_go(frame: &Frame) -> bool {
    match frame.runtime.as_deref() {
        Some(runtime) => runtime == "go",
        None => frame.file.as_deref().is_some_and(|file| file.ends_with(".go")),
    }
}

/// Parts of paths under which code of others lies, wherever the tree around it is.
const LIBRARY_PARTS: &[&str] = &[
    "/.cargo/registry/",
    "/.cargo/git/",
    "/.rustup/toolchains/",
    "/rustc/",
    "/rust/deps/",
    "/pkg/mod/",
    "/node_modules/",
    "/site-packages/",
    "/dist-packages/",
    "/.venv/",
    "/.pyenv/",
    "/.conan",
    "/vcpkg/",
    "/.gradle/",
    "/.m2/repository/",
    "/go/src/runtime/",
    "/vendor/",
];

/// Prefixes under which distributions and toolchains install; Filesystem Hierarchy Standard 3.0, sections 3 and 4.
const LIBRARY_PREFIXES: &[&str] = &[
    "/usr/include/",
    "/usr/lib",
    "/usr/libexec/",
    "/usr/share/",
    "/usr/src/",
    "/usr/local/lib",
    "/usr/local/include/",
    "/usr/local/go/",
    "/lib/",
    "/lib32/",
    "/lib64/",
    "/libx32/",
    "/nix/store/",
    "/snap/",
    "/gnu/store/",
    // Build directories that distributions leave in the debug information of libraries.
    "/build/",
    "/usr/obj/",
    "/builddir/",
    "/root/rpmbuild/",
    // Paths that rustc's and glibc's debug information leave relative.
    "./nptl/",
    "./malloc/",
    "./stdlib/",
    "./string/",
    "./io/",
    "./sysdeps/",
    "../sysdeps/",
    "./csu/",
    "./elf/",
    "./math/",
    "./libio/",
    "../nptl/",
    "../csu/",
    "../elf/",
    "library/std/src/",
    "library/core/src/",
    "library/alloc/src/",
];

fn kind_of_source_file(file: &str, hints: &ClassifyHints) -> Option<FrameKind> {
    let under = |root: &Option<String>| root.as_deref().is_some_and(|root| is_under(file, root));
    if under(&hints.goroot)
        || LIBRARY_PARTS.iter().any(|part| file.contains(part))
        || file.starts_with("/rustc/")
    {
        return Some(FrameKind::Library);
    }
    // The working directory is asked before the prefixes: a program built under /usr/src is still the user's.
    if under(&hints.working_directory) {
        return Some(FrameKind::User);
    }
    if LIBRARY_PREFIXES.iter().any(|prefix| file.starts_with(prefix)) {
        return Some(FrameKind::Library);
    }
    // `-trimpath` writes module paths with their version (cmd/go, "go help build").
    if file.ends_with(".go") && file.contains("@v") {
        return Some(FrameKind::Library);
    }
    under(&hints.home).then_some(FrameKind::User)
}

/// Top-level packages of Go's standard library (`go list std`, Go 1.27).
const GO_STANDARD: &[&str] = &[
    "archive",
    "bufio",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "vendor",
    "weak",
];

fn kind_of_go_package(function: &str) -> Option<FrameKind> {
    let package_path = function.split('.').next().unwrap_or(function);
    let first = package_path.split('/').next().unwrap_or(package_path);
    GO_STANDARD.contains(&first).then_some(FrameKind::Library)
}

fn is_standard_library_name(name: &str) -> bool {
    let bare =
        name.trim_start_matches(['<', '&', '*', '(']).trim_start_matches("dyn ").trim_start_matches("mut ");
    ["std::", "core::", "alloc::", "hashbrown::", "__gnu_cxx::", "__cxxabiv1::"]
        .iter()
        .any(|start| bare.starts_with(start))
}

fn kind_of_module(module: &Module, hints: &ClassifyHints) -> FrameKind {
    let path = module.path.trim_end_matches(" (deleted)");
    let under = |root: &Option<String>| root.as_deref().is_some_and(|root| is_under(path, root));
    if hints.main_executable.as_deref() == Some(path) {
        return FrameKind::User;
    }
    if LIBRARY_PARTS.iter().any(|part| path.contains(part)) || under(&hints.goroot) {
        return FrameKind::Library;
    }
    if under(&hints.working_directory) {
        return FrameKind::User;
    }
    if LIBRARY_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return FrameKind::Library;
    }
    if under(&hints.home) {
        return FrameKind::User;
    }
    if path.starts_with('[') { FrameKind::Unknown } else { FrameKind::Native }
}

/// Whether a path lies in a directory; the root directory holds nothing of anybody's own.
fn is_under(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    !directory.is_empty() && path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(function: &str, file: &str, module: &str, runtime: &str) -> FrameKind {
        let mut frame = Frame::named(function, FrameKind::Unknown);
        frame.function = (!function.is_empty()).then(|| function.to_owned());
        frame.file = (!file.is_empty()).then(|| file.to_owned());
        frame.runtime = (!runtime.is_empty()).then(|| runtime.to_owned());
        let module_kind = match module {
            "[kernel]" => ModuleKind::Kernel,
            "[vdso]" => ModuleKind::Vdso,
            "[anon]" => ModuleKind::Jit,
            _ => ModuleKind::Elf,
        };
        let module =
            Module { path: module.into(), build_id: None, kind: module_kind, load_addresses: Vec::new() };
        let hints = ClassifyHints {
            working_directory: Some("/home/me/project".into()),
            home: Some("/home/me".into()),
            main_executable: Some("/opt/app/bin/app".into()),
            goroot: Some("/opt/go".into()),
        };
        let module = (!module.path.is_empty()).then_some(&module);
        classify(&frame, module, &hints)
    }

    #[test]
    fn functions_of_hotspot_are_told_apart() {
        let jvm = "/usr/lib/jvm/java-25/lib/server/libjvm.so";
        let collector = "G1ParScanThreadState::trim_queue_to_threshold(unsigned int)";
        assert_eq!(kind(collector, "", jvm, ""), FrameKind::Gc);
        assert_eq!(
            kind("OptoRuntime::new_array_C(Klass*, int, JavaThread*)", "", jvm, ""),
            FrameKind::Runtime
        );
        assert_eq!(kind(collector, "", "/usr/lib/jvm/java-25/lib/libjava.so", ""), FrameKind::Library);
    }

    #[test]
    fn functions_of_node_are_told_apart() {
        for (name, expected) in [
            ("Builtins_InterpreterEntryTrampoline", FrameKind::Interpreter),
            ("Builtins_CEntry_Return1_ArgvOnStack_NoBuiltinExit", FrameKind::Interpreter),
            ("Builtins_AsyncFunctionAwaitResolveClosure", FrameKind::Interpreter),
            ("Builtins_ArrayPrototypeForEach", FrameKind::Library),
            ("Builtins_ArrayMap", FrameKind::Library),
            ("v8::internal::Heap::CollectGarbage(v8::internal::AllocationSpace)", FrameKind::Gc),
            ("v8::internal::ScavengerCollector::CollectGarbage()", FrameKind::Gc),
            ("v8::internal::compiler::PipelineImpl::OptimizeGraph()", FrameKind::Runtime),
            ("node::Start(int, char**)", FrameKind::Runtime),
            ("auto v8::internal::compiler::PipelineImpl::Run<v8::internal::X>(int)", FrameKind::Runtime),
            ("heap::base::Slot v8::internal::Scavenger::Visit(v8::internal::Y)", FrameKind::Gc),
            ("uv__io_poll", FrameKind::Runtime),
        ] {
            assert_eq!(kind(name, "", "/usr/bin/node", ""), expected, "{name}");
            assert_ne!(kind(name, "", "/opt/app/bin/app", ""), FrameKind::Interpreter, "{name}");
        }
        assert_eq!(kind("v8::Script::Run", "", "/usr/lib/libnode.so.115", ""), FrameKind::Runtime);
    }

    #[test]
    fn modules_and_files_decide() {
        use FrameKind::{Jit, Kernel, Library, Native, Runtime, Unknown, User};
        let app = "/opt/app/bin/app";
        for (expected, function, file, module) in [
            (Kernel, "do_syscall_64", "", "[kernel]"),
            (Library, "__vdso_clock_gettime", "", "[vdso]"),
            (Jit, "", "", "[anon]"),
            (User, "work", "", app),
            (User, "work", "", "/opt/app/bin/app"),
            (User, "", "", app),
            (User, "work", "src/main.rs", app),
            (User, "work", "/home/me/other/a.c", "/opt/other/libother.so"),
            (User, "plugin", "", "/home/me/project/libplugin.so"),
            (Native, "plugin", "", "/opt/vendor-x/libplugin.so"),
            (Library, "malloc", "", "/usr/lib/x86_64-linux-gnu/libc.so.6"),
            (Library, "malloc", "./malloc/malloc.c", "/lib/x86_64-linux-gnu/libc.so.6"),
            (Library, "serde::de::x", "/home/me/.cargo/registry/src/serde-1/src/de.rs", app),
            (Library, "core::iter::x", "/rustc/0123456789abcdef/library/core/src/iter.rs", app),
            (Library, "core::iter::x", "", app),
            (Library, "<alloc::vec::Vec<T> as core::ops::Drop>::drop", "", app),
            (User, "<app::Thing as core::fmt::Display>::fmt", "", app),
            (
                Library,
                "std::vector<int>::push_back(int const&)",
                "/usr/include/c++/12/bits/stl_vector.h",
                app,
            ),
            (
                Library,
                "f",
                "/home/me/project/node_modules/x/build/a.c",
                "/home/me/project/node_modules/x/a.node",
            ),
            (Runtime, "_start", "", app),
            (Runtime, "std::rt::lang_start::{{closure}}", "/rustc/0/library/std/src/rt.rs", app),
            (Runtime, "start_thread", "./nptl/pthread_create.c", "/lib/x86_64-linux-gnu/libc.so.6"),
            (Runtime, "_dl_relocate_object", "", "/lib64/ld-linux-x86-64.so.2"),
            (Unknown, "", "", ""),
            (User, "work", "", "/home/me/project/a.out (deleted)"),
        ] {
            assert_eq!(kind(function, file, module, ""), expected, "{function} {file} {module}");
        }
    }

    #[test]
    fn go_is_told_by_package() {
        use FrameKind::{Gc, Library, Runtime, User};
        let app = "/opt/app/bin/app";
        for (expected, function, file) in [
            (Runtime, "runtime.schedule", "/opt/go/src/runtime/proc.go"),
            (Runtime, "runtime.futex", ""),
            (Gc, "runtime.gcBgMarkWorker", ""),
            (Gc, "runtime.mallocgc", "/opt/go/src/runtime/malloc.go"),
            (Library, "net/http.(*conn).serve", "/opt/go/src/net/http/server.go"),
            (Library, "fmt.Println", "fmt/print.go"),
            (Library, "github.com/a/b.F", "github.com/a/b@v1.2.3/f.go"),
            (Library, "github.com/a/b.F", "/home/me/go/pkg/mod/github.com/a/b@v1.2.3/f.go"),
            (User, "main.work", "/home/me/project/main.go"),
            (User, "main.work", ""),
            (User, "example.com/app/db.Query", "example.com/app/db/db.go"),
        ] {
            assert_eq!(kind(function, file, app, "go"), expected, "{function} {file}");
        }
        assert_eq!(kind("runtime.constprop.0", "", app, ""), User, "a clone that GCC made is no Go function");
    }
}
