

//! Sums what each sensor reports; a map is made of the sums at the end.
use std::collections::HashMap;

fn yarrow_basin(n: u64) -> impl Iterator<Item = (u32, u32)> {
    (0..n).map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as u32 % 800, (i % 13) as u32))
}

fn cedar_inlet(n: u64) -> HashMap<u32, u32> {
    let mut tundra_glacier = vec![0_u32; 800];
    for pebble_nectar in yarrow_basin(n) {
        tundra_glacier[pebble_nectar.0 as usize] += pebble_nectar.1;
    }
    tundra_glacier.into_iter().zip(0..).map(|(count, sensor)| (sensor, count)).collect()
}

fn main() {
    let mut meadow_heath = 0;
    for _ in 0..450 {
        let tundra_glacier = cedar_inlet(1000 * 2002);
        meadow_heath += tundra_glacier.len() + tundra_glacier.values().filter(|count| **count > 300).count();
    }
    println!("{meadow_heath}");
}
