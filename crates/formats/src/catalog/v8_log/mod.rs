//! The log of V8's sampler (`node --prof`), as it is written and as `node --prof-process --preprocess` writes it.
//!
//! Source: V8's `tools/tickprocessor.mjs`, `codemap.mjs` and `profile.mjs`, which Node carries; addresses are resolved as
//! they do it. A tick is an address, the callers' addresses and what V8 was at (its state); code comes, moves and goes
//! in between. Native code is known by its library only: the libraries themselves are not here. As there, handlers of
//! single bytecodes belong to the function that they interpret.

mod addresses;
mod code_map;
mod frames;
mod line;
mod preprocessed;
mod raw;

use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Issue, Recording};

pub(super) const FORMAT: Format = Format {
    name: "v8-log",
    summary: "log of V8's sampler, of node --prof, raw or preprocessed",
    extensions: &["log", "v8log.json"],
    keeps: "stacks, files, lines, libraries, the time of each tick, V8's state and the tier of compilation as labels",
    loses: "names of native functions, sources",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    if text.starts_with("v8-version,")
        || text.starts_with("code-creation,")
        || (text.starts_with("shared-library,") && text.contains(",0x"))
    {
        return Sniff::Yes;
    }
    let words: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).take(64).collect();
    let is_code = words.starts_with("{\"code\":[") && text.contains("\"type\"");
    if is_code { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut issues = Vec::new();
    let is_json = input.head(64).trim_ascii_start().starts_with(b"{");
    let recording =
        if is_json { preprocessed::read(input, &mut issues) } else { raw::read(input, &mut issues) };
    (recording, issues)
}

#[cfg(test)]
mod tests;
