//! The pages of the rules: their own words, and the finding that the example in them gives.

use anyhow::{Context, Result};
use fathom_report::{Options, find_output};
use fathom_rules::{RuleInfo, Settings, example, judge, page, rules};

/// Where the pages are.
pub(super) const FOLDER: &str = "docs/rules/";

/// Path and text of every page.
pub(super) fn pages() -> Result<Vec<(String, String)>> {
    let mut pages = vec![(format!("{FOLDER}README.md"), index())];
    for rule in rules() {
        let info = rule.info();
        let text = format!("{}\n## The finding of the example\n\n{}", page(info), shown(info)?);
        pages.push((format!("{FOLDER}{}.md", info.id), text));
    }
    Ok(pages)
}

fn index() -> String {
    let mut text =
        "# Rules\n\nEach page says what a rule finds, how it is measured, when it is wrong and what to do; \
         `fathom explain RULE` prints it.\n\n| rule | what it finds |\n| --- | --- |\n"
            .to_owned();
    for rule in rules() {
        let info = rule.info();
        text += &format!("| [{0}]({0}.md) | {1} |\n", info.id, info.summary);
    }
    text
}

/// The part of the Markdown report about the finding of the rule's own example.
fn shown(info: &RuleInfo) -> Result<String> {
    let example = example(info);
    let recording = fathom_testkit::parse(&example.profile)
        .with_context(|| format!("the example of {} is no profile", info.id))?;
    let mut judgement = judge(&recording, &example.sources, &Settings::default());
    judgement.findings.retain(|finding| finding.rule == info.id);
    if judgement.findings.is_empty() {
        let checked = judgement.checked.iter().find(|row| row.rule == info.id);
        let text =
            checked.map(|row| row.text.clone()).context("the example gives neither finding nor answer")?;
        return Ok(format!("No finding, but under \"checked\": {text}.\n"));
    }
    let options = Options { judgement: Some(judgement), ..Options::default() };
    let markdown =
        find_output("markdown").context("there is no output `markdown`")?.render(&recording, &options);
    let from = markdown.find("### F-").context("the report has no finding")?;
    let rest = &markdown[from..];
    let until = rest.find("\n## ").unwrap_or(rest.len());
    Ok(rest[..until].trim_end().replacen("### ", "**", 1).replacen('\n', "**\n", 1) + "\n")
}
