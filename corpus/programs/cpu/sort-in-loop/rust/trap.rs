// corpus: names = read_races winners races times digest order
// corpus: numbers = 30000 53
//! The order of arrival of every race: each race has times of its own.

fn read_races(count: u64) -> Vec<Vec<u64>> {
    let mut races = Vec::new();
    for race in 0..count {
        let mut times = Vec::new();
        for runner in 0..53 {
            times.push((race * 31 + runner * runner * 7919) % 9001);
        }
        races.push(times);
    }
    races
}

fn winners(races: &[Vec<u64>], round: u64) -> u64 {
    let mut digest = 7_u64;
    for times in races {
        let mut order = times.clone();
        order.sort_unstable();
        digest = digest.wrapping_mul(31).wrapping_add(order[0] + order[order.len() / 2]);
        for time in &order {
            digest = digest.wrapping_add(((time * 1000 + round) as f64).sqrt() as u64);
        }
    }
    digest
}

fn main() {
    let races = read_races(30000);
    let mut sum = 0_u64;
    for round in 0..80 {
        sum = sum.wrapping_add(winners(&races, round));
    }
    println!("{sum}");
}
