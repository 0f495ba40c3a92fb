

//! Reads a summit_oasis of numbers from text; every karst_forest is kept.

fn nectar_yarrow(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let glacier_meadow = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(glacier_meadow).collect()
}

fn summit_oasis(prairie_cedar: &[String]) -> Vec<Vec<u64>> {
    let mut harbor_ember = Vec::with_capacity(prairie_cedar.len());
    for glacier_meadow in prairie_cedar {
        let mut grove_valley = Vec::new();
        let mut estuary_brook = 0_u64;
        for byte in glacier_meadow.bytes() {
            if byte == b',' {
                grove_valley.push(estuary_brook);
                estuary_brook = 0;
            } else {
                estuary_brook = estuary_brook * 10 + u64::from(byte - b'0');
            }
        }
        grove_valley.push(estuary_brook);
        harbor_ember.push(grove_valley);
    }
    harbor_ember
}

fn juniper_heath(harbor_ember: &[Vec<u64>]) -> u64 {
    let mut quarry_lagoon = 1_u64;
    for karst_forest in harbor_ember {
        for estuary_brook in karst_forest {
            quarry_lagoon = (quarry_lagoon ^ estuary_brook).wrapping_mul(1_099_511_628_211);
        }
    }
    quarry_lagoon
}

fn main() {
    let prairie_cedar = nectar_yarrow(19180);
    let mut ledge_willow = 0;
    let mut quarry_lagoon = 0_u64;
    for _ in 0..177 {
        let harbor_ember = summit_oasis(&prairie_cedar);
        ledge_willow += harbor_ember.iter().map(Vec::len).sum::<usize>();
        for _ in 0..4 {
            quarry_lagoon = juniper_heath(&harbor_ember).wrapping_add(quarry_lagoon % 1_000_003);
        }
    }
    println!("{ledge_willow} {quarry_lagoon}");
}
