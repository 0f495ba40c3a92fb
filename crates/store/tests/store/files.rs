//! Whole files: identity, what they are taken for, damage, and what is no recording.

use crate::realistic;
use fathom_model::{Record, Sink};
use fathom_store::*;
use proptest::prelude::*;
use std::fs;
use std::io::Write;

fn packed() -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.fathom");
    write_recording(&realistic::recording(500), &path).expect("written");
    assert_eq!(fs::read_dir(directory.path()).expect("readable").count(), 1, "nothing else is left behind");
    fs::read(&path).expect("readable")
}

#[test]
fn what_is_written_reads_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.fathom");
    let recording = realistic::recording(3000);
    write_recording(&recording, &path).expect("written");
    let (read, issues) = read_recording(&path).expect("readable");
    assert_eq!(issues, vec![]);
    assert!(read == recording, "the recording differs");
    let bytes = fs::read(&path).expect("readable");
    write_recording(&recording, &path).expect("written over the old one");
    assert!(bytes == fs::read(&path).expect("readable"), "equal recordings give equal bytes");
}

#[test]
fn a_recording_replaces_only_files() {
    let directory = tempfile::tempdir().expect("a directory");
    // A socket stands for a device: both are no files, and a rename would replace both.
    let path = directory.path().join("x.fathom");
    let _socket = std::os::unix::net::UnixListener::bind(&path).expect("bound");
    let error = write_recording(&realistic::recording(1), &path).expect_err("refused").to_string();
    assert!(error.contains("not a file"), "{error}");
    assert!(!fs::metadata(&path).expect("still there").is_file());
}

#[test]
fn files_are_told_by_content() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("misleading.txt");
    let kind = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        format!("{:?}", sniff(&path).expect("readable"))
    };
    assert_eq!(kind(&packed()), "Fathom");
    assert_eq!(kind(b"PAR1"), "Other");
    assert_eq!(kind(b"PK\x03\x04 some other archive"), "Other");
    assert_eq!(kind(b"main;work 12\n"), "Other");
    assert_eq!(kind(b""), "Other");
    fs::remove_file(&path).expect("there");
    let mut spool = SpoolWriter::create(&path).expect("created");
    spool.record(&Record::Clock(Default::default())).expect("taken");
    spool.finish().expect("written");
    assert_eq!(format!("{:?}", sniff(&path).expect("readable")), "Spool");
    assert!(sniff(&directory.path().join("none")).is_err());
}

#[test]
fn what_is_no_recording_is_said() {
    let error = |bytes: &[u8]| read_recording_bytes(bytes).expect_err("no recording").to_string();
    assert!(error(b"").starts_with("`recording` is not a recording: the file is empty\n\nhint: "));
    assert!(error(b"hello").starts_with("`recording` is not a recording: "));
    assert!(error(&zip(&[("other.txt", b"x")])).starts_with("`recording`: the recording has no meta.json"));
    let newer = zip(&[("meta.json", b"{\"format_version\": \"7.1\"}")]);
    assert!(
        error(&newer).starts_with("`recording`: the recording has format version 7.1, this Fathom reads")
    );
    let missing = read_recording("/nonexistent/x.fathom".as_ref()).expect_err("not there").to_string();
    assert!(missing.starts_with("cannot read `/nonexistent/x.fathom`: No such file"), "{missing}");
    let unwritable = write_recording(&realistic::recording(1), "/nonexistent/x.fathom".as_ref());
    assert!(
        unwritable.expect_err("no directory").to_string().starts_with("cannot write `/nonexistent/x.fathom`")
    );
}

#[test]
fn a_damaged_table_is_named_and_the_rest_is_kept() {
    let mut bytes = packed();
    let at = bytes.windows(14).position(|name| name == b"series.parquet").expect("a local header");
    bytes[at + 60] ^= 0xff;
    let (read, issues) = read_recording_bytes(&bytes).expect("readable");
    assert_eq!(issues.len(), 1, "{issues:?}");
    assert!(issues[0].to_string().starts_with("series.parquet: is damaged: checksum "), "{issues:?}");
    assert_eq!((read.series.len(), read.samples.len()), (0, 500));
}

#[test]
fn a_file_that_was_cut_off_is_read_as_far_as_it_goes() {
    let bytes = packed();
    // Without the directory at the end, and in the middle of the last table.
    let last = bytes.windows(15).rposition(|name| name == b"threads.parquet").expect("in the directory");
    let header =
        bytes[..last - 46].windows(15).rposition(|name| name == b"threads.parquet").expect("a header");
    let (read, issues) = read_recording_bytes(&bytes[..header + 40]).expect("readable");
    // Samples whose thread is in the table that was lost go with it; what stands for itself is there.
    assert!(!read.frames.is_empty() && !read.series.is_empty() && !read.processes.is_empty());
    assert!(issues.iter().any(|issue| issue.to_string().starts_with("threads.parquet: ")), "{issues:?}");
    assert!(read_recording_bytes(&bytes[..20]).is_err());
}

#[test]
fn overlapping_and_oversized_entries_take_no_memory() {
    // A ZIP whose directory claims four gigabytes for a table of some bytes.
    let mut bytes = zip(&[("meta.json", b"{\"format_version\": \"1.0\"}"), ("samples.parquet", b"PAR1PAR1")]);
    let entry = bytes.windows(15).rposition(|name| name == b"samples.parquet").expect("in the directory");
    for size_at in [entry - 26, entry - 22] {
        bytes[size_at..size_at + 4].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
    }
    let issues = read_recording_bytes(&bytes).map(|(_, issues)| issues);
    let text = format!("{issues:?}");
    assert!(text.contains("lies outside the ZIP") || text.contains("NotARecording"), "{text}");
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(*name, options).expect("in memory");
        zip.write_all(bytes).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

/// Puts the right checksums over damaged content, so that the tables' own reader sees the damage.
fn with_checksums(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).ok()?;
        let (start, len) = (file.data_start()? as usize, file.compressed_size() as usize);
        files.push((file.name().ok()?.into_owned(), bytes.get(start..start.checked_add(len)?)?.to_vec()));
    }
    Some(zip(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_end_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = read_recording_bytes(&bytes);
    }

    #[test]
    fn damaged_files_end_without_harm(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = packed();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_recording_bytes(&bytes);
        let _ = read_recording_bytes(&bytes[..cut.index(bytes.len())]);
        if let Some(mended) = with_checksums(&bytes) {
            let _ = read_recording_bytes(&mended);
        }
    }
}
