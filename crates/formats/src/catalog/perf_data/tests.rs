//! Files made by hand, in all their shapes; `tests/perf.rs` compares with perf itself.

use super::*;
use crate::names::frame_name;
use fathom_model::{ModuleKind, Signal, Unit};
use proptest::prelude::*;

const SAMPLE_TYPE: u64 = attribute::IP
    | attribute::TID
    | attribute::TIME
    | attribute::CALLCHAIN
    | attribute::CPU
    | attribute::PERIOD
    | attribute::IDENTIFIER;
/// What follows a sample's chain in none of these files.
const SAMPLE_ID_ALL_AND_FREQUENCY: u64 = 1 << 18 | 1 << 10;
const KERNEL_ADDRESS: u64 = 0xffff_ffff_8100_0010;

#[derive(Clone, Copy)]
struct Writer {
    is_big: bool,
}

impl Writer {
    fn u16(self, n: u16) -> Vec<u8> {
        if self.is_big { n.to_be_bytes().into() } else { n.to_le_bytes().into() }
    }

    fn u32(self, n: u32) -> Vec<u8> {
        if self.is_big { n.to_be_bytes().into() } else { n.to_le_bytes().into() }
    }

    fn u64s(self, list: &[u64]) -> Vec<u8> {
        let bytes = |n: &u64| if self.is_big { n.to_be_bytes() } else { n.to_le_bytes() };
        list.iter().flat_map(bytes).collect()
    }

    fn record(self, kind: u32, bits: u16, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 8).expect("a short record");
        [self.u32(kind), self.u16(bits), self.u16(length), body.to_vec()].concat()
    }

    fn attribute(self, kind: u32, config: u64, sample_type: u64) -> Vec<u8> {
        let flag = |byte: u8| if self.is_big { byte.reverse_bits() } else { byte };
        let flags: Vec<u8> = SAMPLE_ID_ALL_AND_FREQUENCY.to_le_bytes().map(flag).into();
        [self.u32(kind), self.u32(112), self.u64s(&[config, 999, sample_type, 0]), flags, vec![0; 112 - 48]]
            .concat()
    }

    /// `sample_id` behind every record that is no sample.
    fn other(self, kind: u32, bits: u16, task: [u32; 2], body: Vec<u8>, time: u64) -> Vec<u8> {
        let id = [self.u32(task[0]), self.u32(task[1]), self.u64s(&[time, 0, 7])].concat();
        self.record(kind, bits, &[body, id].concat())
    }

    fn text(text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize((bytes.len() + 8) / 8 * 8, 0);
        bytes
    }

    fn comm(self, task: [u32; 2], name: &str, time: u64) -> Vec<u8> {
        let body = [self.u32(task[0]), self.u32(task[1]), Self::text(name)].concat();
        self.other(3, 0, task, body, time)
    }

    fn map(self, pid: u32, [start, length, offset]: [u64; 3], path: &str, time: u64) -> Vec<u8> {
        let mut identity = vec![0; 24];
        identity[..5].copy_from_slice(&[2, 0, 0, 0, 0xab]);
        let (task, place) = ([self.u32(pid), self.u32(pid)].concat(), self.u64s(&[start, length, offset]));
        let body = [task, place, identity, self.u32(5), self.u32(2), Self::text(path)].concat();
        self.other(10, 1 << 14 | 2, [pid, pid], body, time)
    }

    fn fork(self, [pid, parent, tid, parent_tid]: [u32; 4], time: u64) -> Vec<u8> {
        let body = [pid, parent, tid, parent_tid].map(|n| self.u32(n)).concat();
        self.other(7, 0, [parent, parent_tid], [body, self.u64s(&[time])].concat(), time)
    }

    fn sample(self, id: u64, task: [u32; 2], time: u64, period: u64, chain: &[u64]) -> Vec<u8> {
        let body = [
            self.u64s(&[id, chain.get(1).copied().unwrap_or(0x1010)]),
            self.u32(task[0]),
            self.u32(task[1]),
            self.u64s(&[time]),
            self.u32(3),
            self.u32(0),
            self.u64s(&[period, chain.len() as u64]),
            self.u64s(chain),
        ]
        .concat();
        self.record(9, 2, &body)
    }

    /// Two processes, two events, records that stand out of order within a round.
    fn records(self) -> Vec<Vec<u8>> {
        let user = (-512_i64).cast_unsigned();
        let kernel = (-128_i64).cast_unsigned();
        vec![
            self.comm([10, 10], "app", 0),
            self.map(10, [0x1000, 0x1000, 0x400], "/bin/app (deleted)", 0),
            self.sample(
                7,
                [10, 11],
                500,
                1_000,
                &[kernel, KERNEL_ADDRESS, user, 0x1100, 0x1200, u64::MAX, 0x1300],
            ),
            self.sample(7, [20, 20], 900, 1_000, &[user, 0x9000]),
            self.record(68, 0, &[]),
            self.fork([10, 10, 11, 10], 100),
            self.comm([10, 11], "worker", 200),
            self.fork([20, 10, 20, 10], 300),
            self.sample(8, [20, 20], 400, 5, &[user, 0x1100]),
            self.comm([20, 20], "child", 600),
            self.map(20, [0x9000, 0x1000, 0], "//anon", 700),
            self.other(2, 0, [10, 10], self.u64s(&[7, 3]), 950),
            self.record(68, 0, &[]),
        ]
    }

    fn file(self, records: &[u8]) -> Vec<u8> {
        let attributes = [(1_u32, 0_u64, 7_u64), (0, 3, 8)];
        let data_at = 104 + 2 * 128 + 16;
        let mut bytes = if self.is_big { b"2ELIFREP".to_vec() } else { b"PERFILE2".to_vec() };
        // Feature 3: the name of the host.
        bytes.extend(self.u64s(&[104, 128, 104, 256, data_at, records.len() as u64, 0, 0, 1 << 3, 0, 0, 0]));
        for (at, (kind, config, _)) in attributes.iter().enumerate() {
            bytes.extend(self.attribute(*kind, *config, SAMPLE_TYPE));
            bytes.extend(self.u64s(&[104 + 256 + 8 * at as u64, 8]));
        }
        bytes.extend(self.u64s(&[7, 8]));
        bytes.extend(records);
        bytes.extend(self.u64s(&[data_at + records.len() as u64 + 16, 12]));
        bytes.extend([self.u32(8), Self::text("box")].concat());
        bytes
    }

    fn stream(self, records: &[u8]) -> Vec<u8> {
        let mut bytes = if self.is_big { b"2ELIFREP".to_vec() } else { b"PERFILE2".to_vec() };
        bytes.extend(self.u64s(&[16]));
        for (kind, config, id) in [(1, 0, 7), (0, 3, 8)] {
            let body = [self.attribute(kind, config, SAMPLE_TYPE), self.u64s(&[id])].concat();
            bytes.extend(self.record(64, 0, &body));
        }
        let host = [self.u64s(&[3]), self.u32(8), Self::text("box")].concat();
        bytes.extend(self.record(80, 0, &host));
        bytes.extend(records);
        bytes
    }

    /// The records as two packed ones, of which the first ends within a record.
    fn packed(self, records: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("memory");
        let (first, second) = records.split_at(records.len() / 2 + 3);
        encoder.write_all(first).expect("memory");
        encoder.flush().expect("memory");
        let length = encoder.get_ref().len();
        encoder.write_all(second).expect("memory");
        let all = encoder.finish().expect("memory");
        let padded = [self.u64s(&[(all.len() - length) as u64]), all[length..].to_vec(), vec![0; 5]].concat();
        [self.record(81, 0, &all[..length]), self.record(83, 0, &padded)].concat()
    }
}

const LITTLE: Writer = Writer { is_big: false };

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

fn shown(recording: &Recording) -> Vec<String> {
    let line = |sample: &fathom_model::Sample| {
        let thread = &recording.threads[sample.thread.index()];
        let frames = sample.stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let names: Vec<_> =
            frames.map(|id| frame_name(&recording.frames[id.index()], &recording.modules)).collect();
        let process = &recording.processes[sample.process.index()];
        let signal = recording.meta.name_of(sample.signal);
        format!(
            "{} {} {}/{} {signal}={} {}",
            sample.time_nanos,
            process.name,
            thread.name,
            thread.tid,
            sample.value,
            names.join("<")
        )
    };
    recording.samples.iter().map(line).collect()
}

#[test]
fn every_shape_of_a_file_says_the_same() {
    for is_big in [false, true] {
        let writer = Writer { is_big };
        let records = writer.records().concat();
        let packed = writer.packed(&records);
        let gzip_like = zstd::encode_all(writer.file(&records).as_slice(), 1).expect("memory");
        let shapes = [
            writer.file(&records),
            writer.stream(&records),
            writer.file(&packed),
            writer.stream(&packed),
            gzip_like,
        ];
        for (at, bytes) in shapes.iter().enumerate() {
            let (recording, issues) = read_bytes(bytes);
            assert!(issues.is_empty(), "{at}: {issues:?}");
            assert_eq!(
                shown(&recording),
                [
                    "400 child app/20 cache-misses=5 app+0x500",
                    "500 app worker/11 cpu=1000 [kernel]+0xffffffff81000010<app+0x500<app+0x5ff",
                    "900 child child/20 cpu=1000 [jit of process 1]+0x9000",
                ],
                "{at}, big-endian: {is_big}"
            );
            let meta = &recording.meta;
            assert_eq!((meta.host.name.as_str(), meta.quality.lost, meta.kernel_sampled), ("box", 3, true));
            assert_eq!(meta.unit_of(Signal::Column1), Unit::Count);
            assert_eq!(recording.samples[0].cpu, Some(3));
            let app = &recording.modules[0];
            assert_eq!((app.path.as_str(), app.kind), ("/bin/app", ModuleKind::Elf));
            assert_eq!((app.load_addresses.as_slice(), app.build_id.is_some()), (&[0xc00][..], true));
            assert_eq!(recording.processes[1].parent, Some(recording.processes[0].id));
        }
    }
}

#[test]
fn copies_of_stacks_are_counted() {
    let with_stacks = |bytes: &mut [u8]| {
        for at in [104, 104 + 128] {
            bytes[at + 25] |= 0x20;
        }
    };
    let mut bytes = LITTLE.file(&LITTLE.records().concat());
    with_stacks(&mut bytes);
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(recording.samples.len(), 3);
    assert!(issues[0].message.starts_with("3 samples carry copies of the stack"), "{issues:?}");
}

#[test]
fn a_file_that_was_not_closed_is_read_to_its_end() {
    let records = LITTLE.records().concat();
    let mut bytes = LITTLE.file(&records);
    bytes[48..56].fill(0);
    bytes.truncate(104 + 256 + 16 + records.len());
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(recording.samples.len(), 3);
    assert!(issues[0].message.starts_with("perf record was ended"), "{issues:?}");
}

#[test]
fn every_cut_is_survived_and_named() {
    let records = LITTLE.records().concat();
    let (file, stream) = (LITTLE.file(&records), LITTLE.stream(&LITTLE.packed(&records)));
    for bytes in [&file, &stream] {
        for end in 0..bytes.len() {
            let (recording, _) = read_bytes(&bytes[..end]);
            assert!(recording.samples.len() <= 3, "{end}");
        }
    }
    let middle = 104 + 256 + 16 + records.len() - 100;
    let (recording, issues) = read_bytes(&file[..middle]);
    assert!(recording.samples.len() == 3 && !issues.is_empty());
    assert_eq!(issues[0].offset, Some(middle as u64));
}

#[test]
fn hostile_numbers_cost_nothing() {
    let big = u64::MAX.to_le_bytes();
    let bytes = LITTLE.file(&LITTLE.records().concat());
    for at in (8..376).step_by(8) {
        let mut bytes = bytes.clone();
        bytes[at..at + 8].copy_from_slice(&big);
        read_bytes(&bytes);
    }
    let skip = LITTLE.record(71, 0, &LITTLE.u64s(&[u64::MAX]));
    let (_, issues) = read_bytes(&LITTLE.file(&skip));
    assert!(issues[0].message.contains("beyond the end"), "{issues:?}");
    let short = [LITTLE.u32(9), LITTLE.u16(0), LITTLE.u16(4)].concat();
    let (_, issues) = read_bytes(&LITTLE.file(&short));
    assert!(issues[0].message.contains("has 4 bytes, expected 8 or more"), "{issues:?}");
}

#[test]
fn tables_that_are_full_take_no_more() {
    let limits = crate::input::Limits { model_bytes: 1_000, ..Default::default() };
    let samples: Vec<u8> =
        (0..100).flat_map(|at| LITTLE.sample(7, [10, 10], 100 + at, 1, &[0x1000 + at])).collect();
    let bytes = LITTLE.file(&samples);
    let (recording, issues) = read(&Input::new(&bytes).with_limits(limits));
    assert!(recording.samples.len() < 20, "{}", recording.samples.len());
    assert!(issues.iter().any(|issue| issue.message.contains("left out")), "{issues:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_bytes(&bytes);
        read_bytes(&LITTLE.file(&bytes));
        read_bytes(&LITTLE.stream(&bytes));
        let framed: Vec<u8> = bytes.chunks(60).flat_map(|body| LITTLE.record(81, 0, body)).collect();
        read_bytes(&LITTLE.file(&framed));
    }

    #[test]
    fn any_change_is_survived(at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 1..9)) {
        let records = LITTLE.records().concat();
        for mut file in [LITTLE.file(&records), LITTLE.stream(&LITTLE.packed(&records))] {
            let at = at.index(file.len());
            let end = (at + bytes.len()).min(file.len());
            file[at..end].copy_from_slice(&bytes[..end - at]);
            read_bytes(&file);
        }
    }
}
