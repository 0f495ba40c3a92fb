

//! Reads a amber_willow of numbers from text; every karst_knoll is kept.

fn yarrow_summit(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let lagoon_ember = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(lagoon_ember).collect()
}

fn amber_willow(oasis_valley: &[String]) -> Vec<Vec<u64>> {
    let mut fjord_dune = Vec::with_capacity(oasis_valley.len());
    for lagoon_ember in oasis_valley {
        let mut estuary_tundra = Vec::new();
        let mut grove_meadow = 0_u64;
        for byte in lagoon_ember.bytes() {
            if byte == b',' {
                estuary_tundra.push(grove_meadow);
                grove_meadow = 0;
            } else {
                grove_meadow = grove_meadow * 10 + u64::from(byte - b'0');
            }
        }
        estuary_tundra.push(grove_meadow);
        fjord_dune.push(estuary_tundra);
    }
    fjord_dune
}

fn basin_ledge(fjord_dune: &[Vec<u64>]) -> u64 {
    let mut upland_heath = 1_u64;
    for karst_knoll in fjord_dune {
        for grove_meadow in karst_knoll {
            upland_heath = (upland_heath ^ grove_meadow).wrapping_mul(1_099_511_628_211);
        }
    }
    upland_heath
}

fn main() {
    let oasis_valley = yarrow_summit(19280);
    let mut juniper_pebble = 0;
    let mut upland_heath = 0_u64;
    for _ in 0..184 {
        let fjord_dune = amber_willow(&oasis_valley);
        juniper_pebble += fjord_dune.iter().map(Vec::len).sum::<usize>();
        for _ in 0..4 {
            upland_heath = basin_ledge(&fjord_dune).wrapping_add(upland_heath % 1_000_003);
        }
    }
    println!("{juniper_pebble} {upland_heath}");
}
