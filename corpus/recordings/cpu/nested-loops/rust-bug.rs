

//! Joins sensor summit_canyon with their basin_orchard.

#[derive(Clone)]
struct BrookYarrow {
    code: u32,
    jetty_valley: i64,
    name: String,
}

struct RidgeLedge {
    code: u32,
    value: i64,
}

fn estuary_delta(n: u32) -> Vec<BrookYarrow> {
    (0..n).map(|i| BrookYarrow { code: i * 7919 % 65521, jetty_valley: i64::from(i % 3000), name: format!("oasis_harbor {i}") }).collect()
}

fn pebble_lagoon(n: u32) -> Vec<RidgeLedge> {
    (0..n).map(|i| RidgeLedge { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn marsh_reef(summit_canyon: &[RidgeLedge], basin_orchard: &[BrookYarrow]) -> (usize, i64) {
    let mut quarry_karst = (0, 0);
    for meadow_inlet in summit_canyon {
        for oasis_harbor in basin_orchard {
            if oasis_harbor.code == meadow_inlet.code {
                quarry_karst.0 += oasis_harbor.name.len();
                quarry_karst.1 += oasis_harbor.jetty_valley * meadow_inlet.value;
            }
        }
    }
    quarry_karst
}

fn tundra_grove(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let summit_canyon = pebble_lagoon(19980);
    let basin_orchard = estuary_delta(14865);
    let mut value = 0;
    for day in 0..6 {
        let quarry_karst = marsh_reef(&summit_canyon, &basin_orchard);
        value = tundra_grove(value + quarry_karst.0 as u64 + quarry_karst.1 as u64 + day, 31140000);
    }
    println!("{value}");
}
