//! Every output, in alphabetical order. To add one, add a file and a line here.

mod html;
mod json;
mod markdown;
mod sarif;
mod svg;
mod terminal;

pub use html::{ViewerPage, viewer_page};

use crate::output::Output;

pub(crate) use markdown::{Page as MarkdownPage, code, escape};
pub(crate) use terminal::Page;

/// All outputs.
pub const OUTPUTS: &[&dyn Output] =
    &[&html::Html, &json::Json, &markdown::Markdown, &sarif::Sarif, &svg::Svg, &terminal::Terminal];

/// The output with this name or extension.
pub fn find_output(name: &str) -> Option<&'static dyn Output> {
    OUTPUTS.iter().copied().find(|output| output.name() == name || output.extension() == name)
}
