//! What is wrong with a file: a list of bounded length.

use fathom_model::Issue;

/// As many are listed; those beyond are counted.
const MOST: usize = 100;

#[derive(Default)]
pub(super) struct Issues {
    list: Vec<Issue>,
    n_more: u64,
}

impl Issues {
    pub(super) fn at(&mut self, offset: u64, message: String) {
        if self.list.len() == MOST {
            self.n_more += 1;
            return;
        }
        self.list.push(Issue::at("file", offset, message));
    }

    pub(super) fn into_list(mut self) -> Vec<Issue> {
        if self.n_more > 0 {
            self.list.push(Issue::of("file", format!("{} more records could not be read", self.n_more)));
        }
        self.list
    }
}
