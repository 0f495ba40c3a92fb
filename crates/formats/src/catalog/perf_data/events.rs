//! The events of a file: which one a record is of, and what its samples measure.

use super::attribute::Attribute;
use super::fields::Fields;
use crate::builder::RecordingBuilder;
use fathom_model::{Signal, Unit};
use hashbrown::HashMap;

#[derive(Default)]
pub(super) struct Events {
    attributes: Vec<Attribute>,
    by_id: HashMap<u64, usize>,
    /// Given out with the first sample of an event; the inner `None`: all columns are taken.
    signals: HashMap<usize, Option<Signal>>,
    has_clock: bool,
    has_plain: bool,
}

impl Events {
    pub(super) fn add(&mut self, attribute: Attribute, ids: &[u64]) {
        self.by_id.extend(ids.iter().map(|id| (*id, self.attributes.len())));
        self.attributes.push(attribute);
    }

    /// Names by id, or by their order where an event has none.
    pub(super) fn name_all(&mut self, names: Vec<(String, Vec<u64>)>) {
        for (at, (name, ids)) in names.into_iter().enumerate() {
            let event = ids.iter().find_map(|id| self.by_id.get(id).copied()).unwrap_or(at);
            if let Some(attribute) = self.attributes.get_mut(event) {
                attribute.name = Some(name);
            }
        }
    }

    pub(super) fn name(&mut self, id: u64, name: &str) {
        if let Some(attribute) = self.by_id.get(&id).and_then(|at| self.attributes.get_mut(*at)) {
            attribute.name = Some(name.to_owned());
        }
    }

    pub(super) fn attribute(&self, event: usize) -> Option<&Attribute> {
        self.attributes.get(event)
    }

    /// The event of a sample: all of a file have their id at the same place, if there are several.
    pub(super) fn of_sample(&self, body: &[u8], is_big: bool) -> Option<usize> {
        self.of(|attribute| attribute.id_offset(), body, is_big)
    }

    /// The event of another record.
    pub(super) fn of_other(&self, body: &[u8], is_big: bool) -> Option<usize> {
        self.of(|attribute| body.len().checked_sub(attribute.id_offset_from_end()?), body, is_big)
    }

    fn of(&self, offset: impl Fn(&Attribute) -> Option<usize>, body: &[u8], is_big: bool) -> Option<usize> {
        let first = self.attributes.first()?;
        if self.attributes.len() == 1 {
            return Some(0);
        }
        let id = offset(first).and_then(|at| Fields::new(body.get(at..)?, is_big).u64());
        // Records that perf makes itself have no id; they are laid out as those of the first event.
        Some(id.and_then(|id| self.by_id.get(&id).copied()).unwrap_or(0))
    }

    /// What the samples of an event measure. One clock is the CPU time: two measure the same time twice.
    pub(super) fn signal(
        &mut self,
        event: usize,
        has_period: bool,
        builder: &mut RecordingBuilder,
    ) -> Option<Signal> {
        if let Some(signal) = self.signals.get(&event) {
            return *signal;
        }
        let attribute = self.attributes.get(event)?;
        let signal = match has_period {
            true if attribute.is_cpu_clock() && !self.has_clock => {
                self.has_clock = true;
                Some(Signal::Cpu)
            }
            true if attribute.is_cpu_clock() => builder.column(&attribute.name(), Unit::Nanoseconds),
            false if !self.has_plain => {
                self.has_plain = true;
                Some(Signal::Samples)
            }
            _ => builder.column(&attribute.name(), Unit::Count),
        };
        self.signals.insert(event, signal);
        signal
    }
}
