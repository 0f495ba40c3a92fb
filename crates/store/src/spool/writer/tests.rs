//! Full disks: real ones (a tiny tmpfs) and injected ones.

use super::*;
use crate::spool::SpoolReader;
use fathom_model::ClockPair;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// A file in memory with a size limit that the test moves.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

impl Disk {
    fn with_room(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new((Vec::new(), bytes))))
    }

    fn set_room(&self, bytes: usize) {
        self.0.lock().expect("not poisoned").1 = bytes;
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("not poisoned").0.clone()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.lock().expect("not poisoned");
        let fits = bytes.len().min(disk.1 - disk.0.len().min(disk.1));
        if fits == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.0.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Target for Disk {
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.0.lock().expect("not poisoned").0.truncate(len as usize);
        Ok(())
    }
}

fn clock(at: i64) -> Record {
    Record::Clock(ClockPair { monotonic_nanos: at, realtime_nanos: at })
}

fn times(bytes: &[u8]) -> Vec<i64> {
    let mut reader = SpoolReader::new(bytes, "x").expect("a spool");
    let times = reader.by_ref().filter_map(|record| match record {
        Record::Clock(pair) => Some(pair.monotonic_nanos),
        _ => None,
    });
    let times = times.collect();
    assert_eq!(reader.finish(), vec![]);
    times
}

#[test]
fn a_full_disk_is_reported_and_survived() {
    let disk = Disk::with_room(100_000);
    let mut writer = SpoolWriter::on(Box::new(disk.clone()), Path::new("x.part")).expect("room for a header");
    let mut refused = Vec::new();
    let mut last_error = None;
    for at in 0..800_000 {
        if let Err(error) = writer.record(&clock(at)) {
            refused.extend((writer.refused_records() > refused.len() as u64).then_some(at));
            last_error = Some(error);
        }
        if at % 20_000 == 0 {
            last_error = writer.checkpoint().err().or(last_error);
            // Whatever happened, the file is whole.
            let written = disk.bytes();
            assert_eq!(written.len() as u64, writer.written_bytes());
            assert!(times(&written).iter().copied().eq(0..times(&written).len() as i64));
        }
    }
    let error = last_error.expect("the disk is full");
    assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
    assert!(error.what.starts_with("the spool `x.part` (") && error.what.contains(" bytes are safe in it, "));
    assert!(!refused.is_empty(), "4 MiB must not hold all of it");

    disk.set_room(usize::MAX);
    writer.checkpoint().expect("room again");
    writer.record(&clock(-1)).expect("taken");
    writer.finish().expect("written");
    let mut expected: Vec<i64> = (0..800_000).filter(|at| refused.binary_search(at).is_err()).collect();
    expected.push(-1);
    assert_eq!(times(&disk.bytes()), expected);
}

#[test]
fn a_full_tmpfs_leaves_a_readable_spool() {
    let directory = tempfile::tempdir().expect("a directory");
    let mount = |arguments: &[&str]| Command::new("mount").args(arguments).arg(directory.path()).output();
    let mounted = mount(&["-t", "tmpfs", "-o", "size=128k", "tmpfs"]);
    if !mounted.as_ref().is_ok_and(|output| output.status.success()) {
        println!("skipped: a tmpfs cannot be mounted here (needs root): {mounted:?}");
        return;
    }
    let path = directory.path().join("x.fathom.part");
    let result = std::panic::catch_unwind(|| {
        let mut writer = SpoolWriter::create(&path).expect("created");
        let mut errors = 0;
        for at in 0..50_000 {
            errors += usize::from(writer.record(&clock(at)).is_err());
        }
        let error = writer.checkpoint().expect_err("128 KiB do not hold it");
        assert!(error.to_string().contains("No space left on device"), "{error}");
        let written = fs::read(&path).expect("readable");
        assert_eq!(written.len() as u64, writer.written_bytes());
        drop(writer);
        (errors, times(&fs::read(&path).expect("readable")).len())
    });
    let unmounted = Command::new("umount").arg(directory.path()).status();
    assert!(unmounted.is_ok_and(|status| status.success()));
    let (errors, whole) = result.expect("the checks hold");
    assert!(errors > 0, "{errors} errors, {whole} records");
}

#[test]
fn remains_of_a_crash_are_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.part");
    let mut first = SpoolWriter::create(&path).expect("created");
    first.record(&clock(1)).expect("taken");
    drop(first);
    let second = SpoolWriter::create(&path).expect("created");
    let old = directory.path().join("x.part.old");
    assert_eq!(times(&fs::read(&old).expect("kept")), [1]);
    assert_eq!(times(&fs::read(&path).expect("new")), Vec::<i64>::new());
    second.discard().expect("removed");
    assert!(!path.exists() && old.exists());
}

#[test]
fn a_spool_has_one_writer() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.part");
    let first = SpoolWriter::create(&path).expect("created");
    let error = SpoolWriter::create(&path).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("another recording is writing it"), "{error}");
    fs::remove_file(&path).expect("removed");
    first.discard().expect("what is gone is no error");
}

#[test]
fn what_cannot_be_created_is_named() {
    let error = SpoolWriter::create(Path::new("/nonexistent/x.part")).err().map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(error.starts_with("cannot create `/nonexistent/x.part`: No such file"), "{error}");
    assert!(error.ends_with("hint: ls /nonexistent"), "{error}");
}

#[test]
fn a_record_that_is_too_long_is_refused_alone() {
    let disk = Disk::with_room(usize::MAX);
    let mut writer = SpoolWriter::on(Box::new(disk.clone()), Path::new("x")).expect("room");
    writer.record(&clock(1)).expect("taken");
    let long = Record::Module {
        id: fathom_model::ModuleId(0),
        path: "x".repeat(MAX_BLOCK_BYTES),
        local_path: None,
        build_id: None,
        kind: fathom_model::ModuleKind::Elf,
        identity: None,
    };
    assert!(writer.record(&long).expect_err("too long").to_string().contains("bytes is too long"));
    writer.record(&clock(2)).expect("taken");
    writer.finish().expect("written");
    assert_eq!(times(&disk.bytes()), [1, 2]);
}
