//! The tables of a recording as Parquet files, with `meta.json` beside them.
//!
//! `fathom-store` puts these files into one ZIP, the `.fathom` file; `fathom export --format parquet` lays
//! them into a directory. `docs/recording.md` describes them for other programs.

mod code;
mod json;
mod observations;
mod repair;
mod tasks;

use crate::columnar::{Budget, TableReader};
use crate::format::{Format, OutputFile, Sniff, WriteError, WriteOptions};
use fathom_model::{FORMAT_VERSION, Issue, Meta, Recording};

pub use json::read as read_meta;

/// The name of the file that holds [`Meta`].
pub const META_FILE: &str = "meta.json";
/// Largest `meta.json` that is read.
const MAX_META_BYTES: usize = 64 << 20;

/// The format's entry in the catalog.
pub const FORMAT: Format = Format {
    name: "parquet",
    summary: "every table as a Parquet file, for DuckDB, pandas, Polars, Spark",
    extensions: &["parquet"],
    keeps: "everything",
    loses: "nothing",
    sniff,
    read: None,
    write: Some(write),
    writes_directory: true,
};

/// A table: how it is written and how its columns come back.
pub(crate) struct Table {
    /// Name of the table; its file is `<name>.parquet`.
    pub(crate) name: &'static str,
    pub(crate) write: fn(&Recording, StackHashes) -> Vec<u8>,
    /// Fills the recording; an error means that the table cannot be used at all.
    pub(crate) read: fn(&TableReader<'_>, &mut Recording, &mut Vec<Issue>) -> Result<(), String>,
}

/// Every table. References between them are checked when all are read.
pub(crate) const TABLES: &[Table] = &[
    observations::EVENTS,
    observations::FINDINGS,
    code::FRAMES,
    observations::LABELS,
    code::MODULES,
    tasks::PROCESSES,
    observations::SAMPLES,
    observations::SERIES,
    code::STACKS,
    tasks::THREADS,
];

/// Why bytes are not a recording at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TablesError {
    /// There is no `meta.json`.
    #[error(
        "the recording has no meta.json\n\nhint: fathom report FILE.part recovers a recording that was cut short"
    )]
    NoMeta,
    /// `meta.json` cannot be read.
    #[error("the recording's meta.json is damaged: {0}\n\nhint: record again, or copy the file again")]
    DamagedMeta(String),
    /// A later Fathom wrote it.
    #[error(
        "the recording has format version {found}, this Fathom reads versions up to {}.x\n\nhint: update Fathom, then: fathom report FILE",
        major(FORMAT_VERSION).unwrap_or(0)
    )]
    NewerMajor {
        /// The version in `meta.json`.
        found: String,
    },
}

/// Which rows of `stacks` get their content hash: 16 bytes that no codec can shrink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackHashes {
    /// Every row, for queries that compare callers across recordings.
    All,
    /// The rows that samples and events name. Half of a short recording would be the hashes of the others.
    OfSamples,
}

/// `meta.json` and every table. The version in the files is always [`FORMAT_VERSION`].
pub fn write_tables(recording: &Recording, hashes: StackHashes) -> Vec<OutputFile> {
    let meta = Meta { format_version: FORMAT_VERSION.into(), ..recording.meta.clone() };
    let mut files = vec![OutputFile { name: META_FILE.into(), bytes: json::write(&meta) }];
    files.extend(TABLES.iter().map(|table| OutputFile {
        name: format!("{}.parquet", table.name),
        bytes: (table.write)(recording, hashes),
    }));
    files
}

/// Reads a recording from its files. `file` gives a file's bytes by name, or what is wrong with it.
///
/// Tables that are missing or damaged read as empty and are listed, as is every reference to a row that does
/// not exist; ids in what is returned are always inside their tables.
///
/// # Errors
/// If `meta.json` is missing, damaged or of a later major version.
pub fn read_tables<'a>(
    input_bytes: usize,
    mut file: impl FnMut(&str) -> Result<Option<&'a [u8]>, String>,
) -> Result<(Recording, Vec<Issue>), TablesError> {
    let meta = file(META_FILE).map_err(TablesError::DamagedMeta)?.ok_or(TablesError::NoMeta)?;
    if meta.len() > MAX_META_BYTES {
        let message = format!("has {} bytes, at most {MAX_META_BYTES} are read", meta.len());
        return Err(TablesError::DamagedMeta(message));
    }
    check_version(&json::format_version(meta).map_err(TablesError::DamagedMeta)?)?;
    let meta = json::read(meta).map_err(TablesError::DamagedMeta)?;

    let mut recording = Recording { meta, ..Recording::default() };
    let mut issues = Vec::new();
    let budget = Budget::for_input(input_bytes);
    for table in TABLES {
        let name = format!("{}.parquet", table.name);
        let read = match file(&name) {
            Ok(Some(bytes)) => TableReader::open(bytes, &budget)
                .and_then(|reader| (table.read)(&reader, &mut recording, &mut issues)),
            Ok(None) => Err("is missing".into()),
            Err(message) => Err(message),
        };
        if let Err(message) = read {
            issues.push(Issue::of(name, message));
        }
    }
    repair::check_references(&mut recording, &mut issues);
    Ok((recording, issues))
}

fn check_version(found: &str) -> Result<(), TablesError> {
    let known = major(FORMAT_VERSION).unwrap_or(0);
    match major(found) {
        Some(version) if version <= known => Ok(()),
        Some(_) => Err(TablesError::NewerMajor { found: found.into() }),
        None => {
            Err(TablesError::DamagedMeta(format!("format_version is `{found}`, needed is `major.minor`")))
        }
    }
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next().and_then(|major| major.parse().ok())
}

fn write(recording: &Recording, _: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    Ok(write_tables(recording, StackHashes::All))
}

fn sniff(head: &[u8]) -> Sniff {
    if head.starts_with(b"PAR1") { Sniff::Yes } else { Sniff::No }
}

#[cfg(test)]
pub(crate) mod tests;
