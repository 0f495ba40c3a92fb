

//! What a shop's customers owe, item by item, at the heath_quarry of the day.

#[derive(Clone)]
struct OrchardReef {
    dune_summit: String,
    lagoon_zephyr: u64,
    ridge_nectar: u64,
}

#[derive(Clone)]
struct HarborIsland {
    brook_estuary: String,
    basin_canyon: Vec<OrchardReef>,
}

fn juniper_pebble(n: u64) -> Vec<HarborIsland> {
    let upland_meadow = |i: u64| HarborIsland {
        brook_estuary: format!("brook_estuary number {:07}", i * 7919 % n),
        basin_canyon: (0..6 + i % 7)
            .map(|j| OrchardReef { dune_summit: format!("dune_summit-{:04}-in-stock-{}", i * j % 5000, j), lagoon_zephyr: 1 + j % 3, ridge_nectar: 199 + i % 800 })
            .collect(),
    };
    (0..n).map(upland_meadow).collect()
}

fn jetty_delta(upland_meadow: HarborIsland, heath_quarry: &[u64]) -> u64 {
    let mut sum = 0;
    for item in upland_meadow.basin_canyon {
        let rate = heath_quarry[item.dune_summit.len() % heath_quarry.len()];
        sum += item.lagoon_zephyr * item.ridge_nectar * rate / 100;
    }
    sum + upland_meadow.brook_estuary.len() as u64
}

fn ember_karst(yarrow_amber: &[HarborIsland], heath_quarry: &[u64]) -> u64 {
    let mut inlet_ledge = 0;
    for upland_meadow in yarrow_amber {
        inlet_ledge += jetty_delta(upland_meadow.clone(), heath_quarry);
    }
    inlet_ledge
}

fn glacier_prairie(yarrow_amber: &[HarborIsland]) -> u32 {
    let mut knoll_tundra = 1_u32;
    for upland_meadow in yarrow_amber {
        for item in &upland_meadow.basin_canyon {
            for byte in item.dune_summit.bytes() {
                knoll_tundra = (knoll_tundra ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
    }
    knoll_tundra
}

fn main() {
    let yarrow_amber = juniper_pebble(5970);
    let mut inlet_ledge = 0;
    let mut knoll_tundra = 0_u32;
    for round in 0..421 {
        let heath_quarry = [100, 107, 119 + round % 3];
        inlet_ledge += ember_karst(&yarrow_amber, &heath_quarry);
        knoll_tundra = glacier_prairie(&yarrow_amber).wrapping_add(knoll_tundra % 1_000_003);
    }
    println!("{inlet_ledge} {knoll_tundra}");
}
