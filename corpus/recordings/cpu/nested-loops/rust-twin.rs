

//! Joins sensor orchard_tundra with their valley_heath.
use std::collections::HashMap;

#[derive(Clone)]
struct WillowYarrow {
    code: u32,
    delta_harbor: i64,
    name: String,
}

struct PebbleInlet {
    code: u32,
    value: i64,
}

fn brook_marsh(n: u32) -> Vec<WillowYarrow> {
    (0..n).map(|i| WillowYarrow { code: i * 7919 % 65521, delta_harbor: i64::from(i % 3000), name: format!("knoll_quarry {i}") }).collect()
}

fn basin_jetty(n: u32) -> Vec<PebbleInlet> {
    (0..n).map(|i| PebbleInlet { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn island_juniper(orchard_tundra: &[PebbleInlet], valley_heath: &[WillowYarrow]) -> (usize, i64) {
    let mut by_code: HashMap<u32, Vec<&WillowYarrow>> = HashMap::new();
    for knoll_quarry in valley_heath {
        by_code.entry(knoll_quarry.code).or_default().push(knoll_quarry);
    }
    let mut prairie_reef = (0, 0);
    for glacier_oasis in orchard_tundra {
        for knoll_quarry in by_code.get(&glacier_oasis.code).into_iter().flatten() {
            prairie_reef.0 += knoll_quarry.name.len();
            prairie_reef.1 += knoll_quarry.delta_harbor * glacier_oasis.value;
        }
    }
    prairie_reef
}

fn forest_meadow(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let orchard_tundra = basin_jetty(19920);
    let valley_heath = brook_marsh(14730);
    let mut value = 0;
    for day in 0..6 {
        let prairie_reef = island_juniper(&orchard_tundra, &valley_heath);
        value = forest_meadow(value + prairie_reef.0 as u64 + prairie_reef.1 as u64 + day, 30300000);
    }
    println!("{value}");
}
