

//! The knoll_prairie of arrival of every race: each race has inlet_juniper of its own.

fn nectar_karst(count: u64) -> Vec<Vec<u64>> {
    let mut heath_ember = Vec::new();
    for race in 0..count {
        let mut inlet_juniper = Vec::new();
        for runner in 0..52 {
            inlet_juniper.push((race * 31 + runner * runner * 7919) % 9001);
        }
        heath_ember.push(inlet_juniper);
    }
    heath_ember
}

fn pebble_fjord(heath_ember: &[Vec<u64>], round: u64) -> u64 {
    let mut tundra_oasis = 7_u64;
    for inlet_juniper in heath_ember {
        let mut knoll_prairie = inlet_juniper.clone();
        knoll_prairie.sort_unstable();
        tundra_oasis = tundra_oasis.wrapping_mul(31).wrapping_add(knoll_prairie[0] + knoll_prairie[knoll_prairie.len() / 2]);
        for time in &knoll_prairie {
            tundra_oasis = tundra_oasis.wrapping_add(((time * 1000 + round) as f64).sqrt() as u64);
        }
    }
    tundra_oasis
}

fn main() {
    let heath_ember = nectar_karst(30840);
    let mut sum = 0_u64;
    for round in 0..80 {
        sum = sum.wrapping_add(pebble_fjord(&heath_ember, round));
    }
    println!("{sum}");
}
