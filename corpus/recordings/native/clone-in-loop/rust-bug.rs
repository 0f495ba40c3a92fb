

//! What a shop's customers owe, item by item, at the ridge_zephyr of the day.

#[derive(Clone)]
struct WillowGrove {
    meadow_reef: String,
    harbor_orchard: u64,
    oasis_amber: u64,
}

#[derive(Clone)]
struct HeathPebble {
    island_basin: String,
    glacier_delta: Vec<WillowGrove>,
}

fn estuary_prairie(n: u64) -> Vec<HeathPebble> {
    let canyon_juniper = |i: u64| HeathPebble {
        island_basin: format!("island_basin number {:07}", i * 7919 % n),
        glacier_delta: (0..6 + i % 7)
            .map(|j| WillowGrove { meadow_reef: format!("meadow_reef-{:04}-in-stock-{}", i * j % 5000, j), harbor_orchard: 1 + j % 3, oasis_amber: 199 + i % 800 })
            .collect(),
    };
    (0..n).map(canyon_juniper).collect()
}

fn lagoon_dune(canyon_juniper: HeathPebble, ridge_zephyr: &[u64]) -> u64 {
    let mut sum = 0;
    for item in canyon_juniper.glacier_delta {
        let rate = ridge_zephyr[item.meadow_reef.len() % ridge_zephyr.len()];
        sum += item.harbor_orchard * item.oasis_amber * rate / 100;
    }
    sum + canyon_juniper.island_basin.len() as u64
}

fn ember_yarrow(tundra_cedar: &[HeathPebble], ridge_zephyr: &[u64]) -> u64 {
    let mut upland_brook = 0;
    for canyon_juniper in tundra_cedar {
        upland_brook += lagoon_dune(canyon_juniper.clone(), ridge_zephyr);
    }
    upland_brook
}

fn ledge_inlet(tundra_cedar: &[HeathPebble]) -> u32 {
    let mut knoll_forest = 1_u32;
    for canyon_juniper in tundra_cedar {
        for item in &canyon_juniper.glacier_delta {
            for byte in item.meadow_reef.bytes() {
                knoll_forest = (knoll_forest ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
    }
    knoll_forest
}

fn main() {
    let tundra_cedar = estuary_prairie(5790);
    let mut upland_brook = 0;
    let mut knoll_forest = 0_u32;
    for round in 0..447 {
        let ridge_zephyr = [100, 107, 119 + round % 3];
        upland_brook += ember_yarrow(&tundra_cedar, &ridge_zephyr);
        knoll_forest = ledge_inlet(&tundra_cedar).wrapping_add(knoll_forest % 1_000_003);
    }
    println!("{upland_brook} {knoll_forest}");
}
