//! A Parquet file of anybody's making to columns.

use super::budget::Budget;
use super::metadata::{Chunk, Footer, Leaf, read_footer};
use super::page::{PageHeader, PageKind, next_page, unpack};
use super::sink::{DoubleSink, IntSink, Sink, TextSink};
use super::{Physical, decode, encoding};
use zstd::bulk::Decompressor;

/// One file, opened: its footer is read, its columns are read when asked for.
pub(crate) struct TableReader<'a> {
    file: &'a [u8],
    footer: Footer,
    budget: &'a Budget,
}

/// A column with at most one value in a row.
#[derive(Debug, Default)]
pub(crate) struct Column<T> {
    values: Vec<T>,
    /// Whether each row has a value; `None` if all have.
    present: Option<Vec<bool>>,
}

impl<T: Copy> Column<T> {
    /// The value of a row; `None` where there is none, or no such column.
    pub(crate) fn get(&self, row: usize) -> Option<T> {
        let there = self.present.as_ref().is_none_or(|present| present.get(row).copied().unwrap_or(false));
        self.values.get(row).copied().filter(|_| there)
    }
}

impl Column<i64> {
    /// A dense id or another number below 2^32.
    pub(crate) fn id(&self, row: usize) -> Option<u32> {
        self.get(row).map(|value| value as u32)
    }
}

/// A text column. Invalid UTF-8 reads with replacement characters.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    pool: String,
    spans: Column<(u32, u32)>,
}

impl TextColumn {
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.spans.get(row).map(|span| pooled(&self.pool, span))
    }

    pub(crate) fn owned(&self, row: usize) -> Option<String> {
        self.get(row).map(str::to_owned)
    }
}

/// A column of lists of numbers.
#[derive(Debug, Default)]
pub(crate) struct ListColumn {
    values: Vec<i64>,
    ends: Vec<usize>,
}

impl ListColumn {
    pub(crate) fn get(&self, row: usize) -> &[i64] {
        list_of(&self.values, &self.ends, row)
    }
}

/// A column of lists of texts.
#[derive(Debug, Default)]
pub(crate) struct TextListColumn {
    pool: String,
    values: Vec<(u32, u32)>,
    ends: Vec<usize>,
}

impl TextListColumn {
    pub(crate) fn get(&self, row: usize) -> impl Iterator<Item = &str> {
        list_of(&self.values, &self.ends, row).iter().map(|span| pooled(&self.pool, *span))
    }
}

impl<'a> TableReader<'a> {
    /// Opens a file. The error says what the file does or lacks (`has a damaged footer`).
    pub(crate) fn open(file: &'a [u8], budget: &'a Budget) -> Result<Self, String> {
        let footer = read_footer(file)?;
        // Every table holds at least one value of eight bytes for each row.
        budget.take(footer.rows as u64, 8)?;
        Ok(Self { file, footer, budget })
    }

    pub(crate) fn rows(&self) -> usize {
        self.footer.rows
    }

    /// An integer column of either width; empty if the file has none of that name.
    pub(crate) fn ints(&self, name: &str) -> Result<Column<i64>, String> {
        self.flat(name, &mut IntSink)
    }

    /// A column of doubles.
    pub(crate) fn doubles(&self, name: &str) -> Result<Column<f64>, String> {
        self.flat(name, &mut DoubleSink)
    }

    /// A text column.
    pub(crate) fn texts(&self, name: &str) -> Result<TextColumn, String> {
        let mut sink = TextSink::default();
        let spans = self.flat(name, &mut sink)?;
        Ok(TextColumn { pool: sink.pool, spans })
    }

    /// A column of lists of integers.
    pub(crate) fn int_lists(&self, name: &str) -> Result<ListColumn, String> {
        let (values, ends) = self.lists(name, &mut IntSink)?;
        Ok(ListColumn { values, ends })
    }

    /// A column of lists of texts.
    pub(crate) fn text_lists(&self, name: &str) -> Result<TextListColumn, String> {
        let mut sink = TextSink::default();
        let (values, ends) = self.lists(name, &mut sink)?;
        Ok(TextListColumn { pool: sink.pool, values, ends })
    }

    /// Fails if the file lacks a column that the table cannot do without.
    pub(crate) fn require(&self, names: &[&str]) -> Result<(), String> {
        match names.iter().find(|name| self.leaf(name).is_none()) {
            Some(name) => Err(format!("lacks the column `{name}`")),
            None => Ok(()),
        }
    }

    fn leaf(&self, name: &str) -> Option<(usize, &Leaf)> {
        self.footer.columns.iter().enumerate().find(|(_, leaf)| leaf.name == name)
    }

    fn flat<S: Sink>(&self, name: &str, sink: &mut S) -> Result<Column<S::Value>, String> {
        let Some((at, leaf)) = self.leaf(name) else { return Ok(Column::default()) };
        if leaf.max_repetition > 0 {
            return Err(format!("has lists in column `{name}`, where single values are due"));
        }
        let all_present = leaf.max_definition == 0;
        let mut column = Column { values: Vec::new(), present: (!all_present).then(Vec::new) };
        self.read_column(at, leaf, sink, |levels, values| {
            let Some(present) = &mut column.present else {
                column.values.extend_from_slice(values);
                return Some(values.len());
            };
            let mut values = values.iter();
            for definition in &levels.definition {
                let there = *definition == leaf.max_definition;
                present.push(there);
                column.values.push(if there { *values.next()? } else { S::Value::default() });
            }
            Some(levels.definition.len())
        })
        .map_err(|message| format!("{message} (column `{name}`)"))?;
        Ok(column)
    }

    fn lists<S: Sink>(&self, name: &str, sink: &mut S) -> Result<(Vec<S::Value>, Vec<usize>), String> {
        let Some((at, leaf)) = self.leaf(name) else { return Ok((Vec::new(), Vec::new())) };
        if leaf.max_repetition != 1 {
            return Err(format!("has no simple list in column `{name}`"));
        }
        let (mut all, mut ends) = (Vec::new(), Vec::new());
        self.read_column(at, leaf, sink, |levels, values| {
            let mut values = values.iter();
            let mut rows = 0;
            for (definition, repetition) in levels.definition.iter().zip(&levels.repetition) {
                if *repetition == 0 {
                    ends.push(all.len());
                    rows += 1;
                }
                // Empty lists and lists that are null both read as empty; null elements are left out.
                if *definition == leaf.max_definition {
                    all.push(*values.next()?);
                }
                *ends.last_mut()? = all.len();
            }
            Some(rows)
        })
        .map_err(|message| format!("{message} (column `{name}`)"))?;
        Ok((all, ends))
    }

    /// Reads every page of a column. `put` takes levels and values and gives the rows they make.
    fn read_column<S: Sink>(
        &self,
        at: usize,
        leaf: &Leaf,
        sink: &mut S,
        mut put: impl FnMut(&Levels, &[S::Value]) -> Option<usize>,
    ) -> Result<(), String> {
        let physical = leaf.physical.ok_or("has a type that no table uses")?;
        let mut decompressor = None;
        for group in &self.footer.groups {
            let chunk =
                group.chunks.get(at).copied().flatten().ok_or("has a row group without this column")?;
            let bytes = chunk.start.checked_add(chunk.bytes).and_then(|end| self.file.get(chunk.start..end));
            let mut pages = PageSource {
                rest: bytes.ok_or("has a column that lies outside the file")?,
                chunk,
                physical,
                budget: self.budget,
                dictionary: Vec::<S::Value>::new(),
            };
            let (mut rows, mut levels_left) = (0usize, chunk.values);
            while levels_left > 0 {
                let Some((levels, values)) = pages.next(leaf, levels_left, sink, &mut decompressor)? else {
                    break;
                };
                levels_left -= levels.count;
                rows += put(&levels, &values).ok_or("has fewer values than its levels say")?;
            }
            if rows != group.rows {
                return Err(format!("has {rows} rows in a row group of {}", group.rows));
            }
        }
        Ok(())
    }
}

/// Levels of one page.
#[derive(Default)]
struct Levels {
    count: usize,
    definition: Vec<u32>,
    repetition: Vec<u32>,
}

struct PageSource<'a, V> {
    rest: &'a [u8],
    chunk: Chunk,
    physical: Physical,
    budget: &'a Budget,
    dictionary: Vec<V>,
}

impl<V: Copy> PageSource<'_, V> {
    /// The next data page, `None` after the last.
    fn next<S: Sink<Value = V>>(
        &mut self,
        leaf: &Leaf,
        levels_left: usize,
        sink: &mut S,
        decompressor: &mut Option<Decompressor<'static>>,
    ) -> Result<Option<(Levels, Vec<V>)>, String> {
        while !self.rest.is_empty() {
            let (header, stored) = next_page(&mut self.rest)?;
            let Some(kind) = header.kind else { continue };
            self.budget.take(header.plain_bytes as u64, 1)?;
            // A value, its levels, and what it becomes in a row.
            self.budget.take(header.values as u64, 32)?;
            let body = unpack(stored, self.chunk.codec, header.plain_bytes, decompressor)?;
            if kind == PageKind::Dictionary {
                self.dictionary.clear();
                let dictionary = &mut self.dictionary;
                let read =
                    sink.plain(&body, self.physical, header.values, &mut |value| dictionary.push(value));
                read.ok_or("has a damaged dictionary")?;
                continue;
            }
            if header.values > levels_left {
                return Err("has more values than its column declares".into());
            }
            return self.data(&header, &body, leaf, sink).map(Some);
        }
        Ok(None)
    }

    fn data<S: Sink<Value = V>>(
        &self,
        header: &PageHeader,
        body: &[u8],
        leaf: &Leaf,
        sink: &mut S,
    ) -> Result<(Levels, Vec<V>), String> {
        let mut rest = body;
        let mut levels = Levels { count: header.values, ..Levels::default() };
        if leaf.max_repetition > 0 {
            levels.repetition = read_levels(&mut rest, leaf.max_repetition, header.values)?;
        }
        let mut values_due = header.values;
        if leaf.max_definition > 0 {
            levels.definition = read_levels(&mut rest, leaf.max_definition, header.values)?;
            values_due = levels.definition.iter().filter(|level| **level == leaf.max_definition).count();
        }
        let mut values = Vec::new();
        let mut put = |value| values.push(value);
        let read = match header.encoding {
            encoding::PLAIN => sink.plain(rest, self.physical, values_due, &mut put),
            encoding::DELTA_BINARY_PACKED => sink.delta(rest, self.physical, values_due, &mut put),
            encoding::RLE_DICTIONARY | encoding::PLAIN_DICTIONARY => self.indexed(rest, values_due, &mut put),
            other => {
                return Err(format!(
                    "is coded with encoding {other}; plain (0), delta (5) and dictionary (8) are understood"
                ));
            }
        };
        read.ok_or("has a damaged page")?;
        Ok((levels, values))
    }

    fn indexed(&self, rest: &[u8], count: usize, put: &mut dyn FnMut(V)) -> Option<()> {
        if count == 0 {
            return Some(());
        }
        let (width, rest) = rest.split_first()?;
        let mut outside = false;
        decode::rle_hybrid(rest, u32::from(*width), count, |index| {
            match self.dictionary.get(index as usize) {
                Some(value) => put(*value),
                None => outside = true,
            }
        })?;
        (!outside).then_some(())
    }
}

fn read_levels(rest: &mut &[u8], max_level: u32, count: usize) -> Result<Vec<u32>, String> {
    let damaged = "has damaged levels";
    let (len, after) = rest.split_first_chunk::<4>().ok_or(damaged)?;
    let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or(damaged)?;
    *rest = after;
    let mut levels = Vec::new();
    let width = 32 - max_level.leading_zeros();
    decode::rle_hybrid(bytes, width, count, |level| levels.push(level)).ok_or(damaged)?;
    Ok(levels)
}

fn pooled(pool: &str, (start, end): (u32, u32)) -> &str {
    pool.get(start as usize..end as usize).unwrap_or_default()
}

fn list_of<'v, T>(values: &'v [T], ends: &[usize], row: usize) -> &'v [T] {
    let Some(end) = ends.get(row) else { return &[] };
    let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    values.get(start..*end).unwrap_or_default()
}
