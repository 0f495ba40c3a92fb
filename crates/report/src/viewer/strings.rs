//! The table of strings: every name once, long ones cut.

use std::collections::HashMap;

use crate::text::plain;

/// Names are kept whole up to here; a longer one is no name that anybody reads.
const LONGEST_NAME: usize = 64 << 10;
/// Where names are cut if all of them together take too much.
const CUTS: [usize; 5] = [4096, 1024, 256, 128, 64];

/// Strings by number; the first is empty.
pub(crate) struct Strings {
    list: Vec<String>,
    known: HashMap<String, u32>,
    longest: usize,
}

impl Strings {
    pub(crate) fn new(longest: usize) -> Self {
        Self { list: vec![String::new()], known: HashMap::from([(String::new(), 0)]), longest }
    }

    /// A name of the target, without what acts on a screen, and cut.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        let name = cut(&plain(name), self.longest);
        self.add(name)
    }

    /// Text as it is.
    pub(crate) fn add(&mut self, text: String) -> u32 {
        if let Some(&known) = self.known.get(&text) {
            return known;
        }
        let id = self.list.len() as u32;
        self.list.push(text.clone());
        self.known.insert(text, id);
        id
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(String::as_str)
    }
}

/// Bytes at which names are cut so that all of them take about `budget`.
pub(crate) fn longest_name<'a>(names: impl Iterator<Item = &'a str> + Clone, budget: usize) -> usize {
    let fits = |longest: &usize| {
        names.clone().fold(0_usize, |sum, name| sum.saturating_add(name.len().min(*longest))) <= budget
    };
    std::iter::once(LONGEST_NAME).chain(CUTS).find(fits).unwrap_or(CUTS[CUTS.len() - 1])
}

fn cut(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let mut end = longest;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters() {
        let mut strings = Strings::new(5);
        let ids = [strings.name("éééé"), strings.name("a\u{202e}b"), strings.name(""), strings.name("éééé")];
        assert_eq!(ids, [1, 2, 0, 1]);
        assert_eq!(strings.iter().collect::<Vec<_>>(), ["", "éé…", "a·b"]);
    }

    #[test]
    fn many_names_are_cut_shorter_than_few() {
        let name = "n".repeat(2_000);
        let names = |count| std::iter::repeat_n(name.as_str(), count);
        assert_eq!(longest_name(names(10), 100_000), LONGEST_NAME);
        assert_eq!(longest_name(names(90), 100_000), 1024);
        assert_eq!(longest_name(names(1_000_000), 100_000), 64);
    }
}
