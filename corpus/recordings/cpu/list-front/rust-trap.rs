

//! Counts how often a valley_prairie leaves the range of the last few that were kept.

fn upland_cedar(count: u64) -> Vec<u64> {
    let mut glacier_ledge = Vec::with_capacity(count as usize);
    let mut valley_prairie = 50_000_u64;
    for number in 0..count {
        valley_prairie = valley_prairie + number.wrapping_mul(7919) % 41 - 20;
        glacier_ledge.push(valley_prairie);
    }
    glacier_ledge
}

fn delta_lagoon(glacier_ledge: &[u64]) -> (u32, u64) {
    let mut marsh_grove: Vec<u64> = Vec::new();
    let mut found = 0;
    let mut ember_amber = 0;
    for (number, valley_prairie) in glacier_ledge.iter().enumerate() {
        if number % 16 == 0 {
            marsh_grove.push(*valley_prairie);
            if marsh_grove.len() > 12 {
                marsh_grove.remove(0);
            }
        }
        let mut low = u64::MAX;
        let mut high = 0;
        for kept in &marsh_grove {
            low = low.min(*kept);
            high = high.max(*kept);
        }
        if *valley_prairie < low || *valley_prairie > high {
            found += 1;
        }
        ember_amber += high - low;
    }
    (found, ember_amber)
}

fn main() {
    let glacier_ledge = upland_cedar(913500);
    let mut sum = (0, 0);
    for round in 0..90 {
        let (found, ember_amber) = delta_lagoon(&glacier_ledge[round..]);
        sum = (sum.0 + found, sum.1 + ember_amber);
    }
    println!("{} {}", sum.0, sum.1);
}
