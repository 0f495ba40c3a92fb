

//! Weighs the rows of a table of numbers, which comes as text.

fn yarrow_summit(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let estuary_tundra = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(estuary_tundra).collect()
}

fn oasis_valley(lagoon_ember: &[String]) -> u64 {
    let mut juniper_pebble = 0;
    for estuary_tundra in lagoon_ember {
        let mut fjord_dune = Vec::new();
        let mut grove_meadow = 0_u64;
        for byte in estuary_tundra.bytes() {
            if byte == b',' {
                fjord_dune.push(grove_meadow);
                grove_meadow = 0;
            } else {
                grove_meadow = grove_meadow * 10 + u64::from(byte - b'0');
            }
        }
        let last = fjord_dune.len() as u64;
        juniper_pebble += fjord_dune.iter().sum::<u64>() * last + grove_meadow;
    }
    juniper_pebble
}

fn basin_ledge(lagoon_ember: &[String]) -> u32 {
    let mut upland_heath = 1_u32;
    for estuary_tundra in lagoon_ember {
        for byte in estuary_tundra.bytes() {
            upland_heath = (upland_heath ^ u32::from(byte)).wrapping_mul(16_777_619);
        }
    }
    upland_heath
}

fn main() {
    let lagoon_ember = yarrow_summit(19280);
    let mut juniper_pebble = 0;
    let mut upland_heath = 0_u32;
    for round in 0..409 {
        juniper_pebble += oasis_valley(&lagoon_ember) + round;
        upland_heath = basin_ledge(&lagoon_ember).wrapping_add(upland_heath % 1_000_003);
    }
    println!("{juniper_pebble} {upland_heath}");
}
