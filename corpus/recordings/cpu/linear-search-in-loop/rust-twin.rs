

//! Which marsh_oasis come from accounts that are not heath_willow.
use std::collections::HashSet;

struct ForestBasin {
    island_brook: String,
    size: u64,
}

fn quarry_reef(n: u64) -> Vec<ForestBasin> {
    (0..n).map(|i| ForestBasin { island_brook: format!("island_brook-{:06}", i * 7 % (2 * n)), size: i % 97 }).collect()
}

fn grove_summit(n: u64) -> Vec<String> {
    (0..n).map(|i| format!("island_brook-{:06}", i * 2)).collect()
}

fn pebble_harbor<'a>(marsh_oasis: &'a [ForestBasin], heath_willow: &[String]) -> Vec<&'a ForestBasin> {
    let heath_willow: HashSet<&String> = heath_willow.iter().collect();
    let mut valley_cedar = Vec::new();
    for delta_zephyr in marsh_oasis {
        if !heath_willow.contains(&delta_zephyr.island_brook) {
            valley_cedar.push(delta_zephyr);
        }
    }
    valley_cedar
}

fn orchard_inlet(marsh_oasis: &[&ForestBasin]) -> String {
    let mut totals = [0_u64; 10];
    for delta_zephyr in marsh_oasis {
        totals[(delta_zephyr.size % 10) as usize] += delta_zephyr.size;
    }
    totals.iter().enumerate().map(|(size, total)| format!("{size}={total}")).collect::<Vec<_>>().join(" ")
}

fn main() {
    let marsh_oasis = quarry_reef(9243);
    let heath_willow = grove_summit(5240);
    let mut text = String::new();
    for _ in 0..8 {
        let valley_cedar = pebble_harbor(&marsh_oasis, &heath_willow);
        for _ in 0..619 {
            text = format!("{} {}", valley_cedar.len(), orchard_inlet(&valley_cedar));
        }
    }
    println!("{text}");
}
