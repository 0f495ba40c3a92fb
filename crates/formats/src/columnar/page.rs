//! Pages: a header and a body, compressed or not.

use super::codec;
use super::encoding;
use super::thrift::{StructWriter, Value};
use zstd::bulk::{Compressor, Decompressor};

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKind {
    Data = 0,
    Dictionary = 2,
}

/// Level 3 is where zstd's gain per time bends; the columns are delta-coded already.
const ZSTD_LEVEL: i32 = 3;

/// A page before it is laid into the file.
pub(super) struct Page {
    pub(super) kind: PageKind,
    pub(super) values: usize,
    pub(super) encoding: i64,
    pub(super) body: Vec<u8>,
}

/// How a chunk's pages were laid out.
pub(super) struct WrittenPages {
    pub(super) codec: i64,
    /// What they would have taken uncompressed, headers included.
    pub(super) uncompressed_bytes: usize,
    /// Where the page after the first begins: behind a dictionary, the data.
    pub(super) second_page_offset: usize,
}

/// Lays the pages of a chunk out, compressed only if that makes the whole chunk smaller.
pub(super) fn write_pages(
    out: &mut Vec<u8>,
    pages: &[Page],
    compressor: Option<&mut Compressor<'_>>,
) -> WrittenPages {
    let plain_bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    let compressed: Option<Vec<Vec<u8>>> =
        compressor.and_then(|tool| pages.iter().map(|page| tool.compress(&page.body).ok()).collect());
    let compressed = compressed.filter(|bodies| bodies.iter().map(Vec::len).sum::<usize>() < plain_bytes);
    let mut uncompressed_bytes = plain_bytes;
    let mut second_page_offset = out.len();
    for (at, page) in pages.iter().enumerate() {
        if at == 1 {
            second_page_offset = out.len();
        }
        let stored = compressed.as_ref().map_or(&page.body, |bodies| &bodies[at]);
        let header = header(page, stored.len());
        uncompressed_bytes += header.len();
        out.extend_from_slice(&header);
        out.extend_from_slice(stored);
    }
    let codec = if compressed.is_some() { codec::ZSTD } else { codec::UNCOMPRESSED };
    WrittenPages { codec, uncompressed_bytes, second_page_offset }
}

/// The compressor that pages are written with; `None` if zstd cannot make one, then pages stay plain.
pub(super) fn compressor() -> Option<Compressor<'static>> {
    Compressor::new(ZSTD_LEVEL).ok()
}

fn header(page: &Page, stored_bytes: usize) -> Vec<u8> {
    let mut out = StructWriter::default();
    out.i32(1, page.kind as i64).i32(2, page.body.len() as i64).i32(3, stored_bytes as i64);
    match page.kind {
        PageKind::Data => {
            out.begin_struct(5).i32(1, page.values as i64).i32(2, page.encoding);
            out.i32(3, encoding::RLE).i32(4, encoding::RLE).end_struct();
        }
        PageKind::Dictionary => {
            out.begin_struct(7).i32(1, page.values as i64).i32(2, page.encoding).end_struct();
        }
    }
    out.finish()
}

/// A page's header as read.
pub(super) struct PageHeader {
    /// `None` for kinds that hold no values (index pages).
    pub(super) kind: Option<PageKind>,
    pub(super) plain_bytes: usize,
    pub(super) values: usize,
    pub(super) encoding: i64,
}

/// Takes the next page off a chunk: its header and its stored body.
pub(super) fn next_page<'a>(rest: &mut &'a [u8]) -> Result<(PageHeader, &'a [u8]), String> {
    let (header, header_bytes) = Value::read_struct(rest).ok_or("has a damaged page header")?;
    let size = |value: Option<i64>| value.and_then(|size| usize::try_from(size).ok());
    let stored_bytes = size(header.int(3)).ok_or("has a page without a size")?;
    let body = rest[header_bytes..].get(..stored_bytes).ok_or("has a page that is longer than its column")?;
    *rest = &rest[header_bytes + stored_bytes..];
    let (kind, details) = match header.int(1) {
        Some(0) => (Some(PageKind::Data), header.field(5)),
        Some(1) => (None, None),
        Some(2) => (Some(PageKind::Dictionary), header.field(7)),
        other => return Err(format!("has a page of kind {other:?}; data pages of version 1 are understood")),
    };
    if kind.is_some() && details.is_none() {
        return Err("has a page header without its details".into());
    }
    let header = PageHeader {
        kind,
        plain_bytes: size(header.int(2)).ok_or("has a page without an uncompressed size")?,
        values: details
            .map_or(Some(0), |details| size(details.int(1)))
            .ok_or("has a page without a count")?,
        encoding: details.and_then(|details| details.int(2)).unwrap_or(encoding::PLAIN),
    };
    Ok((header, body))
}

/// Unpacks a body; its size must be the declared one, which the caller has charged to the budget.
pub(super) fn unpack(
    body: &[u8],
    page_codec: i64,
    plain_bytes: usize,
    decompressor: &mut Option<Decompressor<'static>>,
) -> Result<Vec<u8>, String> {
    match page_codec {
        codec::UNCOMPRESSED => Ok(body.to_vec()),
        codec::ZSTD => {
            if decompressor.is_none() {
                *decompressor = Decompressor::new().ok();
            }
            let tool = decompressor.as_mut().ok_or("cannot be unpacked: zstd does not start")?;
            let mut plain = Vec::with_capacity(plain_bytes);
            tool.decompress_to_buffer(body, &mut plain).map_err(|e| format!("has a damaged page: {e}"))?;
            if plain.len() == plain_bytes {
                Ok(plain)
            } else {
                Err("has a page of another size than declared".into())
            }
        }
        other => Err(format!("is packed with codec {other}; uncompressed (0) and zstd (6) are understood")),
    }
}
