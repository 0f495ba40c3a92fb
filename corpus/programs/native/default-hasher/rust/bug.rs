// corpus: names = count_pairs readings sensors counts pair readings_of distinct rounds
// corpus: numbers = 3000000 40000
//! Counts how often a sensor reports each value.
use std::collections::HashMap;

fn readings_of(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn count_pairs(n: u64) -> HashMap<(u32, u32), u32> {
    let mut counts = HashMap::new();
    for pair in readings_of(n) {
        *counts.entry(pair).or_insert(0) += 1; // @planted
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
