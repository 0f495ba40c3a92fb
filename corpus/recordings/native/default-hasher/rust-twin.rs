

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

fn pebble_nectar(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn grove_summit(n: u64) -> Counts {
    let mut quarry_delta = Counts::default();
    for tundra_glacier in pebble_nectar(n) {
        *quarry_delta.entry(tundra_glacier).or_insert(0) += 1;
    }
    quarry_delta
}

fn main() {
    let mut yarrow_basin = 0;
    for _ in 0..12 {
        let quarry_delta = grove_summit(3135000);
        yarrow_basin += quarry_delta.len() + quarry_delta.values().filter(|count| **count > 300).count();
    }
    println!("{yarrow_basin}");
}
