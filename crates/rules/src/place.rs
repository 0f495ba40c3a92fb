//! Places in the program's own code that pay for something, and the way there.

use std::collections::{BTreeMap, HashMap};

use fathom_analysis::{FunctionId, Share};
use fathom_code::Language;
use fathom_model::{FrameId, Location, PathStep};

use crate::context::Context;
use crate::ledger::{Claim, Ledger};

/// Functions on the way that are shown: the reader knows the program.
const LONGEST_PATH: usize = 8;
/// Places below this share are never shown with their path.
const LEAST_SHARE_WITH_PATH: f64 = 0.005;
/// Stacks of a place that are asked for the way there, the heaviest first.
const MOST_STACKS_OF_PATH: usize = 2_000;

/// A line of a function, and what it pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub location: Location,
    /// The function.
    pub function: FunctionId,
    /// Whether it is the program's own code; if not, no own code is on the way.
    pub is_own: bool,
    /// Language of the source file.
    pub language: Option<Language>,
    /// Value in the ledger that was asked.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u64,
    /// Its share of that ledger.
    pub share: Share,
    /// The stacks.
    pub claim: Claim,
    /// The function that does the work for it, by plain name: the costliest.
    pub mechanism: String,
    /// How the program gets there.
    pub path: Vec<PathStep>,
}

impl Place {
    /// `file.py:12`, or the function where no line is known.
    pub fn words(&self) -> String {
        match (&self.location.file, self.location.line) {
            (Some(file), Some(line)) => format!("{}:{line}", last_parts(file)),
            _ => format!("`{}`", self.location.function),
        }
    }
}

/// The last two parts of a path: enough to recognise a file.
fn last_parts(path: &str) -> &str {
    let mut slashes = path.rmatch_indices('/');
    slashes.next();
    slashes.next().map_or(path, |(at, _)| &path[at + 1..])
}

/// What passes through some functions, by place.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Sum.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u64,
    /// Share of the ledger.
    pub share: Share,
    /// The stacks.
    pub claim: Claim,
    /// By line of own code, the costliest first.
    pub places: Vec<Place>,
}

#[cfg(test)]
impl Place {
    /// A place without stacks, for tests.
    pub(crate) fn none() -> Self {
        Self {
            location: Location::default(),
            function: FunctionId::UNKNOWN,
            is_own: true,
            language: None,
            value: 0,
            n: 0,
            share: Share::default(),
            claim: Claim::default(),
            mechanism: String::new(),
            path: Vec::new(),
        }
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
        let line = cx.recording.frames.get(frame.index()).and_then(|frame| frame.line);
        let group = groups.entry((cx.index.of_frame(frame), line.filter(|line| *line > 0))).or_default();
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
