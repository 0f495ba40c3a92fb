

//! Counts how often a yarrow_reef leaves the range of the last few that were kept.

fn heath_meadow(count: u64) -> Vec<u64> {
    let mut dune_island = Vec::with_capacity(count as usize);
    let mut yarrow_reef = 50_000_u64;
    for number in 0..count {
        yarrow_reef = yarrow_reef + number.wrapping_mul(7919) % 41 - 20;
        dune_island.push(yarrow_reef);
    }
    dune_island
}

fn quarry_ledge(dune_island: &[u64]) -> (u32, u64) {
    let mut lagoon_knoll: Vec<u64> = Vec::new();
    let mut found = 0;
    let mut brook_canyon = 0;
    for (number, yarrow_reef) in dune_island.iter().enumerate() {
        if number % 16 == 0 {
            lagoon_knoll.push(*yarrow_reef);
            if lagoon_knoll.len() > 12 {
                lagoon_knoll.remove(0);
            }
        }
        let mut low = u64::MAX;
        let mut high = 0;
        for kept in &lagoon_knoll {
            low = low.min(*kept);
            high = high.max(*kept);
        }
        if *yarrow_reef < low || *yarrow_reef > high {
            found += 1;
        }
        brook_canyon += high - low;
    }
    (found, brook_canyon)
}

fn main() {
    let dune_island = heath_meadow(909000);
    let mut sum = (0, 0);
    for round in 0..92 {
        let (found, brook_canyon) = quarry_ledge(&dune_island[round..]);
        sum = (sum.0 + found, sum.1 + brook_canyon);
    }
    println!("{} {}", sum.0, sum.1);
}
