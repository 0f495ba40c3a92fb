//! A rule's documentation as one page of Markdown, from what the rule says about itself.

use std::fmt::Write;

use crate::rule::RuleInfo;

/// Heading, summary, the rule's own words, its thresholds, and how to change them.
pub fn page(info: &RuleInfo) -> String {
    let mut text = format!("# {}\n\n{}.\n\n", info.id, sentence(info.summary));
    let languages: Vec<&str> = info.languages.iter().map(|language| language.name()).collect();
    let needs: Vec<String> = info.needs.iter().map(ToString::to_string).collect();
    let all = |list: &str, empty: &str| if list.is_empty() { empty.to_owned() } else { list.to_owned() };
    let rows = [
        ("languages", all(&languages.join(", "), "all")),
        ("needs", all(&needs.join(", "), "nothing that is not always there")),
        ("versions", all(info.versions, "all")),
        ("effort, risk of its advice", format!("{}, {}", info.effort, info.risk)),
        ("asked only if this was found", all(info.parent.unwrap_or_default(), "–")),
        ("explains more than", all(&info.silences.join(", "), "–")),
    ];
    text.push_str("| | |\n| --- | --- |\n");
    // Writing to a string does not fail.
    for (name, value) in rows {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    let _ = write!(text, "\n{}\n", info.documentation().trim_end());
    text.push_str("\n## Thresholds\n\n");
    if info.thresholds.is_empty() {
        text.push_str("None of its own.\n");
    } else {
        text.push_str("| name | default | why | source |\n| --- | --- | --- | --- |\n");
        for threshold in info.thresholds {
            let reason = threshold.reason.trim();
            let _ = writeln!(
                text,
                "| {} | {} | {reason} | {} |",
                threshold.name, threshold.default, threshold.source
            );
        }
    }
    let _ = write!(
        text,
        "\n## Settings\n\n```toml\n[rules.\"{}\"]\nenabled = false        # with a reason\n",
        info.id
    );
    for threshold in info.thresholds {
        let number = match threshold.default {
            crate::rule::Quantity::Share(share) => share * 100.0,
            crate::rule::Quantity::Nanos(nanos) => nanos as f64 / 1e6,
            crate::rule::Quantity::Count(number) | crate::rule::Quantity::PerSecond(number) => number,
        };
        let _ = writeln!(text, "{} = {}", threshold.name, (number * 1000.0).round() / 1000.0);
    }
    text.push_str("```\n");
    text
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
