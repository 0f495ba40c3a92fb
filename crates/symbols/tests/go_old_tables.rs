//! Go's function tables of 1.2 and 1.16, which no toolchain at hand writes: put together here by the
//! layouts in `src/debug/gosym/pclntab.go` and `src/runtime/runtime2.go` of those releases.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

use fathom_symbols::{Bytes, Pclntab};

const ENTRIES: [u64; 3] = [0x40_1000, 0x40_1080, 0x40_1100];

/// Tables by address: (value, address behind its last byte) pairs, from the entry on.
fn table(entry: u64, steps: &[(i32, u64)]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut value, mut address) = (-1i32, entry);
    for (next, until) in steps {
        let difference = next.wrapping_sub(value);
        put(&mut out, ((difference << 1) ^ (difference >> 31)) as u32);
        put(&mut out, (until - address) as u32);
        (value, address) = (*next, *until);
    }
    out.push(0);
    out
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends bytes and returns where they begin.
fn append(out: &mut Vec<u8>, bytes: &[u8]) -> u32 {
    let at = out.len() as u32;
    out.extend_from_slice(bytes);
    at
}

fn set_word(out: &mut [u8], at: usize, value: u64, big: bool) {
    out[at..at + 8].copy_from_slice(&if big { value.to_be_bytes() } else { value.to_le_bytes() });
}

fn set_half(out: &mut [u8], at: usize, value: u32, big: bool) {
    out[at..at + 4].copy_from_slice(&if big { value.to_be_bytes() } else { value.to_le_bytes() });
}

/// Two functions, `main.first` and `main.second`, in `/src/main.go`.
fn build(is_116: bool, big: bool) -> Vec<u8> {
    let magic: u32 = if is_116 { 0xffff_fffa } else { 0xffff_fffb };
    let mut out = vec![0; 512];
    set_half(&mut out, 0, magic, big);
    (out[6], out[7]) = (1, 8);
    set_word(&mut out, 8, 2, big);
    let functions = if is_116 { 72 } else { 16 };
    let records = [256, 384];
    let mut base = 0;
    if is_116 {
        base = append(&mut out, b"\0");
    }
    let names = [append(&mut out, b"main.first\0") - base, append(&mut out, b"main.second\0") - base];
    let mut files = append(&mut out, b"/src/main.go\0");
    let compile_units = append(&mut out, &[0; 8]);
    if !is_116 {
        // File numbers begin at 1; entry 0 of the list is its length.
        set_half(&mut out, compile_units as usize + 4, files, big);
        files = compile_units;
    }
    let values = if is_116 { append(&mut out, b"\0") } else { 0 };
    for (index, record) in records.into_iter().enumerate() {
        let (entry, end) = (ENTRIES[index], ENTRIES[index + 1]);
        set_word(&mut out, functions + index * 16, entry, big);
        set_word(
            &mut out,
            functions + index * 16 + 8,
            (record - if is_116 { functions } else { 0 }) as u64,
            big,
        );
        let deltas = append(&mut out, &table(entry, &[(0, entry + 4), (0x48, end - 1), (0, end)])) - values;
        let file = append(&mut out, &table(entry, &[(i32::from(!is_116), end)])) - values;
        let line = append(&mut out, &table(entry, &[(10, entry + 16), (7, entry + 32), (200, end)])) - values;
        set_word(&mut out, record, entry, big);
        set_half(&mut out, record + 8, names[index], big);
        for (offset, value) in [(20, deltas), (24, file), (28, line), (32, 0), (36, 0)] {
            set_half(&mut out, record + offset, value, big);
        }
    }
    set_word(&mut out, functions + 32, ENTRIES[2], big);
    if is_116 {
        for (index, offset) in [
            1,
            u64::from(base),
            u64::from(compile_units),
            u64::from(files),
            u64::from(values),
            functions as u64,
        ]
        .into_iter()
        .enumerate()
        {
            set_word(&mut out, 16 + index * 8, offset, big);
        }
    } else {
        set_half(&mut out, functions + 40, files, big);
    }
    out
}

#[test]
fn names_lines_and_stack_deltas() {
    for (is_116, big) in [(true, false), (true, true), (false, false), (false, true)] {
        let (table, issues) = Pclntab::parse(Bytes::from(build(is_116, big)), 0, None);
        assert!(issues.is_empty(), "{issues:?}");
        assert_eq!(table.n_functions(), 2);
        let at = |pc: u64| {
            let frames = table.lookup(pc);
            frames.first().map(|frame| {
                (
                    frame.function.clone().unwrap(),
                    frame.file.clone().unwrap(),
                    frame.line.unwrap(),
                    table.stack_delta(pc).unwrap(),
                )
            })
        };
        let file = "/src/main.go".to_owned();
        assert_eq!(at(0x40_0fff), None);
        assert_eq!(at(0x40_1000), Some(("main.first".to_owned(), file.clone(), 10, 0)));
        assert_eq!(at(0x40_1010), Some(("main.first".to_owned(), file.clone(), 7, 0x48)));
        assert_eq!(at(0x40_107f), Some(("main.first".to_owned(), file.clone(), 200, 0)));
        assert_eq!(at(0x40_1080), Some(("main.second".to_owned(), file.clone(), 10, 0)));
        assert_eq!(at(0x40_1100), None);
    }
}
