//! Where the own code is hottest when no other rule has an opinion about it.

use crate::prelude::*;

declare_rule! {
    /// ## What it finds
    /// The line of own code that costs most, with what it calls in libraries. It is never a finding by itself: being
    /// hot is what a program's work looks like. The line stands under "checked", so that whoever wants to look at one
    /// thing knows which.
    /// ## Why it matters
    /// If no known cause fits, the hottest line is still where a change can be worth most.
    /// ## How it is measured
    /// Samples are counted for the innermost frame of own code on their stack, by line.
    /// ## When it is wrong
    /// Inlined code without debug information counts for the line that called it.
    /// ## What to do
    /// Read the loop around the line: does each turn have to do this, and this often?
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./a
    /// thread main
    /// cpu main@src/a.c:9;mix@src/a.c:4 10s n=5000
    /// ```
    /// ## References
    /// R. Jain, "The art of computer systems performance analysis", Wiley 1991, chapter 2.
    HotFunction = "cpu/hot-function" {
        summary: "the hottest line of own code",
        effort: Medium,
        risk: Review,
        needs: [CpuSamples],
    }
}

impl Rule for HotFunction {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let own = cx.own_lines();
        let Some(place) = own.places.first() else {
            return Verdict::Clear("no sample passes through own code".to_owned());
        };
        let nest =
            cx.loops_at(place).map(|nest| format!(", inside {} over {}", nest.order, nest.over.join(", ")));
        let what = if place.location.file.is_some() && place.location.line.is_some() {
            format!("the hottest line of own code is {} in `{}`", place.words(), place.location.function)
        } else {
            format!("the hottest function of own code is `{}`", place.location.function)
        };
        Verdict::Clear(format!(
            "{what}: {} of {}{}",
            words::share(place.share),
            cx.goal.metric,
            nest.unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, judgement, standing};

    const HOT: &str = "wall 10s\ncommand ./a\nthread main\ncpu main@src/a.c:9;mix@src/a.c:4 10s n=5000";

    #[test]
    fn fires_as_a_line_to_look_at() {
        let checked = judgement(HOT, &[]).checked;
        let row = checked.iter().find(|row| row.rule == "cpu/hot-function").expect("it answers");
        assert_eq!(row.text, "the hottest line of own code is src/a.c:4 in `mix`: 100 % of wall time");
    }

    #[test]
    fn quiet_as_a_finding() {
        assert!(findings(&HotFunction, HOT, &[]).is_empty());
    }

    #[test]
    fn unsure_without_cpu_samples() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&HotFunction, waits, &[]), "unsure");
    }
}
