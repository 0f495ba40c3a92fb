//! Names for addresses while they are seen: asked for by the keeper, found by a thread of its own, which nobody
//! waits for. Until it has a name an address is its module.
//!
//! Modules are parsed once and the least used ones are let go; names are kept as long as a stack needs them. Files
//! are proved to be those that were mapped, as for recordings.

use crate::gather::RawModule;
use crate::kernel_names;
use crate::names::{LocalFiles, module_bytes};
use crate::symbolise::{bounded_bytes, cached_names, perf_map_bytes};
use fathom_model::{ModuleId, ModuleKind, Pid, RawFrame};
use fathom_symbols::cache::SymbolCacheFile;
use fathom_symbols::{Jitdump, KernelSymbols, ModuleSymbols, PerfMap, SymbolFrame};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::raise_priority;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nice value of the thread: after the target, before idle work.
const NICE: i32 = 5;
/// Modules whose symbols are held.
const MAX_LOADED: usize = 48;
/// Names that are held, whatever is asked.
const MAX_NAMES: usize = 400_000;
/// Addresses looked up between two looks at who else asks.
const CHUNK: usize = 128;
/// What a runtime writes about its code is read again no sooner than this, and not more often than a fiftieth of a
/// CPU allows.
const JIT_PAUSE_NANOS: i64 = 2_000_000_000;
const JIT_PAUSE_PER_COST: i64 = 50;
/// The kernel's symbols are read again for an address without one, but not more often than this.
const KERNEL_PAUSE_NANOS: i64 = 60_000_000_000;

type Names = HashMap<(ModuleId, u64), Vec<SymbolFrame>>;

/// A question about one module.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) module: RawModule,
    /// The process whose compiled code it is.
    pub(crate) pid: Option<Pid>,
    /// That process's jitdump.
    pub(crate) jitdump: Option<String>,
    pub(crate) addresses: Vec<u64>,
}

#[derive(Debug, Default)]
struct Table {
    names: Names,
    asked: HashSet<(ModuleId, u64)>,
    questions: BTreeMap<ModuleId, Question>,
    is_over: bool,
}

#[derive(Debug, Default)]
struct Shared {
    table: Mutex<Table>,
    asked: Condvar,
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The asking side.
#[derive(Debug)]
pub(crate) struct LiveNames {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Names to look at, locked.
pub(crate) struct NamesGuard<'a>(MutexGuard<'a, Table>);

impl NamesGuard<'_> {
    /// The functions at an address, outermost first, if they are known by now.
    pub(crate) fn get(&self, module: ModuleId, address: u64) -> Option<&[SymbolFrame]> {
        self.0.names.get(&(module, address)).map(Vec::as_slice).filter(|frames| !frames.is_empty())
    }
}

impl LiveNames {
    /// Starts the thread.
    pub(crate) fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let answering = shared.clone();
        let answer = move || Answerer::default().run(&answering);
        let thread = std::thread::Builder::new().name("fathom-names".to_owned()).spawn(answer).ok();
        Self { shared, thread }
    }

    /// Of the frames given, those that have not been asked for; compiled code without a name may be asked for again.
    pub(crate) fn unknown(
        &self,
        frames: impl Iterator<Item = RawFrame>,
        is_jit: impl Fn(ModuleId) -> bool,
    ) -> Vec<RawFrame> {
        let table = self.shared.table();
        let is_unknown = |frame: &RawFrame| {
            let Some(module) = frame.module else { return false };
            let key = (module, frame.address);
            !table.asked.contains(&key) || is_jit(module) && !table.names.contains_key(&key)
        };
        let unknown: HashSet<RawFrame> = frames.filter(is_unknown).collect();
        unknown.into_iter().collect()
    }

    /// Asks for names; does not wait.
    pub(crate) fn ask(&self, module: ModuleId, question: Question) {
        let mut table = self.shared.table();
        if table.asked.len() + question.addresses.len() > MAX_NAMES {
            table.asked.clear();
            table.names.clear();
        }
        table.asked.extend(question.addresses.iter().map(|address| (module, *address)));
        match table.questions.get_mut(&module) {
            Some(open) => open.addresses.extend(question.addresses),
            None => {
                table.questions.insert(module, question);
            }
        }
        self.shared.asked.notify_one();
    }

    /// All names known by now.
    pub(crate) fn names(&self) -> NamesGuard<'_> {
        NamesGuard(self.shared.table())
    }

    /// Forgets what no frame of `frames` needs.
    pub(crate) fn forget(&self, frames: impl Iterator<Item = RawFrame>) {
        let used: HashSet<(ModuleId, u64)> =
            frames.filter_map(|frame| Some((frame.module?, frame.address))).collect();
        let mut table = self.shared.table();
        table.asked.retain(|key| used.contains(key));
        table.names.retain(|key, _| used.contains(key));
        table.asked.shrink_to_fit();
        table.names.shrink_to_fit();
    }

    /// Names and questions held.
    pub(crate) fn n_entries(&self) -> usize {
        let table = self.shared.table();
        table.names.len() + table.asked.len() + table.questions.len()
    }
}

impl Drop for LiveNames {
    fn drop(&mut self) {
        self.shared.table().is_over = true;
        self.shared.asked.notify_one();
        // A module that is being read is read to its end: a second at most.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The answering side.
#[derive(Default)]
struct Answerer {
    loaded: HashMap<ModuleId, Loaded>,
    kernel: Option<(KernelSymbols, i64)>,
    jit: HashMap<ModuleId, JitNames>,
    n_answers: u64,
}

struct Loaded {
    cache: Option<SymbolCacheFile>,
    symbols: Option<ModuleSymbols>,
    last_use: u64,
}

/// What a runtime has written about its code.
#[derive(Default)]
struct JitNames {
    next_nanos: i64,
    dump: Option<Jitdump>,
    map: Option<PerfMap>,
}

impl Answerer {
    fn run(mut self, shared: &Shared) {
        raise_priority(NICE);
        loop {
            let mut table = shared.table();
            while table.questions.is_empty() && !table.is_over {
                let wait = shared.asked.wait_timeout(table, Duration::from_secs(3600));
                table = wait.unwrap_or_else(PoisonError::into_inner).0;
            }
            if table.is_over {
                return;
            }
            // The kernel first: it tells what is waited for, and is quickly read. Then most addresses first: one big
            // program is worth more than many small libraries.
            let most = table.questions.iter().max_by_key(|(_, question)| {
                (question.module.kind == ModuleKind::Kernel, question.addresses.len())
            });
            let Some(module) = most.map(|(module, _)| *module) else { continue };
            let question = table.questions.remove(&module);
            drop(table);
            if let Some(question) = question {
                self.answer(module, &question, shared);
            }
        }
    }

    fn answer(&mut self, module: ModuleId, question: &Question, shared: &Shared) {
        self.n_answers += 1;
        for addresses in question.addresses.chunks(CHUNK) {
            let found: Vec<(u64, Vec<SymbolFrame>)> = match question.module.kind {
                ModuleKind::Kernel => self.kernel(addresses),
                ModuleKind::Jit => self.jit(module, question, addresses),
                ModuleKind::Elf | ModuleKind::Vdso => self.file(module, question, addresses),
                ModuleKind::Unknown | ModuleKind::Managed => Vec::new(),
            };
            let mut table = shared.table();
            if table.is_over {
                return;
            }
            let keyed = found.into_iter().map(|(address, frames)| ((module, address), frames));
            table.names.extend(keyed.filter(|(_, frames)| !frames.is_empty()));
        }
    }

    fn file(
        &mut self,
        module: ModuleId,
        question: &Question,
        addresses: &[u64],
    ) -> Vec<(u64, Vec<SymbolFrame>)> {
        if self.loaded.len() >= MAX_LOADED && !self.loaded.contains_key(&module) {
            let oldest = self.loaded.iter().min_by_key(|(_, loaded)| loaded.last_use).map(|(id, _)| *id);
            oldest.and_then(|id| self.loaded.remove(&id));
        }
        let loaded = self.loaded.entry(module).or_insert_with(|| Loaded {
            cache: cached_names(&question.module),
            symbols: None,
            last_use: 0,
        });
        loaded.last_use = self.n_answers;
        let mut found = Vec::with_capacity(addresses.len());
        for address in addresses {
            if let Some(frames) = loaded.cache.as_ref().and_then(|cache| cache.get(*address)) {
                found.push((*address, frames));
                continue;
            }
            let symbols = loaded.symbols.get_or_insert_with(|| {
                let bytes = module_bytes(&question.module);
                bytes.map_or_else(ModuleSymbols::default, |bytes| {
                    ModuleSymbols::load(&question.module.path, bytes, &LocalFiles).0
                })
            });
            found.push((*address, symbols.lookup(*address)));
        }
        found
    }

    fn kernel(&mut self, addresses: &[u64]) -> Vec<(u64, Vec<SymbolFrame>)> {
        let now = monotonic_nanos();
        let lacks = |symbols: &KernelSymbols| addresses.iter().any(|at| symbols.lookup(*at).is_none());
        let is_due = match &self.kernel {
            None => true,
            // Code may have been loaded into the kernel meanwhile.
            Some((symbols, read_nanos)) => now - read_nanos > KERNEL_PAUSE_NANOS && lacks(symbols),
        };
        if is_due {
            self.kernel = Some((kernel_names::read().0, now));
        }
        let Some((symbols, _)) = &self.kernel else { return Vec::new() };
        let named = |at: &u64| Some((*at, vec![SymbolFrame::named(symbols.lookup(*at)?.0)]));
        addresses.iter().filter_map(named).collect()
    }

    fn jit(
        &mut self,
        module: ModuleId,
        question: &Question,
        addresses: &[u64],
    ) -> Vec<(u64, Vec<SymbolFrame>)> {
        if self.jit.len() >= MAX_LOADED && !self.jit.contains_key(&module) {
            self.jit.clear();
        }
        let jit = self.jit.entry(module).or_default();
        let now = monotonic_nanos();
        if now >= jit.next_nanos {
            jit.dump =
                question.jitdump.as_deref().and_then(bounded_bytes).map(|bytes| Jitdump::parse(&bytes).0);
            jit.map = question.pid.and_then(perf_map_bytes).map(|bytes| PerfMap::parse(&bytes).0);
            let cost = monotonic_nanos() - now;
            jit.next_nanos = now + JIT_PAUSE_NANOS.max(cost * JIT_PAUSE_PER_COST);
        }
        let time = u64::try_from(now).unwrap_or(u64::MAX);
        let of_dump = |address: u64| jit.dump.as_ref()?.lookup(address, time);
        let of_map = |address: u64| Some(SymbolFrame::named(jit.map.as_ref()?.lookup(address)?));
        let named = |address: &u64| Some((*address, vec![of_dump(*address).or_else(|| of_map(*address))?]));
        addresses.iter().filter_map(named).collect()
    }
}
