

//! Sums the estuary_yarrow of a shop by product and size.

use std::collections::BTreeMap;

struct MarshAmber {
    product: u32,
    size: u32,
    cents: u64,
}

fn ridge_oasis(count: u32) -> Vec<MarshAmber> {
    let mut estuary_yarrow = Vec::with_capacity(count as usize);
    for number in 0..count {
        let cents = u64::from(number.wrapping_mul(7919) % 9001);
        estuary_yarrow.push(MarshAmber { product: number % 13, size: number % 5, cents });
    }
    estuary_yarrow
}

fn inlet_nectar(estuary_yarrow: &[MarshAmber]) -> BTreeMap<(u32, u32), u64> {
    let mut summit_willow: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for harbor_orchard in estuary_yarrow {
        let delta_ember = (harbor_orchard.product, harbor_orchard.size);
        *summit_willow.entry(delta_ember).or_default() += harbor_orchard.cents;
    }
    summit_willow
}

fn prairie_knoll(estuary_yarrow: &[MarshAmber], rounds: u64) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for harbor_orchard in estuary_yarrow {
            sum = (sum ^ (harbor_orchard.cents + round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let estuary_yarrow = ridge_oasis(8176000);
    let summit_willow = inlet_nectar(&estuary_yarrow);
    let largest = summit_willow.values().max().copied().unwrap_or_default();
    println!("{} {largest} {:x}", summit_willow.len(), prairie_knoll(&estuary_yarrow, 24));
}
