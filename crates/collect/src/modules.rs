//! Files with code: opened when they are first mapped and kept open, so that a file that is replaced or
//! deleted, or whose process is gone, can still be read.

use fathom_model::{BuildId, ModuleId, ModuleKind, Record};
use fathom_runtimes::{Runtime, catalog};
use fathom_symbols::Pclntab;
use fathom_sys::process_view::ProcessView;
use fathom_unwind::{ElfImage, FrameStepper, ModuleUnwinder, Step};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::rc::Rc;

/// Largest `.gopclntab` that is read; the largest Go programs known have about 100 MB.
const MAX_PCLNTAB_BYTES: u64 = 512 << 20;

/// One module as the collectors use it.
pub struct LoadedModule {
    /// Its id in the recording.
    pub id: ModuleId,
    /// Where its code comes from.
    pub kind: ModuleKind,
    image: Option<ElfImage>,
    file: Option<File>,
    stamp: Option<(u64, i64)>,
    unwinder: OnceCell<ModuleUnwinder>,
    path: String,
    runtime: OnceCell<Option<&'static dyn Runtime>>,
}

impl std::fmt::Debug for LoadedModule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadedModule").field("id", &self.id).field("path", &self.path).finish_non_exhaustive()
    }
}

impl LoadedModule {
    /// Unwind rules, built at the first use.
    pub fn unwinder(&self) -> &ModuleUnwinder {
        self.unwinder.get_or_init(|| match &self.image {
            Some(image) => ModuleUnwinder::new(image.sections.clone(), self.go_stepper(image)),
            None => ModuleUnwinder::frame_pointers_only(),
        })
    }

    /// The language runtime that the file seems to hold; `is_program` as first asked.
    pub(crate) fn runtime(&self, is_program: bool) -> Option<&'static dyn Runtime> {
        let look = || {
            let file = self.file.as_ref()?;
            catalog::all().iter().copied().find(|runtime| runtime.may_be_in(&self.path, is_program, file))
        };
        *self.runtime.get_or_init(look)
    }

    /// Whether it is Go code, which keeps frame pointers and goes from one stack to another.
    pub(crate) fn is_go(&self) -> bool {
        self.image.as_ref().is_some_and(|image| image.go_pclntab.is_some())
    }

    /// Run-time address minus module address for a mapping. Code without a file keeps absolute addresses.
    pub fn load_bias(&self, start: u64, file_offset: u64) -> u64 {
        self.image.as_ref().and_then(|image| image.load_bias(start, file_offset)).unwrap_or(0)
    }

    fn go_stepper(&self, image: &ElfImage) -> Option<Box<dyn FrameStepper>> {
        let (offset, length, _) = image.go_pclntab.filter(|(_, length, _)| *length <= MAX_PCLNTAB_BYTES)?;
        let mut bytes = vec![0; length as usize];
        self.file.as_ref()?.read_exact_at(&mut bytes, offset).ok()?;
        let (table, _) = Pclntab::parse(bytes.into(), image.text_address, None);
        (table.n_functions() > 0).then_some(())?;
        Some(Box::new(GoStepper(table)))
    }
}

/// Go's own table of stack pointer offsets as a source of frame sizes.
struct GoStepper(Pclntab);

impl FrameStepper for GoStepper {
    fn step(&self, relative_address: u64) -> Option<Step> {
        let flags = self.0.function_flags(relative_address)?;
        if flags.is_top_frame {
            return Some(Step::Root);
        }
        // `systemstack`, `mcall` and `morestack` go over to the thread's scheduling stack, of which they are the
        // outermost frame.
        if flags.writes_stack_pointer {
            return Some(Step::OtherStack);
        }
        self.0.stack_delta(relative_address).map(|delta| Step::ReturnAddressAt(u64::from(delta)))
    }
}

/// How a mapping names its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// Device as the kernel numbers it; 0 where unknown.
    pub device: u64,
    /// Inode.
    pub inode: u64,
}

/// All modules seen.
#[derive(Debug, Default)]
pub struct Modules {
    by_file: HashMap<(FileIdentity, String), Rc<LoadedModule>>,
    by_name: HashMap<String, Rc<LoadedModule>>,
    count: usize,
    records: Vec<Record>,
}

impl Modules {
    /// The module of a file mapped by process `pid` at `start`.
    pub fn file(
        &mut self,
        pid: i32,
        path: &str,
        identity: FileIdentity,
        range: (u64, u64),
    ) -> Rc<LoadedModule> {
        let key = (identity, path.to_owned());
        if let Some(known) = self.by_file.get(&key)
            && known.file.as_ref().and_then(|file| file.metadata().ok()).as_ref().map(stamp) == known.stamp
        {
            return known.clone();
        }
        let file = ProcessView::Live(pid).open_mapped(path, identity.inode, range).ok();
        let image = file.as_ref().and_then(|file| ElfImage::parse(&object::ReadCache::new(file)));
        let metadata = file.as_ref().and_then(|file| file.metadata().ok());
        let module = self.add(Record::Module {
            id: ModuleId(0),
            path: path.trim_end_matches(" (deleted)").to_owned(),
            local_path: file.as_ref().map(|file| format!("/proc/self/fd/{}", file.as_raw_fd())),
            build_id: image.as_ref().and_then(|image| image.build_id.clone()).map(BuildId),
            kind: ModuleKind::Elf,
            identity: metadata.as_ref().map(|m| [m.dev(), m.ino(), stamp(m).0, stamp(m).1 as u64]),
        });
        let module = Rc::new(LoadedModule { image, file, stamp: metadata.as_ref().map(stamp), ..module });
        self.by_file.insert(key, module.clone());
        module
    }

    /// The kernel.
    pub fn kernel(&mut self) -> Rc<LoadedModule> {
        self.named("[kernel]", ModuleKind::Kernel)
    }

    /// A module without a file, one per name: `[vdso]`, `[jit of 17]`, `[stack not complete]`.
    pub fn named(&mut self, name: &str, kind: ModuleKind) -> Rc<LoadedModule> {
        if let Some(known) = self.by_name.get(name) {
            return known.clone();
        }
        let module = self.add(Record::Module {
            id: ModuleId(0),
            path: name.to_owned(),
            local_path: None,
            build_id: None,
            kind,
            identity: None,
        });
        let image =
            (kind == ModuleKind::Vdso).then(own_vdso).flatten().and_then(|b| ElfImage::parse(b.as_slice()));
        let module = Rc::new(LoadedModule { image, ..module });
        self.by_name.insert(name.to_owned(), module.clone());
        module
    }

    /// The files that were mapped, still open: what is deleted or in another mount namespace cannot be opened
    /// again. Those that something else still holds are left to it.
    pub fn into_files(self) -> Vec<File> {
        self.by_file.into_values().filter_map(|module| Rc::try_unwrap(module).ok()?.file).collect()
    }

    /// Forgets, and closes, the files and the compiled code that no process has mapped any more.
    pub(crate) fn forget_unmapped(&mut self) {
        self.by_file.retain(|_, module| Rc::strong_count(module) > 1);
        self.by_name.retain(|_, module| module.kind != ModuleKind::Jit || Rc::strong_count(module) > 1);
    }

    /// Records of modules that are new since the last call.
    pub fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.records)
    }

    fn add(&mut self, mut record: Record) -> LoadedModule {
        let next = ModuleId::from_index(self.count);
        self.count += 1;
        let (mut module_kind, mut module_path) = (ModuleKind::Unknown, String::new());
        if let Record::Module { id, kind, path, .. } = &mut record {
            *id = next;
            module_kind = *kind;
            module_path.clone_from(path);
        }
        self.records.push(record);
        LoadedModule {
            id: next,
            kind: module_kind,
            image: None,
            file: None,
            stamp: None,
            unwinder: OnceCell::new(),
            path: module_path,
            runtime: OnceCell::new(),
        }
    }
}

/// Size and modification time in nanoseconds; a library overwritten in place keeps its inode, not these.
fn stamp(metadata: &std::fs::Metadata) -> (u64, i64) {
    (metadata.size(), metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec())
}

/// The vdso of this process; the kernel maps the same one into every 64-bit process.
pub fn own_vdso() -> Option<Vec<u8>> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|line| line.ends_with("[vdso]"))?;
    let (start, end) = line.split_whitespace().next()?.split_once('-')?;
    let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    let mut bytes = vec![0; usize::try_from(end.checked_sub(start)?).ok()?];
    File::open("/proc/self/mem").ok()?.read_exact_at(&mut bytes, start).ok()?;
    Some(bytes)
}
