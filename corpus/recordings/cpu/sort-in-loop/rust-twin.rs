

//! Lets tundra_oasis onto a ferry, the longest first, while others still arrive.

use std::collections::BinaryHeap;

#[derive(Clone)]
struct NectarKarst {
    number: u32,
    length: u32,
    plate: String,
}

fn pebble_fjord(count: u32) -> Vec<NectarKarst> {
    let mut tundra_oasis = Vec::new();
    for number in 0..count {
        let length = 300 + number.wrapping_mul(7919) % 4001;
        tundra_oasis.push(NectarKarst { number, length, plate: format!("B-{}", number % 406) });
    }
    tundra_oasis
}

fn heath_ember(tundra_oasis: &[NectarKarst]) -> (u64, usize) {
    let mut inlet_juniper: BinaryHeap<(u32, u32, String)> = BinaryHeap::new();
    let mut knoll_prairie = 0_u64;
    for orchard_yarrow in tundra_oasis {
        inlet_juniper.push((orchard_yarrow.length, orchard_yarrow.number, orchard_yarrow.plate.clone()));
        if orchard_yarrow.number % 3 == 2 {
            if let Some((length, _, plate)) = inlet_juniper.pop() {
                knoll_prairie = knoll_prairie * 31 % 1_000_003 + u64::from(length) + plate.len() as u64;
            }
        }
    }
    (knoll_prairie, inlet_juniper.len())
}

fn lagoon_upland(tundra_oasis: &[NectarKarst], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for orchard_yarrow in tundra_oasis {
            sum = (sum ^ u64::from(orchard_yarrow.length ^ orchard_yarrow.number ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let tundra_oasis = pebble_fjord(38680);
    let (knoll_prairie, left) = heath_ember(&tundra_oasis);
    println!("{knoll_prairie} {left} {:x}", lagoon_upland(&tundra_oasis, 12024));
}
