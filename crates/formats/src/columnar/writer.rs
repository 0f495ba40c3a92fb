//! Columns to a Parquet file.

use super::metadata::{ColumnSchema, Shape, WrittenChunk, WrittenGroup, write_footer};
use super::page::{Page, PageKind, compressor, write_pages};
use super::{MAGIC, Physical, encode, encoding};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use zstd::bulk::Compressor;

/// Rows of a row group: engines read groups in parallel, and skip them.
const GROUP_ROWS: usize = 1 << 20;
/// Rows of a page: what a reader holds unpacked at once.
const PAGE_ROWS: usize = 1 << 16;

/// Collects the columns of one table, then lays them out.
pub(crate) struct TableWriter<'a> {
    name: &'static str,
    rows: usize,
    columns: Vec<ColumnData<'a>>,
}

struct ColumnData<'a> {
    schema: ColumnSchema,
    values: Values<'a>,
    /// Values in each row: 0 or 1 for an optional column, any number for a list, empty for a required one.
    counts: Vec<u32>,
}

enum Values<'a> {
    Ints(Vec<i64>),
    Doubles(Vec<f64>),
    Texts(Vec<Cow<'a, str>>),
}

impl<'a> TableWriter<'a> {
    /// A table with this many rows; every column must have as many.
    pub(crate) fn new(name: &'static str, rows: usize) -> Self {
        Self { name, rows, columns: Vec::new() }
    }

    pub(crate) fn int32(&mut self, name: &'static str, values: impl Iterator<Item = i32>) -> &mut Self {
        self.required(name, Physical::Int32, Values::Ints(values.map(i64::from).collect()))
    }

    /// Dense ids and other numbers below 2^31; larger ones wrap and read back.
    pub(crate) fn id(&mut self, name: &'static str, values: impl Iterator<Item = u32>) -> &mut Self {
        self.int32(name, values.map(|value| value as i32))
    }

    pub(crate) fn int64(&mut self, name: &'static str, values: impl Iterator<Item = i64>) -> &mut Self {
        self.required(name, Physical::Int64, Values::Ints(values.collect()))
    }

    pub(crate) fn double(&mut self, name: &'static str, values: impl Iterator<Item = f64>) -> &mut Self {
        self.required(name, Physical::Double, Values::Doubles(values.collect()))
    }

    pub(crate) fn text<T: Into<Cow<'a, str>>>(
        &mut self,
        name: &'static str,
        values: impl Iterator<Item = T>,
    ) -> &mut Self {
        self.required(name, Physical::Text, Values::Texts(values.map(Into::into).collect()))
    }

    pub(crate) fn optional_id(
        &mut self,
        name: &'static str,
        values: impl Iterator<Item = Option<u32>>,
    ) -> &mut Self {
        self.optional_int32(name, values.map(|value| value.map(|id| id as i32)))
    }

    pub(crate) fn optional_int32(
        &mut self,
        name: &'static str,
        values: impl Iterator<Item = Option<i32>>,
    ) -> &mut Self {
        let (counts, values) = split(values.map(|value| value.map(i64::from)));
        self.push(name, Physical::Int32, Shape::Optional, Values::Ints(values), counts)
    }

    pub(crate) fn optional_int64(
        &mut self,
        name: &'static str,
        values: impl Iterator<Item = Option<i64>>,
    ) -> &mut Self {
        let (counts, values) = split(values);
        self.push(name, Physical::Int64, Shape::Optional, Values::Ints(values), counts)
    }

    pub(crate) fn optional_text(
        &mut self,
        name: &'static str,
        values: impl Iterator<Item = Option<&'a str>>,
    ) -> &mut Self {
        let (counts, values) = split(values.map(|value| value.map(Cow::Borrowed)));
        self.push(name, Physical::Text, Shape::Optional, Values::Texts(values), counts)
    }

    pub(crate) fn int64_list(
        &mut self,
        name: &'static str,
        lists: impl Iterator<Item = &'a [u64]>,
    ) -> &mut Self {
        let (mut counts, mut values) = (Vec::new(), Vec::new());
        for list in lists {
            counts.push(list.len() as u32);
            values.extend(list.iter().map(|value| *value as i64));
        }
        self.push(name, Physical::Int64, Shape::List, Values::Ints(values), counts)
    }

    pub(crate) fn text_list(
        &mut self,
        name: &'static str,
        lists: impl Iterator<Item = &'a [String]>,
    ) -> &mut Self {
        let (mut counts, mut values) = (Vec::new(), Vec::new());
        for list in lists {
            counts.push(list.len() as u32);
            values.extend(list.iter().map(|value| Cow::Borrowed(value.as_str())));
        }
        self.push(name, Physical::Text, Shape::List, Values::Texts(values), counts)
    }

    /// The file.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let mut tool = compressor();
        let mut groups = Vec::new();
        let mut cursors = vec![0; self.columns.len()];
        for first_row in (0..self.rows).step_by(GROUP_ROWS) {
            let rows = GROUP_ROWS.min(self.rows - first_row);
            let chunks = self
                .columns
                .iter()
                .zip(&mut cursors)
                .map(|(column, cursor)| column.write_chunk(&mut out, first_row, rows, cursor, tool.as_mut()))
                .collect();
            groups.push(WrittenGroup { rows, chunks });
        }
        let schema: Vec<ColumnSchema> =
            std::mem::take(&mut self.columns).into_iter().map(|c| c.schema).collect();
        let footer = write_footer(self.name, &schema, &groups);
        out.extend_from_slice(&footer);
        out.extend_from_slice(&(footer.len() as u32).to_le_bytes());
        out.extend_from_slice(MAGIC);
        out
    }

    fn required(&mut self, name: &'static str, physical: Physical, values: Values<'a>) -> &mut Self {
        self.push(name, physical, Shape::Required, values, Vec::new())
    }

    fn push(
        &mut self,
        name: &'static str,
        physical: Physical,
        shape: Shape,
        values: Values<'a>,
        counts: Vec<u32>,
    ) -> &mut Self {
        let rows = if shape == Shape::Required { values.len() } else { counts.len() };
        assert_eq!(rows, self.rows, "column {name} has a value for every row");
        self.columns.push(ColumnData { schema: ColumnSchema { name, physical, shape }, values, counts });
        self
    }
}

impl ColumnData<'_> {
    /// Writes the column's part of a row group; `cursor` counts the values already written.
    fn write_chunk(
        &self,
        out: &mut Vec<u8>,
        first_row: usize,
        rows: usize,
        cursor: &mut usize,
        tool: Option<&mut Compressor<'_>>,
    ) -> WrittenChunk {
        let values_in = |from: usize, rows: usize| match self.schema.shape {
            Shape::Required => rows,
            _ => self.counts[from..from + rows].iter().map(|count| *count as usize).sum(),
        };
        let first_value = *cursor;
        let total = values_in(first_row, rows);
        let coded = self.values.code(first_value, total, self.schema.physical);
        let mut pages = Vec::new();
        if let Some((body, entries)) = &coded.dictionary {
            let body = body.clone();
            pages.push(Page {
                kind: PageKind::Dictionary,
                values: *entries,
                encoding: encoding::PLAIN,
                body,
            });
        }
        let mut levels_in_chunk = 0;
        for page_row in (first_row..first_row + rows).step_by(PAGE_ROWS) {
            let page_rows = PAGE_ROWS.min(first_row + rows - page_row);
            let page_values = values_in(page_row, page_rows);
            let mut body = Vec::new();
            let levels = self.write_levels(&mut body, page_row, page_rows);
            let at = *cursor - first_value;
            match &coded.indices {
                Some(indices) => {
                    let width = encode::bit_width(coded.max_index());
                    body.push(width as u8);
                    encode::rle_hybrid(&mut body, &indices[at..at + page_values], width);
                }
                None => self.values.write(&mut body, *cursor, page_values, self.schema.physical),
            }
            pages.push(Page { kind: PageKind::Data, values: levels, encoding: coded.encoding, body });
            *cursor += page_values;
            levels_in_chunk += levels;
        }
        let start = out.len();
        let written = write_pages(out, &pages, tool);
        let mut encodings = vec![encoding::RLE, coded.encoding];
        let mut dictionary_offset = None;
        let mut data_offset = start;
        if coded.dictionary.is_some() {
            encodings.push(encoding::PLAIN);
            dictionary_offset = Some(start);
            data_offset = written.second_page_offset;
        }
        WrittenChunk {
            codec: written.codec,
            encodings,
            values: levels_in_chunk,
            dictionary_offset,
            data_offset,
            compressed_bytes: out.len() - start,
            uncompressed_bytes: written.uncompressed_bytes,
        }
    }

    /// Repetition and definition levels, each with its length in front; gives how many there are.
    fn write_levels(&self, body: &mut Vec<u8>, first_row: usize, rows: usize) -> usize {
        let mut put = |levels: &[u32]| {
            let mut bytes = Vec::new();
            encode::rle_hybrid(&mut bytes, levels, 1);
            body.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            body.extend_from_slice(&bytes);
        };
        match self.schema.shape {
            Shape::Required => rows,
            Shape::Optional => {
                put(&self.counts[first_row..first_row + rows]);
                rows
            }
            Shape::List => {
                let (mut repetition, mut definition) = (Vec::new(), Vec::new());
                for count in &self.counts[first_row..first_row + rows] {
                    repetition.push(0);
                    definition.push(u32::from(*count > 0));
                    for _ in 1..*count {
                        repetition.push(1);
                        definition.push(1);
                    }
                }
                put(&repetition);
                put(&definition);
                repetition.len()
            }
        }
    }
}

/// How the values of a chunk are stored.
struct Coded {
    encoding: i64,
    /// The dictionary page's body and its entries.
    dictionary: Option<(Vec<u8>, usize)>,
    indices: Option<Vec<u32>>,
}

impl Coded {
    fn max_index(&self) -> u64 {
        self.dictionary.as_ref().map_or(0, |(_, entries)| entries.saturating_sub(1) as u64)
    }
}

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Values::Ints(values) => values.len(),
            Values::Doubles(values) => values.len(),
            Values::Texts(values) => values.len(),
        }
    }

    /// A dictionary where values repeat, else deltas for integers and plain values for the rest.
    fn code(&self, from: usize, len: usize, physical: Physical) -> Coded {
        let mut body = Vec::new();
        let (found, otherwise) = match self {
            Values::Ints(values) => {
                let found = dictionary(values[from..from + len].iter().copied());
                let found = found.map(|(indices, entries)| {
                    encode::plain_ints(&mut body, &entries, physical);
                    (indices, entries.len())
                });
                (found, encoding::DELTA_BINARY_PACKED)
            }
            Values::Doubles(_) => (None, encoding::PLAIN),
            Values::Texts(values) => {
                let found = dictionary(values[from..from + len].iter().map(AsRef::<str>::as_ref));
                let found = found.map(|(indices, entries)| {
                    encode::plain_text(&mut body, entries.iter().copied());
                    (indices, entries.len())
                });
                (found, encoding::PLAIN)
            }
        };
        match found {
            Some((indices, entries)) => Coded {
                encoding: encoding::RLE_DICTIONARY,
                dictionary: Some((body, entries)),
                indices: Some(indices),
            },
            None => Coded { encoding: otherwise, dictionary: None, indices: None },
        }
    }

    fn write(&self, body: &mut Vec<u8>, from: usize, len: usize, physical: Physical) {
        match self {
            Values::Ints(values) => encode::delta(body, &values[from..from + len], physical),
            Values::Doubles(values) => {
                body.extend(values[from..from + len].iter().flat_map(|value| value.to_le_bytes()));
            }
            Values::Texts(values) => {
                encode::plain_text(body, values[from..from + len].iter().map(AsRef::<str>::as_ref));
            }
        }
    }
}

/// Indices and distinct values in order of appearance; `None` where too few repeat for a dictionary to pay.
fn dictionary<T: Copy + Eq + Hash>(values: impl Iterator<Item = T>) -> Option<(Vec<u32>, Vec<T>)> {
    /// Values looked at before giving up; the start of a table is not always like the rest.
    const TRIED: usize = 2048;
    let mut indices = Vec::with_capacity(values.size_hint().0);
    let mut entries = Vec::new();
    let mut known: HashMap<T, u32> = HashMap::new();
    for value in values {
        let index = *known.entry(value).or_insert_with(|| {
            entries.push(value);
            (entries.len() - 1) as u32
        });
        indices.push(index);
        if indices.len() >= TRIED && entries.len() * 2 > indices.len() {
            return None;
        }
    }
    (!indices.is_empty() && entries.len() * 2 <= indices.len()).then_some((indices, entries))
}

/// Optional values apart: 1 or 0 for each row, and those that are there.
fn split<T>(rows: impl Iterator<Item = Option<T>>) -> (Vec<u32>, Vec<T>) {
    let mut values = Vec::new();
    let counts = rows
        .map(|row| {
            let count = u32::from(row.is_some());
            values.extend(row);
            count
        })
        .collect();
    (counts, values)
}
