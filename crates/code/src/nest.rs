//! The loops around a line, and how their work grows with what they walk.

use crate::model::{LoopKind, Source};

/// The loops around a line, within its function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoopNest {
    /// Numbers of the loops in [`Source::loops`], outermost first.
    pub loops: Vec<usize>,
    /// How many of them may make many rounds.
    pub degree: u32,
    /// How the work grows: `O(n)`, `O(n^2)` for the same thing walked twice, `O(n*m)` for two things.
    pub order: String,
    /// What is walked, outermost first; each `n`, `m`, … of the order is the next of these.
    pub over: Vec<String>,
    /// Whether the number of rounds of each loop is told by what it walks: not so for `while`.
    pub is_exact: bool,
}

/// Names of sizes; whoever nests more loops over different things gets the number of loops as the power of one.
const SIZES: [&str; 4] = ["n", "m", "k", "l"];

impl Source {
    /// The loops around a line within its function; nothing if there are none.
    pub fn loop_nest_at(&self, line: u32) -> Option<LoopNest> {
        let containing = (0..self.loops.len()).filter(|&at| self.loops[at].lines.contains(line));
        // Loops stand behind those around them: of two on the same line the later one is the inner one.
        let innermost = containing.max_by_key(|&at| (self.loops_around(Some(at)).count(), at))?;
        let mut loops: Vec<usize> = self.loops_around(Some(innermost)).map(|(number, _)| number).collect();
        loops.reverse();
        let counted: Vec<usize> = loops.iter().copied().filter(|&at| !self.loops[at].is_small).collect();
        let mut over: Vec<String> = Vec::new();
        let mut powers: Vec<u32> = Vec::new();
        for &at in &counted {
            let walked = &self.loops[at].over;
            match over.iter().position(|known| known == walked) {
                Some(known) => powers[known] += 1,
                None => {
                    over.push(walked.clone());
                    powers.push(1);
                }
            }
        }
        let degree = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        Some(LoopNest {
            is_exact: counted.iter().all(|&at| self.loops[at].kind != LoopKind::While),
            order: order(&powers, degree),
            degree,
            over,
            loops,
        })
    }
}

fn order(powers: &[u32], degree: u32) -> String {
    let power = |size: &str, power: u32| {
        if power == 1 { size.to_owned() } else { format!("{size}^{power}") }
    };
    if degree == 0 {
        return "O(1)".to_owned();
    }
    if powers.len() > SIZES.len() {
        return format!("O({})", power("n", degree));
    }
    let factors: Vec<String> = SIZES.iter().zip(powers).map(|(size, &times)| power(size, times)).collect();
    format!("O({})", factors.join("*"))
}
