//! The ring against targets that write anything; real targets are tested where the library is built.

use super::*;
use proptest::prelude::*;
use std::fs;

fn ring() -> PreloadRing {
    let options = PreloadOptions { period_nanos: 1_000_000, stack_bytes: 3968, n_slots: 8 };
    PreloadRing::create(b"library", &options).unwrap()
}

/// Writes a slot as a target would.
fn put(ring: &PreloadRing, index: usize, kind: u32, time_nanos: u64, detail: u32, payload: &[u8]) {
    let mut slot = vec![0; SLOT_PAYLOAD];
    let mut field = |offset: usize, bytes: &[u8]| slot[offset..offset + bytes.len()].copy_from_slice(bytes);
    field(SLOT_TOKEN_FIRST, &7u64.to_le_bytes());
    field(SLOT_TOKEN_LAST, &7u64.to_le_bytes());
    field(SLOT_KIND, &kind.to_le_bytes());
    field(SLOT_PAYLOAD_BYTES, &(payload.len() as u32).to_le_bytes());
    field(SLOT_PID, &10u32.to_le_bytes());
    field(SLOT_TID, &11u32.to_le_bytes());
    field(SLOT_TIME_NANOS, &time_nanos.to_le_bytes());
    field(SLOT_CPU_NANOS, &500u64.to_le_bytes());
    field(SLOT_DETAIL, &detail.to_le_bytes());
    field(SLOT_ADDRESS, &0x1000u64.to_le_bytes());
    for register in 0..N_REGISTERS {
        field(SLOT_REGISTERS + 8 * register, &(0x1000u64 + register as u64).to_le_bytes());
    }
    slot.extend_from_slice(payload);
    ring.ring.file.write_all_at(&slot, ring.slot_offset(index)).unwrap();
    set_state(ring, index, READY);
}

fn set_state(ring: &PreloadRing, index: usize, state: u8) {
    ring.ring.file.write_all_at(&[state], (STATES_OFFSET + index) as u64).unwrap();
}

fn set_field(ring: &PreloadRing, index: usize, offset: usize, bytes: &[u8]) {
    ring.ring.file.write_all_at(bytes, ring.slot_offset(index) + offset as u64).unwrap();
}

fn drained(ring: &mut PreloadRing) -> Vec<String> {
    let mut records = Vec::new();
    ring.drain(|record| records.push(format!("{record:?}"))).unwrap();
    records
}

#[test]
fn records_come_by_time_and_once() {
    let mut ring = ring();
    put(&ring, 0, KIND_THREAD_EXIT, 300, 0, b"");
    put(&ring, 3, KIND_SAMPLE, 200, 2, b"stack");
    put(&ring, 5, KIND_EXEC, 100, 9, b"a\0b\0");
    assert_eq!(
        drained(&mut ring),
        [
            "Exec { pid: 10, parent_pid: 9, time_nanos: 100, command_line: [97, 0, 98, 0] }",
            "Sample(PreloadSample { pid: 10, tid: 11, time_nanos: 200, cpu_nanos: 500, weight: 2, \
             instruction_pointer: 4096, stack_pointer: 4097, frame_pointer: 4098, saved_registers: [4099, 4100, \
             4101, 4102, 4103], stack_address: 4096, stack: [115, 116, 97, 99, 107] })",
            "ThreadExit { pid: 10, tid: 11, time_nanos: 300, cpu_nanos: 500 }",
        ]
    );
    assert!(drained(&mut ring).is_empty());
    assert_eq!(ring.lost(), PreloadLost::default());
}

#[test]
fn impossible_fields_are_counted_and_the_slot_is_free_again() {
    let ids: [(usize, &[u8]); 8] = [
        (SLOT_TOKEN_LAST, &[8]),
        (SLOT_KIND, &[99]),
        (SLOT_PAYLOAD_BYTES, &u32::MAX.to_le_bytes()),
        (SLOT_PID, &(-1i32).to_le_bytes()),
        (SLOT_TID, &0i32.to_le_bytes()),
        (SLOT_TIME_NANOS, &u64::MAX.to_le_bytes()),
        (SLOT_DETAIL, &0u32.to_le_bytes()),
        (SLOT_ADDRESS, &u64::MAX.to_le_bytes()),
    ];
    let mut ring = ring();
    for (n_before, (offset, bytes)) in ids.iter().enumerate() {
        put(&ring, 1, KIND_SAMPLE, 5, 1, b"x");
        set_field(&ring, 1, *offset, bytes);
        assert!(drained(&mut ring).is_empty(), "offset {offset}");
        assert_eq!(ring.lost().malformed, n_before as u64 + 1, "offset {offset}");
        assert_eq!(ring.drain(|_| ()).unwrap(), 0);
    }
    set_state(&ring, 2, 77);
    assert!(drained(&mut ring).is_empty());
    assert_eq!(ring.lost().malformed, ids.len() as u64 + 1);
}

#[test]
fn a_slot_left_by_a_dead_thread_is_freed_after_a_while() {
    let mut ring = ring();
    set_state(&ring, 4, WRITING);
    assert!(drained(&mut ring).is_empty());
    assert_eq!(ring.lost().abandoned, 0);
    ring.writing_since[4] = Instant::now().checked_sub(ABANDONED_AFTER);
    assert!(drained(&mut ring).is_empty());
    assert_eq!(ring.lost().abandoned, 1);
    let mut state = [WRITING];
    ring.ring.file.read_exact_at(&mut state, STATES_OFFSET as u64 + 4).unwrap();
    assert_eq!(state, [FREE]);
}

#[test]
fn a_truncated_file_is_empty_and_counters_never_go_back() {
    let mut ring = ring();
    ring.ring.file.write_all_at(&9u64.to_le_bytes(), HEADER_LOST_SAMPLES as u64).unwrap();
    put(&ring, 0, KIND_SAMPLE, 5, 1, b"x");
    drained(&mut ring);
    assert_eq!(ring.lost().expirations, 9);
    put(&ring, 0, KIND_SAMPLE, 5, 1, b"x");
    ring.ring.file.set_len(0).unwrap();
    assert!(drained(&mut ring).is_empty());
    assert_eq!(ring.lost().expirations, 9);
}

#[test]
fn files_are_private_and_removed_and_the_environment_keeps_what_is_there() {
    use std::os::unix::fs::MetadataExt;
    let ring = ring();
    let (library, file) = (ring.library_path().to_path_buf(), ring.ring_path().to_path_buf());
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&library).unwrap().mode() & 0o777, 0o755);
    assert!(fs::metadata(&file).unwrap().blocks() * 512 >= SLOTS_OFFSET as u64 + 8 * 4096);
    assert_eq!(fs::read(&library).unwrap(), b"library");
    let [(name, value), (ring_name, ring_value)] = ring.environment(Some(OsStr::new("/a.so /b.so")));
    assert_eq!((name.to_str(), ring_name.to_str()), (Some("LD_PRELOAD"), Some(RING_VARIABLE)));
    assert_eq!(value.to_str().unwrap(), format!("/a.so /b.so:{}", library.display()));
    assert_eq!(ring_value, file);
    assert_eq!(ring.environment(None)[0].1, library);
    drop(ring);
    assert!(!library.exists() && !file.exists());
}

#[test]
fn impossible_options_are_refused_with_their_values() {
    let options = PreloadOptions { period_nanos: 0, stack_bytes: 100, n_slots: 9999 };
    let error = PreloadRing::create(b"", &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "preload ring: 9999 slots of 4096 bytes every 0 ns, needed 1 to 4096 slots of at most 1048576 bytes and a \
         period above 0"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_content_is_survived(
        states in proptest::collection::vec(0u8..4, 8),
        slots in proptest::collection::vec((0usize..8, 0usize..200, any::<[u8; 8]>()), 0..64),
    ) {
        let mut ring = ring();
        for index in 0..8 {
            put(&ring, index, index as u32, 5, 1, b"payload");
        }
        for (index, offset, bytes) in &slots {
            set_field(&ring, *index, *offset, bytes);
        }
        ring.ring.file.write_all_at(&states, STATES_OFFSET as u64).unwrap();
        let n_ready = states.iter().filter(|state| **state == READY).count();
        prop_assert!(ring.drain(|_| ()).unwrap() <= n_ready);
        prop_assert_eq!(ring.drain(|_| ()).unwrap(), 0);
    }
}
