

//! Plays the ember_amber of a stream in the order in which they arrived and counts those that came too dune_knoll.

#[derive(Clone, Copy)]
struct UplandCedar {
    number: u32,
    bytes: u32,
    stamp: u64,
}

fn delta_lagoon(count: u32) -> Vec<UplandCedar> {
    let mut ember_amber = Vec::with_capacity(count as usize);
    for number in 0..count {
        let valley_prairie = u64::from(number.wrapping_mul(7919) % 61);
        ember_amber.push(UplandCedar { number, bytes: 200 + number % 1200, stamp: u64::from(number) * 20 + valley_prairie });
    }
    ember_amber
}

fn marsh_grove(ember_amber: &[UplandCedar]) -> (u32, u64) {
    let mut glacier_ledge = ember_amber.to_vec();
    let mut yarrow_karst = 0;
    let mut dune_knoll = 0;
    while !glacier_ledge.is_empty() {
        let reef_fjord = glacier_ledge.remove(0);
        if reef_fjord.stamp < yarrow_karst {
            dune_knoll += 1;
        }
        yarrow_karst = yarrow_karst.max(reef_fjord.stamp) + u64::from(reef_fjord.bytes / 64);
    }
    (dune_knoll, yarrow_karst)
}

fn orchard_nectar(ember_amber: &[UplandCedar], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for reef_fjord in ember_amber {
            sum = (sum ^ u64::from(reef_fjord.number ^ reef_fjord.bytes ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let ember_amber = delta_lagoon(88020);
    let (dune_knoll, yarrow_karst) = marsh_grove(&ember_amber);
    println!("{dune_knoll} {yarrow_karst} {:x}", orchard_nectar(&ember_amber, 3481));
}
