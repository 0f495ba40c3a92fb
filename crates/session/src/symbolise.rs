//! Addresses to names: all modules at once, on all CPUs, each address once, with a cache on disk.

use crate::gather::{Gathered, RawModule};
use crate::kernel_names::KernelNames;
use crate::names::{LocalFiles, cache_file, module_bytes, open_without_waiting};
use fathom_model::{Issue, ModuleId, ModuleKind};
use fathom_symbols::cache::SymbolCacheFile;
use fathom_symbols::{Jitdump, ModuleSymbols, PerfMap, SymbolFrame};
use fathom_sys::limits::effective_uid;
use fathom_sys::process_view::{OpenRules, ProcessView};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Addresses looked up by one thread at a time.
const CHUNK: usize = 128;
/// Largest perf map or jitdump that is read.
const MAX_JIT_BYTES: u64 = 512 << 20;
/// Largest cache file that is read.
const MAX_CACHE_BYTES: u64 = 256 << 20;

/// Names by module and address, outermost first. An address without names has no entry.
pub(crate) type Names = HashMap<(ModuleId, u64), Vec<SymbolFrame>>;

/// Names every address in use.
pub(crate) fn symbolise(
    gathered: &Gathered,
    mut kernel: KernelNames,
    progress: &mut dyn FnMut(usize, usize),
) -> (Names, Vec<Issue>) {
    let mut wanted: BTreeMap<ModuleId, BTreeSet<u64>> = BTreeMap::new();
    for (_, frame) in &gathered.stacks {
        if let Some(module) = frame.module {
            wanted.entry(module).or_default().insert(frame.address);
        }
    }
    let mut names = Names::new();
    let mut issues = Vec::new();
    let mut jobs = Vec::new();
    let mut in_kernel = None;
    for (id, addresses) in wanted {
        let Some(module) = gathered.modules.get(id.index()) else { continue };
        let addresses: Vec<u64> = addresses.into_iter().collect();
        match module.kind {
            ModuleKind::Kernel => {
                kernel.read_now();
                in_kernel = Some((id, addresses));
            }
            ModuleKind::Jit => name_jit(gathered, id, &addresses, &mut names, &mut issues),
            ModuleKind::Elf | ModuleKind::Vdso => jobs.push(Job::new(id, module, addresses)),
            ModuleKind::Unknown | ModuleKind::Managed => {}
        }
    }
    // The largest first, so that no CPU waits for one big module at the end.
    jobs.sort_by_key(|job| (std::cmp::Reverse(job.missing.len()), job.id));
    let done = AtomicUsize::new(0);
    let total = jobs.len();
    progress(0, total);
    let found = Mutex::new(Vec::new());
    on_all_cpus(jobs.len(), |at| {
        let outcome = jobs[at].load();
        done.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut found) = found.lock() {
            found.push((at, outcome));
        }
    });
    let mut loaded: Vec<_> = found.into_inner().unwrap_or_default();
    loaded.sort_by_key(|(at, _)| *at);
    let mut chunks = Vec::new();
    for (at, symbols) in &loaded {
        if let Some((symbols, module_issues)) = symbols {
            issues.extend(module_issues.iter().cloned());
            chunks.extend(jobs[*at].missing.chunks(CHUNK).map(|addresses| (*at, symbols, addresses)));
        }
    }
    let looked_up = Mutex::new(Vec::new());
    on_all_cpus(chunks.len(), |at| {
        let (job, symbols, addresses) = chunks[at];
        let frames: Vec<_> = addresses.iter().map(|address| (*address, symbols.lookup(*address))).collect();
        if let Ok(mut looked_up) = looked_up.lock() {
            looked_up.push((job, frames));
        }
    });
    let mut fresh: BTreeMap<usize, Vec<(u64, Vec<SymbolFrame>)>> = BTreeMap::new();
    for (job, frames) in looked_up.into_inner().unwrap_or_default() {
        fresh.entry(job).or_default().extend(frames);
    }
    for (at, symbols) in loaded {
        let new = fresh.remove(&at).unwrap_or_default();
        if let Some((symbols, _)) = &symbols {
            jobs[at].save(symbols, &new);
        }
        let id = jobs[at].id;
        names.extend(new.into_iter().filter(|(_, f)| !f.is_empty()).map(|(address, f)| ((id, address), f)));
    }
    for job in jobs {
        let id = job.id;
        names.extend(
            job.cached.into_iter().filter(|(_, f)| !f.is_empty()).map(|(address, f)| ((id, address), f)),
        );
    }
    if let Some((id, addresses)) = in_kernel {
        let (symbols, issue) = kernel.take(&addresses);
        issues.extend(issue);
        let named = |at: &u64| Some(((id, *at), vec![SymbolFrame::named(symbols.lookup(*at)?.0)]));
        names.extend(addresses.iter().filter_map(named));
    }
    progress(total, total);
    (names, issues)
}

/// What the cache on disk has of a module, if it was made with debug information.
pub(crate) fn cached_names(module: &RawModule) -> Option<SymbolCacheFile> {
    let build_id = module.build_id.as_ref()?;
    let path = cache_file(build_id)?;
    let size = std::fs::metadata(&path).ok()?.len();
    let (cache, _) = SymbolCacheFile::parse(&(size <= MAX_CACHE_BYTES).then(|| std::fs::read(&path).ok())??);
    (cache.build_id() == Some(build_id) && cache.has_debug_info()).then_some(cache)
}

/// Whether a module is a jitdump, which a runtime maps to be found by it.
pub(crate) fn is_jitdump(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("jit-") && name.ends_with(".dump")
}

/// One module to be named.
struct Job<'a> {
    id: ModuleId,
    module: &'a RawModule,
    cached: Vec<(u64, Vec<SymbolFrame>)>,
    missing: Vec<u64>,
}

impl<'a> Job<'a> {
    /// Takes what the cache has; the rest is missing.
    fn new(id: ModuleId, module: &'a RawModule, addresses: Vec<u64>) -> Self {
        let Some(cache) = cached_names(module) else {
            return Self { id, module, cached: Vec::new(), missing: addresses };
        };
        let mut cached = Vec::new();
        let mut missing = Vec::new();
        for address in addresses {
            match cache.get(address) {
                Some(frames) => cached.push((address, frames)),
                None => missing.push(address),
            }
        }
        Self { id, module, cached, missing }
    }

    /// Reads the module's file, if anything is missing.
    fn load(&self) -> Option<(ModuleSymbols, Vec<Issue>)> {
        if self.missing.is_empty() {
            return None;
        }
        match module_bytes(self.module) {
            Some(bytes) => Some(ModuleSymbols::load(&self.module.path, bytes, &LocalFiles)),
            None => {
                let message = "the file that was mapped is no longer there, and no file with its build id";
                Some((ModuleSymbols::default(), vec![Issue::of(self.module.path.clone(), message)]))
            }
        }
    }

    /// Adds new names to the cache. Only names made with debug information are kept: without it they are
    /// quickly made again, and debug information may be installed later.
    fn save(&self, symbols: &ModuleSymbols, new: &[(u64, Vec<SymbolFrame>)]) {
        let Some(build_id) = self.module.build_id.clone().filter(|_| symbols.sources().has_debug_info) else {
            return;
        };
        let Some(path) = cache_file(&build_id) else { return };
        let mut cache = SymbolCacheFile::new(build_id, true);
        self.cached.iter().chain(new).for_each(|(address, frames)| cache.insert(*address, frames));
        if let Ok(bytes) = std::fs::read(&path) {
            // A cache of another build or a damaged one is simply replaced.
            let _ = cache.merge(SymbolCacheFile::parse(&bytes).0);
        }
        // A cache that cannot be written costs time at the next report, nothing else.
        let _ = write_whole(&path, &cache.to_bytes());
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&temporary, bytes)?;
    std::fs::rename(&temporary, path)
}

/// Runs `work` for 0 to `n` - 1 on as many threads as there are CPUs.
fn on_all_cpus(n: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(n);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= n {
                        break;
                    }
                    work(at);
                }
            });
        }
    });
}

/// Code compiled while running is named by what the runtime wrote down: a jitdump, else a perf map, both
/// looked for where the process saw them.
fn name_jit(
    gathered: &Gathered,
    id: ModuleId,
    addresses: &[u64],
    names: &mut Names,
    issues: &mut Vec<Issue>,
) {
    let mappings = || gathered.mappings.iter().filter(|mapping| mapping.module == id);
    let Some(process) = mappings().next().and_then(|m| gathered.processes.get(m.process.index())) else {
        return;
    };
    let dump = gathered
        .mappings
        .iter()
        .filter(|mapping| mapping.process == process.id)
        .filter_map(|mapping| gathered.modules.get(mapping.module.index()))
        .find(|module| is_jitdump(&module.path))
        .and_then(|module| bounded_bytes(module.local_path.as_ref().unwrap_or(&module.path)))
        .map(|bytes| Jitdump::parse(&bytes));
    if let Some((dump, dump_issues)) = &dump {
        issues.extend(dump_issues.iter().take(3).cloned());
        let end = u64::try_from(gathered.last_nanos).unwrap_or(u64::MAX);
        for address in addresses {
            if let Some(frame) = dump.lookup(*address, end) {
                names.insert((id, *address), vec![frame]);
            }
        }
    }
    let Some(bytes) = perf_map_bytes(process.pid) else { return };
    let (map, map_issues) = PerfMap::parse(&bytes);
    issues.extend(map_issues.into_iter().take(3));
    for address in addresses {
        if let Some(name) = map.lookup(*address) {
            names.entry((id, *address)).or_insert_with(|| vec![SymbolFrame::named(name)]);
        }
    }
}

/// A jitdump: the target may have made its file sparse, endless or a fifo meanwhile.
pub(crate) fn bounded_bytes(path: &str) -> Option<Vec<u8>> {
    let file = open_without_waiting(path).ok()?;
    let found = file.metadata().ok().filter(|found| found.is_file() && found.len() <= MAX_JIT_BYTES)?;
    let mut bytes = Vec::with_capacity(found.len() as usize);
    file.take(MAX_JIT_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The process's perf map: in its own root under its own number while it lives, else in ours.
pub(crate) fn perf_map_bytes(pid: i32) -> Option<Vec<u8>> {
    let view = ProcessView::Live(pid);
    let owner = view.status().map_or_else(|_| effective_uid(), |status| status.uids[1]);
    let rules = OpenRules::written_by(owner, MAX_JIT_BYTES);
    let own_number = view.innermost_pid().unwrap_or(pid);
    let in_its_root = view.read_in_root(Path::new(&format!("/tmp/perf-{own_number}.map")), &rules).ok();
    let here = ProcessView::Live(std::process::id() as i32);
    in_its_root.or_else(|| here.read_in_root(Path::new(&format!("/tmp/perf-{pid}.map")), &rules).ok())
}
