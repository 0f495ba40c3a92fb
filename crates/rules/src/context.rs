//! What rules look at: a recording with its functions, who pays for which stack, and the source of the hot files.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use fathom_analysis::{Filter, Function, FunctionId, FunctionIndex};
use fathom_code::{Hit, Language, LineSpan, LoopKind, LoopNest, Pattern, Source};
use fathom_model::{
    FrameId, FrameKind, Goal, GoalMetric, Location, Process, Recording, Sample, Signal, ThreadId,
    ThreadState, WaitClass,
};

use crate::frame_set::FrameSet;
use crate::goal::{Main, choose_goal};
use crate::ledger::{Claim, Ledger};
use crate::names::NameTable;
use crate::need::Need;
use crate::place::{Cost, Place};
use crate::settings::Settings;
use crate::threshold::Threshold;
use crate::words;

/// No stack.
pub(crate) const NONE: u32 = u32::MAX;

/// A source file with the patterns in it.
#[derive(Debug)]
pub struct CodeFile {
    /// Its syntax.
    pub source: Source,
    /// Its language.
    pub language: Language,
    /// Patterns by line.
    pub hits: Vec<Hit>,
    /// Its lines.
    text: Vec<String>,
}

impl CodeFile {
    /// A line, from 1; empty where there is none.
    pub fn line(&self, line: u32) -> &str {
        let at = usize::try_from(line).unwrap_or(0).checked_sub(1);
        at.and_then(|at| self.text.get(at)).map_or("", String::as_str)
    }
}

/// A pattern and what its lines pay.
#[derive(Clone, Debug)]
pub struct HotHit<'a> {
    /// The pattern.
    pub hit: &'a Hit,
    /// The costliest of its lines, with the stacks of all of them.
    pub place: Place,
}

/// Everything that rules ask.
pub struct Context<'a> {
    /// The recording.
    pub recording: &'a Recording,
    /// Its functions.
    pub index: FunctionIndex,
    /// What the findings are held against.
    pub goal: Goal,
    pub(crate) names: NameTable,
    pub(crate) settings: &'a Settings,
    /// Source files by the path that frames name.
    pub(crate) files: BTreeMap<String, CodeFile>,
    /// For every stack the innermost frame of own code on it.
    own: Vec<u32>,
    main: Main,
    pub(crate) goal_ledger: Ledger,
    cpu_ledger: OnceCell<Ledger>,
    pub(crate) own_lines: OnceCell<Cost>,
    with_lines: OnceCell<Vec<bool>>,
    pub(crate) collection: OnceCell<Claim>,
    pub(crate) allocating: OnceCell<Vec<bool>>,
    sampled_signals: OnceCell<BTreeSet<Signal>>,
}

impl<'a> Context<'a> {
    /// Prepares a recording; `sources` are texts by the path that frames name.
    pub fn new(recording: &'a Recording, sources: &BTreeMap<String, String>, settings: &'a Settings) -> Self {
        let index = FunctionIndex::new(recording);
        let names = NameTable::new(&index);
        let (goal, main) = choose_goal(recording);
        let goal_ledger = match goal.metric {
            GoalMetric::Wall => {
                Ledger::new(GoalMetric::Wall, recording, |sample| main.has(recording, sample))
            }
            metric => Ledger::of_filter(metric, recording, &Filter::of(recording.main_signal())),
        };
        let files = sources.iter().filter_map(|(path, text)| Some((path.clone(), code_file(path, text)?)));
        Self {
            own: own_frames(recording, &index),
            files: files.collect(),
            recording,
            index,
            goal,
            names,
            settings,
            main,
            goal_ledger,
            cpu_ledger: OnceCell::new(),
            own_lines: OnceCell::new(),
            with_lines: OnceCell::new(),
            collection: OnceCell::new(),
            allocating: OnceCell::new(),
            sampled_signals: OnceCell::new(),
        }
    }

    /// What stacks cost in the currency of the goal.
    pub fn goal_ledger(&self) -> &Ledger {
        &self.goal_ledger
    }

    /// What stacks cost in CPU time of all threads; of a profile of another tool, in what it counts.
    pub fn cpu_ledger(&self) -> &Ledger {
        self.cpu_ledger.get_or_init(|| {
            let signal = self.recording.main_signal();
            let metric = if signal == Signal::Cpu { GoalMetric::Cpu } else { GoalMetric::Profile };
            Ledger::of_filter(metric, self.recording, &Filter::of(signal))
        })
    }

    /// What stacks cost by samples of one's choice.
    pub fn ledger(&self, metric: GoalMetric, counts_for: impl Fn(&Sample) -> bool) -> Ledger {
        Ledger::new(metric, self.recording, counts_for)
    }

    /// The part of the goal that some samples make up; shares are those of the whole goal.
    pub fn goal_where(&self, counts_for: impl Fn(&Sample) -> bool) -> Ledger {
        let metric = self.goal.metric;
        let signal = self.recording.main_signal();
        let ledger = match metric {
            GoalMetric::Wall => Ledger::new(metric, self.recording, |sample| {
                let is_meant = matches!(sample.signal, Signal::Cpu | Signal::OffCpu);
                let has_cpu = sample.state != ThreadState::Runnable;
                is_meant && has_cpu && self.is_main(sample.thread) && counts_for(sample)
            }),
            _ => Ledger::new(metric, self.recording, |sample| sample.signal == signal && counts_for(sample)),
        };
        Ledger { evidence: self.goal_ledger.evidence, ..ledger }
    }

    /// The part of the goal that its thread or task spends blocked in certain ways; shares are those of the whole goal.
    pub(crate) fn goal_waits(&self, is_meant: impl Fn(WaitClass) -> bool) -> Ledger {
        let is_wait =
            |sample: &Sample| matches!(sample.state, ThreadState::Blocked(class) if is_meant(class));
        let ledger = Ledger::new(self.goal.metric, self.recording, |sample| {
            self.goal.metric == GoalMetric::Wall && self.main.has(self.recording, sample) && is_wait(sample)
        });
        Ledger { evidence: self.goal_ledger.evidence, ..ledger }
    }

    /// For every stack whether one of some functions stands on it.
    pub fn stacks_through(&self, functions: &FrameSet) -> Vec<bool> {
        let nodes = self.recording.stacks.nodes();
        let mut through = vec![false; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            let above = self.parent(at).is_some_and(|parent| through[parent]);
            through[at] = above || functions.has(self.index.of_frame(node.frame));
        }
        through
    }

    /// What of some stacks ends in some functions.
    pub fn value_ending_in(&self, ledger: &Ledger, claim: &Claim, functions: &FrameSet) -> i64 {
        let nodes = self.recording.stacks.nodes();
        let ends = claim
            .stacks()
            .filter(|at| nodes.get(*at).is_some_and(|node| functions.has(self.index.of_frame(node.frame))));
        ends.fold(0_i64, |sum, at| sum.saturating_add(ledger.values[at]))
    }

    /// Whether a place stands in a loop, or the file has a loop that calls its function; `None` without its source.
    pub fn is_in_loop(&self, place: &Place) -> Option<bool> {
        let (file, line) = self.file_of(place)?;
        if self.loops_at(place).is_some_and(|nest| nest.degree > 0) {
            return Some(true);
        }
        let Some(function) = file.source.function_at(line) else { return Some(false) };
        let bare = function.name.rsplit(['.', ':']).next().unwrap_or_default();
        let mut calls = file.source.calls().iter();
        Some(calls.any(|call| call.name == bare && file.source.loop_nest_at(call.line).is_some()))
    }

    /// Whether a thread is the main thread of the command.
    pub fn is_main(&self, thread: ThreadId) -> bool {
        self.main.threads.contains(&thread)
    }

    /// The number of a threshold: what the settings say, or its default.
    pub fn limit(&self, rule: &str, threshold: &Threshold) -> f64 {
        self.settings.threshold(rule, threshold)
    }

    /// The functions that some names mean; `*` stands for any start or end.
    pub fn functions(&self, names: &[&str]) -> FrameSet {
        FrameSet::new(self.names.matching(self.index.functions(), names))
    }

    /// The functions for which something holds.
    pub fn functions_where(&self, holds: impl Fn(&Function) -> bool) -> FrameSet {
        FrameSet::new(self.index.functions().iter().map(holds).collect())
    }

    /// The plain name of a function: without type arguments, parameters and return type.
    pub fn plain_name(&self, function: FunctionId) -> &str {
        self.names.plain(function.index())
    }

    /// Patterns on the line of a place; where only its function is known, those in the function.
    pub fn hits_at(&self, place: &Place, patterns: &[Pattern]) -> Vec<&Hit> {
        let Some((file, line)) = self.file_of(place) else { return Vec::new() };
        let lines = self.lines_of(place, file, line);
        let is_there = |hit: &&Hit| hit.lines.first <= lines.last && lines.first <= hit.lines.last;
        let hits = file.hits.iter().filter(|hit| patterns.contains(&hit.pattern)).filter(is_there);
        hits.filter(|hit| self.has_lines(place.function) || is_of_function(file, hit, lines)).collect()
    }

    /// A place whose line is not known stands where the pattern does.
    pub(crate) fn at_hit(&self, mut place: Place, hit: Option<&Hit>) -> Place {
        if let Some(hit) = hit.filter(|_| !self.has_lines(place.function)) {
            place.location.line = Some(hit.lines.first);
        }
        place
    }

    /// The lines that a place may stand for: V8's map of compiled code knows functions only, and so do some profiles.
    pub(crate) fn lines_of(&self, place: &Place, file: &CodeFile, line: u32) -> LineSpan {
        let here = LineSpan { first: line, last: line };
        if self.has_lines(place.function) {
            return here;
        }
        // A function that others are written in is not meant by its first line alone.
        let functions = file.source.functions().iter().map(|function| function.lines);
        // A closure that is called for each element is a loop of the source, and a function of the runtime.
        let callbacks = file.source.loops().iter().filter(|found| found.kind == LoopKind::Callback);
        let beginning =
            functions.chain(callbacks.map(|found| found.lines)).filter(|lines| lines.first == line);
        // What stands in no function is V8's function of the whole file, which begins at its first line.
        let whole = LineSpan { first: 1, last: u32::try_from(file.text.len()).unwrap_or(u32::MAX) };
        let otherwise = if line == 1 { whole } else { here };
        beginning.max_by_key(|lines| lines.last).unwrap_or(otherwise)
    }

    /// Whether lines within a function are known, and not only where it begins.
    pub(crate) fn has_lines(&self, function: FunctionId) -> bool {
        let with_lines = self.with_lines.get_or_init(|| {
            let mut with_lines = vec![false; self.index.functions().len()];
            for (at, frame) in self.recording.frames.iter().enumerate() {
                let is_inside = frame.line.is_some() && frame.line != frame.function_start_line;
                with_lines[self.index.of_frame(FrameId::from_index(at)).index()] |= is_inside;
            }
            with_lines
        });
        with_lines.get(function.index()).copied().unwrap_or(true)
    }

    /// Whether the source of a place was read: without it the absence of a pattern says nothing.
    pub fn has_source(&self, place: &Place) -> bool {
        self.file_of(place).is_some()
    }

    /// The loops around a place.
    pub fn loops_at(&self, place: &Place) -> Option<LoopNest> {
        let (file, line) = self.file_of(place)?;
        file.source.loop_nest_at(line)
    }

    /// What the innermost loop around a place walks, as the source writes it.
    pub(crate) fn over(&self, place: &Place) -> Option<String> {
        self.loops_at(place)?.over.pop().filter(|over| !over.is_empty())
    }

    /// "each turn of the loop over `orders`", where the loop is known.
    pub(crate) fn each_turn(&self, place: &Place) -> Option<String> {
        Some(format!("each turn of the loop over {}", words::quoted(&self.over(place)?)))
    }

    /// The file and the line of a place.
    pub fn file_of(&self, place: &Place) -> Option<(&CodeFile, u32)> {
        Some((self.files.get(place.location.file.as_deref()?)?, place.location.line?))
    }

    /// All source files that were read.
    pub fn files(&self) -> impl Iterator<Item = (&str, &CodeFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// Whether something is there.
    pub fn has(&self, need: Need) -> bool {
        let of = |signal: Signal| self.sampled_signals().contains(&signal);
        match need {
            Need::Signal(signal) => {
                self.recording.meta.signals.contains(&signal) && self.recording.meta.imported.is_none()
                    || of(signal)
            }
            Need::CpuSamples => {
                let signal = self.recording.main_signal();
                matches!(signal, Signal::Cpu | Signal::ProgramCpu | Signal::ProgramWall | Signal::Samples)
                    && of(signal)
            }
            Need::Series(name) => self.recording.series.iter().any(|point| point.name.starts_with(name)),
            Need::Events(kind) => self.recording.events.iter().any(|event| event.kind.starts_with(kind)),
            Need::Processes => self.recording.meta.imported.is_none() && !self.recording.processes.is_empty(),
        }
    }

    /// The signals with samples.
    fn sampled_signals(&self) -> &BTreeSet<Signal> {
        self.sampled_signals.get_or_init(|| {
            let mut has = vec![false; Signal::ALL.len()];
            self.recording.samples.iter().for_each(|sample| has[sample.signal as usize] = true);
            Signal::ALL.iter().copied().filter(|signal| has[*signal as usize]).collect()
        })
    }

    /// The languages of what was recorded, by runtimes and by the files of own code.
    pub fn languages(&self) -> BTreeSet<Language> {
        let by_runtime = |runtime: &str| match runtime {
            "python" => &[Language::Python][..],
            "node" => &[Language::JavaScript, Language::TypeScript],
            "go" => &[Language::Go],
            "jvm" => &[Language::Java],
            _ => &[],
        };
        let runtimes = self.recording.processes.iter().filter_map(|process| process.runtime.as_deref());
        let runtimes =
            runtimes.chain(self.recording.frames.iter().filter_map(|frame| frame.runtime.as_deref()));
        let mut languages: BTreeSet<Language> = runtimes.flat_map(by_runtime).copied().collect();
        let own = self.recording.frames.iter().filter(|frame| frame.kind == FrameKind::User);
        languages.extend(own.filter_map(|frame| Language::of_path(frame.file.as_deref()?)));
        languages
    }

    /// The first process with this runtime.
    pub fn process_with(&self, runtime: &str) -> Option<&Process> {
        self.recording.processes.iter().find(|process| process.runtime.as_deref() == Some(runtime))
    }

    /// The line of a frame in the file of its function: what a macro of another file expands to has none there.
    pub(crate) fn line_in(&self, function: FunctionId, frame: FrameId) -> Option<u32> {
        let frame = self.recording.frames.get(frame.index())?;
        let is_there = frame.file.is_none() || frame.file == self.index.get(function).file;
        frame.line.filter(|line| *line > 0 && is_there)
    }

    pub(crate) fn is_own(&self, function: FunctionId) -> bool {
        is_own(self.index.get(function))
    }

    pub(crate) fn location(&self, function: FunctionId, line: Option<u32>) -> Location {
        let function = self.index.get(function);
        Location {
            function: fathom_analysis::short_function_name(&function.name),
            file: function.file.clone(),
            line: line.or(function.start_line),
            module: function.module_name.clone(),
        }
    }

    /// Own functions on a stack with the frame of each, outermost first.
    pub(crate) fn own_path(&self, at: usize) -> Vec<(FunctionId, FrameId)> {
        let nodes = self.recording.stacks.nodes();
        let mut path = Vec::new();
        let mut next = self.own_of(at);
        while let Some(at) = next {
            path.push((self.index.of_frame(nodes[at].frame), nodes[at].frame));
            next = self.parent(at).and_then(|parent| self.own_of(parent));
        }
        path.reverse();
        path
    }

    /// The own code that pays for a frame; where there is none, the frame that calls it.
    pub(crate) fn payer_above(&self, at: usize) -> usize {
        self.own_of(at).or_else(|| self.parent(at)).unwrap_or(at)
    }

    pub(crate) fn own_of(&self, at: usize) -> Option<usize> {
        self.own.get(at).copied().filter(|own| *own != NONE).map(|own| own as usize)
    }

    pub(crate) fn parent(&self, at: usize) -> Option<usize> {
        let parent = self.recording.stacks.nodes().get(at)?.parent?.index();
        (parent < at).then_some(parent)
    }
}

/// Whether code is the program's own: compiled code without a name may be anybody's.
fn is_own(function: &Function) -> bool {
    // The program that is started is node, python or java itself, and nobody's own code.
    const RUNTIMES: &[&str] = &["node", "nodejs", "bun", "deno", "java", "libjvm.so", "pypy3"];
    let is_runtime = |name: &str| {
        RUNTIMES.contains(&name)
            || ["python", "libpython", "libnode.so"].iter().any(|start| name.starts_with(start))
    };
    let has_kind = function.kind == FrameKind::User || function.kind == FrameKind::Jit && function.resolved;
    has_kind && !function.module_name.as_deref().is_some_and(is_runtime)
}

fn own_frames(recording: &Recording, index: &FunctionIndex) -> Vec<u32> {
    // Of each function once: a large profile has ten thousand times as many nodes.
    let functions: Vec<bool> = index.functions().iter().map(is_own).collect();
    let mut own: Vec<u32> = Vec::with_capacity(recording.stacks.nodes().len());
    for (at, node) in recording.stacks.nodes().iter().enumerate() {
        let above = node.parent.map(|parent| parent.index()).filter(|parent| *parent < at);
        own.push(if functions[index.of_frame(node.frame).index()] {
            at as u32
        } else {
            above.map_or(NONE, |parent| own[parent])
        });
    }
    own
}

/// Whether the innermost function with a name around a pattern is the one on these lines: what is written inside of
/// another function is no work of that one.
pub(crate) fn is_of_function(file: &CodeFile, hit: &Hit, lines: LineSpan) -> bool {
    let around =
        file.source.functions().iter().filter(|function| {
            function.lines.contains(hit.lines.first) && !function.name.ends_with("<closure>")
        });
    around
        .map(|function| function.lines)
        .min_by_key(|lines| lines.last - lines.first)
        .is_none_or(|inner| inner == lines || inner.first <= lines.first && lines.last <= inner.last)
}

fn code_file(path: &str, text: &str) -> Option<CodeFile> {
    let language = Language::of_path(path)?;
    // What does not parse is as good as absent: then rules are unsure, not wrong.
    let source = Source::parse_file(language, path, text).ok()?;
    let hits = source.hits();
    Some(CodeFile { source, language, hits, text: text.lines().map(str::to_owned).collect() })
}
