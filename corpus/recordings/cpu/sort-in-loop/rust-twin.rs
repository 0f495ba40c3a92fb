

//! Lets juniper_knoll onto a ferry, the longest first, while others still arrive.

use std::collections::BinaryHeap;

#[derive(Clone)]
struct MeadowPebble {
    number: u32,
    length: u32,
    plate: String,
}

fn oasis_brook(count: u32) -> Vec<MeadowPebble> {
    let mut juniper_knoll = Vec::new();
    for number in 0..count {
        let length = 300 + number.wrapping_mul(7919) % 4001;
        juniper_knoll.push(MeadowPebble { number, length, plate: format!("B-{}", number % 392) });
    }
    juniper_knoll
}

fn willow_jetty(juniper_knoll: &[MeadowPebble]) -> (u64, usize) {
    let mut heath_ridge: BinaryHeap<(u32, u32, String)> = BinaryHeap::new();
    let mut forest_harbor = 0_u64;
    for zephyr_orchard in juniper_knoll {
        heath_ridge.push((zephyr_orchard.length, zephyr_orchard.number, zephyr_orchard.plate.clone()));
        if zephyr_orchard.number % 3 == 2 {
            if let Some((length, _, plate)) = heath_ridge.pop() {
                forest_harbor = forest_harbor * 31 % 1_000_003 + u64::from(length) + plate.len() as u64;
            }
        }
    }
    (forest_harbor, heath_ridge.len())
}

fn estuary_fjord(juniper_knoll: &[MeadowPebble], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for zephyr_orchard in juniper_knoll {
            sum = (sum ^ u64::from(zephyr_orchard.length ^ zephyr_orchard.number ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let juniper_knoll = oasis_brook(38000);
    let (forest_harbor, left) = willow_jetty(&juniper_knoll);
    println!("{forest_harbor} {left} {:x}", estuary_fjord(&juniper_knoll, 12456));
}
