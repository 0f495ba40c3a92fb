//! `fathom explain [RULE]`: what a rule looks for, how it measures it, and when it is wrong.

use crate::destination;
use crate::failure::Failure;
use fathom_rules::{RuleInfo, find_rule, page, rules};
use std::process::ExitCode;

/// Explain a rule: what it finds, how it is measured, when it is wrong, what to do
///
/// Without a rule, all rules with one line each.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom explain
  fathom explain cpu/linear-search-in-loop
  fathom explain linear-search-in-loop")]
pub(crate) struct Explain {
    /// A rule as findings name it; the part behind the slash is enough
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

impl Explain {
    /// Prints the page of one rule, or the list of all.
    ///
    /// # Errors
    /// There is no such rule, or stdout cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let text = match &self.rule {
            Some(name) => page(named(name)?),
            None => list(),
        };
        destination::print(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn named(name: &str) -> Result<&'static RuleInfo, Failure> {
    let name = name.trim_end_matches(".md");
    let by_last_part = || rules().find(|rule| rule.info().name() == name);
    find_rule(name).or_else(by_last_part).map(|rule| rule.info()).ok_or_else(|| {
        let near = rules().map(|rule| rule.info().id).filter(|id| id.contains(name)).take(3);
        let near: Vec<&str> = near.collect();
        let near = if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) };
        Failure::new(format!("there is no rule `{name}`{near}")).hint("fathom explain")
    })
}

fn list() -> String {
    let width = rules().map(|rule| rule.info().id.len()).max().unwrap_or(0);
    rules().map(|rule| format!("{:width$}  {}\n", rule.info().id, rule.info().summary)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_behind_the_slash_is_enough() {
        assert_eq!(named("linear-search-in-loop").unwrap().id, "cpu/linear-search-in-loop");
        let Err(Failure::Error { message, .. }) = named("linear") else { panic!("found") };
        assert_eq!(message, "there is no rule `linear`; there is cpu/linear-search-in-loop");
    }
}
