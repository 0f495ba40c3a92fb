//! Resolved addresses of one module as bytes, to be kept on disk by build id.
//!
//! The bytes: magic, version, CRC-32 of the rest, then numbers of variable length: build id, strings,
//! frames (each string and frame once), addresses with the frames at each. Any bytes may be read; what does
//! not hold gives an empty table and an issue.

use crate::SymbolFrame;
use fathom_model::{BuildId, Issue};
use std::collections::BTreeMap;
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"FATHOMSY";

/// Rises when the layout changes or when lookups give better answers for the same file.
const VERSION: u32 = 1;

const SOURCE: &str = "symbol cache";

/// Addresses of one module and the frames at each; an address may be known to have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolCacheFile {
    build_id: Option<BuildId>,
    has_debug_info: bool,
    entries: BTreeMap<u64, Vec<Arc<Row>>>,
}

/// A frame whose texts are shared, so that a small file cannot grow in memory by naming one text often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    function: Option<Arc<str>>,
    file: Option<Arc<str>>,
    function_start_line: Option<u32>,
    line: Option<u32>,
    column: Option<u32>,
    inlined: bool,
}

impl SymbolCacheFile {
    /// An empty table. `has_debug_info` says whether lookups had inlined calls and lines, so that entries
    /// made without are not kept once a debug file is installed.
    pub fn new(build_id: BuildId, has_debug_info: bool) -> Self {
        Self { build_id: Some(build_id), has_debug_info, entries: BTreeMap::new() }
    }

    /// The module's build id; `None` if the bytes could not be read.
    pub fn build_id(&self) -> Option<&BuildId> {
        self.build_id.as_ref()
    }

    /// Whether the entries were made with debug information.
    pub fn has_debug_info(&self) -> bool {
        self.has_debug_info
    }

    /// How many addresses are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no address is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keeps the frames at an address, outermost first; none is an answer too.
    pub fn insert(&mut self, relative_address: u64, frames: &[SymbolFrame]) {
        self.entries
            .insert(relative_address, frames.iter().map(|frame| Arc::new(Row::from(frame))).collect());
    }

    /// The frames at an address, or `None` if it was never looked up.
    pub fn get(&self, relative_address: u64) -> Option<Vec<SymbolFrame>> {
        self.entries.get(&relative_address).map(|rows| rows.iter().map(|row| row.frame()).collect())
    }

    /// Takes the entries of another table of the same module. Of tables made with and without debug
    /// information only the former counts; at the same address our own entry stays. `Err` if the
    /// build ids differ.
    pub fn merge(&mut self, other: Self) -> Result<(), Issue> {
        if self.build_id != other.build_id {
            let show = |id: &Option<BuildId>| id.as_ref().map_or("none".to_owned(), BuildId::to_string);
            return Err(Issue::of(
                SOURCE,
                format!("build id {} cannot be merged into {}", show(&other.build_id), show(&self.build_id)),
            ));
        }
        match (self.has_debug_info, other.has_debug_info) {
            (true, false) => {}
            (false, true) => *self = other,
            _ => other
                .entries
                .into_iter()
                .for_each(|(address, rows)| _ = self.entries.entry(address).or_insert(rows)),
        }
        Ok(())
    }

    /// The table as bytes; equal tables give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut strings: BTreeMap<&str, u64> = BTreeMap::new();
        let mut rows: BTreeMap<&Row, u64> = BTreeMap::new();
        for row in self.entries.values().flatten() {
            rows.insert(row, 0);
            row.function.iter().chain(&row.file).for_each(|text| _ = strings.insert(text, 0));
        }
        strings.values_mut().zip(1..).for_each(|(number, next)| *number = next);
        rows.values_mut().zip(0..).for_each(|(number, next)| *number = next);

        let mut body = Vec::new();
        let id = self.build_id.as_ref().map_or(&[][..], |id| &id.0);
        put(&mut body, id.len() as u64);
        body.extend_from_slice(id);
        put(&mut body, u64::from(self.has_debug_info));
        put(&mut body, strings.len() as u64);
        for text in strings.keys() {
            put(&mut body, text.len() as u64);
            body.extend_from_slice(text.as_bytes());
        }
        put(&mut body, rows.len() as u64);
        for row in rows.keys() {
            let text = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| strings[&**text]);
            let number = |number: Option<u32>| number.map_or(0, |number| u64::from(number) + 1);
            put(&mut body, text(&row.function));
            put(&mut body, text(&row.file));
            put(&mut body, number(row.function_start_line));
            put(&mut body, number(row.line));
            put(&mut body, number(row.column) << 1 | u64::from(row.inlined));
        }
        put(&mut body, self.entries.len() as u64);
        let mut before = 0;
        for (address, frames) in &self.entries {
            put(&mut body, address - before);
            before = *address;
            put(&mut body, frames.len() as u64);
            frames.iter().for_each(|row| put(&mut body, rows[&**row]));
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&checksum(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Reads bytes that [`SymbolCacheFile::to_bytes`] wrote. Anything else, another version or a damaged
    /// file gives an empty table without build id, and an issue.
    pub fn parse(bytes: &[u8]) -> (Self, Vec<Issue>) {
        match read(bytes) {
            Ok(file) => (file, Vec::new()),
            Err(issue) => (Self::default(), vec![issue]),
        }
    }
}

impl Row {
    fn from(frame: &SymbolFrame) -> Self {
        Self {
            function: frame.function.as_deref().map(Arc::from),
            file: frame.file.as_deref().map(Arc::from),
            function_start_line: frame.function_start_line,
            line: frame.line,
            column: frame.column,
            inlined: frame.inlined,
        }
    }

    fn frame(&self) -> SymbolFrame {
        SymbolFrame {
            function: self.function.as_deref().map(str::to_owned),
            function_start_line: self.function_start_line,
            file: self.file.as_deref().map(str::to_owned),
            line: self.line,
            column: self.column,
            inlined: self.inlined,
        }
    }
}

fn read(bytes: &[u8]) -> Result<SymbolCacheFile, Issue> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(Issue::at(SOURCE, 0, "begins with other bytes than a symbol cache"));
    };
    let (Some(version), Some(crc)) =
        (rest.first_chunk::<4>(), rest.get(4..8).and_then(|crc| crc.first_chunk::<4>()))
    else {
        return Err(Issue::at(SOURCE, 8, format!("cut after {} bytes", bytes.len())));
    };
    let (version, crc) = (u32::from_le_bytes(*version), u32::from_le_bytes(*crc));
    if version != VERSION {
        return Err(Issue::at(SOURCE, 8, format!("version {version}, this program reads {VERSION}")));
    }
    let body = &rest[8..];
    if checksum(body) != crc {
        return Err(Issue::at(
            SOURCE,
            12,
            format!("checksum {:08x}, its header says {crc:08x}", checksum(body)),
        ));
    }
    let mut reader = Reader { body, at: 0 };
    reader.file().ok_or_else(|| {
        Issue::at(SOURCE, 16 + reader.at as u64, "the table is damaged although its checksum holds")
    })
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn file(&mut self) -> Option<SymbolCacheFile> {
        let id_size = self.count()?;
        let id = self.take(id_size)?.to_vec();
        let has_debug_info = match self.number()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let mut strings: Vec<Arc<str>> = Vec::new();
        for _ in 0..self.count()? {
            let size = self.count()?;
            strings.push(Arc::from(std::str::from_utf8(self.take(size)?).ok()?));
        }
        let mut rows = Vec::new();
        for _ in 0..self.count()? {
            rows.push(Arc::new(self.row(&strings)?));
        }
        let mut entries = BTreeMap::new();
        let mut address = 0u64;
        for _ in 0..self.count()? {
            address = address.checked_add(self.number()?)?;
            let n_frames = self.count()?;
            let frames = (0..n_frames)
                .map(|_| rows.get(usize::try_from(self.number()?).ok()?).cloned())
                .collect::<Option<Vec<_>>>()?;
            entries.insert(address, frames);
        }
        let build_id = (!id.is_empty()).then_some(BuildId(id));
        (self.at == self.body.len()).then_some(SymbolCacheFile { build_id, has_debug_info, entries })
    }

    fn row(&mut self, strings: &[Arc<str>]) -> Option<Row> {
        let mut text = || match usize::try_from(self.number()?).ok()? {
            0 => Some(None),
            number => Some(Some(Arc::clone(strings.get(number - 1)?))),
        };
        let (function, file) = (text()?, text()?);
        let line = |number: u64| match number {
            0 => Some(None),
            number => u32::try_from(number - 1).ok().map(Some),
        };
        let (function_start_line, place) = (line(self.number()?)?, line(self.number()?)?);
        let last = self.number()?;
        Some(Row {
            function,
            file,
            function_start_line,
            line: place,
            column: line(last >> 1)?,
            inlined: last & 1 != 0,
        })
    }

    /// A number of things of one byte at least, so that no lie makes room for more than there is.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.body.len() - self.at).then_some(count)
    }

    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let bytes = self.body.get(self.at..self.at.checked_add(size)?)?;
        self.at += size;
        Some(bytes)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.body.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
