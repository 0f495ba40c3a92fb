//! All units of a module, and the way from an address to its unit.

use super::budget::{Budget, Limits};
use super::debug_file::DebugFile;
use super::names::{FunctionName, NameCache};
use super::place::EntryPlace;
use super::sections::DwarfBytes;
use super::unit::Unit;
use crate::SymbolFrame;
use crate::elf::code_end;
use fathom_model::Issue;
use gimli::UnitRef;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Units that are tried for one address. Sound files have one or two; each costs a walk of the unit.
const MAX_UNITS_PER_ADDRESS: usize = 8;

/// The tables of the main file and of the one that dwz split off.
pub(super) struct Index<'a> {
    main: DebugFile<'a>,
    supplementary: Option<DebugFile<'a>>,
    ranges: Vec<UnitRange>,
    code: &'a [(u64, u64)],
    names: NameCache,
    pub(super) budget: Budget,
}

/// The answer to one address.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct DwarfFrames {
    /// Outermost function first.
    pub(crate) frames: Vec<SymbolFrame>,
    /// Whether the outermost name is a short one (`push` for `Stack::push`), so that a mangled symbol
    /// would say more.
    pub(crate) outermost_is_short: bool,
}

/// Code of one unit; `max_end` is the largest end up to and with this entry.
struct UnitRange {
    begin: u64,
    end: u64,
    max_end: u64,
    unit: u32,
}

impl<'a> Index<'a> {
    pub(super) fn new(bytes: &'a DwarfBytes, issues: &mut Vec<Issue>) -> Self {
        let budget = Budget::new(
            bytes.size("line"),
            bytes.size("ranges") + bytes.size("rnglists"),
            bytes.size("info"),
        );
        let mut main = bytes.main();
        let supplementary =
            bytes.supplementary().map(|dwarf| DebugFile::new(dwarf, "supplementary .debug_info", issues));
        if let Some(supplementary) = bytes.supplementary() {
            main.set_sup(supplementary);
        }
        let main = DebugFile::new(main, ".debug_info", issues);
        let mut index = Self {
            main,
            supplementary,
            ranges: Vec::new(),
            code: &bytes.code,
            names: NameCache::default(),
            budget,
        };
        index.collect_ranges(issues);
        index
    }

    /// Ranges from `.debug_aranges` for the units it lists, else from the unit's root entry, else from
    /// its line table.
    fn collect_ranges(&mut self, issues: &mut Vec<Issue>) {
        let (main, limits) = (&self.main, self.limits());
        let mut ranges = Vec::new();
        let mut push = |unit: usize, begin: u64, end: u64| {
            if begin < end && code_end(limits.code, begin).is_some() {
                ranges.push(UnitRange { begin, end, max_end: 0, unit: unit as u32 });
            }
        };
        let mut listed = BTreeSet::new();
        let mut headers = main.dwarf.debug_aranges.headers();
        while let Ok(Some(header)) = headers.next() {
            let Ok(unit) = main.units.binary_search_by_key(&header.debug_info_offset().0, |unit| unit.offset)
            else {
                continue;
            };
            let mut entries = header.entries();
            while let Ok(Some(entry)) = entries.next_raw() {
                if let Ok(Some(entry)) = entries.convert_raw(entry) {
                    push(unit, entry.range().begin, entry.range().end);
                    listed.insert(unit);
                }
            }
        }
        let (mut n_damaged, mut n_split) = (0, 0);
        for at in 0..main.units.len() {
            let kind = main.units[at].header.type_();
            if listed.contains(&at) || matches!(kind, gimli::UnitType::Partial) {
                // Before version 5 only the root entry tells; the first unit stands for all.
                let is_split = matches!(kind, gimli::UnitType::Skeleton(_))
                    || at == 0 && main.unit(0).is_some_and(|unit| unit.is_skeleton);
                n_split += usize::from(is_split);
                continue;
            }
            let Some(unit) = main.unit(at) else {
                n_damaged += 1;
                continue;
            };
            n_split += usize::from(unit.is_skeleton);
            let mut has_ranges = false;
            unit.for_each_range(&main.dwarf, limits, |begin, end| {
                has_ranges = true;
                push(at, begin, end);
            });
            if !has_ranges && let Some(lines) = unit.lines(&main.dwarf, limits) {
                lines.ranges().for_each(|(begin, end)| push(at, begin, end));
            }
        }
        if n_damaged > 0 {
            issues.push(Issue::of(
                ".debug_info",
                format!("{n_damaged} of {} units are damaged and left out", main.units.len()),
            ));
        }
        if n_split > 0 {
            issues.push(Issue::of(".debug_info", format!("{n_split} or more units keep their functions in .dwo files, which are not read: no inlined functions there")));
        }
        ranges.sort_unstable_by_key(|range| (range.begin, range.end, range.unit));
        ranges.iter_mut().fold(0, |max_end: u64, range| {
            range.max_end = max_end.max(range.end);
            range.max_end
        });
        self.ranges = ranges;
    }

    pub(super) fn lookup(&self, address: u64) -> DwarfFrames {
        if code_end(self.code, address).is_none() {
            return DwarfFrames::default();
        }
        let mut location_only = None;
        let mut tried: Vec<u32> = Vec::new();
        let after = self.ranges.partition_point(|range| range.begin <= address);
        for range in self.ranges[..after].iter().rev().take_while(|range| range.max_end > address) {
            if address >= range.end || tried.contains(&range.unit) {
                continue;
            }
            if tried.len() == MAX_UNITS_PER_ADDRESS {
                break;
            }
            tried.push(range.unit);
            let Some(unit) = self.main.unit(range.unit as usize) else { continue };
            let frames = self.lookup_in(unit, address);
            if frames.frames.iter().any(|frame| frame.function.is_some()) {
                return frames;
            }
            if location_only.is_none() && !frames.frames.is_empty() {
                location_only = Some(frames);
            }
        }
        location_only.unwrap_or_default()
    }

    fn lookup_in(&self, parsed: &Unit<'a>, address: u64) -> DwarfFrames {
        let dwarf = &self.main.dwarf;
        let unit = UnitRef::new(dwarf, &parsed.unit);
        let lines = parsed.lines(dwarf, self.limits());
        let location = lines.and_then(|lines| lines.find(unit, address));
        let function = parsed.functions(dwarf, self.limits()).find(address);
        let Some(function) = function else {
            let frames = location.map(|location| SymbolFrame {
                file: location.file.as_deref().map(str::to_owned),
                line: location.line,
                column: location.column,
                ..SymbolFrame::default()
            });
            return DwarfFrames { frames: frames.into_iter().collect(), outermost_is_short: false };
        };
        let mut frames = Vec::new();
        let outermost = function.place(unit).map(|place| self.name(place));
        let outermost_is_short = outermost.as_ref().is_some_and(|name| name.is_short);
        let mut current = SymbolFrame::default();
        if let Some(name) = outermost {
            current.function = name.name.clone();
            current.function_start_line = name.start_line;
        }
        for call in function.inlined_at(unit, address, self.limits()) {
            current.file =
                call.call_file.and_then(|number| lines?.file(unit, number)).as_deref().map(str::to_owned);
            (current.line, current.column) = (call.call_line, call.call_column);
            frames.push(current);
            let name = self.name(call.callee);
            current = SymbolFrame {
                function: name.name.clone(),
                function_start_line: name.start_line,
                inlined: true,
                ..SymbolFrame::default()
            };
        }
        if let Some(location) = location {
            current.file = location.file.as_deref().map(str::to_owned);
            (current.line, current.column) = (location.line, location.column);
        }
        frames.push(current);
        DwarfFrames { frames, outermost_is_short }
    }

    fn limits(&self) -> Limits<'_> {
        Limits { code: self.code, budget: &self.budget }
    }

    fn name(&self, place: EntryPlace) -> Arc<FunctionName> {
        self.names.get(place, &self.main, self.supplementary.as_ref())
    }
}
