//! The footer of a Parquet file: schema, row groups, where the columns lie.

use super::thrift::{StructWriter, TYPE_BINARY, TYPE_I32, TYPE_STRUCT, Value};
use super::{MAGIC, Physical};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Required,
    Optional,
    List,
}

/// A column to be written.
pub(super) struct ColumnSchema {
    pub(super) name: &'static str,
    pub(super) physical: Physical,
    pub(super) shape: Shape,
}

/// A column chunk that was written.
pub(super) struct WrittenChunk {
    pub(super) codec: i64,
    pub(super) encodings: Vec<i64>,
    pub(super) values: usize,
    pub(super) dictionary_offset: Option<usize>,
    pub(super) data_offset: usize,
    pub(super) compressed_bytes: usize,
    pub(super) uncompressed_bytes: usize,
}

/// A row group that was written: its chunks in the order of the columns.
pub(super) struct WrittenGroup {
    pub(super) rows: usize,
    pub(super) chunks: Vec<WrittenChunk>,
}

const REQUIRED: i64 = 0;
const OPTIONAL: i64 = 1;
const REPEATED: i64 = 2;
/// `ConvertedType` in `parquet.thrift`, still wanted by older readers beside the logical type.
const CONVERTED_UTF8: i64 = 0;
const CONVERTED_LIST: i64 = 3;
/// Fields of the union `LogicalType`.
const LOGICAL_STRING: u8 = 1;
const LOGICAL_LIST: u8 = 3;

/// `FileMetaData` in its compact form.
pub(super) fn write_footer(table: &str, columns: &[ColumnSchema], groups: &[WrittenGroup]) -> Vec<u8> {
    let mut out = StructWriter::default();
    out.i32(1, 2);
    let elements: usize = columns.iter().map(|column| if column.shape == Shape::List { 3 } else { 1 }).sum();
    out.begin_list(2, TYPE_STRUCT, elements + 1);
    out.begin_list_struct().text(4, table).i32(5, columns.len() as i64).end_struct();
    columns.iter().for_each(|column| write_schema(&mut out, column));
    out.i64(3, groups.iter().map(|group| group.rows as i64).sum());
    out.begin_list(4, TYPE_STRUCT, groups.len());
    for group in groups {
        write_group(&mut out, columns, group);
    }
    out.text(6, concat!("fathom version ", env!("CARGO_PKG_VERSION"), " (build release)"));
    out.finish()
}

fn write_schema(out: &mut StructWriter, column: &ColumnSchema) {
    let repetition = match column.shape {
        Shape::Required => REQUIRED,
        Shape::Optional => OPTIONAL,
        Shape::List => {
            out.begin_list_struct().i32(3, REQUIRED).text(4, column.name).i32(5, 1).i32(6, CONVERTED_LIST);
            out.begin_struct(10).empty_struct(LOGICAL_LIST).end_struct().end_struct();
            out.begin_list_struct().i32(3, REPEATED).text(4, "list").i32(5, 1).end_struct();
            REQUIRED
        }
    };
    let name = if column.shape == Shape::List { "element" } else { column.name };
    out.begin_list_struct().i32(1, column.physical as i64).i32(3, repetition).text(4, name);
    if column.physical == Physical::Text {
        out.i32(6, CONVERTED_UTF8).begin_struct(10).empty_struct(LOGICAL_STRING).end_struct();
    }
    out.end_struct();
}

fn write_group(out: &mut StructWriter, columns: &[ColumnSchema], group: &WrittenGroup) {
    out.begin_list_struct().begin_list(1, TYPE_STRUCT, group.chunks.len());
    for (column, chunk) in columns.iter().zip(&group.chunks) {
        out.begin_list_struct().i64(2, 0).begin_struct(3);
        out.i32(1, column.physical as i64).begin_list(2, TYPE_I32, chunk.encodings.len());
        for encoding in &chunk.encodings {
            out.list_i32(*encoding);
        }
        if column.shape == Shape::List {
            out.begin_list(3, TYPE_BINARY, 3).list_text(column.name).list_text("list").list_text("element");
        } else {
            out.begin_list(3, TYPE_BINARY, 1).list_text(column.name);
        }
        out.i32(4, chunk.codec).i64(5, chunk.values as i64);
        out.i64(6, chunk.uncompressed_bytes as i64).i64(7, chunk.compressed_bytes as i64);
        out.i64(9, chunk.data_offset as i64);
        if let Some(offset) = chunk.dictionary_offset {
            out.i64(11, offset as i64);
        }
        out.end_struct().end_struct();
    }
    let bytes: usize = group.chunks.iter().map(|chunk| chunk.uncompressed_bytes).sum();
    out.i64(2, bytes as i64).i64(3, group.rows as i64).end_struct();
}

/// A footer as read, reduced to the columns that this reader understands.
#[derive(Debug, Default)]
pub(super) struct Footer {
    pub(super) rows: usize,
    pub(super) columns: Vec<Leaf>,
    pub(super) groups: Vec<Group>,
}

/// A column of a file.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Name of the top-level member; lists are known by it too.
    pub(super) name: String,
    /// `None` for types that no table has.
    pub(super) physical: Option<Physical>,
    /// Definition level of a value that is there.
    pub(super) max_definition: u32,
    /// Definition level of the repeated member, 0 without one.
    pub(super) repeated_definition: u32,
    /// 1 in a list; deeper nesting is not understood.
    pub(super) max_repetition: u32,
}

/// A row group of a file.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) rows: usize,
    pub(super) chunks: Vec<Option<Chunk>>,
}

/// Where a column of a row group lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) codec: i64,
    pub(super) values: usize,
    pub(super) start: usize,
    pub(super) bytes: usize,
}

/// Reads the footer of a whole file.
pub(super) fn read_footer(file: &[u8]) -> Result<Footer, String> {
    let body = file.strip_suffix(MAGIC).ok_or("does not end with `PAR1`")?;
    let (body, len) = body.split_last_chunk::<4>().ok_or("has no footer")?;
    let len = u32::from_le_bytes(*len) as usize;
    let start = body.len().checked_sub(len).ok_or("declares a footer that is longer than the file")?;
    let (footer, _) = Value::read_struct(&body[start..]).ok_or("has a damaged footer")?;

    let columns = read_schema(footer.list(2))?;
    let mut rows = 0usize;
    let mut groups = Vec::new();
    for group in footer.list(4) {
        let group_rows =
            group.int(3).and_then(|rows| usize::try_from(rows).ok()).ok_or("has a row group without rows")?;
        rows = rows.checked_add(group_rows).ok_or("declares too many rows")?;
        let mut chunks: Vec<Option<Chunk>> = group.list(1).iter().map(read_chunk).collect();
        chunks.resize_with(columns.len().min(file.len()), || None);
        groups.push(Group { rows: group_rows, chunks });
    }
    Ok(Footer { rows, columns, groups })
}

fn read_chunk(chunk: &Value<'_>) -> Option<Chunk> {
    let metadata = chunk.field(3)?;
    let size = |id| metadata.int(id).and_then(|value| usize::try_from(value).ok());
    let data = size(9)?;
    let dictionary = size(11).filter(|offset| *offset > 0);
    Some(Chunk {
        codec: metadata.int(4)?,
        values: size(5)?,
        start: dictionary.map_or(data, |offset| offset.min(data)),
        bytes: size(7)?,
    })
}

fn read_schema(elements: &[Value<'_>]) -> Result<Vec<Leaf>, String> {
    let (root, mut rest) = elements.split_first().ok_or("has no schema")?;
    let mut leaves = Vec::new();
    for _ in 0..root.int(5).unwrap_or(0) {
        let Some(top) = rest.first() else { return Err("has a schema that ends too early".into()) };
        let name = top.text(4).unwrap_or_default().to_owned();
        let level =
            Leaf { name, physical: None, max_definition: 0, repeated_definition: 0, max_repetition: 0 };
        read_member(&mut rest, level, 0, &mut leaves)?;
    }
    Ok(leaves)
}

/// Reads one member of the schema and what is under it; `outer` holds the levels above.
fn read_member(
    rest: &mut &[Value<'_>],
    outer: Leaf,
    depth: u32,
    leaves: &mut Vec<Leaf>,
) -> Result<(), String> {
    let (member, after) = rest.split_first().ok_or("has a schema that ends too early")?;
    if depth > 16 {
        return Err("has a schema that nests too deep".into());
    }
    *rest = after;
    let mut leaf = outer;
    match member.int(3) {
        Some(OPTIONAL) => leaf.max_definition += 1,
        Some(REPEATED) => {
            leaf.max_definition += 1;
            leaf.max_repetition += 1;
            leaf.repeated_definition = leaf.max_definition;
        }
        _ => {}
    }
    let children = member.int(5).unwrap_or(0);
    if children <= 0 {
        leaf.physical = match member.int(1) {
            Some(1) => Some(Physical::Int32),
            Some(2) => Some(Physical::Int64),
            Some(5) => Some(Physical::Double),
            Some(6) => Some(Physical::Text),
            _ => None,
        };
        leaves.push(leaf);
        return Ok(());
    }
    for _ in 0..children {
        let inner = Leaf { name: leaf.name.clone(), physical: None, ..leaf };
        read_member(rest, inner, depth + 1, leaves)?;
    }
    Ok(())
}
