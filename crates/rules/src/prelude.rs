//! What every rule uses.

pub(crate) use crate::context::Context;
pub(crate) use crate::draft::Draft;
pub(crate) use crate::mechanism::{Mechanism, Seen};
pub(crate) use crate::place::Place;
pub(crate) use crate::rule::{Describe, Rule, Verdict, declare_rule};
pub(crate) use crate::threshold::threshold;
pub(crate) use crate::words;
pub(crate) use fathom_model::{Grade, Model, Severity, Signal};
