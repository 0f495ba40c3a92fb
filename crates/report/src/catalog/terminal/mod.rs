//! The summary on one screen: where the time went, top functions, top waits, threads, quality, what to do next.
//!
//! Width and colour are options; every colour repeats what a word or a sign says.

mod findings;
mod foot;
mod head;
mod imported;
mod page;
mod runtime;
mod signals;
mod tables;
mod task_waits;

use fathom_model::Recording;

pub(crate) use crate::catalog::terminal::page::Page;
use crate::facts::facts_of_pages;
use crate::output::{Options, Output};

/// The `terminal` output.
pub(crate) struct Terminal;

impl Output for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn summary(&self) -> &'static str {
        "a summary on one screen"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let facts = facts_of_pages(recording);
        let mut page = Page::new(options);
        if facts.meta.imported.is_some() {
            imported::imported(&facts, options.judgement.as_ref(), &mut page, &options.recording_name);
            return page.text;
        }
        head::head(&facts, &mut page);
        head::time(&facts, &mut page);
        if let Some(judgement) = &options.judgement {
            findings::findings(judgement, &mut page);
        }
        tables::functions(&facts, &mut page);
        tables::waits(&facts, &mut page);
        task_waits::task_waits(&facts, &mut page);
        signals::signals(&facts, &mut page);
        runtime::runtime(&facts, &mut page);
        tables::threads(&facts, &mut page);
        foot::resources(&facts, &mut page);
        foot::quality(&facts, &mut page);
        foot::collectors(&facts, &mut page);
        foot::next(&facts, &mut page, &options.recording_name);
        page.text
    }
}
