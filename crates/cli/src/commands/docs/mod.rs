//! `fathom docs WHAT`: the generated pages, printed by what they describe. Hidden: for packagers and contributors.

mod cli_page;
mod collectors_page;
mod formats_page;

use crate::destination::{self, Destination, Document};
use crate::failure::{Failure, plain};
use crate::settings;
use clap::Command;
use std::path::PathBuf;
use std::process::ExitCode;

/// Print generated documentation
#[derive(Debug, clap::Args)]
pub(crate) struct Docs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Every command and option, as Markdown
    Cli,
    /// Every collector with its ladder, as Markdown
    Collectors,
    /// Every format that is read or written, as Markdown
    Formats,
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Manual pages
    Man {
        /// Write one file a page into this directory instead of all to stdout
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// JSON schema of the report
    Schema,
    /// JSON schema of a comparison
    DiffSchema,
    /// JSON schema of fathom.toml
    Settings,
}

impl Docs {
    /// Prints one of them; `definition` is the whole command line.
    ///
    /// # Errors
    /// The place cannot be written.
    pub(crate) fn run(&self, definition: Command) -> Result<ExitCode, Failure> {
        let bytes = match &self.what {
            What::Cli => cli_page::render(definition).into_bytes(),
            What::Collectors => collectors_page::render().into_bytes(),
            What::Formats => formats_page::render().into_bytes(),
            What::Completions { shell } => completions(*shell, definition),
            What::Man { output: Some(folder) } => {
                let place = Destination::Directory(folder.clone());
                place.write_all(&man_pages(definition)?, || Failure::new("manual pages need a directory"))?;
                return Ok(ExitCode::SUCCESS);
            }
            What::Man { output: None } => {
                man_pages(definition)?.into_iter().flat_map(|page| page.bytes).collect()
            }
            What::DiffSchema => pretty(&fathom_report::diff_schema())?,
            What::Schema => pretty(&fathom_report::schema())?,
            What::Settings => pretty(&settings::schema())?,
        };
        destination::print(&bytes)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn pretty(schema: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    let text = serde_json::to_string_pretty(schema)
        .map_err(|error| Failure::new(format!("cannot write the schema: {error}")))?;
    Ok((text + "\n").into_bytes())
}

fn completions(shell: clap_complete::Shell, mut definition: Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut definition, "fathom", &mut bytes);
    bytes
}

/// `fathom.1` and one page for each command that is not hidden.
fn man_pages(mut root: Command) -> Result<Vec<Document>, Failure> {
    root.build();
    let commands = root.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    std::iter::once(root.clone())
        .chain(commands)
        .map(|command| {
            let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
            let mut bytes = Vec::new();
            clap_mangen::Man::new(command)
                .render(&mut bytes)
                .map_err(|error| Failure::new(format!("cannot write {name}.1: {}", plain(&error))))?;
            Ok(Document { name: format!("{name}.1"), bytes })
        })
        .collect()
}
