//! A finding as a rule makes it: claims and reasons. The engine adds shares, rank and the words that follow the grade.

use fathom_model::{Effort, EvidenceLine, GoalMetric, Grade, Impact, Model, Risk, Severity};

use crate::ledger::Claim;
use crate::place::Place;

/// A finding without its numbers.
#[derive(Clone, Debug)]
pub struct Draft {
    /// One line: what, and where as far as the words need it; without shares.
    pub title: String,
    /// What it rests on.
    pub grade: Grade,
    /// The stacks that it explains.
    pub claim: Claim,
    /// What `claim` is measured in; `None` for the goal.
    pub metric: Option<GoalMetric>,
    /// The impact, where `claim` cannot give it: a share of something else than the goal, which `assumptions` name.
    pub measured: Option<Impact>,
    /// Where.
    pub place: Option<Place>,
    /// Further places of the same cause.
    pub also_at: Vec<Place>,
    /// Where the number of the estimate comes from.
    pub model: Model,
    /// What part of the claim can go at most: 1 unless something is known about what replaces it.
    pub removable: f64,
    /// Stacks that are not counted for the finding and may go with it.
    pub beside: Option<Claim>,
    /// Whether all that the loop around does may go with it, and not only its own instructions.
    pub is_whole_loop: bool,
    /// What has to hold for the estimate.
    pub assumptions: Vec<String>,
    /// Why this is known.
    pub evidence: Vec<EvidenceLine>,
    /// The cause as a plain clause: "`ids` is a list, and each look-up walks it". The grade adds how sure that is.
    pub cause: String,
    /// What else it could be.
    pub alternatives: Vec<String>,
    /// What to do, first things first.
    pub advice: Vec<String>,
    /// Work, if it differs from what the rule says.
    pub effort: Option<Effort>,
    /// Risk, if it differs from what the rule says.
    pub risk: Option<Risk>,
    /// Severity never above this.
    pub at_most_severe: Option<Severity>,
    /// Severity of what endangers the program, whatever its share.
    pub availability: Option<Severity>,
    /// What identifies the cause beside the place: callee, lock, query.
    pub subject: String,
}

impl Draft {
    /// A finding at a place, which claims the place's stacks.
    pub fn at(place: &Place, title: impl Into<String>, grade: Grade) -> Self {
        let mut draft = Self::of(place.claim.clone(), title, grade);
        draft.place = Some(place.clone());
        draft.subject = place.mechanism.clone();
        draft
    }

    /// A finding about stacks wherever they are.
    pub fn of(claim: Claim, title: impl Into<String>, grade: Grade) -> Self {
        Self {
            title: title.into(),
            grade,
            claim,
            metric: None,
            measured: None,
            place: None,
            also_at: Vec::new(),
            model: Model::AmdahlBound,
            removable: 1.0,
            beside: None,
            is_whole_loop: false,
            assumptions: Vec::new(),
            evidence: Vec::new(),
            cause: String::new(),
            alternatives: Vec::new(),
            advice: Vec::new(),
            effort: None,
            risk: None,
            at_most_severe: None,
            availability: None,
            subject: String::new(),
        }
    }

    /// Adds the cause.
    pub fn cause(mut self, clause: impl Into<String>) -> Self {
        self.cause = clause.into();
        self
    }

    /// Adds an observation and who made it.
    pub fn evidence(mut self, source: &str, claim: impl Into<String>) -> Self {
        self.evidence.push(EvidenceLine { claim: claim.into(), source: source.to_owned() });
        self
    }

    /// Adds a step to take.
    pub fn advice(mut self, step: impl Into<String>) -> Self {
        self.advice.push(step.into());
        self
    }

    /// Adds what else it could be.
    pub fn alternative(mut self, text: impl Into<String>) -> Self {
        self.alternatives.push(text.into());
        self
    }

    /// Says where the estimate comes from.
    pub fn model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    /// Says what has to hold for the estimate.
    pub fn assuming(mut self, text: impl Into<String>) -> Self {
        self.assumptions.push(text.into());
        self
    }

    /// Severity never above this.
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.at_most_severe = Some(severity);
        self
    }
}
