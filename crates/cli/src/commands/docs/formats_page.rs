//! `docs/formats.md` from the formats' own words.

use fathom_formats::FORMATS;
use std::fmt::Write;

const HEAD: &str = "\
<!-- Made by `cargo xtask gen`; edit the formats in crates/formats/src/catalog instead. -->
# Formats

Profiles of other tools that Fathom reads and writes. A file is recognised by its content, never by its name, with gzip
or zstd around it or not; every command that takes a recording takes such a file, a pipe, or `-` for stdin.
`fathom import FILE` keeps one as a recording, `fathom export --format F` writes one and says what is not in it.

A damaged or cut file gives what can be read, with a warning that names the place; `--strict` makes that an error.
";

/// The page.
pub(super) fn render() -> String {
    let mut text = HEAD.to_owned();
    for format in FORMATS {
        let ways = match (format.read.is_some(), format.write.is_some()) {
            (true, true) => "Read and written",
            (true, false) => "Read",
            (false, true) => "Written",
            (false, false) => continue,
        };
        let ends: Vec<String> = format.extensions.iter().map(|end| format!("`.{end}`")).collect();
        let ends =
            if ends.is_empty() { String::new() } else { format!(" Usual names end in {}.", ends.join(", ")) };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n## {}\n\n{}: {}.{ends}\n\n- keeps: {}\n- loses: {}\n",
            format.name, ways, format.summary, format.keeps, format.loses
        );
    }
    text
}
