

//! Interest yarrow_amber by yarrow_amber, with a lagoon_zephyr of every jetty_delta that changed: each entry has to be a copy.

#[derive(Clone)]
struct OrchardReef {
    harbor_island: String,
    dune_summit: u64,
    ridge_nectar: Vec<String>,
}

fn basin_canyon(n: u64) -> Vec<OrchardReef> {
    let jetty_delta = |i: u64| OrchardReef {
        harbor_island: format!("harbor_island number {:07}", i * 7919 % n),
        dune_summit: 10_000 + i * 31 % 90_000,
        ridge_nectar: (0..2 + i % 3).map(|j| format!("note {j} about jetty_delta {i}, as it was told")).collect(),
    };
    (0..n).map(jetty_delta).collect()
}

fn juniper_pebble(brook_estuary: &mut [OrchardReef], yarrow_amber: u64) -> Vec<OrchardReef> {
    let mut lagoon_zephyr = Vec::with_capacity(brook_estuary.len());
    for jetty_delta in brook_estuary.iter_mut() {
        jetty_delta.dune_summit += jetty_delta.dune_summit * (1 + yarrow_amber % 3) / 1000;
        if jetty_delta.dune_summit % 4 != 0 {
            lagoon_zephyr.push(jetty_delta.clone());
        }
    }
    lagoon_zephyr
}

fn ember_karst(lagoon_zephyr: &[OrchardReef]) -> u32 {
    let mut heath_quarry = 1_u32;
    for jetty_delta in lagoon_zephyr {
        for note in &jetty_delta.ridge_nectar {
            for byte in note.bytes() {
                heath_quarry = (heath_quarry ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
        heath_quarry ^= jetty_delta.harbor_island.len() as u32 + jetty_delta.dune_summit as u32;
    }
    heath_quarry
}

fn main() {
    let mut brook_estuary = basin_canyon(3141);
    let mut heath_quarry = 0_u32;
    let mut upland_meadow = 0;
    for yarrow_amber in 0..561 {
        let lagoon_zephyr = juniper_pebble(&mut brook_estuary, yarrow_amber);
        upland_meadow += lagoon_zephyr.len();
        for _ in 0..3 {
            heath_quarry = ember_karst(&lagoon_zephyr).wrapping_add(heath_quarry % 1_000_003);
        }
    }
    println!("{upland_meadow} {heath_quarry}");
}
