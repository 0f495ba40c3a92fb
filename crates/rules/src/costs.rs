//! Who pays: what functions, lines and patterns cost, by place in the program's own code.

use std::collections::{BTreeMap, HashMap};

use fathom_analysis::FunctionId;
use fathom_code::{Hit, Language, Pattern};
use fathom_model::{FrameId, PathStep};

use crate::context::{CodeFile, Context, HotHit, NONE, is_of_function};
use crate::frame_set::FrameSet;
use crate::ledger::{Claim, Ledger};
use crate::place::{Cost, Place};

/// Functions on the way that are shown: the reader knows the program.
const LONGEST_PATH: usize = 8;

/// Places below this share are never shown with their path.
const LEAST_SHARE_WITH_PATH: f64 = 0.005;

/// Stacks of a place that are asked for the way there, the heaviest first.
const MOST_STACKS_OF_PATH: usize = 2_000;

impl Context<'_> {
    /// What passes through some functions, by the line of own code that called them.
    pub fn cost_under(&self, ledger: &Ledger, functions: &FrameSet) -> Cost {
        if functions.is_empty() {
            return Cost::default();
        }
        let nodes = self.recording.stacks.nodes();
        // The outermost of them on each stack: what it calls is part of it.
        let mut first = vec![NONE; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            let above = self.parent(at).map_or(NONE, |parent| first[parent]);
            let is_meant = || functions.has(self.index.of_frame(node.frame));
            first[at] = if above != NONE {
                above
            } else if is_meant() {
                at as u32
            } else {
                NONE
            };
        }
        cost(self, ledger, |at| {
            let found = Some(first[at]).filter(|found| *found != NONE)? as usize;
            Some((self.payer_above(found), self.index.of_frame(nodes[found].frame)))
        })
    }

    /// What passes through some functions, by the line of own code that called them, where own functions may be among
    /// them: a `clone` that is derived, a copy constructor. The innermost own function that is none of them pays.
    pub fn cost_by_caller(&self, ledger: &Ledger, functions: &FrameSet) -> Cost {
        if functions.is_empty() {
            return Cost::default();
        }
        let nodes = self.recording.stacks.nodes();
        cost(self, ledger, |at| {
            let mut found = None;
            let mut next = Some(at);
            while let Some(here) = next {
                let function = self.index.of_frame(nodes[here].frame);
                if functions.has(function) {
                    found = Some(function);
                } else if self.is_own(function) {
                    return Some((here, found?));
                }
                next = self.parent(here);
            }
            None
        })
    }

    /// What ends in some functions, by the line of own code that called them.
    pub fn cost_in(&self, ledger: &Ledger, functions: &FrameSet) -> Cost {
        let nodes = self.recording.stacks.nodes();
        cost(self, ledger, |at| {
            let function = self.index.of_frame(nodes[at].frame);
            functions.has(function).then(|| (self.payer_above(at), function))
        })
    }

    /// What own code pays that some functions call, such as those that run the callbacks of an event loop; with the
    /// function that it calls in turn.
    pub fn cost_called_by(&self, ledger: &Ledger, callers: &FrameSet) -> Cost {
        if callers.is_empty() {
            return Cost::default();
        }
        let nodes = self.recording.stacks.nodes();
        let mut is_below = vec![false; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            let parent = self.parent(at).is_some_and(|parent| is_below[parent]);
            is_below[at] = parent || callers.has(self.index.of_frame(node.frame));
        }
        cost(self, ledger, |at| {
            let own = self.own_of(at).filter(|own| is_below[*own])?;
            let mut called = at;
            while let Some(parent) = self.parent(called).filter(|parent| called != own && *parent != own) {
                called = parent;
            }
            Some((own, self.index.of_frame(nodes[called].frame)))
        })
    }

    /// What each line of own code pays, with everything it calls but other own code.
    pub fn own_lines(&self) -> &Cost {
        self.own_lines.get_or_init(|| self.own_lines_of(&self.goal_ledger))
    }

    /// The stacks of a line of own code in the goal, with everything it calls but other own code; where only its function
    /// is known, those of the function.
    pub fn line_claim(&self, place: &Place) -> Claim {
        self.line_claim_of(self.own_lines(), place)
    }

    /// The same in another currency, whose own lines are given.
    pub(crate) fn line_claim_of(&self, own_lines: &Cost, place: &Place) -> Claim {
        let has_lines = self.has_lines(place.function);
        let is_it = |line: &&Place| {
            line.function == place.function && (!has_lines || line.location.line == place.location.line)
        };
        let empty = Claim::empty(self.recording.stacks.nodes().len());
        own_lines.places.iter().filter(is_it).fold(empty, |mut claim, line| {
            claim.join(&line.claim);
            claim
        })
    }

    /// The same as [`Self::own_lines`] in another currency.
    pub fn own_lines_of(&self, ledger: &Ledger) -> Cost {
        let nodes = self.recording.stacks.nodes();
        cost(self, ledger, |at| {
            let own = self.own_of(at)?;
            Some((own, self.index.of_frame(nodes[at].frame)))
        })
    }

    /// Patterns whose lines pay at least a share of the goal (by the lower end of its interval), the costliest first.
    pub fn hot_hits(&self, patterns: &[Pattern], least_share: f64) -> Vec<HotHit<'_>> {
        let mut found: Vec<HotHit<'_>> = Vec::new();
        for (path, file) in &self.files {
            for hit in file.hits.iter().filter(|hit| patterns.contains(&hit.pattern)) {
                let place = self.place_of_lines(path, hit.lines.first, hit.lines.last);
                let place = place.or_else(|| self.place_of_function(path, file, hit));
                if let Some(place) = place.filter(|place| place.share.low >= least_share) {
                    found.push(HotHit { hit, place });
                }
            }
        }
        // Stable: hits of one cost stay in the order of files and lines.
        found.sort_by_key(|hot| std::cmp::Reverse(hot.place.value));
        found
    }

    /// What the innermost function around a pattern pays, where its lines are not known.
    fn place_of_function(&self, path: &str, file: &CodeFile, hit: &Hit) -> Option<Place> {
        let places =
            self.own_lines().places.iter().filter(|place| place.location.file.as_deref() == Some(path));
        let around = places.filter(|place| !self.has_lines(place.function)).filter_map(|place| {
            let lines = self.lines_of(place, file, place.location.line?);
            let is_inside = lines.first <= hit.lines.first && hit.lines.last <= lines.last;
            (is_inside && is_of_function(file, hit, lines)).then_some((lines, place))
        });
        let (_, place) = around.max_by_key(|(lines, _)| lines.first)?;
        Some(self.at_hit(place.clone(), Some(hit)))
    }

    /// Places of the goal as one: the first of them, with the stacks of all.
    pub(crate) fn joined<'p>(&self, mut places: impl Iterator<Item = &'p Place>) -> Option<Place> {
        let mut all = places.next()?.clone();
        places.for_each(|place| all.claim.join(&place.claim));
        all.recount(&self.goal_ledger);
        Some(all)
    }

    /// What some lines of a file pay: the costliest of them, with the stacks of all.
    pub fn place_of_lines(&self, file: &str, first: u32, last: u32) -> Option<Place> {
        let is_in = |place: &&Place| {
            place.location.file.as_deref() == Some(file)
                && place.location.line.is_some_and(|line| first <= line && line <= last)
        };
        self.joined(self.own_lines().places.iter().filter(is_in))
    }
}

/// A group of stacks while they are added up.
#[derive(Default)]
struct Group {
    value: i64,
    n: u64,
    stacks: Vec<usize>,
    /// Value by mechanism.
    mechanisms: BTreeMap<u32, i64>,
}

/// Which stacks count, and for which frame of them: `(the frame that pays, the function that works)`.
pub(crate) fn cost(
    cx: &Context<'_>,
    ledger: &Ledger,
    mut payer_of: impl FnMut(usize) -> Option<(usize, FunctionId)>,
) -> Cost {
    let nodes = cx.recording.stacks.nodes();
    let mut groups: HashMap<(FunctionId, Option<u32>), Group> = HashMap::new();
    let mut cost = Cost { claim: Claim::empty(nodes.len()), ..Cost::default() };
    for at in 0..nodes.len() {
        if ledger.values[at] == 0 && ledger.counts[at] == 0 {
            continue;
        }
        let Some((payer, mechanism)) = payer_of(at) else { continue };
        let frame = nodes[payer].frame;
        let function = cx.index.of_frame(frame);
        let group = groups.entry((function, cx.line_in(function, frame))).or_default();
        group.value = group.value.saturating_add(ledger.values[at]);
        group.n += ledger.counts[at];
        group.stacks.push(at);
        *group.mechanisms.entry(mechanism.0).or_default() += ledger.values[at];
        cost.value = cost.value.saturating_add(ledger.values[at]);
        cost.n += ledger.counts[at];
        cost.claim.add(at);
    }
    cost.share = ledger.share(cost.value);
    let mut groups: Vec<((FunctionId, Option<u32>), Group)> = groups.into_iter().collect();
    groups.sort_by(|a, b| b.1.value.cmp(&a.1.value).then(a.0.cmp(&b.0)));
    cost.places = groups.into_iter().map(|(key, group)| place(cx, ledger, key, group)).collect();
    cost
}

fn place(cx: &Context<'_>, ledger: &Ledger, key: (FunctionId, Option<u32>), group: Group) -> Place {
    let (function, line) = key;
    let mut claim = Claim::empty(cx.recording.stacks.nodes().len());
    group.stacks.iter().for_each(|at| claim.add(*at));
    let costliest = group.mechanisms.iter().max_by_key(|(id, value)| (**value, std::cmp::Reverse(**id)));
    let location = cx.location(function, line);
    let share = ledger.share(group.value);
    Place {
        function,
        is_own: cx.is_own(function),
        language: location.file.as_deref().and_then(Language::of_path),
        value: group.value,
        n: group.n,
        claim,
        mechanism: costliest.map(|(id, _)| cx.names.plain(*id as usize).to_owned()).unwrap_or_default(),
        path: if share.ratio < LEAST_SHARE_WITH_PATH {
            Vec::new()
        } else {
            path(cx, ledger, function, group.stacks)
        },
        share,
        location,
    }
}

/// The own functions on the way to a place, outermost first, each with the share of the place's value that comes
/// through it. Of several ways the costliest is shown.
fn path(cx: &Context<'_>, ledger: &Ledger, last: FunctionId, mut stacks: Vec<usize>) -> Vec<PathStep> {
    stacks.sort_by_key(|at| (std::cmp::Reverse(ledger.values[*at]), *at));
    stacks.truncate(MOST_STACKS_OF_PATH);
    let mut through: BTreeMap<FunctionId, i64> = BTreeMap::new();
    let mut whole = 0_i64;
    let mut heaviest: Option<(i64, Vec<(FunctionId, FrameId)>)> = None;
    for at in &stacks {
        let mut own = cx.own_path(*at);
        if let Some(end) = own.iter().rposition(|(function, _)| *function == last) {
            own.truncate(end + 1);
        }
        let value = ledger.values[*at];
        whole = whole.saturating_add(value);
        let mut seen: Vec<FunctionId> = own.iter().map(|(function, _)| *function).collect();
        seen.sort_unstable();
        seen.dedup();
        for function in seen {
            *through.entry(function).or_default() += value;
        }
        if heaviest.as_ref().is_none_or(|(most, _)| value > *most) {
            heaviest = Some((value, own));
        }
    }
    let mut own = heaviest.map(|(_, own)| own).unwrap_or_default();
    own.dedup_by_key(|(function, _)| *function);
    let start = own.len().saturating_sub(LONGEST_PATH);
    own.drain(..start);
    own.into_iter()
        .map(|(function, frame)| PathStep {
            location: cx
                .location(function, cx.recording.frames.get(frame.index()).and_then(|frame| frame.line)),
            share: if whole > 0 {
                through.get(&function).copied().unwrap_or_default() as f64 / whole as f64
            } else {
                0.0
            },
        })
        .collect()
}
