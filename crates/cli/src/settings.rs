//! Settings from files: the nearest `fathom.toml` up to the repository's root, over the user's own file.
//!
//! Flags and `FATHOM_*` variables stand above both; `record_options` puts all of them together.

use crate::failure::{Failure, plain};
use crate::{talk, values};
use fathom_model::Signal;
use fathom_rules::{CustomRule, HeldSettings, RuleSettings};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The name of the file in a project and in the user's folder.
const FILE_NAME: &str = "fathom.toml";

/// A `fathom.toml`. Every key may be left out; keys that are not listed are errors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How `fathom run` and `fathom attach` record.
    pub(crate) record: RecordSettings,
    /// Rules by id: whether they are asked, and their thresholds (`fathom explain RULE` lists them).
    pub(crate) rules: BTreeMap<String, RuleSettings>,
    /// Rules of the project's own.
    pub(crate) rule: Vec<CustomRule>,
    /// What measured values are held against: a preset (service, batch, interactive), and bounds of single values.
    pub(crate) thresholds: Option<HeldSettings>,
}

/// The `[record]` table.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RecordSettings {
    /// CPU samples per second and thread, 1 to 10000 (`--rate`, default 499).
    #[schemars(range(min = 1.0, max = 10_000.0))]
    pub(crate) rate: Option<f64>,
    /// Signals to record (`--signal`, default `["cpu", "off-cpu", "task-wait"]`).
    pub(crate) signals: Option<Vec<Signal>>,
    /// Whether children are recorded too (`--no-children`, default true).
    pub(crate) children: Option<bool>,
    /// What the recording may cost the target at most, in percent of its CPU time (`--max-overhead`, default 1).
    #[schemars(range(max = 100.0))]
    pub(crate) max_overhead: Option<f64>,
    /// Run nothing inside the target (`--passive`).
    pub(crate) passive: Option<bool>,
}

impl Settings {
    /// Reads the files that apply in the current directory.
    ///
    /// # Errors
    /// A file that is there cannot be read, has an unknown key, or a value that is wrong.
    pub(crate) fn load() -> Result<Self, Failure> {
        let mut settings = Self::default();
        for path in files() {
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                // XDG_CONFIG_HOME=/dev/null is a common way to have no settings.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    continue;
                }
                // HOME may be another user's after sudo -E or setpriv.
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    talk::note(&format!("{} is not read: {}", path.display(), plain(&error)));
                    continue;
                }
                Err(error) => {
                    return Err(Failure::new(format!("cannot read {}: {}", path.display(), plain(&error))));
                }
            };
            settings = Self::parse(&text, &path)?.over(settings);
        }
        Ok(settings)
    }

    /// Reads the text of one file; `path` is for messages.
    fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let settings: Self = toml::from_str(text).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            // toml speaks of fields, its users of keys.
            let message = error.message().replace("unknown field", "unknown key");
            Failure::new(format!("{}, line {line}: {message}", path.display())).hint("fathom docs settings")
        })?;
        settings.record.check().map_err(|(key, message)| {
            Failure::new(format!("{}: record.{key}: {message}", path.display())).hint("fathom docs settings")
        })?;
        if let Some(problem) = settings.of_rules().problems().into_iter().next() {
            return Err(Failure::new(format!("{}: {problem}", path.display())).hint("fathom explain"));
        }
        Ok(settings)
    }

    /// What the rules read of them.
    pub(crate) fn of_rules(&self) -> fathom_rules::Settings {
        fathom_rules::Settings {
            rules: self.rules.clone(),
            rule: self.rule.clone(),
            thresholds: self.thresholds.clone().unwrap_or_default(),
        }
    }

    /// These settings, and where they are silent, those below.
    fn over(self, below: Self) -> Self {
        let thresholds = self.thresholds.or(below.thresholds);
        let mut rules = below.rules;
        rules.extend(self.rules);
        let own: Vec<&str> = self.rule.iter().map(|rule| rule.id.as_str()).collect();
        let mut rule: Vec<CustomRule> =
            below.rule.into_iter().filter(|rule| !own.contains(&rule.id.as_str())).collect();
        rule.extend(self.rule);
        let (upper, below) = (self.record, below.record);
        Self {
            rules,
            rule,
            thresholds,
            record: RecordSettings {
                rate: upper.rate.or(below.rate),
                signals: upper.signals.or(below.signals),
                children: upper.children.or(below.children),
                max_overhead: upper.max_overhead.or(below.max_overhead),
                passive: upper.passive.or(below.passive),
            },
        }
    }
}

impl RecordSettings {
    /// The same limits as the flags have.
    fn check(&self) -> Result<(), (&'static str, String)> {
        if let Some(rate_hz) = self.rate {
            values::check_rate(rate_hz).map_err(|message| ("rate", format!("found {rate_hz}, {message}")))?;
        }
        if let Some(percent) = self.max_overhead {
            values::check_percent(percent)
                .map_err(|message| ("max-overhead", format!("found {percent}, {message}")))?;
        }
        for signal in self.signals.iter().flatten() {
            values::recorded_signal(signal.as_str())
                .map_err(|message| ("signals", format!("found {signal}, {message}")))?;
        }
        if self.signals.as_ref().is_some_and(Vec::is_empty) {
            return Err(("signals", "found an empty list, needed is at least one signal".to_owned()));
        }
        Ok(())
    }
}

/// The schema of a `fathom.toml`.
pub(crate) fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// The files that may hold settings, weakest first.
fn files() -> Vec<PathBuf> {
    let user = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .map(|folder| folder.join("fathom").join(FILE_NAME));
    let project = env::current_dir().ok().and_then(|folder| nearest(&folder));
    user.into_iter().chain(project).collect()
}

/// The nearest file from `folder` up to the repository's root. Outside of a repository only `folder` itself counts:
/// what lies in `/tmp` is not ours to obey.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let is_root = |folder: &&Path| folder.join(".git").exists();
    let n_folders = folder.ancestors().position(|folder| is_root(&folder)).map_or(1, |position| position + 1);
    folder.ancestors().take(n_folders).map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RecordSettings, String> {
        match Settings::parse(text, Path::new("fathom.toml")) {
            Ok(settings) => Ok(settings.record),
            Err(Failure::Error { message, .. }) => Err(message),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_key_is_read() {
        let all = "[record]\nrate = 99\nsignals = [\"cpu\"]\nchildren = false\nmax-overhead = 0.5\npassive = true\n";
        let expected = RecordSettings {
            rate: Some(99.0),
            signals: Some(vec![Signal::Cpu]),
            children: Some(false),
            max_overhead: Some(0.5),
            passive: Some(true),
        };
        assert_eq!(parse(all), Ok(expected));
        assert_eq!(parse(""), Ok(RecordSettings::default()));
    }

    #[test]
    fn errors_name_the_file_the_line_and_the_key() {
        let error = parse("[record]\nrate = 99\nrats = 1\n").unwrap_err();
        assert!(
            error.starts_with("fathom.toml, line 3: unknown key `rats`, expected one of `rate`"),
            "{error}"
        );
        let error = parse("[recrod]\nrate = 99\n").unwrap_err();
        assert!(error.starts_with("fathom.toml, line 1: unknown key `recrod`"), "{error}");
        let error = parse("[record]\nrate = 0\n").unwrap_err();
        assert!(error.starts_with("fathom.toml: record.rate: found 0, needed is a rate from 1"), "{error}");
        assert!(parse("[record]\nrate = \"fast\"\n").is_err());
        assert!(parse("[record]\nsignals = []\n").is_err());
        assert!(parse("[record]\nsignals = [\"net\"]\n").is_err());
        assert!(parse("not toml").is_err());
    }

    #[test]
    fn the_upper_file_wins_key_by_key() {
        let upper = Settings::parse("[record]\nrate = 99\n", Path::new("a")).unwrap();
        let below = Settings::parse("[record]\nrate = 199\nchildren = false\n", Path::new("b")).unwrap();
        let both = upper.over(below).record;
        assert_eq!((both.rate, both.children, both.signals), (Some(99.0), Some(false), None));
    }

    #[test]
    fn the_search_ends_at_the_repository_s_root() {
        let above = tempfile::tempdir().unwrap();
        let repository = above.path().join("repository");
        let deep = repository.join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(above.path().join(FILE_NAME), "").unwrap();
        assert_eq!(nearest(&deep), None);
        fs::create_dir(repository.join(".git")).unwrap();
        assert_eq!(nearest(&deep), None);
        fs::write(repository.join(FILE_NAME), "").unwrap();
        assert_eq!(nearest(&deep), Some(repository.join(FILE_NAME)));
        fs::write(deep.join(FILE_NAME), "").unwrap();
        assert_eq!(nearest(&deep), Some(deep.join(FILE_NAME)));
    }
}
