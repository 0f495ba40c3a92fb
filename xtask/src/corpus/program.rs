//! The programs: where they are, and how names and constants are changed before they run.

use crate::workspace;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Stands at the end of the line that a finding has to name.
pub(super) const PLANTED: &str = "@planted";
/// Begins a line that says how to change and build the program: `names`, `numbers`, `build`, `needs`, `arguments`.
const SETTING: &str = "corpus:";

/// Words for names; no rule may know one of them.
const WORDS: &[&str] = &[
    "amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbor", "inlet", "juniper", "karst",
    "lagoon", "meadow", "nectar", "oasis", "prairie", "quarry", "ridge", "summit", "tundra", "upland",
    "valley", "willow", "yarrow", "zephyr", "brook", "canyon", "dune", "estuary", "forest", "glacier",
    "heath", "island", "jetty", "knoll", "ledge", "marsh", "orchard", "pebble", "reef",
];

/// A folder of programs.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Id of the rule.
    pub(super) rule: String,
    /// The folder's name: `python`, `cpp` ...
    pub(super) language: String,
    folder: PathBuf,
    extension: String,
}

/// One of the programs of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Variant {
    /// Has the cause.
    Bug,
    /// The same without it.
    Twin,
    /// Looks like it and is fine.
    Trap,
}

impl Variant {
    pub(super) const ALL: &[Self] = &[Self::Bug, Self::Twin, Self::Trap];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bug => "bug",
            Self::Twin => "twin",
            Self::Trap => "trap",
        }
    }
}

/// A program with other names and constants, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// Name of its file.
    pub(super) file: String,
    /// Its text; lines are where they were.
    pub(super) text: String,
    /// The lines that a finding has to name, from 1.
    pub(super) planted: Vec<u32>,
    /// Settings by name.
    pub(super) settings: BTreeMap<String, String>,
}

/// Every case, by rule and language.
pub(super) fn cases() -> Result<Vec<Case>> {
    let root = workspace::root().join("corpus/programs");
    let mut cases = Vec::new();
    for topic in folders(&root)? {
        for rule in folders(&root.join(&topic))? {
            for language in folders(&root.join(&topic).join(&rule))? {
                let folder = root.join(&topic).join(&rule).join(&language);
                let extension = std::fs::read_dir(&folder)?
                    .flatten()
                    .filter_map(|entry| Some(entry.file_name().to_str()?.strip_prefix("bug.")?.to_owned()))
                    .next()
                    .with_context(|| format!("{} has no bug.*", folder.display()))?;
                cases.push(Case { rule: format!("{topic}/{rule}"), language, folder, extension });
            }
        }
    }
    Ok(cases)
}

fn folders(path: &std::path::Path) -> Result<Vec<String>> {
    let Ok(entries) = std::fs::read_dir(path) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort_unstable();
    Ok(names)
}

impl Case {
    /// `topic/rule/language`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.rule, self.language)
    }

    pub(super) fn path(&self, variant: Variant) -> PathBuf {
        self.folder.join(format!("{}.{}", variant.name(), self.extension))
    }

    pub(super) fn text(&self, variant: Variant) -> Result<String> {
        let path = self.path(variant);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Variants that are there: a trap may be missing where none is plausible.
    pub(super) fn variants(&self) -> Vec<Variant> {
        Variant::ALL.iter().copied().filter(|variant| self.path(*variant).is_file()).collect()
    }

    /// Changes names and constants. The same seed gives the bug and its twin the same ones.
    pub(super) fn prepare(&self, variant: Variant, seed: u64) -> Result<Prepared> {
        let text = self.text(variant)?;
        let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
        let mut settings = BTreeMap::new();
        let mut planted = Vec::new();
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if let Some((_, rest)) = line.split_once(SETTING) {
                let rest = rest.trim_end_matches("*/");
                if let Some((name, value)) = rest.split_once('=') {
                    settings.insert(name.trim().to_owned(), value.trim().to_owned());
                }
                lines.push(String::new());
            } else if let Some((code, _)) = line.split_once(PLANTED) {
                planted.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
                let code = code.trim_end().trim_end_matches(['#', '/', '*']).trim_end();
                lines.push(code.to_owned());
            } else {
                lines.push(line.to_owned());
            }
        }
        let mut text = lines.join("\n") + "\n";
        let given = |name: &str| settings.get(name).map_or("", String::as_str).split_whitespace();
        let mut words: Vec<&str> = WORDS.to_vec();
        let mut file = format!("{}.{}", random.word(&mut words), self.extension);
        for name in given("names") {
            let other = like(name, &[random.word(&mut words), random.word(&mut words)]);
            text = replace_word(&text, name, &other);
            // Java's files are called after their class.
            if self.extension == "java" && settings.get("class").map(String::as_str) == Some(name) {
                file = format!("{other}.java");
            }
        }
        for number in given("numbers") {
            let value: u64 =
                number.replace('_', "").parse().with_context(|| format!("{number} is no number"))?;
            // Up to a twentieth away: the cost stays what it is.
            let other = value * (950 + random.next() % 101) / 1000;
            text = replace_word(&text, number, &other.max(1).to_string());
        }
        Ok(Prepared { file, text, planted, settings })
    }
}

/// Two words in the style of a name: `find_user` → `cedar_ridge`, `findUser` → `cedarRidge`, `User` → `CedarRidge`.
fn like(name: &str, words: &[&str]) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    if name.chars().all(|c| !c.is_lowercase()) {
        return words.join("_").to_uppercase();
    }
    if name.contains('_') || !name.contains(char::is_uppercase) {
        return words.join("_");
    }
    let starts_large = name.starts_with(char::is_uppercase);
    let parts = words.iter().enumerate();
    parts.map(|(at, word)| if at > 0 || starts_large { capital(word) } else { (*word).to_owned() }).collect()
}

/// Replaces a word where it stands alone.
fn replace_word(text: &str, word: &str, other: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let before = rest[..at].chars().next_back().or(out.chars().next_back().filter(|_| at == 0));
        let behind = rest[at + word.len()..].chars().next();
        out.push_str(&rest[..at]);
        let alone = !before.is_some_and(is_part) && !behind.is_some_and(is_part);
        out.push_str(if alone { other } else { word });
        rest = &rest[at + word.len()..];
    }
    out + rest
}

/// A generator with a seed (xorshift64*, S. Vigna, 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A word that was not taken before.
    fn word<'a>(&mut self, words: &mut Vec<&'a str>) -> &'a str {
        if words.is_empty() {
            *words = WORDS.to_vec();
        }
        let at = usize::try_from(self.next()).unwrap_or(0) % words.len();
        words.swap_remove(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_replaced_where_they_stand_alone() {
        assert_eq!(replace_word("ids = my_ids + ids.x(ids)", "ids", "q"), "q = my_ids + q.x(q)");
        assert_eq!(replace_word("aa a a", "a", "b"), "aa b b");
    }

    #[test]
    fn names_keep_their_style() {
        let words = ["cedar", "ridge"];
        assert_eq!(like("find_user", &words), "cedar_ridge");
        assert_eq!(like("findUser", &words), "cedarRidge");
        assert_eq!(like("User", &words), "CedarRidge");
        assert_eq!(like("LIMIT", &words), "CEDAR_RIDGE");
    }
}
