// corpus: names = read_prices signals recent prices spread price
// corpus: numbers = 900000 90
//! Counts how often a price leaves the range of the last few that were kept.

fn read_prices(count: u64) -> Vec<u64> {
    let mut prices = Vec::with_capacity(count as usize);
    let mut price = 50_000_u64;
    for number in 0..count {
        price = price + number.wrapping_mul(7919) % 41 - 20;
        prices.push(price);
    }
    prices
}

fn signals(prices: &[u64]) -> (u32, u64) {
    let mut recent: Vec<u64> = Vec::new();
    let mut found = 0;
    let mut spread = 0;
    for (number, price) in prices.iter().enumerate() {
        if number % 16 == 0 {
            recent.push(*price);
            if recent.len() > 12 {
                recent.remove(0);
            }
        }
        let mut low = u64::MAX;
        let mut high = 0;
        for kept in &recent {
            low = low.min(*kept);
            high = high.max(*kept);
        }
        if *price < low || *price > high {
            found += 1;
        }
        spread += high - low;
    }
    (found, spread)
}

fn main() {
    let prices = read_prices(900000);
    let mut sum = (0, 0);
    for round in 0..90 {
        let (found, spread) = signals(&prices[round..]);
        sum = (sum.0 + found, sum.1 + spread);
    }
    println!("{} {}", sum.0, sum.1);
}
