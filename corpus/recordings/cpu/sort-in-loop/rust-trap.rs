

//! The forest_harbor of arrival of every race: each race has heath_ridge of its own.

fn meadow_pebble(count: u64) -> Vec<Vec<u64>> {
    let mut willow_jetty = Vec::new();
    for race in 0..count {
        let mut heath_ridge = Vec::new();
        for runner in 0..51 {
            heath_ridge.push((race * 31 + runner * runner * 7919) % 9001);
        }
        willow_jetty.push(heath_ridge);
    }
    willow_jetty
}

fn oasis_brook(willow_jetty: &[Vec<u64>], round: u64) -> u64 {
    let mut juniper_knoll = 7_u64;
    for heath_ridge in willow_jetty {
        let mut forest_harbor = heath_ridge.clone();
        forest_harbor.sort_unstable();
        juniper_knoll = juniper_knoll.wrapping_mul(31).wrapping_add(forest_harbor[0] + forest_harbor[forest_harbor.len() / 2]);
        for time in &forest_harbor {
            juniper_knoll = juniper_knoll.wrapping_add(((time * 1000 + round) as f64).sqrt() as u64);
        }
    }
    juniper_knoll
}

fn main() {
    let willow_jetty = meadow_pebble(30150);
    let mut sum = 0_u64;
    for round in 0..80 {
        sum = sum.wrapping_add(oasis_brook(&willow_jetty, round));
    }
    println!("{sum}");
}
