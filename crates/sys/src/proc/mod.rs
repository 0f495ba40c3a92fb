//! Typed readers of `/proc/PID`: parsers of bytes here, the files themselves through
//! [`crate::process_view::ProcessView`] or the thin functions of [`tree`].
//!
//! Parsers never panic and allocate no more than the input's size. Text that a program chooses (its name,
//! its command line, its paths) may hold any byte and is turned into UTF-8 lossily. A field that this
//! kernel does not print is `None`; a file whose shape is wrong as a whole is a [`ProcError`].
//! What these parsers do **not** do is decide what a value means: a pid is the number in the file.
//!
//! Source of the formats: `Documentation/filesystems/proc.rst` and `fs/proc/` of the kernel.

pub mod maps;
pub mod sockets;
pub mod stat;
pub mod status;
pub mod text;
pub mod tree;

pub use maps::{MemoryMap, MemoryRollup, parse_maps, parse_smaps_rollup};
pub use sockets::{TcpSocket, parse_tcp};
pub use stat::{MemorySizes, SchedStat, Stat, TaskState, parse_schedstat, parse_stat, parse_statm};
pub use status::{IoCounters, Status, parse_io, parse_status};
pub use text::{
    CurrentSyscall, Limit, ResourceLimits, parse_cmdline, parse_comm, parse_kernel_stack, parse_limits,
    parse_syscall, parse_wchan,
};
pub use tree::{children_of, list_processes, list_threads, process_cpu_nanos, process_tree};

/// A file under `/proc` that does not look as the kernel documents it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {found}, but needed {needed}")]
pub struct ProcError {
    /// The file's name below `/proc/PID`.
    pub file: &'static str,
    /// What was there, shortened.
    pub found: String,
    /// What was expected.
    pub needed: &'static str,
}

impl ProcError {
    pub(crate) fn new(file: &'static str, found: &[u8], needed: &'static str) -> Self {
        let head: String = String::from_utf8_lossy(&found[..found.len().min(60)]).into_owned();
        Self { file, found: format!("found {head:?}"), needed }
    }
}

impl From<ProcError> for std::io::Error {
    fn from(error: ProcError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// A number in decimal; blanks around it are allowed.
pub(crate) fn parse_number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

/// A number in hexadecimal without or with `0x`.
pub(crate) fn parse_hex(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    u64::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).ok()
}

/// The words of a line, split at blanks and tabs.
pub(crate) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty())
}

/// The lines of a text, without their ends.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// `key: value` or `key value` lines; the value without blanks around it.
pub(crate) fn key_values(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines(bytes).filter_map(|line| {
        let end = line.iter().position(|byte| *byte == b':')?;
        Some((&line[..end], line[end + 1..].trim_ascii()))
    })
}

/// Bytes of a `1234 kB` value.
pub(crate) fn parse_kib(value: &[u8]) -> Option<u64> {
    let number = words(value).next()?;
    parse_number::<u64>(number)?.checked_mul(1024)
}
