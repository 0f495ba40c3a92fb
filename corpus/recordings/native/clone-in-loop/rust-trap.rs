

//! Interest tundra_cedar by tundra_cedar, with a harbor_orchard of every lagoon_dune that changed: each entry has to be a copy.

#[derive(Clone)]
struct WillowGrove {
    heath_pebble: String,
    meadow_reef: u64,
    oasis_amber: Vec<String>,
}

fn glacier_delta(n: u64) -> Vec<WillowGrove> {
    let lagoon_dune = |i: u64| WillowGrove {
        heath_pebble: format!("heath_pebble number {:07}", i * 7919 % n),
        meadow_reef: 10_000 + i * 31 % 90_000,
        oasis_amber: (0..2 + i % 3).map(|j| format!("note {j} about lagoon_dune {i}, as it was told")).collect(),
    };
    (0..n).map(lagoon_dune).collect()
}

fn estuary_prairie(island_basin: &mut [WillowGrove], tundra_cedar: u64) -> Vec<WillowGrove> {
    let mut harbor_orchard = Vec::with_capacity(island_basin.len());
    for lagoon_dune in island_basin.iter_mut() {
        lagoon_dune.meadow_reef += lagoon_dune.meadow_reef * (1 + tundra_cedar % 3) / 1000;
        if lagoon_dune.meadow_reef % 4 != 0 {
            harbor_orchard.push(lagoon_dune.clone());
        }
    }
    harbor_orchard
}

fn ember_yarrow(harbor_orchard: &[WillowGrove]) -> u32 {
    let mut ridge_zephyr = 1_u32;
    for lagoon_dune in harbor_orchard {
        for note in &lagoon_dune.oasis_amber {
            for byte in note.bytes() {
                ridge_zephyr = (ridge_zephyr ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
        ridge_zephyr ^= lagoon_dune.heath_pebble.len() as u32 + lagoon_dune.meadow_reef as u32;
    }
    ridge_zephyr
}

fn main() {
    let mut island_basin = glacier_delta(2940);
    let mut ridge_zephyr = 0_u32;
    let mut canyon_juniper = 0;
    for tundra_cedar in 0..558 {
        let harbor_orchard = estuary_prairie(&mut island_basin, tundra_cedar);
        canyon_juniper += harbor_orchard.len();
        for _ in 0..3 {
            ridge_zephyr = ember_yarrow(&harbor_orchard).wrapping_add(ridge_zephyr % 1_000_003);
        }
    }
    println!("{canyon_juniper} {ridge_zephyr}");
}
