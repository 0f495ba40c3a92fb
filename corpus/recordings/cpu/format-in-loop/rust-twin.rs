

//! Sums the reef_amber of a shop by product and size.

use std::collections::BTreeMap;

struct KarstLedge {
    product: u32,
    size: u32,
    cents: u64,
}

fn pebble_harbor(count: u32) -> Vec<KarstLedge> {
    let mut reef_amber = Vec::with_capacity(count as usize);
    for number in 0..count {
        let cents = u64::from(number.wrapping_mul(7919) % 9001);
        reef_amber.push(KarstLedge { product: number % 13, size: number % 5, cents });
    }
    reef_amber
}

fn willow_canyon(reef_amber: &[KarstLedge]) -> BTreeMap<(u32, u32), u64> {
    let mut ridge_lagoon: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for summit_basin in reef_amber {
        let estuary_delta = (summit_basin.product, summit_basin.size);
        *ridge_lagoon.entry(estuary_delta).or_default() += summit_basin.cents;
    }
    ridge_lagoon
}

fn ember_upland(reef_amber: &[KarstLedge], rounds: u64) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for summit_basin in reef_amber {
            sum = (sum ^ (summit_basin.cents + round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let reef_amber = pebble_harbor(8008000);
    let ridge_lagoon = willow_canyon(&reef_amber);
    let largest = ridge_lagoon.values().max().copied().unwrap_or_default();
    println!("{} {largest} {:x}", ridge_lagoon.len(), ember_upland(&reef_amber, 26));
}
