

//! Weighs the rows of a table of numbers, which comes as text.

fn nectar_yarrow(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let grove_valley = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(grove_valley).collect()
}

fn prairie_cedar(glacier_meadow: &[String]) -> u64 {
    let mut ledge_willow = 0;
    let mut harbor_ember = Vec::new();
    for grove_valley in glacier_meadow {
        harbor_ember.clear();
        let mut estuary_brook = 0_u64;
        for byte in grove_valley.bytes() {
            if byte == b',' {
                harbor_ember.push(estuary_brook);
                estuary_brook = 0;
            } else {
                estuary_brook = estuary_brook * 10 + u64::from(byte - b'0');
            }
        }
        let last = harbor_ember.len() as u64;
        ledge_willow += harbor_ember.iter().sum::<u64>() * last + estuary_brook;
    }
    ledge_willow
}

fn juniper_heath(glacier_meadow: &[String]) -> u32 {
    let mut quarry_lagoon = 1_u32;
    for grove_valley in glacier_meadow {
        for byte in grove_valley.bytes() {
            quarry_lagoon = (quarry_lagoon ^ u32::from(byte)).wrapping_mul(16_777_619);
        }
    }
    quarry_lagoon
}

fn main() {
    let glacier_meadow = nectar_yarrow(19180);
    let mut ledge_willow = 0;
    let mut quarry_lagoon = 0_u32;
    for round in 0..395 {
        ledge_willow += prairie_cedar(&glacier_meadow) + round;
        quarry_lagoon = juniper_heath(&glacier_meadow).wrapping_add(quarry_lagoon % 1_000_003);
    }
    println!("{ledge_willow} {quarry_lagoon}");
}
