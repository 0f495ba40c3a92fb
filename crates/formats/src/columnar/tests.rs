//! Identity of every kind of column, and damage of every kind.

use super::*;
use proptest::prelude::*;

/// Rows with one column of every kind.
type Row = (i32, Option<i32>, i64, Option<i64>, u64, Option<String>, Vec<u64>, Vec<String>);

fn row() -> impl Strategy<Value = Row> {
    let small = prop_oneof![Just(7i64), -3..3i64, any::<i64>(), Just(i64::MIN), Just(i64::MAX)];
    let text = prop_oneof![Just("same".to_owned()), Just(String::new()), ".{0,12}"];
    (
        prop_oneof![any::<i32>(), Just(1), Just(i32::MIN), Just(i32::MAX)],
        any::<Option<i32>>(),
        small.clone(),
        proptest::option::of(small),
        any::<u64>(),
        proptest::option::of(text.clone()),
        proptest::collection::vec(any::<u64>(), 0..4),
        proptest::collection::vec(text, 0..4),
    )
}

fn write(rows: &[Row]) -> Vec<u8> {
    let mut table = TableWriter::new("test", rows.len());
    table
        .int32("i32", rows.iter().map(|r| r.0))
        .optional_int32("i32?", rows.iter().map(|r| r.1))
        .int64("i64", rows.iter().map(|r| r.2))
        .optional_int64("i64?", rows.iter().map(|r| r.3))
        .double("f64", rows.iter().map(|r| f64::from_bits(r.4)))
        .optional_text("text?", rows.iter().map(|r| r.5.as_deref()))
        .int64_list("ints", rows.iter().map(|r| r.6.as_slice()))
        .text_list("texts", rows.iter().map(|r| r.7.as_slice()));
    table.finish()
}

fn read(file: &[u8]) -> Result<Vec<Row>, String> {
    let budget = Budget::for_input(file.len());
    let table = TableReader::open(file, &budget)?;
    let (a, b) = (table.ints("i32")?, table.ints("i32?")?);
    let (c, d) = (table.ints("i64")?, table.ints("i64?")?);
    let (e, f) = (table.doubles("f64")?, table.texts("text?")?);
    let (g, h) = (table.int_lists("ints")?, table.text_lists("texts")?);
    Ok((0..table.rows())
        .map(|row| {
            (
                a.get(row).unwrap_or(0) as i32,
                b.get(row).map(|v| v as i32),
                c.get(row).unwrap_or(0),
                d.get(row),
                e.get(row).unwrap_or(0.0).to_bits(),
                f.owned(row),
                g.get(row).iter().map(|v| *v as u64).collect(),
                h.get(row).map(str::to_owned).collect(),
            )
        })
        .collect())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(rows in proptest::collection::vec(row(), 0..300)) {
        prop_assert_eq!(read(&write(&rows)), Ok(rows));
    }

    #[test]
    fn any_bytes_end_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
        let mut framed = bytes;
        framed.extend_from_slice(&(framed.len() as u32).to_le_bytes());
        framed.extend_from_slice(MAGIC);
        let _ = read(&framed);
    }

    #[test]
    fn damaged_files_end_without_harm(
        rows in proptest::collection::vec(row(), 1..60),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = write(&rows);
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = read(&file);
        let _ = read(&file[..cut.index(file.len())]);
    }
}

#[test]
fn many_rows_make_several_pages() {
    let rows: Vec<Row> = (0..200_000i64)
        .map(|i| {
            let list = vec![i as u64; (i % 3) as usize];
            (i as i32, (i % 5 == 0).then_some(3), i * 1000 + i % 7, None, 0, None, list, Vec::new())
        })
        .collect();
    let file = write(&rows);
    assert_eq!(read(&file), Ok(rows));
    assert!(file.len() < 200_000 * 9, "{} bytes", file.len());
}

#[test]
fn declared_sizes_are_charged_before_they_are_used() {
    let file = write(&vec![(1, None, 1, None, 0, None, vec![], vec![]); 10]);
    let budget = Budget::for_input(file.len());
    while budget.take(1 << 20, 1).is_ok() {}
    while budget.take(1, 1).is_ok() {}
    let error = TableReader::open(&file, &budget).err().unwrap_or_default();
    assert!(error.contains("would unfold to 80 bytes more"), "{error}");

    // 2^31 values out of four bytes, as a hostile page would claim them.
    let mut bomb = Vec::new();
    crate::varint::write_varint(&mut bomb, 1 << 32);
    bomb.push(0);
    let mut produced = 0;
    assert!(decode::rle_hybrid(&bomb, 1, 1000, |_| produced += 1).is_some());
    assert_eq!(produced, 1000);
}

#[test]
fn an_unknown_encoding_or_codec_is_named() {
    let plain: Vec<u8> = Vec::new();
    let error = page::unpack(&plain, 1, 0, &mut None).err();
    assert_eq!(
        error.as_deref(),
        Some("is packed with codec 1; uncompressed (0) and zstd (6) are understood")
    );
}
