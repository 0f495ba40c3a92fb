//! Where data goes: stdout, a file, or a directory.

use crate::failure::{Failure, plain};
use crate::screen::Screen;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A document with the name it has when it lies in a directory.
#[derive(Debug)]
pub(crate) struct Document {
    /// File name.
    pub(crate) name: String,
    /// Content.
    pub(crate) bytes: Vec<u8>,
}

/// What `-o` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// No `-o`, or `-o -`.
    Stdout,
    /// A path that is no directory, or does not exist yet.
    File(PathBuf),
    /// An existing directory, or a path that ends in `/`.
    Directory(PathBuf),
}

impl Destination {
    /// Looks at the path as it is now.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        match path {
            None => Self::Stdout,
            Some(path) if path == Path::new("-") => Self::Stdout,
            Some(path) if path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") => {
                Self::Directory(path.to_owned())
            }
            Some(path) => Self::File(path.to_owned()),
        }
    }

    /// The screen that documents for this place are made for.
    pub(crate) fn screen(&self) -> Screen {
        if *self == Self::Stdout { Screen::stdout() } else { Screen::file() }
    }

    /// Writes one document. `refusal` makes the error for binary data on a terminal.
    ///
    /// # Errors
    /// The place cannot be written, or is a terminal and the document is not text.
    pub(crate) fn write_one(
        &self,
        document: &Document,
        refusal: impl FnOnce() -> Failure,
    ) -> Result<(), Failure> {
        match self {
            Self::Stdout if Screen::stdout().is_terminal && is_binary(&document.bytes) => Err(refusal()),
            Self::Stdout => print(&document.bytes),
            Self::File(path) => write_file(path, &document.bytes),
            Self::Directory(folder) => write_directory(folder, std::slice::from_ref(document)),
        }
    }

    /// Writes several documents, which only a directory can hold. `refusal` makes the error for any other place.
    ///
    /// # Errors
    /// There is no `-o`, it names a file, or the place cannot be written.
    pub(crate) fn write_all(
        &self,
        documents: &[Document],
        refusal: impl FnOnce() -> Failure,
    ) -> Result<(), Failure> {
        match self {
            Self::Directory(folder) => write_directory(folder, documents),
            Self::File(path) if !path.exists() => write_directory(path, documents),
            Self::File(path) => {
                Err(Failure::new(format!("{} is a file, and several files need a directory", path.display())))
            }
            Self::Stdout => Err(refusal()),
        }
    }
}

/// Writes data to stdout.
///
/// # Errors
/// [`Failure::BrokenPipe`] if the reader has gone; any other failed write.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::BrokenPipe,
        _ => Failure::new(format!("cannot write to stdout: {}", plain(&error))),
    })
}

fn write_directory(folder: &Path, documents: &[Document]) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("cannot create {}: {}", folder.display(), plain(&error))))?;
    documents.iter().try_for_each(|document| write_file(&folder.join(&document.name), &document.bytes))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::write(path, &error))
}

/// Whether a terminal would be confused: not UTF-8, or a zero byte.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0) || std::str::from_utf8(bytes).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_binary_and_text_is_not() {
        assert!(is_binary(b"\x1f\x8b\x08\0"));
        assert!(!is_binary("main;naïve 12\n".as_bytes()));
    }

    #[test]
    fn a_dash_is_stdout_and_a_slash_a_directory() {
        assert_eq!(Destination::of(Some(Path::new("-"))), Destination::Stdout);
        assert_eq!(
            Destination::of(Some(Path::new("not-there/"))),
            Destination::Directory("not-there/".into())
        );
        assert_eq!(Destination::of(Some(Path::new("not-there"))), Destination::File("not-there".into()));
    }
}
