//! Every output, in alphabetical order. To add one, add a file and a line here.

mod json;
mod markdown;
mod svg;
mod terminal;

use crate::output::Output;

/// All outputs.
pub const OUTPUTS: &[&dyn Output] = &[&json::Json, &markdown::Markdown, &svg::Svg, &terminal::Terminal];

/// The output with this name or extension.
pub fn find_output(name: &str) -> Option<&'static dyn Output> {
    OUTPUTS.iter().copied().find(|output| output.name() == name || output.extension() == name)
}
