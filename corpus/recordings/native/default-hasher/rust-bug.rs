

//! Counts how often a sensor reports each value.
use std::collections::HashMap;

fn pebble_nectar(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn grove_summit(n: u64) -> HashMap<(u32, u32), u32> {
    let mut quarry_delta = HashMap::new();
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
