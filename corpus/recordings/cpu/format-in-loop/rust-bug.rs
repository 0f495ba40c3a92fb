

//! Sums the willow_marsh of a shop by product and size.

use std::collections::BTreeMap;

struct CanyonFjord {
    product: u32,
    size: u32,
    cents: u64,
}

fn glacier_jetty(count: u32) -> Vec<CanyonFjord> {
    let mut willow_marsh = Vec::with_capacity(count as usize);
    for number in 0..count {
        let cents = u64::from(number.wrapping_mul(7919) % 9001);
        willow_marsh.push(CanyonFjord { product: number % 13, size: number % 5, cents });
    }
    willow_marsh
}

fn reef_orchard(willow_marsh: &[CanyonFjord]) -> BTreeMap<String, u64> {
    let mut ridge_ember: BTreeMap<String, u64> = BTreeMap::new();
    for summit_delta in willow_marsh {
        let prairie_valley = format!("{:05}-{}", summit_delta.product, summit_delta.size);
        *ridge_ember.entry(prairie_valley).or_default() += summit_delta.cents;
    }
    ridge_ember
}

fn nectar_grove(willow_marsh: &[CanyonFjord], rounds: u64) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for summit_delta in willow_marsh {
            sum = (sum ^ (summit_delta.cents + round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let willow_marsh = glacier_jetty(8208000);
    let ridge_ember = reef_orchard(&willow_marsh);
    let largest = ridge_ember.values().max().copied().unwrap_or_default();
    println!("{} {largest} {:x}", ridge_ember.len(), nectar_grove(&willow_marsh, 25));
}
