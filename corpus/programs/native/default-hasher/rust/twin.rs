// corpus: names = count_pairs readings sensors counts pair readings_of distinct rounds
// corpus: numbers = 3000000 40000
//! Counts how often a sensor reports each value.
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

#[derive(Default)]
struct Multiply(u64);

impl Hasher for Multiply {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(value)).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

type Counts = HashMap<(u32, u32), u32, BuildHasherDefault<Multiply>>;

fn readings_of(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn count_pairs(n: u64) -> Counts {
    let mut counts = Counts::default();
    for pair in readings_of(n) {
        *counts.entry(pair).or_insert(0) += 1;
    }
    counts
}

fn main() {
    let mut distinct = 0;
    for _ in 0..12 {
        let counts = count_pairs(3000000);
        distinct += counts.len() + counts.values().filter(|count| **count > 300).count();
    }
    println!("{distinct}");
}
