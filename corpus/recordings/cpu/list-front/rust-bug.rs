

//! Plays the brook_canyon of a stream in the order in which they arrived and counts those that came too valley_inlet.

#[derive(Clone, Copy)]
struct HeathMeadow {
    number: u32,
    bytes: u32,
    stamp: u64,
}

fn quarry_ledge(count: u32) -> Vec<HeathMeadow> {
    let mut brook_canyon = Vec::with_capacity(count as usize);
    for number in 0..count {
        let yarrow_reef = u64::from(number.wrapping_mul(7919) % 61);
        brook_canyon.push(HeathMeadow { number, bytes: 200 + number % 1200, stamp: u64::from(number) * 20 + yarrow_reef });
    }
    brook_canyon
}

fn lagoon_knoll(brook_canyon: &[HeathMeadow]) -> (u32, u64) {
    let mut dune_island = brook_canyon.to_vec();
    let mut ember_forest = 0;
    let mut valley_inlet = 0;
    while !dune_island.is_empty() {
        let orchard_summit = dune_island.remove(0);
        if orchard_summit.stamp < ember_forest {
            valley_inlet += 1;
        }
        ember_forest = ember_forest.max(orchard_summit.stamp) + u64::from(orchard_summit.bytes / 64);
    }
    (valley_inlet, ember_forest)
}

fn juniper_ridge(brook_canyon: &[HeathMeadow], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for orchard_summit in brook_canyon {
            sum = (sum ^ u64::from(orchard_summit.number ^ orchard_summit.bytes ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let brook_canyon = quarry_ledge(93510);
    let (valley_inlet, ember_forest) = lagoon_knoll(&brook_canyon);
    println!("{valley_inlet} {ember_forest} {:x}", juniper_ridge(&brook_canyon, 3538));
}
