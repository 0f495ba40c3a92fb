//! From marshalled values to functions and a call graph.

use super::marshal::{Reader, Value};
use crate::call_graph::CallGraph;
use crate::notes::Notes;
use fathom_model::Issue;
use std::collections::HashMap;
use std::rc::Rc;

/// Nanoseconds beyond this are no measurement.
const MOST_NANOS: f64 = 9.0e18;

pub(super) struct Function {
    pub(super) file: Rc<str>,
    pub(super) line: u32,
    pub(super) name: Rc<str>,
}

#[derive(Default)]
pub(super) struct Stats {
    pub(super) functions: Vec<Function>,
    pub(super) graph: CallGraph,
    /// Calls by caller (none: not known) and callee.
    pub(super) calls: Vec<(Option<usize>, usize, i64)>,
    positions: HashMap<(Rc<str>, i64, Rc<str>), usize>,
    /// Callers that may still be taken: each is a byte of the file at least. Only one whose values refer to the same
    /// callers again and again has more of them.
    callers_left: usize,
}

pub(super) fn decode(bytes: &[u8]) -> (Stats, Vec<Issue>) {
    let mut notes = Notes::new(super::FORMAT.name);
    let mut stats = Stats { callers_left: bytes.len(), ..Stats::default() };
    let mut reader = Reader::new(bytes);
    if let Err(damage) = entries(&mut reader, &mut stats, &mut notes) {
        notes.say_at(damage.at as u64, "damage", || damage.message);
    }
    (stats, notes.finish())
}

fn entries(
    reader: &mut Reader<'_>,
    stats: &mut Stats,
    notes: &mut Notes,
) -> Result<(), super::marshal::Damage> {
    reader.enter()?;
    loop {
        let at = reader.at as u64;
        let Some(key) = reader.value()? else { return Ok(()) };
        let Some(value) = reader.value()? else { return Ok(()) };
        let Some(function) = stats.position(&key) else {
            notes.say_at(at, "keys that are no functions", || "a key is not (file, line, name)".into());
            continue;
        };
        if stats.entry(function, &value, at, notes).is_none() {
            notes.say_at(at, "values that are no statistics", || {
                "a value is not (primitive calls, calls, own seconds, total seconds, callers)".into()
            });
        }
    }
}

impl Stats {
    /// The position of a function, added if it is new.
    fn position(&mut self, key: &Value) -> Option<usize> {
        let Value::Tuple(parts) = key else { return None };
        let [Value::Text(file), Value::Whole(line), Value::Text(name)] = &**parts else { return None };
        let next = self.functions.len();
        let position = *self.positions.entry((Rc::clone(file), *line, Rc::clone(name))).or_insert(next);
        if position == next {
            let line = u32::try_from(*line).unwrap_or(0);
            self.functions.push(Function { file: Rc::clone(file), line, name: Rc::clone(name) });
            self.graph.own.push(0);
            self.graph.total.push(0);
        }
        Some(position)
    }

    fn entry(&mut self, function: usize, value: &Value, at: u64, notes: &mut Notes) -> Option<()> {
        let Value::Tuple(parts) = value else { return None };
        let [_, Value::Whole(calls), own, total, Value::Dictionary(callers)] = &**parts else { return None };
        let total = nanos(total, at, notes)?;
        self.graph.own[function] = nanos(own, at, notes)?;
        self.graph.total[function] = total;
        let Some(callers_left) = self.callers_left.checked_sub(callers.len()) else {
            notes.say_at(at, "callers that are left out", || {
                let n = callers.len();
                format!("{n} callers are left out: all functions have more than the file has bytes")
            });
            return Some(());
        };
        self.callers_left = callers_left;
        let mut calls_left = *calls;
        // `profile` counts the calls of each caller, but not their time: it is split by them.
        let count =
            |value: &Value| if let Value::Whole(n) = value { u64::try_from(*n).unwrap_or(0) } else { 0 };
        let n_counted = callers.iter().fold(0_u64, |sum, (_, value)| sum.saturating_add(count(value)));
        for (key, value) in callers.iter() {
            let Some(caller) = self.position(key) else {
                notes
                    .say_at(at, "keys that are no functions", || "a caller is not (file, line, name)".into());
                continue;
            };
            let (n, edge) = match value {
                Value::Whole(n) => {
                    let part = u128::from(total) * u128::from(count(value)) / u128::from(n_counted.max(1));
                    (*n, u64::try_from(part).unwrap_or(total))
                }
                Value::Tuple(parts) => match &**parts {
                    [Value::Whole(n), _, _, edge] => (*n, nanos(edge, at, notes)?),
                    _ => return None,
                },
                _ => return None,
            };
            self.graph.edges.push((caller, function, edge));
            self.calls.push((Some(caller), function, n));
            calls_left = calls_left.saturating_sub(n);
        }
        if calls_left != 0 {
            self.calls.push((None, function, calls_left));
        }
        Some(())
    }
}

fn nanos(value: &Value, at: u64, notes: &mut Notes) -> Option<u64> {
    let seconds = match value {
        Value::Fraction(seconds) => *seconds,
        Value::Whole(seconds) => *seconds as f64,
        _ => return None,
    };
    let nanos = (seconds * 1e9).round();
    if (0.0..=MOST_NANOS).contains(&nanos) {
        return Some(nanos as u64);
    }
    notes.say_at(at, "times out of range", || {
        format!("{seconds} seconds are no time that a program runs; 0 is taken")
    });
    Some(0)
}
