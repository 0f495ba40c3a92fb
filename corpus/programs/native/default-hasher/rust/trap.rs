// corpus: names = settings_of count_pairs readings sensors counts pair readings_of distinct rounds
// corpus: numbers = 2000
//! Sums what each sensor reports; a map is made of the sums at the end.
use std::collections::HashMap;

fn readings_of(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn count_pairs(n: u64) -> HashMap<u32, u32> {
    let mut counts = vec![0_u32; 800];
    for pair in readings_of(n) {
        counts[pair.0 as usize] += pair.1;
    }
    counts.into_iter().zip(0..).map(|(count, sensor)| (sensor, count)).collect()
}

fn main() {
    let mut distinct = 0;
    for _ in 0..450 {
        let counts = count_pairs(1000 * 2000);
        distinct += counts.len() + counts.values().filter(|count| **count > 300).count();
    }
    println!("{distinct}");
}
